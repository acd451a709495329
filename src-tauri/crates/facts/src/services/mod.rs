//! The organisation's services, and one site: name, connection, TLS, first words, status.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | all | getaddrinfo; a TCP connection over each address family; a TLS handshake where the service begins with one; the protocol's first words; one GET for pages | none | what comes after signing in; services behind the first address of a family; UDP services |
//!
//! Whose an address is and which way leads there now is read from the kernel (Linux; elsewhere absent).
//! A VPN's server that takes no connection is also asked for an echo, so that a port that is blocked can
//! be told from a host that is gone; of VPNs over UDP the policy can name a TCP port of the same host alone.
//!
//! All steps of a service run side by side as far as they can; the services too. Page and certificate
//! are asked for the way the person's browser goes, through the proxy where one is set, and not at all where
//! a script chooses it; connections are those of the direct way, as is the look-up. An answer that is the
//! proxy's own is told from one of the service (see `proxied`). Nothing is sent over a connection whose certificate is not trusted.

mod endpoint;
mod greeting;
mod proxied;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::header::ACCEPT;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::time::Instant;

pub use endpoint::{ServiceEndpoint, ServiceKind, ServicePlace, SiteError};

use crate::dns::{AddressScope, LookupOutcome};
use crate::net::http::{self, Way};
use crate::net::{self, ResolveError, Target};
use crate::proxy::{TunnelOutcome, admitted};
use crate::reach::{self, ConnectOutcome, Connection};
use crate::routes::{self, EchoOutcome, Path};
use crate::sensitivity::facts;
use crate::tls::{self, Anchors, TlsHost};
use crate::{Context, Reading, Reason};

facts! {
    /// The organisation's services.
    pub struct Services {
        /// One entry a service of the policy.
        part entries: Vec<Service>,
    }

    /// One service.
    pub struct Service {
        /// What people call it; of a named site, its host.
        internal name: String,
        /// Host and port.
        internal at: String,
        /// What it speaks.
        public kind: ServiceKind,
        /// From where it can be reached, as the policy says.
        public place: ServicePlace,
        /// What came of looking its name up; absent where it is an address.
        public lookup: Reading<LookupOutcome>,
        /// Its addresses.
        internal addresses: Vec<IpAddr>,
        /// Whose the first of them is, as far as its number tells.
        public scope: Reading<AddressScope>,
        /// The way that packets to it would take now, for each address family.
        part ways: Reading<Vec<Path>>,
        /// A connection over each address family that it has.
        part connections: Vec<Connection>,
        /// Its TLS handshake, where it begins with one.
        part tls: Reading<TlsHost>,
        /// Its first words, for the kinds that have some.
        public greeting: Reading<Greeting>,
        /// The line it greets with.
        internal greeting_text: Reading<String>,
        /// Status of the page, for the kinds that have pages; never that of a proxy's own answer.
        public status: Reading<u16>,
        /// Whether the person's browser asks for its pages through a proxy, so that the direct way says
        /// nothing of them; absent where a script chooses. Programs of other kinds go directly.
        public by_proxy: Reading<bool>,
        /// What that proxy says of the way there.
        public proxy_answer: Reading<TunnelOutcome>,
        /// Whether its host answers an echo request (ping); asked of a VPN's server alone, and only where
        /// no connection came.
        public echo: Reading<EchoOutcome>,
        /// Time to the end of the slowest step.
        public took_ms: f64,
        /// For supporters: the error as the system words it.
        internal detail: String,
    }
}

/// What a service says first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Greeting {
    /// What the protocol begins with.
    Spoken,
    /// Something else: another service, or somebody in between.
    Other,
    /// Nothing.
    Silent,
    /// It hung up.
    Closed,
    /// It speaks the protocol, and says that it serves nobody at the moment.
    TurnedAway,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Services> {
    if cx.services.is_empty() {
        return Reading::absent(Reason::NothingToMeasure, "the policy names no services");
    }
    if cx.offline {
        return Reading::absent(Reason::Offline, "");
    }
    let anchors = match Anchors::of(&cx).await {
        Ok(anchors) => anchors,
        Err(absent) => return absent.into(),
    };
    let deadline = net::deadline(&cx);
    let way = Way::of_browser(&cx).await;
    let services = cx
        .services
        .iter()
        .take(net::MOST_TARGETS)
        .cloned()
        .map(|endpoint| one(cx.clone(), way.clone(), endpoint, Arc::clone(&anchors), deadline));
    Reading::Value(Services { entries: net::side_by_side(services).await })
}

