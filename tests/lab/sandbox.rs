//! Namespaces of a scenario's own: network, mounts, processes. Everything dies with it.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::computer;
use crate::network::{self, LAB};
use crate::outcome::{Answer, Outcome};
use crate::scenario::{self, Host, Kind, Scenario};

/// What is not over by then hangs.
const PATIENCE: Duration = Duration::from_secs(90);

/// Programs that the lab cannot do without.
const PROGRAMS: &[&str] = &[
    "unshare",
    "ip",
    "nft",
    "nginx",
    "dnsmasq",
    "tinyproxy",
    "udhcpc",
    "setpriv",
    "sysctl",
    "ethtool",
    "socat",
    "dbus-daemon",
];

/// Whether scenarios can run here, or why not.
pub(crate) fn possible() -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        return Err("network namespaces are a feature of Linux".into());
    }
    let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.trim_ascii() == b"0");
    if !root {
        return Err("network namespaces need root; run `sudo -E cargo xtask lab`".into());
    }
    for program in PROGRAMS {
        let found = std::env::var_os("PATH").is_some_and(|path| {
            std::env::split_paths(&path)
                .chain(["/usr/sbin".into(), "/sbin".into()])
                .any(|folder| folder.join(program).is_file())
        });
        if !found {
            return Err(format!("the program “{program}” is missing; `cargo xtask lab` installs it"));
        }
    }
    let tried = unshare().arg("true").output().map_err(|e| format!("unshare cannot be started: {e}"))?;
    if !tried.status.success() {
        return Err(format!(
            "this system gives no namespaces: {}",
            String::from_utf8_lossy(&tried.stderr).trim()
        ));
    }
    Ok(())
}

fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.args([
        "--net",
        "--mount",
        "--pid",
        "--uts",
        "--ipc",
        "--fork",
        "--kill-child",
        "--mount-proc",
        "--propagation",
        "private",
        "--",
    ]);
    command
}

/// Runs one scenario in a sandbox of its own.
pub(crate) fn run(scenario: &Scenario, befund: &Path) -> Outcome {
    let answer = run_inside(scenario, befund).unwrap_or_else(|error| Answer::broken(format!("{error:#}")));
    Outcome::of(scenario, answer)
}

fn run_inside(scenario: &Scenario, befund: &Path) -> Result<Answer> {
    let this = std::env::current_exe()?;
    let mut child = unshare()
        .arg(this)
        .args(["inside", &scenario.name])
        .arg(befund)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start unshare")?;
    let (mut stdout, mut stderr) =
        (child.stdout.take().context("no output")?, child.stderr.take().context("no output")?);
    // Servers that outlive the scenario for a moment hold the pipe: reading must not wait for them.
    let (said, reader) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let _ = stdout.read_to_string(&mut text);
        let mut errors = String::new();
        let _ = stderr.read_to_string(&mut errors);
        let _ = said.send((text, errors));
    });
    let outcome = reader.recv_timeout(PATIENCE);
    let _ = child.kill();
    let status = child.wait()?;
    let Ok((text, errors)) = outcome else { bail!("not over after {PATIENCE:?}") };
    if text.is_empty() {
        bail!("{status}: {}", errors.trim());
    }
    serde_json::from_str(&text).with_context(|| format!("not an answer: {text}\n{errors}"))
}

/// The part that runs inside: builds, breaks, measures, and prints the answer.
pub(crate) fn inside(name: &str, befund: &Path) -> Result<()> {
    let scenario = scenario::read(name)?;
    let started = Instant::now();
    prepare(befund)?;
    match scenario.kind {
        Kind::Network => network::build(&scenario)?,
        Kind::Computer => computer::build(&scenario)?,
    }
    for fault in &scenario.faults {
        for (host, script) in fault {
            match host {
                Host::Computer => computer::script(script),
                host => network::script(*host, script),
            }
            .with_context(|| format!("a fault on {}", host.as_str()))?;
        }
    }
    let built_ms = started.elapsed().as_millis() as u64;
    let answer = measure(&scenario, built_ms)?;
    println!("{}", serde_json::to_string(&answer)?);
    Ok(())
}

