//! Detectors for what opens doors: passwords and keys with their labels, tokens that show by their form,
//! headers, command lines, private keys.
//!
//! Where it is unclear whether a labelled value is a secret, it is taken for one.

use crate::Kind;
use crate::common::is_no_secret;
use crate::detect::Trigger;
use crate::hit::{Hit, Rest};
use crate::kind::placeholder_at;
use crate::words::{backslashes, contains_ignore_case, ends_with_ignore_case, ends_word, is_odd, lower, starts_word};

/// A value that was read.
struct Value {
    start: usize,
    end: usize,
    rest: Option<Rest>,
}

impl Value {
    fn push(self, kind: Kind, trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
        let Self { start, end, rest } = self;
        let value = &trigger.hay[start..end];
        if start == end || is_no_secret(value) {
            return false;
        }
        let mut hit = Hit::new(kind, start, end, String::from_utf8_lossy(value).into_owned());
        hit.rest = rest.filter(|_| trigger.is_cut(end));
        hits.push(hit);
        true
    }
}

/// The kind of secret that a label names.
fn kind_of(label: &str) -> Kind {
    let has = |words: &[&str]| words.iter().any(|w| label.contains(w));
    if has(&["sess"]) && has(&["id"]) {
        Kind::Cookie
    } else if has(&["pass", "kennwort", "pwd", "psk", "pin", "puk", "otp", "wep"]) || label == "pw" {
        Kind::Password
    } else if has(&["private", "shared", "encryption", "signing", "master"]) {
        Kind::Key
    } else {
        Kind::Token
    }
}

/// The kind of secret that a JSON key names, by the same words as in text.
pub(crate) fn kind_of_field(key: &str) -> Option<Kind> {
    // As a member of a document, so that the one set of patterns decides.
    let kept = crate::engine::Kept::default();
    let text = format!("\"{}\": \"Zq7-9xKw4bT\"", key.replace(['"', '\\', '\n', '\r'], " "));
    let mut hits = Vec::new();
    crate::detect::detect(text.as_bytes(), 0, text.len(), &kept, &mut hits);
    hits.into_iter().find_map(|hit| match hit.action {
        crate::hit::Action::Replace { kind, value } if kind.is_secret() && value == "Zq7-9xKw4bT" => Some(kind),
        _ => None,
    })
}

/// `password = value`, `"token": "value"`, `SECRET='value'` and their kin.
pub(crate) fn labelled(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let matched = &hay[start..end];
    let label_end = matched.iter().position(|b| b"=:\\\"']\t".contains(b)).unwrap_or(matched.len());
    let label = lower(&matched[..label_end]);
    let label = label.trim();
    let namespace = hay.get(end) == Some(&b':') && hay[end - 1] == b':';
    if namespace || !may_name_secret(hay, start, label) || ends_with_ignore_case(&hay[start.saturating_sub(11)..start], "unexpected ") {
        return false;
    }
    let kind = kind_of(label);
    let is_json_key = matched[label_end..].first().is_some_and(|b| b"\\\"".contains(b));
    if hay.get(end) == Some(&b'[') && placeholder_at(&hay[end..]).is_none() {
        let found = list(trigger, kind, end, hits);
        if found || is_json_key {
            return found;
        }
    }
    if is_json_key && hay.get(end).is_some_and(|b| b"{[".contains(b)) {
        return false;
    }
    let Some(value) = read_value(hay, start, end) else { return false };
    let text = &hay[value.start..value.end];
    // A shell's working directory is no password.
    if label.ends_with("pwd") && (text.starts_with(b"/") || text.starts_with(b"~") || text.get(1) == Some(&b':')) {
        return false;
    }
    if matches!(label, "pin" | "puk" | "otp") && !(text.len() >= 4 && text.iter().all(u8::is_ascii_digit)) {
        return false;
    }
    value.push(kind, trigger, hits)
}

