//! Whether pages come over QUIC (HTTP/3, by UDP) as well: a handshake that offers `h3`, closed at once.
//!
//! Only hosts that the policy lists as speaking it are asked, because silence of any other says nothing. A
//! datagram that is lost is sent again after 150 ms. How long silence must last is for the line to say: half
//! a second and a few round trips, as the connections by TCP beside it show them (see `pace`). Where that
//! does not fit into the probe's time, the outcome is absent: a slow line is no blocked one.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, ConnectionError, Endpoint, TransportConfig, VarInt};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::pace::Patience;
use super::{Anchors, QuicHost, QuicOutcome};
use crate::net::http::Way;
use crate::net::{self, Target};
use crate::{Absence, Context, Reading, Reason};

/// Three of these pass before a datagram is sent again.
const EXPECTED_ROUND_TRIP: Duration = Duration::from_millis(50);

/// The alert of TLS "no application protocol" as an error of QUIC (RFC 9001, section 4.8).
const NO_APPLICATION_PROTOCOL: u64 = 0x178;

/// The policy's hosts that speak it, each asked once over each family.
pub(super) async fn ask(
    cx: &Context,
    way: &Way,
    anchors: &Arc<Anchors>,
    patience: Patience,
    deadline: Instant,
) -> Reading<Vec<QuicHost>> {
    let targets: Vec<Target> =
        cx.endpoints.quic.iter().take(net::MOST_TARGETS).filter_map(|t| Target::parse(t, 443)).collect();
    if targets.is_empty() {
        return Reading::absent(Reason::NothingToMeasure, "the policy names no hosts that speak it");
    }
    let direct = targets.into_iter().filter(|t| way.proxy_for(&format!("https://{}/", t.label())).is_none());
    let direct: Vec<Target> = direct.collect();
    if direct.is_empty() {
        return Reading::absent(Reason::NothingToMeasure, "pages go through a proxy, and so not over QUIC");
    }
    let config = match config(anchors) {
        Ok(config) => config,
        Err(error) => return Reading::absent(Reason::Failed, format!("set up QUIC: {error}")),
    };
    let asked = direct.into_iter().map(|target| host(target, config.clone(), patience.clone(), deadline));
    Reading::Value(net::side_by_side(asked).await)
}

fn config(anchors: &Anchors) -> Result<ClientConfig, Box<dyn std::error::Error>> {
    let mut tls =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(Arc::clone(&anchors.store))
            .with_no_client_auth();
    tls.alpn_protocols = vec![b"h3".to_vec()];
    let mut transport = TransportConfig::default();
    transport.initial_rtt(EXPECTED_ROUND_TRIP);
    let mut config = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls)?));
    config.transport_config(Arc::new(transport));
    Ok(config)
}

async fn host(target: Target, config: ClientConfig, patience: Patience, deadline: Instant) -> QuicHost {
    let started = Instant::now();
    let (outcome, detail) = match net::resolve(&target.host, target.port, deadline).await {
        Ok(addresses) => over_both(&addresses, &target.host, &config, patience, deadline).await,
        Err(error) => (Ok(QuicOutcome::NameNotFound), error.to_string()),
    };
    QuicHost {
        host: target.host,
        port: target.port,
        outcome: outcome.into(),
        took_ms: net::ms(started.elapsed()),
        detail: net::tame(&detail, 300),
    }
}

