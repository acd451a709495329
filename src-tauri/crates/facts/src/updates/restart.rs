//! Whether a restart is due: the system's own word, the kernel, and libraries that were replaced.

use std::collections::BTreeSet;

use super::dpkg::compare;
use crate::source::{names, read_text, word};
use crate::{Absence, Context, Reason, net};

/// Most processes that are looked into.
const MOST_PROCESSES: usize = 4000;

/// Most programs that are named.
const MOST_PROGRAMS: usize = 12;

/// Whether the system asks for a restart; packages of Debian and kin leave that file.
pub(super) fn required(cx: &Context) -> Result<bool, Absence> {
    if cx.path("/run/reboot-required").exists() || cx.path("/var/run/reboot-required").exists() {
        return Ok(true);
    }
    if cx.path(super::dpkg::STATUS).exists() {
        Ok(false)
    } else {
        Err(Absence::new(Reason::NotSupported, "packages of this system leave no note"))
    }
}

/// The newest installed kernel of the kind that runs, and whether it is newer than that one.
pub(super) fn kernel(cx: &Context) -> Result<(String, bool), Absence> {
    let running = word(cx, "/proc/sys/kernel/osrelease")
        .ok_or_else(|| Absence::new(Reason::Failed, "the running kernel has no name"))?;
    let mut installed: Vec<String> = Vec::new();
    for folder in ["/usr/lib/modules", "/lib/modules"] {
        for name in names(cx, folder, 200)? {
            // A removed kernel leaves modules that others built for it.
            let image = [format!("/boot/vmlinuz-{name}"), format!("{folder}/{name}/vmlinuz")];
            if image.iter().any(|image| cx.path(image).exists()) {
                installed.push(name);
            }
        }
    }
    // A container runs its host's kernel, and a board one that its vendor put there.
    if !installed.contains(&running) {
        return Err(Absence::new(
            Reason::NothingToMeasure,
            "the running kernel was not installed by a package of this system",
        ));
    }
    let same_kind = |name: &&String| kind(name) == kind(&running);
    let newest = installed.iter().filter(same_kind).max_by(|a, b| compare(a, b)).unwrap_or(&running);
    Ok((net::tame(newest, 80), compare(newest, &running).is_gt()))
}

/// What stands behind the version: `generic`, `amd64`, `rt-amd64`, `fc42.x86_64`.
fn kind(release: &str) -> String {
    let from = release.find(|c: char| c.is_ascii_alphabetic());
    let words = from.map_or("", |at| &release[at..]);
    // Fedora and kin write the release of the system into it, which changes.
    words.rsplit(['.', '+']).next().unwrap_or_default().to_owned()
}

/// Programs that run with libraries which have been replaced; only one's own processes can be seen.
pub(super) fn outdated(cx: &Context) -> Result<Vec<String>, Absence> {
    let mut programs = BTreeSet::new();
    let mut seen_any = false;
    for process in names(cx, "/proc", MOST_PROCESSES)? {
        if !process.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        let Ok(maps) = read_text(cx, &format!("/proc/{process}/maps")) else { continue };
        seen_any |= !maps.is_empty();
        if maps.lines().any(replaced)
            && let Some(name) = word(cx, &format!("/proc/{process}/comm"))
        {
            programs.insert(net::tame(&name, 32));
        }
    }
    if seen_any {
        Ok(programs.into_iter().take(MOST_PROGRAMS).collect())
    } else {
        Err(Absence::new(Reason::NoPermission, "no process lets its libraries be seen"))
    }
}

/// A line of `/proc/PID/maps` that names a system's library which is no more.
fn replaced(line: &str) -> bool {
    let Some(path) = line.strip_suffix(" (deleted)").and_then(|line| line.find('/').map(|at| &line[at..]))
    else {
        return false;
    };
    let library = path.contains(".so.") || path.ends_with(".so");
    library && ["/usr/lib", "/lib"].iter().any(|folder| path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    #[test]
    fn a_newer_kernel_of_the_same_kind_counts() {
        let files = [
            ("proc/sys/kernel/osrelease", "6.8.0-45-generic\n"),
            ("boot/vmlinuz-6.8.0-45-generic", ""),
            ("boot/vmlinuz-6.8.0-101-generic", ""),
            ("boot/vmlinuz-6.11.0-1-lowlatency", ""),
            ("lib/modules/6.8.0-45-generic/modules.dep", ""),
            ("lib/modules/6.8.0-101-generic/modules.dep", ""),
            ("lib/modules/6.8.0-200-generic/updates", ""),
            ("lib/modules/6.11.0-1-lowlatency/modules.dep", ""),
        ];
        let (_root, cx) = tree(&files);
        assert_eq!(kernel(&cx).unwrap(), ("6.8.0-101-generic".into(), true));
        let (_root, cx) = tree(&files[..2].iter().chain(&files[4..5]).copied().collect::<Vec<_>>());
        assert_eq!(kernel(&cx).unwrap(), ("6.8.0-45-generic".into(), false));
        let (_root, cx) = tree(&files[..1]);
        assert_eq!(kernel(&cx).unwrap_err().reason, Reason::NothingToMeasure, "a container");
    }

    #[test]
    fn kinds_of_kernels() {
        assert_eq!(kind("6.1.0-30-amd64"), "amd64");
        assert_eq!(kind("6.14.5-300.fc42.x86_64"), kind("6.15.1-200.fc43.x86_64"));
        assert_ne!(kind("6.1.0-30-amd64"), kind("6.1.0-30-rt-amd64"));
        assert_eq!(kind("6.6"), "");
    }

    #[test]
    fn only_replaced_libraries_of_the_system_count() {
        for (line, expected) in [
            ("7f1-7f2 r-xp 0000 fe:00 12   /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)", true),
            ("7f1-7f2 r-xp 0000 fe:00 12   /usr/lib/x86_64-linux-gnu/libssl.so.3", false),
            ("7f1-7f2 rw-s 0000 00:01 12   /memfd:pulseaudio (deleted)", false),
            ("7f1-7f2 rw-s 0000 00:01 12   /home/x/lib/a.so (deleted)", false),
            ("7f1-7f2 rw-s 0000 00:01 12   /usr/lib/locale/archive (deleted)", false),
            ("", false),
        ] {
            assert_eq!(replaced(line), expected, "{line}");
        }
        let (_root, cx) = tree(&[
            ("proc/12/maps", "7f1-7f2 r-xp 0000 fe:00 12 /usr/lib/x/libssl.so.3 (deleted)\n"),
            ("proc/12/comm", "firefox\n"),
            ("proc/13/maps", "7f1-7f2 r-xp 0000 fe:00 12 /usr/lib/x/libssl.so.3\n"),
            ("proc/self/maps", ""),
        ]);
        assert_eq!(outdated(&cx).unwrap(), ["firefox"]);
    }

    #[test]
    fn a_note_of_a_package_asks_for_a_restart() {
        let (_root, cx) = tree(&[("run/reboot-required", "*** System restart required ***\n")]);
        assert_eq!(required(&cx), Ok(true));
        let (_root, cx) = tree(&[("var/lib/dpkg/status", "")]);
        assert_eq!(required(&cx), Ok(false));
        let (_root, cx) = tree(&[]);
        assert!(required(&cx).is_err());
    }
}
