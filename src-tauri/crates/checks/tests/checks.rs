//! Every check file that ships, and samples of good and bad ones, the way content authors meet them.
//!
//! One binary for all of them: linking is what takes the time.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something unexpected happens")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use befund_checks::{Check, CheckId, Checks, Facts, Status, parse_check, schema};
use befund_content::{ContentError, Lang, Messages, parse_yaml};
use befund_facts::{Reason, Snapshot, Subject};
use serde::Deserialize;
use serde_json::{Value, json};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn content() -> PathBuf {
    here("../../../content")
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no {extension} files in {}", folder.display());
    files
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn shown(errors: &[ContentError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The checks as they are in the source tree, whatever was compiled in.
fn shipped() -> &'static [Check] {
    static SHIPPED: LazyLock<Vec<Check>> = LazyLock::new(|| {
        files(&content().join("checks"), "yaml")
            .iter()
            .map(|path| {
                parse_check(&format!("content/checks/{}", name(path)), &read(path))
                    .unwrap_or_else(|errors| panic!("{}", shown(&errors)))
            })
            .collect()
    });
    &SHIPPED
}

fn check(id: &str) -> &'static Check {
    shipped().iter().find(|c| c.id.as_str() == id).unwrap_or_else(|| panic!("no check {id}"))
}

#[test]
fn the_built_in_checks_load_without_an_error() {
    let (checks, mut errors) = Checks::load(&[]);
    errors.extend(checks.errors());
    assert_eq!(shown(&errors), "");
    assert_eq!(
        checks.len(),
        shipped().len(),
        "compiled-in content is older than content/checks: build befund-content again"
    );
    for check in checks.iter() {
        assert!(check.source.is_some(), "{}: say where the threshold comes from", check.id);
        assert!(check.usual.is_some(), "{}: say what is usual", check.id);
    }
}

#[test]
fn the_ids_that_guides_name_are_there() {
    let ids: BTreeSet<String> = shipped().iter().map(|c| c.id.to_string()).collect();
    for id in [
        "link.adapter-enabled",
        "link.connected",
        "address.assigned",
        "address.self-assigned",
        "route.default",
        "route.ambiguous",
        "proxy.reachable",
        "clock.correct",
        "memory.available",
        "memory.swap",
        "cpu.load",
        "disk.space-system",
        "disk.space-home",
        "disk.inodes",
        "disk.read-only",
        "system.uptime",
        "link.errors",
        "gateway.answers",
        "gateway.latency",
        "dns.configured",
        "dns.server-answers",
        "dns.server-works",
        "dns.independent-answers",
        "dns.system-resolves",
        "dns.slow",
        "internet.by-address-ipv4",
        "internet.by-address-ipv6",
        "internet.by-address",
        "internet.by-name",
        "internet.by-name-ipv6",
        "web.open",
        "web.sign-in-page",
        "web.proxy-password",
        "tls.trusted",
        "tls.certificate-dates",
        "internet.secure",
        "internet.firewall",
    ] {
        assert!(ids.contains(id), "{id}");
    }
}

// --- the schema

#[test]
fn the_committed_schema_is_the_generated_one() {
    let path = content().join("schemas/check.schema.json");
    let generated = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "{} is out of date: run UPDATE_SCHEMAS=1 cargo test -p befund-checks",
        path.display()
    );
}

#[test]
fn every_good_file_validates_against_the_schema_and_names_it() {
    let validator = jsonschema::validator_for(&schema().to_value()).unwrap();
    let shipped = files(&content().join("checks"), "yaml");
    for path in shipped.iter().chain(&files(&here("tests/valid"), "yaml")) {
        let text = read(path);
        let value: Value = parse_yaml(&name(path), &text).unwrap();
        let errors: Vec<_> =
            validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new(), "{}", path.display());
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("# yaml-language-server: $schema="), "{}: {first}", path.display());
    }
}

// --- good and bad samples

#[test]
fn every_valid_sample_loads() {
    for path in files(&here("tests/valid"), "yaml") {
        if let Err(errors) = parse_check(&name(&path), &read(&path)) {
            panic!("{}", shown(&errors));
        }
    }
}

/// Beside each bad file stands what its author is told. `UPDATE_EXPECT=1` writes it.
#[test]
fn every_invalid_sample_is_refused_with_its_message() {
    for path in files(&here("tests/invalid"), "yaml") {
        let Err(errors) = parse_check(&name(&path), &read(&path)) else {
            panic!("{} loads, and should not", path.display());
        };
        let told = shown(&errors) + "\n";
        let expected = path.with_extension("txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &told).unwrap();
        }
        assert_eq!(told, read(&expected), "{}", path.display());
        for error in &errors {
            assert!(error.at.is_some(), "without a place: {error}");
            assert!(!error.help.is_empty(), "without advice: {error}");
        }
    }
}

