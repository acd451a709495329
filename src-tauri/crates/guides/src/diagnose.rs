//! The posterior over the causes, and what it amounts to. Exact, and pure: the same evidence gives the
//! same diagnosis on every machine and on every day. The choice of the next step is in `step`.

use befund_checks::{CheckId, Checks, Status};
use serde::Serialize;

use crate::guide::Guide;
use crate::likelihood::{self, Hypothesis, Model};
use crate::step::{self, NextStep, StepCost};
use crate::{CauseId, Evidence, QuestionId};

/// What is known about a case, and what to do next.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diagnosis {
    /// What it amounts to.
    pub outcome: Outcome,
    /// Every cause and "something else", most likely first. With `no_problem` they add up to 1.
    pub causes: Vec<RankedCause>,
    /// How likely it is that nothing is wrong.
    pub no_problem: f64,
    /// The step with the lowest expected cost of repair.
    pub next: NextStep,
    /// Every possible step, cheapest first.
    pub steps: Vec<StepCost>,
    /// The evidence fits no cause: each is ruled out by something.
    pub contradictory: bool,
    /// A second fault beside the most likely cause, where that leaves something unexplained.
    pub beside: Option<CauseId>,
}

/// What the evidence amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// One cause stands out.
    CauseFound,
    /// What was checked is in order.
    NoProblem,
    /// Neither.
    Unsure,
}

/// A cause with its probability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankedCause {
    /// Which one; `something-else` among them.
    pub id: CauseId,
    /// From 0 to 1.
    pub probability: f64,
}

impl Diagnosis {
    /// The most likely cause that the guide knows.
    pub fn top_cause(&self) -> Option<&RankedCause> {
        self.causes.iter().find(|c| !c.id.is_something_else())
    }
}

/// From here on, a cause is found.
const FOUND: f64 = 0.6;

/// A cause that is found is at least this much likelier than any other explanation.
const AHEAD: f64 = 2.0;

/// From here on, there is no problem.
const NONE: f64 = 0.5;

/// A failed check is at odds with "no problem" unless it fails on at least this share of healthy computers.
const HARMLESS: f64 = 0.03;

/// A second fault is named where it explains at least this many times as much as chance, weighed by how common it
/// is among the causes …
const BESIDE: f64 = 0.3;

/// … and this many times as much as any other second fault. Results that one fault makes by chance fit many
/// causes a little; those of a real second fault fit one.
const APART: f64 = 15.0;

/// Below this ratio to "something else", no cause explains the evidence.
const UNEXPLAINED: f64 = 0.01;

/// What the evidence says about the causes of a guide, and the best next step.
pub fn diagnose(guide: &Guide, checks: &Checks, evidence: &Evidence) -> Diagnosis {
    diagnose_with(&Model::new(guide, checks), evidence)
}

pub(crate) fn diagnose_with(model: &Model<'_>, evidence: &Evidence) -> Diagnosis {
    let (judgement, problem) = judge(model, evidence);
    let Judgement { mut outcome, causes, no_problem, contradictory } = judgement;
    let first = causes.first().filter(|_| outcome != Outcome::NoProblem);
    let beside = first.and_then(|first| beside(model, evidence, &first.id));
    // Two faults fit no single cause well; together they may leave no doubt.
    if let (Outcome::Unsure, Some(first), Some((_, weight))) = (outcome, first, &beside)
        && first.probability * weight >= AHEAD * (1.0 - first.probability)
    {
        outcome = Outcome::CauseFound;
    }
    let beside = beside.filter(|_| outcome == Outcome::CauseFound).map(|(second, _)| second);
    let (next, steps) = step::choose(model, evidence, &problem, &causes, (outcome, contradictory));
    Diagnosis { outcome, causes, no_problem, next, steps, contradictory, beside }
}

/// What the evidence amounts to, without a next step.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// What it amounts to.
    pub outcome: Outcome,
    /// Every cause and "something else", most likely first.
    pub causes: Vec<RankedCause>,
    no_problem: f64,
    contradictory: bool,
}

