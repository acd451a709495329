//! Rules of the tree: who may use whom, one copy of each text, nothing that names a machine.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something unexpected happens")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use befund_content::{Lang, Messages};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn metadata() -> Value {
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Direct dependencies of every workspace member, dev-dependencies apart.
fn direct(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let members: BTreeSet<&str> =
        metadata["workspace_members"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| members.contains(p["id"].as_str().unwrap()))
        .map(|p| {
            let dependencies = p["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|d| d["kind"].is_null())
                .map(|d| d["name"].as_str().unwrap().to_owned())
                .collect();
            (p["name"].as_str().unwrap().to_owned(), dependencies)
        })
        .collect()
}

/// Everything a package links, transitively, without dev-dependencies.
fn reachable(metadata: &Value, package: &str) -> BTreeSet<String> {
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| (n["id"].as_str().unwrap(), n))
        .collect();
    let names: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["id"].as_str().unwrap(), p["name"].as_str().unwrap()))
        .collect();
    let start = names.iter().find(|(_, name)| **name == package).map(|(id, _)| *id).unwrap();
    let mut todo = vec![start];
    let mut seen = BTreeSet::new();
    while let Some(id) = todo.pop() {
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let links = dependency["dep_kinds"].as_array().unwrap().iter().any(|k| k["kind"].is_null());
            let id = dependency["pkg"].as_str().unwrap();
            if links && seen.insert(id) {
                todo.push(id);
            }
        }
    }
    seen.into_iter().map(|id| names[id].to_owned()).collect()
}

/// Top to bottom only: a crate may use those of the rows below its own.
const ROWS: &[&[&str]] = &[
    &["befund-desktop", "befund"],
    &["befund-app"],
    &["befund-guides", "befund-package", "befund-desk", "befund-knowledge"],
    &["befund-checks", "befund-redact"],
    &["befund-facts", "befund-content", "befund-reference"],
];

#[test]
fn crates_use_only_what_stands_below_them() {
    let direct = direct(&metadata());
    let row = |name: &str| ROWS.iter().position(|row| row.contains(&name));
    let mut wrong = Vec::new();
    for (name, dependencies) in &direct {
        let Some(own) = row(name) else { continue };
        for dependency in dependencies {
            if row(dependency).is_some_and(|other| other <= own) {
                wrong.push(format!("{name} must not use {dependency}"));
            }
            if own == 0 && dependency.starts_with("befund-") && dependency != "befund-app" {
                wrong.push(format!("{name} must use befund-app alone, not {dependency}"));
            }
        }
    }
    let known: BTreeSet<&str> = ROWS.iter().flat_map(|r| r.iter().copied()).collect();
    let unplaced: Vec<_> = direct
        .keys()
        .filter(|name| {
            name.starts_with("befund") && *name != "befund-tests" && !known.contains(name.as_str())
        })
        .collect();
    assert!(wrong.is_empty() && unplaced.is_empty(), "{wrong:#?}\nwithout a row: {unplaced:?}");
}

#[test]
fn nothing_below_the_shell_links_tauri_or_webkit() {
    let metadata = metadata();
    let webview = |name: &String| {
        ["tauri", "wry", "tao", "webkit2gtk", "gtk"]
            .iter()
            .any(|w| name == w || name.starts_with(&format!("{w}-")))
    };
    for package in ["befund", "befund-app", "befund-tests", "xtask"] {
        let found: Vec<_> = reachable(&metadata, package).into_iter().filter(webview).collect();
        assert!(found.is_empty(), "{package} links {found:?}");
    }
    assert!(reachable(&metadata, "befund-desktop").contains("tauri"), "this test has lost its eyes");
}

