//! Default routes, and whether their gateways answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use crate::links::Family;
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

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
pub async fn measure(_cx: Context) -> Reading<Routes> {
    Reading::absent(Reason::NotSupported, "no probe yet")
}
