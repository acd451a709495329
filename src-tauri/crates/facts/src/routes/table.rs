//! The kernel's routes, rules and decisions, over rtnetlink.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RoutePreference, RouteProtocol, RouteType,
    RouteVia,
};
use netlink_packet_route::rule::{RuleAction, RuleAttribute, RuleFlags, RuleMessage};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use rustix::io::Errno;

use super::{
    DefaultRoute, HalfRoute, Network, Overlap, Path, PathOutcome, PathPurpose, Preference, RouteOrigin, Rule,
    RuleAction as Action,
};
use crate::links::{Family, InterfaceKind, Known};
use crate::net::{self, netlink};
use crate::{Absence, Reading, Reason};

const MAIN: u32 = 254;

/// What a fact holds at most: a router with the whole internet in its tables must not fill a package.
const MOST_NETWORKS: usize = 200;

/// The clock ticks of `rta_expires`, whatever the kernel's own rate is.
const TICKS_PER_SECOND: u32 = 100;

/// A route as the kernel has it, one for each of its next hops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    family: Family,
    destination: IpAddr,
    prefix: u8,
    table: u32,
    kind: RouteType,
    origin: RouteProtocol,
    metric: u32,
    preference: Option<RoutePreference>,
    expires: Option<u32>,
    interface: Option<u32>,
    gateway: Option<IpAddr>,
}

/// Links by the kernel's number.
pub(super) struct Interfaces(BTreeMap<u32, Known>);

impl Interfaces {
    pub(super) fn new(known: Vec<Known>) -> Self {
        Self(known.into_iter().map(|k| (k.index, k)).collect())
    }

    fn name(&self, index: u32) -> Option<&str> {
        self.0.get(&index).map(|k| k.name.as_str())
    }

    fn kind(&self, index: u32) -> Option<InterfaceKind> {
        self.0.get(&index).map(|k| k.kind)
    }
}

/// All routes of both families, in every table.
pub(super) fn routes() -> io::Result<Vec<Route>> {
    let mut all = Vec::new();
    for family in [AddressFamily::Inet, AddressFamily::Inet6] {
        let mut question = RouteMessage::default();
        question.header = header(family);
        for answer in netlink::list(RouteNetlinkMessage::GetRoute(question))? {
            if let RouteNetlinkMessage::NewRoute(message) = answer {
                read(&message, &mut all);
            }
        }
    }
    Ok(all)
}

fn header(family: AddressFamily) -> RouteHeader {
    RouteHeader { address_family: family, ..RouteHeader::default() }
}

const fn ip(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(v4) => Some(IpAddr::V4(*v4)),
        RouteAddress::Inet6(v6) => Some(IpAddr::V6(*v6)),
        _ => None,
    }
}

const fn via(via: &RouteVia) -> Option<IpAddr> {
    match via {
        RouteVia::Inet(v4) => Some(IpAddr::V4(*v4)),
        RouteVia::Inet6(v6) => Some(IpAddr::V6(*v6)),
        _ => None,
    }
}

fn read(message: &RouteMessage, all: &mut Vec<Route>) {
    let (family, nowhere) = match message.header.address_family {
        AddressFamily::Inet => (Family::Ipv4, IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        AddressFamily::Inet6 => (Family::Ipv6, IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
        _ => return,
    };
    let mut route = Route {
        family,
        destination: nowhere,
        prefix: message.header.destination_prefix_length,
        table: message.header.table.into(),
        kind: message.header.kind,
        origin: message.header.protocol,
        metric: 0,
        preference: None,
        expires: None,
        interface: None,
        gateway: None,
    };
    let mut hops = Vec::new();
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Destination(to) => route.destination = ip(to).unwrap_or(nowhere),
            RouteAttribute::Gateway(to) => route.gateway = ip(to),
            RouteAttribute::Via(to) => route.gateway = via(to),
            RouteAttribute::Oif(index) => route.interface = Some(*index),
            RouteAttribute::Priority(metric) => route.metric = *metric,
            RouteAttribute::Table(table) => route.table = *table,
            RouteAttribute::Preference(preference) => route.preference = Some(*preference),
            // The kernel counts on below zero where a route is over and not yet taken away.
            RouteAttribute::CacheInfo(info) if info.expires.cast_signed() > 0 => {
                route.expires = Some(info.expires / TICKS_PER_SECOND);
            }
            RouteAttribute::MultiPath(given) => hops = given.iter().collect(),
            _ => {}
        }
    }
    if hops.is_empty() {
        all.push(route);
        return;
    }
    for hop in hops {
        let gateway = hop.attributes.iter().find_map(|attribute| match attribute {
            RouteAttribute::Gateway(to) => ip(to),
            RouteAttribute::Via(to) => via(to),
            _ => None,
        });
        all.push(Route { interface: Some(hop.interface_index), gateway, ..route.clone() });
    }
}

