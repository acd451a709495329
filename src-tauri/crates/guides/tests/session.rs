//! A case as its journal tells it: page by page, back and forth, and after the power has gone in the middle of a line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use befund_checks::{CheckResult, Status};
use befund_content::Text;
use befund_guides::{Entry, Event, JournalError, Page, Purpose, Session, TriedOutcome, Verdict};
use befund_reference::Reference;
use jiff::Timestamp;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_764_000_000 + second).unwrap()
}

fn reference() -> Reference {
    // The check character is whichever of the 32 fits.
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        .chars()
        .find_map(|c| Reference::parse(&format!("BF-7K3M-9QT{c}")).ok())
        .unwrap()
}

fn result(check: &str, status: Status) -> CheckResult {
    CheckResult {
        check: check.parse().unwrap(),
        status,
        reason: "measured".into(),
        text: Text { en: "It is so.".into(), de: "Es ist so.".into() },
        value: None,
        usual: None,
    }
}

fn measured(purpose: Purpose, status: Status) -> Event {
    Event::Measured { purpose, results: vec![result("dns.slow", status), result("web.open", Status::Ok)] }
}

fn answered(question: &str, answer: &str) -> Event {
    Event::Answered { question: question.parse().unwrap(), answer: Some(answer.parse().unwrap()) }
}

fn fix<T>(make: impl Fn(befund_guides::FixId) -> T, id: &str) -> T {
    make(id.parse().unwrap())
}

fn shown(id: &str) -> Event {
    fix(|fix| Event::FixShown { fix }, id)
}

fn done(id: &str) -> Event {
    fix(|fix| Event::FixDone { fix }, id)
}

fn skipped(id: &str) -> Event {
    fix(|fix| Event::FixSkipped { fix }, id)
}

fn verified(id: &str, outcome: Verdict) -> Event {
    fix(|fix| Event::Verified { fix, outcome }, id)
}

fn session(events: Vec<Event>) -> Session {
    let mut session =
        Session::start(at(0), reference(), "internet".parse().unwrap(), "Es geht nichts".into());
    for (i, event) in events.into_iter().enumerate() {
        session.push(at(1 + i as i64), event).unwrap();
    }
    session
}

fn journal(session: &Session) -> String {
    session.entries.iter().map(|e| e.to_line().unwrap()).collect()
}

#[test]
fn a_case_goes_from_measuring_to_a_fix_that_helps() {
    let mut case = session(vec![]);
    let page = |case: &Session| case.replay().page;
    assert_eq!(page(&case), Page::Checking { purpose: Purpose::First });
    case.push(at(1), measured(Purpose::First, Status::Fail)).unwrap();
    assert_eq!(page(&case), Page::Decide);
    case.push(at(2), answered("place", "home")).unwrap();
    case.push(at(3), shown("change-dns-server")).unwrap();
    assert_eq!(page(&case), Page::Fix { fix: "change-dns-server".parse().unwrap() });
    case.push(at(4), done("change-dns-server")).unwrap();
    assert_eq!(page(&case), Page::Checking { purpose: Purpose::Verify });
    case.push(at(5), measured(Purpose::Verify, Status::Ok)).unwrap();
    assert_eq!(page(&case), Page::Verify { fix: "change-dns-server".parse().unwrap() });
    let state = case.replay();
    assert_eq!(state.results_before[0].status, Status::Fail);
    assert_eq!(state.results[0].status, Status::Ok);
    assert_eq!(state.evidence.checks[&"dns.slow".parse().unwrap()], Status::Ok);
    case.push(at(6), verified("change-dns-server", Verdict::Yes)).unwrap();
    assert_eq!(page(&case), Page::Solved);
    assert_eq!(case.replay().helped().unwrap().as_str(), "change-dns-server");
    assert_eq!(case.replay().words, "Es geht nichts");
    assert_eq!(case.replay().guide.unwrap().as_str(), "internet");
}

#[test]
fn a_fix_that_did_not_help_is_evidence_and_the_person_is_believed() {
    let case = session(vec![
        measured(Purpose::First, Status::Ok),
        shown("reconnect"),
        done("reconnect"),
        measured(Purpose::Verify, Status::Ok),
        verified("reconnect", Verdict::No),
        skipped("restart-router"),
    ]);
    let state = case.replay();
    assert_eq!(state.page, Page::Decide);
    assert!(state.evidence.still_broken);
    assert!(state.evidence.fixes_failed.contains("reconnect"));
    assert!(state.evidence.fixes_skipped.contains("restart-router"));
    let outcomes: Vec<_> = state.tried.iter().map(|t| (t.fix.as_str(), t.outcome)).collect();
    assert_eq!(
        outcomes,
        [("reconnect", TriedOutcome::DidNotHelp), ("restart-router", TriedOutcome::TurnedDown)]
    );
}

