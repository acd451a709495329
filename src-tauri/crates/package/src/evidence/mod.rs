//! Evidence for supporters: what the system itself wrote down around the time of the problem. It is collected
//! for a package alone, and is redacted with the rest of it.
//!
//! | source          | Linux                                                                    | privilege |
//! |-----------------|--------------------------------------------------------------------------|-----------|
//! | journal         | `journalctl`, from an hour before the case on                            | own messages: none; all: a group such as `adm` or `systemd-journal` |
//! | kernel          | `journalctl --dmesg`, else `dmesg`                                       | a group such as `adm`, or `kernel.dmesg_restrict=0` |
//! | network-manager | `journalctl --unit=NetworkManager`                                       | as the journal |
//! | printing        | the end of `/var/log/cups/error_log`                                     | a group such as `adm` or `lp` |
//! | crashes         | what systemd-coredump wrote into the journal in a week; heads in `/var/crash` | as the journal; own programs: none |
//!
//! Windows would use its event log (`EvtQuery`), macOS `log show` and the reports in `DiagnosticReports`; until
//! then nothing is collected there, and the manifest says so.
//!
//! Each source has a limit of size and one of time, and is read beside the others. The newest lines are kept.
//! No memory of a program that crashed, no arguments and no environment are read.
//!
//! Blind spots: without a group that may read logs only a part is seen. `error_log` has no bound in time. Logs
//! that programs keep for themselves elsewhere are left alone.

mod command;
mod files;

use std::path::{Path, PathBuf};
use std::time::Duration;

use befund_facts::{Absence, Reason};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::command::{Told, run};
use crate::{ExtraFile, labels, printable};

/// The disk that holds the journal may be the one that is failing.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long before the case its beginnings are looked for.
const BEFORE: SignedDuration = SignedDuration::from_hours(1);

/// A case that was left lying is no reason to send a week.
const MOST: SignedDuration = SignedDuration::from_hours(24);

/// How far back crashes count.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// systemd-coredump's own number for its messages, `SD_MESSAGE_COREDUMP` of `sd-messages.h`.
const COREDUMP: &str = "MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1";

/// Where evidence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// What services and programs wrote.
    Journal,
    /// What the kernel wrote.
    Kernel,
    /// What NetworkManager wrote.
    NetworkManager,
    /// What CUPS wrote.
    Printing,
    /// Programs that crashed.
    Crashes,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Journal, Self::Kernel, Self::NetworkManager, Self::Printing, Self::Crashes];

    /// As it stands in policies and manifests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Journal => "journal",
            Self::Kernel => "kernel",
            Self::NetworkManager => "network-manager",
            Self::Printing => "printing",
            Self::Crashes => "crashes",
        }
    }

    /// The most bytes of it.
    const fn limit(self) -> usize {
        match self {
            Self::Journal => 256 << 10,
            Self::Kernel => 128 << 10,
            Self::NetworkManager | Self::Printing | Self::Crashes => 64 << 10,
        }
    }

    fn file(self) -> String {
        format!("evidence/{}.log", self.as_str())
    }
}

/// What is missing of a source that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// There was more than the limit: older lines.
    OlderLines,
    /// It took too long: what had not come by then.
    TooSlow,
    /// This account may not read them: the messages of others.
    OthersMessages,
}

impl Cut {
    const fn key(self) -> &'static str {
        match self {
            Self::OlderLines => "report-evidence-older-lines",
            Self::TooSlow => "report-evidence-too-slow",
            Self::OthersMessages => "report-evidence-others-messages",
        }
    }
}

/// What came of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceRecord {
    /// The source.
    pub source: Source,
    /// The file of the package that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What is missing of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cut: Vec<Cut>,
    /// Why nothing was collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<Absence>,
}

/// What was collected, not redacted yet.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The files.
    pub files: Vec<ExtraFile>,
    /// What came of each source.
    pub records: Vec<EvidenceRecord>,
}

impl Evidence {
    /// Takes a file out again, because it must not leave; the record says why.
    pub fn withdraw(&mut self, file: &str, why: Absence) -> bool {
        let Some(record) = self.records.iter_mut().find(|r| r.file.as_deref() == Some(file)) else {
            return false;
        };
        self.files.retain(|f| f.name != file);
        record.file = None;
        record.cut.clear();
        record.absent = Some(why);
        true
    }
}

/// The system that is asked; another one in tests.
#[derive(Debug, Clone)]
pub struct System {
    /// Its files.
    pub root: PathBuf,
    /// Reads its journal.
    pub journalctl: PathBuf,
    /// Reads the kernel's own log.
    pub dmesg: PathBuf,
    /// How long each source may take.
    pub patience: Duration,
}

impl Default for System {
    fn default() -> Self {
        Self { root: "/".into(), journalctl: "journalctl".into(), dmesg: "dmesg".into(), patience: PATIENCE }
    }
}

