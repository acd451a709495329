//! What APT's lists offer that is newer than what is installed.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use super::dpkg::{Installed, compare};
use crate::source::{names, read_text};
use crate::{Absence, Context, Reason, net};

const LISTS: &str = "/var/lib/apt/lists";

/// More sources than anybody has.
const MOST_LISTS: usize = 400;

/// The main list of Debian has 50 MB; ten such are read at most.
const MOST_BYTES: u64 = 500 << 20;

/// What waits to be installed.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) all: HashSet<String>,
    pub(super) security: HashSet<String>,
}

pub(super) fn pending(cx: &Context, installed: &Installed) -> Result<Pending, Absence> {
    let lists = names(cx, LISTS, MOST_LISTS)?;
    let mut pending = Pending::default();
    let mut read_any = false;
    // Versions that are gone from all lists are no updates; what an archive offers on request alone is none.
    for list in &lists {
        let Some(at) = list.find("_Packages") else { continue };
        let ending = &list[at + "_Packages".len()..];
        if on_request(cx, &lists, list) {
            continue;
        }
        let path = format!("{LISTS}/{list}");
        let file = File::open(cx.path(&path)).map_err(|e| crate::source::unread(&path, e))?.take(MOST_BYTES);
        let security = is_security(list);
        let found = match ending {
            "" => newer(BufReader::with_capacity(1 << 16, file), installed),
            ".lz4" => newer(
                BufReader::with_capacity(1 << 16, lz4_flex::frame::FrameDecoder::new(file).take(MOST_BYTES)),
                installed,
            ),
            // apt keeps lists packed in other ways only where somebody set it so.
            _ => {
                return Err(Absence::new(
                    Reason::NotSupported,
                    format!("{}: packed in a way that is not read", net::tame(list, 120)),
                ));
            }
        };
        let found = found.map_err(|e| crate::source::unread(&path, e))?;
        read_any = true;
        if security {
            pending.security.extend(found.iter().cloned());
        }
        pending.all.extend(found);
    }
    if read_any {
        Ok(pending)
    } else {
        Err(Absence::new(Reason::NothingToMeasure, "no lists of packages were fetched"))
    }
}

/// Debian and Ubuntu publish security updates in suites of their own.
fn is_security(list: &str) -> bool {
    list.split_once("_dists_").is_some_and(|(archive, rest)| {
        let suite = rest.split('_').next().unwrap_or_default();
        suite.ends_with("-security") || archive.ends_with("debian-security")
    })
}

/// Whether an archive is for those who ask for it, as backports and experimental are.
fn on_request(cx: &Context, lists: &[String], list: &str) -> bool {
    lists
        .iter()
        .filter_map(|name| {
            let archive = name.strip_suffix("InRelease").or_else(|| name.strip_suffix("Release"))?;
            list.starts_with(archive).then_some(name)
        })
        .any(|release| {
            read_text(cx, &format!("{LISTS}/{release}"))
                .is_ok_and(|text| text.lines().take(40).any(|line| line.trim_end() == "NotAutomatic: yes"))
        })
}

/// Names of installed packages that a list has a newer version of.
fn newer(list: impl BufRead, installed: &Installed) -> std::io::Result<HashSet<String>> {
    let mut found = HashSet::new();
    let by_name: HashMap<&str, Vec<(&str, &str)>> =
        installed.versions.iter().fold(HashMap::new(), |mut map, (key, version)| {
            let (name, architecture) = key.rsplit_once(':').unwrap_or((key, ""));
            map.entry(name).or_default().push((architecture, version.as_str()));
            map
        });
    let mut lines = Lines { list, line: Vec::new() };
    // Most paragraphs are of packages that are not installed: they cost a look at each line's first letter.
    let (mut name, mut version, mut architecture, mut phased) = (None, None, None, false);
    loop {
        let line = lines.next()?;
        match line {
            Some(line) if !line.is_empty() => {
                if let Some(value) = line.strip_prefix(b"Package: ") {
                    name = std::str::from_utf8(value)
                        .ok()
                        .filter(|n| by_name.contains_key(n))
                        .map(str::to_owned);
                } else if name.is_some() {
                    if let Some(value) = line.strip_prefix(b"Version: ") {
                        version = std::str::from_utf8(value).ok().map(str::to_owned);
                    } else if let Some(value) = line.strip_prefix(b"Architecture: ") {
                        architecture = std::str::from_utf8(value).ok().map(str::to_owned);
                    } else if line.starts_with(b"Phased-Update-Percentage: ") {
                        // Not everybody gets it yet.
                        phased = true;
                    }
                }
            }
            end => {
                if let (Some(name), Some(version)) = (name.take(), version.take()) {
                    let architecture = architecture.take().unwrap_or_default();
                    let newer = by_name.get(name.as_str()).is_some_and(|there| {
                        there.iter().any(|(own, old)| {
                            (*own == architecture || *own == "all" || architecture == "all")
                                && compare(&version, old).is_gt()
                        })
                    });
                    if newer && !phased {
                        found.insert(net::tame(&name, 60));
                    }
                }
                (architecture, phased) = (None, false);
                if end.is_none() {
                    return Ok(found);
                }
            }
        }
    }
}

