//! Whose proxy settings the person's browser follows, and which proxy that gives for an address.
//!
//! Browsers follow the settings of the desktop, where it has some: Chromium and Firefox those of GNOME and
//! its kin (gsettings), Chromium those of KDE (kioslaverc), in a session of such a desktop. Where it has
//! none, or there is no desktop, they follow the environment, as programs of the command line always do.
//! A desktop that says "no proxy" has said something: browsers then go directly, whatever the environment
//! names (Chromium's `ProxyConfigServiceLinux`, Firefox's `nsUnixSystemProxySettings`). By hand, but with no
//! proxy entered, is nothing said.
//! A script (PAC) chooses for every address anew; scripts are not run, so where one is set, the way of a page is
//! not known (only the proxies that it names are asked whether they open one), and what is measured then is the way of the environment.

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::Url;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::{Bypass, Settings};
use crate::{Reading, Reason, net};

/// Whose proxy settings are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProxySource {
    /// Nobody has set any; on Windows and macOS, the system's settings are followed.
    None,
    /// The environment's.
    Environment,
    /// GNOME's, or those of a desktop that shares its store.
    Gnome,
    /// KDE's.
    Kde,
}

impl ProxySource {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Environment => "environment",
            Self::Gnome => "gnome",
            Self::Kde => "kde",
        }
    }
}

/// The settings that are followed.
#[derive(Debug)]
pub(crate) struct Followed {
    source: ProxySource,
    /// A script of this source chooses, and nobody knows what.
    script: bool,
    /// The desktop's own rules; without them, the environment's (elsewhere the system's) hold.
    rules: Option<Rules>,
}

/// What a desktop's settings say.
struct Rules {
    /// With user and password.
    http: Option<String>,
    https: Option<String>,
    exceptions: Matcher,
    /// The exceptions name all hosts.
    all_excepted: bool,
    /// The exceptions are the only hosts that the proxy is for.
    reversed: bool,
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The settings may hold a password.
        f.write_str("Rules")
    }
}

impl Followed {
    /// Those of the environment, whatever the desktop says.
    pub(crate) const fn environment(source: ProxySource) -> Self {
        Self { source, script: false, rules: None }
    }

    /// A source that wants no proxy for anything.
    fn directly(source: ProxySource) -> Self {
        let rules = Rules {
            http: None,
            https: None,
            exceptions: exceptions(None),
            all_excepted: true,
            reversed: false,
        };
        Self { source, script: false, rules: Some(rules) }
    }

    /// Chooses among all that is set. `desktop` is the session's (`XDG_CURRENT_DESKTOP`).
    pub(super) fn of(all: &Settings, desktop: &str) -> Self {
        let set_by = |source: ProxySource| all.settings.iter().any(|s| s.source == source.as_str());
        let source = match desktop_of(desktop) {
            Some(source) if all.direct.contains(&source.as_str()) => return Self::directly(source),
            Some(source) if set_by(source) => source,
            // The library takes the "*" of the environment for all names, and not for addresses.
            _ if set_by(ProxySource::Environment) && names_all(all.bypass_of(ProxySource::Environment)) => {
                return Self::directly(ProxySource::Environment);
            }
            _ if set_by(ProxySource::Environment) => return Self::environment(ProxySource::Environment),
            _ => return Self::environment(ProxySource::None),
        };
        let own: Vec<_> = all.settings.iter().filter(|s| s.source == source.as_str()).collect();
        if own.iter().any(|s| s.used_for == "pac") {
            return Self { source, script: true, rules: None };
        }
        let for_kind = |kind: &str| own.iter().find(|s| s.used_for == kind).map(|s| s.written.0.clone());
        let every = for_kind("all").map(|socks| socks.replacen("socks://", "socks5h://", 1));
        let bypass = all.bypass_of(source);
        let rules = Rules {
            http: for_kind("http").or_else(|| every.clone()),
            https: for_kind("https").or(every),
            exceptions: exceptions(bypass),
            all_excepted: names_all(bypass),
            reversed: bypass.is_some_and(|b| b.reversed),
        };
        Self { source, script: false, rules: Some(rules) }
    }

