//! Cards, connectors and backlights, by the kernel's own lists.

use std::fs::File;
use std::io::Read;

use super::{Backlight, Card, Connector, ConnectorKind, edid};
use crate::source::{names, read_number, unread, word};
use crate::{Absence, Context, Reason, net};

const DRM: &str = "/sys/class/drm";
const PCI: &str = "/sys/bus/pci/devices";
const BACKLIGHTS: &str = "/sys/class/backlight";

/// A wall of monitors has forty; servers have hundreds of PCI devices.
const MOST: usize = 1024;

/// Makers of cards that only a virtual machine has: QEMU, VMware, VirtualBox, virtio, QXL, Hyper-V.
const VIRTUAL_MAKERS: &[&str] = &["0x1234", "0x15ad", "0x80ee", "0x1af4", "0x1b36", "0x1414"];

/// Drivers of cards that are made up.
const VIRTUAL_DRIVERS: &[&str] =
    &["vkms", "vgem", "virtio_gpu", "hyperv_drm", "vboxvideo", "vmwgfx", "qxl", "bochs-drm", "cirrus"];

fn missing(what: &str) -> Absence {
    Absence::new(Reason::NotSupported, format!("{what} is not there"))
}

/// The name of what a link of a device's leads to.
fn link(cx: &Context, path: &str) -> Result<String, Absence> {
    let target = std::fs::read_link(cx.path(path)).map_err(|e| unread(path, e))?;
    let name = target.file_name().map(|name| net::tame(&name.to_string_lossy(), 40));
    name.ok_or_else(|| missing(path))
}

pub(super) fn cards(cx: &Context) -> Result<Vec<Card>, Absence> {
    let mut cards = Vec::new();
    for name in names(cx, PCI, MOST)? {
        let folder = format!("{PCI}/{name}");
        // A display controller: PCI code 03.
        if word(cx, &format!("{folder}/class")).is_some_and(|class| class.starts_with("0x03")) {
            let nodes = names(cx, &format!("{folder}/drm"), MOST)?;
            cards.push(card(cx, &name, &folder, &nodes));
        }
    }
    // Boards, virtual machines and the picture that the firmware left have no PCI device.
    for name in names(cx, DRM, MOST)? {
        let folder = format!("{DRM}/{name}/device");
        let number =
            name.strip_prefix("card").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        if !number || cx.path(&format!("{folder}/class")).exists() {
            continue;
        }
        let nodes = names(cx, &format!("{folder}/drm"), MOST)?;
        let place = std::fs::canonicalize(cx.path(&folder)).ok();
        let place = place.and_then(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()));
        let place = place.filter(|place| place != "device").unwrap_or(name);
        cards.push(card(cx, &place, &folder, &nodes));
    }
    Ok(cards)
}

fn card(cx: &Context, name: &str, folder: &str, nodes: &[String]) -> Card {
    let of = |file: &str| {
        let path = format!("{folder}/{file}");
        word(cx, &path).map(|word| net::tame(&word, 12)).ok_or_else(|| missing(&path))
    };
    let (vendor, driver) = (of("vendor"), link(cx, &format!("{folder}/driver")));
    let known = |list: &[&str], word: &Result<String, Absence>| {
        word.as_ref().is_ok_and(|word| list.contains(&word.as_str()))
    };
    Card {
        name: net::tame(name, 40),
        virtual_card: known(VIRTUAL_MAKERS, &vendor) || known(VIRTUAL_DRIVERS, &driver),
        vendor_id: vendor.into(),
        device_id: of("device").into(),
        driver: driver.into(),
        primary: read_number::<u8>(cx, &format!("{folder}/boot_vga")).is_ok_and(|boot| boot != 0),
        renders: nodes.iter().any(|node| node.starts_with("renderD")),
    }
}

pub(super) fn connectors(cx: &Context) -> Result<Vec<Connector>, Absence> {
    let mut connectors = Vec::new();
    for entry in names(cx, DRM, MOST)? {
        // `card0-HDMI-A-1`.
        let Some((card, name)) = entry.split_once('-') else { continue };
        if !card.starts_with("card") || name.starts_with("Writeback") {
            continue;
        }
        let of = |file: &str| {
            let path = format!("{DRM}/{entry}/{file}");
            word(cx, &path).ok_or_else(|| missing(&path))
        };
        let connected = of("status").and_then(|status| match status.as_str() {
            "connected" => Ok(true),
            "disconnected" => Ok(false),
            _ => Err(Absence::new(Reason::NotSupported, "the card cannot tell")),
        });
        let monitor = match connected {
            Ok(true) => {
                description(cx, &format!("{DRM}/{entry}/edid")).and_then(|bytes| edid::monitor(&bytes))
            }
            Ok(false) => Err(Absence::new(Reason::NothingToMeasure, "nothing is connected")),
            Err(ref absent) => Err(absent.clone()),
        };
        let modes = crate::source::read_text(cx, &format!("{DRM}/{entry}/modes"));
        connectors.push(Connector {
            name: net::tame(name, 40),
            kind: kind(name),
            connected: connected.into(),
            enabled: of("enabled").map(|enabled| enabled == "enabled").into(),
            lit: of("dpms").map(|dpms| dpms == "On").into(),
            mode_count: modes.map(|text| u32::try_from(text.lines().count()).unwrap_or(u32::MAX)).into(),
            monitor: monitor.into(),
        });
    }
    Ok(connectors)
}

fn description(cx: &Context, path: &str) -> Result<Vec<u8>, Absence> {
    let mut bytes = Vec::new();
    let read = File::open(cx.path(path)).and_then(|file| file.take(1 << 16).read_to_end(&mut bytes));
    read.map_err(|e| unread(path, e))?;
    Ok(bytes)
}

/// By the kernel's names: drm_connector.c.
fn kind(name: &str) -> ConnectorKind {
    let word = name.rsplit_once('-').map_or(name, |(word, _)| word);
    match word {
        "eDP" | "LVDS" | "DSI" => ConnectorKind::BuiltIn,
        "HDMI-A" | "HDMI-B" => ConnectorKind::Hdmi,
        "DP" => ConnectorKind::DisplayPort,
        "DVI-D" | "DVI-I" | "DVI-A" => ConnectorKind::Dvi,
        "VGA" => ConnectorKind::Vga,
        "Virtual" => ConnectorKind::Virtual,
        _ => ConnectorKind::Other,
    }
}

pub(super) fn backlights(cx: &Context) -> Result<Vec<Backlight>, Absence> {
    let mut backlights = Vec::new();
    for name in names(cx, BACKLIGHTS, MOST)? {
        let of = |file: &str| read_number::<u32>(cx, &format!("{BACKLIGHTS}/{name}/{file}"));
        let (Ok(most), Ok(now)) = (of("max_brightness"), of("brightness")) else { continue };
        if most > 0 {
            backlights.push(Backlight {
                brightness_percent: (100.0 * f64::from(now) / f64::from(most)).min(100.0),
                // FB_BLANK_UNBLANK is nought.
                off: of("bl_power").is_ok_and(|power| power != 0),
                name: net::tame(&name, 40),
            });
        }
    }
    Ok(backlights)
}
