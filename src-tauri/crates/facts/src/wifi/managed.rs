//! Wireless devices, access points and saved networks as NetworkManager knows them.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::time::{Duration, Instant};

use zbus::zvariant::{OwnedObjectPath, OwnedValue};

use super::{AccessPoint, SavedNetwork, Security, SignIn, ToldBy, Whose, WifiDevice, channels};
use crate::bus::Properties;
use crate::links::{ManagerState, state_of};
use crate::network_manager::{Device, NetworkManager, Profile};
use crate::{Absence, Reading, Reason, net};

/// `NM_DEVICE_TYPE_WIFI`.
const WIFI: u32 = 2;

/// A name has 32 bytes at most (IEEE 802.11).
const LONGEST_NAME: usize = 32;

/// What is kept: in a block of flats some forty are in range.
const MOST_POINTS: usize = 48;

/// What is kept of the saved networks.
const MOST_SAVED: usize = 64;

/// What is looked at, of access points and of saved connections, before anything is left out.
const MOST_READ: usize = 512;

/// How long is taken for one of the two lists; all that NetworkManager is asked has 600 ms together.
const PATIENCE: Duration = Duration::from_millis(200);

/// They are asked for one by one, and a bus lets nobody have more than 128 questions open.
const AT_ONCE: usize = 64;

/// What NetworkManager says.
pub(super) struct Managed {
    pub(super) switched_on: Option<bool>,
    pub(super) key_on: Option<bool>,
    pub(super) devices: Vec<ManagedDevice>,
    pub(super) saved: Result<Vec<SavedNetwork>, Absence>,
}

/// A device, and the hardware addresses of its points, by which the kernel knows the same ones.
pub(super) struct ManagedDevice {
    pub(super) device: WifiDevice,
    pub(super) addresses: Vec<String>,
}

/// A saved wireless connection.
struct Saved {
    path: OwnedObjectPath,
    name: Vec<u8>,
    hidden: bool,
    joins_by_itself: bool,
    security: Security,
}

/// An access point as read.
struct Point {
    path: OwnedObjectPath,
    properties: Properties,
}

impl Point {
    fn name(&self) -> Option<Vec<u8>> {
        self.properties.get("Ssid")
    }
}

/// The names of networks that the adapters see.
#[derive(Default)]
struct InRange {
    names: HashSet<Vec<u8>>,
    /// There were more access points than are looked at.
    cut: bool,
}

/// What was read of a list.
struct Listed<T> {
    read: Vec<T>,
    /// Whether that was all of it.
    whole: bool,
}

/// Asks about the first of them, some at a time, as far as the time for one list goes: a long list must not
/// take what else is asked with it. What went away in the meantime is left out.
async fn each<T, F>(
    paths: &[OwnedObjectPath],
    patience: Duration,
    ask: impl Fn(OwnedObjectPath) -> F,
) -> Listed<T>
where
    T: Send + 'static,
    F: Future<Output = Option<T>> + Send + 'static,
{
    let until = Instant::now() + patience;
    let mut read = Vec::new();
    for (i, some) in paths[..paths.len().min(MOST_READ)].chunks(AT_ONCE).enumerate() {
        if i > 0 && Instant::now() >= until {
            return Listed { read, whole: false };
        }
        read.extend(net::side_by_side(some.iter().cloned().map(&ask)).await.into_iter().flatten());
    }
    Listed { read, whole: paths.len() <= MOST_READ }
}