#[test]
fn back_undoes_choices_one_by_one_and_forgets_nothing() {
    let mut case = session(vec![
        measured(Purpose::First, Status::Fail),
        answered("place", "guest"),
        skipped("reconnect"),
        shown("restart-router"),
    ]);
    case.push(at(10), Event::WentBack).unwrap();
    assert_eq!(case.replay().page, Page::Decide);
    assert!(case.replay().evidence.fixes_skipped.contains("reconnect"));
    case.push(at(11), Event::WentBack).unwrap();
    assert!(case.replay().evidence.fixes_skipped.is_empty() && case.replay().tried.is_empty());
    assert!(case.replay().can_go_back);
    case.push(at(12), Event::WentBack).unwrap();
    let state = case.replay();
    assert!(state.evidence.answers.is_empty());
    assert!(!state.can_go_back, "what was measured cannot be undone");
    assert_eq!(state.given_before["place"].as_ref().unwrap().as_str(), "guest");
    // One too many changes nothing.
    case.push(at(13), Event::WentBack).unwrap();
    assert_eq!(case.replay().page, Page::Decide);
    case.push(at(14), answered("place", "home")).unwrap();
    assert_eq!(case.replay().evidence.answers["place"].as_ref().unwrap().as_str(), "home");
    assert_eq!(case.entries.len(), 10, "the journal keeps everything");
}

#[test]
fn back_stops_at_what_was_done() {
    let measuring =
        session(vec![measured(Purpose::First, Status::Fail), shown("reconnect"), done("reconnect")]);
    assert!(!measuring.replay().can_go_back, "the steps are done, whatever the measurement will say");
    let case = session(vec![
        measured(Purpose::First, Status::Fail),
        answered("place", "home"),
        done("reconnect"),
        measured(Purpose::Verify, Status::Fail),
    ]);
    assert!(!case.replay().can_go_back);
    let mut case = case;
    case.push(at(20), verified("reconnect", Verdict::Yes)).unwrap();
    case.push(at(21), Event::WentBack).unwrap();
    // A slip of the hand: the question is asked again.
    assert_eq!(case.replay().page, Page::Verify { fix: "reconnect".parse().unwrap() });
    assert!(!case.replay().can_go_back);
    case.push(at(22), Event::HandedOver).unwrap();
    assert_eq!(case.replay().page, Page::HandOver);
    case.push(at(23), Event::Submitted).unwrap();
    assert_eq!(case.replay().page, Page::Sent);
    assert!(!case.replay().can_go_back, "what is sent is sent");
}

#[test]
fn a_journal_that_ends_anywhere_is_read_up_to_its_last_whole_line() {
    let case = session(vec![
        measured(Purpose::First, Status::Fail),
        answered("place", "home"),
        Event::StillBroken,
        shown("reconnect"),
        Event::WentBack,
        Event::Closed,
    ]);
    let whole = journal(&case);
    assert_eq!(Session::from_lines(&whole).unwrap(), case);
    let first = whole.find('\n').unwrap() + 1;
    // Cut at every byte: also in the middle of a letter of more than one byte.
    for end in first..whole.len() {
        let torn = &whole.as_bytes()[..end];
        let lines = torn.iter().filter(|b| **b == b'\n').count();
        let (session, good) = Session::read(torn).unwrap_or_else(|e| panic!("cut at {end}: {e}"));
        assert_eq!(session.entries, case.entries[..lines], "cut at {end}");
        assert_eq!(good, torn.iter().rposition(|b| *b == b'\n').unwrap() + 1, "cut at {end}");
    }
    for end in 0..first {
        assert!(
            matches!(Session::from_lines(&whole.as_bytes()[..end]), Err(JournalError::NoStart)),
            "cut at {end}"
        );
    }
    // What a file system leaves behind after a power cut.
    let zeros = [whole.as_bytes(), &[0; 512]].concat();
    assert_eq!(Session::read(&zeros).unwrap(), (case, whole.len()));
}

#[test]
fn damage_in_the_middle_names_its_line() {
    let case = session(vec![measured(Purpose::First, Status::Fail), Event::StillBroken, Event::Closed]);
    let text = journal(&case);
    let mut lines: Vec<&str> = text.lines().collect();
    lines[2] = r#"{"at":"2025-11-24T16:00:02Z","event":{"kind":"still_bro"#;
    let damaged = lines.join("\n") + "\n";
    let error = Session::from_lines(&damaged).unwrap_err();
    assert!(matches!(error, JournalError::Damaged { line: 3, .. }), "{error}");
    assert!(error.to_string().contains("line 3"), "{error}");
}

#[test]
fn a_line_is_one_object_with_its_time_and_event() {
    let entry = Entry { at: at(0), event: answered("place", "home") };
    let line = entry.to_line().unwrap();
    assert_eq!(
        line,
        "{\"at\":\"2025-11-24T16:00:00Z\",\"event\":{\"kind\":\"answered\",\"question\":\"place\",\"answer\":\"home\"}}\n"
    );
    let words = Session::start(at(0), reference(), "internet".parse().unwrap(), "zwei\nZeilen".into());
    assert_eq!(journal(&words).lines().count(), 1, "line ends in the person's words stay inside");
}
