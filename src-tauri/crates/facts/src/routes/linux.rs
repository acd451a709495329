//! Linux: the kernel's route tables, and the gateways in them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::time::Duration;

use tokio::time::Instant;

use super::neighbours::{self, State};
use super::{
    DefaultRoute, EchoOutcome, Gateway, HalfRoute, NeighbourState, Network, Overlap, Path, PathPurpose,
    RouteOrigin, Routes, Rule, echo, table,
};
use crate::links::{Family, InterfaceKind};
use crate::reach::ConnectOutcome;
use crate::{Context, Reading, Reason, net};

/// Route flag: packets are refused, not sent.
const REJECT: u32 = 0x200;

/// Route flag: there is a gateway.
const GATEWAY: u32 = 0x2;

/// How often the neighbour table is looked at while the kernel is still asking.
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// An entry in use is only asked for after five seconds, which nobody waits for; traffic of the other
/// probes may confirm it sooner.
const CONFIRMED_WITHIN: Duration = Duration::from_millis(1500);

/// The kernel asks a second apart. Two questions that stayed without an answer for a second each are
/// enough; the third, which the kernel adds, is not waited for.
const GIVES_UP_AFTER: Duration = Duration::from_millis(2050);

/// Gateways that answer pings do so within this time, mostly. Then their ports are asked as well.
const KNOCKS_AFTER: Duration = Duration::from_millis(150);

/// A gateway that has shown its hardware address and says nothing else within this time says nothing.
const MUTE_AFTER: Duration = Duration::from_millis(900);

pub(super) async fn measure(cx: Context) -> Reading<Routes> {
    let dns = crate::dns::in_force(&cx).await;
    let table =
        if cx.is_live() { kernel(&cx, &dns) } else { Table::unknown("a recorded tree has no kernel to ask") };
    let default_routes = match table.default_routes {
        Some(routes) => routes,
        None => match default_routes(&cx) {
            Ok(routes) => routes,
            Err(error) => return Reading::from_io("read /proc/net/route", Err(error)),
        },
    };
    let mut asked: Vec<(IpAddr, String)> = Vec::new();
    for route in &default_routes {
        if let Some(address) = route.gateway
            && !asked.iter().any(|(other, interface)| *other == address && *interface == route.interface)
        {
            asked.push((address, route.interface.clone()));
        }
    }
    asked.truncate(net::MOST_TARGETS);
    let gateways = if cx.offline || !cx.is_live() {
        asked.into_iter().map(|(address, interface)| unasked(&cx, address, interface)).collect()
    } else {
        let deadline = net::deadline(&cx);
        net::side_by_side(asked.into_iter().map(|(address, interface)| ask(address, interface, deadline)))
            .await
    };
    Reading::Value(Routes {
        default_routes,
        half_routes: table.half_routes,
        gateways,
        paths: table.paths,
        networks: table.networks,
        overlaps: table.overlaps,
        rules: table.rules,
    })
}

/// What the kernel says when asked.
struct Table {
    /// None where rtnetlink is refused and the files must do.
    default_routes: Option<Vec<DefaultRoute>>,
    half_routes: Reading<Vec<HalfRoute>>,
    paths: Reading<Vec<Path>>,
    networks: Reading<Vec<Network>>,
    overlaps: Reading<Vec<Overlap>>,
    rules: Reading<Vec<Rule>>,
}

impl Table {
    fn unknown(why: &str) -> Self {
        fn absent<T>(why: &str) -> Reading<T> {
            Reading::absent(Reason::NotSupported, why)
        }
        Self {
            default_routes: None,
            half_routes: absent(why),
            paths: absent(why),
            networks: absent(why),
            overlaps: absent(why),
            rules: absent(why),
        }
    }
}

fn kernel(cx: &Context, dns: &[SocketAddr]) -> Table {
    let known = crate::links::known(cx);
    let (interfaces, routes) =
        match known.and_then(|known| Ok((table::Interfaces::new(known), table::routes()?))) {
            Ok(both) => both,
            Err(error) => {
                tracing::debug!(%error, "rtnetlink refused; reading /proc/net");
                return Table::unknown(&format!("list routes over rtnetlink: {error}"));
            }
        };
    let internet = cx
        .endpoints
        .addresses
        .iter()
        .take(net::MOST_TARGETS)
        .filter_map(|text| Some((text.clone(), text.trim().parse().ok()?, PathPurpose::Internet)));
    let dns = dns.iter().map(|address| (address.to_string(), *address, PathPurpose::Dns));
    let paths = internet
        .chain(dns)
        .map(|(target, address, purpose)| table::path(target, address, purpose, &interfaces))
        .collect();
    Table {
        default_routes: Some(table::default_routes(&routes, &interfaces)),
        half_routes: Reading::Value(table::half_routes(&routes, &interfaces)),
        paths: Reading::Value(paths),
        networks: Reading::Value(table::networks(&routes, &interfaces)),
        overlaps: Reading::Value(table::overlaps(&routes, &interfaces)),
        rules: Reading::from_io("list rules over rtnetlink", table::rules()),
    }
}

