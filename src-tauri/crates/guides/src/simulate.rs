//! What a guide would cost the people who use it, by its own model: causes are drawn, the person is played, and
//! every walk is paid for.
//!
//! The model is taken at its word: a world is drawn (the cause, what every check shows, what the person would
//! answer, which fixes would help), and the guide walks through it without knowing it. Two other ways go
//! through the same world: the author's own order (the fixes as they stand in the file, then a human), and
//! the best order of fixes that there is for what the checks say. So a simulation tells how good the steps
//! are, and nothing about whether the model is true: that is a matter of real cases.
//!
//! Randomness comes from a seed and from nowhere else: the same guide and the same seed give the same figures.

use std::collections::{BTreeMap, BTreeSet};

use befund_checks::{CheckId, Checks, Status};
use befund_content::in_parallel;
use serde::Serialize;

use crate::diagnose::{self, Outcome};
use crate::guide::{Fix, Guide};
use crate::likelihood::{self, Hypothesis, Model};
use crate::step::NextStep;
use crate::{AnswerId, CauseId, Evidence, FixId, GuideId, QuestionId};

/// How much is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    /// Walks for each cause.
    pub walks: u32,
    /// Where the random numbers begin.
    pub seed: u64,
}

/// With more fixes than this the best order is not looked for.
const ENUMERABLE: usize = 8;

/// A walk that has not ended after so many steps never will.
const MOST_STEPS: u32 = 200;

/// What came out, over all causes as common as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Simulation {
    /// The guide.
    pub guide: GuideId,
    /// Walks for each cause.
    pub walks: u32,
    /// Where the random numbers began.
    pub seed: u64,
    /// What the steps that Befund chooses come to.
    pub all: Course,
    /// Mean cost of the author's order: the fixes as they stand in the file, then a human.
    pub file_order_seconds: f64,
    /// Mean cost of the best order of fixes for what the checks say, without questions; none where there are too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_order_seconds: Option<f64>,
    /// The same by cause, in the order of the file, “something else” last.
    pub causes: Vec<OfCause>,
}

/// What the walks of one cause come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfCause {
    /// Which one.
    pub id: CauseId,
    /// How common it is among the problems, from 0 to 1.
    pub share: f64,
    /// Its walks.
    #[serde(flatten)]
    pub course: Course,
}

/// Means over walks.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Course {
    /// Seconds of the person's time until it is solved, by whomever.
    pub cost_seconds: f64,
    /// Questions, measurements on request and fixes.
    pub steps: f64,
    /// Questions alone.
    pub questions: f64,
    /// Share that the guide solves itself.
    pub solved: f64,
    /// Share that ends with a human.
    pub handed_over: f64,
    /// Share in which another cause was called found, or all was called well.
    pub wrong: f64,
    /// Share that comes to no end. Anything but none is a fault of the guide or of Befund.
    pub lost: f64,
}

impl Course {
    fn add(&mut self, other: &Self, weight: f64) {
        self.cost_seconds += weight * other.cost_seconds;
        self.steps += weight * other.steps;
        self.questions += weight * other.questions;
        self.solved += weight * other.solved;
        self.handed_over += weight * other.handed_over;
        self.wrong += weight * other.wrong;
        self.lost += weight * other.lost;
    }
}

