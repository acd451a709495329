//! TCP connections by address and by name, IPv4 and IPv6 apart.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | all | a TCP connection to each address and host of the policy, closed at once; getaddrinfo for names | none | the first address of a family stands for all of them; the direct way only, never through a proxy; what a firewall drops without a word looks like a host that is down |
//!
//! All attempts run side by side and share one deadline, name lookup included.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::links::Family;
use crate::net::{self, Target, Wait};
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

facts! {
    /// What can be reached by TCP.
    pub struct Reach {
        /// The policy's addresses, with no name involved.
        part addresses: Vec<Connection>,
        /// The policy's https hosts by name, each once over IPv4 and once over IPv6.
        part names: Vec<Connection>,
    }

    /// One attempted connection.
    pub struct Connection {
        /// What was asked for: `9.9.9.9:443`, `www.example.org:443`.
        internal target: String,
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// What came of it.
        public outcome: ConnectOutcome,
        /// Time to the connection or the error.
        public took_ms: f64,
        /// For supporters: the error as the system words it.
        internal detail: String,
    }
}

/// What came of a connection attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectOutcome {
    /// The connection was made.
    Connected,
    /// The other side, or something on the way, refused.
    Refused,
    /// The system or a router said that there is no way.
    Unreachable,
    /// Nothing came back.
    TimedOut,
    /// No address of this family was found for the name, so there was nothing to connect to; the
    /// detail says whether the lookup ended without one, failed, or took too long.
    NameNotFound,
    /// A firewall said that it is not allowed.
    Prohibited,
    /// Another error; see the detail.
    Failed,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Reach> {
    if cx.offline {
        return Reading::absent(Reason::Offline, "");
    }
    let deadline = net::deadline(&cx);
    let (addresses, names) =
        tokio::join!(by_address(&cx.endpoints.addresses, deadline), by_name(&cx.endpoints.https, deadline));
    Reading::Value(Reach { addresses, names })
}

/// The family of an address.
pub(crate) const fn family(address: &SocketAddr) -> Family {
    if address.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 }
}

/// Tries a TCP connection and closes it at once.
pub(crate) async fn connect(target: String, address: SocketAddr, deadline: Instant) -> Connection {
    let started = Instant::now();
    let (outcome, detail) = match net::in_time(deadline, TcpStream::connect(address)).await {
        Wait::Done(_) => (ConnectOutcome::Connected, String::new()),
        Wait::Error(error) => (net::connect_outcome(&error), format!("connect to {address}: {error}")),
        Wait::TimedOut => {
            (ConnectOutcome::TimedOut, format!("connect to {address}: {}", net::no_answer(started.elapsed())))
        }
    };
    Connection { target, family: family(&address), outcome, took_ms: net::ms(started.elapsed()), detail }
}

async fn by_address(addresses: &[String], deadline: Instant) -> Vec<Connection> {
    let attempts = addresses.iter().take(net::MOST_TARGETS).filter_map(|text| {
        let address: Option<SocketAddr> = text.trim().parse().ok();
        if address.is_none() {
            tracing::warn!(address = %text, "the policy's endpoint is not an address with a port; left out");
        }
        Some(connect(text.clone(), address?, deadline))
    });
    net::side_by_side(attempts).await
}

async fn by_name(hosts: &[String], deadline: Instant) -> Vec<Connection> {
    let mut targets: Vec<Target> = Vec::new();
    for text in hosts.iter().take(net::MOST_TARGETS) {
        match Target::parse(text, 443) {
            Some(target) if targets.contains(&target) => {}
            Some(target) => targets.push(target),
            None => tracing::warn!(host = %text, "the policy's endpoint names no host; left out"),
        }
    }
    let both = net::side_by_side(targets.into_iter().map(|target| over_both(target, deadline))).await;
    both.into_iter().flatten().collect()
}

