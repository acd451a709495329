//! What protects this computer: encryption of its disks, a firewall, certificates that it trusts.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | the device below `/` and the home folder: `/proc/self/mountinfo`, `/sys/dev/block`, dm-crypt by `dm/uuid` | none | folders that are encrypted one by one (fscrypt), ZFS, and drives that encrypt themselves |
//! | Linux | `/etc/ufw/ufw.conf`, and whether ufw, firewalld or nftables run, by systemd over D-Bus | none | the rules themselves, which only an administrator may read; rules set by hand |
//! | Linux | the store of certificates that programs trust, and those that were added here | none | stores of browsers |
//! | Windows, macOS | none yet: the subject is absent. `Win32_EncryptableVolume`, `INetFwPolicy2`; `fdesetup`, `socketfilterfw` | | |

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod certificates;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// What protects this computer.
    pub struct Protection {
        /// Whether the system's disk is encrypted.
        public system_encrypted: Reading<bool>,
        /// Whether the disk with the home folder is encrypted.
        public home_encrypted: Reading<bool>,
        /// Programs that look after the firewall.
        part firewalls: Reading<Vec<Firewall>>,
        /// Certificates that programs trust.
        public trusted_count: Reading<u32>,
        /// Those of them that have expired; a few are usual.
        public trusted_expired_count: Reading<u32>,
        /// Certificates that were added on this computer.
        part own_certificates: Reading<Vec<OwnCertificate>>,
    }

    /// A program that looks after the firewall.
    pub struct Firewall {
        /// Which.
        public kind: FirewallProgram,
        /// Whether its settings want it on.
        public switched_on: Reading<bool>,
        /// Whether it runs.
        public active: Reading<bool>,
    }

    /// A certificate that was added on this computer.
    pub struct OwnCertificate {
        /// Whom it names.
        internal subject: String,
        /// When it expires.
        public not_after: Timestamp,
        /// Days until then; negative after it.
        public left_days: i64,
    }
}

/// A program that looks after the firewall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FirewallProgram {
    /// ufw.
    Ufw,
    /// firewalld.
    Firewalld,
    /// nftables with rules from a file.
    Nftables,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Protection> {
    platform::measure(cx).await
}
