//! What people and programs read: ticket.txt, ticket.json, the errors.

use std::path::PathBuf;

use befund_content::{Lang, Messages};

use super::{reference, ticket};
use crate::{Contact, DeskError, Preferred, TicketFile};

#[test]
fn a_supporter_reads_a_german_ticket() {
    let text = ticket(1).text(&Messages::builtin());
    let expected = "\
REF  Das Internet geht nicht
=====================================

Referenz:   REF
Art:        Störung
Priorität:  hoch
Kategorie:  network
Stufe:      first
Erstellt:   09.03.2026, 14:07 Uhr (UTC)
Name:       Jana Beispiel
Telefon:    0123 456789  (bevorzugt)

In eigenen Worten
-----------------
Seit heute früh lädt keine Seite mehr.
Das Telefon geht noch.

Befund
------
Ihr Router antwortet nicht.

Schon versucht
--------------
- Router neu gestartet: hat nicht geholfen

Paket
-----
Befund-REF.zip (40,0\u{a0}kB)
Öffnen: Paket entpacken und report.html im Browser ansehen,
oder mit Befund: befund open Befund-REF.zip
";
    assert_eq!(text, expected.replace("REF", &reference(1).to_string()));
}

#[test]
fn a_supporter_reads_an_english_ticket_with_little_in_it() {
    let mut ticket = ticket(1);
    ticket.lang = Lang::En;
    ticket.description = crate::Description::default();
    ticket.contact = Contact::default();
    let text = ticket.text(&Messages::builtin());
    for line in [
        "Contact:    not given",
        "Created:    9 March 2026, 14:07 (UTC)",
        "(not given)",
        "No cause was found.",
        "Nothing yet.",
        "To open it: unpack it and look at report.html in a browser,",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\n{text}");
    }
    assert!(!text.contains("ticket-"), "a key is shown:\n{text}");
}

#[test]
fn the_preferred_way_comes_first() {
    let mut ticket = ticket(1);
    ticket.contact = Contact::from_fields("", "0123", "jana@firma.example", Some(Preferred::Mail));
    let text = ticket.text(&Messages::builtin());
    let mail = text.find("E-Mail:     jana@firma.example  (bevorzugt)").unwrap();
    assert!(mail < text.find("Telefon:    0123\n").unwrap());
}

#[test]
fn a_ticket_cannot_play_tricks_on_who_reads_it() {
    let mut ticket = ticket(1);
    ticket.subject = "one\u{1b}[2J\r\nPriority: urgent\u{202e}".into();
    ticket.description.words = "line\u{7}\u{1b}]0;title\u{9c}\r\nnext".into();
    let text = ticket.text(&Messages::builtin());
    assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text:?}");
    assert_eq!(text.lines().next().unwrap(), format!("{}  one[2J Priority: urgent", reference(1)));
}

#[test]
fn the_schema_is_committed_and_holds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../content/schemas/ticket.schema.json");
    let schema = serde_json::to_value(crate::schema()).unwrap();
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == text,
        "ticket.schema.json differs from the types: run the tests with UPDATE_SCHEMAS=1"
    );

    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut file = serde_json::to_value(TicketFile::new(ticket(1))).unwrap();
    assert!(validator.is_valid(&file), "{:?}", validator.iter_errors(&file).collect::<Vec<_>>());
    assert_eq!(file["schema"], "befund.ticket/1");
    file["priority"] = "very".into();
    assert!(!validator.is_valid(&file));
}

#[test]
fn every_error_is_explained_in_both_languages() {
    let path = || PathBuf::from("/home/jana/befund");
    let io = || std::io::Error::other("cable pulled");
    let reference = reference(1);
    let errors = [
        DeskError::DiskFull { doing: "writing", path: path() },
        DeskError::NotWritable { doing: "writing", path: path(), source: io() },
        DeskError::File { doing: "writing", path: path(), source: io() },
        DeskError::Damaged { path: path() },
        DeskError::Newer { path: path(), found: 2, known: 1 },
        DeskError::Busy { doing: "writing", path: path() },
        DeskError::Database { doing: "reading", path: path(), source: rusqlite::Error::InvalidQuery },
        DeskError::Conflict { reference },
        DeskError::WrongPackage { reference },
        DeskError::PackageDamaged { reference, path: path() },
        DeskError::TooLarge { bytes: 2, limit: 1, desk: "Desk".into() },
        DeskError::Unknown { reference },
        DeskError::Refused { desk: "Desk".into(), message: "no".into() },
        DeskError::Unavailable {
            desk: "Desk".into(),
            message: "no".into(),
            retry_after: None,
            may_be_filed: true,
        },
    ];
    let messages = Messages::builtin();
    for error in errors {
        for lang in Lang::ALL {
            let said = error.problem().explain(&messages, lang);
            for part in [&said.happened, &said.means, &said.todo] {
                assert!(!part.starts_with("desk-error") && !part.contains("{$"), "{}: {part}", error.code());
                assert!(!part.contains('!'), "{part}");
            }
            assert_ne!(said.happened, error.to_string(), "{} has no text of its own", error.code());
        }
    }
}
