//! Linux: NetworkManager's view and the kernel's, put together.

use super::kernel::{Station, Wireless};
use super::managed::{Managed, ManagedDevice, network};
use super::nl80211::Seen;
use super::{AccessPoint, Radio, Security, SignIn, Signal, ToldBy, Whose, Wifi, WifiDevice};
use super::{channels, hardware, kernel, managed, supplicant};
use crate::links::{ManagerReason, ManagerState, written};
use crate::network_manager::NetworkManager;
use crate::source::{MOST_NAMES, names, read_number, read_text};
use crate::{Absence, Context, Reading, Reason, net};

const RFKILL: &str = "/sys/class/rfkill";
const SIGNALS: &str = "/proc/net/wireless";

/// Of the kernel's list; in a block of flats some forty are in range.
const MOST_POINTS: usize = 48;

pub(super) async fn measure(cx: Context) -> Reading<Wifi> {
    let (managed, own, sign_ins) = tokio::join!(
        NetworkManager::ask(&cx, async |manager| managed::read(&manager).await),
        kernel::ask(&cx),
        supplicant::sign_ins(&cx),
    );
    let signals = signals(&cx);
    let radios = radios(&cx, "wlan");
    let (switched_on, key_on) = switches(managed.as_ref(), radios.as_ref());
    let (devices, saved) = match managed {
        Ok(Managed { devices, saved, .. }) => {
            let own = own.as_ref().ok();
            let devices = devices.into_iter().map(|managed| with_kernel(managed, own)).collect();
            (Ok(devices), saved)
        }
        Err(absent) => (by_kernel(&cx, own.as_ref(), absent.clone()), Err(absent)),
    };
    let mut devices: Result<Vec<WifiDevice>, Absence> = devices;
    for device in devices.iter_mut().flatten() {
        finish(device, signals.as_deref().unwrap_or_default(), &sign_ins);
    }
    Reading::Value(Wifi {
        switched_on,
        key_on,
        region: own
            .and_then(|own| {
                own.region.ok_or_else(|| Absence::new(Reason::NotSupported, "the kernel names no region"))
            })
            .into(),
        devices: devices.into(),
        adapters: hardware::adapters(&cx).into(),
        saved: saved.into(),
        radios: radios.into(),
        signals: signals.into(),
    })
}

/// Whether the setting and the key let the radio work.
fn switches(
    managed: Result<&Managed, &Absence>,
    radios: Result<&Vec<Radio>, &Absence>,
) -> (Reading<bool>, Reading<bool>) {
    let unsaid = || Absence::new(Reason::Failed, "NetworkManager did not say");
    let switch = |pick: fn(&Managed) -> Option<bool>, blocked: fn(&Radio) -> bool| match (managed, radios) {
        (Ok(managed), _) if pick(managed).is_some() => pick(managed).ok_or_else(unsaid).into(),
        (_, Ok(radios)) if !radios.is_empty() => Reading::Value(!radios.iter().all(blocked)),
        (Err(absent), _) => absent.clone().into(),
        (Ok(_), _) => unsaid().into(),
    };
    (switch(|m| m.switched_on, |r| r.soft_blocked), switch(|m| m.key_on, |r| r.hard_blocked))
}

/// What the list of signals and the program that signs in say of a device.
fn finish(device: &mut WifiDevice, signals: &[Signal], sign_ins: &Result<Vec<(String, SignIn)>, Absence>) {
    if device.signal_dbm.value().is_none()
        && let Some(signal) = signals.iter().find(|signal| signal.name == device.name)
    {
        device.signal_dbm = Reading::Value(signal.dbm);
    }
    device.sign_in = match sign_ins {
        Ok(all) => all
            .iter()
            .find(|(name, _)| *name == device.name)
            .map(|(_, sign_in)| sign_in.clone())
            .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "wpa_supplicant does not look after it"))
            .into(),
        Err(absent) => absent.clone().into(),
    };
}

