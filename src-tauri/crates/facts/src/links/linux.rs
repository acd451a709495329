//! Links from rtnetlink and `/sys/class/net`, put together.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use super::netlink::{self, Counters, Link, List};
use super::{
    AddressOrigin, Duplex, Interface, InterfaceAddress, InterfaceKind, Known, KnownTunnel, Links, Meanwhile,
    address_of, manager,
};
use crate::source::{detached, odd, read_number, read_raw, read_text, unread};
use crate::{Absence, Context, Reading, Reason, net};

const NET: &str = "/sys/class/net";

const IFF_UP: u32 = 0x1;

/// Hardware types of `linux/if_arp.h`.
mod hardware {
    pub(super) const ETHERNET: u32 = 1;
    pub(super) const PPP: u32 = 512;
    pub(super) const RAW_IP: u32 = 519;
    pub(super) const LOOPBACK: u32 = 772;
    /// IP in IP, IPv6 in IP, GRE and what has no header of its own (tun, WireGuard).
    pub(super) const TUNNELS: &[u32] = &[768, 769, 776, 778, 823, 65534];
    pub(super) const RADIO: std::ops::RangeInclusive<u32> = 801..=803;
}

pub(super) async fn measure(cx: Context) -> Reading<Links> {
    let limit = cx.step();
    let inner = cx.clone();
    let (found, managed) =
        tokio::join!(detached("read network interfaces", limit, move || list(&inner)), manager::devices(&cx));
    match found {
        Ok(Ok(mut interfaces)) => {
            for interface in &mut interfaces {
                interface.manager = match &managed {
                    Ok(devices) => devices
                        .iter()
                        .find(|(name, _)| *name == interface.name)
                        .map(|(_, manager)| manager.clone())
                        .ok_or_else(|| {
                            Absence::new(
                                Reason::NothingToMeasure,
                                "NetworkManager does not know this interface",
                            )
                        })
                        .into(),
                    Err(absent) => absent.clone().into(),
                };
            }
            Reading::Value(Links { interfaces })
        }
        Ok(Err(absent)) | Err(absent) => absent.into(),
    }
}

/// The counters again, and what came to them since `started`.
pub(super) fn end(cx: &Context, started: Instant, links: &mut Links) {
    let now = if cx.is_live() { netlink::dump(List::Links).ok().map(|b| netlink::links(&b)) } else { None };
    let seconds = started.elapsed().as_secs_f64();
    for interface in &mut links.interfaces {
        let counters =
            now.iter().flatten().find(|link| link.name == interface.name).and_then(|link| link.counters);
        let since = counters.and_then(|now| meanwhile(interface, &now, seconds));
        let why = || Absence::new(Reason::NotSupported, "the counters could not be read a second time");
        interface.meanwhile = since.ok_or_else(why).into();
    }
}

fn meanwhile(before: &Interface, now: &Counters, seconds: f64) -> Option<Meanwhile> {
    // A driver that starts again counts from zero.
    let more = |before: &Reading<u64>, now: u64| now.checked_sub(*before.value()?);
    Some(Meanwhile {
        seconds,
        rx_packet_count: more(&before.rx_packet_count, now.rx_packets)?,
        tx_packet_count: more(&before.tx_packet_count, now.tx_packets)?,
        rx_error_count: more(&before.rx_error_count, now.rx_errors)?,
        tx_error_count: more(&before.tx_error_count, now.tx_errors)?,
        rx_dropped_count: more(&before.rx_dropped_count, now.rx_dropped)?,
        tx_dropped_count: more(&before.tx_dropped_count, now.tx_dropped)?,
    })
}

fn counted_once<T>() -> Reading<T> {
    Reading::absent(Reason::NothingToMeasure, "counted once so far")
}

fn unmanaged<T>() -> Reading<T> {
    Reading::absent(Reason::NothingToMeasure, "not asked yet")
}

