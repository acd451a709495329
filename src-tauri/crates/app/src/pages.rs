//! Where a case stands, as a page that is ready to show.

use std::collections::BTreeMap;

use befund_checks::{CheckId, CheckResult, Group, Status, not_measured};
use befund_content::{Format, Text, format_value};
use befund_facts::{Absence, Request, Subject};
use befund_guides::{
    Answer, Certainty, Diagnosis, Evidence, Fix, NextStep, Page, Purpose, Question, Reason, Risk, Source,
    Speaks, State, TriedOutcome, reasons,
};
use befund_reference::Reference;

use crate::cases::Case;
use crate::view::{
    AnswerView, CasePage, CaseView, CheckGroup, EvidenceRow, FixView, OpenQuestion, PathNode, VerifyRow,
};
use crate::words::clock_time;
use crate::{App, AppError};

impl App {
    /// The case on its page.
    pub(crate) fn view(&self, reference: Reference) -> Result<CaseView, AppError> {
        let case = self.case(reference)?;
        // The outbox decides: a crash between filing and the journal's line changes nothing.
        let page = match self.sent(reference)? {
            Some(sent) => CasePage::Sent { sent },
            None => self.page(&case),
        };
        Ok(CaseView {
            reference: reference.to_string(),
            guide: case.guide.id.to_string(),
            title: self.text(&case.guide.title),
            words: case.state.words.clone(),
            can_go_back: case.state.can_go_back && !matches!(page, CasePage::Sent { .. }),
            page,
            folders: self.folders_of(&case),
        })
    }

    fn text(&self, text: &Text) -> String {
        text.get(self.lang()).to_owned()
    }

    fn page(&self, case: &Case<'_>) -> CasePage {
        match &case.state.page {
            Page::Checking { .. } if self.asks_for_site(case) => CasePage::Site,
            // What to do comes before anything that takes time.
            Page::Checking { .. } if case.guide.is_emergency() => self.decide(case),
            Page::Checking { purpose } => CasePage::Checking {
                purpose: Self::purpose_word(*purpose).into(),
                groups: self.waiting_groups(case, *purpose),
            },
            Page::Decide => self.decide(case),
            Page::Fix { fix } => match case.guide.fix(fix) {
                Some(fix) => CasePage::Fix { fix: self.fix_view(fix) },
                // The guide was replaced by one without this fix.
                None => self.decide(case),
            },
            Page::Verify { fix } => self.verify(case, case.guide.fix(fix)),
            // Sent without a ticket in the outbox: its data was deleted. Handing over again is the way on.
            Page::HandOver | Page::Sent => {
                let diagnosis = self.diagnosis(case);
                self.hand_over(case, &diagnosis, &self.message("hand-over-asked"))
            }
            Page::Solved => CasePage::Solved {
                fix: case.state.helped().and_then(|id| case.guide.fix(id)).map(|f| self.text(&f.title)),
            },
        }
    }

    fn waiting_groups(&self, case: &Case<'_>, purpose: Purpose) -> Vec<CheckGroup> {
        let mut checks = self.checks_of(case.guide);
        if purpose == Purpose::OnRequest {
            // The others are not measured again.
            let asked = self.asked_for(case, purpose);
            checks.retain(|check| !check.subjects().is_disjoint(&asked));
        }
        Group::ALL
            .into_iter()
            .map(|group| CheckGroup {
                label: self.message(&format!("group-{}", group.as_str())),
                rows: checks.iter().filter(|c| c.group == group).map(|c| self.row(c, None)).collect(),
            })
            .filter(|group| !group.rows.is_empty())
            .collect()
    }

