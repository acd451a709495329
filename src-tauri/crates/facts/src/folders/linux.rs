//! The walk.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::WeakUnboundedSender;
use tokio_util::sync::CancellationToken;

use super::tree::Tree;
use super::{Folders, MOST, WalkEnd};
use crate::source::{detached, unread};
use crate::system::home_folder;
use crate::{Absence, Context, Progress, Reason, Subject};

/// More than large homes have; an endless one does no harm.
const MOST_ENTRIES: u64 = 5_000_000;

/// How often somebody who watches hears of it.
const TOLD_EVERY: Duration = Duration::from_millis(250);

/// Why it cannot be measured on this system.
pub(super) const IMPOSSIBLE: Option<&str> = None;

pub(super) async fn measure(cx: Context) -> Result<Folders, Absence> {
    let home = cx.path(&home_folder(&cx)?);
    // However this ends: nobody waits for the walk any more, and so it ends as well.
    let cancel = cx.cancel.child_token();
    let _over = cancel.clone().drop_guard();
    let bounds = Bounds { entries: MOST_ENTRIES, time: MOST };
    let watch = cx.progress.clone();
    detached("walk through the home folder", MOST + cx.step(), move || {
        walk(home, bounds, &cancel, |folder_count, bytes| tell(watch.as_ref(), folder_count, bytes))
    })
    .await?
}

/// A walk that hangs must not keep those waiting who listen, so it holds no end of the channel.
fn tell(watch: Option<&WeakUnboundedSender<Progress>>, folder_count: u64, bytes: u64) {
    if let Some(watch) = watch.and_then(WeakUnboundedSender::upgrade) {
        let _ = watch.send(Progress::Partway { subject: Subject::folders, folder_count, bytes });
    }
}

/// How much is looked at.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    entries: u64,
    time: Duration,
}

