//! P(evidence given a hypothesis). One fault is assumed at a time, so the hypotheses exclude each other:
//! every cause of the guide, "something else", and "no problem". Nothing is decided here.
//!
//! - A **check** that a cause names: the probability is what `shows` says; the statuses it leaves out
//!   share the rest in proportion to the check's healthy baseline (evenly where the baseline gives them
//!   nothing). A check that it does not name follows the healthy baseline.
//! - `unknown` and `not_applicable` are evidence only for a check where some cause of the guide names them;
//!   elsewhere they change nothing, for any hypothesis. The baseline is spread over the statuses that count.
//! - An **answer** works the same way, with the question's `healthy` answers as the baseline (all as likely
//!   where the question gives none). "I don't know" changes nothing.
//! - A **fix that failed**: 1 − `solves`. A **fix that was turned down** is half as strong, 1 − `solves` / 2:
//!   the person has a reason, and can be wrong.
//! - **No problem** follows the healthy baselines throughout.
//! - **Something else** is unknown, so nothing can be said about which checks it touches. It is a mixture of
//!   four flattened copies of the healthy baseline: in each, every check is touched with the same chance
//!   (2, 10, 30 or 60 in 100) and then shows any status as likely as another. One of the copies fits any
//!   amount of disturbance passably, so "something else" wins where every cause is contradicted; none
//!   fits a pattern well, so it loses to a cause that explains it. Answers are half baseline, half even.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use befund_checks::{CheckId, Checks, Status};
use befund_facts::Subject;

use crate::guide::{Cause, Fix, Guide, Question};
use crate::{AnswerId, CauseId, Evidence};

/// How much of a skipped fix's strength counts against its causes.
pub(crate) const SKIP_STRENGTH: f64 = 0.5;

/// Chances of a check being touched by something unknown.
const TOUCHED: [f64; 4] = [0.02, 0.1, 0.3, 0.6];

/// How a check behaves where nothing is wrong. The checks crate knows it; tests make it up.
pub(crate) trait Baseline {
    fn healthy(&self, check: &CheckId, status: Status) -> f64;

    /// The subject that a check needs and that is measured on request only.
    fn on_request(&self, check: &CheckId) -> Option<Subject>;
}

impl Baseline for Checks {
    fn healthy(&self, check: &CheckId, status: Status) -> f64 {
        match self.get(check) {
            Some(check) => check.healthy(status),
            // Not reached: a guide that names an unknown check is not loaded.
            None => f64::from(u8::from(status == Status::Ok)),
        }
    }

    fn on_request(&self, check: &CheckId) -> Option<Subject> {
        self.get(check)?.subjects().iter().copied().find(|subject| subject.on_request().is_some())
    }
}

/// One of the explanations that exclude each other.
#[derive(Clone, Copy)]
pub(crate) enum Hypothesis<'g> {
    Cause(&'g Cause),
    SomethingElse,
    NoProblem,
}

impl<'g> Hypothesis<'g> {
    /// All of them: the causes in the order of the file, then the two that every guide has.
    pub(crate) fn all(guide: &'g Guide) -> Vec<Self> {
        Self::problems(guide).chain([Self::NoProblem]).collect()
    }

    /// Those of them under which something is wrong.
    pub(crate) fn problems(guide: &'g Guide) -> impl Iterator<Item = Self> {
        Self::causes(guide).chain([Self::SomethingElse])
    }

    /// Those that the guide describes.
    pub(crate) fn causes(guide: &'g Guide) -> impl Iterator<Item = Self> {
        guide.causes.iter().map(Hypothesis::Cause)
    }

    /// Its weight before anything is known.
    pub(crate) fn prior(self, guide: &Guide) -> f64 {
        match self {
            Self::Cause(cause) => cause.prior,
            Self::SomethingElse => guide.something_else,
            Self::NoProblem => guide.no_problem,
        }
    }

    /// The cause it stands for; `None` for "no problem".
    pub(crate) fn id(self) -> Option<CauseId> {
        match self {
            Self::Cause(cause) => Some(cause.id.clone()),
            Self::SomethingElse => Some(CauseId::something_else()),
            Self::NoProblem => None,
        }
    }
}

/// A guide with the baseline of its checks, and what counts as evidence in it: worked out once for a decision,
/// because every piece of evidence is weighed against every cause.
pub(crate) struct Model<'g> {
    pub(crate) guide: &'g Guide,
    pub(crate) baseline: &'g dyn Baseline,
    counting: HashMap<&'g CheckId, [bool; Status::ALL.len()]>,
}

