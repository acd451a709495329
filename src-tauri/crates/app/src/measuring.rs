//! Measuring and judging side by side: each check is judged as soon as its subjects are measured.

use std::collections::BTreeSet;
use std::time::Instant;

use befund_checks::{Check, CheckId, CheckResult, Facts, Status};
use befund_content::Text;
use befund_facts::services::ServiceEndpoint;
use befund_facts::{Context, Limits, Progress, Snapshot, Subject};
use befund_guides::{CauseId, Evidence, Guide, Judgement, Outcome};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::view::{CheckRow, RowUpdate};

/// Whether measuring may send anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offline(
    /// Nothing is sent.
    pub bool,
);

/// How many news of the measurement are taken at once. There are two of every subject.
const MOST_NEWS: usize = 64;

/// What was said of a check so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Running,
    Judged,
}

/// One round of measuring: what, for whom, and how far it may go.
pub(crate) struct Round<'a> {
    pub(crate) checks: &'a [&'a Check],
    pub(crate) subjects: &'a [Subject],
    /// Whose causes are meant, where it is for a guide.
    pub(crate) guide: Option<&'a Guide>,
    pub(crate) site: Option<ServiceEndpoint>,
    /// What costs something and was agreed to.
    pub(crate) agreed: BTreeSet<Subject>,
    /// What an earlier round gave, which this one adds to.
    pub(crate) before: Option<Before>,
    pub(crate) cancel: CancellationToken,
}

impl<'a> Round<'a> {
    /// What nobody has named a guide or a site for, or agreed to any cost of.
    pub(crate) fn of(checks: &'a [&'a Check], subjects: &'a [Subject]) -> Self {
        Self {
            checks,
            subjects,
            guide: None,
            site: None,
            agreed: BTreeSet::new(),
            before: None,
            cancel: CancellationToken::new(),
        }
    }
}

/// An earlier round.
pub(crate) struct Before {
    pub(crate) facts: Box<Snapshot>,
    /// How many checks it has judged, as far as anybody watches both.
    pub(crate) judged: u32,
}

/// What one round of measuring gave.
pub(crate) struct Measured {
    pub(crate) facts: Box<Snapshot>,
    pub(crate) results: Vec<CheckResult>,
    pub(crate) first: Option<FirstVerdict>,
}

/// What could be said while samples were still being taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstVerdict {
    /// What it amounted to.
    pub outcome: Outcome,
    /// The cause that stood out.
    pub cause: Option<CauseId>,
    /// How long after the beginning of measuring.
    pub after_ms: f64,
}

impl FirstVerdict {
    fn new(judgement: Judgement, started: Instant) -> Self {
        let Judgement { outcome, causes, .. } = judgement;
        let cause = causes.into_iter().next().filter(|_| outcome == Outcome::CauseFound).map(|c| c.id);
        Self { outcome, cause, after_ms: started.elapsed().as_secs_f64() * 1000.0 }
    }
}

