//! Measurements that cost something: when they are offered, and that a "no" holds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use befund_checks::{CheckResult, Checks, Status};
use befund_content::Text;
use befund_facts::{Request, Subject};
use befund_guides::{Event, Guide, Guides, NextStep, Outcome, Page, Purpose, Session, StepKind, diagnose};
use befund_reference::Reference;
use jiff::Timestamp;

fn loaded() -> (Checks, Guide) {
    let checks = Checks::builtin();
    let (guides, errors) = Guides::builtin(&checks);
    assert!(errors.is_empty(), "{errors:?}");
    let guide = guides.iter().find(|g| g.id.as_str() == "slow-network").unwrap().clone();
    (checks, guide)
}

fn result(check: &str, status: Status, reason: &str) -> CheckResult {
    let text = Text { en: "So.".into(), de: "So.".into() };
    let check = check.parse().unwrap();
    CheckResult { check, status, reason: reason.into(), text, value: None, usual: None }
}

/// The automatic round of a computer on which all is well: what costs something is left out.
fn first_round(checks: &Checks, guide: &Guide, left_out: &str) -> Vec<CheckResult> {
    guide
        .checks()
        .iter()
        .map(|id| {
            let check = checks.get(id).unwrap();
            if check.subjects().contains(&Subject::throughput) {
                return result(id.as_str(), Status::Unknown, left_out);
            }
            let usual = check.statuses().into_iter().filter(|s| *s != Status::Unknown);
            let status = usual.max_by(|a, b| check.healthy(*a).total_cmp(&check.healthy(*b))).unwrap();
            result(id.as_str(), status, "measured")
        })
        .collect()
}

fn session(guide: &Guide) -> Session {
    let reference = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        .chars()
        .find_map(|c| Reference::parse(&format!("BF-7K3M-9QT{c}")).ok())
        .unwrap();
    Session::start(Timestamp::UNIX_EPOCH, reference, guide.id.clone(), String::new())
}

fn then(session: &mut Session, event: Event) {
    session.push(Timestamp::UNIX_EPOCH, event).unwrap();
}

fn cost() -> Request {
    let host = vec!["speed.example".to_owned()];
    Request { bytes: 10_000_000, seconds: 10, receives_from: host.clone(), sends_to: host }
}

fn agreed() -> Event {
    Event::MeasureAgreed { subject: Subject::throughput, cost: Some(cost()) }
}

fn throughput(guide: &Guide, status: &dyn Fn(&str) -> Status) -> Vec<CheckResult> {
    guide
        .checks()
        .iter()
        .filter(|c| c.as_str().starts_with("throughput."))
        .map(|c| result(c.as_str(), status(c.as_str()), "measured"))
        .collect()
}

#[test]
fn it_is_offered_where_all_is_well_so_far_and_only_where_it_can_be_had() {
    let (checks, guide) = loaded();
    let mut case = session(&guide);
    let results = first_round(&checks, &guide, "not_requested");
    then(&mut case, Event::Measured { purpose: Purpose::First, results });
    let said = diagnose(&guide, &checks, &case.replay().evidence);
    assert_eq!(said.outcome, Outcome::NoProblem, "{:?}", said.causes);
    assert!(matches!(said.next, NextStep::Measure { subject: Subject::throughput, .. }), "{:?}", said.next);

    let mut case = session(&guide);
    let results = first_round(&checks, &guide, "nothing_to_measure");
    then(&mut case, Event::Measured { purpose: Purpose::First, results });
    let said = diagnose(&guide, &checks, &case.replay().evidence);
    assert!(said.steps.iter().all(|s| s.kind != StepKind::Measure), "{:?}", said.steps);
}

#[test]
fn no_is_an_answer_that_holds_and_can_be_taken_back() {
    let (checks, guide) = loaded();
    let mut case = session(&guide);
    let results = first_round(&checks, &guide, "not_requested");
    then(&mut case, Event::Measured { purpose: Purpose::First, results: results.clone() });
    then(&mut case, Event::MeasureDeclined { subject: Subject::throughput });
    let journal: String = case.entries.iter().map(|e| e.to_line().unwrap()).collect();
    let read = Session::from_lines(journal).unwrap();
    let state = read.replay();
    assert_eq!(state.page, Page::Decide);
    let said = diagnose(&guide, &checks, &state.evidence);
    assert!(matches!(said.next, NextStep::NoProblem { .. }), "{:?}", said.next);
    // Measured again after a fix, it is still not asked for.
    then(&mut case, Event::Measured { purpose: Purpose::First, results });
    let said = diagnose(&guide, &checks, &case.replay().evidence);
    assert!(said.steps.iter().all(|s| s.kind != StepKind::Measure));

    let mut case = read;
    then(&mut case, Event::WentBack);
    let said = diagnose(&guide, &checks, &case.replay().evidence);
    assert!(matches!(said.next, NextStep::Measure { .. }), "{:?}", said.next);
}

