//! Where proxies are set, and what is kept of it.

use std::io::ErrorKind;

use crate::net::Target;
use crate::source::{read_raw, unread};
use crate::{Absence, Context};

/// A list of exceptions has an end.
const MOST_EXCEPTIONS: usize = 100;

/// A setting as it is written, user and password included: for asking the proxy, and for no fact.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Written(pub(super) String);

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(written)")
    }
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) used_for: &'static str,
    pub(super) source: &'static str,
    /// An error says in place of the address why there is none.
    pub(super) target: Result<Target, &'static str>,
    pub(super) has_credentials: bool,
    pub(super) written: Written,
}

/// All that is set.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) settings: Vec<Found>,
    pub(super) exceptions: Vec<String>,
    /// The same by source, with lists that are reversed.
    pub(super) bypass: Vec<Bypass>,
    /// Desktops whose settings say that no proxy is to be used, which is another thing than saying nothing.
    pub(super) direct: Vec<&'static str>,
}

/// A source's list of hosts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bypass {
    pub(super) source: &'static str,
    pub(super) hosts: Vec<String>,
    /// The hosts are those that the proxy is for, and not those that it is not for.
    pub(super) reversed: bool,
}

impl Settings {
    /// What one source says.
    fn of(source: &'static str, settings: Vec<Found>, list: &str, reversed: bool) -> Self {
        let hosts: Vec<String> = self::list(list).into_iter().take(MOST_EXCEPTIONS).collect();
        let exceptions = if reversed { Vec::new() } else { hosts.clone() };
        Self { settings, exceptions, bypass: vec![Bypass { source, hosts, reversed }], direct: Vec::new() }
    }

    /// The list of one source.
    pub(super) fn bypass_of(&self, source: super::ProxySource) -> Option<&Bypass> {
        self.bypass.iter().find(|b| b.source == source.as_str())
    }

    /// A source that wants no proxy.
    fn without_proxy(source: &'static str) -> Self {
        Self { direct: vec![source], ..Self::default() }
    }

    /// Adds what another source says.
    pub(super) fn add(&mut self, other: Self) {
        self.settings.extend(other.settings);
        self.bypass.extend(other.bypass);
        self.direct.extend(other.direct);
        for exception in other.exceptions {
            if !self.exceptions.contains(&exception) {
                self.exceptions.push(exception);
            }
        }
        self.exceptions.truncate(MOST_EXCEPTIONS);
    }
}

type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// All that is set, or why it is not known. The file lies in the home folder, which can be a share
/// that does not answer: call this where waiting harms nobody.
pub(super) fn read(cx: &Context, environment: Environment<'_>) -> Result<Settings, Absence> {
    let mut all = if cx.is_live() { from_environment(environment) } else { Settings::default() };
    let text = match kde_file(environment) {
        Some(file) => match read_raw(cx, &file) {
            Ok(text) => text,
            // Where KDE is not used, which is most often, or where there is no home folder.
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => String::new(),
            Err(error) => return Err(unread(&file, error)),
        },
        None => String::new(),
    };
    if !text.is_empty() {
        all.add(from_kde(&text));
    }
    all.exceptions.truncate(MOST_EXCEPTIONS);
    Ok(all)
}

pub(super) fn kde_file(environment: Environment<'_>) -> Option<String> {
    let folder = environment("XDG_CONFIG_HOME")
        .filter(|folder| folder.starts_with('/'))
        .or_else(|| Some(format!("{}/.config", environment("HOME")?)))?;
    Some(format!("{folder}/kioslaverc"))
}

pub(super) fn from_environment(environment: Environment<'_>) -> Settings {
    // Where both are set, programs take the small letters.
    let either = |small: &str| {
        environment(small).or_else(|| environment(&small.to_uppercase())).filter(|v| !v.trim().is_empty())
    };
    let settings = [("http_proxy", "http"), ("https_proxy", "https"), ("all_proxy", "all")]
        .into_iter()
        .filter_map(|(variable, used_for)| Some(found(used_for, "environment", &either(variable)?)))
        .collect();
    Settings::of("environment", settings, &either("no_proxy").unwrap_or_default(), false)
}