async fn over_both(target: Target, deadline: Instant) -> Vec<Connection> {
    let label = target.label();
    // An address has one family, and no name that could lack the other.
    if let Some(address) = net::socket_address(&label, target.port) {
        return vec![connect(label, address, deadline).await];
    }
    let started = Instant::now();
    let found = net::resolve(&target.host, target.port, deadline).await;
    let took_ms = net::ms(started.elapsed());
    let (addresses, why) = match found {
        Ok(addresses) => (addresses, "the name has no address of this family".to_owned()),
        Err(error) => (Vec::new(), error.to_string()),
    };
    let over = |wanted: Family| {
        let address = addresses.iter().find(|a| family(a) == wanted).copied();
        let (label, why) = (label.clone(), why.clone());
        async move {
            match address {
                Some(address) => connect(label, address, deadline).await,
                None => Connection {
                    target: label,
                    family: wanted,
                    outcome: ConnectOutcome::NameNotFound,
                    took_ms,
                    detail: why,
                },
            }
        }
    };
    let (v4, v6) = tokio::join!(over(Family::Ipv4), over(Family::Ipv6));
    vec![v4, v6]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::net::TcpListener;

    use super::*;
    use crate::Endpoints;
    use crate::net::testing::{self, ClosedPort};

    fn context(addresses: Vec<String>, https: Vec<String>) -> Context {
        testing::context(Endpoints { https, addresses, ..testing::no_endpoints() })
    }

    async fn reach(cx: Context) -> Reach {
        measure(cx).await.value().expect("measured").clone()
    }

    #[tokio::test]
    async fn an_open_port_connects_and_a_closed_one_refuses_each_in_its_place() {
        let open = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed = ClosedPort::tcp();
        let (open_at, closed_at) = (open.local_addr().unwrap(), closed.address());
        let reach =
            reach(context(vec![closed_at.to_string(), "no address".into(), open_at.to_string()], vec![]))
                .await;
        let seen: Vec<_> = reach.addresses.iter().map(|c| (c.target.clone(), c.family, c.outcome)).collect();
        assert_eq!(
            seen,
            [
                (closed_at.to_string(), Family::Ipv4, ConnectOutcome::Refused),
                (open_at.to_string(), Family::Ipv4, ConnectOutcome::Connected),
            ]
        );
        assert!(reach.addresses[0].detail.contains("refused"), "{}", reach.addresses[0].detail);
        assert_eq!(reach.addresses[1].detail, "");
    }

    #[tokio::test]
    async fn a_name_is_tried_over_each_family_it_has() {
        let open = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = open.local_addr().unwrap().port();
        let reach = reach(context(
            vec![],
            vec![
                format!("https://localhost:{port}/a"),
                format!("localhost:{port}"),
                format!("127.0.0.1:{port}"),
            ],
        ))
        .await;
        let over = |target: &str, family| {
            let found: Vec<_> =
                reach.names.iter().filter(|c| c.target == target && c.family == family).collect();
            assert!(found.len() <= 1, "{found:?}");
            found.first().map(|c| c.outcome)
        };
        assert_eq!(over(&format!("localhost:{port}"), Family::Ipv4), Some(ConnectOutcome::Connected));
        // Whether `localhost` has an IPv6 address is up to this computer; it has no listener there.
        assert!(matches!(
            over(&format!("localhost:{port}"), Family::Ipv6),
            Some(ConnectOutcome::NameNotFound | ConnectOutcome::Refused | ConnectOutcome::Unreachable)
        ));
        assert_eq!(over(&format!("127.0.0.1:{port}"), Family::Ipv4), Some(ConnectOutcome::Connected));
        assert_eq!(over(&format!("127.0.0.1:{port}"), Family::Ipv6), None);
    }

    #[tokio::test]
    async fn a_name_without_address_is_said_for_both_families() {
        let mut cx = context(vec![], vec!["https://a..b.invalid/".into()]);
        cx.limits.probe = Duration::from_millis(300);
        let reach = reach(cx).await;
        let outcomes: Vec<_> = reach.names.iter().map(|c| (c.family, c.outcome)).collect();
        assert_eq!(
            outcomes,
            [(Family::Ipv4, ConnectOutcome::NameNotFound), (Family::Ipv6, ConnectOutcome::NameNotFound)]
        );
        assert!(reach.names[0].detail.contains("look up a..b.invalid"), "{}", reach.names[0].detail);
    }

    #[tokio::test]
    async fn offline_nothing_is_tried() {
        let open = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        open.set_nonblocking(true).unwrap();
        let mut cx = context(vec![open.local_addr().unwrap().to_string()], vec![]);
        cx.offline = true;
        let reading = measure(cx).await;
        assert_eq!(reading.absence().map(|a| a.reason), Some(Reason::Offline));
        assert!(open.accept().is_err(), "somebody connected");
    }
}
