//! Operating system, uptime, names, language and time zone.

use jiff::Timestamp;
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

facts! {
    /// Operating system, language and names.
    pub struct System {
        /// `linux`, `windows`, `macos`.
        public os_family: String,
        /// The operating system's name, as its vendor writes it: `Debian GNU/Linux`.
        public os_name: Reading<String>,
        /// Machine-readable id: `debian`, `ubuntu`, `windows`.
        public os_id: Reading<String>,
        /// Version: `12`, `24.04`, `10.0.26100`.
        public os_version: Reading<String>,
        /// Kernel release.
        public kernel: Reading<String>,
        /// Processor architecture: `x86_64`, `aarch64`.
        public architecture: String,
        /// Seconds since start.
        public uptime_seconds: Reading<u64>,
        /// When the computer started.
        public started_at: Reading<Timestamp>,
        /// This computer's name.
        personal(host) host_name: Reading<String>,
        /// The organisation's DNS domain, where the computer has one.
        personal(domain) domain: Reading<String>,
        /// Login name of the person.
        personal(user) user_name: Reading<String>,
        /// Display name of the person, where the account has one.
        personal(user) user_full_name: Reading<String>,
        /// Home folder.
        personal(home) home_folder: Reading<String>,
        /// Language and region of this session: `de_DE.UTF-8`.
        public locale: Reading<String>,
        /// IANA time zone: `Europe/Berlin`.
        public time_zone: Reading<String>,
    }
}

/// Measures this subject.
pub async fn measure(_cx: Context) -> Reading<System> {
    Reading::absent(Reason::NotSupported, "no probe yet")
}