pub(super) fn from_kde(text: &str) -> Settings {
    let value = |wanted: &str| {
        let mut inside = false;
        text.lines().map(str::trim).find_map(|line| {
            if line.starts_with('[') {
                inside = line == "[Proxy Settings]";
            }
            let (key, value) = line.split_once('=').filter(|_| inside)?;
            // `key[$e]` marks a value in which variables are expanded.
            let key = key.split_once('[').map_or(key, |(key, _)| key).trim();
            (key == wanted && !value.trim().is_empty()).then(|| value.trim().to_owned())
        })
    };
    match value("ProxyType").as_deref() {
        // By hand. Host and port may have a space between them.
        Some("1") => {
            let settings = [("httpProxy", "http"), ("httpsProxy", "https"), ("socksProxy", "all")]
                .into_iter()
                .filter_map(|(key, used_for)| {
                    let mut written = value(key)?;
                    if let Some((host, port)) = written.rsplit_once(' ') {
                        written = format!("{}:{port}", host.trim_end_matches('/'));
                    }
                    Some(found(used_for, "kde", &written))
                })
                .collect();
            // Reversed, the list names the hosts that do use the proxy.
            let reversed = value("ReversedException").is_some_and(|v| v == "true");
            Settings::of("kde", settings, &value("NoProxyFor").unwrap_or_default(), reversed)
        }
        Some("2") => {
            let script = value("Proxy Config Script")
                .map(|script| found("pac", "kde", script.split(['?', '#']).next().unwrap_or_default()));
            Settings::of("kde", script.into_iter().collect(), "", false)
        }
        Some("3") => {
            let by_network = Found {
                used_for: "pac",
                source: "kde",
                target: Err("found through the network (WPAD)"),
                has_credentials: false,
                written: Written(String::new()),
            };
            Settings::of("kde", vec![by_network], "", false)
        }
        Some("0") => Settings::without_proxy("kde"),
        // 4 takes the environment's, which is read anyway.
        _ => Settings::default(),
    }
}

/// What `gsettings list-recursively org.gnome.system.proxy` prints: a schema, a key and a value a line.
pub(super) fn from_gnome(text: &str) -> Settings {
    let value = |schema: &str, key: &str| {
        text.lines().find_map(|line| {
            let rest = line.trim().strip_prefix(schema)?.strip_prefix(' ')?.strip_prefix(key)?;
            Some(rest.strip_prefix(' ')?.trim().trim_matches('\'').to_owned())
        })
    };
    let schema = "org.gnome.system.proxy";
    match value(schema, "mode").as_deref() {
        Some("manual") => {
            let settings = [("http", "http"), ("https", "https"), ("socks", "all")]
                .into_iter()
                .filter_map(|(part, used_for)| {
                    let part_schema = format!("{schema}.{part}");
                    let host = value(&part_schema, "host").filter(|host| !host.is_empty())?;
                    let host = if host.contains(':') { format!("[{host}]") } else { host };
                    let scheme = if part == "socks" { "socks5h" } else { "http" };
                    // 0 stands for the usual port.
                    let port = value(&part_schema, "port").filter(|port| !port.is_empty() && port != "0");
                    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
                    Some(found(used_for, "gnome", &format!("{scheme}://{host}{port}")))
                })
                .collect();
            let exceptions = value(schema, "ignore-hosts").unwrap_or_default();
            Settings::of("gnome", settings, &exceptions.replace(['[', ']', '\''], ""), false)
        }
        Some("auto") => {
            let script = value(schema, "autoconfig-url").unwrap_or_default();
            let setting = if script.is_empty() {
                Found {
                    used_for: "pac",
                    source: "gnome",
                    target: Err("found through the network (WPAD)"),
                    has_credentials: false,
                    written: Written(String::new()),
                }
            } else {
                found("pac", "gnome", script.split(['?', '#']).next().unwrap_or_default())
            };
            Settings::of("gnome", vec![setting], "", false)
        }
        Some("none") => Settings::without_proxy("gnome"),
        _ => Settings::default(),
    }
}

fn list(text: &str) -> Vec<String> {
    text.split([',', ';', ' ', '\t']).filter(|entry| !entry.is_empty()).map(ToOwned::to_owned).collect()
}

