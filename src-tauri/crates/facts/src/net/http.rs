//! The one HTTP client of the probes: plain HTTP/1.1, no redirects followed, no cookies, no retries,
//! no compression, every wait bounded by the caller's deadline.
//!
//! The proxy is used that the person's browser uses (see [`Followed`]). The client holds no trust anchors except
//! for a proxy that is asked over TLS: connectivity checks are plain HTTP by nature, and TLS is measured on
//! its own, with the chain captured. It also keeps a machine without any
//! certificates able to build a client.

use std::net::SocketAddr;
use std::sync::{Arc, Once};

use hyper_util::client::proxy::matcher::Intercept;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::pki_types::CertificateDer;
use tokio::time::{Duration, Instant};

use super::resolve::resolve;
use crate::proxy::{self, Followed, ProxySource};
use crate::tls::Anchors;
use crate::{Absence, Context, Reading, Reason};

/// Which way requests take.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// The way that the person's browser goes.
    AsBrowser(Arc<Followed>),
    /// Through no proxy, whatever is set.
    #[cfg_attr(not(test), allow(dead_code, reason = "tests must not depend on the environment"))]
    Direct,
    /// Through this proxy.
    #[cfg_attr(not(test), allow(dead_code, reason = "tests must not depend on the environment"))]
    Proxy(String),
}

impl Way {
    /// The way of the person's browser, found out once in a run.
    pub(crate) async fn of_browser(cx: &Context) -> Self {
        Self::AsBrowser(proxy::followed(cx).await)
    }

    /// Whose settings that is; absent where a script chooses the way.
    pub(crate) fn source(&self) -> Reading<ProxySource> {
        match self {
            Self::AsBrowser(followed) => followed.source(),
            Self::Direct | Self::Proxy(_) => Reading::Value(ProxySource::None),
        }
    }

    /// The proxy that leads to this address; `None` where the direct way is taken.
    pub(crate) fn proxy_for(&self, url: &str) -> Option<Intercept> {
        match self {
            Self::AsBrowser(followed) => followed.proxy_for(url),
            Self::Direct => None,
            Self::Proxy(proxy) => super::proxy_of(proxy)?.intercept(&url.parse().ok()?),
        }
    }

    fn applied(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, reqwest::Error> {
        Ok(match self {
            Self::AsBrowser(followed) if followed.has_rules() => {
                let followed = Arc::clone(followed);
                builder.no_proxy().proxy(reqwest::Proxy::custom(move |url| followed.written_for(url)))
            }
            // The library follows the environment, elsewhere the system, by itself.
            Self::AsBrowser(_) => builder,
            Self::Direct => builder.no_proxy(),
            Self::Proxy(url) => builder.no_proxy().proxy(reqwest::Proxy::all(url)?),
        })
    }
}

/// A client whose name lookups end shortly before `deadline`, so that they, and not the request as a
/// whole, are named as what took too long.
pub(crate) fn client(way: &Way, deadline: Instant) -> Result<reqwest::Client, reqwest::Error> {
    way.applied(plain(deadline))?.build()
}

/// A client for the policy's connectivity checks. They are plain HTTP, but a proxy that is itself asked over
/// TLS on the way to one shows a certificate.
pub(crate) async fn check_client(
    cx: &Context,
    way: &Way,
    deadline: Instant,
) -> Result<reqwest::Client, Absence> {
    let mut proxies = cx.endpoints.http.iter().filter_map(|check| way.proxy_for(check.url()));
    let client = if proxies.any(|proxy| proxy.uri().scheme_str() == Some("https")) {
        trusting_client(way, Anchors::of(cx).await?.certificates(), deadline)
    } else {
        client(way, deadline)
    };
    client.map_err(|error| Absence::new(Reason::Failed, format!("make an HTTP client: {}", words(error))))
}

/// What trusts these alone.
fn trusting(anchors: &[CertificateDer<'_>], deadline: Instant) -> reqwest::ClientBuilder {
    let certificates = anchors.iter().filter_map(|der| reqwest::Certificate::from_der(der).ok());
    plain(deadline).tls_certs_only(certificates)
}

/// What asks one host at these addresses of it, past all proxies.
fn directly_at(
    host: &str,
    addresses: &[SocketAddr],
    builder: reqwest::ClientBuilder,
) -> reqwest::ClientBuilder {
    builder.no_proxy().resolve_to_addrs(host, addresses)
}

/// A client for pages over TLS, which trusts these alone.
pub(crate) fn trusting_client(
    way: &Way,
    anchors: &[CertificateDer<'_>],
    deadline: Instant,
) -> Result<reqwest::Client, reqwest::Error> {
    way.applied(trusting(anchors, deadline))?.build()
}

/// A client for one host over TLS, at these addresses of it, which trusts these alone and goes directly.
pub(crate) fn client_at(
    host: &str,
    addresses: &[SocketAddr],
    anchors: &[CertificateDer<'_>],
    deadline: Instant,
) -> Result<reqwest::Client, reqwest::Error> {
    directly_at(host, addresses, trusting(anchors, deadline)).build()
}

/// The same over HTTP/2, for hosts that speak nothing older.
pub(crate) fn newer_client_at(
    host: &str,
    addresses: &[SocketAddr],
    anchors: &[CertificateDer<'_>],
    deadline: Instant,
) -> Result<reqwest::Client, reqwest::Error> {
    directly_at(host, addresses, trusting(anchors, deadline)).http2_prior_knowledge().build()
}

/// A client for a server of this computer alone: over its socket where it has one, and past all proxies.
#[cfg(target_os = "linux")]
pub(crate) fn local_client(
    socket: Option<&std::path::Path>,
    deadline: Instant,
) -> Result<reqwest::Client, reqwest::Error> {
    let client = plain(deadline).no_proxy();
    match socket {
        Some(path) => client.unix_socket(path),
        None => client,
    }
    .build()
}

/// A client that transfers much: it keeps its connections, so that they stay up to speed.
pub(crate) fn transfer_client(
    way: &Way,
    anchors: &[CertificateDer<'_>],
    deadline: Instant,
) -> Result<reqwest::Client, reqwest::Error> {
    way.applied(trusting(anchors, deadline).pool_max_idle_per_host(8))?.build()
}

fn plain(deadline: Instant) -> reqwest::ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // An error means that the program has already chosen one, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let lookup = deadline.checked_sub(Duration::from_millis(50)).unwrap_or(deadline);
    reqwest::Client::builder()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .user_agent(concat!("befund/", env!("CARGO_PKG_VERSION")))
        .pool_max_idle_per_host(0)
        .tls_certs_only(std::iter::empty())
        .dns_resolver(Lookups { deadline: lookup })
}

struct Lookups {
    deadline: Instant,
}

impl Resolve for Lookups {
    fn resolve(&self, name: Name) -> Resolving {
        let deadline = self.deadline;
        Box::pin(async move {
            // Port 0 stands for "the one in the address asked".
            let found: Vec<SocketAddr> = resolve(name.as_str(), 0, deadline).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The first error of a kind in an error's chain of causes.
pub(crate) fn cause<'a, E: std::error::Error + 'static>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<E>() {
            return Some(found);
        }
        next = current.source();
    }
    None
}

/// An error with its causes, without the address asked: it may carry what is nobody's business.
pub(crate) fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut next = std::error::Error::source(&error);
    while let Some(current) = next {
        words = format!("{words}: {current}");
        next = current.source();
    }
    super::tame(&words, 300)
}