/// Walks through a guide as its own model says that people would.
pub fn simulate(guide: &Guide, checks: &Checks, draws: Draws) -> Simulation {
    let problems: Vec<(usize, Hypothesis<'_>)> = Hypothesis::problems(guide).enumerate().collect();
    let weights: f64 = problems.iter().map(|(_, h)| h.prior(guide)).sum();
    let walked = in_parallel(&problems, |(at, truth)| {
        walks(&Model::new(guide, checks), *truth, draws.seed ^ *at as u64, draws)
    });
    let mut simulation = Simulation {
        guide: guide.id.clone(),
        walks: draws.walks,
        seed: draws.seed,
        all: Course::default(),
        file_order_seconds: 0.0,
        best_order_seconds: (guide.fixes.len() <= ENUMERABLE).then_some(0.0),
        causes: Vec::new(),
    };
    for ((_, truth), walks) in problems.iter().zip(walked) {
        let share = truth.prior(guide) / weights;
        simulation.all.add(&walks.course, share);
        simulation.file_order_seconds += share * walks.file_order;
        if let (Some(sum), Some(best)) = (&mut simulation.best_order_seconds, walks.best_order) {
            *sum += share * best;
        }
        if let Some(id) = truth.id() {
            simulation.causes.push(OfCause { id, share, course: walks.course });
        }
    }
    simulation
}

struct Walks {
    course: Course,
    file_order: f64,
    best_order: Option<f64>,
}

fn walks(model: &Model<'_>, truth: Hypothesis<'_>, seed: u64, draws: Draws) -> Walks {
    let guide = model.guide;
    let mut random = fastrand::Rng::with_seed(seed);
    let mut known = Known::default();
    let mut sum = Walks {
        course: Course::default(),
        file_order: 0.0,
        best_order: (guide.fixes.len() <= ENUMERABLE).then_some(0.0),
    };
    let weight = 1.0 / f64::from(draws.walks.max(1));
    let in_file = after_what_prepares(guide);
    for _ in 0..draws.walks.max(1) {
        let world = World::draw(model, truth, &mut random);
        sum.course.add(&walk(model, truth, &world, &mut known), weight);
        sum.file_order += weight * world.in_order(guide, &in_file);
        if let Some(best) = &mut sum.best_order {
            let evidence = world.measured(model);
            let order = known.best_orders.entry(key(&evidence)).or_insert_with(|| {
                let (_, belief) = diagnose::judge(model, &evidence);
                best_order(guide, &belief)
            });
            *best += weight * world.in_order(guide, order);
        }
    }
    sum
}

/// What was worked out before: many worlds look alike.
#[derive(Default)]
struct Known {
    decisions: BTreeMap<String, Decision>,
    best_orders: BTreeMap<String, Vec<usize>>,
}

#[derive(Clone)]
struct Decision {
    next: NextStep,
    /// The cause that is called found.
    found: Option<CauseId>,
}

/// The same evidence has the same key.
fn key(evidence: &Evidence) -> String {
    format!("{evidence:?}")
}

/// One walk through a guide, without knowing the world.
fn walk(model: &Model<'_>, truth: Hypothesis<'_>, world: &World, known: &mut Known) -> Course {
    let guide = model.guide;
    let mut evidence = world.measured(model);
    let mut course = Course::default();
    let is_wrong = |found: &CauseId| truth.id().as_ref() != Some(found);
    for _ in 0..MOST_STEPS {
        let decision = known.decisions.entry(key(&evidence)).or_insert_with(|| {
            let diagnosis = diagnose::diagnose_with(model, &evidence);
            let found = (diagnosis.outcome == Outcome::CauseFound)
                .then(|| diagnosis.causes.first().map(|c| c.id.clone()))
                .flatten();
            Decision { next: diagnosis.next, found }
        });
        if decision.found.as_ref().is_some_and(is_wrong) {
            course.wrong = 1.0;
        }
        match decision.next.clone() {
            NextStep::Question { id, .. } => {
                course.cost_seconds += guide.question(&id).map_or(0.0, |q| q.cost);
                course.questions += 1.0;
                course.steps += 1.0;
                let answer = world.answers.get(&id).cloned().flatten();
                evidence.answers.insert(id, answer);
            }
            NextStep::Measure { subject, .. } => {
                course.cost_seconds += subject.on_request().map_or(0.0, |cost| cost.seconds);
                course.steps += 1.0;
                let open: Vec<CheckId> = evidence
                    .on_request
                    .iter()
                    .filter(|c| model.baseline.on_request(c) == Some(subject))
                    .cloned()
                    .collect();
                for check in open {
                    evidence.on_request.remove(&check);
                    if let Some(status) = world.statuses.get(&check) {
                        evidence.checks.insert(check, *status);
                    }
                }
                evidence.declined.insert(subject);
            }
            NextStep::Fix { id, .. } => {
                course.cost_seconds += guide.fix(&id).map_or(0.0, Fix::full_cost);
                course.steps += 1.0;
                if world.helps.contains(&id) {
                    course.solved = 1.0;
                    return course;
                }
                evidence.fixes_failed.insert(id);
                evidence.still_broken = true;
            }
            NextStep::HandOver { .. } => {
                course.cost_seconds += guide.hand_over.cost;
                course.handed_over = 1.0;
                return course;
            }
            NextStep::NoProblem { .. } => {
                course.wrong = 1.0;
                // The person looks again and says so; what can be said once only is said once only.
                if evidence.still_broken {
                    break;
                }
                evidence.still_broken = true;
            }
        }
    }
    course.lost = 1.0;
    course
}

/// What is the case, and nobody in the walk knows.
struct World {
    statuses: BTreeMap<CheckId, Status>,
    answers: BTreeMap<QuestionId, Option<AnswerId>>,
    helps: BTreeSet<FixId>,
}

impl World {
    fn draw(model: &Model<'_>, truth: Hypothesis<'_>, random: &mut fastrand::Rng) -> Self {
        let guide = model.guide;
        let copy = random.f64();
        let statuses = guide
            .checks()
            .into_iter()
            .filter_map(|check| {
                let chances = match truth {
                    Hypothesis::SomethingElse => likelihood::of_touched(model, copy, &check),
                    truth => likelihood::of_check(model, truth, &check),
                };
                Some((check, pick(chances, random)?))
            })
            .collect();
        let answers = guide
            .questions
            .iter()
            .map(|question| {
                let of = likelihood::Answers::of(question);
                // What is left over is "I don't know".
                let chances =
                    question.answers.iter().map(|a| (a.id.clone(), of.chance(truth, &a.id))).collect();
                (question.id.clone(), pick(chances, random))
            })
            .collect();
        let helps = guide
            .fixes
            .iter()
            .filter(|fix| random.f64() < likelihood::of_help(truth, fix))
            .map(|fix| fix.id.clone())
            .collect();
        Self { statuses, answers, helps }
    }

    /// What is known once everything is measured that costs nothing.
    fn measured(&self, model: &Model<'_>) -> Evidence {
        let mut evidence = Evidence::default();
        for check in model.guide.checks() {
            if model.baseline.on_request(&check).is_some() {
                evidence.on_request.insert(check);
            } else if let Some(status) = self.statuses.get(&check) {
                evidence.checks.insert(check, *status);
            }
        }
        evidence
    }

    /// What these fixes cost one after another, and a human where none helps.
    fn in_order(&self, guide: &Guide, order: &[usize]) -> f64 {
        let mut cost = 0.0;
        for fix in order.iter().filter_map(|at| guide.fixes.get(*at)) {
            cost += fix.full_cost();
            if self.helps.contains(&fix.id) {
                return cost;
            }
        }
        cost + guide.hand_over.cost
    }
}

/// One of them by its chance; none where they add up to less and the dice fall beyond.
fn pick<T>(chances: Vec<(T, f64)>, random: &mut fastrand::Rng) -> Option<T> {
    let mut left = random.f64();
    for (what, chance) in chances {
        left -= chance;
        if left < 0.0 {
            return Some(what);
        }
    }
    None
}

/// The fixes in the order of the file, each behind those that must come before it.
fn after_what_prepares(guide: &Guide) -> Vec<usize> {
    let mut order = Vec::new();
    // The loader has refused circles, so every round places at least one.
    while order.len() < guide.fixes.len() {
        let placed = order.len();
        for (at, fix) in guide.fixes.iter().enumerate() {
            let is_ready = fix.after.iter().all(|id| order.iter().any(|o: &usize| guide.fixes[*o].id == *id));
            if is_ready && !order.contains(&at) {
                order.push(at);
            }
        }
        if order.len() == placed {
            break;
        }
    }
    order
}

/// The order of fixes with the lowest expected cost, a human at its end. How much is left of each cause after a
/// set of fixes does not depend on their order, so that it is enough to know the best way on from every set.
fn best_order(guide: &Guide, belief: &[f64]) -> Vec<usize> {
    let fixes = &guide.fixes;
    let hypotheses: Vec<Hypothesis<'_>> = Hypothesis::problems(guide).collect();
    let sets = 1_usize << fixes.len();
    let left: Vec<f64> = (0..sets)
        .map(|set| {
            hypotheses
                .iter()
                .zip(belief)
                .map(|(h, p)| {
                    let tried = fixes.iter().enumerate().filter(|(i, _)| set & (1 << i) != 0);
                    p * tried.map(|(_, fix)| 1.0 - likelihood::of_help(*h, fix)).product::<f64>()
                })
                .sum()
        })
        .collect();
    // From the full set backwards: what is expected from here on, and the fix to go on with.
    let mut value = vec![0.0; sets];
    let mut go_on: Vec<Option<usize>> = vec![None; sets];
    for set in (0..sets).rev() {
        value[set] = guide.hand_over.cost * left[set];
        for (i, fix) in fixes.iter().enumerate().filter(|(i, _)| set & (1 << i) == 0) {
            let is_ready = fix
                .after
                .iter()
                .filter_map(|id| fixes.iter().position(|f| f.id == *id))
                .all(|before| set & (1 << before) != 0);
            let cost = fix.full_cost() * left[set] + value[set | (1 << i)];
            if is_ready && cost < value[set] {
                value[set] = cost;
                go_on[set] = Some(i);
            }
        }
    }
    let next = |set: &usize| go_on[*set].map(|i| *set | (1 << i));
    std::iter::successors(Some(0), next).filter_map(|set| go_on[set]).collect()
}
