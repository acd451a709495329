//! Text out of a package, made harmless for a terminal or a page. A package is written by strangers:
//! an escape sequence can rewrite what a terminal shows, a bidirectional override can turn
//! `gpj.exe` round. Both are made visible here, never dropped, so that a supporter sees that they are there.

use std::borrow::Cow;

/// The text with every control character and every bidirectional control made visible. Line breaks
/// and tabs stay; a text without any such character is returned as it is.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // A Windows line end is a line end.
            '\r' if chars.peek() == Some(&'\n') => {}
            '\u{0}'..='\u{1f}' if is_dangerous(c) => {
                // The pictures of the control characters stand in the same order as the characters.
                out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'));
            }
            '\u{7f}' => out.push('\u{2421}'),
            c if is_dangerous(c) => {
                out.push_str("⟨U+");
                out.push_str(&format!("{:04X}", u32::from(c)));
                out.push('⟩');
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The same for one line: line breaks become spaces, and at most `max` characters stay.
pub(crate) fn printable_line(text: &str, max: usize) -> String {
    let line = printable(text).replace(['\n', '\t'], " ");
    if line.chars().count() <= max {
        return line;
    }
    let mut short: String = line.chars().take(max.saturating_sub(1)).collect();
    short.push('…');
    short
}

fn is_dangerous(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        // Marks, embeddings, overrides and isolates; line and paragraph separators; annotation anchors;
        // zero width space and the byte order mark, which hide differences between two names. The
        // zero width joiner stays: emoji and several scripts need it.
        '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_and_overrides_are_shown_and_plain_text_is_untouched() {
        assert_eq!(printable("\u{1b}[2Jgone\u{7}"), "␛[2Jgone␇");
        assert_eq!(printable("photo\u{202e}gpj.exe"), "photo⟨U+202E⟩gpj.exe");
        assert_eq!(printable("a\r\nb\rc"), "a\nb␍c");
        assert_eq!(printable("\u{9b}31m"), "⟨U+009B⟩31m");
        assert!(matches!(printable("Grüße 👩‍💻\n\tzwei"), Cow::Borrowed(_)));
        assert_eq!(printable_line("a\nb", 9), "a b");
        assert_eq!(printable_line("abcdef", 4), "abc…");
    }

    proptest! {
        #[test]
        fn nothing_dangerous_is_left(text in any::<String>()) {
            prop_assert!(!printable(&text).chars().any(is_dangerous));
        }
    }
}
