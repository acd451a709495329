//! Finds: names and detectors together, over a stretch of bytes.

use std::collections::HashSet;
use std::net::IpAddr;

use aho_corasick::{AhoCorasick, Input, MatchKind};

use crate::Kind;
use crate::detect::detect;
use crate::hit::Hit;
use crate::variants::{Form, LONGEST, Pattern, patterns};
use crate::words::{
    LOOK_LEFT, contains_ignore_case, ends_with_ignore_case, ends_word, inside_escape, label_before,
    starts_word,
};

/// What stays readable at the caller's wish.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    addresses: HashSet<String>,
    names: HashSet<String>,
}

impl Kept {
    /// Takes an address or a name; of a URL or an endpoint with a port, its host.
    pub(crate) fn add(&mut self, value: &str) {
        if let Some(phone) = crate::phone::canonical(value) {
            self.addresses.insert(phone);
            return;
        }
        // A mail address stays as a whole; its domain alone is not what the caller named.
        if value.contains('@') && !value.contains([':', '/']) {
            self.names.insert(value.trim().to_lowercase());
            return;
        }
        let value = value.split_once("://").map_or(value, |(_, rest)| rest);
        let value = value.split(['/', '?', '#']).next().unwrap_or(value);
        let value = value.rsplit_once('@').map_or(value, |(_, host)| host);
        let host = match value.strip_prefix('[').and_then(|v| v.split_once(']')) {
            Some((inside, _)) => inside,
            // More than one colon is an IPv6 address without brackets and without a port.
            None if value.matches(':').count() == 1 => value.split(':').next().unwrap_or(value),
            None => value,
        };
        let host = host.trim().trim_end_matches('.');
        if let Ok(address) = host.parse::<IpAddr>() {
            self.addresses.insert(crate::address::canonical(address));
        } else if !host.is_empty() {
            self.names.insert(host.to_lowercase());
        }
    }

    /// An IP address or a telephone number in the form under which it is compared.
    pub(crate) fn address(&self, canonical: &str) -> bool {
        self.addresses.contains(canonical)
    }

    pub(crate) fn name(&self, lower: &str) -> bool {
        self.names.contains(lower)
    }
}

/// Known names and what stays, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    search: Option<AhoCorasick>,
    patterns: Vec<Pattern>,
    known: Vec<(Kind, String)>,
    pub(crate) kept: Kept,
}

