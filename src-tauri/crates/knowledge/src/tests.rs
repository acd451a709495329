//! What people type, and what they mean by it.

use befund_content::{Lang, Text};

use crate::{Document, Hit, Index};

fn guide(id: &str, title: [&str; 2], subtitle: [&str; 2], en: &[&str], de: &[&str]) -> Document {
    let text = |[en, de]: [&str; 2]| Text { en: en.into(), de: de.into() };
    let symptoms = en
        .iter()
        .map(|s| (Lang::En, (*s).to_owned()))
        .chain(de.iter().map(|s| (Lang::De, (*s).to_owned())))
        .collect();
    Document { kind: "guide".into(), id: id.into(), title: text(title), subtitle: text(subtitle), symptoms }
}

fn guides() -> Vec<Document> {
    vec![
        guide(
            "internet",
            ["The internet does not work", "Das Internet geht nicht"],
            ["No website opens, or only some do", "Keine Seite öffnet sich, oder nur manche"],
            &["no internet", "I am offline", "web pages do not load", "no network", "Wi-Fi does not connect"],
            &[
                "kein Internet",
                "mein Netz ist weg",
                "Webseiten laden nicht",
                "WLAN verbindet sich nicht",
                "offline",
            ],
        ),
        guide(
            "slow-computer",
            ["The computer is slow", "Der Computer ist langsam"],
            ["It takes long to react, or hangs", "Er reagiert träge oder hängt"],
            &["computer freezes", "PC hangs", "everything takes forever", "laptop is very slow"],
            &[
                "PC hängt",
                "Rechner ist langsam",
                "Computer friert ein",
                "alles dauert ewig",
                "Laptop ruckelt",
            ],
        ),
        guide(
            "storage-full",
            ["The disk is full", "Der Speicher ist voll"],
            ["Files can no longer be saved", "Dateien lassen sich nicht mehr speichern"],
            &["no space left", "disk full", "storage is full", "cannot save a file"],
            &["Festplatte voll", "kein Speicherplatz mehr", "kann Datei nicht speichern"],
        ),
        guide(
            "printer",
            ["The printer does not print", "Der Drucker druckt nicht"],
            [
                "Nothing comes out, or the printer is not found",
                "Es kommt nichts heraus, oder der Drucker fehlt",
            ],
            &["printer offline", "paper jam", "print job stuck in the queue", "cannot print"],
            &["Drucker druckt nicht", "Papierstau", "Druckauftrag hängt", "Ausdruck kommt nicht"],
        ),
        guide(
            "sound",
            ["There is no sound", "Es kommt kein Ton"],
            ["Speakers or headphones stay silent", "Lautsprecher oder Kopfhörer bleiben stumm"],
            &["no sound", "no audio", "speakers silent", "headphones do not work"],
            &["kein Ton", "Lautsprecher stumm", "ich höre nichts", "Kopfhörer gehen nicht"],
        ),
        guide(
            "sign-in",
            ["I cannot sign in", "Ich kann mich nicht anmelden"],
            [
                "The password is refused, or the account is locked",
                "Das Kennwort wird abgelehnt, oder das Konto ist gesperrt",
            ],
            &["forgot my password", "account locked", "login does not work", "wrong password"],
            &[
                "Kennwort vergessen",
                "Passwort falsch",
                "Konto gesperrt",
                "Anmeldung geht nicht",
                "Login geht nicht",
            ],
        ),
    ]
}

fn search(text: &str) -> Vec<Hit> {
    Index::new(guides().into_iter()).search(text, 5)
}

