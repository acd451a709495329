//! Logs that stand in files.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Seek as _, SeekFrom};

use befund_facts::{Absence, Reason};
use jiff::Timestamp;

use super::command::{from_line_start, unread};
use super::{Cut, Found, System};

const CRASHES: &str = "/var/crash";

/// Names in one folder, and reports that are read.
const MOST_FILES: usize = 5000;
const MOST_REPORTS: usize = 8;

/// The head of a report stands before the memory of the program, which can be gigabytes.
const MOST_HEAD: u64 = 64 << 10;

/// What of a report says nothing of the person: no arguments, no environment, no memory.
const FIELDS: &[&str] = &[
    "ProblemType",
    "Architecture",
    "Date",
    "DistroRelease",
    "ExecutablePath",
    "Package",
    "Signal",
    "SignalName",
    "SourcePackage",
    "Uname",
];

/// The end of a file, from the start of a line.
pub(super) fn end(system: &System, path: &str, most: usize) -> Result<Found, Absence> {
    let full = system.root.join(path.trim_start_matches('/'));
    let failed = |error: std::io::Error| unread(&format!("read {path}"), &error);
    let length = match std::fs::metadata(&full).map_err(failed)? {
        // A pipe in the place of a log would be waited for.
        about if about.is_file() => about.len(),
        _ => return Err(Absence::new(Reason::Failed, format!("{path} is no file"))),
    };
    let mut file = File::open(&full).map_err(failed)?;
    let start = length.saturating_sub(most as u64);
    file.seek(SeekFrom::Start(start)).map_err(failed)?;
    let mut text = Vec::new();
    file.take(most as u64).read_to_end(&mut text).map_err(failed)?;
    if start > 0 {
        from_line_start(&mut text);
    }
    if text.is_empty() {
        return Err(Absence::new(Reason::NothingToMeasure, format!("{path} is empty")));
    }
    Ok(Found { text, cut: if start > 0 { vec![Cut::OlderLines] } else { Vec::new() } })
}

/// The heads of apport's reports, the newest first.
pub(super) fn crash_heads(system: &System, since: Timestamp, most: usize) -> Result<Vec<u8>, Absence> {
    let none = || Absence::new(Reason::NothingToMeasure, "no program has left a report");
    let folder = system.root.join(CRASHES.trim_start_matches('/'));
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(none()),
        Err(error) => return Err(unread(&format!("read {CRASHES}"), &error)),
    };
    let mut reports: Vec<(Timestamp, std::path::PathBuf)> = entries
        .flatten()
        .take(MOST_FILES)
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "crash"))
        .filter_map(|entry| {
            let about = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
            let at = Timestamp::try_from(about.modified().ok()?).ok()?;
            (at >= since).then(|| (at, entry.path()))
        })
        .collect();
    reports.sort_by(|a, b| b.cmp(a));
    let mut text = Vec::new();
    let mut denied = None;
    for (at, path) in reports.into_iter().take(MOST_REPORTS) {
        let head = match File::open(&path) {
            Ok(file) => head(BufReader::new(file.take(MOST_HEAD))),
            Err(error) => {
                denied = Some(unread(&format!("read a report in {CRASHES}"), &error));
                continue;
            }
        };
        if text.len() + head.len() > most {
            break;
        }
        text.extend_from_slice(format!("-- report of {at}\n{head}").as_bytes());
    }
    if text.is_empty() { Err(denied.unwrap_or_else(none)) } else { Ok(text) }
}

/// The harmless fields of a report. Values of several lines go on with a blank.
fn head(report: impl BufRead) -> String {
    let mut out = String::new();
    for line in report.split(b'\n') {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line);
        if line.starts_with("CoreDump:") {
            break;
        }
        if line.split_once(": ").is_some_and(|(field, _)| FIELDS.contains(&field)) {
            out.extend(line.chars().take(400));
            out.push('\n');
        }
    }
    out
}
