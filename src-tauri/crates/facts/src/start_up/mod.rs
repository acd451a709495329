//! How long starting took, what it waited for, and which programs start along with a session.
//!
//! | system  | source                                                                       | privilege |
//! |---------|------------------------------------------------------------------------------|-----------|
//! | Linux   | systemd over D-Bus: the manager's timestamps, and those of services and mounts; the folders of the XDG autostart specification | none |
//! | Windows | not yet; events of `Diagnostics-Performance`, the `Run` keys and the start-up folder | none; the events want the administrator |
//! | macOS   | not yet; `launchctl` and the login items                                     | none      |
//!
//! Of an autostart entry its name and the name of its program are kept, never its arguments.
//!
//! Blind spots: what firmware and boot loader took is known where they tell it (UEFI). Programs that a
//! desktop starts by its own settings, and services of the person's own, are not listed. How long a session
//! takes to come up after signing in is not measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod autostart;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as source;
#[cfg(not(target_os = "linux"))]
use other as source;

facts! {
    /// How long starting took, and what starts along.
    pub struct StartUp {
        /// The stages of the last start.
        part stages: Reading<Stages>,
        /// What took longest, the longest first.
        part slowest: Reading<Vec<UnitTime>>,
        /// Programs that are set up to start with the session.
        part autostart: Reading<Vec<AutostartEntry>>,
    }

    /// The stages of the last start.
    pub struct Stages {
        /// The firmware, until it handed over.
        public firmware_ms: Reading<u64>,
        /// The boot loader, waiting for a choice included.
        public loader_ms: Reading<u64>,
        /// The kernel, its first small system included.
        public kernel_ms: Reading<u64>,
        /// From there until everything was started.
        public services_ms: Reading<u64>,
    }

    /// How long one part of the system took to start.
    pub struct UnitTime {
        /// Its name: `docker.service`.
        internal name: String,
        /// From its beginning until it was ready.
        public took_ms: u64,
    }

    /// One program that is set up to start with the session.
    pub struct AutostartEntry {
        /// Its name.
        internal name: String,
        /// The name of what is run.
        internal program: String,
        /// Who set it up: `person` or `system`.
        public set_by: AutostartOrigin,
        /// Whether it starts, and if not, why.
        public state: AutostartState,
        /// Whether it is a part of the desktop itself, and nothing that a person would miss in a list.
        public is_desktop: bool,
    }
}

/// Who set an entry up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AutostartOrigin {
    /// The person, or a program in the person's name.
    Person,
    /// A package, for everybody.
    System,
}

/// Whether an entry starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AutostartState {
    /// It starts.
    Enabled,
    /// Somebody switched it off.
    Disabled,
    /// It is meant for another desktop.
    OtherDesktop,
    /// Its program is not there.
    ProgramMissing,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<StartUp> {
    source::measure(cx).await
}
