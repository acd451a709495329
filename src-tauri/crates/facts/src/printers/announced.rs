//! Printers that announce themselves in the network (DNS-SD), as Avahi knows them. Befund sends nothing into the
//! network: it asks Avahi, which keeps what it has heard, and asks the network itself where that is old.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, MatchRule, MessageStream, message};

use super::NetworkPrinter;
use crate::bus;
use crate::{Absence, Context, Reason, net};

const AVAHI: &str = "org.freedesktop.Avahi";
const SERVER: &str = "org.freedesktop.Avahi.Server";
const BROWSER: &str = "org.freedesktop.Avahi.ServiceBrowser";

/// What printers call themselves: IPP, IPP over TLS, raw data, LPD (Bonjour Printing Specification, 1.2.1).
const PROTOCOLS: &[(&str, &str)] = &[
    ("_ipp._tcp", "ipp"),
    ("_ipps._tcp", "ipps"),
    ("_pdl-datastream._tcp", "socket"),
    ("_printer._tcp", "lpd"),
];

/// Avahi waits a second for answers before it says that this was all for now.
const PATIENCE: Duration = Duration::from_millis(1800);

/// Floors of a university announce some hundred.
const MOST: usize = 500;
const MOST_SIGNALS: usize = 4000;

/// Any interface, and IPv4 as well as IPv6.
const ANY: i32 = -1;

/// One item of a browser: interface, protocol, name, type, domain, flags.
type Item = (i32, i32, String, String, String, u32);

/// What is announced at this moment.
pub(super) async fn announced(cx: &Context) -> Result<Vec<NetworkPrinter>, Absence> {
    if cx.offline {
        return Err(Absence::new(Reason::Offline, ""));
    }
    if !cx.is_live() {
        return Err(Absence::new(Reason::NothingToMeasure, "a recorded tree has no bus"));
    }
    let silent = || Absence::new(Reason::TimedOut, "Avahi does not say that this was all");
    tokio::time::timeout(PATIENCE.min(cx.step()), ask()).await.unwrap_or_else(|_| Err(silent()))
}

async fn ask() -> Result<Vec<NetworkPrinter>, Absence> {
    let bus = Connection::system()
        .await
        .map_err(|e| Absence::new(Reason::NotSupported, format!("no such bus: {e}")))?;
    if !bus::is_owned(&bus, AVAHI).await? {
        return Err(Absence::new(Reason::NotSupported, "Avahi is not running"));
    }
    let failed = |what: &str, error: &zbus::Error| bus::failed(what, error);
    // Listened to before it is asked: what is known comes at once.
    let rule = MatchRule::builder()
        .msg_type(message::Type::Signal)
        .sender(AVAHI)
        .and_then(|rule| rule.interface(BROWSER))
        .map_err(|e| failed("listen to Avahi", &e))?
        .build();
    let mut signals = MessageStream::for_match_rule(rule, &bus, Some(MOST_SIGNALS))
        .await
        .map_err(|e| failed("listen to Avahi", &e))?;
    let mut browsers: Vec<OwnedObjectPath> = Vec::new();
    for (kind, _) in PROTOCOLS {
        let browser = bus
            .call_method(Some(AVAHI), "/", Some(SERVER), "ServiceBrowserNew", &(ANY, ANY, *kind, "", 0_u32))
            .await
            .and_then(|answer| answer.body().deserialize())
            .map_err(|e| failed("ServiceBrowserNew", &e))?;
        browsers.push(browser);
    }
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut waiting = browsers.len();
    let mut seen = 0;
    while waiting > 0 && seen < MOST_SIGNALS {
        let Some(Ok(signal)) = signals.next().await else { break };
        seen += 1;
        let header = signal.header();
        match header.member().map(zbus::names::MemberName::as_str) {
            Some("ItemNew") => {
                if let Ok(item) = signal.body().deserialize::<Item>() {
                    add(&mut found, item);
                }
            }
            Some("AllForNow") => waiting -= 1,
            Some("Failure") => return Err(Absence::new(Reason::Failed, "Avahi reports a failure")),
            _ => {}
        }
    }
    // The connection's end takes the browsers with it.
    Ok(found.into_iter().map(|(name, protocols)| NetworkPrinter { name, protocols }).collect())
}

/// One printer announces itself on every interface, in both protocols and by every way that it understands.
fn add(found: &mut BTreeMap<String, Vec<String>>, (.., name, kind, _, _): Item) {
    let Some((_, protocol)) = PROTOCOLS.iter().find(|(known, _)| *known == kind) else { return };
    let name = net::tame(&name, 63);
    if !found.contains_key(&name) && found.len() >= MOST {
        return;
    }
    let protocols = found.entry(name).or_default();
    if !protocols.iter().any(|known| known == protocol) {
        protocols.push((*protocol).to_owned());
        protocols.sort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printer_is_one_however_often_it_is_announced() {
        let mut found = BTreeMap::new();
        let item = |interface, protocol, name: &str, kind: &str| {
            (interface, protocol, name.to_owned(), kind.to_owned(), "local".to_owned(), 0)
        };
        for announced in [
            item(2, 0, "Office", "_ipp._tcp"),
            item(2, 1, "Office", "_ipp._tcp"),
            item(3, 0, "Office", "_ipps._tcp"),
            item(2, 0, "Office\u{1b}[31m", "_printer._tcp"),
            item(2, 0, "Music", "_airplay._tcp"),
        ] {
            add(&mut found, announced);
        }
        assert_eq!(found["Office"], ["ipp", "ipps"]);
        assert_eq!(found.len(), 2);
        assert!(found.keys().all(|name| !name.contains('\u{1b}')));
        for number in 0..2000 {
            add(&mut found, item(2, 0, &format!("p{number}"), "_ipp._tcp"));
        }
        assert_eq!(found.len(), MOST);
    }

    #[tokio::test]
    async fn offline_nobody_is_asked() {
        let cx = Context { offline: true, ..Context::default() };
        assert_eq!(announced(&cx).await.err().map(|absent| absent.reason), Some(Reason::Offline));
    }
}
