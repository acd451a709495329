//! Linux: systemd.

use zbus::zvariant::OwnedObjectPath;

use super::{FailedUnit, SystemState, UnitKind, Units};
use crate::bus::{Service, systemd};
use crate::{Context, Reading, net};

/// More failed units than anybody reads.
const MOST_UNITS: usize = 50;

/// `ListUnitsFiltered`: name, description, load state, active state, sub state, followed by, path, job, its
/// type and its path.
type Listed = (String, String, String, String, String, String, OwnedObjectPath, u32, String, OwnedObjectPath);

pub(super) async fn measure(cx: Context) -> Reading<Units> {
    let asked = Service::ask(&cx, systemd::NAME, async |systemd| {
        let manager = systemd.properties(systemd::ROOT, systemd::MANAGER).await?;
        let failed: Result<Vec<Listed>, _> =
            systemd.call(systemd::ROOT, systemd::MANAGER, "ListUnitsFiltered", &(vec!["failed"],)).await;
        let failed =
            failed.map(|units| units.into_iter().take(MOST_UNITS).map(|u| unit(&u.0, &u.1)).collect());
        let state = manager.get::<String>("SystemState").unwrap_or_default();
        Ok(Units { running: Reading::Value(state_of(&state)), failed: failed.into() })
    });
    asked.await.into()
}

fn state_of(word: &str) -> SystemState {
    match word {
        "initializing" | "starting" => SystemState::Starting,
        "running" => SystemState::Running,
        "degraded" => SystemState::Degraded,
        "maintenance" => SystemState::Maintenance,
        "stopping" => SystemState::Stopping,
        _ => SystemState::Unknown,
    }
}

fn unit(name: &str, description: &str) -> FailedUnit {
    FailedUnit {
        kind: match name.rsplit('.').next() {
            Some("service") => UnitKind::Service,
            Some("mount" | "automount" | "swap") => UnitKind::Mount,
            _ => UnitKind::Other,
        },
        name: net::tame(name, 120),
        description: net::tame(description, 120),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;
    use crate::source::tree;

    #[test]
    fn a_unit_is_known_by_its_ending_and_hostile_text_is_bounded() {
        assert_eq!(unit("cups.service", "CUPS").kind, UnitKind::Service);
        assert_eq!(unit("mnt-data.mount", "/mnt/data").kind, UnitKind::Mount);
        assert_eq!(unit("fstrim.timer", "x").kind, UnitKind::Other);
        assert!(unit(&"x".repeat(5000), &"y\u{1b}".repeat(5000)).description.len() < 200);
    }

    #[tokio::test]
    async fn a_recorded_tree_has_no_systemd() {
        let (_root, cx) = tree(&[]);
        assert_eq!(measure(cx).await.absence().unwrap().reason, Reason::NothingToMeasure);
    }
}
