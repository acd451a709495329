//! A case from its start to its end: what the person does becomes an event in the journal, and the
//! journal says where the case stands.

use std::collections::BTreeSet;

use befund_checks::{Check, CheckId, CheckResult};
use befund_facts::Subject;
use befund_facts::services::ServiceEndpoint;
use befund_guides::{
    AnswerId, Cause, Diagnosis, Entry, Event, FixId, Guide, Outcome, Page, Purpose, QuestionId, State,
    Verdict, closest,
};
use befund_reference::Reference;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::app::locked;
use crate::measuring::{Before, Measured, Round};
use crate::on_request::on_request;
use crate::view::{CaseAction, CaseView, HomeView, OpenCase, RowUpdate, SymptomCard};
use crate::{App, AppError};

/// Cases shown on the home page.
const SHOWN_CASES: usize = 3;

/// What the person may write, in characters. More is no description any more, and would swell the ticket.
pub const MAX_WORDS: usize = 4000;

/// A case as the application works with it.
pub(crate) struct Case<'a> {
    pub(crate) reference: Reference,
    pub(crate) state: State,
    pub(crate) guide: &'a Guide,
}

/// A case that can be gone on with.
pub(crate) struct BegunCase {
    pub(crate) reference: Reference,
    pub(crate) title: String,
    pub(crate) changed: Option<Timestamp>,
}

impl Case<'_> {
    /// The cause that was found, if one was: what the ticket says and who gets it.
    pub(crate) fn found(&self, diagnosis: &Diagnosis) -> Option<&Cause> {
        let found = diagnosis.outcome == Outcome::CauseFound;
        diagnosis.top_cause().filter(|_| found).and_then(|top| self.guide.cause(&top.id))
    }

    /// In an emergency the person acts and answers first. What this computer can tell is looked at after that, where
    /// the guide has any use for it.
    pub(crate) fn emergency_unmeasured(&self) -> bool {
        self.guide.is_emergency() && self.state.results.is_empty() && !self.guide.checks().is_empty()
    }
}

impl App {
    /// The home page.
    pub fn home(&self) -> Result<HomeView, AppError> {
        let lang = self.lang();
        let mut guides: Vec<&Guide> = self.guides.iter().collect();
        guides.sort_by_key(|guide| (guide.topic, guide.title.get(lang).to_lowercase()));
        let symptoms = guides
            .into_iter()
            .map(|guide| SymptomCard {
                guide: guide.id.to_string(),
                title: guide.title.get(lang).into(),
                subtitle: guide.subtitle.as_ref().map_or_else(String::new, |t| t.get(lang).into()),
                icon: guide.icon.clone().unwrap_or_else(|| "globe".into()),
                topic: guide.topic.as_str().into(),
                common: guide.common,
            })
            .collect();
        let mut tickets = self.tickets()?;
        let submitted: Vec<String> = tickets.iter().map(|t| t.reference.clone()).collect();
        let cases = self
            .begun_cases(&submitted)
            .take(SHOWN_CASES)
            .map(|begun| OpenCase {
                reference: begun.reference.to_string(),
                title: begun.title,
                when: begun.changed.map(|at| self.when(at)).unwrap_or_default(),
            })
            .collect();
        tickets.truncate(SHOWN_CASES);
        Ok(HomeView { symptoms, cases, tickets })
    }

    /// The cases that are neither sent nor at their end, the one that changed last first.
    pub(crate) fn begun_cases(&self, submitted: &[String]) -> impl Iterator<Item = BegunCase> {
        self.cases
            .list()
            .into_iter()
            .filter(|reference| !submitted.contains(&reference.to_string()))
            .filter_map(|reference| {
                // A damaged case is no reason to show no list; opening it says what is wrong.
                let session = self.cases.load(reference).ok()?;
                let state = session.replay();
                let guide = self.guides.get(state.guide.as_ref()?)?;
                let open = !state.closed && !matches!(state.page, Page::Solved | Page::Sent);
                open.then(|| BegunCase {
                    reference,
                    title: guide.title.get(self.lang()).into(),
                    changed: session.entries.last().map(|e| e.at),
                })
            })
    }

    /// Begins a case.
    pub fn start_case(&self, guide: &str, words: &str) -> Result<CaseView, AppError> {
        self.start_case_for(guide, words, None)
    }

    /// Begins a case about one site.
    pub fn start_case_for(&self, guide: &str, words: &str, site: Option<&str>) -> Result<CaseView, AppError> {
        let site = self.site(site)?.map(|endpoint| endpoint.at);
        let guide = self.guide(guide)?;
        let mut rng = rand::rng();
        let reference = loop {
            let candidate = Reference::random(&mut rng);
            if !self.cases.exists(candidate) {
                break candidate;
            }
        };
        let words: String = words.trim().chars().take(MAX_WORDS).collect();
        self.happened(reference, Event::Started { reference, guide: guide.id.clone(), words, site })?;
        tracing::info!(%reference, guide = %guide.id, "case begun");
        self.view(reference)
    }

