//! Reading the system's own files, and waiting for work that may hang. What a file means is for the
//! subject that reads it.

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "elsewhere the system is asked through calls, not files")
)]

use std::fs::File;
use std::io::{self, Read};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::sync::oneshot;

use crate::{Absence, Context, Reading, Reason};

/// More than the largest honest file read here (mount tables, cpuinfo of machines with hundreds of
/// cores), and small enough that an endless one does no harm.
const MOST_BYTES: u64 = 4 << 20;

/// The text of a file of the measured system. Bytes that are no UTF-8 are replaced: one odd name in
/// a table must not cost the rest of it.
pub(crate) fn read_text(cx: &Context, path: &str) -> Result<String, Absence> {
    read_raw(cx, path).map_err(|e| unread(path, e))
}

/// Like [`read_text`], for callers to whom the kind of error says something.
pub(crate) fn read_raw(cx: &Context, path: &str) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(cx.path(path))?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The bytes of a file of the measured system, so many at most.
#[cfg(target_os = "linux")]
pub(crate) fn read_bytes(cx: &Context, path: &str, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(cx.path(path))?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Like [`read_text`], for the few honest files that are larger than all others.
pub(crate) fn read_large_text(cx: &Context, path: &str, most: u64) -> Result<String, Absence> {
    let mut bytes = Vec::new();
    let read = File::open(cx.path(path)).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|e| unread(path, e))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The absence that stands for an error from a file.
pub(crate) fn unread(path: &str, error: io::Error) -> Absence {
    match Reading::<()>::from_io(&format!("read {path}"), Err(error)) {
        Reading::Absent { absent } => absent,
        Reading::Value(()) => Absence::new(Reason::Failed, format!("read {path}")),
    }
}

/// The value of a file that holds one number.
pub(crate) fn read_number<T: std::str::FromStr>(cx: &Context, path: &str) -> Result<T, Absence> {
    let text = read_text(cx, path)?;
    let word = text.trim();
    word.parse().map_err(|_| odd(path, word))
}

/// More than a folder that lists devices holds.
pub(crate) const MOST_NAMES: usize = 4096;

/// The names in a folder of the measured system, in order; so many at most, because a hostile tree must
/// not hold up the rest. A folder that is not there has none.
pub(crate) fn names(cx: &Context, folder: &str, most: usize) -> Result<Vec<String>, Absence> {
    let entries = match std::fs::read_dir(cx.path(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unread(folder, error)),
    };
    let mut names: Vec<String> =
        entries.take(most).filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

/// The first line of a file, without the white space around it; none where it is empty or not there.
pub(crate) fn word(cx: &Context, path: &str) -> Option<String> {
    let text = read_text(cx, path).ok()?;
    text.lines().next().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned)
}

/// An absence for content that is not what the source's documentation says. The content is cut: the
/// detail is for a person to read.
pub(crate) fn odd(path: &str, content: &str) -> Absence {
    let shown: String = content.chars().take(60).collect();
    Absence::new(Reason::Failed, format!("read {path}: unexpected content {shown:?}"))
}

/// The absence that stands for an error from the portable source.
#[cfg(any(not(target_os = "linux"), test))]
pub(crate) fn unanswered(what: &str, error: &sysinfo::Error) -> Absence {
    let reason = match error {
        sysinfo::Error::Unsupported => Reason::NotSupported,
        _ => Reason::Failed,
    };
    Absence::new(reason, format!("{what}: {error}"))
}

/// Runs blocking work on a thread of its own and waits for it no longer than `limit`.
///
/// Not `spawn_blocking`: a runtime waits for those when it is dropped, so one dead network share
/// would keep the program from ending. A thread that nobody joins ends with the process.
pub(crate) async fn detached<T: Send + 'static>(
    what: &str,
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Absence> {
    let (sender, receiver) = oneshot::channel();
    std::thread::Builder::new()
        .name("probe".into())
        .spawn(move || {
            // Nobody listens any more once the limit has passed.
            let _ = sender.send(work());
        })
        .map_err(|e| Absence::new(Reason::Failed, format!("{what}: no thread to run on: {e}")))?;
    match tokio::time::timeout(limit, receiver).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) => Err(Absence::new(Reason::Failed, format!("{what}: ended abnormally"))),
        Err(_) => Err(Absence::new(Reason::TimedOut, format!("{what}: no answer within {limit:?}"))),
    }
}

/// What a program of the system printed.
pub(crate) struct Printed {
    /// Its standard output, cut at the bound.
    pub(crate) text: Vec<u8>,
    /// Whether it ended well; not where it printed all and did not end.
    pub(crate) success: bool,
}

/// A program that has closed its output has this long to end.
const ENDING: Duration = Duration::from_millis(500);

