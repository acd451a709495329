//! `befund`: everything the window does, in the terminal. Results on standard output, progress and
//! errors on standard error, no colour where nobody sees it.

mod args;
mod commands;
mod content;
mod print;

use std::io::ErrorKind;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use befund_app::package::PackageError;
use befund_app::{App, AppError, Lang, Offline, Paths, redact};
use clap::Parser as _;
use tokio::sync::Notify;

use crate::args::{Cli, Command};

/// What shells say of a program that Ctrl-C has ended.
const STOPPED: u8 = 130;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let lang = cli.lang.unwrap_or_else(befund_app::system_language);
    match run(cli, lang) {
        Ok(code) => code,
        // The reader (`| head`) has what it wanted.
        Err(error) if reader_left(&error) => ExitCode::SUCCESS,
        Err(error) => {
            print::error(&error, lang);
            ExitCode::from(exit_code(&error))
        }
    }
}

fn run(cli: Cli, lang: Lang) -> anyhow::Result<ExitCode> {
    match cli.command {
        // These two read what they are given and need neither policy nor data.
        Command::Redact(args) => commands::redact(&args),
        Command::Open(args) => commands::open(&args, lang),
        Command::Search(args) => {
            let app = App::open(Paths::standard()?)?.speaking(lang);
            commands::search(&app, &args)
        }
        Command::Content(command) => {
            let app = App::open(Paths::standard()?)?.speaking(lang);
            content::content(&app, &command)
        }
        command => {
            let offline = Offline(command.is_offline());
            let app = App::open(Paths::standard()?)?.speaking(lang).measuring(offline);
            for notice in app.notices() {
                print::note(&notice);
            }
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
            let begun = Begun::default();
            let stop = Arc::new(Notify::new());
            runtime.spawn(listen(Arc::clone(&stop)));
            let outcome = runtime.block_on(async {
                let work = async {
                    match command {
                        Command::Check(args) => commands::check(&app, &args).await,
                        Command::Guide(args) => commands::guide(&app, &args, &begun).await,
                        Command::Package(args) => commands::package(&app, &args, &begun).await,
                        Command::Send(args) => commands::send(&app, &args, &begun).await,
                        Command::Outbox(args) => commands::outbox(&app, &args),
                        Command::Search(_) | Command::Redact(_) | Command::Open(_) | Command::Content(_) => {
                            Ok(ExitCode::SUCCESS)
                        }
                    }
                };
                tokio::select! {
                    // What is finished is finished: a ticket that was filed is not called stopped.
                    biased;
                    outcome = work => outcome,
                    () = stop.notified() => {
                        print::note(&app.message("cli-stopped"));
                        if let Some(command) = begun.0.get() {
                            print::note(&app.message_with("cli-go-on-with", &[("command", command)]));
                        }
                        Ok(ExitCode::from(STOPPED))
                    }
                }
            });
            // A probe that hangs in the system (a dead network share) must not hold up the exit.
            runtime.shutdown_background();
            outcome
        }
    }
}

/// Hears Ctrl-C. The first one stops at the next point where something is waited for. Whoever insists,
/// because that point does not come, ends the program: everything on disk is safe against that.
async fn listen(stop: Arc<Notify>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        stop.notify_one();
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(STOPPED.into());
        }
    }
}

/// The command that goes on with the case of this run, as soon as there is a case.
#[derive(Default)]
pub(crate) struct Begun(OnceLock<String>);

impl Begun {
    pub(crate) fn with(&self, command: &str, reference: &str) {
        let _ = self.0.set(format!("befund {command} --case {reference}"));
    }
}

/// What the command is given cannot be used.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The exit code.
    pub(crate) code: u8,
    /// What is wrong, and what to do.
    pub(crate) text: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Refused {}

fn reader_left(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|e| e.downcast_ref::<std::io::Error>())
        .any(|e| e.kind() == ErrorKind::BrokenPipe)
}

/// Exit codes, as `befund --help` lists them.
fn exit_code(error: &anyhow::Error) -> u8 {
    if let Some(refused) = error.downcast_ref::<Refused>() {
        return refused.code;
    }
    if error.is::<redact::NamesError>() {
        return 3;
    }
    match error.downcast_ref::<AppError>() {
        Some(
            AppError::NoGuide { .. }
            | AppError::NoCheck { .. }
            | AppError::NoCase(_)
            | AppError::NoFile { .. }
            | AppError::Reference(_)
            | AppError::Site { .. }
            | AppError::Package(PackageError::NoSuchFile { .. }),
        ) => 2,
        Some(AppError::Package(PackageError::Io { source, .. })) if source.kind() == ErrorKind::NotFound => 2,
        Some(AppError::Policy(_) | AppError::Content(_)) => 3,
        Some(AppError::Package(_)) => 4,
        _ => 1,
    }
}
