//! The files and calls that tell about a Linux system.

use jiff::Timestamp;

use super::domain::{part, plausible};
use super::{System, session_locale, variable, zone};
use crate::source::{detached, odd, read_text};
use crate::{Absence, Context, Reading, Reason};

pub(super) async fn measure(cx: Context) -> Reading<System> {
    let limit = cx.step();
    detached("read the system's description", limit, move || describe(&cx)).await.into()
}

fn describe(cx: &Context) -> System {
    // /usr/lib has the vendor's copy, for when the administrator's is missing: os-release(5).
    let release = read_text(cx, "/etc/os-release").or_else(|_| read_text(cx, "/usr/lib/os-release"));
    let from_release = |key: &str| release.clone().and_then(|text| release_value(&text, key)).into();

    let full_name = kernel_name(cx, "hostname");
    let (host_name, below) = match &full_name {
        Ok(full) => {
            let (host, below) = part(full);
            (Ok(host.to_owned()), below.map(str::to_owned))
        }
        Err(absent) => (Err(absent.clone()), None),
    };
    let domain = domain(cx, host_name.as_deref().ok(), below.as_deref());

    let account = account(cx);
    // Variables are the running session's and say nothing about a recorded tree.
    let session = |name: &str| if cx.is_live() { variable(name) } else { None };
    let user_name = match &account {
        Ok(account) => Ok(account.name.clone()),
        Err(absent) => session("USER").or_else(|| session("LOGNAME")).ok_or_else(|| absent.clone()),
    };
    let home_folder = home_of(session("HOME"), &account);
    let user_full_name = account.and_then(|account| account.full_name());

    System {
        os_family: std::env::consts::OS.into(),
        os_name: from_release("NAME"),
        os_id: from_release("ID"),
        os_version: from_release("VERSION_ID"),
        kernel: kernel_name(cx, "osrelease").into(),
        architecture: architecture(cx),
        uptime_seconds: read_text(cx, "/proc/uptime").and_then(|text| uptime(&text)).into(),
        started_at: read_text(cx, "/proc/stat").and_then(|text| started_at(&text)).into(),
        host_name: host_name.into(),
        domain: domain.into(),
        user_name: user_name.into(),
        user_full_name: user_full_name.into(),
        home_folder: home_folder.into(),
        locale: session_locale(session).or_else(|absent| system_locale(cx).ok_or(absent)).into(),
        time_zone: if cx.is_live() { zone() } else { recorded_zone(cx) }.into(),
    }
}

/// The home folder of the person, for whoever asks what lives there.
pub(super) fn home_folder(cx: &Context) -> Result<String, Absence> {
    home_of(if cx.is_live() { variable("HOME") } else { None }, &account(cx))
}

fn home_of(session: Option<String>, account: &Result<OwnAccount, Absence>) -> Result<String, Absence> {
    session
        .or_else(|| account.as_ref().ok().map(|a| a.home.clone()))
        .filter(|home| home.starts_with('/'))
        .map(|home| match home.trim_end_matches('/') {
            "" => "/".into(),
            trimmed => trimmed.to_owned(),
        })
        .ok_or_else(|| match account {
            Ok(_) => Absence::new(Reason::NothingToMeasure, "the account has no home folder"),
            Err(absent) => absent.clone(),
        })
}

/// A name that the kernel keeps. `/proc` first: it is in recorded trees too.
fn kernel_name(cx: &Context, name: &str) -> Result<String, Absence> {
    let path = format!("/proc/sys/kernel/{name}");
    let text = read_text(cx, &path).or_else(|absent| {
        if !cx.is_live() {
            return Err(absent);
        }
        let names = rustix::system::uname();
        let value = if name == "hostname" { names.nodename() } else { names.release() };
        Ok(value.to_string_lossy().into_owned())
    })?;
    match text.trim() {
        // What the kernel calls a computer that nobody has named.
        "" | "(none)" => Err(Absence::new(Reason::NothingToMeasure, format!("{path} is not set"))),
        value => Ok(value.to_owned()),
    }
}

