//! Connectivity checks over HTTP: is the answer the one an open network gives?
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | whether the network says that somebody must sign in: an API that it names by DHCP option 114, by DHCPv6 or in a router's announcement, as systemd-networkd (state files) and dhclient (leases) keep it; asked over TLS alone | none | addresses that NetworkManager alone has, whose leases are for root |
//! | all | one GET (HTTP/1.1) to each check of the policy, redirects not followed | none | a portal that lets the check addresses pass; the way that a PAC script would choose: then the environment's way is measured, and `follows` is absent |
//!
//! A check goes the way that the person's browser goes (see `proxy::followed`): through the proxy of the
//! desktop's settings, else of the environment (on macOS and Windows: of the system's settings), where one
//! is set and the host is no exception, and directly otherwise. So a
//! network that needs a proxy shows itself by checks that fail without one while the proxy settings
//! are empty, a wrong password by [`HttpOutcome::ProxyPassword`], and a dead proxy by failing here
//! while addresses are reached directly.
//!
//! What comes back is hostile until proven otherwise: at most 64 KiB of a body are read, headers are
//! bounded by the HTTP library (about 400 KiB and 100 fields), and all of it by the step's deadline.

mod portal;

use std::io;

use hyper_util::client::proxy::matcher::Intercept;
use reqwest::Url;
use reqwest::header::{ACCEPT, CACHE_CONTROL, LOCATION};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::context::HttpEndpoint;
use crate::net::http::{self, Way};
use crate::net::{self, ResolveError};
use crate::proxy::{ProxySource, admitted};
use crate::reach::ConnectOutcome;
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

facts! {
    /// Connectivity checks over HTTP.
    pub struct Web {
        /// One entry a configured check.
        part checks: Vec<HttpCheck>,
        /// Whose proxy settings the checks followed; absent where the person's browser follows a script,
        /// so that its way is not the one of these checks.
        public follows: Reading<ProxySource>,
        /// What the network says of itself about signing in; absent where it says nothing.
        part portal: Reading<PortalApi>,
    }

    /// An API that the network names, which says whether somebody has to sign in (RFC 8908, RFC 8910).
    pub struct PortalApi {
        /// Its address, without query.
        internal url: String,
        /// What came of asking it.
        public outcome: PortalOutcome,
        /// The page for signing in that it names, without query.
        internal page: Reading<String>,
    }

    /// One connectivity check.
    pub struct HttpCheck {
        /// The address asked.
        internal url: String,
        /// What came back.
        public outcome: HttpOutcome,
        /// Whether it was asked through a proxy.
        public by_proxy: bool,
        /// Status of the answer.
        public status: Reading<u16>,
        /// Where a redirect points, without its query.
        internal location: Reading<String>,
        /// Time to the answer's head, or to the error.
        public took_ms: f64,
        /// For supporters: the error as the system words it.
        internal detail: String,
    }
}

/// What a network says about signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PortalOutcome {
    /// Somebody has to sign in first.
    Captive,
    /// Nobody has to sign in, or has done so.
    Open,
    /// The network says that it never wants it.
    Unrestricted,
    /// The address is not one of TLS, and was not asked.
    Insecure,
    /// The address is one of this computer itself or of one cable alone, and was not asked.
    Inside,
    /// It cannot be reached, or its certificate is not trusted.
    Unreachable,
    /// What it says, or its address, cannot be read.
    Malformed,
}

/// What a connectivity check saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HttpOutcome {
    /// The answer an open network gives.
    Expected,
    /// Sent elsewhere (3xx with a location): a sign-in page, most likely.
    Redirected,
    /// An answer, and not the expected one.
    Changed,
    /// A proxy asks for a password, or for another one (407, from some proxies 401).
    ProxyPassword,
    /// A proxy was asked, and an error came (another 4xx or 5xx): it refuses, or finds no way itself.
    ProxyRefused,
    /// No address was found for the name; the detail says whether there is none, or the lookup failed
    /// or took too long.
    NameNotFound,
    /// Connection refused.
    Refused,
    /// No way there.
    Unreachable,
    /// Nothing came back.
    TimedOut,
    /// Another error; see the detail.
    Failed,
}

