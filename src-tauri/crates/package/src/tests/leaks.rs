//! Something private that no redactor met must still not leave.

use befund_content::Lang;
use befund_redact::Kind;

use super::sample::{Sample, redactor};
use crate::PackageError;
use crate::build::build_with;

fn leak(file: &str, plant: &str) -> PackageError {
    let sample = Sample::new(Lang::De);
    build_with(&sample.contents(), &mut redactor(), |parts| {
        let part = parts.iter_mut().find(|p| p.name == file).unwrap();
        part.bytes.extend_from_slice(plant.as_bytes());
    })
    .unwrap_err()
}

#[test]
fn a_private_value_that_came_in_after_redacting_refuses_the_package() {
    let error = leak("logs/befund.log", "fine\nhello from nb-4711 again\n");
    let PackageError::Leak { file, line, kind, .. } = &error else { panic!("{error}") };
    assert_eq!((file.as_str(), *line, kind.as_str()), ("logs/befund.log", 4, "host"));
    let words = error.to_string();
    assert!(words.contains("logs/befund.log, line 4") && words.contains("nothing was sent"), "{words}");
    assert!(!words.contains("nb-4711"), "an error must not leak either: {words}");
}

#[test]
fn a_value_cannot_hide_behind_the_escapes_of_json_or_html() {
    for (file, hidden) in [
        ("facts.json", "\n\"\\u0065koehler\""),
        ("session.json", "\"Erika K\\u00f6hler\""),
        ("report.html", "nb&#45;4711"),
        ("report.html", "<!-- Erika K&#xf6;hler -->"),
    ] {
        let error = leak(file, hidden);
        assert!(matches!(&error, PackageError::Leak { file: f, .. } if f == file), "{hidden}: {error}");
    }
}

#[test]
fn counts_of_secrets_are_no_secrets() {
    let mut log = String::from("Cookie: sid=abc123\nAuthorization: Bearer abcdef123456\nPIN: 4711\n");
    for n in 0..1200 {
        log.push_str(&format!("password=short{n}\n"));
    }
    for lang in Lang::ALL {
        let mut sample = Sample::new(lang);
        sample.extra_files[0].bytes = log.clone().into_bytes();
        let built = build_with(&sample.contents(), &mut redactor(), |_| ()).unwrap();
        assert_eq!(built.manifest.redactions.by_kind["password"], 1201);
        assert_eq!(built.manifest.redactions.values["cookie"], 1);
    }
}

#[test]
fn text_full_of_secrets_makes_a_package_without_them() {
    let words = "wlp3s0  ESSID:\"Mein Netz7\"  Access Point\npassword=\"hunter2x\" psk='hunter2x' {\"username\":\"nora7\"}\n\
                 Cookie: a=hunter2x' -H \"Authorization: Bearer hunter2xyz\"\nSSID: Mein Netz7\n<password>hunter2x</password>\n\
                 C:\\Users\\nora7\\x \"CORP\\nora7\" Tel.: 030 23125-317 user=nora7&code=hunter2x9 PIN: 4711";
    for lang in Lang::ALL {
        let mut sample = Sample::new(lang);
        sample.words = words.into();
        sample.extra_files[0].bytes = words.into();
        sample.finding = super::sample::text(words, words);
        sample.session = serde_json::json!({ "entries": [ { "at": "2026-11-23T13:00:00Z",
            "event": { "kind": "worded", "words": words, "password": "hunter2x" } } ] });
        let built = build_with(&sample.contents(), &mut redactor(), |_| ()).unwrap();
        for file in &built.files {
            let content = String::from_utf8_lossy(built.file(&file.name).unwrap());
            for private in ["hunter2", "Mein Netz7", "nora7", "23125", "4711"] {
                assert!(!content.contains(private), "{private} in {}", file.name);
            }
        }
    }
}

#[test]
fn what_the_person_shows_may_leave_and_nothing_else() {
    let mut first = redactor();
    build_with(&Sample::new(Lang::De).contents(), &mut first, |_| ()).unwrap();
    let host = first.known().into_iter().find(|k| k.kind == Kind::Host).unwrap();
    let wishes = [(host.kind, host.value), (Kind::Password, "hunter2secret".into())];
    let build = |plant: &str| {
        let mut sample = Sample::new(Lang::De);
        sample.words = "nb-4711 password=hunter2secret".into();
        let mut redactor = redactor();
        redactor.show(wishes.clone());
        build_with(&sample.contents(), &mut redactor, |parts| {
            let part = parts.iter_mut().find(|p| p.name == "logs/befund.log").unwrap();
            part.bytes.extend_from_slice(plant.as_bytes());
        })
    };
    let built = build("nb-4711 again\n").unwrap();
    assert_eq!(built.manifest.redactions.shown, [("host".to_owned(), 1)].into());
    assert!(!built.manifest.redactions.by_kind.contains_key("host"));
    for file in ["report.html", "report.json", "facts.json"] {
        let text = String::from_utf8_lossy(built.file(file).unwrap());
        assert!(text.contains("nb-4711") && !text.contains("[host-"), "{file}");
        assert!(!text.contains("koehler") && !text.contains("hunter2secret"), "{file}");
    }
    let page = String::from_utf8_lossy(built.file("report.html").unwrap()).into_owned();
    assert!(page.contains("Einen Wert hat die Person") && !page.contains("nach allen bekannten Werten"));
    for plant in
        ["ekoehler", "/home/ekoehler", "3c:a9:f4:1b:2c:3d", "password=hunter2secret", "a@example.org"]
    {
        assert!(matches!(build(plant), Err(PackageError::Leak { .. })), "{plant}");
    }
}

#[test]
fn a_file_that_was_left_out_cannot_leak() {
    let mut sample = Sample::new(Lang::De);
    sample.removed = vec!["logs/befund.log".into()];
    let built = build_with(&sample.contents(), &mut redactor(), |parts| {
        parts.iter_mut().find(|p| p.removed).unwrap().bytes = b"nb-4711".to_vec();
    });
    assert!(built.is_ok());
}
