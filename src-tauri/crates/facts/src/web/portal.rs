//! The network's own word on signing in: the address of an API that it gives with its addresses (RFC 8910),
//! and what that API says (RFC 8908).
//!
//! The address is that of a host that nobody but the network names, so it is asked with care: over TLS with a
//! trusted certificate alone, directly, once, without following redirects, at no address of this computer or
//! of one cable alone, and at most 16 KiB are read.

use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::ACCEPT;
use serde::Deserialize;
use tokio::time::Instant;

use super::{PortalApi, PortalOutcome, bare};
use crate::dns::AddressScope;
use crate::net::leases::{self, CAPTIVE_PORTAL};
use crate::net::{self, http};
use crate::source::detached;
use crate::tls::Anchors;
use crate::{Context, Reading, Reason};

/// The most that is read of an answer.
const MOST_BYTES: usize = 16 * 1024;

/// A network says with this that it wants nobody to sign in (RFC 8910, section 2).
const UNRESTRICTED: &str = "urn:ietf:params:capport:unrestricted";

/// What the network says; absent where it says nothing.
pub(super) async fn ask(cx: &Context, deadline: Instant) -> Reading<PortalApi> {
    let inner = cx.clone();
    let announced = detached("read the leases", cx.step(), move || announced(&inner)).await;
    match announced {
        Ok(Some(url)) => Reading::Value(answer(cx, &url, deadline).await),
        Ok(None) => Reading::absent(Reason::NothingToMeasure, "the network names no page for signing in"),
        Err(absent) => absent.into(),
    }
}

/// The address that the network gives.
fn announced(cx: &Context) -> Option<String> {
    let leases = leases::leases(cx, Timestamp::now());
    leases.iter().find_map(|lease| lease.said(CAPTIVE_PORTAL)).map(|url| url.trim().to_owned())
}

async fn answer(cx: &Context, announced: &str, deadline: Instant) -> PortalApi {
    let said = |url: &str, outcome, page: Option<String>| PortalApi {
        url: net::tame(url, 300),
        outcome,
        page: page.map_or_else(
            || Reading::absent(Reason::NothingToMeasure, "it names no page that could be opened"),
            Reading::Value,
        ),
    };
    if announced == UNRESTRICTED {
        return said(announced, PortalOutcome::Unrestricted, None);
    }
    let url = Url::parse(announced).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(url) = url else { return said("", PortalOutcome::Malformed, None) };
    let shown = bare(url.clone());
    if url.scheme() != "https" {
        return said(&shown, PortalOutcome::Insecure, None);
    }
    let (outcome, page) = match fetch(cx, url, deadline).await {
        Ok(api) if api.captive => (PortalOutcome::Captive, api.page()),
        Ok(_) => (PortalOutcome::Open, None),
        Err(outcome) => (outcome, None),
    };
    said(&shown, outcome, page)
}

/// What RFC 8908 has the API say, as far as it is of use here.
#[derive(Deserialize)]
struct Api {
    captive: bool,
    #[serde(rename = "user-portal-url", default)]
    user_portal_url: Option<String>,
}

impl Api {
    /// The page for signing in, where it is one that a browser may open.
    fn page(&self) -> Option<String> {
        let url = Url::parse(self.user_portal_url.as_deref()?).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| net::tame(&bare(url), 300))
    }
}