/// Short labels are parts of many words: `compass`, `opinion`, `spin`.
fn may_name_secret(hay: &[u8], start: usize, label: &str) -> bool {
    const FRONT: &[&str] = &[
        "db", "user", "my", "root", "admin", "smtp", "imap", "pop", "mail", "ftp", "proxy", "ldap", "sql", "bind", "wifi",
        "wlan", "key", "store", "trust", "sudo", "login",
    ];
    let bare = label.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == '-');
    if !matches!(bare, "pass" | "passs" | "pw" | "pwd" | "psk" | "pin" | "puk" | "otp") {
        return true;
    }
    let before = &hay[start.saturating_sub(16)..start];
    let camel = before.last().is_some_and(u8::is_ascii_lowercase) && hay[start].is_ascii_uppercase();
    starts_word(hay, start)
        || camel
        || before.last().is_some_and(u8::is_ascii_digit)
        || bare.starts_with('p') && bare != "pin" && FRONT.iter().any(|f| ends_with_ignore_case(before, f))
}

/// The strings of a list: `"tokens": ["a", "b"]`.
fn list(trigger: &Trigger<'_>, kind: Kind, open: usize, hits: &mut Vec<Hit>) -> bool {
    let hay = trigger.hay;
    let mut at = open + 1;
    let mut found = false;
    loop {
        at += hay[at..].iter().take_while(|b| b.is_ascii_whitespace() || **b == b',').count();
        let Some(value) = quoted(hay, at) else { return found };
        at = value.end + 1;
        found |= value.push(kind, trigger, hits);
    }
}

/// The value at `at`, whose label starts at `label`: quoted, to the end of the line, or one word.
fn read_value(hay: &[u8], label: usize, at: usize) -> Option<Value> {
    if let Some(value) = quoted(hay, at) {
        return Some(concatenated(hay, at, value));
    }
    let first = *hay.get(at)?;
    if line_starts(hay, label) {
        return block(hay, at).or_else(|| Some(to_line_end(hay, at)));
    }
    if first == b'\n' || first == b'\r' {
        return None;
    }
    Some(word(hay, at))
}

/// The inside of a string in quotes, which may themselves be escaped (JSON in JSON).
fn quoted(hay: &[u8], at: usize) -> Option<Value> {
    let escapes = hay.get(at..)?.iter().take(7).take_while(|b| **b == b'\\').count();
    let quote = *hay.get(at + escapes).filter(|b| b"\"'`".contains(b))?;
    let start = at + escapes + 1;
    let mut end = start;
    while let Some(byte) = hay.get(end) {
        if *byte == quote && {
            let before = backslashes(&hay[start..end]);
            if escapes == 0 { !is_odd(before) || quote == b'\'' } else { before <= escapes }
        } {
            // The backslashes that escape the closing quote belong to it.
            let end = end - if escapes == 0 { 0 } else { backslashes(&hay[start..end]).min(escapes) };
            return Some(Value { start, end, rest: None });
        }
        if *byte == b'\n' {
            break;
        }
        end += 1;
    }
    // No closing quote: to the end of the line, or of what can be seen.
    (end > start).then_some(Value { start, end, rest: Some(Rest::Quote(quote)) })
}

/// A shell joins what stands together without a blank: `'it'"'"'s'`.
fn concatenated(hay: &[u8], at: usize, first: Value) -> Value {
    let plain = hay[at] != b'\\' && first.rest.is_none();
    let joins = |end: usize| hay.get(end + 1).is_some_and(|b| !b.is_ascii_whitespace() && !b",;:)]}>&|\\/.!?<".contains(b));
    if !plain || !joins(first.end) {
        return first;
    }
    let mut end = first.end + 1;
    while let Some(byte) = hay.get(end) {
        if byte.is_ascii_whitespace() || b",;)]}>&|<".contains(byte) {
            break;
        }
        if b"\"'".contains(byte)
            && let Some(next) = quoted(hay, end)
        {
            end = next.end + usize::from(next.rest.is_none());
            continue;
        }
        end += 1;
    }
    Value { start: at, end, rest: Some(Rest::Word) }
}

