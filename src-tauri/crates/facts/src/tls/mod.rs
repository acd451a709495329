//! TLS to named hosts, with the chain captured even when it is invalid.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | all | a TLS 1.2 or 1.3 handshake with each host of the policy (rustls), verified against the system's trust anchors and the policy's `ca_file`; closed without a word after the handshake | none | revocation; what only other TLS libraries refuse or accept; the way that a PAC script would choose: then the environment's way is measured, and `follows` is absent |
//! | all | a QUIC handshake (HTTP/3) with each host that the policy lists for it, where no proxy leads there; see `quic` | none | ICMP errors, which look like silence; hosts that take longer than half a second and three times as long as the slowest connection by TCP |
//! | Linux | anchors: the distribution's bundle, or `SSL_CERT_FILE`/`SSL_CERT_DIR` | none | anchors that a browser keeps for itself (NSS) |
//! | Windows, macOS | anchors: the system's root store | none | distrust settings for single certificates |
//!
//! A host is reached the way that the person's browser reaches it (see `proxy::followed`): through the proxy
//! of the desktop's settings, else of the environment (on macOS and Windows: of the system's settings),
//! where one is set and the host is no exception, and directly otherwise. So behind a proxy that works, secure pages are judged by what comes through it.
//!
//! The handshake goes on after an invalid certificate, so that its version is known too; nothing is
//! ever sent over such a connection. What a host sends is bounded: at most ten certificates,
//! twenty names each, and all text is cut and freed from control characters.

mod chain;
mod pace;
mod quic;
mod verdict;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use hyper_util::client::proxy::matcher::Intercept;
use jiff::Timestamp;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use self::pace::Pace;
use crate::net::http::Way;
use crate::net::{self, Target, TunnelFailed, Wait};
use crate::proxy::{ProxySource, TunnelOutcome};
use crate::reach::ConnectOutcome;
use crate::sensitivity::facts;
use crate::source::detached;
use crate::{Absence, Context, Reading, Reason};

facts! {
    /// TLS to named hosts.
    pub struct Tls {
        /// One entry a configured host.
        part hosts: Vec<TlsHost>,
        /// Whose proxy settings were followed; absent where the person's browser follows a script, so
        /// that its way is not this one.
        public follows: Reading<ProxySource>,
        /// The policy's hosts that speak QUIC, the way of HTTP/3.
        part quic: Reading<Vec<QuicHost>>,
    }

    /// One host asked over QUIC.
    pub struct QuicHost {
        /// The host's name.
        internal host: String,
        /// The port.
        public port: u16,
        /// What came of it; absent where the line is too slow for silence to say anything.
        public outcome: Reading<QuicOutcome>,
        /// Time to the end of the handshake, or to the error.
        public took_ms: f64,
        /// For supporters: the error as the library words it.
        internal detail: String,
    }

    /// One TLS connection.
    pub struct TlsHost {
        /// The host's name.
        internal host: String,
        /// The port.
        public port: u16,
        /// What came of it.
        public outcome: TlsOutcome,
        /// Whether it was reached through a proxy.
        public by_proxy: bool,
        /// Protocol version agreed: `TLSv1_3`.
        public version: Reading<String>,
        /// The certificates the host sent, its own first.
        part chain: Vec<Certificate>,
        /// Time to the end of the handshake, or to the error.
        public took_ms: f64,
        /// For supporters: the error as the library words it.
        internal detail: String,
    }

    /// One certificate of a chain.
    pub struct Certificate {
        /// Whom it names.
        internal subject: String,
        /// Who signed it.
        internal issuer: String,
        /// Host names it is valid for.
        internal names: Vec<String>,
        /// Valid from.
        public not_before: Timestamp,
        /// Valid until.
        public not_after: Timestamp,
        /// SHA-256 over the certificate, in hexadecimal.
        internal sha256: String,
    }
}

/// What came of asking a host over QUIC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuicOutcome {
    /// It speaks HTTP/3.
    Connected,
    /// It speaks QUIC, and not HTTP/3.
    NotOffered,
    /// No address was found for the name.
    NameNotFound,
    /// Nothing came back.
    TimedOut,
    /// Another error, such as a certificate that is not trusted; see the detail.
    Failed,
}