pub(super) async fn read(manager: &NetworkManager) -> Result<Managed, Absence> {
    let own = manager.manager().await?;
    let (devices, profiles) = tokio::join!(manager.devices(&own), saved(manager));
    let mut read = Vec::new();
    // Whether anybody looked: without an adapter that works, nothing is in range and nothing is out of it.
    let mut in_range: Option<InRange> = None;
    for device in devices?.iter().filter(|device| device.kind() == WIFI) {
        let wireless = manager.wireless(device).await;
        let points = points(manager, &wireless).await;
        if let Ok(points) = &points
            && !matches!(state_of(device).state, ManagerState::Unavailable | ManagerState::Unmanaged)
        {
            let in_range = in_range.get_or_insert_default();
            in_range.names.extend(points.read.iter().filter_map(Point::name));
            in_range.cut |= !points.whole;
        }
        let known = profiles.as_deref().unwrap_or_default();
        let tried = tried(manager, device, known).await;
        let points = points.map(|points| points.read);
        read.extend(wireless_device(device, &wireless, points, tried, known));
    }
    let saved = profiles.map(|all| networks_of(&all, in_range.as_ref()));
    Ok(Managed {
        switched_on: own.get("WirelessEnabled"),
        key_on: own.get("WirelessHardwareEnabled"),
        devices: read,
        saved,
    })
}

async fn saved(manager: &NetworkManager) -> Result<Vec<Saved>, Absence> {
    let paths = manager.profiles().await?;
    let read = each(&paths, PATIENCE, |path| {
        let manager = manager.clone();
        async move {
            let profile = manager.profile(&path).await.ok()?;
            wireless_profile(path, &profile)
        }
    });
    Ok(read.await.read)
}

/// A saved connection, where it is a wireless one.
fn wireless_profile(path: OwnedObjectPath, profile: &Profile) -> Option<Saved> {
    let text = |group: &str, name: &str| value::<String>(profile, group, name);
    const WIRELESS: &str = "802-11-wireless";
    let protected = profile.contains_key("802-11-wireless-security");
    Some(Saved {
        path,
        name: value(profile, WIRELESS, "ssid")?,
        hidden: value(profile, WIRELESS, "hidden").unwrap_or(false),
        joins_by_itself: value(profile, "connection", "autoconnect").unwrap_or(true),
        security: match text("802-11-wireless-security", "key-mgmt").as_deref() {
            None if !protected => Security::Open,
            Some("none") => Security::Wep,
            Some("owe") => Security::EnhancedOpen,
            Some("sae") => Security::Wpa3,
            Some("ieee8021x" | "wpa-eap" | "wpa-eap-suite-b-192") => Security::Enterprise,
            _ => Security::Wpa2,
        },
    })
}

fn value<T: TryFrom<OwnedValue>>(profile: &Profile, group: &str, name: &str) -> Option<T> {
    profile.get(group)?.get(name)?.try_clone().ok().and_then(|value| T::try_from(value).ok())
}

/// What is kept of them: those in range first, then those that may be.
fn networks_of(saved: &[Saved], in_range: Option<&InRange>) -> Vec<SavedNetwork> {
    let mut networks: Vec<SavedNetwork> = saved.iter().map(|saved| network_of(saved, in_range)).collect();
    networks.sort_by_key(|network| match network.in_range {
        Reading::Value(true) => 0,
        Reading::Absent { .. } => 1,
        Reading::Value(false) => 2,
    });
    networks.truncate(MOST_SAVED);
    networks
}

fn network_of(saved: &Saved, in_range: Option<&InRange>) -> SavedNetwork {
    let in_range = match in_range {
        Some(seen) if seen.names.contains(&saved.name) => Reading::Value(true),
        Some(_) if saved.hidden => Reading::absent(Reason::NothingToMeasure, "the network hides its name"),
        Some(seen) if seen.cut => {
            Reading::absent(Reason::NothingToMeasure, "there are more access points than are looked at")
        }
        Some(_) => Reading::Value(false),
        None => Reading::absent(Reason::NothingToMeasure, "no adapter has looked for networks"),
    };
    SavedNetwork {
        network: Reading::Value(network(&saved.name)),
        in_range,
        joins_by_itself: saved.joins_by_itself,
        security: Reading::Value(saved.security),
    }
}

