//! In how many ways one known value is written: spellings, encodings, parts.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::Kind;
use crate::common::{is_ordinary, names_nobody};

/// No known value is longer; what is would hold up the pass for nothing.
pub(crate) const LONGEST: usize = 256;

/// One byte string to look for, in any case of its ASCII letters.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    pub(crate) bytes: Vec<u8>,
    pub(crate) form: Form,
    /// What it stands for: its place among the known values.
    pub(crate) of: usize,
}

/// How a pattern must stand in the text to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As a word.
    Word,
    /// As a word in a context that says what it is.
    InContext,
    /// In these very letters, anywhere inside base64.
    Base64,
    /// Readable: the caller wants it to stay.
    Keep,
}

/// Everything to look for, for known values in the order of their places.
pub(crate) fn patterns(known: &[(Kind, String)]) -> Vec<Pattern> {
    let mut all = Collected::default();
    for (of, (kind, value)) in known.iter().enumerate() {
        let form = if !kind.is_secret() && *kind != Kind::Mail && is_ordinary(value) {
            Form::InContext
        } else {
            Form::Word
        };
        all.spellings(value, form, of);
        encoded(value, *kind, of, &mut all);
    }
    // A login that is part of a full name keeps its own placeholder: whole values come first.
    for (of, (kind, value)) in known.iter().enumerate() {
        match kind {
            Kind::User => person(value, of, &mut all),
            Kind::Host => {
                if let Some((short, _)) = value.split_once('.') {
                    let form = if is_ordinary(short) { Form::InContext } else { Form::Word };
                    if !names_nobody(short) {
                        all.spellings(short, form, of);
                    }
                }
                // Windows cuts the name that it uses in networks.
                let short = value.split('.').next().unwrap_or(value);
                if let Some((cut, _)) = short.split_at_checked(15).filter(|(_, rest)| !rest.is_empty()) {
                    all.spellings(cut, Form::Word, of);
                }
            }
            Kind::Home => all.spellings(&value.replace('/', "\\"), Form::Word, of),
            Kind::Mac => hardware_address(value, of, &mut all),
            Kind::Phone => phone_number(value, of, &mut all),
            Kind::Ip => all.spellings(&value.replace('.', "-"), Form::Word, of),
            Kind::Ssid if value.len() >= 4 => {
                all.add(hex(value.as_bytes()).into_bytes(), Form::Word, of);
            }
            _ => {}
        }
    }
    all.patterns
}

#[derive(Default)]
struct Collected {
    patterns: Vec<Pattern>,
    seen: HashMap<Vec<u8>, usize>,
}

impl Collected {
    fn add(&mut self, bytes: Vec<u8>, form: Form, of: usize) {
        if bytes.is_empty() || bytes.len() > LONGEST * 3 {
            return;
        }
        let key = if form == Form::Base64 { bytes.clone() } else { bytes.to_ascii_lowercase() };
        if let Some(at) = self.seen.get(&key) {
            let before = &mut self.patterns[*at];
            // The stricter form wins: a word that must go everywhere goes everywhere.
            if before.form == Form::InContext && form == Form::Word {
                before.form = form;
                before.of = of;
            }
            return;
        }
        self.seen.insert(key, self.patterns.len());
        self.patterns.push(Pattern { bytes, form, of });
    }

    /// The value in each case and encoding in which programs write it.
    fn spellings(&mut self, value: &str, form: Form, of: usize) {
        let mut cases = vec![value.to_owned()];
        if !value.is_ascii() {
            // ASCII letters match in any case; the others are few enough to list.
            cases.extend([value.to_lowercase(), value.to_uppercase()]);
        }
        for text in cases {
            self.add(url_encoded(&text, "%20").into_bytes(), form, of);
            self.add(url_encoded(&text, "+").into_bytes(), form, of);
            self.add(json_escaped(&text, false).into_bytes(), form, of);
            self.add(json_escaped(&text, true).into_bytes(), form, of);
            for quote in ["&#39;", "&#x27;"] {
                self.add(html_escaped(&text, quote).into_bytes(), form, of);
            }
            self.add(hex_escaped(&text).into_bytes(), form, of);
            if !text.is_ascii() && text.chars().all(|c| u32::from(c) < 256) {
                // Older Windows programs write one byte a letter.
                self.add(text.chars().map(|c| c as u8).collect(), form, of);
            }
            self.add(text.into_bytes(), form, of);
        }
    }
}

/// A person's name: in both orders, as in mail addresses and logins, with umlauts written out, and
/// each part that is long enough to mean this person.
fn person(value: &str, of: usize, all: &mut Collected) {
    let plain = without_umlauts(value);
    for value in [value, plain.as_str()] {
        let parts: Vec<&str> = value
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '_'))
            .filter(|p| !p.is_empty())
            .collect();
        let form = |p: &str| if is_ordinary(p) { Form::InContext } else { Form::Word };
        if parts.len() == 1 {
            all.spellings(value, form(value), of);
            continue;
        }
        let (first, last) = (parts[0], parts[parts.len() - 1]);
        for joined in [
            format!("{first} {last}"),
            format!("{last}, {first}"),
            format!("{last},{first}"),
            format!("{last} {first}"),
            format!("{first}.{last}"),
            format!("{last}.{first}"),
            format!("{first}_{last}"),
            format!("{first}-{last}"),
            format!("{first}{last}"),
            format!("{last}{first}"),
            parts.join(" "),
        ] {
            all.spellings(&joined, Form::Word, of);
        }
        // Double names are used by halves, too.
        let halves = parts.iter().filter(|p| p.contains('-')).flat_map(|p| p.split('-'));
        for part in parts.iter().copied().chain(halves) {
            if part.chars().filter(|c| c.is_alphabetic()).count() >= 4 && !names_nobody(part) {
                all.spellings(part, form(part), of);
            }
        }
    }
}