    fn decide(&self, case: &Case<'_>) -> CasePage {
        let diagnosis = self.diagnosis(case);
        match &diagnosis.next {
            NextStep::Question { id, why, .. } => {
                let Some(question) = case.guide.question(id) else {
                    return self.hand_over(case, &diagnosis, &self.text(why));
                };
                CasePage::Question {
                    id: id.to_string(),
                    ask: self.text(&question.ask),
                    hint: question.hint.as_ref().map(|t| self.text(t)),
                    answers: self.answers(question),
                    why: self.text(why),
                    given: case.state.given_before.get(id).and_then(|a| a.as_ref()).map(ToString::to_string),
                }
            }
            NextStep::Measure { subject, why, .. } => match self.request(*subject) {
                Some(Ok(request)) => self.measure_page(*subject, &request, &self.text(why)),
                // Never offered.
                _ => self.hand_over(case, &diagnosis, &self.text(why)),
            },
            NextStep::Fix { id, cause, why, .. } => {
                let cause = cause.clone().or_else(|| diagnosis.top_cause().map(|c| c.id.clone()));
                match (case.guide.fix(id), cause.and_then(|id| case.guide.cause(&id))) {
                    (Some(fix), Some(cause)) => self.finding(case, &diagnosis, fix, cause),
                    _ => self.hand_over(case, &diagnosis, &self.text(why)),
                }
            }
            NextStep::HandOver { why, .. } => self.hand_over(case, &diagnosis, &self.text(why)),
            NextStep::NoProblem { .. } => {
                let (rows, unmeasured) = self.plain_rows(&case.state);
                CasePage::NoProblem { rows, unmeasured, at: self.measured_at(case) }
            }
        }
    }

    fn measure_page(&self, subject: Subject, request: &Request, why: &str) -> CasePage {
        let lang = self.lang();
        let text = |part: &str| self.message(&format!("measure-{}-{part}", subject.as_str()));
        CasePage::Measure {
            subject: subject.as_str().into(),
            title: text("title"),
            what: text(match (request.bytes, request.sends_to.as_slice()) {
                (1.., []) => "what-receives",
                _ => "what",
            }),
            why: why.into(),
            data: (request.bytes > 0).then(|| format_value(&request.bytes.into(), Format::Bytes, lang)),
            time: format_value(&request.seconds.into(), Format::Duration, lang),
            hosts: request.hosts(),
        }
    }

    fn finding(
        &self,
        case: &Case<'_>,
        diagnosis: &Diagnosis,
        fix: &Fix,
        cause: &befund_guides::Cause,
    ) -> CasePage {
        let probability = diagnosis.causes.iter().find(|c| c.id == cause.id).map_or(0.0, |c| c.probability);
        let certainty = Certainty::of(probability);
        let (evidence, unmeasured) = self.evidence_rows(case, &cause.id);
        CasePage::Finding {
            cause: cause.id.to_string(),
            likelihood: self.text(&certainty.text()),
            weight: if certainty == Certainty::VeryLikely { "bad" } else { "warn" }.into(),
            title: self.text(&cause.title),
            meaning: cause.meaning.as_ref().map(|t| self.text(t)).unwrap_or_default(),
            // The page may be about another cause than the likeliest one: whatever was tried already moves on.
            beside: diagnosis.beside.as_ref().filter(|id| **id != cause.id).map(|id| {
                let title = self.text(&case.guide.cause_title(id));
                self.message_with("finding-beside", &[("title", &title)])
            }),
            path: self.path(case),
            fix: self.fix_view(fix),
            evidence,
            unmeasured,
        }
    }

    fn path(&self, case: &Case<'_>) -> Vec<PathNode> {
        let results = by_check(&case.state);
        case.guide
            .path
            .iter()
            .map(|station| {
                let status = station.status(|check| results.get(check).map(|r| r.status));
                PathNode {
                    icon: station.icon.clone(),
                    label: self.text(&station.label),
                    status: status.as_str().into(),
                    word: match status {
                        Status::Fail => self.message("station-fail"),
                        Status::NotApplicable => self.message("station-not-applicable"),
                        other => self.state_word(other),
                    },
                }
            })
            .collect()
    }