impl App {
    /// Measures the subjects and judges the checks; `tell` hears of each check once when it begins to be
    /// measured and once when it is judged.
    pub(crate) async fn measure(&self, round: Round<'_>, tell: impl Fn(RowUpdate)) -> Measured {
        let Round { checks, subjects, guide, site, agreed, before, cancel } = round;
        let started = Instant::now();
        let cx = Context { site, agreed, cancel, ..self.context() };
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let judged = before.as_ref().map_or(0, |b| b.judged);
        let total = judged + checks.len() as u32;
        let mut told: Vec<Told> = vec![Told::Nothing; checks.len()];
        let mut done = judged;
        let mut begun: BTreeSet<Subject> = BTreeSet::new();
        let mut finished: BTreeSet<Subject> =
            Subject::ALL.iter().copied().filter(|s| !subjects.contains(s) || left_out(*s, &cx)).collect();
        let mut first = None;
        let mut said = None;
        // Rules are compiled while answers are under way. Nobody waits for it, and it may fail: who needs one
        // before compiles it.
        let ahead: Vec<CheckId> = checks.iter().map(|check| check.id.clone()).collect();
        let all = self.checks.clone();
        drop(
            std::thread::Builder::new()
                .spawn(move || ahead.iter().filter_map(|id| all.get(id)).for_each(Check::prepare)),
        );
        let watch = async {
            let mut news = Vec::new();
            // Everything that has happened by now at once: what is judged need not be called running before.
            while receiver.recv_many(&mut news, MOST_NEWS).await > 0 {
                let mut known = None;
                let mut partway = None;
                for progress in news.drain(..) {
                    match progress {
                        Progress::Started(subject) => drop(begun.insert(subject)),
                        Progress::Partway { subject, folder_count, bytes } => {
                            partway = Some((subject, self.partway(folder_count, bytes)));
                        }
                        Progress::Finished { subject, so_far } => {
                            finished.insert(subject);
                            known = Some(so_far);
                        }
                    }
                }
                if let (Some(guide), Some(so_far), None) = (guide, known.as_ref(), first.as_ref())
                    && checks.iter().flat_map(|c| c.subjects()).all(|s| s.samples() || finished.contains(s))
                {
                    let judgement = self.judgement(guide, checks, &finished, so_far);
                    said = self.so_far(guide, &judgement);
                    first = Some(FirstVerdict::new(judgement, started));
                }
                let mut facts = None;
                for (check, told) in checks.iter().zip(&mut told) {
                    let needs = check.subjects();
                    if *told == Told::Judged {
                        continue;
                    }
                    if let Some(so_far) = known.as_ref().filter(|_| needs.is_subset(&finished)) {
                        let facts = facts.get_or_insert_with(|| Facts::new(so_far));
                        *told = Told::Judged;
                        done += 1;
                        tell(RowUpdate {
                            row: self.row(check, Some(&check.judge(facts))),
                            done,
                            total,
                            so_far: said.clone(),
                        });
                    } else if *told == Told::Nothing && !needs.is_disjoint(&begun) {
                        *told = Told::Running;
                        let row = CheckRow { status: "running".into(), ..self.row(check, None) };
                        tell(RowUpdate { row, done, total, so_far: said.clone() });
                    }
                    if let Some((_, text)) = partway.as_ref().filter(|(subject, _)| needs.contains(subject))
                        && *told == Told::Running
                    {
                        let row = CheckRow {
                            status: "running".into(),
                            text: text.clone(),
                            ..self.row(check, None)
                        };
                        tell(RowUpdate { row, done, total, so_far: said.clone() });
                    }
                }
            }
        };
        // The sender goes into the measurement, so the watch ends with it.
        let (facts, ()) = tokio::join!(befund_facts::measure(&cx, subjects, self.now(), Some(sender)), watch);
        let facts = match before {
            Some(Before { facts: mut all, .. }) => {
                all.adopt(&facts, subjects);
                all
            }
            None => Box::new(facts),
        };
        let prepared = Facts::new(&facts);
        let results: Vec<CheckResult> = checks.iter().map(|check| check.judge(&prepared)).collect();
        let left = told.iter().map(|told| *told != Told::Judged);
        for ((check, result), _) in checks.iter().zip(&results).zip(left).filter(|(_, left)| *left) {
            done += 1;
            tell(RowUpdate { row: self.row(check, Some(result)), done, total, so_far: said.clone() });
        }
        Measured { facts, results, first }
    }

    /// What every measurement of this computer is given.
    pub(crate) fn context(&self) -> Context {
        Context {
            endpoints: self.policy.policy.connectivity.clone(),
            offline: self.offline.0,
            services: self.policy.policy.services.clone(),
            limits: Limits::from(self.policy.policy.limits),
            ..Context::default()
        }
    }

    /// What the checks say that need no more samples.
    fn judgement(
        &self,
        guide: &Guide,
        checks: &[&Check],
        finished: &BTreeSet<Subject>,
        so_far: &Snapshot,
    ) -> Judgement {
        let facts = Facts::new(so_far);
        let known = checks.iter().filter(|check| check.subjects().is_subset(finished));
        let statuses = known.map(|check| (&check.id, check.status(&facts)));
        Judgement::so_far(guide, &self.checks, &Evidence::of_statuses(statuses))
    }

    /// The same for the person; nothing where nothing stands out.
    fn so_far(&self, guide: &Guide, judgement: &Judgement) -> Option<String> {
        match (judgement.outcome, judgement.causes.first()) {
            (Outcome::NoProblem, _) => Some(self.message("checking-so-far-fine")),
            (Outcome::CauseFound, Some(top)) => {
                let title = guide.cause_title(&top.id);
                Some(self.message_with("checking-so-far-cause", &[("title", title.get(self.lang()))]))
            }
            _ => None,
        }
    }

    /// A check as a row; without a result it waits.
    pub(crate) fn row(&self, check: &Check, result: Option<&CheckResult>) -> CheckRow {
        let text = |t: &Text| t.get(self.lang()).to_owned();
        CheckRow {
            check: check.id.to_string(),
            title: text(&check.title),
            status: result.map_or("waiting", |r| r.status.as_str()).into(),
            text: result.map(|r| text(&r.text)).unwrap_or_default(),
            value: result.filter(|r| r.status != Status::Unknown).and_then(|r| r.value.as_ref()).map(text),
        }
    }

    /// A status in words.
    pub fn state_word(&self, status: Status) -> String {
        self.message(&format!("ui-state-{}", status.as_str().replace('_', "-")))
    }
}

/// Whether a subject is not measured in this round because nobody has agreed to it.
fn left_out(subject: Subject, cx: &Context) -> bool {
    subject.on_request().is_some() && !cx.agreed.contains(&subject)
}
