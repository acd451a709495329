//! Which resolvers the system uses, read from its files.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV6};

use super::{DnsServer, Lookup, OverTls};
use crate::source::{detached, read_raw, unread};
use crate::{Absence, Context, Reading, Reason, net};

/// The source of servers that the policy names.
pub(super) const POLICY: &str = "policy";

const STUB: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 53));

/// The C library uses no more; what stands below is never asked by a program.
const MOST_SERVERS: usize = 3;

/// systemd-resolved uses all; somebody's list has an end all the same.
const MOST_UPSTREAM_SERVERS: usize = 8;

/// No name in DNS is longer.
const LONGEST_NAME: usize = 253;

/// Drop-in files have an end.
const MOST_DROP_INS: usize = 64;

/// A resolver, and who names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) source: &'static str,
    /// The name that its certificate must bear, where the settings say one.
    pub(super) name: Option<String>,
}

impl Server {
    /// The fact, with the lookups given.
    pub(super) fn unasked(&self, lookups: Reading<Vec<Lookup>>) -> DnsServer {
        DnsServer {
            address: self.address,
            source: self.source.into(),
            lookups,
            by_tcp: Reading::absent(Reason::NothingToMeasure, "not asked for it"),
            over_tls: Reading::absent(Reason::NothingToMeasure, "not asked for it"),
            tls_name: self
                .name
                .clone()
                .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "the settings name none"))
                .into(),
            certificate: Reading::absent(Reason::NothingToMeasure, "not asked for it"),
            over_https: Reading::absent(Reason::NothingToMeasure, "not asked for it"),
            unknown_names: Reading::absent(Reason::NothingToMeasure, "not asked for it"),
        }
    }
}

/// What the system is set to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) servers: Vec<Server>,
    pub(super) search_domains: Vec<String>,
    /// What systemd-resolved is set to; none where it is not asked.
    pub(super) over_tls: Option<OverTls>,
}

/// The settings, or why they are not known: "none set" and "not read" are different findings.
pub(super) async fn read(cx: &Context) -> Result<Settings, Absence> {
    if !cfg!(unix) {
        return Err(Absence::new(Reason::NotSupported, "this system's resolver settings are not read yet"));
    }
    let inner = cx.clone();
    detached("read the resolver settings", cx.step(), move || from_files(&inner)).await?
}

fn from_files(cx: &Context) -> Result<Settings, Absence> {
    let (servers, search_domains) = parse(&text(cx, "/etc/resolv.conf")?);
    let named = |servers: Vec<SocketAddr>, source, most| {
        servers.into_iter().take(most).map(move |address| Server { address, source, name: None })
    };
    // systemd-resolved is asked through its stub, or by a library that needs no server in the file.
    let by_resolved = servers.is_empty() || servers.iter().any(|s| s.ip() == STUB);
    // Whether it encrypts is not known where its settings cannot be read; its servers are all the same.
    let texts = if by_resolved { resolved_settings(cx).ok() } else { None };
    let over_tls = texts.as_deref().map(over_tls);
    let mut all: Vec<Server> = named(servers, "resolv.conf", MOST_SERVERS).collect();
    if by_resolved {
        let (upstream, _) = parse(&text(cx, "/run/systemd/resolve/resolv.conf")?);
        let texts = texts.unwrap_or_default();
        all.extend(
            named(upstream, "systemd-resolved", MOST_UPSTREAM_SERVERS)
                .map(|server| Server { name: server_name(&texts, server.address.ip()), ..server }),
        );
    }
    Ok(Settings { servers: all, search_domains, over_tls })
}

/// systemd-resolved's settings (resolved.conf(5)): the file, and over it the drop-ins by name, of which those
/// of the administrator come before those of the distribution.
fn resolved_settings(cx: &Context) -> Result<Vec<String>, Absence> {
    const FOLDERS: &[&str] = &["/etc/systemd", "/run/systemd", "/usr/lib/systemd"];
    let mut texts = BTreeMap::new();
    for folder in FOLDERS.iter().map(|f| format!("{f}/resolved.conf.d")) {
        let Ok(entries) = std::fs::read_dir(cx.path(&folder)) else { continue };
        for entry in entries.flatten().take(MOST_DROP_INS) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".conf") && !texts.contains_key(&name) {
                let read = text(cx, &format!("{folder}/{name}"))?;
                texts.insert(name, read);
            }
        }
    }
    Ok(std::iter::once(text(cx, "/etc/systemd/resolved.conf")?).chain(texts.into_values()).collect())
}

/// The values of one setting, in the order of the files.
fn values<'a>(texts: &'a [String], key: &'a str) -> impl DoubleEndedIterator<Item = &'a str> {
    let lines = texts.iter().flat_map(|text| text.lines()).filter_map(|line| line.split_once('='));
    lines.filter(move |(name, _)| name.trim() == key).map(|(_, value)| value.trim())
}

