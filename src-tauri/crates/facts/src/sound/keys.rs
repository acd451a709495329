//! Keys and sliders of the computer that switch its microphone or its camera off.
//!
//! - `/sys/class/leds/*micmute`: the light of the key that switches the microphone off
//! - Dell: `dell_privacy_current_state` of the WMI driver, for both
//! - Lenovo: `camera_power` of the driver `ideapad`

use crate::source::{MOST_NAMES, names, read_text};
use crate::{Absence, Context, Reason};

const LEDS: &str = "/sys/class/leds";
const DELL: &str = "/sys/bus/wmi/drivers/dell-privacy";
const LENOVO: &str = "/sys/bus/platform/drivers/ideapad_acpi";

/// What the keys say.
pub(crate) struct Privacy {
    /// The microphone is off.
    pub(crate) microphone_off: Result<bool, Absence>,
    /// The camera is off or covered.
    pub(crate) camera_off: Result<bool, Absence>,
}

/// Asks all of them.
pub(crate) fn privacy_keys(cx: &Context) -> Privacy {
    let none = || Absence::new(Reason::NotSupported, "this computer tells of no such key");
    let dell = dell(cx);
    Privacy {
        microphone_off: dell.and_then(|d| d.0).or_else(|| light(cx)).ok_or_else(none),
        camera_off: dell.and_then(|d| d.1).or_else(|| lenovo(cx)).ok_or_else(none),
    }
}

/// What a folder lists; nothing where it cannot be read.
fn listed(cx: &Context, folder: &str) -> Vec<String> {
    names(cx, folder, MOST_NAMES).unwrap_or_default()
}

/// On means: switched off.
fn light(cx: &Context) -> Option<bool> {
    let name = listed(cx, LEDS).into_iter().find(|n| n.ends_with("micmute"))?;
    let text = read_text(cx, &format!("{LEDS}/{name}/brightness")).ok()?;
    Some(text.trim().parse::<u32>().ok()? > 0)
}

/// Lines such as `[Microphone] [unmuted]` and `[Camera Shutter] [unmuted]`.
fn dell(cx: &Context) -> Option<(Option<bool>, Option<bool>)> {
    let device = listed(cx, DELL).into_iter().find(|n| n.contains('-'))?;
    let text = read_text(cx, &format!("{DELL}/{device}/dell_privacy_current_state")).ok()?;
    let of = |what: &str| text.lines().find(|l| l.contains(what)).map(|l| l.contains("[muted]"));
    Some((of("Microphone"), of("Camera")))
}

fn lenovo(cx: &Context) -> Option<bool> {
    let mut devices = listed(cx, LENOVO).into_iter().filter(|n| n.contains(':'));
    devices.find_map(|device| {
        let text = read_text(cx, &format!("{LENOVO}/{device}/camera_power")).ok()?;
        Some(text.trim() == "0")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(files: &[(&str, &str)]) -> (Option<bool>, Option<bool>) {
        let root = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let keys = privacy_keys(&Context { root: root.path().to_owned(), ..Context::default() });
        (keys.microphone_off.ok(), keys.camera_off.ok())
    }

    #[test]
    fn each_makers_key_is_read() {
        assert_eq!(keys(&[]), (None, None));
        assert_eq!(keys(&[("sys/class/leds/platform::micmute/brightness", "1\n")]), (Some(true), None));
        assert_eq!(keys(&[("sys/class/leds/platform::micmute/brightness", "0\n")]), (Some(false), None));
        let dell = "sys/bus/wmi/drivers/dell-privacy/6932965F-1671-4CEB-B988-D3AB0A901919/dell_privacy_current_state";
        let text = "[Microphone] [unmuted]\n[Camera Shutter] [muted]\n";
        assert_eq!(keys(&[(dell, text)]), (Some(false), Some(true)));
        let lenovo = "sys/bus/platform/drivers/ideapad_acpi/VPC2004:00/camera_power";
        assert_eq!(keys(&[(lenovo, "0\n")]), (None, Some(true)));
        assert_eq!(keys(&[(lenovo, "1\n")]), (None, Some(false)));
    }
}