#[test]
fn what_was_measured_on_request_names_the_cause_and_is_not_forgotten() {
    let (checks, guide) = loaded();
    let mut case = session(&guide);
    let automatic = first_round(&checks, &guide, "not_requested");
    then(&mut case, Event::Measured { purpose: Purpose::First, results: automatic.clone() });
    then(&mut case, agreed());
    let state = case.replay();
    assert_eq!(state.page, Page::Checking { purpose: Purpose::OnRequest });
    assert_eq!(state.agreed.get(&Subject::throughput), Some(&cost()));
    assert!(!state.can_go_back, "the data is spent");

    let slow = |check: &str| match check {
        "throughput.rate" => Status::Fail,
        _ => Status::Ok,
    };
    let results = throughput(&guide, &slow);
    then(&mut case, Event::Measured { purpose: Purpose::OnRequest, results });
    // A later round without it leaves it out.
    then(&mut case, Event::Measured { purpose: Purpose::First, results: automatic });
    let said = diagnose(&guide, &checks, &case.replay().evidence);
    assert_eq!(said.outcome, Outcome::CauseFound, "{:?}", said.causes);
    assert_eq!(said.top_cause().unwrap().id.as_str(), "low-bandwidth");
}

#[test]
fn a_queue_that_fills_is_another_cause_than_a_slow_line() {
    let (checks, guide) = loaded();
    let mut case = session(&guide);
    let results = first_round(&checks, &guide, "not_requested");
    then(&mut case, Event::Measured { purpose: Purpose::First, results });
    let late = |check: &str| match check {
        "throughput.latency" => Status::Fail,
        _ => Status::Ok,
    };
    let results = throughput(&guide, &late);
    then(&mut case, Event::Measured { purpose: Purpose::OnRequest, results });
    let said = diagnose(&guide, &checks, &case.replay().evidence);
    assert_eq!(said.top_cause().unwrap().id.as_str(), "overloaded-line", "{:?}", said.causes);
    assert_eq!(said.outcome, Outcome::CauseFound);
}

#[test]
fn what_has_lapsed_is_asked_for_anew() {
    let (checks, guide) = loaded();
    let mut case = session(&guide);
    let automatic = first_round(&checks, &guide, "not_requested");
    then(&mut case, Event::Measured { purpose: Purpose::First, results: automatic.clone() });
    then(&mut case, agreed());
    // Stopped: nothing of it was measured.
    then(&mut case, Event::MeasureLapsed { subject: Subject::throughput, forgotten: Vec::new() });
    then(&mut case, Event::Measured { purpose: Purpose::OnRequest, results: Vec::new() });
    let state = case.replay();
    assert!(state.agreed.is_empty() && state.page == Page::Decide, "{:?}", state.agreed);
    let said = diagnose(&guide, &checks, &state.evidence);
    assert!(matches!(said.next, NextStep::Measure { .. }), "{:?}", said.next);

    then(&mut case, agreed());
    let ok = throughput(&guide, &|_| Status::Ok);
    then(&mut case, Event::Measured { purpose: Purpose::OnRequest, results: ok.clone() });
    let said = diagnose(&guide, &checks, &case.replay().evidence);
    assert!(said.steps.iter().all(|s| s.kind != StepKind::Measure), "{:?}", said.steps);
    // After a fix it would cost something else, so what it showed before is not known now.
    let forgotten = ok.iter().map(|r| r.check.clone()).collect();
    then(&mut case, Event::MeasureLapsed { subject: Subject::throughput, forgotten });
    then(&mut case, Event::Measured { purpose: Purpose::Verify, results: automatic });
    let said = diagnose(&guide, &checks, &case.replay().evidence);
    assert!(said.steps.iter().any(|s| s.kind == StepKind::Measure), "{:?}", said.steps);
    // A journal that does not say what was agreed to agrees to nothing.
    let line = r#"{"at":"1970-01-01T00:00:00Z","event":{"kind":"measure_agreed","subject":"throughput"}}"#;
    let event = serde_json::from_str::<befund_guides::Entry>(line).unwrap().event;
    then(&mut case, event);
    assert!(case.replay().agreed.is_empty());
}
