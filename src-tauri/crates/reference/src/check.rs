//! The check character: which symbols there are, and how the last one follows from the others.
//!
//! The 32 symbols of Crockford's base 32 are the 32 elements of the field GF(2^5), built with the
//! primitive polynomial x^5 + x^2 + 1. With α = 2, a generator of the field, eight symbols are a
//! reference when
//!
//! ```text
//! α^7·x0 + α^6·x1 + α^5·x2 + α^4·x3 + α^3·x4 + α^2·x5 + α·x6 + x7 = 0
//! ```
//!
//! so that the check character x7 is the sum of the others and needs no symbol from outside the
//! alphabet (Crockford's own scheme, modulo 37, needs five more: `*~$=U`).
//!
//! No weight is zero and no two are equal, because α has order 31. Hence every one of these is noticed:
//!
//! - one wrong symbol, at any place (a weight times a difference is never zero in a field);
//! - two symbols swapped, neighbours or not, the check character included
//!   ((α^i − α^j)·(a − b) is never zero);
//! - a doubled symbol heard as another doubled one, `AA` → `BB`, at any two places (the same reason:
//!   (α^i + α^j)·(a + b)).
//!
//! Anything else, such as two unrelated wrong symbols, slips through in one case of 32.

/// Digits and capital letters without I, L, O and U.
pub(crate) const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The element of the field that a symbol stands for, as typed: small letters and lookalikes count.
pub(crate) fn value_of(symbol: char) -> Option<u8> {
    let symbol = match symbol.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let byte = u8::try_from(symbol).ok()?;
    ALPHABET.iter().position(|s| *s == byte).and_then(|at| u8::try_from(at).ok())
}

/// The check value of symbol values, first to last.
pub(crate) fn check_value(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, value| times_alpha(sum ^ value))
}

const fn times_alpha(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alpha_generates_the_whole_field() {
        let mut powers = Vec::from([1_u8]);
        while powers.len() < 31 {
            powers.push(times_alpha(powers[powers.len() - 1]));
        }
        assert_eq!(times_alpha(powers[30]), 1);
        powers.sort_unstable();
        assert_eq!(powers, (1..=31).collect::<Vec<u8>>());
    }

    #[test]
    fn every_symbol_has_its_value_in_both_cases() {
        for (value, symbol) in ALPHABET.iter().enumerate() {
            let symbol = char::from(*symbol);
            assert_eq!(value_of(symbol).map(usize::from), Some(value));
            assert_eq!(value_of(symbol.to_ascii_lowercase()).map(usize::from), Some(value));
        }
        for wrong in "Uu-*ä€".chars() {
            assert_eq!(value_of(wrong), None, "{wrong}");
        }
    }
}
