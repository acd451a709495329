//! A name server that answers, and of no use. It echoes the question and sets what the mode says.
//!
//! | mode | answer |
//! |---|---|
//! | `servfail`, `refused`, `nxdomain` | that response code |
//! | `empty` | no error, and no answer |
//! | `hijack` | the same wrong address for every name (192.0.2.66, 2001:db8:1::66) |
//! | `garbage` | bytes that are no DNS message |
//! | `slow` | the right answer after 1.5 s |
//! | `lame` | the right answer to the first question of every three; silence to the others |
//! | `endless` | compression pointers that point at themselves |
//! | `huge` | the truncation bit, and over TCP 65,535 bytes of noise |
//! | `wrong-number` | 500 answers with another number, and never the right one |
//! | `thousands` | the truncation bit, and over TCP the right address 3,000 times |
//! | `truncated` | the truncation bit, over TCP as well, and no answer |
//! | `chain` | names that stand for other names (CNAME), 40 in a row, and no address at the end |
//! | `nxdomain-for-ever` | NXDOMAIN, to be kept for 136 years |
//! | `half` | NXDOMAIN for `www.` names, the right answer for others |

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

const MODES: &[&str] = &[
    "servfail",
    "refused",
    "nxdomain",
    "empty",
    "hijack",
    "garbage",
    "slow",
    "lame",
    "endless",
    "huge",
    "wrong-number",
    "thousands",
    "truncated",
    "chain",
    "nxdomain-for-ever",
    "half",
];

/// The lab's own right answers.
const RIGHT: &[(&str, Ipv4Addr, &str)] = &[
    ("www.example", Ipv4Addr::new(203, 0, 113, 80), "2001:db8:80::80"),
    ("www.second.example", Ipv4Addr::new(203, 0, 113, 81), "2001:db8:80::81"),
    ("check.example", Ipv4Addr::new(203, 0, 113, 80), "2001:db8:80::80"),
    ("site.example", Ipv4Addr::new(203, 0, 113, 90), "2001:db8:80::90"),
    ("ntp.example", Ipv4Addr::new(203, 0, 113, 123), "2001:db8:80::123"),
];

pub(super) async fn serve(mode: &str, address: &str) -> Result<()> {
    if !MODES.contains(&mode) {
        bail!("the modes are {}", MODES.join(", "));
    }
    let address: SocketAddr = address.parse()?;
    let mode: Arc<str> = mode.into();
    let udp = Arc::new(UdpSocket::bind(address).await?);
    let tcp = TcpListener::bind(address).await?;
    super::ready()?;
    let asked = Arc::new(AtomicU64::new(0));
    let over_tcp = mode.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = tcp.accept().await {
            tokio::spawn(by_tcp(stream, over_tcp.clone()));
        }
    });
    let mut buffer = [0; 4096];
    loop {
        let (length, from) = udp.recv_from(&mut buffer).await?;
        let query = buffer[..length].to_vec();
        let count = asked.fetch_add(1, Ordering::Relaxed);
        if &*mode == "lame" && !count.is_multiple_of(3) {
            continue;
        }
        let (udp, mode) = (udp.clone(), mode.clone());
        tokio::spawn(async move {
            if &*mode == "slow" {
                tokio::time::sleep(Duration::from_millis(1500)).await;
            }
            let mut answer = answer(&mode, &query);
            if &*mode == "wrong-number" {
                for other in 1..=500_u16 {
                    let number = u16::from_be_bytes([query[0], query[1]]).wrapping_add(other);
                    answer[..2].copy_from_slice(&number.to_be_bytes());
                    let _ = udp.send_to(&answer, from).await;
                }
                return;
            }
            let _ = udp.send_to(&answer, from).await;
        });
    }
}

/// Answers until no more questions come: the C library asks for both kinds of address over one connection.
async fn by_tcp(mut stream: TcpStream, mode: Arc<str>) -> std::io::Result<()> {
    loop {
        let mut query = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut query).await?;
        if &*mode == "slow" {
            tokio::time::sleep(Duration::from_millis(1500)).await;
        }
        let answer = match &*mode {
            "huge" => vec![0xAA; 65535],
            "thousands" => answer("thousands-by-tcp", &query),
            mode => answer(mode, &query),
        };
        stream.write_u16(answer.len() as u16).await?;
        stream.write_all(&answer).await?;
    }
}

