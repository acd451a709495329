//! What is written is read back equal.

use std::io::Cursor;

use befund_content::Lang;
use proptest::prelude::*;
use serde_json::json;

use super::sample::{Sample, redactor, text};
use crate::index::Limits;
use crate::open::{Opened, open_with};
use crate::{Built, Contact, ExtraFile, PackageError, build, open, printable};

pub(crate) fn reopened(built: &Built) -> Opened<Cursor<&[u8]>> {
    open_with(Cursor::new(built.bytes.as_slice()), "test.zip", Limits::default()).unwrap()
}

#[test]
fn every_file_is_read_back_and_the_manifest_vouches_for_it() {
    let sample = Sample::new(Lang::De);
    let built = build(&sample.contents(), &mut redactor()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    std::fs::write(&path, &built.bytes).unwrap();

    let mut opened = open(&path).unwrap();
    assert_eq!(opened.manifest(), &built.manifest);
    let names: Vec<&str> = built.files.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "README.txt",
            "report.html",
            "report.json",
            "facts.json",
            "session.json",
            "manifest.json",
            "logs/befund.log"
        ]
    );
    for file in &built.files {
        let content = opened.file(&file.name).unwrap();
        assert_eq!(built.file(&file.name), Some(content.as_slice()), "{}", file.name);
        assert_eq!(content.len() as u64, file.bytes);
    }
    let verification = opened.verify().unwrap();
    assert!(verification.is_intact(), "{verification:?}");
    assert_eq!(verification.intact.len(), 6);

    let summary = opened.summary().unwrap();
    assert_eq!(summary.finding, Some(sample.finding.clone()));
    assert_eq!(summary.files.len(), 7);
    assert!(summary.redactions > 5 && summary.not_measured > 5, "{summary:?}");
    let report = opened.report().unwrap();
    assert_eq!(report.host["os.type"], "linux");
    assert_eq!(report.host["host.name"], "[host-1]");
    assert_eq!(report.words.lines().count(), 2);
    assert!(report.contact.is_none());
    assert_eq!(opened.facts().unwrap()["system"]["host_name"], "[host-1]");
    assert_eq!(opened.json("session.json").unwrap()["schema"], "befund.session/1");
    assert_eq!(
        String::from_utf8(opened.file("logs/befund.log").unwrap()).unwrap().lines().next(),
        Some("13:05:01 INFO [host-1] measure started")
    );
}

#[test]
fn one_value_has_one_placeholder_in_every_file_and_all_are_counted() {
    let sample = Sample::new(Lang::En);
    let built = build(&sample.contents(), &mut redactor()).unwrap();
    let counts = &built.manifest.redactions;
    assert_eq!(counts.values["host"], 1);
    let places: u64 = counts.by_file.values().filter_map(|f| f.get("host")).sum();
    assert_eq!(counts.by_kind["host"], places);
    for file in ["report.html", "report.json", "facts.json", "logs/befund.log"] {
        assert!(counts.by_file[file]["host"] >= 1, "{file}: {counts:?}");
    }
    for file in &built.files {
        let content = String::from_utf8_lossy(built.file(&file.name).unwrap());
        for private in ["ekoehler", "Köhler", "nb-4711", "3c:a9:f4"] {
            assert!(!content.contains(private), "{private} in {}", file.name);
        }
    }
}

#[test]
fn what_one_file_gives_away_is_replaced_in_all() {
    let mut sample = Sample::new(Lang::En);
    sample.words = "My colleague nora1 knows it, try Sommer2026x".into();
    sample.extra_files[0].bytes =
        b"Nov 23 10:15:30 nb-4711 sshd[8]: Accepted password for nora1 from 10.0.0.2\npassword=Sommer2026x\n"
            .to_vec();
    let built = build(&sample.contents(), &mut redactor()).unwrap();
    for file in &built.files {
        let content = String::from_utf8_lossy(built.file(&file.name).unwrap());
        assert!(!content.contains("nora1") && !content.contains("Sommer2026x"), "{}: {content}", file.name);
    }
    let report = reopened(&built).report().unwrap();
    assert!(report.words.contains("[user-") && report.words.contains("[password-"), "{}", report.words);
}

