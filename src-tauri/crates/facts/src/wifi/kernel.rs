//! The kernel's own view of wireless networks, asked over nl80211. Asking needs no privilege and starts no
//! scan. A kernel without wireless networks has no such family.

use super::nl80211::{self, Interface, Joined, Seen};
use crate::net::netlink::Family;
use crate::source::detached;
use crate::{Absence, Context, Reason};
use wl_nl80211::{Nl80211Attr, Nl80211Command, Nl80211Message};

const NAME: &str = "nl80211";

/// More interfaces than this belong to no desk computer.
const MOST_INTERFACES: usize = 8;

/// What the kernel says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Wireless {
    pub(super) region: Option<String>,
    pub(super) stations: Vec<Station>,
}

/// An interface that joins networks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Station {
    pub(super) interface: Interface,
    /// `None` where the kernel would not say, which is not the same as an empty list.
    pub(super) seen: Option<Vec<Seen>>,
    pub(super) joined: Option<Joined>,
    pub(super) busy_percent: Option<f64>,
}

impl Station {
    /// The access point in use.
    pub(super) fn in_use(&self) -> Option<&Seen> {
        self.seen.iter().flatten().find(|point| point.in_use)
    }
}

pub(super) async fn ask(cx: &Context) -> Result<Wireless, Absence> {
    if !cx.is_live() {
        return Err(Absence::new(Reason::NothingToMeasure, "a recorded tree has no kernel"));
    }
    detached("ask nl80211", cx.step(), wireless).await?.map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => Reason::NotSupported,
            std::io::ErrorKind::PermissionDenied => Reason::NoPermission,
            _ => Reason::Failed,
        };
        Absence::new(reason, format!("ask the kernel for {NAME}: {error}"))
    })
}

fn wireless() -> std::io::Result<Wireless> {
    let family = Family::find(NAME)?;
    let question = |cmd, attributes| Nl80211Message { cmd, attributes };
    let interfaces = nl80211::interfaces(&family.list(question(Nl80211Command::GetInterface, Vec::new()))?);
    let about = |interface: &Interface, cmd| {
        family.list(question(cmd, vec![Nl80211Attr::IfIndex(interface.index)])).ok()
    };
    let stations = interfaces.into_iter().take(MOST_INTERFACES).map(|interface| {
        let seen = about(&interface, Nl80211Command::GetScan).map(|answers| nl80211::seen(&answers));
        let used = seen.iter().flatten().find(|point| point.in_use).map(|point| point.mhz);
        let surveyed = used.zip(about(&interface, Nl80211Command::GetSurvey));
        Station {
            joined: about(&interface, Nl80211Command::GetStation)
                .and_then(|answers| nl80211::joined(&answers)),
            busy_percent: surveyed.and_then(|(mhz, answers)| nl80211::busy_percent(&answers, mhz)),
            seen,
            interface,
        }
    });
    let stations = stations.collect();
    // Where each adapter has rules of its own, there is no answer for all.
    let region = family.one(question(Nl80211Command::GetReg, Vec::new())).ok();
    Ok(Wireless { region: region.and_then(|answer| nl80211::region(&answer)), stations })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On a computer with wireless networks this reads them; without, the family is unknown.
    #[tokio::test]
    async fn the_running_kernel_answers_or_knows_no_such_family() {
        match ask(&Context::default()).await {
            Ok(wireless) => assert!(wireless.stations.len() <= MOST_INTERFACES),
            Err(absent) => assert_eq!(absent.reason, Reason::NotSupported, "{absent}"),
        }
    }
}
