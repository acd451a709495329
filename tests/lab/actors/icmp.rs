//! Somebody in the network who lies by ICMP: sees what the client sends, and forges a message about it.
//!
//! | lie | message | sender it claims |
//! |---|---|---|
//! | `tiny-mtu` | fragmentation needed, next hop takes 68 bytes (RFC 1191) | the packet's own target |
//! | `unreachable` | host unreachable, about data of connections that work | the packet's own target |
//! | `time-exceeded` | the packet (echo or UDP) lived too long | the packet's own target |
//!
//! Runs on the client's router. What passes is read from a packet socket, forged messages are sent over a
//! raw one, both through socket2.

use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddrV4};

use anyhow::{Context as _, Result, bail};
use socket2::{Domain, Protocol, Socket, Type};

/// All protocols, as a packet socket wants it: in network byte order.
const EVERY_PROTOCOL: i32 = 0x0003_u16.to_be() as i32;

/// The number of the raw socket whose user writes the IP header.
const RAW: i32 = 255;

const TCP: u8 = 6;
const ICMP: u8 = 1;

pub(super) fn serve(lie: &str) -> Result<()> {
    let (kind, code, rest) = match lie {
        "tiny-mtu" => (3, 4, 68_u32),
        "unreachable" => (3, 1, 0),
        "time-exceeded" => (11, 0, 0),
        _ => bail!("the lies are tiny-mtu, unreachable, time-exceeded"),
    };
    // Without link headers: what is read begins with the IP header.
    let mut seen = Socket::new(Domain::PACKET, Type::DGRAM, Some(Protocol::from(EVERY_PROTOCOL)))
        .context("a packet socket")?;
    let raw = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(RAW))).context("a raw socket")?;
    let (lie, client) = (lie.to_owned(), Ipv4Addr::new(192, 0, 2, 10));
    super::ready()?;
    // Blocking, on the only thread: nothing else runs here.
    let mut buffer = vec![0; 65536];
    loop {
        let length = seen.read(&mut buffer)?;
        let packet = &buffer[..length];
        let Some(target) = told_of(&lie, packet, client) else { continue };
        let message = forged(target, client, kind, code, rest, packet);
        // A packet that cannot be sent is one lie less.
        let _ = raw.send_to(&message, &SocketAddrV4::new(client, 0).into());
    }
}

/// The target of a packet that is lied about.
fn told_of(lie: &str, packet: &[u8], client: Ipv4Addr) -> Option<Ipv4Addr> {
    let (head, protocol) = (packet.get(..20)?, *packet.get(9)?);
    let address = |at: usize| Ipv4Addr::new(head[at], head[at + 1], head[at + 2], head[at + 3]);
    let beyond = address(16).octets()[..3] != client.octets()[..3];
    if head[0] >> 4 != 4 || address(12) != client || !beyond {
        return None;
    }
    let payload = packet.get(usize::from(head[0] & 0x0F) * 4..)?;
    let told = match lie {
        // What is said of a connection before its program looks at it (SYN, and the packet after it) ends
        // it for every program. Data alone is sent over one that works.
        "unreachable" | "tiny-mtu" => {
            protocol == TCP && payload.len() > usize::from(payload.get(12)? >> 4) * 4
        }
        // Echoes, and all that is no TCP: before a connection is made, any ICMP error ends it for every program.
        _ => protocol != TCP && (protocol != ICMP || payload.first()? == &8),
    };
    told.then(|| address(16))
}

fn forged(from: Ipv4Addr, to: Ipv4Addr, kind: u8, code: u8, rest: u32, about: &[u8]) -> Vec<u8> {
    let quoted = &about[..about.len().min(usize::from(about[0] & 0x0F) * 4 + 8)];
    let mut icmp = vec![kind, code, 0, 0];
    icmp.extend(rest.to_be_bytes());
    icmp.extend(quoted);
    let sum = checksum(&icmp);
    icmp[2..4].copy_from_slice(&sum.to_be_bytes());
    let mut packet = vec![0x45, 0];
    packet.extend((20 + icmp.len() as u16).to_be_bytes());
    // No fragments; 60 hops; ICMP. The kernel writes the checksum of this header.
    packet.extend([0, 0, 0, 0, 60, ICMP, 0, 0]);
    packet.extend(from.octets());
    packet.extend(to.octets());
    packet.extend(icmp);
    packet
}

/// RFC 1071.
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0)));
    let mut sum: u32 = words.sum();
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    !(sum as u16)
}
