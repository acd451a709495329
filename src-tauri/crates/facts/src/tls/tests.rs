use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use rcgen::{CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::Endpoints;
use crate::net::testing::{self, ClosedPort};

/// An authority that signs certificates, and a file with its own.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
    _folder: tempfile::TempDir,
    pub(crate) file: PathBuf,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = named(name, &[]);
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, certificate.pem()).unwrap();
        Self { issuer: Issuer::new(params, key), certificate, _folder: folder, file }
    }

    /// A server whose certificate this authority signed.
    async fn server(&self, params: CertificateParams) -> SocketAddr {
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &self.issuer).unwrap();
        serve(vec![leaf.der().clone(), self.certificate.der().clone()], &key).await
    }
}

fn named(common_name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).unwrap();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    params.distinguished_name = name;
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2090, 1, 1);
    params
}

async fn acceptor(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> (TlsAcceptor, TcpListener) {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap())
}

async fn serve(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> SocketAddr {
    let (acceptor, listener) = acceptor(chain, key).await;
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let _ = acceptor.accept(stream).await;
            });
        }
    });
    address
}

/// What the strict proxy takes the time to be.
pub(crate) const DATE_OF_STRICT_PROXY: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

/// A proxy that is asked over TLS, turns every password down, and keeps what it was asked.
pub(crate) async fn strict_proxy(authority: &Authority) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let key = KeyPair::generate().unwrap();
    let leaf = named("localhost", &["localhost"]).signed_by(&key, &authority.issuer).unwrap();
    let (acceptor, listener) = acceptor(vec![leaf.der().clone()], &key).await;
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, log) = (acceptor.clone(), Arc::clone(&log));
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let Ok(byte) = stream.read_u8().await else { return };
                    head.push(byte);
                }
                log.lock().unwrap().push(String::from_utf8_lossy(&head).into_owned());
                let answer =
                    format!("HTTP/1.1 407 x\r\nDate: {DATE_OF_STRICT_PROXY}\r\nContent-Length: 0\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    (address, asked)
}

#[tokio::test]
async fn a_proxy_over_tls_is_asked_with_its_password_once_and_only_where_it_is_trusted() {
    let authority = Authority::new("Lab CA");
    let (address, asked) = strict_proxy(&authority).await;
    let hosts = (0..4).map(|n| format!("https://host-{n}.example/")).collect();
    let way = Way::Proxy(format!("https://ann:wrong@localhost:{}", address.port()));
    let mut endpoints = Endpoints { https: hosts, ..testing::no_endpoints() };
    let cx = testing::context(endpoints.clone());
    let strangers = measure_by(cx.clone(), way.clone()).await;
    let outcome =
        |seen: &Reading<Tls>| seen.value().unwrap().hosts.iter().map(|h| h.outcome).collect::<Vec<_>>();
    assert_eq!(outcome(&strangers), [TlsOutcome::Failed; 4]);
    assert!(asked.lock().unwrap().is_empty(), "a stranger was told the password");
    let (proxy, target) = (way.proxy_for("https://host-0.example/"), Target::parse("host-0.example", 443));
    let turned_away = net::tunnel(&cx, &proxy.unwrap(), &target.unwrap(), net::deadline(&cx)).await;
    assert_eq!(turned_away.err().unwrap().outcome, TunnelOutcome::Untrusted);

    endpoints.ca_file = Some(authority.file.clone());
    let seen = measure_by(testing::context(endpoints), way).await;
    assert_eq!(outcome(&seen), [TlsOutcome::ProxyPassword; 4]);
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].contains("Proxy-Authorization: Basic YW5uOndyb25n\r\n"), "{asked:?}");
}

async fn seen_within(target: String, ca_file: Option<PathBuf>, probe: Duration) -> TlsHost {
    let mut cx = testing::context(Endpoints { https: vec![target], ca_file, ..testing::no_endpoints() });
    cx.limits.probe = probe;
    measure_by(cx, Way::Direct).await.value().expect("measured").hosts[0].clone()
}

/// The server seen by the name `localhost`, with the authority trusted.
async fn seen(server: SocketAddr, trusted: &Authority) -> TlsHost {
    let target = format!("https://localhost:{}/", server.port());
    seen_within(target, Some(trusted.file.clone()), Duration::from_secs(20)).await
}