    /// Whose settings the measurements follow; absent where a script chooses.
    pub(crate) fn source(&self) -> Reading<ProxySource> {
        if self.script {
            return Reading::absent(
                Reason::NotSupported,
                "a script (PAC) chooses the proxy for every address, and scripts are not run",
            );
        }
        Reading::Value(self.source)
    }

    /// Whether a browser follows settings of this source. One whose exceptions name all hosts is not used.
    pub(super) fn follows(&self, source: &str) -> bool {
        self.source.as_str() == source && !self.rules.as_ref().is_some_and(|r| r.all_excepted && !r.reversed)
    }

    /// The desktop's own rules, where they hold.
    pub(crate) fn has_rules(&self) -> bool {
        self.rules.is_some()
    }

    /// The proxy for an address, as it is set.
    pub(crate) fn written_for(&self, url: &Url) -> Option<Url> {
        let rules = self.rules.as_ref()?;
        let written = match url.scheme() {
            "http" => rules.http.as_ref(),
            "https" => rules.https.as_ref(),
            _ => None,
        }?;
        let listed = rules.all_excepted || rules.exceptions.intercept(&url.as_str().parse().ok()?).is_none();
        let written = if written.contains("://") { written.clone() } else { format!("http://{written}") };
        (listed == rules.reversed).then(|| written.parse().ok()).flatten()
    }

    /// The proxy for an address, for asking it.
    pub(crate) fn proxy_for(&self, url: &str) -> Option<Intercept> {
        if self.rules.is_some() {
            let written = self.written_for(&url.parse().ok()?)?;
            return net::proxy_of(written.as_str())?.intercept(&url.parse().ok()?);
        }
        Matcher::from_system().intercept(&url.parse().ok()?)
    }
}

/// Whose settings a session has, if its desktop keeps some that browsers know.
fn desktop_of(session: &str) -> Option<ProxySource> {
    let is = |names: &[&str]| session.split(':').any(|d| names.contains(&d));
    if is(super::GNOME_KIN) {
        Some(ProxySource::Gnome)
    } else if is(&["KDE"]) {
        Some(ProxySource::Kde)
    } else {
        None
    }
}

/// Whether a list names every host, which Chromium, curl and libproxy write as "*".
fn names_all(bypass: Option<&Bypass>) -> bool {
    bypass.is_some_and(|b| b.hosts.iter().any(|host| host == "*"))
}

/// Takes every address but those of the list.
fn exceptions(bypass: Option<&Bypass>) -> Matcher {
    let hosts = bypass.map(|b| b.hosts.as_slice()).unwrap_or_default();
    // "*.example" is written ".example" there; an ending stands for all names that have it.
    let list: Vec<&str> = hosts.iter().map(|h| h.strip_prefix('*').unwrap_or(h)).collect();
    Matcher::builder().all("http://any.invalid:80").no(list.join(",")).build()
}

#[cfg(test)]
mod tests {
    use super::super::settings::from_gnome;
    use super::*;

    fn gnome(lines: &str) -> Settings {
        from_gnome(&lines.replace("G.", "org.gnome.system.proxy.").replace("G ", "org.gnome.system.proxy "))
    }

    fn proxy(followed: &Followed, url: &str) -> Option<String> {
        followed.proxy_for(url).map(|p| p.uri().to_string())
    }

    #[test]
    fn the_desktops_settings_hold_in_its_session_with_their_exceptions() {
        let all = gnome(
            "G mode 'manual'\nG ignore-hosts ['localhost', '*.intern.example', '192.0.2.0/24']\n\
             G.http host 'web.example'\nG.http port 3128\nG.https host ''\nG.socks host 's.example'\nG.socks port 1080\n",
        );
        let followed = Followed::of(&all, "ubuntu:GNOME");
        assert_eq!(followed.source(), Reading::Value(ProxySource::Gnome));
        assert_eq!(proxy(&followed, "http://www.example/").as_deref(), Some("http://web.example:3128/"));
        assert_eq!(proxy(&followed, "https://www.example/").as_deref(), Some("socks5h://s.example:1080/"));
        for excepted in ["http://wiki.intern.example/", "http://192.0.2.9/", "http://localhost/"] {
            assert_eq!(proxy(&followed, excepted), None, "{excepted}");
        }
        let elsewhere = Followed::of(&all, "XFCE");
        assert_eq!(elsewhere.source(), Reading::Value(ProxySource::None));
        assert!(!elsewhere.has_rules());
    }

