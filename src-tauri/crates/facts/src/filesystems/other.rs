//! What `sysinfo` says on every system it knows.

use sysinfo::{DiskRefreshKind, Disks};

use super::{Filesystem, Filesystems, class_of, holder};
use crate::source::{detached, unanswered};
use crate::system::home_folder;
use crate::{Absence, Context, Reading, Reason};

pub(super) async fn measure(cx: Context) -> Reading<Filesystems> {
    if !cx.is_live() {
        return Reading::absent(Reason::NotSupported, "a recorded tree holds nothing for this source");
    }
    let limit = cx.step();
    match detached("ask for file systems", limit, move || ask(home_folder(&cx).ok().as_deref())).await {
        Ok(Ok(filesystems)) => Reading::Value(filesystems),
        Ok(Err(absent)) | Err(absent) => absent.into(),
    }
}

fn ask(home: Option<&str>) -> Result<Filesystems, Absence> {
    let disks = Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing().with_storage())
        .map_err(|e| unanswered("ask for file systems", &e))?;
    let system = std::env::var("SystemDrive").map_or_else(|_| "/".into(), |drive| drive + "\\");
    let mut mounts: Vec<Filesystem> = disks
        .iter()
        .map(|disk| {
            let mount_point = disk.mount_point().to_string_lossy().into_owned();
            let kind = disk.file_system().to_string_lossy().into_owned();
            // sysinfo says 0 for what it could not find out.
            let known = |bytes: u64| match disk.total_space() {
                0 => Reading::absent(Reason::Failed, "the system gave no number"),
                _ => Reading::Value(bytes),
            };
            let unknown = || Reading::absent(Reason::NotSupported, "no portable source");
            Filesystem {
                source: disk.name().to_string_lossy().into_owned(),
                class: class_of(&kind),
                kind,
                options: Vec::new(),
                read_only: disk.is_read_only(),
                locked_after_errors: false,
                device: Reading::absent(Reason::NotSupported, "no portable source"),
                errors: Reading::absent(Reason::NotSupported, "no portable source"),
                quota: Reading::absent(Reason::NotSupported, "no portable source"),
                is_system: mount_point.eq_ignore_ascii_case(&system),
                is_home: false,
                mount_point,
                size_bytes: known(disk.total_space()),
                available_bytes: known(disk.available_space()),
                free_bytes: unknown(),
                inode_count: unknown(),
                inode_free_count: unknown(),
            }
        })
        .collect();
    let held_by = home.and_then(|home| holder(home, mounts.iter().map(|m| m.mount_point.as_str())));
    if let Some(i) = held_by {
        mounts[i].is_home = true;
    }
    Ok(Filesystems { mounts })
}
