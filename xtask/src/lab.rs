//! `cargo xtask lab`: real faults in network namespaces, and what Befund says of them.

use anyhow::Result;

use crate::setup;
use crate::steps::{Job, cargo, command, run, target};

pub(crate) fn lab(args: &[String]) -> Result<()> {
    // Times are only worth keeping from an optimised build.
    let release = args.iter().any(|a| a == "--report");
    let mut job = Job::of(3);
    job.step("System packages", setup::lab_packages)?;
    job.step("The command and the lab", || build(release))?;
    job.step("Scenarios", || scenarios(release, args))?;
    job.finish("The lab is done.");
    Ok(())
}

/// Builds what the lab runs.
pub(crate) fn build(release: bool) -> Result<()> {
    let mut argv = vec!["build", "--quiet", "--package", "befund", "--package", "befund-tests"];
    argv.extend(["--bin", "befund", "--bin", "befund-lab"]);
    if release {
        argv.push("--release");
    }
    run(&mut command(&cargo(), &argv))
}

/// Runs the scenarios; the lab itself says why it cannot.
pub(crate) fn scenarios(release: bool, args: &[String]) -> Result<()> {
    let folder = target().join(if release { "release" } else { "debug" });
    let lab = folder.join("befund-lab");
    run(command(&lab.to_string_lossy(), &args.iter().map(String::as_str).collect::<Vec<_>>())
        .env("BEFUND_BIN", folder.join("befund")))
}
