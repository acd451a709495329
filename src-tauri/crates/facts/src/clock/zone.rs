//! Which time zone this computer shows its clock in, and what else names one. A clock that is right and
//! looks wrong has the wrong zone. Nothing is sent for it: where the computer is, only the network can
//! say, with the address that it gives (DHCP options 100 and 101, RFC 4833). Language and region of the
//! session are no hint: people travel, and whoever sets UTC mostly means it.

use std::fs::File;
use std::io::Read;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Zone;
use crate::net::leases::{TIME_ZONE, leases};
use crate::source::{read_text, unread};
use crate::{Absence, Context, Reading, Reason, net};

const SET: &str = "/etc/localtime";
const BESIDE: &str = "/etc/timezone";
const HARDWARE: &str = "/etc/adjtime";

/// The largest file of the time zone database has some 4 KB.
const MOST_BYTES: u64 = 64 << 10;

/// The longest name has some 30 letters, a rule after POSIX twice as many.
const LONGEST_NAME: usize = 80;

pub(super) fn read(cx: &Context, now: Timestamp) -> Reading<Zone> {
    let minutes = |zone: TimeZone| zone.to_offset(now).seconds() / 60;
    let offset_of = |name: &Reading<String>| -> Reading<i32> {
        match name {
            Reading::Value(name) => named(name)
                .map(minutes)
                .ok_or_else(|| Absence::new(Reason::Failed, "no such time zone is known"))
                .into(),
            Reading::Absent { absent } => absent.clone().into(),
        }
    };
    let beside: Reading<String> = read_text(cx, BESIDE).map(|text| tame(&text)).into();
    let by_network = by_network(cx, now);
    Reading::Value(Zone {
        name: set_name(cx).into(),
        offset_minutes: set(cx).map(minutes).into(),
        beside_offset_minutes: offset_of(&beside),
        beside,
        network_offset_minutes: offset_of(&by_network),
        by_network,
        hardware_clock_is_local: hardware_is_local(cx).into(),
    })
}

fn tame(text: &str) -> String {
    net::tame(text.trim(), LONGEST_NAME)
}

/// By its name in the database, or as a rule after POSIX, which is what DHCP option 100 holds.
fn named(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).or_else(|_| TimeZone::posix(name)).ok()
}

/// What the link says; a file that was copied says no name.
fn set_name(cx: &Context) -> Result<String, Absence> {
    match std::fs::read_link(cx.path(SET)) {
        Ok(target) => {
            target.to_string_lossy().split_once("zoneinfo/").map(|(_, name)| tame(name)).ok_or_else(|| {
                Absence::new(Reason::NotSupported, format!("{SET} leads outside the database"))
            })
        }
        Err(error) => Err(unread(SET, error)),
    }
}

/// The zone itself, out of the file that programs read.
fn set(cx: &Context) -> Result<TimeZone, Absence> {
    let mut bytes = Vec::new();
    match File::open(cx.path(SET)) {
        Ok(file) => {
            file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(|e| unread(SET, e))?;
        }
        // Without the file, programs take UTC.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && cx.is_live() => {
            return Ok(TimeZone::UTC);
        }
        // The link of a recorded tree leads out of it; its name is enough.
        Err(error) => return set_name(cx).ok().and_then(|n| named(&n)).ok_or_else(|| unread(SET, error)),
    }
    TimeZone::tzif(SET, &bytes).map_err(|_| Absence::new(Reason::Failed, format!("{SET} is no time zone")))
}

/// What the networks say that this computer is in.
fn by_network(cx: &Context, now: Timestamp) -> Reading<String> {
    let leases = leases(cx, now);
    let mut said = leases.iter().filter_map(|lease| lease.said(TIME_ZONE)).filter(|name| !name.is_empty());
    said.next()
        .map(tame)
        .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "no lease that can be read names a time zone"))
        .into()
}

