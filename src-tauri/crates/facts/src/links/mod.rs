//! Network interfaces: kind, state, addresses, counters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

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
    }
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

/// Measures this subject.
pub async fn measure(_cx: Context) -> Reading<Links> {
    Reading::absent(Reason::NotSupported, "no probe yet")
}
