//! Against resolvers that speak the real protocol, started here.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hickory_resolver::proto::op::{Message, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use super::*;
use crate::Endpoints;
use crate::net::testing;

/// What a resolver of these tests does with a question; no bytes mean silence.
type Behaviour = fn(&Message) -> Vec<u8>;

struct Resolver {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Resolver {
    async fn start(by_udp: Behaviour, by_tcp: Behaviour) -> Self {
        // The same port for both.
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
                break (udp, tcp);
            }
        };
        let address = udp.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = udp.recv_from(&mut buffer).await {
                count.fetch_add(1, Ordering::SeqCst);
                let answer = by_udp(&Message::from_vec(&buffer[..length]).unwrap());
                if !answer.is_empty() {
                    let _ = udp.send_to(&answer, from).await;
                }
            }
        });
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = tcp.accept().await {
                let mut question = vec![0; usize::from(stream.read_u16().await.unwrap())];
                stream.read_exact(&mut question).await.unwrap();
                let answer = by_tcp(&Message::from_vec(&question).unwrap());
                stream.write_u16(answer.len() as u16).await.unwrap();
                stream.write_all(&answer).await.unwrap();
            }
        });
        Self { address, asked }
    }
}

fn reply(question: &Message) -> Message {
    let mut reply = Message::response(question.metadata.id, OpCode::Query);
    reply.add_query(question.queries[0].clone());
    reply
}

fn addresses(question: &Message) -> Vec<u8> {
    let mut reply = reply(question);
    let query = &question.queries[0];
    let alias: Name = "alias.example.".parse().unwrap();
    reply.add_answer(Record::from_rdata(query.name().clone(), 60, RData::CNAME(CNAME(alias.clone()))));
    let data = match query.query_type() {
        RecordType::A => RData::A(A::new(192, 0, 2, 80)),
        _ => RData::AAAA(AAAA::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x80)),
    };
    reply.add_answer(Record::from_rdata(alias, 60, data));
    reply.to_vec().unwrap()
}

fn empty(question: &Message) -> Vec<u8> {
    reply(question).to_vec().unwrap()
}

fn coded(question: &Message, code: ResponseCode) -> Vec<u8> {
    let mut reply = reply(question);
    reply.metadata.response_code = code;
    reply.to_vec().unwrap()
}

fn truncated(question: &Message) -> Vec<u8> {
    let mut reply = reply(question);
    reply.metadata.truncation = true;
    reply.to_vec().unwrap()
}

fn silent(_question: &Message) -> Vec<u8> {
    Vec::new()
}

async fn asked_within(resolver: SocketAddr, probe: Duration) -> Vec<Lookup> {
    let mut cx = testing::context(Endpoints {
        resolvers: vec![resolver.to_string()],
        names: vec!["www.example.org".into()],
        ..testing::no_endpoints()
    });
    cx.limits.probe = probe;
    // A tree without resolvers, so that this computer's own are left in peace.
    let root = tempfile::tempdir().unwrap();
    cx.root = root.path().to_owned();
    let names = cx.endpoints.names.clone();
    let servers = settings::independent(&cx.endpoints.resolvers);
    let servers = ask_all(&cx, servers, &names, false, Patience::new(net::deadline(&cx)).independent()).await;
    assert_eq!((servers.len(), servers[0].source.as_str()), (1, "policy"));
    servers[0].lookups.value().expect("asked").clone()
}

async fn asked(by_udp: Behaviour, by_tcp: Behaviour) -> Vec<Lookup> {
    let resolver = Resolver::start(by_udp, by_tcp).await;
    asked_within(resolver.address, Duration::from_secs(20)).await
}

#[tokio::test]
async fn an_answer_gives_the_addresses_of_its_kind() {
    let lookups = asked(addresses, silent).await;
    let seen: Vec<_> = lookups.iter().map(|l| (l.record.as_str(), l.outcome, l.addresses.clone())).collect();
    assert_eq!(
        seen,
        [
            ("A", LookupOutcome::Answered, vec!["192.0.2.80".parse().unwrap()]),
            ("AAAA", LookupOutcome::Answered, vec!["2001:db8::80".parse().unwrap()]),
        ]
    );
    assert!(lookups[0].took_ms.value().is_some());
}

#[tokio::test]
async fn every_refusal_of_a_server_has_its_outcome() {
    let cases: [(Behaviour, LookupOutcome); 5] = [
        (empty, LookupOutcome::Empty),
        (|q| coded(q, ResponseCode::NXDomain), LookupOutcome::NoSuchName),
        (|q| coded(q, ResponseCode::ServFail), LookupOutcome::ServerFailed),
        (|q| coded(q, ResponseCode::Refused), LookupOutcome::Refused),
        (|q| coded(q, ResponseCode::NotImp), LookupOutcome::Failed),
    ];
    for (behaviour, outcome) in cases {
        let lookups = asked(behaviour, silent).await;
        assert_eq!(lookups.iter().map(|l| l.outcome).collect::<Vec<_>>(), [outcome, outcome]);
        assert!(lookups[0].addresses.is_empty());
        assert!(lookups[0].took_ms.value().is_some());
    }
}