/// The third line of adjtime(5); without the file the clock runs in UTC.
fn hardware_is_local(cx: &Context) -> Result<bool, Absence> {
    match read_text(cx, HARDWARE) {
        Ok(text) => Ok(text.lines().nth(2).is_some_and(|line| line.trim() == "LOCAL")),
        Err(absent) if absent.reason == Reason::NotSupported => Ok(false),
        Err(absent) => Err(absent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(zone: &str, files: &[(&str, &str)]) -> (tempfile::TempDir, Context) {
        let (root, cx) = crate::source::tree(files);
        std::fs::create_dir_all(root.path().join("etc")).unwrap();
        std::os::unix::fs::symlink(format!("/no/zoneinfo/{zone}"), root.path().join("etc/localtime"))
            .unwrap();
        (root, cx)
    }

    fn winter() -> Timestamp {
        "2026-01-15T12:00:00Z".parse().unwrap()
    }

    fn zone(zone: &str, files: &[(&str, &str)]) -> Zone {
        let connected = [("sys/class/net/eth0/ifindex", "2\n"), ("sys/class/net/eth0/carrier", "1\n")];
        let (_root, cx) = tree(zone, &[&connected, files].concat());
        read(&cx, winter()).value().cloned().unwrap()
    }

    #[test]
    fn the_network_names_another_zone_than_the_one_set() {
        let lease = ("run/systemd/netif/leases/2", "ADDRESS=192.0.2.10\nTIMEZONE=Europe/Berlin\n");
        let zone = zone("America/New_York", &[lease]);
        assert_eq!(zone.name, Reading::Value("America/New_York".into()));
        assert_eq!(zone.offset_minutes, Reading::Value(-300));
        assert_eq!(zone.by_network, Reading::Value("Europe/Berlin".into()));
        assert_eq!(zone.network_offset_minutes, Reading::Value(60));
        assert_eq!(zone.hardware_clock_is_local, Reading::Value(false));
    }

    #[test]
    fn a_lease_of_dhclient_may_hold_a_rule_and_one_that_ran_out_says_nothing() {
        let lease = |zone: &str, day: u8| {
            format!("lease {{\n  interface \"eth0\";\n  {zone};\n  expire 4 2026/01/{day} 12:00:00;\n}}\n")
        };
        let rule = lease("option pcode \"EST5EDT4,M3.2.0/02:00,M11.1.0/02:00\"", 16);
        let text = format!("{rule}{}", lease("option tcode \"Asia/Tokyo\"", 15));
        let zone = zone("Europe/Berlin", &[("var/lib/dhcp/dhclient.leases", &text)]);
        assert_eq!(zone.network_offset_minutes, Reading::Value(-300));
    }

    #[test]
    fn nonsense_of_the_network_is_no_zone() {
        for name in ["../../etc/passwd", "\u{1b}[31m", "Nowhere/Land", &"x".repeat(5000)] {
            let zone = zone("Europe/Berlin", &[("run/systemd/netif/leases/2", &format!("TIMEZONE={name}"))]);
            assert!(zone.network_offset_minutes.value().is_none(), "{name}");
            assert!(zone.by_network.value().is_none_or(|name| name.chars().count() <= LONGEST_NAME + 1));
        }
        assert_eq!(zone("Europe/Berlin", &[]).by_network.absence().unwrap().reason, Reason::NothingToMeasure);
    }

    #[test]
    fn a_file_beside_the_link_and_a_local_hardware_clock_are_told() {
        let zone = zone(
            "Europe/Berlin",
            &[("etc/timezone", "Asia/Kolkata\n"), ("etc/adjtime", "0.0 0 0.0\n0\nLOCAL\n")],
        );
        assert_eq!(zone.beside, Reading::Value("Asia/Kolkata".into()));
        assert_eq!(zone.beside_offset_minutes, Reading::Value(330));
        assert_eq!(zone.hardware_clock_is_local, Reading::Value(true));
    }

    #[test]
    fn this_computers_own_zone_is_read() {
        assert!(read(&Context::default(), winter()).value().unwrap().offset_minutes.value().is_some());
    }
}
