//! How the policy writes whom to ask: `https://host/`, `https://host:port/x`, `host`, `host:port`,
//! `192.0.2.1`, `[2001:db8::1]:443`.

use std::net::{IpAddr, SocketAddr};

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Name or address, IPv6 without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Target {
    /// Reads one of the ways above; `None` where there is no host in it.
    pub(crate) fn parse(text: &str, default_port: u16) -> Option<Self> {
        let text = text.trim();
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(Self { host: address.to_string(), port: default_port });
        }
        // Without a scheme of its own the text gets one that has no default port to be swallowed.
        let full = if text.contains("://") { text.to_owned() } else { format!("befund://{text}") };
        let url = reqwest::Url::parse(&full).ok()?;
        let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return None;
        }
        Some(Self { host: host.to_owned(), port: url.port().unwrap_or(default_port) })
    }

    /// `host:port`, IPv6 in brackets.
    pub(crate) fn label(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// An address with a port, or one without and `default_port`.
pub(crate) fn socket_address(text: &str, default_port: u16) -> Option<SocketAddr> {
    let text = text.trim();
    text.parse::<SocketAddr>().ok().or_else(|| {
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, default_port))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_host_is_read() {
        for (text, label) in [
            ("https://www.example.org/", "www.example.org:443"),
            ("https://www.example.org:8443/x?y", "www.example.org:8443"),
            ("https://user:password@www.example.org/", "www.example.org:443"),
            ("www.example.org", "www.example.org:443"),
            ("www.example.org:993", "www.example.org:993"),
            ("192.0.2.1", "192.0.2.1:443"),
            ("192.0.2.1:80", "192.0.2.1:80"),
            ("2001:db8::1", "[2001:db8::1]:443"),
            ("[2001:db8::1]:80", "[2001:db8::1]:80"),
            ("https://[2001:db8::1]:80/", "[2001:db8::1]:80"),
        ] {
            assert_eq!(Target::parse(text, 443).map(|t| t.label()).as_deref(), Some(label), "{text}");
        }
        for text in ["", "https://", "two words", "host:notaport"] {
            assert_eq!(Target::parse(text, 443), None, "{text}");
        }
    }

    #[test]
    fn resolvers_may_have_a_port() {
        for (text, address) in [
            ("192.0.2.1", "192.0.2.1:53"),
            ("192.0.2.1:5353", "192.0.2.1:5353"),
            ("2001:db8::1", "[2001:db8::1]:53"),
            ("[2001:db8::1]", "[2001:db8::1]:53"),
            ("[2001:db8::1]:5353", "[2001:db8::1]:5353"),
        ] {
            assert_eq!(socket_address(text, 53), address.parse().ok(), "{text}");
        }
        assert_eq!(socket_address("dns.example", 53), None);
    }
}
