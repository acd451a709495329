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
    // The system's language holds where none is asked for.
    let mut command = scratch.command(&befund().unwrap()).unwrap();
    let output = command
        .args(["check", "--offline", "--only", "memory.available"])
        .env("LANG", "de_DE.UTF-8")
        .output();
    assert!(String::from_utf8(output.unwrap().stdout).unwrap().starts_with("In Ordnung"));

    let unknown = run(&scratch, &["check", "--only", "memory.avail"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("there is no check “memory.avail”"), "{}", stderr(&unknown));
}

#[test]
fn check_says_faults_first_counts_them_and_leaves_out_what_nobody_named() {
    let scratch = Scratch::new().unwrap();
    for (lang, words, counted) in [
        ("en", ["Broken", "Unusual", "Not measured", "Fine", "Does not apply"], "broken"),
        ("de", ["Defekt", "Auffällig", "Nicht gemessen", "In Ordnung", "Entfällt"], "defekt"),
    ] {
        let output = run(&scratch, &["check", "--offline", "--all", "--lang", lang]);
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let (last, lines) = lines.split_last().unwrap();
        let ranks: Vec<usize> = lines
            .iter()
            .map(|line| words.iter().position(|w| line.starts_with(w)).unwrap_or_else(|| panic!("{line}")))
            .collect();
        assert!(ranks.is_sorted() && ranks.contains(&2) && ranks.contains(&3), "{text}");
        let numbers: Vec<usize> =
            last.split(", ").map(|part| part.split(' ').next().unwrap().parse().unwrap()).collect();
        let expected: Vec<usize> = (0..5).map(|r| ranks.iter().filter(|rank| **rank == r).count()).collect();
        assert_eq!(numbers, expected, "{text}");
        assert!(last.contains(counted), "{last}");
        // A computer without a printer is not asked to read that it has none.
        let output = run(&scratch, &["check", "--offline", "--lang", lang]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(words[3]) && !text.contains(words[4]), "{text}");
    }
    let title = run(&scratch, &["check", "--offline", "--lang", "en", "--only", "memory.available"]);
    assert!(String::from_utf8(title.stdout).unwrap().starts_with("Fine  Free memory: "), "no title");

    let named = |report: &Value, part: &str| {
        report["results"].as_array().unwrap().iter().any(|r| r["check"].as_str().unwrap().starts_with(part))
    };
    let report = json(&run(&scratch, &["check", "--offline", "--json"]));
    assert!(!named(&report, "site.") && !named(&report, "services."), "{report}");
    // Who asks for it by name is told why it says nothing; services that the policy names are judged.
    let asked = json(&run(&scratch, &["check", "--offline", "--json", "--only", "site.answers"]));
    assert!(named(&asked, "site."), "{asked}");
    let policy = "[[services]]\nname = \"Wiki\"\nat = \"127.0.0.1:9\"\nkind = \"tcp\"\n";
    scratch.write("policy.toml", policy).unwrap();
    let report = json(&run(&scratch, &["check", "--offline", "--json"]));
    assert!(named(&report, "services."), "{report}");
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
fn guide_says_what_was_not_measured_and_names_a_cause_that_stands_alone_once() {
    let scratch = Scratch::new().unwrap();
    for (lang, reason, title, likely) in [
        ("en", "There was nothing to measure. That concerns: ", "Connections to the services", "Very likely"),
        (
            "de",
            "Es gab nichts zu messen. Das betrifft: ",
            "Verbindungen zu den Diensten",
            "Sehr wahrscheinlich",
        ),
    ] {
        let output = run(&scratch, &["guide", "company-services", "--auto", "--lang", lang]);
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().find(|line| line.contains(reason)).unwrap_or_else(|| panic!("{text}"));
        assert!(line.contains(title), "the policy names no services: {text}");

        let evidence = scratch
            .write(
                "evidence.json",
                r#"{"checks": {"clock.correct": "fail", "dns.encrypted-dates": "not_applicable"}}"#,
            )
            .unwrap();
        let file = evidence.to_str().unwrap();
        let output = run(&scratch, &["guide", "internet", "--evidence", file, "--lang", lang]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with(likely) && !text.contains('%'), "{text}");
        // The sentence, what it means, and what helps.
        assert_eq!(text.lines().count(), 3, "{text}");
    }
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
fn the_guides_are_listed_as_lines_and_as_one_object() {
    let scratch = Scratch::new().unwrap();
    let list = json(&run(&scratch, &["guide", "--json"]));
    assert_eq!(list["schema"], "befund.guides/1");
    let guides = list["guides"].as_array().unwrap();
    let internet = guides.iter().find(|g| g["id"] == "internet").unwrap();
    assert_eq!(internet["title"], "The internet does not work");
    // Without a guide there is nothing to try out or to measure for.
    for args in [&["guide", "--auto"][..], &["guide", "--evidence", "ev.json"]] {
        assert_eq!(run(&scratch, args).status.code(), Some(2), "{args:?}");
    }
}

/// All texts below a folder.
fn kept(folder: &std::path::Path) -> String {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            if path.is_dir() {
                kept(&path)
            } else {
                String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
            }
        })
        .collect()
}

