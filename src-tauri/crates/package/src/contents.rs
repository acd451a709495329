//! What goes into a package, as the caller has it: not redacted yet.

use befund_checks::{CheckResult, Checks};
use befund_content::{Lang, Text};
use befund_facts::Snapshot;
use befund_reference::Reference;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::evidence::EvidenceRecord;

/// Everything a package is made of. Nothing here needs to be redacted: [`crate::build`] does it.
#[derive(Debug)]
pub struct Contents<'a> {
    /// The case.
    pub reference: Reference,
    /// When the package is made; also the time of every file in the zip.
    pub created_at: Timestamp,
    /// Language of report and README.
    pub lang: Lang,
    /// Version of the program.
    pub app_version: &'a str,
    /// What the ticket is about, one line.
    pub subject: &'a str,
    /// What the person wrote.
    pub words: &'a str,
    /// How to reach the person; only when it is wanted in the package. It is redacted like the rest,
    /// so that values that shall stay readable must be on the redactor's list of kept ones.
    pub contact: Option<Contact>,
    /// What was found, one sentence.
    pub finding: &'a Text,
    /// Causes, most likely first.
    pub causes: Vec<CauseLine>,
    /// What was tried, in order.
    pub tried: Vec<TriedLine>,
    /// Questions asked and the answers to them.
    pub answers: Vec<(Text, Text)>,
    /// What was measured.
    pub facts: &'a Snapshot,
    /// The checks that judged, for their titles and for what they looked at.
    pub checks: &'a Checks,
    /// What they said.
    pub results: &'a [CheckResult],
    /// The journal of the case.
    pub session: &'a Value,
    /// More files: logs, attachments.
    pub extra_files: Vec<ExtraFile>,
    /// What came of each source of evidence; its files are among the others.
    pub evidence: &'a [EvidenceRecord],
    /// Names of files that the person left out.
    pub removed: Vec<String>,
}

/// How to reach the person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Contact {
    /// Name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// Mail address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mail: String,
}

/// Who solves a cause when the person does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The front desk.
    First,
    /// The specialists.
    Second,
    /// The makers.
    Third,
}

impl Level {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Third => "third",
        }
    }
}

/// One possible cause.
#[derive(Debug, Clone, PartialEq)]
pub struct CauseLine {
    /// The cause as a sentence.
    pub title: Text,
    /// 0 to 1.
    pub probability: f64,
    /// Who gets it; nobody in particular for "something else".
    pub level: Option<Level>,
}

/// What came of something that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriedOutcome {
    /// It works again.
    Helped,
    /// It is better, and not good.
    HelpedPartly,
    /// Nothing changed.
    DidNotHelp,
    /// The person did not want to, or could not.
    Skipped,
    /// Nobody said.
    Unknown,
}

impl TriedOutcome {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Helped => "helped",
            Self::HelpedPartly => "helped-partly",
            Self::DidNotHelp => "did-not-help",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }
}

/// Something that was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct TriedLine {
    /// What.
    pub title: Text,
    /// What came of it.
    pub outcome: TriedOutcome,
    /// When, where it is known.
    pub at: Option<Timestamp>,
}

/// A file beside the fixed ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraFile {
    /// Name inside the zip.
    pub name: String,
    /// What is in it.
    pub about: Text,
    /// Its content, not redacted.
    pub bytes: Vec<u8>,
}
