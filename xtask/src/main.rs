//! `cargo xtask run | test | lab | bench | schemas`: one place for everything a developer starts.
//!
//! Each command installs what is missing, says what it does and how far it is, and is safe to run
//! twice. Nothing here is part of the product.

mod bench;
mod lab;
mod run;
mod setup;
mod steps;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
Befund's developer commands

  cargo xtask run [--terminal]   start the app; without a display (or with --terminal) measure and name the cause in the terminal
  cargo xtask test               run every check and test
  cargo xtask lab [--report]     break real networks in namespaces and see what Befund says (root; see tests/lab)
  cargo xtask bench              measure speed against peers (see docs/PERFORMANCE.md)
  cargo xtask schemas            write the generated JSON Schemas and TypeScript types anew

Each command first installs what is missing: system packages with apt, npm packages in ui/.";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let outcome = match args.first().map(String::as_str) {
        Some("run") => run::run(rest),
        Some("test") => test::test(rest),
        Some("bench") => bench::bench(rest),
        Some("lab") => lab::lab(rest),
        Some("schemas") => test::schemas(),
        None | Some("help" | "--help" | "-h") => {
            steps::say(HELP);
            return ExitCode::SUCCESS;
        }
        Some(other) => Err(anyhow::anyhow!("there is no command “{other}”\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            steps::complain(&format!("\nxtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
