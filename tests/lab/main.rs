//! The lab: real faults in namespaces, of networks and of the computer itself, and what Befund says of them.
//!
//! Each scenario (`tests/lab/scenarios/*.yaml`) is a network that this program builds, breaks and
//! measures: it re-executes itself in namespaces of its own (`sandbox`), lays the cables and starts
//! real servers (`network`), or leaves the computer as it is (`computer`), runs the scenario's faults, and then runs the real `befund` as an
//! ordinary user on the client. Nothing can leave: there is no interface to the outside, and all
//! that was started dies with the sandbox.
//!
//! The product knows nothing of the lab. What the lab knows of the product is its published
//! contract, `befund guide … --auto --json`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer's program")]

mod actors;
mod certificates;
mod computer;
mod network;
mod outcome;
mod report;
mod sandbox;
mod scenario;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};

use outcome::Outcome;
use scenario::{Kind, Scenario};

const HELP: &str = "\
The network lab. Usually started with `cargo xtask lab`.

  befund-lab [--only TEXT] [--jobs N] [--report] [--verbose]
      runs the scenarios whose name contains TEXT; --report writes docs/DIAGNOSIS.md
  befund-lab --list
      lists them";

/// Most scenarios wait more than they compute.
const JOBS: usize = 4;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["inside", name, befund] => sandbox::inside(name, Path::new(befund)),
        ["serve", rest @ ..] => actors::serve(rest),
        ["--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        rest => run(rest),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lab: {error:#}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    only: Vec<String>,
    jobs: usize,
    report: bool,
    verbose: bool,
    list: bool,
}

fn options(args: &[&str]) -> Result<Options> {
    let mut options = Options { only: Vec::new(), jobs: JOBS, report: false, verbose: false, list: false };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match *arg {
            "--only" => options.only.push((*args.next().context("--only wants a text")?).to_owned()),
            "--jobs" => options.jobs = args.next().context("--jobs wants a number")?.parse()?,
            "--report" => options.report = true,
            "--verbose" => options.verbose = true,
            "--list" => options.list = true,
            other => bail!("“{other}” is not known\n\n{HELP}"),
        }
    }
    Ok(options)
}

fn run(args: &[&str]) -> Result<()> {
    let options = options(args)?;
    let mut scenarios = scenario::all()?;
    if !options.only.is_empty() {
        scenarios.retain(|s| options.only.iter().any(|text| s.name.contains(text)));
    }
    if options.list {
        for scenario in &scenarios {
            println!("{:<42} {}", scenario.name, scenario.title);
        }
        return Ok(());
    }
    if scenarios.is_empty() {
        bail!("no scenario has a name like that; --list shows them");
    }
    if let Err(why) = sandbox::possible() {
        println!("lab: skipped, because {why}");
        return Ok(());
    }
    scenarios.retain(|scenario| {
        let missing = scenario.missing();
        if let Some(program) = missing {
            println!("left out: {}, because {program} is not installed", scenario.name);
        }
        missing.is_none()
    });
    let befund = befund()?;
    let mut outcomes = all(&scenarios, &befund, &options);
    outcomes.sort_by(|a, b| a.name.cmp(&b.name));
    again(&mut outcomes, &befund, &options)?;
    report::print(&outcomes);
    if options.report {
        report::write(&outcomes, &root().join("docs/DIAGNOSIS.md"))?;
    }
    report::verdict(&outcomes)
}

/// Runs the scenarios: the networks several at a time; what breaks the computer alone, one after the
/// other, because a hog in one would be measured in all.
fn all(scenarios: &[Scenario], befund: &Path, options: &Options) -> Vec<Outcome> {
    let (networks, computers): (Vec<&Scenario>, Vec<&Scenario>) =
        scenarios.iter().partition(|s| s.kind == Kind::Network);
    let mut outcomes = side_by_side(&networks, options.jobs, befund, options);
    outcomes.extend(side_by_side(&computers, 1, befund, options));
    outcomes
}

/// Runs scenarios, `jobs` at a time, and says each as it ends.
fn side_by_side(scenarios: &[&Scenario], jobs: usize, befund: &Path, options: &Options) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                while let Some(scenario) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = sandbox::run(scenario, befund);
                    let mut done = done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    done.push(outcome);
                    if let Some(last) = done.last() {
                        println!("[{:>3}/{}] {}", done.len(), scenarios.len(), last.line(options.verbose));
                    }
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Runs what failed again, alone: several networks at a time on a busy machine make real delays and losses of
/// their own, and where packets get lost by chance, the one that tells may be among them. What fails three
/// times has failed, and what needed more than one try is shown.
fn again(outcomes: &mut [Outcome], befund: &Path, options: &Options) -> Result<()> {
    for tries in 2..=3 {
        for outcome in outcomes.iter_mut().filter(|o| !o.wrong.is_empty()) {
            let later = sandbox::run(&scenario::read(&outcome.name)?, befund);
            println!("[again] {}", later.line(options.verbose));
            *outcome = Outcome { tries, ..later };
        }
    }
    Ok(())
}

fn befund() -> Result<PathBuf> {
    let path =
        std::env::var_os("BEFUND_BIN").map_or_else(|| root().join("target/debug/befund"), PathBuf::from);
    path.canonicalize().with_context(|| {
        format!("{} is not built; start the lab with `cargo xtask lab`, or build it first", path.display())
    })
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
