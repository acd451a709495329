//! `/proc/self/mountinfo`, documented in proc_pid_mountinfo(5), and `statvfs`.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;

use super::{Filesystem, FilesystemClass, Filesystems, class_of, condition, holder};
use crate::source::{detached, odd, read_text, unread};
use crate::system::home_folder;
use crate::{Absence, Context, Reading, Reason};

const MOUNTINFO: &str = "/proc/self/mountinfo";

/// Mounts that are asked for their numbers; each costs a thread while it is asked.
const MOST_ASKED: usize = 200;

pub(super) async fn measure(cx: Context) -> Reading<Filesystems> {
    let limit = cx.step();
    let table = {
        let cx = cx.clone();
        detached("read the mount table", limit, move || {
            let table = read_text(&cx, MOUNTINFO)?;
            Ok::<_, Absence>((table, home_folder(&cx).ok()))
        })
        .await
    };
    let (table, home) = match table {
        Ok(Ok(read)) => read,
        Ok(Err(absent)) | Err(absent) => return absent.into(),
    };
    let home = match home {
        Some(home) if cx.is_live() => Some(resolved(home).await),
        home => home,
    };
    let mut mounts = match select(&table, home.as_deref()) {
        Ok(mounts) => mounts,
        Err(absent) => return absent.into(),
    };
    if cx.is_live() {
        fill(&mut mounts, limit, ask).await;
    }
    let before = mounts.clone();
    let mounts = detached("read the file systems' condition", limit, move || {
        condition::fill(&cx, &mut mounts);
        mounts
    })
    .await
    .unwrap_or(before);
    Reading::Value(Filesystems { mounts })
}

/// The home folder with links followed: on some systems `/home` is one. It can lie on a share that
/// does not answer, and then it is taken as written.
async fn resolved(home: String) -> String {
    if waiting().iter().any(|point| Path::new(&home).starts_with(point)) {
        return home;
    }
    let path = PathBuf::from(&home);
    match detached("resolve the home folder", Duration::from_millis(300), move || path.canonicalize()).await {
        Ok(Ok(path)) => path.to_string_lossy().into_owned(),
        _ => home,
    }
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    /// Major and minor number: one for each file system, however often it is mounted.
    device: String,
    /// The folder of the file system that is mounted.
    root: String,
    mount_point: String,
    kind: String,
    source: String,
    options: Vec<String>,
    read_only: bool,
    locked_after_errors: bool,
}

/// `36 35 98:0 /root /mount/point rw,noatime shared:1 - ext4 /dev/sda1 rw,errors=continue`
fn parse_line(line: &str) -> Option<Line> {
    let (here, there) = line.split_once(" - ")?;
    let mut here = here.split(' ');
    let (_id, _parent, device) = (here.next()?, here.next()?, here.next()?);
    let (root, mount_point, mount_options) = (here.next()?, here.next()?, here.next()?);
    let mut there = there.split(' ');
    let kind = there.next().filter(|k| !k.is_empty())?;
    let source = there.next().unwrap_or_default();
    let all = || mount_options.split(',').chain(there.clone().next().unwrap_or_default().split(','));
    // An emergency leaves `rw` where it stood (kernel 6.17 and newer).
    let locked_after_errors = all().any(|o| o == "emergency_ro");
    let read_only = locked_after_errors || all().any(|o| o == "ro");
    let mut options = Vec::new();
    for option in all().filter_map(harmless) {
        // Writable at one level and not at the other is not writable.
        if !(options.contains(&option) || read_only && option == "rw") {
            options.push(option);
        }
    }
    Some(Line {
        device: device.into(),
        root: unescaped(root),
        mount_point: unescaped(mount_point),
        kind: kind.into(),
        source: unescaped(source),
        options,
        read_only,
        locked_after_errors,
    })
}

/// An option fit to be shown: values can name people, servers and folders (`username=`, `addr=`,
/// `lowerdir=`), so only those known to be harmless are kept.
fn harmless(option: &str) -> Option<String> {
    const KEEP: &[&str] = &[
        "acregmax",
        "actimeo",
        "allocsize",
        "barrier",
        "blksize",
        "cache",
        "codepage",
        "commit",
        "compress",
        "compress-force",
        "data",
        "discard",
        "dmask",
        "errors",
        "fmask",
        "gid",
        "group_id",
        "huge",
        "inode64",
        "iocharset",
        "jqfmt",
        "local_lock",
        "logbsize",
        "max_read",
        "mode",
        "nr_blocks",
        "nr_inodes",
        "prjquota",
        "proto",
        "retrans",
        "rsize",
        "sec",
        "shortname",
        "size",
        "space_cache",
        "stripe",
        "subvolid",
        "timeo",
        "uid",
        "umask",
        "user_id",
        "vers",
        "wsize",
    ];
    match option.split_once('=') {
        None => Some(option.to_owned()).filter(|o| !o.is_empty()),
        Some((key, _)) if KEEP.contains(&key) => Some(option.to_owned()),
        Some((key, _)) => Some(key.to_owned()),
    }
}