#[test]
fn a_json_file_with_secrets_in_members_makes_a_package() {
    let mut sample = Sample::new(Lang::En);
    sample.extra_files[0].name = "settings.json".into();
    sample.extra_files[0].bytes = br#"{"password":"two words","pin":4711,"card":4111111111111111}"#.to_vec();
    let built = build(&sample.contents(), &mut redactor()).unwrap();
    let content = String::from_utf8_lossy(built.file("settings.json").unwrap()).into_owned();
    assert!(
        !content.contains("two words") && !content.contains("4711") && !content.contains("41111"),
        "{content}"
    );
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let sample = Sample::new(Lang::De);
    let one = build(&sample.contents(), &mut redactor()).unwrap();
    let two = build(&sample.contents(), &mut redactor()).unwrap();
    assert_eq!(one.bytes, two.bytes);
}

#[test]
fn what_the_person_left_out_is_in_no_file_and_the_manifest_says_so() {
    let mut sample = Sample::new(Lang::En);
    sample.removed = ["facts.json", "session.json", "logs/befund.log"].map(Into::into).to_vec();
    let built = build(&sample.contents(), &mut redactor()).unwrap();
    let mut opened = reopened(&built);
    assert!(!opened.has("facts.json") && !opened.has("session.json") && !opened.has("logs/befund.log"));
    assert!(opened.verify().unwrap().is_intact());
    let removed: Vec<&str> = built.manifest.removed.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(removed, ["facts.json", "session.json", "logs/befund.log"]);
    let html = String::from_utf8(opened.file("report.html").unwrap()).unwrap();
    assert!(html.contains("The person left the facts out"));
    assert!(!html.contains("nvme0n1p2") && !html.contains("restart-router"));
    assert!(!opened.report().unwrap().host.contains_key("host.mac"));
    // Still there to be looked at and to be put back.
    let entry = built.files.iter().find(|f| f.name == "facts.json").unwrap();
    assert!(entry.removed && built.file("facts.json").is_some());

    sample.removed = vec!["manifest.json".into()];
    let error = build(&sample.contents(), &mut redactor()).unwrap_err();
    assert!(matches!(error, PackageError::NotRemovable { .. }), "{error}");
}

#[test]
fn a_package_without_report_json_still_has_a_summary() {
    let mut sample = Sample::new(Lang::En);
    sample.removed = vec!["report.json".into()];
    let built = build(&sample.contents(), &mut redactor()).unwrap();
    let summary = reopened(&built).summary().unwrap();
    assert_eq!((summary.finding, summary.report), (None, None));
}

#[test]
fn extra_files_keep_to_the_rules_of_names() {
    for (name, why) in [
        ("report.html", "has this name"),
        ("REPORT.JSON", "has this name"),
        ("../x", "leads out"),
        ("nul.txt", "device"),
    ] {
        let mut sample = Sample::new(Lang::En);
        sample.extra_files[0].name = name.into();
        let error = build(&sample.contents(), &mut redactor()).unwrap_err().to_string();
        assert!(error.contains(why) && error.contains("another name"), "{error}");
    }
    let mut sample = Sample::new(Lang::En);
    sample.extra_files[0].name = "nb-4711.log".into();
    let built = build(&sample.contents(), &mut redactor()).unwrap();
    assert!(built.files.iter().any(|f| f.name == "[host-1].log"), "{:?}", built.files);
}

#[test]
fn a_file_that_packs_like_a_bomb_is_stored_and_can_be_read() {
    let mut sample = Sample::new(Lang::En);
    sample.extra_files[0].bytes = vec![b'.'; 3 << 20];
    let built = build(&sample.contents(), &mut redactor()).unwrap();
    assert_eq!(reopened(&built).file("logs/befund.log").unwrap().len(), 3 << 20);
}