impl Route {
    /// It sends packets somewhere, and not only to this computer or to many.
    fn carries(&self) -> bool {
        self.kind == RouteType::Unicast
    }

    fn contains(&self, address: IpAddr) -> bool {
        net::same_network(self.destination, address, self.prefix)
    }

    fn rank(&self) -> (u32, u8) {
        let preference = match self.preference {
            Some(RoutePreference::High) => 0,
            Some(RoutePreference::Low) => 2,
            _ => 1,
        };
        (self.metric, preference)
    }
}

const fn preference(preference: RoutePreference) -> Option<Preference> {
    match preference {
        RoutePreference::High => Some(Preference::High),
        RoutePreference::Medium => Some(Preference::Medium),
        RoutePreference::Low => Some(Preference::Low),
        _ => None,
    }
}

const fn origin(protocol: RouteProtocol) -> RouteOrigin {
    match protocol {
        RouteProtocol::Kernel => RouteOrigin::System,
        RouteProtocol::Boot => RouteOrigin::Program,
        RouteProtocol::Static => RouteOrigin::Static,
        RouteProtocol::Dhcp => RouteOrigin::Dhcp,
        RouteProtocol::Ra => RouteOrigin::Router,
        _ => RouteOrigin::Other,
    }
}

/// The default routes of the main table: IPv4 before IPv6, and in each the preferred first.
pub(super) fn default_routes(routes: &[Route], interfaces: &Interfaces) -> Vec<DefaultRoute> {
    let mut found: Vec<&Route> =
        routes.iter().filter(|r| r.prefix == 0 && r.table == MAIN && r.carries()).collect();
    found.sort_by_key(|r| (r.family == Family::Ipv6, r.rank()));
    let said = |absent: &str| Absence::new(Reason::NothingToMeasure, absent);
    found
        .into_iter()
        .filter_map(|r| {
            Some(DefaultRoute {
                family: r.family,
                interface: interfaces.name(r.interface?)?.to_owned(),
                gateway: r.gateway,
                metric: r.metric,
                origin: origin(r.origin),
                preference: r
                    .preference
                    .filter(|_| r.family == Family::Ipv6)
                    .and_then(preference)
                    .ok_or_else(|| said("only IPv6 routers announce a preference"))
                    .into(),
                expires_seconds: r.expires.ok_or_else(|| said("this route does not expire")).into(),
            })
        })
        .collect()
}

/// Half of all addresses each, which win over every default route whatever its metric is.
pub(super) fn half_routes(routes: &[Route], interfaces: &Interfaces) -> Vec<HalfRoute> {
    let mut halves: Vec<(bool, HalfRoute)> = Vec::new();
    let found = routes.iter().filter(|r| r.prefix == 1 && r.table == MAIN && r.carries());
    for (index, route) in found.filter_map(|r| Some((r.interface?, r))) {
        let Some(interface) = interfaces.name(index) else { continue };
        let first = is_first_half(route.destination);
        match halves.iter_mut().find(|(_, h)| h.family == route.family && h.interface == interface) {
            Some((other, half)) => half.both |= *other != first,
            None => halves.push((
                first,
                HalfRoute {
                    family: route.family,
                    interface: interface.to_owned(),
                    interface_kind: interfaces.kind(index).unwrap_or(InterfaceKind::Other),
                    gateway: route.gateway,
                    both: false,
                },
            )),
        }
    }
    halves.into_iter().map(|(_, half)| half).collect()
}

