//! The guide `internet` against what each of its causes looks like on a real computer: the cause comes first, and
//! its fix or a human next. A healthy network is told so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;

use befund_checks::{CheckId, Checks, Status};
use befund_guides::{Diagnosis, Evidence, Guide, Guides, NextStep, Outcome, StepKind, diagnose};

fn guide() -> (Guide, Checks) {
    let (checks, errors) = Checks::load(&[]);
    assert!(errors.is_empty(), "{errors:?}");
    let (guides, errors) = Guides::builtin(&checks);
    assert!(errors.is_empty(), "{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    (guides.get(&"internet".parse().unwrap()).unwrap().clone(), checks)
}

/// A healthy home network: IPv4 alone, no proxy. `changes` are written over it, left to right.
fn network(changes: &str) -> BTreeMap<CheckId, Status> {
    const HEALTHY: &str = "link.adapter-found link.adapter-enabled link.connected address.assigned address.self-assigned \
        route.default route.ambiguous clock.correct gateway.answers gateway.latency dns.configured dns.server-answers \
        dns.server-works dns.independent-answers dns.system-resolves dns.slow internet.by-address-ipv4 \
        internet.by-address internet.by-name web.open web.sign-in-page web.proxy-password tls.trusted \
        tls.certificate-dates internet.secure internet.firewall dns.answers-right dns.system-slow dns.unknown-names \
        internet.stalls way.first-hop way.forbidden way.ends way.web-blocked gateway.loss line.loss line.latency \
        line.jitter line.stable link.steady line.packet-size address.conflict route.name-server-beside \
        web.prompt internet.quic";
    let mut results: BTreeMap<CheckId, Status> =
        HEALTHY.split_whitespace().map(|id| (id.parse().unwrap(), Status::Ok)).collect();
    for id in [
        "proxy.needed",
        "internet.nat64",
        "dns.search-domain",
        "dns.encrypted-answers",
        "dns.encrypted-genuine",
        "dns.encrypted-dates",
        "web.sign-in-announced",
        "proxy.lets-through",
        "dns.hosts-file",
        "proxy.reachable",
        "internet.by-address-ipv6",
        "internet.by-name-ipv6",
        "route.other-way",
        "vpn.passes",
        "vpn.route",
        "route.overlap",
        "wifi.radio-on",
        "wifi.signal",
        "wifi.password",
    ] {
        results.insert(id.parse().unwrap(), Status::NotApplicable);
    }
    for change in changes.split_whitespace() {
        let (ids, status) = change.split_once('=').unwrap();
        let status = Status::ALL.into_iter().find(|s| s.as_str() == status).unwrap();
        for id in group(ids) {
            results.insert(id.parse().unwrap_or_else(|_| panic!("{id}")), status);
        }
    }
    results
}

/// Checks that change together, by a short name.
fn group(name: &str) -> Vec<&str> {
    match name {
        // What is measured beyond the router.
        "out" => vec![
            "internet.by-address",
            "internet.by-address-ipv4",
            "internet.by-name",
            "dns.independent-answers",
            "web.open",
            "internet.secure",
        ],
        // What can be judged only once something was reached.
        "later" => {
            vec!["tls.trusted", "tls.certificate-dates", "clock.correct", "dns.slow", "gateway.latency"]
        }
        "names" => vec!["internet.by-name", "web.open", "internet.secure", "dns.system-resolves"],
        "v6" => vec!["internet.by-address-ipv6", "internet.by-name-ipv6"],
        one => vec![one],
    }
}

fn evidence(changes: &str) -> Evidence {
    Evidence { checks: network(changes), ..Evidence::default() }
}

/// (what happened, what it looks like, the cause)
const SCENARIOS: &[(&str, &str, &str)] = &[
    (
        "the driver is missing",
        "link.adapter-found=fail link.adapter-enabled=not_applicable link.connected=not_applicable \
         address.assigned=not_applicable address.self-assigned=not_applicable route.default=fail route.ambiguous=not_applicable \
         gateway.answers=not_applicable internet.by-address-ipv4=not_applicable later=not_applicable dns.server-works=not_applicable \
         dns.server-answers=fail dns.system-resolves=fail internet.by-address=fail internet.by-name=fail \
         dns.independent-answers=fail web.open=fail internet.secure=fail",
        "adapter-missing",
    ),
    (
        "the Wi-Fi is switched off",
        "link.adapter-enabled=fail link.connected=not_applicable address.assigned=not_applicable address.self-assigned=not_applicable \
         route.default=fail route.ambiguous=not_applicable gateway.answers=not_applicable dns.configured=fail \
         dns.server-answers=not_applicable dns.server-works=not_applicable dns.system-resolves=fail out=fail \
         internet.by-address-ipv4=not_applicable later=not_applicable",
        "adapter-disabled",
    ),
    (
        "the interface is down, and its address and name server linger",
        "link.adapter-enabled=fail link.connected=not_applicable address.assigned=not_applicable route.default=fail \
         gateway.answers=not_applicable dns.server-answers=fail dns.server-works=not_applicable dns.system-resolves=fail out=fail \
         internet.by-address-ipv4=not_applicable later=unknown",
        "adapter-disabled",
    ),
    (
        "the cable is out",
        "link.connected=fail address.assigned=not_applicable address.self-assigned=not_applicable route.default=fail \
         route.ambiguous=not_applicable gateway.answers=not_applicable dns.server-answers=fail dns.server-works=not_applicable \
         dns.system-resolves=fail out=fail internet.by-address-ipv4=not_applicable later=not_applicable",
        "not-connected",
    ),
    (
        "the cable is out, with an address and a route set by hand",
        "link.connected=fail address.assigned=not_applicable gateway.answers=fail dns.server-answers=fail \
         dns.server-works=not_applicable dns.system-resolves=fail out=fail later=not_applicable",
        "not-connected",
    ),
    (
        "no DHCP server answers, and nothing is made up",
        "address.assigned=fail route.default=fail route.ambiguous=not_applicable gateway.answers=not_applicable dns.configured=fail \
         dns.server-answers=not_applicable dns.server-works=not_applicable dns.system-resolves=fail out=fail \
         internet.by-address-ipv4=not_applicable later=not_applicable",
        "no-address",
    ),
    (
        "no DHCP server answers, and an address is made up",
        "address.assigned=fail address.self-assigned=fail route.default=fail gateway.answers=not_applicable \
         dns.server-answers=fail dns.server-works=not_applicable dns.system-resolves=fail out=fail \
         internet.by-address-ipv4=not_applicable later=not_applicable",
        "no-address",
    ),
    (
        "the default route is gone, and the name server is in the network",
        "route.default=fail route.ambiguous=not_applicable gateway.answers=not_applicable out=fail \
         internet.by-address-ipv4=not_applicable later=not_applicable",
        "no-default-route",
    ),
    (
        "the default route is gone, and the name server is outside",
        "route.default=fail route.ambiguous=not_applicable gateway.answers=not_applicable dns.server-answers=fail \
         dns.server-works=not_applicable dns.system-resolves=fail out=fail internet.by-address-ipv4=not_applicable \
         later=not_applicable",
        "no-default-route",
    ),
    (
        "the route leads to an address where nobody is",
        "gateway.answers=fail route.name-server-beside=warn out=fail tls.trusted=not_applicable \
         tls.certificate-dates=not_applicable clock.correct=unknown gateway.latency=not_applicable",
        "wrong-default-route",
    ),
    (
        "two routes of the same rank",
        "route.ambiguous=warn out=fail tls.trusted=not_applicable tls.certificate-dates=not_applicable clock.correct=unknown",
        "wrong-default-route",
    ),
    (
        "the router hangs",
        "gateway.answers=fail dns.server-answers=fail dns.server-works=not_applicable dns.system-resolves=fail out=fail \
         later=not_applicable",
        "gateway-silent",
    ),
    (
        "the line is dead, and the router's name server says so",
        "dns.server-works=fail dns.system-resolves=fail out=fail tls.trusted=not_applicable \
         tls.certificate-dates=not_applicable clock.correct=unknown",
        "provider-outage",
    ),
    (
        "the line is dead, and the name server is the provider's",
        "dns.server-answers=fail dns.server-works=not_applicable dns.system-resolves=fail out=fail \
         tls.trusted=not_applicable tls.certificate-dates=not_applicable clock.correct=unknown dns.slow=not_applicable",
        "provider-outage",
    ),
    (
        "the line is dead on a network with both kinds of addresses",
        "dns.server-works=fail dns.system-resolves=fail out=fail v6=fail tls.trusted=not_applicable \
         tls.certificate-dates=not_applicable clock.correct=unknown",
        "provider-outage",
    ),
    (
        "the name server is dead",
        "dns.server-answers=fail dns.server-works=not_applicable names=fail later=not_applicable",
        "dns-server-silent",
    ),
    (
        "the name server is dead on a network with both kinds of addresses",
        "dns.server-answers=fail dns.server-works=not_applicable names=fail internet.by-address-ipv6=ok \
         internet.by-name-ipv6=fail later=unknown",
        "dns-server-silent",
    ),
    (
        "the first of two name servers is dead",
        "dns.server-answers=warn dns.system-slow=fail",
        "dns-server-silent",
    ),
    (
        "the first of two name servers is dead, and programs give up before the second",
        "dns.server-answers=warn names=fail dns.system-slow=not_applicable later=not_applicable",
        "dns-server-silent",
    ),
    (
        "every name leads to the same wrong address",
        "dns.answers-right=fail dns.unknown-names=warn internet.by-name=fail web.open=fail internet.secure=fail \
         tls.trusted=not_applicable tls.certificate-dates=not_applicable",
        "dns-answers-wrong",
    ),
    ("one name leads to a wrong address over IPv4", "dns.answers-right=fail v6=ok", "dns-answers-wrong"),
    (
        "a filter gives nobody's address",
        "dns.answers-right=fail internet.by-name=fail web.open=fail internet.secure=fail tls.trusted=not_applicable \
         tls.certificate-dates=not_applicable",
        "dns-answers-wrong",
    ),
    (
        "the hosts file blocks a site",
        "dns.hosts-file=fail internet.by-name=fail internet.secure=fail tls.trusted=not_applicable",
        "hosts-file-override",
    ),
    (
        "the name server refuses, and public ones are blocked",
        "dns.server-works=fail names=fail dns.independent-answers=fail tls.trusted=not_applicable \
         tls.certificate-dates=not_applicable clock.correct=unknown",
        "dns-server-broken",
    ),
    (
        "the name server answers with failures",
        "dns.server-works=fail names=fail tls.trusted=not_applicable tls.certificate-dates=not_applicable clock.correct=unknown",
        "dns-server-broken",
    ),
    ("the name server takes three seconds", "dns.slow=fail", "dns-slow"),
    ("the name server takes a second, and one page gives up", "dns.slow=warn web.open=fail", "dns-slow"),
    (
        "the hotel lets nothing through",
        "web.sign-in-page=fail web.open=fail internet.by-address=fail internet.by-address-ipv4=fail internet.by-name=fail \
         dns.independent-answers=fail internet.secure=fail tls.trusted=not_applicable tls.certificate-dates=not_applicable \
         clock.correct=unknown",
        "captive-portal",
    ),
    (
        "the hotel answers in the place of everybody",
        "web.sign-in-page=fail web.open=fail internet.secure=fail tls.trusted=fail clock.correct=unknown",
        "captive-portal",
    ),
    (
        "the company's proxy is left over at home",
        "proxy.reachable=fail web.open=fail internet.secure=fail tls.trusted=not_applicable tls.certificate-dates=not_applicable",
        "proxy-unreachable",
    ),
    (
        "the proxy is down in the company, and nothing leaves without it",
        "proxy.reachable=fail out=fail tls.trusted=not_applicable tls.certificate-dates=not_applicable clock.correct=unknown",
        "proxy-unreachable",
    ),
    (
        "the network offers a proxy, and refuses all else",
        "proxy.needed=fail out=fail internet.firewall=fail tls.trusted=not_applicable tls.certificate-dates=not_applicable \
         clock.correct=unknown",
        "proxy-required",
    ),
    (
        "the proxy refuses secure pages",
        "proxy.reachable=ok proxy.lets-through=fail internet.secure=fail tls.trusted=not_applicable",
        "proxy-refuses",
    ),
    (
        "the proxy refuses everything, and nothing leaves without it",
        "proxy.reachable=ok proxy.lets-through=fail out=fail internet.firewall=fail tls.trusted=not_applicable \
         clock.correct=unknown",
        "proxy-refuses",
    ),
    (
        "the proxy wants a password for secure pages alone",
        "proxy.reachable=ok web.proxy-password=fail proxy.lets-through=ok internet.secure=fail tls.trusted=not_applicable",
        "proxy-needs-password",
    ),
    (
        "the proxy wants a password",
        "proxy.reachable=ok web.proxy-password=fail out=fail internet.firewall=fail tls.trusted=not_applicable \
         tls.certificate-dates=not_applicable clock.correct=unknown",
        "proxy-needs-password",
    ),
    ("a security program signs everything anew", "tls.trusted=fail internet.secure=fail", "tls-intercepted"),
    (
        "the clock stands in another year",
        "clock.correct=fail tls.certificate-dates=fail internet.secure=fail",
        "clock-wrong",
    ),
    (
        "the clock stands in another year, and the time servers are out of reach",
        "clock.correct=unknown tls.certificate-dates=fail internet.secure=fail",
        "clock-wrong",
    ),
    ("the clock is ten minutes late", "clock.correct=fail", "clock-wrong"),
    (
        "IPv4 is dead behind the router",
        "internet.by-address-ipv4=fail v6=ok web.open=fail dns.independent-answers=fail",
        "ipv4-broken",
    ),
    ("IPv4 is dead, and most things have IPv6", "internet.by-address-ipv4=fail v6=ok", "ipv4-broken"),
    ("IPv6 is dead behind the router", "v6=fail", "ipv6-broken"),
    (
        "a firewall refuses everything",
        "out=fail internet.firewall=fail tls.trusted=not_applicable tls.certificate-dates=not_applicable clock.correct=unknown",
        "firewall-blocks",
    ),
    (
        "a firewall drops everything but the company's name server",
        "out=fail tls.trusted=not_applicable tls.certificate-dates=not_applicable clock.correct=unknown",
        "firewall-blocks",
    ),
    (
        "the router says that a firewall forbids it",
        "out=fail way.forbidden=fail tls.trusted=not_applicable tls.certificate-dates=not_applicable clock.correct=unknown \
         line.loss=unknown line.latency=unknown line.stable=ok line.packet-size=not_applicable",
        "firewall-blocks",
    ),
    (
        "web connections are swallowed, and test packets are not",
        "out=fail way.web-blocked=fail tls.trusted=not_applicable tls.certificate-dates=not_applicable clock.correct=unknown",
        "firewall-blocks",
    ),
    (
        "the router says that it knows no way",
        "dns.server-works=fail dns.system-resolves=fail out=fail way.ends=fail tls.trusted=not_applicable \
         tls.certificate-dates=not_applicable clock.correct=unknown",
        "provider-outage",
    ),
    (
        "another computer is taken for the router",
        "out=fail way.first-hop=fail tls.trusted=not_applicable tls.certificate-dates=not_applicable clock.correct=unknown",
        "wrong-default-route",
    ),
    (
        "the preferred adapter leads nowhere, and the other one to the internet",
        "out=fail route.other-way=fail tls.trusted=not_applicable tls.certificate-dates=not_applicable clock.correct=unknown",
        "wrong-default-route",
    ),
    (
        "a key has switched the Wi-Fi off",
        "wifi.radio-on=fail link.adapter-enabled=fail link.connected=not_applicable address.assigned=not_applicable \
         address.self-assigned=not_applicable route.default=fail route.ambiguous=not_applicable \
         gateway.answers=not_applicable dns.server-answers=fail dns.server-works=not_applicable dns.system-resolves=fail \
         out=fail internet.by-address-ipv4=not_applicable later=not_applicable",
        "wifi-off",
    ),
    (
        "the Wi-Fi does not take the password",
        "wifi.radio-on=ok wifi.password=fail link.connected=fail address.assigned=not_applicable route.default=fail \
         gateway.answers=not_applicable dns.server-answers=fail dns.server-works=not_applicable dns.system-resolves=fail \
         out=fail internet.by-address-ipv4=not_applicable later=not_applicable",
        "wifi-wrong-password",
    ),
    (
        "the Wi-Fi hardly reaches the room",
        "wifi.radio-on=ok wifi.signal=fail line.loss=fail gateway.loss=fail web.open=fail",
        "wifi-weak-signal",
    ),
    (
        "the Wi-Fi is weak, and some packets are lost",
        "wifi.radio-on=ok wifi.signal=fail line.loss=warn",
        "wifi-weak-signal",
    ),
    (
        "the system has given its address up to another device",
        "address.conflict=fail address.assigned=fail gateway.answers=fail dns.server-answers=fail \
         dns.server-works=not_applicable dns.system-resolves=fail out=fail later=not_applicable",
        "address-conflict",
    ),
    (
        "the router is found, and no answer arrives",
        "address.conflict=warn way.first-hop=fail dns.server-answers=fail dns.server-works=not_applicable \
         dns.system-resolves=fail out=fail later=not_applicable",
        "address-conflict",
    ),
    (
        "the VPN has lost its other end",
        "vpn.passes=fail way.first-hop=fail out=fail later=not_applicable",
        "vpn-captures-traffic",
    ),
    (
        "the VPN has lost its other end, and the name server is behind it",
        "vpn.passes=fail way.first-hop=fail dns.server-answers=fail dns.server-works=not_applicable \
         dns.system-resolves=fail out=fail v6=fail later=not_applicable",
        "vpn-captures-traffic",
    ),
    (
        "another device than the router answers for the internet's names",
        "route.name-server-beside=warn way.first-hop=fail out=fail later=not_applicable",
        "wrong-default-route",
    ),
    (
        "the last network's ending is put behind every name, and somebody has that name",
        "dns.search-domain=fail internet.by-name=fail web.open=fail web.prompt=not_applicable internet.secure=fail \
         tls.certificate-dates=not_applicable tls.trusted=not_applicable",
        "dns-search-domain",
    ),
    (
        "the computer asks over TLS alone, and the network blocks it",
        "dns.encrypted-answers=fail dns.server-works=fail names=fail dns.slow=not_applicable web.prompt=not_applicable \
         tls.certificate-dates=not_applicable tls.trusted=not_applicable internet.quic=not_applicable",
        "dns-encrypted-blocked",
    ),
    (
        "the computer asks over TLS alone, and somebody else answers",
        "dns.encrypted-genuine=fail dns.encrypted-answers=ok clock.correct=unknown dns.server-works=fail names=fail dns.slow=not_applicable web.prompt=not_applicable \
         tls.certificate-dates=not_applicable tls.trusted=not_applicable internet.quic=not_applicable",
        "dns-encrypted-intercepted",
    ),
    (
        "the computer asks over TLS alone, and its clock is years behind",
        "dns.encrypted-dates=fail dns.encrypted-answers=ok dns.encrypted-genuine=ok clock.correct=unknown dns.server-works=fail names=fail dns.slow=not_applicable web.prompt=not_applicable \
         tls.certificate-dates=not_applicable tls.trusted=not_applicable internet.quic=not_applicable",
        "clock-wrong-no-names",
    ),
    (
        "the network says that somebody must sign in, and drops everything else",
        "web.sign-in-announced=fail out=fail later=not_applicable web.prompt=not_applicable internet.quic=not_applicable",
        "captive-portal",
    ),
    (
        "IPv6 alone, and its gateway to IPv4 is dead",
        "internet.nat64=fail internet.by-address-ipv4=not_applicable internet.by-address-ipv6=ok internet.by-name=fail \
         internet.by-name-ipv6=fail web.open=fail web.prompt=not_applicable internet.secure=fail dns.independent-answers=fail",
        "nat64-broken",
    ),
    ("one packet in ten is lost", "line.loss=fail", "packet-loss"),
    (
        "one packet in three is lost, already on the Wi-Fi",
        "line.loss=fail gateway.loss=fail dns.slow=warn",
        "packet-loss",
    ),
    (
        "the plug is loose",
        "link.steady=fail line.stable=fail line.loss=fail gateway.loss=fail",
        "unstable-connection",
    ),
    (
        "the plug is loose, and one page fell into the gap",
        "link.steady=fail web.open=fail",
        "unstable-connection",
    ),
    (
        "the line drops out for a moment",
        "line.stable=fail line.loss=fail web.open=fail",
        "unstable-connection",
    ),
    ("a satellite", "line.latency=fail dns.slow=warn", "high-latency"),
    (
        "large packets vanish",
        "line.packet-size=fail internet.stalls=fail internet.secure=fail",
        "mtu-black-hole",
    ),
    ("large packets vanish, and pages are small", "line.packet-size=fail", "mtu-black-hole"),
];

fn shown(diagnosis: &Diagnosis) -> String {
    let causes: Vec<String> =
        diagnosis.causes.iter().take(4).map(|c| format!("{} {:.4}", c.id, c.probability)).collect();
    let next = match &diagnosis.next {
        NextStep::Question { id, .. } => format!("ask {id}"),
        NextStep::Measure { subject, .. } => format!("measure {}", subject.as_str()),
        NextStep::Fix { id, .. } => format!("fix {id}"),
        NextStep::HandOver { .. } => "hand over".into(),
        NextStep::NoProblem { .. } => "no problem".into(),
    };
    format!(
        "{:?}: {} | no problem {:.4} | {next}",
        diagnosis.outcome,
        causes.join(", "),
        diagnosis.no_problem
    )
}

#[test]
fn every_cause_comes_first_where_it_is_the_cause() {
    let (guide, checks) = guide();
    let mut wrong = Vec::new();
    for (what, changes, cause) in SCENARIOS {
        let diagnosis = diagnose(&guide, &checks, &evidence(changes));
        println!("{what}: {}", shown(&diagnosis));
        if diagnosis.causes[0].id != *cause || diagnosis.outcome == Outcome::NoProblem {
            wrong.push(format!("{what}: expected {cause}, got {}", shown(&diagnosis)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for cause in &guide.causes {
        assert!(SCENARIOS.iter().any(|(.., c)| cause.id == *c), "no scenario for {}", cause.id);
    }
}

#[test]
fn what_one_fault_leaves_unexplained_is_a_second_fault() {
    let (guide, checks) = guide();
    let beside = |changes: &str| {
        let diagnosis = diagnose(&guide, &checks, &evidence(changes));
        let second = diagnosis.beside.as_ref().map_or_else(String::new, ToString::to_string);
        (diagnosis.causes[0].id.to_string(), second)
    };
    let firewall = "out=fail later=not_applicable internet.firewall=fail";
    assert_eq!(beside(firewall), ("firewall-blocks".into(), String::new()));
    assert_eq!(
        beside(&format!("{firewall} clock.correct=fail")),
        ("firewall-blocks".into(), "clock-wrong".into())
    );
    assert_eq!(
        beside("line.loss=fail dns.system-slow=fail dns.slow=fail"),
        ("dns-slow".into(), "packet-loss".into())
    );
    // Where no cause stands out, a second one would hang in the air.
    let unsure = diagnose(&guide, &checks, &evidence("clock.correct=fail line.loss=fail"));
    assert!(unsure.outcome == Outcome::CauseFound || unsure.beside.is_none(), "{}", shown(&unsure));
}

#[test]
fn no_cause_has_a_second_one_where_it_stands_alone() {
    let (guide, checks) = guide();
    let two: Vec<String> = SCENARIOS
        .iter()
        .filter_map(|(what, changes, cause)| {
            let second = diagnose(&guide, &checks, &evidence(changes)).beside?;
            Some(format!("{what}: {cause} and {second}"))
        })
        .collect();
    assert!(two.is_empty(), "{}", two.join("\n"));
}

#[test]
fn a_healthy_network_is_told_so() {
    let (guide, checks) = guide();
    let healthy = [
        ("home, IPv4", ""),
        ("home, both kinds", "v6=ok"),
        ("IPv6 alone", "v6=ok internet.by-address-ipv4=not_applicable"),
        ("public name servers blocked", "dns.independent-answers=fail"),
        ("Wi-Fi", "wifi.radio-on=ok wifi.signal=ok"),
        ("a VPN that carries everything", "vpn.passes=ok vpn.route=ok route.overlap=ok"),
        ("a proxy that works", "proxy.reachable=ok proxy.lets-through=ok"),
        (
            "a proxy that works and is the only way",
            "proxy.reachable=ok proxy.lets-through=ok internet.by-address=not_applicable internet.by-address-ipv4=not_applicable \
             internet.by-name=not_applicable internet.firewall=not_applicable dns.independent-answers=not_applicable",
        ),
        ("a name that the company has for itself", "dns.answers-right=warn"),
        ("time servers blocked", "clock.correct=unknown"),
        ("a slow router", "gateway.latency=warn"),
        ("one of two name servers is silent", "dns.server-answers=warn"),
        (
            "a router that hides, and little measured",
            "gateway.answers=unknown gateway.latency=unknown dns.slow=unknown",
        ),
        ("nobody answers test packets", "line.packet-size=not_applicable gateway.loss=not_applicable"),
        ("a slow line", "line.latency=warn"),
        ("a strict firewall that blocks HTTP/3", "internet.quic=warn dns.independent-answers=fail"),
        (
            "a proxy that works, is the only way, and alone knows the names of the internet",
            "proxy.reachable=ok proxy.lets-through=ok internet.by-address=not_applicable internet.by-address-ipv4=not_applicable \
             internet.by-name=not_applicable internet.firewall=not_applicable dns.independent-answers=not_applicable \
             dns.server-works=not_applicable dns.system-resolves=not_applicable dns.slow=not_applicable \
             dns.system-slow=not_applicable dns.answers-right=not_applicable line.loss=not_applicable \
             line.latency=not_applicable line.jitter=unknown line.stable=unknown gateway.loss=not_applicable",
        ),
        ("an uneven line", "line.jitter=warn"),
    ];
    for (what, changes) in healthy {
        let diagnosis = diagnose(&guide, &checks, &evidence(changes));
        assert_eq!(diagnosis.outcome, Outcome::NoProblem, "{what}: {}", shown(&diagnosis));
        assert!(matches!(diagnosis.next, NextStep::NoProblem { .. }), "{what}: {}", shown(&diagnosis));
    }
}

#[test]
fn who_insists_is_believed() {
    let (guide, checks) = guide();
    let insisting = Evidence { still_broken: true, ..evidence("") };
    let diagnosis = diagnose(&guide, &checks, &insisting);
    assert!(diagnosis.no_problem.abs() < 1e-12);
    assert_ne!(diagnosis.outcome, Outcome::NoProblem);
    assert!(!matches!(diagnosis.next, NextStep::NoProblem { .. }), "{}", shown(&diagnosis));
}

#[test]
fn nothing_measured_is_not_nothing_wrong() {
    let (guide, checks) = guide();
    for evidence in [Evidence::default(), {
        let mut all = evidence("");
        all.checks.values_mut().for_each(|s| *s = Status::Unknown);
        all
    }] {
        let diagnosis = diagnose(&guide, &checks, &evidence);
        assert_eq!(diagnosis.outcome, Outcome::Unsure, "{}", shown(&diagnosis));
        assert!(!diagnosis.contradictory);
    }
}

#[test]
fn a_clear_cause_is_fixed_before_anything_is_asked() {
    let (guide, checks) = guide();
    for (what, changes, cause) in SCENARIOS {
        let diagnosis = diagnose(&guide, &checks, &evidence(changes));
        if diagnosis.causes[0].probability < 0.97 {
            continue;
        }
        match &diagnosis.next {
            NextStep::Fix { id, cause: meant, .. } => {
                assert_eq!(meant.as_ref().unwrap().as_str(), *cause, "{what}: {}", shown(&diagnosis));
                assert!(guide.fix(id).unwrap().solves.contains_key(*cause), "{what}: {}", shown(&diagnosis));
            }
            // Which of two fixes it is, cable or Wi-Fi, is worth a question.
            NextStep::Question { .. } => assert_eq!(*cause, "not-connected", "{what}: {}", shown(&diagnosis)),
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn each_case_ends_solved_or_with_a_human_and_never_repeats_itself() {
    let (guide, checks) = guide();
    for (what, changes, _) in SCENARIOS {
        let mut evidence = evidence(changes);
        let mut steps = 0;
        loop {
            let diagnosis = diagnose(&guide, &checks, &evidence);
            match diagnosis.next {
                NextStep::Question { id, .. } => {
                    assert!(evidence.answers.insert(id.clone(), None).is_none(), "{what}: {id} again");
                }
                NextStep::Fix { id, .. } => {
                    assert!(evidence.fixes_failed.insert(id.clone()), "{what}: {id} again");
                }
                NextStep::Measure { .. } | NextStep::HandOver { .. } | NextStep::NoProblem { .. } => break,
            }
            steps += 1;
            assert!(steps < 30, "{what} does not end");
        }
        println!("{what}: {steps} steps");
    }
}

#[test]
fn everything_at_odds_is_said_and_not_guessed() {
    let (guide, checks) = guide();
    // The adapter is off, the cable is out, and everything behind them works.
    let mut odd = evidence(
        "link.adapter-enabled=fail link.connected=fail address.assigned=fail route.default=fail gateway.answers=fail",
    );
    let diagnosis = diagnose(&guide, &checks, &odd);
    assert_eq!(diagnosis.outcome, Outcome::Unsure, "{}", shown(&diagnosis));
    assert!(diagnosis.contradictory, "{}", shown(&diagnosis));
    assert!(diagnosis.causes[0].id.is_something_else(), "{}", shown(&diagnosis));
    // Where nothing is left to ask or to try, the person is told so too.
    odd.answers = guide.questions.iter().map(|q| (q.id.clone(), None)).collect();
    odd.fixes_failed = guide.fixes.iter().map(|f| f.id.clone()).collect();
    let NextStep::HandOver { why, .. } = diagnose(&guide, &checks, &odd).next else { panic!("no hand-over") };
    assert!(why.en.contains("fits no known cause"), "{why:?}");
}

#[test]
fn every_status_that_a_cause_names_can_happen() {
    let (guide, checks) = guide();
    for cause in &guide.causes {
        for (check, row) in &cause.shows {
            let possible = checks.get(check).unwrap().statuses();
            for status in row.keys() {
                assert!(possible.contains(status), "{}: {check} never shows {status}", cause.id);
            }
        }
    }
}

#[test]
fn every_cause_has_its_words_and_a_way_out() {
    let (guide, _) = guide();
    assert!(guide.causes.len() >= 18);
    for cause in &guide.causes {
        assert!(cause.meaning.is_some(), "{}", cause.id);
        assert!(guide.fixes.iter().any(|f| f.solves.contains_key(&cause.id)), "no fix for {}", cause.id);
        assert!(!cause.title.en.ends_with('.') && !cause.title.de.ends_with('.'), "{}", cause.id);
    }
    for fix in &guide.fixes {
        assert!(!fix.verify.is_empty() && fix.summary.is_some() && fix.steps.len() > 1, "{}", fix.id);
    }
    assert!(guide.subtitle.is_some() && guide.icon.is_some() && guide.path.len() == 4);
}

#[test]
fn handing_over_goes_to_the_level_of_the_cause() {
    let (guide, checks) = guide();
    let mut evidence = evidence("tls.trusted=fail internet.secure=fail");
    evidence.fixes_skipped.insert("check-security-program".parse().unwrap());
    let diagnosis = diagnose(&guide, &checks, &evidence);
    let NextStep::HandOver { cause, level, .. } = &diagnosis.next else { panic!("{}", shown(&diagnosis)) };
    assert_eq!(cause.as_ref().unwrap().as_str(), "tls-intercepted");
    assert_eq!(*level, befund_guides::Level::Second);
    assert_eq!(diagnosis.steps[0].kind, StepKind::HandOver);
}
