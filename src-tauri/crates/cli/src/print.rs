//! The only place that prints. Results go to standard output; progress, notes and errors to standard
//! error. Every text from outside is made harmless for terminals first.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this module is the command's voice")]

use std::io::{IsTerminal as _, Write as _};

use befund_app::package::printable;
use serde::Serialize;

/// A line of the result.
pub(crate) fn line(text: &str) {
    // A reader that went away (`| head`) is no error worth a panic.
    let _ = writeln!(std::io::stdout(), "{}", printable(text));
}

/// Text of the result as it is: files of a package, redacted input.
pub(crate) fn raw(bytes: &[u8]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// One JSON object.
pub(crate) fn json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(())
}

/// A note beside the result.
pub(crate) fn note(text: &str) {
    eprintln!("{}", printable(text));
}

/// An error, and what led to it.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("befund: {}", printable(&format!("{error:#}")));
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
pub(crate) fn state_line(status: &str, word: &str, width: usize, text: &str) {
    let gap = " ".repeat(width.saturating_sub(word.chars().count()));
    let _ = writeln!(std::io::stdout(), "{}{gap}  {}", state(status, word), printable(text));
}

/// Progress on one line that rewrites itself; only where somebody looks.
pub(crate) struct Progress {
    live: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { live: std::io::stderr().is_terminal() }
    }

    pub(crate) fn update(&self, done: u32, total: u32, text: &str) {
        if self.live {
            eprint!("\r\u{1b}[2K{done}/{total}  {}", printable(text));
            let _ = std::io::stderr().flush();
        }
    }

    pub(crate) fn end(&self) {
        if self.live {
            eprint!("\r\u{1b}[2K");
        }
    }
}

/// Asks on standard error and reads a line; `None` at the end of the input.
pub(crate) fn ask(prompt: &str) -> Option<String> {
    eprint!("{} ", printable(prompt));
    let _ = std::io::stderr().flush();
    let mut line = String::new();
    match std::io::stdin().read_line(&mut line) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line.trim().to_owned()),
    }
}