/// The most that is read of a body.
const BODY_BYTES: usize = 64 * 1024;

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Web> {
    let way = if cx.offline { Way::Direct } else { Way::of_browser(&cx).await };
    measure_by(cx, way).await
}

async fn measure_by(cx: Context, way: Way) -> Reading<Web> {
    if cx.offline {
        return Reading::absent(Reason::Offline, "");
    }
    let deadline = net::deadline(&cx);
    let client = match http::check_client(&cx, &way, deadline).await {
        Ok(client) => client,
        Err(absent) => return absent.into(),
    };
    let checks = cx.endpoints.http.iter().take(net::MOST_TARGETS).map(|endpoint| {
        let proxy = way.proxy_for(endpoint.url());
        check(cx.clone(), client.clone(), endpoint.clone(), proxy, deadline)
    });
    let (checks, portal) = tokio::join!(net::side_by_side(checks), portal::ask(&cx, deadline));
    Reading::Value(Web { checks, follows: way.source(), portal })
}

async fn check(
    cx: Context,
    client: reqwest::Client,
    endpoint: HttpEndpoint,
    proxy: Option<Intercept>,
    deadline: Instant,
) -> HttpCheck {
    let started = Instant::now();
    let by_proxy = proxy.is_some();
    let mut check = HttpCheck {
        url: shown(endpoint.url()),
        outcome: HttpOutcome::Failed,
        by_proxy,
        status: Reading::absent(Reason::NothingToMeasure, "no answer"),
        location: Reading::absent(Reason::NothingToMeasure, "no redirect"),
        took_ms: 0.0,
        detail: String::new(),
    };
    if let Some(proxy) = &proxy
        && let Err(failed) = admitted(&cx, proxy, deadline).await
    {
        check.outcome = HttpOutcome::ProxyPassword;
        check.took_ms = net::ms(started.elapsed());
        check.detail = failed.detail;
        return check;
    }
    let request = client.get(endpoint.url()).header(ACCEPT, "*/*").header(CACHE_CONTROL, "no-cache");
    let answer = tokio::time::timeout_at(deadline, request.send()).await;
    check.took_ms = net::ms(started.elapsed());
    match answer {
        Err(_) => {
            check.outcome = HttpOutcome::TimedOut;
            check.detail = net::no_answer(started.elapsed());
        }
        Ok(Err(error)) => {
            check.outcome = failure(&error);
            check.detail = http::words(error);
        }
        Ok(Ok(answer)) => {
            check.status = Reading::Value(answer.status().as_u16());
            if let Some(location) = location(&answer) {
                check.outcome = HttpOutcome::Redirected;
                check.location = location;
            } else {
                let status = answer.status();
                (check.outcome, check.detail) = compare(answer, endpoint.body(), deadline).await;
                check.outcome = match (check.outcome, status.as_u16()) {
                    // Some proxies say 401 of a password that is wrong; the policy's pages want none.
                    (HttpOutcome::Changed, 401) if by_proxy => HttpOutcome::ProxyPassword,
                    (HttpOutcome::Changed, 400..) if by_proxy => HttpOutcome::ProxyRefused,
                    (outcome, _) => outcome,
                };
            }
        }
    }
    check
}

/// An answer that sends nobody elsewhere, against what an open network answers.
async fn compare(
    answer: reqwest::Response,
    expected_body: Option<&str>,
    deadline: Instant,
) -> (HttpOutcome, String) {
    match (answer.status().as_u16(), expected_body) {
        (407, _) => (HttpOutcome::ProxyPassword, String::new()),
        (204, None) => (HttpOutcome::Expected, String::new()),
        (200, Some(expected)) => match tokio::time::timeout_at(deadline, contains(answer, expected)).await {
            Ok(Ok(true)) => (HttpOutcome::Expected, String::new()),
            Ok(Ok(false)) => (HttpOutcome::Changed, "the body is not the expected one".into()),
            Ok(Err(error)) => (failure(&error), format!("read the body: {}", http::words(error))),
            Err(_) => (HttpOutcome::TimedOut, "the body did not arrive in time".into()),
        },
        (status, None) => (HttpOutcome::Changed, format!("status {status} in place of 204")),
        (status, Some(_)) => (HttpOutcome::Changed, format!("status {status} in place of 200")),
    }
}

