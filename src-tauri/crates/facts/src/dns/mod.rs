//! Resolvers, what each answers, and what the system's own resolution gives.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Unix | servers and search domains: `/etc/resolv.conf`; behind the stub 127.0.0.53, or without a server there, also `/run/systemd/resolve/resolv.conf` | none | servers of single links or domains (split DNS of systemd-resolved, macOS' resolvers for single domains); DNS over TLS or HTTPS, which resolved or a browser may use instead; libraries that read other files |
//! | Windows | none yet: servers and search domains are absent | | |
//! | all | each server asked directly by UDP, by TCP when the answer does not fit | none | a router's "no way" that comes as a soft error is not told to unprivileged programs and shows as a timeout |
//! | all | the system's own resolution: getaddrinfo | none | which of its sources (hosts file, mDNS, DNS) answered; its error for a dead, a failing and a refusing server is one and the same |
//!
//! Direct questions go to the policy's first two names, for IPv4 and IPv6, to every server at once.

mod ask;
mod settings;

use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::net::{self, ResolveFailure};
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

facts! {
    /// Name resolution.
    pub struct Dns {
        /// Resolvers in force, in the system's order; empty where none is set.
        part servers: Reading<Vec<DnsServer>>,
        /// The policy's names, resolved the way programs do.
        part system: Reading<Vec<SystemLookup>>,
        /// The policy's independent resolvers, asked the same names.
        part independent: Reading<Vec<DnsServer>>,
        /// Domains appended to short names.
        internal search_domains: Reading<Vec<String>>,
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

/// How many of the policy's names each server is asked for.
const NAMES_ASKED: usize = 2;

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Dns> {
    let deadline = net::deadline(&cx);
    let settings = settings::read(&cx).await;
    let search_domains = settings.clone().map(|s| s.search_domains).into();
    let set = settings.map(|s| s.servers);
    if cx.offline {
        let offline = || Reading::absent(Reason::Offline, "");
        let unasked = |servers: Vec<settings::Server>| servers.iter().map(|s| s.unasked(offline())).collect();
        return Reading::Value(Dns {
            servers: set.map(unasked).into(),
            system: Reading::absent(Reason::Offline, ""),
            independent: Reading::absent(Reason::Offline, ""),
            search_domains,
        });
    }
    let names: Vec<String> = cx.endpoints.names.iter().take(NAMES_ASKED).cloned().collect();
    let (servers, independent, system) = tokio::join!(
        async {
            match set {
                Ok(set) => Reading::Value(ask_all(set, &names, deadline).await),
                Err(absent) => absent.into(),
            }
        },
        ask_all(settings::independent(&cx.endpoints.resolvers), &names, deadline),
        look_up_all(&cx.endpoints.names, deadline),
    );
    Reading::Value(Dns {
        servers,
        system: if cx.endpoints.names.is_empty() {
            Reading::absent(Reason::NothingToMeasure, "the policy names no names")
        } else {
            Reading::Value(system)
        },
        independent: if cx.endpoints.resolvers.is_empty() {
            Reading::absent(Reason::NothingToMeasure, "the policy names no independent resolvers")
        } else {
            Reading::Value(independent)
        },
        search_domains,
    })
}

async fn ask_all(servers: Vec<settings::Server>, names: &[String], deadline: Instant) -> Vec<DnsServer> {
    let asked = servers.into_iter().map(|server| {
        let names = names.to_vec();
        async move {
            if names.is_empty() {
                return server
                    .unasked(Reading::absent(Reason::NothingToMeasure, "the policy names no names"));
            }
            let questions = names
                .into_iter()
                .flat_map(|name| [(name.clone(), ask::Record::A), (name, ask::Record::Aaaa)])
                .map(|(name, record)| ask::ask(server.address, name, record, deadline));
            let lookups = net::side_by_side(questions).await;
            server.unasked(Reading::Value(lookups))
        }
    });
    net::side_by_side(asked).await
}

async fn look_up_all(names: &[String], deadline: Instant) -> Vec<SystemLookup> {
    let lookups = names.iter().take(net::MOST_TARGETS).cloned().map(|name| look_up(name, deadline));
    net::side_by_side(lookups).await
}

async fn look_up(name: String, deadline: Instant) -> SystemLookup {
    let started = Instant::now();
    let found = net::resolve(&name, 0, deadline).await;
    let took_ms = net::ms(started.elapsed());
    let (outcome, addresses, detail) = match found {
        Ok(addresses) => {
            (LookupOutcome::Answered, addresses.iter().map(SocketAddr::ip).collect(), String::new())
        }
        Err(error) => {
            let outcome = match error.failure {
                ResolveFailure::NoSuchName => LookupOutcome::NoSuchName,
                ResolveFailure::Empty => LookupOutcome::Empty,
                ResolveFailure::TimedOut => LookupOutcome::TimedOut,
                ResolveFailure::Failed => LookupOutcome::Failed,
            };
            (outcome, Vec::new(), error.detail)
        }
    };
    SystemLookup { name, outcome, addresses, took_ms, detail }
}

#[cfg(test)]
mod tests;
