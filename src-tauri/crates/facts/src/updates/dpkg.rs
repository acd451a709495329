//! What dpkg knows: packages and their states, and the order of versions.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::{Context, net};

pub(super) const STATUS: &str = "/var/lib/dpkg/status";

/// Names of packages that are told; more are counted.
pub(super) const MOST_NAMES: usize = 12;

/// The packages that are installed.
#[derive(Default)]
pub(super) struct Installed {
    /// Version by `name:architecture`; the architecture `all` is written as the native one is.
    pub(super) versions: HashMap<String, String>,
    /// Packages that are neither installed nor removed.
    pub(super) broken: Vec<String>,
}

/// Reads `/var/lib/dpkg/status`; a paragraph a package.
pub(super) fn installed(text: &str) -> Installed {
    let mut found = Installed::default();
    for paragraph in text.split("\n\n") {
        let (mut name, mut version, mut architecture, mut status) = ("", "", "", "");
        for line in paragraph.lines() {
            match line.split_once(": ") {
                Some(("Package", value)) => name = value,
                Some(("Version", value)) => version = value,
                Some(("Architecture", value)) => architecture = value,
                Some(("Status", value)) => status = value,
                _ => {}
            }
        }
        let mut words = status.split(' ');
        let (want, error, state) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        match state {
            // Who waits for triggers is usable, and set up with the next package.
            "installed" | "triggers-pending" | "triggers-awaited" if error == "ok" => {
                // Held back on purpose.
                if want != "hold" {
                    found.versions.insert(format!("{name}:{architecture}"), version.to_owned());
                }
            }
            "not-installed" | "config-files" | "" => {}
            _ => found.broken.push(net::tame(name, 60)),
        }
    }
    found
}

/// Whether dpkg was interrupted: it leaves numbered files there until it comes to its end.
pub(super) fn interrupted(cx: &Context) -> Option<bool> {
    let entries = std::fs::read_dir(cx.path("/var/lib/dpkg/updates")).ok()?;
    Some(entries.flatten().any(|e| {
        let name = e.file_name();
        let name = name.to_string_lossy();
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit())
    }))
}

/// The order of versions: deb-version(7).
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (epoch_a, rest_a) = epoch(a);
    let (epoch_b, rest_b) = epoch(b);
    let (upstream_a, revision_a) = rest_a.rsplit_once('-').unwrap_or((rest_a, "0"));
    let (upstream_b, revision_b) = rest_b.rsplit_once('-').unwrap_or((rest_b, "0"));
    epoch_a
        .cmp(&epoch_b)
        .then_with(|| parts(upstream_a.as_bytes(), upstream_b.as_bytes()))
        .then_with(|| parts(revision_a.as_bytes(), revision_b.as_bytes()))
}

fn epoch(version: &str) -> (u64, &str) {
    version
        .split_once(':')
        .and_then(|(epoch, rest)| Some((epoch.parse().ok()?, rest)))
        .unwrap_or((0, version))
}

/// Text and numbers in turn.
fn parts(mut a: &[u8], mut b: &[u8]) -> Ordering {
    // `~` comes before the end, letters before all other signs.
    const fn rank(byte: Option<u8>) -> i32 {
        match byte {
            Some(b'~') => -1,
            None => 0,
            Some(b) if b.is_ascii_alphabetic() => b as i32,
            Some(b) => b as i32 + 256,
        }
    }
    let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    while !a.is_empty() || !b.is_empty() {
        loop {
            let sign = |text: &[u8]| text.first().copied().filter(|b| !b.is_ascii_digit());
            let (x, y) = (sign(a), sign(b));
            if x.is_none() && y.is_none() {
                break;
            }
            match rank(x).cmp(&rank(y)) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
            (a, b) = (&a[1..], &b[1..]);
        }
        let (x, rest_a) = a.split_at(digits(a));
        let (y, rest_b) = b.split_at(digits(b));
        let (x, y) = (leading(x), leading(y));
        match x.len().cmp(&y.len()).then_with(|| x.cmp(y)) {
            Ordering::Equal => (a, b) = (rest_a, rest_b),
            unequal => return unequal,
        }
    }
    Ordering::Equal
}

/// A number without the noughts before it.
fn leading(number: &[u8]) -> &[u8] {
    &number[number.iter().take_while(|b| **b == b'0').count()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_the_order_of_dpkg() {
        // Each pair was asked of `dpkg --compare-versions A lt B`.
        for (older, newer) in [
            ("1.0", "1.1"),
            ("1.9", "1.10"),
            ("1.0~rc1", "1.0"),
            ("1.0", "1.0+b1"),
            ("1.0-1", "1.0-1+deb12u1"),
            ("1.0-1~deb12u1", "1.0-1"),
            ("2.0", "1:1.0"),
            ("252.38-1~deb12u1", "252.39-1~deb12u2"),
            ("1.0a", "1.0+"),
            ("1.0-9", "1.0-10"),
            ("0~", "0"),
            ("1.2.3", "1.2.3.1"),
        ] {
            assert_eq!(compare(older, newer), Ordering::Less, "{older} {newer}");
            assert_eq!(compare(newer, older), Ordering::Greater, "{newer} {older}");
        }
        for (a, b) in [("1.0", "0:1.0"), ("1.0", "1.0-0"), ("1.001", "1.1"), ("", "")] {
            assert_eq!(compare(a, b), Ordering::Equal, "{a} {b}");
        }
    }

    #[test]
    fn states_of_packages() {
        let installed = installed(
            "Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nDescription: x\n y\n\n\
             Package: b\nStatus: hold ok installed\nArchitecture: amd64\nVersion: 1\n\n\
             Package: c\nStatus: install ok half-configured\nArchitecture: all\nVersion: 1\n\n\
             Package: d\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n\n\
             Package: e\nStatus: install reinstreq half-installed\nArchitecture: all\n\n\
             Package: f\nStatus: install ok triggers-pending\nArchitecture: all\nVersion: 2\n",
        );
        let mut names: Vec<&str> = installed.versions.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["a:amd64", "f:all"], "what is held back is not updated");
        assert_eq!(installed.broken, ["c", "e"]);
    }
}
