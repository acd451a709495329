//! How long a decision takes with 100 causes and 200 observations, against the limit of a millisecond.
//! `cargo xtask bench` runs it; without optimisation its figures mean nothing.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends where it cannot go on"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use befund_checks::{CheckId, Checks, Status};
use befund_guides::{Evidence, Guides, diagnose};

const CAUSES: usize = 100;
const OBSERVATIONS: usize = 200;
/// Answered ones count among the observations.
const QUESTIONS: usize = 30;
const ANSWERED: usize = 25;
const FIXES: usize = 40;
/// Checks that a cause speaks of.
const ROWS: usize = 12;
const LIMIT: Duration = Duration::from_millis(1);
const RUNS: usize = 200;

fn main() {
    let checks = Checks::builtin();
    let ids: Vec<&CheckId> = checks.ids().take(OBSERVATIONS - ANSWERED).collect();
    assert_eq!(ids.len(), OBSERVATIONS - ANSWERED, "there are too few checks");
    let (guides, _) = Guides::load(&[], &checks);
    let guide = guides.parse("bench.yaml", &text(&ids), &checks).unwrap();
    // Every cause has the same chance of a check or two of its own that fail.
    let evidence = Evidence {
        checks: ids
            .iter()
            .enumerate()
            .map(|(i, id)| ((*id).clone(), if i % 60 == 7 { Status::Fail } else { Status::Ok }))
            .collect(),
        answers: (0..ANSWERED)
            .map(|q| (format!("question-{q}").parse().unwrap(), Some("no".parse().unwrap())))
            .collect::<BTreeMap<_, _>>(),
        ..Evidence::default()
    };
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(diagnose(&guide, &checks, std::hint::black_box(&evidence)));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let median = times[RUNS / 2];
    println!(
        "decision with {CAUSES} causes and {OBSERVATIONS} observations: median {:.3} ms of {RUNS}, {:.2} of the limit of {} ms",
        median.as_secs_f64() * 1e3,
        median.as_secs_f64() / LIMIT.as_secs_f64(),
        LIMIT.as_millis()
    );
    assert!(median <= LIMIT, "a decision takes longer than {LIMIT:?}");
}

fn text(ids: &[&CheckId]) -> String {
    let both = |s: &str| format!("{{ en: {s}, de: {s} }}");
    let mut guide = format!("id: bench\ntitle: {}\nsymptoms: {{ en: [], de: [] }}\ncauses:\n", both("bench"));
    for c in 0..CAUSES {
        let _ =
            write!(guide, "  cause-{c}:\n    title: {}\n    prior: {}\n    shows:\n", both("c"), 1 + c % 7);
        for k in 0..ROWS {
            let id = ids[(c * 7 + k * 17) % ids.len()];
            let _ = writeln!(guide, "      {id}: {{ fail: often }}");
        }
        let _ = writeln!(guide, "      question-{}: {{ yes: usually }}", c % QUESTIONS);
    }
    guide.push_str("questions:\n");
    for q in 0..QUESTIONS {
        let _ = write!(
            guide,
            "  question-{q}:\n    ask: {}\n    answers: {{ yes: {}, no: {} }}\n    cost: 20s\n",
            both("q"),
            both("y"),
            both("n")
        );
    }
    guide.push_str("fixes:\n");
    for f in 0..FIXES {
        let _ = write!(
            guide,
            "  fix-{f}:\n    title: {}\n    steps: [{}]\n    solves: {{ cause-{f}: usually, cause-{}: often }}\n    cost: {}m\n",
            both("f"),
            both("s"),
            f + FIXES,
            1 + f % 5
        );
    }
    guide
}