#[tokio::test]
async fn a_trusted_certificate_is_valid_and_its_chain_is_kept() {
    let authority = Authority::new("Test Authority");
    let server = authority.server(named("a host", &["localhost", "127.0.0.1"])).await;
    let host = seen(server, &authority).await;
    assert_eq!(host.outcome, TlsOutcome::Valid, "{}", host.detail);
    assert_eq!(host.version, Reading::Value("TLSv1_3".into()));
    assert_eq!((host.host.as_str(), host.port), ("localhost", server.port()));
    let [leaf, root] = &host.chain[..] else { panic!("{:?}", host.chain) };
    assert_eq!((leaf.subject.as_str(), leaf.issuer.as_str()), ("CN=a host", "CN=Test Authority"));
    assert_eq!(leaf.names, ["localhost", "127.0.0.1"]);
    assert_eq!(leaf.not_after, "2090-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(root.subject, "CN=Test Authority");
    assert_eq!(leaf.sha256.len(), 64);

    // An address in place of a name.
    let host = seen_within(server.to_string(), Some(authority.file), Duration::from_secs(20)).await;
    assert_eq!(host.outcome, TlsOutcome::Valid, "{}", host.detail);
}

#[tokio::test]
async fn times_out_of_range_are_told_apart() {
    let authority = Authority::new("Test Authority");
    let mut expired = named("old", &["localhost"]);
    expired.not_after = date_time_ymd(2021, 1, 1);
    let host = seen(authority.server(expired).await, &authority).await;
    assert_eq!(host.outcome, TlsOutcome::Expired);
    assert_eq!(host.chain.len(), 2, "the chain is kept although it is invalid");
    assert_eq!(host.version, Reading::Value("TLSv1_3".into()));

    let mut early = named("new", &["localhost"]);
    early.not_before = date_time_ymd(2080, 1, 1);
    assert_eq!(seen(authority.server(early).await, &authority).await.outcome, TlsOutcome::NotYetValid);

    // "Never ends", which is more than a timestamp holds.
    let mut endless = named("endless", &["localhost"]);
    endless.not_after = date_time_ymd(9999, 12, 31);
    let host = seen(authority.server(endless).await, &authority).await;
    assert_eq!(host.outcome, TlsOutcome::Valid, "{}", host.detail);
}

#[tokio::test]
async fn another_name_another_issuer_and_nobody_are_told_apart() {
    let authority = Authority::new("Test Authority");
    let server = authority.server(named("x", &["elsewhere.example"])).await;
    assert_eq!(seen(server, &authority).await.outcome, TlsOutcome::WrongName);

    let stranger = Authority::new("Stranger");
    let server = stranger.server(named("x", &["localhost"])).await;
    let host = seen(server, &authority).await;
    assert_eq!(host.outcome, TlsOutcome::UnknownIssuer);
    assert_eq!(host.chain[1].subject, "CN=Stranger");

    for is_ca in [IsCa::NoCa, IsCa::Ca(rcgen::BasicConstraints::Unconstrained)] {
        let key = KeyPair::generate().unwrap();
        let mut params = named("router", &["localhost"]);
        params.is_ca = is_ca;
        let own = params.self_signed(&key).unwrap();
        let server = serve(vec![own.der().clone()], &key).await;
        assert_eq!(seen(server, &authority).await.outcome, TlsOutcome::SelfSigned);
    }
}

#[tokio::test]
async fn text_in_a_certificate_is_bounded() {
    let authority = Authority::new("Test Authority");
    let names: Vec<String> = std::iter::once("localhost".to_owned())
        .chain((0..300).map(|i| format!("host-{i}.example")))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let host = seen(authority.server(named("line\r\nbreak ü", &names)).await, &authority).await;
    assert_eq!(host.outcome, TlsOutcome::Valid, "{}", host.detail);
    assert_eq!(host.chain[0].names.len(), 20);
    assert_eq!(host.chain[0].subject, "CN=line  break ü");
}

#[tokio::test]
async fn an_unreadable_file_of_anchors_is_named() {
    let authority = Authority::new("Test Authority");
    let server = authority.server(named("x", &["localhost"])).await;
    let target = format!("localhost:{}", server.port());
    let host = seen_within(target, Some("/nowhere/ca.pem".into()), Duration::from_secs(20)).await;
    assert_eq!(host.outcome, TlsOutcome::UnknownIssuer);
    assert!(host.detail.contains("/nowhere/ca.pem"), "{}", host.detail);
}

#[tokio::test]
async fn what_is_no_tls_fails_the_handshake() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let host = seen_within(target, None, Duration::from_secs(20)).await;
    assert_eq!(host.outcome, TlsOutcome::HandshakeFailed, "{}", host.detail);
    assert!(host.chain.is_empty());
}

#[tokio::test]
async fn silence_refusal_and_missing_names_are_told_apart() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let target = silent.local_addr().unwrap().to_string();
    let host = seen_within(target, None, Duration::from_millis(900)).await;
    assert_eq!(host.outcome, TlsOutcome::TimedOut, "{}", host.detail);

    let closed = ClosedPort::tcp();
    let host = seen_within(closed.address().to_string(), None, Duration::from_secs(20)).await;
    assert_eq!(host.outcome, TlsOutcome::Refused, "{}", host.detail);

    let host = seen_within("https://a-.-b.invalid/".into(), None, Duration::from_millis(900)).await;
    assert!(matches!(host.outcome, TlsOutcome::NameNotFound | TlsOutcome::Failed), "{}", host.detail);
}

#[tokio::test]
async fn offline_nothing_is_connected() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let target = listener.local_addr().unwrap().to_string();
    let mut cx = testing::context(Endpoints { https: vec![target], ..testing::no_endpoints() });
    cx.offline = true;
    assert_eq!(measure(cx).await.absence().map(|a| a.reason), Some(Reason::Offline));
    assert!(listener.accept().is_err(), "somebody connected");
}