/// A result that counts.
pub(crate) struct Seen<'e> {
    pub(crate) check: &'e CheckId,
    pub(crate) status: Status,
    /// How a healthy computer shows the statuses that count.
    healthy: Vec<(Status, f64)>,
}

impl<'g> Model<'g> {
    pub(crate) fn new(guide: &'g Guide, baseline: &'g dyn Baseline) -> Self {
        let always = Status::ALL.map(|s| matches!(s, Status::Ok | Status::Warn | Status::Fail));
        let mut counting: HashMap<_, _> = guide.named().map(|check| (check, always)).collect();
        for (check, row) in guide.causes.iter().flat_map(|c| &c.shows) {
            if let Some(counts) = counting.get_mut(check) {
                for (is_named, status) in counts.iter_mut().zip(Status::ALL) {
                    *is_named |= row.contains_key(&status);
                }
            }
        }
        Self { guide, baseline, counting }
    }

    /// The statuses of a check that count as evidence in this guide; none of one that the guide does not name.
    pub(crate) fn counting(&self, check: &CheckId) -> Vec<Status> {
        let Some(counts) = self.counting.get(check) else { return Vec::new() };
        Status::ALL.into_iter().zip(counts).filter_map(|(s, counts)| counts.then_some(s)).collect()
    }

    /// The results that the guide has something to say about.
    pub(crate) fn relevant<'e>(
        &self,
        evidence: &'e Evidence,
    ) -> impl Iterator<Item = (&'e CheckId, Status)> + use<'e, '_> {
        let named = evidence.checks.iter().filter(|(check, _)| self.counting.contains_key(*check));
        named.map(|(check, status)| (check, *status))
    }

    /// Those of them that count.
    pub(crate) fn seen<'e>(&self, evidence: &'e Evidence) -> Vec<Seen<'e>> {
        self.relevant(evidence)
            .map(|(check, status)| Seen { check, status, healthy: self.healthy(check) })
            .filter(|seen| seen.healthy.iter().any(|(s, _)| *s == seen.status))
            .collect()
    }

    /// The healthy baseline of a check over the statuses that count.
    fn healthy(&self, check: &CheckId) -> Vec<(Status, f64)> {
        let chance = |s| (s, self.baseline.healthy(check, s).max(0.0));
        spread(self.counting(check).into_iter().map(chance).collect())
    }
}

/// What a cause says of each of the results, which are in the order of the checks' ids as its own rows are.
fn rows<'c>(cause: &'c Cause, seen: &[Seen<'_>]) -> impl Iterator<Item = Option<&'c BTreeMap<Status, f64>>> {
    let mut named = cause.shows.iter().peekable();
    seen.iter().map(move |seen| {
        while named.next_if(|(check, _)| *check < seen.check).is_some() {}
        named.next_if(|(check, _)| *check == seen.check).map(|(_, row)| row)
    })
}

/// Spread over what counts, so that it adds up to one; even where nothing is known.
fn spread<K: Clone>(weights: Vec<(K, f64)>) -> Vec<(K, f64)> {
    let sum: f64 = weights.iter().map(|(_, w)| w).sum();
    let count = weights.len() as f64;
    weights.into_iter().map(|(k, w)| (k, if sum > 0.0 { w / sum } else { 1.0 / count })).collect()
}

/// P(`seen`) where an author named some of the possibilities and a baseline covers the others.
fn share<K: PartialEq + Ord>(named: Option<&BTreeMap<K, f64>>, baseline: &[(K, f64)], seen: &K) -> f64 {
    let of = |k: &K| baseline.iter().find(|(b, _)| b == k).map_or(0.0, |(_, p)| *p);
    let Some(named) = named else { return of(seen) };
    if let Some(p) = named.get(seen) {
        return *p;
    }
    // What is left of one by rounding is nothing: it would tell causes apart by their last digit.
    let rest = Some(1.0 - named.values().sum::<f64>()).filter(|rest| *rest > 1e-12).unwrap_or_default();
    let others = || baseline.iter().filter(|(k, _)| !named.contains_key(k));
    let weight: f64 = others().map(|(_, p)| p).sum();
    if weight > 0.0 { rest * of(seen) / weight } else { rest / others().count() as f64 }
}

/// A question with how its answers are spread where nothing is wrong: worked out once for all hypotheses.
pub(crate) struct Answers<'q> {
    question: &'q Question,
    healthy: Vec<(AnswerId, f64)>,
}

