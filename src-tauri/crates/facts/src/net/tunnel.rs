//! The way that programs take to a secure page where a proxy is set: through a tunnel that the proxy
//! opens (CONNECT of RFC 9110, or SOCKS5 of RFC 1928). A proxy that is itself asked over TLS must show a
//! certificate that this computer trusts before it is told anything.
//!
//! What a proxy answers is read up to 16 KiB, and never beyond the head of its answer.

use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::{ConnectFailed, Target, Wait, connect_any, in_time, no_answer, resolve};
use crate::Context;
use crate::proxy::{TunnelOutcome, admitted};
use crate::tls::{self, Anchors};

const MOST_HEAD_BYTES: usize = 16 * 1024;

/// Whatever bytes go through.
pub(crate) trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

/// A way to a host: a connection to it, or a tunnel.
pub(crate) type Channel = Box<dyn Bytes>;

/// No tunnel, and why.
#[derive(Debug, Clone)]
pub(crate) struct TunnelFailed {
    /// What came of it.
    pub outcome: TunnelOutcome,
    /// For supporters.
    pub detail: String,
}

fn failed(outcome: TunnelOutcome, detail: impl Into<String>) -> TunnelFailed {
    TunnelFailed { outcome, detail: detail.into() }
}

/// What stands for one setting, with its user and password.
pub(crate) fn proxy_of(setting: &str) -> Option<Matcher> {
    // A setting that cannot be read gives a matcher that takes nothing.
    setting.parse::<Uri>().ok()?;
    Some(Matcher::builder().all(setting.to_owned()).build())
}

/// A connection to the target through the proxy. A password that it has turned down in this run is not
/// sent again.
pub(crate) async fn tunnel(
    cx: &Context,
    proxy: &Intercept,
    target: &Target,
    deadline: Instant,
) -> Result<Channel, TunnelFailed> {
    admitted(cx, proxy, deadline).await?;
    tunnel_unasked(cx, proxy, target, deadline).await
}

/// The same, whatever has been turned down.
pub(crate) async fn tunnel_unasked(
    cx: &Context,
    proxy: &Intercept,
    target: &Target,
    deadline: Instant,
) -> Result<Channel, TunnelFailed> {
    let scheme = proxy.uri().scheme_str().unwrap_or("http").to_ascii_lowercase();
    let socks = scheme.starts_with("socks");
    if !socks && scheme != "http" && scheme != "https" {
        return Err(failed(TunnelOutcome::NotTried, "another kind of proxy"));
    }
    let host = proxy.uri().host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let port = proxy.uri().port_u16().unwrap_or(match scheme.as_str() {
        _ if socks => 1080,
        "https" => 443,
        _ => 80,
    });
    let stream = match resolve(host, port, deadline).await {
        Err(error) => return Err(failed(TunnelOutcome::Unreachable, error.to_string())),
        Ok(addresses) => connect_any(&addresses, deadline).await.map_err(unconnected)?,
    };
    let started = Instant::now();
    let opened = async {
        Ok::<_, std::io::Error>(if socks {
            by_socks(stream, proxy, target).await
        } else if scheme == "https" {
            let itself = Target { host: host.to_owned(), port };
            match Box::pin(over_tls(cx, &itself, stream, deadline)).await {
                Ok(stream) => by_connect(stream, proxy, target).await,
                Err(why) => Err(why),
            }
        } else {
            by_connect(Box::new(stream), proxy, target).await
        })
    };
    match in_time(deadline, opened).await {
        Wait::Done(result) => result,
        Wait::Error(error) => Err(failed(TunnelOutcome::Failed, error.to_string())),
        Wait::TimedOut => Err(failed(
            TunnelOutcome::TimedOut,
            format!("ask the proxy for a way to {}: {}", target.label(), no_answer(started.elapsed())),
        )),
    }
}

/// However it cannot be reached: whether it refuses or is silent is measured beside it.
fn unconnected(why: ConnectFailed) -> TunnelFailed {
    failed(TunnelOutcome::Unreachable, format!("the proxy: {}", why.detail))
}

/// The proxy's own TLS, before its name and password are said.
async fn over_tls(
    cx: &Context,
    proxy: &Target,
    stream: TcpStream,
    deadline: Instant,
) -> Result<Channel, TunnelFailed> {
    let anchors =
        Anchors::of(cx).await.map_err(|absent| failed(TunnelOutcome::NotTried, absent.to_string()))?;
    match tls::trusted(proxy, stream, &anchors, deadline).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => {
            let outcome =
                if tls::is_untrusted(&error) { TunnelOutcome::Untrusted } else { TunnelOutcome::Failed };
            Err(failed(outcome, format!("no trusted TLS connection with the proxy: {error}")))
        }
    }
}

