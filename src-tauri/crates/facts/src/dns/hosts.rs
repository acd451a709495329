//! The policy's names, and that of a named site, in the hosts file.

use std::net::IpAddr;

use super::HostsName;
use crate::net::Target;
use crate::source::{detached, read_raw, unread};
use crate::{Absence, Context, Reason};

const FILE: &str = "/etc/hosts";

/// These names, each with what the hosts file says of it.
pub(super) async fn read(cx: &Context) -> Result<Vec<HostsName>, Absence> {
    if !cfg!(unix) {
        return Err(Absence::new(Reason::NotSupported, "this system's hosts file is not read yet"));
    }
    let inner = cx.clone();
    detached("read the hosts file", cx.step(), move || match read_raw(&inner, FILE) {
        Ok(text) => Ok(find(&text, &names(&inner))),
        // Without the file nothing is overridden.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(find("", &names(&inner))),
        Err(error) => Err(unread(FILE, error)),
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

fn find(text: &str, names: &[String]) -> Vec<HostsName> {
    let addresses = |wanted: &str| {
        let of_line = |line: &str| {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let address: IpAddr = words.next()?.parse().ok()?;
            words.any(|word| word.eq_ignore_ascii_case(wanted)).then_some(address)
        };
        let mut found: Vec<IpAddr> = Vec::new();
        for address in text.lines().filter_map(of_line) {
            if !found.contains(&address) && found.len() < 16 {
                found.push(address);
            }
        }
        found
    };
    names
        .iter()
        .map(|name| {
            let addresses = addresses(name);
            HostsName { name: name.clone(), overridden: !addresses.is_empty(), addresses }
        })
        .collect()
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

    #[test]
    fn names_are_found_whole_in_any_case_and_not_in_comments() {
        let text = "127.0.0.1 localhost\n# 192.0.2.1 www.example\n192.0.2.9 a WWW.Example # www.other.example\n\
                    2001:db8::9\twww.example\nnonsense www.other.example\n192.0.2.8 x.www.other.example\n";
        let found = find(text, &["www.example".to_owned(), "www.other.example".to_owned()]);
        assert_eq!(
            found[0].addresses,
            ["192.0.2.9".parse::<IpAddr>().unwrap(), "2001:db8::9".parse().unwrap()]
        );
        assert_eq!((found[0].overridden, found[1].overridden), (true, false), "{found:?}");
    }
}