async fn fetch(cx: &Context, url: Url, deadline: Instant) -> Result<Api, PortalOutcome> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let found = net::resolve(&host, 0, deadline).await.map_err(|_| PortalOutcome::Unreachable)?;
    let own = net::own_networks();
    let may_be_asked = |address: IpAddr| {
        matches!(
            net::scope(address, &own),
            AddressScope::OwnNetwork | AddressScope::Private | AddressScope::Public
        )
    };
    let addresses: Vec<SocketAddr> = found.into_iter().filter(|a| may_be_asked(a.ip())).collect();
    if addresses.is_empty() {
        return Err(PortalOutcome::Inside);
    }
    let anchors = Anchors::of(cx).await.map_err(|_| PortalOutcome::Unreachable)?;
    let client = http::client_at(&host, &addresses, anchors.certificates(), deadline)
        .map_err(|_| PortalOutcome::Unreachable)?;
    let asked = async {
        let request = client.get(url).header(ACCEPT, "application/captive+json");
        let mut answer = request.send().await.map_err(|_| PortalOutcome::Unreachable)?;
        if answer.status() != 200 {
            return Err(PortalOutcome::Malformed);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| PortalOutcome::Unreachable)? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(PortalOutcome::Malformed);
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|_| PortalOutcome::Malformed)
    };
    tokio::time::timeout_at(deadline, asked).await.unwrap_or(Err(PortalOutcome::Unreachable))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::net::testing::{self, HttpServer};

    #[test]
    fn the_address_is_that_of_a_network_the_computer_is_in() {
        let wifi = [("sys/class/net/wlan0/ifindex", "3\n"), ("sys/class/net/wlan0/carrier", "1\n")];
        let lease = |expire: &str, url: &str| {
            format!(
                "lease {{\n  interface \"wlan0\";\n  option unknown-114 \"{url}\";\n  expire {expire};\n}}\n"
            )
        };
        let seen = |text: &str| {
            let file = ("var/lib/dhcp/dhclient.leases", text);
            announced(&crate::source::tree(&[wifi[0], wifi[1], file]).1)
        };
        let old = lease("2 2020/01/07 10:00:00", "https://hotel.example/api");
        assert_eq!(seen(&old), None, "nothing is asked of a network of last year");
        let both = format!("{}{old}", lease("never", "https://portal.example/api"));
        assert_eq!(seen(&both).as_deref(), Some("https://portal.example/api"));
        let networkd =
            ("run/systemd/netif/links/3", "ADMIN_STATE=configured\nCAPTIVE_PORTAL=https://a.example/\n");
        let (_root, cx) = crate::source::tree(&[wifi[0], wifi[1], networkd]);
        assert_eq!(announced(&cx).as_deref(), Some("https://a.example/"));
    }

    async fn said(announced: &str) -> PortalApi {
        let cx = testing::context(testing::no_endpoints());
        answer(&cx, announced, Instant::now() + Duration::from_secs(5)).await
    }

    #[tokio::test]
    async fn what_is_not_secure_or_no_address_at_all_is_not_asked() {
        let server = HttpServer::start("HTTP/1.1 200 OK\r\n\r\n", false).await;
        let plain = said(&server.url("/api?mac=02-00")).await;
        assert_eq!((plain.outcome, plain.url), (PortalOutcome::Insecure, server.url("/api")));
        assert_eq!(said(UNRESTRICTED).await.outcome, PortalOutcome::Unrestricted);
        for odd in ["file:///etc/passwd", "javascript:alert(1)", "\u{1b}[2J", ""] {
            let seen = said(odd).await;
            assert_eq!((seen.outcome, seen.url.as_str()), (PortalOutcome::Malformed, ""), "{odd}");
        }
        let local = format!("https://localhost:{}/", server.address.port());
        assert_eq!(said(&local).await.outcome, PortalOutcome::Inside);
        assert!(server.asked().is_empty());
    }

    #[test]
    fn only_a_page_that_a_browser_may_open_is_shown_and_without_what_names_a_person() {
        let page = |url: &str| {
            let text = serde_json::json!({ "captive": true, "user-portal-url": url }).to_string();
            serde_json::from_str::<Api>(&text).unwrap().page()
        };
        assert_eq!(
            page("https://ann:x@portal.example/login?mac=02-00#x").as_deref(),
            Some("https://portal.example/login")
        );
        assert_eq!(page("file:///etc/passwd"), None);
        assert_eq!(page("javascript:alert(1)"), None);
        assert!(serde_json::from_str::<Api>("{\"captive\": \"yes\"}").is_err());
        assert_eq!(serde_json::from_str::<Api>("{\"captive\": true}").unwrap().page(), None);
    }
}