fn list(cx: &Context) -> Result<Vec<Interface>, Absence> {
    // A sandbox can forbid rtnetlink; sysfs is then all there is.
    let links = if cx.is_live() { netlink::dump(List::Links).ok().map(|b| netlink::links(&b)) } else { None };
    let mut interfaces: Vec<(u32, Interface)> = match links {
        Some(links) => links
            .into_iter()
            .filter(|link| u32::from(link.hardware_type) != hardware::LOOPBACK)
            .map(|link| (link.index, combined(cx, &link)))
            .collect(),
        None => folders(cx)?
            .into_iter()
            .filter_map(|name| {
                let facts = Traits::read(cx, &name, None);
                // An interface can go away between listing and reading.
                let index = read_number(cx, &format!("{NET}/{name}/ifindex")).ok()?;
                (facts.hardware_type != Some(hardware::LOOPBACK))
                    .then(|| (index, from_sysfs(cx, name, &facts)))
            })
            .collect(),
    };
    interfaces.sort_by_key(|(index, _)| *index);
    if cx.is_live() {
        let given = if_addrs::get_if_addrs().map_err(|e| unread("the list of addresses", e))?;
        let known = netlink::dump(List::Addresses).map(|b| netlink::addresses(&b)).unwrap_or_default();
        for (index, interface) in &mut interfaces {
            interface.addresses = given
                .iter()
                // IPv4 addresses can carry a label of their own: `eth0:1`.
                .filter(|g| g.name.split(':').next() == Some(&interface.name))
                .map(|g| with_origin(address_of(&g.addr), *index, &known))
                .collect();
        }
    }
    Ok(interfaces.into_iter().map(|(_, interface)| interface).collect())
}

/// Every link but loopback, of the running system.
pub(crate) fn known(cx: &Context) -> std::io::Result<Vec<Known>> {
    let links = netlink::links(&netlink::dump(List::Links)?);
    let real = links.into_iter().filter(|link| u32::from(link.hardware_type) != hardware::LOOPBACK);
    Ok(real
        .map(|link| {
            let kind = combined(cx, &link).kind;
            Known { index: link.index, name: link.name, kind }
        })
        .collect())
}

/// The tunnels of the running system.
pub(crate) fn tunnels(cx: &Context) -> std::io::Result<Vec<KnownTunnel>> {
    let links = netlink::links(&netlink::dump(List::Links)?);
    let tunnels = links.into_iter().filter(|link| combined(cx, link).kind == InterfaceKind::Vpn);
    Ok(tunnels
        .map(|link| KnownTunnel {
            index: link.index,
            up: link.flags & IFF_UP != 0,
            name: link.name,
            made_by: link.made_by,
            hardware_type: link.hardware_type,
        })
        .collect())
}

fn with_origin(address: InterfaceAddress, index: u32, known: &[netlink::Assigned]) -> InterfaceAddress {
    let Some(known) = known.iter().find(|k| k.index == index && k.address == address.address) else {
        return address;
    };
    let origin = match address.origin {
        AddressOrigin::Unknown => known.origin(),
        told => told,
    };
    InterfaceAddress { origin, state: known.state(), ..address }
}

fn folders(cx: &Context) -> Result<BTreeSet<String>, Absence> {
    let entries = std::fs::read_dir(cx.path(NET)).map_err(|e| unread(NET, e))?;
    Ok(entries.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect())
}

/// sysfs where it shows this very link, else what rtnetlink said alone.
fn combined(cx: &Context, link: &Link) -> Interface {
    let base = format!("{NET}/{}", link.name);
    let same_index = read_number::<u32>(cx, &format!("{base}/ifindex")).is_ok_and(|i| i == link.index);
    let same_address =
        read_text(cx, &format!("{base}/address")).is_ok_and(|a| a.trim() == written(&link.address));
    let named_apart = link.name.contains('/') || link.name == "..";
    if same_index && same_address && !named_apart {
        let traits = Traits::read(cx, &link.name, Some(link));
        from_sysfs(cx, link.name.clone(), &traits)
    } else {
        from_netlink(link)
    }
}

/// A hardware address as people write it.
pub(crate) fn written(address: &[u8]) -> String {
    address.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(":")
}

/// What tells kinds of interfaces apart.
#[derive(Debug, Clone, Default)]
struct Traits {
    name: String,
    hardware_type: Option<u32>,
    /// `DEVTYPE` in uevent: `wlan`, `wwan`, `bridge`.
    device_type: Option<String>,
    /// rtnetlink's name for what made it.
    made_by: Option<String>,
    wireless: bool,
    tun_flags: Option<u32>,
    /// Whether hardware stands behind it; unknown without sysfs.
    has_device: Option<bool>,
    is_port: bool,
    /// Its other end is a link that is not here.
    is_pair: bool,
}

