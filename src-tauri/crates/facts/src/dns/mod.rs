//! Resolvers, what each answers, and what the system's own resolution gives.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

facts! {
    /// Name resolution.
    pub struct Dns {
        /// Resolvers in force, in the system's order.
        part servers: Vec<DnsServer>,
        /// The policy's names, resolved the way programs do.
        part system: Reading<Vec<SystemLookup>>,
        /// The policy's independent resolvers, asked the same names.
        part independent: Reading<Vec<DnsServer>>,
        /// Domains appended to short names.
        internal search_domains: Vec<String>,
    }

    /// One resolver, asked directly.
    pub struct DnsServer {
        /// Address and port.
        internal address: SocketAddr,
        /// Where the system names it: `resolv.conf`, `systemd-resolved`, `policy`.
        public source: String,
        /// The queries it was asked; absent when nothing may be sent.
        part lookups: Reading<Vec<Lookup>>,
    }

    /// One query to one resolver.
    pub struct Lookup {
        /// The name asked for.
        public name: String,
        /// `A` or `AAAA`.
        public record: String,
        /// What came back.
        public outcome: LookupOutcome,
        /// The addresses in the answer.
        internal addresses: Vec<IpAddr>,
        /// Time to the answer; absent without one.
        public took_ms: Reading<f64>,
        /// For supporters: the error as the system words it.
        internal detail: String,
    }

    /// One name, resolved the way programs do.
    pub struct SystemLookup {
        /// The name.
        public name: String,
        /// What came back.
        public outcome: LookupOutcome,
        /// The addresses in the answer.
        internal addresses: Vec<IpAddr>,
        /// Time to the answer or to the error.
        public took_ms: f64,
        /// For supporters: the error as the system words it.
        internal detail: String,
    }
}

/// What came of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LookupOutcome {
    /// At least one address.
    Answered,
    /// The name exists and has no address of this kind.
    Empty,
    /// The server says that the name does not exist (NXDOMAIN).
    NoSuchName,
    /// The server says that it failed (SERVFAIL).
    ServerFailed,
    /// The server refuses to answer (REFUSED).
    Refused,
    /// What came back is not a DNS answer.
    Malformed,
    /// Nothing came back.
    TimedOut,
    /// The system or a router said that there is no way to the server, or nothing listens there.
    Unreachable,
    /// Another error; see the detail.
    Failed,
}

/// Measures this subject.
pub async fn measure(_cx: Context) -> Reading<Dns> {
    Reading::absent(Reason::NotSupported, "no probe yet")
}