/// A mount namespace in which /run, the resolver's files and the lab's own folder are private.
fn prepare(befund: &Path) -> Result<()> {
    // The file that /etc/resolv.conf may point at lies in /run, which is about to be hidden.
    let resolv = std::fs::read_link("/etc/resolv.conf").ok();
    sh(
        "mount -t tmpfs -o mode=755 tmpfs /run && mkdir -p /run/netns /run/lock && mount -t tmpfs tmpfs /dev/shm",
    )?;
    std::fs::create_dir_all(format!("{LAB}/home/data"))?;
    std::fs::create_dir_all(format!("{LAB}/bin"))?;
    if let Some(target) = resolv {
        let target = Path::new("/etc").join(target);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        if !target.exists() {
            std::fs::write(&target, "")?;
        }
    }
    for (file, text) in [
        ("resolv.conf", ""),
        ("hosts", "127.0.0.1 localhost\n::1 localhost ip6-localhost\n"),
        (
            "nsswitch.conf",
            "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n",
        ),
    ] {
        std::fs::write(format!("{LAB}/{file}"), text)?;
        sh(&format!("touch /etc/{file} && mount --bind {LAB}/{file} /etc/{file}"))?;
    }
    // The command, where an ordinary user may reach it wherever the source tree lies.
    std::fs::write(format!("{LAB}/bin/befund"), "")?;
    sh(&format!("mount --bind '{}' {LAB}/bin/befund", befund.display()))?;
    let this = std::env::current_exe()?;
    let serve = format!("#!/bin/sh\nexec '{}' serve \"$@\"\n", this.display());
    std::fs::write(format!("{LAB}/bin/lab-serve"), serve)?;
    sh(&format!("chmod 755 {LAB}/bin/lab-serve && chown -R 65534:65534 {LAB}/home"))
}

/// Runs Befund on the client, as an ordinary user.
fn measure(scenario: &Scenario, built_ms: u64) -> Result<Answer> {
    let mut env: Vec<String> = vec![
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin".into(),
        format!("HOME={LAB}/home"),
        "LANG=C.UTF-8".into(),
        format!("BEFUND_DATA={LAB}/home/data"),
        format!("BEFUND_POLICY={LAB}/befund.toml"),
    ];
    env.extend(scenario.env.iter().map(|(name, value)| format!("{name}={value}")));
    if let Some(clock) = &scenario.clock {
        // Set for Befund alone: what starts it would otherwise leave faketime's memory behind as root.
        env.push("LD_PRELOAD=/usr/$LIB/faketime/libfaketimeMT.so.1".into());
        env.push(format!("FAKETIME={clock}"));
        env.push("FAKETIME_DONT_FAKE_MONOTONIC=1".into());
    }
    // Mounted where Befund runs: each command in a network namespace has a /sys of its own.
    let show = shown(scenario)?;
    let mut command = match scenario.kind {
        Kind::Network => {
            let mut inside = Command::new("ip");
            inside.args(["netns", "exec", "client", "sh", "-euc", &show, "sh", "setpriv"]);
            inside
        }
        Kind::Computer => Command::new("setpriv"),
    };
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    if !scenario.setgid {
        command.arg("--no-new-privs");
    }
    if !scenario.may.is_empty() {
        let may: Vec<String> = scenario.may.iter().map(|c| format!("+{c}")).collect();
        let may = may.join(",");
        command.arg(format!("--inh-caps={may}")).arg(format!("--ambient-caps={may}"));
    }
    command
        .args(["--", "env", "-i"])
        .args(&env)
        .args(&scenario.under)
        .arg(format!("{LAB}/bin/befund"))
        .args(["guide", &scenario.guide, "--auto", "--json"])
        .args(&scenario.args)
        .current_dir("/")
        .stdin(Stdio::null());
    if let Some(wire) = scenario.wire {
        network::watch_wire(wire)?;
    }
    let started = Instant::now();
    let output: Output = command.output().context("cannot start befund")?;
    let wall_ms = started.elapsed().as_secs_f64() * 1000.0;
    if !output.status.success() {
        bail!("befund ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    let report = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("befund printed no object: {}", String::from_utf8_lossy(&output.stdout)))?;
    let strangers = scenario.wire.map(|_| network::strangers()).transpose()?;
    Ok(Answer { report: Some(report), wall_ms, built_ms, trouble: None, strangers })
}

/// A script that shows the scenario's files in the place of the real ones, and then becomes its arguments.
fn shown(scenario: &Scenario) -> Result<String> {
    let mut script = String::new();
    for (number, (path, text)) in scenario.shown.iter().enumerate() {
        let file = format!("{LAB}/shown-{number}");
        std::fs::write(&file, text)?;
        let _ = writeln!(script, "mount --bind {file} {path}");
    }
    script.push_str("exec \"$@\"");
    Ok(script)
}

/// Runs a script of the lab itself.
pub(crate) fn sh(script: &str) -> Result<()> {
    let output = Command::new("sh")
        .args(["-euc", script])
        .env("PATH", format!("{LAB}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        bail!("`{script}`: {} {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
