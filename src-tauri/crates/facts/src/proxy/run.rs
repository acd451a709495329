//! What the probes of one run share about proxies: whose settings are followed, read once, and whether a
//! proxy takes the password that is set for it, asked once. Every wrong password counts with whoever keeps
//! the accounts, and a handful of them locks one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hyper_util::client::proxy::matcher::Intercept;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::settings::Settings;
use super::{Followed, TunnelOutcome};
use crate::net::{self, Target, TunnelFailed};
use crate::{Absence, Context};

/// What the probes of one run share. Each run has its own: settings change, and so do passwords.
#[derive(Clone, Default)]
pub struct Run(Arc<Shared>);

/// What a proxy says of a password, once somebody has asked it.
type Admission = Arc<OnceCell<Result<(), TunnelFailed>>>;

#[derive(Default)]
struct Shared {
    /// All that is set; a desktop is asked by starting a program.
    settings: OnceCell<Result<Arc<Settings>, Absence>>,
    followed: OnceCell<Arc<Followed>>,
    /// By proxy and password.
    passwords: Mutex<HashMap<String, Admission>>,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It knows passwords.
        f.write_str("Run")
    }
}

/// All that is set.
pub(super) async fn settings(cx: &Context) -> Result<Arc<Settings>, Absence> {
    cx.run.0.settings.get_or_init(|| async { super::read(cx).await.map(Arc::new) }).await.clone()
}

/// Whose settings the person's browser follows.
pub(crate) async fn followed(cx: &Context) -> Arc<Followed> {
    Arc::clone(cx.run.0.followed.get_or_init(|| async { Arc::new(super::choose(cx).await) }).await)
}

/// Whether this proxy may be asked: not when it has turned down in this run the password that is set for it.
/// Who asks first finds out; the others wait for what comes of it.
pub(crate) async fn admitted(cx: &Context, proxy: &Intercept, deadline: Instant) -> Result<(), TunnelFailed> {
    let Some(password) = password(proxy) else { return Ok(()) };
    let Some(target) = first_target(cx) else { return Ok(()) };
    let key = format!("{} {password}", proxy.uri());
    let answer =
        Arc::clone(cx.run.0.passwords.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
    let asked = answer.get_or_init(|| async {
        match net::tunnel_unasked(cx, proxy, &target, deadline).await {
            Err(failed) if failed.outcome == TunnelOutcome::Password => Err(failed),
            _ => Ok(()),
        }
    });
    asked.await.clone()
}

/// User and password of a setting, in the words of its kind.
fn password(proxy: &Intercept) -> Option<String> {
    let basic = proxy.basic_auth().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    basic.or_else(|| proxy.raw_auth().map(|(user, password)| format!("{user}:{password}")))
}

/// Whom to ask for a way to: a host of the policy.
fn first_target(cx: &Context) -> Option<Target> {
    let secure = cx.endpoints.https.iter().find_map(|text| Target::parse(text, 443));
    secure.or_else(|| cx.endpoints.http.iter().find_map(|check| Target::parse(check.url(), 80)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Endpoints;
    use crate::net::http::Way;
    use crate::net::testing::{self, HttpServer};

    #[tokio::test]
    async fn a_password_that_is_turned_down_is_sent_once_however_many_ask() {
        let proxy = HttpServer::start("HTTP/1.1 407 x\r\nContent-Length: 0\r\n\r\n", false).await;
        let cx = testing::context(Endpoints {
            https: vec!["https://www.example/".into()],
            ..testing::no_endpoints()
        });
        let way = Way::Proxy(format!("http://ann:wrong@{}", proxy.address));
        let deadline = Instant::now() + Duration::from_secs(10);
        let asks = (0..8).map(|n| {
            let (cx, way) = (cx.clone(), way.clone());
            async move {
                let intercept = way.proxy_for(&format!("https://host-{n}.example/")).unwrap();
                let target = Target::parse(&format!("host-{n}.example"), 443).unwrap();
                net::tunnel(&cx, &intercept, &target, deadline).await.err().unwrap().outcome
            }
        });
        let outcomes = net::side_by_side(asks).await;
        assert_eq!(outcomes, [TunnelOutcome::Password; 8]);
        assert_eq!(proxy.asked().len(), 1, "{:?}", proxy.asked());
    }

    #[tokio::test]
    async fn a_proxy_without_a_password_is_asked_each_time() {
        let proxy = HttpServer::start("HTTP/1.1 407 x\r\nContent-Length: 0\r\n\r\n", false).await;
        let cx = testing::context(testing::no_endpoints());
        let way = Way::Proxy(format!("http://{}", proxy.address));
        let intercept = way.proxy_for("https://www.example/").unwrap();
        for _ in 0..2 {
            assert!(admitted(&cx, &intercept, Instant::now() + Duration::from_secs(10)).await.is_ok());
        }
        assert!(proxy.asked().is_empty());
    }
}