/// The words of a setting that grows from line to line, and that an empty one empties.
fn listed<'a>(texts: &'a [String], key: &'a str) -> Vec<&'a str> {
    let mut words = Vec::new();
    for value in values(texts, key) {
        if value.is_empty() {
            words.clear();
        }
        words.extend(value.split_whitespace());
    }
    words
}

fn over_tls(texts: &[String]) -> OverTls {
    match values(texts, "DNSOverTLS").next_back().unwrap_or_default().to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" | "on" | "y" | "t" => OverTls::Strict,
        "opportunistic" => OverTls::Opportunistic,
        _ => OverTls::Off,
    }
}

/// What stands behind the server's address: `DNS=9.9.9.9#dns.quad9.net [2620:fe::fe]:853%eth0#dns.quad9.net`.
fn server_name(texts: &[String], address: IpAddr) -> Option<String> {
    let entries = [listed(texts, "DNS"), listed(texts, "FallbackDNS")].concat();
    let mut named = entries.into_iter().filter_map(|entry| entry.split_once('#')).filter(|(at, _)| {
        let at = at.split('%').next().unwrap_or(at);
        net::socket_address(at, 53).is_some_and(|at| at.ip() == address)
    });
    named
        .next()
        .map(|(_, name)| net::tame(name.trim_end_matches('.'), LONGEST_NAME))
        .filter(|n| !n.is_empty())
}

/// The policy's resolvers; an entry that is no address can't be asked without asking a resolver.
pub(super) fn independent(resolvers: &[String]) -> Vec<Server> {
    let server = |text: &String| {
        let address = net::socket_address(text, 53);
        if address.is_none() {
            tracing::warn!(resolver = %text, "the policy's resolver is no address; left out");
        }
        Some(Server { address: address?, source: POLICY, name: None })
    };
    resolvers.iter().take(net::MOST_TARGETS).filter_map(server).collect()
}

/// A file that is not there names nobody; one that cannot be read may name anybody.
fn text(cx: &Context, file: &str) -> Result<String, Absence> {
    match read_raw(cx, file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| unread(file, error)),
    }
}

fn parse(text: &str) -> (Vec<SocketAddr>, Vec<String>) {
    let mut servers = Vec::new();
    let mut search = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("nameserver") => {
                if let Some(address) = words.next().and_then(nameserver)
                    && !servers.contains(&address)
                {
                    servers.push(address);
                }
            }
            // The last one of either wins, as in the C library.
            Some("search" | "domain") => {
                search = words
                    .map(|w| w.trim_end_matches('.'))
                    .filter(|w| !w.is_empty())
                    .map(Into::into)
                    .collect();
            }
            _ => {}
        }
    }
    (servers, search)
}

