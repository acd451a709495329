//! DNS servers and domains of single interfaces: NetworkManager's `DnsManager`, and systemd-resolved.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use zbus::zvariant::OwnedValue;

use crate::bus::Service;
use crate::network_manager::NetworkManager;
use crate::{Absence, Context, Reason, net};

const RESOLVED: &str = "org.freedesktop.resolve1";

/// What is set for one interface at most.
const MOST_SERVERS: usize = 8;
const MOST_DOMAINS: usize = 32;
const MOST_LINKS: usize = 64;

/// What one interface's names are asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LinkNames {
    /// By name, as NetworkManager does.
    pub(super) interface: String,
    /// By the kernel's number, as systemd-resolved does.
    pub(super) index: Option<u32>,
    pub(super) servers: Vec<IpAddr>,
    /// Without the mark of those that are for routing alone; `.` is every name.
    pub(super) domains: Vec<String>,
}

/// What both say, NetworkManager first; absent where neither runs.
pub(super) async fn of_links(cx: &Context) -> Result<Vec<LinkNames>, Absence> {
    let manager = NetworkManager::ask(cx, async |manager| Ok(from_manager(manager.dns().await?)));
    let resolved = Service::ask(cx, RESOLVED, async |service| {
        let all = service.properties("/org/freedesktop/resolve1", "org.freedesktop.resolve1.Manager").await?;
        let odd = |what: &str| Absence::new(Reason::Failed, format!("systemd-resolved lists no {what}"));
        Ok(from_resolved(
            all.get::<Vec<(i32, i32, Vec<u8>)>>("DNS").ok_or_else(|| odd("servers"))?,
            all.get::<Vec<(i32, String, bool)>>("Domains").ok_or_else(|| odd("domains"))?,
        ))
    });
    match tokio::join!(manager, resolved) {
        (Err(absent), Err(_)) => Err(absent),
        (manager, resolved) => Ok([manager, resolved]
            .into_iter()
            .flatten()
            .flatten()
            .filter(|l| !l.servers.is_empty())
            .collect()),
    }
}

fn domain(text: &str) -> String {
    let plain = text.trim_start_matches('~');
    net::tame(if plain.is_empty() { "." } else { plain }, 100)
}

fn from_manager(entries: Vec<HashMap<String, OwnedValue>>) -> Vec<LinkNames> {
    fn of<T: TryFrom<OwnedValue>>(entry: &HashMap<String, OwnedValue>, key: &str) -> Option<T> {
        entry.get(key)?.try_clone().ok().and_then(|value| T::try_from(value).ok())
    }
    let link = |entry: &HashMap<String, OwnedValue>| {
        let servers: Vec<String> = of(entry, "nameservers")?;
        let domains: Vec<String> = of(entry, "domains").unwrap_or_default();
        Some(LinkNames {
            interface: net::tame(&of::<String>(entry, "interface")?, 20),
            index: None,
            // An entry may carry a port or a name behind the address.
            servers: servers.iter().take(MOST_SERVERS).filter_map(|s| s.parse().ok()).collect(),
            domains: domains.iter().take(MOST_DOMAINS).map(|d| domain(d)).collect(),
        })
    };
    entries.iter().take(MOST_LINKS).filter_map(link).collect()
}

/// Servers are (interface, `AF_INET` or `AF_INET6`, address); domains (interface, name, for routing alone).
fn from_resolved(servers: Vec<(i32, i32, Vec<u8>)>, domains: Vec<(i32, String, bool)>) -> Vec<LinkNames> {
    let mut links: Vec<LinkNames> = Vec::new();
    for (index, _, bytes) in servers {
        // Interface 0 stands for what holds for all.
        let Some(index) = u32::try_from(index).ok().filter(|i| *i != 0) else { continue };
        let Some(address) = address(&bytes) else { continue };
        let room = links.len() < MOST_LINKS;
        match links.iter_mut().find(|l| l.index == Some(index)) {
            Some(link) if link.servers.len() < MOST_SERVERS => link.servers.push(address),
            None if room => {
                links.push(LinkNames { index: Some(index), servers: vec![address], ..LinkNames::default() });
            }
            _ => {}
        }
    }
    for (index, name, _) in domains {
        let link = links.iter_mut().find(|l| l.index.is_some_and(|i| u32::try_from(index) == Ok(i)));
        if let Some(link) = link.filter(|l| l.domains.len() < MOST_DOMAINS) {
            link.domains.push(domain(&name));
        }
    }
    links
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(v4).into());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|v6| Ipv6Addr::from(v6).into())
}

#[cfg(test)]
mod tests {
    use zbus::zvariant::Value;

    use super::*;

    #[test]
    fn network_managers_entries_are_read_by_interface() {
        let value = |value: Value<'_>| OwnedValue::try_from(value).unwrap();
        let entry = HashMap::from([
            ("nameservers".to_owned(), value(Value::from(vec!["10.8.0.1", "not an address"]))),
            ("domains".to_owned(), value(Value::from(vec!["corp.example", "~"]))),
            ("interface".to_owned(), value(Value::from("tun0"))),
            ("vpn".to_owned(), value(Value::from(true))),
        ]);
        let without = HashMap::from([("nameservers".to_owned(), value(Value::from(vec!["9.9.9.9"])))]);
        let links = from_manager(vec![entry, without]);
        assert_eq!(links.len(), 1);
        assert_eq!((links[0].interface.as_str(), links[0].servers.len()), ("tun0", 1));
        assert_eq!(links[0].domains, ["corp.example", "."]);
    }

    #[test]
    fn resolveds_lists_are_put_together_by_interface() {
        let links = from_resolved(
            vec![
                (0, 2, vec![9, 9, 9, 9]),
                (7, 2, vec![10, 8, 0, 1]),
                (7, 10, vec![0; 16]),
                (8, 2, vec![1, 2, 3]),
                (-1, 2, vec![1, 2, 3, 4]),
            ],
            vec![(7, "corp.example".into(), true), (7, ".".into(), true), (9, "x".into(), false)],
        );
        assert_eq!(links.len(), 1, "{links:?}");
        assert_eq!((links[0].index, links[0].servers.len()), (Some(7), 2));
        assert_eq!(links[0].domains, ["corp.example", "."]);
    }
}
