//! What must hold of every guide that ships: all loads, each cause can be found, and each case comes to an end. Scenarios of
//! the guide `internet` have a file of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;

use befund_checks::{CheckId, Checks, Status};
use befund_content::load_dir;
use befund_guides::{AnswerId, Evidence, Guide, Guides, NextStep, Outcome, Priority, diagnose};

fn all() -> (Checks, Guides) {
    let checks = Checks::builtin();
    let (guides, errors) = Guides::builtin(&checks);
    assert!(errors.is_empty(), "{errors:?}");
    (checks, guides)
}

/// What checks say where nothing is wrong: of some, nearly always that the question does not arise.
fn healthy(guide: &Guide, checks: &Checks) -> Evidence {
    let usual = |id: CheckId| {
        let rare = checks.get(&id).unwrap().healthy(Status::NotApplicable) > 0.8;
        (id, if rare { Status::NotApplicable } else { Status::Ok })
    };
    Evidence { checks: guide.checks().into_iter().map(usual).collect(), ..Evidence::default() }
}

/// Among it: that the typical picture of each cause names it, and that every text keeps the wording rules.
#[test]
fn nothing_is_doubtful_in_what_ships() {
    let (_, guides) = all();
    let (files, errors) = load_dir("guides", &[]);
    assert!(errors.is_empty(), "{errors:?}");
    let doubts: Vec<String> = files
        .iter()
        .flat_map(|file| guides.lint(&file.name, &file.text).unwrap())
        .map(|doubt| doubt.to_string())
        .collect();
    assert!(doubts.is_empty(), "{}", doubts.join("\n"));
}

#[test]
fn where_all_is_in_order_there_is_no_problem_or_something_to_ask() {
    let (checks, guides) = all();
    for guide in guides.iter().filter(|guide| !guide.is_emergency()) {
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

/// Whatever is measured and answered, an emergency goes to a human, with something to do at once for every cause.
#[test]
fn an_emergency_goes_to_a_human_whatever_is_known() {
    let (checks, guides) = all();
    let emergencies: Vec<&Guide> = guides.iter().filter(|guide| guide.is_emergency()).collect();
    let ids: Vec<&str> = emergencies.iter().map(|guide| guide.id.as_str()).collect();
    assert_eq!(ids, ["lost-device", "malware", "phishing"]);
    for guide in emergencies {
        assert_eq!(guide.hand_over.priority, Priority::Urgent, "{}", guide.id);
        let answered = guide.causes.iter().map(|cause| {
            let likeliest = |row: &BTreeMap<AnswerId, f64>| {
                row.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(a, _)| a.clone())
            };
            let answers =
                cause.answers.iter().map(|(question, row)| (question.clone(), likeliest(row))).collect();
            Evidence { answers, ..Evidence::default() }
        });
        for evidence in answered.chain([Evidence::default(), healthy(guide, &checks)]) {
            let diagnosis = diagnose(guide, &checks, &evidence);
            assert!(matches!(diagnosis.next, NextStep::HandOver { .. }), "{}: {diagnosis:?}", guide.id);
            assert!(diagnosis.no_problem <= 0.0, "{}: {diagnosis:?}", guide.id);
        }
    }
}
