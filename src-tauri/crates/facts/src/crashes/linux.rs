//! Linux: what systemd-coredump and apport keep, and what the former wrote into the journal.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::{CrashedProgram, Crashes, kernel};
use crate::source::{detached, unread};
use crate::{Absence, Context, Reading, Reason, journal, net};

const COREDUMPS: &str = "/var/lib/systemd/coredump";
const APPORT: &str = "/var/crash";

/// systemd-coredump's own number for its messages, `SD_MESSAGE_COREDUMP` of `sd-messages.h`.
const MESSAGE: &str = "MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1";

/// Names and numbers alone: not the arguments, the environment or the memory, which stand beside them.
const FIELDS: &[&str] = &["COREDUMP_COMM", "COREDUMP_PID", "COREDUMP_TIMESTAMP"];

/// How far back crashes count.
const WEEK: Duration = Duration::from_hours(7 * 24);

/// Files in one folder, and programs that are told.
const MOST_FILES: usize = 5000;
const MOST_PROGRAMS: usize = 20;

/// Entries of the journal are some hundred bytes each.
const MOST_BYTES: usize = 4 << 20;

/// One crash. The same one may stand in the journal and lie in the folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Crash {
    program: String,
    at: SystemTime,
    /// Number of the process and microseconds of the crash, where they are told.
    id: Option<(u64, u64)>,
}

pub(super) async fn measure(cx: Context) -> Reading<Crashes> {
    let now = SystemTime::now();
    let inner = cx.clone();
    let (kernel, kept, told) = tokio::join!(
        kernel::warnings(&cx),
        detached("read what crashed", cx.step(), move || kept(&inner, now)),
        told(&cx, now)
    );
    let programs = together(kept.and_then(|kept| kept), told).map(counted);
    Reading::Value(Crashes { programs: programs.into(), kernel: kernel.into() })
}

/// Both sources, or the one that there is. An empty journal may be one that this account does not see.
fn together(
    kept: Result<Vec<Crash>, Absence>,
    told: Result<Vec<Crash>, Absence>,
) -> Result<Vec<Crash>, Absence> {
    match (kept, told) {
        (Ok(mut kept), Ok(told)) => {
            let known: HashSet<_> = kept.iter().filter_map(|crash| crash.id).collect();
            kept.extend(told.into_iter().filter(|crash| crash.id.is_none_or(|id| !known.contains(&id))));
            Ok(kept)
        }
        (Err(_), Ok(told)) if !told.is_empty() => Ok(told),
        (kept, _) => kept,
    }
}

/// By program, the one that crashed most often first.
fn counted(crashes: Vec<Crash>) -> Vec<CrashedProgram> {
    let mut found: BTreeMap<String, (u32, SystemTime)> = BTreeMap::new();
    for crash in crashes {
        let (count, last) = found.entry(net::tame(&crash.program, 40)).or_insert((0, crash.at));
        *count = count.saturating_add(1);
        *last = crash.at.max(*last);
    }
    let mut programs: Vec<CrashedProgram> = found
        .into_iter()
        .filter_map(|(program, (crash_count, at))| {
            Some(CrashedProgram { program, crash_count, last_at: Timestamp::try_from(at).ok()? })
        })
        .collect();
    programs.sort_by_key(|p| std::cmp::Reverse(p.crash_count));
    programs.truncate(MOST_PROGRAMS);
    programs
}

/// What systemd-coredump wrote into the journal, also of crashes whose memory was not kept or was cleared away.
async fn told(cx: &Context, now: SystemTime) -> Result<Vec<Crash>, Absence> {
    let seconds = |at: SystemTime| at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let since = format!("--since=@{}", seconds(now).saturating_sub(WEEK.as_secs()));
    let until = format!("--until=@{}", seconds(now));
    let entries =
        journal::entries(cx, &[&since, &until, "--lines=5000", MESSAGE], FIELDS, MOST_BYTES).await?;
    Ok(entries.iter().filter_map(crash).collect())
}

fn crash(entry: &journal::Entry) -> Option<Crash> {
    let told = entry.number("COREDUMP_TIMESTAMP");
    let at = SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_micros(told.or_else(|| entry.number("__REALTIME_TIMESTAMP"))?))?;
    Some(Crash { program: entry.text("COREDUMP_COMM")?, at, id: entry.number("COREDUMP_PID").zip(told) })
}

/// A program's name, and what tells this crash from others, as a file's name has them.
type Named = (String, Option<(u64, u64)>);

/// Reads it.
type NameOf = fn(&str) -> Option<Named>;

