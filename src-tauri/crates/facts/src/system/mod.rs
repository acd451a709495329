//! Operating system, uptime, names, language and time zone.
//!
//! | system  | source                                                                          | privilege |
//! |---------|---------------------------------------------------------------------------------|-----------|
//! | Linux   | `/etc/os-release`, `/proc/sys/kernel`, `/proc/uptime`, `btime` in `/proc/stat`, `uname`, `/etc/hosts`, `/etc/resolv.conf`, `/etc/passwd`, the session's environment, `/etc/localtime` | none |
//! | others  | `sysinfo`, the session's environment, the system's time zone                     | none      |
//!
//! Blind spots: accounts of a directory (LDAP, Active Directory) are not in `/etc/passwd`, so they
//! have a login name from the environment and no display name. The start time is the kernel's, and
//! moves when the clock is set. A domain is taken from names alone: a computer can be joined to one
//! that none of its names show. Run through `sudo`, the person measured is the administrator.

use jiff::Timestamp;

use crate::sensitivity::facts;
use crate::{Absence, Context, Reading, Reason};

mod domain;
#[cfg(target_os = "linux")]
mod linux;
// Compiled in tests too, so that it stays sound on a machine that never ships it.
#[cfg(any(not(target_os = "linux"), test))]
mod other;

#[cfg(target_os = "linux")]
use linux as source;
#[cfg(not(target_os = "linux"))]
use other as source;

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
        /// This computer's name, without its domain.
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
pub async fn measure(cx: Context) -> Reading<System> {
    source::measure(cx).await
}

/// The home folder of the person, for whoever asks what lives there.
#[cfg(target_os = "linux")]
pub(crate) fn home_folder(cx: &Context) -> Result<String, Absence> {
    linux::home_folder(cx)
}

#[cfg(target_os = "linux")]
pub(crate) use linux::OwnAccount;

/// The person's account, where this computer keeps it itself.
#[cfg(target_os = "linux")]
pub(crate) fn own_account(cx: &Context) -> Result<OwnAccount, Absence> {
    linux::account(cx)
}

/// The home folder of the person, for whoever asks what lives there.
#[cfg(not(target_os = "linux"))]
pub(crate) fn home_folder(_cx: &Context) -> Result<String, Absence> {
    other::home_folder()
}

/// A value of os-release, for whoever asks what else it says.
#[cfg(target_os = "linux")]
pub(crate) fn release_value(text: &str, key: &str) -> Result<String, Absence> {
    linux::release_value(text, key)
}

/// A variable of this session; unset and empty are the same, as in POSIX.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|v| v.to_string_lossy().into_owned()).filter(|v| !v.is_empty())
}

/// The language of messages in this session, in the order that POSIX gives the variables.
fn session_locale(variable: impl Fn(&str) -> Option<String>) -> Result<String, Absence> {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(variable)
        .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "LC_ALL, LC_MESSAGES and LANG are not set"))
}

/// The time zone of the running system.
fn zone() -> Result<String, Absence> {
    match iana_time_zone::get_timezone() {
        Ok(name) if !name.is_empty() => Ok(name),
        Ok(_) => Err(Absence::new(Reason::NothingToMeasure, "no time zone is set")),
        Err(e) => Err(Absence::new(Reason::Failed, format!("ask for the time zone: {e}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn any_machine_has_a_system_a_name_and_an_uptime() {
        let reading = measure(Context::default()).await;
        let system = reading.value().unwrap();
        assert_eq!(system.os_family, std::env::consts::OS);
        assert!(!system.os_name.value().unwrap().is_empty());
        assert!(!system.kernel.value().unwrap().is_empty());
        assert!(!system.architecture.is_empty());
        assert!(!system.host_name.value().unwrap().is_empty());
        let started = system.started_at.value().unwrap().as_second();
        let up = *system.uptime_seconds.value().unwrap() as i64;
        let off = Timestamp::now().as_second() - started - up;
        assert!(off.abs() <= 5, "started {started}, up {up}, off by {off}");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_portable_source_agrees_with_the_kernel() {
        let (here, there) = (measure(Context::default()).await, other::measure(Context::default()).await);
        let (here, there) = (here.value().unwrap(), there.value().unwrap());
        assert_eq!(here.os_name, there.os_name);
        assert_eq!(here.os_version, there.os_version);
        assert_eq!(here.kernel, there.kernel);
        assert_eq!(here.host_name, there.host_name);
        assert_eq!(here.architecture, there.architecture);
        let (a, b) = (here.uptime_seconds.value().unwrap(), there.uptime_seconds.value().unwrap());
        assert!(a.abs_diff(*b) <= 2, "{a} and {b}");
    }

    #[test]
    fn the_first_language_variable_set_wins() {
        let set = |pairs: &'static [(&str, &str)]| {
            session_locale(move |name| pairs.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(set(&[("LANG", "de_DE.UTF-8")]).unwrap(), "de_DE.UTF-8");
        assert_eq!(set(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")]).unwrap(), "C");
        assert_eq!(set(&[("LANG", "de_DE.UTF-8"), ("LC_MESSAGES", "en_GB.UTF-8")]).unwrap(), "en_GB.UTF-8");
        assert_eq!(set(&[]).unwrap_err().reason, Reason::NothingToMeasure);
    }
}