/// Lines in one buffer, so that 50 MB of them are not copied one by one.
struct Lines<R> {
    list: R,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> std::io::Result<Option<&[u8]>> {
        self.line.clear();
        // A line of a list is short; an endless one is cut into pieces that mean nothing.
        let read = (&mut self.list).take(1 << 20).read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        Ok(Some(self.line.trim_ascii_end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;
    use crate::updates::dpkg;

    const STATUS: &str = "\
Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.16-1~deb12u1\n
Package: vim\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2:9.0.1378-2\n
Package: tzdata\nStatus: install ok installed\nArchitecture: all\nVersion: 2024a-0+deb12u1\n
Package: phased\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n
Package: own\nStatus: install ok installed\nArchitecture: amd64\nVersion: 9\n";
    const LISTS: &str = "var/lib/apt/lists/deb.debian.org_debian";

    fn waiting(files: &[(&str, &str)]) -> Result<Pending, Absence> {
        let (_root, cx) = tree(files);
        pending(&cx, &dpkg::installed(STATUS))
    }

    fn list(of: &[(&str, &str, &str)]) -> String {
        of.iter()
            .map(|(name, version, more)| {
                format!("Package: {name}\nVersion: {version}\nArchitecture: amd64\n{more}Description: x\n")
            })
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn security_updates_are_told_from_others_and_backports_are_none() {
        let main = list(&[
            ("vim", "2:9.0.1378-2+deb12u2", ""),
            ("openssl", "3.0.15-1", ""),
            ("phased", "2", "Phased-Update-Percentage: 20\n"),
            ("zsh", "5", ""),
        ]);
        let security = list(&[("openssl", "3.0.17-1~deb12u2", "")]);
        let backports = list(&[("vim", "2:9.1-1~bpo12+1", ""), ("tzdata", "2030", "")]);
        let pending = waiting(&[
            (&format!("{LISTS}_dists_bookworm_main_binary-amd64_Packages"), &main),
            (&format!("{LISTS}_dists_bookworm_InRelease"), "Origin: Debian\n"),
            (&format!("{LISTS}-security_dists_bookworm-security_main_binary-amd64_Packages"), &security),
            (&format!("{LISTS}_dists_bookworm-backports_main_binary-amd64_Packages"), &backports),
            (&format!("{LISTS}_dists_bookworm-backports_InRelease"), "Origin: Debian\nNotAutomatic: yes\n"),
        ])
        .unwrap();
        let mut all: Vec<_> = pending.all.iter().map(String::as_str).collect();
        all.sort_unstable();
        assert_eq!(all, ["openssl", "vim"]);
        assert_eq!(pending.security.iter().collect::<Vec<_>>(), ["openssl"]);
    }

    #[test]
    fn without_lists_nothing_is_known_and_rubbish_is_an_error() {
        assert_eq!(waiting(&[]).err().unwrap().reason, Reason::NothingToMeasure);
        let packed = format!("{LISTS}_dists_x_main_binary-amd64_Packages.lz4");
        assert_eq!(waiting(&[(&packed, "no lz4 at all")]).err().unwrap().reason, Reason::Failed);
        let other = format!("{LISTS}_dists_x_main_binary-amd64_Packages.zst");
        assert_eq!(waiting(&[(&other, "")]).err().unwrap().reason, Reason::NotSupported);
    }
}
