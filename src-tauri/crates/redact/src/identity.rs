//! Detectors for who and where: mail addresses, home folders, users in URLs, IP and hardware addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::Kind;
use crate::address::{canonical, embedded_v4, is_public, shows_mac};
use crate::common::{is_generic, is_no_secret, is_ordinary, names_nobody};
use crate::detect::Trigger;
use crate::hit::Hit;
use crate::kind::placeholder_at;
use crate::words::{LOOK_LEFT, ends_word, lower, starts_word};

/// Last labels that look like a domain's and are a systemd unit's or a file's.
const NOT_DOMAINS: &[&str] = &[
    "service",
    "socket",
    "mount",
    "automount",
    "timer",
    "target",
    "device",
    "slice",
    "scope",
    "path",
    "swap",
    "png",
    "jpg",
    "jpeg",
    "svg",
    "gif",
    "ico",
    "webp",
    "js",
    "ts",
    "css",
    "json",
    "conf",
    "cfg",
    "txt",
    "log",
    "html",
    "so",
    "deb",
    "rpm",
    "gz",
    "xz",
    "zst",
    "zip",
    "tgz",
    "whl",
    "desktop",
];

/// Algorithms and repositories that are written like mail addresses.
const NOT_MAIL: &[&str] =
    &["openssh.com", "libssh.org", "lysator.liu.se", "ssh.com", "putty.projects.tartarus.org"];

/// Accounts in URLs and addresses that many people share.
const SHARED_ACCOUNTS: &[&str] = &["git", "hg", "svn", "anonymous", "ftp", "www", "oauth2", "x-access-token"];

/// A mail address around `@` or `%40`.
pub(crate) fn mail(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start: at, end: after, kept, .. } = *trigger;
    let left = &hay[at.saturating_sub(64)..at];
    let local = left
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || b"._+-!#$&'*=^`{|}~".contains(b) || !b.is_ascii())
        .count();
    let mut start = at - local;
    // Quotes, braces and the like belong to the text around far more often than to the address.
    if let Some(skip) = hay[start..at].iter().rposition(|b| b"'`{}|*=&!#$^".contains(b)) {
        start += skip + 1;
    }
    start += hay[start..at].iter().take_while(|b| b".-".contains(b)).count();
    // `\n` in front is a line's end.
    if start > 0 && hay[start - 1] == b'\\' && at - start > 1 && b"nrt".contains(&hay[start]) {
        start += 1;
    }
    let domain = &hay[after..after + domain_length(&hay[after..hay.len().min(after + 255)])];
    let trailing = domain.iter().rev().take_while(|b| b".-".contains(b)).count();
    let domain = &domain[..domain.len() - trailing];
    let end = after + domain.len();
    let lower_domain = lower(domain);
    let labels: Vec<&str> = lower_domain.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    let is_domain = labels.len() >= 2
        && labels.iter().all(|l| !l.is_empty())
        && last.len() >= 2
        && last.chars().all(char::is_alphabetic)
        && !NOT_DOMAINS.contains(&last)
        || last.starts_with("xn--") && labels.len() >= 2;
    let account = lower(&hay[start..at]);
    if labels.len() == 1 && trigger.hay[at] == b'@' && names_a_login(hay, start, end) {
        return login(hay, (start, at, end), hits);
    }
    if start == at
        || !is_domain
        || NOT_MAIL.contains(&lower_domain.as_str())
        || SHARED_ACCOUNTS.contains(&account.as_str())
    {
        return false;
    }
    let address = format!("{account}@{lower_domain}");
    if in_url_authority(hay, start) || kept.name(&address) {
        return false;
    }
    hits.push(Hit::new(Kind::Mail, start, end, address));
    true
}

/// Whether `user@host` without a domain is a login: in a shell's prompt, in a path of scp, behind a
/// public key. Elsewhere it may be anything, such as a package's version.
fn names_a_login(hay: &[u8], start: usize, end: usize) -> bool {
    let key = hay[start.saturating_sub(61)..start].strip_suffix(b" ").unwrap_or_default();
    let after_key = key.len() == 60 && key.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b));
    after_key || hay[end..].starts_with(b":~") || hay[end..].starts_with(b":/")
}