/// Measures the one site that the person named.
pub(crate) async fn site(cx: Context) -> Reading<Service> {
    let Some(endpoint) = cx.site.clone() else {
        return Reading::absent(Reason::NothingToMeasure, "no site was named");
    };
    if cx.offline {
        return Reading::absent(Reason::Offline, "");
    }
    match Anchors::of(&cx).await {
        Ok(anchors) => {
            let deadline = net::deadline(&cx);
            let way = Way::of_browser(&cx).await;
            Reading::Value(Box::pin(one(cx, way, endpoint, anchors, deadline)).await)
        }
        Err(absent) => absent.into(),
    }
}

async fn one(
    cx: Context,
    way: Way,
    endpoint: ServiceEndpoint,
    anchors: Arc<Anchors>,
    deadline: Instant,
) -> Service {
    let started = Instant::now();
    let nothing = |detail: &str| Reading::absent(Reason::NothingToMeasure, detail);
    let mut seen = Service {
        name: net::tame(&endpoint.name, 120),
        at: endpoint.at.clone(),
        kind: endpoint.kind,
        place: endpoint.place,
        lookup: Reading::absent(Reason::NothingToMeasure, "it is an address"),
        addresses: Vec::new(),
        scope: Reading::absent(Reason::NothingToMeasure, "no address"),
        ways: Reading::absent(Reason::NothingToMeasure, "no address"),
        connections: Vec::new(),
        tls: Reading::absent(Reason::NothingToMeasure, "it does not begin with TLS"),
        greeting: Reading::absent(Reason::NothingToMeasure, "nothing is said first"),
        greeting_text: Reading::absent(Reason::NothingToMeasure, "nothing is said first"),
        status: Reading::absent(Reason::NothingToMeasure, "it has no pages"),
        by_proxy: Reading::Value(false),
        proxy_answer: Reading::absent(Reason::NothingToMeasure, "no proxy leads there"),
        echo: Reading::absent(Reason::NothingToMeasure, "not asked for it"),
        took_ms: 0.0,
        detail: String::new(),
    };
    let Some(target) = endpoint.target() else {
        seen.detail = "the entry names no host".into();
        return seen;
    };
    seen.at = target.label();
    if let Some(url) = endpoint.url() {
        seen.by_proxy = way.source().map(|_| way.proxy_for(url.as_str()).is_some());
        if let Reading::Absent { absent } = &seen.by_proxy {
            seen.proxy_answer = absent.clone().into();
        }
    }
    let page = page(&cx, &way, &endpoint, &anchors, deadline);
    let handshake = async {
        if !endpoint.kind.begins_with_tls(target.port) {
            return (nothing("it does not begin with TLS"), None);
        }
        let mut proxy = None;
        if let Some(url) = endpoint.url() {
            // Where a script chooses the way of pages, nobody knows it.
            if let Reading::Absent { absent } = way.source() {
                return (absent.into(), None);
            }
            proxy = way.proxy_for(url.as_str());
        }
        let (cx, anchors) = (cx.clone(), Arc::clone(&anchors));
        let (seen, answer) = tls::host(cx, target.clone(), proxy, anchors, deadline).await;
        (Reading::Value(seen), answer)
    };
    let words = words(endpoint.kind, &target, &anchors, deadline);
    // Beside the words: a service that is silent must not take the time for its connections.
    let (reached, (status, of_page), (handshake, of_tunnel), words) =
        tokio::join!(reached(&cx, &endpoint, &target, deadline), page, handshake, words);
    seen.status = status;
    seen.tls = handshake;
    if let Some(answer) = of_tunnel.or(of_page) {
        seen.proxy_answer = Reading::Value(answer);
    }
    (seen.greeting, seen.greeting_text) = words;
    let named = target.host.parse::<IpAddr>().is_err();
    match reached {
        Ok(reached) => {
            if named {
                seen.lookup = Reading::Value(LookupOutcome::Answered);
            }
            (seen.addresses, seen.scope, seen.ways) = (reached.addresses, reached.scope, reached.ways);
            (seen.connections, seen.echo) = (reached.connections, reached.echo);
        }
        Err(error) => {
            seen.detail = net::tame(&error.to_string(), 300);
            seen.lookup = Reading::Value(error.failure.into());
        }
    }
    if let Some(failed) = seen.connections.iter().find(|c| c.outcome != ConnectOutcome::Connected)
        && seen.detail.is_empty()
    {
        seen.detail.clone_from(&failed.detail);
    }
    seen.took_ms = net::ms(started.elapsed());
    seen
}