const fn is_first_half(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.octets()[0] < 0x80,
        IpAddr::V6(v6) => v6.octets()[0] < 0x80,
    }
}

/// All other routes that carry packets, and default routes of other tables.
pub(super) fn networks(routes: &[Route], interfaces: &Interfaces) -> Vec<Network> {
    let link_local = |r: &Route| match r.destination {
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_multicast(),
        IpAddr::V4(v4) => v4.is_multicast(),
    };
    routes
        .iter()
        .filter(|r| r.carries() && !link_local(r) && (r.prefix > 1 || r.table != MAIN))
        .filter_map(|r| {
            let index = r.interface?;
            let name = interfaces.name(index)?;
            (name != "lo").then(|| Network {
                family: r.family,
                destination: r.destination,
                prefix_length: r.prefix,
                interface: name.to_owned(),
                gateway: r.gateway,
                metric: r.metric,
                table: r.table,
                origin: origin(r.origin),
            })
        })
        .take(MOST_NETWORKS)
        .collect()
}

/// Networks that this computer is in, and that a route through another interface takes away.
pub(super) fn overlaps(routes: &[Route], interfaces: &Interfaces) -> Vec<Overlap> {
    let main = |r: &&Route| r.table == MAIN && r.carries() && r.prefix > 1;
    let mut found = Vec::new();
    let attached = |r: &&Route| {
        r.gateway.is_none()
            && r.origin == RouteProtocol::Kernel
            && !matches!(r.destination, IpAddr::V6(v6) if v6.is_unicast_link_local())
    };
    for own in routes.iter().filter(main).filter(attached) {
        for other in routes.iter().filter(main) {
            // A single address is a way to one host: that of the VPN's own server, say.
            let single = other.prefix == if other.family == Family::Ipv4 { 32 } else { 128 };
            let wins = own.contains(other.destination)
                && (other.prefix > own.prefix || (other.prefix == own.prefix && other.rank() < own.rank()));
            if own.interface == other.interface || own.family != other.family || single || !wins {
                continue;
            }
            let names = own
                .interface
                .and_then(|i| interfaces.name(i))
                .zip(other.interface.and_then(|i| interfaces.name(i)));
            let Some((name, through)) = names else { continue };
            found.push(Overlap {
                destination: other.destination,
                prefix_length: other.prefix,
                interface: name.to_owned(),
                through: through.to_owned(),
                through_kind: other
                    .interface
                    .and_then(|i| interfaces.kind(i))
                    .unwrap_or(InterfaceKind::Other),
            });
        }
    }
    found.truncate(MOST_NETWORKS);
    found
}

/// The rules beside the three that every Linux has.
pub(super) fn rules() -> io::Result<Vec<Rule>> {
    let mut all = Vec::new();
    for (family, own) in [(AddressFamily::Inet, Family::Ipv4), (AddressFamily::Inet6, Family::Ipv6)] {
        let mut question = RuleMessage::default();
        question.header.family = family;
        for answer in netlink::list(RouteNetlinkMessage::GetRule(question))? {
            if let RouteNetlinkMessage::NewRule(message) = answer {
                all.extend(rule(&message, own));
            }
        }
    }
    all.truncate(MOST_NETWORKS);
    Ok(all)
}

