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
    let mut job = Job::of(if window { 11 } else { 8 });
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
    job.step("Values that both report", || values(&befund))?;
    job.step("A package with evidence against sos report --batch", || package(&befund))?;
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
    let mut cpu = (0, 0);
    for counted in 0..=RUNS {
        let start = children_ticks();
        let of_a = timed(a)?;
        let between = children_ticks();
        let of_b = timed(b)?;
        if counted > 0 {
            times.0.push(of_a);
            times.1.push(of_b);
            if let (Some(start), Some(between), Some(end)) = (start, between, children_ticks()) {
                cpu = (cpu.0 + between - start, cpu.1 + end - between);
            }
        }
    }
    report(name_a, name_b, &times.0, &times.1);
    if cpu.1 > 0 {
        let seconds = |ticks: u64| ticks as f64 / TICKS_PER_SECOND / RUNS as f64;
        say(&format!(
            "      processor time in the mean: {:.3} s and {:.3} s, ratio {:.3}",
            seconds(cpu.0),
            seconds(cpu.1),
            cpu.0 as f64 / cpu.1 as f64
        ));
    }
    Ok(())
}

/// USER_HZ: what Linux counts processor time of processes in, whatever its kernel's own clock is.
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor time of all ended child processes and theirs, from proc_pid_stat(5); none elsewhere than on Linux.
fn children_ticks() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in parentheses may hold anything; what follows it begins with the third field.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(13);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

/// How many values both programs report of the same computer.
fn values(befund: &str) -> Result<()> {
    let data = Scratch::new("values")?;
    let zip = data.package(befund)?;
    let facts = data.befund(befund, &["open", &zip, "--file", "facts.json"]).output()?;
    let facts: serde_json::Value = serde_json::from_slice(&facts.stdout).context("facts.json is no JSON")?;
    let all = data.befund(befund, &["check", "--offline", "--json"]).output()?;
    let all: serde_json::Value = serde_json::from_slice(&all.stdout).context("check is no JSON")?;
    let judged = all["results"].as_array().map_or(0, Vec::len);
    // One value a line; a line without one is a heading.
    let inxi = Command::new("inxi").args(["-Fxxz", "-y1", "-c0"]).output().context("cannot start inxi")?;
    let inxi = String::from_utf8_lossy(&inxi.stdout);
    let theirs = inxi.lines().filter(|line| has_value(line)).count();
    let ours = leaves(&facts);
    say(&format!(
        "      facts of one guide {ours}, results of checks {judged}, inxi {theirs}; facts to inxi {:.1}",
        ours as f64 / theirs.max(1) as f64
    ));
    Ok(())
}

fn has_value(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.next().is_some() && words.next().is_some() && !line.contains("N/A")
}

/// Values in JSON, without what is not there.
fn leaves(value: &serde_json::Value) -> usize {
    use serde_json::Value;
    match value {
        Value::Null => 0,
        Value::Object(map) if map.contains_key("absent") => 0,
        Value::Object(map) => map.values().map(leaves).sum(),
        Value::Array(list) => list.iter().map(leaves).sum(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// Each makes its package once: the peer takes minutes.
fn package(befund: &str) -> Result<()> {
    let data = Scratch::new("package")?;
    let started = Instant::now();
    data.package(befund)?;
    let ours = started.elapsed();
    let folder = data.0.to_string_lossy().into_owned();
    let started = Instant::now();
    let sos = Command::new("sos")
        .args(["report", "--batch", "--quiet", "--tmp-dir", &folder])
        .stdin(Stdio::null())
        .output()
        .context("cannot start sos")?;
    let theirs = started.elapsed();
    if !sos.status.success() {
        say(&format!("      not compared: sos ended with {}; it wants to be root", sos.status));
        return Ok(());
    }
    say(&format!(
        "      befund package {:.2} s, sos report {:.1} s: {:.0} times as long",
        ours.as_secs_f64(),
        theirs.as_secs_f64(),
        theirs.as_secs_f64() / ours.as_secs_f64()
    ));
    Ok(())
}

/// A folder of one benchmark, gone at its end.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new(name: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("befund-bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self(folder))
    }

    /// Makes a package in this folder and says where.
    fn package(&self, befund: &str) -> Result<String> {
        let zip = self.0.join("package.zip").to_string_lossy().into_owned();
        let args = ["package", "--offline", "--guide", "slow-computer", "--output", &zip];
        let made = self.befund(befund, &args).output().context("cannot start befund")?;
        if !made.status.success() {
            bail!("befund package failed: {}", String::from_utf8_lossy(&made.stderr));
        }
        Ok(zip)
    }

    /// Befund with its data in this folder.
    fn befund(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::null()).env("BEFUND_DATA", self.0.join("data"));
        command
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
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
