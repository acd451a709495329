//! The way into the internet and how good it is: the first routers on it and what they say, loss, round
//! trips and interruptions over a short series, and the largest packet that gets through.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | UDP datagrams with small hop limits to the policy's first address of each family, ports 33434 and up, and the errors that routers send back (`IP_RECVERR`, `IPV6_RECVERR`) | none | routers that do not tell that they dropped something; packets of one attempt may take different ways; ICMP can be forged by anybody on the way |
//! | Linux | a series of echoes by unprivileged ICMP sockets to the policy's addresses and this computer's routers, some 5 ms apart: 60 where none is lost, up to 240 where some are | `net.ipv4.ping_group_range` holds the user's group | a fault that is absent for these 0.3 to 1.3 s; loss under some 3 % |
//! | Linux | where echoes are not permitted or not answered: TCP connections to the policy's addresses, 40 to 80, closed at once; one that takes longer than three usual round trips and 150 ms counts as lost | none | a busy server looks like loss |
//! | Linux | echoes of the size that the system takes for possible, with "don't fragment" (`IP_PMTUDISC_PROBE`), beside small ones | as for echoes | hosts that answer small echoes alone |
//! | Linux | TCP through the adapters of the other default routes (`SO_BINDTODEVICE`), only where the preferred way fails and no VPN carries the traffic, by a whole or half route of any table or by the way to an address | Linux before 5.7: root | other routers behind the same adapter; a VPN without an interface of its own is not seen |
//! | Linux | `/sys/class/net/*/carrier_changes` before and after | none | |
//! | Windows, macOS | nothing yet: the subject is absent | | |
//!
//! Nobody but the policy's addresses and this computer's own routers is asked for an echo: an address
//! that an ICMP message names is never sent to. A host that answers no echo at all is "not measured"; it
//! is not loss.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::links::Family;
use crate::reach::ConnectOutcome;
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

#[cfg(target_os = "linux")]
mod errors;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod series;
#[cfg(target_os = "linux")]
mod sizes;
mod statistics;
#[cfg(target_os = "linux")]
mod ways;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// The way into the internet and how good it is.
    pub struct Path {
        /// The way to the policy's first address of each family.
        part ways: Vec<Way>,
        /// The policy's addresses by the adapters of less preferred default routes; empty where the
        /// preferred way works, there is no other, or a VPN carries the traffic.
        part other_ways: Vec<OtherWay>,
        /// The series to all addresses taken together.
        part line: Reading<Line>,
        /// Each series on its own: to the routers of this network, and to the policy's addresses.
        part series: Vec<Series>,
        /// Which packet sizes get through to the policy's addresses that answer echoes.
        part sizes: Vec<PacketSize>,
        /// How often the adapters of the default routes lost or found their connection meanwhile.
        public link_changes_count: Reading<u32>,
    }

    /// The way to one address.
    pub struct Way {
        /// The policy's address.
        internal target: String,
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// How it ends.
        public end: WayEnd,
        /// Who said so; none where nobody did.
        internal ended_by: Option<IpAddr>,
        /// The routers that answered, the nearest first.
        part hops: Vec<Hop>,
        /// Whether a TCP connection to the same address was made meanwhile.
        public connection: ConnectOutcome,
        /// How long it was followed.
        public took_ms: f64,
        /// For supporters: what was heard, in the words of the protocol.
        internal detail: String,
    }

    /// A router on the way.
    pub struct Hop {
        /// The nearest is 1.
        public number: u8,
        /// Its address.
        internal router: IpAddr,
        /// Round trip to it.
        public rtt_ms: f64,
    }

    /// A TCP connection that leaves through the adapter of a less preferred default route.
    pub struct OtherWay {
        /// The adapter.
        public interface: String,
        /// The policy's address.
        internal target: String,
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// What came of it.
        public outcome: Reading<ConnectOutcome>,
    }

    /// All series to the policy's addresses as one.
    pub struct Line {
        /// What was sent.
        public method: SeriesMethod,
        /// How many were sent.
        public sent_count: u32,
        /// How many were not answered.
        public lost_count: u32,
        /// Share of those not answered.
        public loss_percent: f64,
        /// Middle round trip to the nearest address.
        public median_ms: f64,
        /// Mean difference of one round trip to the next, at the steadiest address.
        public jitter_ms: f64,
        /// Times in which nothing at all came back, while before or after it did.
        public outage_count: u32,
        /// How long they were together.
        public outage_ms: f64,
    }

    /// A series to one host.
    pub struct Series {
        /// Its address.
        internal target: String,
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// Where it stands.
        public role: SeriesRole,
        /// What was sent.
        public method: SeriesMethod,
        /// How many were sent.
        public sent_count: u32,
        /// How many were answered.
        public received_count: u32,
        /// Share of those not answered; absent where the host answers none.
        public loss_percent: Reading<f64>,
        /// Shortest round trip.
        public min_ms: Reading<f64>,
        /// Middle round trip.
        public median_ms: Reading<f64>,
        /// Longest round trip.
        public max_ms: Reading<f64>,
        /// Mean difference of one round trip to the next.
        public jitter_ms: Reading<f64>,
    }

    /// Which packet sizes get through to one address.
    pub struct PacketSize {
        /// The policy's address.
        internal target: String,
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// What came of the largest.
        public outcome: SizeOutcome,
        /// The size that this computer takes for possible, and tried.
        public tried_bytes: u32,
        /// The largest that was answered.
        public answered_bytes: Reading<u32>,
        /// The size that a router on the way named as its largest.
        public told_bytes: Reading<u32>,
        /// That router.
        internal told_by: Option<IpAddr>,
    }
}

/// How a way ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WayEnd {
    /// The address itself answered.
    Reached,
    /// A router on the way said that it knows no way.
    NoWay,
    /// A router on the way said that the next one does not answer.
    HostUnreachable,
    /// Somebody on the way said that it is not allowed.
    Prohibited,
    /// Somebody on the way refused in the address's stead.
    Refused,
    /// The routers send it in a circle.
    Circle,
    /// Nothing came back from behind the last router that answered.
    Silent,
    /// This computer itself does not allow it.
    ProhibitedHere,
    /// This computer found that its router does not answer.
    RouterSilent,
    /// This computer knows no way for this family, so nothing was sent.
    NotSent,
}

/// Where a host of a series stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesRole {
    /// A router of this network.
    Router,
    /// An address of the policy.
    Internet,
}

/// What a series is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesMethod {
    /// Echo requests (ping).
    Echo,
    /// TCP connections.
    Connect,
}

/// What came of the largest packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SizeOutcome {
    /// It was answered.
    Answered,
    /// A router said that it is too big, as it should.
    TooBig,
    /// Small ones are answered, it never is, and nobody said why.
    Vanished,
    /// This system could not send it.
    Failed,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Path> {
    if cx.offline {
        return Reading::absent(Reason::Offline, "");
    }
    if !cx.is_live() {
        return Reading::absent(Reason::NothingToMeasure, "a recorded tree's way can't be followed");
    }
    platform::measure(cx).await
}
