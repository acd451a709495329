//! Linux: NetworkManager, the kernel's switches, and its list of signals.

use super::{Band, Radio, Security, Signal, Wifi, WifiDevice};
use crate::bus::Properties;
use crate::links::{Manager, state_of};
use crate::network_manager::{Device, NetworkManager};
use crate::source::{read_number, read_text, unread};
use crate::{Absence, Context, Reading, Reason, net};

const RFKILL: &str = "/sys/class/rfkill";
const SIGNALS: &str = "/proc/net/wireless";

/// `NM_DEVICE_TYPE_WIFI`.
const WIFI: u32 = 2;

/// A name has 32 bytes at most (IEEE 802.11).
const LONGEST_NAME: usize = 32;

/// What NetworkManager says.
struct Managed {
    switched_on: Option<bool>,
    key_on: Option<bool>,
    devices: Vec<WifiDevice>,
}

pub(super) async fn measure(cx: Context) -> Reading<Wifi> {
    let signals = signals(&cx);
    let managed = NetworkManager::ask(&cx, async |manager| managed(&manager).await).await;
    let radios = radios(&cx, "wlan");
    let unsaid = || Absence::new(Reason::Failed, "NetworkManager did not say");
    let switch = |pick: fn(&Managed) -> Option<bool>, blocked: fn(&Radio) -> bool| match (&managed, &radios) {
        (Ok(managed), _) if pick(managed).is_some() => pick(managed).ok_or_else(unsaid).into(),
        (_, Ok(radios)) if !radios.is_empty() => Reading::Value(!radios.iter().all(blocked)),
        (Err(absent), _) => absent.clone().into(),
        (Ok(_), _) => unsaid().into(),
    };
    let switched_on = switch(|m| m.switched_on, |r| r.soft_blocked);
    let key_on = switch(|m| m.key_on, |r| r.hard_blocked);
    let mut devices = managed.map(|m| m.devices);
    for device in devices.iter_mut().flatten() {
        let dbm = signals.as_ref().ok().into_iter().flatten().find(|s| s.name == device.name).map(|s| s.dbm);
        if let Some(dbm) = dbm {
            device.signal_dbm = Reading::Value(dbm);
        }
    }
    Reading::Value(Wifi {
        switched_on,
        key_on,
        devices: devices.into(),
        radios: radios.into(),
        signals: signals.into(),
    })
}

async fn managed(manager: &NetworkManager) -> Result<Managed, Absence> {
    let own = manager.manager().await?;
    let mut devices = Vec::new();
    for device in manager.devices(&own).await? {
        if device.kind() == WIFI {
            devices.extend(wireless(manager, &device).await);
        }
    }
    Ok(Managed {
        switched_on: own.get("WirelessEnabled"),
        key_on: own.get("WirelessHardwareEnabled"),
        devices,
    })
}

async fn wireless(manager: &NetworkManager, device: &Device) -> Option<WifiDevice> {
    let Manager { state, reason } = state_of(device);
    let wireless = manager.wireless(device).await;
    let point = match &wireless {
        Ok(wireless) => match wireless.get::<zbus::zvariant::OwnedObjectPath>("ActiveAccessPoint") {
            Some(path) if path.as_str() != "/" => manager.access_point(&path).await,
            _ => Err(Absence::new(Reason::NothingToMeasure, "no wireless network is in use")),
        },
        Err(absent) => Err(absent.clone()),
    };
    let frequency = of(&point, "Frequency", |p| p.get::<u32>("Frequency").filter(|f| *f > 0));
    let rate = of(&wireless, "Bitrate", |w| w.get::<u32>("Bitrate").filter(|r| *r > 0));
    Some(WifiDevice {
        name: net::tame(&device.interface()?, 20),
        state,
        reason,
        network: of(&point, "Ssid", |p| p.get::<Vec<u8>>("Ssid").map(|name| network(&name))).into(),
        signal_percent: of(&point, "Strength", |p| p.get::<u8>("Strength").map(|s| s.min(100))).into(),
        signal_dbm: Reading::absent(Reason::NotSupported, "NetworkManager gives percent alone"),
        band: frequency.clone().and_then(|f| band(f).ok_or_else(|| odd(f))).into(),
        channel: frequency.and_then(|f| channel(f).ok_or_else(|| odd(f))).into(),
        // NetworkManager counts in kbit/s.
        rate_mbps: rate.map(|kilo| f64::from(kilo) / 1000.0).into(),
        security: of(&point, "RsnFlags", security).into(),
    })
}