fn architecture(cx: &Context) -> String {
    let running = if cx.is_live() {
        Some(rustix::system::uname().machine().to_string_lossy().into_owned())
    } else {
        read_text(cx, "/proc/sys/kernel/arch").ok().map(|text| text.trim().to_owned())
    };
    running.filter(|arch| !arch.is_empty()).unwrap_or_else(|| std::env::consts::ARCH.into())
}

/// A value of os-release, whose lines are shell assignments without expansion.
pub(super) fn release_value(text: &str, key: &str) -> Result<String, Absence> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))
        .map(unquoted)
        // As in a shell, the last assignment counts.
        .next_back()
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Absence::new(Reason::NothingToMeasure, format!("os-release has no {key}")))
}

fn unquoted(raw: &str) -> String {
    let raw = raw.trim();
    if let Some(inner) = raw.strip_prefix('\'').and_then(|r| r.strip_suffix('\'')) {
        return inner.into();
    }
    let inner = raw.strip_prefix('"').and_then(|r| r.strip_suffix('"')).unwrap_or(raw);
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

fn uptime(text: &str) -> Result<u64, Absence> {
    let whole = text.split_whitespace().next().and_then(|w| w.split('.').next());
    whole.and_then(|w| w.parse().ok()).ok_or_else(|| odd("/proc/uptime", text.trim()))
}

fn started_at(stat: &str) -> Result<Timestamp, Absence> {
    let seconds = stat.lines().find_map(|l| l.strip_prefix("btime "));
    let Some(seconds) = seconds else {
        return Err(Absence::new(Reason::NotSupported, "/proc/stat has no line btime"));
    };
    seconds
        .trim()
        .parse::<i64>()
        .ok()
        .and_then(|s| Timestamp::from_second(s).ok())
        .ok_or_else(|| odd("/proc/stat", seconds))
}

/// The domain by this computer's own full name, by the full name that `/etc/hosts` gives it, and by
/// what resolvers complete short names with.
fn domain(cx: &Context, host: Option<&str>, below: Option<&str>) -> Result<String, Absence> {
    let by_hosts = || {
        let hosts = read_text(cx, "/etc/hosts").ok()?;
        hosts_domain(&hosts, host?)
    };
    let by_resolver = || read_text(cx, "/etc/resolv.conf").ok().and_then(|text| resolver_domain(&text));
    below.and_then(plausible).or_else(by_hosts).or_else(by_resolver).ok_or_else(|| {
        Absence::new(
            Reason::NothingToMeasure,
            "neither the host name nor /etc/hosts nor /etc/resolv.conf names an organisation's domain",
        )
    })
}

fn hosts_domain(hosts: &str, host: &str) -> Option<String> {
    hosts
        .lines()
        .flat_map(|line| line.split('#').next().unwrap_or_default().split_whitespace().skip(1))
        .filter_map(|name| {
            let (first, below) = part(name);
            if first.eq_ignore_ascii_case(host) { below } else { None }
        })
        .find_map(plausible)
}

/// `domain` and `search` exclude each other and the last one counts: resolv.conf(5).
fn resolver_domain(text: &str) -> Option<String> {
    let mut lists = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        matches!(words.next()?, "domain" | "search").then(|| words.map(str::to_owned).collect::<Vec<_>>())
    });
    lists.next_back()?.iter().find_map(|name| plausible(name))
}

/// What passwd(5) says of the account that this process runs as.
#[derive(Debug, Clone)]
pub(crate) struct OwnAccount {
    pub(crate) name: String,
    pub(crate) number: u32,
    /// The number of its first group.
    pub(crate) group: u32,
    pub(crate) gecos: String,
    pub(crate) home: String,
    pub(crate) shell: String,
}

impl OwnAccount {
    /// An ordinary account, for tests of what is read about one.
    #[cfg(test)]
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.into(),
            number: 1000,
            group: 1000,
            gecos: String::new(),
            home: format!("/home/{name}"),
            shell: "/bin/sh".into(),
        }
    }

    /// The first field of the comment; `&` stands for the login name with a capital: passwd(5).
    fn full_name(&self) -> Result<String, Absence> {
        let mut login = self.name.chars();
        let capital: String = login.next().into_iter().flat_map(char::to_uppercase).chain(login).collect();
        let name = self.gecos.split(',').next().unwrap_or_default().replace('&', &capital);
        match name.trim() {
            "" => Err(Absence::new(Reason::NothingToMeasure, "the account has no display name")),
            name => Ok(name.to_owned()),
        }
    }
}

