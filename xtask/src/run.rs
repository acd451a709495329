//! `cargo xtask run`: the app in its window or, without a display, its main job in the terminal. There it measures and names
//! the cause, and sends nothing: nobody has seen yet what would go.

use anyhow::Result;

use crate::setup::{self, BUILD_PACKAGES};
use crate::steps::{Job, cargo, command, run as run_command, say, target};

pub(crate) fn run(args: &[String]) -> Result<()> {
    let terminal = args.iter().any(|a| a == "--terminal") || !has_display();
    let rest: Vec<&str> = args.iter().map(String::as_str).filter(|a| *a != "--terminal").collect();
    if terminal { in_terminal(&rest) } else { in_window(&rest) }
}

fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()))
}

fn in_window(rest: &[&str]) -> Result<()> {
    let mut job = Job::of(5);
    job.step("System packages", || setup::system_packages(BUILD_PACKAGES))?;
    job.step("npm packages", setup::npm_packages)?;
    job.step("The window's pages", setup::ui_pages)?;
    job.step("The program (a first build takes some minutes)", || {
        run_command(&mut command(&cargo(), &["build", "--package", "befund-desktop"]))
    })?;
    job.step("Befund is open. Close its window to end this command", || {
        run_command(
            command(&target().join("debug/befund-desktop").to_string_lossy(), rest).env_remove("RUST_LOG"),
        )
    })
}

fn in_terminal(rest: &[&str]) -> Result<()> {
    say("There is no display here (or --terminal was given): Befund runs in the terminal.");
    let mut job = Job::of(2);
    job.step("The program (a first build takes some minutes)", || {
        run_command(&mut command(&cargo(), &["build", "--package", "befund"]))
    })?;
    let befund = target().join("debug/befund").to_string_lossy().into_owned();
    job.step("The internet of this computer: measured, judged, and nothing is sent", || {
        let mut args = vec!["guide", "internet", "--auto"];
        args.extend(rest);
        run_command(&mut command(&befund, &args))
    })?;
    say("What comes next:");
    say(&format!("  {befund} guide                    every guide; with a name, question by question"));
    say(&format!("  {befund} send --guide internet    the same with a package and a ticket"));
    Ok(())
}
