//! Linux: what systemd-coredump and apport keep.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::{CrashedProgram, Crashes, kernel};
use crate::source::{detached, unread};
use crate::{Absence, Context, Reading, Reason, net};

const COREDUMPS: &str = "/var/lib/systemd/coredump";
const APPORT: &str = "/var/crash";

/// How far back crashes count.
const WEEK: Duration = Duration::from_hours(7 * 24);

/// Files in one folder, and programs that are told.
const MOST_FILES: usize = 5000;
const MOST_PROGRAMS: usize = 20;

pub(super) async fn measure(cx: Context) -> Reading<Crashes> {
    let kernel = kernel::warnings(&cx).await.into();
    let read = detached("read what crashed", cx.step(), move || Crashes {
        programs: programs(&cx, SystemTime::now()).into(),
        kernel,
    });
    read.await.into()
}

/// Reads a program's name from a file's.
type NameOf = fn(&str) -> Option<String>;

fn programs(cx: &Context, now: SystemTime) -> Result<Vec<CrashedProgram>, Absence> {
    let mut found: BTreeMap<String, (u32, SystemTime)> = BTreeMap::new();
    let mut any = false;
    let kinds: [(&str, NameOf); 2] = [(COREDUMPS, coredump), (APPORT, apport)];
    for (folder, program) in kinds {
        let entries = match std::fs::read_dir(cx.path(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(unread(folder, error)),
        };
        any = true;
        for entry in entries.flatten().take(MOST_FILES) {
            let Some(program) = program(&entry.file_name().to_string_lossy()) else { continue };
            let Ok(at) = entry.metadata().and_then(|m| m.modified()) else { continue };
            if now.duration_since(at).is_ok_and(|ago| ago > WEEK) {
                continue;
            }
            let (count, last) = found.entry(net::tame(&program, 40)).or_insert((0, at));
            *count = count.saturating_add(1);
            *last = at.max(*last);
        }
    }
    if !any {
        return Err(Absence::new(
            Reason::NotSupported,
            "nobody here keeps what is left of programs that crashed",
        ));
    }
    let mut programs: Vec<CrashedProgram> = found
        .into_iter()
        .filter_map(|(program, (crash_count, at))| {
            Some(CrashedProgram { program, crash_count, last_at: Timestamp::try_from(at).ok()? })
        })
        .collect();
    programs.sort_by_key(|p| std::cmp::Reverse(p.crash_count));
    programs.truncate(MOST_PROGRAMS);
    Ok(programs)
}

/// `core.PROGRAM.UID.BOOT.PID.MICROSECONDS.zst`: systemd-coredump(8). The name may hold dots, and signs that
/// a file's name may not have are written as `\x2f`.
fn coredump(file: &str) -> Option<String> {
    let rest = file.strip_prefix("core.")?;
    let rest =
        ["zst", "lz4", "xz"].iter().find_map(|e| rest.strip_suffix(e)?.strip_suffix('.')).unwrap_or(rest);
    let mut parts = rest.rsplitn(5, '.');
    let (time, process, boot, user) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let boot = boot.len() == 32 && boot.bytes().all(|b| b.is_ascii_hexdigit());
    (number(time) && number(process) && number(user) && boot).then_some(())?;
    parts.next().filter(|program| !program.is_empty()).map(str::to_owned)
}

/// `_usr_bin_PROGRAM.UID.crash`: apport. A program in a home folder would tell whose it is, so its last part
/// alone is kept.
fn apport(file: &str) -> Option<String> {
    let (path, _user) = file.strip_suffix(".crash")?.rsplit_once('.')?;
    path.rsplit('_').next().filter(|program| !program.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    const BOOT: &str = "6f1d3a5f0c4b4b3c8f0e9f4d3f7f0a11";

    #[test]
    fn names_of_programs_are_read_from_names_of_files() {
        let file = |rest: &str| coredump(&format!("core.{rest}"));
        assert_eq!(
            file(&format!("gnome-shell.1000.{BOOT}.2211.1764070000000000.zst")).unwrap(),
            "gnome-shell"
        );
        assert_eq!(file(&format!("python3.11.1000.{BOOT}.2211.1764070000000000")).unwrap(), "python3.11");
        assert_eq!(file("x"), None);
        assert_eq!(file(&format!("{BOOT}.1.2")), None);
        assert_eq!(apport("_usr_bin_gnome-calculator.1000.crash").unwrap(), "gnome-calculator");
        assert_eq!(apport("_usr_bin_gnome-calculator.1000.upload"), None);
        assert_eq!(apport("kexec_cmd"), None);
    }

    #[test]
    fn crashes_of_the_last_week_are_counted_by_program() {
        let path = |program: &str, n: u32| {
            format!("{}/core.{program}.1000.{BOOT}.{n}.1764070000000000.zst", &COREDUMPS[1..])
        };
        let files = [path("firefox", 1), path("gnome-shell", 2), path("firefox", 3)];
        let files: Vec<(&str, &str)> = files.iter().map(|f| (f.as_str(), "")).collect();
        let (_root, cx) = tree(&files);
        let found = programs(&cx, SystemTime::now()).unwrap();
        let counts: Vec<_> = found.iter().map(|p| (p.program.as_str(), p.crash_count)).collect();
        assert_eq!(counts, [("firefox", 2), ("gnome-shell", 1)]);
        let later = SystemTime::now() + WEEK + Duration::from_mins(1);
        assert_eq!(programs(&cx, later), Ok(vec![]));
        let (_root, cx) = tree(&[]);
        assert_eq!(programs(&cx, later).unwrap_err().reason, Reason::NotSupported);
    }
}