    /// The reasons for a cause: what speaks for it first, then against; and what could not be measured.
    fn evidence_rows(
        &self,
        case: &Case<'_>,
        cause: &befund_guides::CauseId,
    ) -> (Vec<EvidenceRow>, Vec<EvidenceRow>) {
        let results = by_check(&case.state);
        let mut reasons: Vec<Reason> = reasons(case.guide, &self.checks, &case.state.evidence, cause);
        reasons.sort_by_key(|r| match r.speaks {
            Speaks::For => 0,
            Speaks::Against => 1,
            Speaks::Neither => 2,
        });
        let rows = reasons
            .iter()
            .filter_map(|reason| {
                let speaks = match reason.speaks {
                    Speaks::For => "for",
                    Speaks::Against => "against",
                    Speaks::Neither => "neither",
                };
                match &reason.source {
                    Source::Check(id) => results
                        .get(id)
                        .filter(|r| !matches!(r.status, Status::Unknown | Status::NotApplicable))
                        .map(|result| self.result_row(result, speaks)),
                    Source::Question(id) => self.answer_row(case, id, speaks),
                }
            })
            .collect();
        (rows, self.unmeasured(&case.state))
    }

    fn answer_row(
        &self,
        case: &Case<'_>,
        id: &befund_guides::QuestionId,
        speaks: &str,
    ) -> Option<EvidenceRow> {
        let question = case.guide.question(id)?;
        let given = case.state.evidence.answers.get(id)?.as_ref()?;
        let answer = question.answers.iter().find(|a| a.id == *given)?;
        Some(EvidenceRow {
            title: self.text(&question.ask),
            value: self.text(&answer.label),
            usual: None,
            status: "ok".into(),
            speaks: speaks.into(),
        })
    }

    fn result_row(&self, result: &CheckResult, speaks: &str) -> EvidenceRow {
        EvidenceRow {
            title: self.check_title(&result.check),
            value: self.value(result),
            usual: result.usual.as_ref().map(|t| self.text(t)),
            status: result.status.as_str().into(),
            speaks: speaks.into(),
        }
    }

    pub(crate) fn check_title(&self, id: &CheckId) -> String {
        self.checks.get(id).map_or_else(|| id.to_string(), |c| self.text(&c.title))
    }

    /// The measured value, or the state in words where there is none worth showing.
    fn value(&self, result: &CheckResult) -> String {
        match (&result.value, result.status) {
            (_, Status::Unknown) => self.text(&result.text),
            (Some(value), _) if !self.text(value).is_empty() => self.text(value),
            (_, status) => self.state_word(status),
        }
    }

    fn plain_rows(&self, state: &State) -> (Vec<EvidenceRow>, Vec<EvidenceRow>) {
        let rows = state
            .results
            .iter()
            .filter(|r| !matches!(r.status, Status::Unknown | Status::NotApplicable))
            .map(|r| self.result_row(r, "neither"))
            .collect();
        (rows, self.unmeasured(state))
    }

    fn unmeasured(&self, state: &State) -> Vec<EvidenceRow> {
        state
            .results
            .iter()
            .filter(|r| r.status == Status::Unknown)
            .map(|r| {
                let row = self.result_row(r, "neither");
                // Where the person was to be asked for it and cannot be any more, that is the reason.
                match self.impossible(state, &r.check) {
                    Some(why) => EvidenceRow { value: self.text(&not_measured(why.reason)), ..row },
                    None => row,
                }
            })
            .collect()
    }

    /// Why what nobody was asked for yet cannot be measured any more.
    fn impossible(&self, state: &State, check: &CheckId) -> Option<Absence> {
        let open = state.evidence.on_request.contains(check);
        let subjects = self.checks.get(check).filter(|_| open)?.subjects();
        subjects.iter().find_map(|subject| self.request(*subject)?.err())
    }

    fn measured_at(&self, case: &Case<'_>) -> String {
        let lang = self.lang();
        self.cases
            .facts(case.reference)
            .ok()
            .flatten()
            .map(|facts| clock_time(facts.started_at, lang))
            .unwrap_or_default()
    }

    pub(crate) fn fix_view(&self, fix: &Fix) -> FixView {
        let lang = self.lang();
        let time = format_value(&fix.cost.into(), Format::Duration, lang);
        let risk = match fix.risk {
            Risk::Low => "low",
            Risk::Medium => "medium",
            Risk::High => "high",
        };
        FixView {
            id: fix.id.to_string(),
            title: self.text(&fix.title),
            summary: fix.summary.as_ref().map(|t| self.text(t)).unwrap_or_default(),
            steps: fix.steps.iter().map(|s| self.text(s)).collect(),
            takes: self.message_with("takes", &[("time", &time)]),
            risk: risk.into(),
            risk_text: self.message(&format!("risk-{risk}")),
        }
    }

