//! The inference against a second one that is written in another way: every possible world is enumerated with its
//! probability, in plain numbers, and those that fit what was seen are counted. And what must hold of the next step.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
// Written to be compared with the formulas rather than to be short.
#![allow(clippy::option_option, clippy::needless_range_loop, clippy::type_complexity)]

use std::collections::{BTreeMap, BTreeSet};

use befund_checks::{CheckId, Checks, Status};
use befund_content::Text;
use befund_guides::{
    Answer, Cause, CauseId, Diagnosis, Evidence, Fix, Guide, HandOver, Level, NextStep, Outcome, Priority,
    Question, Risk, StepKind, Symptoms, diagnose,
};
use proptest::prelude::*;

const IDS: [&str; 4] = ["link.connected", "gateway.answers", "dns.server-answers", "web.open"];
const STATUSES: [Status; 3] = [Status::Ok, Status::Warn, Status::Fail];
const ANSWERS: [&str; 3] = ["a", "b", "c"];

/// Loading takes longer than a hundred diagnoses; once a thread is enough.
fn checks() -> &'static Checks {
    thread_local!(static CHECKS: &'static Checks = Box::leak(Box::new(Checks::builtin())));
    CHECKS.with(|c| *c)
}

fn text(s: &str) -> Text {
    Text { en: s.into(), de: s.into() }
}

fn check(i: usize) -> CheckId {
    IDS[i].parse().unwrap()
}

/// What a random cause says about one check or question: chances for some of three possibilities, at most 1 together.
type Row = [Option<f64>; 3];

#[derive(Debug, Clone)]
struct RawCause {
    prior: f64,
    checks: [Option<Row>; 4],
    answers: [Option<Row>; 2],
}

#[derive(Debug, Clone)]
struct RawFix {
    solves: Vec<f64>,
    cost: f64,
}

#[derive(Debug, Clone)]
struct Raw {
    causes: Vec<RawCause>,
    no_problem: f64,
    something_else: f64,
    fixes: Vec<RawFix>,
    question_costs: [f64; 2],
    hand_over: f64,
    /// Status by check, answer by question, what came of each fix: 0 untouched, 1 failed, 2 turned down.
    seen: [Option<usize>; 4],
    answered: [Option<Option<usize>>; 2],
    tried: Vec<u8>,
    still_broken: bool,
}

fn row() -> impl Strategy<Value = Row> {
    prop::array::uniform3(prop::option::of(0.0..=1.0_f64)).prop_map(|mut row| {
        let sum: f64 = row.iter().flatten().sum();
        if sum > 1.0 {
            row.iter_mut().flatten().for_each(|p| *p = (*p / sum).min(1.0));
        }
        row
    })
}

fn raw() -> impl Strategy<Value = Raw> {
    let cause = (
        0.1..40.0_f64,
        prop::array::uniform4(prop::option::of(row())),
        prop::array::uniform2(prop::option::of(row())),
    )
        .prop_map(|(prior, checks, answers)| RawCause { prior, checks, answers })
        .boxed();
    (1..5_usize, 0..5_usize)
        .prop_flat_map(move |(causes, fixes)| {
            let fix = (prop::collection::vec(prop_oneof![Just(0.0), 0.0..=1.0_f64], causes), 1.0..900.0_f64)
                .prop_map(|(solves, cost)| RawFix { solves, cost });
            (
                prop::collection::vec(cause.clone(), causes),
                0.0..30.0_f64,
                prop_oneof![Just(0.0), 0.0..10.0_f64],
                prop::collection::vec(fix, fixes),
                prop::array::uniform2(1.0..120.0_f64),
                10.0..3600.0_f64,
                prop::array::uniform4(prop::option::of(0..3_usize)),
                prop::array::uniform2(prop::option::of(prop::option::of(0..3_usize))),
                prop::collection::vec(0..3_u8, fixes),
                any::<bool>(),
            )
        })
        .prop_map(
            |(
                causes,
                no_problem,
                something_else,
                fixes,
                question_costs,
                hand_over,
                seen,
                answered,
                tried,
                still_broken,
            )| Raw {
                causes,
                no_problem,
                something_else,
                fixes,
                question_costs,
                hand_over,
                seen,
                answered,
                tried,
                still_broken,
            },
        )
}

