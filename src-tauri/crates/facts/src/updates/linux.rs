//! Linux: the package manager's own files.

use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::{LockHolder, Manager, Updates, apt, dpkg, release, restart};
use crate::source::{detached, read_large_text, read_text, word};
use crate::{Absence, Context, Reading, Reason, net};

/// The locks of dpkg and of those who use it.
const LOCKS: &[&str] = &[
    "/var/lib/dpkg/lock-frontend",
    "/var/lib/dpkg/lock",
    "/var/lib/apt/lists/lock",
    "/var/cache/apt/archives/lock",
];

/// dpkg's table of a computer with 5000 packages has 7 MB.
const MOST_STATUS_BYTES: u64 = 64 << 20;

/// What changes when lists are fetched, and when packages are installed.
const LISTS_STAMPS: &[&str] = &[
    "/var/lib/apt/periodic/update-success-stamp",
    "/var/lib/apt/lists/partial",
    "/var/lib/apt/lists",
    "/var/cache/dnf",
    "/var/cache/libdnf5",
    "/var/lib/pacman/sync",
    "/var/cache/zypp/solv",
];
const CHANGED_STAMPS: &[&str] = &[
    "/var/lib/dpkg/status",
    "/var/lib/rpm/rpmdb.sqlite",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/var/lib/pacman/local",
];

pub(super) async fn measure(cx: Context) -> Reading<Updates> {
    detached("read the package manager's files", cx.step(), move || read(&cx)).await.into()
}

fn read(cx: &Context) -> Updates {
    let manager = manager(cx);
    let none = || {
        Absence::new(
            Reason::NotSupported,
            "what waits is read of APT alone; the package manager would have to be run",
        )
    };
    let installed = match manager {
        Ok(Manager::Apt) => {
            read_large_text(cx, dpkg::STATUS, MOST_STATUS_BYTES).map(|text| dpkg::installed(&text))
        }
        Ok(_) => Err(none()),
        Err(ref absent) => Err(absent.clone()),
    };
    let pending = installed.as_ref().map_err(Clone::clone).and_then(|i| apt::pending(cx, i));
    let pending = pending.as_ref();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let broken =
        installed.as_ref().map(|i| i.broken.iter().take(dpkg::MOST_NAMES).cloned().collect::<Vec<_>>());
    let interrupted = match manager {
        Ok(Manager::Apt) => {
            dpkg::interrupted(cx).ok_or_else(|| Absence::new(Reason::Failed, "dpkg keeps no notes"))
        }
        Ok(_) => Err(none()),
        Err(ref absent) => Err(absent.clone()),
    };
    let lock_holders = match manager {
        Ok(Manager::Apt) => lock_holders(cx),
        Ok(_) => Err(none()),
        Err(ref absent) => Err(absent.clone()),
    };
    let kernel = restart::kernel(cx);
    let support = release::support(cx);
    let left = support.as_ref().map(|(at, _)| {
        let seconds = at.as_second() - Timestamp::now().as_second();
        seconds.div_euclid(86_400)
    });
    Updates {
        manager: manager.into(),
        pending_count: pending.map(|p| count(p.all.len())).map_err(Clone::clone).into(),
        security_count: pending.map(|p| count(p.security.len())).map_err(Clone::clone).into(),
        security_names: pending
            .map(|p| {
                let mut names: Vec<String> = p.security.iter().cloned().collect();
                names.sort();
                names.truncate(dpkg::MOST_NAMES);
                names
            })
            .map_err(Clone::clone)
            .into(),
        lists_age_seconds: age(cx, LISTS_STAMPS).into(),
        changed_seconds: age(cx, CHANGED_STAMPS).into(),
        broken_names: broken.map_err(Clone::clone).into(),
        interrupted: interrupted.into(),
        lock_holders: lock_holders.into(),
        restart_required: restart::required(cx).into(),
        installed_kernel: kernel.clone().map(|(name, _)| name).into(),
        kernel_outdated: kernel.map(|(_, newer)| newer).into(),
        outdated_programs: restart::outdated(cx).into(),
        support_ends_at: support.clone().map(|(at, _)| at).into(),
        support_left_days: left.map_err(Clone::clone).into(),
        support_source: support.map(|(_, who)| who).into(),
    }
}

fn manager(cx: &Context) -> Result<Manager, Absence> {
    let there = |path: &str| cx.path(path).exists();
    if there(dpkg::STATUS) && there("/var/lib/apt") {
        Ok(Manager::Apt)
    } else if there("/etc/dnf") || there("/usr/bin/dnf") {
        Ok(Manager::Dnf)
    } else if there("/etc/zypp") {
        Ok(Manager::Zypper)
    } else if there("/var/lib/pacman/local") {
        Ok(Manager::Pacman)
    } else {
        Err(Absence::new(Reason::NotSupported, "no package manager that is known"))
    }
}

/// Time since the newest of some files was changed.
fn age(cx: &Context, paths: &[&str]) -> Result<u64, Absence> {
    let newest = paths
        .iter()
        .filter_map(|path| std::fs::metadata(cx.path(path)).and_then(|m| m.modified()).ok())
        .max()
        .ok_or_else(|| Absence::new(Reason::NotSupported, "no file says when"))?;
    // A clock that was set back makes the future of it, which is as good as now.
    Ok(SystemTime::now().duration_since(newest).unwrap_or(Duration::ZERO).as_secs())
}