impl Judgement {
    /// What the evidence says so far. Cheap enough to be asked for while measuring goes on.
    pub fn so_far(guide: &Guide, checks: &Checks, evidence: &Evidence) -> Self {
        judge(&Model::new(guide, checks), evidence).0
    }
}

/// And the probability of every cause, in the order of the file.
pub(crate) fn judge(model: &Model<'_>, evidence: &Evidence) -> (Judgement, Vec<f64>) {
    let (mut problem, contradictory) = posterior(model, evidence);
    let no_problem = problem.pop().unwrap_or_default();
    let mut causes: Vec<RankedCause> = Hypothesis::all(model.guide)
        .into_iter()
        .filter_map(Hypothesis::id)
        .zip(&problem)
        .map(|(id, p)| RankedCause { id, probability: *p })
        .collect();
    // Equals stay in the order of the file.
    causes.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let outcome = outcome(model, evidence, &causes, no_problem, contradictory);
    (Judgement { outcome, causes, no_problem, contradictory }, problem)
}

/// The second fault that explains what the first leaves unexplained, and how much likelier the evidence is
/// with it.
fn beside(model: &Model<'_>, evidence: &Evidence, first: &CauseId) -> Option<(CauseId, f64)> {
    let guide = model.guide;
    let first = guide.cause(first)?;
    let priors: f64 = guide.causes.iter().map(|c| c.prior).sum();
    let gains = likelihood::gain_beside(model, evidence, first)?;
    let tried = likelihood::of_fixes(guide, evidence);
    let mut seconds: Vec<(&CauseId, f64)> = guide
        .causes
        .iter()
        .zip(gains.iter().zip(&tried))
        .filter(|(cause, _)| cause.id != first.id)
        .map(|(cause, (gain, tried))| (&cause.id, (gain + tried).exp() * cause.prior / priors))
        .collect();
    seconds.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let (second, weight) = *seconds.first()?;
    let next = seconds.get(1).map_or(0.0, |(_, weight)| *weight);
    (weight >= BESIDE && weight >= APART * next).then(|| (second.clone(), weight))
}

/// P(hypothesis given the evidence) in the order of [`Hypothesis::all`], and whether the evidence fits none.
fn posterior(model: &Model<'_>, evidence: &Evidence) -> (Vec<f64>, bool) {
    let guide = model.guide;
    let hypotheses = Hypothesis::all(guide);
    let priors: Vec<f64> = hypotheses
        .iter()
        .map(|h| match h {
            // The person insists, and the person is in front of the computer.
            Hypothesis::NoProblem if evidence.still_broken => f64::NEG_INFINITY,
            h => h.prior(guide).ln(),
        })
        .collect();
    let seen = likelihood::of_observations(model, evidence);
    let tried = likelihood::of_fixes(guide, evidence);

    // "Something else" is last but one.
    let else_at = hypotheses.len() - 2;
    let best = (0..hypotheses.len())
        .filter(|i| *i != else_at && priors[*i] > f64::NEG_INFINITY)
        .map(|i| seen[i])
        .fold(f64::NEG_INFINITY, f64::max);
    let unexplained = best == f64::NEG_INFINITY || best < seen[else_at] + UNEXPLAINED.ln();

    let joint: Vec<f64> = (0..hypotheses.len()).map(|i| priors[i] + seen[i] + tried[i]).collect();
    let total = likelihood::log_sum(&joint);
    if total > f64::NEG_INFINITY {
        return (joint.iter().map(|l| (l - total).exp()).collect(), unexplained);
    }
    // Impossible under every hypothesis: nothing was learnt. At least one cause has a prior above 0.
    let total = likelihood::log_sum(&priors);
    (priors.iter().map(|l| (l - total).exp()).collect(), true)
}

