//! `befund`: everything the window does, in the terminal. Results on standard output, progress and
//! errors on standard error, no colour where nobody sees it.

mod args;
mod commands;
mod print;

use std::process::ExitCode;

use befund_app::{App, AppError, Paths};
use clap::Parser as _;

use crate::args::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            print::error(&error);
            error.downcast_ref::<AppError>().map_or(ExitCode::FAILURE, |e| ExitCode::from(exit_code(e)))
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let lang = cli.lang.unwrap_or_else(befund_app::system_language);
    match cli.command {
        // These two read what they are given and need neither policy nor data.
        Command::Redact(args) => commands::redact(&args),
        Command::Open(args) => commands::open(&args, lang),
        command => {
            let app = App::open(Paths::standard()?)?.speaking(lang);
            for notice in app.notices() {
                print::note(&notice);
            }
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
            let outcome = runtime.block_on(async {
                match command {
                    Command::Check(args) => commands::check(&app, &args).await,
                    Command::Guide(args) => commands::guide(&app, &args).await,
                    Command::Package(args) => commands::package(&app, &args).await,
                    Command::Send(args) => commands::send(&app, &args).await,
                    Command::Outbox(args) => commands::outbox(&app, &args),
                    Command::Redact(_) | Command::Open(_) => Ok(ExitCode::SUCCESS),
                }
            });
            // A probe that hangs in the system (a dead network share) must not hold up the exit.
            runtime.shutdown_background();
            outcome
        }
    }
}

/// Exit codes, as `befund --help` lists them.
fn exit_code(error: &AppError) -> u8 {
    match error {
        AppError::Policy(_) | AppError::Content(_) => 3,
        AppError::Package(_) => 4,
        AppError::Desk(_) => 5,
        _ => 1,
    }
}
