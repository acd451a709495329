//! The next step: the one with the lowest expected cost of repair (Heckerman, Breese, Rommelse 1995).
//!
//! Costs are seconds of the person's time. A sequence of fixes is tried in the order of efficiency, the
//! probability of helping per second, and is cut where calling a human becomes the better choice. A
//! question costs its own time plus what is expected after its answer; two questions deep where the guide is small
//! enough, one otherwise. Calling a human costs what the guide says, and ends the case.
//!
//! A measurement on request is a question whose answers are the results of its checks. It is offered even
//! where all is well so far, when what it may find is worth its cost.
//!
//! All of it assumes that there is a problem: what "no problem" would cost is nothing, whatever is done.
//! The probabilities come from `diagnose`; no evidence is weighed here.

use std::cmp::Ordering;
use std::collections::binary_heap::PeekMut;
use std::collections::{BTreeSet, BinaryHeap};

use befund_content::{Messages, Text};
use befund_facts::Subject;
use serde::Serialize;

use crate::diagnose::{Outcome, RankedCause};
use crate::guide::{Fix, Guide, Level, Question};
use crate::likelihood::{self, Hypothesis, Model};
use crate::measurement::{self, Measurement};
use crate::{CauseId, Evidence, FixId, QuestionId};

/// What to do next.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NextStep {
    /// Ask.
    Question {
        /// Which question.
        id: QuestionId,
        /// Seconds expected until it is solved.
        cost_seconds: f64,
        /// For the person: why, in one plain sentence.
        #[serde(rename = "text")]
        why: Text,
        /// For supporters: why, with numbers.
        #[serde(rename = "why")]
        numbers: String,
    },
    /// Measure something that costs something, if the person agrees.
    Measure {
        /// What.
        subject: Subject,
        /// Seconds expected until it is solved.
        cost_seconds: f64,
        /// For the person: why, in one plain sentence.
        #[serde(rename = "text")]
        why: Text,
        /// For supporters: why, with numbers.
        #[serde(rename = "why")]
        numbers: String,
    },
    /// Try a fix.
    Fix {
        /// Which fix.
        id: FixId,
        /// The cause it is meant for.
        cause: Option<CauseId>,
        /// Seconds expected until it is solved.
        cost_seconds: f64,
        /// For the person: why, in one plain sentence.
        #[serde(rename = "text")]
        why: Text,
        /// For supporters: why, with numbers.
        #[serde(rename = "why")]
        numbers: String,
    },
    /// Call a human.
    HandOver {
        /// The most likely cause, where one stands out.
        cause: Option<CauseId>,
        /// Who gets it.
        level: Level,
        /// Seconds expected until it is solved.
        cost_seconds: f64,
        /// For the person: why, in one plain sentence.
        #[serde(rename = "text")]
        why: Text,
        /// For supporters: why, with numbers.
        #[serde(rename = "why")]
        numbers: String,
    },
    /// Say that all is well.
    NoProblem {
        /// For the person: why, in one plain sentence.
        #[serde(rename = "text")]
        why: Text,
        /// For supporters: why, with numbers.
        #[serde(rename = "why")]
        numbers: String,
    },
}

impl NextStep {
    /// Why, for the person.
    pub const fn why(&self) -> &Text {
        match self {
            Self::Question { why, .. }
            | Self::Measure { why, .. }
            | Self::Fix { why, .. }
            | Self::HandOver { why, .. }
            | Self::NoProblem { why, .. } => why,
        }
    }

    /// Why, for supporters.
    pub fn numbers(&self) -> &str {
        match self {
            Self::Question { numbers, .. }
            | Self::Measure { numbers, .. }
            | Self::Fix { numbers, .. }
            | Self::HandOver { numbers, .. }
            | Self::NoProblem { numbers, .. } => numbers,
        }
    }
}

/// A possible step and what it is expected to cost in all, until the problem is solved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepCost {
    /// What kind of step.
    pub kind: StepKind,
    /// Which question, measurement or fix; empty for handing over.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Expected seconds until it is solved, if this is done next and the best from then on.
    pub cost_seconds: f64,
}

/// What kind of step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A fix.
    Fix,
    /// A question.
    Question,
    /// A measurement on request.
    Measure,
    /// Calling a human.
    HandOver,
}

/// Fixes times questions up to which two questions are looked ahead.
const SMALL: usize = 200;

