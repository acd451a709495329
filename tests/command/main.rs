//! The command as a user runs it: a child process, its output, its exit code, and what is on disk.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something unexpected happens")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use befund_tests::{Scratch, befund};
use serde_json::Value;

/// Runs `befund`, and keeps output and exit code.
fn run(scratch: &Scratch, args: &[&str]) -> Output {
    scratch.command(&befund().unwrap()).unwrap().args(args).output().unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("no JSON: {e}\n{}", String::from_utf8_lossy(&output.stdout)))
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn check_judges_offline_and_never_calls_the_unmeasured_ok() {
    let scratch = Scratch::new().unwrap();
    let report = json(&run(&scratch, &["check", "--offline", "--json"]));
    assert_eq!(report["schema"], "befund.check/1");
    assert!(report["took_ms"].is_u64());
    let results = report["results"].as_array().unwrap();
    assert!(results.len() >= 15, "{}", results.len());
    for result in results {
        let status = result["status"].as_str().unwrap();
        assert!(["ok", "warn", "fail", "unknown", "not_applicable"].contains(&status), "{result}");
        assert!(!result["text"].as_str().unwrap().is_empty(), "{result}");
    }
    let by_name = results.iter().find(|r| r["check"] == "internet.by-name").unwrap();
    assert_eq!(by_name["status"], "unknown");
    assert!(by_name["reason"].as_str().unwrap().starts_with("offline"), "{by_name}");
    let memory = results.iter().find(|r| r["check"] == "memory.available").unwrap();
    assert_eq!(memory["status"], "ok", "{memory}");
}

