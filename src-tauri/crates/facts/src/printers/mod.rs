//! Printers: the queues of this computer, what waits in them, and whether the device behind each can be reached.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | CUPS over IPP, on its local socket or on port 631 of this computer | none | a print server on another computer (`CUPS_SERVER`, `client.conf`) is not asked; names of jobs and their owners are not read |
//! | Linux | a TCP connection to the host in a queue's own address | none; not made offline | USB printers (see `usb`), names that only mDNS knows |
//! | Linux | Avahi over D-Bus: printers that announce themselves in the network (DNS-SD) | none; not asked offline | networks in which Avahi does not run or multicast is blocked; Befund itself sends nothing, Avahi may ask the network |
//! | Windows, macOS | none yet; Windows will be asked through the spooler (`EnumPrinters`, `EnumJobs`), macOS through CUPS as here | | |
//!
//! Nothing is printed and no queue is changed. What CUPS says in words (`message`) is in the language of its server.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reach::ConnectOutcome;
use crate::sensitivity::facts;
use crate::sound::ServerState;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod announced;
#[cfg(target_os = "linux")]
mod cups;
#[cfg(target_os = "linux")]
mod device;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// Printers.
    pub struct Printers {
        /// Whether the print service works.
        public state: ServerState,
        /// Whether queues were set up here: the service keeps a file of them.
        public has_queues: bool,
        /// The queues.
        part queues: Reading<Vec<PrintQueue>>,
        /// The queue that is used unless another is chosen.
        internal default_queue: Reading<String>,
        /// Printers that announce themselves in the network.
        part network_printers: Reading<Vec<NetworkPrinter>>,
    }

    /// A printer that announces itself in the network.
    pub struct NetworkPrinter {
        /// The name that it announces.
        internal name: String,
        /// The ways in which it takes documents.
        public protocols: Vec<String>,
    }

    /// One print queue.
    pub struct PrintQueue {
        /// Its name.
        internal name: String,
        /// Whether it is used unless another is chosen.
        public is_default: bool,
        /// What it does.
        public state: QueueState,
        /// Since when, before the measurement.
        public state_age_seconds: Reading<u64>,
        /// The printer's own reasons, as IPP names them; empty where there are none.
        public reasons: Vec<String>,
        /// What it says in words.
        internal message: String,
        /// Whether it takes jobs.
        public accepting: bool,
        /// Make and model.
        public model: String,
        /// What turns documents into what the printer understands.
        public driver_kind: DriverKind,
        /// How the printer is connected.
        public method: DeviceMethod,
        /// The printer's address in the network.
        personal(host) host: Reading<String>,
        /// Whether the printer's port takes connections.
        public reachable: Reading<ConnectOutcome>,
        /// Whether the printer announces itself now, where the queue knows it by that name alone.
        public announced: Reading<bool>,
        /// Toner, ink and the like.
        part supplies: Vec<Supply>,
        /// What waits or is being printed.
        part jobs: Reading<Vec<PrintJob>>,
    }

    /// Toner, ink and the like.
    pub struct Supply {
        /// Its name.
        public name: String,
        /// What is left.
        public level_percent: Reading<u32>,
    }

    /// A job that is not done.
    pub struct PrintJob {
        /// Its number.
        public number: u32,
        /// What becomes of it.
        public state: JobState,
        /// How long ago it was made.
        public age_seconds: Reading<u64>,
        /// Its own reasons, as IPP names them.
        public reasons: Vec<String>,
    }
}

/// What a queue does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    /// Nothing to do.
    Idle,
    /// It prints, or tries to.
    Processing,
    /// It is stopped.
    Stopped,
    /// It did not say.
    Unknown,
}

/// What becomes of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Its turn has not come.
    Pending,
    /// Somebody holds it back.
    Held,
    /// It is being printed.
    Processing,
    /// It is stopped.
    Stopped,
    /// It did not say.
    Unknown,
}

/// What turns documents into what a printer understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DriverKind {
    /// The printer itself says what it understands (IPP Everywhere).
    Driverless,
    /// A printer description with filters.
    Driver,
    /// Nothing: documents go as they are.
    Raw,
    /// It did not say.
    Unknown,
}

/// How a printer is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceMethod {
    /// By USB.
    Usb,
    /// Over the network with IPP.
    Ipp,
    /// Over the network with raw data (port 9100).
    Socket,
    /// Over the network with LPD.
    Lpd,
    /// Through a Windows print server.
    Smb,
    /// Over the network, found by its name (DNS-SD).
    Dnssd,
    /// In another way.
    Other,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Printers> {
    platform::measure(cx).await
}