/// What came of a TLS connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TlsOutcome {
    /// The certificate is valid and trusted.
    Valid,
    /// It is no longer valid.
    Expired,
    /// It is not valid yet.
    NotYetValid,
    /// It is for another name.
    WrongName,
    /// Its issuer is not trusted here.
    UnknownIssuer,
    /// It vouches for itself.
    SelfSigned,
    /// It is invalid in another way; see the detail.
    Invalid,
    /// The connection was made and TLS was not.
    HandshakeFailed,
    /// No address was found for the name; the detail says whether there is none, or the lookup failed
    /// or took too long.
    NameNotFound,
    /// Connection refused.
    Refused,
    /// No way there.
    Unreachable,
    /// Nothing came back.
    TimedOut,
    /// The proxy asks for a password before it opens a way (407).
    ProxyPassword,
    /// The proxy refuses to open a way.
    ProxyRefused,
    /// Another error; see the detail.
    Failed,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Tls> {
    let way = if cx.offline { Way::Direct } else { Way::of_browser(&cx).await };
    measure_by(cx, way).await
}

async fn measure_by(cx: Context, way: Way) -> Reading<Tls> {
    if cx.offline {
        return Reading::absent(Reason::Offline, "");
    }
    let deadline = net::deadline(&cx);
    let anchors = match Anchors::of(&cx).await {
        Ok(anchors) => anchors,
        Err(absent) => return absent.into(),
    };
    let mut targets: Vec<Target> = Vec::new();
    for text in cx.endpoints.https.iter().take(net::MOST_TARGETS) {
        match Target::parse(text, 443) {
            Some(target) if targets.contains(&target) => {}
            Some(target) => targets.push(target),
            None => tracing::warn!(host = %text, "the policy's endpoint names no host; left out"),
        }
    }
    let (pace, patience) = Pace::new();
    let mut hosts = Vec::new();
    for target in targets {
        let proxy = way.proxy_for(&format!("https://{}/", target.label()));
        hosts.push(paced(cx.clone(), target, proxy, Arc::clone(&anchors), deadline, Some(pace.clone())));
    }
    // Nobody else will say how slow the line is.
    drop(pace);
    let (hosts, quic) =
        tokio::join!(net::side_by_side(hosts), quic::ask(&cx, &way, &anchors, patience, deadline));
    let hosts = hosts.into_iter().map(|(host, _)| host).collect();
    Reading::Value(Tls { hosts, follows: way.source(), quic })
}

/// Whom this computer trusts.
#[derive(Debug)]
pub(crate) struct Anchors {
    store: Arc<RootCertStore>,
    /// The same as certificates, for the HTTP client, which keeps a store of its own.
    certificates: Vec<CertificateDer<'static>>,
    /// What could not be loaded, for the detail of hosts that are then not trusted.
    trouble: String,
}

/// The trust anchors of one run, or why there are none: a share that hangs is waited for once.
#[derive(Debug, Clone, Default)]
pub struct SharedAnchors(Arc<OnceCell<Result<Arc<Anchors>, Absence>>>);

impl Anchors {
    /// Nobody is trusted.
    pub(crate) fn none() -> Self {
        Self { store: Arc::new(RootCertStore::empty()), certificates: Vec::new(), trouble: String::new() }
    }

    pub(crate) async fn of(cx: &Context) -> Result<Arc<Self>, Absence> {
        let load = || async {
            let ca_file = cx.endpoints.ca_file.clone();
            // Files, which may lie on a share that does not answer.
            let loading = move || Self::load(ca_file.as_deref());
            detached("load the trust anchors", cx.step(), loading).await.map(Arc::new)
        };
        cx.anchors.0.get_or_init(load).await.clone()
    }

    fn load(ca_file: Option<&Path>) -> Self {
        let mut store = RootCertStore::empty();
        let mut trouble = Vec::new();
        let system = rustls_native_certs::load_native_certs();
        let mut certificates = system.certs;
        store.add_parsable_certificates(certificates.iter().cloned());
        if store.is_empty() {
            let errors: Vec<_> = system.errors.iter().map(ToString::to_string).collect();
            trouble.push(format!("this computer has no trust anchors {}", errors.join("; ")));
        }
        if let Some(file) = ca_file {
            match CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
                Ok(own) => {
                    store.add_parsable_certificates(own.iter().cloned());
                    certificates.extend(own);
                }
                Err(error) => trouble.push(format!("read the policy's ca_file {}: {error}", file.display())),
            }
        }
        Self { store: Arc::new(store), certificates, trouble: net::tame(trouble.join("; ").trim(), 300) }
    }

    /// The certificates themselves.
    pub(crate) fn certificates(&self) -> &[CertificateDer<'static>] {
        &self.certificates
    }
}