impl Traits {
    fn read(cx: &Context, name: &str, link: Option<&Link>) -> Self {
        let path = |file: &str| format!("{NET}/{name}/{file}");
        let there = |file: &str| cx.path(&path(file)).exists();
        let uevent = read_text(cx, &path("uevent")).unwrap_or_default();
        let index = read_number::<u32>(cx, &path("ifindex")).ok();
        let lower = read_number::<u32>(cx, &path("iflink")).ok();
        let stacked = std::fs::read_dir(cx.path(&format!("{NET}/{name}"))).is_ok_and(|entries| {
            entries.flatten().any(|e| e.file_name().to_string_lossy().starts_with("lower_"))
        });
        Self {
            name: name.into(),
            hardware_type: read_number(cx, &path("type")).ok(),
            device_type: uevent.lines().find_map(|l| l.strip_prefix("DEVTYPE=")).map(|t| t.trim().to_owned()),
            made_by: link.and_then(|l| l.made_by.clone()),
            wireless: there("wireless") || there("phy80211"),
            tun_flags: read_text(cx, &path("tun_flags")).ok().and_then(|t| hexadecimal(&t)),
            has_device: Some(there("device")),
            is_port: there("master") || there("brport") || link.is_some_and(|l| l.is_port),
            is_pair: index.is_some() && lower.is_some() && index != lower && !stacked,
        }
    }

    fn kind(&self) -> InterfaceKind {
        let typed = |name: &str| self.device_type.as_deref() == Some(name);
        let made = self.made_by.as_deref();
        let hardware_type = self.hardware_type.unwrap_or(hardware::ETHERNET);
        // Those that a tunnel module makes for itself when it is loaded lead nowhere.
        let placeholder = matches!(
            self.name.as_str(),
            "sit0"
                | "tunl0"
                | "gre0"
                | "gretap0"
                | "erspan0"
                | "ip_vti0"
                | "ip6tnl0"
                | "ip6gre0"
                | "ip6_vti0"
        );
        let tunnel = typed("wireguard")
            || typed("ppp")
            || hardware_type == hardware::PPP
            || hardware::TUNNELS.contains(&hardware_type)
            || matches!(
                made,
                Some(
                    "wireguard"
                        | "tun"
                        | "ppp"
                        | "ipip"
                        | "sit"
                        | "gre"
                        | "ip6tnl"
                        | "ip6gre"
                        | "vti"
                        | "vti6"
                        | "xfrm"
                )
            );
        let pair = made == Some("veth")
            || typed("veth")
            || (made.is_none()
                && self.device_type.is_none()
                && self.is_pair
                && self.has_device == Some(false));
        if self.wireless || typed("wlan") || hardware::RADIO.contains(&hardware_type) {
            InterfaceKind::Wifi
        } else if typed("wwan") || made == Some("wwan") || hardware_type == hardware::RAW_IP {
            InterfaceKind::Mobile
        } else if placeholder {
            InterfaceKind::Virtual
        } else if self.tun_flags.is_some() || made == Some("tun") {
            // In a bridge it is a virtual machine's cable.
            if self.is_port { InterfaceKind::Virtual } else { InterfaceKind::Vpn }
        } else if tunnel {
            InterfaceKind::Vpn
        } else if pair {
            if self.is_port { InterfaceKind::Virtual } else { InterfaceKind::Wired }
        } else {
            match self.has_device {
                Some(false) => InterfaceKind::Virtual,
                None if made.is_some() => InterfaceKind::Virtual,
                // Without sysfs, systemd's and the drivers' names are the only trace of a radio.
                None if self.name.starts_with("wl") => InterfaceKind::Wifi,
                _ if hardware_type == hardware::ETHERNET && !typed("bluetooth") => InterfaceKind::Wired,
                _ => InterfaceKind::Other,
            }
        }
    }
}

fn hexadecimal(text: &str) -> Option<u32> {
    u32::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok()
}