#[tokio::test]
async fn a_refusal_may_leave_the_question_out() {
    let bare: Behaviour = |question| {
        let id = question.metadata.id;
        Message::error_msg(id, OpCode::Query, ResponseCode::Refused).to_vec().unwrap()
    };
    assert_eq!(asked(bare, silent).await[0].outcome, LookupOutcome::Refused);
}

#[tokio::test]
async fn what_is_no_answer_is_malformed() {
    let cases: [Behaviour; 5] = [
        // The question sent back.
        |q| q.to_vec().unwrap(),
        // Cut in the middle of a record.
        |q| {
            let mut bytes = addresses(q);
            bytes.truncate(bytes.len() - 3);
            bytes
        },
        // The right number and then noise.
        |q| [&q.metadata.id.to_be_bytes()[..], &[0xff; 40]].concat(),
        |_| vec![7],
        // To another question.
        |q| {
            let mut other = Message::response(q.metadata.id, OpCode::Query);
            let query = hickory_resolver::proto::op::Query::query(
                "other.example.".parse().unwrap(),
                q.queries[0].query_type(),
            );
            other.add_query(query);
            other.to_vec().unwrap()
        },
    ];
    for (index, behaviour) in cases.into_iter().enumerate() {
        let lookups = asked(behaviour, silent).await;
        assert_eq!(lookups[0].outcome, LookupOutcome::Malformed, "case {index}: {}", lookups[0].detail);
    }
}

#[tokio::test]
async fn an_answer_with_another_number_is_not_believed() {
    let forged: Behaviour = |question| {
        let mut bytes = addresses(question);
        bytes[0] ^= 1;
        bytes
    };
    let resolver = Resolver::start(forged, silent).await;
    let lookups = asked_within(resolver.address, Duration::from_millis(300)).await;
    assert_eq!(lookups[0].outcome, LookupOutcome::Malformed);
    assert!(lookups[0].addresses.is_empty());
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_fetched_by_tcp() {
    let lookups = asked(truncated, addresses).await;
    assert_eq!(lookups[0].outcome, LookupOutcome::Answered, "{}", lookups[0].detail);
    // The connection says more than it sends.
    let cut: Behaviour = |_| vec![];
    assert_eq!(asked(truncated, cut).await[0].outcome, LookupOutcome::Malformed);
}

#[tokio::test]
async fn an_own_server_that_is_silent_over_udp_is_asked_by_tcp_and_for_names_that_cannot_exist() {
    let own = |address| settings::Server { address, source: "resolv.conf", name: None };
    let patience = Patience::new(Instant::now() + Duration::from_secs(3));
    let resolver = Resolver::start(silent, addresses).await;
    let names = vec!["www.example.org".to_owned()];
    let seen =
        ask_server(&Context::default(), own(resolver.address), names.clone(), false, patience.own()).await;
    assert_eq!(seen.by_tcp, Reading::Value(LookupOutcome::Answered));
    assert_eq!(seen.lookups.value().unwrap()[0].outcome, LookupOutcome::TimedOut);

    let patience = Patience::new(Instant::now() + Duration::from_mins(1));
    let inventing = Resolver::start(addresses, silent).await;
    let seen = ask_server(&Context::default(), own(inventing.address), names, false, patience.own()).await;
    assert_eq!(seen.by_tcp.absence().map(|a| a.reason), Some(Reason::NothingToMeasure));
    let unknown = &seen.unknown_names.value().unwrap()[0];
    assert!(unknown.name.ends_with(".www.example.org"), "{}", unknown.name);
    assert_eq!(unknown.outcome, LookupOutcome::Answered);
}

#[tokio::test]
async fn a_dead_server_beside_a_living_one_is_not_waited_for_to_the_end() {
    let patience = Patience::new(Instant::now() + Duration::from_mins(1));
    let (dead, living) = (Resolver::start(silent, silent).await, Resolver::start(addresses, silent).await);
    let servers = [dead.address, living.address].map(|address| settings::Server {
        address,
        source: "resolv.conf",
        name: None,
    });
    let names = ["www.example.org".to_owned()];
    let cx = Context::default();
    let asked = ask_all(&cx, servers.to_vec(), &names, false, patience.own());
    let seen = tokio::time::timeout(Duration::from_secs(30), asked).await.expect("waited to the end");
    assert_eq!(seen[0].lookups.value().unwrap()[0].outcome, LookupOutcome::TimedOut);
    assert_eq!(seen[1].lookups.value().unwrap()[0].outcome, LookupOutcome::Answered);
}

#[tokio::test]
async fn silence_is_asked_again_and_then_timed_out() {
    let resolver = Resolver::start(silent, silent).await;
    let lookups = asked_within(resolver.address, Duration::from_secs(1)).await;
    assert_eq!(lookups[0].outcome, LookupOutcome::TimedOut);
    assert_eq!(lookups[0].took_ms.absence().map(|a| a.reason), Some(Reason::TimedOut));
    assert_eq!(resolver.asked.load(Ordering::SeqCst), 4, "two questions, each asked twice in this time");
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_is_unreachable_at_once() {
    // Bound and never connected to: the system answers for it once it is closed.
    let address = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let lookups = asked_within(address, Duration::from_secs(20)).await;
    assert_eq!(lookups[0].outcome, LookupOutcome::Unreachable, "{}", lookups[0].detail);
}

#[tokio::test]
async fn the_systems_own_resolution_is_measured_beside_the_servers() {
    let resolver = Resolver::start(addresses, silent).await;
    let root = tempfile::tempdir().unwrap();
    let mut cx = testing::context(Endpoints {
        resolvers: vec![resolver.address.to_string(), "not an address".into()],
        names: vec!["localhost".into()],
        ..testing::no_endpoints()
    });
    cx.root = root.path().to_owned();
    let reading = measure(cx).await;
    let dns = reading.value().unwrap();
    assert_eq!(dns.servers, Reading::Value(vec![]));
    let system = dns.system.value().unwrap();
    assert_eq!((system.len(), system[0].outcome), (1, LookupOutcome::Answered));
    assert!(system[0].addresses.contains(&"127.0.0.1".parse().unwrap()), "{system:?}");
    assert_eq!(dns.independent.value().unwrap().len(), 1);
}

#[tokio::test]
async fn offline_the_settings_are_read_and_nobody_is_asked() {
    let resolver = Resolver::start(addresses, silent).await;
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("etc")).unwrap();
    std::fs::write(root.path().join("etc/resolv.conf"), "nameserver 127.0.0.1\nsearch a.example\n").unwrap();
    let mut cx = testing::context(Endpoints {
        resolvers: vec![resolver.address.to_string()],
        names: vec!["localhost".into()],
        ..testing::no_endpoints()
    });
    cx.root = root.path().to_owned();
    cx.offline = true;
    let reading = measure(cx).await;
    let dns = reading.value().unwrap();
    let reason = |absence: Option<&crate::Absence>| absence.map(|a| a.reason);
    let servers = dns.servers.value().unwrap();
    assert_eq!(servers[0].address, "127.0.0.1:53".parse().unwrap());
    assert_eq!(reason(servers[0].lookups.absence()), Some(Reason::Offline));
    assert_eq!(reason(dns.system.absence()), Some(Reason::Offline));
    assert_eq!(reason(dns.independent.absence()), Some(Reason::Offline));
    assert_eq!(dns.search_domains, Reading::Value(vec!["a.example".into()]));
    assert_eq!(resolver.asked.load(Ordering::SeqCst), 0);
}

/// A resolver over TLS whose certificate is for these names, and a file with that certificate.
async fn over_tls(names: &[&str]) -> (SocketAddr, tempfile::TempDir, std::path::PathBuf) {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, made.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut question = vec![0; usize::from(stream.read_u16().await.unwrap())];
            stream.read_exact(&mut question).await.unwrap();
            let answer = addresses(&Message::from_vec(&question).unwrap());
            stream.write_u16(answer.len() as u16).await.unwrap();
            stream.write_all(&answer).await.unwrap();
            stream.flush().await.unwrap();
        }
    });
    (address, folder, file)
}

