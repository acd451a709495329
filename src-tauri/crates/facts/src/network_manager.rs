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

/// Somebody who travels keeps a wireless network for each hotel.
const MOST_CONNECTIONS: usize = 256;

/// Connections that are tunnels into other networks.
const VPN_TYPES: [&str; 2] = ["vpn", "wireguard"];

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

    /// What is asked of DNS servers for each interface (`DnsManager`).
    pub(crate) async fn dns(&self) -> Result<Vec<HashMap<String, OwnedValue>>, Absence> {
        let path = format!("{ROOT}/DnsManager");
        let dns = self.properties(&path, "org.freedesktop.NetworkManager.DnsManager").await?;
        dns.get("Configuration")
            .ok_or_else(|| Absence::new(Reason::NotSupported, "NetworkManager lists no DNS servers"))
    }

    /// The VPN connections that are set up. Of the settings nothing is kept but what names them.
    pub(crate) async fn saved_vpns(&self) -> Result<Vec<SavedVpn>, Absence> {
        let mut found = Vec::new();
        for path in self.profiles().await?.into_iter().take(MOST_CONNECTIONS) {
            // One can go away between listing and reading, or be another person's.
            found.extend(self.profile(&path).await.ok().as_ref().and_then(SavedVpn::of));
        }
        Ok(found)
    }

    /// The VPN connections that are up or on the way.
    pub(crate) async fn active_vpns(&self, manager: &Properties) -> Vec<ActiveVpn> {
        let paths: Vec<OwnedObjectPath> = manager.get("ActiveConnections").unwrap_or_default();
        let mut found = Vec::new();
        for path in paths.into_iter().take(MOST_DEVICES) {
            let Ok(active) = self.active(&path).await else { continue };
            let plugin = active.get::<bool>("Vpn").unwrap_or(false);
            let kind: String = active.get("Type").unwrap_or_default();
            let Some(uuid) = active.get("Uuid").filter(|_| plugin || VPN_TYPES.contains(&kind.as_str()))
            else {
                continue;
            };
            let vpn = self.properties(&path, "org.freedesktop.NetworkManager.VPN.Connection").await;
            found.push(ActiveVpn {
                uuid,
                vpn_state: vpn.ok().and_then(|vpn| vpn.get("VpnState")),
                state: active.get("State").unwrap_or(0),
            });
        }
        found
    }
}

/// A VPN connection that is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SavedVpn {
    pub(crate) uuid: String,
    /// What the person calls it.
    pub(crate) name: String,
    /// `vpn` or `wireguard`.
    pub(crate) kind: String,
    /// The bus name of the plug-in; empty without one.
    pub(crate) service: String,
}

impl SavedVpn {
    fn of(settings: &Profile) -> Option<Self> {
        let text = |group: &str, key: &str| {
            let value = settings.get(group)?.get(key)?.try_clone().ok()?;
            String::try_from(value).ok()
        };
        let kind = text("connection", "type").filter(|kind| VPN_TYPES.contains(&kind.as_str()))?;
        Some(Self {
            uuid: text("connection", "uuid")?,
            name: text("connection", "id").unwrap_or_default(),
            service: text("vpn", "service-type").unwrap_or_default(),
            kind,
        })
    }
}

/// A VPN connection that is up or on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActiveVpn {
    pub(crate) uuid: String,
    /// `NMVpnConnectionState`, of those by a plug-in.
    pub(crate) vpn_state: Option<u32>,
    /// `NMActiveConnectionState`.
    pub(crate) state: u32,
}