/// Whether only blanks, a list's dash, a comment's mark or `export` stand before the label's word.
fn line_starts(hay: &[u8], label: usize) -> bool {
    let left = &hay[label.saturating_sub(200)..label];
    let is_whole = left.len() == label;
    let word = left.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || b"_.-".contains(b)).count();
    let left = &left[..left.len() - word];
    let before = match left.iter().rposition(|b| *b == b'\n') {
        Some(newline) => &left[newline + 1..],
        None if is_whole => left,
        None => return false,
    };
    let before = before.trim_ascii();
    matches!(before, b"" | b"-" | b"#" | b";" | b"//" | b"export" | b"set" | b"SET" | b"$env:" | b"$" | b"declare -x")
}

/// A block of YAML: `password: |`, then the value in the next line.
fn block(hay: &[u8], at: usize) -> Option<Value> {
    let rest = &hay[at..];
    let mark = [&b"|-\n"[..], b">-\n", b"|\n", b">\n", b"|+\n"].into_iter().find(|m| rest.starts_with(m))?;
    let start = at + mark.len();
    let start = start + hay[start..].iter().take_while(|b| b" \t".contains(b)).count();
    Some(to_line_end(hay, start))
}

/// To the end of the line, without a comment or a following `key=value`.
fn to_line_end(hay: &[u8], start: usize) -> Value {
    let line = hay[start..].iter().position(|b| b"\r\n".contains(b)).map_or(hay.len(), |i| start + i);
    let mut end = line;
    for at in start + 1..line {
        let blank = hay[at - 1].is_ascii_whitespace();
        if blank && (hay[at] == b'#' || assigns(&hay[at..line])) {
            end = at - 1;
            break;
        }
    }
    let cut = end == hay.len();
    let end = if cut { end } else { end - hay[start..end].iter().rev().take_while(|b| b" \t".contains(b)).count() };
    Value { start, end, rest: Some(Rest::Line) }
}

/// Whether the bytes start with `name=`.
fn assigns(bytes: &[u8]) -> bool {
    let name = bytes.iter().take(40).take_while(|b| b.is_ascii_alphanumeric() || b"_.-".contains(b)).count();
    name > 0 && bytes[0].is_ascii_alphabetic() && bytes.get(name) == Some(&b'=')
}

/// One word. Punctuation inside it belongs to it, punctuation that separates it from what follows doesn't.
fn word(hay: &[u8], start: usize) -> Value {
    let mut end = start;
    while let Some(byte) = hay.get(end) {
        let after = &hay[end + 1..];
        let at_end = || after.first().is_none_or(|b| b.is_ascii_whitespace() || b",;\"'<".contains(b));
        let stop = match byte {
            b'"' | b'\'' | b'<' | b'`' => true,
            // An escape of the string around: the end of its line or of the string.
            b'\\' => after.first().is_some_and(|b| b"\"'\\".contains(b)) || is_line_escape(after),
            b'&' => assigns(after) || after.starts_with(b"amp;"),
            b',' | b';' => at_end() || assigns(after) || after.starts_with(b"["),
            b')' | b']' | b'}' | b'>' => at_end() || after.iter().take_while(|b| b")]}>".contains(b)).count() > 0,
            other => other.is_ascii_whitespace(),
        };
        if stop {
            break;
        }
        end += 1;
    }
    Value { start, end, rest: Some(Rest::Word) }
}

fn is_line_escape(after: &[u8]) -> bool {
    matches!(after, [b'n' | b'r' | b't', ..])
}

