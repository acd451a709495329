//! Measurements that cost something: what one would cost here, what the person has agreed to, and when that
//! holds no longer.
//!
//! Who agrees does so to what was shown: these hosts, in this direction, so much data at most. Where the policy
//! says something else by now, or the person stopped the measurement, it is asked for anew.

use std::collections::{BTreeMap, BTreeSet};

use befund_checks::{Check, CheckId};
use befund_facts::{Absence, Request, Subject};
use befund_guides::{Diagnosis, Event, Evidence, Purpose, diagnose};
use tokio_util::sync::CancellationToken;

use crate::cases::Case;
use crate::measuring::{Before, Measured, Round};
use crate::view::RowUpdate;
use crate::{App, AppError};

impl App {
    /// What a measurement on request would cost here, or why it cannot be made. `None` for what is measured
    /// without being asked for.
    pub(crate) fn request(&self, subject: Subject) -> Option<Result<Request, Absence>> {
        subject.request(&self.context())
    }

    /// What is known of a case, and what follows. What cannot be measured any more is not offered.
    pub(crate) fn diagnosis(&self, case: &Case<'_>) -> Diagnosis {
        let evidence = &case.state.evidence;
        let gone = Subject::ALL.iter().copied().filter(|s| matches!(self.request(*s), Some(Err(_))));
        let declined = evidence.declined.iter().copied().chain(gone).collect();
        diagnose(case.guide, &self.checks, &Evidence { declined, ..evidence.clone() })
    }

    /// The person agrees to what they were shown.
    pub(crate) fn agreed_to(&self, name: &str) -> Result<Event, AppError> {
        let subject = on_request(name)?;
        match self.request(subject) {
            Some(Ok(cost)) => Ok(Event::MeasureAgreed { subject, cost: Some(cost) }),
            _ => Err(AppError::NotNow(format!("“{name}” cannot be measured here any more"))),
        }
    }

    /// Whether what the person agreed to is what the measurement would cost now.
    fn holds(&self, case: &Case<'_>, subject: Subject) -> bool {
        let agreed = case.state.agreed.get(&subject);
        agreed.is_some_and(|agreed| {
            self.request(subject).is_some_and(|now| now.is_ok_and(|now| agreed.covers(&now)))
        })
    }

    /// What is measured on request now: what was just agreed to, and after a fix what shows whether it helped.
    pub(crate) fn asked_for(&self, case: &Case<'_>, purpose: Purpose) -> BTreeSet<Subject> {
        let shows: Vec<CheckId> = match purpose {
            Purpose::First => Vec::new(),
            // What was measured once is measured again only after a fix.
            Purpose::OnRequest => case.state.evidence.on_request.iter().cloned().collect(),
            Purpose::Verify => self.verified_by(case),
        };
        let needed: BTreeSet<Subject> =
            shows.iter().filter_map(|id| self.checks.get(id)).flat_map(Check::subjects).copied().collect();
        needed.into_iter().filter(|s| self.holds(case, *s)).collect()
    }

    /// What the person has agreed to and is asked for anew, each with the checks whose earlier results say
    /// nothing any more: after a fix, those that were to show whether it helped.
    pub(crate) fn lapsed(
        &self,
        case: &Case<'_>,
        purpose: Purpose,
        stopped: bool,
    ) -> BTreeMap<Subject, Vec<CheckId>> {
        let verified = if purpose == Purpose::Verify { self.verified_by(case) } else { Vec::new() };
        let needs = |id: &CheckId, subject: Subject| {
            self.checks.get(id).is_some_and(|check| check.subjects().contains(&subject))
        };
        let agreed = case.state.agreed.keys().copied();
        agreed
            .filter(|s| stopped || !self.holds(case, *s))
            .map(|s| (s, verified.iter().filter(|id| needs(id, s)).cloned().collect()))
            .collect()
    }

    /// The checks that show whether the last fix helped.
    fn verified_by(&self, case: &Case<'_>) -> Vec<CheckId> {
        let fix = case.state.tried.last().and_then(|tried| case.guide.fix(&tried.fix));
        fix.map(|fix| fix.verify.clone()).unwrap_or_default()
    }

    /// What costs something and was agreed to, with the checks that wait for it.
    pub(crate) async fn measure_asked(
        &self,
        checks: &[&Check],
        asked: BTreeSet<Subject>,
        before: Option<Before>,
        cancel: CancellationToken,
        tell: impl Fn(RowUpdate),
    ) -> Measured {
        let subjects: Vec<Subject> = asked.iter().copied().collect();
        let checks: Vec<&Check> =
            checks.iter().copied().filter(|c| !c.subjects().is_disjoint(&asked)).collect();
        let round = Round { agreed: asked, before, cancel, ..Round::of(&checks, &subjects) };
        Box::pin(self.measure(round, tell)).await
    }
}

/// A measurement that is made on request.
pub(crate) fn on_request(name: &str) -> Result<Subject, AppError> {
    Subject::ALL
        .iter()
        .copied()
        .find(|s| s.as_str() == name && s.on_request().is_some())
        .ok_or_else(|| AppError::NotNow(format!("“{name}” is not measured on request")))
}

#[cfg(test)]
mod tests {
    use befund_content::{Lang, Messages};
    use befund_facts::Subject;

    #[test]
    fn every_measurement_on_request_has_words_of_its_own() {
        let keys = Messages::keys(Lang::De);
        for subject in Subject::ALL.iter().filter(|s| s.on_request().is_some()) {
            for key in ["measure-SUBJECT-title", "measure-SUBJECT-what", "next-measure-SUBJECT"] {
                let key = key.replace("SUBJECT", subject.as_str());
                assert!(keys.contains(&key), "{key} is missing");
            }
        }
    }
}
