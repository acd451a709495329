//! The words that authors write in place of numbers, and the words that people read in place of
//! probabilities. No judgement is made here: this is the one table both sides look up.

use befund_content::{Messages, Text};
use serde::Serialize;

/// P(result given cause), by word.
pub(crate) const CHANCES: [(&str, f64); 6] = [
    ("always", 0.99),
    ("usually", 0.9),
    ("often", 0.7),
    ("sometimes", 0.3),
    ("rarely", 0.1),
    ("never", 0.01),
];

/// Prior weight of a cause, by word.
pub(crate) const WEIGHTS: [(&str, f64); 5] =
    [("very common", 30.0), ("common", 10.0), ("occasional", 3.0), ("rare", 1.0), ("very rare", 0.3)];

/// Weight of "something else" where a guide does not say one.
pub(crate) const RARE: f64 = 1.0;

/// Weight of "no problem" where a guide does not say one: people are seldom wrong about their own trouble.
pub(crate) const OCCASIONAL: f64 = 3.0;

pub(crate) fn look_up(table: &[(&str, f64)], word: &str) -> Option<f64> {
    table.iter().find(|(w, _)| *w == word).map(|(_, p)| *p)
}

pub(crate) fn list(table: &[(&str, f64)]) -> String {
    table.iter().map(|(w, _)| *w).collect::<Vec<_>>().join(", ")
}

/// A duration in seconds: `20s`, `5m`, `1h 30m`. Nothing else is a duration.
pub(crate) fn seconds(text: &str) -> Option<f64> {
    let mut total = 0.0;
    let mut parts = 0;
    for part in text.split_whitespace() {
        let digits = part.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit) = part.split_at(digits);
        let factor = match unit {
            "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * factor;
        parts += 1;
    }
    (parts > 0).then_some(total)
}

/// How sure a finding is, in the words that the person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Below 0.6.
    Perhaps,
    /// From 0.6.
    Probably,
    /// From 0.85.
    VeryLikely,
}

impl Certainty {
    /// The word for a probability.
    pub fn of(probability: f64) -> Self {
        if probability >= 0.85 {
            Self::VeryLikely
        } else if probability >= 0.6 {
            Self::Probably
        } else {
            Self::Perhaps
        }
    }

    /// The word with its noun: "Very likely the cause".
    pub fn text(self) -> Text {
        let key = match self {
            Self::VeryLikely => "guide-very-likely",
            Self::Probably => "guide-probably",
            Self::Perhaps => "guide-perhaps",
        };
        Messages::shared().text(key, |_| Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_authors_write_them() {
        for (text, expected) in [
            ("20s", Some(20.0)),
            ("5m", Some(300.0)),
            ("5min", Some(300.0)),
            ("1h 30m", Some(5400.0)),
            ("1.5m", Some(90.0)),
            ("", None),
            ("5", None),
            ("m", None),
            ("five minutes", None),
            ("-5m", None),
            ("1..5m", None),
        ] {
            assert_eq!(seconds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn certainty_changes_its_word_at_the_documented_probabilities() {
        assert_eq!(Certainty::of(0.85), Certainty::VeryLikely);
        assert_eq!(Certainty::of(0.849), Certainty::Probably);
        assert_eq!(Certainty::of(0.6), Certainty::Probably);
        assert_eq!(Certainty::of(0.59), Certainty::Perhaps);
        assert_eq!(Certainty::of(f64::NAN), Certainty::Perhaps);
    }
}
