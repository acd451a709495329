//! Linux: the kernel's tree of USB devices.

use super::{Usb, UsbDevice, UsbKind, complaints};
use crate::kernel_log;
use crate::source::{detached, read_number, read_text, unread};
use crate::{Absence, Context, Reading, Reason, net};

const DEVICES: &str = "/sys/bus/usb/devices";
const MOST_DEVICES: usize = 128;

pub(super) async fn measure(cx: Context) -> Reading<Usb> {
    let limit = cx.step();
    let inner = cx.clone();
    let (tree, log) =
        tokio::join!(detached("USB devices", limit, move || tree(&inner)), kernel_log::messages(&cx));
    tree.and_then(|tree| tree)
        .map(|Tree { devices, over_current_count }| Usb {
            devices: Reading::Value(devices),
            over_current_count,
            complaints: log.map(|messages| complaints::count(&messages, kernel_log::now())).into(),
        })
        .into()
}

/// What the tree tells.
struct Tree {
    devices: Vec<UsbDevice>,
    over_current_count: Reading<u64>,
}

fn tree(cx: &Context) -> Result<Tree, Absence> {
    let entries = match std::fs::read_dir(cx.path(DEVICES)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let none = Reading::absent(Reason::NothingToMeasure, "this computer has no USB");
            return Ok(Tree { devices: Vec::new(), over_current_count: none });
        }
        Err(error) => return Err(unread(DEVICES, error)),
    };
    let mut names: Vec<String> = entries.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    // `usb1` is a hub of the computer, `1-2` a device, `1-2:1.0` a part of it.
    let devices = (names.iter())
        .filter(|n| n.starts_with(|c: char| c.is_ascii_digit()) && n.contains('-') && !n.contains(':'))
        .take(MOST_DEVICES)
        .map(|n| device(cx, n, &names))
        .collect();
    Ok(Tree { devices, over_current_count: over_current(cx, &names).into() })
}

fn device(cx: &Context, name: &str, names: &[String]) -> UsbDevice {
    let text = |file: &str| {
        read_text(cx, &format!("{DEVICES}/{name}/{file}"))
            .map(|t| net::tame(t.trim(), 80))
            .unwrap_or_default()
    };
    let parts: Vec<&String> =
        names.iter().filter(|n| n.strip_prefix(name).is_some_and(|r| r.starts_with(':'))).collect();
    let classes: Vec<String> = parts
        .iter()
        .filter_map(|p| read_text(cx, &format!("{DEVICES}/{p}/bInterfaceClass")).ok())
        .map(|c| c.trim().to_owned())
        .collect();
    let lonely =
        parts.iter().filter(|p| std::fs::read_link(cx.path(&format!("{DEVICES}/{p}/driver"))).is_err());
    let named = [text("manufacturer"), text("product")];
    UsbDevice {
        device: net::tame(name, 40),
        name: named.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" "),
        model: format!("{}:{}", text("idVendor"), text("idProduct")),
        kind: kind(&text("bDeviceClass"), &classes),
        speed_mbps: read_number(cx, &format!("{DEVICES}/{name}/speed")).into(),
        version: read_text(cx, &format!("{DEVICES}/{name}/version")).map(|v| net::tame(v.trim(), 8)).into(),
        // Kernels without the switch let every device work.
        authorised: text("authorized") != "0",
        part_count: parts.len() as u32,
        without_driver_count: lonely.count() as u32,
    }
}

/// By the class of the device, or of its parts where those say (USB defined class codes).
fn kind(device: &str, parts: &[String]) -> UsbKind {
    let of = |class: &str| match class {
        "01" => Some(UsbKind::Audio),
        "02" | "0a" => Some(UsbKind::Communication),
        "03" => Some(UsbKind::Input),
        "0e" => Some(UsbKind::Camera),
        "07" => Some(UsbKind::Printer),
        "08" => Some(UsbKind::Storage),
        "09" => Some(UsbKind::Hub),
        "e0" => Some(UsbKind::Radio),
        _ => None,
    };
    // A headset has keys, and a camera has a microphone: the first part names what it is.
    let first = || parts.iter().find_map(|class| of(class));
    of(device).or_else(first).unwrap_or(UsbKind::Other)
}

/// `usb1/1-0:1.0/usb1-port2/over_current_count`.
fn over_current(cx: &Context, names: &[String]) -> Result<u64, Absence> {
    let mut sum = None;
    for hub in names.iter().filter(|n| n.contains(':')) {
        let Ok(ports) = std::fs::read_dir(cx.path(&format!("{DEVICES}/{hub}"))) else { continue };
        for port in
            ports.filter_map(|e| e.ok()?.file_name().into_string().ok()).filter(|n| n.contains("-port"))
        {
            if let Ok(count) = read_number::<u64>(cx, &format!("{DEVICES}/{hub}/{port}/over_current_count")) {
                sum = Some(sum.unwrap_or(0u64).saturating_add(count));
            }
        }
    }
    sum.ok_or_else(|| Absence::new(Reason::NotSupported, "this kernel does not count over-current"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, Context) {
        let root = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = root.path().join("sys/bus/usb/devices").join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let cx = Context { root: root.path().to_owned(), ..Context::default() };
        (root, cx)
    }

    #[tokio::test]
    async fn a_device_is_told_from_hubs_and_parts() {
        let (root, cx) = tree(&[
            ("usb1/idVendor", "1d6b\n"),
            ("1-0:1.0/usb1-port1/over_current_count", "2\n"),
            ("1-0:1.0/usb1-port2/over_current_count", "1\n"),
            ("1-2/idVendor", "0951\n"),
            ("1-2/idProduct", "1666\n"),
            ("1-2/manufacturer", "Kingston\n"),
            ("1-2/product", "DataTraveler 3.0\n"),
            ("1-2/bDeviceClass", "00\n"),
            ("1-2/speed", "480\n"),
            ("1-2/version", " 2.10\n"),
            ("1-2/authorized", "1\n"),
            ("1-2:1.0/bInterfaceClass", "08\n"),
            ("1-2.1/authorized", "0\n"),
            ("1-2.1:1.0/bInterfaceClass", "ff\n"),
        ]);
        let part = root.path().join("sys/bus/usb/devices/1-2:1.0/driver");
        std::os::unix::fs::symlink("../../../../bus/usb/drivers/usb-storage", part).unwrap();
        let reading = measure(cx).await;
        let usb = reading.value().unwrap();
        assert_eq!(usb.over_current_count, Reading::Value(3));
        let devices = usb.devices.value().unwrap();
        assert_eq!(devices.len(), 2, "{devices:?}");
        let stick = &devices[0];
        assert_eq!((stick.name.as_str(), stick.model.as_str()), ("Kingston DataTraveler 3.0", "0951:1666"));
        assert_eq!((stick.kind, stick.authorised), (UsbKind::Storage, true));
        assert_eq!((stick.part_count, stick.without_driver_count), (1, 0));
        assert_eq!(stick.speed_mbps, Reading::Value(480.0));
        let other = &devices[1];
        assert_eq!((other.authorised, other.without_driver_count, other.kind), (false, 1, UsbKind::Other));
    }

    #[tokio::test]
    async fn a_computer_without_usb_has_no_devices() {
        let (_root, cx) = tree(&[]);
        let reading = measure(cx).await;
        assert_eq!(reading.value().unwrap().devices, Reading::Value(vec![]));
    }
}