/// Over the first address of each family at once: the first success, else what the first one says.
async fn over_both(
    addresses: &[SocketAddr],
    name: &str,
    config: &ClientConfig,
    mut patience: Patience,
    deadline: Instant,
) -> (Result<QuicOutcome, Absence>, String) {
    let first = |v4: bool| addresses.iter().find(|a| a.is_ipv4() == v4).copied();
    let mut attempts = JoinSet::new();
    for address in [first(true), first(false)].into_iter().flatten() {
        let (name, config) = (name.to_owned(), config.clone());
        attempts.spawn(async move { attempt(address, &name, config).await });
    }
    let run_out = patience.run_out(Instant::now(), deadline);
    tokio::pin!(run_out);
    // Whoever says something says more than silence does.
    let mut said: Option<(QuicOutcome, String)> = None;
    loop {
        tokio::select! {
            joined = attempts.join_next() => match joined {
                Some(Ok((QuicOutcome::Connected, detail))) => return (Ok(QuicOutcome::Connected), detail),
                Some(Ok(why)) if said.as_ref().is_none_or(|(o, _)| *o == QuicOutcome::TimedOut) => {
                    said = Some(why);
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => tracing::error!(%error, "an attempt over QUIC ended abnormally"),
                None => break,
            },
            waited = &mut run_out => {
                let unless_said = match waited {
                    Ok(waited) => {
                        (Ok(QuicOutcome::TimedOut), format!("QUIC to {name}: {}", net::no_answer(waited)))
                    }
                    Err(why) => (Err(Absence::new(Reason::TimedOut, why)), String::new()),
                };
                return said.map_or(unless_said, |(outcome, detail)| (Ok(outcome), detail));
            }
        }
    }
    let (outcome, detail) = said.unwrap_or_else(|| (QuicOutcome::Failed, "no address to ask".into()));
    (Ok(outcome), detail)
}

async fn attempt(address: SocketAddr, name: &str, config: ClientConfig) -> (QuicOutcome, String) {
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        (QuicOutcome::Failed, format!("QUIC to {address}: {what}: {error}"))
    };
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let made: io::Result<Endpoint> = Endpoint::client(any);
    let endpoint = match made {
        Ok(endpoint) => endpoint,
        Err(error) => return failed("no socket", &error),
    };
    let connecting = match endpoint.connect_with(config, address, name) {
        Ok(connecting) => connecting,
        Err(error) => return failed("not begun", &error),
    };
    match connecting.await {
        Ok(connection) => {
            connection.close(VarInt::from_u32(0), b"");
            (QuicOutcome::Connected, String::new())
        }
        Err(error) => (outcome(&error), format!("QUIC to {address}: {error}")),
    }
}

fn outcome(error: &ConnectionError) -> QuicOutcome {
    let code = match error {
        ConnectionError::TimedOut => return QuicOutcome::TimedOut,
        ConnectionError::ConnectionClosed(close) => close.error_code,
        ConnectionError::TransportError(error) => error.code,
        _ => return QuicOutcome::Failed,
    };
    if u64::from(code) == NO_APPLICATION_PROTOCOL { QuicOutcome::NotOffered } else { QuicOutcome::Failed }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

    use super::super::pace::Pace;
    use super::*;
    use crate::Endpoints;
    use crate::net::testing;

    /// A server that speaks this protocol over QUIC, and a file with its certificate.
    fn server(protocol: &str) -> (Endpoint, tempfile::TempDir, PathBuf) {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, cert.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        tls.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let crypto = quinn::crypto::rustls::QuicServerConfig::try_from(tls).unwrap();
        let config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
        let endpoint = Endpoint::server(config, "127.0.0.1:0".parse().unwrap()).unwrap();
        let accepting = endpoint.clone();
        tokio::spawn(async move {
            while let Some(incoming) = accepting.accept().await {
                tokio::spawn(async move {
                    let _ = incoming.await;
                });
            }
        });
        (endpoint, folder, file)
    }

    /// Asked, with connections beside it that took so long.
    async fn seen(at: SocketAddr, ca_file: Option<PathBuf>, round_trip: Option<Duration>) -> QuicHost {
        let quic = vec![format!("localhost:{}", at.port())];
        let cx = testing::context(Endpoints { quic, ca_file, ..testing::no_endpoints() });
        let anchors = Anchors::of(&cx).await.unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        let (pace, patience) = Pace::new();
        if let Some(round_trip) = round_trip {
            pace.saw(round_trip);
        }
        drop(pace);
        ask(&cx, &Way::Direct, &anchors, patience, deadline).await.value().unwrap()[0].clone()
    }

    const SHORT: Option<Duration> = Some(Duration::from_millis(1));

    #[tokio::test]
    async fn a_host_that_speaks_it_one_that_does_not_and_silence_are_told_apart() {
        let (endpoint, _folder, file) = server("h3");
        let host = seen(endpoint.local_addr().unwrap(), Some(file), SHORT).await;
        assert_eq!(host.outcome, Reading::Value(QuicOutcome::Connected), "{}", host.detail);

        let (endpoint, _folder, file) = server("other");
        let host = seen(endpoint.local_addr().unwrap(), Some(file), SHORT).await;
        assert_eq!(host.outcome, Reading::Value(QuicOutcome::NotOffered), "{}", host.detail);

        let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let host = seen(silent.local_addr().unwrap(), None, SHORT).await;
        assert_eq!(host.outcome, Reading::Value(QuicOutcome::TimedOut), "{}", host.detail);
    }

    #[tokio::test]
    async fn silence_is_not_taken_for_a_block_where_nothing_shows_how_slow_the_line_is() {
        let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let host = seen(silent.local_addr().unwrap(), None, None).await;
        assert_eq!(host.outcome.absence().map(|a| a.reason), Some(Reason::TimedOut), "{}", host.detail);
    }
}