/// Where a service is, and what came of connecting to it.
struct Reached {
    addresses: Vec<IpAddr>,
    scope: Reading<AddressScope>,
    ways: Reading<Vec<Path>>,
    connections: Vec<Connection>,
    echo: Reading<EchoOutcome>,
}

async fn reached(
    cx: &Context,
    endpoint: &ServiceEndpoint,
    target: &Target,
    deadline: Instant,
) -> Result<Reached, ResolveError> {
    let addresses = net::resolve(&target.host, target.port, deadline).await?;
    let first = |v4: bool| addresses.iter().find(|a| a.is_ipv4() == v4).copied();
    let firsts: Vec<SocketAddr> = [first(true), first(false)].into_iter().flatten().collect();
    let attempts = firsts.iter().map(|address| reach::connect(target.label(), *address, deadline));
    let server = firsts.first().filter(|_| endpoint.place == ServicePlace::VpnServer);
    let (connections, echo) = tokio::join!(net::side_by_side(attempts), host_answers(server, deadline));
    let connected = connections.iter().any(|c| c.outcome == ConnectOutcome::Connected);
    Ok(Reached {
        scope: match firsts.first() {
            Some(first) => Reading::Value(net::scope(first.ip(), &net::own_networks())),
            None => Reading::absent(Reason::NothingToMeasure, "no address"),
        },
        ways: routes::ways(cx, &target.label(), &firsts),
        echo: if connected {
            Reading::absent(Reason::NothingToMeasure, "it takes connections")
        } else {
            echo
        },
        addresses: addresses.into_iter().map(|a| a.ip()).collect(),
        connections,
    })
}

/// Whether the host behind an address answers at all.
async fn host_answers(address: Option<&SocketAddr>, deadline: Instant) -> Reading<EchoOutcome> {
    match address {
        Some(address) => routes::echo(*address, deadline).await,
        None => Reading::absent(Reason::NothingToMeasure, "not asked for it"),
    }
}

/// The status of the page, and what the proxy answers in its place or lets through.
async fn page(
    cx: &Context,
    way: &Way,
    endpoint: &ServiceEndpoint,
    anchors: &Anchors,
    deadline: Instant,
) -> (Reading<u16>, Option<TunnelOutcome>) {
    let Some(url) = endpoint.url() else {
        return (Reading::absent(Reason::NothingToMeasure, "it has no pages"), None);
    };
    if let Reading::Absent { absent } = way.source() {
        return (absent.into(), None);
    }
    let proxy = way.proxy_for(url.as_str());
    if let Some(proxy) = &proxy
        && let Err(failed) = admitted(cx, proxy, deadline).await
    {
        let absent = Reading::absent(Reason::NothingToMeasure, format!("no page: {}", failed.detail));
        return (absent, Some(failed.outcome));
    }
    let client = match http::trusting_client(way, anchors.certificates(), deadline) {
        Ok(client) => client,
        Err(error) => {
            let detail = format!("make an HTTP client: {}", http::words(error));
            return (Reading::absent(Reason::Failed, detail), None);
        }
    };
    match tokio::time::timeout_at(deadline, client.get(url).header(ACCEPT, "*/*").send()).await {
        Ok(Ok(answer)) => {
            let status = answer.status();
            // Over TLS nobody but the service can answer.
            let in_clear = proxy.is_some() && endpoint.kind == ServiceKind::Http;
            match in_clear.then(|| proxied::own_answer(status, answer.headers())) {
                Some(Some(outcome)) => {
                    let detail = format!("no page: the proxy itself answers with status {status}");
                    (Reading::absent(Reason::NothingToMeasure, detail), Some(outcome))
                }
                through => (Reading::Value(status.as_u16()), through.map(|_| TunnelOutcome::Opened)),
            }
        }
        Ok(Err(error)) => {
            let absent =
                Reading::absent(Reason::NothingToMeasure, format!("no page: {}", http::words(error)));
            (absent, None)
        }
        Err(_) => (Reading::absent(Reason::TimedOut, "no page in time"), None),
    }
}

