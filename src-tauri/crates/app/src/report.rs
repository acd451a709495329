//! What the terminal prints as JSON. These shapes are stable: others script against them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use befund_checks::{Check, CheckResult, Status};
use befund_content::{Lang, Messages, Text, read_text};
use befund_facts::Subject;
use befund_guides::{Diagnosis, Evidence, Guide, NextStep, Outcome, StepCost, closest, diagnose};
use befund_package::{Changes, Opened, PackageError};
use befund_reference::Reference;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::cases::replaced;
use crate::measuring::{Before, FirstVerdict, Measured, Round};
use crate::settings::write_whole;
use crate::view::{FoldersView, HitView, RowUpdate};
use crate::{App, AppError};

/// One result.
#[derive(Debug, Clone, Serialize)]
pub struct ResultLine {
    /// Check id.
    pub check: String,
    /// What it says.
    pub status: Status,
    /// Why, in English, for supporters.
    pub reason: String,
    /// The finding, in the language of the run.
    pub text: String,
    /// What the check is called, in the language of the run.
    #[serde(skip)]
    pub title: String,
}

/// `befund check --json`.
#[derive(Debug, Clone, Serialize)]
pub struct CheckReport {
    /// `befund.check/1`.
    pub schema: &'static str,
    /// One entry a check.
    pub results: Vec<ResultLine>,
    /// How long measuring took.
    pub took_ms: u64,
    /// How long each subject took.
    pub probe_ms: BTreeMap<String, u64>,
}

/// One cause.
#[derive(Debug, Clone, Serialize)]
pub struct CauseLine {
    /// Cause id, or `something-else`.
    pub id: String,
    /// 0 to 1.
    pub probability: f64,
    /// The cause as a sentence, in the language of the run.
    pub title: String,
}

/// `befund guide ID --auto --json` and `befund guide FILE --evidence FILE --json`.
#[derive(Debug, Clone, Serialize)]
pub struct GuideReport {
    /// `befund.guide/1`.
    pub schema: &'static str,
    /// Guide id.
    pub guide: String,
    /// What was found.
    pub outcome: Outcome,
    /// All causes, the most likely first.
    pub causes: Vec<CauseLine>,
    /// A second fault beside the first cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<SecondCause>,
    /// How likely it is that there is no problem.
    pub no_problem: f64,
    /// The results it rests on; empty where nothing was measured.
    pub results: Vec<ResultLine>,
    /// The next step, with why.
    pub next: NextStep,
    /// Every possible step with its expected cost in seconds, the cheapest first.
    pub steps: Vec<StepCost>,
    /// No cause explains the evidence.
    pub contradictory: bool,
    /// What could be said while samples were still being taken; nothing where nothing was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<FirstVerdict>,
    /// How long measuring took.
    pub took_ms: u64,
    /// How long each subject took.
    pub probe_ms: BTreeMap<String, u64>,
    /// The largest folders of the home, where they were looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folders: Option<FoldersView>,
    /// The outcome as a sentence.
    #[serde(skip)]
    pub sentence: String,
    /// What the cause means, where one was found.
    #[serde(skip)]
    pub meaning: Option<String>,
    /// The second fault as a sentence.
    #[serde(skip)]
    pub beside_sentence: Option<String>,
    /// The next step as a sentence.
    #[serde(skip)]
    pub next_sentence: Option<String>,
}

/// A second fault.
#[derive(Debug, Clone, Serialize)]
pub struct SecondCause {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
}

/// `befund guide --json`: the guides there are.
#[derive(Debug, Clone, Serialize)]
pub struct GuideList {
    /// `befund.guides/1`.
    pub schema: &'static str,
    /// One entry a guide.
    pub guides: Vec<GuideLine>,
}

/// One guide.
#[derive(Debug, Clone, Serialize)]
pub struct GuideLine {
    /// Guide id.
    pub id: String,
    /// What is wrong, as the person would say it, in the language of the run.
    pub title: String,
}

/// `befund search --json`: what fits somebody's words.
#[derive(Debug, Clone, Serialize)]
pub struct SearchReport {
    /// `befund.search/1`.
    pub schema: &'static str,
    /// The best first; empty where nothing fits.
    pub hits: Vec<HitView>,
}

/// `befund package --json`.
#[derive(Debug, Clone, Serialize)]
pub struct PackageReport {
    /// `befund.package/1`.
    pub schema: &'static str,
    /// The case.
    pub reference: String,
    /// The zip.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// Its files.
    pub files: Vec<PackageFile>,
}