pub(crate) fn choose(
    model: &Model<'_>,
    evidence: &Evidence,
    problem: &[f64],
    causes: &[RankedCause],
    (outcome, contradictory): (Outcome, bool),
) -> (NextStep, Vec<StepCost>) {
    let planner = Planner::new(model, evidence, contradictory);
    let belief = normal(problem);
    let steps = planner.steps(&belief);
    let next = if model.guide.is_emergency() {
        planner.hand_over(&steps, causes)
    } else if outcome == Outcome::NoProblem {
        let wrong: f64 = problem.iter().sum();
        planner.worth_a_look(&steps, wrong).unwrap_or_else(|| NextStep::NoProblem {
            why: text("guide-why-no-problem", &[]),
            numbers: format!("P(no problem) = {:.3}", 1.0 - wrong),
        })
    } else {
        planner.explain(&steps, &belief, causes)
    };
    (next, steps)
}

/// Adds up to one, where there is anything to add up; evenly otherwise.
fn normal(problem: &[f64]) -> Vec<f64> {
    let sum: f64 = problem.iter().sum();
    if sum > 0.0 && sum.is_finite() {
        problem.iter().map(|p| p / sum).collect()
    } else {
        vec![1.0 / problem.len() as f64; problem.len()]
    }
}

/// A fix that can still be tried.
struct Remedy<'g> {
    fix: &'g Fix,
    cost: f64,
    /// P(it helps), by hypothesis; only those it can help.
    helps: Vec<(usize, f64)>,
    /// Other options that must have been tried before.
    after: Vec<usize>,
}

/// A question that can still be asked: P(answer), by answer and then by hypothesis. What is left over, and
/// "I don't know", is the last row: it changes little, and it has to be reckoned with.
struct Ask<'g> {
    question: &'g Question,
    rows: Vec<Vec<f64>>,
}

struct Planner<'g> {
    guide: &'g Guide,
    options: Vec<Remedy<'g>>,
    asks: Vec<Ask<'g>>,
    measurements: Vec<Measurement>,
    depth: usize,
    contradictory: bool,
}

impl<'g> Planner<'g> {
    fn new(model: &Model<'g>, evidence: &Evidence, contradictory: bool) -> Self {
        let guide = model.guide;
        let hypotheses: Vec<Hypothesis<'g>> = Hypothesis::problems(guide).collect();
        let gone = |id: &FixId| evidence.fixes_failed.contains(id) || evidence.fixes_skipped.contains(id);
        let open: Vec<&Fix> = guide.fixes.iter().filter(|f| !gone(&f.id)).collect();
        let options: Vec<Remedy<'g>> = open
            .iter()
            .map(|fix| Remedy {
                fix,
                cost: fix.full_cost(),
                helps: hypotheses
                    .iter()
                    .enumerate()
                    .map(|(i, h)| (i, likelihood::of_help(*h, fix)))
                    .filter(|(_, p)| *p > 0.0)
                    .collect(),
                after: fix.after.iter().filter_map(|a| open.iter().position(|o| o.id == *a)).collect(),
            })
            .collect();
        let asks: Vec<Ask<'g>> = guide
            .questions
            .iter()
            .filter(|q| !evidence.answers.contains_key(&q.id))
            .map(|question| {
                let of = likelihood::Answers::of(question);
                let mut rows: Vec<Vec<f64>> = question
                    .answers
                    .iter()
                    .map(|a| hypotheses.iter().map(|h| of.chance(*h, &a.id)).collect())
                    .collect();
                let rest = (0..hypotheses.len())
                    .map(|i| (1.0 - rows.iter().map(|r| r[i]).sum::<f64>()).max(0.0))
                    .collect();
                rows.push(rest);
                Ask { question, rows }
            })
            .collect();
        let depth = if options.len() * asks.len() <= SMALL { 2 } else { 1 };
        let measurements = measurement::open(model, evidence);
        Self { guide, options, asks, measurements, depth, contradictory }
    }

