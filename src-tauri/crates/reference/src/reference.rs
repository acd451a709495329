//! The reference itself: making, reading and writing it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use ts_rs::TS;

use crate::ReferenceError;
use crate::check::{ALPHABET, check_value, value_of};
use crate::spelling;

const PREFIX: &str = "BF";
const SYMBOLS: usize = 8;

/// Names a case: `BF-XXXX-XXXX`, seven random symbols (35 bits) and a check character.
///
/// In files it has exactly this form. What a person types may be in any form that can be understood,
/// see [`Reference::parse`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, TS)]
#[ts(type = "string")]
pub struct Reference([u8; SYMBOLS]);

impl Reference {
    /// A new reference. With 35 bits, two of 10,000 cases share one with a probability of 0.15 %, so
    /// whoever stores cases still has to look whether it is taken.
    pub fn random(rng: &mut (impl rand::Rng + ?Sized)) -> Self {
        let mut values = [0; SYMBOLS];
        for value in &mut values[..SYMBOLS - 1] {
            *value = rng.random_range(0..32);
        }
        values[SYMBOLS - 1] = check_value(&values[..SYMBOLS - 1]);
        Self(values)
    }

    /// Reads what somebody typed, perhaps from the phone: small letters, O for 0, I and L for 1,
    /// spaces or dots in place of hyphens or none of them, and `BF` left out are all fine.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let typed: Vec<char> = without_prefix(text).chars().filter(|c| !is_separator(*c)).collect();
        // B and F are symbols too, so that without a hyphen only the length tells a prefix from them.
        let typed = match typed.as_slice() {
            [b, f, rest @ ..]
                if rest.len() == SYMBOLS
                    && [*b, *f].iter().collect::<String>().eq_ignore_ascii_case(PREFIX) =>
            {
                rest
            }
            all => all,
        };
        if typed.len() != SYMBOLS {
            return Err(ReferenceError::Length { found: typed.len() });
        }
        let mut values = [0; SYMBOLS];
        for (at, symbol) in typed.iter().enumerate() {
            values[at] =
                value_of(*symbol).ok_or(ReferenceError::Symbol { symbol: *symbol, place: at + 1 })?;
        }
        let reference = Self(values);
        if check_value(&values[..SYMBOLS - 1]) == values[SYMBOLS - 1] {
            Ok(reference)
        } else {
            Err(ReferenceError::Check { typed: reference.to_string() })
        }
    }

    /// Each character with the word to say for it: DIN 5009:2022 in German (`de`), the NATO alphabet
    /// in any other language. Hyphens are not said and have an empty word.
    pub fn spelled(self, lang: &str) -> Vec<(char, &'static str)> {
        self.to_string().chars().map(|c| (c, spelling::word(c, lang))).collect()
    }
}

/// What follows `BF-`. Only with a hyphen is it surely the prefix.
fn without_prefix(text: &str) -> &str {
    let text = text.trim();
    let Some((start, rest)) = text.split_at_checked(PREFIX.len()) else { return text };
    let mut after = rest.chars();
    if start.eq_ignore_ascii_case(PREFIX) && after.next().is_some_and(is_hyphen) {
        after.as_str()
    } else {
        text
    }
}

/// Hyphens, and the dashes that word processors and mail programs make of them.
const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn is_separator(c: char) -> bool {
    is_hyphen(c) || c.is_whitespace() || matches!(c, '.' | '_' | '/')
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(12);
        text.push_str(PREFIX);
        for (at, value) in self.0.iter().enumerate() {
            if at % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(value % 32)]));
        }
        f.pad(&text)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Reference {
    /// Stored references name folders and files, so only the one form is accepted.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let reference = Self::parse(&text).map_err(de::Error::custom)?;
        let expected = reference.to_string();
        if expected == text {
            Ok(reference)
        } else {
            Err(de::Error::custom(ReferenceError::Form { found: text.into_owned(), expected }))
        }
    }
}

impl JsonSchema for Reference {
    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "The reference of a case; its last character checks the others.",
            "pattern": "^BF-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$",
            "examples": ["BF-7K3M-Q2XT"],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;

    fn any_reference() -> impl Strategy<Value = Reference> {
        any::<u64>().prop_map(|seed| Reference::random(&mut rand::rngs::StdRng::seed_from_u64(seed)))
    }

    fn symbols(reference: Reference) -> Vec<char> {
        reference.to_string().chars().filter(|c| *c != '-').skip(2).collect()
    }

