//! `cargo xtask test`: everything that must hold, in the order in which it fails fastest.

use anyhow::Result;

use crate::lab;
use crate::setup::{self, BUILD_PACKAGES, TEST_PACKAGES, npm};
use crate::steps::{Job, cargo, command, on_path, run, say, target};

pub(crate) fn test(_args: &[String]) -> Result<()> {
    let mut job = Job::of(11);
    job.step("System packages", || {
        setup::system_packages(&[BUILD_PACKAGES, TEST_PACKAGES].concat())?;
        setup::lab_packages()
    })?;
    job.step("npm packages", setup::npm_packages)?;
    job.step("Rust formatting", || run(&mut command(&cargo(), &["fmt", "--all", "--check"])))?;
    job.step("The window's pages: types", || run(&mut npm(&["run", "--silent", "check"])))?;
    job.step("The window's pages: lints and unit tests", || {
        run(&mut npm(&["run", "--silent", "lint"]))?;
        run(&mut npm(&["run", "--silent", "test"]))
    })?;
    job.step("The window's pages: build", setup::ui_pages)?;
    job.step("Clippy over everything", || {
        run(&mut command(
            &cargo(),
            &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"],
        ))
    })?;
    job.step("Licences and advisories", licences)?;
    job.step("Build of the command and the window", || {
        run(&mut command(&cargo(), &["build", "--workspace", "--quiet"]))
    })?;
    job.step("Tests: crates, command, window, report", || {
        let debug = target().join("debug");
        run(command(&cargo(), &["test", "--workspace", "--no-fail-fast"])
            .env("BEFUND_BIN", debug.join("befund"))
            .env("BEFUND_DESKTOP_BIN", debug.join("befund-desktop")))
    })?;
    job.step("The network lab (needs root, and says so where it cannot run)", || lab::scenarios(false, &[]))?;
    job.finish("All tests passed.");
    Ok(())
}

/// cargo-deny takes minutes to build, so it is used where it is installed, and its absence is said.
fn licences() -> Result<()> {
    if !on_path("cargo-deny") {
        say("      skipped: cargo-deny is not installed (cargo install cargo-deny --locked)");
        return Ok(());
    }
    run(&mut command(
        &cargo(),
        &["deny", "--offline", "--log-level", "error", "check", "licenses", "bans", "sources"],
    ))
}

/// Writes the generated schemas and types anew; the tests compare with what is committed.
pub(crate) fn schemas() -> Result<()> {
    let mut job = Job::of(1);
    job.step("JSON Schemas and TypeScript types", || {
        run(command(&cargo(), &["test", "--workspace", "--exclude", "befund-desktop", "--quiet"])
            // Every test that compares with what is committed says so in its name.
            .args(["--", "committed"])
            .env("UPDATE_SCHEMAS", "1"))
    })?;
    job.finish("Written.");
    Ok(())
}
