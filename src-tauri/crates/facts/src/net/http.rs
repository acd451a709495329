//! The one HTTP client of the probes: plain HTTP/1.1, no redirects followed, no cookies, no retries,
//! no compression, every wait bounded by the caller's deadline.
//!
//! A proxy set for programs (environment; the system's settings on macOS and Windows) is used, as
//! programs use it. The client holds no trust anchors: connectivity checks are plain HTTP by nature,
//! and TLS is measured on its own, with the chain captured. It also keeps a machine without any
//! certificates able to build a client.

use std::net::SocketAddr;
use std::sync::Once;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::pki_types::CertificateDer;
use tokio::time::{Duration, Instant};

use super::resolve::resolve;

/// Which way requests take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way<'a> {
    /// Through the proxy that programs would use, if one is set.
    AsPrograms,
    /// Through no proxy, whatever is set.
    #[cfg_attr(not(test), allow(dead_code, reason = "tests must not depend on the environment"))]
    Direct,
    /// Through this proxy.
    #[cfg_attr(not(test), allow(dead_code, reason = "tests must not depend on the environment"))]
    Proxy(&'a str),
}

/// A client whose name lookups end shortly before `deadline`, so that they, and not the request as a
/// whole, are named as what took too long.
pub(crate) fn client(way: Way<'_>, deadline: Instant) -> Result<reqwest::Client, reqwest::Error> {
    match way {
        Way::AsPrograms => plain(deadline),
        Way::Direct => plain(deadline).no_proxy(),
        Way::Proxy(url) => plain(deadline).no_proxy().proxy(reqwest::Proxy::all(url)?),
    }
    .build()
}

/// A client for pages over TLS, which trusts these alone; it goes the way programs go.
pub(crate) fn trusting_client(
    anchors: &[CertificateDer<'_>],
    deadline: Instant,
) -> Result<reqwest::Client, reqwest::Error> {
    let certificates = anchors.iter().filter_map(|der| reqwest::Certificate::from_der(der).ok());
    plain(deadline).tls_certs_only(certificates).build()
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
