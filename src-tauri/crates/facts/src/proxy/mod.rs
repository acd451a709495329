//! Proxy settings in force, and whether the proxy can be reached.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | all | the environment: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`, and the same in capitals | none | the environment of other programs |
//! | Linux (KDE) | `~/.config/kioslaverc` | none | settings for single programs |
//! | Linux (GNOME) | not read: its store is binary and would need another program | | all of it |
//! | Windows, macOS | not read yet | | the system's settings, which the HTTP checks use all the same |
//! | all | a TCP connection to the proxy, closed at once | none | whether it forwards anything: the HTTP checks show that |
//!
//! Of an address only host and port are kept: everything else in it may be a password. The
//! environment is this process's own, so it is read for the real system alone.

mod settings;

use tokio::time::Instant;

use crate::net::{self, Target};
use crate::reach::ConnectOutcome;
use crate::sensitivity::facts;
use crate::source::detached;
use crate::{Context, Reading, Reason};

facts! {
    /// Proxy settings.
    pub struct Proxy {
        /// One entry a setting in force.
        part settings: Vec<ProxySetting>,
        /// Hosts reached without a proxy.
        internal exceptions: Vec<String>,
    }

    /// One proxy setting.
    pub struct ProxySetting {
        /// What it is used for: `http`, `https`, `all`, `pac`.
        public used_for: String,
        /// Where it is set: `environment`, `gnome`, `kde`.
        public source: String,
        /// Host and port; user and password are never read into a fact.
        internal address: String,
        /// Whether the setting carries a user and password.
        public has_credentials: bool,
        /// Whether it takes a connection.
        public reachable: Reading<ConnectOutcome>,
    }
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Proxy> {
    let deadline = net::deadline(&cx);
    let inner = cx.clone();
    let reading = detached("read the proxy settings", cx.step(), move || {
        settings::read(&inner, &|name| std::env::var(name).ok())
    });
    let found = match reading.await {
        Ok(Ok(found)) => found,
        Ok(Err(absent)) | Err(absent) => return absent.into(),
    };
    let offline = cx.offline;
    let settings = found.settings.into_iter().map(|found| async move {
        let reachable = match &found.target {
            _ if offline => Reading::absent(Reason::Offline, ""),
            Ok(target) => Reading::Value(reach(target, deadline).await),
            Err(why) => Reading::absent(Reason::NothingToMeasure, *why),
        };
        ProxySetting {
            used_for: found.used_for.into(),
            source: found.source.into(),
            address: found.target.map_or_else(ToOwned::to_owned, |target| target.label()),
            has_credentials: found.has_credentials,
            reachable,
        }
    });
    Reading::Value(Proxy { settings: net::side_by_side(settings).await, exceptions: found.exceptions })
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