fn named<K: Ord>(row: &Row, key: impl Fn(usize) -> K) -> BTreeMap<K, f64> {
    row.iter().enumerate().filter_map(|(i, p)| Some((key(i), (*p)?))).collect()
}

fn guide(raw: &Raw) -> Guide {
    let cause_id = |i: usize| format!("cause-{i}").parse().unwrap();
    let causes = raw
        .causes
        .iter()
        .enumerate()
        .map(|(i, c)| Cause {
            id: cause_id(i),
            title: text("cause"),
            meaning: None,
            prior: c.prior,
            level: Level::First,
            first_steps: Vec::new(),
            shows: (0..4)
                .filter_map(|k| Some((check(k), named(c.checks[k].as_ref()?, |s| STATUSES[s]))))
                .collect(),
            answers: (0..2)
                .filter_map(|q| {
                    let row = named(c.answers[q].as_ref()?, |a| ANSWERS[a].parse().unwrap());
                    Some((format!("question-{q}").parse().unwrap(), row))
                })
                .collect(),
        })
        .collect();
    let questions = (0..2)
        .map(|q| Question {
            id: format!("question-{q}").parse().unwrap(),
            ask: text("question"),
            hint: None,
            answers: ANSWERS.map(|a| Answer { id: a.parse().unwrap(), label: text(a) }).to_vec(),
            healthy: BTreeMap::new(),
            cost: raw.question_costs[q],
        })
        .collect();
    let fixes = raw
        .fixes
        .iter()
        .enumerate()
        .map(|(i, f)| Fix {
            id: format!("fix-{i}").parse().unwrap(),
            title: text("fix"),
            summary: None,
            steps: vec![text("do it")],
            action: None,
            solves: f.solves.iter().enumerate().map(|(c, p)| (cause_id(c), *p)).collect(),
            cost: f.cost,
            risk: Risk::Low,
            after: Vec::new(),
            verify: Vec::new(),
        })
        .collect();
    Guide {
        id: "random".parse().unwrap(),
        extends: None,
        title: text("random"),
        subtitle: None,
        icon: None,
        topic: befund_guides::Topic::Computer,
        common: false,
        symptoms: Symptoms::default(),
        first_steps: Vec::new(),
        causes,
        no_problem: raw.no_problem,
        something_else: raw.something_else,
        questions,
        fixes,
        hand_over: HandOver {
            cost: raw.hand_over,
            category: "network".into(),
            priority: Priority::Normal,
            level: Level::First,
        },
        path: Vec::new(),
    }
}

fn evidence(raw: &Raw) -> Evidence {
    let fixes = |what: u8| -> BTreeSet<_> {
        (0..raw.tried.len())
            .filter(|i| raw.tried[*i] == what)
            .map(|i| format!("fix-{i}").parse().unwrap())
            .collect()
    };
    Evidence {
        checks: (0..4).filter_map(|k| Some((check(k), STATUSES[raw.seen[k]?]))).collect(),
        answers: (0..2)
            .filter_map(|q| {
                Some((
                    format!("question-{q}").parse().unwrap(),
                    raw.answered[q]?.map(|a| ANSWERS[a].parse().unwrap()),
                ))
            })
            .collect(),
        fixes_failed: fixes(1),
        fixes_skipped: fixes(2),
        still_broken: raw.still_broken,
        ..Evidence::default()
    }
}

