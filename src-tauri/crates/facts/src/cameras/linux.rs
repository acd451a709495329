//! Linux: V4L2 devices of the kernel, their files, and who holds them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rustix::fs::{Access, AtFlags, CWD, accessat};

use super::{Camera, CameraAccess, Cameras};
use crate::desktop_settings::{privacy_setting, refused_programs};
use crate::sound::privacy_keys;
use crate::source::{MOST_NAMES, detached, names, read_number, read_text, unread};
use crate::{Absence, Context, Reading, Reason, net};

const CLASS: &str = "/sys/class/video4linux";
const MOST_DEVICES: usize = 32;
/// Processes that are looked into, and open files of each.
const MOST_PROCESSES: usize = 4096;
const MOST_FILES: usize = 1024;

pub(super) async fn measure(cx: Context) -> Reading<Cameras> {
    let camera_key_off = privacy_keys(&cx).camera_off.into();
    let devices = {
        let cx = cx.clone();
        detached("cameras", cx.step(), move || devices(&cx))
    };
    let (devices, forbidden, refused) =
        tokio::join!(devices, privacy_setting(&cx, "disable-camera"), refused_programs(&cx, "camera"),);
    Reading::Value(Cameras {
        devices: devices.and_then(|d| d).into(),
        camera_forbidden: forbidden.into(),
        camera_key_off,
        refused_programs: refused.into(),
    })
}

fn devices(cx: &Context) -> Result<Vec<Camera>, Absence> {
    let mut names = names(cx, CLASS, MOST_NAMES)?;
    names.retain(|n| n.starts_with("video"));
    names.truncate(MOST_DEVICES);
    // A camera has further nodes for data about its pictures; the first one is the camera.
    names.retain(|n| read_number::<u32>(cx, &format!("{CLASS}/{n}/index")).unwrap_or(0) == 0);
    let files: BTreeMap<PathBuf, usize> =
        names.iter().enumerate().map(|(i, n)| (PathBuf::from(format!("/dev/{n}")), i)).collect();
    let mut holders = if names.is_empty() { Ok(vec![]) } else { holders(cx, &files, names.len()) };
    Ok(names
        .into_iter()
        .enumerate()
        .map(|(i, device)| {
            let title = read_text(cx, &format!("{CLASS}/{device}/name")).unwrap_or_default();
            let driver = std::fs::read_link(cx.path(&format!("{CLASS}/{device}/device/driver")));
            Camera {
                name: net::tame(title.trim(), 80),
                driver: Reading::from_io("read the driver", driver)
                    .map(|link| net::tame(&link.file_name().unwrap_or_default().to_string_lossy(), 40)),
                access: access(cx, &device),
                used_by: match &mut holders {
                    Ok(all) => Reading::Value(std::mem::take(&mut all[i]).into_iter().collect()),
                    Err(absent) => absent.clone().into(),
                },
                device,
            }
        })
        .collect())
}

fn access(cx: &Context, device: &str) -> CameraAccess {
    let path = cx.path(&format!("/dev/{device}"));
    match accessat(CWD, path, Access::READ_OK | Access::WRITE_OK, AtFlags::empty()) {
        Ok(()) => CameraAccess::Allowed,
        Err(rustix::io::Errno::NOENT) => CameraAccess::NoFile,
        Err(_) => CameraAccess::Denied,
    }
}

/// Who has which of the files open: the names of programs, not what they were started with.
fn holders(
    cx: &Context,
    files: &BTreeMap<PathBuf, usize>,
    devices: usize,
) -> Result<Vec<BTreeSet<String>>, Absence> {
    let mut found = vec![BTreeSet::new(); devices];
    let processes = std::fs::read_dir(cx.path("/proc")).map_err(|e| unread("/proc", e))?;
    let ids = processes
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .filter(|n| n.bytes().all(|b| b.is_ascii_digit()))
        .take(MOST_PROCESSES);
    let mut seen = false;
    for id in ids {
        let Ok(open) = std::fs::read_dir(cx.path(&format!("/proc/{id}/fd"))) else { continue };
        seen = true;
        for link in open.take(MOST_FILES).filter_map(|e| std::fs::read_link(e.ok()?.path()).ok()) {
            if let Some(device) = files.get(&link) {
                let name = read_text(cx, &format!("/proc/{id}/comm")).unwrap_or_default();
                found[*device].insert(net::tame(name.trim(), 40));
            }
        }
    }
    if seen { Ok(found) } else { Err(Absence::new(Reason::NoPermission, "no process shows its files")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    #[tokio::test]
    async fn a_camera_is_one_device_and_its_user_has_a_name() {
        let (root, cx) = tree(&[
            ("sys/class/video4linux/video0/name", "Integrated Camera: Integrated C\n"),
            ("sys/class/video4linux/video0/index", "0\n"),
            ("sys/class/video4linux/video1/name", "Integrated Camera: Integrated C\n"),
            ("sys/class/video4linux/video1/index", "1\n"),
            ("sys/class/video4linux/video2/name", "USB Camera\n"),
            ("sys/class/video4linux/video2/index", "0\n"),
            ("dev/video0", ""),
            ("proc/77/comm", "zoom\n"),
            ("proc/78/comm", "bash\n"),
        ]);
        std::fs::create_dir_all(root.path().join("proc/77/fd")).unwrap();
        std::os::unix::fs::symlink("/dev/video0", root.path().join("proc/77/fd/5")).unwrap();
        let reading = measure(cx).await;
        let cameras = reading.value().unwrap();
        let devices = cameras.devices.value().unwrap();
        assert_eq!(devices.len(), 2, "{devices:?}");
        assert_eq!(devices[0].used_by, Reading::Value(vec!["zoom".into()]));
        assert_eq!(devices[0].access, CameraAccess::Allowed);
        assert_eq!((devices[1].access, &devices[1].used_by), (CameraAccess::NoFile, &Reading::Value(vec![])));
    }

    #[tokio::test]
    async fn a_computer_without_a_camera_has_none() {
        let (_root, cx) = tree(&[]);
        let reading = measure(cx).await;
        assert_eq!(reading.value().unwrap().devices, Reading::Value(vec![]));
    }
}
