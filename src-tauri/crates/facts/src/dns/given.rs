//! What the sources say of one name, side by side. Addresses may differ without any fault, as those of
//! large sites do from place to place: so where they differ, the hosts behind them are asked to prove
//! by TLS that they have the name.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::time::Instant;

use super::{DnsServer, Given, HostsName, LookupOutcome, SystemLookup};
use crate::net::{self, Target};
use crate::tls::{self, Anchors};
use crate::{Context, Reading, Reason};

/// The most answers of own servers that are looked at for one name and record.
const MOST_ANSWERS: usize = 2;

/// Compares, and has proven what differs.
pub(super) async fn compare(
    cx: &Context,
    names: &[String],
    servers: Option<&Vec<DnsServer>>,
    independent: &[DnsServer],
    hosts: &[HostsName],
    system: &[SystemLookup],
    deadline: Instant,
) -> Vec<Given> {
    let own_networks = net::own_networks();
    let mut all = Vec::new();
    let mut asked: Vec<String> = names.to_vec();
    asked.extend(hosts.iter().filter(|h| h.overridden && !names.contains(&h.name)).map(|h| h.name.clone()));
    for name in &asked {
        for record in ["A", "AAAA"] {
            let of_hosts: Vec<IpAddr> = hosts
                .iter()
                .filter(|h| h.name.eq_ignore_ascii_case(name))
                .flat_map(|h| h.addresses.iter().copied())
                .filter(|a| a.is_ipv4() == (record == "A"))
                .collect();
            let reference: Vec<IpAddr> = answers(independent, name, record).into_iter().flatten().collect();
            let own = servers.map(|servers| answers(servers, name, record)).unwrap_or_default();
            let of_system: Vec<IpAddr> = system
                .iter()
                .filter(|l| l.name == *name && l.outcome == LookupOutcome::Answered)
                .flat_map(|l| l.addresses.iter().copied())
                .filter(|a| a.is_ipv4() == (record == "A"))
                .collect();
            let sources = Sources { hosts: of_hosts, own, reference, system: of_system };
            all.extend(side_by_side(name, record, sources, &own_networks));
        }
    }
    prove(cx, all, deadline).await
}

/// The addresses that each server gives.
fn answers(servers: &[DnsServer], name: &str, record: &str) -> Vec<Vec<IpAddr>> {
    let lookups = servers.iter().filter_map(|s| s.lookups.value()).flatten();
    lookups
        .filter(|l| l.name == name && l.record == record && l.outcome == LookupOutcome::Answered)
        .map(|l| l.addresses.clone())
        .collect()
}

fn shares(one: &[IpAddr], other: &[IpAddr]) -> bool {
    one.iter().any(|a| other.contains(a))
}

/// What each source says of one name and record.
#[derive(Default)]
struct Sources {
    hosts: Vec<IpAddr>,
    own: Vec<Vec<IpAddr>>,
    reference: Vec<IpAddr>,
    system: Vec<IpAddr>,
}

fn side_by_side(name: &str, record: &str, sources: Sources, networks: &[net::Network]) -> Vec<Given> {
    let Sources { hosts: of_hosts, own, reference, system } = sources;
    let given = |source: &str, addresses: Vec<IpAddr>| {
        let first = *addresses.first()?;
        let shared = if reference.is_empty() {
            Reading::absent(Reason::NothingToMeasure, "no independent server gives an address")
        } else {
            Reading::Value(shares(&addresses, &reference))
        };
        Some(Given {
            name: name.to_owned(),
            record: record.to_owned(),
            source: source.to_owned(),
            scope: net::scope(first, networks),
            addresses,
            shared,
            proof: Reading::absent(Reason::NothingToMeasure, "the sources agree"),
        })
    };
    // What programs get is of interest where it is what nobody who was asked directly says.
    let asked = || own.iter().chain([&of_hosts, &reference]);
    let astray = if asked().any(|said| !said.is_empty()) && !asked().any(|said| shares(said, &system)) {
        system
    } else {
        Vec::new()
    };
    // Of answers that say the same, one stands for all.
    let mut distinct: Vec<Vec<IpAddr>> = Vec::new();
    for answer in own {
        if distinct.len() < MOST_ANSWERS && !distinct.iter().any(|d| shares(d, &answer)) {
            distinct.push(answer);
        }
    }
    let mut all: Vec<Given> = Vec::new();
    all.extend(given("hosts_file", of_hosts));
    all.extend(distinct.into_iter().filter_map(|answer| given("server", answer)));
    all.extend(given("independent", reference.clone()));
    all.extend(given("system", astray));
    all
}