/// P of each of three possibilities: what is named, and the rest by the baseline.
fn full(row: Option<&Row>, baseline: [f64; 3]) -> [f64; 3] {
    let Some(row) = row else { return baseline };
    let mut out = [0.0; 3];
    let mut rest = 1.0;
    let mut weight = 0.0;
    let mut open = 0.0;
    for i in 0..3 {
        match row[i] {
            Some(p) => rest -= p,
            None => {
                weight += baseline[i];
                open += 1.0;
            }
        }
    }
    if rest < 1e-12 {
        rest = 0.0;
    }
    for i in 0..3 {
        out[i] = match row[i] {
            Some(p) => p,
            None if weight > 0.0 => f64::max(rest, 0.0) * baseline[i] / weight,
            None => f64::max(rest, 0.0) / open,
        };
    }
    out
}

fn healthy(checks: &Checks, k: usize) -> [f64; 3] {
    let check = checks.get(&check(k)).unwrap();
    let raw = STATUSES.map(|s| check.healthy(s));
    let sum: f64 = raw.iter().sum();
    raw.map(|p| p / sum)
}

/// Every world is a hypothesis, a status for each check the guide knows, and an answer for each question. Adds up the
/// probability of those that agree with what was seen. Last but one is "something else", last "no problem".
fn enumerate(raw: &Raw, checks: &Checks) -> Option<Vec<f64>> {
    let known: Vec<bool> = (0..4).map(|k| raw.causes.iter().any(|c| c.checks[k].is_some())).collect();
    let third = [1.0 / 3.0; 3];
    // (which hypothesis, its prior, statuses by check, answers by question)
    let mut worlds: Vec<(usize, f64, Vec<[f64; 3]>, Vec<[f64; 3]>)> = Vec::new();
    let n = raw.causes.len();
    for (i, cause) in raw.causes.iter().enumerate() {
        let statuses = (0..4).map(|k| full(cause.checks[k].as_ref(), healthy(checks, k))).collect();
        let answers = (0..2).map(|q| full(cause.answers[q].as_ref(), third)).collect();
        worlds.push((i, cause.prior, statuses, answers));
    }
    for touched in [0.02, 0.1, 0.3, 0.6] {
        let flat = (0..4).map(|k| healthy(checks, k).map(|p| p * (1.0 - touched) + touched / 3.0)).collect();
        worlds.push((n, raw.something_else / 4.0, flat, vec![third; 2]));
    }
    let no_problem = if raw.still_broken { 0.0 } else { raw.no_problem };
    worlds.push((n + 1, no_problem, (0..4).map(|k| healthy(checks, k)).collect(), vec![third; 2]));

    let mut mass = vec![0.0; n + 2];
    for (hypothesis, prior, statuses, answers) in worlds {
        for code in 0..3_usize.pow(6) {
            let digit = |at: u32| code / 3_usize.pow(at) % 3;
            let fits = (0..4).all(|k| !known[k] || raw.seen[k].is_none_or(|s| s == digit(k as u32)))
                && (0..2).all(|q| raw.answered[q].flatten().is_none_or(|a| a == digit(4 + q as u32)));
            if fits {
                let p: f64 = (0..4).map(|k| statuses[k][digit(k as u32)]).product::<f64>()
                    * (0..2).map(|q| answers[q][digit(4 + q as u32)]).product::<f64>();
                mass[hypothesis] += prior * p;
            }
        }
    }
    // Where every answer is named and they add up to less than 1, the worlds do not cover an answer that is not
    // seen; the engine leaves such a question out, so its sum must be taken out again.
    for (i, cause) in raw.causes.iter().enumerate() {
        for q in 0..2 {
            if raw.answered[q].flatten().is_none() {
                mass[i] /= full(cause.answers[q].as_ref(), third).iter().sum::<f64>();
            }
        }
        for k in 0..4 {
            if raw.seen[k].is_none() || !known[k] {
                mass[i] /= full(cause.checks[k].as_ref(), healthy(checks, k)).iter().sum::<f64>();
            }
        }
        for (fix, tried) in raw.fixes.iter().zip(&raw.tried) {
            mass[i] *= match tried {
                1 => 1.0 - fix.solves[i],
                2 => 1.0 - fix.solves[i] / 2.0,
                _ => 1.0,
            };
        }
    }
    let sum: f64 = mass.iter().sum();
    (sum > 0.0 && sum.is_finite()).then(|| mass.iter().map(|m| m / sum).collect())
}