fn login(hay: &[u8], (start, at, end): (usize, usize, usize), hits: &mut Vec<Hit>) -> bool {
    let (account, host) = (lower(&hay[start..at]), lower(&hay[at + 1..end]));
    let before = hits.len();
    if start < at
        && !names_nobody(&account)
        && !is_generic(&account)
        && !SHARED_ACCOUNTS.contains(&account.as_str())
    {
        hits.push(Hit::new(Kind::User, start, at, account));
    }
    if at + 1 < end && !names_nobody(&host) && !is_ordinary(&host) {
        hits.push(Hit::new(Kind::Host, at + 1, end, host));
    }
    hits.len() > before
}

/// How long the domain is that starts here; it may hold umlauts.
fn domain_length(hay: &[u8]) -> usize {
    let mut length = 0;
    for chunk in hay.utf8_chunks() {
        let valid = chunk.valid();
        let part = valid.find(|c: char| !c.is_alphanumeric() && c != '.' && c != '-').unwrap_or(valid.len());
        length += part;
        if part < valid.len() || !chunk.invalid().is_empty() {
            break;
        }
    }
    length
}

/// Whether the bytes before belong to `scheme://user:password@`, which [`user_in_url`] reads.
fn in_url_authority(hay: &[u8], start: usize) -> bool {
    let left = &hay[start.saturating_sub(LOOK_LEFT)..start];
    let word = left
        .iter()
        .rposition(|b| b.is_ascii_whitespace() || b"\"'<>".contains(b))
        .map_or(left, |i| &left[i + 1..]);
    word.windows(3)
        .rposition(|w| w == b"://")
        .is_some_and(|at| !word[at + 3..].iter().any(|b| b"/?#".contains(b)))
}

/// `user` and `password` in `scheme://user:password@host`.
pub(crate) fn user_in_url(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, end: at, .. } = *trigger;
    let authority = &hay[at..hay.len().min(at + LOOK_LEFT)];
    let word = authority
        .iter()
        .position(|b| b.is_ascii_whitespace() || b"\"'<>\\`".contains(b))
        .unwrap_or(authority.len());
    let word = &authority[..word];
    // A password may contain slashes and more `@`; a path may contain `@` too, but then has no colon before it.
    let slash = word.iter().position(|b| b"/?#".contains(b)).unwrap_or(word.len());
    let host = match word[..slash].iter().rposition(|b| *b == b'@') {
        Some(host) => host,
        None => {
            let Some(host) = word.iter().rposition(|b| *b == b'@') else { return true };
            let colon = word[..slash].iter().position(|b| *b == b':');
            let port =
                colon.is_some_and(|c| slash > c + 1 && word[c + 1..slash].iter().all(u8::is_ascii_digit));
            if colon.is_none() || port || word.first() == Some(&b'[') {
                return true;
            }
            host
        }
    };
    let info = &word[..host];
    let (user, password) = match info.iter().position(|b| *b == b':') {
        Some(colon) => (&info[..colon], Some((colon + 1, &info[colon + 1..]))),
        None => (info, None),
    };
    let shared = SHARED_ACCOUNTS.contains(&lower(user).as_str())
        || names_nobody(&lower(user))
        || is_generic(&lower(user));
    let is_placeholder = |b: &[u8]| placeholder_at(b).is_some();
    if !user.is_empty()
        && !shared
        && !is_placeholder(user)
        && !user.starts_with(b"$")
        && !user.starts_with(b"{")
    {
        // Without a password, something long is a token that stands in for both.
        let kind = if user.len() >= 20 { Kind::Token } else { Kind::User };
        hits.push(Hit::new(kind, at, at + user.len(), lower_unless(kind, user)));
    }
    if let Some((offset, password)) = password
        && !is_no_secret(password)
        && !is_placeholder(password)
    {
        let start = at + offset;
        hits.push(Hit::new(Kind::Password, start, at + host, text(password)));
    }
    true
}

