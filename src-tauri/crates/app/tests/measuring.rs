//! What is told while measuring goes on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

use std::collections::BTreeMap;
use std::sync::Mutex;

use befund_app::{App, Lang, Offline, Paths};

#[tokio::test]
async fn each_check_is_running_once_before_it_is_judged_once() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths { data: folder.path().join("data"), policy: None, content: Vec::new() };
    let app = App::open(paths).unwrap().speaking(Lang::En).measuring(Offline(true));
    let reference = app.start_case("internet", "").unwrap().reference;
    let heard = Mutex::new(Vec::new());
    app.measure_case(&reference, |update| heard.lock().unwrap().push(update)).await.unwrap();

    let mut of_check: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut done = 0;
    for update in heard.into_inner().unwrap() {
        let is_running = update.row.status == "running";
        assert!(!is_running || update.row.text.is_empty() && update.row.value.is_none(), "{update:?}");
        assert_eq!(update.done, done + u32::from(!is_running), "{update:?}");
        done = update.done;
        of_check.entry(update.row.check).or_default().push(update.row.status);
    }
    assert_eq!(of_check.len() as u32, done);
    for (check, told) in &of_check {
        let judged = told.last().unwrap();
        assert!(!["running", "waiting"].contains(&judged.as_str()), "{check}: {told:?}");
        assert!(matches!(&told[..told.len() - 1], [] | [_]), "{check} was told too often: {told:?}");
        assert!(told[..told.len() - 1].iter().all(|t| t == "running"), "{check}: {told:?}");
    }
    let ran = of_check.values().filter(|told| told.len() == 2).count();
    assert!(ran > 5, "only {ran} checks were seen running: {of_check:?}");
}