#[test]
fn own_words_find_a_guide_and_leave_no_trace() {
    let scratch = Scratch::new().unwrap();
    let found = json(&run(&scratch, &["search", "mein druker druckt nciht, zwergpinguin", "--json"]));
    assert_eq!(found["schema"], "befund.search/1");
    let first = &found["hits"][0];
    assert_eq!((first["kind"].as_str(), first["id"].as_str()), (Some("guide"), Some("printer")), "{found}");
    assert_eq!(first["title"], "The printer does not print");
    let score = first["score"].as_f64().unwrap();
    assert!(score > 0.5 && score <= 1.0, "{score}");
    // Words need no quotes, and the answer is in the language of the run.
    let lines = run(&scratch, &["search", "printer", "offline", "--lang", "de"]);
    let lines = String::from_utf8(lines.stdout).unwrap();
    assert!(lines.starts_with("printer          Der Drucker druckt nicht\n"), "{lines}");
    // Nonsense finds nothing, and that is no error.
    let nothing = run(&scratch, &["search", "xyzzy plugh"]);
    assert!(nothing.status.success() && nothing.stdout.is_empty(), "{nothing:?}");
    assert!(stderr(&nothing).contains("No guide fits"), "{}", stderr(&nothing));
    assert_eq!(json(&run(&scratch, &["search", "xyzzy plugh", "--json"]))["hits"], serde_json::json!([]));
    assert_eq!(run(&scratch, &["search"]).status.code(), Some(2));
    // Not even the log has what was typed.
    assert!(!kept(scratch.path()).contains("zwergpinguin"), "the words were kept");
}