    /// Goes on with a case.
    pub fn open_case(&self, reference: &str) -> Result<CaseView, AppError> {
        self.view(Reference::parse(reference)?)
    }

    /// Does what the person chose, and says where the case stands then.
    pub fn act(&self, reference: &str, action: CaseAction) -> Result<CaseView, AppError> {
        let reference = Reference::parse(reference)?;
        let case = self.case(reference)?;
        let event = self.event(&case, action)?;
        self.happened(reference, event)?;
        self.view(reference)
    }

    fn event(&self, case: &Case<'_>, action: CaseAction) -> Result<Event, AppError> {
        if matches!(case.state.page, Page::Sent) || self.is_submitted(case.reference)? {
            return Err(AppError::NotNow("the ticket is already sent".into()));
        }
        let fix = |id: &str| -> Result<FixId, AppError> {
            case.guide
                .fixes
                .iter()
                .find(|f| f.id.as_str() == id)
                .map(|f| f.id.clone())
                .ok_or_else(|| AppError::NotNow(format!("the guide has no fix “{id}”")))
        };
        Ok(match action {
            CaseAction::NameSite { site } => {
                if !self.asks_for_site(case) {
                    return Err(AppError::NotNow("no site is asked for".into()));
                }
                Event::SiteNamed { site: self.site(site.as_deref())?.map(|endpoint| endpoint.at) }
            }
            CaseAction::Answer { question, answer } => {
                let (question, answer) = known_answer(case.guide, &question, answer.as_deref())?;
                Event::Answered { question, answer }
            }
            CaseAction::Measure { subject } => self.agreed_to(&subject)?,
            CaseAction::DontMeasure { subject } => Event::MeasureDeclined { subject: on_request(&subject)? },
            CaseAction::Back => Event::WentBack,
            CaseAction::ShowFix { fix: id } => Event::FixShown { fix: fix(&id)? },
            CaseAction::NotIt { fix: id } => Event::FixSkipped { fix: fix(&id)? },
            CaseAction::FixDone { fix: id } => Event::FixDone { fix: fix(&id)? },
            CaseAction::Verified { outcome } => {
                let Page::Verify { fix } = &case.state.page else {
                    return Err(AppError::NotNow("nothing was checked again".into()));
                };
                let outcome = match outcome.as_str() {
                    "yes" => Verdict::Yes,
                    "partly" => Verdict::Partly,
                    "no" => Verdict::No,
                    other => return Err(AppError::NotNow(format!("“{other}” is not yes, partly or no"))),
                };
                Event::Verified { fix: fix.clone(), outcome }
            }
            CaseAction::HandOver => Event::HandedOver,
            CaseAction::StillBroken => Event::StillBroken,
            CaseAction::Close => Event::Closed,
        })
    }

    /// Measures what the case's guide needs; the window calls this when the page is "checking".
    pub async fn measure_case(
        &self,
        reference: &str,
        tell: impl Fn(RowUpdate),
    ) -> Result<CaseView, AppError> {
        let reference = Reference::parse(reference)?;
        let case = self.case(reference)?;
        let purpose = match case.state.page {
            Page::Sent | Page::Solved => return self.view(reference),
            _ if case.emergency_unmeasured() => Purpose::First,
            Page::Checking { purpose } if !case.guide.is_emergency() => purpose,
            // Somebody else has measured meanwhile; where the case stands is the answer.
            _ => return self.view(reference),
        };
        if self.asks_for_site(&case) {
            return self.view(reference);
        }
        let cancel = CancellationToken::new();
        locked(&self.running).insert(reference, cancel.clone());
        let measured = Box::pin(self.measure_for(&case, purpose, &cancel, tell)).await;
        locked(&self.running).remove(&reference);
        let mut measured = measured?;
        let lapsed = self.lapsed(&case, purpose, cancel.is_cancelled());
        // What was measured because the person agreed stays in the facts that the finding rests on.
        let kept: Vec<Subject> = Subject::ALL
            .iter()
            .copied()
            .filter(|s| s.on_request().is_some())
            .filter(|s| lapsed.contains_key(s) || !measured.facts.probe_ms.contains_key(s.as_str()))
            .collect();
        if let Some(earlier) = self.cases.facts(reference)?.filter(|_| !kept.is_empty()) {
            let took_ms = measured.facts.took_ms;
            measured.facts.adopt(&earlier, &kept);
            measured.facts.took_ms = took_ms;
        }
        self.cases.store_facts(reference, &measured.facts)?;
        for (subject, forgotten) in lapsed {
            self.happened(reference, Event::MeasureLapsed { subject, forgotten })?;
        }
        self.happened(reference, Event::Measured { purpose, results: measured.results })?;
        self.view(reference)
    }