impl<'q> Answers<'q> {
    pub(crate) fn of(question: &'q Question) -> Self {
        let even: Vec<(AnswerId, f64)> =
            spread(question.answers.iter().map(|a| (a.id.clone(), 0.0)).collect());
        let named = Some(&question.healthy).filter(|healthy| !healthy.is_empty());
        let healthy = even.iter().map(|(a, _)| (a.clone(), share(named, &even, a))).collect();
        Self { question, healthy }
    }

    /// P(an answer given a hypothesis).
    pub(crate) fn chance(&self, hypothesis: Hypothesis<'_>, answer: &AnswerId) -> f64 {
        match hypothesis {
            Hypothesis::Cause(cause) => share(cause.answers.get(&self.question.id), &self.healthy, answer),
            Hypothesis::NoProblem => share(None, &self.healthy, answer),
            Hypothesis::SomethingElse => {
                0.5 * share(None, &self.healthy, answer) + 0.5 / self.healthy.len() as f64
            }
        }
    }
}

/// The answers that say something.
fn given<'e>(guide: &'e Guide, evidence: &'e Evidence) -> Vec<(Answers<'e>, &'e AnswerId)> {
    let answered = evidence.answers.iter().filter_map(|(id, answer)| {
        let (question, answer) = (guide.question(id)?, answer.as_ref()?);
        question.answer(answer).is_some().then(|| (Answers::of(question), answer))
    });
    answered.collect()
}

/// P(a fix helps given a hypothesis).
pub(crate) fn of_help(hypothesis: Hypothesis<'_>, fix: &Fix) -> f64 {
    match hypothesis {
        Hypothesis::Cause(cause) => fix.solves.get(&cause.id).copied().unwrap_or(0.0),
        Hypothesis::SomethingElse | Hypothesis::NoProblem => 0.0,
    }
}

/// ln P(results and answers given each hypothesis), in the order of [`Hypothesis::all`]. Impossible is −∞.
pub(crate) fn of_observations(model: &Model<'_>, evidence: &Evidence) -> Vec<f64> {
    let hypotheses = Hypothesis::all(model.guide);
    let seen = model.seen(evidence);
    let usual: Vec<f64> = seen.iter().map(|s| share(None, &s.healthy, &s.status)).collect();
    let usual_logs: Vec<f64> = usual.iter().map(|p| p.ln()).collect();
    let mut copies = [0.0; TOUCHED.len()];
    for (seen, usual) in seen.iter().zip(&usual) {
        let even = 1.0 / seen.healthy.len() as f64;
        for (copy, touched) in copies.iter_mut().zip(TOUCHED) {
            *copy += ((1.0 - touched) * usual + touched * even).ln();
        }
    }
    let answers = given(model.guide, evidence);
    hypotheses
        .iter()
        .map(|hypothesis| {
            let checks: f64 = match hypothesis {
                Hypothesis::Cause(cause) => rows(cause, &seen)
                    .zip(seen.iter().zip(&usual_logs))
                    .map(|(row, (seen, usual))| {
                        row.map_or(*usual, |row| share(Some(row), &seen.healthy, &seen.status).ln())
                    })
                    .sum(),
                Hypothesis::NoProblem => usual_logs.iter().sum(),
                Hypothesis::SomethingElse => log_sum(&copies) - (copies.len() as f64).ln(),
            };
            checks + answers.iter().map(|(of, answer)| of.chance(*hypothesis, answer).ln()).sum::<f64>()
        })
        .collect()
}

/// P(status given a hypothesis), for the statuses of a check that count. "Something else" is not one
/// distribution; see [`of_touched`].
pub(crate) fn of_check(model: &Model<'_>, hypothesis: Hypothesis<'_>, check: &CheckId) -> Vec<(Status, f64)> {
    let healthy = model.healthy(check);
    let named = match hypothesis {
        Hypothesis::Cause(cause) => cause.shows.get(check),
        Hypothesis::SomethingElse | Hypothesis::NoProblem => None,
    };
    healthy.iter().map(|(status, _)| (*status, share(named, &healthy, status))).collect()
}