/// What a handshake with these addresses of a host says, with no proxy and no lookup involved.
pub(crate) async fn prove(
    target: &Target,
    addresses: &[SocketAddr],
    anchors: &Anchors,
    deadline: Instant,
) -> TlsOutcome {
    let mut seen = blank(target);
    let shaken = match connect(addresses, deadline).await {
        Ok(stream) => shake_hands(target, stream, anchors, deadline, &mut seen).await,
        Err(why) => Err(why),
    };
    shaken.map_or_else(|(outcome, _)| outcome, |()| TlsOutcome::Valid)
}

fn blank(target: &Target) -> TlsHost {
    TlsHost {
        host: target.host.clone(),
        port: target.port,
        outcome: TlsOutcome::Failed,
        by_proxy: false,
        version: Reading::absent(Reason::NothingToMeasure, "no handshake"),
        chain: Vec::new(),
        took_ms: 0.0,
        detail: String::new(),
    }
}

/// One host, and what the proxy says of the way there.
pub(crate) async fn host(
    cx: Context,
    target: Target,
    proxy: Option<Intercept>,
    anchors: Arc<Anchors>,
    deadline: Instant,
) -> (TlsHost, Option<TunnelOutcome>) {
    Box::pin(paced(cx, target, proxy, anchors, deadline, None)).await
}

/// The same, and tells how long the connection took.
async fn paced(
    cx: Context,
    target: Target,
    proxy: Option<Intercept>,
    anchors: Arc<Anchors>,
    deadline: Instant,
    pace: Option<Pace>,
) -> (TlsHost, Option<TunnelOutcome>) {
    let started = Instant::now();
    let mut seen = blank(&target);
    seen.by_proxy = proxy.is_some();
    let mut answer = None;
    let reached = match &proxy {
        Some(proxy) => {
            let opened = net::tunnel(&cx, proxy, &target, deadline).await;
            answer = Some(opened.as_ref().map_or_else(|failed| failed.outcome, |_| TunnelOutcome::Opened));
            opened.map_err(untunnelled)
        }
        None => reach(&target, deadline, pace.as_ref()).await.map(|stream| Box::new(stream) as net::Channel),
    };
    // Those who wait for the pace wait no longer for this host.
    drop(pace);
    let shaken = match reached {
        Ok(stream) => shake_hands(&target, stream, &anchors, deadline, &mut seen).await,
        Err(why) => Err(why),
    };
    if let Err((outcome, detail)) = shaken {
        seen.outcome = outcome;
        seen.detail = net::tame(&detail, 400);
        if outcome == TlsOutcome::UnknownIssuer && !anchors.trouble.is_empty() {
            seen.detail = format!("{}; {}", seen.detail, anchors.trouble);
        }
    } else {
        seen.outcome = TlsOutcome::Valid;
    }
    seen.took_ms = net::ms(started.elapsed());
    (seen, answer)
}

async fn reach(
    target: &Target,
    deadline: Instant,
    pace: Option<&Pace>,
) -> Result<TcpStream, (TlsOutcome, String)> {
    let addresses = net::resolve(&target.host, target.port, deadline)
        .await
        .map_err(|e| (TlsOutcome::NameNotFound, e.to_string()))?;
    let started = Instant::now();
    let stream = connect(&addresses, deadline).await?;
    pace.inspect(|pace| pace.saw(started.elapsed()));
    Ok(stream)
}

async fn connect(addresses: &[SocketAddr], deadline: Instant) -> Result<TcpStream, (TlsOutcome, String)> {
    net::connect_any(addresses, deadline).await.map_err(|failed| {
        let outcome = match failed.outcome {
            ConnectOutcome::Refused => TlsOutcome::Refused,
            ConnectOutcome::Unreachable | ConnectOutcome::Prohibited => TlsOutcome::Unreachable,
            ConnectOutcome::TimedOut => TlsOutcome::TimedOut,
            _ => TlsOutcome::Failed,
        };
        (outcome, failed.detail)
    })
}

