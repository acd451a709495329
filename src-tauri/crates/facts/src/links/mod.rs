//! Network interfaces: kind, state, addresses, counters.
//!
//! | system  | source                                                                    | privilege |
//! |---------|---------------------------------------------------------------------------|-----------|
//! | Linux   | rtnetlink (links, origin and state of addresses), `/sys/class/net`, `getifaddrs` | none |
//! | Linux   | NetworkManager over D-Bus (state of each interface, and why)               | none      |
//! | others  | `getifaddrs`, Windows: `GetAdaptersAddresses` (both through `if-addrs`)    | none      |
//!
//! Linux: sysfs can show another network namespace than the one this program is in (`ip netns`
//! remounts it, `nsenter --net` does not), so it is believed only where index and hardware address
//! agree with rtnetlink. Where it is not, kinds are told by rtnetlink alone and a wireless card is
//! known by its name.
//!
//! Counters are read twice: at the start, and once all other measurements have ended, so that the
//! time between costs nothing.
//!
//! Blind spots on Linux: that another device has the same IPv4 address is known where NetworkManager
//! looked for it before it took the address; systemd-networkd says it in its log alone, and whoever
//! sets addresses without looking (`ip`, BusyBox) does not know it. Driver and duplex need sysfs. An address without end counts as set by hand, and some DHCP clients
//! (BusyBox) leave out the lease's end. PPP counts as a tunnel even where it is the provider's dial-in. A
//! virtual Ethernet pair that is in no bridge counts as wired: inside a container or a network lab
//! it is the only cable there is. Recorded trees hold no addresses.
//!
//! Blind spots elsewhere: an interface without an address is not seen, its kind is `other`, and
//! counters, hardware address and speed are not measured.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod manager;
#[cfg(target_os = "linux")]
mod netlink;
// Compiled in tests too, so that it stays sound on a machine that never ships it.
#[cfg(any(not(target_os = "linux"), test))]
mod other;

#[cfg(target_os = "linux")]
use linux as source;
#[cfg(not(target_os = "linux"))]
use other as source;

facts! {
    /// Network interfaces.
    pub struct Links {
        /// Every interface but loopback.
        part interfaces: Vec<Interface>,
    }

    /// One network interface.
    pub struct Interface {
        /// The system's name for it: `eth0`, `wlp2s0`.
        public name: String,
        /// What kind of interface.
        public kind: InterfaceKind,
        /// Whether it is switched on.
        public admin_up: bool,
        /// Whether a cable is plugged in or a radio link is made; absent while switched off.
        public carrier: Reading<bool>,
        /// The kernel's operational state: `up`, `down`, `dormant`, `unknown`.
        public oper_state: Reading<String>,
        /// Largest packet.
        public mtu_bytes: Reading<u32>,
        /// Hardware address.
        personal(mac) mac: Reading<String>,
        /// Speed of the link.
        public speed_mbps: Reading<u32>,
        /// Whether both sides may send at once; half is a sign of a failed negotiation.
        public duplex: Reading<Duplex>,
        /// The program in the system that runs it: `e1000e`, `iwlwifi`.
        public driver: Reading<String>,
        /// Addresses.
        part addresses: Vec<InterfaceAddress>,
        /// Received since the interface exists.
        public rx_bytes: Reading<u64>,
        /// Sent.
        public tx_bytes: Reading<u64>,
        /// Received packets.
        public rx_packet_count: Reading<u64>,
        /// Sent packets.
        public tx_packet_count: Reading<u64>,
        /// Packets received damaged.
        public rx_error_count: Reading<u64>,
        /// Packets that could not be sent.
        public tx_error_count: Reading<u64>,
        /// Packets dropped on arrival.
        public rx_dropped_count: Reading<u64>,
        /// Packets dropped before sending.
        public tx_dropped_count: Reading<u64>,
        /// What was counted while the other measurements ran.
        part meanwhile: Reading<Meanwhile>,
        /// What the program that sets the network up says of it.
        part manager: Reading<Manager>,
    }

    /// Counters over the time of measuring.
    pub struct Meanwhile {
        /// How long that was.
        public seconds: f64,
        /// Received packets.
        public rx_packet_count: u64,
        /// Sent packets.
        public tx_packet_count: u64,
        /// Packets received damaged.
        public rx_error_count: u64,
        /// Packets that could not be sent.
        public tx_error_count: u64,
        /// Packets dropped on arrival.
        public rx_dropped_count: u64,
        /// Packets dropped before sending.
        public tx_dropped_count: u64,
    }

    /// What NetworkManager says of an interface.
    pub struct Manager {
        /// How far the connection is.
        public state: ManagerState,
        /// Why it is so, where that is known.
        public reason: ManagerReason,
    }

    /// One address of an interface.
    pub struct InterfaceAddress {
        /// The address.
        internal address: IpAddr,
        /// Length of the network prefix.
        public prefix_length: u8,
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// How far the address reaches.
        public scope: AddressScope,
        /// Where it came from; `unknown` where the system does not say.
        public origin: AddressOrigin,
        /// Whether it can be used; `unknown` where the system does not say.
        public state: AddressState,
    }
}

