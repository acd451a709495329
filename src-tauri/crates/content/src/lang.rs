//! The languages Befund speaks, and a text in all of them.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language of the interface.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The language's tag: `en`, `de`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// The language of a POSIX locale or BCP 47 tag (`de_AT.UTF-8`, `en-GB`); English for any other.
    pub fn from_locale(locale: &str) -> Self {
        if locale.split(['_', '-', '.']).next().is_some_and(|l| l.eq_ignore_ascii_case("de")) {
            Self::De
        } else {
            Self::En
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Lang {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s {
            "en" => Ok(Self::En),
            "de" => Ok(Self::De),
            other => Err(format!("there is no language “{other}”; use en or de")),
        }
    }
}

/// One text in every language. Both are required: a missing translation is a loading error.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// German.
    pub de: String,
}

impl Text {
    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::De => &self.de,
        }
    }

    /// The same operation on each language's text.
    pub fn map(&self, f: impl Fn(Lang, &str) -> String) -> Self {
        Self { en: f(Lang::En, &self.en), de: f(Lang::De, &self.de) }
    }
}