/// How packets leave now.
pub(crate) struct InUse {
    /// A VPN takes all or half of the traffic, or that to one of the addresses.
    pub(crate) vpn: bool,
    /// The interface of the way to each of the addresses, where the kernel names one.
    pub(crate) interfaces: Vec<Option<String>>,
}

/// Asks the kernel which ways it takes to these addresses. Nothing is sent.
pub(crate) fn in_use(cx: &Context, addresses: &[SocketAddr]) -> io::Result<InUse> {
    let interfaces = table::Interfaces::new(crate::links::known(cx)?);
    let mut vpn = table::vpn_carries(&table::routes()?, &interfaces);
    let mut names = Vec::new();
    for address in addresses {
        let path = table::path(address.to_string(), *address, PathPurpose::Internet, &interfaces);
        vpn |= path.interface_kind.value() == Some(&InterfaceKind::Vpn);
        names.push(path.interface.value().cloned());
    }
    Ok(InUse { vpn, interfaces: names })
}

/// The way to each of these addresses of one service. Nothing is sent.
pub(super) fn ways(cx: &Context, target: &str, addresses: &[SocketAddr]) -> io::Result<Vec<Path>> {
    let interfaces = table::Interfaces::new(crate::links::known(cx)?);
    let way = |to: &SocketAddr| table::path(target.to_owned(), *to, PathPurpose::Service, &interfaces);
    Ok(addresses.iter().map(way).collect())
}

/// What the kernel's tables say of tunnels.
pub(crate) struct Lists {
    pub(crate) default_routes: Vec<DefaultRoute>,
    pub(crate) half_routes: Vec<HalfRoute>,
    pub(crate) networks: Vec<Network>,
    /// The ways to the DNS servers in force.
    pub(crate) name_servers: Vec<Path>,
}

/// Reads them; nothing is sent.
pub(crate) fn lists(cx: &Context, dns: &[SocketAddr]) -> io::Result<Lists> {
    let interfaces = table::Interfaces::new(crate::links::known(cx)?);
    let routes = table::routes()?;
    let way = |to: &SocketAddr| table::path(to.to_string(), *to, PathPurpose::Dns, &interfaces);
    Ok(Lists {
        default_routes: table::default_routes(&routes, &interfaces),
        half_routes: table::half_routes(&routes, &interfaces),
        networks: table::networks(&routes, &interfaces),
        name_servers: dns.iter().map(way).collect(),
    })
}

/// IPv4 before IPv6, and in each the preferred first.
pub(crate) fn default_routes(cx: &Context) -> io::Result<Vec<DefaultRoute>> {
    let text = |file: &str| match std::fs::read(cx.path(file)) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        // The family is switched off.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    let (v4, v6) = (text("/proc/net/route")?, text("/proc/net/ipv6_route")?);
    if v4.is_none() && v6.is_none() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut routes: Vec<_> = v4.iter().flat_map(|t| t.lines()).filter_map(route_v4).collect();
    routes.sort_by_key(|route| route.metric);
    let mut six: Vec<_> = v6.iter().flat_map(|t| t.lines()).filter_map(route_v6).collect();
    six.sort_by_key(|route| route.metric);
    routes.append(&mut six);
    Ok(routes)
}

/// `Iface Destination Gateway Flags RefCnt Use Metric Mask …`, addresses in the machine's byte order.
fn route_v4(line: &str) -> Option<DefaultRoute> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let hex = |index: usize| fields.get(index).and_then(|text| u32::from_str_radix(text, 16).ok());
    let (destination, gateway, flags, mask) = (hex(1)?, hex(2)?, hex(3)?, hex(7)?);
    if destination != 0 || mask != 0 || flags & REJECT != 0 || fields[0] == "lo" {
        return None;
    }
    Some(DefaultRoute {
        family: Family::Ipv4,
        interface: fields[0].to_owned(),
        gateway: (flags & GATEWAY != 0).then(|| Ipv4Addr::from(gateway.to_ne_bytes()).into()),
        metric: fields[6].parse().ok()?,
        origin: RouteOrigin::Other,
        preference: unlisted(),
        expires_seconds: unlisted(),
    })
}

