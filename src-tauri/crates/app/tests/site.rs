//! A case about one site: it is asked for before anything is measured, kept, and asked again nowhere.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

use befund_app::view::{CaseAction, CasePage};
use befund_app::{App, AppError, Lang, Paths};

/// Nothing outside this computer is named, and nothing here listens on these ports.
const POLICY: &str = r#"
[connectivity]
http = ["http://127.0.0.1:9/"]
https = []
addresses = ["127.0.0.1:9"]
names = []
resolvers = []
ntp = []
[limits]
probe_timeout = "1s"
"#;

fn app(folder: &Path) -> App {
    let policy = folder.join("policy.toml");
    std::fs::write(&policy, POLICY).unwrap();
    let paths = Paths { data: folder.join("data"), policy: Some(policy), content: Vec::new() };
    App::open(paths).unwrap().speaking(Lang::En)
}

/// Every text below a folder.
fn read_all(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&read_all(&path));
        } else {
            text.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        }
    }
    text
}

#[tokio::test]
async fn the_site_is_asked_for_first_and_then_measured() {
    let folder = tempfile::tempdir().unwrap();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in server.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 503 Oops\r\nContent-Length: 0\r\n\r\n");
        }
    });

    let case = app(folder.path()).start_case("website", "").unwrap();
    assert!(matches!(case.page, CasePage::Site), "{case:?}");
    let reference = case.reference;
    // Nothing is measured before the site is known.
    let unasked = app(folder.path()).measure_case(&reference, |_| {}).await.unwrap();
    assert!(matches!(unasked.page, CasePage::Site), "{unasked:?}");

    let name = |site: Option<&str>| {
        let action = CaseAction::NameSite { site: site.map(str::to_owned) };
        app(folder.path()).act(&reference, action)
    };
    assert!(matches!(name(Some("ftp://files.example/")), Err(AppError::Site { .. })));
    let named = name(Some(&format!("http://ann:geheim@127.0.0.1:{port}/?code=geheim"))).unwrap();
    assert!(matches!(named.page, CasePage::Checking { .. }), "{named:?}");
    assert!(matches!(name(Some("www.example.org")), Err(AppError::NotNow(_))), "asked only once");

    // Another start of the program: the site is in the journal, and what may be secret in it is not.
    let journal = read_all(&folder.path().join("data"));
    assert!(
        journal.contains(&format!("http://127.0.0.1:{port}/")) && !journal.contains("geheim"),
        "{journal}"
    );
    let app = app(folder.path());
    let judged = std::sync::Mutex::new(Vec::new());
    app.measure_case(&reference, |u| {
        judged.lock().unwrap().push((u.row.check, u.row.status));
    })
    .await
    .unwrap();
    let judged = judged.into_inner().unwrap();
    assert!(judged.contains(&("site.answers".into(), "fail".into())), "{judged:?}");
}

#[test]
fn who_does_not_know_the_site_is_helped_all_the_same_and_other_guides_do_not_ask() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(folder.path());
    let case = app.start_case("website", "").unwrap();
    let case = app.act(&case.reference, CaseAction::NameSite { site: None }).unwrap();
    let CasePage::Checking { groups, .. } = &case.page else { panic!("{case:?}") };
    // Without a site no cause of one can be found: the rest of the way is looked at.
    assert_eq!(case.guide, "internet");
    let checks: Vec<&str> = groups.iter().flat_map(|g| &g.rows).map(|row| row.check.as_str()).collect();
    assert!(!checks.is_empty() && !checks.iter().any(|check| check.starts_with("site.")), "{checks:?}");
    let given = app.start_case_for("website", "", Some("www.example.org")).unwrap();
    assert!(matches!(given.page, CasePage::Checking { .. }), "{given:?}");
    let other = app.start_case("internet", "").unwrap();
    assert!(matches!(other.page, CasePage::Checking { .. }), "{other:?}");
}
