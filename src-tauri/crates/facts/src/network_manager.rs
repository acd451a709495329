//! NetworkManager, asked over D-Bus. Reading needs no privilege. Where there is no system bus, or
//! nobody on it by that name, this costs a failed connection and nothing else; nobody is started.

use std::collections::HashMap;
use std::time::Duration;

use zbus::Connection;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

use crate::{Absence, Context, Reason};

const BUS: &str = "org.freedesktop.DBus";
const NAME: &str = "org.freedesktop.NetworkManager";
const ROOT: &str = "/org/freedesktop/NetworkManager";
const DEVICE: &str = "org.freedesktop.NetworkManager.Device";

/// It answers from memory; one that hangs must not hold up what the kernel says.
const PATIENCE: Duration = Duration::from_millis(600);

/// Containers and virtual machines make devices by the dozen.
const MOST_DEVICES: usize = 48;

/// The properties of one object.
pub(crate) struct Properties(HashMap<String, OwnedValue>);

impl Properties {
    /// One property; none where it is missing or of another type.
    pub(crate) fn get<T>(&self, name: &str) -> Option<T>
    where
        T: TryFrom<OwnedValue>,
    {
        self.0.get(name)?.try_clone().ok().and_then(|value| T::try_from(value).ok())
    }
}

/// A device and what NetworkManager says of it.
pub(crate) struct Device {
    path: OwnedObjectPath,
    pub(crate) properties: Properties,
}

impl Device {
    /// The kernel's name of the interface.
    pub(crate) fn interface(&self) -> Option<String> {
        // The one that carries addresses, where a modem has two.
        let named = |property| self.properties.get::<String>(property).filter(|name| !name.is_empty());
        named("IpInterface").or_else(|| named("Interface"))
    }

    /// `NMDeviceType`.
    pub(crate) fn kind(&self) -> u32 {
        self.properties.get("DeviceType").unwrap_or(0)
    }

    /// `NMDeviceState` and `NMDeviceStateReason`.
    pub(crate) fn state(&self) -> (u32, u32) {
        self.properties.get("StateReason").unwrap_or_else(|| (self.properties.get("State").unwrap_or(0), 0))
    }
}

/// A connection to it.
pub(crate) struct NetworkManager(Connection);

impl NetworkManager {
    /// Runs a few questions within the time that they may take.
    pub(crate) async fn ask<T>(
        cx: &Context,
        questions: impl AsyncFnOnce(Self) -> Result<T, Absence>,
    ) -> Result<T, Absence> {
        if !cx.is_live() {
            return Err(Absence::new(Reason::NothingToMeasure, "a recorded tree has no bus"));
        }
        let all = async { questions(Self::open().await?).await };
        tokio::time::timeout(PATIENCE.min(cx.step()), all).await.unwrap_or_else(|_| {
            Err(Absence::new(Reason::TimedOut, format!("NetworkManager: no answer within {PATIENCE:?}")))
        })
    }

    async fn open() -> Result<Self, Absence> {
        let none = |why: String| Absence::new(Reason::NotSupported, why);
        let bus = Connection::system().await.map_err(|e| none(format!("no system bus: {e}")))?;
        let owned = bus
            .call_method(Some(BUS), "/org/freedesktop/DBus", Some(BUS), "NameHasOwner", &NAME)
            .await
            .and_then(|answer| answer.body().deserialize())
            .map_err(|e| failed("ask the bus", &e))?;
        if owned { Ok(Self(bus)) } else { Err(none("NetworkManager is not on the bus".into())) }
    }

    async fn properties(&self, path: &str, interface: &'static str) -> Result<Properties, Absence> {
        self.0
            .call_method(Some(NAME), path, Some("org.freedesktop.DBus.Properties"), "GetAll", &interface)
            .await
            .and_then(|answer| answer.body().deserialize())
            .map(Properties)
            .map_err(|e| failed(&format!("read {interface}"), &e))
    }

    /// Its own properties: switches of radios.
    pub(crate) async fn manager(&self) -> Result<Properties, Absence> {
        self.properties(ROOT, NAME).await
    }

    /// All devices that it knows.
    pub(crate) async fn devices(&self, manager: &Properties) -> Result<Vec<Device>, Absence> {
        let paths: Vec<OwnedObjectPath> = manager
            .get("Devices")
            .ok_or_else(|| Absence::new(Reason::Failed, "NetworkManager lists no devices"))?;
        let mut devices = Vec::new();
        for path in paths.into_iter().take(MOST_DEVICES) {
            // One can go away between listing and reading.
            if let Ok(properties) = self.properties(&path, DEVICE).await {
                devices.push(Device { path, properties });
            }
        }
        Ok(devices)
    }

    /// What only a wireless device has.
    pub(crate) async fn wireless(&self, device: &Device) -> Result<Properties, Absence> {
        self.properties(&device.path, "org.freedesktop.NetworkManager.Device.Wireless").await
    }

    /// An access point.
    pub(crate) async fn access_point(&self, path: &str) -> Result<Properties, Absence> {
        self.properties(path, "org.freedesktop.NetworkManager.AccessPoint").await
    }
}

fn failed(what: &str, error: &zbus::Error) -> Absence {
    let reason = match error {
        zbus::Error::MethodError(name, ..) if name.as_str().ends_with(".AccessDenied") => {
            Reason::NoPermission
        }
        _ => Reason::Failed,
    };
    Absence::new(reason, format!("{what}: {}", crate::net::tame(&error.to_string(), 200)))
}
