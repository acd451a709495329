//! Typed facts about this computer, and the probes that measure them.
//!
//! A probe does I/O and judges nothing: whether a value is good or bad is for the checks. Every
//! value that could not be measured says why ([`Absence`]); nothing here ever invents a value.
//! One folder a subject; one file an operating system where they differ. A new subject is one
//! folder and one line in [`registry`].

#[cfg(target_os = "linux")]
mod bus;
mod context;
#[cfg(target_os = "linux")]
mod desktop_settings;
mod entries;
#[cfg(target_os = "linux")]
mod journal;
#[cfg(target_os = "linux")]
mod kernel_log;
mod net;
#[cfg(target_os = "linux")]
mod network_manager;
mod reading;
mod registry;
mod request;
mod sensitivity;
mod source;

pub mod account;
pub mod bluetooth;
pub mod cameras;
pub mod clock;
pub mod cpu;
pub mod crashes;
pub mod display;
pub mod dns;
pub mod drives;
pub mod filesystems;
pub mod folders;
pub mod heat;
pub mod input;
pub mod leftovers;
pub mod links;
pub mod memory;
pub mod path;
pub mod power;
pub mod pressure;
pub mod printers;
pub mod processes;
pub mod protection;
pub mod proxy;
pub mod reach;
pub mod routes;
pub mod services;
pub mod site;
pub mod sound;
pub mod start_up;
pub mod system;
pub mod throughput;
pub mod tls;
pub mod units;
pub mod updates;
pub mod usb;
pub mod vpn;
pub mod web;
pub mod wifi;

pub use context::{Context, Endpoints, HttpEndpoint, Limits};
pub use reading::{Absence, Reading, Reason};
pub use registry::{Needs, Progress, Snapshot, Subject, measure};
pub use request::{Cost, Request};
pub use sensitivity::{PrivateKind, PrivateValue, Sensitivity, private_values, undeclared};