async fn points(
    manager: &NetworkManager,
    wireless: &Result<Properties, Absence>,
) -> Result<Listed<Point>, Absence> {
    let wireless = wireless.as_ref().map_err(Clone::clone)?;
    // Of times since the start in milliseconds; before the first scan there is none.
    if wireless.get::<i64>("LastScan") == Some(-1) {
        return Err(Absence::new(Reason::NothingToMeasure, "the adapter has not looked for networks yet"));
    }
    let mut paths: Vec<OwnedObjectPath> = wireless
        .get("AccessPoints")
        .ok_or_else(|| Absence::new(Reason::NotSupported, "NetworkManager lists no access points"))?;
    // The one in use is never cut off.
    if let Some(used) = active_point(wireless) {
        paths.retain(|path| *path != used);
        paths.insert(0, used);
    }
    let read = each(&paths, PATIENCE, |path| {
        let manager = manager.clone();
        async move {
            let properties = manager.access_point(&path).await.ok()?;
            Some(Point { path, properties })
        }
    });
    Ok(read.await)
}

/// What is kept of the access points: the one in use, and the strongest.
fn strongest(mut points: Vec<Point>, in_use: Option<&OwnedObjectPath>) -> Vec<Point> {
    let strength = |point: &Point| point.properties.get::<u8>("Strength");
    points.sort_by_key(|point| (Some(&point.path) != in_use, Reverse(strength(point))));
    points.truncate(MOST_POINTS);
    points
}

/// How the network is protected that the device is set to use.
async fn tried(manager: &NetworkManager, device: &Device, saved: &[Saved]) -> Reading<Security> {
    let none = || Reading::absent(Reason::NothingToMeasure, "no network is being joined");
    let Some(path) = device.properties.get::<OwnedObjectPath>("ActiveConnection") else { return none() };
    if path.as_str() == "/" {
        return none();
    }
    let active = match manager.active(&path).await {
        Ok(active) => active,
        Err(absent) => return absent.into(),
    };
    let profile = active.get::<OwnedObjectPath>("Connection");
    saved
        .iter()
        .find(|saved| Some(&saved.path) == profile.as_ref())
        .map(|saved| saved.security)
        .ok_or_else(|| {
            Absence::new(Reason::NothingToMeasure, "its settings are not among the saved networks")
        })
        .into()
}

fn wireless_device(
    device: &Device,
    wireless: &Result<Properties, Absence>,
    points: Result<Vec<Point>, Absence>,
    tried: Reading<Security>,
    saved: &[Saved],
) -> Option<ManagedDevice> {
    let managed = state_of(device);
    let in_use = wireless.as_ref().ok().and_then(active_point);
    let points = points.map(|points| strongest(points, in_use.as_ref()));
    let used = match wireless {
        Ok(_) => in_use
            .as_ref()
            .and_then(|used| points.as_ref().ok()?.iter().find(|point| point.path == *used))
            .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "no wireless network is in use")),
        Err(absent) => Err(absent.clone()),
    };
    let in_use = used.as_ref().ok().map(|point| &point.path);
    let name_in_use = used.as_ref().ok().and_then(|point| point.name());
    let (band, channel) = match &used {
        Ok(point) => channels::of(point.properties.get("Frequency")),
        Err(absent) => (absent.clone().into(), absent.clone().into()),
    };
    let rate = match wireless {
        // Counted in kbit/s.
        Ok(wireless) => wireless
            .get::<u32>("Bitrate")
            .filter(|rate| *rate > 0)
            .map(|kilo| f64::from(kilo) / 1000.0)
            .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "NetworkManager gives no Bitrate")),
        Err(absent) => Err(absent.clone()),
    };
    let of_kernel = || Absence::new(Reason::NotSupported, "NetworkManager does not say");
    let built = WifiDevice {
        name: net::tame(&device.interface()?, 20),
        told_by: ToldBy::NetworkManager,
        state: managed.state,
        reason: managed.reason,
        network: of(&used, "Ssid", |p| p.get::<Vec<u8>>("Ssid").map(|name| network(&name))).into(),
        signal_percent: of(&used, "Strength", |p| p.get::<u8>("Strength").map(|s| s.min(100))).into(),
        signal_dbm: Reading::absent(Reason::NotSupported, "NetworkManager gives percent alone"),
        band,
        channel,
        width_mhz: of_kernel().into(),
        busy_percent: of_kernel().into(),
        rate_mbps: rate.into(),
        rate_rx_mbps: of_kernel().into(),
        security: of(&used, "RsnFlags", security).into(),
        tried,
        joined_seconds: of_kernel().into(),
        beacon_loss_count: of_kernel().into(),
        sign_in: Reading::<SignIn>::absent(Reason::NotSupported, "not asked yet"),
        points: points
            .as_ref()
            .map_err(Clone::clone)
            .map(|points| {
                points
                    .iter()
                    .map(|point| {
                        let whose = if Some(&point.path) == in_use {
                            Whose::InUse
                        } else {
                            whose(point.name().as_deref(), name_in_use.as_deref(), saved)
                        };
                        access_point(&point.properties, whose)
                    })
                    .collect::<Vec<_>>()
            })
            .into(),
    };
    let addresses = points.iter().flatten().map(|point| address(&point.properties)).collect();
    Some(ManagedDevice { device: built, addresses })
}