/// The kernel writes space, tab, newline and backslash as three octal digits.
fn unescaped(raw: &str) -> String {
    let bytes = raw.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let code = bytes.get(i + 1..i + 4).filter(|_| bytes[i] == b'\\').and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(digits, 8).ok()
        });
        out.push(code.unwrap_or(bytes[i]));
        i += if code.is_some() { 4 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether this is a view of the kernel or a part of somebody's plumbing, and holds no data.
fn is_plumbing(mount: &Line) -> bool {
    let below = |folder: &str| {
        mount.mount_point.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let view = matches!(
        mount.kind.as_str(),
        "autofs"
            | "binder"
            | "binfmt_misc"
            | "bpf"
            | "cgroup"
            | "cgroup2"
            | "configfs"
            | "debugfs"
            | "devpts"
            | "devtmpfs"
            | "efivarfs"
            | "fuse.gvfsd-fuse"
            | "fuse.lxcfs"
            | "fuse.portal"
            | "fusectl"
            | "hugetlbfs"
            | "mqueue"
            | "nfsd"
            | "nsfs"
            | "proc"
            | "pstore"
            | "ramfs"
            | "rpc_pipefs"
            | "securityfs"
            | "selinuxfs"
            | "smackfs"
            | "sysfs"
            | "tracefs"
    );
    view || below("/proc")
        || below("/sys")
        || below("/run/credentials")
        || (below("/dev") && !below("/dev/shm"))
        // Files that container engines mount into every container.
        || ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"].contains(&mount.mount_point.as_str())
        // A container's layers, seen from its host: the space is that of the disk below.
        || (mount.kind == "overlay" && mount.mount_point != "/")
}

/// The mounts that hold data, with their numbers still to be asked.
pub(super) fn select(table: &str, home: Option<&str>) -> Result<Vec<Filesystem>, Absence> {
    // A later mount at the same place hides the earlier one.
    let mut taken = HashSet::new();
    let mut visible: Vec<Line> =
        table.lines().rev().filter_map(parse_line).filter(|m| taken.insert(m.mount_point.clone())).collect();
    visible.reverse();
    if visible.is_empty() {
        return Err(odd(MOUNTINFO, table.trim()));
    }
    // Before anything is left out: what is left out can lie between the root and the home folder.
    let home = home.and_then(|home| holder(home, visible.iter().map(|m| m.mount_point.as_str())));
    let home = home.map(|i| visible[i].mount_point.clone());

    let mut listed: Vec<Filesystem> = Vec::new();
    let mut spaces: HashMap<Space, (usize, bool)> = HashMap::new();
    for mount in visible.into_iter().filter(|m| !is_plumbing(m)) {
        let space = Space::of(&mount);
        let is_whole = mount.root == "/";
        let found = entry(mount, home.as_deref());
        match spaces.entry(space) {
            Entry::Vacant(new) => {
                new.insert((listed.len(), is_whole));
                listed.push(found);
            }
            Entry::Occupied(mut known) => {
                let (at, was_whole) = *known.get();
                let before = &listed[at];
                let (is_system, is_home) =
                    (before.is_system || found.is_system, before.is_home || found.is_home);
                if (found.is_system, found.is_home, is_whole) > (before.is_system, before.is_home, was_whole)
                {
                    known.insert((at, is_whole));
                    listed[at] = found;
                }
                listed[at].is_system = is_system;
                listed[at].is_home = is_home;
            }
        }
    }
    Ok(listed)
}

/// What makes two mounts the same space.
#[derive(PartialEq, Eq, Hash)]
struct Space {
    device: String,
    /// The folder mounted, where one device has several spaces: subvolumes of btrfs, exports with
    /// quotas of their own.
    root: Option<String>,
}

impl Space {
    fn of(mount: &Line) -> Self {
        let parted = mount.kind == "btrfs" || class_of(&mount.kind) == FilesystemClass::Network;
        Self { device: mount.device.clone(), root: parted.then(|| mount.root.clone()) }
    }
}

fn entry(mount: Line, home: Option<&str>) -> Filesystem {
    let unasked = || Reading::absent(Reason::NotSupported, "only a running system can be asked for numbers");
    Filesystem {
        class: class_of(&mount.kind),
        read_only: mount.read_only,
        locked_after_errors: mount.locked_after_errors,
        device: Reading::Value(mount.device),
        errors: Reading::absent(Reason::NothingToMeasure, ""),
        quota: Reading::absent(Reason::NothingToMeasure, ""),
        is_system: mount.mount_point == "/",
        is_home: home == Some(mount.mount_point.as_str()),
        mount_point: mount.mount_point,
        source: mount.source,
        kind: mount.kind,
        options: mount.options,
        size_bytes: unasked(),
        available_bytes: unasked(),
        free_bytes: unasked(),
        inode_count: unasked(),
        inode_free_count: unasked(),
    }
}

/// What a mount says about itself.
#[derive(Debug, Clone, Copy)]
enum Answer {
    Numbers {
        block: u64,
        blocks: u64,
        free: u64,
        available: u64,
        inodes: u64,
        inodes_free: u64,
    },
    /// A single file, mounted over another.
    File,
}

fn ask(mount_point: &Path) -> io::Result<Answer> {
    if !std::fs::metadata(mount_point)?.is_dir() {
        return Ok(Answer::File);
    }
    let n = rustix::fs::statvfs(mount_point)?;
    Ok(Answer::Numbers {
        block: n.f_frsize,
        blocks: n.f_blocks,
        free: n.f_bfree,
        available: n.f_bavail,
        inodes: n.f_files,
        inodes_free: n.f_ffree,
    })
}

/// Mounts that did not answer in time and still have a thread waiting for them. They are not asked
/// again, or measuring over and over would pile up threads.
static WAITING: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn waiting() -> MutexGuard<'static, BTreeSet<String>> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks all mounts side by side, each no longer than `limit`.
async fn fill(
    mounts: &mut Vec<Filesystem>,
    limit: Duration,
    ask: impl Fn(&Path) -> io::Result<Answer> + Clone + Send + 'static,
) {
    let mut asked = JoinSet::new();
    for (i, mount) in mounts.iter().enumerate().take(MOST_ASKED) {
        let (point, ask) = (mount.mount_point.clone(), ask.clone());
        asked.spawn(async move { (i, ask_one(point, limit, ask).await) });
    }
    let mut files = BTreeSet::new();
    for mount in mounts.iter_mut().skip(MOST_ASKED) {
        let absent = Absence::new(Reason::Failed, format!("more than {MOST_ASKED} mounts"));
        store(mount, Err(absent));
    }
    while let Some(joined) = asked.join_next().await {
        match joined {
            Ok((i, answer)) => {
                if matches!(answer, Ok(Answer::File)) {
                    files.insert(i);
                }
                store(&mut mounts[i], answer);
            }
            Err(error) => tracing::error!(%error, "a step of a probe ended abnormally"),
        }
    }
    let mut i = 0;
    mounts.retain(|_| {
        i += 1;
        !files.contains(&(i - 1))
    });
}

async fn ask_one(
    point: String,
    limit: Duration,
    ask: impl Fn(&Path) -> io::Result<Answer> + Send + 'static,
) -> Result<Answer, Absence> {
    let what = format!("ask {point}");
    if waiting().contains(&point) {
        return Err(Absence::new(
            Reason::TimedOut,
            format!("{what}: an earlier question is still unanswered"),
        ));
    }
    // Both sides change it under the lock, so a late answer is never taken for a missing one.
    let answered = Arc::new(Mutex::new(false));
    let outcome = detached(&what, limit, {
        let (answered, point) = (answered.clone(), point.clone());
        move || {
            let answer = ask(Path::new(&point));
            let mut done = answered.lock().unwrap_or_else(PoisonError::into_inner);
            *done = true;
            waiting().remove(&point);
            answer
        }
    })
    .await;
    match outcome {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(Absence { detail: format!("{what}: {error}"), ..unread(&point, error) }),
        Err(absent) => {
            let done = answered.lock().unwrap_or_else(PoisonError::into_inner);
            if absent.reason == Reason::TimedOut && !*done {
                waiting().insert(point);
            }
            Err(absent)
        }
    }
}

fn store(mount: &mut Filesystem, answer: Result<Answer, Absence>) {
    let none = |why: &str| Reading::absent(Reason::NothingToMeasure, why);
    match answer {
        Ok(Answer::Numbers { block, blocks, free, available, inodes, inodes_free }) => {
            let bytes = |count: u64| match count.checked_mul(block) {
                _ if blocks == 0 => none("this file system gives no size"),
                Some(bytes) => Reading::Value(bytes),
                None => {
                    Reading::absent(Reason::Failed, format!("odd answer: {count} blocks of {block} bytes"))
                }
            };
            mount.size_bytes = bytes(blocks);
            mount.free_bytes = bytes(free);
            mount.available_bytes = bytes(available);
            let entries = |count: u64| match inodes {
                0 => none("this file system has no fixed number of entries"),
                _ => Reading::Value(count),
            };
            mount.inode_count = entries(inodes);
            mount.inode_free_count = entries(inodes_free);
        }
        Ok(Answer::File) => {}
        Err(absent) => {
            mount.size_bytes = absent.clone().into();
            mount.free_bytes = absent.clone().into();
            mount.available_bytes = absent.clone().into();
            mount.inode_count = absent.clone().into();
            mount.inode_free_count = absent.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    async fn recorded(name: &str) -> Vec<Filesystem> {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/").to_owned() + name;
        let cx = Context { root: root.into(), ..Context::default() };
        measure(cx).await.value().unwrap().mounts.clone()
    }

    fn points(mounts: &[Filesystem]) -> Vec<&str> {
        mounts.iter().map(|m| m.mount_point.as_str()).collect()
    }

    fn numbers(blocks: u64) -> Answer {
        Answer::Numbers { block: 4096, blocks, free: 8, available: 6, inodes: 0, inodes_free: 0 }
    }

    #[tokio::test]
    async fn a_recorded_server_has_its_disk_and_its_shared_memory_once_each() {
        let mounts = recorded("server").await;
        assert_eq!(points(&mounts), ["/", "/mnt/tools", "/dev/shm"]);
        let system = &mounts[0];
        assert!(system.is_system && system.is_home && !system.read_only);
        assert_eq!((system.kind.as_str(), system.source.as_str()), ("ext4", "/dev/vda"));
        assert_eq!(system.options, ["rw", "relatime", "discard", "resv_strict", "resuid", "resgid"]);
        assert_eq!(system.size_bytes.absence().unwrap().reason, Reason::NotSupported);
        assert!(mounts[1].read_only);
        assert_eq!(mounts[1].options, ["ro", "nosuid", "nodev", "relatime", "size=4k", "mode=755"]);
    }

    #[tokio::test]
    async fn a_laptop_with_subvolumes_shares_and_images_is_read() {
        let mounts = recorded("laptop").await;
        let listed: Vec<_> = mounts.iter().map(|m| (m.mount_point.as_str(), m.class)).collect();
        assert_eq!(
            listed,
            [
                ("/run", FilesystemClass::Memory),
                ("/", FilesystemClass::Local),
                ("/dev/shm", FilesystemClass::Memory),
                ("/home", FilesystemClass::Local),
                ("/boot/efi", FilesystemClass::Local),
                ("/snap/core22/1612", FilesystemClass::Image),
                ("/mnt/Gemeinsame Dateien", FilesystemClass::Network),
                ("/srv/home-old", FilesystemClass::Network),
                ("/run/user/1000", FilesystemClass::Memory),
                ("/media/mmuster/STICK", FilesystemClass::Local),
            ]
        );
        assert_eq!(mounts.iter().position(|m| m.is_home), Some(3));
        assert_eq!(mounts.iter().filter(|m| m.is_home).count(), 1);
        let share = &mounts[6];
        assert_eq!(share.source, "//files.corp.example/team");
        // Who is signed in, and the server's address, are nobody's business.
        assert!(!share.options.iter().any(|o| o.contains("mmuster") || o.contains("192.0.2")), "{share:?}");
        assert!(share.options.contains(&"vers=3.1.1".to_owned()), "{share:?}");
        assert!(mounts[9].read_only, "a stick that the kernel set to read-only after an error");
        assert!(!mounts[9].options.contains(&"rw".to_owned()), "{:?}", mounts[9]);
    }

    #[test]
    fn one_file_system_in_several_places_is_listed_where_it_matters_most() {
        let table = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n\
                     2 1 8:2 /old /data/old ro - xfs /dev/sdb rw\n\
                     3 1 8:2 / /data rw - xfs /dev/sdb rw\n\
                     4 1 8:2 /home /home rw - xfs /dev/sdb rw\n\
                     5 1 8:1 /srv /srv rw - ext4 /dev/sda1 rw\n\
                     6 1 0:50 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw\n";
        let mounts = select(table, Some("/home/ada")).unwrap();
        assert_eq!(points(&mounts), ["/", "/home"]);
        assert!(mounts[1].is_home && !mounts[1].read_only);
        assert_eq!(points(&select(table, None).unwrap()), ["/", "/data"]);
    }

    #[test]
    fn an_endless_table_is_read_without_an_endless_wait() {
        use std::fmt::Write as _;
        let mut table = String::new();
        for i in 0..20_000 {
            writeln!(table, "1 0 8:{i} / /m{i} rw - ext4 /dev/x rw").unwrap();
        }
        let started = std::time::Instant::now();
        assert_eq!(select(&table, Some("/m7/home")).unwrap().len(), 20_000);
        // Comparing each with each takes minutes in a debug build.
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn odd_lines_are_passed_over_and_an_odd_table_is_a_failure() {
        let table = "\n - \n1 2 3 - ext4\n1 0 8:1 / / rw - \n\u{fffd}\u{fffd}\n1 0 8:1 / /a\\040b\\134\\9 rw - ext4\n";
        let mounts = select(table, None).unwrap();
        assert_eq!(points(&mounts), ["/a b\\\\9"]);
        assert_eq!(mounts[0].source, "");
        for table in ["", "\n\n", "- - -", "garbage"] {
            assert_eq!(select(table, None).unwrap_err().reason, Reason::Failed, "{table:?}");
        }
        // A broken escape at the end, and one that is no byte.
        assert_eq!(unescaped("a\\04"), "a\\04");
        assert_eq!(unescaped("\\777"), "\\777");
    }

    #[tokio::test]
    async fn a_share_that_hangs_costs_only_its_own_numbers_and_is_not_asked_twice() {
        let table = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 / /hangs rw - nfs4 host:/x rw\n";
        let (release, held) = mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let asked = Arc::new(Mutex::new(0));
        let ask = {
            let asked = asked.clone();
            move |path: &Path| {
                if path == Path::new("/hangs") {
                    *asked.lock().unwrap() += 1;
                    // Until this test lets it go.
                    let _ = held.lock().unwrap().recv();
                }
                Ok(numbers(100))
            }
        };
        let limit = Duration::from_millis(50);
        for _ in 0..2 {
            let mut mounts = select(table, None).unwrap();
            fill(&mut mounts, limit, ask.clone()).await;
            assert_eq!(mounts[0].size_bytes, Reading::Value(409_600));
            assert_eq!(mounts[1].size_bytes.absence().unwrap().reason, Reason::TimedOut);
            assert_eq!(mounts[1].inode_count.absence().unwrap().reason, Reason::TimedOut);
        }
        assert_eq!(*asked.lock().unwrap(), 1);
        drop(release);
        // Once it has answered after all, it is asked again.
        let answered = async {
            loop {
                let mut mounts = select(table, None).unwrap();
                fill(&mut mounts, limit, ask.clone()).await;
                if mounts[1].size_bytes == Reading::Value(409_600) {
                    break;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), answered).await.unwrap();
    }

    #[tokio::test]
    async fn numbers_that_make_no_sense_or_do_not_exist_are_absent() {
        let table = "1 0 8:1 / / rw - ext4 a rw\n2 1 8:2 / /huge rw - ext4 b rw\n3 1 8:3 / /none rw - fuse c rw\n\
                     4 1 8:4 / /mine rw - fuse d rw\n5 1 8:5 / /file rw - ext4 e rw\n";
        let mut mounts = select(table, None).unwrap();
        fill(&mut mounts, Duration::from_secs(5), |path| match path.to_str() {
            Some("/") => Ok(numbers(100)),
            Some("/huge") => Ok(numbers(u64::MAX)),
            Some("/none") => Ok(numbers(0)),
            Some("/file") => Ok(Answer::File),
            _ => Err(io::ErrorKind::PermissionDenied.into()),
        })
        .await;
        assert_eq!(points(&mounts), ["/", "/huge", "/none", "/mine"]);
        assert_eq!(mounts[0].available_bytes, Reading::Value(6 * 4096));
        assert_eq!(mounts[0].inode_count.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(mounts[1].size_bytes.absence().unwrap().reason, Reason::Failed);
        assert_eq!(mounts[2].size_bytes.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(mounts[3].size_bytes.absence().unwrap().reason, Reason::NoPermission);
    }
}
