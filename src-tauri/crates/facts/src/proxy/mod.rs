//! Proxy settings in force, and whether the proxy can be reached.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | all | the environment: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`, and the same in capitals | none | the environment of other programs |
//! | Linux (KDE) | `~/.config/kioslaverc` | none | settings for single programs |
//! | Linux (GNOME and its kin) | `gsettings list-recursively org.gnome.system.proxy`, in a session of such a desktop, for at most a second: the store itself is binary | none | desktops that keep their settings elsewhere; without the program nothing is known |
//! | all | whose settings the person's browser follows: see `followed` | none | a browser with settings of its own; Firefox under KDE, which follows the environment |
//! | Windows, macOS | not read yet | | the system's settings, which the HTTP checks use all the same |
//! | all | a TCP connection to each proxy, and the wish for a way to the policy's first secure host (CONNECT, SOCKS5), closed at once | none | proxies of a PAC script, which only a JavaScript engine could choose |
//! | all | what the network offers: the script `http://wpad.<search domain>/wpad.dat`, and the address of one in the lease files of systemd-networkd and dhclient (DHCP option 252); the proxies that its text names; the policy's own | none | leases that only root may read (NetworkManager's own); scripts and proxies of the network on public addresses or on this computer itself, which are not asked |
//!
//! Of an address only host and port are kept: everything else in it may be a password. The
//! environment is this process's own, so it is read for the real system alone. A script is fetched
//! from this computer's own network alone, its text is searched and never run.

mod followed;
mod offered;
mod run;
mod settings;

pub(crate) use followed::Followed;
pub use followed::ProxySource;
pub use run::Run;
pub(crate) use run::{admitted, followed};

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::net::{self, Target};
use crate::reach::ConnectOutcome;
use crate::sensitivity::facts;
use crate::source::{detached, program};
use crate::{Absence, Context, Reading, Reason};

facts! {
    /// Proxy settings.
    pub struct Proxy {
        /// One entry a setting in force.
        part settings: Vec<ProxySetting>,
        /// Whose settings the person's browser follows, and so what is measured of pages; absent where
        /// a script chooses.
        public follows: Reading<ProxySource>,
        /// Hosts reached without a proxy.
        internal exceptions: Vec<String>,
        /// Scripts that the network offers for finding a proxy.
        part scripts: Reading<Vec<ProxyScript>>,
        /// Proxies that the network's scripts and the policy name, whether set here or not.
        part offered: Reading<Vec<OfferedProxy>>,
    }

    /// A script that tells programs which proxy to use.
    pub struct ProxyScript {
        /// Who names it: `wpad` (a name in the search domain), `dhcp`.
        public source: String,
        /// Its address, without user, password and query.
        internal url: String,
        /// What came of fetching it.
        public outcome: ScriptOutcome,
        /// How many proxies its text names.
        public proxy_count: u32,
    }

    /// A proxy that is offered.
    pub struct OfferedProxy {
        /// Who offers it: `wpad`, `dhcp`, `policy`.
        public source: String,
        /// Host and port.
        internal address: String,
        /// Whether it takes a connection.
        public reachable: Reading<ConnectOutcome>,
        /// Whether it opens a way to the policy's first secure host.
        public tunnel: Reading<TunnelOutcome>,
    }

    /// One proxy setting.
    pub struct ProxySetting {
        /// What it is used for: `http`, `https`, `all`, `pac`.
        public used_for: String,
        /// Where it is set: `environment`, `gnome`, `kde`.
        public source: String,
        /// Whether the person's browser follows it; others are for programs of the command line.
        public followed: bool,
        /// Host and port; user and password are never read into a fact.
        internal address: String,
        /// Whether the setting carries a user and password.
        public has_credentials: bool,
        /// Whether it takes a connection; of a script, the host that has it.
        public reachable: Reading<ConnectOutcome>,
        /// Whether it opens a way to the policy's first secure host; of a script that is near, whether a
        /// proxy does that it names.
        public tunnel: Reading<TunnelOutcome>,
        /// Whether the script names a proxy at all; absent where it is not one that could be read.
        public names_proxy: Reading<bool>,
    }
}