/// Runs a program of the system and waits for its output no longer than `patience`. What it prints is bounded, and
/// it does not outlive the waiting. Never a shell: the arguments are ours.
pub(crate) async fn program(
    cx: &Context,
    name: &str,
    args: &[&str],
    patience: Duration,
    most_bytes: u64,
) -> Result<Printed, Absence> {
    let failed = |error: io::Error| match Reading::<()>::from_io(&format!("start {name}"), Err(error)) {
        Reading::Absent { absent } => absent,
        Reading::Value(()) => Absence::new(Reason::Failed, format!("start {name}")),
    };
    let run = async {
        let mut child = tokio::process::Command::new(name)
            .args(args)
            // What it prints is read, in whatever language the person's session is.
            .env("LC_ALL", "C.UTF-8")
            .env_remove("LANGUAGE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let mut text = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            // One that prints more than that finds its pipe closed.
            stdout.take(most_bytes).read_to_end(&mut text).await?;
        }
        Ok((child, text))
    };
    let (mut child, text) = match tokio::time::timeout(patience.min(cx.step()), run).await {
        Ok(printed) => printed.map_err(failed)?,
        Err(_) => return Err(Absence::new(Reason::TimedOut, format!("{name} does not answer"))),
    };
    // What it had to say is complete, however long it takes to end.
    let success = match tokio::time::timeout(ENDING, child.wait()).await {
        Ok(status) => status.map_err(failed)?.success(),
        Err(_) => false,
    };
    Ok(Printed { text, success })
}

/// A tree of files for a test, and a context that reads it.
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]
pub(crate) fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, Context) {
    let root = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = root.path().join(file.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let cx = Context { root: root.path().to_owned(), ..Context::default() };
    (root, cx)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn tree() -> (tempfile::TempDir, Context) {
        let folder = tempfile::tempdir().unwrap();
        let cx = Context { root: folder.path().to_path_buf(), ..Context::default() };
        (folder, cx)
    }

    #[tokio::test]
    async fn a_program_is_read_up_to_the_bound_and_waited_for_up_to_the_limit() {
        let cx = Context::default();
        let long = Duration::from_mins(1);
        let run = async |command, patience| program(&cx, "sh", &["-c", command], patience, 5).await;
        let printed = run("echo 1234567; exit 3", long).await.unwrap();
        assert_eq!((printed.text.as_slice(), printed.success), (b"12345".as_slice(), false));
        assert!(run("echo 12", long).await.unwrap().success);
        let silent = run("echo 12; exec >&-; exec sleep 600", long).await.unwrap();
        assert_eq!((silent.text.as_slice(), silent.success), (b"12\n".as_slice(), false));
        let hung = run("exec sleep 600", Duration::from_millis(50)).await;
        assert_eq!(hung.err().map(|absent| absent.reason), Some(Reason::TimedOut));
        let missing = program(&cx, "/no/such/program", &[], long, 5).await;
        assert_eq!(missing.err().map(|absent| absent.reason), Some(Reason::NotSupported));
    }

    #[test]
    fn a_missing_file_is_not_supported_and_odd_content_is_shown_cut() {
        let (folder, cx) = tree();
        assert_eq!(read_text(&cx, "/none").unwrap_err().reason, Reason::NotSupported);
        std::fs::write(folder.path().join("n"), "x".repeat(500)).unwrap();
        let absent = read_number::<u64>(&cx, "/n").unwrap_err();
        assert_eq!(absent.reason, Reason::Failed);
        assert!(absent.detail.len() < 120, "{}", absent.detail);
    }

    #[test]
    fn bytes_that_are_no_text_do_not_cost_the_file() {
        let (folder, cx) = tree();
        std::fs::write(folder.path().join("n"), b"a \xff b\n").unwrap();
        assert_eq!(read_text(&cx, "/n").unwrap(), "a \u{fffd} b\n");
    }

    #[test]
    fn a_hanging_call_holds_up_neither_the_caller_nor_the_end_of_the_runtime() {
        // The work waits until this test lets it go, which is after the runtime has ended.
        let (release, held) = mpsc::channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let outcome = runtime
            .block_on(detached("stat", Duration::from_millis(20), move || held.recv().unwrap_or_default()));
        let (ended, end) = mpsc::channel();
        std::thread::spawn(move || {
            drop(runtime);
            let _ = ended.send(());
        });
        assert!(end.recv_timeout(Duration::from_secs(10)).is_ok(), "the runtime waits for the hanging call");
        assert_eq!(outcome.unwrap_err().reason, Reason::TimedOut);
        drop(release);
    }

    #[tokio::test]
    async fn a_panicking_call_is_a_failure() {
        let outcome = detached::<()>("stat", Duration::from_secs(5), || panic!("on purpose")).await;
        assert_eq!(outcome.unwrap_err().reason, Reason::Failed);
    }
}