    /// Every possible step with its expected cost, cheapest first. Equals: fixes before questions before
    /// measurements before handing over, each in the order of the file.
    fn steps(&self, belief: &[f64]) -> Vec<StepCost> {
        let all_asks: Vec<usize> = (0..self.asks.len()).collect();
        let mut steps = Vec::new();
        for (i, option) in self.options.iter().enumerate() {
            if option.after.is_empty() {
                let mut left = belief.to_vec();
                apply(option, &mut left);
                let done = BTreeSet::from([i]);
                let cost = option.cost + self.value(&left, &done, &all_asks, self.depth - 1);
                steps.push(StepCost {
                    kind: StepKind::Fix,
                    id: option.fix.id.to_string(),
                    cost_seconds: cost,
                });
            }
        }
        let none = BTreeSet::new();
        for i in &all_asks {
            let cost = self.asking(belief, &none, *i, &all_asks, self.depth - 1);
            steps.push(StepCost {
                kind: StepKind::Question,
                id: self.asks[*i].question.id.to_string(),
                cost_seconds: cost,
            });
        }
        for measurement in &self.measurements {
            let Measurement { subject, cost, rows } = measurement;
            let cost_seconds = self.learning(belief, &none, (*cost, rows), &all_asks, self.depth - 1);
            steps.push(StepCost { kind: StepKind::Measure, id: subject.as_str().into(), cost_seconds });
        }
        steps.push(StepCost {
            kind: StepKind::HandOver,
            id: String::new(),
            cost_seconds: self.guide.hand_over.cost,
        });
        steps.sort_by(|a, b| a.cost_seconds.total_cmp(&b.cost_seconds));
        steps
    }

    /// Expected cost from here on, times the probability of being here: `belief` adds up to that probability.
    fn value(&self, belief: &[f64], done: &BTreeSet<usize>, asks: &[usize], depth: usize) -> f64 {
        let fixing = self.fixing(belief, done);
        if depth == 0 {
            return fixing;
        }
        asks.iter().map(|i| self.asking(belief, done, *i, asks, depth - 1)).fold(fixing, f64::min)
    }

    fn asking(&self, belief: &[f64], done: &BTreeSet<usize>, at: usize, asks: &[usize], depth: usize) -> f64 {
        let others: Vec<usize> = asks.iter().copied().filter(|i| *i != at).collect();
        let Ask { question, rows } = &self.asks[at];
        self.learning(belief, done, (question.cost, rows), &others, depth)
    }

    /// What something costs that tells, with what is expected after each of its rows.
    fn learning(
        &self,
        belief: &[f64],
        done: &BTreeSet<usize>,
        (cost, rows): (f64, &[Vec<f64>]),
        asks: &[usize],
        depth: usize,
    ) -> f64 {
        let mass: f64 = belief.iter().sum();
        let after: f64 = rows
            .iter()
            .map(|row| {
                let given: Vec<f64> = belief.iter().zip(row).map(|(b, p)| b * p).collect();
                if given.iter().sum::<f64>() > 0.0 { self.value(&given, done, asks, depth) } else { 0.0 }
            })
            .sum();
        mass * cost + after
    }

    /// A measurement on request where all is well so far: it tells something, and what overlooking a fault would
    /// cost, a call, times the probability of that, is more than the measurement costs.
    fn worth_a_look(&self, steps: &[StepCost], wrong: f64) -> Option<NextStep> {
        let otherwise = steps.iter().find(|s| s.kind != StepKind::Measure)?.cost_seconds;
        let step = steps.iter().find(|s| s.kind == StepKind::Measure)?;
        let measurement = self.measurements.iter().find(|m| m.subject.as_str() == step.id)?;
        let saves = otherwise - (step.cost_seconds - measurement.cost);
        let missed = self.guide.hand_over.cost;
        (saves > 0.0 && wrong * missed > measurement.cost).then(|| NextStep::Measure {
            subject: measurement.subject,
            cost_seconds: step.cost_seconds,
            why: text("guide-why-look-closer", &[]),
            numbers: format!(
                "P(no problem) = {:.3}; overlooking a fault costs {missed:.0} s, measuring {:.0} s",
                1.0 - wrong,
                measurement.cost
            ),
        })
    }

    /// The best sequence of fixes that ends with calling a human.
    fn fixing(&self, belief: &[f64], done: &BTreeSet<usize>) -> f64 {
        let hand_over = self.guide.hand_over.cost;
        let mut left = belief.to_vec();
        let mut unsolved: f64 = left.iter().sum();
        let mut tried: Vec<bool> = (0..self.options.len()).map(|i| done.contains(&i)).collect();
        let mut queue = Queue::new(self, &left, &tried);
        let mut spent = 0.0;
        let mut best = hand_over * unsolved;
        while let Some(bundle) = queue.most_efficient(self, &left, &tried) {
            for i in bundle {
                tried[i] = true;
                spent += self.options[i].cost * unsolved;
                unsolved -= apply(&self.options[i], &mut left);
            }
            unsolved = unsolved.max(0.0);
            // What lies ahead can only cost more than what is already saved.
            if spent >= best {
                break;
            }
            best = best.min(spent + hand_over * unsolved);
        }
        best
    }

