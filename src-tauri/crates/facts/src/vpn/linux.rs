//! Linux: the kernel's tunnels and routes, and what NetworkManager and systemd-resolved add.

use std::net::{IpAddr, SocketAddr};

use super::names::{self, LinkNames};
use super::{Carries, NamesAsked, SameNetwork, Tunnel, TunnelKind, Vpn, connections};
use crate::links::{self, KnownTunnel};
use crate::net;
use crate::routes::{self, Lists, Network, RouteOrigin};
use crate::{Context, Reading, Reason};

/// More than a person has, and fewer than a server that ends tunnels for others.
const MOST_TUNNELS: usize = 16;

/// `ARPHRD_ETHER` and `ARPHRD_PPP` of if_arp.h.
const ETHERNET: u16 = 1;
const PPP: u16 = 512;

const MAIN: u32 = 254;

pub(super) async fn measure(cx: Context) -> Reading<Vpn> {
    if !cx.is_live() {
        return Reading::absent(Reason::NothingToMeasure, "a recorded tree has no kernel to ask");
    }
    let (connections, link_names, dns) =
        tokio::join!(connections::read(&cx), names::of_links(&cx), crate::dns::in_force(&cx));
    Reading::Value(Vpn {
        tunnels: Reading::from_io("list tunnels over rtnetlink", tunnels(&cx, &dns, &link_names)),
        connections: connections.into(),
    })
}

fn tunnels(
    cx: &Context,
    dns: &[SocketAddr],
    link_names: &Result<Vec<LinkNames>, crate::Absence>,
) -> std::io::Result<Vec<Tunnel>> {
    let known = links::tunnels(cx)?;
    let lists = routes::lists(cx, dns)?;
    let addresses: Vec<(String, IpAddr)> = if_addrs::get_if_addrs()
        .unwrap_or_default()
        .into_iter()
        .map(|interface| (interface.name.clone(), interface.ip()))
        .collect();
    let tunnel = |known: KnownTunnel| {
        let own = addresses.iter().filter(|(name, address)| *name == known.name && !is_link_local(*address));
        let set = link_names.as_ref().map_err(Clone::clone).map(|all| {
            all.iter()
                .find(|l| l.interface == known.name || l.index == Some(known.index))
                .cloned()
                .unwrap_or_default()
        });
        Tunnel {
            kind: kind(&known),
            up: known.up,
            addresses: own.map(|(_, address)| *address).collect(),
            carries: carries(&known.name, &lists),
            names: asked(&known.name, &lists, set.as_ref().ok()),
            name_servers: set.clone().map(|s| s.servers).into(),
            domains: set.map(|s| s.domains).into(),
            overlaps: overlaps(&known.name, &lists.networks),
            interface: known.name,
        }
    };
    Ok(known.into_iter().take(MOST_TUNNELS).map(tunnel).collect())
}

const fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

fn kind(known: &KnownTunnel) -> TunnelKind {
    match known.made_by.as_deref() {
        Some("wireguard") => TunnelKind::Wireguard,
        Some("tun") if known.hardware_type == ETHERNET => TunnelKind::Tap,
        Some("tun") => TunnelKind::Tun,
        Some("xfrm" | "vti" | "vti6") => TunnelKind::Ipsec,
        Some("ppp") => TunnelKind::Ppp,
        _ if known.hardware_type == PPP => TunnelKind::Ppp,
        _ => TunnelKind::Other,
    }
}

/// By the main table; a default route of another one counts as everything, because a rule will lead there.
fn carries(name: &str, lists: &Lists) -> Carries {
    let first = |family| lists.default_routes.iter().find(|r| r.family == family);
    let all =
        [links::Family::Ipv4, links::Family::Ipv6].into_iter().filter_map(first).any(|r| r.interface == name)
            || lists.half_routes.iter().any(|h| h.interface == name && h.both)
            || lists.networks.iter().any(|n| n.interface == name && n.prefix_length == 0);
    let through = || lists.networks.iter().filter(|n| n.interface == name);
    if all {
        Carries::All
    } else if through().any(|n| !attached(n)) || lists.half_routes.iter().any(|h| h.interface == name) {
        Carries::Some
    } else if through().next().is_some() {
        Carries::OwnNetwork
    } else {
        Carries::None
    }
}

/// Whether the network came with an address.
fn attached(network: &Network) -> bool {
    network.gateway.is_none() && network.origin == RouteOrigin::System
}