#[test]
fn checks_and_guides_do_no_input_or_output() {
    let metadata = metadata();
    for package in ["befund-checks", "befund-guides"] {
        let network: Vec<_> = direct(&metadata)[package]
            .iter()
            .filter(|d| {
                ["tokio", "reqwest", "hickory-resolver", "rusqlite", "sysinfo", "rand"].contains(&d.as_str())
            })
            .cloned()
            .collect();
        assert!(network.is_empty(), "{package} uses {network:?}");
    }
    let words = ["std::fs", "std::net", "std::process", "SystemTime::now", "Instant::now", "Timestamp::now"];
    for folder in ["checks", "guides"] {
        for file in rust_files(&root().join("src-tauri/crates").join(folder).join("src")) {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in words {
                assert!(!text.contains(word), "{} uses {word}", file.display());
            }
        }
    }
}

#[test]
fn both_languages_have_the_same_messages() {
    let (en, de) = (Messages::keys(Lang::En), Messages::keys(Lang::De));
    assert!(en.len() > 50, "only {} messages: this test has lost its eyes", en.len());
    let only = |a: &[String], b: &[String]| a.iter().filter(|k| !b.contains(k)).cloned().collect::<Vec<_>>();
    assert_eq!(only(&en, &de), Vec::<String>::new(), "missing in German");
    assert_eq!(only(&de, &en), Vec::<String>::new(), "missing in English");
}

/// What a person reads is in content/locales or in the content file it belongs to. Words that are only
/// looked for in what somebody else wrote, and the words to spell with, are no such texts.
#[test]
fn no_text_for_a_person_stands_in_a_source_file() {
    let crates = root().join("src-tauri/crates");
    let word_lists = [
        "redact/src/common.rs",
        "redact/src/detect.rs",
        "knowledge/src/words.rs",
        "reference/src/spelling.rs",
        "content/src/wording.rs",
    ];
    let mut seen = 0;
    let mut wrong = Vec::new();
    for file in rust_files(&root().join("src-tauri")) {
        let name = file.strip_prefix(&crates).unwrap_or(&file).display().to_string();
        if word_lists.contains(&name.as_str()) || name.contains("tests") || name.contains("build.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        for literal in literals(text.split("#[cfg(test)]").next().unwrap()) {
            seen += 1;
            if is_german(&literal) {
                wrong.push(format!("{name}: {literal}"));
            }
        }
    }
    assert!(seen > 1000, "only {seen} texts: this test has lost its eyes");
    assert!(wrong.is_empty(), "these belong into content/locales: {wrong:#?}");
}

#[test]
fn german_is_told_from_what_is_none() {
    for text in ["Vielleicht die Ursache", "Läuft", "Ihre Nummer: {n}", "Das hilft."] {
        assert!(is_german(text), "{text}");
    }
    for text in ["the die is cast, and cast", "/home/", "„", "ä", "user", "[host-1]", "in", "wlan"] {
        assert!(!is_german(text), "{text}");
    }
    let source = "// \"not this\"\nlet a = '\"'; let b = \"this \\\" one\"; let c = r#\"and \" this\"#;";
    assert_eq!(literals(source), ["this \\\" one", "and \" this"]);
}

/// Every string literal of a source text, as it is written. Comments have none.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let (before, from) = rest.split_at(at);
        rest = if from.starts_with("//") {
            from.split_once('\n').map_or("", |(_, after)| after)
        } else if from.starts_with("'\"'") || from.starts_with("'\\") {
            from.get(3..).unwrap_or("")
        } else if let Some(inside) = from.strip_prefix('"') {
            let hashes = before.len() - before.trim_end_matches('#').len();
            let raw = before.trim_end_matches('#').ends_with('r');
            let end = if raw {
                inside.find(&format!("\"{}", "#".repeat(hashes)))
            } else {
                let mut escaped = false;
                inside.find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                })
            };
            let end = end.unwrap_or(inside.len());
            found.push(inside[..end].to_owned());
            inside.get(end + 1..).unwrap_or("")
        } else {
            &from[1..]
        };
    }
    found
}