    /// How much a fix helps per second, with those that must come before it.
    fn efficiency(&self, at: usize, left: &[f64], tried: &[bool]) -> f64 {
        let option = &self.options[at];
        if option.after.iter().all(|before| tried[*before]) {
            return option.helps.iter().map(|(h, p)| left[*h] * p).sum::<f64>() / option.cost;
        }
        let bundle = self.bundle(at, tried);
        let mut trial = left.to_vec();
        let gain = bundle.iter().map(|b| apply(&self.options[*b], &mut trial)).sum::<f64>();
        gain / bundle.iter().map(|b| self.options[*b].cost).sum::<f64>()
    }

    /// An option behind what must be tried before it.
    fn bundle(&self, at: usize, tried: &[bool]) -> Vec<usize> {
        let mut bundle = Vec::new();
        self.collect(at, tried, &mut bundle);
        bundle
    }

    /// What must be tried before an option, then the option itself. The loader has refused circles.
    fn collect(&self, at: usize, tried: &[bool], into: &mut Vec<usize>) {
        if tried[at] || into.contains(&at) {
            return;
        }
        for before in &self.options[at].after {
            self.collect(*before, tried, into);
        }
        into.push(at);
    }

    fn explain(&self, steps: &[StepCost], belief: &[f64], causes: &[RankedCause]) -> NextStep {
        let Some(first) = steps.first() else { return self.hand_over(steps, causes) };
        let numbers = numbers(steps, causes);
        match first.kind {
            StepKind::Fix => {
                let Some((at, option)) =
                    self.options.iter().enumerate().find(|(_, o)| o.fix.id == first.id.as_str())
                else {
                    return self.hand_over(steps, causes);
                };
                let cause = self.meant_for(at, belief);
                let top = causes.first().map(|c| &c.id);
                let why = match &cause {
                    Some(cause) if Some(cause) == top => {
                        text("guide-why-likely", &[("cause", &self.guide.cause_title(cause))])
                    }
                    Some(cause) => text("guide-why-quick", &[("cause", &self.guide.cause_title(cause))]),
                    None => text("guide-why-prepares", &[]),
                };
                let helps: f64 = option.helps.iter().map(|(h, p)| belief[*h] * p).sum();
                NextStep::Fix {
                    id: option.fix.id.clone(),
                    cause,
                    cost_seconds: first.cost_seconds,
                    why,
                    numbers: format!("P(helps) = {helps:.2}, takes {:.0} s; {numbers}", option.cost),
                }
            }
            StepKind::Question => {
                let Some(ask) = self.asks.iter().find(|a| a.question.id == first.id.as_str()) else {
                    return self.hand_over(steps, causes);
                };
                NextStep::Question {
                    id: ask.question.id.clone(),
                    cost_seconds: first.cost_seconds,
                    why: self.tells_apart(&ask.rows, belief),
                    numbers,
                }
            }
            StepKind::Measure => {
                let Some(m) = self.measurements.iter().find(|m| m.subject.as_str() == first.id) else {
                    return self.hand_over(steps, causes);
                };
                NextStep::Measure {
                    subject: m.subject,
                    cost_seconds: first.cost_seconds,
                    why: self.tells_apart(&m.rows, belief),
                    numbers,
                }
            }
            StepKind::HandOver => self.hand_over(steps, causes),
        }
    }