/// Advice that names a page leads to a page.
#[test]
fn the_pages_that_advice_names_are_there() {
    let mut named = BTreeSet::new();
    for path in files(&here("tests/invalid"), "yaml") {
        for error in parse_check(&name(&path), &read(&path)).err().into_iter().flatten() {
            let words = error.help.split_whitespace().map(|w| w.trim_matches([',', ';', '.', ':']));
            named.extend(words.filter(|w| w.starts_with("docs/")).map(ToOwned::to_owned));
        }
    }
    assert!(!named.is_empty());
    for page in named {
        assert!(content().join("..").join(&page).is_file(), "{page}");
    }
}

/// What the page shows loads.
#[test]
fn the_example_of_the_documentation_loads() {
    let page = read(&content().join("../docs/writing-checks.md"));
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    if let Err(errors) = parse_check("gateway.latency.yaml", example) {
        panic!("{}", shown(&errors));
    }
}

// --- folders of an organisation

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("checks")).unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join("checks").join(name), text).unwrap();
    }
    dir
}

fn small(id: &str) -> String {
    format!(
        "id: {id}\ntitle: {{ en: Own, de: Eigene }}\ngroup: this_computer\nfail: memory.available_bytes < 1\n\
         text: {{ ok: {{ en: Good, de: Gut }}, fail: {{ en: Bad, de: Schlecht }} }}\n"
    )
}

#[test]
fn a_broken_file_of_a_folder_stops_nothing_else() {
    let dir = folder(&[
        ("broken.check.yaml", "id: broken.check\ntitle: ["),
        ("own.check.yaml", &small("own.check")),
    ]);
    let (checks, errors) = Checks::load(&[dir.path()]);
    assert_eq!(errors.len(), 1, "{}", shown(&errors));
    assert!(errors[0].to_string().contains("broken.check.yaml:"), "{}", errors[0]);
    assert_eq!(checks.len(), Checks::builtin().len() + 1);
    assert!(checks.get(&"own.check".parse().unwrap()).is_some());
}

#[test]
fn an_own_check_knows_its_subjects_whatever_its_comments_and_variables_say() {
    let comment = small("own.comment")
        .replace("memory.available_bytes < 1", "|\n  // the computer's memory\n  memory.available_bytes < 1");
    let variable = small("own.variable")
        .replace("memory.available_bytes < 1", "filesystems.mounts.exists(site, site.size_bytes < 1)");
    let dir = folder(&[("own.comment.yaml", &comment), ("own.variable.yaml", &variable)]);
    let (checks, errors) = Checks::load(&[dir.path()]);
    assert_eq!(shown(&errors), "");
    let subjects = |id: &str| checks.get(&id.parse().unwrap()).unwrap().subjects().clone();
    assert_eq!(subjects("own.comment"), [Subject::memory].into());
    assert_eq!(subjects("own.variable"), [Subject::filesystems].into());
}

#[test]
fn a_file_of_a_folder_replaces_the_built_in_check_of_its_id() {
    let dir = folder(&[("memory.available.yaml", &small("memory.available"))]);
    let (checks, errors) = Checks::load(&[dir.path()]);
    assert_eq!(shown(&errors), "");
    assert_eq!(checks.len(), Checks::builtin().len());
    assert_eq!(checks.get(&"memory.available".parse().unwrap()).unwrap().title.en, "Own");
}

#[test]
fn a_broken_replacement_leaves_the_built_in_check_in_force() {
    let dir = folder(&[("memory.available.yaml", &small("memory.available").replace("< 1", "<"))]);
    let (checks, errors) = Checks::load(&[dir.path()]);
    assert_eq!(errors.len(), 1, "{}", shown(&errors));
    assert_eq!(checks.get(&"memory.available".parse().unwrap()).unwrap().title.en, "Free memory");
}

#[test]
fn two_files_of_one_folder_may_not_share_an_id() {
    let dir = folder(&[("own.check.yaml", &small("own.check")), ("own.check.yml", &small("own.check"))]);
    let (checks, errors) = Checks::load(&[dir.path()]);
    assert_eq!(errors.len(), 1, "{}", shown(&errors));
    assert!(errors[0].message.contains("already used by"), "{}", errors[0]);
    assert!(checks.get(&"own.check".parse().unwrap()).is_some());
}

// --- what each check says

