//! Telephone numbers: in international form, in the forms in which they are written in Germany, and
//! after a label.

use crate::Kind;
use crate::detect::Trigger;
use crate::hit::Hit;
use crate::words::{ends_word, starts_word};

/// `+49 30 23125317`, `0049 30 …`, and German numbers with their area code.
pub(crate) fn phone(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, kept, .. } = *trigger;
    let Some((end, value)) = number(hay, start, 8).filter(|_| stands_alone(hay, start)) else { return false };
    if !kept.address(&value) {
        hits.push(Hit::new(Kind::Phone, start, end, value));
    }
    // What it consists of is understood; a card's or an address's detector would only mislead.
    true
}

/// The number after `Tel.:` and the like, which may be shorter.
pub(crate) fn labelled(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end: at, kept, .. } = *trigger;
    let at = at - 1;
    let Some((end, value)) = number(hay, at, 5).filter(|_| starts_word(hay, start)) else { return false };
    if !kept.address(&value) {
        hits.push(Hit::new(Kind::Phone, at, end, value));
    }
    true
}

/// A number that goes on to the left is another number: a serial number, an object id, a fraction.
fn stands_alone(hay: &[u8], start: usize) -> bool {
    let joined =
        start >= 2 && b"-./:_+,(".contains(&hay[start - 1]) && hay[start - 2].is_ascii_alphanumeric();
    // A dump of memory is groups of four, too.
    let left = hay[start.saturating_sub(10)..start].strip_suffix(b" ").unwrap_or_default();
    let group = left.iter().rev().take_while(|b| b.is_ascii_hexdigit()).count();
    starts_word(hay, start) && !joined && !matches!(group, 4 | 8)
}

/// The end of the number that starts here, and the form under which numbers are compared.
fn number(hay: &[u8], start: usize, fewest: usize) -> Option<(usize, String)> {
    let mut digits = String::new();
    let mut end = start;
    let mut at = start;
    let mut open = false;
    while at < hay.len() && at - start < 40 {
        match hay[at] {
            digit if digit.is_ascii_digit() => {
                digits.push(char::from(digit));
                end = at + 1;
            }
            b'+' if at == start => {}
            b'(' if !open => open = true,
            b')' if open => {
                open = false;
                end = at + 1;
            }
            // Between groups there is one separator, or one between blanks.
            b' ' | b'-' | b'/' | b'.' if separators(hay, at) <= 3 => {}
            _ => break,
        }
        at += 1;
    }
    let goes_on = matches!(hay.get(end..), Some([b'.' | b':' | b'-' | b'_' | b',', next, ..]) if next.is_ascii_alphanumeric());
    if goes_on || !ends_word(hay, end) || !(fewest..=15).contains(&digits.len()) {
        return None;
    }
    let value = canonical(std::str::from_utf8(&hay[start..end]).ok()?)?;
    Some((end, value))
}

fn separators(hay: &[u8], at: usize) -> usize {
    hay[at..].iter().take_while(|b| b" -/.".contains(b)).count()
}

/// The number with its country; without one it is a German number. `None` where there are no digits.
pub(crate) fn canonical(written: &str) -> Option<String> {
    let written = written.trim().replace("(0)", "");
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let plain = written.chars().all(|c| c.is_ascii_digit() || " +-/.()\u{a0}".contains(c));
    if !plain || digits.len() < 5 {
        return None;
    }
    Some(if written.starts_with('+') {
        format!("+{digits}")
    } else if let Some(rest) = digits.strip_prefix("00") {
        format!("+{rest}")
    } else if let Some(rest) = digits.strip_prefix('0') {
        format!("+49{rest}")
    } else {
        digits
    })
}

#[cfg(test)]
mod tests {
    use crate::{Kind, Names, Redactor};

    fn redacted(text: &str) -> String {
        Redactor::new(Names::new()).text(text)
    }

    #[test]
    fn one_number_has_one_placeholder_however_it_is_written() {
        let text = "+49 30 23125317, +49 (0)30 / 23 12 53 17, 0049 30 23125317, 030 23125-317, (030) 23125317, \
                    030/23125317, Tel.: 03023125317, Telefonnummer 030 23125317";
        let expected = "[phone-1], [phone-1], [phone-1], [phone-1], [phone-1], [phone-1], Tel.: [phone-1], \
                        Telefonnummer [phone-1]";
        assert_eq!(redacted(text), expected);
    }

    #[test]
    fn mobile_foreign_and_short_numbers_go_too() {
        for text in ["01512345678", "0170 1234567", "+1 (202) 555-0173", "+436641234567", "Durchwahl: 23125"]
        {
            assert!(redacted(text).contains("[phone-1]"), "{text} → {}", redacted(text));
        }
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "10:15:30 +0100",
            "2026-11-23T10:15:30+01:00",
            "01.02.2026 and 03/11/2026 and 2026-01-02",
            "123e4567-0123-0456-a456-426614174000",
            "0000:00:1c.0 [12f0:0123 0456]",
            "00000010: 0123 4567 89ab cdef 0123 4567",
            "1.3.6.1.4.1.0123 4567890",
            "4711-0815-123456",
            "0123456789",
            "x+12345678",
            "0.0170 1234567",
            "hotel: 12345, phone: none, mobile: true",
        ] {
            assert_eq!(redacted(text), text);
        }
    }

    #[test]
    fn a_known_number_is_found_without_separators_and_can_be_kept() {
        let mut names = Names::new();
        names.add(Kind::Phone, "089 / 1234567");
        assert_eq!(
            Redactor::new(names).text("call 0891234567 or +49891234567"),
            "call [phone-1] or [phone-1]"
        );
        let mut redactor = Redactor::new(Names::new());
        redactor.keep(["+49 30 23125-0"]);
        assert_eq!(redactor.text("030 231250, 030 231251"), "030 231250, [phone-1]");
    }
}
