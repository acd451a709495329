//! What the kernel's log says of USB sockets. The lines are those of the kernel's hub driver
//! (`drivers/usb/core/hub.c`, `generic.c`), whose words have been the same for many years.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{UsbComplaint, UsbComplaintKind as Kind};
use crate::kernel_log::Record;
use crate::net;

/// A log full of one socket's errors names few others.
const MOST: usize = 40;

const HOUR: Duration = Duration::from_hours(1);

/// How often, how often of late, and when for the last time.
#[derive(Default)]
struct Times {
    all: u32,
    of_late: u32,
    last: Duration,
}

/// Counted by socket and kind, the most frequent first.
pub(super) fn count(records: &[Record], now: Duration) -> Vec<UsbComplaint> {
    let mut counts: BTreeMap<(String, Kind), Times> = BTreeMap::new();
    // Devices that were reset since the computer slept; none before it has slept.
    let mut since_sleep: Option<BTreeSet<String>> = None;
    // Devices whose usual arrangement needs too much current: the kernel may find another one that does not.
    let mut rejected = BTreeSet::new();
    for Record { at, message, .. } in records {
        if ["PM: suspend entry", "PM: hibernation: hibernation entry"].iter().any(|s| message.starts_with(s))
        {
            since_sleep = Some(BTreeSet::new());
        }
        let Some((device, line)) = read(message) else { continue };
        let kind = match line {
            Line::Complaint(kind) => kind,
            Line::New => {
                rejected.remove(&device);
                continue;
            }
            Line::Rejected => {
                rejected.insert(device);
                continue;
            }
            Line::NothingChosen if rejected.remove(&device) => Kind::TooLittleCurrent,
            Line::NothingChosen => continue,
        };
        let woken =
            since_sleep.as_mut().is_some_and(|seen| kind == Kind::Reset && seen.insert(device.clone()));
        if !woken {
            let times = counts.entry((device, kind)).or_default();
            times.all = times.all.saturating_add(1);
            if now.saturating_sub(*at) < HOUR {
                times.of_late = times.of_late.saturating_add(1);
            }
            times.last = times.last.max(*at);
        }
    }
    let mut complaints: Vec<UsbComplaint> = counts
        .into_iter()
        .map(|((device, kind), times)| UsbComplaint {
            device,
            kind,
            times_count: times.all,
            hour_count: times.of_late,
            last_age_seconds: now.saturating_sub(times.last).as_secs(),
        })
        .collect();
    complaints.sort_by_key(|c| std::cmp::Reverse(c.times_count));
    complaints.truncate(MOST);
    complaints
}

/// What a line says.
enum Line {
    Complaint(Kind),
    /// A device begins to be started.
    New,
    /// An arrangement (configuration) of the device needs more current than there is.
    Rejected,
    /// None is left, and the device stays off.
    NothingChosen,
}

/// The socket and what is said of it: `usb 1-2: …`, `usb usb1-port2: …`, of old `hub 1-0:1.0: … port 2`.
fn read(message: &str) -> Option<(String, Line)> {
    let (driver, rest) = message.split_once(' ')?;
    let (place, says) = rest.split_once(": ")?;
    let line = if says.starts_with("device descriptor read/") && says.contains("error")
        || says.starts_with("device not accepting address")
        || says.starts_with("can't set config")
    {
        Line::Complaint(Kind::Unread)
    } else if says.starts_with("unable to enumerate USB device") {
        Line::Complaint(Kind::GivenUp)
    } else if says.starts_with("reset ") && says.contains(" USB device number ") {
        Line::Complaint(Kind::Reset)
    } else if says.starts_with("new ") && says.contains(" USB device number ") {
        Line::New
    } else if says.starts_with("rejected ") && says.contains("insufficient available bus power") {
        Line::Rejected
    } else if says.starts_with("no configuration chosen from ") {
        Line::NothingChosen
    } else if says.starts_with("over-current c") {
        // “over-current change #1”, of old “over-current condition on port 2”.
        Line::Complaint(Kind::OverCurrent)
    } else {
        return None;
    };
    let socket = match driver {
        "usb" => match place.rsplit_once("-port") {
            Some((hub, port)) => socket(hub, port),
            None => place.to_owned(),
        },
        "hub" => socket(place.split_once(':')?.0, says.rsplit_once("port ")?.1),
        _ => return None,
    };
    Some((net::tame(&socket, 40), line))
}