/// A device of NetworkManager, with what the kernel alone knows.
fn with_kernel(managed: ManagedDevice, own: Option<&Wireless>) -> WifiDevice {
    let ManagedDevice { mut device, addresses } = managed;
    let station = own.and_then(|own| own.stations.iter().find(|s| s.interface.name == device.name));
    let Some(station) = station else { return device };
    add_station(&mut device, station);
    if let Reading::Value(points) = &mut device.points {
        for (point, address) in points.iter_mut().zip(&addresses) {
            let seen = station.seen.iter().flatten().find(|seen| written(&seen.address) == *address);
            if let Some(dbm) = seen.and_then(|seen| seen.dbm) {
                point.signal_dbm = Reading::Value(dbm);
            }
        }
    }
    device
}

/// Puts in what the kernel measured; what is there already stays where the kernel has nothing.
fn add_station(device: &mut WifiDevice, station: &Station) {
    fn put<T>(place: &mut Reading<T>, value: Option<T>) {
        if let Some(value) = value {
            *place = Reading::Value(value);
        }
    }
    let joined = station.joined.clone().unwrap_or_default();
    put(&mut device.signal_dbm, joined.dbm.or_else(|| station.in_use().and_then(|seen| seen.dbm)));
    put(&mut device.width_mhz, station.interface.width_mhz.or(joined.width_mhz));
    put(&mut device.busy_percent, station.busy_percent);
    put(&mut device.rate_mbps, joined.rate_tx_mbps);
    put(&mut device.rate_rx_mbps, joined.rate_rx_mbps);
    put(&mut device.joined_seconds, joined.seconds);
    put(&mut device.beacon_loss_count, joined.beacon_loss);
}

/// Devices where NetworkManager does not run.
fn by_kernel(
    cx: &Context,
    own: Result<&Wireless, &Absence>,
    without: Absence,
) -> Result<Vec<WifiDevice>, Absence> {
    match own {
        Ok(own) => Ok(own
            .stations
            .iter()
            .take(usize::from(u8::MAX))
            .map(|station| kernel_device(station, is_up(cx, &station.interface.name)))
            .collect()),
        // Both are said: which of them should have known is for the reader.
        Err(absent) if without.reason == Reason::NotSupported => {
            Err(Absence::new(absent.reason, format!("{}; {}", without.detail, absent.detail)))
        }
        Err(_) => Err(without),
    }
}

/// `IFF_UP` of the interface's flags.
fn is_up(cx: &Context, name: &str) -> Option<bool> {
    let flags = read_text(cx, &format!("/sys/class/net/{name}/flags")).ok()?;
    u32::from_str_radix(flags.trim().trim_start_matches("0x"), 16).ok().map(|flags| flags & 1 != 0)
}

fn kernel_device(station: &Station, is_up: Option<bool>) -> WifiDevice {
    let used = station.in_use();
    let idle = || Absence::new(Reason::NothingToMeasure, "no wireless network is in use");
    let unsaid = || Absence::new(Reason::NotSupported, "the driver does not say");
    let unsaved = || Absence::new(Reason::NotSupported, "the kernel does not know what is saved");
    let (band, channel) = channels::of(used.map(|seen| seen.mhz));
    let mut device = WifiDevice {
        name: net::tame(&station.interface.name, 20),
        told_by: ToldBy::Kernel,
        state: match (used, is_up) {
            (Some(_), _) => ManagerState::Connected,
            (None, Some(false)) => ManagerState::Unavailable,
            (None, _) => ManagerState::Disconnected,
        },
        reason: ManagerReason::None,
        network: used.map(|seen| network(&seen.name)).ok_or_else(idle).into(),
        signal_percent: used.and_then(|seen| seen.percent).ok_or_else(unsaid).into(),
        signal_dbm: unsaid().into(),
        band,
        channel,
        width_mhz: unsaid().into(),
        busy_percent: unsaid().into(),
        rate_mbps: unsaid().into(),
        rate_rx_mbps: unsaid().into(),
        security: used.map(|seen| seen.security).ok_or_else(idle).into(),
        tried: Reading::<Security>::Absent { absent: unsaved() },
        joined_seconds: unsaid().into(),
        beacon_loss_count: unsaid().into(),
        sign_in: Reading::<SignIn>::Absent { absent: unsaid() },
        points: station.seen.as_ref().map(|seen| points(seen)).ok_or_else(unsaid).into(),
    };
    add_station(&mut device, station);
    device
}

