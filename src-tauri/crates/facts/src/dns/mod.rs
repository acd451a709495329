//! Resolvers, what each answers, and what the system's own resolution gives.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Unix | servers and search domains: `/etc/resolv.conf`; behind the stub 127.0.0.53, or without a server there, also `/run/systemd/resolve/resolv.conf` | none | servers of single links or domains (split DNS of systemd-resolved, macOS' resolvers for single domains); DNS over TLS that is set for single links, or over HTTPS, which a browser may use instead; libraries that read other files |
//! | Windows | none yet: servers and search domains are absent | | |
//! | all | each server asked directly by UDP, by TCP when the answer does not fit; its own servers by TCP too where UDP stays silent, and for a name that cannot exist under each of the names | none | outside Linux a router's "no way" is not told and shows as a timeout; a zone that knows every name looks like a server that invents |
//! | all | each server asked over TLS (port 853), and its certificate verified against the system's trust anchors, for the name in systemd-resolved's settings (`DNS=address#name`) or else for its address: waited for where systemd-resolved asks in no other way (`DNSOverTLS=yes` in its files), for a quarter of a second elsewhere | none | servers with another port; names that are set for single links; a certificate that holds no address, where the settings say no name |
//! | all | each of its own servers asked which encrypted ways lead to it (RFC 9462), and over HTTPS where it names one to an address of these servers; see `designated` | none | servers whose HTTPS is set in a browser; those that do not name it; whether its certificate is for the server's address |
//! | all | what the sources say of one name, side by side: own servers, hosts file, independent servers, and what programs get; where they differ, a TLS handshake by the name with the first address of each | none | names that are no secure host of the policy cannot be proven; the direct way only |
//! | Unix | `/etc/hosts`: the policy's names in it | none | other sources of the system's resolution (mDNS, LDAP) |
//! | all | the system's own resolution: getaddrinfo | none | which of its sources (hosts file, mDNS, DNS) answered; its error for a dead, a failing and a refusing server is one and the same |
//!
//! Direct questions go to the policy's first two names, for IPv4 and IPv6, to every server at once.
//! Once one server has answered, the others of its kind are waited for a moment only.

mod ask;
mod designated;
mod given;
mod hosts;
mod patience;
mod settings;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use self::patience::{Patience, Wait};
use crate::net::{self, ResolveFailure};
use crate::sensitivity::facts;
use crate::tls::{Anchors, Shown, TlsOutcome};
use crate::{Absence, Context, Reading, Reason};

facts! {
    /// Name resolution.
    pub struct Dns {
        /// Resolvers in force, in the system's order; empty where none is set.
        part servers: Reading<Vec<DnsServer>>,
        /// The policy's names, resolved the way programs do.
        part system: Reading<Vec<SystemLookup>>,
        /// The policy's independent resolvers, asked the same names.
        part independent: Reading<Vec<DnsServer>>,
        /// Whether the system asks over TLS; absent where systemd-resolved is not the one who asks.
        public over_tls: Reading<OverTls>,
        /// Domains appended to short names.
        internal search_domains: Reading<Vec<String>>,
        /// The policy's names, and whether the hosts file has an address for them.
        part hosts_file: Reading<Vec<HostsName>>,
        /// What each source says of the policy's names.
        part given: Reading<Vec<Given>>,
    }

    /// One of the policy's names in the hosts file.
    pub struct HostsName {
        /// The name.
        internal name: String,
        /// Whether the hosts file has an address for it.
        public overridden: bool,
        /// The addresses it has there.
        internal addresses: Vec<IpAddr>,
    }

    /// The addresses that one source gives for a name.
    pub struct Given {
        /// The name.
        internal name: String,
        /// `A` or `AAAA`.
        public record: String,
        /// Who gives them: `server`, `hosts_file`, `independent`; `system` where programs get what none of these says.
        public source: String,
        /// The addresses.
        internal addresses: Vec<IpAddr>,
        /// Whose the first of them is.
        public scope: AddressScope,
        /// Whether an independent server gives one of them too; absent where none gives any.
        public shared: Reading<bool>,
        /// Whether the host behind the first of them proves to have the name; absent where the sources
        /// agree, or the name is no secure host of the policy.
        public proof: Reading<TlsOutcome>,
    }

    /// One resolver, asked directly.
    pub struct DnsServer {
        /// Address and port.
        internal address: SocketAddr,
        /// Where the system names it: `resolv.conf`, `systemd-resolved`, `policy`.
        public source: String,
        /// The queries it was asked; absent when nothing may be sent.
        part lookups: Reading<Vec<Lookup>>,
        /// What came of asking by TCP; absent where UDP is answered.
        public by_tcp: Reading<LookupOutcome>,
        /// What came of asking over TLS (port 853); absent for a server on this computer itself.
        public over_tls: Reading<LookupOutcome>,
        /// The name that its certificate must bear, where the settings say one.
        internal tls_name: Reading<String>,
        /// Whether the certificate that it shows over TLS is good for that name, or else for its address;
        /// absent where it shows none, or nothing says whose it must be.
        public certificate: Reading<TlsOutcome>,
        /// What came of asking over HTTPS, where the server itself says that it can be asked so; absent where
        /// it does not, or names another host.
        public over_https: Reading<LookupOutcome>,
        /// Queries for names that cannot exist.
        part unknown_names: Reading<Vec<Lookup>>,
    }

    /// One query to one resolver.
    pub struct Lookup {
        /// The name asked for.
        internal name: String,
        /// `A` or `AAAA`.
        public record: String,
        /// What came back.
        public outcome: LookupOutcome,
        /// The addresses in the answer.
        internal addresses: Vec<IpAddr>,
        /// Time to the answer; absent without one.
        public took_ms: Reading<f64>,
        /// For supporters: the error as the system words it.
        internal detail: String,
    }

    /// One name, resolved the way programs do.
    pub struct SystemLookup {
        /// The name.
        internal name: String,
        /// What came back.
        public outcome: LookupOutcome,
        /// The addresses in the answer.
        internal addresses: Vec<IpAddr>,
        /// Time to the answer or to the error.
        public took_ms: f64,
        /// For supporters: the error as the system words it.
        internal detail: String,
    }
}

