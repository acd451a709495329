//! The rotating log that goes into the package. Never the terminal: results and progress have their
//! own places.

use std::path::Path;

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Newest days kept.
const KEEP_FILES: usize = 7;

/// Logs into `folder`, a file a day. Without a writable folder there is no log, and nothing else is
/// missing.
pub fn start_log(folder: &Path) {
    // The appender prints a complaint of its own when the folder is not there yet.
    if std::fs::create_dir_all(folder).is_err() {
        return;
    }
    let Ok(appender) = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .max_log_files(KEEP_FILES)
        .filename_prefix("befund")
        .filename_suffix("log")
        .build(folder)
    else {
        return;
    };
    let filter = EnvFilter::try_from_env("BEFUND_LOG").unwrap_or_else(|_| EnvFilter::new("warn,befund=info"));
    // A second start in one process (tests) keeps the first log.
    let _ =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(appender).try_init();
}

/// The newest part of the newest log file, at most `limit` bytes, from the start of a line.
pub(crate) fn newest(folder: &Path, limit: u64) -> Option<Vec<u8>> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let newest = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "log"))
        .max()?;
    let mut file = std::fs::File::open(newest).ok()?;
    let length = file.metadata().ok()?.len();
    let start = length.saturating_sub(limit);
    file.seek(SeekFrom::Start(start)).ok()?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).ok()?;
    if start > 0 {
        let line = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| i + 1);
        bytes.drain(..line);
    }
    (!bytes.is_empty()).then_some(bytes)
}
