//! Proxies that the network offers: by a script whose address the network gives (WPAD), or by the policy.

use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::HOST;
use tokio::time::Instant;

use super::{ProxyScript, ScriptOutcome};
use crate::Context;
use crate::dns::{self, AddressScope};
use crate::net::http::{self, Way};
use crate::net::leases::{self, PROXY_SCRIPT};
use crate::net::{self, Target};
use crate::source::detached;

/// Search domains are tried in their order, and a list of them has an end.
const MOST_DOMAINS: usize = 3;

/// A script may name many; the first ones are those that matter.
const MOST_PROXIES: usize = 4;

/// The most that is read of a script.
const SCRIPT_BYTES: usize = 64 * 1024;

/// The source of a proxy that may be anywhere: the organisation says so, and not just any network.
pub(super) const POLICY: &str = "policy";

/// Whether an address that a network names is one of a host in it: not this computer, and not the internet.
pub(super) fn is_near(address: IpAddr, own: &[net::Network]) -> bool {
    matches!(net::scope(address, own), AddressScope::OwnNetwork | AddressScope::Private)
}

/// A proxy that somebody names.
pub(super) struct Named {
    pub(super) source: &'static str,
    pub(super) proxy: Target,
    /// With its scheme.
    pub(super) written: String,
}

/// Scripts, and the proxies that they and the policy name.
pub(super) async fn find(cx: &Context, deadline: Instant) -> (Vec<ProxyScript>, Vec<Named>) {
    let inner = cx.clone();
    let leases =
        detached("read the leases", cx.step(), move || from_leases(&inner)).await.unwrap_or_default();
    let mut wanted: Vec<(&'static str, String)> = leases.into_iter().map(|url| ("dhcp", url)).collect();
    for domain in dns::search_domains(cx).await.into_iter().take(MOST_DOMAINS) {
        // A name directly under a top domain belongs to somebody else.
        if domain.contains('.') {
            wanted.push(("wpad", format!("http://wpad.{domain}/wpad.dat")));
        }
    }
    let fetched = wanted.into_iter().map(|(source, url)| async move {
        let (outcome, text) = fetch(&url, deadline).await?;
        let named = proxies(&text, source);
        let script =
            ProxyScript { source: source.into(), url: shown(&url), outcome, proxy_count: named.len() as u32 };
        Some((script, named))
    });
    let mut scripts = Vec::new();
    // First the policy's own, so that a script can't take their places.
    let mut all: Vec<Named> = Vec::new();
    for text in &cx.endpoints.proxies {
        if let Some(proxy) = Target::parse(text, 0) {
            all.push(Named { source: POLICY, written: format!("http://{}", proxy.label()), proxy });
        }
    }
    for (script, named) in net::side_by_side(fetched).await.into_iter().flatten() {
        scripts.push(script);
        all.extend(named);
    }
    let mut unique: Vec<Named> = Vec::new();
    for named in all {
        if unique.len() < MOST_PROXIES && !unique.iter().any(|u| u.proxy == named.proxy) {
            unique.push(named);
        }
    }
    (scripts, unique)
}

/// The text of the script that is set, where it lies in this computer's own or a private network.
pub(super) async fn script(url: &str, deadline: Instant) -> Option<String> {
    fetch(url, deadline).await.filter(|(outcome, _)| *outcome == ScriptOutcome::Read).map(|(_, text)| text)
}

/// The text of a script; `None` where its host has no address, so that there is no script.
async fn fetch(url: &str, deadline: Instant) -> Option<(ScriptOutcome, String)> {
    let nothing = |outcome| Some((outcome, String::new()));
    let mut url = Url::parse(url).ok().filter(|url| url.scheme() == "http")?;
    let host =
        Target { host: url.host_str()?.trim_matches(['[', ']']).to_owned(), port: url.port().unwrap_or(80) };
    let addresses = net::resolve(&host.host, host.port, deadline).await.ok()?;
    let own = net::own_networks();
    let near: Vec<SocketAddr> = addresses.into_iter().filter(|a| is_near(a.ip(), &own)).collect();
    let Some(address) = near.first() else { return nothing(ScriptOutcome::Outside) };
    // By the address found: a second lookup might find another.
    let literal = match address.ip() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    };
    let name = url.host_str()?.to_owned();
    url.set_host(Some(&literal)).ok()?;
    let client = http::client(&Way::Direct, deadline).ok()?;
    let asked = async {
        let mut answer = client.get(url).header(HOST, name).send().await.ok()?;
        if answer.status() != 200 {
            return nothing(ScriptOutcome::Missing);
        }
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            body.extend_from_slice(&chunk[..chunk.len().min(SCRIPT_BYTES - body.len())]);
            if body.len() >= SCRIPT_BYTES {
                break;
            }
        }
        Some((ScriptOutcome::Read, String::from_utf8_lossy(&body).into_owned()))
    };
    match tokio::time::timeout_at(deadline, asked).await {
        Ok(Some(found)) => Some(found),
        _ => nothing(ScriptOutcome::Unreachable),
    }
}

