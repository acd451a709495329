//! Secrets: keys, tokens and passwords, by their form or by the label in front of them.

use crate::Kind;
use crate::common::is_no_secret;
use crate::detect::Trigger;
use crate::hit::{Action, Hit, Rest};
use crate::kind::placeholder_at;
use crate::words::{lower, starts_word};

/// A private key in PEM form, over all its lines.
pub(crate) fn private_key(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let body = &hay[end..];
    let close = find(body, b"-----END ").and_then(|i| find(&body[i + 9..], b"-----").map(|j| i + 9 + j + 5));
    let stop = close.map_or(hay.len(), |i| end + i);
    let mut hit = Hit::new(Kind::Key, start, stop, text(&hay[start..stop]));
    if close.is_none() {
        hit.rest = Some(Rest::Base64);
    }
    hits.push(hit);
    true
}

/// The private part of a PuTTY key: the lines that its header counts.
pub(crate) fn putty_key(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, end, .. } = *trigger;
    let Some(first) = find(&hay[end..], b"\n").map(|i| end + i + 1) else { return false };
    let count = lower(&hay[trigger.start + b"Private-Lines: ".len()..end]).parse().unwrap_or(0);
    let lines: usize = hay[first..].split_inclusive(|b| *b == b'\n').take(count).map(<[u8]>::len).sum();
    // The line end after it belongs to the file.
    let to = first + lines;
    let to = to - hay[first..to].iter().rev().take_while(|b| b"\r\n".contains(b)).count();
    push(trigger, hits, Kind::Key, first, to, Some(Rest::Base64))
}

/// An `Authorization` or `Cookie` header: the scheme stays, the rest of the line goes.
pub(crate) fn header(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let kind = if lower(&hay[start..end]).contains("cookie") { Kind::Cookie } else { Kind::Token };
    let (mut from, quote) = open_quote(hay, end);
    if kind == Kind::Token {
        let word = hay[from..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let blanks = hay[from + word..].iter().take_while(|b| **b == b' ').count();
        if word > 0 && blanks > 0 {
            from += word + blanks;
        }
    }
    let to = match quote {
        Some(quote) => closing(hay, from, quote),
        None => from + hay[from..].iter().take_while(|b| !b"\r\n\"'".contains(b)).count(),
    };
    push(trigger, hits, kind, from, to, Some(quote.map_or(Rest::Line, Rest::Quote)))
}

/// `Bearer …` and `Basic …` without a header's name.
pub(crate) fn scheme(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    if !starts_word(hay, start) {
        return false;
    }
    let from = start + hay[start..end].iter().position(|b| b" \t".contains(b)).unwrap_or(0);
    let from = from + hay[from..].iter().take_while(|b| b" \t".contains(b)).count();
    let to = token_end(hay, from);
    let value = &hay[from..to];
    // “basic authentication” is a word; a token has digits, capitals or signs in it.
    let looks = value.len() >= 8
        && value.iter().skip(1).any(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || b"+/=".contains(b));
    looks && push(trigger, hits, Kind::Token, from, to, Some(Rest::Word))
}

/// A JSON Web Token.
pub(crate) fn jwt(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, .. } = *trigger;
    let to =
        start + hay[start..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"-_.=".contains(b)).count();
    let dots = hay[start..to].iter().filter(|b| **b == b'.').count();
    starts_word(hay, start) && dots >= 1 && push(trigger, hits, Kind::Token, start, to, Some(Rest::Word))
}

/// The id of an AWS key.
pub(crate) fn aws(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    starts_word(hay, start)
        && !hay.get(end).is_some_and(u8::is_ascii_alphanumeric)
        && push(trigger, hits, Kind::Key, start, end, None)
}

/// A token whose maker marks it with a prefix.
pub(crate) fn known_format(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let to = end + hay[end..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b)).count();
    starts_word(hay, start) && push(trigger, hits, Kind::Token, start, to, Some(Rest::Word))
}

/// A password's hash, as in /etc/shadow.
pub(crate) fn hash(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, .. } = *trigger;
    let to = start
        + hay[start..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"./$=,+-".contains(b)).count();
    to - start >= 20 && push(trigger, hits, Kind::Password, start, to, Some(Rest::Word))
}

/// The path of a web hook is its password.
pub(crate) fn webhook(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, end, .. } = *trigger;
    let from = end - 2;
    push(trigger, hits, Kind::Token, from, token_end(hay, from), Some(Rest::Word))
}

/// `password = …`, `"api_key": "…"` and the like.
pub(crate) fn labelled(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    !is_other_label(trigger) && value_at(trigger, hits, trigger.end)
}

