//! What must hold of every guide that ships: all loads, each cause can be found, and each case comes to an end. Scenarios of
//! the guide `internet` have a file of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;

use befund_checks::{CheckId, Checks, Status};
use befund_guides::{Evidence, Guide, Guides, NextStep, Outcome, diagnose};

fn all() -> (Checks, Guides) {
    let checks = Checks::builtin();
    let (guides, errors) = Guides::builtin(&checks);
    assert!(errors.is_empty(), "{errors:?}");
    (checks, guides)
}

/// What a cause shows at its most typical: the likeliest status of each check, the likeliest answer to each question.
fn typical(guide: &Guide, checks: &Checks, cause: usize) -> Evidence {
    let mut evidence = healthy(guide, checks);
    let cause = &guide.causes[cause];
    for (check, row) in &cause.shows {
        let rest = 1.0 - row.values().sum::<f64>();
        let (status, p) = row.iter().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        if *p >= rest && checks.get(check).is_some() {
            evidence.checks.insert(check.clone(), *status);
        }
    }
    for (question, row) in &cause.answers {
        let (answer, p) = row.iter().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        if *p >= 0.5 {
            evidence.answers.insert(question.clone(), Some(answer.clone()));
        }
    }
    evidence
}

/// What checks say where nothing is wrong: of some, nearly always that the question does not arise.
fn healthy(guide: &Guide, checks: &Checks) -> Evidence {
    let usual = |id: CheckId| {
        let rare = checks.get(&id).unwrap().healthy(Status::NotApplicable) > 0.8;
        (id, if rare { Status::NotApplicable } else { Status::Ok })
    };
    Evidence { checks: guide.checks().into_iter().map(usual).collect(), ..Evidence::default() }
}

#[test]
fn the_typical_picture_of_each_cause_names_it() {
    let (checks, guides) = all();
    for guide in guides.iter() {
        for (i, cause) in guide.causes.iter().enumerate() {
            let diagnosis = diagnose(guide, &checks, &typical(guide, &checks, i));
            let top: Vec<String> =
                diagnosis.causes.iter().take(3).map(|c| format!("{} {:.3}", c.id, c.probability)).collect();
            println!(
                "{}: {}: {} | no problem {:.3}",
                guide.id,
                cause.id,
                top.join(", "),
                diagnosis.no_problem
            );
            assert_eq!(diagnosis.causes[0].id, cause.id, "{}: {top:?}", guide.id);
        }
    }
}

#[test]
fn where_all_is_in_order_there_is_no_problem_or_something_to_ask() {
    let (checks, guides) = all();
    for guide in guides.iter() {
        let diagnosis = diagnose(guide, &checks, &healthy(guide, &checks));
        // Some causes cannot be measured; then it takes a question, or something quickly tried.
        let fine = match &diagnosis.next {
            NextStep::NoProblem { .. } => diagnosis.outcome == Outcome::NoProblem,
            NextStep::Question { .. } | NextStep::Fix { .. } => diagnosis.outcome == Outcome::Unsure,
            NextStep::Measure { .. } | NextStep::HandOver { .. } => false,
        };
        assert!(fine, "{}: {diagnosis:?}", guide.id);
    }
}

#[test]
fn every_guide_has_its_words_and_every_cause_a_way_out() {
    let (checks, guides) = all();
    for guide in guides.iter() {
        assert!(guide.subtitle.is_some() && guide.icon.is_some(), "{}", guide.id);
        assert!(guide.symptoms.en.len() >= 5 && guide.symptoms.de.len() >= 5, "{}", guide.id);
        for cause in &guide.causes {
            assert!(cause.meaning.is_some(), "{}", cause.id);
            let helped = guide.fixes.iter().any(|f| f.solves.contains_key(&cause.id));
            assert!(helped || cause.level > befund_guides::Level::First, "no way out of {}", cause.id);
            for (check, row) in &cause.shows {
                let possible = checks.get(check).unwrap().statuses();
                for status in row.keys() {
                    assert!(possible.contains(status), "{}: {check} never shows {status}", cause.id);
                }
            }
        }
        for fix in &guide.fixes {
            assert!(!fix.verify.is_empty() && fix.summary.is_some() && fix.steps.len() > 1, "{}", fix.id);
        }
    }
}

/// The wording rules that a machine can hold.
#[test]
fn texts_keep_the_wording_rules() {
    let (_, guides) = all();
    for guide in guides.iter() {
        let mut texts: BTreeMap<String, &befund_content::Text> = BTreeMap::new();
        texts.insert("title".into(), &guide.title);
        for c in &guide.causes {
            texts.insert(format!("{}.title", c.id), &c.title);
            texts.extend(c.meaning.as_ref().map(|m| (format!("{}.meaning", c.id), m)));
        }
        for q in &guide.questions {
            texts.insert(format!("{}.ask", q.id), &q.ask);
            texts.extend(q.hint.as_ref().map(|h| (format!("{}.hint", q.id), h)));
            assert!(q.ask.en.ends_with('?') && q.ask.de.ends_with('?'), "{}: {}", guide.id, q.id);
        }
        for f in &guide.fixes {
            texts.insert(format!("{}.title", f.id), &f.title);
            texts.extend(f.summary.as_ref().map(|s| (format!("{}.summary", f.id), s)));
            texts.extend(f.steps.iter().enumerate().map(|(i, s)| (format!("{}.steps.{i}", f.id), s)));
        }
        for (at, text) in texts {
            for bad in ["!", "leider", "bitte", "Bitte", "please", "Please", "\"", "Oops"] {
                assert!(!text.de.contains(bad) && !text.en.contains(bad), "{}: {at}: “{bad}”", guide.id);
            }
            assert!(!text.en.contains('„') && !text.de.contains('”'), "{}: {at}: quotation marks", guide.id);
        }
    }
}