/// `destination length source length gateway metric refcount use flags interface`, all hexadecimal.
fn route_v6(line: &str) -> Option<DefaultRoute> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let hex = |index: usize| fields.get(index).and_then(|text| u32::from_str_radix(text, 16).ok());
    let address = |index: usize| {
        fields.get(index).and_then(|text| u128::from_str_radix(text, 16).ok()).map(Ipv6Addr::from)
    };
    let (destination, length, gateway, metric, flags) = (address(0)?, hex(1)?, address(4)?, hex(5)?, hex(8)?);
    let interface = *fields.get(9)?;
    if !destination.is_unspecified() || length != 0 || flags & REJECT != 0 || interface == "lo" {
        return None;
    }
    Some(DefaultRoute {
        family: Family::Ipv6,
        interface: interface.to_owned(),
        gateway: (flags & GATEWAY != 0).then(|| gateway.into()),
        metric,
        origin: RouteOrigin::Other,
        preference: unlisted(),
        expires_seconds: unlisted(),
    })
}

fn unlisted<T>() -> Reading<T> {
    Reading::absent(Reason::NotSupported, "/proc/net does not list it")
}

const fn family(address: &IpAddr) -> Family {
    if address.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 }
}

/// A gateway that nothing is sent to: the neighbour table as it is.
fn unasked(cx: &Context, address: IpAddr, interface: String) -> Gateway {
    let neighbour =
        if cx.is_live() { look(address, &interface) } else { neighbours::from_arp(cx, address, &interface) };
    let (reason, why) = if cx.offline {
        (Reason::Offline, "")
    } else {
        (Reason::NothingToMeasure, "a recorded tree's gateway can't be asked")
    };
    Gateway {
        address,
        family: family(&address),
        interface,
        neighbour: neighbour.map(State::fact),
        echo: Reading::absent(reason, why),
        rtt_ms: Reading::absent(reason, why),
        knock: Reading::absent(reason, why),
    }
}

/// The neighbour table now: netlink, or the file where netlink is refused.
fn look(address: IpAddr, interface: &str) -> Reading<State> {
    match neighbours::from_kernel(address, interface) {
        Ok(state) => Reading::Value(state),
        Err(error) if address.is_ipv4() => {
            tracing::debug!(%error, "netlink refused; reading /proc/net/arp");
            neighbours::from_arp(&Context::default(), address, interface)
        }
        Err(error) => Reading::from_io("read the neighbour table", Err(error)),
    }
}

async fn ask(address: IpAddr, interface: String, deadline: Instant) -> Gateway {
    let to = scoped(address, &interface, 0);
    let mut asking = std::pin::pin!(echo::ask(to, deadline));
    let mut knocking = std::pin::pin!(echo::knock(to, deadline));
    let mut watched = Watched::new(Instant::now());
    let mut again = tokio::time::interval(LOOK_AGAIN);
    let (mut echo, mut knock, mut knocks) = (None, None, false);
    loop {
        tokio::select! {
            biased;
            came = &mut asking, if echo.is_none() => echo = Some(came),
            came = &mut knocking, if knocks && knock.is_none() => knock = Some(came),
            _ = again.tick() => {}
        }
        let now = Instant::now();
        let reading = look(address, &interface);
        watched.saw(reading.value().copied(), now);
        let answered = matches!(&echo, Some((Reading::Value(EchoOutcome::Answered), _)));
        let heard = answered || matches!(knock, Some(ConnectOutcome::Connected | ConnectOutcome::Refused));
        knocks |= echo.is_some() || now >= watched.since + KNOCKS_AFTER;
        if !heard && !watched.is_settled(now, deadline) {
            continue;
        }
        let neighbour = if heard { reading } else { reading.map(|state| watched.verdict(state)) };
        let (echo, rtt_ms) = echo.unwrap_or_else(echo::unanswered);
        return Gateway {
            address,
            family: family(&address),
            interface,
            neighbour: neighbour.map(State::fact),
            echo,
            rtt_ms,
            knock: match knock {
                _ if answered => Reading::absent(Reason::NothingToMeasure, "it answers an echo"),
                Some(outcome) => Reading::Value(outcome),
                None => Reading::Value(ConnectOutcome::TimedOut),
            },
        };
    }
}

