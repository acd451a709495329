//! systemd's manager, by its D-Bus interface `org.freedesktop.systemd1`: what `systemd-analyze time` and
//! `systemd-analyze blame` read. Anybody may read it.

use tokio::task::JoinSet;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

use super::autostart::{self, Session};
use super::{Stages, StartUp, UnitTime};
use crate::bus::{Service, systemd};
use crate::net::tame;
use crate::source::detached;
use crate::system::home_folder;
use crate::{Absence, Context, Reading, Reason};

/// A desktop has some 150 services and mounts.
const MOST_UNITS: usize = 500;

/// Those that took longest.
const TOP: usize = 8;

/// Shorter is of no interest.
const LEAST_MS: u64 = 100;

pub(super) async fn measure(cx: Context) -> Reading<StartUp> {
    let along = {
        let cx = cx.clone();
        async move {
            let limit = cx.step();
            detached("read what starts along", limit, move || autostart::read(&cx, &session(&cx))).await?
        }
    };
    let (started, along) = tokio::join!(ask(&cx), along);
    let (stages, slowest) = match started {
        Ok((stages, slowest)) => (Reading::Value(stages), slowest.into()),
        Err(absent) => (absent.clone().into(), absent.into()),
    };
    Reading::Value(StartUp { stages, slowest, autostart: along.into() })
}

fn session(cx: &Context) -> Session {
    // A recorded tree has another session's folders, and the specification's own defaults.
    let set = |name: &str| std::env::var(name).ok().filter(|value| cx.is_live() && !value.is_empty());
    Session {
        config: set("XDG_CONFIG_HOME")
            .or_else(|| home_folder(cx).ok().map(|home| format!("{}/.config", home.trim_end_matches('/')))),
        system: set("XDG_CONFIG_DIRS").unwrap_or_else(|| "/etc/xdg".into()),
        desktop: set("XDG_CURRENT_DESKTOP").unwrap_or_default(),
        path: set("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into()),
    }
}

type Asked = (Stages, Result<Vec<UnitTime>, Absence>);

async fn ask(cx: &Context) -> Result<Asked, Absence> {
    Service::ask(cx, systemd::NAME, async |systemd| {
        let times = times(&systemd).await?;
        let slowest = slowest(&systemd, times.finished).await;
        Ok((times.stages, slowest))
    })
    .await
}

/// One property that counts microseconds.
async fn micros(systemd: &Service, path: &str, interface: &'static str, name: &str) -> Result<u64, Absence> {
    systemd
        .call::<_, OwnedValue>(path, "org.freedesktop.DBus.Properties", "Get", &(interface, name))
        .await
        .and_then(|value| {
            u64::try_from(value).map_err(|_| Absence::new(Reason::Failed, format!("{name} is no number")))
        })
}

struct Times {
    stages: Stages,
    /// When everything was started; 0 while it is not.
    finished: u64,
}

/// Counted from the kernel's start; firmware and loader before it, as systemd's man page explains.
async fn times(systemd: &Service) -> Result<Times, Absence> {
    let at = async |name: &str| {
        micros(systemd, systemd::ROOT, systemd::MANAGER, &format!("{name}TimestampMonotonic")).await
    };
    let (firmware, loader, services, finished) =
        (at("Firmware").await, at("Loader").await, at("Userspace").await?, at("Finish").await?);
    Ok(Times { stages: stages(firmware, loader, services, finished), finished })
}

fn stages(
    firmware: Result<u64, Absence>,
    loader: Result<u64, Absence>,
    services: u64,
    finished: u64,
) -> Stages {
    let untold = || Absence::new(Reason::NotSupported, "this computer's firmware does not tell");
    let told = |value: Result<u64, Absence>| value.ok().filter(|v| *v > 0).ok_or_else(untold);
    let (firmware, loader) = (told(firmware), told(loader));
    Stages {
        firmware_ms: firmware.and_then(|f| Ok(f.saturating_sub(loader.clone()?) / 1000)).into(),
        loader_ms: loader.map(|l| l / 1000).into(),
        // A container has no kernel of its own: its manager counts from its own start.
        kernel_ms: Some(services)
            .filter(|s| *s > 0)
            .map(|s| s / 1000)
            .ok_or_else(|| Absence::new(Reason::NotSupported, "no kernel was started"))
            .into(),
        services_ms: Some(finished)
            .filter(|f| *f > 0 && *f >= services)
            .map(|f| (f - services) / 1000)
            .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "starting is not over yet"))
            .into(),
    }
}

