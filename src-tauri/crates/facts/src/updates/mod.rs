//! Updates: what waits to be installed, whether the package manager works, whether a restart is due, and how
//! long this release is looked after.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Debian and kin | `/var/lib/dpkg/status` against the lists in `/var/lib/apt/lists`; the age of both | none | pins of `/etc/apt/preferences` are not applied; only lists that were fetched are known |
//! | Debian and kin | `/var/lib/dpkg/updates`, states of packages, `/proc/locks` for who holds the lock | none | other users' processes where `/proc` hides them |
//! | Fedora and kin | `/var/cache/dnf`, `/var/cache/libdnf5`: when lists were last fetched | none | what waits is not known |
//! | Linux | `/run/reboot-required`, `/boot/vmlinuz-*`, `/usr/lib/modules` against the running kernel; libraries that are deleted and still in use | none | processes of other users |
//! | Linux | end of support: os-release's `SUPPORT_END`, distro-info-data, and a short table here | none | long-term support that somebody pays for |
//! | Windows, macOS | none yet: the subject is absent. `Microsoft.Update.Session`; `softwareupdate --list` | | |
//!
//! Nothing is fetched, nothing is locked, no package manager is run.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod apt;
#[cfg(target_os = "linux")]
mod dpkg;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod release;
#[cfg(target_os = "linux")]
mod restart;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// Updates, the package manager, and how long this release is looked after.
    pub struct Updates {
        /// What installs packages here.
        public manager: Reading<Manager>,
        /// Updates that wait.
        public pending_count: Reading<u32>,
        /// Those of them that close security holes.
        public security_count: Reading<u32>,
        /// Names of a few packages with security updates that wait.
        public security_names: Reading<Vec<String>>,
        /// Time since the lists of packages were fetched.
        public lists_age_seconds: Reading<u64>,
        /// Time since packages were last changed.
        public changed_seconds: Reading<u64>,
        /// Packages that are half installed or not set up.
        public broken_names: Reading<Vec<String>>,
        /// Whether the package manager was interrupted in its work.
        public interrupted: Reading<bool>,
        /// Programs that hold the package manager's lock at this moment.
        part lock_holders: Reading<Vec<LockHolder>>,
        /// Whether the system asks for a restart.
        public restart_required: Reading<bool>,
        /// The newest kernel that is installed.
        public installed_kernel: Reading<String>,
        /// Whether that is newer than the one that runs.
        public kernel_outdated: Reading<bool>,
        /// Programs of this person that still run with libraries that were replaced.
        public outdated_programs: Reading<Vec<String>>,
        /// When this release gets no more security updates.
        public support_ends_at: Reading<Timestamp>,
        /// Days until then; negative after it.
        public support_left_days: Reading<i64>,
        /// Who says so.
        public support_source: Reading<SupportSource>,
    }

    /// A program that holds the package manager's lock.
    pub struct LockHolder {
        /// The program's name.
        public program: String,
        /// For how long it has been running.
        public running_seconds: Reading<u64>,
    }
}

/// What installs packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Manager {
    /// APT with dpkg.
    Apt,
    /// DNF or YUM with RPM.
    Dnf,
    /// Zypper with RPM.
    Zypper,
    /// Pacman.
    Pacman,
}

/// Who says how long a release is looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SupportSource {
    /// The system itself, in os-release.
    OsRelease,
    /// The package distro-info-data.
    DistroInfo,
    /// Befund's own table.
    Table,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Updates> {
    platform::measure(cx).await
}
