//! Linux: BlueZ over D-Bus, and the kernel's own lists.

use std::collections::HashMap;

use zbus::zvariant::{OwnedObjectPath, OwnedValue};

use super::{Bluetooth, BluetoothAdapter, BluetoothDevice, BluetoothKind};
use crate::bus::Service;
use crate::sound::ServerState;
use crate::source::{MOST_NAMES, names};
use crate::wifi::radios;
use crate::{Absence, Context, Reading, Reason, net};

const CLASS: &str = "/sys/class/bluetooth";
const MOST_DEVICES: usize = 64;

type Properties = HashMap<String, OwnedValue>;
type Objects = HashMap<OwnedObjectPath, HashMap<String, Properties>>;

pub(super) async fn measure(cx: Context) -> Reading<Bluetooth> {
    let asked: Result<Objects, _> = Service::ask(&cx, "org.bluez", async |bluez| {
        bluez.call("/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", &()).await
    })
    .await;
    let state = match &asked {
        Ok(_) => ServerState::Running,
        Err(absent) => match absent.reason {
            Reason::TimedOut => ServerState::Silent,
            Reason::NoPermission => ServerState::Refused,
            Reason::Failed => ServerState::Failed,
            _ => ServerState::NotRunning,
        },
    };
    let (adapters, devices) = match asked {
        Ok(objects) => (Reading::Value(adapters(&objects)), Reading::Value(devices(&objects))),
        Err(absent) => (absent.clone().into(), absent.into()),
    };
    Reading::Value(Bluetooth {
        state,
        hardware: hardware(&cx).into(),
        radios: radios(&cx, "bluetooth").into(),
        adapters,
        devices,
    })
}

fn get<T: TryFrom<OwnedValue>>(properties: &Properties, name: &str) -> Option<T> {
    properties.get(name)?.try_clone().ok().and_then(|value| T::try_from(value).ok())
}

fn adapters(objects: &Objects) -> Vec<BluetoothAdapter> {
    let mut found: Vec<_> = objects
        .iter()
        .filter_map(|(path, interfaces)| {
            let adapter = interfaces.get("org.bluez.Adapter1")?;
            let name = path.as_str().rsplit('/').next().unwrap_or_default();
            Some(BluetoothAdapter {
                name: net::tame(name, 20),
                powered: get(adapter, "Powered").unwrap_or(false),
            })
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn devices(objects: &Objects) -> Vec<BluetoothDevice> {
    let mut found: Vec<_> = objects
        .values()
        .filter_map(|interfaces| {
            let device = interfaces.get("org.bluez.Device1")?;
            let flag = |name| get::<bool>(device, name).unwrap_or(false);
            let battery = interfaces.get("org.bluez.Battery1").and_then(|b| get(b, "Percentage"));
            Some(BluetoothDevice {
                name: net::tame(&get::<String>(device, "Alias").unwrap_or_default(), 60),
                kind: kind(&get::<String>(device, "Icon").unwrap_or_default()),
                paired: flag("Paired"),
                connected: flag("Connected"),
                trusted: flag("Trusted"),
                blocked: flag("Blocked"),
                battery_percent: battery
                    .ok_or_else(|| Absence::new(Reason::NotSupported, "the device does not tell"))
                    .into(),
            })
        })
        // Whoever only passes by is nobody's business.
        .filter(|d| d.paired || d.connected)
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found.truncate(MOST_DEVICES);
    found
}

/// From the icon's name that BlueZ derives from the device's class.
fn kind(icon: &str) -> BluetoothKind {
    match icon {
        "input-keyboard" => BluetoothKind::Keyboard,
        "input-mouse" | "input-tablet" | "input-gaming" => BluetoothKind::Pointer,
        "phone" => BluetoothKind::Phone,
        icon if icon.starts_with("audio-") => BluetoothKind::Audio,
        _ => BluetoothKind::Other,
    }
}

fn hardware(cx: &Context) -> Result<Vec<String>, Absence> {
    let mut names = names(cx, CLASS, MOST_NAMES)?;
    // `hci0` is an adapter, `hci0:256` a connection.
    names.retain(|n| n.starts_with("hci") && !n.contains(':'));
    Ok(names)
}