/// The domain of systemd-resolved that stands for every name.
const ALL_NAMES: &str = ".";

fn asked(name: &str, lists: &Lists, set: Option<&LinkNames>) -> Reading<NamesAsked> {
    let through =
        lists.name_servers.iter().filter(|p| p.interface.value().is_some_and(|i| i == name)).count();
    // Those of this computer itself pass questions on, and it is the others that show where to.
    let others = lists.name_servers.iter().filter(|p| p.outcome != routes::PathOutcome::Local).count();
    let own = set.is_some_and(|s| !s.servers.is_empty());
    let domains = set.map(|s| s.domains.as_slice()).unwrap_or_default();
    Reading::Value(if (through > 0 && through == others) || domains.iter().any(|d| d == ALL_NAMES) {
        NamesAsked::All
    } else if through > 0 || own {
        NamesAsked::Some
    } else {
        NamesAsked::None
    })
}

/// Networks through the tunnel that share addresses with one of another interface. A way to one host is
/// mostly that to the VPN's own server, and a tunnel for everything shares addresses with every network.
fn overlaps(name: &str, networks: &[Network]) -> Vec<SameNetwork> {
    let main = || networks.iter().filter(|n| n.table == MAIN);
    let single = |n: &Network| n.prefix_length == if n.destination.is_ipv4() { 32 } else { 128 };
    let mut found: Vec<SameNetwork> = Vec::new();
    for inner in main().filter(|n| n.interface == name && !single(n)) {
        for own in main().filter(|n| n.interface != name && attached(n) && !single(n)) {
            let smaller = if own.prefix_length >= inner.prefix_length { own } else { inner };
            let wider = own.prefix_length.min(inner.prefix_length);
            if own.family != inner.family || !net::same_network(own.destination, inner.destination, wider) {
                continue;
            }
            let same = SameNetwork {
                destination: smaller.destination,
                prefix_length: smaller.prefix_length,
                interface: own.interface.clone(),
            };
            if !found.contains(&same) {
                found.push(same);
            }
        }
    }
    found.truncate(MOST_TUNNELS);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::Family;
    use crate::routes::{DefaultRoute, HalfRoute, Path, PathOutcome, PathPurpose};

    fn network(to: &str, interface: &str, origin: RouteOrigin) -> Network {
        let (destination, prefix) = to.split_once('/').unwrap();
        let destination: IpAddr = destination.parse().unwrap();
        Network {
            family: if destination.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 },
            destination,
            prefix_length: prefix.parse().unwrap(),
            interface: interface.into(),
            gateway: None,
            metric: 0,
            table: MAIN,
            origin,
        }
    }

    fn lists(networks: Vec<Network>) -> Lists {
        Lists { default_routes: vec![], half_routes: vec![], networks, name_servers: vec![] }
    }

    fn default_route(interface: &str) -> DefaultRoute {
        DefaultRoute {
            family: Family::Ipv4,
            interface: interface.into(),
            gateway: None,
            metric: 0,
            origin: RouteOrigin::Program,
            preference: Reading::absent(Reason::NothingToMeasure, ""),
            expires_seconds: Reading::absent(Reason::NothingToMeasure, ""),
        }
    }

    #[test]
    fn what_a_tunnel_carries_follows_from_the_routes() {
        let own = || network("10.8.0.0/24", "tun0", RouteOrigin::System);
        let of = |lists: &Lists| carries("tun0", lists);
        assert_eq!(of(&lists(vec![network("192.0.2.0/24", "eth0", RouteOrigin::System)])), Carries::None);
        assert_eq!(of(&lists(vec![own()])), Carries::OwnNetwork);
        assert_eq!(
            of(&lists(vec![own(), network("10.0.0.0/8", "tun0", RouteOrigin::Program)])),
            Carries::Some
        );
        let first =
            Lists { default_routes: vec![default_route("tun0"), default_route("eth0")], ..lists(vec![]) };
        assert_eq!(of(&first), Carries::All);
        let second =
            Lists { default_routes: vec![default_route("eth0"), default_route("tun0")], ..lists(vec![]) };
        assert_eq!(of(&second), Carries::None, "the other one is preferred");
        let table = Network { table: 51820, ..network("0.0.0.0/0", "tun0", RouteOrigin::Program) };
        assert_eq!(of(&lists(vec![table])), Carries::All);
        let half = |both| HalfRoute {
            family: Family::Ipv4,
            interface: "tun0".into(),
            interface_kind: crate::links::InterfaceKind::Vpn,
            gateway: None,
            both,
        };
        assert_eq!(of(&Lists { half_routes: vec![half(true)], ..lists(vec![]) }), Carries::All);
        assert_eq!(of(&Lists { half_routes: vec![half(false)], ..lists(vec![]) }), Carries::Some);
    }

    #[test]
    fn addresses_are_shared_where_one_network_holds_the_other() {
        let home = network("192.168.1.0/24", "wlan0", RouteOrigin::System);
        let with = |to: &str| {
            let found = overlaps("tun0", &[home.clone(), network(to, "tun0", RouteOrigin::Program)]);
            found.first().map(|o| format!("{}/{}", o.destination, o.prefix_length))
        };
        assert_eq!(with("192.168.1.0/24").as_deref(), Some("192.168.1.0/24"));
        assert_eq!(with("192.168.0.0/16").as_deref(), Some("192.168.1.0/24"));
        assert_eq!(with("192.168.1.128/25").as_deref(), Some("192.168.1.128/25"));
        assert_eq!(with("10.0.0.0/8"), None);
        assert_eq!(with("192.168.1.7/32"), None, "one host");
        assert_eq!(with("fd00::/8"), None, "another family");
    }

    #[test]
    fn names_go_where_their_servers_are_reached() {
        let way = |interface: Option<&str>| Path {
            target: "192.0.2.1:53".into(),
            purpose: PathPurpose::Dns,
            family: Family::Ipv4,
            outcome: if interface.is_some() { PathOutcome::Found } else { PathOutcome::Local },
            interface: interface
                .map(str::to_owned)
                .ok_or_else(|| crate::Absence::new(Reason::Failed, ""))
                .into(),
            interface_kind: Reading::absent(Reason::Failed, ""),
            gateway: None,
            source: Reading::absent(Reason::Failed, ""),
        };
        let through = |ways: &[Option<&str>], servers: &[&str], domains: &[&str]| {
            let lists = Lists { name_servers: ways.iter().map(|w| way(*w)).collect(), ..lists(vec![]) };
            let set = LinkNames {
                servers: servers.iter().map(|s| s.parse().unwrap()).collect(),
                domains: domains.iter().map(|d| (*d).to_owned()).collect(),
                ..LinkNames::default()
            };
            asked("tun0", &lists, Some(&set)).value().copied().unwrap()
        };
        assert_eq!(through(&[Some("eth0")], &[], &[]), NamesAsked::None);
        assert_eq!(through(&[], &[], &[]), NamesAsked::None, "nobody is asked at all");
        assert_eq!(through(&[Some("tun0")], &[], &[]), NamesAsked::All);
        assert_eq!(through(&[None, Some("tun0")], &[], &[]), NamesAsked::All, "behind the stub");
        assert_eq!(through(&[Some("tun0"), Some("eth0")], &[], &[]), NamesAsked::Some);
        assert_eq!(through(&[None], &["10.8.0.1"], &["corp.example"]), NamesAsked::Some);
        assert_eq!(through(&[None], &["10.8.0.1"], &["."]), NamesAsked::All);
    }

    #[test]
    fn every_kind_of_tunnel_has_its_word() {
        let of = |made_by: Option<&str>, hardware_type| {
            let made_by = made_by.map(str::to_owned);
            kind(&KnownTunnel { index: 2, name: "x".into(), up: true, made_by, hardware_type })
        };
        assert_eq!(of(Some("wireguard"), 0xFFFE), TunnelKind::Wireguard);
        assert_eq!(of(Some("tun"), 0xFFFE), TunnelKind::Tun);
        assert_eq!(of(Some("tun"), 1), TunnelKind::Tap);
        assert_eq!(of(Some("xfrm"), 0xFFFE), TunnelKind::Ipsec);
        assert_eq!(of(None, 512), TunnelKind::Ppp);
        assert_eq!(of(Some("gre"), 778), TunnelKind::Other);
    }

    #[tokio::test]
    async fn any_machine_says_which_tunnels_it_has() {
        let reading = measure(Context::default()).await;
        for tunnel in reading.value().unwrap().tunnels.value().unwrap() {
            assert!(!tunnel.interface.is_empty());
        }
        let root = tempfile::tempdir().unwrap();
        let recorded = Context { root: root.path().to_owned(), ..Context::default() };
        assert_eq!(measure(recorded).await.absence().unwrap().reason, Reason::NothingToMeasure);
    }
}