fn outcome(
    model: &Model<'_>,
    evidence: &Evidence,
    causes: &[RankedCause],
    no_problem: f64,
    contradictory: bool,
) -> Outcome {
    let top = &causes[0];
    let second = causes.get(1).map_or(0.0, |c| c.probability).max(no_problem);
    if no_problem >= NONE && no_problem > top.probability {
        // Without a single good result, or with a failure that healthy computers do not show, it would be
        // a guess to tell a person in trouble that all is well.
        let measured = model.relevant(evidence).any(|(_, s)| s == Status::Ok);
        let failed = model
            .relevant(evidence)
            .any(|(check, s)| s == Status::Fail && model.baseline.healthy(check, s) < HARMLESS);
        return if measured && !failed { Outcome::NoProblem } else { Outcome::Unsure };
    }
    if !contradictory
        && told(model, evidence)
        && !top.id.is_something_else()
        && top.probability >= FOUND
        && top.probability >= AHEAD * second
    {
        return Outcome::CauseFound;
    }
    Outcome::Unsure
}

/// Whether there is any evidence at all. That a cause is common does not yet mean that it was found.
fn told(model: &Model<'_>, evidence: &Evidence) -> bool {
    let guide = model.guide;
    !model.seen(evidence).is_empty()
        || evidence.answers.iter().any(|(id, answer)| answer.is_some() && guide.question(id).is_some())
        || evidence.fixes_failed.iter().any(|id| guide.fix(id).is_some())
}

/// What one piece of evidence does to a cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// Where it comes from.
    pub source: Source,
    /// How many times likelier it is under this cause than under the others, as a natural logarithm.
    pub strength: f64,
    /// The same in a word.
    pub speaks: Speaks,
}

/// Where a piece of evidence comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A check.
    Check(CheckId),
    /// An answer.
    Question(QuestionId),
}

/// Whether evidence speaks for a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaks {
    /// At least half as likely again under this cause.
    For,
    /// At least half as likely again without it.
    Against,
    /// It hardly matters.
    Neither,
}

/// What each result and answer does to one cause, compared with the other explanations as common as they are.
/// Strongest first. Empty for "something else", which explains nothing in particular.
pub fn reasons(guide: &Guide, checks: &Checks, evidence: &Evidence, cause: &CauseId) -> Vec<Reason> {
    reasons_with(&Model::new(guide, checks), evidence, cause)
}

fn reasons_with(model: &Model<'_>, evidence: &Evidence, cause: &CauseId) -> Vec<Reason> {
    let guide = model.guide;
    let hypotheses = Hypothesis::all(guide);
    let Some(at) = guide.causes.iter().position(|c| c.id == *cause) else { return Vec::new() };
    let one = |source: Source, alone: Evidence| {
        let logs = likelihood::of_observations(model, &alone);
        let others = |f: &dyn Fn(usize) -> f64| {
            let terms: Vec<f64> = (0..hypotheses.len()).filter(|i| *i != at).map(f).collect();
            likelihood::log_sum(&terms)
        };
        let weight = |i: usize| hypotheses[i].prior(guide).ln();
        let strength = logs[at] - (others(&|i| weight(i) + logs[i]) - others(&weight));
        // JSON has no infinity, and twenty is beyond doubt already.
        let strength = if strength.is_nan() { 0.0 } else { strength.clamp(-20.0, 20.0) };
        let speaks = match strength {
            s if s >= 1.5_f64.ln() => Speaks::For,
            s if s <= -1.5_f64.ln() => Speaks::Against,
            _ => Speaks::Neither,
        };
        Reason { source, strength, speaks }
    };
    let mut reasons: Vec<Reason> = model
        .relevant(evidence)
        .map(|(check, status)| {
            let alone = Evidence { checks: [(check.clone(), status)].into(), ..Evidence::default() };
            one(Source::Check(check.clone()), alone)
        })
        .collect();
    reasons.extend(evidence.answers.iter().filter(|(id, _)| guide.question(id).is_some()).map(
        |(id, answer)| {
            let alone = Evidence { answers: [(id.clone(), answer.clone())].into(), ..Evidence::default() };
            one(Source::Question(id.clone()), alone)
        },
    ));
    reasons.sort_by(|a, b| b.strength.abs().total_cmp(&a.strength.abs()));
    reasons
}
