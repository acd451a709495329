//! What a probe is given: where to ask, how long it may take, and what it may touch.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::WeakUnboundedSender;
use tokio_util::sync::CancellationToken;

use crate::entries;
use crate::proxy::Run;
use crate::services::ServiceEndpoint;
use crate::throughput::ThroughputEndpoint;
use crate::tls::SharedAnchors;
use crate::{Progress, Subject};

/// Hosts that may be asked. Nothing is sent to any other: the policy names them all. The exceptions are
/// what this computer uses anyway, which its settings or its network name: its gateways, its DNS servers,
/// the proxies that are set, and, in its own or a private network alone, the host of a proxy script (WPAD)
/// and the proxies that such a script names; the API about signing in that its network announces (RFC 8910),
/// over TLS alone; and the one site that a person names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Endpoints {
    /// Connectivity checks over plain HTTP; a captive portal shows itself here.
    pub http: Vec<HttpEndpoint>,
    /// Hosts whose TLS certificate chain is captured.
    #[serde(deserialize_with = "entries::hosts")]
    pub https: Vec<String>,
    /// Hosts that speak HTTP/3 as well: whether it gets through is measured (UDP, port 443).
    #[serde(deserialize_with = "entries::hosts")]
    pub quic: Vec<String>,
    /// `address:port` reached by TCP without a name; IPv6 in brackets.
    #[serde(deserialize_with = "entries::addresses")]
    pub addresses: Vec<String>,
    /// Names that every resolver must know.
    #[serde(deserialize_with = "entries::names")]
    pub names: Vec<String>,
    /// Independent resolvers by address, asked for a second opinion.
    #[serde(deserialize_with = "entries::resolvers")]
    pub resolvers: Vec<String>,
    /// Time servers.
    #[serde(deserialize_with = "entries::time_servers")]
    pub ntp: Vec<String>,
    /// Proxies that the organisation's networks want, `host:port`: tried where none is set.
    #[serde(deserialize_with = "entries::proxies")]
    pub proxies: Vec<String>,
    /// The server that says how much the connection carries; measured on request only.
    pub throughput: Option<ThroughputEndpoint>,
    /// PEM file with trust anchors beside the system's.
    pub ca_file: Option<PathBuf>,
}

/// One connectivity check: a URL, and what an open network answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum HttpEndpoint {
    /// Expects status 204.
    NoContent(String),
    /// Expects status 200 and a body that contains `body`; without `body`, status 204.
    Answer {
        /// The address.
        url: String,
        /// The expected text in the body.
        #[serde(default)]
        body: Option<String>,
    },
}

impl HttpEndpoint {
    /// The address asked.
    pub fn url(&self) -> &str {
        match self {
            Self::NoContent(url) | Self::Answer { url, .. } => url,
        }
    }

    /// The text an open network's answer contains; `None` where 204 is expected.
    pub fn body(&self) -> Option<&str> {
        match self {
            Self::NoContent(_) => None,
            Self::Answer { body, .. } => body.as_deref(),
        }
    }
}

impl Default for Endpoints {
    /// Public check addresses of several operators, so that one operator's outage is not ours.
    fn default() -> Self {
        let own = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        Self {
            http: vec![
                HttpEndpoint::NoContent("http://connectivitycheck.gstatic.com/generate_204".into()),
                HttpEndpoint::Answer {
                    url: "http://detectportal.firefox.com/success.txt".into(),
                    body: Some("success".into()),
                },
                HttpEndpoint::Answer {
                    url: "http://www.msftconnecttest.com/connecttest.txt".into(),
                    body: Some("Microsoft Connect Test".into()),
                },
            ],
            https: own(&["https://www.debian.org/", "https://www.wikipedia.org/"]),
            quic: own(&["https://www.cloudflare.com/"]),
            addresses: own(&[
                "9.9.9.9:443",
                "1.1.1.1:443",
                "[2620:fe::fe]:443",
                "[2606:4700:4700::1111]:443",
            ]),
            names: own(&["www.debian.org", "www.wikipedia.org"]),
            resolvers: own(&["9.9.9.9", "1.1.1.1", "2620:fe::fe"]),
            ntp: own(&["pool.ntp.org", "time.cloudflare.com"]),
            proxies: Vec::new(),
            throughput: None,
            ca_file: None,
        }
    }
}