/// What came of asking a proxy for a way to a secure host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TunnelOutcome {
    /// It opens the way.
    Opened,
    /// It asks for a password first (407).
    Password,
    /// It refuses (another 4xx, or SOCKS: not allowed).
    Refused,
    /// It finds no way there itself (5xx, or SOCKS: unreachable).
    NoWay,
    /// The proxy itself cannot be reached.
    Unreachable,
    /// Nothing came back.
    TimedOut,
    /// It is itself asked over TLS and shows a certificate that this computer does not trust, so it was not
    /// asked. A browser that brings its own list of authorities may trust it.
    Untrusted,
    /// This kind of proxy is not asked.
    NotTried,
    /// Another answer.
    Failed,
}

/// What came of fetching a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScriptOutcome {
    /// It was read.
    Read,
    /// The host has no such page.
    Missing,
    /// The host does not answer.
    Unreachable,
    /// It lies outside this computer's own network and was not fetched.
    Outside,
}

/// Desktops that keep their proxy settings in GNOME's store.
const GNOME_KIN: &[&str] = &["GNOME", "Unity", "X-Cinnamon", "MATE", "Budgie", "Pantheon"];

/// A desktop that does not answer within this long is not waited for.
const DESKTOP: Duration = Duration::from_secs(1);

/// Its settings are some hundred bytes, with a long list of exceptions some ten thousand.
const MOST_BYTES: u64 = 1 << 20;

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Proxy> {
    let deadline = net::deadline(&cx);
    let target = cx.endpoints.https.iter().find_map(|text| Target::parse(text, 443));
    let (set, (scripts, offered)) = tokio::join!(
        async {
            let found = run::settings(&cx).await?;
            let by_browser = followed(&cx).await;
            let asked = found.settings.iter().cloned().map(|found| {
                let is_followed = by_browser.follows(found.source);
                setting(cx.clone(), found, is_followed, target.clone(), deadline)
            });
            Ok((net::side_by_side(asked).await, found.exceptions.clone(), by_browser.source()))
        },
        async {
            if cx.offline {
                return (Reading::absent(Reason::Offline, ""), Reading::absent(Reason::Offline, ""));
            }
            let (scripts, named) = offered::find(&cx, deadline).await;
            let asked = named.into_iter().map(|named| offer(cx.clone(), named, target.clone(), deadline));
            (Reading::Value(scripts), Reading::Value(net::side_by_side(asked).await))
        },
    );
    match set {
        Ok((settings, exceptions, follows)) => {
            Reading::Value(Proxy { settings, follows, exceptions, scripts, offered })
        }
        Err(absent) => Reading::from(Err(absent)),
    }
}

/// Whose settings a browser follows here. Settings that cannot be read are those of nobody.
async fn choose(cx: &Context) -> Followed {
    match run::settings(cx).await {
        // A recorded tree has no session; what it holds is what is followed.
        Ok(all) if !cx.is_live() => Followed::of(&all, "KDE"),
        Ok(all) => Followed::of(&all, &session()),
        Err(absent) => {
            tracing::warn!(%absent, "the proxy settings are not known; those of the environment are followed");
            Followed::environment(ProxySource::Environment)
        }
    }
}

/// The desktops of this session, the most special one first.
fn session() -> String {
    std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default()
}

/// All that is set: the files and the environment, and the desktop where one runs.
async fn read(cx: &Context) -> Result<settings::Settings, Absence> {
    let inner = cx.clone();
    let files = detached("read the proxy settings", cx.step(), move || {
        settings::read(&inner, &|name| std::env::var(name).ok())
    });
    let (files, desktop) = tokio::join!(files, from_desktop(cx));
    let mut all = files??;
    all.add(desktop);
    Ok(all)
}

