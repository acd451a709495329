//! The kernel's own list of links and addresses, over rtnetlink(7). Asking changes nothing and needs
//! no privilege. Parsing takes bytes and gives what it understands: a message that is cut or odd is
//! passed over.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with, sockopt,
};

use super::{AddressOrigin, AddressScope, AddressState, scope_of};

/// What is asked for: `RTM_GETLINK`, `RTM_GETADDR`; answers come as `RTM_NEWLINK`, `RTM_NEWADDR`.
#[derive(Debug, Clone, Copy)]
pub(super) enum List {
    Links = 18,
    Addresses = 22,
}

const NEW_LINK: u16 = 16;
const NEW_ADDRESS: u16 = 20;
const ERROR: u16 = 2;
const DONE: u16 = 3;

/// `NLM_F_REQUEST | NLM_F_ROOT | NLM_F_MATCH`: the whole list.
const DUMP: u16 = 0x1 | 0x100 | 0x200;

const HEADER: usize = 16;

/// All answers to one question, as the kernel sent them.
pub(super) fn dump(list: List) -> io::Result<Vec<u8>> {
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    // The kernel answers at once; the limit is for a sandbox that swallows the question.
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(Duration::from_secs(1)))?;

    // The header, and an empty ifinfomsg, which is longer than the ifaddrmsg.
    let mut question = Vec::with_capacity(HEADER + 16);
    question.extend_from_slice(&(HEADER as u32 + 16).to_ne_bytes());
    question.extend_from_slice(&(list as u16).to_ne_bytes());
    question.extend_from_slice(&DUMP.to_ne_bytes());
    question.extend_from_slice(&[0; 8 + 16]);
    sendto(&socket, &question, SendFlags::empty(), &SocketAddrNetlink::new(0, 0))?;

    let mut all = Vec::new();
    // The kernel sends up to 32 KiB at once to those who offer it.
    let mut part = vec![0u8; 64 << 10];
    loop {
        let (_, length) = recv(&socket, part.as_mut_slice(), RecvFlags::empty())?;
        let got = &part[..length.min(part.len())];
        if got.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        all.extend_from_slice(got);
        for (kind, payload) in Messages(got) {
            match kind {
                DONE => return Ok(all),
                ERROR => {
                    let code = number(payload, 0).map_or(0, i32::from_ne_bytes);
                    return Err(io::Error::from_raw_os_error(code.wrapping_neg()));
                }
                _ => {}
            }
        }
    }
}

/// The N bytes at an offset.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// Messages of a buffer: their type and what follows the header.
struct Messages<'a>(&'a [u8]);

impl<'a> Iterator for Messages<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let length = u32::from_ne_bytes(number(self.0, 0)?) as usize;
        let kind = u16::from_ne_bytes(number(self.0, 4)?);
        let payload = self.0.get(HEADER..length)?;
        self.0 = self.0.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, payload))
    }
}

/// Attributes of a message: their type and value.
struct Attributes<'a>(&'a [u8]);

impl<'a> Iterator for Attributes<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let length = usize::from(u16::from_ne_bytes(number(self.0, 0)?));
        // The two highest bits say how the value is built, not what it is.
        let kind = u16::from_ne_bytes(number(self.0, 2)?) & 0x3fff;
        let value = self.0.get(4..length)?;
        self.0 = self.0.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    }
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value.split(|b| *b == 0).next().unwrap_or_default()).into_owned()
}

fn word(value: &[u8]) -> Option<u32> {
    number(value, 0).map(u32::from_ne_bytes)
}

/// One link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) index: u32,
    pub(super) name: String,
    pub(super) hardware_type: u16,
    pub(super) flags: u32,
    pub(super) mtu: Option<u32>,
    pub(super) address: Vec<u8>,
    /// `IFLA_OPERSTATE`, numbered as in RFC 2863 with the kernel's own order.
    pub(super) oper_state: Option<u8>,
    pub(super) carrier: Option<bool>,
    /// What made it: `veth`, `bridge`, `wireguard`; nothing for hardware.
    pub(super) made_by: Option<String>,
    /// It belongs to a bridge, a bond or the like.
    pub(super) is_port: bool,
    pub(super) counters: Option<Counters>,
}