/// Who holds one of the locks, by the kernel's list; opening a lock's file would need an administrator.
fn lock_holders(cx: &Context) -> Result<Vec<LockHolder>, Absence> {
    let files: Vec<u64> =
        LOCKS.iter().filter_map(|path| std::fs::metadata(cx.path(path)).ok()).map(|m| m.ino()).collect();
    let mut holders = Vec::new();
    let mut known = Vec::new();
    for line in read_text(cx, "/proc/locks")?.lines() {
        let Some((process, inode)) = lock(line) else { continue };
        if !files.contains(&inode) || known.contains(&process) {
            continue;
        }
        known.push(process);
        // Processes of another namespace are nought, and those that just ended are gone.
        let Some(program) = word(cx, &format!("/proc/{process}/comm")) else { continue };
        holders.push(LockHolder {
            program: net::tame(&program, 32),
            running_seconds: running(cx, process).into(),
        });
    }
    Ok(holders)
}

/// `1: POSIX  ADVISORY  WRITE 6504 fe:00:10010905 0 EOF`: the process and the file's inode.
fn lock(line: &str) -> Option<(u32, u64)> {
    let mut words = line.split_whitespace();
    let (kind, _, how) = (words.nth(1)?, words.next()?, words.next()?);
    let (process, file) = (words.next()?, words.next()?);
    (kind == "POSIX" && how == "WRITE").then_some(())?;
    Some((process.parse().ok()?, file.rsplit(':').next()?.parse().ok()?))
}

/// For how long a process has been running.
fn running(cx: &Context, process: u32) -> Result<u64, Absence> {
    // The file was made, as far as the kernel says, when the process was first looked at; its start is in
    // hundredths of a second since the computer's.
    let path = format!("/proc/{process}/stat");
    let stat = read_text(cx, &path)?;
    let since_start = read_text(cx, "/proc/uptime")?;
    let began = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(19)?.parse::<f64>().ok());
    let now = since_start.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
    match (began, now) {
        (Some(began), Some(now)) => Ok((now - began / 100.0).max(0.0) as u64),
        _ => Err(crate::source::odd(&path, &stat)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    #[test]
    fn a_lock_is_found_with_its_holder() {
        assert_eq!(lock("1: POSIX  ADVISORY  WRITE 6504 fe:00:1005 0 EOF"), Some((6504, 1005)));
        assert_eq!(lock("1: FLOCK  ADVISORY  WRITE 6504 fe:00:1005 0 EOF"), None);
        assert_eq!(lock("1: -> POSIX  ADVISORY  WRITE 6504 fe:00:1005 0 EOF"), None, "that one waits");
        assert_eq!(lock(""), None);
        let (root, cx) = tree(&[
            ("var/lib/dpkg/lock-frontend", ""),
            ("proc/77/comm", "unattended-upgr\n"),
            ("proc/77/stat", "77 (unattended) upgr) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 50000 0 0\n"),
            ("proc/uptime", "800.00 1.00\n"),
        ]);
        let inode = std::fs::metadata(root.path().join("var/lib/dpkg/lock-frontend")).unwrap().ino();
        let locks = format!(
            "1: POSIX  ADVISORY  WRITE 77 fe:00:{inode} 0 EOF\n2: FLOCK  ADVISORY  WRITE 1 fe:00:3 0 EOF\n"
        );
        std::fs::write(root.path().join("proc/locks"), locks).unwrap();
        let holders = lock_holders(&cx).unwrap();
        assert_eq!(holders.len(), 1);
        assert_eq!(
            (holders[0].program.as_str(), holders[0].running_seconds.value()),
            ("unattended-upgr", Some(&300))
        );
    }

    #[tokio::test]
    async fn a_debian_with_half_a_package_that_was_interrupted() {
        let status = "Package: a\nStatus: install ok half-configured\nArchitecture: all\nVersion: 1\n";
        let (_root, cx) = tree(&[
            ("var/lib/dpkg/status", status),
            ("var/lib/dpkg/updates/0001", "x"),
            ("var/lib/apt/extended_states", ""),
            ("proc/locks", ""),
        ]);
        let updates = measure(cx).await.value().unwrap().clone();
        assert_eq!(updates.manager, Reading::Value(Manager::Apt));
        assert_eq!(updates.broken_names, Reading::Value(vec!["a".into()]));
        assert_eq!(updates.interrupted, Reading::Value(true));
        assert_eq!(updates.lock_holders, Reading::Value(vec![]));
        assert_eq!(updates.pending_count.absence().unwrap().reason, Reason::NothingToMeasure);
        assert!(*updates.changed_seconds.value().unwrap() < 3600);
    }

    #[tokio::test]
    async fn a_fedora_tells_what_its_files_tell() {
        let (_root, cx) = tree(&[
            ("etc/dnf/dnf.conf", ""),
            ("etc/os-release", "ID=fedora\nVERSION_ID=9\nSUPPORT_END=2008-07-10\n"),
        ]);
        let updates = measure(cx).await.value().unwrap().clone();
        assert_eq!(updates.manager, Reading::Value(Manager::Dnf));
        assert_eq!(updates.pending_count.absence().unwrap().reason, Reason::NotSupported);
        assert!(*updates.support_left_days.value().unwrap() < -6000);
    }
}