fn walk(
    home: PathBuf,
    bounds: Bounds,
    cancel: &CancellationToken,
    mut tell: impl FnMut(u64, u64),
) -> Result<Folders, Absence> {
    let started = Instant::now();
    let mut told = started;
    let top = fs::metadata(&home).map_err(|error| unread("the home folder", error))?;
    let mut seen = Folders {
        largest: Vec::new(),
        seen_bytes: 0,
        folder_count: 0,
        file_count: 0,
        unreadable_count: 0,
        elsewhere_count: 0,
        end: WalkEnd::AllSeen,
    };
    let mut tree = Tree::new();
    let mut entries = 0;
    let mut several_names = HashSet::new();
    let mut open = vec![(home, 0)];
    'walk: while let Some((folder, number)) = open.pop() {
        let listed = match fs::read_dir(&folder) {
            Ok(listed) => listed,
            Err(error) if seen.folder_count == 0 => return Err(unread("the home folder", error)),
            Err(_) => {
                seen.unreadable_count += 1;
                continue;
            }
        };
        seen.folder_count += 1;
        for entry in listed {
            if cancel.is_cancelled() {
                return Err(Absence::new(Reason::Cancelled, ""));
            }
            entries += 1;
            if entries > bounds.entries || started.elapsed() > bounds.time {
                let too_many = entries > bounds.entries;
                seen.end = if too_many { WalkEnd::TooMany } else { WalkEnd::TimeUp };
                break 'walk;
            }
            if told.elapsed() >= TOLD_EVERY {
                told = Instant::now();
                tell(seen.folder_count, seen.seen_bytes);
            }
            // Of a link, not of what it leads to. What is gone by now is no loss.
            let Ok(entry) = entry else { continue };
            let Ok(meta) = entry.metadata() else { continue };
            // Counted in blocks of 512 bytes, whatever the file system's own are.
            let bytes = meta.blocks().saturating_mul(512);
            if meta.is_dir() {
                if meta.dev() != top.dev() {
                    seen.elsewhere_count += 1;
                    continue;
                }
                let inside = tree.folder(number, &entry.file_name());
                tree.add(inside, bytes, 0);
                open.push((entry.path(), inside));
            } else {
                if meta.nlink() > 1 && !several_names.insert(meta.ino()) {
                    continue;
                }
                tree.add(number, bytes, 1);
                seen.file_count += 1;
            }
            seen.seen_bytes = seen.seen_bytes.saturating_add(bytes);
        }
    }
    seen.largest = tree.largest(seen.seen_bytes);
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const WIDE: Bounds = Bounds { entries: 1000, time: Duration::from_mins(1) };

    fn home() -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        let at = |path: &str| home.path().join(path);
        fs::create_dir_all(at("Videos/Holiday")).unwrap();
        fs::create_dir_all(at("Notes")).unwrap();
        fs::write(at("Videos/Holiday/film"), vec![1; 2_000_000]).unwrap();
        fs::hard_link(at("Videos/Holiday/film"), at("Notes/same-film")).unwrap();
        fs::write(at("Notes/a"), vec![1; 100_000]).unwrap();
        // A file of a terabyte that takes up nothing.
        fs::File::create(at("Notes/hole")).unwrap().set_len(1 << 40).unwrap();
        std::os::unix::fs::symlink(home.path(), at("Notes/loop")).unwrap();
        std::os::unix::fs::symlink(at("Videos/Holiday/film"), at("Notes/link")).unwrap();
        home
    }

    #[test]
    fn what_files_take_on_the_disk_counts_once_and_links_lead_nowhere() {
        let home = home();
        let seen = walk(home.path().into(), WIDE, &CancellationToken::new(), |_, _| {}).unwrap();
        assert_eq!((seen.end, seen.folder_count, seen.unreadable_count), (WalkEnd::AllSeen, 4, 0));
        assert_eq!(seen.file_count, 5);
        assert!((2_100_000..3_000_000).contains(&seen.seen_bytes), "{seen:?}");
        let sum: f64 = seen.largest.iter().map(|folder| folder.share_percent).sum();
        assert!((90.0..=100.0).contains(&sum), "{seen:?}");
        assert!(seen.largest.iter().all(|folder| folder.used_bytes > 0));
    }

    #[test]
    fn a_walk_ends_at_its_bounds_and_says_which() {
        let home = home();
        let walked = |bounds| walk(home.path().into(), bounds, &CancellationToken::new(), |_, _| {}).unwrap();
        assert_eq!(walked(Bounds { entries: 2, ..WIDE }).end, WalkEnd::TooMany);
        assert_eq!(walked(Bounds { time: Duration::ZERO, ..WIDE }).end, WalkEnd::TimeUp);
    }

    #[test]
    fn who_stops_it_keeps_nothing() {
        let home = home();
        let cancel = CancellationToken::new();
        cancel.cancel();
        let stopped = walk(home.path().into(), WIDE, &cancel, |_, _| {}).unwrap_err();
        assert_eq!(stopped.reason, Reason::Cancelled);
        let none = walk(home.path().join("none"), WIDE, &cancel, |_, _| {}).unwrap_err();
        assert_eq!(none.reason, Reason::NotSupported);
    }

    #[test]
    fn another_file_system_is_left_out_and_counted() {
        // The kernel's own are file systems of their own wherever they are mounted.
        let seen =
            walk("/proc/self/..".into(), Bounds { entries: 0, ..WIDE }, &CancellationToken::new(), |_, _| {});
        assert_eq!(seen.unwrap().end, WalkEnd::TooMany);
        let dev = fs::metadata("/").unwrap().dev();
        let elsewhere = fs::read_dir("/")
            .unwrap()
            .flatten()
            .filter_map(|entry| entry.metadata().ok())
            .filter(|meta| meta.is_dir() && meta.dev() != dev)
            .count() as u64;
        let top = fs::read_dir("/").unwrap().count() as u64;
        let bounds = Bounds { entries: top, ..WIDE };
        let seen = walk("/".into(), bounds, &CancellationToken::new(), |_, _| {}).unwrap();
        assert_eq!((seen.elsewhere_count, seen.end), (elsewhere, WalkEnd::TooMany));
    }

    #[tokio::test]
    async fn it_is_measured_only_where_it_was_agreed_to_and_tells_how_far_it_is() {
        let tree = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("etc/passwd", "ada:x:0:0::/home/ada:/bin/sh\n"),
            ("proc/self/status", "Name:\tx\nUid:\t0\t0\t0\t0\n"),
            ("home/ada/Videos/film", "x"),
        ] {
            let path = tree.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let cx = Context { root: tree.path().into(), ..Context::default() };
        let asked = async |cx: &Context| {
            crate::measure(cx, &[Subject::folders], jiff::Timestamp::UNIX_EPOCH, None).await.folders
        };
        assert_eq!(asked(&cx).await.absence().unwrap().reason, Reason::NotRequested);
        let agreed = Context { agreed: BTreeSet::from([Subject::folders]), ..cx };
        let seen = asked(&agreed).await;
        assert_eq!(seen.value().unwrap().largest[0].path.value().unwrap(), "~/Videos");
        agreed.cancel.cancel();
        assert_eq!(asked(&agreed).await.absence().unwrap().reason, Reason::Cancelled);

        let (sender, mut heard) = tokio::sync::mpsc::unbounded_channel();
        tell(Some(&sender.downgrade()), 3, 4096);
        let partway = Progress::Partway { subject: Subject::folders, folder_count: 3, bytes: 4096 };
        assert_eq!(heard.recv().await, Some(partway));
        // Nobody listens any more.
        let gone = sender.downgrade();
        drop(sender);
        tell(Some(&gone), 4, 8192);
        assert_eq!(heard.recv().await, None);
    }
}
