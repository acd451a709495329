//! VPN tunnels: which there are, what they carry, whether names are asked through them; and the VPN
//! connections that are set up, whether they are up or not.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | rtnetlink: links and what made them, routes of every table, the way to each DNS server | none | IPsec that is a policy of the kernel alone (strongSwan without an interface) has no link; PPP may be the provider's dial-in; whether the other end of WireGuard answers needs `CAP_NET_ADMIN` |
//! | Linux | NetworkManager over D-Bus: connections that are set up and their state, DNS servers and domains of each interface | none | VPN programs that NetworkManager does not know; why an attempt failed is told to listeners while it happens and is kept nowhere, so only a connection that waits for a password, or is failing now, is seen |
//! | Linux | systemd-resolved over D-Bus: DNS servers and domains of each interface, where NetworkManager names none | none | |
//! | Windows, macOS | none yet: the subject is absent. Windows will be asked through `GetIfTable2` and `RasEnumConnections`, macOS through `SCDynamicStore` and `SCNetworkConnection` | | |
//!
//! Nothing is sent. Whether anything comes back through a tunnel follows from what other subjects asked
//! of hosts behind it. A computer without a VPN has no tunnels, which is a measurement and no absence.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod connections;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod names;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// VPN.
    pub struct Vpn {
        /// Every tunnel that this computer has now.
        part tunnels: Reading<Vec<Tunnel>>,
        /// The VPN connections that are set up.
        part connections: Reading<Vec<VpnConnection>>,
    }

    /// One tunnel.
    pub struct Tunnel {
        /// The system's name for it: `tun0`, `wg0`.
        public interface: String,
        /// What made it.
        public kind: TunnelKind,
        /// Whether it is switched on.
        public up: bool,
        /// Its addresses, without those of the link alone.
        internal addresses: Vec<IpAddr>,
        /// What is sent through it, by the routes of every table.
        public carries: Carries,
        /// Which names are asked through it.
        public names: Reading<NamesAsked>,
        /// The DNS servers that are set for it alone.
        internal name_servers: Reading<Vec<IpAddr>>,
        /// The domains whose names are asked there alone.
        internal domains: Reading<Vec<String>>,
        /// Networks that it carries and that this computer is in as well.
        part overlaps: Vec<SameNetwork>,
    }

    /// A network behind the tunnel with the addresses of one that this computer is in.
    pub struct SameNetwork {
        /// The smaller of both networks: its first address.
        internal destination: IpAddr,
        /// Length of the network prefix.
        public prefix_length: u8,
        /// The interface that is in this network.
        public interface: String,
    }

    /// One VPN connection that is set up.
    pub struct VpnConnection {
        /// What the person calls it.
        internal name: String,
        /// What it is: `wireguard`, or the name of the plug-in, such as `openvpn`.
        public technology: String,
        /// How far it is.
        public state: VpnState,
    }
}

/// What made a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TunnelKind {
    /// WireGuard in the kernel.
    Wireguard,
    /// A program by a tun device: OpenVPN, OpenConnect, WireGuard outside the kernel.
    Tun,
    /// A program by a tap device, which carries Ethernet.
    Tap,
    /// PPP: L2TP, PPTP, SSTP, or the provider's dial-in.
    Ppp,
    /// IPsec by an interface of its own.
    Ipsec,
    /// Another tunnel of the kernel.
    Other,
}

/// What is sent through a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Carries {
    /// Nothing: no route leads into it.
    None,
    /// The network of its own address alone.
    OwnNetwork,
    /// Some networks.
    Some,
    /// Everything, of one address family at least.
    All,
}

/// Which names are asked through a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NamesAsked {
    /// None: every server is reached another way.
    None,
    /// Those of some domains, or of one server among others.
    Some,
    /// All.
    All,
}

/// How far a VPN connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VpnState {
    /// Not switched on.
    Inactive,
    /// On the way.
    Connecting,
    /// Waits for a password, or for another proof of who this is.
    NeedsPassword,
    /// Up.
    Active,
    /// The attempt is failing.
    Failed,
    /// Being taken down.
    Disconnecting,
    /// Not said.
    Unknown,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Vpn> {
    platform::measure(cx).await
}
