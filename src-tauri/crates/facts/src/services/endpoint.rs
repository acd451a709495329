//! How a service is written: in the policy (`[[services]]`), or by a person as an address of a site.

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::net::Target;

/// What a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Web pages over TLS.
    Https,
    /// Web pages without encryption.
    Http,
    /// Shared folders (SMB).
    Smb,
    /// Directory (LDAP).
    Ldap,
    /// Remote desktop (RDP).
    Rdp,
    /// Remote command line (SSH).
    Ssh,
    /// Sending mail (SMTP).
    Smtp,
    /// Reading mail (IMAP).
    Imap,
    /// Anything that takes a TCP connection.
    Tcp,
}

impl ServiceKind {
    /// The port where none is written.
    pub(super) const fn port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http => 80,
            Self::Smb => 445,
            Self::Ldap => 389,
            Self::Rdp => 3389,
            Self::Ssh => 22,
            Self::Smtp => 587,
            Self::Imap => 993,
            Self::Tcp => 0,
        }
    }

    /// Whether TLS comes first on this port.
    pub(super) const fn begins_with_tls(self, port: u16) -> bool {
        match self {
            Self::Https => true,
            Self::Ldap => port == 636,
            Self::Smtp => port == 465,
            Self::Imap => port == 993,
            _ => false,
        }
    }
}

/// From where a service can be reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServicePlace {
    /// From everywhere.
    #[default]
    Anywhere,
    /// In the organisation's own network alone, or through its VPN.
    Inside,
    /// It is the VPN's own server: reached from everywhere, and before the VPN is up.
    VpnServer,
}

/// What is wrong with the address of a site. The address itself is left out: it may carry a secret, and
/// errors are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// Another kind of address.
    #[error("this is no web address; one begins with https:// or http://")]
    NoWebAddress,
    /// There is a space in it.
    #[error("there is a space in the address")]
    Space,
    /// Nothing stands where the name of the site has its place.
    #[error("the name of the site is missing; write it like https://www.example.org/")]
    NoName,
    /// What stands behind the colon is no port.
    #[error("what stands behind the colon is no port; a port is a number from 1 to 65535")]
    Port,
    /// Not an address at all.
    #[error("this is not an address such as https://www.example.org/ or www.example.org:443")]
    NoAddress,
}

impl SiteError {
    /// What is wrong with an address that cannot be read.
    fn of(text: &str) -> Self {
        let behind_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
        let place = behind_scheme.split(['/', '?', '#']).next().unwrap_or_default();
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        // An IPv6 address has colons of its own.
        let (name, port) = match place.rsplit_once(':') {
            Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, Some(port)),
            _ => (place, None),
        };
        match port {
            _ if name.is_empty() => Self::NoName,
            _ if place.contains(char::is_whitespace) => Self::Space,
            Some(port) if port.parse::<u16>().map_or(true, |port| port == 0) => Self::Port,
            _ => Self::NoAddress,
        }
    }
}

/// A service whose reachability matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ServiceEndpoint {
    /// What people call it.
    pub name: String,
    /// `https://host/path`, `host:port`, or `host` where the kind has a usual port.
    pub at: String,
    /// What it speaks.
    pub kind: ServiceKind,
    /// From where it can be reached; `anywhere` where nothing is written.
    #[serde(default)]
    pub place: ServicePlace,
}

impl ServiceEndpoint {
    /// A site as a person writes it: `https://host/path`, `host`, `host:port`. Without a scheme it is
    /// taken for a page over TLS, or for a bare port where the port is not the one of TLS.
    ///
    /// What is kept is host, port and path: a user, a password and what follows a question mark may be
    /// a secret, and none of it is needed to find out why a site does not open.
    pub fn site(text: &str) -> Result<Self, SiteError> {
        let text = text.trim();
        let kind = match text.split_once("://") {
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => ServiceKind::Https,
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => ServiceKind::Http,
            Some(_) => return Err(SiteError::NoWebAddress),
            None => match Target::parse(text, 443).map(|t| t.port) {
                Some(443) => ServiceKind::Https,
                Some(80) => ServiceKind::Http,
                _ => ServiceKind::Tcp,
            },
        };
        let place = ServicePlace::Anywhere;
        let written = Self { name: String::new(), at: text.to_owned(), kind, place };
        let target = written.target().ok_or_else(|| SiteError::of(text))?;
        let at = match written.url() {
            Some(mut url) => {
                url.set_query(None);
                url.to_string()
            }
            None => target.label(),
        };
        Ok(Self { name: target.host, at, kind, place })
    }