async fn by_connect(
    mut stream: Channel,
    proxy: &Intercept,
    target: &Target,
) -> Result<Channel, TunnelFailed> {
    let broken = |e: std::io::Error| failed(TunnelOutcome::Failed, format!("ask the proxy: {e}"));
    let label = target.label();
    let mut head = format!("CONNECT {label} HTTP/1.1\r\nHost: {label}\r\n").into_bytes();
    if let Some(auth) = proxy.basic_auth() {
        head.extend_from_slice(b"Proxy-Authorization: ");
        head.extend_from_slice(auth.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    stream.write_all(&head).await.map_err(broken)?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= MOST_HEAD_BYTES {
            return Err(failed(TunnelOutcome::Failed, "the head of the proxy's answer does not end"));
        }
        // Byte by byte: what follows the head belongs to the host behind the proxy.
        match stream.read_u8().await {
            Ok(byte) => answer.push(byte),
            // A refusal may end with the connection.
            Err(_) if status(&answer).is_some() => break,
            Err(e) => return Err(broken(e)),
        }
    }
    let words = || {
        let first = answer.split(|b| *b == b'\r').next().unwrap_or_default();
        format!("the proxy answers: {}", super::tame(&String::from_utf8_lossy(first), 100))
    };
    match status(&answer) {
        Some(200..=299) => Ok(stream),
        // Some proxies say 401 of a password that is wrong.
        Some(401 | 407) => Err(failed(TunnelOutcome::Password, words())),
        Some(400..=499) => Err(failed(TunnelOutcome::Refused, words())),
        Some(500..=599) => Err(failed(TunnelOutcome::NoWay, words())),
        _ => Err(failed(TunnelOutcome::Failed, words())),
    }
}

/// The status of an answer's head, as far as it has come.
fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|b| *b == b'\r' || *b == b'\n').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    words.next().filter(|w| w.starts_with("HTTP/1."))?;
    words.next().filter(|w| w.len() == 3)?.parse().ok()
}

async fn by_socks(stream: TcpStream, proxy: &Intercept, target: &Target) -> Result<Channel, TunnelFailed> {
    use tokio_socks::Error;
    use tokio_socks::tcp::Socks5Stream;
    let to = (target.host.as_str(), target.port);
    let opened = match proxy.raw_auth() {
        Some((user, password)) if !user.is_empty() => {
            Socks5Stream::connect_with_password_and_socket(stream, to, user, password).await
        }
        _ => Socks5Stream::connect_with_socket(stream, to).await,
    };
    opened.map(|opened| Box::new(opened.into_inner()) as Channel).map_err(|error| {
        let outcome = match &error {
            Error::NoAcceptableAuthMethods | Error::PasswordAuthFailure(_) | Error::AuthorizationRequired => {
                TunnelOutcome::Password
            }
            Error::ConnectionNotAllowedByRuleset => TunnelOutcome::Refused,
            Error::NetworkUnreachable
            | Error::HostUnreachable
            | Error::ConnectionRefused
            | Error::TtlExpired => TunnelOutcome::NoWay,
            _ => TunnelOutcome::Failed,
        };
        failed(outcome, format!("ask the proxy: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::net::testing::{self, ClosedPort, HttpServer};

    async fn through(proxy: &str, within: Duration) -> Result<Channel, TunnelFailed> {
        let cx = testing::context(testing::no_endpoints());
        let proxy = proxy_of(proxy).unwrap().intercept(&"https://www.example/".parse().unwrap()).unwrap();
        let target = Target::parse("https://www.example/", 443).unwrap();
        tunnel_unasked(&cx, &proxy, &target, Instant::now() + within).await
    }

    #[tokio::test]
    async fn every_answer_of_a_proxy_has_its_outcome() {
        for (answer, outcome) in [
            ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", TunnelOutcome::Password),
            ("HTTP/1.1 401 Unauthorized\r\n\r\n", TunnelOutcome::Password),
            ("HTTP/1.0 403 Forbidden\r\nContent-Length: 0\r\n\r\n", TunnelOutcome::Refused),
            ("HTTP/1.1 405 x\r\n\r\n", TunnelOutcome::Refused),
            ("HTTP/1.1 503 x\r\n\r\n", TunnelOutcome::NoWay),
            ("HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\n\r\n", TunnelOutcome::Failed),
            ("SSH-2.0-x\r\n\r\n", TunnelOutcome::Failed),
        ] {
            let server = HttpServer::start(answer, false).await;
            let seen = through(&format!("http://{}", server.address), Duration::from_secs(10)).await;
            assert_eq!(seen.err().unwrap().outcome, outcome, "{answer}");
        }
    }

    #[tokio::test]
    async fn an_open_tunnel_is_asked_for_by_name_with_the_password_that_is_set() {
        let server = HttpServer::start("HTTP/1.1 200 Connection established\r\n\r\n", false).await;
        assert!(through(&format!("http://ann:x@{}", server.address), Duration::from_secs(10)).await.is_ok());
        let asked = server.asked();
        assert!(asked[0].starts_with("CONNECT www.example:443 HTTP/1.1\r\n"), "{asked:?}");
        assert!(asked[0].contains("Proxy-Authorization: Basic YW5uOng=\r\n"), "{asked:?}");
    }

    #[tokio::test]
    async fn a_dead_proxy_and_an_endless_one_end() {
        let closed = ClosedPort::tcp();
        let seen = through(&format!("http://{}", closed.address()), Duration::from_secs(10)).await;
        assert_eq!(seen.err().unwrap().outcome, TunnelOutcome::Unreachable);
        let endless = HttpServer::start("HTTP/1.1 200 OK\r\nX: ", true).await;
        let seen = through(&format!("http://{}", endless.address), Duration::from_secs(30)).await;
        assert_eq!(seen.err().unwrap().outcome, TunnelOutcome::Failed);
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", silent.local_addr().unwrap());
        let seen = through(&url, Duration::from_millis(200)).await;
        assert_eq!(seen.err().unwrap().outcome, TunnelOutcome::TimedOut);
    }
}
