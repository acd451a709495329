//! Services of the system, asked over D-Bus. Reading needs no privilege. Where there is no bus, or nobody
//! on it by the name asked for, this costs a failed connection and nothing else; nobody is started, apart from
//! services that the bus itself keeps only while they are asked ([`Service::ask_started`]).

use std::collections::HashMap;
use std::time::Duration;

use serde::de::DeserializeOwned;
use zbus::Connection;
use zbus::zvariant::{DynamicType, OwnedValue, Type};

use crate::{Absence, Context, Reason};

const BUS: &str = "org.freedesktop.DBus";

/// These services answer from memory; one that hangs must not hold up what the kernel says.
const PATIENCE: Duration = Duration::from_millis(600);

/// systemd's manager, whom several subjects ask.
pub(crate) mod systemd {
    pub(crate) const NAME: &str = "org.freedesktop.systemd1";
    pub(crate) const ROOT: &str = "/org/freedesktop/systemd1";
    pub(crate) const MANAGER: &str = "org.freedesktop.systemd1.Manager";
    pub(crate) const UNIT: &str = "org.freedesktop.systemd1.Unit";
}

/// The properties of one object.
pub(crate) struct Properties(HashMap<String, OwnedValue>);

#[cfg(test)]
impl From<HashMap<String, OwnedValue>> for Properties {
    fn from(values: HashMap<String, OwnedValue>) -> Self {
        Self(values)
    }
}

impl Properties {
    /// One property; none where it is missing or of another type.
    pub(crate) fn get<T>(&self, name: &str) -> Option<T>
    where
        T: TryFrom<OwnedValue>,
    {
        self.0.get(name)?.try_clone().ok().and_then(|value| T::try_from(value).ok())
    }
}

/// Whether the bus may start a service for the sake of a question.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Never,
    Allowed,
}

/// A service that is running. A copy asks over the same connection.
#[derive(Clone)]
pub(crate) struct Service {
    bus: Connection,
    name: &'static str,
}

impl Service {
    /// Runs a few questions to one service within the time that they may take.
    pub(crate) async fn ask<T>(
        cx: &Context,
        name: &'static str,
        questions: impl AsyncFnOnce(Self) -> Result<T, Absence>,
    ) -> Result<T, Absence> {
        Self::ask_on(cx, async || Connection::system().await, name, Start::Never, questions).await
    }

    /// The same for a service that runs only while it is asked, as systemd's small ones do: the bus may start it.
    pub(crate) async fn ask_started<T>(
        cx: &Context,
        name: &'static str,
        questions: impl AsyncFnOnce(Self) -> Result<T, Absence>,
    ) -> Result<T, Absence> {
        Self::ask_on(cx, async || Connection::system().await, name, Start::Allowed, questions).await
    }

    /// The same for a service of the person's session, such as the desktop's settings.
    pub(crate) async fn ask_session<T>(
        cx: &Context,
        name: &'static str,
        questions: impl AsyncFnOnce(Self) -> Result<T, Absence>,
    ) -> Result<T, Absence> {
        // Without an address the library would look for one with a program of its own.
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(std::path::PathBuf::from);
        let there = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
            || runtime.is_some_and(|folder| folder.join("bus").exists());
        if !there {
            return Err(Absence::new(Reason::NotSupported, "there is no session's bus"));
        }
        Self::ask_on(cx, async || Connection::session().await, name, Start::Never, questions).await
    }

    async fn ask_on<T>(
        cx: &Context,
        bus: impl AsyncFnOnce() -> zbus::Result<Connection>,
        name: &'static str,
        start: Start,
        questions: impl AsyncFnOnce(Self) -> Result<T, Absence>,
    ) -> Result<T, Absence> {
        if !cx.is_live() {
            return Err(Absence::new(Reason::NothingToMeasure, "a recorded tree has no bus"));
        }
        let all = async { questions(Self::open(bus().await, name, start).await?).await };
        tokio::time::timeout(PATIENCE.min(cx.step()), all).await.unwrap_or_else(|_| {
            Err(Absence::new(Reason::TimedOut, format!("{name}: no answer within {PATIENCE:?}")))
        })
    }

    async fn open(bus: zbus::Result<Connection>, name: &'static str, start: Start) -> Result<Self, Absence> {
        let none = |why: String| Absence::new(Reason::NotSupported, why);
        let bus = bus.map_err(|e| none(format!("no such bus: {e}")))?;
        if start == Start::Allowed {
            return Ok(Self { bus, name });
        }
        let owned = is_owned(&bus, name).await?;
        if owned { Ok(Self { bus, name }) } else { Err(none(format!("{name} is not on the bus"))) }
    }

    /// All properties of one object.
    pub(crate) async fn properties(
        &self,
        path: &str,
        interface: &'static str,
    ) -> Result<Properties, Absence> {
        self.call::<_, HashMap<String, OwnedValue>>(
            path,
            "org.freedesktop.DBus.Properties",
            "GetAll",
            &interface,
        )
        .await
        .map(Properties)
        .map_err(|absent| Absence::new(absent.reason, format!("read {interface}: {}", absent.detail)))
    }

    /// The answer to a method that only reads.
    pub(crate) async fn call<B, R>(
        &self,
        path: &str,
        interface: &'static str,
        method: &'static str,
        body: &B,
    ) -> Result<R, Absence>
    where
        B: serde::Serialize + DynamicType,
        R: DeserializeOwned + Type,
    {
        self.bus
            .call_method(Some(self.name), path, Some(interface), method, body)
            .await
            .and_then(|answer| answer.body().deserialize::<R>())
            .map_err(|e| failed(method, &e))
    }
}

/// Whether somebody answers to this name; nobody is started by asking.
pub(crate) async fn is_owned(bus: &Connection, name: &str) -> Result<bool, Absence> {
    bus.call_method(Some(BUS), "/org/freedesktop/DBus", Some(BUS), "NameHasOwner", &name)
        .await
        .and_then(|answer| answer.body().deserialize())
        .map_err(|e| failed("ask the bus", &e))
}

/// The absence that stands for an error of the bus.
pub(crate) fn failed(what: &str, error: &zbus::Error) -> Absence {
    let reason = match error {
        zbus::Error::MethodError(name, ..) if name.as_str().ends_with(".AccessDenied") => {
            Reason::NoPermission
        }
        zbus::Error::MethodError(name, ..) if name.as_str().ends_with(".ServiceUnknown") => {
            Reason::NotSupported
        }
        _ => Reason::Failed,
    };
    Absence::new(reason, format!("{what}: {}", crate::net::tame(&error.to_string(), 200)))
}
