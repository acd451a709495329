//! Which IP addresses identify somebody, and which only describe a network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Public resolvers that many networks use: knowing them helps, and names nobody.
const RESOLVERS_V4: &[[u8; 4]] = &[
    // Cloudflare
    [1, 1, 1, 1],
    [1, 0, 0, 1],
    [1, 1, 1, 2],
    [1, 0, 0, 2],
    [1, 1, 1, 3],
    [1, 0, 0, 3],
    // Google
    [8, 8, 8, 8],
    [8, 8, 4, 4],
    // Quad9
    [9, 9, 9, 9],
    [9, 9, 9, 10],
    [9, 9, 9, 11],
    [9, 9, 9, 12],
    [149, 112, 112, 112],
    [149, 112, 112, 9],
    [149, 112, 112, 10],
    [149, 112, 112, 11],
    [149, 112, 112, 12],
    // OpenDNS
    [208, 67, 222, 222],
    [208, 67, 220, 220],
    [208, 67, 222, 123],
    [208, 67, 220, 123],
    // AdGuard
    [94, 140, 14, 14],
    [94, 140, 15, 15],
    [94, 140, 14, 15],
    [94, 140, 15, 16],
    [94, 140, 14, 140],
    [94, 140, 14, 141],
];

const RESOLVERS_V6: &[&str] = &[
    "2606:4700:4700::1111",
    "2606:4700:4700::1001",
    "2606:4700:4700::1112",
    "2606:4700:4700::1002",
    "2606:4700:4700::1113",
    "2606:4700:4700::1003",
    "2606:4700:4700::64",
    "2606:4700:4700::6400",
    "2001:4860:4860::8888",
    "2001:4860:4860::8844",
    "2001:4860:4860::64",
    "2001:4860:4860::6464",
    "2620:fe::fe",
    "2620:fe::9",
    "2620:fe::10",
    "2620:fe::fe:10",
    "2620:fe::11",
    "2620:fe::fe:11",
    "2620:fe::12",
    "2620:fe::fe:12",
    "2620:119:35::35",
    "2620:119:53::53",
    "2620:119:35::123",
    "2620:119:53::123",
    "2a10:50c0::ad1:ff",
    "2a10:50c0::ad2:ff",
    "2a10:50c0::1:ff",
    "2a10:50c0::2:ff",
    "2a10:50c0::bad1:ff",
    "2a10:50c0::bad2:ff",
];

/// Whether the address would tell where somebody is.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => embedded_v4(v6).map_or_else(|| is_public_v6(v6), is_public_v4),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let octets = address.octets();
    let shared = octets[0] == 100 && octets[1] & 0b1100_0000 == 64;
    !(octets[0] == 0
        || octets[0] >= 240
        || shared
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || RESOLVERS_V4.contains(&octets))
}

/// Only 2000::/3 is in use on the internet. Requiring it also leaves `a::b` in program text alone.
fn is_public_v6(address: Ipv6Addr) -> bool {
    address.segments()[0] >> 13 == 1
        && !RESOLVERS_V6.iter().any(|r| r.parse::<Ipv6Addr>().is_ok_and(|r| r == address))
}

/// The IPv4 address inside `::ffff:a.b.c.d` and `64:ff9b::a.b.c.d`.
pub(crate) fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    address.to_ipv4_mapped().or_else(|| {
        let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = address.segments() else { return None };
        Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
    })
}

/// Whether the lower half was made from a hardware address (EUI-64), which it then gives away.
pub(crate) fn shows_mac(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    segments[5] & 0xff == 0xff && segments[6] >> 8 == 0xfe
}

/// The form under which an address is compared: an embedded IPv4 address counts as itself.
pub(crate) fn canonical(address: IpAddr) -> String {
    match address {
        IpAddr::V6(v6) => embedded_v4(v6).map_or_else(|| v6.to_string(), |v4| v4.to_string()),
        IpAddr::V4(v4) => v4.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn what_only_describes_a_network_is_not_public() {
        for text in [
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.178.1",
            "100.64.0.1",
            "127.0.0.53",
            "169.254.7.7",
            "224.0.0.251",
            "255.255.255.0",
            "0.0.0.0",
            "1.1.1.1",
            "8.8.4.4",
            "9.9.9.9",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::fb",
            "a::b",
            "2620:fe::fe",
            "2606:4700:4700::1111",
            "::ffff:192.168.1.1",
        ] {
            assert!(!public(text), "{text}");
        }
    }

    #[test]
    fn everything_else_is() {
        for text in [
            "203.0.113.7",
            "192.0.2.1",
            "198.51.100.3",
            "172.32.0.1",
            "100.128.0.1",
            "8.8.8.9",
            "2001:db8::1",
            "2a02:8109::1",
            "::ffff:203.0.113.7",
            "64:ff9b::cb00:7107",
        ] {
            assert!(public(text), "{text}");
        }
    }

    #[test]
    fn resolvers_are_written_right() {
        for text in RESOLVERS_V6 {
            assert!(text.parse::<Ipv6Addr>().is_ok(), "{text}");
        }
    }
}