/// What was seen of an entry while the kernel asked.
struct Watched {
    since: Instant,
    last: Option<State>,
    failed: bool,
    /// Since when the kernel has asked without an answer.
    asking_since: Option<Instant>,
    /// Since when the entry has had an address.
    known_since: Option<Instant>,
    looked_at: Instant,
}

impl Watched {
    fn new(now: Instant) -> Self {
        Self { since: now, last: None, failed: false, asking_since: None, known_since: None, looked_at: now }
    }

    fn saw(&mut self, state: Option<State>, now: Instant) {
        match state {
            // A failure from before this question is no answer to it: the kernel asks anew.
            Some(State::FAILED) => self.failed = self.asking_since.is_some(),
            Some(State::INCOMPLETE) => {
                self.asking_since.get_or_insert(now);
            }
            // Whatever was said before, it has an address now.
            _ => (self.failed, self.asking_since) = (false, None),
        }
        if self.failed || self.asking_since.is_some() {
            self.known_since = None;
        } else {
            self.known_since.get_or_insert(now);
        }
        (self.last, self.looked_at) = (state, now);
    }

    /// Whether waiting for an echo or a port any longer says nothing new.
    fn is_settled(&self, now: Instant, deadline: Instant) -> bool {
        let until = match self.last {
            _ if self.failed || self.has_given_up() => return true,
            Some(State::INCOMPLETE | State::PROBE) => deadline,
            Some(State::DELAY) => deadline.min(self.since + CONFIRMED_WITHIN),
            _ => deadline.min(self.known_since.unwrap_or(self.since) + MUTE_AFTER),
        };
        now >= until
    }

    /// Other traffic makes the kernel ask anew the moment it gave up, so a failure may be over before
    /// it is seen; having asked for so long is the same failure.
    fn has_given_up(&self) -> bool {
        self.asking_since.is_some_and(|since| self.looked_at - since >= GIVES_UP_AFTER)
    }

    fn verdict(&self, now: State) -> State {
        if self.failed || self.has_given_up() { State::FAILED } else { now }
    }
}

/// Link-local addresses mean nothing without their interface.
pub(crate) fn scoped(address: IpAddr, interface: &str, port: u16) -> SocketAddr {
    match address {
        IpAddr::V6(v6) if v6.is_unicast_link_local() => {
            SocketAddrV6::new(v6, port, 0, net::interface_index(interface).unwrap_or(0)).into()
        }
        address => SocketAddr::new(address, port),
    }
}

impl State {
    fn fact(self) -> NeighbourState {
        match self {
            Self::REACHABLE => NeighbourState::Reachable,
            Self::STALE => NeighbourState::Stale,
            Self::INCOMPLETE | Self::DELAY | Self::PROBE => NeighbourState::Probing,
            Self::FAILED => NeighbourState::Failed,
            Self::PERMANENT | Self::NOARP => NeighbourState::Permanent,
            _ => NeighbourState::Missing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTE: &str = "\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t0202000A\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0
*\t00000000\t00000000\t0200\t0\t0\t900\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
";

    const ROUTE6: &str = "\
fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000002 00000000 00450003     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000002 00000258 00000002 00000000 00450003     wlan0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
";

    const ARP: &str = "\
IP address       HW type     Flags       HW address            Mask     Device
192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0
10.0.2.2         0x1         0x0         00:00:00:00:00:00     *        wlan0
";

    fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, Context) {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("proc/net")).unwrap();
        for (file, text) in files {
            std::fs::write(root.path().join("proc/net").join(file), text).unwrap();
        }
        let cx = Context { root: root.path().to_owned(), ..Context::default() };
        (root, cx)
    }

    #[cfg(target_endian = "little")]
    #[tokio::test]
    async fn default_routes_come_preferred_first_and_ipv4_before_ipv6() {
        let (_root, cx) = tree(&[("route", ROUTE), ("ipv6_route", ROUTE6), ("arp", ARP)]);
        let reading = measure(cx).await;
        let routes = reading.value().unwrap();
        let seen: Vec<_> = routes
            .default_routes
            .iter()
            .map(|r| (r.interface.as_str(), r.gateway.map(|g| g.to_string()), r.metric))
            .collect();
        assert_eq!(
            seen,
            [
                ("tun0", None, 50),
                ("eth0", Some("192.0.2.1".into()), 100),
                ("wlan0", Some("10.0.2.2".into()), 600),
                ("wlan0", Some("fe80::2".into()), 600),
                ("eth0", Some("fe80::1".into()), 1024),
            ]
        );
        let gateways: Vec<_> = routes
            .gateways
            .iter()
            .map(|g| (g.address.to_string(), g.neighbour.value().copied(), g.echo.absence().unwrap().reason))
            .collect();
        let nobody = Reason::NothingToMeasure;
        assert_eq!(
            gateways,
            [
                ("192.0.2.1".into(), Some(NeighbourState::Stale), nobody),
                ("10.0.2.2".into(), Some(NeighbourState::Failed), nobody),
                ("fe80::2".into(), None, nobody),
                ("fe80::1".into(), None, nobody),
            ]
        );
    }

