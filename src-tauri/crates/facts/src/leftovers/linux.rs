//! The folders, and the walk through them.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::{Leftovers, Place, PlaceKind};
use crate::source::{detached, unread};
use crate::system::home_folder;
use crate::{Absence, Context, Reading, Reason};

/// How much of a place is looked at.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    entries: u64,
    time: Duration,
}

/// Enough for the folders of most people; who has more is told that there is more.
const BOUNDS: Bounds = Bounds { entries: 30_000, time: Duration::from_millis(600) };

pub(super) async fn measure(cx: Context) -> Reading<Leftovers> {
    let mut walks = JoinSet::new();
    for (order, (kind, folders)) in places(&cx).into_iter().enumerate() {
        let limit = cx.step();
        walks.spawn(async move {
            let sum = match folders {
                Ok(folders) => {
                    detached("add up files", limit, move || add_up(folders, BOUNDS)).await.and_then(|sum| sum)
                }
                Err(absent) => Err(absent),
            };
            (order, place(kind, sum))
        });
    }
    let mut found = Vec::new();
    while let Some(joined) = walks.join_next().await {
        found.extend(joined.ok());
    }
    found.sort_by_key(|(order, _)| *order);
    Reading::Value(Leftovers { places: found.into_iter().map(|(_, place)| place).collect() })
}

type Folders = Result<Vec<PathBuf>, Absence>;

fn places(cx: &Context) -> Vec<(PlaceKind, Folders)> {
    let home = home_folder(cx).map(|home| home.trim_end_matches('/').to_owned());
    // A recorded tree has another person's folders.
    let set = |name: &str| std::env::var(name).ok().filter(|v| cx.is_live() && v.starts_with('/'));
    let own = |variable: &str, usual: &str, below: &str| -> Folders {
        let folder = match set(variable) {
            Some(folder) => folder,
            None => format!("{}/{usual}", home.clone()?),
        };
        Ok(vec![cx.path(&format!("{folder}{below}"))])
    };
    let system = |folders: &[&str]| -> Folders { Ok(folders.iter().map(|f| cx.path(f)).collect()) };
    vec![
        (PlaceKind::RecycleBin, own("XDG_DATA_HOME", ".local/share", "/Trash")),
        (PlaceKind::Caches, own("XDG_CACHE_HOME", ".cache", "")),
        (PlaceKind::Downloads, own("XDG_DOWNLOAD_DIR", "Downloads", "")),
        (PlaceKind::Temporary, system(&["/tmp", "/var/tmp"])),
        (
            PlaceKind::Packages,
            system(&[
                "/var/cache/apt/archives",
                "/var/cache/dnf",
                "/var/cache/libdnf5",
                "/var/cache/pacman/pkg",
                "/var/cache/PackageKit",
            ]),
        ),
        (PlaceKind::Logs, system(&["/var/log"])),
        (PlaceKind::Crashes, system(&["/var/lib/systemd/coredump", "/var/crash"])),
    ]
}