/// Who may send when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Duplex {
    /// Both sides at once.
    Full,
    /// One side at a time.
    Half,
}

/// Whether an address can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddressState {
    /// In use.
    Usable,
    /// The system still asks whether another device has it.
    Tentative,
    /// Another device has it, so the system does not use it.
    Duplicate,
    /// Its time is nearly over; new connections take another.
    Deprecated,
    /// The system does not say.
    Unknown,
}

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManagerState {
    /// Left to others.
    Unmanaged,
    /// Cannot be used: switched off, or without a driver.
    Unavailable,
    /// Not connected.
    Disconnected,
    /// On the way: preparing, joining.
    Connecting,
    /// Waits for a password.
    NeedsPassword,
    /// Waits for an address.
    NeedsAddress,
    /// Connected.
    Connected,
    /// Being taken down.
    Disconnecting,
    /// The last attempt failed.
    Failed,
    /// Not said.
    Unknown,
}

/// Why a connection is in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManagerReason {
    /// None given.
    None,
    /// The password is missing, or the one given was not taken.
    NoPassword,
    /// The wireless network ended the connection while signing in.
    SignInRefused,
    /// The wireless network did not answer in time while signing in.
    SignInTimedOut,
    /// The settings for signing in are not valid.
    SignInSettings,
    /// The wireless network was not found.
    NetworkNotFound,
    /// No address was given.
    NoAddress,
    /// Another device has the address.
    AddressConflict,
    /// The cable is not plugged in.
    NoCarrier,
    /// A person or a program ended it.
    Requested,
    /// Something else.
    Other,
}

/// IPv4 or IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

/// What an interface is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InterfaceKind {
    /// Ethernet with a cable.
    Wired,
    /// Wireless network.
    Wifi,
    /// Mobile network modem.
    Mobile,
    /// Tunnel into another network.
    Vpn,
    /// Bridges, containers, virtual machines.
    Virtual,
    /// Anything else.
    Other,
}

/// How far an address reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddressScope {
    /// Public: valid everywhere.
    Global,
    /// Valid within this network (RFC 1918, RFC 4193, RFC 6598).
    Private,
    /// Valid on this link alone; given by the computer itself.
    LinkLocal,
    /// Loopback, multicast, documentation and the like.
    Other,
}

/// Where an address came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddressOrigin {
    /// Given by the network for a limited time.
    Dhcp,
    /// Set by hand.
    Static,
    /// Made from a router's announcement (SLAAC).
    Router,
    /// The computer gave it to itself because nobody answered.
    SelfAssigned,
    /// The system does not say.
    Unknown,
}

/// What other probes need to know of a link.
#[cfg(target_os = "linux")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// The kernel's number.
    pub(crate) index: u32,
    /// Its name.
    pub(crate) name: String,
    /// What kind of interface it is.
    pub(crate) kind: InterfaceKind,
}

/// A tunnel, and what the kernel says made it.
#[cfg(target_os = "linux")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownTunnel {
    /// The kernel's number.
    pub(crate) index: u32,
    /// Its name.
    pub(crate) name: String,
    /// Whether it is switched on.
    pub(crate) up: bool,
    /// `wireguard`, `tun`, `xfrm`; nothing for what has no such word.
    pub(crate) made_by: Option<String>,
    /// `ARPHRD_…` of if_arp.h.
    pub(crate) hardware_type: u16,
}

#[cfg(target_os = "linux")]
pub(crate) use {
    linux::{known, tunnels, written},
    manager::state_of,
};