/// Reads the body until the text is found, its end, or as much as is ever read.
async fn contains(mut answer: reqwest::Response, expected: &str) -> Result<bool, reqwest::Error> {
    let expected = expected.as_bytes();
    let mut body = Vec::new();
    loop {
        if expected.is_empty() || body.windows(expected.len()).any(|w| w == expected) {
            return Ok(true);
        }
        match answer.chunk().await? {
            Some(chunk) if body.len() < BODY_BYTES => {
                let room = BODY_BYTES - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            }
            _ => return Ok(false),
        }
    }
}

/// Where a redirect points; `None` where the answer is no redirect.
fn location(answer: &reqwest::Response) -> Option<Reading<String>> {
    if !answer.status().is_redirection() {
        return None;
    }
    let raw = String::from_utf8_lossy(answer.headers().get(LOCATION)?.as_bytes()).into_owned();
    Some(match answer.url().join(&raw) {
        Ok(url) => Reading::Value(net::tame(&bare(url), 300)),
        Err(error) => Reading::absent(Reason::Failed, format!("the location is no address: {error}")),
    })
}

/// An address without what may single out a person: user, password, query, fragment.
fn bare(mut url: Url) -> String {
    url.set_query(None);
    url.set_fragment(None);
    without_user(&mut url);
    url.to_string()
}

/// The policy's address as it stands there; only a password in it is nobody's business.
fn shown(text: &str) -> String {
    match Url::parse(text) {
        Ok(mut url) if !url.username().is_empty() || url.password().is_some() => {
            without_user(&mut url);
            url.to_string()
        }
        _ => text.to_owned(),
    }
}

