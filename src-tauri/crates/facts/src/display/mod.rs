//! Graphics, monitors, and how the desktop uses them.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | `/sys/class/drm`, `/sys/bus/pci`: cards with their drivers, connectors, what monitors say of themselves (EDID) | none | virtual machines and remote desktops without such a card; NVIDIA's own driver before 555 shows no connectors without `modeset=1` |
//! | Linux | `/sys/class/backlight`: brightness of the built-in screen | none | monitors outside |
//! | Linux | the session's environment, else logind over D-Bus: kind of session | none | |
//! | Linux | X11 (RandR) where `DISPLAY` names this computer: what is shown and how large | the session's cookie | under Wayland, XWayland shows sizes after scaling, so outputs are not read there |
//! | Linux | whether pictures are calculated by the processor: the environment, the drivers; `glxinfo -B` where it is installed and there is an X11 display | none | a driver that is there and falls back on its own, where `glxinfo` is not installed |
//! | Linux | what GNOME, Cinnamon and KDE keep in the person's home of how large things are drawn | none, as that person | other desktops; an arrangement that was never changed |
//! | Windows, macOS | none yet: the subject is absent. `QueryDisplayConfig`, `Win32_VideoController`; `CGGetActiveDisplayList` | | |
//!
//! Serial numbers of monitors are not read. Child processes: `glxinfo` alone, for a second at most.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod cards;
#[cfg(target_os = "linux")]
mod edid;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod rendering;
#[cfg(target_os = "linux")]
mod scales;
#[cfg(target_os = "linux")]
mod x11;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// Graphics and monitors.
    pub struct Display {
        /// Graphics devices; empty on a computer that shows none.
        part cards: Reading<Vec<Card>>,
        /// Where monitors can be connected, and those that are.
        part connectors: Reading<Vec<Connector>>,
        /// Brightness of built-in screens.
        part backlights: Reading<Vec<Backlight>>,
        /// What kind of session the person works in.
        public session: Reading<Session>,
        /// What the X11 server shows.
        part screens: Reading<Vec<Screen>>,
        /// How much larger than usual things are drawn, where the desktop says so to programs.
        public scale_percent: Reading<f64>,
        /// How large the person has set things to be drawn, monitor by monitor.
        part scales: Reading<Vec<OutputScale>>,
        /// Who calculates the pictures of programs.
        public rendering: Reading<Rendering>,
        /// How that is known.
        public rendering_by: Reading<RenderingBy>,
    }

    /// How large things are drawn on one monitor.
    pub struct OutputScale {
        /// The monitor's connector.
        public connector: String,
        /// How much larger than usual.
        public scale_percent: f64,
        /// How wide the monitor is to programs then, in points.
        public effective_width: Reading<u32>,
    }

    /// A graphics device.
    pub struct Card {
        /// Its place: a PCI address, or the name of the device.
        public name: String,
        /// The maker's number, `0x8086` for Intel.
        public vendor_id: Reading<String>,
        /// The maker's number for the model.
        public device_id: Reading<String>,
        /// The driver that runs it.
        public driver: Reading<String>,
        /// Whether the computer started on it.
        public primary: bool,
        /// Whether programs can let it calculate.
        public renders: bool,
        /// Whether it is one that a virtual machine makes up.
        public virtual_card: bool,
    }

    /// Where a monitor can be connected.
    pub struct Connector {
        /// Its name: `HDMI-A-1`.
        public name: String,
        /// What it is.
        public kind: ConnectorKind,
        /// Whether something is connected; absent where the card cannot tell.
        public connected: Reading<bool>,
        /// Whether it is used.
        public enabled: Reading<bool>,
        /// Whether the picture is on, and not switched off to save power.
        public lit: Reading<bool>,
        /// Sizes that the monitor offers.
        public mode_count: Reading<u32>,
        /// What the monitor says of itself.
        part monitor: Reading<Monitor>,
    }

    /// What a monitor says of itself.
    pub struct Monitor {
        /// Three letters of its maker: `DEL`.
        public vendor: String,
        /// Its name.
        public name: Reading<String>,
        /// The width of its picture in points, as it was made for.
        public width: Reading<u32>,
        /// The height of its picture in points.
        public height: Reading<u32>,
        /// Year of manufacture.
        public year: Reading<u16>,
    }

    /// The light behind a built-in screen.
    pub struct Backlight {
        /// The system's name for it.
        public name: String,
        /// Brightness.
        public brightness_percent: f64,
        /// Whether it is off.
        public off: bool,
    }

    /// What the X11 server shows on one output.
    pub struct Screen {
        /// The output's name.
        public name: String,
        /// Whether something is connected.
        public connected: bool,
        /// Width in points; nought where nothing is shown.
        public width: u32,
        /// Height in points.
        public height: u32,
        /// Pictures a second.
        public refresh_hz: Reading<f64>,
        /// Width of the size that the monitor prefers.
        public best_width: Reading<u32>,
        /// Height of the size that the monitor prefers.
        public best_height: Reading<u32>,
    }
}

/// What a connector is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectorKind {
    /// The screen inside the computer.
    BuiltIn,
    /// HDMI.
    Hdmi,
    /// DisplayPort, also through USB-C.
    DisplayPort,
    /// DVI.
    Dvi,
    /// VGA.
    Vga,
    /// One that is made up: of a virtual machine, or for recording.
    Virtual,
    /// Another.
    Other,
}

/// What kind of session the person works in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Session {
    /// A desktop on X11.
    X11,
    /// A desktop on Wayland.
    Wayland,
    /// Text alone.
    Text,
}

/// Who calculates the pictures of programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rendering {
    /// The graphics.
    Graphics,
    /// The processor, which is slow.
    Processor,
}

/// How it is known who calculates the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RenderingBy {
    /// A variable of the session asks for it.
    Environment,
    /// The display was asked.
    Asked,
    /// By the drivers that are there.
    Drivers,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Display> {
    platform::measure(cx).await
}