#[tokio::test]
async fn a_certificate_over_tls_is_good_for_the_name_or_the_address_or_says_why_not() {
    let seen = async |names: &[&str], identity: Option<&str>, trusted: bool| {
        let (at, _folder, file) = over_tls(names).await;
        let ca_file = trusted.then_some(file);
        let cx = testing::context(Endpoints { ca_file, ..testing::no_endpoints() });
        let anchors = Anchors::of(&cx).await.unwrap();
        let (name, end) = ("www.example.org".to_owned(), net::deadline(&cx));
        let (lookup, shown) = ask::ask_over_tls(at, identity, &anchors, name, ask::Record::A, end).await;
        assert_eq!(lookup.outcome, LookupOutcome::Answered, "{}", lookup.detail);
        shown
    };
    let (named, addressed) = (&["dns.example"][..], &["dns.example", "127.0.0.1"][..]);
    let good = |shown| certificate(shown, true).ok();
    assert_eq!(good(seen(named, Some("dns.example"), true).await), Some(TlsOutcome::Valid));
    assert_eq!(good(seen(named, Some("other.example"), true).await), Some(TlsOutcome::WrongName));
    assert_eq!(good(seen(addressed, None, true).await), Some(TlsOutcome::Valid));
    assert_eq!(good(seen(addressed, None, false).await), Some(TlsOutcome::SelfSigned));
    // Without a name in the settings, and without an address in the certificate, nobody says whose it must be.
    let unbound = seen(named, None, true).await;
    assert_eq!(certificate(unbound, false).unwrap_err().reason, Reason::NothingToMeasure);
    assert_eq!(certificate(None, true).unwrap_err().reason, Reason::NothingToMeasure);
}
