//! The printer behind a queue: how it is connected, and whether its port takes connections.

use percent_encoding::percent_decode_str;

use super::{DeviceMethod, PrintQueue};
use crate::net::{self, ResolveFailure, Target, connect_any, deadline, resolve, side_by_side};
use crate::reach::ConnectOutcome;
use crate::{Context, Reading, Reason};

/// What a queue's address says: the way, and the host for ways that have one.
pub(super) fn of(uri: &str) -> (DeviceMethod, Option<Target>) {
    let scheme = uri.split(':').next().unwrap_or_default();
    let (method, port) = match scheme {
        "usb" | "hp" if !uri.contains("/net/") => (DeviceMethod::Usb, None),
        "ipp" | "http" => (DeviceMethod::Ipp, Some(631)),
        "ipps" => (DeviceMethod::Ipp, Some(631)),
        "https" => (DeviceMethod::Ipp, Some(443)),
        "socket" => (DeviceMethod::Socket, Some(9100)),
        "lpd" => (DeviceMethod::Lpd, Some(515)),
        "smb" => (DeviceMethod::Smb, Some(445)),
        "dnssd" | "mdns" => (DeviceMethod::Dnssd, None),
        _ => (DeviceMethod::Other, None),
    };
    // Whatever stands there before the host is somebody's password.
    let target = port.and_then(|port| Target::parse(uri, port));
    (method, target)
}

/// The announced name in `dnssd://NAME._ipp._tcp.local/?uuid=…`.
pub(super) fn announced_as(uri: &str) -> Option<String> {
    let host =
        uri.strip_prefix("dnssd://").or_else(|| uri.strip_prefix("mdns://"))?.split(['/', '?']).next()?;
    let (name, _) = host.split_once("._")?;
    Some(net::tame(&percent_decode_str(name).decode_utf8_lossy(), 63))
}

/// Connects to each host once and says nothing to it.
pub(super) async fn reach(cx: &Context, queues: Vec<(PrintQueue, String)>) -> Vec<PrintQueue> {
    let until = deadline(cx);
    let offline = cx.offline;
    let mut asked = 0;
    let tasks: Vec<_> = queues
        .into_iter()
        .map(|(mut queue, uri)| {
            let target = of(&uri).1;
            asked += usize::from(target.is_some());
            let skip = asked > net::MOST_TARGETS;
            async move {
                if let Some(target) = target {
                    queue.reachable = if offline {
                        Reading::absent(Reason::Offline, "")
                    } else if skip {
                        Reading::absent(Reason::NothingToMeasure, "too many queues to ask all")
                    } else {
                        Reading::Value(connect(&target, until).await)
                    };
                }
                queue
            }
        })
        .collect();
    side_by_side(tasks).await
}

async fn connect(target: &Target, until: tokio::time::Instant) -> ConnectOutcome {
    match resolve(&target.host, target.port, until).await {
        Ok(addresses) => match connect_any(&addresses, until).await {
            Ok(_) => ConnectOutcome::Connected,
            Err(failed) => failed.outcome,
        },
        Err(error) if error.failure == ResolveFailure::TimedOut => ConnectOutcome::TimedOut,
        Err(_) => ConnectOutcome::NameNotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announced_name_is_read_out_of_its_address() {
        let name = |uri| announced_as(uri);
        assert_eq!(
            name("dnssd://HP%20LaserJet%20%5B4F2A%5D._ipp._tcp.local/?uuid=1c2d"),
            Some("HP LaserJet [4F2A]".into())
        );
        assert_eq!(name("dnssd://Office._pdl-datastream._tcp.local/"), Some("Office".into()));
        assert_eq!(
            (name("ipp://printer.example/x"), name("dnssd://"), name("dnssd://x")),
            (None, None, None)
        );
    }

    #[test]
    fn the_host_is_found_and_nothing_else() {
        let of = |uri: &str| {
            let (method, target) = of(uri);
            (method, target.map(|t| t.label()))
        };
        let some = |label: &str| Some(label.to_owned());
        for (uri, expected) in [
            ("socket://192.0.2.60:9100", (DeviceMethod::Socket, some("192.0.2.60:9100"))),
            ("socket://printer.example", (DeviceMethod::Socket, some("printer.example:9100"))),
            ("ipp://user:secret@printer.example/ipp/print", (DeviceMethod::Ipp, some("printer.example:631"))),
            ("ipps://[2001:db8::9]:8631/ipp/print", (DeviceMethod::Ipp, some("[2001:db8::9]:8631"))),
            ("lpd://192.0.2.60/queue", (DeviceMethod::Lpd, some("192.0.2.60:515"))),
            ("usb://HP/LaserJet%201020?serial=X", (DeviceMethod::Usb, None)),
            ("dnssd://Printer._ipp._tcp.local/?uuid=1", (DeviceMethod::Dnssd, None)),
            ("file:///dev/null", (DeviceMethod::Other, None)),
            ("", (DeviceMethod::Other, None)),
        ] {
            assert_eq!(of(uri), expected, "{uri}");
        }
    }
}
