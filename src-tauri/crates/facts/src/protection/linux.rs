//! Linux: device mapper, firewalls, and the store of certificates.

use zbus::zvariant::OwnedObjectPath;

use super::certificates::{self, Store};
use super::{Firewall, FirewallProgram, Protection};
use crate::bus::{Service, systemd};
use crate::source::{detached, names, read_text, word};
use crate::{Absence, Context, Reading, Reason};

/// LVM on RAID on an encrypted partition is four deep.
const DEEPEST: usize = 8;

pub(super) async fn measure(cx: Context) -> Reading<Protection> {
    let read = detached("read what protects the disks", cx.step(), {
        let cx = cx.clone();
        move || {
            let home = crate::system::home_folder(&cx);
            let of = |folder: &str| encrypted(&cx, folder);
            (of("/"), home.and_then(|home| of(&home)), certificates::store(&cx), certificates::own(&cx))
        }
    });
    let (read, firewalls) = tokio::join!(read, firewalls(&cx));
    read.map(|(system, home, store, own)| {
        let count = |pick: fn(&Store) -> u32| store.as_ref().map(pick).map_err(Clone::clone);
        Protection {
            system_encrypted: system.into(),
            home_encrypted: home.into(),
            firewalls: Reading::Value(firewalls),
            trusted_count: count(|s| s.all).into(),
            trusted_expired_count: count(|s| s.expired).into(),
            own_certificates: own.into(),
        }
    })
    .into()
}

/// Whether what is stored in a folder is encrypted on its disk.
fn encrypted(cx: &Context, folder: &str) -> Result<bool, Absence> {
    let table = read_text(cx, "/proc/self/mountinfo")?;
    // Of two mounts in one place the later one is seen: proc_pid_mountinfo(5).
    let mut best: Option<Mount<'_>> = None;
    for mount in table.lines().filter_map(mount) {
        let inside = mount.point == "/"
            || folder == mount.point
            || folder.strip_prefix(mount.point).is_some_and(|rest| rest.starts_with('/'));
        if inside && best.as_ref().is_none_or(|b| b.point.len() <= mount.point.len()) {
            best = Some(mount);
        }
    }
    let none = |why: String| Absence::new(Reason::NotSupported, why);
    let mount = best.ok_or_else(|| none(format!("nothing is mounted at {folder}")))?;
    if mount.kind == "ecryptfs" {
        return Ok(true);
    }
    let number = if mount.number.starts_with("0:") {
        // btrfs has a number of its own, and names its device.
        device_number(cx, mount.source)
            .ok_or_else(|| none(format!("{} has no device of its own", mount.kind)))?
    } else {
        mount.number.to_owned()
    };
    let device = format!("/sys/dev/block/{number}");
    if !cx.path(&device).exists() {
        return Err(none(format!("{device} is not there")));
    }
    Ok(by_crypt(cx, &device, DEEPEST))
}

struct Mount<'a> {
    number: &'a str,
    point: &'a str,
    kind: &'a str,
    source: &'a str,
}

fn mount(line: &str) -> Option<Mount<'_>> {
    let (front, back) = line.split_once(" - ")?;
    let mut front = front.split(' ').skip(2);
    let (number, point) = (front.next()?, front.nth(1)?);
    let mut back = back.split(' ');
    Some(Mount { number, point, kind: back.next()?, source: back.next()? })
}

/// The number of a device under /dev; a recorded tree has none.
fn device_number(cx: &Context, source: &str) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    if !source.starts_with("/dev/") {
        return None;
    }
    let number = std::fs::metadata(cx.path(source)).ok()?.rdev();
    (number != 0).then(|| format!("{}:{}", rustix::fs::major(number), rustix::fs::minor(number)))
}

/// Whether a block device, or all that it is made of, is encrypted.
fn by_crypt(cx: &Context, device: &str, deepest: usize) -> bool {
    if word(cx, &format!("{device}/dm/uuid")).is_some_and(|uuid| uuid.starts_with("CRYPT-")) {
        return true;
    }
    let below = names(cx, &format!("{device}/slaves"), 64).unwrap_or_default();
    deepest > 0
        && !below.is_empty()
        && below.iter().all(|name| by_crypt(cx, &format!("{device}/slaves/{name}"), deepest - 1))
}