fn from_sysfs(cx: &Context, name: String, traits: &Traits) -> Interface {
    let path = |file: &str| format!("{NET}/{name}/{file}");
    let count = |file: &str| Reading::from(read_number(cx, &path(&format!("statistics/{file}"))));
    let oper_state = read_text(cx, &path("operstate")).and_then(|text| match text.trim() {
        "" => Err(odd(&path("operstate"), "")),
        state => Ok(state.to_owned()),
    });
    let flags = read_text(cx, &path("flags")).ok().and_then(|text| hexadecimal(&text));
    // An interface whose flags cannot be read is taken for on where the kernel says that it works.
    let admin_up = flags.map_or_else(|| oper_state.as_deref() == Ok("up"), |f| f & IFF_UP != 0);
    let kind = traits.kind();
    Interface {
        kind,
        admin_up,
        carrier: if admin_up {
            match read_raw(cx, &path("carrier")) {
                Ok(text) => match text.trim() {
                    "1" => Reading::Value(true),
                    "0" => Reading::Value(false),
                    text => odd(&path("carrier"), text).into(),
                },
                // The driver's answer while the interface goes down.
                Err(e) if e.raw_os_error() == Some(EINVAL) => switched_off(),
                Err(e) => unread(&path("carrier"), e).into(),
            }
        } else {
            switched_off()
        },
        oper_state: oper_state.into(),
        mtu_bytes: read_number(cx, &path("mtu")).into(),
        mac: read_text(cx, &path("address")).and_then(|text| mac(text.trim())).into(),
        speed_mbps: if admin_up { speed(kind, read_raw(cx, &path("speed"))) } else { switched_off() },
        duplex: if admin_up { duplex(kind, read_raw(cx, &path("duplex"))) } else { switched_off() },
        driver: driver(&cx.path(&path("device/driver"))),
        addresses: Vec::new(),
        rx_bytes: count("rx_bytes"),
        tx_bytes: count("tx_bytes"),
        rx_packet_count: count("rx_packets"),
        tx_packet_count: count("tx_packets"),
        rx_error_count: count("rx_errors"),
        tx_error_count: count("tx_errors"),
        rx_dropped_count: count("rx_dropped"),
        tx_dropped_count: count("tx_dropped"),
        meanwhile: counted_once(),
        manager: unmanaged(),
        name,
    }
}

const EINVAL: i32 = 22;

fn switched_off<T>() -> Reading<T> {
    Reading::absent(Reason::NothingToMeasure, "the interface is switched off")
}

/// The kernel says -1, its unsigned twin, or an error where nothing is negotiated or the driver
/// does not tell. For tunnels it makes a number up.
fn speed(kind: InterfaceKind, read: std::io::Result<String>) -> Reading<u32> {
    let untold = || Reading::absent(Reason::NotSupported, "the driver gives no speed");
    if kind == InterfaceKind::Vpn {
        return Reading::absent(Reason::NothingToMeasure, "a tunnel has no speed of its own");
    }
    match read {
        Ok(text) => match text.trim().parse::<i64>() {
            Ok(-1 | 0 | 0xffff_ffff) => untold(),
            Ok(speed) => {
                u32::try_from(speed).map_or_else(|_| odd("speed", text.trim()).into(), Reading::Value)
            }
            Err(_) => odd("speed", text.trim()).into(),
        },
        Err(e) if e.raw_os_error() == Some(EINVAL) => untold(),
        Err(e) => unread("speed", e).into(),
    }
}

/// Only Ethernet negotiates it, and only drivers of hardware tell.
fn duplex(kind: InterfaceKind, read: std::io::Result<String>) -> Reading<Duplex> {
    let untold = || Reading::absent(Reason::NotSupported, "the driver does not tell");
    if kind != InterfaceKind::Wired {
        return Reading::absent(Reason::NothingToMeasure, "only a cable has this");
    }
    match read {
        Ok(text) => match text.trim() {
            "full" => Reading::Value(Duplex::Full),
            "half" => Reading::Value(Duplex::Half),
            "unknown" => untold(),
            other => odd("duplex", other).into(),
        },
        Err(e) if e.raw_os_error() == Some(EINVAL) => untold(),
        Err(e) => unread("duplex", e).into(),
    }
}

/// The last part of where the link leads.
fn driver(link: &Path) -> Reading<String> {
    match std::fs::read_link(link) {
        Ok(target) => match target.file_name() {
            Some(name) => Reading::Value(net::tame(&name.to_string_lossy(), 60)),
            None => odd("driver", &target.to_string_lossy()).into(),
        },
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            Reading::absent(Reason::NothingToMeasure, "no hardware stands behind this interface")
        }
        Err(e) => unread("driver", e).into(),
    }
}