/// Whether a text is German: a word with an umlaut, or two words of which one is German alone.
fn is_german(text: &str) -> bool {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).collect();
    let umlaut = |w: &&str| w.chars().count() > 1 && w.chars().any(|c| "äöüÄÖÜß".contains(c));
    let telling = [
        "der", "das", "und", "nicht", "ist", "Sie", "Ihr", "Ihre", "Ihren", "Ihrem", "Ihrer", "ein", "eine",
        "einen", "mit", "für", "von", "dieser", "diese", "dieses", "kein", "keine", "wird", "Die", "Der",
        "Das", "Ursache", "Lösung", "Prüfung",
    ];
    words.iter().any(umlaut) || words.len() > 1 && words.iter().any(|w| telling.contains(w))
}

#[test]
fn every_message_key_is_there_once() {
    for lang in Lang::ALL {
        let keys = Messages::keys(lang);
        let twice: Vec<_> = keys.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0].clone()).collect();
        assert!(twice.is_empty(), "{lang}: {twice:?}");
    }
}

/// What a derive macro writes beside its crate is read by nobody, and drifts.
#[test]
fn the_types_of_the_window_are_written_to_the_window_alone() {
    let scripts = files(&root().join("src-tauri"), "ts");
    assert!(scripts.is_empty(), "the window does not read {scripts:?}");
    assert!(files(&root().join("ui/src"), "ts").len() > 10, "this test has lost its eyes");
}

#[test]
fn commands_of_the_shell_have_at_most_five_lines() {
    let text = std::fs::read_to_string(root().join("src-tauri/src/commands.rs")).unwrap();
    let mut commands = 0;
    for command in text.split("\n#[tauri::command]\n").skip(1) {
        commands += 1;
        let body = &command[command.find(" {\n").unwrap() + 3..];
        let lines = body.lines().take_while(|l| *l != "}").count();
        assert!(lines <= 5, "{lines} lines in{}", command.lines().next().unwrap_or_default());
    }
    assert!(commands > 10, "this test has lost its eyes");
}

/// The programs that probes and evidence start, with where and how long, as the documentation lists them.
#[test]
fn every_program_that_is_started_is_listed() {
    let crates = root().join("src-tauri/crates");
    let mut started = BTreeSet::new();
    let mut starters = BTreeSet::new();
    for file in ["facts/src", "package/src"].iter().flat_map(|folder| rust_files(&crates.join(folder))) {
        let place = file.strip_prefix(&crates).unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        // What tests start is theirs; gzip unpacks a recorded journal for them.
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let starts = |l: &str| l.contains("Command::new(") && !l.contains(r#"("gzip")"#);
        if !place.contains("/tests/") && text.lines().any(starts) {
            starters.insert(place.clone());
        }
        let patience = |name: &str| {
            let (_, value) = text.split_once(&format!("const {name}: Duration = Duration::from_")).unwrap();
            let (unit, number) = value.split(')').next().unwrap().split_once('(').unwrap();
            let number: f64 = number.parse().unwrap();
            if unit == "millis" { number / 1000.0 } else { number }
        };
        for call in text.split("program(cx, ").skip(1) {
            let call = call.split(')').next().unwrap();
            let name = call.split(',').next().unwrap().trim_matches('"');
            let limit = call.rsplit(", ").nth(1).unwrap();
            started.insert(format!("`{name}` `{place}` {} s", patience(limit)));
        }
        for call in text.split("run(&system.").skip(1) {
            let name = call.split(',').next().unwrap();
            started.insert(format!("`{name}` `{place}` {} s", patience("PATIENCE")));
        }
    }
    // Whatever else starts one has a time of its own, and belongs into this test.
    let known = ["facts/src/source.rs", "package/src/evidence/command.rs"];
    assert_eq!(starters, known.map(str::to_owned).into());
    let page = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let (_, list) = page.split_once("## Programs that are started").unwrap();
    let listed: BTreeSet<String> = list
        .lines()
        .skip(1)
        .take_while(|l| !l.starts_with("## "))
        .filter(|l| l.starts_with("| `"))
        .map(|l| l.split(" | ").collect::<Vec<_>>())
        .map(|cells| {
            format!("{} {} {}", cells[0].trim_start_matches("| "), cells[2], cells[3].trim_end_matches(" |"))
        })
        .collect();
    assert_eq!(listed, started);
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    files(folder, "rs")
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found
}
