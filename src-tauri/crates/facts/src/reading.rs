//! A value, or the reason for its absence. "Not measured" is its own state and is never "ok".

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
/// In JSON a present value stands for itself; an absent one is `{"absent": {"reason": …}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
