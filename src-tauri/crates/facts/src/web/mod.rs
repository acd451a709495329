//! Connectivity checks over HTTP: is the answer the one an open network gives?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

facts! {
    /// Connectivity checks over HTTP.
    pub struct Web {
        /// One entry a configured check.
        part checks: Vec<HttpCheck>,
    }

    /// One connectivity check.
    pub struct HttpCheck {
        /// The address asked.
        public url: String,
        /// What came back.
        public outcome: HttpOutcome,
        /// Status of the answer.
        public status: Reading<u16>,
        /// Where a redirect points, without its query.
        internal location: Reading<String>,
        /// Time to the answer's head, or to the error.
        public took_ms: f64,
        /// For supporters: the error as the system words it.
        internal detail: String,
    }
}

/// What a connectivity check saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HttpOutcome {
    /// The answer an open network gives.
    Expected,
    /// Sent elsewhere: a sign-in page, most likely.
    Redirected,
    /// An answer, and not the expected one.
    Changed,
    /// A proxy asks for a password (407).
    ProxyPassword,
    /// The name was not found.
    NameNotFound,
    /// Connection refused.
    Refused,
    /// No way there.
    Unreachable,
    /// Nothing came back.
    TimedOut,
    /// Another error; see the detail.
    Failed,
}

/// Measures this subject.
pub async fn measure(_cx: Context) -> Reading<Web> {
    Reading::absent(Reason::NotSupported, "no probe yet")
}