/// The access points of a scan, the one in use and the strongest first.
fn points(seen: &[Seen]) -> Vec<AccessPoint> {
    let name =
        seen.iter().find(|point| point.in_use).map(|point| &point.name).filter(|name| !name.is_empty());
    let mut sorted: Vec<&Seen> = seen.iter().collect();
    sorted.sort_by_key(|point| (!point.in_use, std::cmp::Reverse((point.dbm, point.percent))));
    let unsaid = || Absence::new(Reason::NotSupported, "the driver counts the signal otherwise");
    sorted
        .into_iter()
        .take(MOST_POINTS)
        .map(|point| {
            let (band, channel) = channels::of(Some(point.mhz));
            AccessPoint {
                whose: match name {
                    _ if point.in_use => Whose::InUse,
                    Some(name) if *name == point.name => Whose::SameNetwork,
                    _ => Whose::Other,
                },
                band,
                channel,
                signal_percent: point.percent.ok_or_else(unsaid).into(),
                signal_dbm: point.dbm.ok_or_else(unsaid).into(),
                security: Reading::Value(point.security),
            }
        })
        .collect()
}

/// The radios of one kind in the kernel's list; empty on a computer without one.
pub(crate) fn radios(cx: &Context, wanted: &str) -> Result<Vec<Radio>, Absence> {
    let mut radios = Vec::new();
    // Without the folder the kernel has no switches: it has no radio, or no support for them.
    for name in names(cx, RFKILL, MOST_NAMES)? {
        let file = |file: &str| format!("{RFKILL}/{name}/{file}");
        if read_text(cx, &file("type")).is_ok_and(|kind| kind.trim() == wanted) {
            radios.push(Radio {
                soft_blocked: read_number::<u8>(cx, &file("soft"))? != 0,
                hard_blocked: read_number::<u8>(cx, &file("hard"))? != 0,
                name,
            });
        }
    }
    Ok(radios)
}

/// `wlp2s0: 0000   52.  -58.  -256 …`, below two lines of titles.
fn signals(cx: &Context) -> Result<Vec<Signal>, Absence> {
    let text = read_text(cx, SIGNALS)?;
    let line = |line: &str| {
        let (name, rest) = line.split_once(':')?;
        let level: f64 = rest.split_whitespace().nth(2)?.trim_end_matches('.').parse().ok()?;
        // Drivers that count in percent, and those that know nothing.
        (level < 0.0 && level > -200.0)
            .then(|| Signal { name: net::tame(name.trim(), 20), dbm: level as i32 })
    };
    Ok(text.lines().skip(2).filter_map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    const WIRELESS: &str = "\
Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
wlp2s0: 0000   52.  -58.  -256        0      0      0      0     12        0
 wlan1: 0000   70.   40.     0        0      0      0      0      0        0
broken: 0000
";

    #[tokio::test]
    async fn without_network_manager_the_kernels_own_lists_speak() {
        let (_root, cx) = tree(&[
            ("sys/class/rfkill/rfkill0/type", "wlan\n"),
            ("sys/class/rfkill/rfkill0/soft", "1\n"),
            ("sys/class/rfkill/rfkill0/hard", "0\n"),
            ("sys/class/rfkill/rfkill1/type", "bluetooth\n"),
            ("proc/net/wireless", WIRELESS),
        ]);
        let reading = measure(cx).await;
        let wifi = reading.value().unwrap();
        assert_eq!(wifi.switched_on, Reading::Value(false));
        assert_eq!(wifi.key_on, Reading::Value(true));
        let signals = wifi.signals.value().unwrap();
        assert_eq!(signals.len(), 1, "a driver's percent is no dBm: {signals:?}");
        assert_eq!((signals[0].name.as_str(), signals[0].dbm), ("wlp2s0", -58));
        assert_eq!(wifi.devices.absence().unwrap().reason, Reason::NothingToMeasure);
    }

    #[tokio::test]
    async fn a_computer_without_a_radio_has_none() {
        let (_root, cx) = tree(&[]);
        let reading = measure(cx).await;
        let wifi = reading.value().unwrap();
        assert_eq!(wifi.radios, Reading::Value(vec![]));
        assert!(wifi.switched_on.value().is_none());
        assert_eq!(wifi.signals.absence().unwrap().reason, Reason::NotSupported);
    }
}
