//! Where tickets go, who decides it, and what happens when that place is missing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

use std::path::{Path, PathBuf};

use befund_app::report::{SendReport, SendState};
use befund_app::view::{CaseAction, CasePage, ContactView, ReviewChange};
use befund_app::{App, AppError, Lang, Paths};

struct Setup(tempfile::TempDir);

impl Setup {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The application with this policy.
    fn app(&self, policy: &str) -> App {
        let file = self.path("befund.toml");
        std::fs::write(&file, policy).unwrap();
        let paths =
            Paths { data: self.path("data"), policy: Some(file), content: vec![self.path("content")] };
        App::open(paths).unwrap().speaking(Lang::En)
    }

    /// The application whose tickets go into this folder.
    fn filing_into(&self, folder: &Path) -> App {
        self.app(&format!("[desk]\nfolder = {:?}\n", folder.display().to_string()))
    }

    fn folders(&self, name: &str) -> usize {
        let entries = std::fs::read_dir(self.path(name)).into_iter().flatten().flatten();
        entries.filter(|e| e.path().is_dir()).count()
    }
}

fn begin(app: &App) -> String {
    app.start_case("internet", "Nothing works").unwrap().reference
}

fn send(app: &App) -> SendReport {
    app.submit(&begin(app)).unwrap()
}

#[test]
fn a_broken_policy_sends_nothing_anywhere_and_nothing_that_waits() {
    let setup = Setup::new();
    // A folder that cannot be there: what lies above it is a file.
    let blocked = setup.path("share");
    std::fs::write(&blocked, "").unwrap();
    let report = send(&setup.filing_into(&blocked.join("tickets")));
    assert_eq!(report.state, SendState::Waiting, "{report:?}");

    let broken = setup.app("[desk]\nfoldr = \"/srv/tickets\"\n");
    assert!(broken.notices()[0].contains("befund.toml:2:1"), "{:?}", broken.notices());
    assert!(matches!(broken.retry(), Err(AppError::Policy(_))));
    assert!(matches!(broken.submit(&report.reference), Err(AppError::Policy(_))));
    assert!(matches!(broken.submit(&begin(&broken)), Err(AppError::Policy(_))));
    assert!(!setup.path("data/tickets").exists(), "a ticket went where no policy sent it");

    std::fs::remove_file(&blocked).unwrap();
    let mended = setup.filing_into(&blocked.join("tickets"));
    mended.retry().unwrap();
    assert_eq!(setup.folders("share/tickets"), 1);
}

/// On Linux not even root makes a folder there, so that the desk needs somebody's attention.
#[cfg(target_os = "linux")]
#[test]
fn what_needed_attention_is_sent_when_the_cause_was_seen_to() {
    for again in [
        (|app, reference| app.submit(reference).map(|_| ())) as fn(&App, &str) -> Result<(), AppError>,
        |app, _| app.retry(),
    ] {
        let setup = Setup::new();
        let report = send(&setup.filing_into(Path::new("/sys/befund-tickets")));
        assert_eq!(report.state, SendState::Attention, "{report:?}");
        assert!(report.detail.contains("/sys/befund-tickets"), "{report:?}");

        let mended = setup.filing_into(&setup.path("tickets"));
        again(&mended, &report.reference).unwrap();
        assert_eq!(setup.folders("tickets"), 1);
        assert_eq!(mended.outbox_report().unwrap().tickets[0].state, SendState::Filed);
    }
}

#[test]
fn whoever_sends_again_does_not_wait_for_the_next_attempt() {
    let setup = Setup::new();
    let blocked = setup.path("share");
    std::fs::write(&blocked, "").unwrap();
    let app = setup.filing_into(&blocked.join("tickets"));
    let reference = send(&app).reference;
    // Some attempts later the next one is minutes away.
    for _ in 0..3 {
        app.retry().unwrap();
    }
    let row = &app.tickets().unwrap()[0];
    let reason = row.reason.clone().unwrap();
    assert_eq!(row.state, "waiting");
    assert!(reason.contains("share"), "{reason}");
    let CasePage::Sent { sent } = app.open_case(&reference).unwrap().page else { panic!("not sent") };
    assert_eq!(sent.reason.as_deref(), Some(reason.as_str()));

    std::fs::remove_file(&blocked).unwrap();
    let CasePage::Sent { sent } = app.submit_case(&reference).unwrap().page else { panic!("not sent") };
    assert_eq!((sent.state.as_str(), sent.reason), ("filed", None));
    assert_eq!(setup.folders("share/tickets"), 1);
    assert_eq!(app.tickets().unwrap()[0].reason, None);
}