/// One file of a package.
#[derive(Debug, Clone, Serialize)]
pub struct PackageFile {
    /// Name inside the zip.
    pub name: String,
    /// Size, unpacked.
    pub bytes: u64,
}

/// Whether somebody has agreed to measurements that cost something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Those that the guide wants are made.
    Given,
    /// None is made.
    Withheld,
}

/// What became of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SendState {
    /// The desk has it.
    Filed,
    /// It is tried again.
    Waiting,
    /// Somebody must do something.
    Attention,
}

impl SendState {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::Waiting => "waiting",
            Self::Attention => "attention",
        }
    }
}

/// `befund send --json`.
#[derive(Debug, Clone, Serialize)]
pub struct SendReport {
    /// `befund.send/1`.
    pub schema: &'static str,
    /// The case and ticket.
    pub reference: String,
    /// What became of it.
    pub state: SendState,
    /// Where the ticket is.
    pub ticket: Option<String>,
    /// Where the package is.
    pub package: String,
    /// What is the matter, if it is not filed.
    pub detail: String,
    /// The state as a sentence.
    #[serde(skip)]
    pub sentence: String,
}

/// `befund outbox --json`.
#[derive(Debug, Clone, Serialize)]
pub struct OutboxReport {
    /// `befund.outbox/1`.
    pub schema: &'static str,
    /// Tickets, the newest first.
    pub tickets: Vec<OutboxLine>,
    /// Cases that were begun and are not sent, the one that changed last first.
    pub cases: Vec<OutboxCase>,
}

/// One case that was begun.
#[derive(Debug, Clone, Serialize)]
pub struct OutboxCase {
    /// The case.
    pub reference: String,
    /// What it is about, in the language of the run.
    pub title: String,
    /// When something last happened to it.
    pub updated_at: String,
}

/// One ticket.
#[derive(Debug, Clone, Serialize)]
pub struct OutboxLine {
    /// The case and ticket.
    pub reference: String,
    /// Its subject.
    pub subject: String,
    /// What became of it.
    pub state: SendState,
    /// What is the matter, if it is not filed.
    pub detail: String,
    /// When something last happened to it.
    pub updated_at: String,
    /// Where it is, once filed.
    pub folder: Option<String>,
    /// The state as a word.
    #[serde(skip)]
    pub state_word: String,
}

impl App {
    /// Judges this computer.
    pub async fn check(&self, only: &[String], tell: impl Fn(RowUpdate)) -> Result<CheckReport, AppError> {
        let checks = self.chosen_checks(only)?;
        let subjects = subjects_of(&checks);
        let round = Round::of(&checks, &subjects);
        let measured = Box::pin(self.measure(round, tell)).await;
        Ok(CheckReport {
            schema: "befund.check/1",
            results: self.lines(&measured.results),
            took_ms: measured.facts.took_ms,
            probe_ms: measured.facts.probe_ms,
        })
    }

    fn chosen_checks(&self, only: &[String]) -> Result<Vec<&Check>, AppError> {
        if only.is_empty() {
            // Where nobody named a site or a service there is nothing to judge, and nothing to say.
            let no_services = self.policy.policy.services.is_empty();
            let unnamed = |s: &Subject| *s == Subject::site || *s == Subject::services && no_services;
            let mut checks: Vec<&Check> =
                self.checks.iter().filter(|c| !c.subjects().iter().any(unnamed)).collect();
            checks.sort_by_key(|c| c.group);
            return Ok(checks);
        }
        only.iter()
            .map(|id| {
                id.parse().ok().and_then(|id| self.checks.get(&id)).ok_or_else(|| AppError::NoCheck {
                    name: id.clone(),
                    similar: closest(id, self.checks.iter().map(|check| check.id.as_str())).map(Into::into),
                })
            })
            .collect()
    }

    fn lines(&self, results: &[CheckResult]) -> Vec<ResultLine> {
        let lang = self.lang();
        results
            .iter()
            .map(|r| ResultLine {
                check: r.check.to_string(),
                status: r.status,
                reason: r.reason.clone(),
                text: r.text.get(lang).into(),
                title: self.checks.get(&r.check).map_or_else(String::new, |c| c.title.get(lang).to_owned()),
            })
            .collect()
    }