/// `<password>value</password>`.
pub(crate) fn element(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let left = &hay[start.saturating_sub(64)..start];
    let name = left.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || b"_.:-".contains(b)).count();
    if !left[..left.len() - name].ends_with(b"<") || hay[end - 2] == b'/' {
        return false;
    }
    let at = if hay[end..].starts_with(b"<![CDATA[") { end + 9 } else { end };
    let Some(length) = hay[at..].iter().position(|b| *b == b'<' || *b == b']') else { return false };
    if !hay[at + length..].starts_with(b"</") && !hay[at + length..].starts_with(b"]]>") {
        return false;
    }
    let blank = |bytes: &[u8]| bytes.len() - bytes.trim_ascii_start().len();
    let start = at + blank(&hay[at..at + length]);
    let end = start + hay[start..at + length].trim_ascii_end().len();
    let label = lower(&hay[trigger.start..trigger.end]);
    Value { start, end, rest: None }.push(kind_of(&label), trigger, hits)
}

/// `--password value`.
pub(crate) fn flag(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let at = end - 1;
    let alone = start == 0 || hay[start - 1].is_ascii_whitespace() || b"\"',[".contains(&hay[start - 1]);
    if !alone || hay[at] == b'-' {
        return false;
    }
    let label = lower(&hay[start..at]);
    argument(hay, at).push(kind_of(label.trim()), trigger, hits)
}

fn argument(hay: &[u8], at: usize) -> Value {
    quoted(hay, at).map_or_else(|| word(hay, at), |value| concatenated(hay, at, value))
}

/// `sshpass -p value`, `mysql -pvalue`.
pub(crate) fn short_flag(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    if !starts_word(hay, start) || hay.get(end).is_none_or(|b| b.is_ascii_whitespace() || *b == b'-') {
        return false;
    }
    argument(hay, end).push(Kind::Password, trigger, hits)
}

/// `curl -u name:value`. Two numbers are a user's and a group's id.
pub(crate) fn user_flag(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, end, .. } = *trigger;
    let at = end - 1;
    let all = argument(hay, at);
    let text = &hay[all.start..all.end];
    let Some(colon) = text.iter().position(|b| *b == b':') else { return false };
    if text[..colon].iter().all(u8::is_ascii_digit) || text[colon..].starts_with(b"://") {
        return false;
    }
    Value { start: all.start + colon + 1, ..all }.push(Kind::Password, trigger, hits)
}

/// `Passwort ist value`, as people write. A plain word there says something about the password.
pub(crate) fn spoken(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    if !starts_word(hay, start) {
        return false;
    }
    let mut value = argument(hay, end);
    let in_quotes = value.start > end;
    while !in_quotes && value.end > value.start && b".,!?".contains(&hay[value.end - 1]) {
        value.end -= 1;
    }
    let text = &hay[value.start..value.end];
    let telling = text.iter().any(u8::is_ascii_digit)
        || text.iter().skip(1).any(u8::is_ascii_uppercase)
        || text.iter().any(|b| b"!#$%&*+=@^_?/".contains(b));
    (in_quotes || telling && text.len() >= 4) && value.push(Kind::Password, trigger, hits)
}

/// `nmcli … password value`, `.netrc`, SQL's `identified by 'value'`: only with these around it.
pub(crate) fn word_after(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let left = &hay[start.saturating_sub(256)..start];
    let line = left.iter().rposition(|b| *b == b'\n').map_or(left, |i| &left[i + 1..]);
    let known = ["nmcli ", "wpa_cli ", "iwctl ", "machine ", "login ", "user ", "alter role ", "net use "];
    let sql = contains_ignore_case(&hay[start..end], "identified");
    let around = sql || known.iter().any(|k| contains_ignore_case(line, k)) && !contains_ignore_case(line, " for ");
    // `Failed password for user x`: prepositions are no passwords.
    let next = lower(&hay[end - 1..hay.len().min(end + 8)]);
    let prose = ["for ", "is ", "was ", "has ", "to ", "and ", "or ", "of ", "authent", "changed", "expired", "auth "];
    if !around || !starts_word(hay, start) || prose.iter().any(|p| next.starts_with(p)) {
        return false;
    }
    argument(hay, end - 1).push(Kind::Password, trigger, hits)
}