fn without_user(url: &mut Url) {
    // Errors mean that this kind of address has no user.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

fn failure(error: &reqwest::Error) -> HttpOutcome {
    if http::cause::<ResolveError>(error).is_some() {
        return HttpOutcome::NameNotFound;
    }
    if error.is_timeout() {
        return HttpOutcome::TimedOut;
    }
    // Only while connecting: later, a reset is no refusal but a broken answer.
    match http::cause::<io::Error>(error).filter(|_| error.is_connect()).map(net::connect_outcome) {
        Some(ConnectOutcome::Refused) => HttpOutcome::Refused,
        Some(ConnectOutcome::Unreachable | ConnectOutcome::Prohibited) => HttpOutcome::Unreachable,
        Some(ConnectOutcome::TimedOut) => HttpOutcome::TimedOut,
        _ => HttpOutcome::Failed,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Endpoints;
    use crate::net::testing::{self, ClosedPort, HttpServer};

    async fn one_by(endpoint: HttpEndpoint, way: Way, probe: Duration) -> HttpCheck {
        let mut cx = testing::context(Endpoints { http: vec![endpoint], ..testing::no_endpoints() });
        cx.limits.probe = probe;
        let reading = measure_by(cx, way).await;
        reading.value().expect("measured").checks[0].clone()
    }

    async fn one(endpoint: HttpEndpoint) -> HttpCheck {
        one_by(endpoint, Way::Direct, Duration::from_secs(6)).await
    }

    fn no_content(url: String) -> HttpEndpoint {
        HttpEndpoint::NoContent(url)
    }

    fn text(url: String, body: &str) -> HttpEndpoint {
        HttpEndpoint::Answer { url, body: Some(body.into()) }
    }

    fn answer(status: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn an_open_network_gives_the_expected_answers() {
        let empty = HttpServer::start("HTTP/1.1 204 No Content\r\n\r\n", false).await;
        let seen = one(no_content(empty.url("/generate_204"))).await;
        assert_eq!((seen.outcome, seen.status), (HttpOutcome::Expected, Reading::Value(204)));
        assert!(empty.asked()[0].starts_with("GET /generate_204 HTTP/1.1\r\n"), "{:?}", empty.asked());

        let words = HttpServer::start(answer("200 OK", "success\n"), false).await;
        assert_eq!(one(text(words.url("/success.txt"), "success")).await.outcome, HttpOutcome::Expected);
    }

    #[tokio::test]
    async fn a_sign_in_page_is_a_redirect_without_what_names_a_person() {
        let portal = HttpServer::start(
            "HTTP/1.1 302 Found\r\nLocation: http://user:pass@portal.example/login?mac=02-00#x\r\nContent-Length: 0\r\n\r\n",
            false,
        )
        .await;
        let seen = one(no_content(portal.url("/"))).await;
        assert_eq!(seen.outcome, HttpOutcome::Redirected);
        assert_eq!(seen.location, Reading::Value("http://portal.example/login".into()));
        assert_eq!(portal.asked().len(), 1, "a redirect is not followed");

        let relative =
            HttpServer::start("HTTP/1.1 307 x\r\nLocation: /login?a=b\r\nContent-Length: 0\r\n\r\n", false)
                .await;
        let seen = one(no_content(relative.url("/x"))).await;
        assert_eq!(seen.location, Reading::Value(relative.url("/login")));
    }

    #[tokio::test]
    async fn another_answer_is_changed() {
        let page = HttpServer::start(answer("200 OK", "<h1>Welcome</h1>"), false).await;
        assert_eq!(one(no_content(page.url("/"))).await.outcome, HttpOutcome::Changed);
        assert_eq!(one(text(page.url("/"), "success")).await.outcome, HttpOutcome::Changed);
        let error = HttpServer::start(answer("500 Oops", "success"), false).await;
        let seen = one(text(error.url("/"), "success")).await;
        assert_eq!((seen.outcome, seen.status), (HttpOutcome::Changed, Reading::Value(500)));
        let nowhere = HttpServer::start(answer("304 Not Modified", ""), false).await;
        assert_eq!(one(no_content(nowhere.url("/"))).await.outcome, HttpOutcome::Changed);
    }

    #[tokio::test]
    async fn a_proxy_is_used_and_its_wish_for_a_password_is_seen() {
        let proxy = HttpServer::start(answer("407 Proxy Authentication Required", ""), false).await;
        let url = format!("http://{}", proxy.address);
        let target = no_content("http://check.example/generate_204".into());
        let seen = one_by(target, Way::Proxy(url), Duration::from_secs(6)).await;
        assert_eq!((seen.outcome, seen.status), (HttpOutcome::ProxyPassword, Reading::Value(407)));
        assert!(
            proxy.asked()[0].starts_with("GET http://check.example/generate_204 "),
            "{:?}",
            proxy.asked()
        );
    }

    #[tokio::test]
    async fn an_error_is_the_proxys_where_one_was_asked_and_the_networks_otherwise() {
        let server = HttpServer::start(answer("403 Forbidden", ""), false).await;
        let url = format!("http://{}", server.address);
        let target = no_content("http://check.example/generate_204".into());
        let seen = one_by(target, Way::Proxy(url), Duration::from_secs(6)).await;
        assert_eq!((seen.outcome, seen.by_proxy), (HttpOutcome::ProxyRefused, true));
        let unwilling = HttpServer::start(answer("401 Unauthorized", ""), false).await;
        let url = format!("http://{}", unwilling.address);
        let target = no_content("http://check.example/generate_204".into());
        let seen = one_by(target, Way::Proxy(url), Duration::from_secs(6)).await;
        assert_eq!(seen.outcome, HttpOutcome::ProxyPassword);
        let seen = one(no_content(server.url("/"))).await;
        assert_eq!((seen.outcome, seen.by_proxy), (HttpOutcome::Changed, false));
    }

    /// A SOCKS5 proxy (RFC 1928) that lets everybody in and answers in the place of every host.
    async fn socks_proxy(answer: &'static str) -> std::net::SocketAddr {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = [0; 2];
            stream.read_exact(&mut head).await.unwrap();
            assert_eq!(head[0], 5, "not a greeting of SOCKS5");
            let mut rest = vec![0; usize::from(head[1])];
            stream.read_exact(&mut rest).await.unwrap();
            stream.write_all(&[5, 0]).await.unwrap();
            // Version, connect, reserved, "a name follows", its length.
            let mut wish = [0; 5];
            stream.read_exact(&mut wish).await.unwrap();
            assert_eq!(wish[..4], [5, 1, 0, 3]);
            let mut name_and_port = vec![0; usize::from(wish[4]) + 2];
            stream.read_exact(&mut name_and_port).await.unwrap();
            assert_eq!(name_and_port, b"check.example\x00\x50");
            stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            // Until the other side has read it.
            let _ = stream.read_to_end(&mut Vec::new()).await;
        });
        address
    }

    #[tokio::test]
    async fn a_socks_proxy_is_spoken_to_in_its_own_language() {
        let proxy = socks_proxy("HTTP/1.1 204 No Content\r\n\r\n").await;
        let url = format!("socks5h://{proxy}");
        let target = no_content("http://check.example/generate_204".into());
        let seen = one_by(target, Way::Proxy(url), Duration::from_secs(6)).await;
        assert_eq!(seen.outcome, HttpOutcome::Expected, "{}", seen.detail);
    }

    #[tokio::test]
    async fn an_endless_body_is_read_up_to_its_bound() {
        let endless = HttpServer::start("HTTP/1.1 200 OK\r\n\r\n", true).await;
        let seen = one_by(text(endless.url("/"), "success"), Way::Direct, Duration::from_mins(1)).await;
        assert_eq!(seen.outcome, HttpOutcome::Changed);
    }

    #[tokio::test]
    async fn endless_headers_end() {
        let endless = HttpServer::start("HTTP/1.1 200 OK\r\nX: ", true).await;
        let seen = one_by(no_content(endless.url("/")), Way::Direct, Duration::from_mins(1)).await;
        assert_eq!(seen.outcome, HttpOutcome::Failed, "{}", seen.detail);
    }

    #[tokio::test]
    async fn silence_is_timed_out_before_the_probe_is() {
        // Accepted by the system, answered by nobody.
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", silent.local_addr().unwrap());
        let probe = Duration::from_millis(300);
        let seen = one_by(no_content(url), Way::Direct, probe).await;
        assert_eq!(seen.outcome, HttpOutcome::TimedOut);
        assert_eq!(seen.status.absence().map(|a| a.reason), Some(Reason::NothingToMeasure));
    }

    #[tokio::test]
    async fn a_body_that_never_ends_to_arrive_is_timed_out() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsuc";
            tokio::io::AsyncWriteExt::write_all(&mut stream, head).await.unwrap();
            // Kept open for as long as the test runs.
            std::future::pending::<()>().await;
        });
        let seen = one_by(text(url, "success"), Way::Direct, Duration::from_millis(300)).await;
        server.abort();
        assert_eq!((seen.outcome, seen.status), (HttpOutcome::TimedOut, Reading::Value(200)));
    }

    #[tokio::test]
    async fn a_closed_port_refuses_and_a_name_without_address_is_not_found() {
        let closed = ClosedPort::tcp();
        let seen = one(no_content(format!("http://{}/", closed.address()))).await;
        assert_eq!(seen.outcome, HttpOutcome::Refused, "{}", seen.detail);
        let seen =
            one_by(no_content("http://a..b.invalid/".into()), Way::Direct, Duration::from_millis(600)).await;
        assert_eq!(seen.outcome, HttpOutcome::NameNotFound, "{}", seen.detail);
    }

    #[tokio::test]
    async fn garbage_is_a_failure_and_no_address_is_too() {
        let garbage = HttpServer::start("SSH-2.0-OpenSSH_9.6\r\n\r\n", false).await;
        assert_eq!(one(no_content(garbage.url("/"))).await.outcome, HttpOutcome::Failed);
        assert_eq!(one(no_content("no address".into())).await.outcome, HttpOutcome::Failed);
    }

    #[tokio::test]
    async fn a_password_in_the_policys_address_stays_out_of_the_facts() {
        let server = HttpServer::start("HTTP/1.1 204 No Content\r\n\r\n", false).await;
        let url = format!("http://user:secret@localhost:{}/", server.address.port());
        let seen = one(no_content(url)).await;
        assert_eq!(seen.url, server.url("/"));
        assert!(!format!("{seen:?}").contains("secret"));
    }

    #[tokio::test]
    async fn offline_nothing_is_asked() {
        let server = HttpServer::start("HTTP/1.1 204 No Content\r\n\r\n", false).await;
        let mut cx = testing::context(Endpoints {
            http: vec![no_content(server.url("/"))],
            ..testing::no_endpoints()
        });
        cx.offline = true;
        assert_eq!(measure(cx).await.absence().map(|a| a.reason), Some(Reason::Offline));
        assert!(server.asked().is_empty());
    }
}