fn lower_unless(kind: Kind, value: &[u8]) -> String {
    if kind.is_secret() { text(value) } else { lower(value) }
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

/// The folder under `/home/`, `/Users/` or `\Users\`: somebody's login.
pub(crate) fn home(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    const NOBODYS: &[&str] = &[
        "shared",
        "public",
        "default",
        "default user",
        "all users",
        "defaultuser0",
        "linuxbrew",
        "lost+found",
        "%s",
        "username",
        "username%",
        ".snapshots",
        ".ecryptfs",
    ];
    let Trigger { hay, start, end: at, .. } = *trigger;
    let unix = hay[start] == b'/' && hay[at - 1] == b'/';
    if unix && !starts_path(hay, start) {
        return false;
    }
    let rest = &hay[at..hay.len().min(at + 64)];
    let stops = |i: usize| {
        let byte = rest[i];
        // A blank in a URL belongs to the name.
        let in_name = byte == b'%' && rest[i + 1..].starts_with(b"20");
        byte.is_ascii_control() || b"/\\\"'<>:|?*[](){};,`%&=$!".contains(&byte) && !in_name
    };
    let mut length = (0..rest.len()).find(|i| stops(*i) || rest[*i] == b' ').unwrap_or(rest.len());
    let colon =
        if hay[start] == b':' { Some(start) } else { start.checked_sub(1).filter(|i| hay[*i] == b':') };
    let drive = colon
        .and_then(|i| hay[..i].split_last())
        .filter(|(d, _)| d.is_ascii_alphabetic())
        .map(|(_, before)| before);
    if !unix || drive.is_some() {
        // Windows' folders have blanks in them; what follows, or the quote before, says where they end.
        let all = (0..rest.len()).find(|i| stops(*i)).unwrap_or(rest.len());
        let ends = match rest.get(all) {
            Some(b'\\' | b'/') => true,
            Some(quote @ (b'"' | b'\'')) => drive.and_then(<[u8]>::last) == Some(quote),
            _ => false,
        };
        if ends {
            length = all;
        }
    }
    while length > 0 && rest[length - 1] == b'.' {
        length -= 1;
    }
    let name = lower(&rest[..length]).replace("%20", " ");
    // `GET /home/index.html`: a page, not a folder.
    let page =
        [".html", ".htm", ".php", ".asp", ".aspx", ".jsp", ".js", ".css"].iter().any(|e| name.ends_with(e));
    if length == 0
        || page && rest.get(length) != Some(&b'/')
        || NOBODYS.contains(&name.as_str())
        || names_nobody(&name)
        || is_generic(&name)
    {
        return false;
    }
    hits.push(Hit::new(Kind::User, at, at + length, name));
    true
}

/// Whether a path starts here, rather than goes on, as in `https://example.org/home/news`.
fn starts_path(hay: &[u8], start: usize) -> bool {
    let before = &hay[start.saturating_sub(16)..start];
    let continues =
        before.last().is_some_and(|b| b.is_ascii_alphanumeric() || b"-._~)]}".contains(b) || !b.is_ascii());
    !continues
        || starts_word(hay, start) && before.last().is_some_and(u8::is_ascii_alphanumeric)
        || [
            "/var",
            "/export",
            "/mnt",
            "/nfs",
            "/data",
            "/media",
            "/private",
            "/sysroot",
            "/System/Volumes/Data",
        ]
        .iter()
        .any(|root| before.ends_with(&root.as_bytes()[root.len().saturating_sub(16)..]))
        // A Windows drive under Linux: `/mnt/c/Users`, `/c/Users`.
        || matches!(before, [.., b'/', drive] if drive.is_ascii_alphabetic())
}

/// A public address in dotted form, unless it is a version, an object id or part of something longer.
pub(crate) fn ipv4(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, kept, .. } = *trigger;
    let Some(address) = std::str::from_utf8(&hay[start..end]).ok().and_then(|t| t.parse::<Ipv4Addr>().ok())
    else {
        return false;
    };
    if !starts_word(hay, start)
        || !ends_word(hay, end)
        || goes_on(hay, start, end)
        || is_version(hay, start)
        || is_package(&hay[end..])
    {
        return false;
    }
    let [a, b, c, d] = address.octets();
    let is_reverse = hay[end..].get(..13).is_some_and(|b| b.eq_ignore_ascii_case(b".in-addr.arpa"));
    let address = if is_reverse { Ipv4Addr::new(d, c, b, a) } else { address };
    replace_public(IpAddr::V4(address), start, end, kept, hits);
    true
}

