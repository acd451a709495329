//! Numbered steps, child processes, and the only prints of this tool.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// A job of several steps, each announced with its number and closed with its time.
pub(crate) struct Job {
    total: usize,
    current: usize,
    started: Instant,
}

impl Job {
    pub(crate) fn of(total: usize) -> Self {
        Self { total, current: 0, started: Instant::now() }
    }

    /// Announces a step, does it, and says how long it took.
    pub(crate) fn step<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.current += 1;
        let started = Instant::now();
        say(&format!("\n[{}/{}] {title}", self.current, self.total));
        let outcome =
            work().with_context(|| format!("step {} of {} failed: {title}", self.current, self.total))?;
        say(&format!("      done in {:.0?}", started.elapsed()));
        Ok(outcome)
    }

    pub(crate) fn finish(self, what: &str) {
        say(&format!("\n{what} ({:.0?} in all)", self.started.elapsed()));
    }
}

#[allow(clippy::print_stdout, reason = "this is where the tool speaks")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

#[allow(clippy::print_stderr, reason = "this is where the tool speaks")]
pub(crate) fn complain(text: &str) {
    eprintln!("{text}");
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The folder cargo builds into.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A command in the root of the repository.
pub(crate) fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root()).stdin(Stdio::null());
    command
}

/// Runs a command to its end; anything but success is an error that names the command.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("cannot start {shown}"))?;
    if !status.success() {
        bail!("{shown} ended with {status}");
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}

/// What cargo this is run by.
pub(crate) fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".into())
}

/// Whether a program is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}
