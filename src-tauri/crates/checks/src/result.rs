//! What judging gives.

use befund_content::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::CheckId;

/// What a check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it should be.
    Ok,
    /// Works, and deserves a look.
    Warn,
    /// Broken.
    Fail,
    /// Not measured; the reason says why. Never a kind of `ok`.
    Unknown,
    /// The question does not arise here.
    NotApplicable,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Ok, Self::Warn, Self::Fail, Self::Unknown, Self::NotApplicable];

    /// The word used in JSON and in guides.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not_applicable",
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where on the way to the internet a check looks; the order is the order in which groups are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// This computer itself.
    ThisComputer,
    /// The router, and the way to it.
    Router,
    /// Turning names into addresses.
    Names,
    /// Beyond the router.
    Internet,
}

impl Group {
    /// Every group, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::ThisComputer, Self::Router, Self::Names, Self::Internet];

    /// The word used in JSON and in content.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ThisComputer => "this_computer",
            Self::Router => "router",
            Self::Names => "names",
            Self::Internet => "internet",
        }
    }
}

/// One check's judgement of one snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckResult {
    /// Which check.
    pub check: CheckId,
    /// What it says.
    pub status: Status,
    /// Why, for supporters and in English: the rule that held with its values, or the absence
    /// (`timed_out: no answer within 4s`).
    pub reason: String,
    /// For the person: the finding, with the measured values in it.
    pub text: Text,
    /// The measured value in short: `3 ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Text>,
    /// What is usual, in short: `under 100 ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<Text>,
}
