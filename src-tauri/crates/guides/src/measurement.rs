//! Measurements on request as observations with a cost: which are open in a case, and what they would show.
//!
//! The automatic round leaves out what costs something and says so (`not_requested`). What the checks of
//! such a subject would say is as uncertain as the answer to a question, and is reckoned with in the same
//! way: every combination of their results is a row, with its probability under each hypothesis.

use std::collections::BTreeMap;

use befund_checks::{CheckId, Status};
use befund_facts::Subject;

use crate::guide::Guide;
use crate::likelihood::{self, Model};
use crate::{CauseId, Evidence};

/// More combinations than of five checks with three results each would hold up the next step.
const MOST_ROWS: usize = 243;

/// A measurement that can be offered: P(results), by combination and then by hypothesis without "no problem".
pub(crate) struct Measurement {
    pub(crate) subject: Subject,
    pub(crate) cost: f64,
    pub(crate) rows: Vec<Vec<f64>>,
}

/// The measurements that nobody has agreed to or turned down yet, in the order of the registry.
pub(crate) fn open(model: &Model<'_>, evidence: &Evidence) -> Vec<Measurement> {
    let mut of_subject: BTreeMap<Subject, Vec<CheckId>> = BTreeMap::new();
    let named = model.guide.checks();
    for check in evidence.on_request.iter().filter(|c| named.contains(*c)) {
        if let Some(subject) = model.baseline.on_request(check)
            && !evidence.declined.contains(&subject)
        {
            of_subject.entry(subject).or_default().push(check.clone());
        }
    }
    of_subject
        .into_iter()
        .filter_map(|(subject, checks)| {
            let cost = subject.on_request()?.seconds;
            Some(Measurement { subject, cost, rows: rows(model, &checks) })
        })
        .collect()
}

fn rows(model: &Model<'_>, checks: &[CheckId]) -> Vec<Vec<f64>> {
    let mut combinations: Vec<Vec<(CheckId, Status)>> = vec![Vec::new()];
    for check in checks {
        let statuses = model.counting(check);
        if combinations.len() * statuses.len() > MOST_ROWS {
            break;
        }
        combinations = combinations
            .iter()
            .flat_map(|so_far| {
                statuses.iter().map(|status| {
                    let mut next = so_far.clone();
                    next.push((check.clone(), *status));
                    next
                })
            })
            .collect();
    }
    combinations
        .into_iter()
        .map(|results| {
            let alone = Evidence { checks: results.into_iter().collect(), ..Evidence::default() };
            let mut row: Vec<f64> =
                likelihood::of_observations(model, &alone).into_iter().map(f64::exp).collect();
            // "No problem" is last, and costs nothing whatever is done.
            row.pop();
            row
        })
        .filter(|row| row.iter().any(|p| *p > 0.0))
        .collect()
}

/// The two causes that are likely and that these rows tell apart best, the likelier one first.
pub(crate) fn told_apart<'g>(
    guide: &'g Guide,
    rows: &[Vec<f64>],
    belief: &[f64],
) -> Option<(&'g CauseId, &'g CauseId)> {
    let mut best: Option<(f64, usize, usize)> = None;
    for a in 0..guide.causes.len() {
        for b in a + 1..guide.causes.len() {
            let apart: f64 = rows.iter().map(|r| (r[a] - r[b]).abs()).sum();
            let weight = belief[a] * belief[b] * apart;
            if weight > 0.0 && best.is_none_or(|(w, ..)| weight > w) {
                best = Some((weight, a, b));
            }
        }
    }
    let (_, a, b) = best?;
    let (a, b) = if belief[a] >= belief[b] { (a, b) } else { (b, a) };
    Some((&guide.causes[a].id, &guide.causes[b].id))
}