/// The account that this process runs as, where this computer keeps it itself.
pub(super) fn account(cx: &Context) -> Result<OwnAccount, Absence> {
    let status = read_text(cx, "/proc/self/status")?;
    let uid = status
        .lines()
        .find_map(|l| l.strip_prefix("Uid:"))
        .and_then(|l| l.split_whitespace().next()?.parse::<u32>().ok())
        .ok_or_else(|| odd("/proc/self/status", "no user id"))?;
    find_account(&read_text(cx, "/etc/passwd")?, uid)
        .ok_or_else(|| Absence::new(Reason::NotSupported, format!("/etc/passwd has no account {uid}")))
}

fn find_account(passwd: &str, uid: u32) -> Option<OwnAccount> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _password, id) = (fields.next()?, fields.next()?, fields.next()?);
        if name.is_empty() || id.parse() != Ok(uid) {
            return None;
        }
        let (group, gecos, home) = (fields.next()?.parse().ok()?, fields.next()?, fields.next()?);
        let shell = fields.next().unwrap_or_default().trim();
        Some(OwnAccount {
            name: name.into(),
            number: uid,
            group,
            gecos: gecos.into(),
            home: home.into(),
            shell: shell.into(),
        })
    })
}

/// The language set for the whole computer, for a session that sets none.
fn system_locale(cx: &Context) -> Option<String> {
    ["/etc/locale.conf", "/etc/default/locale"]
        .into_iter()
        .filter_map(|path| read_text(cx, path).ok())
        .find_map(|text| ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|k| release_value(&text, k).ok()))
}