/// The first words, in clear or inside TLS.
async fn words(
    kind: ServiceKind,
    target: &Target,
    anchors: &Anchors,
    deadline: Instant,
) -> (Reading<Greeting>, Reading<String>) {
    let none = |detail: &str| {
        (Reading::absent(Reason::NothingToMeasure, detail), Reading::absent(Reason::NothingToMeasure, detail))
    };
    if matches!(kind, ServiceKind::Https | ServiceKind::Http | ServiceKind::Tcp) {
        return none("nothing is said first");
    }
    let Ok(addresses) = net::resolve(&target.host, target.port, deadline).await else {
        return none("no connection");
    };
    let Ok(mut stream) = net::connect_any(&addresses, deadline).await else { return none("no connection") };
    let (greeting, text) = if kind.begins_with_tls(target.port) {
        match tls::trusted(target, stream, anchors, deadline).await {
            Ok(mut stream) => greeting::greet(&mut stream, kind, deadline).await,
            Err(_) => return none("no trusted TLS connection"),
        }
    } else {
        greeting::greet::<TcpStream>(&mut stream, kind, deadline).await
    };
    let text = text.map_or_else(|| Reading::absent(Reason::NothingToMeasure, "no text"), Reading::Value);
    (Reading::Value(greeting), text)
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpListener;

    use super::*;
    use crate::net::testing::{self, ClosedPort, HttpServer};

    async fn measured(at: &str, kind: ServiceKind) -> Service {
        let mut cx = testing::context(testing::no_endpoints());
        cx.services =
            vec![ServiceEndpoint { name: "Wiki".into(), at: at.into(), kind, place: ServicePlace::Anywhere }];
        let reading = measure(cx).await;
        reading.value().expect("measured").entries[0].clone()
    }

    #[tokio::test]
    async fn a_page_that_fails_shows_its_status_and_a_connection() {
        let broken = HttpServer::start("HTTP/1.1 503 Oops\r\nContent-Length: 0\r\n\r\n", false).await;
        let seen = measured(&broken.url("/a"), ServiceKind::Http).await;
        assert_eq!(seen.status, Reading::Value(503));
        assert_eq!(seen.connections[0].outcome, ConnectOutcome::Connected);
        assert_eq!(seen.tls.absence().map(|a| a.reason), Some(Reason::NothingToMeasure));
    }

    async fn by(way: Way, at: &str, kind: ServiceKind) -> Service {
        let cx = testing::context(testing::no_endpoints());
        let endpoint =
            ServiceEndpoint { name: "Wiki".into(), at: at.into(), kind, place: ServicePlace::Anywhere };
        let anchors = Anchors::of(&cx).await.unwrap();
        let deadline = net::deadline(&cx);
        Box::pin(one(cx, way, endpoint, anchors, deadline)).await
    }

    #[tokio::test]
    async fn what_a_proxy_answers_itself_is_no_status_of_the_service() {
        let squid =
            "HTTP/1.1 503 x\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\nVia: 1.1 p\r\nContent-Length: 0\r\n\r\n";
        for (at, kind, answer, status, says) in [
            ("http://192.0.2.1/", ServiceKind::Http, squid, None, TunnelOutcome::NoWay),
            ("http://192.0.2.1/", ServiceKind::Http, "HTTP/1.1 407 x\r\n\r\n", None, TunnelOutcome::Password),
            (
                "http://192.0.2.1/",
                ServiceKind::Http,
                "HTTP/1.1 503 x\r\nVia: 1.1 p\r\n\r\n",
                Some(503),
                TunnelOutcome::Opened,
            ),
            ("https://192.0.2.1/", ServiceKind::Https, "HTTP/1.1 502 x\r\n\r\n", None, TunnelOutcome::NoWay),
            (
                "https://192.0.2.1/",
                ServiceKind::Https,
                "HTTP/1.1 403 x\r\n\r\n",
                None,
                TunnelOutcome::Refused,
            ),
        ] {
            let proxy = HttpServer::start(answer, false).await;
            let seen = by(Way::Proxy(format!("http://{}", proxy.address)), at, kind).await;
            assert_eq!(seen.status.value().copied(), status, "{at} {answer}");
            assert_eq!(seen.proxy_answer, Reading::Value(says), "{at} {answer}");
            assert_eq!(seen.by_proxy, Reading::Value(true));
        }
    }

    #[tokio::test]
    async fn without_a_proxy_an_answer_is_the_services_and_ssh_goes_past_the_browsers_proxy() {
        let broken = HttpServer::start("HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n", false).await;
        let seen = by(Way::Direct, &broken.url("/"), ServiceKind::Http).await;
        assert_eq!((seen.status, seen.by_proxy), (Reading::Value(503), Reading::Value(false)));
        assert_eq!(seen.proxy_answer.absence().map(|a| a.reason), Some(Reason::NothingToMeasure));
        let closed = ClosedPort::tcp();
        let way = Way::Proxy(format!("http://{}", broken.address));
        let seen = by(way, &closed.address().to_string(), ServiceKind::Ssh).await;
        assert_eq!(seen.by_proxy, Reading::Value(false));
        assert_eq!(broken.asked().len(), 1, "{:?}", broken.asked());
    }

    #[tokio::test]
    async fn a_connection_that_stalls_was_made_all_the_same() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut cx = testing::context(testing::no_endpoints());
        cx.limits.probe = std::time::Duration::from_secs(1);
        cx.site = ServiceEndpoint::site(&format!("https://{}/", silent.local_addr().unwrap())).ok();
        let seen = site(cx).await;
        let seen = seen.value().expect("measured");
        assert_eq!(seen.connections[0].outcome, ConnectOutcome::Connected);
        assert_eq!(seen.tls.value().map(|t| t.outcome), Some(tls::TlsOutcome::TimedOut));
    }

    #[tokio::test]
    async fn a_closed_port_refuses_and_has_nothing_to_say() {
        let closed = ClosedPort::tcp();
        let seen = measured(&closed.address().to_string(), ServiceKind::Ssh).await;
        assert_eq!(seen.connections[0].outcome, ConnectOutcome::Refused);
        assert_eq!(seen.lookup.absence().map(|a| a.reason), Some(Reason::NothingToMeasure), "an address");
        assert_eq!(seen.greeting.absence().map(|a| a.reason), Some(Reason::NothingToMeasure));
        assert!(seen.detail.contains("refused"), "{}", seen.detail);
    }

    #[tokio::test]
    async fn a_service_greets() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await;
            }
        });
        let seen = measured(&at, ServiceKind::Ssh).await;
        assert_eq!(seen.greeting, Reading::Value(Greeting::Spoken));
        assert_eq!(seen.greeting_text, Reading::Value("SSH-2.0-OpenSSH_9.2".into()));
    }

    #[tokio::test]
    async fn a_service_that_says_nothing_takes_connections_all_the_same() {
        let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = mute.local_addr().unwrap().to_string();
        let mut cx = testing::context(testing::no_endpoints());
        cx.limits.probe = std::time::Duration::from_millis(300);
        let place = ServicePlace::VpnServer;
        cx.services = vec![ServiceEndpoint { name: "Wiki".into(), at, kind: ServiceKind::Smtp, place }];
        let reading = measure(cx).await;
        let seen = &reading.value().unwrap().entries[0];
        assert_eq!(seen.greeting, Reading::Value(Greeting::Silent));
        assert_eq!(seen.connections[0].outcome, ConnectOutcome::Connected);
        assert_eq!(seen.echo.absence().map(|a| a.reason), Some(Reason::NothingToMeasure));
        #[cfg(target_os = "linux")]
        assert_eq!(seen.ways.value().unwrap()[0].outcome, routes::PathOutcome::Local);
    }

    #[tokio::test]
    async fn a_name_without_address_is_said_and_nothing_is_connected() {
        let seen = measured("a..b.invalid:22", ServiceKind::Tcp).await;
        assert!(matches!(
            seen.lookup,
            Reading::Value(LookupOutcome::NoSuchName | LookupOutcome::Failed | LookupOutcome::Empty)
        ));
        assert_eq!(seen.connections, []);
    }

    #[tokio::test]
    async fn without_services_and_offline_nothing_is_asked() {
        let mut cx = testing::context(testing::no_endpoints());
        assert_eq!(measure(cx.clone()).await.absence().map(|a| a.reason), Some(Reason::NothingToMeasure));
        assert_eq!(site(cx.clone()).await.absence().map(|a| a.reason), Some(Reason::NothingToMeasure));
        let open = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        open.set_nonblocking(true).unwrap();
        cx.site = ServiceEndpoint::site(&open.local_addr().unwrap().to_string()).ok();
        cx.offline = true;
        assert_eq!(site(cx).await.absence().map(|a| a.reason), Some(Reason::Offline));
        assert!(open.accept().is_err(), "somebody connected");
    }
}
