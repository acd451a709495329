//! The journal of a case on disk: torn by a power cut, written by two at a time, damaged in the middle.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

use std::io::Write as _;
use std::path::PathBuf;

use befund_app::view::{CaseAction, CasePage, ReviewChange};
use befund_app::{App, AppError, Paths};

fn app(folder: &tempfile::TempDir) -> App {
    App::open(Paths::below(folder.path())).unwrap()
}

fn journal(folder: &tempfile::TempDir, reference: &str) -> PathBuf {
    folder.path().join("data/cases").join(reference).join("journal.jsonl")
}

fn tear(folder: &tempfile::TempDir, reference: &str, bytes: &[u8]) {
    let mut file = std::fs::OpenOptions::new().append(true).open(journal(folder, reference)).unwrap();
    file.write_all(bytes).unwrap();
}

/// Every line of the journal, each of which must be whole.
fn lines(folder: &tempfile::TempDir, reference: &str) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(journal(folder, reference)).unwrap();
    assert!(text.ends_with('\n'), "{text:?}");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_torn_line_is_cut_off_before_the_next_one_is_written() {
    let whole = r#"{"at":"2026-11-25T09:00:00Z","event":{"kind":"closed"}}"#;
    for torn in [
        &whole.as_bytes()[..20],
        whole.as_bytes(),
        "{\"at\":\"ä".as_bytes().split_last().unwrap().1,
        &[0; 300],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let reference = app(&folder).start_case("internet", "Es geht nichts").unwrap().reference;
        tear(&folder, &reference, torn);
        let app = app(&folder);
        let case = app.open_case(&reference).unwrap();
        assert!(matches!(case.page, CasePage::Checking { .. }), "what was torn had not happened yet");
        let case = app.act(&reference, CaseAction::HandOver).unwrap();
        assert!(matches!(case.page, CasePage::HandOver { .. }), "{:?}", case.page);
        assert_eq!(lines(&folder, &reference).len(), 2);
    }
}

#[test]
fn damage_in_the_middle_is_told_and_stops_no_other_case() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(&folder);
    let good = app.start_case("internet", "").unwrap().reference;
    let bad = app.start_case("internet", "").unwrap().reference;
    tear(&folder, &bad, b"{\"at\":\n");
    for outcome in [app.open_case(&bad), app.act(&bad, CaseAction::HandOver)] {
        let error = outcome.unwrap_err();
        assert!(matches!(error, AppError::Journal { .. }), "{error}");
        assert!(error.to_string().contains(&bad) && error.to_string().contains("line 2"), "{error}");
    }
    let home = app.home().unwrap();
    assert_eq!(home.cases.iter().map(|c| &c.reference).collect::<Vec<_>>(), [&good]);
}

#[test]
fn two_that_write_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let reference = app(&folder).start_case("internet", "").unwrap().reference;
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (folder, reference) = (&folder, &reference);
            scope.spawn(move || {
                // Each with an application of its own, as the window and the terminal have.
                let app = app(folder);
                for n in 0..5 {
                    let words = Some(format!("{writer} says {n}"));
                    app.change_review(reference, ReviewChange { words, ..ReviewChange::default() }).unwrap();
                }
            });
        }
    });
    let said: Vec<String> = lines(&folder, &reference)
        .iter()
        .filter_map(|line| line["event"]["words"].as_str().map(str::to_owned))
        .collect();
    for writer in 0..4 {
        for n in 0..5 {
            assert!(said.contains(&format!("{writer} says {n}")), "{said:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_a_case() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let app = app(&folder);
    let reference = app.start_case("internet", "").unwrap().reference;
    app.review(&reference).unwrap();
    let case = journal(&folder, &reference).parent().unwrap().to_path_buf();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    for above in [&folder.path().join("data"), &folder.path().join("data/cases"), &case] {
        assert_eq!(mode(above), 0o700, "{}", above.display());
    }
    for entry in std::fs::read_dir(&case).unwrap().flatten() {
        assert_eq!(mode(&entry.path()), 0o600, "{}", entry.path().display());
    }
}

#[test]
fn what_was_turned_down_is_not_among_what_was_tried() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(&folder);
    let reference = app.start_case("internet", "").unwrap().reference;
    let fix = |fix: &str| fix.to_owned();
    app.act(&reference, CaseAction::NotIt { fix: fix("reconnect") }).unwrap();
    app.act(&reference, CaseAction::FixDone { fix: fix("restart-router") }).unwrap();
    let case = app.act(&reference, CaseAction::HandOver).unwrap();
    let CasePage::HandOver { tried, .. } = case.page else { panic!("{:?}", case.page) };
    assert_eq!(tried.len(), 1, "{tried:?}");
    assert_eq!(app.review(&reference).unwrap().tried, tried);
}
