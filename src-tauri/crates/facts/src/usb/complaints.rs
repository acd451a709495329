//! What the kernel's log says of USB sockets. The lines are those of the kernel's hub driver
//! (`drivers/usb/core/hub.c`, `generic.c`), whose words have been the same for many years.

use std::collections::{BTreeMap, BTreeSet};

use super::{UsbComplaint, UsbComplaintKind as Kind};
use crate::net;

/// A log full of one socket's errors names few others.
const MOST: usize = 40;

/// Counted by socket and kind, the most frequent first.
pub(super) fn count(messages: &[String]) -> Vec<UsbComplaint> {
    let mut counts: BTreeMap<(String, Kind), u32> = BTreeMap::new();
    // Devices that were reset since the computer slept; none before it has slept.
    let mut since_sleep: Option<BTreeSet<String>> = None;
    for message in messages {
        if ["PM: suspend entry", "PM: hibernation: hibernation entry"].iter().any(|s| message.starts_with(s))
        {
            since_sleep = Some(BTreeSet::new());
        }
        let Some((device, kind)) = read(message) else { continue };
        let woken =
            since_sleep.as_mut().is_some_and(|seen| kind == Kind::Reset && seen.insert(device.clone()));
        if !woken {
            let count = counts.entry((device, kind)).or_default();
            *count = count.saturating_add(1);
        }
    }
    let mut complaints: Vec<UsbComplaint> = counts
        .into_iter()
        .map(|((device, kind), times_count)| UsbComplaint { device, kind, times_count })
        .collect();
    complaints.sort_by_key(|c| std::cmp::Reverse(c.times_count));
    complaints.truncate(MOST);
    complaints
}

/// The socket and the kind of one line: `usb 1-2: …`, `usb usb1-port2: …`, of old `hub 1-0:1.0: … port 2`.
fn read(message: &str) -> Option<(String, Kind)> {
    let (driver, rest) = message.split_once(' ')?;
    let (place, says) = rest.split_once(": ")?;
    let kind = if says.starts_with("device descriptor read/") && says.contains("error")
        || says.starts_with("device not accepting address")
        || says.starts_with("can't set config")
    {
        Kind::Unread
    } else if says.starts_with("unable to enumerate USB device") {
        Kind::GivenUp
    } else if says.starts_with("reset ") && says.contains(" USB device number ") {
        Kind::Reset
    } else if says.starts_with("rejected ") && says.contains("insufficient available bus power") {
        Kind::TooLittleCurrent
    } else if says.starts_with("over-current c") {
        // “over-current change #1”, of old “over-current condition on port 2”.
        Kind::OverCurrent
    } else {
        return None;
    };
    let place = match driver {
        "usb" => place.to_owned(),
        "hub" => format!("{place} port {}", says.rsplit_once("port ")?.1),
        _ => return None,
    };
    Some((net::tame(&place, 40), kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(log: &str) -> Vec<(String, Kind, u32)> {
        let messages: Vec<String> = log.lines().map(|l| l.trim().to_owned()).collect();
        count(&messages).into_iter().map(|c| (c.device, c.kind, c.times_count)).collect()
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
             hub 2-0:1.0: unable to enumerate USB device on port 3
             usb usb1-port4: over-current change #1
             usb 1-1.3: rejected 1 configuration due to insufficient available bus power
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
                ("1-1.3", Kind::TooLittleCurrent, 1),
                ("2-0:1.0 port 3", Kind::GivenUp, 1),
                ("usb1-port2", Kind::GivenUp, 1),
                ("usb1-port4", Kind::OverCurrent, 1),
            ]
        );
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