/// The same for one of the copies that "something else" is a mixture of; which one, is a number from 0 to 1.
pub(crate) fn of_touched(model: &Model<'_>, copy: f64, check: &CheckId) -> Vec<(Status, f64)> {
    let at = (copy * TOUCHED.len() as f64) as usize;
    let touched = TOUCHED[at.min(TOUCHED.len() - 1)];
    let healthy = model.healthy(check);
    let even = 1.0 / healthy.len() as f64;
    healthy.into_iter().map(|(status, usual)| (status, (1.0 - touched) * usual + touched * even)).collect()
}

/// ln of how much likelier the results and answers are with each cause beside `first` than with `first` alone,
/// in the order of the file; `None` where something rules `first` out altogether, and so beside another too.
/// A check that both touch shows the worse of what each makes it show (a
/// noisy-max); what one of them keeps from being measured is not measured. To answers both have their say.
pub(crate) fn gain_beside(model: &Model<'_>, evidence: &Evidence, first: &Cause) -> Option<Vec<f64>> {
    // What one more cause makes of a chance; nothing where there was none.
    let gained = |both: f64, alone: f64| both.max(f64::MIN_POSITIVE).ln() - alone.ln();
    let guide = model.guide;
    let seen = model.seen(evidence);
    let firsts: Vec<_> = rows(first, &seen).collect();
    let alone: Vec<f64> =
        seen.iter().zip(&firsts).map(|(seen, row)| share(*row, &seen.healthy, &seen.status)).collect();
    if alone.iter().any(|p| *p <= 0.0) {
        return None;
    }
    let of_second = |second: &Cause| -> f64 {
        rows(second, &seen)
            .zip(&seen)
            .zip(firsts.iter().zip(&alone))
            .map(|((row, seen), (first, alone))| {
                let both = match (first, row) {
                    // Most causes say nothing of most checks.
                    (_, None) => return 0.0,
                    (None, Some(_)) => share(row, &seen.healthy, &seen.status),
                    (Some(_), Some(_)) => {
                        // At most this bad, and less bad than this: the difference is exactly this bad.
                        let up_to = |row: Option<&BTreeMap<Status, f64>>, inclusive: bool| -> f64 {
                            seen.healthy
                                .iter()
                                .filter(|(s, _)| {
                                    severity(*s) < severity(seen.status) || inclusive && *s == seen.status
                                })
                                .map(|(s, _)| share(row, &seen.healthy, s))
                                .sum()
                        };
                        let product = |inclusive| up_to(*first, inclusive) * up_to(row, inclusive);
                        product(true) - product(false)
                    }
                };
                gained(both, *alone)
            })
            .sum()
    };
    let mut gains: Vec<f64> = guide.causes.iter().map(of_second).collect();
    for (of, answer) in given(guide, evidence) {
        let alone = of.chance(Hypothesis::Cause(first), answer);
        if alone <= 0.0 {
            return None;
        }
        for (gain, second) in gains.iter_mut().zip(&guide.causes) {
            let both = alone.midpoint(of.chance(Hypothesis::Cause(second), answer));
            *gain += gained(both, alone);
        }
    }
    Some(gains)
}

/// How much a status hides what a lesser one would show.
const fn severity(status: Status) -> u8 {
    match status {
        Status::Ok => 0,
        Status::Warn => 1,
        Status::Fail => 2,
        Status::NotApplicable => 3,
        Status::Unknown => 4,
    }
}

/// ln P(fixes failed and turned down given each hypothesis).
pub(crate) fn of_fixes(guide: &Guide, evidence: &Evidence) -> Vec<f64> {
    let log = |hypothesis: Hypothesis<'_>, ids: &BTreeSet<crate::FixId>, strength: f64| -> f64 {
        ids.iter()
            .filter_map(|id| guide.fix(id))
            .map(|fix| (1.0 - strength * of_help(hypothesis, fix)).ln())
            .sum()
    };
    Hypothesis::all(guide)
        .into_iter()
        .map(|h| log(h, &evidence.fixes_failed, 1.0) + log(h, &evidence.fixes_skipped, SKIP_STRENGTH))
        .collect()
}

/// ln of a sum of exponentials, without under- or overflow; −∞ where all are.
pub(crate) fn log_sum(logs: &[f64]) -> f64 {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if top == f64::NEG_INFINITY {
        return top;
    }
    top + logs.iter().map(|l| (l - top).exp()).sum::<f64>().ln()
}