    #[tokio::test]
    async fn a_switched_off_family_is_no_error_and_no_source_at_all_is() {
        let (_root, mut cx) = tree(&[("route", "Iface\tDestination\n")]);
        cx.offline = true;
        assert_eq!(measure(cx).await.value().unwrap().default_routes, []);
        let (_root, cx) = tree(&[]);
        assert_eq!(measure(cx).await.absence().unwrap().reason, Reason::NotSupported);
    }

    #[cfg(target_endian = "little")]
    #[tokio::test]
    async fn offline_the_neighbour_table_is_read_and_nothing_is_sent() {
        let (_root, mut cx) = tree(&[("route", ROUTE), ("arp", "")]);
        cx.offline = true;
        let reading = measure(cx).await;
        let gateway = &reading.value().unwrap().gateways[0];
        assert_eq!(gateway.neighbour, Reading::Value(NeighbourState::Missing));
        assert_eq!(gateway.echo.absence().unwrap().reason, Reason::Offline);
        assert_eq!(gateway.rtt_ms.absence().unwrap().reason, Reason::Offline);
    }

    #[test]
    fn a_failure_counts_even_when_the_kernel_asks_anew() {
        let start = Instant::now();
        let deadline = start + Duration::from_secs(5);
        let at = |ms| start + Duration::from_millis(ms);

        let mut seen_to_fail = Watched::new(start);
        for (ms, state) in [(0, State::INCOMPLETE), (900, State::FAILED), (950, State::INCOMPLETE)] {
            seen_to_fail.saw(Some(state), at(ms));
        }
        assert!(seen_to_fail.is_settled(at(950), deadline));
        assert_eq!(seen_to_fail.verdict(State::INCOMPLETE), State::FAILED);

        let mut asked_all_along = Watched::new(start);
        for ms in [0, 1000, 2000] {
            asked_all_along.saw(Some(State::INCOMPLETE), at(ms));
            assert!(!asked_all_along.is_settled(at(ms), deadline));
            assert_eq!(asked_all_along.verdict(State::INCOMPLETE), State::INCOMPLETE, "still asking");
        }
        asked_all_along.saw(Some(State::INCOMPLETE), at(3000));
        assert_eq!(asked_all_along.verdict(State::INCOMPLETE), State::FAILED);

        let mut answered_late = Watched::new(start);
        for (ms, state) in [(0, State::FAILED), (50, State::INCOMPLETE), (2000, State::REACHABLE)] {
            answered_late.saw(Some(state), at(ms));
        }
        assert_eq!(answered_late.verdict(State::REACHABLE), State::REACHABLE);

        // In use and not yet asked for: some time, and not all of it.
        let mut in_use = Watched::new(start);
        in_use.saw(Some(State::DELAY), at(100));
        assert!(!in_use.is_settled(at(100), deadline));
        assert!(in_use.is_settled(at(1600), deadline));
    }

    #[test]
    fn damaged_lines_are_no_routes() {
        for line in ["", "eth0", "eth0 0 0", "eth0\t00000000\tzz\t0003\t0\t0\t0\t00000000"] {
            assert!(route_v4(line).is_none() && route_v6(line).is_none(), "{line}");
        }
    }

    #[tokio::test]
    async fn a_live_gateway_is_asked_within_its_time() {
        // This computer itself: it answers at once, or asking is not permitted.
        let deadline = Instant::now() + Duration::from_secs(20);
        let gateway = ask("127.0.0.1".parse().unwrap(), "lo".into(), deadline).await;
        match gateway.echo {
            Reading::Value(outcome) => {
                assert_eq!(outcome, EchoOutcome::Answered);
                assert!(*gateway.rtt_ms.value().unwrap() < 1000.0);
            }
            Reading::Absent { absent } => assert_eq!(absent.reason, Reason::NoPermission, "{absent}"),
        }
    }
}
