//! NetworkManager, asked over D-Bus: how to reach its objects. What they mean is for the subject that reads
//! them: `links::manager` turns a device's state into words, `wifi::managed` reads wireless devices.

use std::collections::HashMap;

use zbus::zvariant::{OwnedObjectPath, OwnedValue};

use crate::bus::{Properties, Service};
use crate::{Absence, Context, Reason};

const NAME: &str = "org.freedesktop.NetworkManager";
const ROOT: &str = "/org/freedesktop/NetworkManager";
const DEVICE: &str = "org.freedesktop.NetworkManager.Device";
const SETTINGS: &str = "org.freedesktop.NetworkManager.Settings";
const PROFILE: &str = "org.freedesktop.NetworkManager.Settings.Connection";

/// Containers and virtual machines make devices by the dozen.
const MOST_DEVICES: usize = 48;

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

/// The settings of one saved connection, by group and name. Passwords are never among them.
pub(crate) type Profile = HashMap<String, HashMap<String, OwnedValue>>;

/// A connection to it.
#[derive(Clone)]
pub(crate) struct NetworkManager(Service);

impl NetworkManager {
    /// Runs a few questions within the time that they may take.
    pub(crate) async fn ask<T>(
        cx: &Context,
        questions: impl AsyncFnOnce(Self) -> Result<T, Absence>,
    ) -> Result<T, Absence> {
        Service::ask(cx, NAME, async |service| questions(Self(service)).await).await
    }

    async fn properties(&self, path: &str, interface: &'static str) -> Result<Properties, Absence> {
        self.0.properties(path, interface).await
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

    /// Where the saved connections are that this person may use.
    pub(crate) async fn profiles(&self) -> Result<Vec<OwnedObjectPath>, Absence> {
        let path = "/org/freedesktop/NetworkManager/Settings";
        self.0.call(path, SETTINGS, "ListConnections", &()).await
    }

    /// A saved connection.
    pub(crate) async fn profile(&self, path: &str) -> Result<Profile, Absence> {
        self.0.call(path, PROFILE, "GetSettings", &()).await
    }

    /// A connection that is in use or being made.
    pub(crate) async fn active(&self, path: &str) -> Result<Properties, Absence> {
        self.properties(path, "org.freedesktop.NetworkManager.Connection.Active").await
    }
}