#[test]
fn people_are_understood() {
    let index = Index::new(guides().into_iter());
    let mut wrong = Vec::new();
    for (text, meant) in [
        ("mein netz ist weg", "internet"),
        ("internet geht nicht", "internet"),
        ("INTERNET", "internet"),
        ("Internetverbindung", "internet"),
        ("interent geht nich", "internet"),
        ("webseiten laden nicht", "internet"),
        ("ich kann keine Webseite mehr öffnen", "internet"),
        ("wlan", "internet"),
        ("wifi doesn't connect", "internet"),
        ("i'm offline", "internet"),
        ("websites won't load", "internet"),
        ("the internet is down again", "internet"),
        ("pc haengt", "slow-computer"),
        ("PC hängt", "slow-computer"),
        ("pc hangt", "slow-computer"),
        ("mein rechner ist so langsam", "slow-computer"),
        ("computer freezes all the time", "slow-computer"),
        ("my laptop is realy slow", "slow-computer"),
        ("disk is full", "storage-full"),
        ("festplatte ist voll", "storage-full"),
        ("Speicher voll", "storage-full"),
        ("Speicherplatz", "storage-full"),
        ("no space left on device", "storage-full"),
        ("druckr druckt nciht", "printer"),
        ("Druckerproblem", "printer"),
        ("Netzwerkdrucker", "printer"),
        ("mein drucker druckt nicht mehr", "printer"),
        ("drucke", "printer"),
        ("priner not printing", "printer"),
        ("paper stuck in printer", "printer"),
        ("no sound from speakers", "sound"),
        ("kein ton", "sound"),
        ("lautsprcher", "sound"),
        ("Kopfhoerer gehen nicht", "sound"),
        ("i cant hear any sound", "sound"),
        ("kann mich nicht anmelden", "sign-in"),
        ("passwort vergessen", "sign-in"),
        ("pasword forgotten", "sign-in"),
        ("mein Konto ist gesperrt", "sign-in"),
        ("login", "sign-in"),
        (
            "Guten Morgen, seit dem Urlaub komme ich an meinem Schreibtisch nicht mehr ins Internet, beim Kollegen läuft alles",
            "internet",
        ),
    ] {
        let hits = index.search(text, 3);
        if hits.first().is_none_or(|hit| hit.id != meant) {
            wrong.push((text, meant, hits));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nonsense_finds_nothing() {
    for text in [
        "",
        "  ",
        "?!",
        "asdfgh",
        "xyzzy plugh",
        "qwertz uiop",
        "nicht",
        "geht nicht",
        "it does not work",
        "hilfe",
        "funktioniert nicht",
        "Rezept für Apfelkuchen",
        "banana bread recipe",
        "12345",
        "🙈🙉🙊",
        "%s'; DROP TABLE",
    ] {
        assert_eq!(search(text), [], "{text}");
    }
}

#[test]
fn scores_are_in_order_and_between_nothing_and_perfect() {
    for text in ["drucker offline", "kein ton", "computer hängt beim drucken", "speicher"] {
        let hits = search(text);
        assert!(!hits.is_empty(), "{text}");
        assert!(hits.is_sorted_by(|a, b| a.score >= b.score), "{hits:?}");
        assert!(hits.iter().all(|hit| (Index::ENOUGH..=1.0).contains(&hit.score)), "{hits:?}");
    }
    assert!(search("kein Ton")[0].score > 0.9);
    assert!(search("kein Ton")[0].score > search("keni Tonn")[0].score);
}

#[test]
fn two_problems_in_one_sentence_are_both_found() {
    let ids: Vec<_> =
        search("Drucker druckt nicht und Internet geht auch nicht").into_iter().map(|h| h.id).collect();
    assert!(ids.contains(&"printer".to_owned()) && ids.contains(&"internet".to_owned()), "{ids:?}");
}

#[test]
fn the_limit_holds() {
    let index = Index::new(guides().into_iter());
    assert_eq!(index.search("drucker internet ton", 1).len(), 1);
    assert_eq!(index.search("drucker", 0), []);
}

/// With one document no word is rarer than another; the words of every complaint still find nothing.
#[test]
fn a_single_document_is_not_found_by_everything() {
    let index = Index::new(guides().into_iter().take(1));
    assert_eq!(index.search("internet weg", 5).len(), 1);
    for text in ["drucker druckt nicht", "kein ton", "my keyboard does not work", "Bildschirm flackert"] {
        assert_eq!(index.search(text, 5), [], "{text}");
    }
    assert_eq!(Index::new(std::iter::empty()).search("internet", 5), []);
}

#[test]
fn an_endless_text_is_answered_all_the_same() {
    let story = "Internet ".to_owned() + &"wort".repeat(100_000) + &" noch eins".repeat(50_000);
    assert_eq!(search(&story)[0].id, "internet");
}

/// In four letters two swapped ones leave no three side by side as they were.
#[test]
fn swapped_letters_in_a_short_word_are_understood() {
    let mouse = guide(
        "mouse",
        ["The mouse is dead", "Die Maus ist tot"],
        ["It does not react", "Sie reagiert nicht"],
        &["pointer stuck"],
        &["Mauszeiger hängt"],
    );
    let index = Index::new(guides().into_iter().chain([mouse]));
    assert_eq!(index.search("muas", 1).first().map(|hit| hit.id.as_str()), Some("mouse"));
}

/// Words that stand side by side mean more than each alone: “log in” is not “log” and not “in”.
#[test]
fn words_side_by_side_tell_more_than_each_alone() {
    let one = |id: &str, en: &[&str]| guide(id, ["", ""], ["", ""], en, &[]);
    let documents = [
        one("start", &["does not turn on", "computer dead"]),
        one("shut-down", &["does not turn off", "computer hums"]),
        one("printer", &["paper jam"]),
    ];
    let index = Index::new(documents.into_iter());
    for (text, meant) in [("computer won't turn on", "start"), ("computer won't turn off", "shut-down")] {
        assert_eq!(index.search(text, 1).first().map(|hit| hit.id.as_str()), Some(meant), "{text}");
    }
}

#[test]
fn the_same_content_gives_the_same_scores() {
    let texts = ["drucker offline", "computer hängt beim drucken", "mein netz ist weg, und der ton auch"];
    for text in texts {
        assert_eq!(search(text), search(text), "{text}");
    }
}
