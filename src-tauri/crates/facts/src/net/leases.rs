//! What the network gave this computer with its address, from the files that anybody may read: leases and
//! state of systemd-networkd (which holds what IPv6 routers announce, too), and the leases of dhclient.
//! NetworkManager keeps its own for root alone; dhcpcd keeps packets, and dhclient's leases of DHCPv6 are
//! not read.
//!
//! These files keep what past networks said. A lease counts while its interface is connected, its time has
//! not run out, and the interface has the address that it gave. Its text is whatever somebody's network
//! sent: bounded here, and judged by nobody but its reader.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::SystemTime;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};

use crate::Context;
use crate::source::{names, read_number, read_raw};

/// Names of the option with the address of the API about signing in (RFC 8910).
pub(crate) const CAPTIVE_PORTAL: &[&str] =
    &["CAPTIVE_PORTAL", "v4-captive-portal", "default-url", "captive-portal", "unknown-114"];

/// Names of the options with the time zone (RFC 4833), the one that names it first.
pub(crate) const TIME_ZONE: &[&str] = &["TIMEZONE", "tcode", "pcode"];

/// Names of the option with the address of the proxy script (WPAD).
pub(crate) const PROXY_SCRIPT: &[&str] = &["OPTION_252", "wpad", "unknown-252"];

/// How the files of a folder are written.
#[derive(Clone, Copy)]
enum Kind {
    /// systemd-networkd: `KEY=value`, the file named by the interface's number.
    Networkd,
    /// Leases of dhclient.
    Dhclient,
    /// NetworkManager: its own like systemd-networkd's, and those of a dhclient that it runs.
    NetworkManager,
}

const FOLDERS: &[(&str, Kind)] = &[
    ("/run/systemd/netif/links", Kind::Networkd),
    ("/run/systemd/netif/leases", Kind::Networkd),
    ("/var/lib/dhcp", Kind::Dhclient),
    ("/var/lib/dhclient", Kind::Dhclient),
    ("/var/lib/NetworkManager", Kind::NetworkManager),
];

/// Files of one folder that are looked at; those written last.
const MOST_FILES: usize = 16;

/// Names of one folder.
const MOST_NAMES: usize = 512;

/// Options of one lease.
const MOST_OPTIONS: usize = 256;

/// What one word of a lease may have; an option has 255 bytes, and several may be put together.
const LONGEST_WORD: usize = 4096;

/// What a network gave one interface.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lease {
    options: BTreeMap<String, String>,
}

impl Lease {
    /// The first of these options that it has.
    pub(crate) fn said(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.options.get(*name)).map(String::as_str)
    }
}

/// The leases in force, in the order of the folders; empty where none can be read.
pub(crate) fn leases(cx: &Context, now: Timestamp) -> Vec<Lease> {
    let connected = connected(cx);
    let mut all = Vec::new();
    for (folder, kind) in FOLDERS {
        // Of several files of one interface the one counts that was written last.
        let mut by_interface: BTreeMap<&str, Lease> = BTreeMap::new();
        for (name, written) in files(cx, folder) {
            let of_dhclient = name.starts_with("dhclient") && name.contains(".lease");
            let Ok(text) = read_raw(cx, &format!("{folder}/{name}")) else { continue };
            match kind {
                Kind::Dhclient | Kind::NetworkManager if of_dhclient => {
                    for (interface, lease) in of_blocks(&text, &connected, now) {
                        by_interface.insert(interface, lease);
                    }
                }
                Kind::Networkd => {
                    let interface = connected.iter().find(|c| name.parse() == Ok(c.index));
                    by_interface.extend(interface.and_then(|i| Some((i.name.as_str(), of_lines(&text, i)?))));
                }
                Kind::NetworkManager => {
                    let interface = connected.iter().find(|c| is_of(&name, &c.name));
                    let lease = interface.and_then(|i| Some((i.name.as_str(), of_lines(&text, i)?)));
                    by_interface.extend(lease.filter(|(_, lease)| !has_run_out(lease, written, now)));
                }
                Kind::Dhclient => {}
            }
        }
        all.extend(by_interface.into_values());
    }
    all
}