#[test]
fn a_contact_is_there_only_when_given() {
    let sample = Sample::new(Lang::En);
    let mut contents = sample.contents();
    contents.contact =
        Some(Contact { name: "Front desk test".into(), phone: "030 23125-317".into(), mail: String::new() });
    let built = build(&contents, &mut redactor()).unwrap();
    let report = reopened(&built).report().unwrap();
    assert_eq!(report.contact.unwrap().name, "Front desk test");
}

#[test]
fn a_changed_or_foreign_file_is_noticed() {
    use std::io::Write as _;
    let sample = Sample::new(Lang::En);
    let built = build(&sample.contents(), &mut redactor()).unwrap();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for file in built.files.iter().filter(|f| f.name != "session.json") {
        let mut content = built.file(&file.name).unwrap().to_vec();
        if file.name == "facts.json" {
            content.push(b' ');
        }
        zip.start_file(file.name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&content).unwrap();
    }
    zip.start_file("added.txt", zip::write::SimpleFileOptions::default()).unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    let verification = open_with(Cursor::new(bytes), "x.zip", Limits::default()).unwrap().verify().unwrap();
    assert!(!verification.is_intact());
    assert_eq!(verification.changed, ["facts.json"]);
    assert_eq!(verification.missing, ["session.json"]);
    assert_eq!(verification.unlisted, ["added.txt"]);
}

/// Texts that break pages, terminals and parsers.
fn nasty() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        any::<String>(),
        Just("<script>alert(1)</script>".to_owned()),
        Just("</style><img src=x onerror=1>&amp;&#60;".to_owned()),
        Just("\" onclick='x' {{ 7*7 }} {% raw %}".to_owned()),
        Just("👩🏽‍💻 ﷽ e\u{301}".to_owned()),
        Just("\u{1b}[2J\u{7}\u{202e}\u{0}\u{9b}".to_owned()),
        Just("]]>\r\n\t\u{2028}".to_owned()),
        Just(" Erika Köhler on nb-4711 ".to_owned()),
    ];
    proptest::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back_redacted_and_nothing_else(words in nasty(), finding in nasty(), log in nasty(), german in any::<bool>()) {
        let mut sample = Sample::new(if german { Lang::De } else { Lang::En });
        sample.words = words;
        sample.finding = text(&finding, &finding);
        sample.session = json!({ "entries": [ { "at": "2026-11-23T13:00:00Z", "event": { "kind": "worded", "words": sample.words } } ] });
        sample.extra_files = vec![ExtraFile { name: "a.log".into(), about: text(&finding, &finding), bytes: log.clone().into_bytes() }];
        let mut expected = redactor();
        let contents = sample.contents();
        let built = build(&contents, &mut redactor()).unwrap();
        let mut opened = reopened(&built);
        prop_assert!(opened.verify().unwrap().is_intact());
        let report = opened.report().unwrap();
        // The placeholders' numbers depend on the order in which values are met; their text does not.
        prop_assert_eq!(report.words.chars().filter(char::is_ascii_control).count(), expected.text(&sample.words).chars().filter(char::is_ascii_control).count());
        for name in built.files.iter().map(|f| f.name.clone()) {
            let content = opened.file(&name).unwrap();
            prop_assert_eq!(built.file(&name), Some(content.as_slice()));
            let content = String::from_utf8_lossy(&content).into_owned();
            // Names are words: glued to other letters they are other words.
            prop_assert!(!content.contains("Köhler") && !content.contains("nb-4711"), "{}", name);
        }
        let html = String::from_utf8(opened.file("report.html").unwrap()).unwrap();
        prop_assert!(!html.contains("<script") && !html.contains("<img") && html.matches("</style>").count() == 1);
        prop_assert_eq!(printable(&html), html.as_str());
    }
}