fn replace_public(
    address: IpAddr,
    start: usize,
    end: usize,
    kept: &crate::engine::Kept,
    hits: &mut Vec<Hit>,
) {
    let value = canonical(address);
    if is_public(address) && !kept.address(&value) {
        hits.push(Hit::new(Kind::Ip, start, end, value));
    }
}

/// Whether there are more than four numbers. tcpdump writes the port as a fifth; object ids go on.
fn goes_on(hay: &[u8], start: usize, end: usize) -> bool {
    if start >= 2 && hay[start - 1] == b'.' && hay[start - 2].is_ascii_digit() {
        return true;
    }
    let Some(rest) = hay[end..].strip_prefix(b".") else { return false };
    let port = rest.iter().take(6).take_while(|b| b.is_ascii_digit()).count();
    let before = &hay[start.saturating_sub(4)..start];
    let tcpdump = before.ends_with(b"IP ") || before.ends_with(b"> ") || rest[port..].starts_with(b" >");
    port > 0 && !(tcpdump && rest.get(port) != Some(&b'.'))
}

/// Whether a packager's revision follows, as in `1.2.5.1-2` and `1.2.5.1+dfsg-1`. What follows an address
/// with a hyphen is another address.
fn is_package(rest: &[u8]) -> bool {
    match rest {
        [b'+' | b'~', next, ..] => next.is_ascii_alphanumeric(),
        [b'-', rest @ ..] => {
            let digits = rest.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
            matches!(digits, 1 | 2)
                && rest.get(digits).is_none_or(|b| b.is_ascii_whitespace() || b"_)+~,\"'bu".contains(b))
        }
        _ => false,
    }
}

/// Whether the word before says that four numbers are a version.
fn is_version(hay: &[u8], start: usize) -> bool {
    const WORDS: &[&str] = &[
        "version", "ver", "release", "revision", "rev", "firmware", "driver", "build", "bios", "fw",
        "assembly", "v",
    ];
    let before = &hay[start.saturating_sub(24)..start];
    let blank = before.iter().rev().take_while(|b| b" \t:=\"'(.".contains(b)).count();
    if blank > 4 {
        return false;
    }
    let before = &before[..before.len() - blank];
    let word = before.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    let word = lower(&before[before.len() - word..]);
    WORDS.iter().any(|w| if w.len() < 4 { word == *w } else { word.ends_with(w) })
        || word == "so" && blank == 1
}

/// `ip-203-0-113-7` and `dslb-203-000-113-007.provider.example`, as clouds and providers name hosts.
pub(crate) fn dashed_ipv4(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, kept, .. } = *trigger;
    let written = text(&hay[start..end]);
    let octets: Option<Vec<u8>> = written.split('-').map(|n| n.parse().ok()).collect();
    let Some(&[a, b, c, d]) = octets.as_deref() else { return false };
    let marked = hay[..start].len() >= 3 && hay[start - 3..start].eq_ignore_ascii_case(b"ip-");
    let first = start - if marked { 3 } else { 0 };
    if !starts_word(hay, first) || !ends_word(hay, end) || !marked && !is_in_domain(&hay[end..]) {
        return false;
    }
    replace_public(IpAddr::V4(Ipv4Addr::new(a, b, c, d)), start, end, kept, hits);
    true
}