/// Collects what is allowed: from an hour before `begun`, the beginning of the case, to `until`.
pub fn collect(allowed: &[Source], begun: Timestamp, until: Timestamp, system: &System) -> Evidence {
    let earliest = until.checked_sub(MOST).unwrap_or(until);
    let since = begun.checked_sub(BEFORE).unwrap_or(begun).clamp(earliest.min(until), until);
    let span = Span { since, until };
    // Each waits for the system, so they wait beside each other.
    let read: Vec<(Source, Result<Found, Absence>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = Source::ALL
            .into_iter()
            .map(|source| {
                let is_allowed = allowed.contains(&source);
                (
                    source,
                    scope.spawn(move || if is_allowed { span.read(source, system) } else { forbidden() }),
                )
            })
            .collect();
        let ended = || Err(Absence::new(Reason::Failed, "ended abnormally"));
        threads.into_iter().map(|(source, t)| (source, t.join().unwrap_or_else(|_| ended()))).collect()
    });
    let mut evidence = Evidence::default();
    for (source, found) in read {
        let mut record = EvidenceRecord { source, file: None, cut: Vec::new(), absent: None };
        match found {
            Ok(found) => {
                let mut about = labels::text(&format!("report-about-evidence-{}", source.as_str()), &[]);
                for cut in &found.cut {
                    let said = labels::text(cut.key(), &[]);
                    about.en = format!("{}. {}", about.en, said.en);
                    about.de = format!("{}. {}", about.de, said.de);
                }
                let bytes = printable(&String::from_utf8_lossy(&found.text)).into_owned().into_bytes();
                evidence.files.push(ExtraFile { name: source.file(), about, bytes });
                record.file = Some(source.file());
                record.cut = found.cut;
            }
            Err(absent) => record.absent = Some(absent),
        }
        evidence.records.push(record);
    }
    evidence
}

fn forbidden() -> Result<Found, Absence> {
    Err(Absence::new(Reason::NotRequested, "the policy leaves it out"))
}

/// What one source gave.
struct Found {
    text: Vec<u8>,
    cut: Vec<Cut>,
}

#[derive(Clone, Copy)]
struct Span {
    since: Timestamp,
    until: Timestamp,
}

impl Span {
    fn read(self, source: Source, system: &System) -> Result<Found, Absence> {
        if cfg!(not(target_os = "linux")) {
            return Err(Absence::new(Reason::NotSupported, "only collected on Linux so far"));
        }
        match source {
            Source::Journal => self.journal(source, system, &[], self.since),
            Source::NetworkManager => self.journal(source, system, &["--unit=NetworkManager"], self.since),
            Source::Kernel => kernel(self, system),
            Source::Printing => files::end(system, "/var/log/cups/error_log", source.limit()),
            Source::Crashes => crashes(self, system),
        }
    }

    fn journal(
        self,
        source: Source,
        system: &System,
        which: &[&str],
        since: Timestamp,
    ) -> Result<Found, Absence> {
        let mut args: Vec<String> =
            ["--no-pager", "--output=short-iso", "--lines=3000"].map(String::from).into();
        if system.root != Path::new("/") {
            // Another system's files: this computer's journal must not be taken for it.
            args.push(format!("--directory={}", system.root.join("var/log/journal").display()));
        }
        args.push(format!("--since=@{}", since.as_second()));
        args.push(format!("--until=@{}", self.until.as_second()));
        args.extend(which.iter().map(ToString::to_string));
        let told = run(&system.journalctl, &args, source.limit(), system.patience)?;
        let hidden = told.errors.contains("not seeing messages from other users");
        found(told, hidden, "the journal")
    }
}

/// The journal keeps the times; the kernel's own log is there without a journal too.
fn kernel(span: Span, system: &System) -> Result<Found, Absence> {
    let day = span.until.checked_sub(MOST).unwrap_or(span.since);
    match span.journal(Source::Kernel, system, &["--dmesg"], day) {
        Ok(found) => Ok(found),
        Err(journal) => {
            let args = ["--time-format=iso".to_owned()];
            let told = run(&system.dmesg, &args, Source::Kernel.limit(), system.patience);
            told.and_then(|told| found(told, false, "the kernel's log"))
                .map_err(|own| Absence::new(own.reason, format!("{}; {}", journal.detail, own.detail)))
        }
    }
}

fn crashes(span: Span, system: &System) -> Result<Found, Absence> {
    let week = span.until.checked_sub(WEEK).unwrap_or(span.since);
    let journal = span.journal(Source::Crashes, system, &[COREDUMP], week);
    let heads = files::crash_heads(system, week, Source::Crashes.limit() / 2);
    match (journal, heads) {
        (Ok(mut found), Ok(heads)) => {
            found.text.extend_from_slice(&heads);
            Ok(found)
        }
        (Ok(found), Err(_)) => Ok(found),
        (Err(_), Ok(text)) => Ok(Found { text, cut: Vec::new() }),
        (Err(journal), Err(heads)) if heads.reason == Reason::NothingToMeasure => Err(journal),
        (Err(_), Err(heads)) => Err(heads),
    }
}

/// What a program told, unless that was nothing.
fn found(told: Told, others_hidden: bool, what: &str) -> Result<Found, Absence> {
    let is_empty = told.text.split(|b| *b == b'\n').all(|line| line.is_empty() || line.starts_with(b"-- "));
    if is_empty {
        let said: String = printable(told.errors.trim()).chars().take(160).collect();
        let denied = others_hidden || said.to_lowercase().contains("permi") || said.contains("not permitted");
        let reason = match (told.is_late, denied, said.is_empty()) {
            (true, ..) => Reason::TimedOut,
            (_, true, _) => Reason::NoPermission,
            (.., true) => Reason::NothingToMeasure,
            _ => Reason::Failed,
        };
        let detail = if said.is_empty() { format!("{what} says nothing") } else { format!("{what}: {said}") };
        return Err(Absence::new(reason, detail));
    }
    let cuts =
        [(told.is_cut, Cut::OlderLines), (told.is_late, Cut::TooSlow), (others_hidden, Cut::OthersMessages)];
    Ok(Found { text: told.text, cut: cuts.into_iter().filter(|(is, _)| *is).map(|(_, cut)| cut).collect() })
}
