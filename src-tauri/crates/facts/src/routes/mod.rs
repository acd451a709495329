//! Routes, the way that packets take now, and whether gateways answer.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | routes, rules and the kernel's own decision for an address by rtnetlink; `/proc/net/route` and `/proc/net/ipv6_route` where that is refused or a recorded tree is read (default routes alone) | none | what only marks on packets decide: a program with a mark of its own can take another way |
//! | Linux | neighbour table by netlink; `/proc/net/arp` where that is refused or a recorded tree is read | none | an entry used a while ago takes some 8 s to fail: within them a dead gateway is still `stale` or `probing` |
//! | Linux | echo request by an unprivileged ICMP socket; a TCP connection to the gateway's ports 53, 80 and 443 where no echo comes | echo: `net.ipv4.ping_group_range` holds the user's group, else `no_permission`; TCP: none | a router that answers neither is seen in the neighbour table alone |
//! | Windows, macOS | no routes yet: the subject is absent | | |
//!
//! Asking makes the system look for the neighbour, which is what decides. An answer ends it at once;
//! where none comes, a gateway that has a hardware address is given a moment for its other ports, and
//! one without is given up after two unanswered questions of the kernel. Of a recorded tree nobody is
//! asked: its gateways are not this computer's. Looking up a path sends nothing.

use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::links::{Family, InterfaceKind};
use crate::reach::ConnectOutcome;
use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod echo;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod neighbours;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod table;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// Routes and gateways.
    pub struct Routes {
        /// Default routes of the main table, the preferred first.
        part default_routes: Vec<DefaultRoute>,
        /// Routes for half of all addresses (0.0.0.0/1, 128.0.0.0/1, ::/1, 8000::/1): they win over every
        /// default route, which is how many VPN programs take all traffic.
        part half_routes: Reading<Vec<HalfRoute>>,
        /// The gateways of the default routes.
        part gateways: Vec<Gateway>,
        /// The way that packets to the policy's addresses and to the DNS servers would take now.
        part paths: Reading<Vec<Path>>,
        /// All other routes that lead somewhere, those of other tables included.
        part networks: Reading<Vec<Network>>,
        /// Networks of this computer that a route through another interface takes away in part or whole.
        part overlaps: Reading<Vec<Overlap>>,
        /// Rules that choose the table, beside the three that every system has.
        part rules: Reading<Vec<Rule>>,
    }

    /// One default route.
    pub struct DefaultRoute {
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// The interface it leaves through.
        public interface: String,
        /// The gateway; none on point-to-point links.
        internal gateway: Option<IpAddr>,
        /// The lower, the more preferred.
        public metric: u32,
        /// Who set it.
        public origin: RouteOrigin,
        /// How the IPv6 router wants to be preferred among others.
        public preference: Reading<Preference>,
        /// When it ends by itself.
        public expires_seconds: Reading<u32>,
    }

    /// A route for half of all addresses.
    pub struct HalfRoute {
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// The interface it leaves through.
        public interface: String,
        /// What kind of interface that is.
        public interface_kind: InterfaceKind,
        /// The gateway; none on point-to-point links.
        internal gateway: Option<IpAddr>,
        /// Whether the other half goes the same way, which takes everything.
        public both: bool,
    }

    /// The way a packet to an address would take now, as the kernel decides.
    pub struct Path {
        /// Where to, as the policy or the DNS settings write it.
        internal target: String,
        /// What is there.
        public purpose: PathPurpose,
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// What the kernel says.
        public outcome: PathOutcome,
        /// The interface it would leave through.
        public interface: Reading<String>,
        /// What kind of interface that is.
        public interface_kind: Reading<InterfaceKind>,
        /// The gateway it would be given to; none where the target is in the same network, or on
        /// point-to-point links.
        internal gateway: Option<IpAddr>,
        /// The address it would be sent from.
        internal source: Reading<IpAddr>,
    }

    /// A route to a network.
    pub struct Network {
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// The network's first address.
        internal destination: IpAddr,
        /// Length of the network prefix.
        public prefix_length: u8,
        /// The interface it leaves through.
        public interface: String,
        /// The gateway; none where the network is attached.
        internal gateway: Option<IpAddr>,
        /// The lower, the more preferred.
        public metric: u32,
        /// The table's number; 254 is the main one.
        public table: u32,
        /// Who set it.
        public origin: RouteOrigin,
    }

    /// A network of this computer that leaves through another interface.
    pub struct Overlap {
        /// The network's first address, or that of the part that is taken away.
        internal destination: IpAddr,
        /// Length of the network prefix.
        public prefix_length: u8,
        /// The interface that is in this network.
        public interface: String,
        /// The interface that its packets leave through.
        public through: String,
        /// What kind of interface that is.
        public through_kind: InterfaceKind,
    }

    /// A rule that chooses the table of routes.
    pub struct Rule {
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// The lower, the earlier.
        public priority: u32,
        /// What it does.
        public action: RuleAction,
        /// The table it names; 0 for none.
        public table: u32,
        /// Whether it holds for some packets alone: a sender, a mark, a user.
        public selective: bool,
    }

    /// One gateway, asked for an answer.
    pub struct Gateway {
        /// Its address.
        internal address: IpAddr,
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// The interface it is reached through.
        public interface: String,
        /// What the neighbour table says after asking: `reachable`, `stale`, `failed`, `none` …
        public neighbour: Reading<NeighbourState>,
        /// Whether it answered an echo request (ping). Many routers do not; the neighbour table decides.
        public echo: Reading<EchoOutcome>,
        /// Round trip of the answer.
        public rtt_ms: Reading<f64>,
        /// What came of a TCP connection to its ports for names and web, tried where no echo comes: a
        /// connection or a refusal shows that it hears and answers.
        public knock: Reading<ConnectOutcome>,
    }
}