/// Reads the counters again, once the other probes have ended.
pub(crate) fn end(cx: &Context, started: std::time::Instant, links: &mut Reading<Links>) {
    #[cfg(target_os = "linux")]
    if let Reading::Value(links) = links {
        linux::end(cx, started, links);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (cx, started, links);
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Links> {
    source::measure(cx).await
}

/// An address as `if-addrs` gives it. The link alone gives link-local ones; of the rest this source
/// knows no origin.
fn address_of(given: &if_addrs::IfAddr) -> InterfaceAddress {
    let (address, prefix_length) = match given {
        if_addrs::IfAddr::V4(v4) => (IpAddr::V4(v4.ip), v4.prefixlen),
        if_addrs::IfAddr::V6(v6) => (IpAddr::V6(v6.ip), v6.prefixlen),
    };
    let scope = scope_of(address);
    InterfaceAddress {
        address,
        prefix_length,
        family: if address.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 },
        scope,
        origin: match scope {
            AddressScope::LinkLocal => AddressOrigin::SelfAssigned,
            _ => AddressOrigin::Unknown,
        },
        state: AddressState::Unknown,
    }
}

/// How far an address reaches, by the IANA registries of special-purpose addresses.
fn scope_of(address: IpAddr) -> AddressScope {
    match address {
        IpAddr::V4(v4) => scope_of_v4(v4),
        IpAddr::V6(v6) => scope_of_v6(v6),
    }
}

fn scope_of_v4(v4: Ipv4Addr) -> AddressScope {
    let [a, b, c, _] = v4.octets();
    let shared = a == 100 && b & 0xc0 == 64;
    let benchmark = a == 198 && b & 0xfe == 18;
    let special = a == 0 || a >= 224 || v4.is_loopback() || v4.is_documentation() || benchmark;
    if v4.is_link_local() {
        AddressScope::LinkLocal
    } else if v4.is_private() || shared {
        AddressScope::Private
    } else if special || [a, b, c] == [192, 0, 0] {
        AddressScope::Other
    } else {
        AddressScope::Global
    }
}

fn scope_of_v6(v6: Ipv6Addr) -> AddressScope {
    let [first, second, ..] = v6.segments();
    let documentation = (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    if v6.is_unicast_link_local() {
        AddressScope::LinkLocal
    } else if v6.is_unique_local() {
        AddressScope::Private
    } else if first & 0xe000 == 0x2000 && !documentation {
        AddressScope::Global
    } else {
        AddressScope::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn any_machine_lists_its_interfaces_without_loopback() {
        let reading = measure(Context::default()).await;
        let links = reading.value().unwrap();
        for interface in &links.interfaces {
            assert_ne!(interface.name, "lo");
            assert!(interface.admin_up || interface.carrier.value().is_none(), "{interface:#?}");
            for address in &interface.addresses {
                assert!(!address.address.is_loopback(), "{interface:#?}");
                assert!(address.prefix_length <= if address.address.is_ipv4() { 32 } else { 128 });
            }
        }
        let names: std::collections::BTreeSet<_> = links.interfaces.iter().map(|i| &i.name).collect();
        assert_eq!(names.len(), links.interfaces.len());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_portable_source_agrees_on_addresses() {
        let (here, there) = (measure(Context::default()).await, other::measure(Context::default()).await);
        let addresses = |r: &Reading<Links>| {
            let interfaces = r.value().unwrap().interfaces.iter();
            let mut all: Vec<_> = interfaces
                .flat_map(|i| i.addresses.iter().map(|a| (i.name.clone(), a.address, a.prefix_length)))
                .collect();
            all.sort();
            all
        };
        assert_eq!(addresses(&here), addresses(&there));
    }

    #[test]
    fn the_scope_follows_from_the_address() {
        for (address, scope) in [
            ("9.9.9.9", AddressScope::Global),
            ("192.168.1.2", AddressScope::Private),
            ("172.31.0.1", AddressScope::Private),
            ("172.32.0.1", AddressScope::Global),
            ("100.64.0.1", AddressScope::Private),
            ("100.128.0.1", AddressScope::Global),
            ("169.254.3.4", AddressScope::LinkLocal),
            ("127.0.0.1", AddressScope::Other),
            ("198.51.100.7", AddressScope::Other),
            ("224.0.0.1", AddressScope::Other),
            ("0.0.0.0", AddressScope::Other),
            ("2620:fe::fe", AddressScope::Global),
            ("fd00::1", AddressScope::Private),
            ("fe80::1", AddressScope::LinkLocal),
            ("2001:db8::1", AddressScope::Other),
            ("::1", AddressScope::Other),
            ("ff02::1", AddressScope::Other),
        ] {
            assert_eq!(scope_of(address.parse().unwrap()), scope, "{address}");
        }
    }
}
