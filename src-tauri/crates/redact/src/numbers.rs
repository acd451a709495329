//! Numbers that prove themselves: bank accounts and payment cards.

use crate::Kind;
use crate::detect::Trigger;
use crate::hit::Hit;
use crate::words::{ends_word, starts_word};

/// How long an IBAN is, by country (SWIFT's registry).
const IBAN_LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
];

/// An IBAN in one piece or in groups, when its checksum (ISO 7064, modulo 97) holds.
pub(crate) fn iban(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, .. } = *trigger;
    let country = hay[start..start + 2].to_ascii_uppercase();
    let Some((_, length)) = IBAN_LENGTHS.iter().find(|(c, _)| c.as_bytes() == country) else { return false };
    if !starts_word(hay, start) {
        return false;
    }
    let mut symbols = Vec::with_capacity(*length);
    let mut end = start;
    while symbols.len() < *length {
        match hay.get(end) {
            Some(b) if b.is_ascii_alphanumeric() => symbols.push(b.to_ascii_uppercase()),
            Some(b' ' | b'-') if hay.get(end + 1).is_some_and(u8::is_ascii_alphanumeric) => {}
            _ => return false,
        }
        end += 1;
    }
    let holds = ends_word(hay, end) && {
        let digits = symbols[4..].iter().chain(&symbols[..4]).map(|b| match b {
            b'0'..=b'9' => u32::from(b - b'0'),
            _ => u32::from(b - b'A') + 10,
        });
        digits.fold(0, |sum, d| (sum * if d < 10 { 10 } else { 100 } + d) % 97) == 1
    };
    if holds {
        hits.push(Hit::new(Kind::Iban, start, end, String::from_utf8_lossy(&symbols).into_owned()));
    }
    holds
}

/// A card number as issuers write it, in one piece or in the usual groups, when its check digit (Luhn)
/// holds. Counters and times of this length start with other digits or fail the check.
pub(crate) fn card(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let digits: Vec<u8> = hay[start..end].iter().filter(|b| b.is_ascii_digit()).map(|b| b - b'0').collect();
    let groups: Vec<usize> = hay[start..end].split(|b| !b.is_ascii_digit()).map(<[u8]>::len).collect();
    let touches = |at: Option<usize>, beyond: Option<usize>| {
        let byte = |i: Option<usize>| i.and_then(|i| hay.get(i));
        match byte(at) {
            Some(b'-' | b'.' | b'_' | b'/' | b':') => byte(beyond).is_some_and(u8::is_ascii_alphanumeric),
            Some(b' ') => groups.len() > 1 && byte(beyond).is_some_and(u8::is_ascii_digit),
            _ => false,
        }
    };
    // A number that goes on is another number.
    let alone = starts_word(hay, start)
        && ends_word(hay, end)
        && (!touches(start.checked_sub(1), start.checked_sub(2)) || hay[start - 1] == b':')
        && !touches(Some(end), Some(end + 1));
    let usual = matches!(groups.as_slice(), [_] | [4, 4, 4, 4] | [4, 4, 4, 4, 3] | [4, 6, 5] | [4, 6, 4]);
    let holds = alone && usual && is_issued(&digits) && luhn(&digits);
    if holds {
        let value = digits.iter().map(|d| char::from(d + b'0')).collect();
        hits.push(Hit::new(Kind::Card, start, end, value));
    }
    holds
}

fn is_issued(digits: &[u8]) -> bool {
    let lead = digits.iter().take(4).fold(0_u32, |n, d| n * 10 + u32::from(*d));
    match digits.len() {
        14 => matches!(lead / 10, 300..=305 | 309) || matches!(lead / 100, 36 | 38 | 39),
        15 => matches!(lead / 100, 34 | 37),
        16 => {
            matches!(lead, 2221..=2720 | 3528..=3589 | 4000..=4999 | 5000..=5899 | 6011 | 6200..=6299 | 6440..=6599 | 6759)
        }
        19 => matches!(lead, 4000..=4999 | 6200..=6299),
        _ => false,
    }
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, d)| {
            let d = u32::from(*d) * if at % 2 == 1 { 2 } else { 1 };
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    sum.is_multiple_of(10) && digits.windows(2).any(|w| w[0] != w[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_checked() {
        let digits = |text: &str| text.bytes().map(|b| b - b'0').collect::<Vec<_>>();
        assert!(luhn(&digits("4111111111111111")) && is_issued(&digits("4111111111111111")));
        assert!(luhn(&digits("378282246310005")) && is_issued(&digits("378282246310005")));
        assert!(!luhn(&digits("4111111111111112")));
        assert!(!luhn(&digits("0000000000000000")));
        assert!(!is_issued(&digits("1700000000000000")));
    }
}
