//! Default routes, and whether their gateways answer.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | `/proc/net/route`, `/proc/net/ipv6_route` | none | other routing tables and rules (some VPNs); two half routes in place of a default route; the preference that an IPv6 router announces; all but the first of several gateways of one route |
//! | Linux | neighbour table by netlink; `/proc/net/arp` where that is refused or a recorded tree is read | none | an entry used a while ago takes some 8 s to fail: within them a dead gateway is still `stale` or `probing` |
//! | Linux, macOS | echo request by an unprivileged ICMP socket | `net.ipv4.ping_group_range` holds the user's group, else `no_permission` | routers that do not answer; a "no way" sent by the system itself shows as a timeout |
//! | Windows, macOS | no routes yet: the subject is absent | | |
//!
//! Asking for an echo makes the system look for the neighbour, which is what decides. Where the echo
//! is not permitted, an empty UDP datagram to the discard port does the same. Of a recorded tree
//! nobody is asked: its gateways are not this computer's.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::links::Family;
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
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// Default routes and gateways.
    pub struct Routes {
        /// Default routes, the preferred first.
        part default_routes: Vec<DefaultRoute>,
        /// The gateways of those routes.
        part gateways: Vec<Gateway>,
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
    }
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