/// `Authorization:` and `Cookie:` headers: all of the value but the scheme's name.
pub(crate) fn header(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let name = lower(&hay[start..end]);
    let kind = if name.contains("cookie") { Kind::Cookie } else { Kind::Token };
    if hay.get(end) == Some(&b':') || kind == Kind::Cookie && !starts_word(hay, start) {
        return false;
    }
    let mut value = quoted(hay, end).unwrap_or_else(|| header_value(hay, start, end));
    if kind == Kind::Token {
        let text = &hay[value.start..value.end];
        let scheme = text.iter().position(|b| *b == b' ').filter(|at| text[..*at].iter().all(u8::is_ascii_alphabetic));
        if let Some(scheme) = scheme {
            value.start += scheme + text[scheme..].iter().take_while(|b| **b == b' ').count();
        }
    }
    value.push(kind, trigger, hits)
}

fn header_value(hay: &[u8], start: usize, at: usize) -> Value {
    // Around the header there may be quotes: a shell's or a document's.
    let around = start.checked_sub(1).map(|i| hay[i]).filter(|b| b"\"'".contains(b));
    let digest = hay[at..].len() > 7 && hay[at..at + 7].eq_ignore_ascii_case(b"digest ");
    let mut end = at;
    while let Some(byte) = hay.get(end) {
        let stop = match byte {
            b'\r' | b'\n' | b'`' => true,
            b'"' | b'\'' if digest => around == Some(*byte) && !is_odd(backslashes(&hay[at..end])),
            b'"' | b'\'' => true,
            b'\\' => match hay.get(end + 1) {
                Some(b'"') => !digest,
                Some(b'n' | b'r') => true,
                _ => false,
            },
            _ => false,
        };
        if stop {
            break;
        }
        end += 1;
    }
    let trailing = if end == hay.len() { 0 } else { hay[at..end].iter().rev().take_while(|b| **b == b' ').count() };
    Value { start: at, end: end - trailing, rest: Some(Rest::Line) }
}

/// `Bearer value` and `Basic value` without their header, when they look like it.
pub(crate) fn scheme(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let at = end - 6;
    let value = run(hay, at, b"+/=_.~-");
    let text = &hay[value.start..value.end];
    let basic = hay[start].eq_ignore_ascii_case(&b'b') && hay[start + 1].eq_ignore_ascii_case(&b'a');
    let plausible = if basic {
        decodes_to_pair(text)
    } else {
        text.len() >= 16 && text.iter().any(u8::is_ascii_digit)
    };
    starts_word(hay, start) && plausible && value.push(Kind::Token, trigger, hits)
}

/// Whether base64 says `user:password`.
fn decodes_to_pair(text: &[u8]) -> bool {
    let text = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let mut bits = 0_u32;
    let mut have = 0;
    let mut colon = false;
    for byte in text {
        let sextet = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return false,
        };
        bits = bits << 6 | u32::from(sextet);
        have += 6;
        if have >= 8 {
            have -= 8;
            let decoded = (bits >> have) as u8;
            if decoded < b' ' || decoded == 0x7f {
                return false;
            }
            colon |= decoded == b':';
        }
    }
    colon
}

/// All that follows of letters, digits and these.
fn run(hay: &[u8], start: usize, others: &[u8]) -> Value {
    let length = hay[start..].iter().take_while(|b| b.is_ascii_alphanumeric() || others.contains(b)).count();
    Value { start, end: start + length, rest: Some(Rest::Word) }
}

/// A JSON Web Token: two or three parts of base64, the first of which starts `{"`.
pub(crate) fn jwt(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, .. } = *trigger;
    let mut value = run(hay, start, b"_-.");
    while hay[value.start..value.end].ends_with(b".") {
        value.end -= 1;
    }
    let dots = hay[start..value.end].iter().filter(|b| **b == b'.').count();
    let cut = trigger.is_cut(value.end);
    starts_word(hay, start) && (dots >= 1 || cut) && value.push(Kind::Token, trigger, hits)
}

/// The id of an AWS access key.
pub(crate) fn aws(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    starts_word(hay, start)
        && ends_word(hay, end)
        && Value { start, end, rest: None }.push(Kind::Token, trigger, hits)
}

