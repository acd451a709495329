//! What `sysinfo` and the session say on every system they know.

use jiff::Timestamp;

use super::domain::{part, plausible};
use super::{System, session_locale, variable, zone};
use crate::source::{detached, unanswered};
use crate::{Absence, Context, Reading, Reason};

pub(super) async fn measure(cx: Context) -> Reading<System> {
    if !cx.is_live() {
        return Reading::absent(Reason::NotSupported, "a recorded tree holds nothing for this source");
    }
    detached("ask for the system's description", cx.step(), ask).await.into()
}

fn ask() -> System {
    let full_name = sysinfo::System::host_name().map_err(|e| unanswered("ask for the host name", &e));
    let below = full_name.as_deref().ok().and_then(|full| part(full).1).and_then(plausible);
    // Windows has the domain of the account's computer in the session.
    let domain = below.or_else(|| variable("USERDNSDOMAIN").as_deref().and_then(plausible));
    System {
        os_family: std::env::consts::OS.into(),
        os_name: sysinfo::System::name().map_err(|e| unanswered("ask for the system's name", &e)).into(),
        os_id: Reading::Value(sysinfo::System::distribution_id()),
        os_version: sysinfo::System::os_version()
            .map_err(|e| unanswered("ask for the system's version", &e))
            .into(),
        kernel: sysinfo::System::kernel_version().map_err(|e| unanswered("ask for the kernel", &e)).into(),
        architecture: sysinfo::System::cpu_arch(),
        uptime_seconds: sysinfo::System::uptime().map_err(|e| unanswered("ask for the uptime", &e)).into(),
        started_at: sysinfo::System::boot_time()
            .map_err(|e| unanswered("ask for the start time", &e))
            .and_then(|seconds| {
                i64::try_from(seconds)
                    .ok()
                    .and_then(|s| Timestamp::from_second(s).ok())
                    .ok_or_else(|| Absence::new(Reason::Failed, format!("odd start time {seconds}")))
            })
            .into(),
        host_name: full_name.map(|full| part(&full).0.to_owned()).into(),
        domain: domain.ok_or_else(|| unset("an organisation's domain")).into(),
        user_name: variable("USERNAME").or_else(|| variable("USER")).ok_or_else(|| unset("USERNAME")).into(),
        user_full_name: Reading::absent(Reason::NotSupported, "no portable source for a display name"),
        home_folder: home_folder().into(),
        locale: session_locale(variable).into(),
        time_zone: zone().into(),
    }
}

/// The home folder of the person, for whoever asks what lives there.
pub(super) fn home_folder() -> Result<String, Absence> {
    std::env::home_dir()
        .map(|home| home.to_string_lossy().into_owned())
        .filter(|home| !home.is_empty())
        .ok_or_else(|| unset("the home folder"))
}

fn unset(what: &str) -> Absence {
    Absence::new(Reason::NothingToMeasure, format!("{what} is not set"))
}
