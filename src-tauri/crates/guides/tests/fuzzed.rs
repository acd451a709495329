//! Damaged content never brings the program down: a file that was cut, shuffled or scribbled on is read or refused with
//! its place, and what can still be read gives sensible probabilities.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use befund_checks::{Checks, parse_check};
use befund_content::builtin;
use befund_guides::{Evidence, Guides, diagnose};
use proptest::prelude::*;

/// What somebody's cat, editor or disk does to a file.
#[derive(Debug, Clone)]
enum Damage {
    /// A line is gone.
    Drop(usize),
    /// A line is there twice.
    Double(usize),
    /// Two lines have changed places.
    Swap(usize, usize),
    /// The rest is missing.
    Cut(usize),
    /// Something is typed over a place.
    Type(usize, String),
    /// A line is moved in or out.
    Indent(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = 0..10_000_usize;
    let typed = prop_oneof![
        "[\\PC]{0,6}",
        Just("&a ".into()),
        Just("*a".into()),
        Just("<<: ".into()),
        Just("!!binary ".into()),
        Just("{{{{{{[[[[".into()),
        Just("1e999".into()),
        Just("-0".into()),
        Just(".nan".into()),
        Just("\u{0}".into()),
        Just("99999999999999999999h".into()),
        Just("---\n".into()),
    ];
    prop_oneof![
        at.clone().prop_map(Damage::Drop),
        at.clone().prop_map(Damage::Double),
        (at.clone(), at.clone()).prop_map(|(a, b)| Damage::Swap(a, b)),
        at.clone().prop_map(Damage::Cut),
        (at.clone(), typed).prop_map(|(at, s)| Damage::Type(at, s)),
        (at, 0..9_usize).prop_map(|(at, by)| Damage::Indent(at, by)),
    ]
}

fn damaged(text: &str, damages: &[Damage]) -> String {
    let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    for damage in damages {
        let count = lines.len().max(1);
        let nth = |at: &usize| at % count;
        if lines.is_empty() {
            break;
        }
        match damage {
            Damage::Drop(at) => drop(lines.remove(nth(at))),
            Damage::Double(at) => lines.insert(nth(at), lines[nth(at)].clone()),
            Damage::Swap(a, b) => lines.swap(nth(a), nth(b)),
            Damage::Cut(at) => lines.truncate(nth(at)),
            Damage::Type(at, typed) => {
                let line = &mut lines[nth(at)];
                let mut places: Vec<usize> = line.char_indices().map(|(i, _)| i).collect();
                places.push(line.len());
                line.insert_str(places[at % places.len()], typed);
            }
            Damage::Indent(at, by) => {
                let line = &mut lines[nth(at)];
                *line = format!("{}{}", " ".repeat(*by), line.trim_start());
            }
        }
    }
    lines.join("\n")
}

fn checks() -> &'static Checks {
    thread_local!(static CHECKS: &'static Checks = Box::leak(Box::new(Checks::builtin())));
    CHECKS.with(|c| *c)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_damaged_guide_is_read_or_refused(
        which in 0..1000_usize,
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let files = builtin("guides");
        let (name, text) = &files[which % files.len()];
        let text = damaged(text, &damages);
        let (guides, _) = Guides::load(&[], checks());
        match guides.parse(name, &text, checks()) {
            Ok(guide) => {
                let checks_of = guide.checks();
                let failing = checks_of.iter().map(|c| (c, Ok(befund_checks::Status::Fail)));
                for evidence in [Evidence::default(), Evidence::of_statuses(failing)] {
                    let diagnosis = diagnose(&guide, checks(), &evidence);
                    let sum: f64 = diagnosis.causes.iter().map(|c| c.probability).sum();
                    prop_assert!((sum + diagnosis.no_problem - 1.0).abs() < 1e-6, "{sum}");
                }
            }
            Err(error) => prop_assert!(!error.message.is_empty() && error.to_string().starts_with(name.as_str())),
        }
    }

    #[test]
    fn a_damaged_check_is_read_or_refused(
        which in 0..1000_usize,
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let files = builtin("checks");
        let (name, text) = &files[which % files.len()];
        if let Err(errors) = parse_check(name, &damaged(text, &damages)) {
            prop_assert!(!errors.is_empty());
        }
    }
}