fn rule(message: &RuleMessage, family: Family) -> Option<Rule> {
    let mut priority = 0;
    let mut table = u32::from(message.header.table);
    let mut selective = message.header.src_len > 0
        || message.header.dst_len > 0
        || message.header.tos != 0
        || message.header.flags.contains(RuleFlags::Invert);
    for attribute in &message.attributes {
        match attribute {
            RuleAttribute::Priority(number) => priority = *number,
            RuleAttribute::Table(number) => table = *number,
            RuleAttribute::Protocol(_)
            | RuleAttribute::Goto(_)
            | RuleAttribute::SuppressIfGroup(_)
            | RuleAttribute::SuppressPrefixLen(_)
            | RuleAttribute::Other(_) => {}
            _ => selective = true,
        }
    }
    let action = match message.header.action {
        RuleAction::ToTable => Action::Table,
        RuleAction::Goto => Action::Goto,
        RuleAction::Nop => Action::Nothing,
        RuleAction::Blackhole | RuleAction::Unreachable | RuleAction::Prohibit => Action::Refuse,
        _ => Action::Other,
    };
    let usual = !selective && matches!((priority, table), (0, 255) | (32766, 254) | (32767, 253));
    (!usual).then_some(Rule { family, priority, action, table, selective })
}

/// Whether a VPN takes all or half of the traffic: by a route of the main table, or of one of its own.
pub(super) fn vpn_carries(routes: &[Route], interfaces: &Interfaces) -> bool {
    let by_vpn = |r: &Route| r.interface.and_then(|i| interfaces.kind(i)) == Some(InterfaceKind::Vpn);
    routes.iter().any(|r| r.carries() && r.prefix <= 1 && by_vpn(r))
}

/// The way that a packet to this address would take now. Nothing is sent.
pub(super) fn path(
    target: String,
    address: SocketAddr,
    purpose: PathPurpose,
    interfaces: &Interfaces,
) -> Path {
    let family = if address.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 };
    let mut question = RouteMessage::default();
    let (inet, bits) =
        if address.is_ipv4() { (AddressFamily::Inet, 32) } else { (AddressFamily::Inet6, 128) };
    question.header = RouteHeader { destination_prefix_length: bits, ..header(inet) };
    question.attributes.push(RouteAttribute::Destination(address.ip().into()));
    let answer = netlink::one(RouteNetlinkMessage::GetRoute(question));
    let none = |outcome, why: String| {
        let absent = |reason: &str| Absence::new(Reason::NothingToMeasure, reason);
        Path {
            target: target.clone(),
            purpose,
            family,
            outcome,
            interface: Reading::from(Err(absent(&why))),
            interface_kind: Reading::from(Err(absent(&why))),
            gateway: None,
            source: Reading::from(Err(absent(&why))),
        }
    };
    let message = match answer {
        Ok(RouteNetlinkMessage::NewRoute(message)) => message,
        Ok(_) => return none(PathOutcome::Unknown, "the kernel gave another answer".into()),
        Err(error) => return none(refused(&error), format!("look up the route: {error}")),
    };
    let outcome = match message.header.kind {
        RouteType::Unicast => PathOutcome::Found,
        RouteType::Local | RouteType::Broadcast | RouteType::Anycast => PathOutcome::Local,
        RouteType::Unreachable | RouteType::BlackHole | RouteType::Prohibit | RouteType::Throw => {
            return none(PathOutcome::NoWay, "a route says that there is no way".into());
        }
        _ => PathOutcome::Unknown,
    };
    let (mut index, mut gateway, mut source) = (None, None, None);
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Oif(number) => index = Some(*number),
            RouteAttribute::Gateway(to) => gateway = ip(to),
            RouteAttribute::Via(to) => gateway = via(to),
            RouteAttribute::PrefSource(from) => source = ip(from),
            _ => {}
        }
    }
    let unsaid = || Absence::new(Reason::Failed, "the kernel did not say");
    Path {
        target,
        purpose,
        family,
        outcome,
        interface: index.and_then(|i| interfaces.name(i)).map(str::to_owned).ok_or_else(unsaid).into(),
        interface_kind: index.and_then(|i| interfaces.kind(i)).ok_or_else(unsaid).into(),
        gateway,
        source: source.ok_or_else(unsaid).into(),
    }
}