/// A unit as `ListUnits` tells it; its name and its path are of interest.
type Listed = (String, String, String, String, String, String, OwnedObjectPath, u32, String, OwnedObjectPath);

async fn slowest(systemd: &Service, finished: u64) -> Result<Vec<UnitTime>, Absence> {
    let units: Vec<Listed> = systemd.call(systemd::ROOT, systemd::MANAGER, "ListUnits", &()).await?;
    let ours =
        units.into_iter().filter(|u| [".service", ".mount", ".swap"].iter().any(|kind| u.0.ends_with(kind)));
    let mut asked = JoinSet::new();
    for unit in ours.take(MOST_UNITS) {
        let systemd = systemd.clone();
        asked.spawn(async move {
            let at = async |name: &str| micros(&systemd, &unit.6, systemd::UNIT, name).await.ok();
            let began = at("InactiveExitTimestampMonotonic").await?;
            let ready = at("ActiveEnterTimestampMonotonic").await?;
            took(began, ready, finished).map(|took_ms| UnitTime { name: tame(&unit.0, 80), took_ms })
        });
    }
    let mut times = Vec::new();
    while let Some(joined) = asked.join_next().await {
        times.extend(joined.ok().flatten());
    }
    times.sort_by(|a: &UnitTime, b| b.took_ms.cmp(&a.took_ms).then(a.name.cmp(&b.name)));
    times.truncate(TOP);
    Ok(times)
}

/// How long a unit took, where it started along with the computer and not later.
fn took(began: u64, ready: u64, finished: u64) -> Option<u64> {
    let along = began > 0 && (finished == 0 || began <= finished);
    let took_ms = ready.checked_sub(began)? / 1000;
    (along && took_ms >= LEAST_MS).then_some(took_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_the_times_between_the_marks() {
        // 13.2 s firmware, 3.1 s loader, then 4.5 s kernel and 22 s services.
        let told = stages(Ok(16_300_000), Ok(3_100_000), 4_500_000, 26_500_000);
        assert_eq!(told.firmware_ms, Reading::Value(13_200));
        assert_eq!(told.loader_ms, Reading::Value(3_100));
        assert_eq!(told.kernel_ms, Reading::Value(4_500));
        assert_eq!(told.services_ms, Reading::Value(22_000));
    }

    #[test]
    fn what_is_not_told_or_not_over_is_absent() {
        let told = stages(Ok(0), Err(Absence::new(Reason::Failed, "")), 0, 0);
        assert_eq!(told.firmware_ms.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(told.loader_ms.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(told.kernel_ms.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(told.services_ms.absence().unwrap().reason, Reason::NothingToMeasure);
    }

    #[test]
    fn only_what_started_along_counts() {
        assert_eq!(took(1_000_000, 91_000_000, 95_000_000), Some(90_000));
        assert_eq!(took(96_000_000, 99_000_000, 95_000_000), None, "started later, by hand");
        assert_eq!(took(1_000_000, 1_050_000, 95_000_000), None, "too short to matter");
        assert_eq!(took(0, 5_000_000, 95_000_000), None, "never began");
        assert_eq!(took(5_000_000, 0, 95_000_000), None, "never got ready");
    }

    #[tokio::test]
    async fn without_a_bus_it_says_so_and_still_lists_what_starts_along() {
        let empty = tempfile::tempdir().unwrap();
        let cx = Context { root: empty.path().into(), ..Context::default() };
        let reading = measure(cx).await;
        let start_up = reading.value().unwrap();
        assert_eq!(start_up.stages.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(start_up.slowest.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(start_up.autostart, Reading::Value(Vec::new()));
    }
}