/// The settings of GNOME and the desktops that share its store.
async fn from_desktop(cx: &Context) -> settings::Settings {
    let is_kin = session().split(':').any(|d| GNOME_KIN.contains(&d));
    if !cfg!(target_os = "linux") || !cx.is_live() || !is_kin {
        return settings::Settings::default();
    }
    let args = ["list-recursively", "org.gnome.system.proxy"];
    match program(cx, "gsettings", &args, DESKTOP, MOST_BYTES).await {
        Ok(printed) if printed.success => settings::from_gnome(&String::from_utf8_lossy(&printed.text)),
        outcome => {
            let why = outcome.err().map(|absent| absent.to_string());
            tracing::debug!(?why, "the desktop's proxy settings are not known");
            settings::Settings::default()
        }
    }
}

async fn setting(
    cx: Context,
    found: settings::Found,
    followed: bool,
    target: Option<Target>,
    deadline: Instant,
) -> ProxySetting {
    let no_script = || Reading::absent(Reason::NothingToMeasure, "it is no script");
    let (reachable, tunnel, names_proxy) = match &found.target {
        _ if cx.offline => (
            Reading::absent(Reason::Offline, ""),
            Reading::absent(Reason::Offline, ""),
            Reading::absent(Reason::Offline, ""),
        ),
        Ok(proxy) if found.used_for == "pac" => {
            let by_script = async {
                if followed {
                    by_script(&cx, &found.written.0, target.as_ref(), deadline).await
                } else {
                    let why = "the browser does not follow it";
                    let absent = Reading::absent(Reason::NothingToMeasure, why);
                    (absent, Reading::absent(Reason::NothingToMeasure, why))
                }
            };
            let (reachable, (tunnel, names_proxy)) = tokio::join!(reach(proxy, deadline), by_script);
            (Reading::Value(reachable), tunnel, names_proxy)
        }
        Ok(proxy) => {
            let (reachable, tunnel) = ask(&cx, proxy, &found.written.0, target.as_ref(), deadline).await;
            (reachable, tunnel, no_script())
        }
        Err(why) => (
            Reading::absent(Reason::NothingToMeasure, *why),
            Reading::absent(Reason::NothingToMeasure, *why),
            no_script(),
        ),
    };
    ProxySetting {
        used_for: found.used_for.into(),
        source: found.source.into(),
        followed,
        address: found.target.map_or_else(ToOwned::to_owned, |target| target.label()),
        has_credentials: found.has_credentials,
        reachable,
        tunnel,
        names_proxy,
    }
}

/// Whether a proxy that the script which is set names opens a way, and whether it names any.
async fn by_script(
    cx: &Context,
    script: &str,
    target: Option<&Target>,
    deadline: Instant,
) -> (Reading<TunnelOutcome>, Reading<bool>) {
    let Some(text) = offered::script(script, deadline).await else {
        let why = "the script cannot be read";
        return (Reading::absent(Reason::NotSupported, why), Reading::absent(Reason::NotSupported, why));
    };
    let named = offered::proxies(&text, "setting");
    let names_proxy = !named.is_empty();
    let asked = named.into_iter().map(|named| {
        let (cx, target) = (cx.clone(), target.cloned());
        async move { offer(cx, named, target, deadline).await.tunnel }
    });
    let answers = net::side_by_side(asked).await;
    (chosen(&answers, offered::names_direct(&text)), Reading::Value(names_proxy))
}

/// What the answers of a script's proxies say. Which of them it chooses for a page is not known, so that only a way
/// that is open says something of them, and of a single one whatever it answers. Where the script names the direct
/// way as well, a proxy that fails may be for other pages alone.
fn chosen(answers: &[Reading<TunnelOutcome>], is_direct_named: bool) -> Reading<TunnelOutcome> {
    if answers.contains(&Reading::Value(TunnelOutcome::Opened)) {
        return Reading::Value(TunnelOutcome::Opened);
    }
    match answers {
        [only] if !is_direct_named => only.clone(),
        _ => Reading::absent(Reason::NotSupported, "which proxy the script chooses is not known"),
    }
}

