//! DNS over HTTPS, where a server itself says that it speaks it (RFC 9462): asked for `_dns.resolver.arpa`, it
//! names the encrypted ways to itself. They are followed to addresses of the system's own servers alone, so
//! that nothing is sent to anybody whom the settings do not name. The certificate must be trusted and be for
//! the name that the server gives; whether it is for the server's address as well is not looked at.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::rdata::svcb::{SVCB, SvcParamKey, SvcParamValue};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use tokio::time::Instant;

use super::LookupOutcome;
use super::ask::{self, Record};
use super::settings::Server;
use crate::net::{Target, http};
use crate::tls::Anchors;
use crate::{Absence, Reason};

/// The name of the question to a server about itself.
const ITSELF: &str = "_dns.resolver.arpa";

/// Nothing depends on it, so nobody is waited for much longer than a good answer takes.
const PATIENCE: Duration = Duration::from_millis(250);

/// The name lookup over HTTPS takes four of the round trips that the first question shows: connection, TLS,
/// question, and one for what is lost.
const ROUND_TRIPS: u32 = 4;

/// The most of an answer that is read, which is what a DNS message may have.
const MOST_BYTES: usize = 1 << 16;

const MESSAGE: &str = "application/dns-message";

/// What is kept of a path.
const LONGEST_PATH: usize = 200;

/// `dohpath` (RFC 9461).
const PATH: SvcParamKey = SvcParamKey::Unknown(7);

/// Where DNS over HTTPS is to be had.
#[derive(Debug, PartialEq, Eq)]
struct Designation {
    priority: u16,
    host: String,
    port: u16,
    path: String,
    addresses: Vec<IpAddr>,
}

/// Asks a server over HTTPS for a name, where it names a way there.
pub(super) async fn ask(
    server: &Server,
    own: &[IpAddr],
    name: &str,
    anchors: &Anchors,
    deadline: Instant,
) -> Result<LookupOutcome, Absence> {
    let nothing = |why: &str| Err(Absence::new(Reason::NothingToMeasure, why));
    let started = Instant::now();
    let soon = deadline.min(started + PATIENCE);
    let designations = match ask::message(server.address, ITSELF, Record::Svcb, soon).await {
        Ok(answer) => read(&answer),
        Err(LookupOutcome::TimedOut) => {
            return Err(Absence::new(Reason::TimedOut, "not waited for, since nothing depends on it"));
        }
        Err(_) => return nothing("it does not say whether it speaks it"),
    };
    let Some(way) = designations.into_iter().min_by_key(|d| d.priority) else {
        return nothing("it names no such way to itself (RFC 9462)");
    };
    let end = deadline.min(Instant::now() + PATIENCE + started.elapsed() * ROUND_TRIPS);
    let mut found = way.addresses.clone();
    if found.is_empty() {
        let record = if server.address.is_ipv4() { Record::A } else { Record::Aaaa };
        found = ask::ask(server.address, way.host.clone(), record, end).await.addresses;
    }
    let addresses: Vec<SocketAddr> =
        found.into_iter().filter(|ip| own.contains(ip)).map(|ip| SocketAddr::new(ip, way.port)).collect();
    if addresses.is_empty() {
        return nothing("it names another host, and that one is not asked");
    }
    match over_https(&way, &addresses, name, anchors, end).await {
        LookupOutcome::TimedOut => {
            Err(Absence::new(Reason::TimedOut, "not waited for, since nothing depends on it"))
        }
        outcome => Ok(outcome),
    }
}

/// The ways over HTTPS that an answer names, as far as they can be followed.
fn read(answer: &Message) -> Vec<Designation> {
    let records = answer.answers.iter().filter_map(|record| match &record.data {
        RData::SVCB(svcb) => Some(svcb),
        _ => None,
    });
    records.filter_map(designation).collect()
}