impl Endpoints {
    /// Every host named here, without scheme, port and path: public knowledge of the organisation, and
    /// readable in a package.
    pub fn hosts(&self) -> Vec<String> {
        let urls = self.http.iter().map(HttpEndpoint::url);
        let names = [&self.https, &self.quic, &self.names, &self.ntp, &self.proxies];
        let rest = names.into_iter().chain([&self.addresses, &self.resolvers]);
        urls.chain(rest.flatten().map(String::as_str))
            .map(|entry| host(entry).to_owned())
            .chain(self.throughput.iter().flat_map(ThroughputEndpoint::hosts))
            .collect()
    }
}

/// The host of a URL, of `host:port` or of `[address]:port`.
fn host(entry: &str) -> &str {
    let rest = entry.split_once("://").map_or(entry, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    // A name and a password before the host are nobody's business.
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    if let Some(bracketed) = authority.strip_prefix('[') {
        return bracketed.split(']').next().unwrap_or(bracketed);
    }
    match authority.rsplit_once(':') {
        // More than one colon without brackets is an IPv6 address alone.
        Some((name, _)) if !name.contains(':') => name,
        _ => authority,
    }
}

/// How long measuring may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For one probe.
    pub probe: Duration,
    /// For all of them together.
    pub overall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { probe: Duration::from_secs(4), overall: Duration::from_secs(10) }
    }
}

/// What every probe is given.
#[derive(Debug, Clone)]
pub struct Context {
    /// Where to ask.
    pub endpoints: Endpoints,
    /// Nothing may be sent.
    pub offline: bool,
    /// The organisation's services.
    pub services: Vec<ServiceEndpoint>,
    /// The site that the person cannot open; the one host that is asked without being in the policy.
    pub site: Option<ServiceEndpoint>,
    /// Measurements that cost something and that the person has agreed to.
    pub agreed: BTreeSet<Subject>,
    /// How long it may take.
    pub limits: Limits,
    /// Cancelled when the person stops the measurement.
    pub cancel: CancellationToken,
    /// Where a probe that takes its time says how far it is; it does not keep those waiting who listen.
    pub progress: Option<WeakUnboundedSender<Progress>>,
    /// What the probes share; new for every run.
    pub run: Run,
    /// The file system's root; another one in tests, so that recorded trees can be read.
    pub root: PathBuf,
    /// Read once a run, by the first probe that needs them.
    pub anchors: SharedAnchors,
    /// Read once a run, by the first probe that needs it.
    #[cfg(target_os = "linux")]
    pub kernel_log: crate::kernel_log::Shared,
}

impl Default for Context {
    fn default() -> Self {
        Self {
            endpoints: Endpoints::default(),
            offline: false,
            services: Vec::new(),
            site: None,
            agreed: BTreeSet::new(),
            limits: Limits::default(),
            cancel: CancellationToken::new(),
            progress: None,
            run: Run::default(),
            root: PathBuf::from("/"),
            anchors: SharedAnchors::default(),
            #[cfg(target_os = "linux")]
            kernel_log: crate::kernel_log::Shared::default(),
        }
    }
}

impl Context {
    /// A path of the measured system under this context's root: `path("/proc/uptime")`.
    pub fn path(&self, absolute: &str) -> PathBuf {
        self.root.join(absolute.trim_start_matches('/'))
    }

    /// Time for one step inside a probe: a little under the probe's own budget, so that a probe can
    /// still report its other steps when one of them hangs.
    pub fn step(&self) -> Duration {
        self.limits.probe.mul_f64(0.85)
    }

    /// Whether the real system is measured and not a recorded tree.
    pub fn is_live(&self) -> bool {
        self.root == Path::new("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_every_notation() {
        let cases = [
            ("http://check.example/generate_204", "check.example"),
            ("https://www.example:8443/x?y", "www.example"),
            ("203.0.113.80:443", "203.0.113.80"),
            ("[2001:db8::80]:443", "2001:db8::80"),
            ("2620:fe::fe", "2620:fe::fe"),
            ("ntp.example", "ntp.example"),
            ("https://user:secret@www.example:8443/x", "www.example"),
            ("https://user:secret@[2001:db8::80]/", "2001:db8::80"),
        ];
        for (entry, expected) in cases {
            assert_eq!(host(entry), expected);
        }
    }
}