/// The name of a device at this port of a hub. The computer's own hub is `usb1`, of old `1-0`.
fn socket(hub: &str, port: &str) -> String {
    match hub.strip_prefix("usb").or_else(|| hub.strip_suffix("-0")) {
        Some(bus) => format!("{bus}-{port}"),
        None => format!("{hub}.{port}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(log: &str) -> Vec<Record> {
        let record = |line: &str| Record { level: None, at: HOUR, message: line.trim().to_owned() };
        log.lines().map(record).collect()
    }

    fn counted(log: &str) -> Vec<(String, Kind, u32)> {
        count(&records(log), HOUR).into_iter().map(|c| (c.device, c.kind, c.times_count)).collect()
    }

    #[test]
    fn lines_of_kernels_old_and_new_are_counted_by_socket() {
        let found = counted(
            "usb 1-2: new full-speed USB device number 7 using xhci_hcd
             usb 1-2: device descriptor read/64, error -71
             usb 1-2: device descriptor read/64, error -110
             usb 1-2: device not accepting address 8, error -71
             usb usb1-port2: attempt power cycle
             usb usb1-port2: unable to enumerate USB device
             usb 1-1-port4: unable to enumerate USB device
             hub 2-0:1.0: unable to enumerate USB device on port 3
             hub 2-1.4:1.0: unable to enumerate USB device on port 3
             usb usb1-port4: over-current change #1
             usb 1-5: USB disconnect, device number 5
             sd 6:0:0:0: reset nothing USB device number 5
             usb 9-9
             usb",
        );
        let found: Vec<_> = found.iter().map(|(d, k, n)| (d.as_str(), *k, *n)).collect();
        assert_eq!(
            found,
            [
                ("1-2", Kind::Unread, 3),
                ("1-1.4", Kind::GivenUp, 1),
                ("1-2", Kind::GivenUp, 1),
                ("1-4", Kind::OverCurrent, 1),
                ("2-1.4.3", Kind::GivenUp, 1),
                ("2-3", Kind::GivenUp, 1),
            ]
        );
    }

    #[test]
    fn only_a_device_that_stays_off_has_too_little_current() {
        let rejected = "usb 1-1.3: rejected 1 configuration due to insufficient available bus power";
        let off = "usb 1-1.3: no configuration chosen from 1 choice";
        let new = "usb 1-1.3: new high-speed USB device number 9 using xhci_hcd";
        assert_eq!(counted(rejected), [], "the kernel chose another one");
        assert_eq!(counted(off), [], "for another reason");
        assert_eq!(counted(&format!("{rejected}\n{new}\n{off}")), [], "of another device");
        let found = counted(&format!("{new}\n{rejected}\n{off}"));
        assert_eq!(found, [("1-1.3".to_owned(), Kind::TooLittleCurrent, 1)]);
    }

    #[test]
    fn what_was_long_ago_is_told_from_what_was_of_late() {
        let mut log = records(
            "usb 2-1: reset SuperSpeed USB device number 2 using xhci_hcd
             usb 2-1: reset SuperSpeed USB device number 2 using xhci_hcd",
        );
        log[0].at = Duration::from_secs(100);
        let found = count(&log, Duration::from_secs(3700));
        assert_eq!((found[0].times_count, found[0].hour_count, found[0].last_age_seconds), (2, 1, 100));
        let found = count(&log, 2 * HOUR);
        assert_eq!((found[0].times_count, found[0].hour_count, found[0].last_age_seconds), (2, 0, 3600));
        let found = count(&log, Duration::ZERO);
        assert_eq!(found[0].last_age_seconds, 0, "a clock that is behind");
    }

    #[test]
    fn a_reset_that_waking_up_explains_is_left_out() {
        let reset = "usb 2-1: reset SuperSpeed USB device number 2 using xhci_hcd";
        let woken = format!("PM: suspend entry (s2idle)\n{reset}\nPM: suspend exit");
        assert_eq!(counted(&format!("{woken}\n{woken}\n{woken}")), []);
        let found = counted(&format!("{reset}\n{woken}\n{reset}\n{reset}"));
        assert_eq!(found, [("2-1".to_owned(), Kind::Reset, 3)]);
    }
}