async fn offer(
    cx: Context,
    named: offered::Named,
    target: Option<Target>,
    deadline: Instant,
) -> OfferedProxy {
    let (reachable, tunnel) = match whom(&named, deadline).await {
        Ok((proxy, written)) => ask(&cx, &proxy, &written, target.as_ref(), deadline).await,
        Err(both) => both,
    };
    OfferedProxy { source: named.source.into(), address: named.proxy.label(), reachable, tunnel }
}

/// The proxy to ask, and its setting. One that the network names is asked by the address found here, since
/// another lookup might find another, and only in this computer's own or a private network.
async fn whom(
    named: &offered::Named,
    deadline: Instant,
) -> Result<(Target, String), (Reading<ConnectOutcome>, Reading<TunnelOutcome>)> {
    if named.source == offered::POLICY {
        return Ok((named.proxy.clone(), named.written.clone()));
    }
    let Ok(addresses) = net::resolve(&named.proxy.host, named.proxy.port, deadline).await else {
        let unknown = ConnectOutcome::NameNotFound;
        return Err((Reading::Value(unknown), Reading::Value(TunnelOutcome::Unreachable)));
    };
    let own = net::own_networks();
    let Some(near) = addresses.into_iter().find(|a| offered::is_near(a.ip(), &own)) else {
        let why = "it lies outside this computer's own networks and was not asked";
        return Err((
            Reading::absent(Reason::NothingToMeasure, why),
            Reading::absent(Reason::NothingToMeasure, why),
        ));
    };
    let proxy = Target { host: near.ip().to_string(), port: near.port() };
    let scheme = named.written.split_once("://").map_or("http", |(scheme, _)| scheme);
    let written = format!("{scheme}://{}", proxy.label());
    Ok((proxy, written))
}

/// A connection to the proxy, and the wish for a way to the target.
async fn ask(
    cx: &Context,
    proxy: &Target,
    written: &str,
    target: Option<&Target>,
    deadline: Instant,
) -> (Reading<ConnectOutcome>, Reading<TunnelOutcome>) {
    let wish = async {
        let Some(target) = target else {
            return Reading::absent(Reason::NothingToMeasure, "the policy names no secure host");
        };
        let written = if written.contains("://") { written.to_owned() } else { format!("http://{written}") };
        let url = format!("https://{}/", target.label()).parse().ok();
        let way = net::proxy_of(&written).zip(url).and_then(|(matcher, url)| matcher.intercept(&url));
        match way {
            Some(way) => Reading::Value(match net::tunnel(cx, &way, target, deadline).await {
                Ok(_) => TunnelOutcome::Opened,
                Err(failed) => {
                    tracing::debug!(detail = %failed.detail, "no way through a proxy");
                    failed.outcome
                }
            }),
            None => Reading::absent(Reason::NothingToMeasure, "the setting can't be read"),
        }
    };
    let (reachable, tunnel) = tokio::join!(reach(proxy, deadline), wish);
    (Reading::Value(reachable), tunnel)
}