/// Tokens whose first letters say whose they are.
pub(crate) fn known_format(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, .. } = *trigger;
    let others: &[u8] = if hay[start..].starts_with(b"SG.") || hay[start..].starts_with(b"ya29.") { b"_-." } else { b"_-" };
    let mut value = run(hay, start, others);
    while hay[value.start..value.end].ends_with(b".") {
        value.end -= 1;
    }
    starts_word(hay, start) && value.push(Kind::Token, trigger, hits)
}

/// The secret part of a Slack webhook.
pub(crate) fn webhook(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let mut value = run(trigger.hay, trigger.end - 2, b"/_-");
    value.rest = Some(Rest::Word);
    value.push(Kind::Token, trigger, hits)
}

/// A private key in PEM or OpenPGP armour, in one line or many. Without its end, as far as it looks like one.
pub(crate) fn private_key(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let next_begin = find(&hay[end..], b"-----BEGIN").map_or(hay.len(), |i| end + i);
    let last = find(&hay[end..next_begin], b"-----END").and_then(|at| {
        let dashes = end + at + 8;
        find(&hay[dashes..hay.len().min(dashes + 80)], b"-----").map(|i| dashes + i + 5)
    });
    let value = match last {
        Some(end) => Value { start, end, rest: None },
        None => Value { start, end: base64_lines(hay, end), rest: Some(Rest::Base64) },
    };
    value.push(Kind::Key, trigger, hits)
}

/// PuTTY's: so many lines after `Private-Lines: `.
pub(crate) fn putty_key(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let body = end + hay[end..].iter().take_while(|b| b"\r\n".contains(b)).count();
    let value = Value { start: body, end: base64_lines(hay, body), rest: Some(Rest::Base64) };
    starts_word(hay, start) && body > end && value.push(Kind::Key, trigger, hits)
}

/// How far lines go that are nothing but base64, or a header of the armour. Escaped line ends count.
fn base64_lines(hay: &[u8], from: usize) -> usize {
    let mut end = from;
    let mut at = from;
    while at < hay.len() {
        let line = hay[at..].iter().position(|b| *b == b'\n').map_or(hay.len(), |i| at + i);
        let text = hay[at..line].trim_ascii();
        let header = ["Proc-Type:", "DEK-Info:", "Version:", "Comment:"].iter().any(|h| text.starts_with(h.as_bytes()));
        let body = text.iter().take_while(|b| b.is_ascii_alphanumeric() || b"+/=\\".contains(b)).count();
        if header || body == text.len() {
            if !text.is_empty() {
                end = at + (line - at);
            }
        } else {
            // In one line with what follows: only a long piece is part of the key.
            if body >= 32 {
                end = line - (hay[at..line].trim_ascii_start().len() - body);
            }
            break;
        }
        at = line + 1;
    }
    let trailing = if end == hay.len() { 0 } else { hay[from..end].iter().rev().take_while(|b| b"\r\\".contains(b)).count() };
    end - trailing
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|w| w == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_known_by_their_names() {
        for (key, kind) in [
            ("password", Kind::Password),
            ("dbPassword", Kind::Password),
            ("psk", Kind::Password),
            ("api_key", Kind::Token),
            ("apiKey", Kind::Token),
            ("client_secret", Kind::Token),
            ("private-key", Kind::Key),
            ("PHPSESSID", Kind::Cookie),
            ("Authorization", Kind::Token),
            ("Cookie", Kind::Cookie),
        ] {
            assert_eq!(kind_of_field(key), Some(kind), "{key}");
        }
        for key in ["user", "compass", "key_mgmt", "token_type", "psk-flags", "opinion", "passed", "keyboard", ""] {
            assert_eq!(kind_of_field(key), None, "{key}");
        }
    }

    #[test]
    fn base64_of_a_pair_is_told_from_words() {
        assert!(decodes_to_pair(b"ZXJpa2E6aHVudGVyMg=="));
        assert!(!decodes_to_pair(b"authentication"));
    }
}