/// Whether a system asks over TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OverTls {
    /// It does not.
    Off,
    /// It does where the server can, and asks in clear otherwise.
    Opportunistic,
    /// It asks in no other way.
    Strict,
}

/// What came of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LookupOutcome {
    /// At least one address.
    Answered,
    /// The name exists and has no address of this kind.
    Empty,
    /// The server says that the name does not exist (NXDOMAIN).
    NoSuchName,
    /// The server says that it failed (SERVFAIL).
    ServerFailed,
    /// The server refuses to answer (REFUSED).
    Refused,
    /// What came back is not a DNS answer.
    Malformed,
    /// Nothing came back.
    TimedOut,
    /// The system or a router said that there is no way to the server, or nothing listens there.
    Unreachable,
    /// Another error; see the detail.
    Failed,
}

impl From<ResolveFailure> for LookupOutcome {
    fn from(failure: ResolveFailure) -> Self {
        match failure {
            ResolveFailure::NoSuchName => Self::NoSuchName,
            ResolveFailure::Empty => Self::Empty,
            ResolveFailure::TimedOut => Self::TimedOut,
            ResolveFailure::Failed => Self::Failed,
        }
    }
}

/// Whose an address is, as far as its number tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddressScope {
    /// 0.0.0.0 or ::, which is nobody.
    Unspecified,
    /// This computer.
    Loopback,
    /// Of one cable or Wi-Fi alone.
    LinkLocal,
    /// In a network that this computer is in.
    OwnNetwork,
    /// For private use, in a network that this computer is not in.
    Private,
    /// Anywhere else.
    Public,
}

/// How many of the policy's names each server is asked for.
const NAMES_ASKED: usize = 2;

