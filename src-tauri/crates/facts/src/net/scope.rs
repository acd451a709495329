//! Whose an address is, as far as its number tells.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::dns::AddressScope;

/// A network that this computer has an address in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    mask: IpAddr,
}

impl Network {
    fn contains(&self, other: IpAddr) -> bool {
        match (self.address, self.mask, other) {
            (IpAddr::V4(own), IpAddr::V4(mask), IpAddr::V4(other)) => {
                mask != Ipv4Addr::UNSPECIFIED && own & mask == other & mask
            }
            (IpAddr::V6(own), IpAddr::V6(mask), IpAddr::V6(other)) => {
                mask != Ipv6Addr::UNSPECIFIED && own & mask == other & mask
            }
            _ => false,
        }
    }
}

/// The networks of this computer's addresses; empty where the system does not tell.
pub(crate) fn own_networks() -> Vec<Network> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    interfaces
        .into_iter()
        .map(|interface| match interface.addr {
            if_addrs::IfAddr::V4(v4) => Network { address: v4.ip.into(), mask: v4.netmask.into() },
            if_addrs::IfAddr::V6(v6) => Network { address: v6.ip.into(), mask: v6.netmask.into() },
        })
        .collect()
}

/// Whether two addresses share their first `prefix` bits.
pub(crate) fn same_network(one: IpAddr, other: IpAddr, prefix: u8) -> bool {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            let differ = one.to_bits() ^ other.to_bits();
            differ.leading_zeros() >= u32::from(prefix)
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            let differ = one.to_bits() ^ other.to_bits();
            differ.leading_zeros() >= u32::from(prefix)
        }
        _ => false,
    }
}

/// Whose the address is.
pub(crate) fn scope(address: IpAddr, own: &[Network]) -> AddressScope {
    let address = address.to_canonical();
    if address.is_unspecified() {
        return AddressScope::Unspecified;
    }
    if address.is_loopback() {
        return AddressScope::Loopback;
    }
    let (link_local, private) = match address {
        // 100.64.0.0/10 is shared by a provider's customers (RFC 6598).
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && v4.octets()[1] & 0xC0 == 64;
            (v4.is_link_local(), v4.is_private() || shared)
        }
        IpAddr::V6(v6) => (v6.is_unicast_link_local(), v6.is_unique_local()),
    };
    if link_local {
        AddressScope::LinkLocal
    } else if own.iter().any(|network| network.contains(address)) {
        AddressScope::OwnNetwork
    } else if private {
        AddressScope::Private
    } else {
        AddressScope::Public
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_address_has_its_scope() {
        let own = [
            Network { address: "192.0.2.10".parse().unwrap(), mask: "255.255.255.0".parse().unwrap() },
            Network {
                address: "2001:db8:1::10".parse().unwrap(),
                mask: "ffff:ffff:ffff:ffff::".parse().unwrap(),
            },
        ];
        for (address, expected) in [
            ("0.0.0.0", AddressScope::Unspecified),
            ("::", AddressScope::Unspecified),
            ("127.0.0.9", AddressScope::Loopback),
            ("::1", AddressScope::Loopback),
            ("::ffff:127.0.0.1", AddressScope::Loopback),
            ("169.254.1.1", AddressScope::LinkLocal),
            ("fe80::1", AddressScope::LinkLocal),
            ("192.0.2.66", AddressScope::OwnNetwork),
            ("2001:db8:1::66", AddressScope::OwnNetwork),
            ("10.1.2.3", AddressScope::Private),
            ("100.64.0.1", AddressScope::Private),
            ("fd00::1", AddressScope::Private),
            ("203.0.113.80", AddressScope::Public),
            ("100.128.0.1", AddressScope::Public),
            ("2001:db8:2::66", AddressScope::Public),
        ] {
            assert_eq!(scope(address.parse().unwrap(), &own), expected, "{address}");
        }
    }

    #[test]
    fn this_computers_own_networks_are_known() {
        let own = own_networks();
        assert!(own.iter().any(|n| n.contains("127.0.0.1".parse().unwrap())), "{own:?}");
    }
}
