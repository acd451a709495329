//! Where words start and end in bytes that may be a log, JSON, a URL or a terminal's output.

/// How far any detector looks to the left of where it was triggered. The stream keeps more than this.
pub(crate) const LOOK_LEFT: usize = 512;

/// Whether a word may start here: what is before is no letter or digit, or is an escape that only ends
/// in one (`\n`, `%20`, `\x20`, a terminal colour).
pub(crate) fn starts_word(hay: &[u8], at: usize) -> bool {
    let Some(prev) = at.checked_sub(1).map(|i| hay[i]) else { return true };
    if prev.is_ascii() {
        return !prev.is_ascii_alphanumeric() || escape_ends(&hay[at.saturating_sub(24)..at]);
    }
    let tail = &hay[at.saturating_sub(4)..at];
    let start = tail.iter().rposition(|b| (*b & 0xC0) != 0x80).unwrap_or(0);
    !is_letter(&tail[start..])
}

/// Whether a word may end here.
pub(crate) fn ends_word(hay: &[u8], at: usize) -> bool {
    let Some(next) = hay.get(at) else { return true };
    if next.is_ascii() {
        return !next.is_ascii_alphanumeric();
    }
    let length = match next {
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => 4,
    };
    !is_letter(&hay[at..hay.len().min(at + length)])
}

/// Bytes that are no UTF-8 separate words: replacing too much there is the safer error.
fn is_letter(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).ok().and_then(|s| s.chars().next()).is_some_and(char::is_alphanumeric)
}

fn escape_ends(before: &[u8]) -> bool {
    match before {
        [.., b'%', a, b] | [.., b'\\', b'x', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => true,
        [.., b'\\', b'u', a, b, c, d] => [a, b, c, d].iter().all(|x| x.is_ascii_hexdigit()),
        [rest @ .., b'n' | b'r' | b't' | b'b' | b'f'] => is_odd(backslashes(rest)),
        [rest @ .., b'm'] => {
            let codes = rest.iter().rev().take_while(|b| b.is_ascii_digit() || **b == b';').count();
            rest[..rest.len() - codes].ends_with(b"\x1b[")
        }
        _ => false,
    }
}

/// How many backslashes the bytes end with.
pub(crate) fn backslashes(bytes: &[u8]) -> usize {
    bytes.iter().rev().take_while(|b| **b == b'\\').count()
}

pub(crate) const fn is_odd(n: usize) -> bool {
    n % 2 == 1
}

/// Whether the byte here belongs to an escape (`\n`) of a quoted string, so that replacing from here
/// would leave a lone backslash behind. In `CORP\nora` outside of quotes it doesn't.
pub(crate) fn inside_escape(hay: &[u8], at: usize) -> bool {
    let left = &hay[at.saturating_sub(LOOK_LEFT)..at];
    if !is_odd(backslashes(left)) || !hay.get(at).is_some_and(|b| b"nrtbfu/\"\\".contains(b)) {
        return false;
    }
    let line = left.iter().rposition(|b| *b == b'\n').map_or(left, |i| &left[i + 1..]);
    let quotes: Vec<usize> = line
        .iter()
        .enumerate()
        .filter(|(i, b)| **b == b'"' && !is_odd(backslashes(&line[..*i])))
        .map(|(i, _)| i)
        .collect();
    // Only JSON has escapes for certain; a log's `"CORP\nora"` has a name.
    let opens_json = |quote: usize| {
        let before = line[..quote].iter().rev().find(|b| !b.is_ascii_whitespace());
        before.is_none_or(|b| b":,[{".contains(b))
    };
    is_odd(quotes.len()) && quotes.last().is_some_and(|quote| opens_json(*quote))
}

/// The label in front of a value, as in `user: `, `"user": "`, `USER=`; empty when there is none.
pub(crate) fn label_before(hay: &[u8], at: usize) -> &[u8] {
    let left = &hay[at.saturating_sub(96)..at];
    let left = trim_end(left, b" \t\"'\\");
    let Some(left) = left.strip_suffix(b":").or_else(|| left.strip_suffix(b"=")) else { return &[] };
    let left = trim_end(left, b" \t\"'\\");
    let start =
        left.iter().rposition(|b| !b.is_ascii_alphanumeric() && !b"_.-".contains(b)).map_or(0, |i| i + 1);
    &left[start..]
}

fn trim_end<'a>(mut bytes: &'a [u8], set: &[u8]) -> &'a [u8] {
    while let Some((last, rest)) = bytes.split_last()
        && set.contains(last)
    {
        bytes = rest;
    }
    bytes
}

pub(crate) fn contains_ignore_case(hay: &[u8], needle: &str) -> bool {
    hay.windows(needle.len()).any(|w| w.eq_ignore_ascii_case(needle.as_bytes()))
}

pub(crate) fn ends_with_ignore_case(hay: &[u8], needle: &str) -> bool {
    hay.len() >= needle.len() && hay[hay.len() - needle.len()..].eq_ignore_ascii_case(needle.as_bytes())
}

/// Lower-case text of the bytes, for comparing values with each other.
pub(crate) fn lower(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(text: &str, word: &str) -> bool {
        starts_word(text.as_bytes(), text.find(word).unwrap())
    }

    #[test]
    fn words_start_after_anything_but_letters_and_digits() {
        for text in [
            "erika",
            " erika",
            "_erika",
            "„erika“",
            "a%20erika",
            r"a\nerika",
            r"a\x20erika",
            "\x1b[1;31merika",
        ] {
            assert!(starts(text, "erika"), "{text}");
        }
        for text in ["xerika", "9erika", "ßerika", "merika"] {
            assert!(!starts(text, "erika"), "{text}");
        }
        assert!(starts_word(b"\xfferika", 1));
    }

    #[test]
    fn words_end_before_anything_but_letters_and_digits() {
        assert!(ends_word("erika“".as_bytes(), 5) && ends_word(b"erika", 5) && ends_word(b"erika\xff", 5));
        assert!(!ends_word("erikaß".as_bytes(), 5) && !ends_word(b"erika2", 5));
    }

    #[test]
    fn an_escape_is_told_from_a_folder() {
        assert!(inside_escape(br#"{"a": "x\nora"}"#, 9));
        assert!(!inside_escape(br"CORP\nora", 5));
        assert!(!inside_escape(br#"user "CORP\nora" logged on"#, 11));
        assert!(!inside_escape(br#"{"a": "x\\nora"}"#, 10));
    }

    #[test]
    fn labels_are_found_in_every_notation() {
        for text in ["user: ", "user=", r#""user": ""#, r#"\"user\":\""#, "x, user = '"] {
            assert_eq!(label_before(text.as_bytes(), text.len()), b"user", "{text}");
        }
        assert_eq!(label_before(b"the user ", 9), b"");
    }
}