    fn verify(&self, case: &Case<'_>, fix: Option<&Fix>) -> CasePage {
        let before: BTreeMap<&CheckId, &CheckResult> =
            case.state.results_before.iter().map(|r| (&r.check, r)).collect();
        let was_bad = |r: &CheckResult| {
            before.get(&r.check).is_some_and(|b| matches!(b.status, Status::Fail | Status::Warn))
        };
        let named = |r: &CheckResult| fix.is_some_and(|f| f.verify.contains(&r.check));
        // What could not be measured before either says nothing of the fix.
        let was_measured =
            |r: &CheckResult| before.get(&r.check).is_some_and(|b| b.status != Status::Unknown);
        // What was wrong before, and what the fix promises.
        let shown: Vec<&CheckResult> = case
            .state
            .results
            .iter()
            .filter(|r| (named(r) || was_bad(r)) && r.status != Status::NotApplicable)
            .filter(|r| r.status != Status::Unknown || was_measured(r))
            .collect();
        let ok_count = shown.iter().filter(|r| r.status == Status::Ok).count() as u32;
        CasePage::Verify {
            fix: fix.map(|f| self.text(&f.title)).unwrap_or_default(),
            all_ok: !shown.is_empty() && ok_count as usize == shown.len(),
            ok_count,
            at: self.measured_at(case),
            rows: shown
                .into_iter()
                .map(|r| VerifyRow {
                    title: self.check_title(&r.check),
                    before: before.get(&r.check).map(|b| self.value(b)).unwrap_or_default(),
                    now: self.value(r),
                    status: r.status.as_str().into(),
                })
                .collect(),
        }
    }

    fn answers(&self, question: &Question) -> Vec<AnswerView> {
        let view = |a: &Answer| AnswerView { id: a.id.to_string(), label: self.text(&a.label) };
        question.answers.iter().map(view).collect()
    }

    fn hand_over(&self, case: &Case<'_>, diagnosis: &Diagnosis, why: &str) -> CasePage {
        let found = case.found(diagnosis);
        let steps = case.guide.first_steps.iter().chain(found.iter().flat_map(|c| &c.first_steps));
        let open = |q: &&Question| !case.state.evidence.answers.contains_key(&q.id);
        let question = case.guide.questions.iter().find(open).filter(|_| case.guide.is_emergency());
        CasePage::HandOver {
            why: why.into(),
            first_steps: steps.map(|step| self.text(step)).collect(),
            question: question.map(|question| OpenQuestion {
                id: question.id.to_string(),
                ask: self.text(&question.ask),
                hint: question.hint.as_ref().map(|t| self.text(t)),
                answers: self.answers(question),
            }),
            unmeasured: case.emergency_unmeasured(),
            cause: found.map(|c| self.text(&c.title)),
            tried: self.tried(case),
        }
    }

    /// What was tried, one line each.
    pub(crate) fn tried(&self, case: &Case<'_>) -> Vec<String> {
        case.state
            .tried
            .iter()
            .filter_map(|tried| {
                let fix = self.text(&case.guide.fix(&tried.fix)?.title);
                let key = match tried.outcome {
                    TriedOutcome::Helped => "tried-helped",
                    TriedOutcome::HelpedPartly => "tried-partly",
                    TriedOutcome::DidNotHelp => "tried-failed",
                    // Nobody tried it.
                    TriedOutcome::TurnedDown => return None,
                    TriedOutcome::Open => "tried-open",
                };
                Some(self.message_with(key, &[("fix", &fix)]))
            })
            .collect()
    }
}

fn by_check(state: &State) -> BTreeMap<&CheckId, &CheckResult> {
    state.results.iter().map(|r| (&r.check, r)).collect()
}

/// Whether there is any evidence yet; without it nothing was measured.
pub(crate) fn nothing_measured(evidence: &Evidence) -> bool {
    evidence.checks.values().all(|s| *s == Status::Unknown)
}