/// A hardware address; tunnels have none, or write an IP address there.
fn mac(text: &str) -> Result<String, Absence> {
    let bytes: Option<Vec<u8>> = text
        .split(':')
        .map(|pair| (pair.len() == 2).then(|| u8::from_str_radix(pair, 16).ok()).flatten())
        .collect();
    let none = || Absence::new(Reason::NothingToMeasure, "this interface has no hardware address");
    match bytes {
        _ if text.is_empty() => Err(none()),
        // Ethernet and radio, IEEE 1394, InfiniBand.
        Some(bytes) if matches!(bytes.len(), 6 | 8 | 20) && bytes.iter().any(|b| *b != 0) => {
            Ok(text.to_ascii_lowercase())
        }
        Some(_) => Err(none()),
        None => Err(odd("address", text)),
    }
}

fn from_netlink(link: &Link) -> Interface {
    let traits = Traits {
        name: link.name.clone(),
        hardware_type: Some(link.hardware_type.into()),
        made_by: link.made_by.clone(),
        is_port: link.is_port,
        ..Traits::default()
    };
    let kind = traits.kind();
    let admin_up = link.flags & IFF_UP != 0;
    let unsaid = || Absence::new(Reason::NotSupported, "rtnetlink did not say");
    let count =
        |pick: fn(&Counters) -> u64| Reading::from(link.counters.as_ref().map(pick).ok_or_else(unsaid));
    Interface {
        name: link.name.clone(),
        kind,
        admin_up,
        carrier: if admin_up { link.carrier.ok_or_else(unsaid).into() } else { switched_off() },
        oper_state: link.oper_state.and_then(oper_state).ok_or_else(unsaid).into(),
        mtu_bytes: link.mtu.ok_or_else(unsaid).into(),
        mac: mac(&written(&link.address)).into(),
        speed_mbps: Reading::absent(Reason::NotSupported, "sysfs shows another network namespace"),
        duplex: Reading::absent(Reason::NotSupported, "sysfs shows another network namespace"),
        driver: Reading::absent(Reason::NotSupported, "sysfs shows another network namespace"),
        addresses: Vec::new(),
        rx_bytes: count(|c| c.rx_bytes),
        tx_bytes: count(|c| c.tx_bytes),
        rx_packet_count: count(|c| c.rx_packets),
        tx_packet_count: count(|c| c.tx_packets),
        rx_error_count: count(|c| c.rx_errors),
        tx_error_count: count(|c| c.tx_errors),
        rx_dropped_count: count(|c| c.rx_dropped),
        tx_dropped_count: count(|c| c.tx_dropped),
        meanwhile: counted_once(),
        manager: unmanaged(),
    }
}