#[test]
fn sending_again_files_nothing_twice() {
    let setup = Setup::new();
    let app = setup.filing_into(&setup.path("tickets"));
    let first = send(&app);
    let again = app.submit(&first.reference).unwrap();
    assert_eq!((again.state, again.ticket), (SendState::Filed, first.ticket));
    assert_eq!(setup.folders("tickets"), 1);
}

#[test]
fn a_file_that_cannot_be_left_out_is_an_error_and_not_sent_in_silence() {
    let setup = Setup::new();
    let app = setup.app("");
    let reference = begin(&app);
    let without = |name: &str| ReviewChange { removed: Some(vec![name.into()]), ..ReviewChange::default() };
    for name in ["facts.jsn", "manifest.json", "../facts.json", ""] {
        let error = app.change_review(&reference, without(name)).unwrap_err().to_string();
        assert!(error.contains(&format!("“{name}”")) && error.contains("facts.json"), "{error}");
    }
    let review = app.change_review(&reference, without("facts.json")).unwrap();
    assert!(review.files.iter().any(|f| f.name == "facts.json" && f.removed));
    let report = app.submit(&reference).unwrap();
    let mut package = befund_app::package::open(Path::new(&report.package)).unwrap();
    assert!(package.file("facts.json").is_err() && package.file("report.json").is_ok());
}

#[test]
fn a_value_that_the_person_makes_readable_is_sent_and_no_other() {
    let setup = Setup::new();
    let app = setup.app("");
    let words = "Mail erika@example.org or max@example.org, password=hunter2secret";
    let reference = app.start_case("internet", words).unwrap().reference;
    let readable = |placeholders: &[&str]| ReviewChange {
        readable: Some(placeholders.iter().map(ToString::to_string).collect()),
        ..ReviewChange::default()
    };
    let view = app.review(&reference).unwrap();
    let of = |value: &str| view.values.iter().find(|v| v.value == value).unwrap().placeholder.clone();
    let (erika, max) = (of("erika@example.org"), of("max@example.org"));
    assert!(view.values.iter().all(|v| !v.readable && !v.value.contains("hunter2")), "{:?}", view.values);

    // A secret has a placeholder as well, and it is not to be had.
    for other in ["[password-1]", "[mail-99]", "erika@example.org", ""] {
        let error = app.change_review(&reference, readable(&[other])).unwrap_err().to_string();
        assert!(error.contains(&format!("“{other}”")), "{error}");
    }
    let changed = app.change_review(&reference, readable(&[&erika])).unwrap();
    assert!(changed.privacy.iter().any(|row| row.shown.is_some()));
    let all: Vec<_> = changed.values.iter().map(|v| v.placeholder.as_str()).collect();
    for row in app.change_review(&reference, readable(&all)).unwrap().privacy {
        assert!(row.kind != "replaced" || row.shown.is_none() || row.what == "nothing replaced", "{row:?}");
    }
    app.change_review(&reference, readable(&[&erika])).unwrap();
    drop(app);

    // Closing the program loses nothing, and the journal, which travels along, does not tell.
    let app = setup.app("");
    let view = app.review(&reference).unwrap();
    let shown: Vec<_> = view.values.iter().filter(|v| v.readable).map(|v| v.value.as_str()).collect();
    assert_eq!(shown, ["erika@example.org"]);
    let report = app.submit(&reference).unwrap();
    let mut package = befund_app::package::open(Path::new(&report.package)).unwrap();
    for file in ["report.json", "session.json", "report.html"] {
        let text = String::from_utf8_lossy(&package.file(file).unwrap()).into_owned();
        assert!(text.contains("erika@example.org") && text.contains(&max), "{file}");
        assert!(!text.contains("max@example.org") && !text.contains("hunter2"), "{file}");
    }

    let app = setup.app("");
    let reference = app.start_case("internet", words).unwrap().reference;
    app.change_review(&reference, readable(&[&erika])).unwrap();
    let hidden = app.change_review(&reference, readable(&[])).unwrap();
    assert!(
        hidden.values.iter().all(|v| !v.readable) && hidden.privacy.iter().all(|row| row.shown.is_none())
    );
}

#[test]
fn the_next_case_knows_how_to_reach_the_person() {
    let setup = Setup::new();
    let app = setup.app("");
    let contact = ContactView { name: "E. Example".into(), phone: "317".into(), ..ContactView::default() };
    let change = ReviewChange { contact: Some(contact.clone()), ..ReviewChange::default() };
    app.change_review(&begin(&app), change).unwrap();
    assert_eq!(app.contact(&begin(&app)).unwrap(), contact);
}