/// The addresses of the system's servers; empty where its settings cannot be read. Nothing is sent.
pub(crate) async fn in_force(cx: &Context) -> Vec<SocketAddr> {
    settings::read(cx).await.map(|s| s.servers.iter().map(|s| s.address).collect()).unwrap_or_default()
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Dns> {
    let deadline = net::deadline(&cx);
    let settings = settings::read(&cx).await;
    let search_domains = settings.clone().map(|s| s.search_domains).into();
    let over_tls = match &settings {
        Ok(settings) => settings.over_tls.map_or_else(
            || Reading::absent(Reason::NothingToMeasure, "systemd-resolved is not asked"),
            Reading::Value,
        ),
        Err(absent) => absent.clone().into(),
    };
    let strict = over_tls.value() == Some(&OverTls::Strict);
    let set = settings.map(|s| s.servers);
    let hosts_file = hosts::read(&cx).await;
    if cx.offline {
        let offline = || Reading::absent(Reason::Offline, "");
        let unasked = |servers: Vec<settings::Server>| servers.iter().map(|s| s.unasked(offline())).collect();
        return Reading::Value(Dns {
            servers: set.map(unasked).into(),
            system: Reading::absent(Reason::Offline, ""),
            independent: Reading::absent(Reason::Offline, ""),
            over_tls,
            search_domains,
            hosts_file: hosts_file.into(),
            given: Reading::absent(Reason::Offline, ""),
        });
    }
    let names: Vec<String> = cx.endpoints.names.iter().take(NAMES_ASKED).cloned().collect();
    let patience = Patience::new(deadline);
    let (directly, system) = tokio::join!(
        async {
            let (servers, independent) = tokio::join!(
                async {
                    match set {
                        Ok(set) => Reading::Value(ask_all(&cx, set, &names, strict, patience.own()).await),
                        Err(absent) => absent.into(),
                    }
                },
                ask_all(
                    &cx,
                    settings::independent(&cx.endpoints.resolvers),
                    &names,
                    false,
                    patience.independent()
                ),
            );
            (servers, independent)
        },
        look_up_all(&cx.endpoints.names, deadline),
    );
    let (servers, independent) = directly;
    let entries = hosts_file.as_ref().map_or(&[][..], Vec::as_slice);
    let given = given::compare(&cx, &names, servers.value(), &independent, entries, &system, deadline).await;
    Reading::Value(Dns {
        servers,
        system: if cx.endpoints.names.is_empty() {
            Reading::absent(Reason::NothingToMeasure, "the policy names no names")
        } else {
            Reading::Value(system)
        },
        independent: if cx.endpoints.resolvers.is_empty() {
            Reading::absent(Reason::NothingToMeasure, "the policy names no independent resolvers")
        } else {
            Reading::Value(independent)
        },
        over_tls,
        search_domains,
        hosts_file: hosts_file.into(),
        given: Reading::Value(given),
    })
}

/// Domains appended to short names, for whoever looks for something under them.
pub(crate) async fn search_domains(cx: &Context) -> Vec<String> {
    settings::read(cx).await.map(|s| s.search_domains).unwrap_or_default()
}

async fn ask_all(
    cx: &Context,
    servers: Vec<settings::Server>,
    names: &[String],
    strict: bool,
    patience: Wait,
) -> Vec<DnsServer> {
    // To these alone a server may lead.
    let own: Arc<[IpAddr]> = servers.iter().map(|server| server.address.ip()).collect();
    let asked = servers.into_iter().map(|server| {
        let (cx, own, names, patience) = (cx.clone(), Arc::clone(&own), names.to_vec(), patience.clone());
        async move {
            let over_https = ask_over_https(&cx, &server, &own, names.first(), &patience);
            let asked = ask_server(&cx, server.clone(), names.clone(), strict, patience.clone());
            let (mut facts, over_https) = tokio::join!(asked, over_https);
            facts.over_https = over_https.into();
            facts
        }
    });
    net::side_by_side(asked).await
}

/// Whether anything came back.
fn is_answer(outcome: LookupOutcome) -> bool {
    !matches!(outcome, LookupOutcome::TimedOut | LookupOutcome::Unreachable | LookupOutcome::Failed)
}

async fn ask_server(
    cx: &Context,
    server: settings::Server,
    names: Vec<String>,
    strict: bool,
    patience: Wait,
) -> DnsServer {
    let name = names.first().cloned();
    let encrypted = ask_encrypted(cx, &server, name, strict, &patience);
    let (mut facts, (over_tls, certificate)) =
        tokio::join!(ask_in_clear(server.clone(), names, patience.clone()), encrypted);
    facts.over_tls = over_tls;
    facts.certificate = certificate;
    facts
}

/// Where the system itself asks in no other way, the answer is waited for; elsewhere a moment only.
const ENCRYPTED: std::time::Duration = std::time::Duration::from_millis(250);

async fn ask_over_https(
    cx: &Context,
    server: &settings::Server,
    own: &[IpAddr],
    name: Option<&String>,
    patience: &Wait,
) -> Result<LookupOutcome, Absence> {
    let nothing = |why: &str| Err(Absence::new(Reason::NothingToMeasure, why));
    let Some(name) = name else { return nothing("the policy names no names") };
    if server.source == settings::POLICY {
        return nothing("not asked for it");
    }
    if server.address.ip().is_loopback() {
        return nothing("it is on this computer itself");
    }
    let anchors = Anchors::of(cx).await?;
    designated::ask(server, own, name, &anchors, patience.last()).await
}

/// The port of DNS over TLS.
const OVER_TLS: u16 = 853;

async fn ask_encrypted(
    cx: &Context,
    server: &settings::Server,
    name: Option<String>,
    strict: bool,
    patience: &Wait,
) -> (Reading<LookupOutcome>, Reading<TlsOutcome>) {
    let nothing = |why: &str| {
        let why = Absence::new(Reason::NothingToMeasure, why);
        (why.clone().into(), why.into())
    };
    let Some(name) = name else { return nothing("the policy names no names") };
    if server.address.ip().is_loopback() {
        return nothing("it is on this computer itself");
    }
    // Whom this computer trusts decides nothing but the certificate's part.
    let anchors = Anchors::of(cx).await;
    let nobody = Anchors::none();
    let trusted = anchors.as_deref().unwrap_or(&nobody);
    let end = if strict { patience.last() } else { patience.last().min(Instant::now() + ENCRYPTED) };
    let mut at = server.address;
    at.set_port(OVER_TLS);
    let identity = server.name.as_deref();
    let (lookup, shown) = ask::ask_over_tls(at, identity, trusted, name, ask::Record::A, end).await;
    let outcome = match lookup.outcome {
        // So short a silence says nothing of a server that is far away.
        LookupOutcome::TimedOut if !strict => {
            Reading::absent(Reason::TimedOut, "not waited for, since nothing depends on it")
        }
        outcome => Reading::Value(outcome),
    };
    let certificate = match anchors {
        Ok(_) => certificate(shown, identity.is_some()).into(),
        Err(absent) => absent.into(),
    };
    (outcome, certificate)
}

/// What the certificate says; `bound` where the settings say whose it must be. The settings of one link can name
/// it too, and those are not read: without a name here, a certificate for names alone may be the right one.
fn certificate(shown: Option<Shown>, bound: bool) -> Result<TlsOutcome, Absence> {
    let nothing = |why: &str| Err(Absence::new(Reason::NothingToMeasure, why));
    match shown {
        None => nothing("it showed no certificate"),
        Some(Shown { outcome: TlsOutcome::WrongName, has_addresses: false }) if !bound => {
            nothing("neither the settings nor the certificate say whose it must be")
        }
        Some(shown) => Ok(shown.outcome),
    }
}

async fn ask_in_clear(server: settings::Server, names: Vec<String>, patience: Wait) -> DnsServer {
    let Some(first) = names.first().cloned() else {
        return server.unasked(Reading::absent(Reason::NothingToMeasure, "the policy names no names"));
    };
    let one = |name: String, record: ask::Record| {
        let patience = patience.clone();
        async move {
            let asked = ask::ask(server.address, name.clone(), record, patience.last());
            tokio::select! {
                lookup = asked => {
                    if is_answer(lookup.outcome) {
                        patience.somebody_answered();
                    }
                    lookup
                }
                () = patience.run_out() => ask::unanswered(name, record),
            }
        }
    };
    let own = server.source != settings::POLICY;
    let questions =
        names.iter().flat_map(|name| [(name.clone(), ask::Record::A), (name.clone(), ask::Record::Aaaa)]);
    let lookups = net::side_by_side(questions.map(|(name, record)| one(name, record)));
    let invented = names.iter().filter(|_| own).map(|name| (unknown_name(name), ask::Record::A));
    let unknown = net::side_by_side(invented.map(|(name, record)| one(name, record)));
    let by_tcp = async {
        tokio::time::sleep(UDP_ALONE).await;
        let asked = ask::ask_by_tcp(server.address, first, ask::Record::A, patience.last());
        tokio::select! {
            lookup = asked => lookup.outcome,
            () = patience.run_out() => LookupOutcome::TimedOut,
        }
    };
    let udp = async { tokio::join!(lookups, unknown) };
    tokio::pin!(by_tcp, udp);
    let mut over_tcp = None;
    let (lookups, unknown) = loop {
        tokio::select! {
            both = &mut udp => break both,
            outcome = &mut by_tcp, if own && over_tcp.is_none() => over_tcp = Some(outcome),
        }
    };
    let silent = lookups.iter().all(|l| !is_answer(l.outcome));
    let mut facts = server.unasked(Reading::Value(lookups));
    if own {
        facts.unknown_names = Reading::Value(unknown);
        facts.by_tcp = match over_tcp {
            Some(outcome) => Reading::Value(outcome),
            None if silent => Reading::Value(by_tcp.await),
            None => Reading::absent(Reason::NothingToMeasure, "UDP is answered"),
        };
    }
    facts
}

/// UDP that is silent for this long has TCP tried beside it.
const UDP_ALONE: std::time::Duration = std::time::Duration::from_millis(700);

/// A name under another that nobody can have registered.
fn unknown_name(under: &str) -> String {
    let label: String = net::nonce().to_be_bytes().map(|b| char::from(b'a' + b % 26)).iter().collect();
    format!("{label}.{under}")
}

async fn look_up_all(names: &[String], deadline: Instant) -> Vec<SystemLookup> {
    let lookups = names.iter().take(net::MOST_TARGETS).cloned().map(|name| look_up(name, deadline));
    net::side_by_side(lookups).await
}

async fn look_up(name: String, deadline: Instant) -> SystemLookup {
    let started = Instant::now();
    let found = net::resolve(&name, 0, deadline).await;
    let took_ms = net::ms(started.elapsed());
    let (outcome, addresses, detail) = match found {
        Ok(addresses) => {
            (LookupOutcome::Answered, addresses.iter().map(SocketAddr::ip).collect(), String::new())
        }
        Err(error) => (error.failure.into(), Vec::new(), error.detail),
    };
    SystemLookup { name, outcome, addresses, took_ms, detail }
}

#[cfg(test)]
mod tests;
