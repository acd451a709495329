//! What costs something: the person agrees to what was shown, and to nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends where it fails")]

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use befund_app::view::{CaseAction, CasePage, CaseView, EvidenceRow};
use befund_app::{App, Lang, Offline, Paths, Status};
use befund_checks::{CheckResult, Checks, not_measured};
use befund_content::Text;
use befund_facts::{Reason, Subject};
use befund_guides::{Entry, Event, Guides, Purpose};
use jiff::Timestamp;

fn app(folder: &Path, measured_at: Option<&str>) -> App {
    let policy = folder.join("policy.toml");
    let server =
        measured_at.map(|url| format!("[connectivity.throughput]\ndownload = \"{url}\"\nmost_seconds = 3\n"));
    std::fs::write(&policy, server.unwrap_or_default()).unwrap();
    let paths = Paths { data: folder.join("data"), policy: Some(policy), content: Vec::new() };
    App::open(paths).unwrap().speaking(Lang::En)
}

/// A case whose automatic round found nothing wrong, and left out what costs something.
fn all_is_well(app: &App, folder: &Path) -> CaseView {
    let case = app.start_case("slow-network", "").unwrap();
    let checks = Checks::builtin();
    let (guides, _) = Guides::load(&[], &checks);
    let guide = guides.iter().find(|g| g.id.as_str() == "slow-network").unwrap();
    let results = guide.checks().into_iter().map(|id| {
        let check = checks.get(&id).unwrap();
        let (status, reason) = if check.subjects().contains(&Subject::throughput) {
            (Status::Unknown, "not_requested")
        } else {
            let usual = check.statuses().into_iter().filter(|s| *s != Status::Unknown);
            (usual.max_by(|a, b| check.healthy(*a).total_cmp(&check.healthy(*b))).unwrap(), "measured")
        };
        let text = if status == Status::Unknown {
            not_measured(Reason::NotRequested)
        } else {
            Text { en: "As measured.".into(), de: "Wie gemessen.".into() }
        };
        CheckResult { check: id, status, reason: reason.into(), text, value: None, usual: None }
    });
    let event = Event::Measured { purpose: Purpose::First, results: results.collect() };
    let line = Entry { at: Timestamp::UNIX_EPOCH, event }.to_line().unwrap();
    let journal = folder.join("data/cases").join(&case.reference).join("journal.jsonl");
    OpenOptions::new().append(true).open(journal).unwrap().write_all(line.as_bytes()).unwrap();
    app.open_case(&case.reference).unwrap()
}

/// A server that takes connections and never answers; each is told.
fn silent_server() -> (String, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (told, asked) = channel();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            open.push(stream);
            if told.send(()).is_err() {
                break;
            }
        }
    });
    (url, asked)
}

fn agree() -> CaseAction {
    CaseAction::Measure { subject: "throughput".into() }
}

fn throughput(rows: &[EvidenceRow]) -> &EvidenceRow {
    rows.iter().find(|row| row.title.contains("Speed of the connection")).expect("a row for it")
}

#[tokio::test]
async fn a_changed_policy_is_asked_for_anew_before_its_server_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let old = app(folder.path(), Some("http://old.invalid/"));
    let case = all_is_well(&old, folder.path());
    let CasePage::Measure { hosts, .. } = &case.page else { panic!("{case:?}") };
    assert_eq!(hosts, &["old.invalid"]);
    old.act(&case.reference, agree()).unwrap();

    let (url, asked) = silent_server();
    let new = app(folder.path(), Some(&url));
    let view = new.measure_case(&case.reference, |_| {}).await.unwrap();
    assert!(asked.try_recv().is_err(), "nobody has agreed to this host");
    let CasePage::Measure { hosts, .. } = &view.page else { panic!("{view:?}") };
    assert_eq!(hosts, &["127.0.0.1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_a_measurement_has_not_agreed_to_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let (url, asked) = silent_server();
    let app = app(folder.path(), Some(&url));
    let case = all_is_well(&app, folder.path());
    let agreed = app.act(&case.reference, agree()).unwrap();
    let CasePage::Checking { groups, .. } = &agreed.page else { panic!("{agreed:?}") };
    let waiting: Vec<&str> = groups.iter().flat_map(|g| &g.rows).map(|row| row.check.as_str()).collect();
    assert_eq!(waiting, ["throughput.latency", "throughput.loss", "throughput.rate"]);
    let stop = async {
        tokio::task::block_in_place(|| asked.recv().unwrap());
        app.cancel(&case.reference);
    };
    let (view, ()) = tokio::join!(app.measure_case(&case.reference, |_| {}), stop);
    let view = view.unwrap();
    assert!(matches!(view.page, CasePage::Measure { .. }), "{view:?}");
    let journal = folder.path().join("data/cases").join(&case.reference).join("journal.jsonl");
    let journal = std::fs::read_to_string(journal).unwrap();
    assert!(journal.contains("measure_lapsed") && journal.contains("127.0.0.1"), "{journal}");
}

#[test]
fn what_cannot_be_measured_any_more_is_not_offered_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let with_server = || app(folder.path(), Some("http://speed.invalid/"));
    let case = all_is_well(&with_server(), folder.path());
    assert!(matches!(case.page, CasePage::Measure { .. }), "{case:?}");
    let offline = with_server().measuring(Offline(true)).open_case(&case.reference).unwrap();
    let without = app(folder.path(), None);
    assert!(without.act(&case.reference, agree()).is_err());
    let unnamed = without.open_case(&case.reference).unwrap();
    for (view, why) in [(offline, "asked to send nothing"), (unnamed, "There was nothing to measure")] {
        let CasePage::NoProblem { unmeasured, .. } = &view.page else { panic!("{view:?}") };
        let row = throughput(unmeasured);
        assert!(row.value.contains(why), "{row:?}");
    }
    let declined =
        with_server().act(&case.reference, CaseAction::DontMeasure { subject: "throughput".into() }).unwrap();
    let CasePage::NoProblem { unmeasured, .. } = &declined.page else { panic!("{declined:?}") };
    assert!(throughput(unmeasured).value.contains("only if you agree"));
}