    /// How many checks say what, as one line.
    pub fn counts(&self, report: &CheckReport) -> String {
        let count = |status: Status| report.results.iter().filter(|r| r.status == status).count().to_string();
        self.message_with(
            "cli-counts",
            &[
                ("fail", &count(Status::Fail)),
                ("warn", &count(Status::Warn)),
                ("unknown", &count(Status::Unknown)),
                ("ok", &count(Status::Ok)),
                ("other", &count(Status::NotApplicable)),
            ],
        )
    }

    /// What fits somebody's words. They go nowhere and are kept nowhere.
    pub fn search_report(&self, text: &str) -> SearchReport {
        SearchReport { schema: "befund.search/1", hits: self.search(text) }
    }

    /// The guides there are.
    pub fn guide_list(&self) -> GuideList {
        let line = |g: &Guide| GuideLine { id: g.id.to_string(), title: g.title.get(self.lang()).to_owned() };
        GuideList { schema: "befund.guides/1", guides: self.guides.iter().map(line).collect() }
    }

    /// Measures for a guide, asks nothing, and says what was found.
    pub async fn guide_auto(
        &self,
        id: &str,
        site: Option<&str>,
        consent: Consent,
        tell: impl Fn(RowUpdate),
    ) -> Result<GuideReport, AppError> {
        let site = self.site(site)?;
        let read;
        let guide = if is_path(id) {
            read = self.read_guide(Path::new(id))?;
            &read
        } else {
            self.guide(id)?
        };
        let checks = self.checks_of(guide);
        let subjects = subjects_of(&checks);
        let round = Round { guide: Some(guide), site, ..Round::of(&checks, &subjects) };
        let mut measured = Box::pin(self.measure(round, &tell)).await;
        let mut evidence = Evidence::of(&measured.results);
        let mut diagnosis = diagnose(guide, &self.checks, &evidence);
        while let (Consent::Given, NextStep::Measure { subject, .. }) = (consent, &diagnosis.next) {
            let subject = *subject;
            let before = Before { facts: measured.facts, judged: measured.results.len() as u32 };
            let asked = BTreeSet::from([subject]);
            let cancel = CancellationToken::new();
            let later = Box::pin(self.measure_asked(&checks, asked, Some(before), cancel, &tell)).await;
            measured = Measured {
                facts: later.facts,
                results: replaced(measured.results, later.results),
                first: measured.first,
            };
            evidence = Evidence::of(&measured.results);
            // Whatever became of it, it is not asked for twice.
            evidence.declined.insert(subject);
            diagnosis = diagnose(guide, &self.checks, &evidence);
        }
        let mut report = self.guide_report(guide, diagnosis);
        report.results = self.lines(&measured.results);
        report.first = measured.first;
        report.took_ms = measured.facts.took_ms;
        report.folders = self.folders_view(&measured.facts);
        report.probe_ms = measured.facts.probe_ms;
        Ok(report)
    }

    /// Tries a guide out with given evidence; nothing is measured.
    pub fn guide_with_evidence(&self, guide: &str, evidence: &Path) -> Result<GuideReport, AppError> {
        let read;
        let guide = if is_path(guide) {
            read = self.read_guide(Path::new(guide))?;
            &read
        } else {
            self.guide(guide)?
        };
        let evidence =
            Evidence::parse(&evidence.display().to_string(), &read_text(evidence)?, guide, &self.checks)?;
        let diagnosis = diagnose(guide, &self.checks, &evidence);
        Ok(self.guide_report(guide, diagnosis))
    }

    /// Whether a guide is about one site, which somebody has to name.
    pub fn is_about_a_site(&self, guide: &str) -> Result<bool, AppError> {
        Ok(if is_path(guide) {
            self.asks_of_a_site(&self.read_guide(Path::new(guide))?)
        } else {
            self.asks_of_a_site(self.guide(guide)?)
        })
    }

    fn read_guide(&self, path: &Path) -> Result<Guide, AppError> {
        Ok(self.guides.parse(&path.display().to_string(), &read_text(path)?, &self.checks)?)
    }