    /// The automatic round, and after it what the person has agreed to: it fills the line, and would be
    /// measured by everything beside it.
    async fn measure_for(
        &self,
        case: &Case<'_>,
        purpose: Purpose,
        cancel: &CancellationToken,
        tell: impl Fn(RowUpdate),
    ) -> Result<Measured, AppError> {
        let checks = self.checks_of(case.guide);
        let mut measured = None;
        if purpose != Purpose::OnRequest {
            // All subjects: what the guide does not need, a supporter may.
            let round = Round {
                guide: Some(case.guide),
                site: self.site(case.state.site.as_deref())?,
                cancel: cancel.clone(),
                ..Round::of(&checks, Subject::ALL)
            };
            measured = Some(Box::pin(self.measure(round, &tell)).await);
        }
        let asked = self.asked_for(case, purpose);
        match measured {
            Some(measured) if asked.is_empty() || cancel.is_cancelled() => Ok(measured),
            measured => {
                let earlier = match &measured {
                    Some(first) => Some(first.facts.clone()),
                    None => self.cases.facts(case.reference)?.map(Box::new),
                };
                let first = measured.map(|m| m.results).unwrap_or_default();
                let judged = first.len() as u32;
                let before = earlier.map(|facts| Before { facts, judged });
                let later = self.measure_asked(&checks, asked, before, cancel.clone(), tell).await;
                // What was stopped has shown nothing, and is as open as it was.
                let results = if cancel.is_cancelled() { first } else { replaced(first, later.results) };
                Ok(Measured { results, ..later })
            }
        }
    }

    /// Whether the guide is about one site and the person has not been asked which.
    pub(crate) fn asks_for_site(&self, case: &Case<'_>) -> bool {
        !case.state.site_asked && self.asks_of_a_site(case.guide)
    }

    pub(crate) fn asks_of_a_site(&self, guide: &Guide) -> bool {
        self.checks_of(guide).iter().any(|c| c.subjects().contains(&Subject::site))
    }

    /// A site as the person wrote it, ready to be asked.
    pub(crate) fn site(&self, written: Option<&str>) -> Result<Option<ServiceEndpoint>, AppError> {
        let Some(written) = written.map(str::trim).filter(|s| !s.is_empty()) else { return Ok(None) };
        let read = ServiceEndpoint::site(written);
        read.map(Some).map_err(|fault| AppError::Site { written: written.into(), fault })
    }

    /// Stops measuring; what is known by then counts.
    pub fn cancel(&self, reference: &str) {
        if let Ok(reference) = Reference::parse(reference)
            && let Some(token) = locked(&self.running).get(&reference)
        {
            token.cancel();
        }
    }

    /// Writes an event to the journal.
    pub(crate) fn happened(&self, reference: Reference, event: Event) -> Result<(), AppError> {
        self.cases.append(reference, &Entry { at: self.now(), event })
    }

    pub(crate) fn case(&self, reference: Reference) -> Result<Case<'_>, AppError> {
        let state = self.cases.load(reference)?.replay();
        let id = state.guide.as_ref().map_or("", |g| g.as_str());
        let mut guide = self.guide(id)?;
        // Nothing can be said of a site that is not known. What the guide extends knows all the rest.
        if state.site_asked && state.site.is_none() && self.asks_of_a_site(guide) {
            guide = guide.extends.as_ref().and_then(|base| self.guides.get(base)).unwrap_or(guide);
        }
        Ok(Case { reference, state, guide })
    }

    pub(crate) fn guide(&self, id: &str) -> Result<&Guide, AppError> {
        id.parse().ok().and_then(|id| self.guides.get(&id)).ok_or_else(|| AppError::NoGuide {
            name: id.into(),
            similar: closest(id, self.guides.iter().map(|guide| guide.id.as_str())).map(Into::into),
        })
    }

    /// The checks a guide names, in the order of the way: this computer, router, names, internet.
    pub(crate) fn checks_of(&self, guide: &Guide) -> Vec<&Check> {
        let mut checks: Vec<&Check> = self.checks.several(&guide.checks()).collect();
        checks.sort_by_key(|c| c.group);
        checks
    }

    pub(crate) const fn purpose_word(purpose: Purpose) -> &'static str {
        match purpose {
            Purpose::First => "first",
            Purpose::OnRequest => "on_request",
            Purpose::Verify => "verify",
        }
    }
}

/// Results of which later ones take the place of earlier ones.
pub(crate) fn replaced(earlier: Vec<CheckResult>, later: Vec<CheckResult>) -> Vec<CheckResult> {
    let again: BTreeSet<CheckId> = later.iter().map(|r| r.check.clone()).collect();
    earlier.into_iter().filter(|r| !again.contains(&r.check)).chain(later).collect()
}

/// A question and an answer that the guide has; `None` is "I don't know".
fn known_answer(
    guide: &Guide,
    question: &str,
    answer: Option<&str>,
) -> Result<(QuestionId, Option<AnswerId>), AppError> {
    let known = guide
        .questions
        .iter()
        .find(|q| q.id.as_str() == question)
        .ok_or_else(|| AppError::NotNow(format!("the guide has no question “{question}”")))?;
    let answer = match answer {
        None => None,
        Some(id) => Some(
            known
                .answers
                .iter()
                .find(|a| a.id.as_str() == id)
                .map(|a| a.id.clone())
                .ok_or_else(|| AppError::NotNow(format!("the question has no answer “{id}”")))?,
        ),
    };
    Ok((known.id.clone(), answer))
}
