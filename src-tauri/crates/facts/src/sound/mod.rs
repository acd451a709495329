//! Sound: the sound server, where sound goes to, which microphone listens, and what is switched off.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | PipeWire or PulseAudio over PulseAudio's own protocol, on the socket in the person's runtime folder | none, as the person who is signed in | another person's server; a server on another computer (`PULSE_SERVER`) is not asked |
//! | Linux | `/sys/class/sound`, `/proc/asound/cards`: cards that the kernel has | none | a device without a driver: see `usb` |
//! | Linux | `/sys/class/leds`, Dell's and Lenovo's privacy files: the key that switches the microphone off | none | keyboards that tell nobody |
//! | Linux | the desktop portal over D-Bus: GNOME's privacy settings | none | other desktops have no such setting |
//! | Windows, macOS | none yet; Windows will be asked through Core Audio (WASAPI) and the consent store, macOS through Core Audio | | |
//!
//! Nothing is played and nothing is recorded.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod cards;
#[cfg(target_os = "linux")]
mod keys;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod pulse;

#[cfg(target_os = "linux")]
pub(crate) use keys::privacy_keys;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// Sound.
    pub struct Sound {
        /// Whether the sound server works.
        public state: ServerState,
        /// What the server calls itself.
        public server_name: Reading<String>,
        /// The server's version.
        public server_version: Reading<String>,
        /// Where sound can go to.
        part outputs: Reading<Vec<SoundDevice>>,
        /// Microphones and other inputs; what only listens to an output is left out.
        part inputs: Reading<Vec<SoundDevice>>,
        /// How the server uses each card.
        part profiles: Reading<Vec<CardProfile>>,
        /// Programs that play or record.
        part programs: Reading<Vec<SoundProgram>>,
        /// Sound cards that the kernel has.
        part cards: Reading<Vec<SoundCard>>,
        /// Whether a setting of the desktop forbids the microphone.
        public microphone_forbidden: Reading<bool>,
        /// Whether a key of the computer has switched the microphone off.
        public microphone_key_off: Reading<bool>,
    }

    /// An output or an input.
    pub struct SoundDevice {
        /// What the server calls it.
        internal name: String,
        /// Whether programs use it unless they are told otherwise.
        public is_default: bool,
        /// What stands behind it.
        public class: DeviceClass,
        /// Whether it is switched to silent.
        public muted: bool,
        /// Volume of the loudest channel, as volume controls show it.
        public volume_percent: u32,
        /// Whether something is played or recorded at this moment.
        public active: bool,
        /// The socket or part that is used.
        public port: Reading<String>,
        /// Whether something is plugged in there.
        public plugged: Reading<Plugged>,
        /// Other sockets of the device in which something is plugged in.
        public other_plugged: Vec<String>,
    }

    /// How a card is used.
    pub struct CardProfile {
        /// The card.
        internal name: String,
        /// The name of the profile in use.
        public profile: Reading<String>,
        /// Outputs that this profile gives.
        public output_count: u32,
        /// Inputs that this profile gives.
        public input_count: u32,
        /// The most outputs that a profile of the card gives.
        public possible_output_count: u32,
        /// The most inputs that a profile of the card gives.
        public possible_input_count: u32,
    }

    /// A program that plays or records.
    pub struct SoundProgram {
        /// The program.
        internal name: String,
        /// Whether it plays or records.
        public role: ProgramRole,
        /// The output or input that it uses.
        internal device: String,
        /// Whether it alone is switched to silent.
        public muted: bool,
        /// Its own volume.
        public volume_percent: u32,
        /// Whether it pauses.
        public paused: bool,
    }

    /// A sound card of the kernel.
    pub struct SoundCard {
        /// Its name.
        public name: String,
        /// The driver.
        public driver: Reading<String>,
        /// Whether it can play.
        public plays: bool,
        /// Whether it can record.
        public records: bool,
    }
}

/// Whether a local server works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServerState {
    /// It answers.
    Running,
    /// Nobody takes connections, though its socket or its settings are there.
    NotRunning,
    /// There is no sign of one.
    NotThere,
    /// It takes connections and does not answer.
    Silent,
    /// This user may not connect.
    Refused,
    /// It answered with an error.
    Failed,
    /// Settings name a server on another computer, which is not asked.
    Elsewhere,
}

/// What stands behind an output or input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceClass {
    /// A part of this computer, or a device at a socket.
    Hardware,
    /// A device over Bluetooth.
    Bluetooth,
    /// A device of another computer.
    Network,
    /// Made by a program.
    Virtual,
    /// The stand-in that the server makes while it has no other.
    Dummy,
}

/// Whether something is plugged into a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Plugged {
    /// Yes.
    Plugged,
    /// No.
    Unplugged,
    /// The socket cannot tell.
    Untold,
}

/// What a program does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProgramRole {
    /// It plays.
    Plays,
    /// It records.
    Records,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Sound> {
    platform::measure(cx).await
}