/// The files of a folder, those written last at the end.
fn files(cx: &Context, folder: &str) -> Vec<(String, SystemTime)> {
    let written = |name: &String| {
        let path = cx.path(folder).join(name);
        std::fs::metadata(path).and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
    };
    let names = names(cx, folder, MOST_NAMES).unwrap_or_default();
    let mut files: Vec<_> = names.into_iter().map(|name| (written(&name), name)).collect();
    files.sort();
    files.drain(..files.len().saturating_sub(MOST_FILES));
    files.into_iter().map(|(written, name)| (name, written)).collect()
}

/// `internal-UUID-INTERFACE.lease`.
fn is_of(file: &str, interface: &str) -> bool {
    const UUID: usize = 36;
    let rest = file.strip_prefix("internal-").and_then(|rest| rest.strip_suffix(".lease"));
    rest.and_then(|rest| rest.get(UUID..)).and_then(|rest| rest.strip_prefix('-')) == Some(interface)
}

/// An interface that is connected to something.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Connected {
    index: u32,
    name: String,
    /// `None` where they are not known.
    addresses: Option<Vec<IpAddr>>,
}

impl Connected {
    fn may_have(&self, address: Option<IpAddr>) -> bool {
        match (&self.addresses, address) {
            (Some(own), Some(address)) => own.contains(&address),
            _ => true,
        }
    }
}

fn connected(cx: &Context) -> Vec<Connected> {
    if !cx.is_live() {
        return recorded(cx);
    }
    let mut all: Vec<Connected> = Vec::new();
    for own in if_addrs::get_if_addrs().unwrap_or_default() {
        if !own.is_oper_up() {
            continue;
        }
        let (ip, name) = (own.ip(), own.name);
        match all.iter_mut().find(|connected| connected.name == name) {
            Some(known) => known.addresses.get_or_insert_default().push(ip),
            None => all.extend(own.index.map(|index| Connected { index, name, addresses: Some(vec![ip]) })),
        }
    }
    all
}

/// A recorded tree says which interfaces there were, and not their addresses.
fn recorded(cx: &Context) -> Vec<Connected> {
    const NET: &str = "/sys/class/net";
    let interface = |name: String| {
        let number = |file: &str| read_number::<u32>(cx, &format!("{NET}/{name}/{file}")).ok();
        (number("carrier")? == 1).then_some(())?;
        Some(Connected { index: number("ifindex")?, name, addresses: None })
    };
    names(cx, NET, MOST_NAMES).unwrap_or_default().into_iter().filter_map(interface).collect()
}

/// `KEY=value`, a line each; `None` where it gave an address that the interface has no longer.
fn of_lines(text: &str, interface: &Connected) -> Option<Lease> {
    let mut options = BTreeMap::new();
    for (key, value) in text.lines().filter_map(|line| line.trim().split_once('=')).take(MOST_OPTIONS) {
        let private = key.strip_prefix("OPTION_").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        let value = if private { unhex(value.trim().as_bytes()) } else { Some(value.trim().to_owned()) };
        options.extend(value.filter(|v| v.len() <= LONGEST_WORD).map(|value| (key.to_owned(), value)));
    }
    let address = options.get("ADDRESS").and_then(|address| address.parse().ok());
    interface.may_have(address).then_some(Lease { options })
}

/// Whether its time is over; where it names none, nobody knows.
fn has_run_out(lease: &Lease, written: SystemTime, now: Timestamp) -> bool {
    let seconds = lease.said(&["LIFETIME"]).and_then(|seconds| seconds.parse::<u32>().ok());
    let end = seconds.zip(Timestamp::try_from(written).ok()).and_then(|(seconds, written)| {
        written.checked_add(SignedDuration::from_secs(i64::from(seconds))).ok()
    });
    end.is_some_and(|end| end <= now)
}

/// A block of dhclient's file.
#[derive(Debug, Default)]
struct Block {
    interface: Option<String>,
    address: Option<IpAddr>,
    end: Option<End>,
    lease: Lease,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Never,
    At(Timestamp),
}

/// The last lease of each interface that is in force: dhclient adds one at the end whenever it gets one.
fn of_blocks<'a>(text: &str, connected: &'a [Connected], now: Timestamp) -> BTreeMap<&'a str, Lease> {
    let mut last = BTreeMap::new();
    read_blocks(text.as_bytes(), |block| {
        let interface = connected.iter().find(|c| Some(&c.name) == block.interface.as_ref());
        let holds = match block.end {
            Some(End::Never) => true,
            Some(End::At(end)) => end > now,
            // dhclient writes one always: whoever wrote this is not known.
            None => false,
        };
        if let Some(interface) = interface.filter(|i| holds && i.may_have(block.address)) {
            last.insert(interface.name.as_str(), block.lease);
        }
    });
    last
}