fn without_umlauts(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        match c {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'Ä' => plain.push_str("Ae"),
            'Ö' => plain.push_str("Oe"),
            'Ü' => plain.push_str("Ue"),
            'ß' => plain.push_str("ss"),
            'é' | 'è' | 'ê' => plain.push('e'),
            'á' | 'à' | 'â' => plain.push('a'),
            'ó' | 'ò' | 'ô' => plain.push('o'),
            'ç' => plain.push('c'),
            'ñ' => plain.push('n'),
            other => plain.push(other),
        }
    }
    plain
}

/// Without separators, as in interface names and UUIDs; the detectors know the other notations.
fn hardware_address(value: &str, of: usize, all: &mut Collected) {
    let digits: String = value.chars().filter(char::is_ascii_hexdigit).collect();
    if digits.len() == 12 {
        all.add(digits.into_bytes(), Form::Word, of);
    }
}

/// In one piece; the detectors know how its groups are separated.
fn phone_number(value: &str, of: usize, all: &mut Collected) {
    let Some(digits) = value.strip_prefix('+') else { return };
    all.add(format!("00{digits}").into_bytes(), Form::Word, of);
    if let Some(national) = digits.strip_prefix("49") {
        all.add(format!("0{national}").into_bytes(), Form::Word, of);
    }
}

fn encoded(value: &str, kind: Kind, of: usize, all: &mut Collected) {
    if !kind.is_secret() && (value.len() < 6 || is_ordinary(value)) {
        return;
    }
    for text in [value.to_owned(), value.to_lowercase()] {
        for core in base64_cores(text.as_bytes()) {
            all.add(core.replace('+', "-").replace('/', "_").into_bytes(), Form::Base64, of);
            all.add(core.into_bytes(), Form::Base64, of);
        }
    }
}

/// What base64 of any text that contains the value must contain: one string for each of the three ways
/// the value can lie over the groups of three bytes. Short ones would match by chance.
pub(crate) fn base64_cores(value: &[u8]) -> Vec<String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const SHORTEST: usize = 7;
    (0..3)
        .filter_map(|shift| {
            let bytes: Vec<u8> = std::iter::repeat_n(0, shift).chain(value.iter().copied()).collect();
            let known = (shift * 8).div_ceil(6)..bytes.len() * 8 / 6;
            let sextet = |at: usize| {
                let bit = at * 6;
                let pair =
                    u16::from(bytes[bit / 8]) << 8 | u16::from(bytes.get(bit / 8 + 1).copied().unwrap_or(0));
                char::from(ALPHABET[usize::from(pair >> (10 - bit % 8)) & 63])
            };
            (known.len() >= SHORTEST).then(|| known.map(sextet).collect())
        })
        .collect()
}

fn url_encoded(text: &str, space: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => out.push_str(space),
            b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => out.push(char::from(b)),
            b => _ = write!(out, "%{b:02X}"),
        }
    }
    out
}

fn json_escaped(text: &str, ascii: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' if ascii => out.push_str("\\/"),
            c if ascii && !c.is_ascii() => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out
}

fn html_escaped(text: &str, quote: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', quote)
}

/// As `iw` and `wpa_supplicant` write what is not ASCII.
fn hex_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii() { out.push(char::from(byte)) } else { _ = write!(out, "\\x{byte:02x}") }
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: Kind, value: &str) -> Vec<String> {
        patterns(&[(kind, value.to_owned())])
            .into_iter()
            .map(|p| String::from_utf8_lossy(&p.bytes).into_owned())
            .collect()
    }

    #[test]
    fn base64_of_the_value_is_found_at_every_shift() {
        let cores = base64_cores(b"hunter2secret");
        // base64 of "hunter2secret", "ahunter2secret" and "abhunter2secret".
        for whole in ["aHVudGVyMnNlY3JldA==", "YWh1bnRlcjJzZWNyZXQ=", "YWJodW50ZXIyc2VjcmV0"] {
            assert_eq!(cores.iter().filter(|c| whole.contains(c.as_str())).count(), 1, "{whole} {cores:?}");
        }
        assert!(base64_cores(b"ab").is_empty());
    }

    #[test]
    fn a_full_name_is_known_in_both_orders_and_in_parts() {
        let all = written(Kind::User, "Jürgen Muster");
        for expected in ["Muster, Jürgen", "Juergen Muster", "juergen.muster", "muster", "JÜRGEN", "Jürgen"]
        {
            assert!(all.iter().any(|a| a.eq_ignore_ascii_case(expected)), "{expected} {all:?}");
        }
    }

    #[test]
    fn encodings_are_known() {
        let all = written(Kind::Ssid, "Café \"7\"");
        for expected in
            ["Caf%C3%A9%20%227%22", "Caf\\u00e9 \\\"7\\\"", "Café &quot;7&quot;", "Caf\\xc3\\xa9 \"7\""]
        {
            assert!(all.iter().any(|a| a == expected), "{expected} {all:?}");
        }
    }
}