async fn reach(target: &Target, deadline: Instant) -> ConnectOutcome {
    match net::resolve(&target.host, target.port, deadline).await {
        Err(_) => ConnectOutcome::NameNotFound,
        Ok(addresses) => match net::connect_any(&addresses, deadline).await {
            Ok(_) => ConnectOutcome::Connected,
            Err(failed) => failed.outcome,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::testing::{self, ClosedPort};

    /// A tree whose KDE settings name this proxy; the environment is not read for it.
    fn tree_with_proxy(address: &str) -> (tempfile::TempDir, Context) {
        let root = tempfile::tempdir().unwrap();
        let mut cx = testing::context(testing::no_endpoints());
        cx.root = root.path().to_owned();
        let file = cx.path(&settings::kde_file(&|name| std::env::var(name).ok()).unwrap());
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let text = format!(
            "[Proxy Settings]\nProxyType=1\nhttpProxy=http://ann:secret@{address}\nNoProxyFor=a.example\n"
        );
        std::fs::write(file, text).unwrap();
        (root, cx)
    }

    #[tokio::test]
    async fn a_listening_proxy_is_reached_and_its_password_is_not_kept() {
        let proxy = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (_root, cx) = tree_with_proxy(&proxy.local_addr().unwrap().to_string());
        let reading = measure(cx).await;
        let facts = reading.value().unwrap();
        let setting = &facts.settings[0];
        assert_eq!(setting.address, proxy.local_addr().unwrap().to_string());
        assert_eq!(setting.reachable, Reading::Value(ConnectOutcome::Connected));
        assert!(setting.has_credentials);
        assert_eq!(facts.exceptions, ["a.example"]);
        let text = format!("{facts:?}");
        assert!(!text.contains("secret") && !text.contains("ann"), "{text}");
    }

    #[tokio::test]
    async fn a_network_cannot_send_this_computer_to_itself_or_into_the_internet() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let local = listener.local_addr().unwrap().to_string();
        let deadline = Instant::now() + Duration::from_secs(10);
        for address in [&local, "203.0.113.80:3128"] {
            let named = |source| offered::Named {
                source,
                proxy: Target::parse(address, 0).unwrap(),
                written: format!("http://{address}"),
            };
            let cx = testing::context(testing::no_endpoints());
            let offered =
                offer(cx, named("wpad"), Target::parse("https://www.example/", 443), deadline).await;
            assert_eq!(offered.address, address);
            assert_eq!(offered.reachable.absence().map(|a| a.reason), Some(Reason::NothingToMeasure));
            assert_eq!(offered.tunnel.absence().map(|a| a.reason), Some(Reason::NothingToMeasure));
            assert!(whom(&named(offered::POLICY), deadline).await.is_ok(), "the policy may");
        }
        assert!(listener.accept().is_err(), "somebody connected");
    }

    #[test]
    fn a_proxy_of_a_script_that_also_leads_directly_is_judged_by_its_success_alone() {
        use TunnelOutcome::{Opened, Password, Refused, Unreachable};
        for outcome in [Password, Refused, Unreachable] {
            let only = [Reading::Value(outcome)];
            assert_eq!(chosen(&only, false), only[0]);
            assert_eq!(chosen(&only, true).absence().map(|a| a.reason), Some(Reason::NotSupported));
            let two = [Reading::Value(outcome), Reading::Value(Refused)];
            assert!(chosen(&two, false).value().is_none());
            let one_opens = [Reading::Value(outcome), Reading::Value(Opened)];
            assert_eq!(chosen(&one_opens, true), Reading::Value(Opened));
        }
        assert!(chosen(&[], true).value().is_none());
    }

    #[tokio::test]
    async fn a_dead_proxy_refuses() {
        let closed = ClosedPort::tcp();
        let (_root, cx) = tree_with_proxy(&closed.address().to_string());
        let reading = measure(cx).await;
        assert_eq!(reading.value().unwrap().settings[0].reachable, Reading::Value(ConnectOutcome::Refused));
    }

    #[tokio::test]
    async fn offline_the_settings_are_read_and_the_proxy_is_not_asked() {
        let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        proxy.set_nonblocking(true).unwrap();
        let (_root, mut cx) = tree_with_proxy(&proxy.local_addr().unwrap().to_string());
        cx.offline = true;
        let reading = measure(cx).await;
        let setting = &reading.value().unwrap().settings[0];
        assert_eq!(setting.reachable.absence().map(|a| a.reason), Some(Reason::Offline));
        assert!(proxy.accept().is_err(), "somebody connected");
    }
}
