//! Whether people are understood: the phrases of `search/phrases.yaml`, put to the built-in guides. One half of them is
//! for tuning; the other half only says how good the search is.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test ends where it fails, and says how good the search is"
)]

use befund_app::{App, Lang, Paths};
use befund_content::parse_yaml;
use serde::Deserialize;

/// One of `de` and `en`, and what is meant.
#[derive(Deserialize)]
struct Phrase {
    de: Option<String>,
    en: Option<String>,
    means: Vec<String>,
}

fn app(folder: &std::path::Path) -> App {
    App::open(Paths { data: folder.join("data"), policy: None, content: Vec::new() })
        .unwrap()
        .speaking(Lang::De)
}

/// The phrases of both languages, each with whether it is for tuning: every second one of a language.
fn phrases() -> Vec<(String, Vec<String>, bool)> {
    let all: Vec<Phrase> = parse_yaml("phrases.yaml", include_str!("search/phrases.yaml")).unwrap();
    let (mut de, mut en) = (0, 0);
    all.into_iter()
        .map(|phrase| {
            let (text, count) = match (phrase.de, phrase.en) {
                (Some(text), None) => (text, &mut de),
                (None, Some(text)) => (text, &mut en),
                _ => unreachable!("a phrase is in one language"),
            };
            *count += 1;
            (text, phrase.means, *count % 2 == 1)
        })
        .collect()
}

/// Of a half: how many were asked, right first, and among the first three.
#[derive(Default)]
struct Figures {
    asked: usize,
    first: usize,
    three: usize,
}

#[test]
fn people_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(folder.path());
    let [mut tuning, mut report] = [Figures::default(), Figures::default()];
    // Whoever tunes looks at the tuning half alone: `BEFUND_MISSES=tuning`.
    let shown = std::env::var("BEFUND_MISSES").unwrap_or_default();
    for (text, means, tunes) in phrases() {
        let hits = app.search(&text);
        let place = hits.iter().position(|hit| means.contains(&hit.id));
        let (half, name) = if tunes { (&mut tuning, "tuning") } else { (&mut report, "report") };
        half.asked += 1;
        half.first += usize::from(place == Some(0));
        half.three += usize::from(place.is_some_and(|place| place < 3));
        if place != Some(0) && shown == name {
            let found: Vec<_> = hits.iter().take(4).map(|h| format!("{} {:.2}", h.id, h.score)).collect();
            eprintln!("{text:?} means {means:?}, found {found:?}");
        }
    }
    let share = |n: usize, of: usize| n as f64 / of as f64;
    for (name, half) in [("tuning", &tuning), ("report", &report)] {
        eprintln!(
            "{name}: {} phrases, right first {:.3}, among the first three {:.3}",
            half.asked,
            share(half.first, half.asked),
            share(half.three, half.asked)
        );
    }
    assert!(share(report.first, report.asked) >= 0.85, "too few are right first");
    assert!(share(report.three, report.asked) >= 0.95, "too few are among the first three");
}

/// A set that leaves a guide out, or a language, measures little.
#[test]
fn the_phrases_are_about_all_guides_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let guides = app(folder.path()).guide_list().guides;
    let all: Vec<Phrase> = parse_yaml("phrases.yaml", include_str!("search/phrases.yaml")).unwrap();
    assert!(all.len() >= 320, "{}", all.len());
    let mut texts: Vec<&String> = all.iter().filter_map(|p| p.de.as_ref().or(p.en.as_ref())).collect();
    texts.sort();
    assert!(texts.is_sorted_by(|a, b| a < b), "a phrase is there twice");
    for guide in &guides {
        let of_guide: Vec<&Phrase> = all.iter().filter(|p| p.means[0] == guide.id).collect();
        let german = of_guide.iter().filter(|p| p.de.is_some()).count();
        assert!(german >= 5 && of_guide.len() - german >= 5, "{}: {german} of {}", guide.id, of_guide.len());
    }
    for id in all.iter().flat_map(|phrase| &phrase.means) {
        assert!(guides.iter().any(|guide| guide.id == *id), "there is no guide {id}");
    }
}

#[test]
fn what_is_no_problem_finds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(folder.path());
    for text in [
        "",
        "?!",
        "asdfgh",
        "xyzzy plugh",
        "qwertz uiop",
        "geht nicht",
        "it does not work",
        "hilfe",
        "guten Morgen zusammen",
        "Rezept für Apfelkuchen",
        "banana bread recipe",
        "where is the canteen",
        "wann ist Feierabend",
        "12345",
        "🙈🙉🙊",
    ] {
        let found: Vec<_> = app.search(text).into_iter().map(|hit| (hit.id, hit.score)).collect();
        assert_eq!(found, [], "{text:?}");
    }
}
