//! The shape of a check file, and its published schema. Positions travel with everything that can be
//! wrong in a way that YAML itself cannot see.

use std::collections::BTreeMap;

use befund_content::{Format, Text};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::{CheckId, Group};

/// A check: what is judged, what is broken and what deserves a look, and what to say about it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Befund check", extend("$id" = "befund.check/1"))]
pub(crate) struct CheckFile {
    /// The check's id; the file has the same name.
    #[schemars(with = "CheckId")]
    pub id: Spanned<String>,
    /// What is judged, as a short noun phrase.
    #[schemars(with = "Text")]
    pub title: TextFile,
    /// Where on the way to the internet it looks.
    pub group: Group,
    /// Named parts that the other expressions use like facts; they do not see each other.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub given: BTreeMap<String, Spanned<String>>,
    /// CEL expression. Where it is false, the question does not arise (`not_applicable`).
    #[schemars(with = "Option<String>")]
    pub when: Option<Spanned<String>>,
    /// CEL expression. True means broken.
    #[schemars(with = "Option<String>")]
    pub fail: Option<Spanned<String>>,
    /// CEL expression. True means that it works and deserves a look.
    #[schemars(with = "Option<String>")]
    pub warn: Option<Spanned<String>>,
    /// What to say, with values in braces: `The router answers in {rtt}.`
    #[schemars(with = "TextsSchema")]
    pub text: Spanned<TextsFile>,
    /// Named values for the texts.
    #[serde(default)]
    pub values: BTreeMap<String, ValueFile>,
    /// Name of the value shown in short beside the text.
    #[schemars(with = "Option<String>")]
    pub value: Option<Spanned<String>>,
    /// What is shown in short instead, for one status: `no answer`.
    #[serde(default)]
    #[schemars(with = "TextsSchema")]
    pub value_text: TextsFile,
    /// What is usual, in short.
    #[schemars(with = "Option<Text>")]
    pub usual: Option<TextFile>,
    /// How often each status is seen on a computer and network without a fault, 0 to 1. Guides weigh
    /// results with it.
    #[serde(default)]
    #[schemars(with = "Healthy")]
    pub healthy: Option<Spanned<Healthy>>,
    /// Where the threshold comes from: a standard, a vendor's documentation.
    pub source: Option<String>,
}

/// A text in every language, with positions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextFile {
    pub en: Spanned<String>,
    pub de: Spanned<String>,
}

impl TextFile {
    pub(crate) fn plain(&self) -> Text {
        Text { en: self.en.value.clone(), de: self.de.value.clone() }
    }
}

/// One text a status.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextsFile {
    pub ok: Option<TextFile>,
    pub warn: Option<TextFile>,
    pub fail: Option<TextFile>,
    pub not_applicable: Option<TextFile>,
}

/// The published shape of [`TextsFile`]: the same without positions.
#[derive(JsonSchema)]
#[schemars(rename = "Texts", deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct TextsSchema {
    /// Said when all is as it should be.
    ok: Option<Text>,
    /// Said when `warn` holds.
    warn: Option<Text>,
    /// Said when `fail` holds.
    fail: Option<Text>,
    /// Said when `when` does not hold.
    not_applicable: Option<Text>,
}

/// A value for the texts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Value")]
pub(crate) struct ValueFile {
    /// CEL expression.
    #[schemars(with = "String")]
    pub expr: Spanned<String>,
    /// How it is shown.
    #[serde(default)]
    pub format: Format,
    /// Words for values that are names of states: `timed_out: { en: no answer, de: keine Antwort }`.
    #[serde(default)]
    pub words: BTreeMap<String, Text>,
}

/// How often each status is seen where nothing is wrong.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Healthy {
    /// `fail`.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub fail: Option<f64>,
    /// `warn`.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub warn: Option<f64>,
    /// `unknown`.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub unknown: Option<f64>,
    /// `not_applicable`.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub not_applicable: Option<f64>,
}

/// The JSON Schema of a check file.
pub fn schema() -> Schema {
    schema_for!(CheckFile)
}