    /// What a diagnosis says; what was measured for it is not in it yet.
    fn guide_report(&self, guide: &Guide, diagnosis: Diagnosis) -> GuideReport {
        let lang = self.lang();
        let title = |text: &Text| text.get(lang).to_owned();
        let sentence = match (diagnosis.outcome, diagnosis.top_cause()) {
            (Outcome::NoProblem, _) => self.message("outcome-no-problem"),
            (Outcome::CauseFound, Some(top)) => {
                let likelihood = title(&befund_guides::Certainty::of(top.probability).text());
                let cause = title(&guide.cause_title(&top.id));
                self.message_with("outcome-cause-found", &[("likelihood", &likelihood), ("title", &cause)])
            }
            _ if diagnosis.contradictory => self.message("outcome-contradictory"),
            _ => self.message("outcome-unsure"),
        };
        let named = |key: &str, text: Option<String>| text.map(|t| self.message_with(key, &[("title", &t)]));
        let next_sentence = match &diagnosis.next {
            NextStep::Question { id, .. } => {
                named("next-question", guide.question(id).map(|q| title(&q.ask)))
            }
            NextStep::Fix { id, .. } => {
                // Where no cause stands out, a fix is a try and no promise.
                let key = if diagnosis.outcome == Outcome::CauseFound { "next-fix" } else { "next-try" };
                named(key, guide.fix(id).map(|f| title(&f.title)))
            }
            NextStep::Measure { subject, .. } => {
                Some(self.message(&format!("next-measure-{}", subject.as_str())))
            }
            NextStep::HandOver { .. } => Some(self.message("next-hand-over")),
            NextStep::NoProblem { .. } => {
                Some(self.message_with("next-still-broken", &[("guide", guide.id.as_str())]))
            }
        };
        let found = diagnosis.top_cause().filter(|_| diagnosis.outcome == Outcome::CauseFound);
        let meaning = found.and_then(|top| guide.cause(&top.id)?.meaning.as_ref()).map(title);
        let beside = diagnosis
            .beside
            .map(|id| SecondCause { title: title(&guide.cause_title(&id)), id: id.to_string() });
        GuideReport {
            schema: "befund.guide/1",
            guide: guide.id.to_string(),
            outcome: diagnosis.outcome,
            causes: diagnosis
                .causes
                .iter()
                .map(|c| CauseLine {
                    id: c.id.to_string(),
                    probability: c.probability,
                    title: title(&guide.cause_title(&c.id)),
                })
                .collect(),
            beside_sentence: beside
                .as_ref()
                .map(|second| self.message_with("outcome-beside", &[("title", &second.title)])),
            beside,
            no_problem: diagnosis.no_problem,
            results: Vec::new(),
            next: diagnosis.next,
            steps: diagnosis.steps,
            contradictory: diagnosis.contradictory,
            first: None,
            took_ms: 0,
            probe_ms: BTreeMap::new(),
            folders: None,
            sentence,
            meaning,
            next_sentence,
        }
    }

    /// Writes a case's package to a file.
    pub fn write_package(&self, reference: &str, output: Option<&Path>) -> Result<PackageReport, AppError> {
        let reference = Reference::parse(reference)?;
        let path = output
            .map_or_else(|| PathBuf::from(befund_desk::PackageRef::name_for(reference)), Path::to_path_buf);
        let draft = self.draft(reference)?;
        self.with_preview(reference, &draft, |preview| {
            write_whole(&path, &preview.built.bytes)?;
            let about = befund_desk::PackageRef::of(reference, &preview.built.bytes);
            Ok(PackageReport {
                schema: "befund.package/1",
                reference: reference.to_string(),
                path: path.canonicalize().unwrap_or_else(|_| path.clone()).display().to_string(),
                bytes: about.bytes,
                sha256: about.sha256,
                files: preview
                    .built
                    .files
                    .iter()
                    .map(|f| PackageFile { name: f.name.clone(), bytes: f.bytes })
                    .collect(),
            })
        })
    }

    /// The tickets of this computer, and the cases that have none yet.
    pub fn outbox_report(&self) -> Result<OutboxReport, AppError> {
        let mut rows = self.outbox_rows()?;
        rows.sort_by_key(|r| std::cmp::Reverse(r.created_at));
        let tickets: Vec<OutboxLine> = rows
            .iter()
            .map(|row| {
                let state = SendState::of(row.state);
                OutboxLine {
                    reference: row.reference.to_string(),
                    subject: row.subject.clone(),
                    state,
                    detail: self.detail(row),
                    updated_at: row.updated_at.to_string(),
                    folder: row.location.clone(),
                    state_word: self.message(&format!("outbox-state-{}", state.as_str())),
                }
            })
            .collect();
        let submitted: Vec<String> = tickets.iter().map(|t| t.reference.clone()).collect();
        let cases = self
            .begun_cases(&submitted)
            .map(|begun| OutboxCase {
                reference: begun.reference.to_string(),
                title: begun.title,
                updated_at: begun.changed.map(|at| at.to_string()).unwrap_or_default(),
            })
            .collect();
        Ok(OutboxReport { schema: "befund.outbox/1", tickets, cases })
    }
}