/// Whether somebody has to prove something for this name and record.
fn differs(all: &[Given], one: &Given) -> bool {
    let same: Vec<&Given> = all.iter().filter(|g| g.name == one.name && g.record == one.record).collect();
    let odd = |g: &&&Given| g.scope != super::AddressScope::Public;
    same.iter().any(|g| same.iter().any(|o| !shares(&g.addresses, &o.addresses)))
        || same.iter().any(|g| odd(&g))
}

async fn prove(cx: &Context, mut all: Vec<Given>, deadline: Instant) -> Vec<Given> {
    let doubtful: Vec<usize> = (0..all.len()).filter(|i| differs(&all, &all[*i])).collect();
    if doubtful.is_empty() {
        return all;
    }
    let anchors: Arc<Anchors> = match Anchors::of(cx).await {
        Ok(anchors) => anchors,
        Err(absent) => {
            for index in doubtful {
                all[index].proof = absent.clone().into();
            }
            return all;
        }
    };
    let targets: Vec<Target> =
        cx.endpoints.https.iter().filter_map(|text| Target::parse(text, 443)).collect();
    let proofs = doubtful.into_iter().map(|index| {
        let target = targets.iter().find(|t| t.host.eq_ignore_ascii_case(&all[index].name)).cloned();
        let address = all[index].addresses.first().copied();
        let anchors = Arc::clone(&anchors);
        async move {
            let proof = match target.zip(address) {
                Some((target, address)) => {
                    let address = SocketAddr::new(address, target.port);
                    Reading::Value(tls::prove(&target, &[address], &anchors, deadline).await)
                }
                None => Reading::absent(Reason::NothingToMeasure, "the name is no secure host of the policy"),
            };
            (index, proof)
        }
    });
    for (index, proof) in net::side_by_side(proofs).await {
        all[index].proof = proof;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::AddressScope;

    fn ips(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|t| t.parse().unwrap()).collect()
    }

    #[test]
    fn answers_that_share_an_address_agree_and_others_are_told_apart() {
        let reference = ips(&["203.0.113.1", "203.0.113.2"]);
        let own = vec![ips(&["203.0.113.2", "203.0.113.9"]), ips(&["203.0.113.2"]), ips(&["127.0.0.1"])];
        let system = ips(&["127.0.0.1"]);
        let all =
            side_by_side("www.example", "A", Sources { own, reference, system, ..Sources::default() }, &[]);
        let seen: Vec<_> = all.iter().map(|g| (g.source.as_str(), g.scope, g.shared.clone())).collect();
        assert_eq!(
            seen,
            [
                ("server", AddressScope::Public, Reading::Value(true)),
                ("server", AddressScope::Loopback, Reading::Value(false)),
                ("independent", AddressScope::Public, Reading::Value(true)),
            ]
        );
        assert!(differs(&all, &all[0]));
        assert!(!differs(&[all[0].clone(), all[2].clone()], &all[0]));
    }

    #[test]
    fn what_programs_get_stands_there_where_nobody_else_says_it() {
        let told = |system: &[&str]| {
            let sources =
                Sources { own: vec![ips(&["203.0.113.1"])], system: ips(system), ..Sources::default() };
            let all = side_by_side("www.example", "A", sources, &[]);
            all.into_iter().map(|g| g.source).collect::<Vec<_>>()
        };
        assert_eq!(told(&["192.0.2.66"]), ["server", "system"]);
        assert_eq!(told(&["192.0.2.66", "203.0.113.1"]), ["server"]);
        assert_eq!(told(&[]), ["server"]);
    }

    #[test]
    fn without_a_second_opinion_an_address_of_nobody_is_doubtful_all_the_same() {
        let own = |text: &str| Sources { own: vec![ips(&[text])], ..Sources::default() };
        let all = side_by_side("www.example", "A", own("0.0.0.0"), &[]);
        assert_eq!(all[0].shared.absence().map(|a| a.reason), Some(Reason::NothingToMeasure));
        assert!(differs(&all, &all[0]));
        let fine = side_by_side("www.example", "A", own("203.0.113.1"), &[]);
        assert!(!differs(&fine, &fine[0]));
    }
}
