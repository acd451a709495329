//! A value, or the reason for its absence. "Not measured" is its own state and is never "ok".

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// Why a value is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// This operating system, kernel or hardware has no source for it.
    NotSupported,
    /// The source exists, and this user may not read it.
    NoPermission,
    /// The source did not answer within its budget.
    TimedOut,
    /// The source answered with an error.
    Failed,
    /// The person or the caller stopped the measurement.
    Cancelled,
    /// Measuring would have sent something, and the caller asked to send nothing.
    Offline,
    /// It costs something, and nobody has agreed to it.
    NotRequested,
    /// Something this measurement builds on was not there (no gateway to ask, no name found).
    NothingToMeasure,
}

impl Reason {
    /// The word used in JSON and in reasons of results.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSupported => "not_supported",
            Self::NoPermission => "no_permission",
            Self::TimedOut => "timed_out",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Offline => "offline",
            Self::NotRequested => "not_requested",
            Self::NothingToMeasure => "nothing_to_measure",
        }
    }
}

/// An absent value: why, and for supporters what the source said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Absence {
    /// Why it is absent.
    pub reason: Reason,
    /// What was tried and what came back, in English, for supporters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Absence {
    /// An absence with what was tried and what came back.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

impl std::fmt::Display for Absence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.detail.is_empty() {
            f.write_str(self.reason.as_str())
        } else {
            write!(f, "{}: {}", self.reason.as_str(), self.detail)
        }
    }
}

/// A measured value, or why there is none.
///
/// In JSON a present value stands for itself; an absent one is `{"absent": {"reason": …}}`. One that is missing
/// was not known when the facts were written, and is absent too: cases and packages outlive updates.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Reading<T> {
    /// Not measured, and why.
    Absent {
        /// Why.
        absent: Absence,
    },
    /// Measured.
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Reading<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written<T> {
            Absent { absent: Absence },
            Value(T),
        }
        // A field that is missing is read like an option that is none.
        Ok(match Option::deserialize(deserializer)? {
            Some(Written::Absent { absent }) => Self::Absent { absent },
            Some(Written::Value(value)) => Self::Value(value),
            None => Self::absent(Reason::NothingToMeasure, "these facts are of another version"),
        })
    }
}

impl<T> Reading<T> {
    /// An absent reading.
    pub fn absent(reason: Reason, detail: impl Into<String>) -> Self {
        Self::Absent { absent: Absence::new(reason, detail) }
    }

    /// The value, where there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(v) => Some(v),
            Self::Absent { .. } => None,
        }
    }

    /// The absence, where there is no value.
    pub const fn absence(&self) -> Option<&Absence> {
        match self {
            Self::Value(_) => None,
            Self::Absent { absent } => Some(absent),
        }
    }

    /// The value turned into another, the absence kept.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Reading<U> {
        match self {
            Self::Value(v) => Reading::Value(f(v)),
            Self::Absent { absent } => Reading::Absent { absent },
        }
    }

    /// A reading from an I/O result; `what` names the source ("read /proc/uptime").
    pub fn from_io(what: &str, result: std::io::Result<T>) -> Self {
        match result {
            Ok(v) => Self::Value(v),
            Err(e) => {
                let reason = match e.kind() {
                    std::io::ErrorKind::PermissionDenied => Reason::NoPermission,
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::Unsupported => Reason::NotSupported,
                    std::io::ErrorKind::TimedOut => Reason::TimedOut,
                    _ => Reason::Failed,
                };
                Self::absent(reason, format!("{what}: {e}"))
            }
        }
    }
}

impl<T> From<Absence> for Reading<T> {
    fn from(absent: Absence) -> Self {
        Self::Absent { absent }
    }
}

impl<T> From<Result<T, Absence>> for Reading<T> {
    fn from(result: Result<T, Absence>) -> Self {
        match result {
            Ok(v) => Self::Value(v),
            Err(absent) => Self::Absent { absent },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Written {
        old: Reading<u8>,
        new: Reading<Vec<u8>>,
    }

    #[test]
    fn a_field_that_older_facts_lack_is_absent_and_a_wrong_one_an_error() {
        let read: Written = serde_json::from_str(r#"{"old": 3}"#).unwrap();
        assert_eq!(read.old, Reading::Value(3));
        assert_eq!(read.new.absence().unwrap().reason, Reason::NothingToMeasure);
        assert!(serde_json::from_str::<Written>(r#"{"old": "three"}"#).is_err());
        let absent: Written =
            serde_json::from_str(r#"{"old": {"absent": {"reason": "timed_out"}}}"#).unwrap();
        assert_eq!(absent.old.absence().unwrap().reason, Reason::TimedOut);
    }
}