/// Whether this names a guide file: a guide's id has neither separators nor an extension.
pub fn is_path(guide: &str) -> bool {
    guide.contains(['/', '\\', '.'])
}

/// What must be measured for these checks, in the order of the registry.
fn subjects_of(checks: &[&Check]) -> Vec<Subject> {
    Subject::ALL.iter().copied().filter(|s| checks.iter().any(|c| c.subjects().contains(s))).collect()
}

/// How many changed facts are listed for a reader.
const MOST_FACTS: usize = 60;

/// What changed between two packages, line by line.
pub fn changes(changes: &Changes, lang: Lang) -> Vec<String> {
    let message = messages_of(lang);
    let word = |status: Status| message(&format!("ui-state-{}", status.as_str().replace('_', "-")), &[]);
    let mut lines = vec![format!(
        "{} ({}) → {} ({})",
        changes.old.reference, changes.old.created_at, changes.new.reference, changes.new.created_at
    )];
    if changes.other_computer {
        lines.push(message("compare-other-computer", &[]));
    }
    for name in &changes.missing {
        lines.push(message("compare-missing", &[("name", name.clone())]));
    }
    if !changes.results.is_empty() {
        lines.push(format!("\n{}", message("compare-results", &[])));
    }
    for change in &changes.results {
        lines.push(format!(
            "  {} → {}: {}",
            word(change.old.status),
            word(change.new.status),
            change.new.text.get(lang)
        ));
        // What was in order or did not apply needs no words.
        if matches!(change.old.status, Status::Fail | Status::Warn) {
            lines.push(message("compare-before", &[("text", change.old.text.get(lang).to_owned())]));
        }
    }
    if !changes.facts.is_empty() {
        lines.push(format!("\n{}", message("compare-facts", &[])));
    }
    let shown = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    for change in changes.facts.iter().take(MOST_FACTS) {
        lines.push(format!("  {}: {} → {}", change.label, shown(&change.old), shown(&change.new)));
    }
    if let Some(more) = changes.facts.len().checked_sub(MOST_FACTS).filter(|more| *more > 0) {
        lines.push(message("compare-more", &[("count", more.to_string())]));
    }
    if changes.results.is_empty() && changes.facts.is_empty() && changes.missing.is_empty() {
        lines.push(message("compare-nothing", &[]));
    }
    lines
}

fn messages_of(lang: Lang) -> impl Fn(&str, &[(&str, String)]) -> String {
    let messages = Messages::shared();
    move |key, args| {
        let args: Vec<_> = args.iter().map(|(n, v)| (*n, v.as_str().into())).collect();
        messages.get(lang, key, &args)
    }
}

/// A package in a few lines, for the terminal.
pub fn package_summary(opened: &mut Opened, lang: Lang) -> Result<Vec<String>, PackageError> {
    let message = messages_of(lang);
    let summary = opened.summary()?;
    let verification = opened.verify()?;
    let mut lines = vec![format!("{}  {}", summary.reference, summary.created_at)];
    if let Some(finding) = &summary.finding {
        lines.push(finding.get(lang).to_owned());
    }
    if let Some(report) = &summary.report {
        if !report.causes.is_empty() {
            lines.push(format!("\n{}", message("summary-causes", &[])));
            for cause in report.causes.iter().take(5) {
                lines.push(format!("  {:>3.0} %  {}", cause.probability * 100.0, cause.title.get(lang)));
            }
        }
        let bad: Vec<_> =
            report.results.iter().filter(|r| matches!(r.status, Status::Fail | Status::Warn)).collect();
        if !bad.is_empty() {
            lines.push(format!("\n{}", message("summary-findings", &[])));
            for result in bad {
                let word = message(&format!("ui-state-{}", result.status.as_str()), &[]);
                lines.push(format!("  {word}: {}", result.text.get(lang)));
            }
        }
    }
    lines.push(String::new());
    lines.push(message("summary-not-measured", &[("count", summary.not_measured.to_string())]));
    lines.push(message("summary-files", &[]));
    for (name, bytes) in &summary.files {
        lines.push(format!("  {name}  {}", crate::words::size(*bytes, lang)));
    }
    if verification.is_intact() {
        lines.push(message("summary-verified", &[]));
    } else {
        let list = [&verification.changed, &verification.missing, &verification.unlisted]
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        lines.push(message("summary-changed", &[("files", list)]));
    }
    Ok(lines)
}