/// What a lease's file is made of (dhclient.leases(5)).
#[derive(Debug, PartialEq, Eq)]
enum Word {
    Plain(String),
    Quoted(String),
    Open,
    Close,
    /// The end of a statement.
    End,
}

/// Gives each whole `lease { … }`; one that is cut off is still being written.
fn read_blocks(bytes: &[u8], mut found: impl FnMut(Block)) {
    let mut rest = bytes;
    let (mut depth, mut statement, mut block) = (0_u32, Vec::new(), None);
    while let Some(word) = next_word(&mut rest) {
        match word {
            Word::Plain(_) | Word::Quoted(_) => {
                if statement.len() < MOST_OPTIONS {
                    statement.push(word);
                }
                continue;
            }
            Word::Open => {
                // A server's own list has blocks that are called `lease ADDRESS`.
                if depth == 0 && statement == [Word::Plain("lease".into())] {
                    block = Some(Block::default());
                }
                depth = depth.saturating_add(1);
            }
            Word::Close => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    block.take().into_iter().for_each(&mut found);
                }
            }
            Word::End => {
                if let Some(block) = block.as_mut().filter(|_| depth == 1) {
                    block.take(&statement);
                }
            }
        }
        statement.clear();
    }
}

impl Block {
    fn take(&mut self, statement: &[Word]) {
        use Word::{Plain, Quoted};
        let plain = |word: &Word| if let Plain(text) = word { Some(text.clone()) } else { None };
        match statement {
            [Plain(what), Quoted(name)] if what == "interface" => self.interface = Some(name.clone()),
            [Plain(what), Plain(address)] if what == "fixed-address" => self.address = address.parse().ok(),
            [Plain(what), when @ ..] if what == "expire" => {
                self.end = end(&when.iter().filter_map(plain).collect::<Vec<_>>());
            }
            [Plain(what), Plain(name), value, ..] if what == "option" => {
                let value = match value {
                    Quoted(text) => Some(text.clone()),
                    // What has no name and is no plain text is written as `68:74:74:70`.
                    Plain(text) if name.starts_with("unknown-") => unhex(text.replace(':', "").as_bytes()),
                    Plain(text) => Some(text.clone()),
                    _ => None,
                };
                if self.lease.options.len() < MOST_OPTIONS {
                    self.lease.options.extend(value.map(|value| (name.clone(), value)));
                }
            }
            _ => {}
        }
    }
}

/// `3 2026/11/25 17:00:00` in UTC, `epoch 1795626000`, `never`.
fn end(words: &[String]) -> Option<End> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["never"] => Some(End::Never),
        ["epoch", seconds] => Timestamp::from_second(seconds.parse().ok()?).ok().map(End::At),
        [_weekday, day, time] => {
            let at = civil::DateTime::strptime("%Y/%m/%d %H:%M:%S", format!("{day} {time}")).ok()?;
            Some(End::At(TimeZone::UTC.to_timestamp(at).ok()?))
        }
        _ => None,
    }
}

fn next_word(rest: &mut &[u8]) -> Option<Word> {
    loop {
        let (&first, after) = rest.split_first()?;
        match first {
            b'#' => *rest = after.iter().position(|b| *b == b'\n').map_or(&[][..], |at| &after[at..]),
            b';' | b'{' | b'}' => {
                *rest = after;
                return Some(match first {
                    b';' => Word::End,
                    b'{' => Word::Open,
                    _ => Word::Close,
                });
            }
            b'"' => {
                *rest = after;
                return Some(Word::Quoted(quoted(rest)));
            }
            b',' => *rest = after,
            _ if first.is_ascii_whitespace() => *rest = after,
            _ => {
                let ends = |b: &u8| b.is_ascii_whitespace() || b";{},\"#".contains(b);
                let (word, after) = rest.split_at(rest.iter().position(ends).unwrap_or(rest.len()));
                *rest = after;
                return Some(Word::Plain(text(word)));
            }
        }
    }
}