fn refused(error: &io::Error) -> PathOutcome {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        // What an unreachable, a prohibited and a black-hole route answer.
        Some(Errno::NETUNREACH | Errno::HOSTUNREACH | Errno::ACCESS | Errno::INVAL) => PathOutcome::NoWay,
        _ => PathOutcome::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interfaces() -> Interfaces {
        let known = [
            (2, "eth0", InterfaceKind::Wired),
            (3, "wlan0", InterfaceKind::Wifi),
            (4, "tun0", InterfaceKind::Vpn),
        ];
        Interfaces::new(
            known.map(|(index, name, kind)| Known { index, name: name.into(), kind }).into_iter().collect(),
        )
    }

    fn route(to: &str, interface: u32, gateway: Option<&str>, metric: u32) -> Route {
        let (destination, prefix) = to.split_once('/').unwrap();
        let destination: IpAddr = destination.parse().unwrap();
        Route {
            family: if destination.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 },
            destination,
            prefix: prefix.parse().unwrap(),
            table: MAIN,
            kind: RouteType::Unicast,
            origin: if gateway.is_none() { RouteProtocol::Kernel } else { RouteProtocol::Dhcp },
            metric,
            preference: None,
            expires: None,
            interface: Some(interface),
            gateway: gateway.map(|g| g.parse().unwrap()),
        }
    }

    #[test]
    fn default_routes_come_in_the_order_of_their_use() {
        let preferred = |preference, gateway| Route {
            preference: Some(preference),
            expires: Some(1800),
            origin: RouteProtocol::Ra,
            ..route("::/0", 2, Some(gateway), 100)
        };
        let routes = [
            preferred(RoutePreference::Low, "fe80::1"),
            preferred(RoutePreference::High, "fe80::2"),
            preferred(RoutePreference::Medium, "fe80::3"),
            route("0.0.0.0/0", 3, Some("192.0.2.1"), 600),
            route("0.0.0.0/0", 2, Some("192.0.2.2"), 100),
            Route { table: 51820, ..route("0.0.0.0/0", 4, None, 0) },
            Route { kind: RouteType::Unreachable, ..route("0.0.0.0/0", 2, None, 0) },
            route("0.0.0.0/0", 99, Some("192.0.2.9"), 1),
        ];
        let found = default_routes(&routes, &interfaces());
        let gateways: Vec<_> = found.iter().map(|r| r.gateway.unwrap().to_string()).collect();
        assert_eq!(gateways, ["192.0.2.2", "192.0.2.1", "fe80::2", "fe80::3", "fe80::1"]);
        assert_eq!(found[2].preference, Reading::Value(Preference::High));
        assert_eq!(found[2].expires_seconds, Reading::Value(1800));
        assert_eq!(found[2].origin, RouteOrigin::Router);
        assert!(found[0].preference.value().is_none());
        let others = networks(&routes, &interfaces());
        assert_eq!(others.len(), 1, "the other table's: {others:?}");
        assert_eq!((others[0].table, others[0].interface.as_str()), (51820, "tun0"));
    }

    #[test]
    fn two_halves_make_a_whole_for_each_family() {
        let routes = [
            route("0.0.0.0/1", 4, Some("10.8.0.1"), 0),
            route("128.0.0.0/1", 4, Some("10.8.0.1"), 0),
            route("8000::/1", 4, None, 0),
            route("0.0.0.0/0", 2, Some("192.0.2.1"), 0),
        ];
        let halves = half_routes(&routes, &interfaces());
        let found: Vec<_> = halves.iter().map(|h| (h.family, h.interface.as_str(), h.both)).collect();
        assert_eq!(found, [(Family::Ipv4, "tun0", true), (Family::Ipv6, "tun0", false)]);
        assert_eq!(halves[0].interface_kind, InterfaceKind::Vpn);
    }

    #[test]
    fn a_network_is_taken_away_by_an_equal_or_a_longer_route_elsewhere() {
        let own = route("192.0.2.0/24", 2, None, 100);
        let over = |other: Route| overlaps(&[own.clone(), other], &interfaces()).len();
        assert_eq!(over(route("192.0.2.0/24", 4, Some("10.8.0.1"), 50)), 1, "the same, and preferred");
        assert_eq!(over(route("192.0.2.0/24", 4, Some("10.8.0.1"), 200)), 0, "the same, and not preferred");
        assert_eq!(over(route("192.0.2.128/25", 4, Some("10.8.0.1"), 200)), 1, "a part");
        assert_eq!(over(route("192.0.0.0/16", 4, Some("10.8.0.1"), 0)), 0, "a wider one loses");
        assert_eq!(over(route("192.0.2.9/32", 4, Some("10.8.0.1"), 0)), 0, "one host");
        assert_eq!(over(route("198.51.100.0/24", 4, Some("10.8.0.1"), 0)), 0, "another network");
        assert_eq!(over(route("192.0.2.128/25", 2, Some("192.0.2.7"), 0)), 0, "the same interface");
    }

    #[test]
    fn a_vpn_carries_what_a_whole_or_half_route_of_any_table_gives_it() {
        let plain = route("0.0.0.0/0", 2, Some("192.0.2.1"), 100);
        let carries = |other: Route| vpn_carries(&[plain.clone(), other], &interfaces());
        assert!(carries(route("0.0.0.0/0", 4, None, 900)));
        assert!(carries(route("128.0.0.0/1", 4, None, 0)));
        assert!(carries(route("::/0", 4, None, 0)));
        assert!(carries(Route { table: 51820, ..route("0.0.0.0/0", 4, None, 0) }));
        assert!(!carries(route("10.0.0.0/8", 4, None, 0)), "one network is not the internet");
        assert!(!carries(route("0.0.0.0/0", 3, None, 600)));
        assert!(!carries(Route { kind: RouteType::Prohibit, ..route("0.0.0.0/0", 4, None, 0) }));
    }

    #[test]
    fn every_gateway_of_a_route_with_several_counts() {
        let mut message = RouteMessage::default();
        message.header.address_family = AddressFamily::Inet;
        message.header.kind = RouteType::Unicast;
        message.header.table = 254;
        let hop = |index, gateway: [u8; 4]| {
            let mut hop = netlink_packet_route::route::RouteNextHop::default();
            hop.interface_index = index;
            hop.attributes.push(RouteAttribute::Gateway(RouteAddress::Inet(gateway.into())));
            hop
        };
        message
            .attributes
            .push(RouteAttribute::MultiPath(vec![hop(2, [192, 0, 2, 1]), hop(3, [192, 0, 2, 2])]));
        let mut routes = Vec::new();
        read(&message, &mut routes);
        let found = default_routes(&routes, &interfaces());
        let found: Vec<_> = found.iter().map(|r| r.interface.as_str()).collect();
        assert_eq!(found, ["eth0", "wlan0"]);
    }

    #[test]
    fn rules_of_every_system_are_left_out() {
        let rule_of = |priority, table, mark: Option<u32>| {
            let mut message = RuleMessage::default();
            message.header.action = RuleAction::ToTable;
            message.attributes.push(RuleAttribute::Priority(priority));
            message.attributes.push(RuleAttribute::Table(table));
            message.attributes.extend(mark.map(RuleAttribute::FwMark));
            rule(&message, Family::Ipv4)
        };
        assert_eq!(rule_of(32766, 254, None), None);
        let vpn = rule_of(32764, 51820, Some(0xca6c)).unwrap();
        assert_eq!((vpn.table, vpn.selective, vpn.action), (51820, true, Action::Table));
    }

    #[test]
    fn the_running_kernel_decides_for_this_computer_itself() {
        let here = path("x".into(), "127.0.0.1:53".parse().unwrap(), PathPurpose::Dns, &interfaces());
        assert_eq!(here.outcome, PathOutcome::Local);
        assert_eq!(here.source, Reading::Value("127.0.0.1".parse().unwrap()));
        assert!(routes().unwrap().iter().any(|r| r.kind == RouteType::Local));
        assert!(rules().is_ok());
    }
}