/// `p5b0c1234.dip0.t-ipconnect.de`: an access provider's host name with the address in hexadecimal.
pub(crate) fn hex_ipv4(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, kept, .. } = *trigger;
    let Ok(number) = u32::from_str_radix(&text(&hay[end - 9..end - 1]), 16) else { return false };
    if !starts_word(hay, start) || !is_in_domain(&hay[end - 1..]) {
        return false;
    }
    replace_public(IpAddr::V4(Ipv4Addr::from(number)), end - 9, end - 1, kept, hits);
    true
}

/// Whether two labels of a domain follow.
fn is_in_domain(rest: &[u8]) -> bool {
    let length = rest.iter().take(128).take_while(|b| b.is_ascii_alphanumeric() || b".-".contains(b)).count();
    let rest = lower(&rest[..length]);
    let labels: Vec<&str> = rest.trim_end_matches('.').split('.').collect();
    labels.first() == Some(&"")
        && labels.len() >= 3
        && labels[1..].iter().all(|l| !l.is_empty())
        && labels.last().is_some_and(|l| l.len() >= 2 && l.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// An IPv6 address. Public ones go; of local ones, only a half made from a hardware address.
pub(crate) fn ipv6(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, kept, .. } = *trigger;
    // Part of a longer run: the address may have started before.
    let left = &hay[start.saturating_sub(48)..start];
    let run = left.iter().rev().take_while(|b| b.is_ascii_hexdigit() || **b == b':').count();
    let whole = (run > 0).then(|| address_at(hay, start - run)).flatten();
    let (start, (address, end)) = match whole {
        Some(whole) if starts_word(hay, start - run) => (start - run, whole),
        _ => {
            if !starts_word(hay, start) || left.ends_with(b"::") && run > 2 {
                return false;
            }
            let Some(found) = address_at(hay, start) else { return false };
            (start, found)
        }
    };
    let value = canonical(IpAddr::V6(address));
    if kept.address(&value) {
        return true;
    }
    if is_public(IpAddr::V6(address)) {
        hits.push(Hit::new(Kind::Ip, start, end, value));
    } else if shows_mac(address) && embedded_v4(address).is_none() {
        // The prefix says which network it is and stays.
        let written = &hay[start..end];
        let colons = |n: usize| {
            written.iter().enumerate().filter(|(_, b)| **b == b':').nth_back(n).map(|(i, _)| i + 1)
        };
        let half =
            colons(3).unwrap_or(0).max(written.windows(2).position(|w| w == b"::").map_or(0, |i| i + 2));
        hits.push(Hit::new(Kind::Ip, start + half, end, value));
    }
    true
}

/// The longest address written here, and where it ends.
fn address_at(hay: &[u8], start: usize) -> Option<(Ipv6Addr, usize)> {
    let run = hay[start..].iter().take(46).take_while(|b| b.is_ascii_hexdigit() || b":.".contains(b)).count();
    let run = &hay[start..start + run];
    let mut end = run.len();
    while end >= 3 {
        if let Some(address) = std::str::from_utf8(&run[..end]).ok().and_then(|t| t.parse::<Ipv6Addr>().ok())
        {
            let goes_on = matches!(run.get(end..), Some([b':', next, ..]) if next.is_ascii_hexdigit());
            let at = start + end;
            return (!goes_on && (end < run.len() || ends_word(hay, at))).then_some((address, at));
        }
        // A sentence's colon or full stop, or tcpdump's port, may follow.
        end = run[..end].iter().rposition(|b| b":.".contains(b))?;
    }
    None
}

/// An IPv6 address in a reverse lookup.
pub(crate) fn reverse_ipv6(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, kept, .. } = *trigger;
    let end = start + 63;
    let nibbles = hay[start..end].iter().filter_map(|b| char::from(*b).to_digit(16)).rev();
    let address = nibbles.fold(0_u128, |sum, nibble| sum << 4 | u128::from(nibble));
    if !starts_word(hay, start) {
        return false;
    }
    replace_public(IpAddr::V6(Ipv6Addr::from(address)), start, end, kept, hits);
    true
}

