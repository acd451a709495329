//! Wireless hardware on the buses, with a driver or without. A driver that found no firmware stands there
//! without an interface.

use std::path::Path;

use super::{Adapter, Bus};
use crate::source::{read_text, unread};
use crate::{Absence, Context, Reading, Reason, net};

/// A desk computer has a few dozen; a server with hundreds is not searched to the end.
const MOST_DEVICES: usize = 512;

/// PCI: a network controller of no older kind, which is what wireless ones say they are.
const PCI_CLASS: &str = "0x0280";

/// SDIO: the standard's class for wireless network cards.
const SDIO_CLASS: &str = "0x07";

/// What the makers of USB adapters call them.
const USB_NAMES: &[&str] = &["802.11", "wlan", "wi-fi", "wifi", "wireless lan", "wireless adapter"];

/// All that is found, in the order of the buses.
pub(super) fn adapters(cx: &Context) -> Result<Vec<Adapter>, Absence> {
    let buses = [(Bus::Pci, "pci"), (Bus::Usb, "usb"), (Bus::Sdio, "sdio")];
    let mut found = Vec::new();
    let mut any = false;
    for (bus, name) in buses {
        let folder = format!("/sys/bus/{name}/devices");
        let entries = match std::fs::read_dir(cx.path(&folder)) {
            Ok(entries) => entries,
            // A computer need not have this bus.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(unread(&folder, error)),
        };
        any = true;
        let mut names: Vec<String> =
            entries.filter_map(|e| e.ok()?.file_name().into_string().ok()).take(MOST_DEVICES).collect();
        names.sort();
        found.extend(names.iter().filter_map(|name| adapter(cx, bus, &format!("{folder}/{name}"))));
    }
    if any { Ok(found) } else { Err(Absence::new(Reason::NotSupported, "the kernel shows no buses")) }
}

fn adapter(cx: &Context, bus: Bus, folder: &str) -> Option<Adapter> {
    let word = |folder: &str, file: &str| {
        read_text(cx, &format!("{folder}/{file}")).ok().map(|text| text.trim().to_lowercase())
    };
    let (maker, model) = match bus {
        Bus::Pci => {
            word(folder, "class").filter(|class| class.starts_with(PCI_CLASS))?;
            (word(folder, "vendor")?, word(folder, "device")?)
        }
        Bus::Sdio => {
            word(folder, "class").filter(|class| class == SDIO_CLASS)?;
            (word(folder, "vendor")?, word(folder, "device")?)
        }
        Bus::Usb => {
            // Interfaces are listed beside their devices: `1-4:1.0` belongs to `1-4`. Radio adapters have
            // one of the maker's own class; a Bluetooth one beside it has another.
            let (device, _) = folder.rsplit_once(':')?;
            word(folder, "bInterfaceClass").filter(|c| c == "ff")?;
            let name = word(device, "product")?;
            USB_NAMES.iter().any(|known| name.contains(known)).then_some(())?;
            (word(device, "idVendor")?, word(device, "idProduct")?)
        }
    };
    let number = |text: &str| net::tame(text.trim_start_matches("0x"), 8);
    Some(Adapter {
        bus,
        model: format!("{}:{}", number(&maker), number(&model)),
        driver: driver(&cx.path(&format!("{folder}/driver"))),
        interface_count: std::fs::read_dir(cx.path(&format!("{folder}/net")))
            .map_or(0, |entries| entries.flatten().take(MOST_DEVICES).count() as u64),
    })
}

fn driver(link: &Path) -> Reading<String> {
    match std::fs::read_link(link) {
        Ok(target) => target
            .file_name()
            .map(|name| net::tame(&name.to_string_lossy(), 40))
            .ok_or_else(|| Absence::new(Reason::Failed, "the driver has no name"))
            .into(),
        Err(_) => Reading::absent(Reason::NothingToMeasure, "no driver has taken it on"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree shaped like /sys of a laptop: the devices of these buses and nothing else.
    fn tree(files: &[(&str, &str)], drivers: &[(&str, &str)]) -> (tempfile::TempDir, Context) {
        let root = tempfile::tempdir().unwrap();
        let place = |file: &str| {
            let path = root.path().join("sys/bus").join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            path
        };
        for (file, text) in files {
            std::fs::write(place(file), text).unwrap();
        }
        for (file, name) in drivers {
            std::os::unix::fs::symlink(format!("../../../bus/pci/drivers/{name}"), place(file)).unwrap();
        }
        let cx = Context { root: root.path().to_owned(), ..Context::default() };
        (root, cx)
    }

    const CARD: &[(&str, &str)] = &[
        ("pci/devices/0000:00:14.3/class", "0x028000\n"),
        ("pci/devices/0000:00:14.3/vendor", "0x8086\n"),
        ("pci/devices/0000:00:14.3/device", "0x02f0\n"),
        ("pci/devices/0000:00:1f.6/class", "0x020000\n"),
        ("pci/devices/0000:00:1f.6/vendor", "0x8086\n"),
        ("pci/devices/0000:00:1f.6/device", "0x0d4f\n"),
    ];

    #[test]
    fn a_card_without_driver_is_found_and_the_wired_one_is_not() {
        let (_root, cx) = tree(CARD, &[]);
        let found = adapters(&cx).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].bus, found[0].model.as_str()), (Bus::Pci, "8086:02f0"));
        assert_eq!(found[0].driver.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(found[0].interface_count, 0);
    }

    #[test]
    fn a_card_that_works_has_a_driver_and_an_interface() {
        let mut files = CARD.to_vec();
        files.push(("pci/devices/0000:00:14.3/net/wlp0s20f3/type", "1\n"));
        let (_root, cx) = tree(&files, &[("pci/devices/0000:00:14.3/driver", "iwlwifi")]);
        let found = adapters(&cx).unwrap();
        assert_eq!(found[0].driver, Reading::Value("iwlwifi".into()));
        assert_eq!(found[0].interface_count, 1);
    }

    #[test]
    fn a_usb_adapter_is_known_by_its_own_name_and_bluetooth_beside_it_is_not_meant() {
        let (_root, cx) = tree(
            &[
                ("usb/devices/1-4/product", "802.11ac NIC\n"),
                ("usb/devices/1-4/idVendor", "0bda\n"),
                ("usb/devices/1-4/idProduct", "c811\n"),
                ("usb/devices/1-4:1.0/bInterfaceClass", "e0\n"),
                ("usb/devices/1-4:1.2/bInterfaceClass", "ff\n"),
                ("usb/devices/1-5/product", "Mouse\n"),
                ("usb/devices/1-5:1.0/bInterfaceClass", "ff\n"),
            ],
            &[],
        );
        let found = adapters(&cx).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].bus, found[0].model.as_str()), (Bus::Usb, "0bda:c811"));
    }

    #[test]
    fn without_buses_nothing_is_said() {
        let (_root, cx) = tree(&[], &[]);
        assert_eq!(adapters(&cx).unwrap_err().reason, Reason::NotSupported);
        let (_root, cx) = tree(&[("pci/devices/0000:00:1f.6/class", "0x020000\n")], &[]);
        assert_eq!(adapters(&cx).unwrap(), vec![]);
    }
}