/// Whether the letters of the label are part of another word, or name what is no secret.
fn is_other_label(trigger: &Trigger<'_>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let label = lower(&hay[start..end]);
    let before = lower(&hay[start.saturating_sub(12)..start]);
    let new_hump = start > 0 && hay[start].is_ascii_uppercase() && hay[start - 1].is_ascii_lowercase();
    let is_part = !(starts_word(hay, start) || new_hump);
    let value = &hay[end..];
    // `…x8ePw==` is the end of base64.
    let run = hay[start.saturating_sub(24)..start].iter().rev();
    if run.take_while(|b| b.is_ascii_alphanumeric() || b"+/".contains(b)).count() == 24 {
        return true;
    }
    if label.contains("key") && is_key_file(&value[..token_end(value, 0)]) {
        return true;
    }
    let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
    if label.starts_with("pwd") && (before.ends_with("old") || !is_part && !before.ends_with('_')) {
        // The shell's working folder.
        return matches!(value, [b'/' | b'~', ..] | [_, b':', b'/' | b'\\', ..]);
    }
    if label.starts_with("pass") && !label.starts_with("passw") && is_part {
        return ["by", "com", "sur", "tres", "under", "over"].iter().any(|w| before.ends_with(w));
    }
    if ["pin", "puk", "otp", "pw", "psk"].iter().any(|w| label.starts_with(w)) && is_part {
        return !["root", "user", "admin", "db", "wpa", "wpa2", "wifi", "wlan", "sim"]
            .iter()
            .any(|w| before.ends_with(w));
    }
    if label.starts_with("token") {
        // A program's complaint, a .NET assembly's public key, a language model's count.
        return before.ends_with("unexpected ")
            || before.ends_with("publickey")
            || label.starts_with("tokens")
                && digits > 0
                && !value.get(digits).is_some_and(u8::is_ascii_alphanumeric);
    }
    false
}

/// Whether the value is where a key is, rather than the key.
fn is_key_file(value: &[u8]) -> bool {
    let value = lower(value);
    let rooted = value.starts_with(['/', '~', '$', '.']) || value.get(1..3) == Some(":\\");
    rooted && [".pem", ".key", ".der", ".p12", ".pfx", ".crt"].iter().any(|e| value.ends_with(e))
}

/// `?sig=…&code=…` in a URL. Short words there are settings.
pub(crate) fn in_query(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, end, .. } = *trigger;
    let value = &hay[end..token_end(hay, end)];
    value.len() >= 8 && value.iter().any(u8::is_ascii_digit) && value_at(trigger, hits, end)
}

/// Whether a JSON member of this name holds a secret in this value. What the value looks like counts
/// for numbers only: a text under such a name may have blanks and quotes in it.
pub(crate) fn is_member(field: &str, value: &str, is_number: bool) -> bool {
    if field.is_empty() || is_no_secret(value.as_bytes()) {
        return false;
    }
    let short = value.len() <= 3 && value.bytes().all(|b| b.is_ascii_digit());
    let label = format!("{field}=");
    let written = format!("{label}{}", if is_number || short { value } else { "q7Xk2Lm9" });
    let mut hits = Vec::new();
    crate::detect::detect(written.as_bytes(), 0, label.len(), &crate::engine::Kept::default(), &mut hits);
    hits.iter().any(|hit| {
        hit.start == label.len() && matches!(&hit.action, Action::Replace { kind, .. } if kind.is_secret())
    })
}

/// `<password>…</password>`.
pub(crate) fn element(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let opened = hay[..start].iter().rev().take(64).take_while(|b| !b"<>\n ".contains(b)).count();
    if start == opened || hay.get(start.wrapping_sub(opened + 1)) != Some(&b'<') {
        return false;
    }
    if hay[start - opened..start].first() == Some(&b'/') {
        return false;
    }
    let to = end + hay[end..].iter().take_while(|b| **b != b'<').count();
    push(trigger, hits, Kind::Password, end, to, Some(Rest::Line))
}

/// `--password …` on a command line.
pub(crate) fn flag(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    value_at(trigger, hits, trigger.end - 1)
}

/// “The password is …”
pub(crate) fn spoken(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, end, .. } = *trigger;
    // A password has a digit, a capital inside or a sign; “the password is wrong” has none.
    let (from, quote) = open_quote(hay, end);
    let to = quote.map_or_else(|| token_end(hay, from), |q| closing(hay, from, q));
    let value = trim_sentence(&hay[from..to]);
    let to = from + value.len();
    let telling = quote.is_some() || value.iter().skip(1).any(|b| !b.is_ascii_lowercase() && b.is_ascii());
    telling && push(trigger, hits, Kind::Password, from, to, None)
}