#[test]
fn without_a_cause_the_ticket_goes_to_the_first_level() {
    let setup = Setup::new();
    std::fs::create_dir_all(setup.path("content/guides")).unwrap();
    let guide = "
id: rare
title: { en: A rare problem, de: Ein seltenes Problem }
symptoms: { en: [rare], de: [selten] }
causes:
  deep:
    title: { en: Something deep is wrong, de: Etwas ist im Inneren falsch }
    prior: very common
    level: third
    shows: { link.connected: { fail: always } }
hand-over: { cost: 20m, category: network }
";
    std::fs::write(setup.path("content/guides/rare.yaml"), guide).unwrap();
    let app = setup.app("");
    assert_eq!(app.notices(), [""; 0]);
    let reference = app.start_case("rare", "").unwrap().reference;
    let report = app.submit(&reference).unwrap();
    let folder = PathBuf::from(report.ticket.unwrap());
    let ticket: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("ticket.json")).unwrap()).unwrap();
    assert_eq!(ticket["level"], "first", "{ticket}");
    assert_eq!(ticket["subject"], "A rare problem");
}

#[test]
fn a_package_never_takes_the_place_of_what_is_no_file() {
    let setup = Setup::new();
    let app = setup.app("");
    let reference = begin(&app);
    std::fs::create_dir(setup.path("folder")).unwrap();
    let error = app.write_package(&reference, Some(&setup.path("folder"))).unwrap_err().to_string();
    assert!(error.contains("not a file"), "{error}");
    #[cfg(unix)]
    {
        // A pipe stands for the devices: only a privileged account could harm those.
        let pipe = setup.path("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(app.write_package(&reference, Some(&pipe)).is_err());
        assert!(!pipe.metadata().unwrap().is_file());
    }
    app.write_package(&reference, Some(&setup.path("new/out.zip"))).unwrap();
    assert!(befund_app::package::open(&setup.path("new/out.zip")).is_ok());
}

#[tokio::test]
async fn where_nothing_can_be_kept_the_computer_is_still_examined() {
    let setup = Setup::new();
    std::fs::write(setup.path("data"), "a file where the folder should be").unwrap();
    let app = setup.app("");
    let report = app.check(&["memory.available".into()], |_| {}).await.unwrap();
    assert_eq!(report.results.len(), 1);
    assert!(matches!(app.start_case("internet", ""), Err(AppError::Data { .. })));
}

/// The steps and the way to a human are there before anything is measured, and an answer makes them fit.
#[test]
fn an_emergency_says_what_to_do_before_anything_is_measured() {
    let setup = Setup::new();
    let app = setup.filing_into(&setup.path("tickets"));
    let case = app.start_case("phishing", "").unwrap();
    let CasePage::HandOver { first_steps, question, unmeasured, cause, .. } = case.page else {
        panic!("{:?}", case.page)
    };
    let question = question.unwrap();
    assert!(first_steps.len() >= 3 && unmeasured && cause.is_none());
    assert!(question.answers.len() >= 6);

    let answer = CaseAction::Answer { question: question.id, answer: Some("password".into()) };
    let case = app.act(&case.reference, answer).unwrap();
    let CasePage::HandOver { first_steps: more, question, unmeasured, cause, .. } = case.page else {
        panic!("{:?}", case.page)
    };
    assert!(more.starts_with(&first_steps) && more.iter().any(|step| step.contains("Change that password")));
    assert!(question.is_none() && unmeasured, "what was answered is not asked again");
    assert!(cause.unwrap().contains("false page"));

    let review = app.review(&case.reference).unwrap();
    assert_eq!(review.priority, "urgent");
    assert!(review.finding.contains("A password was entered on a false page"), "{}", review.finding);
    assert_eq!(app.submit(&case.reference).unwrap().state, SendState::Filed);
}

/// It is another device than this one: nothing of this one is of any use.
#[test]
fn a_lost_device_is_reported_without_a_look_at_this_computer() {
    let setup = Setup::new();
    let app = setup.filing_into(&setup.path("tickets"));
    let case = app.start_case("lost-device", "").unwrap();
    let CasePage::HandOver { unmeasured, .. } = case.page else { panic!("{:?}", case.page) };
    assert!(!unmeasured);
    assert_eq!(app.submit(&case.reference).unwrap().state, SendState::Filed);
}