#[test]
fn check_speaks_both_languages_without_colour_in_a_pipe() {
    let scratch = Scratch::new().unwrap();
    for (lang, word) in [("en", "Fine"), ("de", "In Ordnung")] {
        let output = run(&scratch, &["check", "--offline", "--lang", lang, "--only", "memory.available"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with(word), "{text}");
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
    let unknown = run(&scratch, &["check", "--only", "memory.avail"]);
    assert_eq!(unknown.status.code(), Some(3));
    assert!(stderr(&unknown).contains("there is no check “memory.avail”"), "{}", stderr(&unknown));
}

#[test]
fn guide_measures_asks_nothing_and_prints_one_object() {
    let scratch = Scratch::new().unwrap();
    let report = json(&run(&scratch, &["guide", "internet", "--auto", "--json"]));
    assert_eq!(report["schema"], "befund.guide/1");
    assert_eq!(report["guide"], "internet");
    assert!(["cause_found", "no_problem", "unsure"].contains(&report["outcome"].as_str().unwrap()));
    let causes = report["causes"].as_array().unwrap();
    assert!(causes.len() > 12);
    let sum: f64 = causes.iter().map(|c| c["probability"].as_f64().unwrap()).sum();
    assert!((sum + report["no_problem"].as_f64().unwrap() - 1.0).abs() < 1e-6, "{sum}");
    assert!(causes.windows(2).all(|w| w[0]["probability"].as_f64() >= w[1]["probability"].as_f64()));
    assert!(!report["results"].as_array().unwrap().is_empty());
    assert!(!report["next"]["why"].as_str().unwrap().is_empty());
}

#[test]
fn guide_takes_evidence_from_a_file_and_names_what_is_wrong_with_it() {
    let scratch = Scratch::new().unwrap();
    let evidence = scratch
        .write("evidence.json", r#"{"checks": {"link.connected": "fail", "link.adapter-enabled": "ok"}, "answers": {}, "fixes_failed": []}"#)
        .unwrap();
    let report =
        json(&run(&scratch, &["guide", "internet", "--evidence", evidence.to_str().unwrap(), "--json"]));
    assert_eq!(report["causes"][0]["id"], "not-connected", "{}", report["causes"]);
    assert!(report["results"].as_array().unwrap().is_empty(), "nothing may be measured");
    assert!(report["steps"].as_array().unwrap().len() > 3);

    let bad = scratch.write("bad.json", "{\n  \"checks\": {\"link.conected\": \"fail\"}\n}").unwrap();
    let output = run(&scratch, &["guide", "internet", "--evidence", bad.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("bad.json:2:"), "{}", stderr(&output));
    assert!(stderr(&output).contains("link.connected"), "{}", stderr(&output));
}

#[test]
fn send_files_a_ticket_that_a_supporter_can_read() {
    let scratch = Scratch::new().unwrap();
    let words = "Keine Seite öffnet sich 🙁 <b>seit 12 Uhr</b>";
    let report = json(&run(
        &scratch,
        &["send", "--guide", "internet", "--words", words, "--phone", "317", "--lang", "de", "--json"],
    ));
    assert_eq!(report["state"], "filed");
    let reference = report["reference"].as_str().unwrap();
    let folder = PathBuf::from(report["ticket"].as_str().unwrap());
    let text = std::fs::read_to_string(folder.join("ticket.txt")).unwrap();
    for part in [reference, words, "317"] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
    let ticket: Value = serde_json::from_slice(&std::fs::read(folder.join("ticket.json")).unwrap()).unwrap();
    assert_eq!(ticket["reference"], reference);
    assert_eq!(ticket["category"], "network");

    // Sending the same case again files nothing twice.
    let again = json(&run(&scratch, &["send", "--case", reference, "--json"]));
    assert_eq!(again["reference"], reference);
    let tickets = json(&run(&scratch, &["outbox", "--json"]));
    assert_eq!(tickets["tickets"].as_array().unwrap().len(), 1);
    assert_eq!(tickets["tickets"][0]["state"], "filed");

    let package = report["package"].as_str().unwrap();
    let summary = run(&scratch, &["open", package]);
    assert!(String::from_utf8_lossy(&summary.stdout).contains(reference));
    let manifest: Value = json(&run(&scratch, &["open", package, "--file", "manifest.json"]));
    let names: Vec<_> =
        manifest["files"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
    for name in ["README.txt", "report.html", "report.json", "facts.json", "session.json"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    assert!(!manifest["not_measured"].as_array().unwrap().is_empty());
}

#[test]
fn a_package_holds_nothing_that_names_person_or_computer() {
    let scratch = Scratch::new().unwrap();
    let words =
        "My mail is erika.mustermann@example.com and my token is ghp_0123456789abcdefghijABCDEFGHIJ012345";
    let zip = scratch.path().join("out.zip");
    let output = scratch
        .command(&befund().unwrap())
        .unwrap()
        .args(["package", "--offline", "--words", words, "--json", "--output"])
        .arg(&zip)
        .env("USER", "emustermann")
        .env("HOME", scratch.path().join("home/emustermann"))
        .output()
        .unwrap();
    let report = json(&output);
    let hostname = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let mut private = vec!["erika.mustermann@example.com".to_owned(), "ghp_0123456789".to_owned()];
    // A name such as “localhost” singles nobody out.
    if hostname.trim().len() > 4 && hostname.trim() != "localhost" {
        private.push(hostname.trim().to_owned());
    }
    for entry in std::fs::read_dir("/sys/class/net").unwrap().flatten() {
        let mac = std::fs::read_to_string(entry.path().join("address")).unwrap_or_default();
        if mac.trim().len() == 17 && mac.trim() != "00:00:00:00:00:00" {
            private.push(mac.trim().to_owned());
        }
    }
    for file in report["files"].as_array().unwrap() {
        let name = file["name"].as_str().unwrap();
        let content = run(&scratch, &["open", zip.to_str().unwrap(), "--file", name]);
        let text = String::from_utf8_lossy(&content.stdout).to_lowercase();
        for value in &private {
            assert!(!text.contains(&value.to_lowercase()), "{value} is in {name}");
        }
    }
}

#[test]
fn a_policy_that_cannot_be_read_stops_sending_and_not_diagnosing() {
    let scratch = Scratch::new().unwrap();
    let policy = scratch.write("policy.toml", "[desk]\nrecipe = \"fax\"\n").unwrap();
    let check = run(&scratch, &["check", "--offline", "--json"]);
    json(&check);
    let expected = format!("{}:2:10", policy.display());
    assert!(stderr(&check).contains(&expected), "{}", stderr(&check));
    let send = run(&scratch, &["send", "--offline"]);
    assert_eq!(send.status.code(), Some(3), "{}", stderr(&send));
    assert!(stderr(&send).contains(&expected), "{}", stderr(&send));
    assert!(!scratch.data().join("tickets").exists());
}

#[test]
fn broken_content_of_the_user_never_stops_the_built_in_guides() {
    let scratch = Scratch::new().unwrap();
    scratch.write("config/befund/content/guides/broken.yaml", "id: broken\ntitle: [\n").unwrap();
    scratch
        .write("config/befund/content/checks/odd.yaml", "id: odd\nfail: 'memory.total_bytes <'\n")
        .unwrap();
    let output = run(&scratch, &["guide"]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("internet"));
    let notes = stderr(&output);
    assert!(notes.contains("broken.yaml:") && notes.contains("odd.yaml:"), "{notes}");
}

#[test]
fn redact_is_a_filter_with_the_package_s_engine() {
    let scratch = Scratch::new().unwrap();
    let names = scratch.write("names.txt", "# this computer\nhost: pc-17\n").unwrap();
    let mut child = scratch
        .command(&befund().unwrap())
        .unwrap()
        .args(["redact", "--stats", "--names"])
        .arg(&names)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = "pc-17 asked 10.0.0.1, then pc-17 sent password=hunter2 to a@example.org\nplain line 1.2.3\n";
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success());
    for private in ["pc-17", "hunter2", "a@example.org"] {
        assert!(!text.contains(private), "{private} is in {text}");
    }
    assert_eq!(text.matches("[host-1]").count(), 2, "{text}");
    assert!(text.contains("10.0.0.1") && text.ends_with("plain line 1.2.3\n"), "{text}");
    let stats: Value = serde_json::from_str(stderr(&output).trim()).unwrap();
    assert!(stats.to_string().contains("host"), "{stats}");

    let bad = scratch.write("bad.txt", "computer: pc-17\n").unwrap();
    let refused = run(&scratch, &["redact", "--names", bad.to_str().unwrap()]);
    assert!(!refused.status.success());
    assert!(stderr(&refused).contains("bad.txt") && stderr(&refused).contains('1'), "{}", stderr(&refused));
}

#[test]
fn a_file_that_is_no_package_is_refused_with_what_to_do() {
    let scratch = Scratch::new().unwrap();
    let file = scratch.write("no.zip", "this is not a zip").unwrap();
    let output = run(&scratch, &["open", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(4));
    assert!(stderr(&output).contains("no.zip"), "{}", stderr(&output));
}

#[test]
fn killed_at_any_moment_a_ticket_is_neither_lost_nor_doubled() {
    let scratch = Scratch::new().unwrap();
    // One run to see how long it takes, so that the kills spread over all of it.
    let started = std::time::Instant::now();
    json(&run(&scratch, &["send", "--offline", "--words", "unhurt", "--json"]));
    let whole = started.elapsed();
    for part in 1..=12_u32 {
        let mut child = scratch
            .command(&befund().unwrap())
            .unwrap()
            .args(["send", "--offline", "--words", "killed"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * part / 12);
        let _ = child.kill();
        child.wait().unwrap();
    }
    // Every case that was begun can be finished, and is then one ticket.
    let cases: Vec<String> = std::fs::read_dir(scratch.data().join("cases"))
        .unwrap()
        .flatten()
        .filter(|e| e.path().join("journal.jsonl").metadata().is_ok_and(|m| m.len() > 0))
        .map(|e| e.file_name().into_string().unwrap())
        .collect();
    for case in &cases {
        let report = json(&run(&scratch, &["send", "--offline", "--case", case, "--json"]));
        assert_eq!(report["state"], "filed", "{report}");
    }
    run(&scratch, &["outbox", "--retry"]);
    let tickets = json(&run(&scratch, &["outbox", "--json"]));
    let tickets = tickets["tickets"].as_array().unwrap();
    let mut references: Vec<_> = tickets.iter().map(|t| t["reference"].as_str().unwrap()).collect();
    references.sort_unstable();
    let mut expected: Vec<_> = cases.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(references, expected);
    for ticket in tickets {
        assert_eq!(ticket["state"], "filed", "{ticket}");
        let folder = PathBuf::from(ticket["folder"].as_str().unwrap());
        let zip = folder.join(format!("Befund-{}.zip", ticket["reference"].as_str().unwrap()));
        assert!(run(&scratch, &["open", zip.to_str().unwrap()]).status.success());
    }
    let entries = std::fs::read_dir(scratch.data().join("tickets")).unwrap().flatten();
    let folders = entries.filter(|e| e.path().is_dir()).count();
    assert_eq!(folders, tickets.len(), "a torn folder was left behind");
}