/// `password hunter2`, `identified by '…'`.
pub(crate) fn word_after(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let (from, quote) = open_quote(hay, end - 1);
    let to = quote.map_or_else(|| token_end(hay, from), |q| closing(hay, from, q));
    let value = trim_sentence(&hay[from..to]);
    let to = from + value.len();
    let telling = quote.is_some()
        || starts_word(hay, start)
            && value.len() >= 4
            && value.iter().any(u8::is_ascii_digit)
            && value.iter().any(u8::is_ascii_alphabetic);
    telling && push(trigger, hits, Kind::Password, from, to, None)
}

/// `sshpass -p…`, `mysql … -p…`.
pub(crate) fn short_flag(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, end, .. } = *trigger;
    if hay.get(end).is_none_or(u8::is_ascii_whitespace) {
        return false;
    }
    value_at(trigger, hits, end)
}

/// `curl -u user:password`.
pub(crate) fn user_flag(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, end, .. } = *trigger;
    let (from, _) = open_quote(hay, end - 1);
    let to = token_end(hay, from);
    let Some(colon) = hay[from..to].iter().position(|b| *b == b':') else { return false };
    push(trigger, hits, Kind::Password, from + colon + 1, to, Some(Rest::Word))
}

/// The value after a label: in quotes up to their end, otherwise one word.
fn value_at(trigger: &Trigger<'_>, hits: &mut Vec<Hit>, at: usize) -> bool {
    let hay = trigger.hay;
    let (from, quote) = open_quote(hay, at);
    let (to, rest) = match quote {
        Some(quote) => (closing(hay, from, quote), Rest::Quote(quote)),
        None => (token_end(hay, from), Rest::Word),
    };
    push(trigger, hits, Kind::Password, from, to, Some(rest))
}

fn push(
    trigger: &Trigger<'_>,
    hits: &mut Vec<Hit>,
    kind: Kind,
    from: usize,
    to: usize,
    rest: Option<Rest>,
) -> bool {
    let Some(value) = trigger.hay.get(from..to) else { return false };
    // A count (`"token": 12`) and an opening bracket are no secrets; a PIN has four digits.
    if value.len() <= 3 && value.iter().all(u8::is_ascii_digit) || value.iter().all(|b| b"{[(".contains(b)) {
        return false;
    }
    if value.is_empty() || is_no_secret(value) || placeholder_at(&trigger.hay[from..]).is_some() {
        return false;
    }
    let mut hit = Hit::new(kind, from, to, text(value));
    if trigger.is_cut(to) {
        hit.rest = rest;
    }
    hits.push(hit);
    true
}

/// Past an opening quote, however often it is escaped.
fn open_quote(hay: &[u8], at: usize) -> (usize, Option<u8>) {
    let slashes = hay[at.min(hay.len())..].iter().take(3).take_while(|b| **b == b'\\').count();
    match hay.get(at + slashes) {
        Some(quote @ (b'"' | b'\'' | b'`')) => (at + slashes + 1, Some(*quote)),
        _ => (at.min(hay.len()), None),
    }
}

/// The end of a quoted value: its quote, with the backslashes in front of it, or the end of the line.
fn closing(hay: &[u8], from: usize, quote: u8) -> usize {
    let mut to = from;
    let escaped_opening = from >= 2 && hay[from - 2] == b'\\';
    while let Some(byte) = hay.get(to) {
        match byte {
            b'\n' | b'\r' => break,
            b'\\' if hay.get(to + 1) == Some(&quote) && escaped_opening => break,
            b'\\' if !escaped_opening => to += 1,
            b if *b == quote => break,
            _ => {}
        }
        to += 1;
    }
    to.min(hay.len())
}

/// The end of a word that may hold any sign but those that separate values. A sign within a word
/// separates only when another field follows: `a,b` is one password, `a,b=c` is not.
fn token_end(hay: &[u8], from: usize) -> usize {
    let ends = |b: &u8| b.is_ascii_whitespace() || b"\"'<>".contains(b);
    let mut at = from.min(hay.len());
    while let Some(byte) = hay.get(at).filter(|b| !ends(b)) {
        let rest = &hay[at + 1..];
        let goes_on = match byte {
            b'\\' => rest.first().is_some_and(|b| !b"nrtbfu\\/\"'x".contains(b)),
            b',' | b';' | b'&' | b'|' | b')' | b'}' | b']' => {
                let word = rest
                    .iter()
                    .take(40)
                    .take_while(|b| b.is_ascii_alphanumeric() || b"_-. ".contains(b))
                    .count();
                rest.first().is_some_and(|b| !ends(b) && !b",;&|)}]([{\\".contains(b))
                    && !rest.get(word).is_some_and(|b| b"=:\"".contains(b))
            }
            _ => true,
        };
        if !goes_on {
            break;
        }
        at += 1;
    }
    at
}

fn trim_sentence(mut value: &[u8]) -> &[u8] {
    while let Some((b'.' | b',' | b'!' | b'?' | b':', rest)) = value.split_last() {
        value = rest;
    }
    value
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|w| w == needle)
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}