/// The start of `struct rtnl_link_stats64`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counters {
    pub(super) rx_packets: u64,
    pub(super) tx_packets: u64,
    pub(super) rx_bytes: u64,
    pub(super) tx_bytes: u64,
    pub(super) rx_errors: u64,
    pub(super) tx_errors: u64,
    pub(super) rx_dropped: u64,
    pub(super) tx_dropped: u64,
}

/// The links in an answer.
pub(super) fn links(answer: &[u8]) -> Vec<Link> {
    Messages(answer).filter(|(kind, _)| *kind == NEW_LINK).filter_map(|(_, p)| link(p)).collect()
}

fn link(payload: &[u8]) -> Option<Link> {
    // struct ifinfomsg: family, pad, type u16, index i32, flags u32, change u32.
    let mut link = Link {
        hardware_type: u16::from_ne_bytes(number(payload, 2)?),
        index: u32::from_ne_bytes(number(payload, 4)?),
        flags: u32::from_ne_bytes(number(payload, 8)?),
        ..Link::default()
    };
    for (kind, value) in Attributes(payload.get(16..)?) {
        match kind {
            1 => link.address = value.to_vec(),
            3 => link.name = text(value),
            4 => link.mtu = word(value),
            10 => link.is_port = true,
            16 => link.oper_state = value.first().copied(),
            18 => link.made_by = Attributes(value).find(|(k, _)| *k == 1).map(|(_, v)| text(v)),
            23 => link.counters = counters(value),
            33 => link.carrier = value.first().map(|c| *c != 0),
            _ => {}
        }
    }
    (!link.name.is_empty()).then_some(link)
}

fn counters(value: &[u8]) -> Option<Counters> {
    let at = |i: usize| number(value, i * 8).map(u64::from_ne_bytes);
    Some(Counters {
        rx_packets: at(0)?,
        tx_packets: at(1)?,
        rx_bytes: at(2)?,
        tx_bytes: at(3)?,
        rx_errors: at(4)?,
        tx_errors: at(5)?,
        rx_dropped: at(6)?,
        tx_dropped: at(7)?,
    })
}

/// One address and what the kernel knows of its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assigned {
    pub(super) index: u32,
    pub(super) address: IpAddr,
    prefix_length: u8,
    flags: u32,
    protocol: Option<u8>,
}

/// The addresses in an answer.
pub(super) fn addresses(answer: &[u8]) -> Vec<Assigned> {
    Messages(answer).filter(|(kind, _)| *kind == NEW_ADDRESS).filter_map(|(_, p)| address(p)).collect()
}

fn address(payload: &[u8]) -> Option<Assigned> {
    // struct ifaddrmsg: family u8, prefix length u8, flags u8, scope u8, index u32.
    let [_family, prefix_length, flags, _scope] = number(payload, 0)?;
    let index = u32::from_ne_bytes(number(payload, 4)?);
    let (mut flags, mut protocol) = (u32::from(flags), None);
    let (mut given, mut local) = (None, None);
    for (kind, value) in Attributes(payload.get(8..)?) {
        match kind {
            1 => given = ip(value),
            // The other end's address is in `given` where there are two ends.
            2 => local = ip(value),
            8 => flags = word(value).unwrap_or(flags),
            11 => protocol = value.first().copied(),
            _ => {}
        }
    }
    Some(Assigned { index, address: local.or(given)?, prefix_length, flags, protocol })
}

fn ip(value: &[u8]) -> Option<IpAddr> {
    if let Ok(v4) = <[u8; 4]>::try_from(value) {
        return Some(Ipv4Addr::from(v4).into());
    }
    <[u8; 16]>::try_from(value).ok().map(|v6| Ipv6Addr::from(v6).into())
}