fn untunnelled(failed: TunnelFailed) -> (TlsOutcome, String) {
    let outcome = match failed.outcome {
        TunnelOutcome::Password => TlsOutcome::ProxyPassword,
        TunnelOutcome::Refused => TlsOutcome::ProxyRefused,
        TunnelOutcome::Unreachable | TunnelOutcome::NoWay => TlsOutcome::Unreachable,
        TunnelOutcome::TimedOut => TlsOutcome::TimedOut,
        TunnelOutcome::Opened
        | TunnelOutcome::Untrusted
        | TunnelOutcome::NotTried
        | TunnelOutcome::Failed => TlsOutcome::Failed,
    };
    (outcome, failed.detail)
}

/// A TLS connection to a host whose certificate is trusted, for saying something over it.
pub(crate) async fn trusted(
    target: &Target,
    stream: TcpStream,
    anchors: &Anchors,
    deadline: Instant,
) -> io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(target.host.clone()).map_err(io::Error::other)?;
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(Arc::clone(&anchors.store))
        .with_no_client_auth();
    match net::in_time(deadline, TlsConnector::from(Arc::new(config)).connect(name, stream)).await {
        Wait::Done(stream) => Ok(stream),
        Wait::Error(error) => Err(error),
        Wait::TimedOut => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// Whether the certificate of whoever is there is all that stood against such a connection.
pub(crate) fn is_untrusted(error: &io::Error) -> bool {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(tls, Some(rustls::Error::InvalidCertificate(_)))
}

/// What whoever is there shows of himself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Whether this computer believes it.
    pub(crate) outcome: TlsOutcome,
    /// Whether the certificate is for addresses at all.
    pub(crate) has_addresses: bool,
}

/// A TLS connection to whoever is there, for what may be said to anybody, and what he shows of himself.
pub(crate) async fn unproven(
    name: ServerName<'static>,
    stream: TcpStream,
    anchors: &Anchors,
    shown: &OnceLock<Shown>,
) -> io::Result<TlsStream<TcpStream>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let witness = Arc::new(verdict::Witness::new(&provider, Arc::clone(&anchors.store)));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&witness) as Arc<_>)
        .with_no_client_auth();
    let shaken = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    if let Some(testimony) = witness.testimony() {
        let own = chain::certificates(&testimony.chain[..testimony.chain.len().min(1)]);
        shown.get_or_init(|| Shown {
            outcome: testimony.verdict.err().map_or(TlsOutcome::Valid, |(outcome, _)| outcome),
            has_addresses: own.iter().flat_map(|c| &c.names).any(|name| name.parse::<IpAddr>().is_ok()),
        });
    }
    shaken
}

async fn shake_hands<S: AsyncRead + AsyncWrite + Unpin>(
    target: &Target,
    stream: S,
    anchors: &Anchors,
    deadline: Instant,
    seen: &mut TlsHost,
) -> Result<(), (TlsOutcome, String)> {
    let name = ServerName::try_from(target.host.clone())
        .map_err(|e| (TlsOutcome::Failed, format!("{} is no host name: {e}", target.host)))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let witness = Arc::new(verdict::Witness::new(&provider, Arc::clone(&anchors.store)));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| (TlsOutcome::Failed, format!("set up TLS: {e}")))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&witness) as Arc<_>)
        .with_no_client_auth();
    let started = Instant::now();
    let shaken = net::in_time(deadline, TlsConnector::from(Arc::new(config)).connect(name, stream)).await;

    let testimony = witness.testimony();
    if let Some(testimony) = &testimony {
        seen.chain = chain::certificates(&testimony.chain);
    }
    if let Wait::Done(stream) = &shaken
        && let Some(version) = stream.get_ref().1.protocol_version()
    {
        seen.version =
            Reading::Value(version.as_str().map_or_else(|| format!("{version:?}"), ToOwned::to_owned));
    }
    // The certificate first: what is wrong with it explains a host that hangs up, not the reverse.
    if let Some(testimony) = testimony {
        testimony.verdict?;
    }
    match shaken {
        Wait::Done(_) => Ok(()),
        Wait::Error(error) => Err(verdict::handshake(&error)),
        Wait::TimedOut => {
            Err((TlsOutcome::TimedOut, format!("TLS handshake: {}", net::no_answer(started.elapsed()))))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