fn active_point(wireless: &Properties) -> Option<OwnedObjectPath> {
    wireless.get::<OwnedObjectPath>("ActiveAccessPoint").filter(|path| path.as_str() != "/")
}

fn address(point: &Properties) -> String {
    point.get::<String>("HwAddress").unwrap_or_default().to_lowercase()
}

fn whose(name: Option<&[u8]>, in_use: Option<&[u8]>, saved: &[Saved]) -> Whose {
    match name.filter(|name| !name.is_empty()) {
        Some(name) if in_use == Some(name) => Whose::SameNetwork,
        Some(name) if saved.iter().any(|saved| saved.name == name) => Whose::SavedNetwork,
        _ => Whose::Other,
    }
}

fn access_point(point: &Properties, whose: Whose) -> AccessPoint {
    let (band, channel) = channels::of(point.get("Frequency"));
    let unsaid = |name: &str| Absence::new(Reason::NotSupported, format!("NetworkManager gives no {name}"));
    AccessPoint {
        whose,
        band,
        channel,
        signal_percent: point
            .get::<u8>("Strength")
            .map(|s| s.min(100))
            .ok_or_else(|| unsaid("Strength"))
            .into(),
        signal_dbm: Reading::absent(Reason::NotSupported, "NetworkManager gives percent alone"),
        security: security(point).ok_or_else(|| unsaid("RsnFlags")).into(),
    }
}

/// A property of the access point in use, or why there is none.
fn of<T>(
    point: &Result<&Point, Absence>,
    name: &str,
    pick: impl FnOnce(&Properties) -> Option<T>,
) -> Result<T, Absence> {
    let point = point.as_ref().map_err(Clone::clone)?;
    pick(&point.properties)
        .ok_or_else(|| Absence::new(Reason::NotSupported, format!("NetworkManager gives no {name}")))
}

/// A network's name in bounds: it is whatever somebody nearby sends.
pub(super) fn network(name: &[u8]) -> String {
    net::tame(&String::from_utf8_lossy(&name[..name.len().min(LONGEST_NAME)]), LONGEST_NAME)
}

/// From `NM80211ApFlags` and `NM80211ApSecurityFlags`.
fn security(point: &Properties) -> Option<Security> {
    const PRIVACY: u32 = 0x1;
    const ENTERPRISE: u32 = 0x200 | 0x2000;
    const SAE: u32 = 0x400;
    const OWE: u32 = 0x800;
    const OWE_TRANSITION: u32 = 0x1000;
    let (flags, wpa, rsn) =
        (point.get::<u32>("Flags")?, point.get::<u32>("WpaFlags")?, point.get::<u32>("RsnFlags")?);
    Some(if (wpa | rsn) & ENTERPRISE != 0 {
        Security::Enterprise
    } else if rsn & SAE != 0 {
        Security::Wpa3
    } else if rsn & OWE != 0 {
        Security::EnhancedOpen
    } else if rsn & !OWE_TRANSITION != 0 {
        Security::Wpa2
    } else if wpa & !OWE_TRANSITION != 0 {
        Security::Wpa
    } else if flags & PRIVACY != 0 {
        Security::Wep
    } else if (wpa | rsn) & OWE_TRANSITION != 0 {
        Security::OpenTransition
    } else {
        Security::Open
    })
}