/// Up to the closing mark, which it takes away. `\"`, `\\`, and `\012` for a byte in octal.
fn quoted(rest: &mut &[u8]) -> String {
    let mut bytes = Vec::new();
    while let Some((&first, after)) = rest.split_first() {
        *rest = after;
        let byte = match first {
            b'"' => break,
            b'\\' => match rest {
                [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
                    *rest = after;
                    (a - b'0') << 6 | (b - b'0') << 3 | (c - b'0')
                }
                [escaped, after @ ..] => {
                    let escaped = *escaped;
                    *rest = after;
                    escaped
                }
                [] => break,
            },
            _ => first,
        };
        if bytes.len() < LONGEST_WORD {
            bytes.push(byte);
        }
    }
    text(&bytes)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_WORD)]).into_owned()
}

/// Text that is written as the hexadecimal digits of its bytes.
fn unhex(hex: &[u8]) -> Option<String> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    let digits: Vec<u8> = hex.iter().map(digit).collect::<Option<_>>()?;
    let (pairs, odd) = digits.as_chunks::<2>();
    odd.is_empty().then_some(())?;
    String::from_utf8(pairs.iter().map(|[high, low]| high << 4 | low).collect()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-25T12:00:00Z".parse().unwrap()
    }

    fn interface(index: u32, name: &str, address: &str) -> Connected {
        Connected { index, name: name.into(), addresses: Some(vec![address.parse().unwrap()]) }
    }

    /// Shaped like what dhclient 4.4 writes.
    fn lease(interface: &str, address: &str, expire: &str, url: &str) -> String {
        format!(
            "lease {{\n  interface \"{interface}\";\n  fixed-address {address};\n  \
             option subnet-mask 255.255.255.0;\n  option domain-name-servers 192.0.2.1, 192.0.2.2;\n  \
             option wpad \"{url}\";\n  renew 3 2026/11/25 12:10:00;\n  expire {expire};\n}}\n"
        )
    }

    fn scripts(text: &str, connected: &[Connected]) -> Vec<(String, String)> {
        of_blocks(text, connected, now())
            .into_iter()
            .map(|(name, lease)| (name.to_owned(), lease.said(PROXY_SCRIPT).unwrap_or_default().to_owned()))
            .collect()
    }

    const LATER: &str = "3 2026/11/25 13:00:00";
    const BEFORE: &str = "3 2026/11/25 11:59:59";

    #[test]
    fn a_lease_counts_while_it_lasts_and_its_interface_has_the_address() {
        let connected = [interface(2, "eth0", "192.0.2.10"), interface(3, "wlan0", "198.51.100.7")];
        let seen = |text: &str| scripts(text, &connected);
        let eth = |url: &str| vec![("eth0".to_owned(), url.to_owned())];
        let current = lease("eth0", "192.0.2.10", LATER, "new");
        assert_eq!(seen(&current), eth("new"));
        assert_eq!(seen(&(lease("eth0", "192.0.2.10", LATER, "old") + &current)), eth("new"), "the last one");
        for past in [
            lease("eth0", "192.0.2.10", BEFORE, "ran out"),
            lease("eth0", "203.0.113.9", LATER, "an address of another network"),
            lease("eth1", "192.0.2.10", LATER, "not connected"),
            lease("eth0", "192.0.2.10", "soon", "no time"),
            current.replace("expire", "rebind"),
            current.replace("lease {", "lease 192.0.2.10 {"),
            format!("shared {{ {current} }}"),
        ] {
            assert_eq!(seen(&past), [], "{past}");
            assert_eq!(seen(&(current.clone() + &past)), eth("new"), "{past}");
        }
        let both =
            lease("wlan0", "198.51.100.7", "epoch 1795611700; # Wed Nov 25 13:01:40 2026", "wifi") + &current;
        assert_eq!(seen(&both).len(), 2);
        assert_eq!(seen(&lease("eth0", "192.0.2.10", "never", "x")), eth("x"));
        assert_eq!(seen(&lease("eth0", "192.0.2.10", "epoch 1795600000", "x")), []);
    }

    #[test]
    fn what_an_option_holds_cannot_pose_as_something_else() {
        let connected = [interface(2, "eth0", "192.0.2.10")];
        let seen = |url: &str| scripts(&lease("eth0", "192.0.2.10", LATER, url), &connected);
        assert_eq!(seen(r#"\"; } lease { option wpad \"x"#)[0].1, r#""; } lease { option wpad "x"#);
        assert_eq!(seen(r"http://x/\012\000")[0].1, "http://x/\n\0");
        assert_eq!(seen("a # no remark")[0].1, "a # no remark");
        assert!(seen(&"x".repeat(100_000))[0].1.len() <= LONGEST_WORD);
        let unnamed = lease("eth0", "192.0.2.10", LATER, "").replace("wpad \"\"", "unknown-252 68:74:74:70");
        assert_eq!(scripts(&unnamed, &connected)[0].1, "http");
        let whole = lease("eth0", "192.0.2.10", LATER, "x");
        for cut in 0..whole.len() - 2 {
            assert_eq!(scripts(&whole[..cut], &connected), [], "half a lease is none: {cut}");
        }
        for odd in
            ["{{{{{{", "}}}}lease{", "\"", "\\", "\u{0}lease {;;;}", "lease { { } ; option ; interface }"]
        {
            assert_eq!(scripts(odd, &connected), [], "{odd}");
        }
        assert_eq!(scripts(&("}".to_owned() + &whole), &connected).len(), 1);
    }

    #[test]
    fn each_clients_files_are_read_and_only_of_interfaces_that_are_connected() {
        let (root, cx) = crate::source::tree(&[
            ("sys/class/net/eth0/ifindex", "2\n"),
            ("sys/class/net/eth0/carrier", "1\n"),
            ("sys/class/net/wlan0/ifindex", "3\n"),
            ("sys/class/net/wlan0/carrier", "0\n"),
            ("run/systemd/netif/links/2", "CAPTIVE_PORTAL=https://a.example/\n"),
            ("run/systemd/netif/links/3", "CAPTIVE_PORTAL=https://b.example/\n"),
            ("run/systemd/netif/leases/2", "ADDRESS=192.0.2.10\nTIMEZONE=Europe/Berlin\nOPTION_252=78\n"),
            ("run/systemd/netif/leases/x", "TIMEZONE=Asia/Tokyo\n"),
            ("var/lib/dhcp/dhcpd.leases", &lease("eth0", "192.0.2.10", LATER, "of a server")),
            ("var/lib/dhclient/dhclient-1-wlan0.lease", &lease("wlan0", "192.0.2.10", LATER, "away")),
            ("var/lib/dhclient/dhclient-2-eth0.lease", &lease("eth0", "192.0.2.10", LATER, "here")),
            (
                "var/lib/NetworkManager/internal-0bd1a2c3-0000-4000-8000-0123456789ab-eth0.lease",
                "ADDRESS=192.0.2.10\nOPTION_252=79\nLIFETIME=60\n",
            ),
            ("var/lib/NetworkManager/secret_key", "OPTION_252=7a\n"),
        ]);
        let internal = "var/lib/NetworkManager/internal-0bd1a2c3-0000-4000-8000-0123456789ab-eth0.lease";
        let written: SystemTime = now().into();
        let file = std::fs::File::options().write(true).open(root.path().join(internal)).unwrap();
        file.set_modified(written).unwrap();
        let said = |names: &[&str], at: Timestamp| {
            leases(&cx, at).iter().filter_map(|l| Some(l.said(names)?.to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(said(CAPTIVE_PORTAL, now()), ["https://a.example/"]);
        assert_eq!(said(TIME_ZONE, now()), ["Europe/Berlin"]);
        assert_eq!(said(PROXY_SCRIPT, now()), ["x", "here", "y"]);
        let later = now() + SignedDuration::from_mins(2);
        assert_eq!(said(PROXY_SCRIPT, later), ["x", "here"], "NetworkManager's has run out");
    }

    #[test]
    fn a_lease_of_another_address_is_not_of_this_network() {
        let interface = interface(2, "eth0", "192.0.2.10");
        assert!(of_lines("ADDRESS=192.0.2.10\n", &interface).is_some());
        assert!(of_lines("ADDRESS=198.51.100.10\n", &interface).is_none());
        assert!(of_lines("CAPTIVE_PORTAL=https://a.example/\n", &interface).is_some());
        assert!(of_lines("OPTION_252=7\nOPTION_252=zz\n", &interface).unwrap().said(PROXY_SCRIPT).is_none());
    }

    #[test]
    fn this_computers_own_interfaces_are_known_by_number_and_address() {
        let loopback = connected(&Context::default()).into_iter().find(|c| c.index == 1);
        // A container may have it switched off.
        assert!(loopback.is_none_or(|lo| lo.may_have("127.0.0.1".parse().ok())));
    }
}
