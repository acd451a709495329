//! An error as it is kept in the outbox and as a person reads it.

use std::collections::BTreeMap;

use befund_content::{Arg, Format, Lang, Messages, format_value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::DeskError;

/// Why a ticket is not at the desk yet: kept with the ticket, without language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Stable word, as in [`DeskError::code`].
    pub code: String,
    /// One English line for logs and supporters.
    pub message: String,
    /// What the person's text mentions: path, desk, the desk's own message, sizes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub about: BTreeMap<String, String>,
}

/// An error in the person's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Explanation {
    /// What happened.
    pub happened: String,
    /// What it means.
    pub means: String,
    /// What to do.
    pub todo: String,
}

impl DeskError {
    /// The error as plain data.
    pub fn problem(&self) -> Problem {
        let mut about = BTreeMap::new();
        let mut add = |key: &str, value: String| {
            about.insert(key.to_owned(), value);
        };
        match self {
            Self::DiskFull { path, .. }
            | Self::NotWritable { path, .. }
            | Self::Damaged { path }
            | Self::Newer { path, .. }
            | Self::Busy { path, .. } => add("path", path.display().to_string()),
            Self::File { path, source, .. } => {
                add("path", path.display().to_string());
                add("message", source.to_string());
            }
            Self::Database { path, source, .. } => {
                add("path", path.display().to_string());
                add("message", source.to_string());
            }
            Self::Conflict { reference } | Self::WrongPackage { reference } | Self::Unknown { reference } => {
                add("reference", reference.to_string());
            }
            Self::PackageDamaged { reference, path } => {
                add("reference", reference.to_string());
                add("path", path.display().to_string());
            }
            Self::TooLarge { bytes, limit, desk } => {
                add("bytes", bytes.to_string());
                add("limit", limit.to_string());
                add("desk", desk.clone());
            }
            Self::Refused { desk, message } | Self::Unavailable { desk, message, .. } => {
                add("desk", desk.clone());
                add("message", message.clone());
            }
        }
        Problem { code: self.code().to_owned(), message: self.to_string(), about }
    }
}

impl Problem {
    /// The problem in the person's language. A code that this version doesn't know (the row was
    /// written by another one) is explained by its message.
    pub fn explain(&self, messages: &Messages, lang: Lang) -> Explanation {
        let args: Vec<Arg<'_>> = self
            .about
            .iter()
            .map(|(key, value)| {
                let shown = match key.as_str() {
                    "bytes" | "limit" => {
                        value.parse::<u64>().map(|n| format_value(&n.into(), Format::Bytes, lang)).ok()
                    }
                    _ => None,
                };
                (key.as_str(), shown.unwrap_or_else(|| value.clone()).into())
            })
            .collect();
        let text = |part: &str| {
            let key = format!("desk-error-{}-{part}", self.code);
            Some(messages.get(lang, &key, &args)).filter(|text| *text != key)
        };
        match (text("happened"), text("means"), text("todo")) {
            (Some(happened), Some(means), Some(todo)) => Explanation { happened, means, todo },
            _ => Explanation {
                happened: self.message.clone(),
                means: messages.get(lang, "desk-error-other-means", &[]),
                todo: messages.get(lang, "desk-error-other-todo", &[]),
            },
        }
    }
}