fn probability(diagnosis: &Diagnosis, id: &str) -> f64 {
    diagnosis.causes.iter().find(|c| c.id == id).unwrap().probability
}

/// Rows whose every possibility is named with chance 0 say that nothing can be seen; no author means that.
fn sensible(raw: &Raw) -> bool {
    raw.causes.iter().all(|c| {
        c.checks
            .iter()
            .chain(&c.answers)
            .flatten()
            .all(|row| row.iter().any(Option::is_none) || row.iter().flatten().sum::<f64>() > 1e-6)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_posterior_is_what_counting_worlds_gives(raw in raw().prop_filter("sensible", sensible)) {
        let checks = checks();
        let diagnosis = diagnose(&guide(&raw), checks, &evidence(&raw));
        let sum: f64 = diagnosis.causes.iter().map(|c| c.probability).sum::<f64>() + diagnosis.no_problem;
        prop_assert!((sum - 1.0).abs() < 1e-9, "adds up to {sum}");
        prop_assert!(diagnosis.causes.windows(2).all(|w| w[0].probability >= w[1].probability));
        if let Some(expected) = enumerate(&raw, checks) {
            let n = raw.causes.len();
            for (i, p) in expected[..n].iter().enumerate() {
                let ours = probability(&diagnosis, &format!("cause-{i}"));
                prop_assert!((ours - p).abs() < 1e-9, "cause-{i}: {ours} and not {p}");
            }
            prop_assert!((probability(&diagnosis, CauseId::SOMETHING_ELSE) - expected[n]).abs() < 1e-9);
            prop_assert!((diagnosis.no_problem - expected[n + 1]).abs() < 1e-9);
        } else {
            prop_assert!(diagnosis.contradictory);
        }
    }

    #[test]
    fn the_next_step_is_the_cheapest_and_possible(raw in raw()) {
        let checks = checks();
        let guide = guide(&raw);
        let evidence = evidence(&raw);
        let diagnosis = diagnose(&guide, checks, &evidence);
        let steps = &diagnosis.steps;
        prop_assert!(steps.iter().all(|s| s.cost_seconds.is_finite() && s.cost_seconds > 0.0));
        prop_assert!(steps.windows(2).all(|w| w[0].cost_seconds <= w[1].cost_seconds));
        // Handing over is always possible, at its price, so nothing dearer is ever next.
        prop_assert!(steps.iter().any(|s| s.kind == StepKind::HandOver && (s.cost_seconds - raw.hand_over).abs() < 1e-9));
        match &diagnosis.next {
            NextStep::Question { id, cost_seconds, .. } => {
                prop_assert!(!evidence.answers.contains_key(id), "asked already");
                prop_assert!(*cost_seconds <= raw.hand_over);
            }
            NextStep::Fix { id, cost_seconds, cause, .. } => {
                prop_assert!(!evidence.fixes_failed.contains(id) && !evidence.fixes_skipped.contains(id));
                prop_assert!(*cost_seconds <= raw.hand_over);
                prop_assert!(cause.is_some());
            }
            NextStep::Measure { .. } => prop_assert!(false, "nothing is measured on request here"),
            NextStep::HandOver { .. } => prop_assert!(steps[0].kind == StepKind::HandOver),
            NextStep::NoProblem { .. } => {
                prop_assert_eq!(diagnosis.outcome, Outcome::NoProblem);
                prop_assert!(!evidence.still_broken);
            }
        }
        prop_assert_eq!(&diagnosis, &diagnose(&guide, checks, &evidence), "not the same twice");
    }

    /// With one fix a cause at most, trying in the order of efficiency is known to be the best order; all orders and
    /// all places to stop are tried here.
    #[test]
    fn fixes_come_in_the_best_order_of_all(
        priors in prop::collection::vec(0.5..30.0_f64, 1..5),
        solves in prop::collection::vec(0.05..=1.0_f64, 4),
        costs in prop::collection::vec(5.0..900.0_f64, 4),
        hand_over in 60.0..3600.0_f64,
    ) {
        let n = priors.len();
        let raw = Raw {
            causes: priors.iter().map(|p| RawCause { prior: *p, checks: [None; 4], answers: [None; 2] }).collect(),
            no_problem: 1.0,
            something_else: 1.0,
            fixes: (0..n).map(|f| RawFix {
                solves: (0..n).map(|c| if c == f { solves[f] } else { 0.0 }).collect(),
                cost: costs[f],
            }).collect(),
            question_costs: [1.0; 2],
            hand_over,
            seen: [None; 4],
            answered: [Some(None); 2],
            tried: vec![0; n],
            still_broken: false,
        };
        let diagnosis = diagnose(&guide(&raw), checks(), &evidence(&raw));
        let total: f64 = priors.iter().sum::<f64>() + 1.0;
        let best = orders(n).into_iter().map(|order| {
            let mut unsolved = 1.0;
            let mut cost = 0.0;
            for f in order {
                cost += costs[f] * unsolved;
                unsolved -= priors[f] / total * solves[f];
            }
            cost + hand_over * unsolved
        }).fold(f64::INFINITY, f64::min);
        let ours = diagnosis.steps[0].cost_seconds;
        prop_assert!((ours - best).abs() < 1e-6 * best, "{ours} and not {best}");
    }

    /// A question that costs more than it can tell is not asked; one that settles everything for little is.
    #[test]
    fn a_question_is_asked_when_it_pays(cheap in 1.0..5.0_f64) {
        let certain = |a: usize| { let mut row = [Some(0.0); 3]; row[a] = Some(1.0); row };
        let cause = |a: usize| RawCause { prior: 10.0, checks: [None; 4], answers: [Some(certain(a)), None] };
        let fix = |c: usize| RawFix { solves: (0..3).map(|i| f64::from(u8::from(i == c))).collect(), cost: 300.0 };
        let mut raw = Raw {
            causes: (0..3).map(cause).collect(),
            no_problem: 0.0,
            something_else: 0.0,
            fixes: (0..3).map(fix).collect(),
            question_costs: [cheap, 1.0],
            hand_over: 3000.0,
            seen: [None; 4],
            answered: [None; 2],
            tried: vec![0; 3],
            still_broken: false,
        };
        let checks = checks();
        let next = |raw: &Raw| diagnose(&guide(raw), checks, &evidence(raw)).next;
        let telling = next(&raw);
        prop_assert!(matches!(&telling, NextStep::Question { id, .. } if *id == "question-0"), "{telling:?}");
        raw.question_costs[0] = 1000.0;
        let dear = next(&raw);
        prop_assert!(matches!(dear, NextStep::Fix { .. }), "{dear:?}");
        // Once the cause is certain, nothing is asked any more.
        raw.question_costs[0] = cheap;
        raw.answered = [Some(Some(1)), None];
        let known = next(&raw);
        prop_assert!(matches!(&known, NextStep::Fix { id, .. } if *id == "fix-1"), "{known:?}");
        raw.hand_over = 200.0;
        let dearer_than_a_human = next(&raw);
        prop_assert!(matches!(dearer_than_a_human, NextStep::HandOver { .. }), "{dearer_than_a_human:?}");
    }
}

/// Every order of every part of the fixes.
fn orders(n: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    let mut at = 0;
    while at < all.len() {
        for f in 0..n {
            if !all[at].contains(&f) {
                let mut longer: Vec<usize> = all[at].clone();
                longer.push(f);
                all.push(longer);
            }
        }
        at += 1;
    }
    all
}

fn small(seen: [Option<usize>; 4]) -> Raw {
    // Two causes: each makes one check fail for certain, and the others work for certain.
    let sure = |fails: usize| {
        let mut rows = [Some([Some(1.0), Some(0.0), Some(0.0)]); 4];
        rows[fails] = Some([Some(0.0), Some(0.0), Some(1.0)]);
        RawCause { prior: 10.0, checks: rows, answers: [None; 2] }
    };
    Raw {
        causes: vec![sure(0), sure(1)],
        no_problem: 0.0,
        something_else: 0.0,
        fixes: vec![RawFix { solves: vec![0.9, 0.0], cost: 60.0 }],
        question_costs: [1000.0; 2],
        hand_over: 1200.0,
        seen,
        answered: [None; 2],
        tried: vec![0],
        still_broken: false,
    }
}

#[test]
fn what_is_impossible_under_every_cause_is_contradictory_and_teaches_nothing() {
    let checks = checks();
    let raw = small([Some(2), Some(2), None, None]);
    let diagnosis = diagnose(&guide(&raw), checks, &evidence(&raw));
    assert!(diagnosis.contradictory);
    assert_eq!(diagnosis.outcome, Outcome::Unsure);
    assert!((probability(&diagnosis, "cause-0") - 0.5).abs() < 1e-12, "{diagnosis:?}");
    assert!((probability(&diagnosis, "cause-1") - 0.5).abs() < 1e-12);
}

#[test]
fn what_one_cause_explains_is_no_contradiction() {
    let checks = checks();
    let raw = small([Some(2), Some(0), Some(0), Some(0)]);
    let diagnosis = diagnose(&guide(&raw), checks, &evidence(&raw));
    assert!(!diagnosis.contradictory);
    assert_eq!(diagnosis.outcome, Outcome::CauseFound);
    assert!((probability(&diagnosis, "cause-0") - 1.0).abs() < 1e-12);
}

#[test]
fn something_else_wins_where_no_cause_fits_and_loses_where_one_does() {
    let checks = checks();
    let never = |row: &mut RawCause| {
        for r in row.checks.iter_mut().flatten().flatten() {
            *r = r.map(|p| p.clamp(0.01, 0.98));
        }
    };
    let mut raw = small([Some(2), Some(2), Some(2), Some(2)]);
    raw.causes.iter_mut().for_each(never);
    raw.something_else = 1.0;
    raw.no_problem = 3.0;
    let odd = diagnose(&guide(&raw), checks, &evidence(&raw));
    assert_eq!(odd.causes[0].id, CauseId::SOMETHING_ELSE, "{odd:?}");
    assert!(odd.contradictory);
    raw.seen = [Some(2), Some(0), Some(0), Some(0)];
    let clear = diagnose(&guide(&raw), checks, &evidence(&raw));
    assert_eq!(clear.causes[0].id, "cause-0");
    assert!(probability(&clear, CauseId::SOMETHING_ELSE) < 0.05, "{clear:?}");
}

#[test]
fn a_fix_that_failed_counts_against_its_cause_and_one_turned_down_counts_less() {
    let checks = checks();
    let p = |tried: u8| {
        let mut raw = small([None; 4]);
        raw.tried = vec![tried];
        probability(&diagnose(&guide(&raw), checks, &evidence(&raw)), "cause-0")
    };
    assert!((p(0) - 0.5).abs() < 1e-12);
    assert!((p(1) - 0.1 / 1.1).abs() < 1e-12);
    assert!((p(2) - 0.55 / 1.55).abs() < 1e-12);
}

#[test]
fn unmeasured_results_change_nothing_unless_a_cause_names_them() {
    let checks = checks();
    let raw = small([None; 4]);
    let mut guide = guide(&raw);
    let mut evidence = evidence(&raw);
    let before = diagnose(&guide, checks, &evidence);
    evidence.checks = [(check(0), Status::Unknown), (check(1), Status::NotApplicable)].into();
    assert_eq!(before, diagnose(&guide, checks, &evidence));
    guide.causes[0].shows.insert(check(0), [(Status::Unknown, 0.9)].into());
    let after = diagnose(&guide, checks, &evidence);
    assert!(probability(&after, "cause-0") > 0.9, "{after:?}");
}

#[test]
fn what_must_come_before_comes_before() {
    let checks = checks();
    let mut raw = small([Some(2), None, None, None]);
    raw.fixes.push(RawFix { solves: vec![0.0, 0.0], cost: 30.0 });
    raw.tried.push(0);
    let mut guide = guide(&raw);
    guide.fixes[0].after = vec!["fix-1".parse().unwrap()];
    let mut evidence = evidence(&raw);
    let first = diagnose(&guide, checks, &evidence);
    assert!(matches!(&first.next, NextStep::Fix { id, .. } if *id == "fix-1"), "{:?}", first.next);
    assert!(!first.steps.iter().any(|s| s.id == "fix-0"), "not possible yet");
    // 30 s to prepare, 60 s to try, and one time in ten a human.
    assert!((first.steps[0].cost_seconds - (30.0 + 60.0 + 0.1 * 1200.0)).abs() < 1e-9, "{:?}", first.steps);
    // Also where it is only reckoned with: a question that tells nothing costs its own time on top.
    let asking = first.steps.iter().find(|s| s.id == "question-0").unwrap().cost_seconds;
    assert!((asking - (1000.0 + 30.0 + 60.0 + 0.1 * 1200.0)).abs() < 1e-9, "{:?}", first.steps);
    evidence.fixes_failed.insert("fix-1".parse().unwrap());
    let second = diagnose(&guide, checks, &evidence);
    assert!(matches!(&second.next, NextStep::Fix { id, .. } if *id == "fix-0"), "{:?}", second.next);
}

#[test]
fn all_is_well_only_where_something_was_measured() {
    let mut raw = small([None; 4]);
    raw.no_problem = 1000.0;
    let blind = diagnose(&guide(&raw), checks(), &evidence(&raw));
    assert!(blind.no_problem > 0.9);
    assert_eq!(blind.outcome, Outcome::Unsure);
    assert!(!matches!(blind.next, NextStep::NoProblem { .. }));
    raw.seen = [None, None, Some(0), None];
    let seen = diagnose(&guide(&raw), checks(), &evidence(&raw));
    assert_eq!(seen.outcome, Outcome::NoProblem);
}

#[test]
fn a_cause_is_found_only_where_something_speaks_for_it() {
    let mut raw = small([None; 4]);
    raw.causes.truncate(1);
    raw.fixes[0].solves.truncate(1);
    let guide = guide(&raw);
    let nothing = Evidence::default();
    let blind = diagnose(&guide, checks(), &nothing);
    assert!(probability(&blind, "cause-0") > 0.99, "{blind:?}");
    assert_eq!(blind.outcome, Outcome::Unsure);
    // What was not measured, an answer that is none, and a check of another guide say nothing either.
    let silent = Evidence {
        checks: [(check(0), Status::Unknown), ("cpu.load".parse().unwrap(), Status::Fail)].into(),
        answers: [("question-0".parse().unwrap(), None)].into(),
        ..Evidence::default()
    };
    assert_eq!(diagnose(&guide, checks(), &silent).outcome, Outcome::Unsure);
    let measured = Evidence { checks: [(check(0), Status::Fail)].into(), ..nothing };
    assert_eq!(diagnose(&guide, checks(), &measured).outcome, Outcome::CauseFound);
}