/// An address without what may be nobody's business.
fn shown(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else { return String::new() };
    url.set_query(None);
    url.set_fragment(None);
    // Errors mean that this kind of address has no user.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    net::tame(url.as_str(), 300)
}

/// The words of a script's text without its comments.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|line| line.split(|c: char| c.is_whitespace() || "\"';,(){}+".contains(c)))
        .filter(|word| !word.is_empty())
}

/// Whether a script's text names the direct way.
pub(super) fn names_direct(text: &str) -> bool {
    words(text).any(|word| word == "DIRECT")
}

/// The proxies that a script's text names, each once. What the script would choose is not known.
pub(super) fn proxies(text: &str, source: &'static str) -> Vec<Named> {
    let words: Vec<&str> = words(text).collect();
    let mut found: Vec<Named> = Vec::new();
    for pair in words.windows(2) {
        let (scheme, port) = match pair[0] {
            "PROXY" | "HTTP" => ("http", 80),
            "HTTPS" => ("https", 443),
            "SOCKS" | "SOCKS5" => ("socks5h", 1080),
            _ => continue,
        };
        // A word of a program can follow as well: only what has a port is taken for an address.
        let Some(proxy) = Target::parse(pair[1], 0).filter(|t| t.port != 0 || t.host.contains('.')) else {
            continue;
        };
        let proxy = Target { port: if proxy.port == 0 { port } else { proxy.port }, ..proxy };
        if found.len() < MOST_PROXIES && !found.iter().any(|f| f.proxy == proxy) {
            found.push(Named { source, written: format!("{scheme}://{}", proxy.label()), proxy });
        }
    }
    found
}

/// The addresses of scripts that the networks name that this computer is in.
fn from_leases(cx: &Context) -> Vec<String> {
    let leases = leases::leases(cx, Timestamp::now());
    let said = leases.iter().filter_map(|lease| lease.said(PROXY_SCRIPT));
    let urls =
        said.map(|url| url.trim_end_matches(['\0', '\n', ' '])).filter(|url| url.starts_with("http://"));
    let mut found: Vec<String> = urls.map(ToOwned::to_owned).collect();
    found.sort();
    found.dedup();
    found.truncate(2);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxies_that_a_scripts_text_names_are_found_and_words_are_not() {
        let text = "// PROXY old.example:1\nfunction FindProxyForURL(url, host) {\n\
            if (PROXY == x) return \"DIRECT\";\n\
            return \"PROXY 192.0.2.1:3128; SOCKS5 s.example; PROXY 192.0.2.1:3128; HTTPS [2001:db8::1]:443; DIRECT\"; }";
        let found: Vec<String> = proxies(text, "wpad").into_iter().map(|n| n.written).collect();
        assert_eq!(found, ["http://192.0.2.1:3128", "socks5h://s.example:1080", "https://[2001:db8::1]:443"]);
        assert!(names_direct(text) && !names_direct("// DIRECT\nreturn \"PROXY direct.example:1\";"));
        let many: String = (0..50).map(|n| format!("PROXY p{n}.example:80;")).collect();
        assert_eq!(proxies(&many, "wpad").len(), MOST_PROXIES);
    }

    #[test]
    fn nobody_but_a_host_of_the_network_is_near() {
        for (address, near) in [
            ("10.1.2.3", true),
            ("fd00::1", true),
            ("127.0.0.1", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("169.254.169.254", false),
            ("fe80::1", false),
            ("0.0.0.0", false),
            ("203.0.113.80", false),
        ] {
            assert_eq!(is_near(address.parse().unwrap(), &net::own_networks()), near, "{address}");
        }
    }

    #[test]
    fn leases_of_both_kinds_name_the_script() {
        let seen = |file: &str, text: &str| {
            let wired = [("sys/class/net/eth0/ifindex", "2\n"), ("sys/class/net/eth0/carrier", "1\n")];
            from_leases(&crate::source::tree(&[wired[0], wired[1], (file, text)]).1)
        };
        const NETWORKD: &str = "run/systemd/netif/leases/2";
        let text = "ADDRESS=192.0.2.10\nOPTION_252=687474703a2f2f777061642e6578616d706c652f7800\n";
        assert_eq!(seen(NETWORKD, text), ["http://wpad.example/x"]);
        const DHCLIENT: &str = "var/lib/dhcp/dhclient.eth0.leases";
        let lease = |expire: &str, url: &str| {
            format!("lease {{\n  interface \"eth0\";\n  option wpad \"{url}\";\n  expire {expire};\n}}\n")
        };
        let old = lease("5 2020/01/03 10:00:00", "http://old.example/");
        assert_eq!(
            seen(DHCLIENT, &(lease("never", "http://new.example/\\012") + &old)),
            ["http://new.example/"]
        );
        assert!(seen(DHCLIENT, &old).is_empty());
        for odd in ["OPTION_252=zz", "OPTION_252=ff", "OPTION_252=66696c653a2f2f2f657463", ""] {
            assert!(seen(NETWORKD, odd).is_empty(), "{odd}");
        }
        assert_eq!(shown("http://ann:secret@wpad.example/x?user=ann#a"), "http://wpad.example/x");
    }
}
