//! Linux: the kernel's list of input devices.

use super::{Input, InputBus, InputDevice, InputKind};
use crate::source::{detached, read_text};
use crate::{Absence, Context, Reading, Reason, net};

const DEVICES: &str = "/proc/bus/input/devices";
const MOST_DEVICES: usize = 64;

pub(super) async fn measure(cx: Context) -> Reading<Input> {
    let limit = cx.step();
    let read = detached("input devices", limit, move || Input {
        devices: read_text(&cx, DEVICES)
            .map(|text| text.split("\n\n").filter_map(device).take(MOST_DEVICES).collect())
            .into(),
        layouts: layouts(&cx).into(),
    });
    read.await.into()
}

/// A block of lines such as `N: Name="AT Translated Set 2 keyboard"`.
fn device(block: &str) -> Option<InputDevice> {
    let line = |start: &str| block.lines().find_map(|l| l.strip_prefix(start));
    let words =
        |start: &str| line(start).map(|l| l.split_whitespace().collect::<Vec<_>>()).unwrap_or_default();
    let handlers = words("H: Handlers=");
    let pointer = handlers.iter().any(|h| h.starts_with("mouse"));
    let moves = line("B: ABS=").is_some_and(|bits| bits.trim() != "0");
    // Keys 1 to 31, Escape to S: what udev calls a keyboard, and what no lid switch has.
    let letters = words("B: KEY=").last().and_then(|w| u64::from_str_radix(w, 16).ok()).unwrap_or(0);
    let kind = if letters & 0xffff_fffe == 0xffff_fffe {
        InputKind::Keyboard
    } else if pointer && moves && line("B: REL=").is_none() {
        // A touchpad lies below the fingers (INPUT_PROP_POINTER), a screen is seen through (DIRECT).
        let direct =
            line("B: PROP=").and_then(|p| u64::from_str_radix(p.trim(), 16).ok()).is_some_and(|p| p & 2 != 0);
        if direct { InputKind::Touchscreen } else { InputKind::Touchpad }
    } else if pointer {
        InputKind::Mouse
    } else {
        return None;
    };
    let bus = line("I: ").and_then(|l| l.split_whitespace().find_map(|w| w.strip_prefix("Bus=")));
    Some(InputDevice {
        name: net::tame(line("N: Name=").unwrap_or_default().trim().trim_matches('"'), 80),
        kind,
        // linux/input.h, BUS_*.
        connection: match bus {
            Some("0003") => InputBus::Usb,
            Some("0005") => InputBus::Bluetooth,
            Some("0006") => InputBus::Virtual,
            _ => InputBus::Inside,
        },
    })
}

fn layouts(cx: &Context) -> Result<Vec<String>, Absence> {
    let files = [("/etc/default/keyboard", "XKBLAYOUT="), ("/etc/vconsole.conf", "KEYMAP=")];
    let found = files.iter().find_map(|(file, key)| {
        let text = read_text(cx, file).ok()?;
        let value = text.lines().find_map(|l| l.trim().strip_prefix(key))?.trim_matches('"').to_owned();
        (!value.is_empty()).then_some(value)
    });
    let none = || Absence::new(Reason::NotSupported, "no file of the system names a layout");
    found.map(|value| value.split(',').take(8).map(|l| net::tame(l.trim(), 20)).collect()).ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r#"I: Bus=0019 Vendor=0000 Product=0005 Version=0000
N: Name="Lid Switch"
H: Handlers=event0
B: PROP=0
B: EV=21
B: SW=1

I: Bus=0011 Vendor=0001 Product=0001 Version=ab41
N: Name="AT Translated Set 2 keyboard"
H: Handlers=sysrq kbd leds event2
B: PROP=0
B: EV=120013
B: KEY=402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe
B: MSC=10
B: LED=7

I: Bus=0018 Vendor=06cb Product=cd8b Version=0100
N: Name="SYNA8004:00 06CB:CD8B Touchpad"
H: Handlers=mouse1 event7
B: PROP=5
B: EV=1b
B: KEY=e520 10000 0 0 0 0
B: ABS=2e0800000000003

I: Bus=0003 Vendor=046d Product=c077 Version=0111
N: Name="Logitech USB Optical Mouse"
H: Handlers=mouse2 event9
B: PROP=0
B: EV=17
B: KEY=70000 0 0 0 0
B: REL=903

I: Bus=0003 Vendor=0a5c Product=1234 Version=0111
N: Name="Headset"
H: Handlers=kbd event11
B: KEY=c000000000000 0
"#;

    #[tokio::test]
    async fn what_types_and_points_is_told_from_switches_and_keys_of_headsets() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("proc/bus/input")).unwrap();
        std::fs::create_dir_all(root.path().join("etc/default")).unwrap();
        std::fs::write(root.path().join("proc/bus/input/devices"), TABLE).unwrap();
        std::fs::write(root.path().join("etc/default/keyboard"), "XKBMODEL=\"pc105\"\nXKBLAYOUT=\"de,us\"\n")
            .unwrap();
        let reading = measure(Context { root: root.path().to_owned(), ..Context::default() }).await;
        let input = reading.value().unwrap();
        let told: Vec<_> = input.devices.value().unwrap().iter().map(|d| (d.kind, d.connection)).collect();
        assert_eq!(
            told,
            [
                (InputKind::Keyboard, InputBus::Inside),
                (InputKind::Touchpad, InputBus::Inside),
                (InputKind::Mouse, InputBus::Usb),
            ]
        );
        assert_eq!(input.layouts, Reading::Value(vec!["de".into(), "us".into()]));
    }
}