/// What lies in the folders.
fn kept(cx: &Context, now: SystemTime) -> Result<Vec<Crash>, Absence> {
    let mut crashes = Vec::new();
    let mut any = false;
    let kinds: [(&str, NameOf); 2] = [(COREDUMPS, coredump), (APPORT, apport)];
    for (folder, named) in kinds {
        let entries = match std::fs::read_dir(cx.path(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(unread(folder, error)),
        };
        any = true;
        for entry in entries.flatten().take(MOST_FILES) {
            let Some((program, id)) = named(&entry.file_name().to_string_lossy()) else { continue };
            let Ok(at) = entry.metadata().and_then(|m| m.modified()) else { continue };
            if now.duration_since(at).is_ok_and(|ago| ago > WEEK) {
                continue;
            }
            crashes.push(Crash { program, at, id });
        }
    }
    if any {
        Ok(crashes)
    } else {
        Err(Absence::new(Reason::NotSupported, "nobody here keeps what is left of programs that crashed"))
    }
}

/// `core.PROGRAM.UID.BOOT.PID.MICROSECONDS.zst`: systemd-coredump(8). The name may hold dots, and signs that
/// a file's name may not have are written as `\x2f`.
fn coredump(file: &str) -> Option<Named> {
    let rest = file.strip_prefix("core.")?;
    let rest =
        ["zst", "lz4", "xz"].iter().find_map(|e| rest.strip_suffix(e)?.strip_suffix('.')).unwrap_or(rest);
    let mut parts = rest.rsplitn(5, '.');
    let (time, process, boot, user) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let boot = boot.len() == 32 && boot.bytes().all(|b| b.is_ascii_hexdigit());
    (number(time) && number(process) && number(user) && boot).then_some(())?;
    let program = parts.next().filter(|program| !program.is_empty())?;
    Some((program.to_owned(), process.parse().ok().zip(time.parse().ok())))
}

/// `_usr_bin_PROGRAM.UID.crash`: apport. A program in a home folder would tell whose it is, so its last part
/// alone is kept.
fn apport(file: &str) -> Option<Named> {
    let (path, _user) = file.strip_suffix(".crash")?.rsplit_once('.')?;
    path.rsplit('_').next().filter(|program| !program.is_empty()).map(|program| (program.to_owned(), None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    const BOOT: &str = "6f1d3a5f0c4b4b3c8f0e9f4d3f7f0a11";

    #[test]
    fn names_of_programs_are_read_from_names_of_files() {
        let file = |rest: &str| coredump(&format!("core.{rest}"));
        let id = Some((2211, 1_764_070_000_000_000));
        assert_eq!(
            file(&format!("gnome-shell.1000.{BOOT}.2211.1764070000000000.zst")),
            Some(("gnome-shell".into(), id))
        );
        assert_eq!(
            file(&format!("python3.11.1000.{BOOT}.2211.1764070000000000")),
            Some(("python3.11".into(), id))
        );
        assert_eq!(file("x"), None);
        assert_eq!(file(&format!("{BOOT}.1.2")), None);
        assert_eq!(apport("_usr_bin_gnome-calculator.1000.crash"), Some(("gnome-calculator".into(), None)));
        assert_eq!(apport("_usr_bin_gnome-calculator.1000.upload"), None);
        assert_eq!(apport("kexec_cmd"), None);
    }

    fn counts(crashes: Vec<Crash>) -> Vec<(String, u32)> {
        counted(crashes).into_iter().map(|p| (p.program, p.crash_count)).collect()
    }

    #[test]
    fn crashes_of_the_last_week_are_counted_by_program() {
        let path = |program: &str, n: u32| {
            format!("{}/core.{program}.1000.{BOOT}.{n}.1764070000000000.zst", &COREDUMPS[1..])
        };
        let files = [path("firefox", 1), path("gnome-shell", 2), path("firefox", 3)];
        let files: Vec<(&str, &str)> = files.iter().map(|f| (f.as_str(), "")).collect();
        let (_root, cx) = tree(&files);
        let found = counts(kept(&cx, SystemTime::now()).unwrap());
        assert_eq!(found, [("firefox".into(), 2), ("gnome-shell".into(), 1)]);
        let later = SystemTime::now() + WEEK + Duration::from_mins(1);
        assert_eq!(kept(&cx, later), Ok(vec![]));
        let (_root, cx) = tree(&[]);
        assert_eq!(kept(&cx, later).unwrap_err().reason, Reason::NotSupported);
    }

    #[tokio::test]
    async fn a_real_journal_tells_of_crashes_whose_remains_are_gone() {
        let (_root, cx) = journal::recorded();
        let now: Timestamp = "2026-11-23T13:05:00Z".parse().unwrap();
        let in_journal = told(&cx, now.into()).await.unwrap();
        // Not the one of two weeks ago.
        let expected = [("soffice.bin".to_owned(), 3), ("firefox-esr".to_owned(), 1)];
        assert_eq!(counts(in_journal.clone()), expected);
        // One of them lies in the folder as well, and counts once; another one the journal has lost.
        let folder = cx.path(COREDUMPS);
        std::fs::create_dir_all(&folder).unwrap();
        for (program, process, time) in
            [("firefox-esr", 6001, 1_795_438_859_100_000_u64), ("gedit", 9, 1_795_438_859_200_000)]
        {
            let name = format!("core.{program}.1000.{BOOT}.{process}.{time}.zst");
            std::fs::write(folder.join(name), "").unwrap();
        }
        let both = together(kept(&cx, now.into()), Ok(in_journal.clone())).unwrap();
        assert_eq!(counts(both), [expected[0].clone(), expected[1].clone(), ("gedit".into(), 1)]);
        let none = || Err(Absence::new(Reason::NotSupported, ""));
        assert_eq!(counts(together(none(), Ok(in_journal)).unwrap()), expected);
        assert!(together(none(), Ok(vec![])).is_err(), "an empty journal may be a hidden one");
    }
}