    #[test]
    fn a_desktop_that_wants_no_proxy_overrules_the_environment() {
        let environment = || {
            super::super::settings::from_environment(&|name| {
                (name == "https_proxy").then(|| "http://left-over.example:3128".to_owned())
            })
        };
        for (off, desktop, source) in [
            (gnome("G mode 'none'\n"), "ubuntu:GNOME", ProxySource::Gnome),
            (super::super::settings::from_kde("[Proxy Settings]\nProxyType=0\n"), "KDE", ProxySource::Kde),
        ] {
            let mut all = environment();
            all.add(off);
            let followed = Followed::of(&all, desktop);
            assert_eq!(followed.source(), Reading::Value(source));
            assert!(followed.has_rules(), "the environment is not asked");
            assert_eq!(proxy(&followed, "https://www.example/"), None);
            let elsewhere = Followed::of(&all, "XFCE");
            assert_eq!(elsewhere.source(), Reading::Value(ProxySource::Environment));
        }
        // By hand, with nothing entered: as good as nothing said.
        let mut all = environment();
        all.add(gnome("G mode 'manual'\nG.http host ''\n"));
        assert_eq!(Followed::of(&all, "GNOME").source(), Reading::Value(ProxySource::Environment));
    }

    #[test]
    fn an_exception_of_all_hosts_leaves_none_to_the_proxy() {
        let all = gnome(
            "G mode 'manual'\nG ignore-hosts ['localhost', '*']\nG.http host 'p.example'\nG.http port 1\n",
        );
        let by_desktop = Followed::of(&all, "GNOME");
        let all = super::super::settings::from_environment(&|name| {
            Some(match name {
                "http_proxy" => "http://p.example:1".to_owned(),
                "no_proxy" => "*".to_owned(),
                _ => return None,
            })
        });
        let by_environment = Followed::of(&all, "");
        assert_eq!(by_environment.source(), Reading::Value(ProxySource::Environment));
        for followed in [by_desktop, by_environment] {
            assert!(followed.has_rules() && !followed.follows("gnome") && !followed.follows("environment"));
            for url in ["http://www.example/", "http://192.0.2.1/", "http://[2001:db8::1]/"] {
                assert_eq!(proxy(&followed, url), None, "{url}");
            }
        }
    }

    #[test]
    fn a_script_leaves_the_way_unknown() {
        let followed =
            Followed::of(&gnome("G mode 'auto'\nG autoconfig-url 'http://wpad.example/p.pac'\n"), "GNOME");
        assert_eq!(followed.source().absence().map(|a| a.reason), Some(Reason::NotSupported));
        assert!(followed.follows("gnome") && !followed.has_rules());
    }

    #[test]
    fn a_reversed_list_names_the_hosts_that_the_proxy_is_for() {
        let mut all =
            gnome("G mode 'manual'\nG ignore-hosts ['a.example']\nG.http host 'p.example'\nG.http port 1\n");
        all.bypass[0].reversed = true;
        let followed = Followed::of(&all, "GNOME");
        assert!(proxy(&followed, "http://a.example/").is_some());
        assert_eq!(proxy(&followed, "http://b.example/"), None);
    }

    #[test]
    fn a_password_is_asked_with_and_never_shown() {
        let mut all = gnome("G mode 'manual'\nG.http host 'p.example'\nG.http port 1\n");
        all.settings[0].written.0 = "http://ann:secret@p.example:1".into();
        let followed = Followed::of(&all, "GNOME");
        assert!(followed.proxy_for("http://a.example/").unwrap().basic_auth().is_some());
        assert!(!format!("{followed:?}").contains("secret"));
    }
}