    /// The cause that a fix is most likely to remove; of a fix that only prepares, the one its successor removes.
    fn meant_for(&self, at: usize, belief: &[f64]) -> Option<CauseId> {
        let own = |o: &Remedy<'_>| {
            o.helps
                .iter()
                .map(|(h, p)| (belief[*h] * p, *h))
                .filter(|(gain, _)| *gain > 0.0)
                // The first of equals, as everywhere.
                .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
                .map(|(_, h)| h)
        };
        let hypothesis = own(&self.options[at])?;
        self.guide.causes.get(hypothesis).map(|c| c.id.clone())
    }

    /// The two likely causes whose answers or results differ most.
    fn tells_apart(&self, rows: &[Vec<f64>], belief: &[f64]) -> Text {
        match measurement::told_apart(self.guide, rows, belief) {
            Some((a, b)) => {
                let (a, b) = (self.guide.cause_title(a), self.guide.cause_title(b));
                text("guide-why-tells-apart", &[("a", &a), ("b", &b)])
            }
            None => text("guide-why-narrows", &[]),
        }
    }

    fn hand_over(&self, steps: &[StepCost], causes: &[RankedCause]) -> NextStep {
        let top = causes.first().filter(|c| c.probability >= 0.5).and_then(|c| self.guide.cause(&c.id));
        let why = match top {
            _ if self.guide.is_emergency() => text("guide-why-human-at-once", &[]),
            Some(cause) => text("guide-why-human-knows", &[("cause", &cause.title)]),
            None if self.contradictory => text("guide-why-contradictory", &[]),
            None => text("guide-why-human-sooner", &[]),
        };
        NextStep::HandOver {
            cause: top.map(|c| c.id.clone()),
            level: top.map_or(self.guide.hand_over.level, |c| c.level),
            cost_seconds: self.guide.hand_over.cost,
            why,
            numbers: numbers(steps, causes),
        }
    }
}

/// The fixes that are still to be tried, by how much they help per second. What was tried only makes a fix less
/// efficient, so that its last figure is a bound, and most figures need not be worked out anew; those that
/// wait for other fixes can gain by them, and are.
struct Queue {
    ahead: BinaryHeap<Ahead>,
    waiting: Vec<usize>,
    round: usize,
}

/// A fix with its efficiency as of a round. Of equals the first of the file is the greatest.
#[derive(PartialEq)]
struct Ahead {
    efficiency: f64,
    at: usize,
    round: usize,
}

impl Eq for Ahead {}

impl Ord for Ahead {
    fn cmp(&self, other: &Self) -> Ordering {
        self.efficiency.total_cmp(&other.efficiency).then(other.at.cmp(&self.at))
    }
}

impl PartialOrd for Ahead {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Queue {
    fn new(planner: &Planner<'_>, left: &[f64], tried: &[bool]) -> Self {
        let open = (0..planner.options.len()).filter(|i| !tried[*i]);
        let (ahead, waiting): (Vec<_>, Vec<_>) = open.partition(|i| planner.options[*i].after.is_empty());
        let ahead = ahead
            .into_iter()
            .map(|at| Ahead { efficiency: planner.efficiency(at, left, tried), at, round: 0 })
            .filter(|a| a.efficiency > 0.0)
            .collect();
        Self { ahead, waiting, round: 0 }
    }

    /// The fix that helps most per second, with those that must come before it; `None` where none helps.
    fn most_efficient(&mut self, planner: &Planner<'_>, left: &[f64], tried: &[bool]) -> Option<Vec<usize>> {
        let free = self.first_free(planner, left, tried);
        let waiting = self
            .waiting
            .iter()
            .filter(|i| !tried[**i])
            .map(|at| Ahead { efficiency: planner.efficiency(*at, left, tried), at: *at, round: self.round })
            .filter(|a| a.efficiency > 0.0)
            .max();
        self.round += 1;
        let chosen = free.into_iter().chain(waiting).max()?.at;
        Some(planner.bundle(chosen, tried))
    }

