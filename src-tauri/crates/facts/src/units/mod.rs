//! Services of the system: whether all of them could be started.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | systemd over D-Bus: its state, and the units that failed | none | services of the person's own session; systems without systemd |
//! | Windows, macOS | none yet: the subject is absent. The service control manager; `launchctl print` | | |
//!
//! A unit that has failed stays in the list until somebody starts or forgets it, so the list tells what
//! failed since the start, and not that it still matters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// Services of the system.
    pub struct Units {
        /// How far the system is.
        public running: Reading<SystemState>,
        /// Units that could not be started, or ended with an error.
        part failed: Reading<Vec<FailedUnit>>,
    }

    /// A unit that failed.
    pub struct FailedUnit {
        /// Its name: `cups.service`.
        internal name: String,
        /// What it is, in its own words.
        internal description: String,
        /// What kind of unit it is.
        public kind: UnitKind,
    }
}

/// How far the system is: systemctl(1), `is-system-running`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SystemState {
    /// It is starting.
    Starting,
    /// All of it runs.
    Running,
    /// It runs, and at least one unit failed.
    Degraded,
    /// It is in rescue mode.
    Maintenance,
    /// It is shutting down.
    Stopping,
    /// It does not say.
    Unknown,
}

/// What kind of unit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// A service.
    Service,
    /// A file system to be mounted, or swap space.
    Mount,
    /// Something else.
    Other,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Units> {
    platform::measure(cx).await
}