impl Assigned {
    /// Whether the kernel lets the address be used.
    pub(super) const fn state(&self) -> AddressState {
        const OPTIMISTIC: u32 = 0x04;
        const DUPLICATE: u32 = 0x08;
        const DEPRECATED: u32 = 0x20;
        const TENTATIVE: u32 = 0x40;

        // A duplicate stays tentative too; an optimistic one is used while it is tentative.
        if self.flags & DUPLICATE != 0 {
            AddressState::Duplicate
        } else if self.flags & TENTATIVE != 0 && self.flags & OPTIMISTIC == 0 {
            AddressState::Tentative
        } else if self.flags & DEPRECATED != 0 {
            AddressState::Deprecated
        } else {
            AddressState::Usable
        }
    }

    /// Where the address came from, as far as the kernel can tell: it sees lifetimes and who made the
    /// address, not who configured it.
    pub(super) fn origin(&self) -> AddressOrigin {
        const TEMPORARY: u32 = 0x01;
        const PERMANENT: u32 = 0x80;
        const MANAGE_TEMPORARY: u32 = 0x100;
        const STABLE_PRIVACY: u32 = 0x800;
        const MADE_FROM_ANNOUNCEMENT: u8 = 2;

        if scope_of(self.address) == AddressScope::LinkLocal {
            return AddressOrigin::SelfAssigned;
        }
        let permanent = self.flags & PERMANENT != 0;
        match self.address {
            _ if permanent => AddressOrigin::Static,
            IpAddr::V4(_) => AddressOrigin::Dhcp,
            IpAddr::V6(_) => {
                let privacy = TEMPORARY | MANAGE_TEMPORARY | STABLE_PRIVACY;
                let announced = self.protocol == Some(MADE_FROM_ANNOUNCEMENT) || self.flags & privacy != 0;
                match self.prefix_length {
                    _ if announced => AddressOrigin::Router,
                    // DHCPv6 gives single addresses; an announced prefix has 64 bits.
                    128 => AddressOrigin::Dhcp,
                    64 => AddressOrigin::Router,
                    _ => AddressOrigin::Unknown,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An attribute, padded as the kernel pads it.
    fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(&(value.len() as u16 + 4).to_ne_bytes());
        out.extend_from_slice(&kind.to_ne_bytes());
        out.extend_from_slice(value);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }

    fn message(kind: u16, head: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
        let body: Vec<u8> = head.iter().copied().chain(attributes.concat()).collect();
        let mut out = (HEADER as u32 + body.len() as u32).to_ne_bytes().to_vec();
        out.extend_from_slice(&kind.to_ne_bytes());
        out.extend_from_slice(&[0; 10]);
        out.extend(body);
        out
    }

    fn new_address(ip: &str, prefix: u8, flags: u32, protocol: Option<u8>) -> Vec<u8> {
        let bytes = match ip.parse().unwrap() {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        let mut head = vec![2, prefix, flags as u8, 0];
        head.extend_from_slice(&7u32.to_ne_bytes());
        let mut attributes = vec![attribute(1, &bytes), attribute(8, &flags.to_ne_bytes())];
        attributes.extend(protocol.map(|p| attribute(11, &[p])));
        message(NEW_ADDRESS, &head, &attributes)
    }

    #[test]
    fn a_link_is_read_with_what_made_it_and_its_counters() {
        let mut head = vec![0, 0];
        head.extend_from_slice(&1u16.to_ne_bytes());
        head.extend_from_slice(&4u32.to_ne_bytes());
        head.extend_from_slice(&0x1003u32.to_ne_bytes());
        head.extend_from_slice(&[0; 4]);
        let numbers: Vec<u8> = (1u64..=24).flat_map(u64::to_ne_bytes).collect();
        let answer = message(
            NEW_LINK,
            &head,
            &[
                attribute(3, b"eth0\0"),
                attribute(1, &[2, 0, 0, 0, 0, 1]),
                attribute(4, &1400u32.to_ne_bytes()),
                attribute(16, &[6]),
                attribute(33, &[1]),
                attribute(0x12 | 0x8000, &attribute(1, b"veth\0")),
                attribute(23, &numbers),
            ],
        );
        let found = links(&answer);
        assert_eq!(found.len(), 1);
        let link = &found[0];
        assert_eq!((link.name.as_str(), link.index, link.hardware_type), ("eth0", 4, 1));
        assert_eq!(
            (link.flags, link.mtu, link.oper_state, link.carrier),
            (0x1003, Some(1400), Some(6), Some(true))
        );
        assert_eq!(link.made_by.as_deref(), Some("veth"));
        assert!(!link.is_port);
        let counters = link.counters.unwrap();
        assert_eq!((counters.rx_packets, counters.tx_bytes, counters.tx_dropped), (1, 4, 8));

        // Every way to cut it short, and every single byte turned: no panic, no other link.
        for end in 0..answer.len() {
            assert!(links(&answer[..end]).is_empty(), "cut at {end}");
        }
        for at in 0..answer.len() {
            let mut odd = answer.clone();
            odd[at] ^= 0xff;
            let _ = links(&odd);
            let _ = addresses(&odd);
        }
    }

    #[test]
    fn the_origin_follows_from_lifetime_maker_and_prefix() {
        use AddressOrigin::{Dhcp, Router, SelfAssigned, Static, Unknown};
        for (ip, prefix, flags, protocol, origin) in [
            ("192.168.1.2", 24, 0x80, None, Static),
            ("192.168.1.2", 24, 0, None, Dhcp),
            ("169.254.1.2", 16, 0x80, None, SelfAssigned),
            ("fe80::1", 64, 0x80, Some(3), SelfAssigned),
            ("2620:fe::1", 64, 0x80, None, Static),
            ("2620:fe::1", 64, 0, Some(2), Router),
            ("2620:fe::1", 64, 0x01, None, Router),
            ("2620:fe::1", 64, 0x100, None, Router),
            ("2620:fe::1", 64, 0, None, Router),
            ("2620:fe::1", 128, 0, None, Dhcp),
            ("2620:fe::1", 56, 0, None, Unknown),
        ] {
            let found = addresses(&new_address(ip, prefix, flags, protocol));
            assert_eq!(found[0].index, 7);
            assert_eq!(found[0].address, ip.parse::<IpAddr>().unwrap());
            assert_eq!(found[0].origin(), origin, "{ip}/{prefix} {flags:#x} {protocol:?}");
        }
    }

    #[test]
    fn the_state_follows_from_the_flags() {
        use AddressState::{Deprecated, Duplicate, Tentative, Usable};
        for (flags, state) in [
            (0x80, Usable),
            (0x40, Tentative),
            (0x44, Usable),
            (0x48, Duplicate),
            (0xc8, Duplicate),
            (0x20, Deprecated),
        ] {
            assert_eq!(
                addresses(&new_address("2620:fe::1", 64, flags, None))[0].state(),
                state,
                "{flags:#x}"
            );
        }
    }

    #[test]
    fn a_tunnels_own_end_is_its_address() {
        let mut head = vec![2, 32, 0x80, 0];
        head.extend_from_slice(&3u32.to_ne_bytes());
        let answer =
            message(NEW_ADDRESS, &head, &[attribute(1, &[10, 0, 0, 2]), attribute(2, &[10, 0, 0, 1])]);
        assert_eq!(addresses(&answer)[0].address, "10.0.0.1".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn the_running_kernel_lists_loopback() {
        let found = links(&dump(List::Links).unwrap());
        let loopback = found.iter().find(|l| l.hardware_type == 772).unwrap();
        assert_eq!(loopback.name, "lo");
        assert!(loopback.counters.is_some());
        assert!(dump(List::Addresses).is_ok());
    }
}