/// Hardware addresses with `:`, `-` or `_`; two of them in the firewall's `MAC=` lines.
pub(crate) fn mac(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let Some(separator) = hay[start..end].iter().copied().find(|b| b":-_".contains(b)) else { return false };
    // Times, fingerprints and IPv6 addresses are runs of the same characters, only longer or uneven.
    let of_it = |b: &u8| b.is_ascii_hexdigit() || *b == separator;
    let mut from =
        start - hay[start.saturating_sub(200)..start].iter().rev().take_while(|b| of_it(b)).count();
    let mut to = end + hay[end..].iter().take(200).take_while(|b| of_it(b)).count();
    if separator == b'_' && from < start {
        // BlueZ: `dev_00_1B_…`, where the letters before are no digits by chance.
        let run = &hay[from..start];
        from = if run.ends_with(b"_") && starts_word(hay, start) { start } else { from };
    }
    if hay[from] == separator && from > 0 {
        from += 1;
    }
    if hay[to - 1] == separator {
        to -= 1;
    }
    if from != start || !starts_word(hay, from) || !ends_word(hay, to) {
        return false;
    }
    let groups: Vec<&[u8]> = hay[from..to].split(|b| *b == separator).collect();
    let full = groups.iter().filter(|g| g.len() == 2).count();
    let plausible = groups.iter().all(|g| matches!(g.len(), 1 | 2))
        && (full == groups.len()
            || separator == b':' && groups.len() == 6 && full >= 3 && has_letter(&groups));
    if !plausible {
        return false;
    }
    let parts: &[(usize, usize)] = match groups.len() {
        6 => &[(0, 6)],
        8 => &[(0, 8)],
        // Destination, source, type.
        14 => &[(0, 6), (6, 12)],
        20 => &[(0, 20)],
        _ => return false,
    };
    for (first, last) in parts {
        let offset = |n: usize| groups[..n].iter().map(|g| g.len() + 1).sum::<usize>();
        let (start, end) = (from + offset(*first), from + offset(*last) - 1);
        let digits: String = groups[*first..*last].iter().map(|g| format!("{:0>2}", lower(g))).collect();
        push_mac(&digits, start, end, hits);
    }
    // All of it is understood; a second look at its middle would only mislead.
    true
}

fn has_letter(groups: &[&[u8]]) -> bool {
    groups.iter().any(|g| g.iter().any(u8::is_ascii_alphabetic))
}

/// Hardware addresses as Cisco writes them: `001b.6384.45e6`.
pub(crate) fn dotted_mac(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let goes_on = |b: Option<&u8>| b.is_some_and(u8::is_ascii_hexdigit);
    let alone = starts_word(hay, start)
        && ends_word(hay, end)
        && !(start >= 2 && hay[start - 1] == b'.' && goes_on(hay.get(start - 2)))
        && !(hay.get(end) == Some(&b'.') && goes_on(hay.get(end + 1)));
    if alone {
        push_mac(&lower(&hay[start..end]).replace('.', ""), start, end, hits);
    }
    alone
}

/// The address in an interface's name: `enx001b638445e6`.
pub(crate) fn mac_in_interface(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let alone = starts_word(hay, start) && ends_word(hay, end);
    if alone {
        push_mac(&lower(&hay[start + 3..end]), start + 3, end, hits);
    }
    alone
}

/// Broadcast, multicast and empty addresses belong to no device.
fn push_mac(digits: &str, start: usize, end: usize, hits: &mut Vec<Hit>) {
    let nobody = digits.bytes().all(|b| b == b'0')
        || digits.bytes().all(|b| b == b'f')
        || ["01005e", "3333", "0180c2", "01000c"].iter().any(|p| digits.starts_with(p));
    if !nobody {
        hits.push(Hit::new(Kind::Mac, start, end, mac_value(digits)));
    }
}

/// The form under which hardware addresses are compared.
pub(crate) fn mac_value(digits: &str) -> String {
    let pairs: Vec<&str> = (0..digits.len() / 2).map(|i| &digits[2 * i..2 * i + 2]).collect();
    pairs.join(":")
}
