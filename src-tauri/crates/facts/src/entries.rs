//! What a policy may write in its lists of hosts. An entry that could never be asked is an error with
//! its place, not a measurement that is silently missing.

use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};

use reqwest::Url;
use serde::de::{Error as _, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

use crate::context::HttpEndpoint;
use crate::net::{Target, socket_address};

/// One way to write an entry.
trait Rule {
    /// What an entry must be, with an example.
    const EXPECTED: &'static str;
    fn holds(entry: &str) -> bool;
}

macro_rules! rules {
    ($($rule:ident as $list:ident: $expected:literal, $holds:expr;)*) => {$(
        struct $rule;

        impl Rule for $rule {
            const EXPECTED: &'static str = $expected;
            fn holds(entry: &str) -> bool {
                let holds: fn(&str) -> bool = $holds;
                holds(entry)
            }
        }

        pub(crate) fn $list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
            let entries = Vec::<Entry<$rule>>::deserialize(deserializer)?;
            Ok(entries.into_iter().map(|entry| entry.text).collect())
        }
    )*};
}

rules! {
    Host as hosts: "a host such as \"https://www.example/\" or \"www.example:8443\"", |entry| {
        Target::parse(entry, 443).is_some()
            && entry.split_once("://").is_none_or(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
    };
    Address as addresses: "an address with its port, such as \"203.0.113.80:443\" or \"[2001:db8::80]:443\"", |entry| {
        entry.trim().parse::<SocketAddr>().is_ok()
    };
    Name as names: "a name such as \"www.example\"", |entry| {
        entry.parse::<IpAddr>().is_err()
            && Target::parse(entry, 0).is_some_and(|t| t.port == 0 && !entry.contains(['/', ':', '@']))
    };
    Resolver as resolvers: "the address of a DNS server, such as \"203.0.113.53\"", |entry| {
        socket_address(entry, 53).is_some()
    };
    TimeServer as time_servers: "a time server such as \"ntp.example\"", |entry| {
        !entry.contains("://") && Target::parse(entry, 123).is_some()
    };
    Proxy as proxies: "a proxy with its port, such as \"proxy.example:3128\"", |entry| {
        !entry.contains(['/', '@']) && Target::parse(entry, 0).is_some_and(|t| t.port != 0)
    };
}

/// An entry of a list that keeps to its rule.
struct Entry<R> {
    text: String,
    rule: PhantomData<R>,
}

impl<'de, R: Rule> Deserialize<'de> for Entry<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if R::holds(&text) {
            Ok(Self { text, rule: PhantomData })
        } else {
            Err(D::Error::custom(format!("“{text}” is not {}", R::EXPECTED)))
        }
    }
}

impl<'de> Deserialize<'de> for HttpEndpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EndpointVisitor)
    }
}

/// Told apart by hand: an untagged enum says of a typing error only that nothing matched.
struct EndpointVisitor;

impl<'de> Visitor<'de> for EndpointVisitor {
    type Value = HttpEndpoint;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an address such as \"http://check.example/generate_204\", or { url = …, body = … }")
    }

    fn visit_str<E: serde::de::Error>(self, url: &str) -> Result<HttpEndpoint, E> {
        plain_http(url)?;
        Ok(HttpEndpoint::NoContent(url.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<HttpEndpoint, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Answer {
            url: String,
            #[serde(default)]
            body: Option<String>,
        }
        let Answer { url, body } = Answer::deserialize(MapAccessDeserializer::new(map))?;
        plain_http(&url)?;
        Ok(HttpEndpoint::Answer { url, body })
    }
}

/// Over https no network could put its sign-in page in between, which is what these checks look for.
fn plain_http<E: serde::de::Error>(url: &str) -> Result<(), E> {
    match Url::parse(url) {
        Ok(parsed) if parsed.scheme() == "http" && parsed.has_host() => Ok(()),
        _ => Err(E::custom(format!("“{url}” is not an address that begins with http:// and names a host"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{Endpoints, HttpEndpoint};

    #[test]
    fn the_entries_of_the_documentation_and_of_the_defaults_are_read() {
        let written = json!({
            "http": ["http://check.example/generate_204", { "url": "http://portal.example/", "body": "fine" }],
            "https": ["https://www.example/", "www.example:8443", "192.0.2.1", "[2001:db8::1]:443"],
            "addresses": ["203.0.113.80:443", "[2001:db8::80]:443"],
            "names": ["www.example", "localhost"],
            "resolvers": ["203.0.113.53", "203.0.113.53:5353", "2001:db8::53"],
            "ntp": ["ntp.example", "192.0.2.1:1123"],
            "proxies": ["proxy.example:3128", "[2001:db8::1]:8080"],
        });
        let read: Endpoints = serde_json::from_value(written).unwrap();
        assert_eq!(
            read.http,
            [
                HttpEndpoint::NoContent("http://check.example/generate_204".into()),
                HttpEndpoint::Answer { url: "http://portal.example/".into(), body: Some("fine".into()) },
            ]
        );
        let defaults = Endpoints::default();
        let again: Endpoints = serde_json::from_value(serde_json::to_value(&defaults).unwrap()).unwrap();
        assert_eq!(again, defaults);
    }

    #[test]
    fn an_entry_that_could_never_be_asked_is_an_error_that_says_what_belongs_there() {
        for (list, entry, told) in [
            ("http", json!("https://check.example/"), "begins with http://"),
            ("http", json!("check.example"), "begins with http://"),
            ("http", json!({ "url": "http://check.example/", "boddy": "x" }), "unknown field `boddy`"),
            ("http", json!({ "body": "x" }), "missing field `url`"),
            ("http", json!(7), "or { url = …, body = … }"),
            ("https", json!("http://www.example/"), "is not a host"),
            ("https", json!(""), "is not a host"),
            ("addresses", json!("203.0.113.80"), "with its port"),
            ("addresses", json!("www.example:443"), "with its port"),
            ("names", json!("https://www.example/"), "is not a name"),
            ("names", json!("203.0.113.80"), "is not a name"),
            ("resolvers", json!("dns.example"), "the address of a DNS server"),
            ("ntp", json!("ntp://ntp.example"), "is not a time server"),
            ("proxies", json!("proxy.example"), "a proxy with its port"),
        ] {
            let error =
                serde_json::from_value::<Endpoints>(json!({ list: [entry] })).unwrap_err().to_string();
            assert!(error.contains(told), "{list}: {entry}: {error}");
        }
    }
}
