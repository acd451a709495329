//! Which resolvers the system uses, read from its files.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV6};

use super::{DnsServer, Lookup};
use crate::{Context, Reading, net};

const STUB: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 53));

/// The C library uses no more; what stands below is never asked by a program.
const MOST_SERVERS: usize = 3;

/// systemd-resolved uses all; somebody's list has an end all the same.
const MOST_UPSTREAM_SERVERS: usize = 8;

/// A resolver, and who names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) source: &'static str,
}

impl Server {
    /// The fact, with the lookups given.
    pub(super) fn unasked(&self, lookups: Reading<Vec<Lookup>>) -> DnsServer {
        DnsServer { address: self.address, source: self.source.into(), lookups }
    }
}

/// What the system is set to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) servers: Vec<Server>,
    pub(super) search_domains: Vec<String>,
}

pub(super) fn read(cx: &Context) -> Settings {
    let (servers, search_domains) = parse(&text(cx, "/etc/resolv.conf"));
    let named = |servers: Vec<SocketAddr>, source, most| {
        servers.into_iter().take(most).map(move |address| Server { address, source })
    };
    let stub = servers.iter().any(|s| s.ip() == STUB);
    let mut all: Vec<Server> = named(servers, "resolv.conf", MOST_SERVERS).collect();
    if stub {
        let (upstream, _) = parse(&text(cx, "/run/systemd/resolve/resolv.conf"));
        all.extend(named(upstream, "systemd-resolved", MOST_UPSTREAM_SERVERS));
    }
    Settings { servers: all, search_domains }
}

/// The policy's resolvers; an entry that is no address can't be asked without asking a resolver.
pub(super) fn independent(resolvers: &[String]) -> Vec<Server> {
    let server = |text: &String| {
        let address = net::socket_address(text, 53);
        if address.is_none() {
            tracing::warn!(resolver = %text, "the policy's resolver is no address; left out");
        }
        Some(Server { address: address?, source: "policy" })
    };
    resolvers.iter().take(net::MOST_TARGETS).filter_map(server).collect()
}

/// A file that is not there, or not readable, names nobody: so does the system then.
fn text(cx: &Context, file: &str) -> String {
    match std::fs::read(cx.path(file)) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            tracing::debug!(%error, file, "resolver settings not read");
            String::new()
        }
    }
}

fn parse(text: &str) -> (Vec<SocketAddr>, Vec<String>) {
    let mut servers = Vec::new();
    let mut search = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("nameserver") => {
                if let Some(address) = words.next().and_then(nameserver)
                    && !servers.contains(&address)
                {
                    servers.push(address);
                }
            }
            // The last one of either wins, as in the C library.
            Some("search" | "domain") => {
                search = words
                    .map(|w| w.trim_end_matches('.'))
                    .filter(|w| !w.is_empty())
                    .map(Into::into)
                    .collect();
            }
            _ => {}
        }
    }
    (servers, search)
}

/// `192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`.
fn nameserver(text: &str) -> Option<SocketAddr> {
    if let Some((address, zone)) = text.split_once('%') {
        let scope = zone.parse().ok().or_else(|| net::interface_index(zone))?;
        return Some(SocketAddrV6::new(address.parse().ok()?, 53, 0, scope).into());
    }
    Some(SocketAddr::new(text.parse().ok()?, 53))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(files: &[(&str, &str)]) -> Settings {
        let root = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        read(&Context { root: root.path().to_owned(), ..Context::default() })
    }

    fn servers(settings: &Settings) -> Vec<(String, &str)> {
        settings.servers.iter().map(|s| (s.address.to_string(), s.source)).collect()
    }

    #[test]
    fn servers_come_in_order_and_no_more_than_are_used() {
        let settings = recorded(&[(
            "etc/resolv.conf",
            "# a comment\n; another\noptions edns0\nnameserver 192.0.2.1\nnameserver\t2001:db8::53 # home\n\
             nameserver nonsense\nnameserver fe80::1%7\nnameserver 192.0.2.9\ndomain old.example\nsearch a.example b.example. .\n",
        )]);
        assert_eq!(
            servers(&settings),
            [
                ("192.0.2.1:53".to_owned(), "resolv.conf"),
                ("[2001:db8::53]:53".to_owned(), "resolv.conf"),
                ("[fe80::1%7]:53".to_owned(), "resolv.conf"),
            ]
        );
        assert_eq!(settings.search_domains, ["a.example", "b.example"]);
    }

    #[test]
    fn behind_the_stub_its_own_servers_are_listed_too() {
        let upstream = ("run/systemd/resolve/resolv.conf", "nameserver 192.0.2.7\n");
        let settings = recorded(&[("etc/resolv.conf", "nameserver 127.0.0.53\n"), upstream]);
        assert_eq!(
            servers(&settings),
            [("127.0.0.53:53".to_owned(), "resolv.conf"), ("192.0.2.7:53".to_owned(), "systemd-resolved")]
        );
        let settings = recorded(&[("etc/resolv.conf", "nameserver 192.0.2.1\n"), upstream]);
        assert_eq!(servers(&settings), [("192.0.2.1:53".to_owned(), "resolv.conf")]);
    }

    #[test]
    fn without_the_file_there_are_none() {
        assert_eq!(recorded(&[]), Settings::default());
    }
}