fn place(kind: PlaceKind, sum: Result<Sum, Absence>) -> Place {
    match sum {
        Ok(sum) => Place {
            kind,
            used_bytes: Reading::Value(sum.bytes),
            file_count: Reading::Value(sum.files),
            is_complete: sum.is_complete,
        },
        Err(absent) => {
            Place { kind, used_bytes: absent.clone().into(), file_count: absent.into(), is_complete: false }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Sum {
    bytes: u64,
    files: u64,
    is_complete: bool,
}

/// Adds up what the files in these folders take on the disk.
fn add_up(folders: Vec<PathBuf>, bounds: Bounds) -> Result<Sum, Absence> {
    let started = Instant::now();
    let mut sum = Sum { bytes: 0, files: 0, is_complete: true };
    let (mut entries, mut denied, mut is_there) = (0, None, false);
    for top in folders {
        let device = match fs::symlink_metadata(&top) {
            Ok(top) => top.dev(),
            Err(_) => continue,
        };
        is_there = true;
        let mut open = vec![top];
        while let Some(folder) = open.pop() {
            let listed = match fs::read_dir(&folder) {
                Ok(listed) => listed,
                Err(error) => {
                    sum.is_complete = false;
                    denied.get_or_insert(error);
                    continue;
                }
            };
            for entry in listed.flatten() {
                entries += 1;
                if entries > bounds.entries || started.elapsed() > bounds.time {
                    return Ok(Sum { is_complete: false, ..sum });
                }
                // Of a link, not of what it leads to.
                let Ok(meta) = entry.metadata() else { continue };
                if meta.is_dir() {
                    if meta.dev() == device {
                        open.push(entry.path());
                    }
                } else {
                    // Counted in blocks of 512 bytes, whatever the file system's own are.
                    sum.bytes = sum.bytes.saturating_add(meta.blocks().saturating_mul(512));
                    sum.files += 1;
                }
            }
        }
    }
    match denied {
        // A place that was closed altogether holds nobody knows what.
        Some(error) if sum.files == 0 => Err(unread("the folder", error)),
        _ if is_there => Ok(sum),
        _ => Err(Absence::new(Reason::NothingToMeasure, "this computer has no such folder")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Bounds = Bounds { entries: 1000, time: Duration::from_mins(1) };

    fn tree() -> tempfile::TempDir {
        let tree = tempfile::tempdir().unwrap();
        fs::create_dir_all(tree.path().join("bin/files/deep")).unwrap();
        fs::write(tree.path().join("bin/files/a"), vec![1; 100_000]).unwrap();
        fs::write(tree.path().join("bin/files/deep/b"), vec![1; 50_000]).unwrap();
        fs::write(tree.path().join("outside"), vec![1; 900_000]).unwrap();
        std::os::unix::fs::symlink(tree.path().join("outside"), tree.path().join("bin/link")).unwrap();
        std::os::unix::fs::symlink(tree.path(), tree.path().join("bin/files/loop")).unwrap();
        tree
    }

    #[test]
    fn files_are_added_up_and_links_are_not_followed() {
        let tree = tree();
        let sum = add_up(vec![tree.path().join("bin"), tree.path().join("none")], WIDE).unwrap();
        assert_eq!(sum.files, 4);
        assert!(sum.is_complete);
        assert!((150_000..300_000).contains(&sum.bytes), "{sum:?}");
    }

    #[test]
    fn a_walk_ends_at_its_bounds_and_says_so() {
        let tree = tree();
        for bounds in [Bounds { entries: 2, ..WIDE }, Bounds { time: Duration::ZERO, ..WIDE }] {
            let sum = add_up(vec![tree.path().join("bin")], bounds).unwrap();
            assert!(!sum.is_complete && sum.files < 4, "{sum:?}");
        }
    }

    #[test]
    fn what_is_not_there_is_nothing_to_measure() {
        let absent = add_up(vec!["/nowhere/at/all".into()], WIDE).unwrap_err();
        assert_eq!(absent.reason, Reason::NothingToMeasure);
    }

    #[tokio::test]
    async fn the_places_of_a_recorded_person_are_found() {
        let tree = tempfile::tempdir().unwrap();
        let cx = Context { root: tree.path().into(), ..Context::default() };
        for (path, text) in [
            ("etc/passwd", "ada:x:0:0::/home/ada:/bin/sh\n"),
            ("proc/self/status", "Name:\tx\nUid:\t0\t0\t0\t0\n"),
            ("home/ada/.local/share/Trash/files/a", "x"),
            ("var/log/syslog", "x"),
        ] {
            let path = tree.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let reading = measure(cx).await;
        let places = &reading.value().unwrap().places;
        let count = |kind| places.iter().find(|p| p.kind == kind).unwrap().file_count.value().copied();
        assert_eq!(count(PlaceKind::RecycleBin), Some(1));
        assert_eq!(count(PlaceKind::Logs), Some(1));
        assert_eq!(count(PlaceKind::Caches), None);
    }
}