/// `IF_OPER_*` of `linux/if.h`, in the words of sysfs.
fn oper_state(number: u8) -> Option<String> {
    let words = ["unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"];
    words.get(usize::from(number)).map(|word| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn recorded(name: &str) -> Vec<Interface> {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/").to_owned() + name;
        let cx = Context { root: root.into(), ..Context::default() };
        measure(cx).await.value().unwrap().interfaces.clone()
    }

    fn named<'a>(interfaces: &'a [Interface], name: &str) -> &'a Interface {
        interfaces.iter().find(|i| i.name == name).unwrap()
    }

    #[tokio::test]
    async fn a_recorded_server_has_a_wired_card_and_no_loopback() {
        let interfaces = recorded("server").await;
        let names: Vec<_> = interfaces.iter().map(|i| i.name.as_str()).collect();
        assert_eq!(names, ["ifb0", "eth0"]);
        let card = named(&interfaces, "eth0");
        assert_eq!(card.kind, InterfaceKind::Wired);
        assert!(card.admin_up);
        assert_eq!(card.carrier, Reading::Value(true));
        assert_eq!(card.oper_state, Reading::Value("up".into()));
        assert_eq!(card.mtu_bytes, Reading::Value(1400));
        assert_eq!(card.mac, Reading::Value("00:00:5e:00:53:01".into()));
        assert_eq!(card.speed_mbps.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(card.rx_bytes, Reading::Value(90_210_331));
        assert_eq!(card.tx_dropped_count, Reading::Value(0));
        let off = named(&interfaces, "ifb0");
        assert_eq!((off.kind, off.admin_up), (InterfaceKind::Virtual, false));
        assert_eq!(off.carrier.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(off.speed_mbps.absence().unwrap().reason, Reason::NothingToMeasure);
    }

    #[tokio::test]
    async fn a_laptops_interfaces_are_told_apart() {
        let interfaces = recorded("laptop").await;
        let kinds: Vec<_> = interfaces.iter().map(|i| (i.name.as_str(), i.kind)).collect();
        assert_eq!(
            kinds,
            [
                ("enp0s31f6", InterfaceKind::Wired),
                ("wlp2s0", InterfaceKind::Wifi),
                ("wwan0", InterfaceKind::Mobile),
                ("docker0", InterfaceKind::Virtual),
                ("veth1a2b3c4", InterfaceKind::Virtual),
                ("wg0", InterfaceKind::Vpn),
                ("tun0", InterfaceKind::Vpn),
                ("vnet0", InterfaceKind::Virtual),
            ]
        );
        let cable = named(&interfaces, "enp0s31f6");
        assert!(cable.admin_up);
        assert_eq!(cable.carrier, Reading::Value(false));
        assert_eq!(cable.oper_state, Reading::Value("down".into()));
        assert_eq!(named(&interfaces, "wlp2s0").carrier, Reading::Value(true));
        assert_eq!(named(&interfaces, "wg0").mac.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(named(&interfaces, "tun0").speed_mbps.absence().unwrap().reason, Reason::NothingToMeasure);
    }

    #[tokio::test]
    async fn a_containers_only_cable_counts_as_wired() {
        let interfaces = recorded("container").await;
        assert_eq!(interfaces.len(), 1);
        assert_eq!((interfaces[0].name.as_str(), interfaces[0].kind), ("eth0", InterfaceKind::Wired));
        assert_eq!(interfaces[0].speed_mbps, Reading::Value(10_000));
    }

    #[test]
    fn what_made_a_link_decides_where_sysfs_is_not_ours() {
        let kind = |name: &str, made: Option<&str>, hardware_type: u16, is_port: bool| {
            from_netlink(&Link {
                name: name.into(),
                made_by: made.map(str::to_owned),
                hardware_type,
                is_port,
                ..Link::default()
            })
            .kind
        };
        assert_eq!(kind("eth0", Some("veth"), 1, false), InterfaceKind::Wired);
        assert_eq!(kind("veth0", Some("veth"), 1, true), InterfaceKind::Virtual);
        assert_eq!(kind("br0", Some("bridge"), 1, false), InterfaceKind::Virtual);
        assert_eq!(kind("dummy0", Some("dummy"), 1, false), InterfaceKind::Virtual);
        assert_eq!(kind("wg0", Some("wireguard"), 65534, false), InterfaceKind::Vpn);
        assert_eq!(kind("sit0", Some("sit"), 776, false), InterfaceKind::Virtual);
        assert_eq!(kind("eno1", None, 1, false), InterfaceKind::Wired);
        assert_eq!(kind("wlan0", None, 1, false), InterfaceKind::Wifi);
        assert_eq!(kind("ib0", None, 32, false), InterfaceKind::Other);
    }

    #[test]
    fn netlink_alone_gives_state_and_counters() {
        let link = Link {
            name: "eth0".into(),
            hardware_type: 1,
            flags: 0x1003,
            carrier: Some(false),
            oper_state: Some(2),
            address: vec![0, 0, 0x5e, 0, 0x53, 1],
            counters: Some(Counters { rx_errors: 7, ..Counters::default() }),
            ..Link::default()
        };
        let interface = from_netlink(&link);
        assert_eq!(interface.carrier, Reading::Value(false));
        assert_eq!(interface.oper_state, Reading::Value("down".into()));
        assert_eq!(interface.mac, Reading::Value("00:00:5e:00:53:01".into()));
        assert_eq!(interface.rx_error_count, Reading::Value(7));
        assert_eq!(interface.mtu_bytes.absence().unwrap().reason, Reason::NotSupported);
        let off = from_netlink(&Link { flags: 0x1002, oper_state: Some(99), counters: None, ..link });
        assert_eq!(off.carrier.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(off.oper_state.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(off.rx_bytes.absence().unwrap().reason, Reason::NotSupported);
    }

    #[tokio::test]
    async fn odd_files_give_absent_values_and_never_a_panic() {
        let tree = tempfile::tempdir().unwrap();
        let folder = tree.path().join("sys/class/net/odd0");
        std::fs::create_dir_all(folder.join("statistics")).unwrap();
        std::fs::write(tree.path().join("sys/class/net/bonding_masters"), "bond0\n").unwrap();
        for (file, content) in [
            ("ifindex", &b"2\n"[..]),
            ("flags", b"0x1003"),
            ("type", b"\xff\xfe"),
            ("mtu", b"99999999999999999999"),
            ("address", b"not:an:address"),
            ("carrier", b"maybe"),
            ("operstate", b""),
            ("speed", b"-7"),
            ("statistics/rx_bytes", b"-1"),
        ] {
            std::fs::write(folder.join(file), content).unwrap();
        }
        let cx = Context { root: tree.path().into(), ..Context::default() };
        let interfaces = measure(cx).await.value().unwrap().interfaces.clone();
        assert_eq!(interfaces.len(), 1);
        let odd = &interfaces[0];
        for reason in [
            odd.mtu_bytes.absence(),
            odd.mac.absence(),
            odd.carrier.absence(),
            odd.oper_state.absence(),
            odd.speed_mbps.absence(),
            odd.rx_bytes.absence(),
        ] {
            assert_eq!(reason.unwrap().reason, Reason::Failed);
        }
        assert_eq!(odd.tx_bytes.absence().unwrap().reason, Reason::NotSupported);
    }

    #[tokio::test]
    async fn without_any_source_the_subject_is_absent() {
        let tree = tempfile::tempdir().unwrap();
        let cx = Context { root: tree.path().into(), ..Context::default() };
        assert_eq!(measure(cx).await.absence().unwrap().reason, Reason::NotSupported);
    }

    #[test]
    fn speeds_that_are_no_speeds_are_absent() {
        let at = |text: &str| speed(InterfaceKind::Wired, Ok(text.into()));
        assert_eq!(at("1000\n"), Reading::Value(1000));
        for text in ["-1", "0", "4294967295"] {
            assert_eq!(at(text).absence().unwrap().reason, Reason::NotSupported, "{text}");
        }
        let refused = Err(std::io::Error::from_raw_os_error(EINVAL));
        assert_eq!(speed(InterfaceKind::Wifi, refused).absence().unwrap().reason, Reason::NotSupported);
    }

    #[tokio::test]
    async fn counters_are_compared_and_a_restart_of_the_driver_is_no_number() {
        let card = named(&recorded("server").await, "eth0").clone();
        let of = |r: &Reading<u64>| *r.value().unwrap();
        let now = Counters {
            rx_packets: of(&card.rx_packet_count) + 50,
            tx_packets: of(&card.tx_packet_count) + 40,
            rx_errors: of(&card.rx_error_count) + 3,
            tx_errors: of(&card.tx_error_count),
            rx_dropped: of(&card.rx_dropped_count),
            tx_dropped: of(&card.tx_dropped_count) + 1,
            ..Counters::default()
        };
        let since = meanwhile(&card, &now, 0.4).unwrap();
        assert_eq!((since.rx_packet_count, since.tx_packet_count), (50, 40));
        assert_eq!((since.rx_error_count, since.tx_dropped_count), (3, 1));
        assert_eq!(meanwhile(&card, &Counters::default(), 0.4), None);
    }

    #[test]
    fn duplex_is_said_of_cables_alone() {
        let of = |text: &str| duplex(InterfaceKind::Wired, Ok(text.into()));
        assert_eq!(of("full\n"), Reading::Value(Duplex::Full));
        assert_eq!(of("half\n"), Reading::Value(Duplex::Half));
        assert_eq!(of("unknown\n").absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(of("sideways").absence().unwrap().reason, Reason::Failed);
        let radio = duplex(InterfaceKind::Wifi, Ok("half".into()));
        assert_eq!(radio.absence().unwrap().reason, Reason::NothingToMeasure);
    }
}