fn designation(record: &SVCB) -> Option<Designation> {
    let host = record.target_name.to_ascii();
    let host = host.trim_end_matches('.');
    // Priority nought is a pointer to another name, and no name at all is one that nobody can prove.
    if record.svc_priority == 0 || host.is_empty() || host.len() > 253 {
        return None;
    }
    let (mut speaks, mut port, mut path, mut addresses) = (false, 443, None, Vec::new());
    for (key, value) in &record.svc_params {
        match value {
            SvcParamValue::Alpn(protocols) => speaks = protocols.0.iter().any(|p| p == "h2"),
            SvcParamValue::Port(other) => port = *other,
            SvcParamValue::Ipv4Hint(hints) => addresses.extend(hints.0.iter().map(|a| IpAddr::V4(a.0))),
            SvcParamValue::Ipv6Hint(hints) => addresses.extend(hints.0.iter().map(|a| IpAddr::V6(a.0))),
            SvcParamValue::Unknown(bytes) if *key == PATH => path = plain_path(&bytes.0),
            // What must be understood and is not makes the whole of no use (RFC 9460, section 8).
            SvcParamValue::Mandatory(keys) if keys.0.iter().any(|k| !is_understood(*k)) => return None,
            _ => {}
        }
    }
    let path = path.filter(|_| speaks)?;
    Some(Designation { priority: record.svc_priority, host: host.to_owned(), port, path, addresses })
}

fn is_understood(key: SvcParamKey) -> bool {
    use SvcParamKey as Key;
    key == PATH || matches!(key, Key::Alpn | Key::NoDefaultAlpn | Key::Port | Key::Ipv4Hint | Key::Ipv6Hint)
}

/// `/dns-query{?dns}` without what a question by POST leaves out.
fn plain_path(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= LONGEST_PATH)?;
    let path = text.split('{').next().unwrap_or_default();
    let harmless = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    (text.contains("{?dns}") && path.starts_with('/') && path.chars().all(harmless)).then(|| path.to_owned())
}

async fn over_https(
    way: &Designation,
    addresses: &[SocketAddr],
    name: &str,
    anchors: &Anchors,
    end: Instant,
) -> LookupOutcome {
    let target = Target { host: way.host.clone(), port: way.port };
    let Ok((question, bytes)) = ask::question(name, Record::A) else { return LookupOutcome::Failed };
    let Ok(client) = http::newer_client_at(&way.host, addresses, anchors.certificates(), end) else {
        return LookupOutcome::Failed;
    };
    let asked = async {
        let url = format!("https://{}{}", target.label(), way.path);
        let request = client.post(url).header(CONTENT_TYPE, MESSAGE).header(ACCEPT, MESSAGE).body(bytes);
        let mut answer = request.send().await.map_err(|error| outcome(&error))?;
        if answer.status() != 200 {
            return Err(LookupOutcome::Malformed);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| outcome(&error))? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(LookupOutcome::Malformed);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(ask::outcome_of(&question, &body, Record::A))
    };
    tokio::time::timeout_at(end, asked).await.unwrap_or(Err(LookupOutcome::TimedOut)).unwrap_or_else(|o| o)
}