/// A property of what was read, or why there is none.
fn of<T>(
    read: &Result<Properties, Absence>,
    name: &str,
    pick: impl FnOnce(&Properties) -> Option<T>,
) -> Result<T, Absence> {
    let properties = read.as_ref().map_err(Clone::clone)?;
    pick(properties)
        .ok_or_else(|| Absence::new(Reason::NotSupported, format!("NetworkManager gives no {name}")))
}

fn odd(frequency: u32) -> Absence {
    Absence::new(Reason::Failed, format!("no band has {frequency} MHz"))
}

fn network(name: &[u8]) -> String {
    net::tame(&String::from_utf8_lossy(&name[..name.len().min(LONGEST_NAME)]), LONGEST_NAME)
}

const fn band(mhz: u32) -> Option<Band> {
    match mhz {
        2400..=2500 => Some(Band::Ghz2),
        4900..=5895 => Some(Band::Ghz5),
        5925..=7125 => Some(Band::Ghz6),
        _ => None,
    }
}

/// IEEE 802.11, annex E.
const fn channel(mhz: u32) -> Option<u32> {
    match mhz {
        2484 => Some(14),
        2412..=2472 => Some((mhz - 2407) / 5),
        5000..=5895 => Some((mhz - 5000) / 5),
        // The one channel below the first.
        5935 => Some(2),
        5955..=7115 => Some((mhz - 5950) / 5),
        _ => None,
    }
}

/// From `NM80211ApFlags` and `NM80211ApSecurityFlags`.
fn security(point: &Properties) -> Option<Security> {
    const PRIVACY: u32 = 0x1;
    const ENTERPRISE: u32 = 0x200 | 0x2000;
    const SAE: u32 = 0x400;
    const OWE: u32 = 0x800;
    let (flags, wpa, rsn) =
        (point.get::<u32>("Flags")?, point.get::<u32>("WpaFlags")?, point.get::<u32>("RsnFlags")?);
    Some(if (wpa | rsn) & ENTERPRISE != 0 {
        Security::Enterprise
    } else if rsn & SAE != 0 {
        Security::Wpa3
    } else if rsn & OWE != 0 {
        Security::EnhancedOpen
    } else if rsn != 0 {
        Security::Wpa2
    } else if wpa != 0 {
        Security::Wpa
    } else if flags & PRIVACY != 0 {
        Security::Wep
    } else {
        Security::Open
    })
}

/// The radios of one kind in the kernel's list; empty on a computer without one.
pub(crate) fn radios(cx: &Context, wanted: &str) -> Result<Vec<Radio>, Absence> {
    let entries = match std::fs::read_dir(cx.path(RFKILL)) {
        Ok(entries) => entries,
        // The kernel has no switches because it has no radio, or no support for them.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unread(RFKILL, error)),
    };
    let mut names: Vec<String> = entries.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    let mut radios = Vec::new();
    for name in names {
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

    fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, Context) {
        let root = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let cx = Context { root: root.path().to_owned(), ..Context::default() };
        (root, cx)
    }

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

    #[test]
    fn channel_and_band_follow_from_the_frequency() {
        for (mhz, expected_band, expected_channel) in [
            (2412, Some(Band::Ghz2), Some(1)),
            (2472, Some(Band::Ghz2), Some(13)),
            (2484, Some(Band::Ghz2), Some(14)),
            (5180, Some(Band::Ghz5), Some(36)),
            (5825, Some(Band::Ghz5), Some(165)),
            (5955, Some(Band::Ghz6), Some(1)),
            (5925, Some(Band::Ghz6), None),
            (5935, Some(Band::Ghz6), Some(2)),
            (5949, Some(Band::Ghz6), None),
            (7115, Some(Band::Ghz6), Some(233)),
            (0, None, None),
            (u32::MAX, None, None),
        ] {
            assert_eq!((band(mhz), channel(mhz)), (expected_band, expected_channel), "{mhz}");
        }
    }

    #[test]
    fn a_hostile_name_is_bounded() {
        assert_eq!(network(b"a\x1b[0m\nb"), "a [0m b");
        assert!(network(&[b'x'; 300]).len() <= LONGEST_NAME);
        assert!(network(&[0xff; 32]).chars().count() <= LONGEST_NAME + 1);
    }
}
