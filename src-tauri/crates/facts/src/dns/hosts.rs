//! The policy's names, and that of a named site, in the hosts file.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read};
use std::net::IpAddr;
use std::time::Instant;

use super::HostsName;
use crate::net::Target;
use crate::source::{detached, unread};
use crate::{Absence, Context, Reason};

const FILE: &str = "/etc/hosts";

/// A line that is longer is no entry, and is taken in pieces.
const MOST_LINE_BYTES: u64 = 1 << 16;

/// What is kept of one name.
const MOST_ADDRESSES: usize = 16;

/// Lists that block advertising hold a million entries; what is longer than this is no such list.
const MOST_BYTES: u64 = 64 << 20;

/// These names, each with what the hosts file says of it.
pub(super) async fn read(cx: &Context) -> Result<Vec<HostsName>, Absence> {
    if !cfg!(unix) {
        return Err(Absence::new(Reason::NotSupported, "this system's hosts file is not read yet"));
    }
    let inner = cx.clone();
    let limit = cx.step();
    detached("read the hosts file", limit, move || {
        let names = names(&inner);
        match File::open(inner.path(FILE)) {
            Ok(file) => find(file, &names, Instant::now() + limit).map_err(|error| unread(FILE, error)),
            // Without the file nothing is overridden.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Found::of(&names).0),
            Err(error) => Err(unread(FILE, error)),
        }
    })
    .await?
}

fn names(cx: &Context) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let site = cx.site.as_ref().and_then(|site| Target::parse(&site.at, 0)).map(|target| target.host);
    for host in cx.endpoints.hosts().into_iter().chain(site) {
        let name = host.to_ascii_lowercase();
        // The hosts file is where this one belongs.
        if name != "localhost" && name.parse::<IpAddr>().is_err() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The names, and where each stands in the list.
struct Found(Vec<HostsName>);

impl Found {
    fn of(names: &[String]) -> Self {
        let unnamed =
            |name: &String| HostsName { name: name.clone(), overridden: false, addresses: Vec::new() };
        Self(names.iter().map(unnamed).collect())
    }

    fn take(&mut self, line: &str) {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let Some(address) = words.next() else { return };
        for word in words {
            let Some(name) = self.0.iter_mut().find(|n| n.name.eq_ignore_ascii_case(word)) else { continue };
            let Ok(address) = address.parse::<IpAddr>() else { return };
            name.overridden = true;
            if !name.addresses.contains(&address) && name.addresses.len() < MOST_ADDRESSES {
                name.addresses.push(address);
            }
        }
    }
}

/// Reads line by line, so that a long file costs time and no memory. A thread that nobody waits for any
/// more ends at `deadline`.
fn find(file: impl Read, names: &[String], deadline: Instant) -> io::Result<Vec<HostsName>> {
    let mut found = Found::of(names);
    let mut reader = BufReader::with_capacity(1 << 16, file.take(MOST_BYTES));
    let (mut read, mut line) = (0, Vec::new());
    loop {
        line.clear();
        let length = reader.by_ref().take(MOST_LINE_BYTES).read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        read += length as u64;
        if Instant::now() > deadline {
            return Err(io::Error::new(ErrorKind::TimedOut, "the file is too long to be read in time"));
        }
        found.take(&String::from_utf8_lossy(&line));
    }
    if read >= MOST_BYTES {
        // A name that was not found may stand further down.
        return Err(io::Error::other(format!("longer than {} MiB", MOST_BYTES >> 20)));
    }
    Ok(found.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::ServiceEndpoint;

    #[test]
    fn the_named_site_is_looked_for_too() {
        let site = |text| ServiceEndpoint::site(text).ok();
        let mut cx = Context { site: site("https://Intranet.example:8443/x"), ..Context::default() };
        assert!(names(&cx).contains(&"intranet.example".to_owned()), "{:?}", names(&cx));
        cx.site = site("192.0.2.7:22");
        assert!(!names(&cx).contains(&"192.0.2.7".to_owned()), "an address is no name");
    }

    fn found(file: impl Read, names: &[&str]) -> io::Result<Vec<HostsName>> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        find(file, &names, Instant::now() + std::time::Duration::from_mins(1))
    }

    #[test]
    fn the_last_line_of_a_long_file_is_read_and_a_file_without_an_end_is_not_known() {
        let blocked = "0.0.0.0 host.of-an-advertiser.example\n".repeat(200_000);
        let file = blocked.as_bytes().chain(&b"192.0.2.9 www.example"[..]);
        assert!(blocked.len() > 4 << 20 && found(file, &["www.example"]).unwrap()[0].overridden);
        let endless = std::io::repeat(b'x');
        assert!(found(endless, &["www.example"]).is_err(), "what was not read may name it");
    }

    #[test]
    fn names_are_found_whole_in_any_case_and_not_in_comments() {
        let text = "127.0.0.1 localhost\n# 192.0.2.1 www.example\n192.0.2.9 a WWW.Example # www.other.example\n\
                    2001:db8::9\twww.example\nnonsense www.other.example\n192.0.2.8 x.www.other.example\n";
        let found = found(text.as_bytes(), &["www.example", "www.other.example"]).unwrap();
        assert_eq!(
            found[0].addresses,
            ["192.0.2.9".parse::<IpAddr>().unwrap(), "2001:db8::9".parse().unwrap()]
        );
        assert_eq!((found[0].overridden, found[1].overridden), (true, false), "{found:?}");
    }
}