/// The programs that look after a firewall and are installed.
async fn firewalls(cx: &Context) -> Vec<Firewall> {
    let mut found = Vec::new();
    for (program, unit, installed) in [
        (FirewallProgram::Ufw, "ufw.service", "/etc/ufw/ufw.conf"),
        (FirewallProgram::Firewalld, "firewalld.service", "/etc/firewalld"),
        (FirewallProgram::Nftables, "nftables.service", "/etc/nftables.conf"),
    ] {
        if !cx.path(installed).exists() {
            continue;
        }
        let state = state(cx, unit).await;
        let switched_on = match program {
            FirewallProgram::Ufw => read_text(cx, installed).map(|text| ufw_on(&text)),
            _ => state.clone().and_then(|s| {
                s.enabled
                    .ok_or_else(|| Absence::new(Reason::Failed, "systemd does not say whether it is wanted"))
            }),
        };
        found.push(Firewall {
            kind: program,
            switched_on: switched_on.into(),
            active: state.map(|s| s.active).into(),
        });
    }
    found
}

fn ufw_on(text: &str) -> bool {
    let value = text.lines().filter_map(|line| line.trim().strip_prefix("ENABLED=")).next_back();
    value.is_some_and(|value| value.trim_matches(['"', '\'']).eq_ignore_ascii_case("yes"))
}

#[derive(Clone)]
struct UnitState {
    active: bool,
    enabled: Option<bool>,
}

async fn state(cx: &Context, unit: &str) -> Result<UnitState, Absence> {
    Service::ask(cx, systemd::NAME, async |manager| {
        let path: OwnedObjectPath =
            manager.call(systemd::ROOT, systemd::MANAGER, "LoadUnit", &(unit,)).await?;
        let unit = manager.properties(&path, systemd::UNIT).await?;
        let word = |name: &str| unit.get::<String>(name).unwrap_or_default();
        Ok(UnitState {
            active: word("ActiveState") == "active",
            enabled: match word("UnitFileState").as_str() {
                "enabled" | "enabled-runtime" | "static" | "alias" => Some(true),
                "disabled" | "masked" => Some(false),
                _ => None,
            },
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    const PLAIN: &str = "25 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw\n\
                         26 25 0:5 / /proc rw - proc proc rw\n";
    const LVM: &str = "25 1 253:1 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw\n\
                       30 25 253:2 / /home rw,relatime shared:1 - ext4 /dev/mapper/home rw\n";

    #[test]
    fn a_plain_partition_is_not_encrypted_and_one_on_dm_crypt_is() {
        let (_root, cx) = tree(&[("proc/self/mountinfo", PLAIN), ("sys/dev/block/8:2/partition", "2\n")]);
        assert_eq!(encrypted(&cx, "/"), Ok(false));
        assert_eq!(encrypted(&cx, "/home/x"), Ok(false));
        let (_root, cx) = tree(&[
            ("proc/self/mountinfo", LVM),
            ("sys/dev/block/253:1/dm/uuid", "LVM-abc\n"),
            ("sys/dev/block/253:1/slaves/dm-0/dm/uuid", "CRYPT-LUKS2-0123-luks\n"),
            ("sys/dev/block/253:2/dm/uuid", "LVM-def\n"),
            ("sys/dev/block/253:2/slaves/dm-0/dm/uuid", "CRYPT-LUKS2-0123-luks\n"),
            ("sys/dev/block/253:2/slaves/sdb1/size", "1\n"),
        ]);
        assert_eq!(encrypted(&cx, "/"), Ok(true));
        assert_eq!(encrypted(&cx, "/home/x"), Ok(false), "one half of it lies on a plain partition");
    }

    #[test]
    fn what_has_no_device_is_not_known() {
        let (_root, cx) = tree(&[("proc/self/mountinfo", "25 1 0:30 / / rw - zfs rpool/root rw\n")]);
        assert_eq!(encrypted(&cx, "/").unwrap_err().reason, Reason::NotSupported);
    }

    #[tokio::test]
    async fn a_firewall_that_is_installed_says_whether_it_is_wanted() {
        let (_root, cx) = tree(&[("etc/ufw/ufw.conf", "# x\nENABLED=yes\nLOGLEVEL=low\n")]);
        let found = firewalls(&cx).await;
        assert_eq!((found[0].kind, found[0].switched_on.value()), (FirewallProgram::Ufw, Some(&true)));
        assert!(found[0].active.value().is_none(), "a recorded tree has no systemd");
        assert!(!ufw_on("ENABLED=no\n") && !ufw_on(""));
    }
}