/// One case: facts, and what a person or a supporter then reads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    facts: Value,
    /// Must stand in the reason.
    reason: Option<String>,
    /// Must stand in the German text.
    de: Option<String>,
    /// Must stand in the English text.
    en: Option<String>,
    /// The short value in German.
    value: Option<String>,
}

#[test]
fn every_check_has_cases_for_every_status_it_can_give() {
    let mut problems = Vec::new();
    for check in shipped() {
        let path = here("tests/cases").join(format!("{}.yaml", check.id));
        let Ok(text) = std::fs::read_to_string(&path) else {
            problems.push(format!("{}: no cases; write {}", check.id, path.display()));
            continue;
        };
        let cases: BTreeMap<Status, Vec<Case>> =
            parse_yaml(&format!("{}.yaml", check.id), &text).unwrap_or_else(|e| panic!("{e}"));
        for status in check.statuses() {
            if cases.get(&status).is_none_or(Vec::is_empty) {
                problems.push(format!("{}: no case for {status}", check.id));
            }
        }
        for (status, cases) in cases {
            for (i, case) in cases.into_iter().enumerate() {
                let result = check.judge(&Facts::from_json(case.facts));
                let mut expect = |what: &str, good: bool| {
                    if !good {
                        problems.push(format!("{}: {status} case {}: {what}: {result:?}", check.id, i + 1));
                    }
                };
                expect("another status", result.status == status);
                expect("unfilled text", !result.text.en.contains('{') && !result.text.de.contains('{'));
                let german = plain(&result.text.de);
                expect("reason", case.reason.is_none_or(|r| result.reason.contains(&r)));
                expect("German text", case.de.is_none_or(|t| german.contains(&t)));
                expect("English text", case.en.is_none_or(|t| plain(&result.text.en).contains(&t)));
                let value = result.value.as_ref().map(|v| plain(&v.de));
                expect("value", case.value.is_none_or(|v| value == Some(v)));
                if status != Status::Unknown {
                    let missing = ["nicht gemessen", "not measured"];
                    expect(
                        "a text without its value",
                        !missing.iter().any(|m| german.contains(m) || result.text.en.contains(m)),
                    );
                }
            }
        }
    }
    for path in files(&here("tests/cases"), "yaml") {
        let id = path.file_stem().unwrap().to_string_lossy().into_owned();
        if !shipped().iter().any(|c| c.id.as_str() == id) {
            problems.push(format!("{}: cases of a check that is not there", path.display()));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Without the no-break spaces that keep a number and its unit together.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

#[test]
fn on_a_healthy_computer_nothing_fails_or_warns() {
    for path in files(&here("tests/healthy"), "json") {
        let snapshot: Snapshot =
            serde_json::from_str(&read(&path)).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let facts = Facts::new(&snapshot);
        for check in shipped() {
            let result = check.judge(&facts);
            assert!(
                matches!(result.status, Status::Ok | Status::NotApplicable),
                "{}: {}: {result:?}",
                path.display(),
                check.id
            );
        }
    }
}

#[test]
fn without_measurements_every_check_is_unknown_for_the_reason_of_the_absence() {
    for reason in [Reason::Offline, Reason::Cancelled, Reason::TimedOut] {
        let facts = Facts::new(&Snapshot::empty(jiff::Timestamp::UNIX_EPOCH, reason));
        for check in shipped() {
            let result = check.judge(&facts);
            assert_eq!(result.status, Status::Unknown, "{}", check.id);
            assert_eq!(result.reason, reason.as_str(), "{}", check.id);
            assert!(result.text.de.starts_with("Nicht gemessen. "), "{:?}", result.text);
            assert!(result.text.en.starts_with("Not measured. "), "{:?}", result.text);
        }
    }
}

#[test]
fn each_absent_subject_alone_never_turns_a_check_ok() {
    let path = here("tests/healthy/laptop.json");
    let healthy: Value = serde_json::from_str(&read(&path)).unwrap();
    for subject in Subject::ALL {
        let mut facts = healthy.clone();
        facts[subject.as_str()] =
            json!({ "absent": { "reason": "timed_out", "detail": "no answer within 4s" } });
        let facts = Facts::from_json(facts);
        for check in shipped() {
            let result = check.judge(&facts);
            assert!(result.status != Status::Fail && result.status != Status::Warn, "{result:?}");
            // The rules need the subject wherever they cannot be decided without it.
            if *check.subjects() == [*subject].into() {
                assert_eq!(result.status, Status::Unknown, "{}", check.id);
                assert_eq!(result.reason, "timed_out: no answer within 4s", "{}", check.id);
            }
        }
    }
}

#[test]
fn an_absence_inside_a_list_is_the_reason() {
    let facts = json!({ "links": { "interfaces": [
        { "name": "eth0", "kind": "wired", "admin_up": true,
          "carrier": { "absent": { "reason": "no_permission", "detail": "read /sys/class/net/eth0/carrier" } } },
        { "name": "eth1", "kind": "wired", "admin_up": true, "carrier": false },
    ] } });
    let result = check("link.connected").judge(&Facts::from_json(facts));
    assert_eq!(result.status, Status::Unknown);
    assert_eq!(result.reason, "no_permission: read /sys/class/net/eth0/carrier");
    assert!(result.text.de.contains("Berechtigung"), "{:?}", result.text);
}

#[test]
fn facts_of_an_older_version_are_not_measured() {
    let result =
        check("memory.available").judge(&Facts::from_json(json!({ "memory": { "total_bytes": 5 } })));
    assert_eq!(result.status, Status::Unknown);
    assert_eq!(result.reason, "not_supported: these facts have no available_bytes");
}

#[test]
fn hostile_facts_end_in_unknown() {
    let endless: Vec<Value> = (0..100_000).map(|_| json!({ "is_system": true })).collect();
    for facts in [
        Value::Null,
        json!([]),
        json!({ "filesystems": 7 }),
        json!({ "filesystems": { "mounts": "none" } }),
        json!({ "filesystems": { "mounts": endless } }),
        json!({ "filesystems": { "absent": { "reason": "moon" } } }),
        json!({ "filesystems": { "mounts": [{ "is_system": "yes" }] } }),
    ] {
        let result = check("disk.space-system").judge(&Facts::from_json(facts));
        assert_eq!(result.status, Status::Unknown, "{result:?}");
        assert!(!result.reason.is_empty());
    }
}

#[test]
fn the_shares_of_a_healthy_computer_are_a_distribution() {
    for check in shipped() {
        let all: Vec<f64> = Status::ALL.iter().map(|s| check.healthy(*s)).collect();
        assert!((all.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{}: {all:?}", check.id);
        assert!(all.iter().all(|p| *p > 0.0), "{}: {all:?}", check.id);
        let ok =
            check.healthy(Status::Ok) + check.healthy(Status::NotApplicable) + check.healthy(Status::Unknown);
        assert!(ok > 0.8, "{}: a healthy computer would be suspect: {all:?}", check.id);
    }
}

// --- words

#[test]
fn every_reason_of_absence_has_words_in_both_languages() {
    let german: BTreeSet<String> = Messages::keys(Lang::De).into_iter().collect();
    let english: BTreeSet<String> = Messages::keys(Lang::En).into_iter().collect();
    for reason in [
        Reason::NotSupported,
        Reason::NoPermission,
        Reason::TimedOut,
        Reason::Failed,
        Reason::Cancelled,
        Reason::Offline,
        Reason::NothingToMeasure,
    ] {
        let key = format!("reason-{}", reason.as_str().replace('_', "-"));
        assert!(german.contains(&key) && english.contains(&key), "{key}");
        let text = befund_checks::not_measured(reason);
        assert!(!text.en.contains("reason-") && !text.de.contains("reason-"), "{text:?}");
    }
}

#[test]
fn texts_keep_to_the_wording_rules() {
    for path in files(&content().join("checks"), "yaml") {
        let value: Value = parse_yaml(&name(&path), &read(&path)).unwrap();
        for text in value["text"].as_object().unwrap().values() {
            let (en, de) = (text["en"].as_str().unwrap(), text["de"].as_str().unwrap());
            for part in [en, de] {
                assert!(!part.contains('!'), "{}: {part}", name(&path));
                assert!(part.ends_with('.'), "{}: {part}", name(&path));
            }
            for bad in ["leider", "bitte warten", "k. A.", "Fehlercode"] {
                assert!(!de.contains(bad), "{}: {de}", name(&path));
            }
            let fields = |t: &str| -> BTreeSet<String> {
                t.split('{').skip(1).filter_map(|p| p.split('}').next()).map(ToOwned::to_owned).collect()
            };
            assert_eq!(fields(en), fields(de), "{}: the languages name different values", name(&path));
        }
    }
}

#[test]
fn an_id_survives_json() {
    let id: CheckId = serde_json::from_str("\"dns.slow\"").unwrap();
    assert_eq!(serde_json::to_string(&id).unwrap(), "\"dns.slow\"");
    assert!(serde_json::from_str::<CheckId>("\"Dns slow\"").is_err());
}