/// What a failed request says.
fn outcome(error: &reqwest::Error) -> LookupOutcome {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<std::io::Error>()
            && io.raw_os_error().is_some()
        {
            return ask::unreached(io);
        }
        source = inner.source();
    }
    if error.is_timeout() { LookupOutcome::TimedOut } else { LookupOutcome::Failed }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use hickory_resolver::proto::op::{MessageType, OpCode};
    use hickory_resolver::proto::rr::rdata::A;
    use hickory_resolver::proto::rr::rdata::svcb::{Alpn, IpHint, Mandatory, Unknown};
    use hickory_resolver::proto::rr::{Name, Record as ResourceRecord};

    use super::*;

    type Params = Vec<(SvcParamKey, SvcParamValue)>;

    fn alpn(protocols: &[&str]) -> (SvcParamKey, SvcParamValue) {
        let protocols = protocols.iter().map(ToString::to_string).collect();
        (SvcParamKey::Alpn, SvcParamValue::Alpn(Alpn(protocols)))
    }

    fn path(text: &str) -> (SvcParamKey, SvcParamValue) {
        (PATH, SvcParamValue::Unknown(Unknown(text.as_bytes().to_vec())))
    }

    /// An answer as it comes over the wire.
    fn answer(records: Vec<(u16, &str, Params)>) -> Message {
        let mut message = Message::new(1, MessageType::Response, OpCode::Query);
        for (priority, target, params) in records {
            let svcb = SVCB::new(priority, Name::from_ascii(target).unwrap(), params);
            let itself = Name::from_ascii(ITSELF).unwrap();
            message.add_answer(ResourceRecord::from_rdata(itself, 60, RData::SVCB(svcb)));
        }
        Message::from_vec(&message.to_vec().unwrap()).unwrap()
    }

    #[test]
    fn the_way_over_https_is_read_and_what_cannot_be_followed_is_none() {
        let hint = IpHint(vec![A(Ipv4Addr::new(192, 0, 2, 7))]);
        let whole = vec![
            alpn(&["h2", "h3"]),
            (SvcParamKey::Port, SvcParamValue::Port(8443)),
            (SvcParamKey::Ipv4Hint, SvcParamValue::Ipv4Hint(hint)),
            path("/dns-query{?dns}"),
        ];
        assert_eq!(
            read(&answer(vec![(1, "dns.example.", whole)])),
            [Designation {
                priority: 1,
                host: "dns.example".into(),
                port: 8443,
                path: "/dns-query".into(),
                addresses: vec!["192.0.2.7".parse().unwrap()],
            }]
        );
        let must = |key| (SvcParamKey::Mandatory, SvcParamValue::Mandatory(Mandatory(vec![key])));
        for (priority, target, params) in [
            (0, "dns.example.", vec![]),
            (1, ".", vec![alpn(&["h2"]), path("/dns-query{?dns}")]),
            (1, "dns.example.", vec![alpn(&["dot"])]),
            (1, "dns.example.", vec![alpn(&["h3"]), path("/dns-query{?dns}")]),
            (1, "dns.example.", vec![alpn(&["h2"]), path("/dns-query")]),
            (1, "dns.example.", vec![alpn(&["h2"]), path("//x@evil.example:1/ {?dns}")]),
            (1, "dns.example.", vec![alpn(&["h2"]), path(&("/".to_owned() + &"x".repeat(300) + "{?dns}"))]),
            (1, "dns.example.", vec![must(SvcParamKey::EchConfigList), alpn(&["h2"]), path("/d{?dns}")]),
        ] {
            assert_eq!(read(&answer(vec![(priority, target, params.clone())])), [], "{params:?}");
        }
        let path_must = vec![must(SvcParamKey::Alpn), alpn(&["h2"]), path("/d{?dns}")];
        assert_eq!(read(&answer(vec![(2, "dns.example.", path_must)])).len(), 1);
    }

    /// A server that speaks HTTP/2 over TLS and repeats the question as an answer with this status.
    async fn server(status: u16) -> (SocketAddr, tempfile::TempDir, Anchors) {
        let made = rcgen::generate_simple_self_signed(["dns.example".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, made.cert.pem()).unwrap();
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(stream) = acceptor.accept(stream).await else { continue };
                let mut connection = h2::server::Builder::new()
                    .handshake::<_, std::io::Cursor<Vec<u8>>>(stream)
                    .await
                    .unwrap();
                while let Some(Ok((request, mut respond))) = connection.accept().await {
                    tokio::spawn(async move {
                        assert_eq!(request.uri().path(), "/dns-query");
                        let question = request.into_body().data().await.unwrap().unwrap();
                        let mut message = Message::from_vec(&question).unwrap();
                        message.metadata.message_type = MessageType::Response;
                        let name = message.queries[0].name().clone();
                        let found = RData::A(A(Ipv4Addr::new(203, 0, 113, 80)));
                        message.add_answer(ResourceRecord::from_rdata(name, 60, found));
                        let head = ::http::Response::builder().status(status).body(()).unwrap();
                        let mut body = respond.send_response(head, false).unwrap();
                        body.send_data(std::io::Cursor::new(message.to_vec().unwrap()), true).unwrap();
                    });
                }
            }
        });
        let ca_file = Some(file);
        let endpoints = crate::Endpoints { ca_file, ..crate::net::testing::no_endpoints() };
        let anchors = Anchors::of(&crate::net::testing::context(endpoints)).await.unwrap();
        (address, folder, std::sync::Arc::into_inner(anchors).unwrap())
    }

    async fn seen(at: SocketAddr, host: &str, anchors: &Anchors) -> LookupOutcome {
        let way = Designation {
            priority: 1,
            host: host.into(),
            port: at.port(),
            path: "/dns-query".into(),
            addresses: vec![at.ip()],
        };
        let end = Instant::now() + Duration::from_secs(10);
        over_https(&way, &[at], "www.example", anchors, end).await
    }

    #[tokio::test]
    async fn a_name_is_asked_over_https_of_whoever_proves_to_be_the_server() {
        let (at, _folder, anchors) = server(200).await;
        assert_eq!(seen(at, "dns.example", &anchors).await, LookupOutcome::Answered);
        assert_eq!(seen(at, "other.example", &anchors).await, LookupOutcome::Failed);
        assert_eq!(seen(at, "dns.example", &Anchors::none()).await, LookupOutcome::Failed);
        let (at, _folder, anchors) = server(404).await;
        assert_eq!(seen(at, "dns.example", &anchors).await, LookupOutcome::Malformed);
        let closed = crate::net::testing::ClosedPort::tcp();
        assert_eq!(seen(closed.address(), "dns.example", &anchors).await, LookupOutcome::Unreachable);
    }

    /// Asks a server that answers the question about itself in this way.
    async fn designated(records: Vec<(u16, &str, Params)>, own: &[IpAddr]) -> Result<LookupOutcome, Absence> {
        let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = Server { address: socket.local_addr().unwrap(), source: "resolv.conf", name: None };
        let mut answer = answer(records);
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let question = Message::from_vec(&buffer[..length]).unwrap();
                answer.metadata.id = question.metadata.id;
                answer.queries = question.queries;
                socket.send_to(&answer.to_vec().unwrap(), from).await.unwrap();
            }
        });
        let end = Instant::now() + Duration::from_secs(10);
        ask(&server, own, "www.example", &Anchors::none(), end).await
    }

    #[tokio::test]
    async fn nobody_is_asked_whom_the_settings_do_not_name() {
        let closed = crate::net::testing::ClosedPort::tcp();
        let way = |address: Ipv4Addr| {
            vec![
                alpn(&["h2"]),
                (SvcParamKey::Port, SvcParamValue::Port(closed.address().port())),
                (SvcParamKey::Ipv4Hint, SvcParamValue::Ipv4Hint(IpHint(vec![A(address)]))),
                path("/dns-query{?dns}"),
            ]
        };
        let here = Ipv4Addr::LOCALHOST;
        let seen = designated(vec![(1, "dns.example.", way(here))], &[IpAddr::V4(here)]).await;
        assert_eq!(seen, Ok(LookupOutcome::Unreachable), "the way is tried");
        let other = designated(vec![(1, "dns.example.", way(here))], &["192.0.2.7".parse().unwrap()]).await;
        assert!(other.as_ref().unwrap_err().detail.contains("another host"), "{other:?}");
        let none = designated(vec![], &[IpAddr::V4(here)]).await;
        assert_eq!(none.unwrap_err().reason, Reason::NothingToMeasure);
    }
}
