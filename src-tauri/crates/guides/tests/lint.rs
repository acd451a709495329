//! Each doubt about a guide: one change to a guide without any, and the place and the words of what is found.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use befund_checks::Checks;
use befund_guides::Guides;

const GUIDE: &str = "id: lamp
title: { en: The lamp is dark, de: Die Lampe ist dunkel }
subtitle: { en: No light, de: Kein Licht }
icon: sound
symptoms: { en: [a, b, c, d, e], de: [a, b, c, d, e] }
consequences:
  offline: { link.connected: { fail: always } }
causes:
  plug:
    title: { en: The plug is out, de: Der Stecker ist gezogen }
    meaning: { en: It has no power., de: Sie hat keinen Strom. }
    prior: common
    leads-to: [offline]
    shows: { others: { dark: usually } }
  bulb:
    title: { en: The bulb is broken, de: Die Birne ist defekt }
    meaning: { en: It has burnt out., de: Sie ist durchgebrannt. }
    prior: common
    shows: { others: { lit: usually } }
questions:
  others:
    ask: { en: Is another lamp lit?, de: Leuchtet eine andere Lampe? }
    answers: { lit: { en: \"Yes\", de: Ja }, dark: { en: \"No\", de: Nein } }
    cost: 20s
fixes:
  plug-in:
    title: { en: Plug it in, de: Einstecken }
    summary: { en: Takes a minute., de: Dauert eine Minute. }
    steps: [{ en: Take it., de: Nehmen Sie ihn. }, { en: Plug it in., de: Stecken Sie ihn ein. }]
    solves: { plug: always }
    cost: 1m
    verify: [link.connected]
  change:
    title: { en: Change the bulb, de: Birne wechseln }
    summary: { en: Takes a minute., de: Dauert eine Minute. }
    steps: [{ en: Take it out., de: Nehmen Sie sie heraus. }, { en: Take another., de: Nehmen Sie eine andere. }]
    solves: { bulb: always }
    cost: 1m
    verify: [link.connected]
";

fn doubts(text: &str) -> Vec<String> {
    let (guides, _) = Guides::load(&[], &Checks::builtin());
    guides.lint("lamp.yaml", text).unwrap().into_iter().map(|e| e.to_string()).collect()
}

#[test]
fn a_good_guide_has_no_doubts() {
    assert_eq!(doubts(GUIDE), Vec::<String>::new());
}

#[test]
fn each_doubt_is_found_at_its_place() {
    let cases = [
        ("subtitle: { en: No light, de: Kein Licht }\n", "", "1:5: there is no `subtitle`"),
        ("de: [a, b, c, d, e]", "de: [a]", "5:39: `symptoms` has 1 lines in `de`"),
        ("    leads-to: [offline]\n", "", "7:3: no cause takes the consequence “offline”"),
        (
            "    meaning: { en: It has burnt out., de: Sie ist durchgebrannt. }\n",
            "",
            "15:3: the cause “bulb” has no meaning",
        ),
        ("solves: { bulb: always }", "solves: { plug: rarely }", "15:3: nothing solves the cause “bulb”"),
        (
            "shows: { others: { lit: usually } }",
            "shows: { others: { lit: usually }, memory.available: { not_applicable: rarely } }",
            "19:60: the check “memory.available” never shows not_applicable",
        ),
        // Both causes look alike, and the other one is as common and stands before it.
        (
            "    shows: { others: { lit: usually } }",
            "    leads-to: [offline]\n    shows: { others: { dark: usually } }",
            "15:3: the cause “bulb” can hardly be found: where everything is as it usually makes it, “plug” is likelier",
        ),
        ("{ others: { dark: usually } }", "{}", "22:10: the question “others” tells no causes apart"),
        ("solves: { plug: always }", "solves: {}", "26:3: no cause needs the fix “plug-in”"),
        ("    verify: [link.connected]\n  change", "  change", "26:3: the fix “plug-in” lacks `verify:`"),
        (
            "solves: { plug: always }\n    cost: 1m\n    verify: [link.connected]",
            "solves: { plug: always }\n    cost: 1m\n    verify: [memory.available]",
            "the checks under `verify` cannot show whether “plug-in” helped",
        ),
        ("The plug is out", "The plug is out!", "10:12: the text in `en` has an exclamation mark"),
        (
            "Is another lamp lit?",
            "Look at another lamp",
            "22:10: a question does not end with a question mark",
        ),
    ];
    let mut missed = Vec::new();
    for (before, after, expected) in cases {
        assert!(GUIDE.contains(before), "{before}");
        let mut text = GUIDE.replacen(before, after, 1);
        // Where two causes say something, one that falls silent is not enough.
        if expected.contains("tells no causes apart") {
            text = text.replacen("shows: { others: { lit: usually } }", "shows: {}", 1);
        }
        if expected.contains("cannot show") {
            text = text.replacen("shows: { others: { dark: usually } }", "shows: {}", 1);
        }
        let found = doubts(&text);
        if !found.iter().any(|d| d.contains(expected)) {
            missed.push(format!("{expected}: {found:#?}"));
        }
    }
    assert!(
        missed.is_empty(),
        "{}",
        missed.join(
            "
"
        )
    );
}

/// What a page teaches, holds: its parts together are a guide without any doubt.
#[test]
fn the_worked_example_has_no_doubts() {
    let page = include_str!("../../../../docs/writing-guides.md");
    let parts = page.split("```yaml\n").skip(1).filter_map(|part| part.split("```").next());
    let example: String = parts.collect();
    assert!(example.contains("id: scanner") && example.contains("hand-over:"), "{example}");
    assert_eq!(doubts(&example), Vec::<String>::new());
}
