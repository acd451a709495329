//! A scenario's file: what the network is like, what is broken, and what Befund must say.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, Serialize};

/// One scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// The file's name without its ending.
    #[serde(skip)]
    pub(crate) name: String,
    /// What a person would say is the matter.
    pub(crate) title: String,
    /// What must be found.
    pub(crate) expect: Expect,
    /// What is broken: a network of the lab's, or the computer itself.
    #[serde(default)]
    pub(crate) kind: Kind,
    /// Capabilities that the person has beside an ordinary user's, such as `syslog`: what an
    /// administrator's account, or the group of those who may read logs, would give them.
    #[serde(default)]
    pub(crate) may: Vec<String>,
    /// Whether programs that Befund starts may have the rights that their files give them, as everywhere but here.
    #[serde(default)]
    pub(crate) setgid: bool,
    /// The guide that is asked.
    #[serde(default = "internet")]
    pub(crate) guide: String,
    /// Further arguments of the guide, such as `--target`.
    #[serde(default)]
    pub(crate) args: Vec<String>,
    /// What the network is like while everything is fine.
    #[serde(default)]
    pub(crate) network: Network,
    /// What is done to it: a shell script for a host, in this order.
    #[serde(default)]
    pub(crate) faults: Vec<BTreeMap<Host, String>>,
    /// Programs that a scenario is left out without, because not every machine may install them.
    #[serde(default)]
    pub(crate) needs: Vec<String>,
    /// Files that Befund sees with another content, as path and text: what the kernel says of hardware that
    /// no namespace can have, such as the speed of a cable.
    #[serde(default)]
    pub(crate) shown: BTreeMap<String, String>,
    /// The person's environment, such as a proxy.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// How far the client's clock is off, as faketime writes it: `-2y`, `+3h`.
    #[serde(default)]
    pub(crate) clock: Option<String>,
    /// TOML that is added to the policy.
    #[serde(default)]
    pub(crate) policy: String,
    /// Whether the client may send echo requests as an ordinary user. Most systems allow it.
    #[serde(default = "yes")]
    pub(crate) ping: bool,
    /// Whom Befund may send anything to; whatever else leaves the client is counted on its wire.
    #[serde(default)]
    pub(crate) wire: Option<Wire>,
    /// A program that Befund is run by, with its arguments, such as one that shows it other devices.
    #[serde(default)]
    pub(crate) under: Vec<String>,
    /// The most that the whole measurement may take.
    #[serde(default)]
    pub(crate) within_ms: Option<u64>,
}

impl Scenario {
    /// The first program that it needs and that this machine does not have.
    pub(crate) fn missing(&self) -> Option<&str> {
        let there = |program: &str| {
            ["/usr/sbin", "/usr/bin"].iter().any(|folder| PathBuf::from(folder).join(program).exists())
        };
        self.needs.iter().map(String::as_str).find(|program| !there(program))
    }
}

/// What a scenario breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// A network, built for it.
    #[default]
    Network,
    /// The computer itself: its disks, memory, programs and devices. There is no network at all.
    Computer,
}

/// Whom Befund may send anything to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Wire {
    /// The hosts of the policy, the router and the name server.
    Policy,
    /// Nobody.
    Nothing,
}

/// What must be found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Expect {
    /// `healthy`, or the one cause that must be first.
    One(String),
    /// Several faults at once: one of them is first, all are among the first three.
    All(Vec<String>),
    /// A hostile network that several causes describe: any of them is first.
    Any {
        /// The causes.
        any: Vec<String>,
    },
}

impl Expect {
    /// The causes; none where the network is healthy.
    pub(crate) fn causes(&self) -> Vec<&str> {
        match self {
            Self::One(one) if one == HEALTHY => Vec::new(),
            Self::One(one) => vec![one],
            Self::All(all) | Self::Any { any: all } => all.iter().map(String::as_str).collect(),
        }
    }
}

/// How a scenario says that nothing is wrong.
pub(crate) const HEALTHY: &str = "healthy";

/// The hosts of the lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Host {
    /// The sandbox itself, where scenarios of the computer run: mounts made here are seen by Befund.
    Computer,
    /// The computer that Befund runs on.
    Client,
    /// The switch between the client and its network: its ports are where cables are pulled.
    Switch,
    /// The router of the local network.
    Router,
    /// Another computer in the local network.
    Other,
    /// The provider behind the router.
    Isp,
    /// The internet: all its servers on one host.
    Net,
}

impl Host {
    /// The hosts of a network.
    pub(crate) const ALL: [Self; 6] =
        [Self::Client, Self::Switch, Self::Router, Self::Other, Self::Isp, Self::Net];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Computer => "computer",
            Self::Client => "client",
            Self::Switch => "switch",
            Self::Router => "router",
            Self::Other => "other",
            Self::Isp => "isp",
            Self::Net => "net",
        }
    }
}

/// What the network is like while everything is fine.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Network {
    /// How the client gets its IPv4 address.
    pub(crate) ipv4: Ipv4,
    /// How the client gets its IPv6 address.
    pub(crate) ipv6: Ipv6,
    /// The servers in the client's `resolv.conf`.
    pub(crate) dns: Vec<String>,
}

impl Default for Network {
    fn default() -> Self {
        Self { ipv4: Ipv4::Static, ipv6: Ipv6::Static, dns: vec!["192.0.2.1".into()] }
    }
}

/// How the client gets its IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ipv4 {
    /// Set by hand.
    Static,
    /// From the router.
    Dhcp,
    /// Not at all.
    None,
}

/// How the client gets its IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ipv6 {
    /// Set by hand.
    Static,
    /// From the router's announcement.
    Router,
    /// Not at all.
    None,
}

fn internet() -> String {
    "internet".into()
}

const fn yes() -> bool {
    true
}

/// Where the scenarios are.
fn folder() -> PathBuf {
    crate::root().join("tests/lab/scenarios")
}

/// Reads one scenario.
pub(crate) fn read(name: &str) -> Result<Scenario> {
    let path = folder().join(format!("{name}.yaml"));
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut scenario: Scenario =
        serde_saphyr::from_str(&text).map_err(|e| anyhow!("{}: {e}", path.display()))?;
    if scenario.expect.causes().iter().any(|c| c.is_empty()) {
        bail!("{}: `expect` names no cause", path.display());
    }
    name.clone_into(&mut scenario.name);
    Ok(scenario)
}

/// Reads all, in the order of their names.
pub(crate) fn all() -> Result<Vec<Scenario>> {
    let folder = folder();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".yaml") {
            names.push(name.to_owned());
        }
    }
    names.sort();
    names.iter().map(|name| read(name)).collect()
}