/// Whatever is wrong with what the command is given, it is one error that names it, on standard error alone.
#[test]
fn each_wrong_input_is_one_error_with_its_place_and_its_exit_code() {
    let scratch = Scratch::new().unwrap();
    let file = |name: &str, text: &[u8]| {
        let path = scratch.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let good = file("good.json", b"{}");
    let evidence = |name: &str, text: &str| {
        vec!["guide".into(), "internet".into(), "--evidence".into(), file(name, text.as_bytes())]
    };
    let guide = |path: &str| vec!["guide".to_owned(), path.to_owned(), "--evidence".to_owned(), good.clone()];
    let words = |args: &[&str]| args.iter().map(ToString::to_string).collect::<Vec<_>>();
    let cases: Vec<(Vec<String>, i32, &[&str])> = vec![
        (evidence("list.json", "[]"), 3, &["list.json:1:1: expected names with their values"]),
        (evidence("torn.json", "{\"checks\": {"), 3, &["torn.json:1:12: unclosed bracket"]),
        (
            evidence("twice.json", r#"{"checks": {"dns.slow": "ok", "dns.slow": "ok"}}"#),
            3,
            &["twice.json:1:31: “dns.slow” is there twice"],
        ),
        (
            evidence("field.json", "{\n  \"check\": {}}"),
            3,
            &["field.json:2:3: unknown field `check`", "Expected {\"checks\""],
        ),
        (
            evidence("check.json", r#"{"checks": {"dns.slo": "ok"}}"#),
            3,
            &["check.json:1:13: the guide “internet” has no check “dns.slo”", "Did you mean “dns.slow”?"],
        ),
        (
            evidence("result.json", r#"{"checks": {"dns.slow": "bad"}}"#),
            3,
            &["result.json:1:25: “bad” is not a result", "ok, warn, fail, unknown, not_applicable"],
        ),
        (
            evidence("question.json", r#"{"answers": {"wpn": "yes"}}"#),
            3,
            &["question.json:1:14: the guide “internet” has no question “wpn”", "“vpn”"],
        ),
        (
            evidence("answer.json", r#"{"answers": {"vpn": "maybe"}}"#),
            3,
            &["answer.json:1:21:", "“maybe”", "yes, no, or null"],
        ),
        (
            evidence("fix.json", "{\"fixes_failed\": [\n\"restart-ruter\"]}"),
            3,
            &["fix.json:2:1: the guide “internet” has no fix “restart-ruter”", "“restart-router”"],
        ),
        (
            vec![
                "guide".into(),
                "internet".into(),
                "--evidence".into(),
                file("bytes.json", b"{\n\"checks\": \xff}"),
            ],
            3,
            &["bytes.json:2:11: the file is not UTF-8 text"],
        ),
        (words(&["guide", "internet", "--evidence", "nosuch.json"]), 3, &["nosuch.json: cannot be read"]),
        (guide("./nosuch.yaml"), 3, &["./nosuch.yaml: cannot be read"]),
        (guide("/dev/zero"), 3, &["/dev/zero: the file is too large"]),
        (guide(&file("empty.yaml", b"")), 3, &["empty.yaml:1:1: unexpected end"]),
        (guide(&file("tab.yaml", b"id: x\n\ttitle: y\n")), 3, &["tab.yaml:", "tab"]),
        (guide("nosuch"), 2, &["there is no guide “nosuch”"]),
        (words(&["send", "--guide", "../../etc/passwd"]), 2, &["there is no guide “../../etc/passwd”"]),
        (words(&["send", "--case", "../../../etc"]), 2, &["BF-XXXX-XXXX"]),
        (words(&["send", "--case", "BF-7K3M-Q2XA"]), 2, &["BF-7K3M-Q2XA has a wrong or swapped character"]),
        (words(&["send", "--case", "BF-\u{1b}[2J-ABC-1234"]), 2, &["BF-XXXX-XXXX"]),
        (words(&["send", "--case", "BF-7K3M-Q2XT"]), 2, &["there is no case BF-7K3M-Q2XT"]),
        (words(&["guide", "--case", "BF-7K3M-Q2X"]), 2, &["7 characters", "8 are expected"]),
        (words(&["send", "--words", &"x".repeat(4001)]), 2, &["4001 characters", "at most 4000"]),
        (words(&["send", "--priority", "now"]), 2, &["low, normal, high, urgent"]),
        (words(&["check", "--lang", "fr"]), 2, &["there is no language “fr”; use en or de"]),
        (words(&["chek"]), 2, &["'check'"]),
        (words(&["open", "nosuch.zip"]), 2, &["nosuch.zip"]),
        (words(&["redact", "--names", "nosuch.txt"]), 3, &["cannot open nosuch.txt"]),
        (words(&["redact", "--names", &file("b.txt", b"\xff\n")]), 3, &["b.txt", "UTF-8"]),
        (words(&["guide", "website", "--auto"]), 2, &["“website” is about one site", "--target"]),
        (words(&["guide", "website", "--json"]), 2, &["--target"]),
        // No terminal, so nobody can be asked.
        (words(&["guide", "website"]), 2, &["--target"]),
        (
            words(&["guide", "nix", "--lang", "de"]),
            2,
            &["Die Anleitung „nix“ gibt es auf diesem Computer nicht. `befund guide` zeigt alle.\n"],
        ),
        (
            words(&["guide", "internt", "--lang", "de"]),
            2,
            &[
                "Die Anleitung „internt“ gibt es auf diesem Computer nicht. `befund guide` zeigt alle. Meinten Sie „internet“?\n",
            ],
        ),
        (words(&["guide", "internt"]), 2, &["“internt”", "Did you mean “internet”?"]),
        (
            words(&["guide", "--case", "BF-7K3M-Q2X", "--lang", "de"]),
            2,
            &["Hinter „BF“ stehen 7 Zeichen statt 8"],
        ),
        (
            words(&["guide", "website", "--target", "foo bar", "--lang", "de"]),
            2,
            &["„foo bar“ ist keine Adresse einer Website. In der Adresse steht ein Leerzeichen."],
        ),
        (
            words(&["guide", "website", "--target", "http://"]),
            2,
            &["“http://”", "name of the website is missing"],
        ),
        (words(&["guide", "website", "--target", "a.example:99999"]), 2, &["“a.example:99999”", "65535"]),
        (words(&["guide", "website", "--lang", "de"]), 2, &["„website“ geht es um eine bestimmte Seite"]),
        (words(&["guide", "internet", "--target", "a.example"]), 2, &["“internet” is not about one site"]),
        (words(&["package", "--guide", "website"]), 2, &["--target"]),
        (words(&["send", "--target", "a.example"]), 2, &["“internet” is not about one site"]),
        (words(&["send", "--guide", "website", "--target", "ftp://a.example"]), 2, &["no web address"]),
        (
            words(&["redact", "--names", &file("n.txt", b"user: x\ncomputer: y\n")]),
            3,
            &["n.txt:2:1:", "user, home"],
        ),
    ];
    for (args, code, expected) in cases {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = run(&scratch, &args);
        let shown = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {shown}");
        for part in expected {
            assert!(shown.contains(part), "{args:?}: “{part}” is not in: {shown}");
        }
        assert!(output.stdout.is_empty(), "{args:?}: {output:?}");
        assert!(!shown.contains('\u{1b}'), "{args:?}: {shown:?}");
        // Said once, whatever led to it.
        for cause in ["(os error 2)", "at line", "too large"] {
            assert!(shown.matches(cause).count() <= 1, "{args:?}: {shown}");
        }
    }
    assert!(!scratch.data().join("cases").exists(), "nothing of it began a case");
}

#[test]
fn a_reader_that_left_is_no_error_and_a_full_disk_is_one() {
    let scratch = Scratch::new().unwrap();
    // Both ends of a pipe nobody reads: the first line of either meets a broken pipe.
    for to_stdout in [true, false] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = scratch.command(&befund().unwrap()).unwrap();
        command.args(["guide"]).stdout(Stdio::null()).stderr(Stdio::null());
        if to_stdout {
            command.stdout(writer);
        } else {
            // There is something to say on standard error.
            command.stderr(writer).env("BEFUND_POLICY", "/nowhere/befund.toml");
        }
        assert_eq!(command.status().unwrap().code(), Some(0), "stdout: {to_stdout}");
    }
    #[cfg(target_os = "linux")]
    for args in [&["guide"][..], &["guide", "--json"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = scratch.command(&befund().unwrap()).unwrap().args(args).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}: the result is lost, and nobody is told");
        assert!(stderr(&output).contains("cannot write the output"), "{}", stderr(&output));
    }
}

/// Runs the guide of a case with these answers, one a line.
fn conversation(scratch: &Scratch, reference: &str, answers: &str) -> Output {
    let mut child = scratch
        .command(&befund().unwrap())
        .unwrap()
        .args(["guide", "--offline", "--case", reference])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_case_goes_on_in_the_terminal_where_it_was_left() {
    let scratch = Scratch::new().unwrap();
    let zip = scratch.path().join("out.zip");
    let begun = json(&run(&scratch, &["package", "--offline", "--json", "--output", zip.to_str().unwrap()]));
    let reference = begun["reference"].as_str().unwrap();

    let listed = json(&run(&scratch, &["outbox", "--json"]));
    let case = &listed["cases"][0];
    assert_eq!(
        (&case["reference"], &case["title"]),
        (&reference.into(), &"The internet does not work".into())
    );
    assert!(case["updated_at"].as_str().unwrap().contains('T'), "{case}");
    let lines = String::from_utf8(run(&scratch, &["outbox"]).stdout).unwrap();
    assert!(lines.starts_with(&format!("{reference}  begun ")), "{lines}");

    let first = conversation(&scratch, reference, "nonsense\n1\n");
    assert!(first.status.success(), "{first:?}");
    let said = String::from_utf8(first.stdout.clone()).unwrap();
    assert!(stderr(&first).contains("Type one of the numbers"), "{}", stderr(&first));
    assert!(stderr(&first).contains(&format!("befund guide --case {reference}")), "{}", stderr(&first));
    let question = |text: &str| text.split("\n\n").nth(1).unwrap().lines().next().unwrap().to_owned();

    // What was answered is not asked again, and what was asked last is.
    let second = conversation(&scratch, reference, "");
    let again = String::from_utf8(second.stdout).unwrap();
    assert_ne!(question(&said), question(&again));
    assert!(said.contains(&question(&again)), "{said}\n{again}");

    // Whatever is asked, its last answer leads to a person in the end, and from there to a ticket.
    let last = (0..40).fold(String::new(), |lines, _| lines + "9\n3\n");
    let end = conversation(&scratch, reference, &last);
    assert!(end.status.success(), "{end:?}");
    assert!(stderr(&end).contains(&format!("befund send --case {reference}")), "{}", stderr(&end));
    assert_eq!(json(&run(&scratch, &["send", "--case", reference, "--json"]))["state"], "filed");
    assert_eq!(
        json(&run(&scratch, &["outbox", "--json"]))["cases"],
        serde_json::json!([]),
        "it is a ticket now"
    );
    let sent = conversation(&scratch, reference, "");
    let place = scratch.data().join("tickets").join(reference);
    assert!(String::from_utf8(sent.stdout).unwrap().contains(&place.display().to_string()));
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_cleanly_and_says_how_to_go_on() {
    use std::io::Read as _;
    let scratch = Scratch::new().unwrap();
    let zip = scratch.path().join("out.zip");
    let begun = json(&run(&scratch, &["package", "--offline", "--json", "--output", zip.to_str().unwrap()]));
    let reference = begun["reference"].as_str().unwrap();
    let mut child = scratch
        .command(&befund().unwrap())
        .unwrap()
        .args(["guide", "--offline", "--case", reference])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = child.stderr.take().unwrap();
    let mut said = Vec::new();
    // It waits for an answer as soon as it has asked for one.
    while !said.ends_with(b"Number: ") {
        let mut byte = [0];
        assert_eq!(errors.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&said));
        said.push(byte[0]);
    }
    let stopped =
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    errors.read_to_end(&mut said).unwrap();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    assert!(
        said.contains("Stopped.") && said.contains(&format!("befund guide --case {reference}")),
        "{said}"
    );
}

#[test]
fn what_is_known_of_the_person_stays_when_one_thing_changes() {
    let scratch = Scratch::new().unwrap();
    let first = ["send", "--offline", "--name", "E. Example", "--phone", "317", "--json"];
    json(&run(&scratch, &first));
    let second = json(&run(&scratch, &["send", "--offline", "--phone", "318", "--json"]));
    let folder = PathBuf::from(second["ticket"].as_str().unwrap());
    let ticket: Value = serde_json::from_slice(&std::fs::read(folder.join("ticket.json")).unwrap()).unwrap();
    assert_eq!(ticket["contact"], serde_json::json!({ "name": "E. Example", "phone": "318" }));

    // What goes along is said before it goes, and can be left at home without being forgotten.
    let third = run(&scratch, &["send", "--offline", "--no-contact", "--words", "I am E. Example", "--json"]);
    assert!(stderr(&third).contains("Contact: none"), "{}", stderr(&third));
    let folder = PathBuf::from(json(&third)["ticket"].as_str().unwrap());
    let ticket: Value = serde_json::from_slice(&std::fs::read(folder.join("ticket.json")).unwrap()).unwrap();
    assert!(ticket["contact"].is_null() || ticket["contact"] == serde_json::json!({}), "{ticket}");
    let package = json(&third)["package"].as_str().unwrap().to_owned();
    let report = json(&run(&scratch, &["open", &package, "--json"])).to_string();
    assert!(report.contains("I am [") && !report.contains("E. Example"), "{report}");
    let fourth = run(&scratch, &["send", "--offline", "--json"]);
    assert!(stderr(&fourth).contains("Contact: E. Example, 318"), "{}", stderr(&fourth));
    let both = run(&scratch, &["send", "--no-contact", "--phone", "317"]);
    assert_eq!(both.status.code(), Some(2), "{}", stderr(&both));

    let typo = run(&scratch, &["send", "--offline", "--without", "facts.jsn"]);
    assert_eq!(typo.status.code(), Some(2), "{}", stderr(&typo));
    assert!(stderr(&typo).starts_with("befund: “facts.jsn”"), "{}", stderr(&typo));
    let tickets = json(&run(&scratch, &["outbox", "--json"]));
    assert_eq!(tickets["tickets"].as_array().unwrap().len(), 4, "sent with the file that was to be left out");
}

#[test]
fn every_command_explains_itself_with_examples() {
    let scratch = Scratch::new().unwrap();
    for command in ["check", "search", "guide", "package", "send", "outbox", "open", "redact"] {
        let output = run(&scratch, &[command, "--help"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains("Examples:\n  befund "), "{text}");
        assert!(command == "redact" || text.contains("JSON:"), "{command}: {text}");
        // References in examples are such that the command would take.
        for reference in text.split(|c: char| c.is_whitespace() || c == '.').filter_map(|w| {
            let at = w.find("BF-")?;
            w.get(at..at + 12)
        }) {
            let known = run(&scratch, &["guide", "--case", reference]);
            assert!(stderr(&known).contains("there is no case"), "{reference}: {}", stderr(&known));
        }
    }
    let help = String::from_utf8(run(&scratch, &["--help"]).stdout).unwrap();
    assert!(help.contains("Exit codes:") && help.contains("Examples:"), "{help}");
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
    let typo = run(&scratch, &["open", package, "--file", "fact.json"]);
    assert_eq!(typo.status.code(), Some(2), "{}", stderr(&typo));
    assert!(stderr(&typo).contains("facts.json"), "{}", stderr(&typo));
}

#[test]
fn a_package_of_the_guide_about_a_site_has_that_site_measured() {
    let scratch = Scratch::new().unwrap();
    let zip = scratch.path().join("site.zip");
    let zip = zip.to_str().unwrap();
    let target = ["--guide", "website", "--target", "http://127.0.0.1:9/"];
    json(&run(&scratch, &[&["package", "--json", "--output", zip], &target[..]].concat()));
    let facts = json(&run(&scratch, &["open", zip, "--file", "facts.json"]));
    assert!(facts.to_string().contains("127.0.0.1:9"), "the site was not measured");
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
    assert!(!scratch.data().join("cases").exists(), "measured for nothing");
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

#[test]
fn what_is_begun_has_no_mistakes_and_what_is_there_stays() {
    let scratch = Scratch::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_str().unwrap();
    for (kind, id, folder) in [("guide", "scanner", "guides"), ("check", "scanner.online", "checks")] {
        let begun = run(&scratch, &["content", "new", kind, id, "--folder", at]);
        assert!(begun.status.success(), "{begun:?}");
        assert!(String::from_utf8_lossy(&begun.stdout).trim().ends_with(&format!("{folder}/{id}.yaml")));
    }
    let lint = run(&scratch, &["content", "lint", "--strict", at]);
    let said = String::from_utf8_lossy(&lint.stdout);
    assert!(lint.status.success() && said.ends_with("2 files: 0 errors, 0 warnings\n"), "{said}");

    let guide = folder.path().join("guides/scanner.yaml");
    std::fs::write(&guide, "mine").unwrap();
    let again = run(&scratch, &["content", "new", "guide", "scanner", "--folder", at]);
    assert_eq!(again.status.code(), Some(3));
    assert!(stderr(&again).contains("scanner.yaml: there is already a file"), "{again:?}");
    assert_eq!(std::fs::read_to_string(&guide).unwrap(), "mine");
}

#[test]
fn a_mistake_in_content_is_named_with_its_place_and_a_doubt_lets_it_pass() {
    let scratch = Scratch::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_str().unwrap();
    run(&scratch, &["content", "new", "guide", "scanner", "--folder", at]);
    let guide = folder.path().join("guides/scanner.yaml");
    let text = std::fs::read_to_string(&guide).unwrap();

    std::fs::write(&guide, text.replace("Switch the scanner on", "Please switch it on")).unwrap();
    let doubt = run(&scratch, &["content", "lint", guide.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&doubt.stdout);
    assert!(doubt.status.success(), "{said}");
    assert!(said.contains("scanner.yaml:44:12: warning: the text in `en` has the word “please”"), "{said}");
    assert_eq!(run(&scratch, &["content", "lint", "--strict", at]).status.code(), Some(3));

    std::fs::write(&guide, text.replace("link.connected: {", "link.conected: {")).unwrap();
    let wrong = run(&scratch, &["content", "lint", "--json", at]);
    assert_eq!(wrong.status.code(), Some(3));
    let report: Value = serde_json::from_slice(&wrong.stdout).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(finding["severity"], "error", "{report}");
    assert_eq!(finding["line"], 32, "{report}");
    assert!(finding["help"].as_str().unwrap().contains("Did you mean “link.connected”?"), "{report}");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{report}");
}

#[test]
fn a_simulation_says_what_a_guide_costs() {
    let scratch = Scratch::new().unwrap();
    let args = ["content", "simulate", "sound", "--walks", "20", "--json"];
    let report = json(&run(&scratch, &args));
    assert_eq!(report["schema"], "befund.simulation/1");
    assert!(report["all"]["cost_seconds"].as_f64().unwrap() < report["file_order_seconds"].as_f64().unwrap());
    assert_eq!(report["all"]["lost"], 0.0);
    assert_eq!(report, json(&run(&scratch, &args)));
    let shown = run(&scratch, &args[..args.len() - 1]);
    let shown = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.contains("something-else") && shown.contains("the best order of the fixes"), "{shown}");
}
