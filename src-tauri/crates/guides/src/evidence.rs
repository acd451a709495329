//! What is known in a case: results, answers, and fixes that did not help. Only facts about the case live
//! here; what they mean is in `likelihood`.

use std::collections::{BTreeMap, BTreeSet};

use befund_checks::{CheckId, CheckResult, Checks, Status};
use befund_content::{ContentError, parse_yaml};
use befund_facts::{Absence, Reason, Subject};
use serde::{Deserialize, Deserializer, Serialize};

use crate::file::{At, Ordered, statuses};
use crate::load::closest;
use crate::{AnswerId, FixId, Guide, QuestionId};

/// Everything that speaks for or against a cause.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Evidence {
    /// What the checks say.
    pub checks: BTreeMap<CheckId, Status>,
    /// What the person answered; `None` is "I don't know".
    pub answers: BTreeMap<QuestionId, Option<AnswerId>>,
    /// Fixes that were tried and did not help.
    pub fixes_failed: BTreeSet<FixId>,
    /// Fixes that the person turned down.
    pub fixes_skipped: BTreeSet<FixId>,
    /// Checks that were not measured because that costs something and nobody has agreed to it yet.
    pub on_request: BTreeSet<CheckId>,
    /// Measurements on request that the person turned down.
    pub declined: BTreeSet<Subject>,
    /// The person says that it is broken although the checks are in order.
    pub still_broken: bool,
}

impl Evidence {
    /// The evidence of check results alone.
    pub fn of(results: &[CheckResult]) -> Self {
        let mut evidence = Self::default();
        for result in results {
            evidence.learn(result);
        }
        evidence
    }

    /// The evidence of checks that have a status and no words yet.
    pub fn of_statuses<'c>(
        statuses: impl IntoIterator<Item = (&'c CheckId, Result<Status, Absence>)>,
    ) -> Self {
        let mut evidence = Self::default();
        for (check, status) in statuses {
            let is_open = status.as_ref().is_err_and(|absence| absence.reason == Reason::NotRequested);
            evidence.take(check, status.unwrap_or(Status::Unknown), is_open);
        }
        evidence
    }

    /// Takes a result in.
    pub(crate) fn learn(&mut self, result: &CheckResult) {
        self.take(&result.check, result.status, not_requested(result));
    }

    /// Takes a status in; `is_open` where nobody has agreed to what its measurement costs.
    fn take(&mut self, check: &CheckId, status: Status, is_open: bool) {
        if is_open {
            self.on_request.insert(check.clone());
        } else {
            self.on_request.remove(check);
        }
        self.checks.insert(check.clone(), status);
    }

    /// Reads an evidence file: `{"checks":{ID:RESULT},"answers":{ID:ANSWER},"fixes_failed":[ID]}`, where an
    /// answer may be `null` for "I don't know". What the guide does not know is an error, so that a slip of
    /// the pen is not taken for missing evidence.
    pub fn parse(file: &str, text: &str, guide: &Guide, checks: &Checks) -> Result<Self, ContentError> {
        // JSON is YAML, and the YAML reader knows the places.
        let raw: EvidenceFile = parse_yaml(file, text).map_err(|mut e| {
            "Expected {\"checks\": {ID: RESULT}, \"answers\": {ID: ANSWER}, \"fixes_failed\": [ID]}."
                .clone_into(&mut e.help);
            e
        })?;
        let unknown = |at: &At<String>, what: &str, known: Vec<&str>| {
            let hint = closest(&at.value, known.iter().copied())
                .map(|name| format!("Did you mean “{name}”? "))
                .unwrap_or_default();
            let list = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let list =
                list + if what.starts_with("answer") { ", or null for “I don't know”" } else { "" };
            ContentError::new(
                file,
                format!("the guide “{}” has no {what} “{}”", guide.id, at.value),
                format!("{hint}Known here: {list}."),
            )
            .at(at.line, at.column)
        };
        let mut evidence = Self { still_broken: raw.still_broken, ..Self::default() };
        for (key, status) in &raw.checks.0 {
            let id = key.value.parse::<CheckId>().ok().filter(|id| checks.contains(id));
            let Some(id) = id else {
                let named = guide.checks();
                return Err(unknown(key, "check", named.iter().map(CheckId::as_str).collect()));
            };
            let Some(known) = Status::ALL.into_iter().find(|s| s.as_str() == status.value) else {
                return Err(ContentError::new(
                    file,
                    format!("“{}” is not a result of a check", status.value),
                    format!("Use one of: {}.", statuses()),
                )
                .at(status.line, status.column));
            };
            evidence.checks.insert(id, known);
        }
        for (key, answer) in &raw.answers.0 {
            let Some(question) = guide.questions.iter().find(|q| q.id == key.value.as_str()) else {
                return Err(unknown(
                    key,
                    "question",
                    guide.questions.iter().map(|q| q.id.as_str()).collect(),
                ));
            };
            let given = match &answer.value {
                None => None,
                Some(given) => {
                    let Some(known) = question.answers.iter().find(|a| a.id == given.0.as_str()) else {
                        let at = At { value: given.0.clone(), line: answer.line, column: answer.column };
                        let known = question.answers.iter().map(|a| a.id.as_str()).collect();
                        return Err(unknown(&at, &format!("answer to “{}” called", question.id), known));
                    };
                    Some(known.id.clone())
                }
            };
            evidence.answers.insert(question.id.clone(), given);
        }
        for (from, into) in [
            (&raw.fixes_failed, &mut evidence.fixes_failed),
            (&raw.fixes_skipped, &mut evidence.fixes_skipped),
        ] {
            for key in from {
                let Some(fix) = guide.fixes.iter().find(|f| f.id == key.value.as_str()) else {
                    return Err(unknown(key, "fix", guide.fixes.iter().map(|f| f.id.as_str()).collect()));
                };
                into.insert(fix.id.clone());
            }
        }
        Ok(evidence)
    }
}

/// Whether a check could not judge because nobody has agreed to what its measurement costs.
pub(crate) fn not_requested(result: &CheckResult) -> bool {
    // The reason may be followed by what the source said.
    result.reason.split(':').next() == Some(Reason::NotRequested.as_str())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceFile {
    #[serde(default)]
    checks: Ordered<At<String>>,
    #[serde(default)]
    answers: Ordered<At<Option<Word>>>,
    #[serde(default)]
    fixes_failed: Vec<At<String>>,
    #[serde(default)]
    fixes_skipped: Vec<At<String>>,
    #[serde(default)]
    still_broken: bool,
}

/// An answer's id. `true` and `false` are taken for `yes` and `no`: JSON writers mean that.
struct Word(String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Ok(Self(match word.as_str() {
            "true" => "yes".to_owned(),
            "false" => "no".to_owned(),
            _ => word,
        }))
    }
}