impl Engine {
    pub(crate) fn new(known: Vec<(Kind, String)>, kept: Kept) -> Self {
        let mut patterns = patterns(&known);
        // What stays is looked for as well: `www.example.org` must win over a known `example.org`.
        patterns.extend(kept.names.iter().map(|name| Pattern {
            bytes: name.clone().into_bytes(),
            form: Form::Keep,
            of: usize::MAX,
        }));
        let search = (!patterns.is_empty()).then(|| {
            #[allow(
                clippy::expect_used,
                reason = "it fails only for gigabytes of names, and 256 bytes a name are the bound"
            )]
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::Standard)
                .build(patterns.iter().map(|p| &p.bytes))
                .expect("the known names fit into memory")
        });
        Self { search, patterns, known, kept }
    }

    /// Everything that starts (names) or is triggered (detectors) in `from..to`, unsorted, and where the
    /// detectors go on. `field` is the key of the JSON member whose value is searched.
    pub(crate) fn find(
        &self,
        hay: &[u8],
        from: (usize, usize),
        to: usize,
        field: &str,
        hits: &mut Vec<Hit>,
    ) -> usize {
        let first = hits.len();
        self.names(hay, from.0, to, field, hits);
        let resume = detect(hay, from.1, to, &self.kept, hits);
        for hit in &mut hits[first..] {
            hit.quote = is_bare_json_number(hay, hit.start, hit.end);
        }
        resume
    }

    fn names(&self, hay: &[u8], from: usize, to: usize, field: &str, hits: &mut Vec<Hit>) {
        let Some(search) = &self.search else { return };
        if from >= to {
            return;
        }
        let end = hay.len().min(to + LONGEST * 3);
        for found in search.find_overlapping_iter(Input::new(hay).range(from..end)) {
            let (start, end) = (found.start(), found.end());
            let pattern = &self.patterns[found.pattern().as_usize()];
            if start >= to {
                continue;
            }
            if pattern.form == Form::Base64 {
                if hay[start..end] == pattern.bytes {
                    let (start, end) = base64_around(hay, start, end);
                    hits.push(Hit { firm: true, ..self.hit(pattern, start, end) });
                }
                continue;
            }
            let first_is_word =
                pattern.bytes.first().is_some_and(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
            let last_is_word =
                pattern.bytes.last().is_some_and(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
            let is_person = pattern.form == Form::Word && self.known[pattern.of].0 == Kind::User;
            let (starts, ends) = match is_person.then(|| &hay[start..end]) {
                // Nobody else is called so: `koehlerlaptop`.
                Some(name) if is_long_name(name) => (true, true),
                // `Köhlers`, `ErikaPC`, `erika1987`.
                Some(name) if is_name(name) => (name_starts(hay, start), name_ends(hay, end)),
                _ => (starts_word(hay, start), ends_word(hay, end)),
            };
            if first_is_word && !starts || last_is_word && !ends || inside_escape(hay, start) {
                continue;
            }
            match pattern.form {
                Form::Keep => {
                    // `kept.example` in `kept.example.org` or `x@kept.example` is another name.
                    let longer = hay.get(end) == Some(&b'.')
                        && hay.get(end + 1).is_some_and(u8::is_ascii_alphanumeric)
                        || start > 0 && b".@-".contains(&hay[start - 1]);
                    if !longer {
                        hits.push(Hit::keep(start, end));
                    }
                }
                Form::InContext if !in_context(self.known[pattern.of].0, hay, start, end, field) => {}
                _ => hits.push(self.hit(pattern, start, end)),
            }
        }
    }

    fn hit(&self, pattern: &Pattern, start: usize, end: usize) -> Hit {
        let (kind, value) = &self.known[pattern.of];
        let value = if kind.is_secret() { value.clone() } else { value.to_lowercase() };
        Hit::new(*kind, start, end, value)
    }
}

/// A name of letters that is long enough to stand inside of other words by itself.
fn is_name(name: &[u8]) -> bool {
    std::str::from_utf8(name)
        .is_ok_and(|n| n.chars().count() >= 4 && n.chars().all(|c| c.is_alphabetic() || c == '-'))
}

/// A name so long that it does not occur in other words by chance.
fn is_long_name(name: &[u8]) -> bool {
    is_name(name) && std::str::from_utf8(name).is_ok_and(|n| n.chars().count() >= 7)
}

/// Whether a name may start here: at a word, after a digit, or where `pcErika` changes its case.
fn name_starts(hay: &[u8], at: usize) -> bool {
    let case = at > 0 && hay[at - 1].is_ascii_lowercase() && hay[at].is_ascii_uppercase();
    starts_word(hay, at) || hay[at - 1].is_ascii_digit() || case
}

/// Whether a name may end here: at a word, before a digit, in the genitive, or where `ErikaPC` changes
/// its case.
fn name_ends(hay: &[u8], at: usize) -> bool {
    let genitive = matches!(hay.get(at), Some(b's' | b'S')) && ends_word(hay, at + 1);
    let case = hay[at - 1].is_ascii_lowercase() && hay.get(at).is_some_and(u8::is_ascii_uppercase);
    ends_word(hay, at) || hay[at].is_ascii_digit() || genitive || case
}

/// Whether the surroundings say that a common word is a private value here.
fn in_context(kind: Kind, hay: &[u8], start: usize, end: usize, field: &str) -> bool {
    let before = &hay[start.saturating_sub(24)..start];
    let after = &hay[end..hay.len().min(end + 16)];
    let label = if field.is_empty() { label_before(hay, start) } else { field.as_bytes() };
    let labelled = |words: &[&str]| words.iter().any(|w| contains_ignore_case(label, w));
    match kind {
        Kind::User => {
            matches!(after, [b'@', next, ..] if next.is_ascii_alphanumeric() || *next == b'[')
                || ["/home/", "/users/", "\\users\\", "%2fhome%2f"]
                    .iter()
                    .any(|p| ends_with_ignore_case(before, p))
                || labelled(&[
                    "user",
                    "login",
                    "logname",
                    "account",
                    "owner",
                    "benutzer",
                    "full_name",
                    "display_name",
                ])
        }
        Kind::Host => {
            matches!(before, [.., user, b'@'] if user.is_ascii_alphanumeric() || *user == b']')
                || [".local", ".lan", ".home", ".fritz.box", ".internal"]
                    .iter()
                    .any(|s| after.len() >= s.len() && after[..s.len()].eq_ignore_ascii_case(s.as_bytes()))
                || labelled(&["host", "computer", "machine", "node", "rechner"])
        }
        Kind::Ssid => labelled(&["ssid", "network", "wifi", "wlan", "netzwerk"]),
        Kind::Domain => {
            before.ends_with(b".")
                || before.ends_with(b"@")
                || after.starts_with(b"\\")
                || labelled(&["domain", "search"])
        }
        Kind::Serial => labelled(&["serial", "seriennummer"]),
        _ => true,
    }
}

/// The whole base64 text around a part of it; half of it would still tell the neighbours.
fn base64_around(hay: &[u8], start: usize, end: usize) -> (usize, usize) {
    let of_it = |b: &u8| b.is_ascii_alphanumeric() || b"+/=_-".contains(b);
    let left = &hay[start.saturating_sub(LOOK_LEFT / 2)..start];
    let right = &hay[end..hay.len().min(end + 4096)];
    (
        start - left.iter().rev().take_while(|b| of_it(b)).count(),
        end + right.iter().take_while(|b| of_it(b)).count(),
    )
}

/// Whether the bytes are a whole number where JSON expects a value, so that text needs quotes there.
fn is_bare_json_number(hay: &[u8], start: usize, end: usize) -> bool {
    if serde_json::from_slice::<serde_json::Number>(&hay[start..end]).is_err() {
        return false;
    }
    let blank = |b: &&u8| b.is_ascii_whitespace();
    let mut before = hay[start.saturating_sub(64)..start].iter().rev().skip_while(blank);
    let opens = match before.next() {
        Some(b':') => before.find(|b| !b.is_ascii_whitespace()) == Some(&b'"'),
        Some(b'[' | b',') => true,
        _ => false,
    };
    let closes = hay[end..hay.len().min(end + 64)].iter().find(|b| !b.is_ascii_whitespace());
    opens && closes.is_some_and(|b| b",]}".contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_s_name_is_found_inside_of_compounds() {
        let mut names = crate::Names::new();
        names.add(Kind::User, "Erika Köhler");
        names.add(Kind::User, "mustermann");
        names.add(Kind::User, "Jürgen Groß-Möllering");
        let mut redactor = crate::Redactor::new(names);
        for text in [
            "Köhlers Laptop",
            "Erikas iPhone",
            "iPhone von Erika",
            "ErikaPC",
            "pcErika",
            "erika1987",
            "nb_koehler-2",
            "MUSTERMANNLAPTOP",
            "dellmustermann",
            "KOEHLERS",
            "Groß-Möllerings Laptop",
            "von Herrn Moellering",
        ] {
            let out = redactor.text(text).to_lowercase();
            assert!(
                !["erika", "köhler", "koehler", "mustermann", "llering"].iter().any(|n| out.contains(n)),
                "{text} → {out}"
            );
        }
        for text in ["amerikanisch", "Köhlerei", "erikaceen"] {
            assert_eq!(redactor.text(text), text);
        }
    }

    #[test]
    fn the_name_that_windows_cuts_is_the_same_computer() {
        let mut names = crate::Names::new();
        names.add(Kind::Host, "buchhaltung-notebook-7.example.org");
        assert_eq!(crate::Redactor::new(names).text(r"\\BUCHHALTUNG-NOT\c$"), r"\\[host-1]\c$");
    }

    #[test]
    fn endpoints_of_a_policy_are_understood() {
        let mut kept = Kept::default();
        for value in [
            "http://check.example/generate_204",
            "203.0.113.80:443",
            "[2001:db8::80]:443",
            "2001:db8::81",
            "WWW.example.",
            "ntp.example:123",
        ] {
            kept.add(value);
        }
        for name in ["check.example", "www.example", "ntp.example"] {
            assert!(kept.name(name), "{name} {kept:?}");
        }
        for address in ["203.0.113.80", "2001:db8::80", "2001:db8::81"] {
            assert!(kept.address(address), "{address} {kept:?}");
        }
    }
}
