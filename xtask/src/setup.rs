//! Installs what is missing: system packages with apt (after saying so), npm packages in ui/.

use std::process::Command;
use std::time::SystemTime;

use anyhow::{Result, bail};

use crate::steps::{command, on_path, root, run, say};

/// What the window needs to build.
pub(crate) const BUILD_PACKAGES: &[&str] =
    &["libwebkit2gtk-4.1-dev", "librsvg2-dev", "build-essential", "pkg-config"];

/// What its tests need: a display, a driver for the window, a browser for the report.
pub(crate) const TEST_PACKAGES: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "dbus-x11",
    "chromium",
    "chromium-driver",
    "fonts-noto-core",
    "fonts-noto-mono",
    // `journalctl`, with which a recorded journal is read. Where systemd runs it is there anyway.
    "systemd",
];

/// What the network lab is built of: name servers, web servers, proxies, firewalls and tools.
const LAB_PACKAGES: &[&str] = &[
    "iproute2",
    "nftables",
    "dnsmasq-base",
    "nginx-light",
    "tinyproxy-bin",
    "udhcpc",
    "busybox",
    "ethtool",
    "faketime",
    "iputils-arping",
    "socat",
    "dbus-daemon",
    "e2fsprogs",
    "mount",
    "python3-dbusmock",
    "openssh-server",
    "python3-aiosmtpd",
    "pulseaudio",
    "pulseaudio-utils",
    "cups",
    "cups-client",
    "procps",
    "util-linux",
    "gnome-keyring",
    "krb5-user",
    "systemd-journal-remote",
    "umockdev",
];

/// Servers of companies, for the lab. Installing them on a computer that runs services would start them there
/// and at every start after it, so they are only taken where nothing does (containers, CI); scenarios with
/// them are left out elsewhere. About 65 MB. PipeWire is among them, because somebody may hear sound through
/// another service.
const LAB_SERVERS: &[&str] = &[
    "samba",
    "slapd",
    "xrdp",
    "krb5-kdc",
    "krb5-admin-server",
    "squid",
    "dovecot-imapd",
    "pipewire",
    "pipewire-pulse",
    "wireplumber",
];

/// What the benchmarks compare with.
pub(crate) const BENCH_PACKAGES: &[&str] = &["inxi", "sosreport"];

/// Installs what the lab is built of.
pub(crate) fn lab_packages() -> Result<()> {
    if std::path::Path::new("/run/systemd/system").exists() {
        say(&format!(
            "      left out, because installing them would start them here: {}",
            LAB_SERVERS.join(" ")
        ));
        return system_packages(LAB_PACKAGES);
    }
    system_packages(&[LAB_PACKAGES, LAB_SERVERS].concat())
}

/// Installs the Debian packages that are missing.
pub(crate) fn system_packages(packages: &[&str]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        say("      not Linux: nothing to install");
        return Ok(());
    }
    if !on_path("dpkg-query") || !on_path("apt-get") {
        // Other distributions: the build itself says what it misses.
        say(&format!(
            "      this system has no apt: please install the equivalents of {} yourself",
            packages.join(" ")
        ));
        return Ok(());
    }
    let missing: Vec<&str> = packages.iter().copied().filter(|p| !is_installed(p)).collect();
    if missing.is_empty() {
        say("      all system packages are there");
        return Ok(());
    }
    let list = missing.join(" ");
    let sudo: &[&str] = if is_root() {
        &[]
    } else if on_path("sudo") {
        &["sudo"]
    } else {
        bail!("system packages are missing. As root, run: apt-get install {list}");
    };
    say(&format!("      installing with apt: {list}"));
    // Waits for another apt instead of failing beside it.
    let apt = ["apt-get", "-o", "DPkg::Lock::Timeout=400", "-qq"];
    let mut update: Vec<&str> = sudo.iter().chain(&apt).copied().collect();
    update.push("update");
    run(quiet(&mut command(update[0], &update[1..])))?;
    let mut install: Vec<&str> = sudo.iter().chain(&apt).copied().collect();
    install.extend(["install", "-y", "--no-install-recommends"]);
    install.extend(&missing);
    run(quiet(&mut command(install[0], &install[1..])))
}

fn quiet(command: &mut Command) -> &mut Command {
    command.env("DEBIAN_FRONTEND", "noninteractive").stdout(std::process::Stdio::null())
}

fn is_installed(package: &str) -> bool {
    command("dpkg-query", &["-W", "-f", "${Status}", package])
        .output()
        .is_ok_and(|o| o.status.success() && o.stdout == b"install ok installed")
}

fn is_root() -> bool {
    command("id", &["-u"]).output().is_ok_and(|o| o.stdout.trim_ascii() == b"0")
}

/// Installs the npm packages of ui/ if they are not those of package-lock.json.
pub(crate) fn npm_packages() -> Result<()> {
    for program in ["node", "npm"] {
        if !on_path(program) {
            bail!("{program} is missing: install Node.js 20 or newer (it brings npm), then run this again");
        }
    }
    let ui = root().join("ui");
    let changed =
        |name: &str| -> Option<SystemTime> { std::fs::metadata(ui.join(name)).ok()?.modified().ok() };
    if changed("node_modules/.package-lock.json") >= changed("package-lock.json")
        && changed("node_modules/.package-lock.json").is_some()
    {
        say("      npm packages are there");
        return Ok(());
    }
    say("      installing npm packages in ui/");
    run(npm(&["ci", "--no-audit", "--no-fund"]).stdout(std::process::Stdio::null()))
}

/// An npm command in ui/.
pub(crate) fn npm(args: &[&str]) -> Command {
    let mut npm = command("npm", args);
    npm.current_dir(root().join("ui"));
    npm
}

/// Builds the window's pages; the Rust side does not compile without them.
pub(crate) fn ui_pages() -> Result<()> {
    run(npm(&["run", "--silent", "build"]).stdout(std::process::Stdio::null()))
}