    /// The best of those that wait for nothing. It stays in the queue: one that waits may go before it.
    fn first_free(&mut self, planner: &Planner<'_>, left: &[f64], tried: &[bool]) -> Option<Ahead> {
        loop {
            let mut top = self.ahead.peek_mut()?;
            if tried[top.at] {
                PeekMut::pop(top);
            } else if top.round == self.round {
                return Some(Ahead { efficiency: top.efficiency, at: top.at, round: top.round });
            } else {
                let efficiency = planner.efficiency(top.at, left, tried);
                if efficiency > 0.0 {
                    *top = Ahead { efficiency, at: top.at, round: self.round };
                } else {
                    PeekMut::pop(top);
                }
            }
        }
    }
}

/// Takes what a fix solves out of the belief, and returns how much that was.
fn apply(option: &Remedy<'_>, left: &mut [f64]) -> f64 {
    let mut gain = 0.0;
    for (h, p) in &option.helps {
        let solved = left[*h] * p;
        left[*h] -= solved;
        gain += solved;
    }
    gain
}

fn numbers(steps: &[StepCost], causes: &[RankedCause]) -> String {
    let named = |s: &StepCost| match s.kind {
        StepKind::Fix => format!("fix {}", s.id),
        StepKind::Question => format!("question {}", s.id),
        StepKind::Measure => format!("measure {}", s.id),
        StepKind::HandOver => "hand over".to_owned(),
    };
    let costs: Vec<String> =
        steps.iter().take(3).map(|s| format!("{} {:.0} s", named(s), s.cost_seconds)).collect();
    let likely: Vec<String> =
        causes.iter().take(3).map(|c| format!("{} {:.3}", c.id, c.probability)).collect();
    format!("expected cost: {}; causes: {}", costs.join(", "), likely.join(", "))
}

fn text(key: &str, args: &[(&str, &Text)]) -> Text {
    Messages::shared()
        .text(key, |lang| args.iter().map(|(name, value)| (*name, value.get(lang).into())).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use befund_checks::Checks;
    use proptest::prelude::*;

    use super::*;
    use crate::Guides;

    /// A guide of as many causes as fixes. Each fix has what it helps (percent, by cause), minutes, and perhaps one
    /// that must come before it.
    fn guide(fixes: &[(Vec<u8>, u8, Option<usize>)]) -> Guide {
        use std::fmt::Write as _;
        let mut text =
            String::from("id: g\ntitle: { en: a, de: b }\nsymptoms: { en: [], de: [] }\ncauses:\n");
        for c in 0..fixes.len() {
            let _ = write!(text, "  c{c}:\n    title: {{ en: a, de: b }}\n    prior: {}\n", 1 + c % 3);
        }
        text.push_str("fixes:\n");
        for (f, (helps, minutes, after)) in fixes.iter().enumerate() {
            let solves: Vec<String> =
                (0..fixes.len()).map(|c| format!("c{c}: {}", f64::from(helps[c]) / 100.0)).collect();
            // Only earlier ones: no circles.
            let after = after.filter(|a| *a < f).map(|a| format!("    after: [f{a}]\n")).unwrap_or_default();
            let _ = write!(
                text,
                "  f{f}:\n    title: {{ en: a, de: b }}\n    steps: [{{ en: a, de: b }}]\n    solves: {{ {} }}\n    cost: {minutes}m\n{after}",
                solves.join(", ")
            );
        }
        let checks = Checks::default();
        Guides::default().parse("g.yaml", &text, &checks).unwrap()
    }

    /// Working out every fix anew, every time.
    fn plain(planner: &Planner<'_>, left: &[f64], tried: &[bool]) -> Option<Vec<usize>> {
        let mut best: Option<(f64, usize)> = None;
        for i in (0..planner.options.len()).filter(|i| !tried[*i]) {
            let efficiency = planner.efficiency(i, left, tried);
            if efficiency > 0.0 && best.is_none_or(|(e, _)| efficiency > e) {
                best = Some((efficiency, i));
            }
        }
        best.map(|(_, i)| planner.bundle(i, tried))
    }

    proptest! {
        #[test]
        fn the_queue_chooses_what_working_everything_out_anew_would(
            // Few different numbers: equals have to come in the order of the file.
            fixes in (2..7_usize).prop_flat_map(|n| proptest::collection::vec((
                proptest::collection::vec(prop_oneof![3 => Just(0_u8), 1 => Just(50), 1 => Just(90)], n),
                1..4_u8,
                proptest::option::weighted(0.3, 0..n),
            ), n)),
        ) {
            let guide = guide(&fixes);
            let checks = Checks::default();
            let planner = Planner::new(&Model::new(&guide, &checks), &Evidence::default(), false);
            let mut left: Vec<f64> = (0..=fixes.len()).map(|c| 1.0 / (1 + c % 3) as f64).collect();
            let mut tried = vec![false; planner.options.len()];
            let mut queue = Queue::new(&planner, &left, &tried);
            loop {
                let chosen = queue.most_efficient(&planner, &left, &tried);
                prop_assert_eq!(&chosen, &plain(&planner, &left, &tried));
                let Some(bundle) = chosen else { break };
                for i in bundle {
                    tried[i] = true;
                    apply(&planner.options[i], &mut left);
                }
            }
        }
    }
}