fn recorded_zone(cx: &Context) -> Result<String, Absence> {
    let linked = std::fs::read_link(cx.path("/etc/localtime")).ok().and_then(|target| {
        let target = target.to_string_lossy().into_owned();
        target.split_once("zoneinfo/").map(|(_, zone)| zone.to_owned())
    });
    match linked {
        Some(zone) => Ok(zone),
        None => read_text(cx, "/etc/timezone").map(|text| text.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn recorded(name: &str) -> System {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/").to_owned() + name;
        let cx = Context { root: root.into(), ..Context::default() };
        measure(cx).await.value().unwrap().clone()
    }

    fn text(value: &str) -> Reading<String> {
        Reading::Value(value.into())
    }

    #[tokio::test]
    async fn a_recorded_laptop_of_an_organisation_is_read() {
        let system = recorded("laptop").await;
        assert_eq!(system.os_name, text("Ubuntu"));
        assert_eq!(system.os_id, text("ubuntu"));
        assert_eq!(system.os_version, text("24.04"));
        assert_eq!(system.kernel, text("6.8.0-45-generic"));
        assert_eq!(system.architecture, "x86_64");
        assert_eq!(system.uptime_seconds, Reading::Value(93_784));
        assert_eq!(system.started_at, Reading::Value("2026-03-02T07:00:00Z".parse().unwrap()));
        assert_eq!(system.host_name, text("nb-0042"));
        assert_eq!(system.domain, text("corp.example"));
        assert_eq!(system.user_name, text("mmuster"));
        assert_eq!(system.user_full_name, text("Maxi Muster"));
        assert_eq!(system.home_folder, text("/home/mmuster"));
        assert_eq!(system.locale, text("de_DE.UTF-8"));
        assert_eq!(system.time_zone, text("Europe/Berlin"));
    }

    #[tokio::test]
    async fn a_recorded_server_without_domain_and_language_says_so() {
        let system = recorded("server").await;
        assert_eq!(system.os_name, text("Debian GNU/Linux"));
        assert_eq!(system.os_version, text("12"));
        assert_eq!(system.host_name, text("vm"));
        assert_eq!(system.domain.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(system.locale.absence().unwrap().reason, Reason::NothingToMeasure);
    }

    #[tokio::test]
    async fn an_empty_tree_says_for_each_value_why_it_is_missing() {
        let empty = tempfile::tempdir().unwrap();
        let cx = Context { root: empty.path().into(), ..Context::default() };
        let system = measure(cx).await.value().unwrap().clone();
        for absent in [
            system.os_name.absence(),
            system.kernel.absence(),
            system.host_name.absence(),
            system.user_name.absence(),
            system.user_full_name.absence(),
            system.home_folder.absence(),
            system.uptime_seconds.absence(),
            system.started_at.absence(),
            system.time_zone.absence(),
        ] {
            assert_eq!(absent.unwrap().reason, Reason::NotSupported);
        }
    }

    #[test]
    fn os_release_values_lose_their_quotes_and_escapes() {
        let file = "# comment\nNAME=\"A \\\"B\\\" \\$C\"\nID='x y'\nVERSION_ID=1\nVERSION_ID=2\nVERSION=\"\"\nNAMED=no\n\u{fffd}";
        assert_eq!(release_value(file, "NAME").unwrap(), "A \"B\" $C");
        assert_eq!(release_value(file, "ID").unwrap(), "x y");
        assert_eq!(release_value(file, "VERSION_ID").unwrap(), "2");
        assert_eq!(release_value(file, "VERSION").unwrap_err().reason, Reason::NothingToMeasure);
        assert_eq!(release_value("NAME=\"", "NAME").unwrap(), "\"");
    }

    #[test]
    fn odd_numbers_are_failures() {
        for text in ["", " ", "-5 1", "x", "99999999999999999999999 1"] {
            assert_eq!(uptime(text).unwrap_err().reason, Reason::Failed, "{text:?}");
        }
        assert_eq!(uptime("1917.28 2482.16\n").unwrap(), 1917);
        for text in ["btime x", "btime 9223372036854775807"] {
            assert_eq!(started_at(text).unwrap_err().reason, Reason::Failed, "{text:?}");
        }
        assert_eq!(started_at("").unwrap_err().reason, Reason::NotSupported);
    }

    #[test]
    fn the_domain_comes_from_the_line_that_names_this_computer() {
        let hosts = "127.0.0.1 localhost\n# 127.0.1.1 pc1.old.example\n10.0.0.9 pc10.other.example pc10\n127.0.1.1\tPC1.corp.example pc1\n";
        assert_eq!(hosts_domain(hosts, "pc1").as_deref(), Some("corp.example"));
        assert_eq!(hosts_domain(hosts, "pc2"), None);
        assert_eq!(
            resolver_domain("domain old.example\nsearch fritz.box corp.example\n").as_deref(),
            Some("corp.example")
        );
        assert_eq!(resolver_domain("search .\nnameserver 10.0.0.1\n"), None);
    }

    #[test]
    fn accounts_are_found_by_number_and_odd_lines_are_passed_over() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\n:x:7::::\nshort:x:7\nada:x:7:7:& Example,Room 1,,:/home/ada:/bin/sh\n";
        let account = find_account(passwd, 7).unwrap();
        assert_eq!((account.name.as_str(), account.home.as_str()), ("ada", "/home/ada"));
        assert_eq!(account.full_name().unwrap(), "Ada Example");
        assert!(find_account(passwd, 8).is_none());
        let nameless = OwnAccount { gecos: ",,,".into(), ..account };
        assert_eq!(nameless.full_name().unwrap_err().reason, Reason::NothingToMeasure);
    }

    #[test]
    fn a_linked_time_zone_is_read_from_the_link() {
        let tree = tempfile::tempdir().unwrap();
        std::fs::create_dir(tree.path().join("etc")).unwrap();
        std::os::unix::fs::symlink("/usr/share/zoneinfo/Europe/Vienna", tree.path().join("etc/localtime"))
            .unwrap();
        let cx = Context { root: tree.path().into(), ..Context::default() };
        assert_eq!(recorded_zone(&cx).unwrap(), "Europe/Vienna");
    }
}