fn answer(mode: &str, query: &[u8]) -> Vec<u8> {
    if mode == "garbage" {
        return vec![0x5A; 40];
    }
    let Some((name, kind, end)) = question(query) else { return Vec::new() };
    let code = match mode {
        "servfail" => 2,
        "nxdomain" | "nxdomain-for-ever" => 3,
        "half" if name.starts_with("www.") => 3,
        "refused" => 5,
        _ => 0,
    };
    let truncated = if matches!(mode, "huge" | "thousands" | "truncated") { 0x02 } else { 0 };
    let addresses = match mode {
        "hijack" => vec![
            IpAddr::V4(Ipv4Addr::new(192, 0, 2, 66)),
            IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 0x66)),
        ],
        "slow" | "lame" | "wrong-number" => right(&name),
        "half" if code == 0 => right(&name),
        "thousands-by-tcp" => right(&name).into_iter().flat_map(|a| std::iter::repeat_n(a, 3000)).collect(),
        _ => Vec::new(),
    };
    let data: Vec<Vec<u8>> = addresses
        .iter()
        .filter_map(|a| match (a, kind) {
            (IpAddr::V4(v4), 1) => Some(v4.octets().to_vec()),
            (IpAddr::V6(v6), 28) => Some(v6.octets().to_vec()),
            _ => None,
        })
        .collect();
    let mut out = query[..2].to_vec();
    out.extend([0x81 | truncated, 0x80 | code, 0, 1]);
    out.extend((data.len() as u16).to_be_bytes());
    out.extend([0, 0, 0, 0]);
    out.extend(&query[12..end]);
    match mode {
        "chain" => chain(&mut out),
        "nxdomain-for-ever" => keep_for_ever(&mut out),
        _ => {}
    }
    if mode == "endless" {
        out[7] = 1;
        let here = out.len() as u16;
        out.extend((0xC000 | here).to_be_bytes());
        out.extend([0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4]);
    }
    for rdata in data {
        out.extend([0xC0, 12, 0, kind as u8, 0, 1, 0, 0, 0, 60, 0, rdata.len() as u8]);
        out.extend(rdata);
    }
    out
}

/// Each name stands for the next one, and the last for the one before.
fn chain(out: &mut Vec<u8>) {
    const LINKS: u8 = 40;
    out[7] = LINKS;
    let mut owner = 12_u16;
    for link in 0..LINKS {
        out.extend((0xC000 | owner).to_be_bytes());
        // CNAME, IN, a minute, four bytes: a label of two letters and the end.
        out.extend([0, 5, 0, 1, 0, 0, 0, 60, 0, 4]);
        owner = out.len() as u16;
        out.extend([2, b'a' + link / 26, b'a' + link % 26, 0]);
    }
}

/// An SOA record in the authority section, which says how long "no such name" may be kept (RFC 2308).
fn keep_for_ever(out: &mut Vec<u8>) {
    out[9] = 1;
    out.extend([0xC0, 12, 0, 6, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0, 22, 0, 0]);
    out.extend([0xFF; 20]);
}

fn right(name: &str) -> Vec<IpAddr> {
    RIGHT
        .iter()
        .filter(|(n, ..)| *n == name)
        .flat_map(|(_, v4, v6)| {
            [Some(IpAddr::V4(*v4)), v6.parse::<Ipv6Addr>().ok().map(IpAddr::V6)].into_iter().flatten()
        })
        .collect()
}

/// Name, type and end of the question.
fn question(query: &[u8]) -> Option<(String, u16, usize)> {
    let mut at = 12;
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(query.get(at..at + length)?).to_lowercase());
        at += length;
    }
    let kind = u16::from_be_bytes([*query.get(at)?, *query.get(at + 1)?]);
    query.get(at + 3)?;
    Some((labels.join("."), kind, at + 4))
}