/// Who set a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RouteOrigin {
    /// The system itself, for an address.
    System,
    /// A program or a person, until the next start.
    Program,
    /// The settings.
    Static,
    /// The network, together with the address.
    Dhcp,
    /// An IPv6 router's announcement.
    Router,
    /// Another source, or the system does not say.
    Other,
}

/// How an IPv6 router wants to be preferred (RFC 4191).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// Before others.
    High,
    /// As usual.
    Medium,
    /// After others.
    Low,
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathPurpose {
    /// An address of the policy on the internet.
    Internet,
    /// A DNS server that this computer uses.
    Dns,
    /// A service that the policy or the person names.
    Service,
}

/// What the kernel says of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathOutcome {
    /// There is a way.
    Found,
    /// It is this computer itself.
    Local,
    /// There is no way, or a route forbids it.
    NoWay,
    /// The system does not say.
    Unknown,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleAction {
    /// Looks into a table.
    Table,
    /// Goes on at another rule.
    Goto,
    /// Nothing.
    Nothing,
    /// Refuses or drops the packet.
    Refuse,
    /// Something else.
    Other,
}

/// State of a neighbour table entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NeighbourState {
    /// Answered just now.
    Reachable,
    /// Answered a while ago.
    Stale,
    /// Being asked (incomplete, delay, probe).
    Probing,
    /// Did not answer.
    Failed,
    /// Set by hand, or not needed on this link.
    Permanent,
    /// No entry.
    Missing,
}

/// What came of an echo request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EchoOutcome {
    /// An answer came.
    Answered,
    /// Nothing came back.
    TimedOut,
    /// The system or a router said that there is no way.
    Unreachable,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Routes> {
    platform::measure(cx).await
}

/// The way that packets to each of these addresses would take now. Nothing is sent.
pub(crate) fn ways(cx: &Context, target: &str, addresses: &[SocketAddr]) -> Reading<Vec<Path>> {
    #[cfg(target_os = "linux")]
    return Reading::from_io("list links over rtnetlink", linux::ways(cx, target, addresses));
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (cx, target, addresses);
        Reading::absent(crate::Reason::NotSupported, "this system's routes are not read yet")
    }
}

/// Whether a host answers an echo request.
pub(crate) async fn echo(to: SocketAddr, deadline: Instant) -> Reading<EchoOutcome> {
    #[cfg(target_os = "linux")]
    return echo::ask(to, deadline).await.0;
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (to, deadline);
        Reading::absent(crate::Reason::NotSupported, "this system sends no echo requests yet")
    }
}

/// The default routes, the preferred first, and the ways that the kernel takes; nothing is sent.
#[cfg(target_os = "linux")]
pub(crate) use linux::{Lists, default_routes, in_use, lists, scoped};