/// `192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`.
fn nameserver(text: &str) -> Option<SocketAddr> {
    if let Some((address, zone)) = text.split_once('%') {
        let scope = zone.parse().ok().or_else(|| net::interface_index(zone))?;
        return Some(SocketAddrV6::new(address.parse().ok()?, 53, 0, scope).into());
    }
    Some(SocketAddr::new(text.parse().ok()?, 53))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn recorded(files: &[(&str, &str)]) -> Settings {
        let root = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        read(&Context { root: root.path().to_owned(), ..Context::default() }).await.unwrap()
    }

    fn servers(settings: &Settings) -> Vec<(String, &str)> {
        settings.servers.iter().map(|s| (s.address.to_string(), s.source)).collect()
    }

    #[tokio::test]
    async fn servers_come_in_order_and_no_more_than_are_used() {
        let settings = recorded(&[(
            "etc/resolv.conf",
            "# a comment\n; another\noptions edns0\nnameserver 192.0.2.1\nnameserver\t2001:db8::53 # home\n\
             nameserver nonsense\nnameserver fe80::1%7\nnameserver 192.0.2.9\ndomain old.example\nsearch a.example b.example. .\n",
        )])
        .await;
        assert_eq!(
            servers(&settings),
            [
                ("192.0.2.1:53".to_owned(), "resolv.conf"),
                ("[2001:db8::53]:53".to_owned(), "resolv.conf"),
                ("[fe80::1%7]:53".to_owned(), "resolv.conf"),
            ]
        );
        assert_eq!(settings.search_domains, ["a.example", "b.example"]);
    }

    #[tokio::test]
    async fn behind_the_stub_its_own_servers_are_listed_too() {
        let upstream = ("run/systemd/resolve/resolv.conf", "nameserver 192.0.2.7\n");
        let settings = recorded(&[("etc/resolv.conf", "nameserver 127.0.0.53\n"), upstream]).await;
        assert_eq!(
            servers(&settings),
            [("127.0.0.53:53".to_owned(), "resolv.conf"), ("192.0.2.7:53".to_owned(), "systemd-resolved")]
        );
        let settings = recorded(&[("etc/resolv.conf", "nameserver 192.0.2.1\n"), upstream]).await;
        assert_eq!(servers(&settings), [("192.0.2.1:53".to_owned(), "resolv.conf")]);
    }

    #[tokio::test]
    async fn the_last_word_on_encryption_counts_and_only_where_systemd_resolved_is_asked() {
        let stub = ("etc/resolv.conf", "nameserver 127.0.0.53\n");
        let file = ("etc/systemd/resolved.conf", "[Resolve]\n#DNSOverTLS=no\nDNSOverTLS=opportunistic\n");
        let strict = ("etc/systemd/resolved.conf.d/10-dot.conf", "[Resolve]\nDNSOverTLS=yes\n");
        let theirs = ("usr/lib/systemd/resolved.conf.d/10-dot.conf", "[Resolve]\nDNSOverTLS=no\n");
        assert_eq!(recorded(&[stub]).await.over_tls, Some(OverTls::Off));
        assert_eq!(recorded(&[stub, file]).await.over_tls, Some(OverTls::Opportunistic));
        assert_eq!(recorded(&[stub, file, strict, theirs]).await.over_tls, Some(OverTls::Strict));
        let own = ("etc/resolv.conf", "nameserver 192.0.2.1\n");
        assert_eq!(recorded(&[own, strict]).await.over_tls, None);
    }

    #[tokio::test]
    async fn the_name_behind_an_address_is_that_of_its_certificate() {
        let stub = ("etc/resolv.conf", "nameserver 127.0.0.53\n");
        let upstream = (
            "run/systemd/resolve/resolv.conf",
            "nameserver 192.0.2.7\nnameserver 2001:db8::7\nnameserver 192.0.2.8\n",
        );
        let file = (
            "etc/systemd/resolved.conf",
            "[Resolve]\nDNS=192.0.2.7:853#dns.example. [2001:db8::7]:53%eth0#six.example\n#DNS=192.0.2.8#x\nDNS=192.0.2.8\n",
        );
        let settings = recorded(&[stub, upstream, file]).await;
        let names: Vec<_> = settings.servers.iter().map(|s| s.name.as_deref()).collect();
        assert_eq!(names, [None, Some("dns.example"), Some("six.example"), None]);
    }

    #[tokio::test]
    async fn an_empty_line_takes_back_the_servers_before_it_and_their_names() {
        let stub = ("etc/resolv.conf", "nameserver 127.0.0.53\n");
        let upstream = ("run/systemd/resolve/resolv.conf", "nameserver 192.0.2.7\nnameserver 192.0.2.8\n");
        let file =
            ("etc/systemd/resolved.conf", "[Resolve]\nDNS=192.0.2.7#stale.example 192.0.2.8#other.example\n");
        let drop_in =
            ("etc/systemd/resolved.conf.d/10-dns.conf", "[Resolve]\nDNS=\nDNS=192.0.2.7#dns.example\n");
        let settings = recorded(&[stub, upstream, file, drop_in]).await;
        let names: Vec<_> = settings.servers.iter().map(|s| s.name.as_deref()).collect();
        assert_eq!(names, [None, Some("dns.example"), None]);
    }

    #[tokio::test]
    async fn without_the_file_there_are_none() {
        let settings = recorded(&[]).await;
        assert_eq!((settings.servers, settings.search_domains), (vec![], vec![]));
    }

    #[tokio::test]
    async fn without_a_server_in_the_file_those_of_systemd_resolved_are_listed() {
        let upstream = ("run/systemd/resolve/resolv.conf", "nameserver 192.0.2.7\n");
        for own in [None, Some(("etc/resolv.conf", "search a.example\n"))] {
            let files: Vec<_> = own.into_iter().chain([upstream]).collect();
            let settings = recorded(&files).await;
            assert_eq!(servers(&settings), [("192.0.2.7:53".to_owned(), "systemd-resolved")]);
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn settings_that_can_not_be_read_are_absent_and_not_empty() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("etc/resolv.conf")).unwrap();
        let cx = Context { root: root.path().to_owned(), ..Context::default() };
        let absent = read(&cx).await.unwrap_err();
        assert!(absent.reason == Reason::Failed && absent.detail.contains("/etc/resolv.conf"), "{absent}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_never_ends_to_open_holds_up_neither_the_probe_nor_the_end_of_the_runtime() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("etc")).unwrap();
        let fifo = root.path().join("etc/resolv.conf");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let mut cx = Context { root: root.path().to_owned(), ..Context::default() };
        cx.limits.probe = std::time::Duration::from_millis(100);
        let (ended, end) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let outcome = runtime.block_on(read(&cx));
            drop(runtime);
            let _ = ended.send(outcome);
        });
        let outcome = end.recv_timeout(std::time::Duration::from_secs(10));
        // A writer lets the reading thread go.
        let _ = std::fs::OpenOptions::new().write(true).open(&fifo);
        assert_eq!(outcome.expect("the reading holds it up").unwrap_err().reason, Reason::TimedOut);
    }
}