#[cfg(test)]
mod tests {
    use zbus::zvariant::Value;

    use super::*;

    #[tokio::test]
    async fn a_long_list_ends_with_its_time_and_what_was_read_is_kept() {
        let paths: Vec<OwnedObjectPath> =
            (0..600).map(|i| OwnedObjectPath::try_from(format!("/p/{i}")).unwrap()).collect();
        let all = |paths: Vec<OwnedObjectPath>, patience| async move {
            let listed = each(&paths, patience, |path| async move { Some(path) }).await;
            (listed.read.len(), listed.whole)
        };
        assert_eq!(all(paths.clone(), Duration::ZERO).await, (AT_ONCE, false));
        assert_eq!(all(paths[..100].to_vec(), Duration::from_mins(1)).await, (100, true));
        assert_eq!(all(paths, Duration::from_mins(1)).await, (MOST_READ, false));
    }

    #[test]
    fn a_hostile_name_is_bounded() {
        assert_eq!(network(b"a\x1b[0m\nb"), "a [0m b");
        assert!(network(&[b'x'; 300]).len() <= LONGEST_NAME);
        assert!(network(&[0xff; 32]).chars().count() <= LONGEST_NAME + 1);
    }

    /// Shaped like what GetSettings gives.
    fn profile(groups: &[(&str, &[(&str, Value<'_>)])]) -> Profile {
        let values = |values: &[(&str, Value<'_>)]| {
            values.iter().map(|(name, value)| ((*name).to_owned(), value.try_to_owned().unwrap())).collect()
        };
        groups.iter().map(|(name, group)| ((*name).to_owned(), values(group))).collect()
    }

    fn path() -> OwnedObjectPath {
        OwnedObjectPath::try_from("/org/freedesktop/NetworkManager/Settings/1").unwrap()
    }

    #[test]
    fn a_saved_network_says_how_it_signs_in_and_whether_by_itself() {
        for (key, security) in [
            ("wpa-psk", Security::Wpa2),
            ("sae", Security::Wpa3),
            ("wpa-eap", Security::Enterprise),
            ("owe", Security::EnhancedOpen),
            ("none", Security::Wep),
        ] {
            let read = wireless_profile(
                path(),
                &profile(&[
                    ("802-11-wireless", &[("ssid", b"Caf\xc3\xa9".to_vec().into())]),
                    ("802-11-wireless-security", &[("key-mgmt", key.into())]),
                    ("connection", &[("autoconnect", false.into())]),
                ]),
            )
            .unwrap();
            assert_eq!((read.security, read.joins_by_itself, read.hidden), (security, false, false), "{key}");
        }
        let open = profile(&[("802-11-wireless", &[("ssid", b"x".to_vec().into())])]);
        let read = wireless_profile(path(), &open).unwrap();
        assert_eq!((read.security, read.joins_by_itself), (Security::Open, true));
        assert!(wireless_profile(path(), &profile(&[("802-3-ethernet", &[])])).is_none());
    }

    #[test]
    fn nothing_is_out_of_range_where_nobody_looked_or_the_name_is_hidden() {
        let mut saved = Saved {
            path: path(),
            name: b"home".to_vec(),
            hidden: false,
            joins_by_itself: true,
            security: Security::Wpa2,
        };
        let seen = |names: &[&[u8]], cut| InRange { names: names.iter().map(|n| n.to_vec()).collect(), cut };
        let none = seen(&[], false);
        assert_eq!(network_of(&saved, Some(&seen(&[b"home"], true))).in_range, Reading::Value(true));
        assert_eq!(network_of(&saved, Some(&none)).in_range, Reading::Value(false));
        assert!(network_of(&saved, Some(&seen(&[], true))).in_range.value().is_none());
        assert!(network_of(&saved, None).in_range.value().is_none());
        saved.hidden = true;
        assert!(network_of(&saved, Some(&none)).in_range.value().is_none());
    }

    #[test]
    fn of_a_long_list_of_saved_networks_those_in_range_are_kept() {
        let saved = |name: &str| Saved {
            path: path(),
            name: name.as_bytes().to_vec(),
            hidden: false,
            joins_by_itself: true,
            security: Security::Wpa2,
        };
        let mut all: Vec<Saved> = (0..200).map(|hotel| saved(&format!("hotel {hotel}"))).collect();
        all.push(saved("home"));
        let seen = InRange { names: HashSet::from([b"home".to_vec()]), cut: false };
        let kept = networks_of(&all, Some(&seen));
        assert_eq!((kept.len(), &kept[0].network), (MOST_SAVED, &Reading::Value("home".to_owned())));
    }

    fn point(number: usize, strength: u8) -> Point {
        let path = format!("/org/freedesktop/NetworkManager/AccessPoint/{number}").try_into().unwrap();
        let values: [(&str, Value<'_>); 1] = [("Strength", strength.into())];
        Point { path, properties: properties(&values) }
    }

    fn properties(values: &[(&str, Value<'_>)]) -> Properties {
        let owned = |(name, value): &(&str, Value<'_>)| ((*name).to_owned(), value.try_to_owned().unwrap());
        Properties::from(values.iter().map(owned).collect::<std::collections::HashMap<_, _>>())
    }

    #[test]
    fn of_many_access_points_the_one_in_use_and_the_strongest_are_kept() {
        let mut points: Vec<Point> = (0..60).map(|number| point(number, 10 + number as u8)).collect();
        points.insert(7, point(99, 1));
        let used = points[7].path.clone();
        let kept = strongest(points, Some(&used));
        let strengths: Vec<u8> = kept.iter().filter_map(|p| p.properties.get("Strength")).collect();
        assert_eq!((kept.len(), &strengths[..3]), (MOST_POINTS, &[1, 69, 68][..]));
    }

    #[test]
    fn protection_is_what_the_flags_say() {
        const PAIR_AND_GROUP: u32 = 0x8 | 0x80;
        for (flags, wpa, rsn, security) in [
            (0_u32, 0, 0, Security::Open),
            (1, 0, 0, Security::Wep),
            (1, PAIR_AND_GROUP | 0x100, 0, Security::Wpa),
            (1, 0, PAIR_AND_GROUP | 0x100, Security::Wpa2),
            (1, 0, PAIR_AND_GROUP | 0x400, Security::Wpa3),
            (1, 0, PAIR_AND_GROUP | 0x200, Security::Enterprise),
            (1, 0, PAIR_AND_GROUP | 0x800, Security::EnhancedOpen),
            // The open half of a network that encrypts for whoever can.
            (0, 0, 0x1000, Security::OpenTransition),
            (0, 0x1000, 0x1000, Security::OpenTransition),
            (1, 0, PAIR_AND_GROUP | 0x1000 | 0x800, Security::EnhancedOpen),
        ] {
            let point =
                properties(&[("Flags", flags.into()), ("WpaFlags", wpa.into()), ("RsnFlags", rsn.into())]);
            assert_eq!(super::security(&point), Some(security), "{flags:#x} {wpa:#x} {rsn:#x}");
        }
    }

    #[test]
    fn access_points_without_a_name_belong_to_nobody_known() {
        assert_eq!(whose(Some(b""), Some(b""), &[]), Whose::Other);
        assert_eq!(whose(Some(b"a"), Some(b"a"), &[]), Whose::SameNetwork);
        assert_eq!(whose(Some(b"b"), Some(b"a"), &[]), Whose::Other);
    }
}
