//! `cargo xtask bench`: whole-process figures as ratios against a peer, both in one run.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::setup::{self, BENCH_PACKAGES, BUILD_PACKAGES, TEST_PACKAGES};
use crate::steps::{Job, cargo, command, run, say, target};

/// Counted runs of each side, after one warm-up.
const RUNS: usize = 7;

pub(crate) fn bench(args: &[String]) -> Result<()> {
    let window = !args.iter().any(|a| a == "--no-window");
    let mut job = Job::of(if window { 9 } else { 6 });
    let packages = if window {
        [BUILD_PACKAGES, TEST_PACKAGES, BENCH_PACKAGES].concat()
    } else {
        BENCH_PACKAGES.to_vec()
    };
    job.step("System packages", || setup::system_packages(&packages))?;
    job.step("Release build of the command", || {
        run(&mut command(&cargo(), &["build", "--release", "--quiet", "--package", "befund"]))
    })?;
    let befund = target().join("release/befund").to_string_lossy().into_owned();
    job.step("befund check --offline against inxi -Fxxz", || {
        compare("befund check --offline", &[&befund, "check", "--offline"], "inxi -Fxxz", &["inxi", "-Fxxz"])
    })?;
    job.step("Start of the command against /bin/true", || {
        compare("befund --version", &[&befund, "--version"], "/bin/true", &["/bin/true"])
    })?;
    job.step("A decision against its limit", || {
        run(&mut command(
            &cargo(),
            &["bench", "--quiet", "--package", "befund-guides", "--bench", "decision"],
        ))
    })?;
    job.step("A search against its limit", || {
        run(&mut command(
            &cargo(),
            &["bench", "--quiet", "--package", "befund-knowledge", "--bench", "search"],
        ))
    })?;
    if window {
        job.step("npm packages and pages", || {
            setup::npm_packages()?;
            setup::ui_pages()
        })?;
        job.step("Release build of the window and of a bare one", || {
            run(&mut command(&cargo(), &["build", "--release", "--quiet", "--package", "befund-desktop"]))?;
            run(&mut command(
                &cargo(),
                &["build", "--release", "--quiet", "--package", "befund-desktop", "--example", "bare-window"],
            ))
        })?;
        job.step("Window from exec to painted against a bare window", windows)?;
    }
    job.finish("Benchmarks done.");
    Ok(())
}

/// Runs both in turn and prints medians and the ratio of each pair.
fn compare(name_a: &str, a: &[&str], name_b: &str, b: &[&str]) -> Result<()> {
    let mut times = (Vec::new(), Vec::new());
    for counted in 0..=RUNS {
        let pair = (timed(a)?, timed(b)?);
        if counted > 0 {
            times.0.push(pair.0);
            times.1.push(pair.1);
        }
    }
    report(name_a, name_b, &times.0, &times.1);
    Ok(())
}

fn timed(argv: &[&str]) -> Result<Duration> {
    let (program, args) = argv.split_first().context("an empty command")?;
    let started = Instant::now();
    let status = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let took = started.elapsed();
    match status {
        Ok(_) => Ok(took),
        Err(error) => bail!("cannot start {program}: {error}"),
    }
}

fn report(name_a: &str, name_b: &str, a: &[Duration], b: &[Duration]) {
    let ratios: Vec<f64> = a.iter().zip(b).map(|(a, b)| a.as_secs_f64() / b.as_secs_f64()).collect();
    let line = |name: &str, values: &[Duration]| {
        let mut ms: Vec<f64> = values.iter().map(|d| d.as_secs_f64() * 1000.0).collect();
        ms.sort_by(f64::total_cmp);
        say(&format!(
            "      {name:<28} min {:8.1} ms   median {:8.1} ms   max {:8.1} ms",
            ms[0],
            ms[ms.len() / 2],
            ms[ms.len() - 1]
        ));
    };
    line(name_a, a);
    line(name_b, b);
    let mut sorted = ratios;
    sorted.sort_by(f64::total_cmp);
    say(&format!(
        "      ratio, pair by pair: median {:.3} (min {:.3}, max {:.3})",
        sorted[sorted.len() / 2],
        sorted[0],
        sorted[sorted.len() - 1]
    ));
}

/// Both windows print a line once their page has painted, when asked to by `--report-painted`.
fn windows() -> Result<()> {
    let release = target().join("release");
    let befund = release.join("befund-desktop").to_string_lossy().into_owned();
    let bare = release.join("examples/bare-window").to_string_lossy().into_owned();
    let data = std::env::temp_dir().join(format!("befund-bench-{}", std::process::id()));
    let mut times = (Vec::new(), Vec::new());
    for counted in 0..=RUNS {
        let pair = (painted(&befund, &data)?, painted(&bare, &data)?);
        if counted > 0 {
            times.0.push(pair.0);
            times.1.push(pair.1);
        }
    }
    let _ = std::fs::remove_dir_all(&data);
    report("Befund's home page", "bare window", &times.0, &times.1);
    Ok(())
}

fn painted(program: &str, data: &std::path::Path) -> Result<Duration> {
    use std::io::{BufRead, BufReader};
    let wrapped = ["dbus-run-session", "--", "xvfb-run", "-a"];
    let wrap = std::env::var_os("DISPLAY").is_none();
    let mut command = if wrap {
        let mut c = Command::new(wrapped[0]);
        c.args(&wrapped[1..]).arg(program);
        c
    } else {
        Command::new(program)
    };
    let mut child = command
        .arg("--report-painted")
        .env("BEFUND_DATA", data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    let stdout = child.stdout.take().context("no output of the window")?;
    // The window measures itself from its own exec on, so that the display's start does not count.
    let line = BufReader::new(stdout)
        .lines()
        .map_while(Result::ok)
        .find_map(|l| l.strip_prefix("painted_ms=").map(str::to_owned));
    let _ = child.wait();
    let ms: f64 = line.context("the window ended without painting")?.parse()?;
    Ok(Duration::from_secs_f64(ms / 1000.0))
}