    fn parse(symbols: &[char]) -> Result<Reference, ReferenceError> {
        Reference::parse(&symbols.iter().collect::<String>())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(reference in any_reference()) {
            let text = reference.to_string();
            prop_assert_eq!(Reference::parse(&text), Ok(reference));
            let json = serde_json::to_string(&reference).unwrap();
            prop_assert_eq!(&json, &format!("\"{text}\""));
            prop_assert_eq!(serde_json::from_str::<Reference>(&json).unwrap(), reference);
        }

        #[test]
        fn every_wrong_symbol_is_noticed(reference in any_reference()) {
            let right = symbols(reference);
            for place in 0..right.len() {
                for other in ALPHABET.iter().map(|s| char::from(*s)).filter(|s| *s != right[place]) {
                    let mut wrong = right.clone();
                    wrong[place] = other;
                    prop_assert!(matches!(parse(&wrong), Err(ReferenceError::Check { .. })), "{:?}", wrong);
                }
            }
        }

        #[test]
        fn every_swap_is_noticed(reference in any_reference()) {
            let right = symbols(reference);
            for one in 0..right.len() {
                for other in one + 1..right.len() {
                    let mut wrong = right.clone();
                    wrong.swap(one, other);
                    prop_assert_eq!(parse(&wrong).is_ok(), wrong == right, "{:?}", wrong);
                }
            }
        }

        #[test]
        fn every_changed_twin_is_noticed(reference in any_reference(), a in 0..32_u8, place in 0..6_usize) {
            let mut values = reference.0;
            values[place] = a;
            values[place + 1] = a;
            values[7] = check_value(&values[..7]);
            let right = symbols(Reference(values));
            for other in ALPHABET.iter().map(|s| char::from(*s)).filter(|s| *s != right[place]) {
                let mut wrong = right.clone();
                wrong[place] = other;
                wrong[place + 1] = other;
                prop_assert!(parse(&wrong).is_err(), "{:?}", wrong);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,20}") {
            let _ = Reference::parse(&text);
        }

        #[test]
        fn what_people_type_is_understood(reference in any_reference()) {
            let symbols = symbols(reference);
            let plain: String = symbols.iter().collect();
            let spaced: String = symbols.iter().flat_map(|c| [*c, ' ']).collect();
            let heard = plain.replace('0', "o").replace('1', "l");
            for typed in [
                reference.to_string().to_lowercase(),
                format!(" BF{plain}\n"),
                format!("bf {} {}", &plain[..4], &plain[4..]),
                format!("BF–{}–{}", &plain[..4], &plain[4..]),
                plain.clone(),
                spaced,
                heard,
            ] {
                prop_assert_eq!(Reference::parse(&typed), Ok(reference), "{}", typed);
            }
        }
    }

    #[test]
    fn the_check_character_is_what_it_was() {
        // References are on paper and in mailboxes: the scheme can never change.
        assert_eq!(Reference([0; 8]).to_string(), "BF-0000-0000");
        let fixed = Reference([7, 19, 3, 20, 23, 2, 29, check_value(&[7, 19, 3, 20, 23, 2, 29])]);
        assert_eq!(fixed.to_string(), "BF-7K3M-Q2XT");
    }

    #[test]
    fn errors_say_what_to_do() {
        let say = |text: &str| Reference::parse(text).unwrap_err().to_string();
        assert_eq!(
            say("BF-12"),
            "the reference has 2 characters after “BF”, and 8 are expected; ask for it again, in the form BF-XXXX-XXXX"
        );
        assert!(say("").starts_with("the reference has 0 characters"));
        assert!(say("BF-123U-5678").starts_with("“U” at place 4"));
        assert!(say("ÄÖ-123U-56").starts_with("“Ä” at place 1"));
        assert!(say("BF-0000-0001").contains("BF-0000-0001 has a wrong or swapped character"));
    }

    #[test]
    fn files_have_one_form_only() {
        let error = serde_json::from_str::<Reference>("\"bf 0000 0000\"").unwrap_err().to_string();
        assert!(error.contains("write BF-0000-0000"), "{error}");
    }

    #[test]
    fn the_schema_matches_the_form() {
        let schema = schemars::schema_for!(Reference);
        assert_eq!(schema.get("type").and_then(|t| t.as_str()), Some("string"));
        let pattern = schema.get("pattern").and_then(|t| t.as_str()).unwrap_or_default();
        for symbol in ALPHABET {
            // The class is written as ranges; each symbol must be in one of them.
            assert!(in_class(pattern, *symbol), "{}", char::from(*symbol));
        }
        for wrong in b"ILOU-a" {
            assert!(!in_class(pattern, *wrong), "{}", char::from(*wrong));
        }
    }

    fn in_class(pattern: &str, symbol: u8) -> bool {
        let class = pattern.split(['[', ']']).nth(1).unwrap_or_default().as_bytes();
        let mut at = 0;
        while at < class.len() {
            let last = if class.get(at + 1) == Some(&b'-') { class[at + 2] } else { class[at] };
            if (class[at]..=last).contains(&symbol) {
                return true;
            }
            at += if last == class[at] { 1 } else { 3 };
        }
        false
    }

    #[test]
    fn it_is_a_string_in_typescript() {
        assert_eq!(Reference::inline(&ts_rs::Config::default()), "string");
    }

    #[test]
    fn it_can_be_spelled_in_both_languages() {
        let reference = Reference::parse("BF-7K3M-Q2XT").unwrap();
        let say = |lang| reference.spelled(lang).iter().map(|(_, w)| *w).collect::<Vec<_>>().join(" ");
        assert_eq!(say("de"), "Berlin Frankfurt  sieben Köln drei München  Quickborn zwei Xanten Tübingen");
        assert_eq!(say("en"), "Bravo Foxtrot  seven Kilo three Mike  Quebec two X-ray Tango");
        assert_eq!(reference.spelled("de")[2], ('-', ""));
    }
}