fn found(used_for: &'static str, source: &'static str, written: &str) -> Found {
    let written = written.trim();
    let (scheme, rest) = written.split_once("://").unwrap_or(("http", written));
    if scheme.eq_ignore_ascii_case("file") {
        let target = Err("a file on this computer");
        return Found { used_for, source, target, has_credentials: false, written: Written(String::new()) };
    }
    let port = match scheme.to_ascii_lowercase().as_str() {
        "https" => 443,
        scheme if scheme.starts_with("socks") => 1080,
        _ => 80,
    };
    // Cut by hand and from the right: a password may hold what a URL must not, and a parser would
    // then take a part of it for the host.
    let (credentials, rest) = match rest.rsplit_once('@') {
        Some((credentials, rest)) => (!credentials.is_empty(), rest),
        None => (false, rest),
    };
    // What has no place in a proxy's address is more likely a piece of a password.
    let odd = |c: char| c.is_whitespace() || matches!(c, '#' | '?');
    let host = rest.split('/').next().filter(|_| !rest.contains(odd));
    // Written one way, so that the same proxy is known wherever it stands.
    let host = host.map(str::to_ascii_lowercase);
    let target = host.and_then(|host| Target::parse(&host, port)).ok_or("the setting can't be read");
    let target = target.map(|t| Target { host: t.host.trim_end_matches('.').to_owned(), ..t });
    Found { used_for, source, target, has_credentials: credentials, written: Written(written.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(settings: &Settings) -> Vec<(&str, &str, String, bool)> {
        let address = |f: &Found| f.target.as_ref().map_or_else(|why| (*why).to_owned(), Target::label);
        settings.settings.iter().map(|f| (f.used_for, f.source, address(f), f.has_credentials)).collect()
    }

    #[test]
    fn the_environment_is_read_in_both_cases_and_small_letters_win() {
        let settings = from_environment(&|name| {
            let value = match name {
                "http_proxy" => "http://ann:pa/s#s@wo/rd@proxy.example:3128/",
                "HTTP_PROXY" => "http://other.example:1",
                "HTTPS_PROXY" => "proxy.example:8080",
                "ALL_PROXY" => "socks5://[2001:db8::1]",
                "no_proxy" => "localhost, .intern.example ,192.0.2.0/24",
                _ => return None,
            };
            Some(value.to_owned())
        });
        assert_eq!(
            shown(&settings),
            [
                ("http", "environment", "proxy.example:3128".to_owned(), true),
                ("https", "environment", "proxy.example:8080".to_owned(), false),
                ("all", "environment", "[2001:db8::1]:1080".to_owned(), false),
            ]
        );
        assert_eq!(settings.exceptions, ["localhost", ".intern.example", "192.0.2.0/24"]);
    }

    #[cfg(unix)]
    #[test]
    fn settings_that_can_not_be_read_are_absent_and_not_empty() {
        let root = tempfile::tempdir().unwrap();
        let cx = Context { root: root.path().to_owned(), ..Context::default() };
        let home = |name: &str| (name == "HOME").then(|| "/home/ada".to_owned());
        assert_eq!(read(&cx, &home), Ok(Settings::default()), "no such file");
        std::fs::create_dir_all(root.path().join("home/ada/.config/kioslaverc")).unwrap();
        let absent = read(&cx, &home).unwrap_err();
        assert!(absent.detail.contains("kioslaverc"), "{absent}");
        let nowhere = |name: &str| (name == "HOME").then(|| "/null".to_owned());
        std::fs::write(root.path().join("null"), "").unwrap();
        assert_eq!(read(&cx, &nowhere), Ok(Settings::default()), "a home folder that is none");
    }

    #[test]
    fn without_settings_there_are_none() {
        for nothing in [None, Some(" ".to_owned())] {
            let settings = from_environment(&|_| nothing.clone());
            assert_eq!((settings.settings, settings.exceptions), (vec![], vec![]));
        }
        let off = from_kde("[Proxy Settings]\nProxyType=0\nhttpProxy=http://old.example 3128\n");
        assert_eq!((off.settings, off.direct), (vec![], vec!["kde"]));
        assert_eq!(from_kde("[Proxy Settings]\nhttpProxy=http://old.example 3128\n"), Settings::default());
    }

    #[test]
    fn kde_settings_by_hand_by_script_and_by_the_network_are_read() {
        let by_hand = from_kde(
            "[Other]\nhttpProxy=http://wrong.example 1\n[Proxy Settings][$Version]\nProxyType=0\n\
             [Proxy Settings]\nNoProxyFor=a.example,b.example\nProxyType=1\nReversedException=false\n\
             httpProxy[$e]=http://proxy.example 3128\nhttpsProxy=http://ann:secret@proxy.example:3129\nsocksProxy=socks://s.example\n",
        );
        assert_eq!(
            shown(&by_hand),
            [
                ("http", "kde", "proxy.example:3128".to_owned(), false),
                ("https", "kde", "proxy.example:3129".to_owned(), true),
                ("all", "kde", "s.example:1080".to_owned(), false),
            ]
        );
        assert_eq!(by_hand.exceptions, ["a.example", "b.example"]);

        let script = from_kde(
            "[Proxy Settings]\nProxyType=2\nProxy Config Script=http://wpad.example/proxy.pac?a=b\n",
        );
        assert_eq!(shown(&script), [("pac", "kde", "wpad.example:80".to_owned(), false)]);
        let file =
            from_kde("[Proxy Settings]\nProxyType=2\nProxy Config Script=file:///home/ann/proxy.pac\n");
        assert_eq!(shown(&file), [("pac", "kde", "a file on this computer".to_owned(), false)]);
        let network = from_kde("[Proxy Settings]\nProxyType=3\n");
        assert_eq!(shown(&network), [("pac", "kde", "found through the network (WPAD)".to_owned(), false)]);
    }

    #[test]
    fn the_exceptions_of_a_reversed_list_are_none() {
        let text = "[Proxy Settings]\nProxyType=1\nhttpProxy=http://p.example 1\nNoProxyFor=a.example\nReversedException=true\n";
        assert_eq!(from_kde(text).exceptions, Vec::<String>::new());
        assert!(from_kde(text).bypass[0].reversed);
    }

    #[test]
    fn gnome_settings_by_hand_and_by_script_are_read() {
        let by_hand = from_gnome(
            "org.gnome.system.proxy autoconfig-url ''\norg.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8']\n\
             org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.ftp host ''\n\
             org.gnome.system.proxy.http host 'proxy.example'\norg.gnome.system.proxy.http port 3128\n\
             org.gnome.system.proxy.https host ''\norg.gnome.system.proxy.https port 0\n\
             org.gnome.system.proxy.socks host '2001:db8::1'\norg.gnome.system.proxy.socks port 1080\n",
        );
        assert_eq!(
            shown(&by_hand),
            [
                ("http", "gnome", "proxy.example:3128".to_owned(), false),
                ("all", "gnome", "[2001:db8::1]:1080".to_owned(), false),
            ]
        );
        assert_eq!(by_hand.exceptions, ["localhost", "127.0.0.0/8"]);
        let script = from_gnome(
            "org.gnome.system.proxy mode 'auto'\norg.gnome.system.proxy autoconfig-url 'http://wpad.example/p.pac'\n",
        );
        assert_eq!(shown(&script), [("pac", "gnome", "wpad.example:80".to_owned(), false)]);
        let off = from_gnome("org.gnome.system.proxy mode 'none'\n");
        assert_eq!((off.settings, off.direct), (vec![], vec!["gnome"]));
        assert_eq!(from_gnome("No such schema"), Settings::default());
    }

    #[test]
    fn the_same_proxy_has_one_address_however_it_is_written() {
        let ways = [
            "proxy.example:80",
            "http://proxy.example",
            "HTTP://Proxy.Example.:80/",
            "http://PROXY.example/",
        ];
        for written in ways {
            let address = found("http", "environment", written).target.map(|t| t.label());
            assert_eq!(address.as_deref(), Ok("proxy.example:80"), "{written}");
        }
        let usual = "org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.http host 'proxy.example'\n\
                     org.gnome.system.proxy.http port 0\n";
        assert_eq!(shown(&from_gnome(usual))[0].2, "proxy.example:80");
    }

    #[test]
    fn what_can_not_be_read_shows_nothing_of_itself() {
        let odd = found("http", "environment", "http://user:1#2 secret");
        assert_eq!(odd.target, Err("the setting can't be read"));
    }
}
