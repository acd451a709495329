//! Evidence files and folders of guides: what supporters script against, and what an organisation writes itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::fs;

use befund_checks::{Checks, Facts, Status};
use befund_content::ContentError;
use befund_guides::{Evidence, Guide, Guides, Risk};

fn checks() -> &'static Checks {
    thread_local!(static CHECKS: &'static Checks = Box::leak(Box::new(Checks::builtin())));
    CHECKS.with(|c| *c)
}

fn internet() -> Guide {
    let (guides, errors) = Guides::builtin(checks());
    assert!(errors.is_empty(), "{errors:?}");
    guides.get(&"internet".parse().unwrap()).unwrap().clone()
}

fn parse(text: &str) -> Result<Evidence, ContentError> {
    Evidence::parse("evidence.json", text, &internet(), checks())
}

#[test]
fn an_evidence_file_is_read() {
    let pretty = "{\n\t\"checks\": {\"dns.server-answers\": \"fail\", \"cpu.load\": \"ok\"},\n\
        \t\"answers\": {\"vpn\": \"no\", \"place\": null, \"sign-in-seen\": true},\n\t\"fixes_failed\": [\"reconnect\"]\n}\n";
    let evidence = parse(pretty).unwrap();
    assert_eq!(evidence.checks[&"dns.server-answers".parse().unwrap()], Status::Fail);
    assert_eq!(evidence.answers["vpn"].as_ref().unwrap().as_str(), "no");
    assert_eq!(evidence.answers["sign-in-seen"].as_ref().unwrap().as_str(), "yes");
    assert_eq!(evidence.answers["place"], None);
    assert!(evidence.fixes_failed.contains("reconnect"));
    assert_eq!(parse("{}").unwrap(), Evidence::default());
}

