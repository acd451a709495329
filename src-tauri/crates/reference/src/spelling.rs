//! The words to spell with on the phone.

/// DIN 5009:2022, the cities.
const GERMAN: [&str; 26] = [
    "Aachen",
    "Berlin",
    "Chemnitz",
    "Düsseldorf",
    "Essen",
    "Frankfurt",
    "Goslar",
    "Hamburg",
    "Ingelheim",
    "Jena",
    "Köln",
    "Leipzig",
    "München",
    "Nürnberg",
    "Offenbach",
    "Potsdam",
    "Quickborn",
    "Rostock",
    "Salzwedel",
    "Tübingen",
    "Unna",
    "Völklingen",
    "Wuppertal",
    "Xanten",
    "Ypsilon",
    "Zwickau",
];
const GERMAN_DIGITS: [&str; 10] =
    ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"];

/// The NATO alphabet, in the English spelling of its words.
const ENGLISH: [&str; 26] = [
    "Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliet", "Kilo",
    "Lima", "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor",
    "Whiskey", "X-ray", "Yankee", "Zulu",
];
const ENGLISH_DIGITS: [&str; 10] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/// The word for a character; empty for one that is not said.
pub(crate) fn word(character: char, lang: &str) -> &'static str {
    let german = lang.split(['-', '_']).next().is_some_and(|l| l.eq_ignore_ascii_case("de"));
    let (letters, digits) = if german { (&GERMAN, &GERMAN_DIGITS) } else { (&ENGLISH, &ENGLISH_DIGITS) };
    match u8::try_from(character.to_ascii_uppercase()) {
        Ok(c @ b'A'..=b'Z') => letters[usize::from(c - b'A')],
        Ok(c @ b'0'..=b'9') => digits[usize::from(c - b'0')],
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_the_word_that_starts_with_it() {
        for (at, letter) in ('A'..='Z').enumerate() {
            assert!(GERMAN[at].starts_with(letter) && ENGLISH[at].starts_with(letter), "{letter}");
            assert_eq!(word(letter.to_ascii_lowercase(), "de-AT"), GERMAN[at]);
        }
    }

    #[test]
    fn digits_are_said_and_hyphens_are_not() {
        assert_eq!(word('5', "de"), "fünf");
        assert_eq!(word('5', "fr"), "five");
        assert_eq!(word('-', "de"), "");
    }
}
