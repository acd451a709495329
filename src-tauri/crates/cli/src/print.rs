//! The only place that prints. Results go to standard output; progress, notes and errors to standard
//! error. Every text from outside is made harmless for terminals first.

use std::io::{IsTerminal as _, Write as _};

use anyhow::Context as _;
use befund_app::package::printable;
use befund_app::{AppError, Lang};
use serde::Serialize;

/// What the errors of standard output are about. That its reader went away (`| head`) is none: see `main`.
fn written(outcome: std::io::Result<()>) -> anyhow::Result<()> {
    outcome.context("cannot write the output")
}

/// A line of the result.
pub(crate) fn line(text: &str) -> anyhow::Result<()> {
    written(writeln!(std::io::stdout(), "{}", printable(text)))
}

/// Text of the result as it is: files of a package. A terminal gets it made harmless.
pub(crate) fn raw(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let shown = if out.is_terminal() {
        printable(&String::from_utf8_lossy(bytes)).into_owned().into_bytes()
    } else {
        bytes.to_vec()
    };
    written(out.write_all(&shown).and_then(|()| out.flush()))
}

/// One JSON object.
pub(crate) fn json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    written(writeln!(std::io::stdout(), "{text}"))
}

/// A note beside the result. Where nobody can read it, nothing else is missing.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", printable(text));
}

/// An error, and what led to it. The application's own errors say that themselves.
pub(crate) fn error(error: &anyhow::Error, lang: Lang) {
    match error.downcast_ref::<AppError>() {
        Some(whole) => note(&format!("befund: {}", whole.lines(lang))),
        None => note(&format!("befund: {error:#}")),
    }
}

/// The state's word, in colour where somebody looks and has not declined it (NO_COLOR).
pub(crate) fn state(status: &str, word: &str) -> String {
    let colour = match status {
        "ok" => "32",
        "warn" => "33",
        "fail" => "31",
        _ => "2",
    };
    let plain =
        !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    if plain { word.to_owned() } else { format!("\u{1b}[{colour}m{word}\u{1b}[0m") }
}

/// A result line whose state may carry colour; the rest is made harmless.
pub(crate) fn state_line(status: &str, word: &str, width: usize, text: &str) -> anyhow::Result<()> {
    let gap = " ".repeat(width.saturating_sub(word.chars().count()));
    written(writeln!(std::io::stdout(), "{}{gap}  {}", state(status, word), printable(text)))
}

/// Progress on one line that rewrites itself; only where somebody looks. The line is gone when this is
/// dropped, whether measuring has ended or was stopped.
pub(crate) struct Progress {
    live: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { live: std::io::stderr().is_terminal() }
    }

    pub(crate) fn update(&self, done: u32, total: u32, text: &str) {
        if self.live {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "\r\u{1b}[2K{done}/{total}  {}", printable(text)).and_then(|()| err.flush());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.live {
            let _ = write!(std::io::stderr(), "\r\u{1b}[2K");
        }
    }
}

/// Asks on standard error and reads a line; `None` at the end of the input. The reading has a thread of
/// its own, so that Ctrl-C is heard meanwhile.
pub(crate) async fn ask(prompt: &str) -> Option<String> {
    let mut err = std::io::stderr();
    let _ = write!(err, "{} ", printable(prompt)).and_then(|()| err.flush());
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map(|length| (length, line))
    });
    match read.await {
        Ok(Ok((length, line))) if length > 0 => Some(line.trim().to_owned()),
        _ => None,
    }
}