    /// Whom to connect to; `None` where the text names no host or port.
    pub(super) fn target(&self) -> Option<Target> {
        Target::parse(&self.at, self.kind.port())
            .filter(|t| t.port != 0 && !t.host.contains(char::is_whitespace))
    }

    /// The address of the page, for the kinds that have pages; without user, password and fragment.
    pub(super) fn url(&self) -> Option<reqwest::Url> {
        let scheme = match self.kind {
            ServiceKind::Https => "https",
            ServiceKind::Http => "http",
            _ => return None,
        };
        let text = if self.at.contains("://") { self.at.clone() } else { format!("{scheme}://{}", self.at) };
        let mut url = reqwest::Url::parse(&text).ok().filter(|url| url.scheme() == scheme)?;
        // Errors mean that there is no user to take away.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        Some(url)
    }
}

impl<'de> Deserialize<'de> for ServiceEndpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            name: String,
            at: String,
            kind: ServiceKind,
            #[serde(default)]
            place: ServicePlace,
        }
        let Written { name, at, kind, place } = Written::deserialize(deserializer)?;
        let endpoint = Self { name, at, kind, place };
        if endpoint.target().is_none() {
            return Err(D::Error::custom(format!(
                "“{}” is not where a service is, such as \"https://intranet.example/\" or \"files.example:445\"",
                endpoint.at
            )));
        }
        if matches!(kind, ServiceKind::Https | ServiceKind::Http) && endpoint.url().is_none() {
            return Err(D::Error::custom(format!("“{}” does not fit the kind of the service", endpoint.at)));
        }
        Ok(endpoint)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_site_is_read_as_people_write_it() {
        for (text, kind, label, url) in [
            (
                "https://www.example.org/a?b",
                ServiceKind::Https,
                "www.example.org:443",
                Some("https://www.example.org/a"),
            ),
            ("www.example.org", ServiceKind::Https, "www.example.org:443", Some("https://www.example.org/")),
            (
                "http://www.example.org",
                ServiceKind::Http,
                "www.example.org:80",
                Some("http://www.example.org/"),
            ),
            ("www.example.org:80", ServiceKind::Http, "www.example.org:80", Some("http://www.example.org/")),
            ("mail.example:25", ServiceKind::Tcp, "mail.example:25", None),
            (
                "https://ann:secret@www.example.org/#x",
                ServiceKind::Https,
                "www.example.org:443",
                Some("https://www.example.org/"),
            ),
        ] {
            let site = ServiceEndpoint::site(text).unwrap();
            assert_eq!(site.kind, kind, "{text}");
            assert!(!site.at.contains("secret") && !site.at.contains('?'), "{text}: {}", site.at);
            assert_eq!(site.target().unwrap().label(), label, "{text}");
            assert_eq!(site.url().map(|u| u.to_string()).as_deref(), url, "{text}");
        }
        for (text, fault) in [
            ("", SiteError::NoName),
            ("https://", SiteError::NoName),
            (":80", SiteError::NoName),
            ("two words", SiteError::Space),
            ("https://two words/page", SiteError::Space),
            ("www.example.org:99999", SiteError::Port),
            ("https://ann:secret@www.example.org:0x/", SiteError::Port),
            ("[2001:db8::1]:70000", SiteError::Port),
            ("www.example.org:0", SiteError::Port),
            ("https://[2001:db8::x]/", SiteError::NoAddress),
            ("ftp://files.example/", SiteError::NoWebAddress),
            ("file:///etc/passwd", SiteError::NoWebAddress),
        ] {
            assert_eq!(ServiceEndpoint::site(text).unwrap_err(), fault, "{text}");
        }
    }

    #[test]
    fn a_service_of_the_policy_that_could_never_be_asked_is_an_error() {
        let good = json!({ "name": "Mail", "at": "imap.example", "kind": "imap" });
        let read: ServiceEndpoint = serde_json::from_value(good).unwrap();
        assert_eq!(read.target().unwrap().label(), "imap.example:993");
        assert_eq!(read.place, ServicePlace::Anywhere);
        let inside = json!({ "name": "Mail", "at": "imap.example", "kind": "imap", "place": "inside" });
        let read: ServiceEndpoint = serde_json::from_value(inside).unwrap();
        assert_eq!(read.place, ServicePlace::Inside);
        for (at, kind, told) in [
            ("", "tcp", "is not where a service is"),
            ("app.example", "tcp", "is not where a service is"),
            ("http://intranet.example/", "https", "does not fit the kind"),
            ("x.example", "gopher", "unknown variant"),
        ] {
            let error =
                serde_json::from_value::<ServiceEndpoint>(json!({ "name": "x", "at": at, "kind": kind }))
                    .unwrap_err()
                    .to_string();
            assert!(error.contains(told), "{at} {kind}: {error}");
        }
    }
}