#[test]
fn a_slip_in_an_evidence_file_is_named_with_its_place_and_what_is_known() {
    let cases = [
        (
            r#"{"checks": {"dns.server-answer": "fail"}}"#,
            "1:13",
            "no check “dns.server-answer”",
            "“dns.server-answers”",
        ),
        (r#"{"checks": {"nonsense": "fail"}}"#, "1:13", "no check “nonsense”", "link.connected"),
        (r#"{"checks": {"dns.slow": "failed"}}"#, "1:25", "“failed” is not a result", "ok, warn, fail"),
        (r#"{"answers": {"wherever": "home"}}"#, "1:14", "no question “wherever”", "other-devices"),
        (
            r#"{"answers": {"place": "moon"}}"#,
            "1:23",
            "“moon”",
            "home, work, guest, or null for “I don't know”",
        ),
        (
            r#"{"checks": {"dns.slow": "ok", "dns.slow": "fail"}}"#,
            "1:31",
            "“dns.slow” is there twice",
            "checks",
        ),
        (r#"{"fixes_failed": "reconnect"}"#, "1:18", "expected a list", "fixes_failed"),
        ("[]", "1:1", "expected names with their values", "checks"),
        ("{\"fixes_failed\":\n [\"pray\"]}", "2:3", "no fix “pray”", "restart-router"),
        (r#"{"check": {}}"#, "1:2", "unknown field `check`", "fixes_failed"),
        (r#"{"checks": {"dns.slow": "#, "1:", "", "Expected"),
    ];
    for (text, place, message, help) in cases {
        let error = parse(text).unwrap_err();
        let shown = error.to_string();
        assert!(shown.starts_with(&format!("evidence.json:{place}")), "{text}: {shown}");
        assert!(error.message.contains(message), "{text}: {shown}");
        assert!(error.help.contains(help), "{text}: {shown}");
    }
}

#[test]
fn a_broken_guide_of_an_organisation_stops_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("guides");
    fs::create_dir(&dir).unwrap();
    let sample = include_str!("files/valid/outline.yaml");
    fs::write(dir.join("broken.yaml"), "id: broken\ntitle: [").unwrap();
    fs::write(dir.join("good.yaml"), sample).unwrap();
    fs::write(dir.join("zzz-twice.yaml"), sample).unwrap();
    fs::write(dir.join("replaces.yaml"), sample.replace("id: sample", "id: internet")).unwrap();
    let (guides, errors) = Guides::load(&[folder.path()], checks());
    let shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert!(shown[0].contains("broken.yaml:2:"), "{shown:?}");
    assert!(
        shown[1].contains("zzz-twice.yaml") && shown[1].contains("already a guide “sample”"),
        "{shown:?}"
    );
    assert!(guides.get(&"sample".parse().unwrap()).is_some());
    // The organisation's file goes before the built-in one.
    assert_eq!(guides.get(&"internet".parse().unwrap()).unwrap().causes.len(), 1);
}

#[test]
fn a_station_shows_the_worst_of_its_checks_and_never_guesses() {
    let guide = internet();
    let station = &guide.path[0];
    let status = |pairs: &[(&str, Status)]| {
        station.status(|id| pairs.iter().find(|(name, _)| id.as_str() == *name).map(|(_, s)| *s))
    };
    assert_eq!(status(&[]), Status::Unknown);
    assert_eq!(status(&[("link.connected", Status::Unknown)]), Status::Unknown);
    assert_eq!(status(&[("link.connected", Status::Ok), ("clock.correct", Status::Unknown)]), Status::Ok);
    assert_eq!(status(&[("link.connected", Status::Ok), ("clock.correct", Status::Warn)]), Status::Warn);
    let unused = ("vpn.passes", Status::NotApplicable);
    assert_eq!(status(&[unused]), Status::NotApplicable);
    assert_eq!(status(&[unused, ("clock.correct", Status::Unknown)]), Status::Unknown);
    assert_eq!(status(&[("clock.correct", Status::Warn), ("route.default", Status::Fail)]), Status::Fail);
}

#[test]
fn what_a_cause_says_itself_goes_before_what_its_groups_say() {
    let text = include_str!("files/valid/consequences.yaml");
    let guide = Guides::default().parse("consequences.yaml", text, checks()).unwrap();
    let chance =
        |cause: usize, check: &str, status| guide.causes[cause].shows[&check.parse().unwrap()][&status];
    assert!((chance(0, "web.open", Status::Fail) - 0.7).abs() < 1e-12);
    assert!((chance(1, "web.open", Status::Fail) - 0.99).abs() < 1e-12);
    for cause in [0, 1] {
        assert!((chance(cause, "internet.by-address", Status::Fail) - 0.8).abs() < 1e-12);
        assert!((chance(cause, "internet.by-address", Status::Unknown) - 0.1).abs() < 1e-12);
    }
    assert!((guide.causes[0].prior - 30.0).abs() < 1e-12);
    assert!((guide.no_problem - 0.3).abs() < 1e-12 && guide.something_else.abs() < 1e-12);
    let restart = &guide.fixes[1];
    assert!((restart.cost - 90.0).abs() < 1e-12);
    assert_eq!((restart.risk, restart.after[0].as_str()), (Risk::High, "save"));
    assert_eq!(guide.checks().len(), 2);
}

#[test]
fn statuses_without_words_are_the_evidence_that_results_are() {
    let laptop = include_str!("../../checks/tests/healthy/laptop.json");
    let not_asked = r#"{"throughput":{"absent":{"reason":"not_requested"}}}"#;
    for (facts, asked_all) in [(laptop, true), (not_asked, false)] {
        let facts = Facts::from_json(serde_json::from_str(facts).unwrap());
        let results: Vec<_> = checks().iter().map(|check| check.judge(&facts)).collect();
        let statuses = checks().iter().map(|check| (&check.id, check.status(&facts)));
        let evidence = Evidence::of_statuses(statuses);
        assert_eq!(evidence, Evidence::of(&results));
        assert_eq!(evidence.on_request.is_empty(), asked_all);
    }
}
