//! A guide that extends another: what it takes over, what it says itself, and what it cannot do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use befund_checks::{Checks, Status};
use befund_guides::{Guide, Guides};

const BASE: &str = r#"id: base
title: { en: Base, de: Basis }
symptoms: { en: [], de: [] }
causes:
  cable:
    title: { en: The cable is out, de: Das Kabel steckt nicht }
    prior: common
    shows: { link.connected: { fail: always }, lights: { dark: usually } }
  clock:
    title: { en: The clock is wrong, de: Die Uhr geht falsch }
    prior: rare
    shows: { clock.correct: { fail: always } }
questions:
  lights:
    ask: { en: Is there a light?, de: Leuchtet etwas? }
    answers: { dark: { en: "No", de: Nein }, lit: { en: "Yes", de: Ja } }
    cost: 20s
fixes:
  plug:
    title: { en: Plug it in, de: Einstecken }
    steps: [{ en: Plug it in., de: Stecken Sie es ein. }]
    solves: { cable: always }
    cost: 1m
"#;

const OTHER: &str = r"id: a-other
title: { en: Other, de: Anderes }
extends: base
symptoms: { en: [], de: [] }
consequences:
  unreachable: { web.open: { fail: always } }
inherits:
  cable: { prior: very common, leads-to: [unreachable] }
causes:
  clock:
    title: { en: The clock here is wrong, de: Die Uhr hier geht falsch }
    prior: common
    shows: { clock.correct: { fail: usually }, lights: { lit: usually } }
  own:
    title: { en: Own cause, de: Eigene Ursache }
    prior: rare
    shows: { web.open: { warn: often } }
fixes:
  own-fix:
    title: { en: Own fix, de: Eigene Lösung }
    steps: [{ en: Do it., de: Tun Sie es. }]
    solves: { own: often, cable: rarely }
    cost: 1m
    after: []
";

fn checks() -> Checks {
    let (checks, errors) = Checks::load(&[]);
    assert!(errors.is_empty(), "{errors:?}");
    checks
}

/// Both guides as files of a folder; the one that extends comes first by its name.
fn loaded(other: &str) -> (Guides, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("guides")).unwrap();
    fs::write(folder.path().join("guides/base.yaml"), BASE).unwrap();
    fs::write(folder.path().join("guides/a-other.yaml"), other).unwrap();
    let (guides, errors) = Guides::load(&[folder.path()], &checks());
    (guides, errors.iter().map(ToString::to_string).collect())
}

fn other() -> Guide {
    let (guides, errors) = loaded(OTHER);
    assert!(errors.is_empty(), "{errors:?}");
    guides.get(&"a-other".parse().unwrap()).unwrap().clone()
}

#[test]
fn what_it_says_itself_comes_first_and_the_rest_is_taken_over() {
    let guide = other();
    let causes: Vec<_> = guide.causes.iter().map(|c| (c.id.as_str(), c.prior)).collect();
    assert_eq!(causes, [("clock", 10.0), ("own", 1.0), ("cable", 30.0)]);
    assert_eq!(guide.causes[0].title.en, "The clock here is wrong");
    let fixes: Vec<_> = guide.fixes.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(fixes, ["own-fix", "plug"]);
    assert_eq!(guide.questions.iter().map(|q| q.id.as_str()).collect::<Vec<_>>(), ["lights"]);
}

#[test]
fn a_guide_can_extend_one_that_extends_another() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("guides")).unwrap();
    let third = OTHER
        .replace("id: a-other", "id: a-a-third")
        .replace("extends: base", "extends: a-other")
        .replace("  own:\n", "  third:\n")
        .replace("own: often, cable: rarely", "third: often, own: rarely");
    for (name, text) in [("base", BASE), ("a-other", OTHER), ("a-a-third", &third)] {
        fs::write(folder.path().join(format!("guides/{name}.yaml")), text).unwrap();
    }
    let (guides, errors) = Guides::load(&[folder.path()], &checks());
    assert!(errors.is_empty(), "{errors:?}");
    let third = guides.get(&"a-a-third".parse().unwrap()).unwrap();
    let causes: Vec<_> = third.causes.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(causes, ["clock", "third", "own", "cable"]);
}

#[test]
fn guides_that_extend_each_other_are_mistakes_and_cost_no_other() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("guides")).unwrap();
    let circle = BASE.replace("id: base", "id: base\nextends: a-other");
    for (name, text) in [("base", circle.as_str()), ("a-other", OTHER)] {
        fs::write(folder.path().join(format!("guides/{name}.yaml")), text).unwrap();
    }
    let (guides, errors) = Guides::load(&[folder.path()], &checks());
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(guides.get(&"internet".parse().unwrap()).is_some());
}

#[test]
fn a_cause_taken_over_keeps_what_it_showed_and_gets_what_is_said_here() {
    let guide = other();
    let cable = guide.causes.iter().find(|c| c.id.as_str() == "cable").unwrap();
    let fail = |check: &str| cable.shows.get(&check.parse().unwrap()).and_then(|row| row.get(&Status::Fail));
    assert_eq!(fail("link.connected"), Some(&0.99));
    assert_eq!(fail("web.open"), Some(&0.99));
    assert_eq!(cable.answers.len(), 1);
}

#[test]
fn mistakes_name_their_place_and_what_there_is() {
    for (from, to, told) in [
        ("extends: base", "extends: bass", "a-other.yaml:3:10: there is no guide “bass”"),
        ("extends: base\n", "", "`inherits` without `extends`"),
        ("  cable: { prior", "  cabel: { prior", "there is no cause “cabel”"),
        ("prior: very common, leads", "prior: 0, leads", "the prior of the cause “cable” is 0"),
        ("leads-to: [unreachable]", "leads-to: [elsewhere]", "there is no consequence “elsewhere”"),
        ("extends: base", "extends: a-other", "there is no guide “a-other”"),
    ] {
        let (guides, errors) = loaded(&OTHER.replacen(from, to, 1));
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].contains(told), "{to}: {}", errors[0]);
        assert!(guides.get(&"base".parse().unwrap()).is_some(), "the sound guide works all the same");
    }
}

/// What is not said keeps its healthy baseline, so a forgotten cause loses against every cause that says something.
#[test]
fn a_built_in_guide_says_of_every_cause_taken_over_what_it_does_here() {
    let (guides, errors) = Guides::builtin(&checks());
    assert!(errors.is_empty(), "{errors:?}");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../content/guides");
    let mut extended = 0;
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let Some(base) = text.lines().find_map(|line| line.strip_prefix("extends: ")) else { continue };
        let block = |name: &str| -> Vec<&str> {
            let lines = text.lines().skip_while(move |line| *line != format!("{name}:")).skip(1);
            lines
                .take_while(|line| line.is_empty() || line.starts_with([' ', '#']))
                .filter(|line| line.starts_with("  ") && !line.starts_with("   ") && !line.starts_with("  #"))
                .filter_map(|line| line.trim().split(':').next())
                .collect()
        };
        let (inherits, own) = (block("inherits"), block("causes"));
        for cause in &guides.get(&base.trim().parse().unwrap()).unwrap().causes {
            let id = cause.id.as_str();
            assert!(
                inherits.contains(&id) || own.contains(&id),
                "`inherits` says nothing of “{id}” from the guide “{base}”; write `{id}: {{}}` if it does nothing here"
            );
        }
        extended += 1;
    }
    assert!(extended > 0, "no built-in guide extends another");
}
