//! Measuring and judging side by side: each check is judged as soon as its subjects are measured.

use std::collections::BTreeSet;

use befund_checks::{Check, CheckResult, Facts, Status};
use befund_content::Text;
use befund_facts::{Context, Limits, Progress, Snapshot, Subject};
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

/// What one round of measuring gave.
pub(crate) struct Measured {
    pub(crate) facts: Snapshot,
    pub(crate) results: Vec<CheckResult>,
}

impl App {
    /// Measures the subjects and judges the checks; `tell` hears of each check as it is judged.
    pub(crate) async fn measure(
        &self,
        checks: &[&Check],
        subjects: &[Subject],
        offline: Offline,
        cancel: CancellationToken,
        tell: impl Fn(RowUpdate),
    ) -> Measured {
        let cx = Context {
            endpoints: self.policy.policy.connectivity.clone(),
            offline: offline.0,
            limits: Limits::from(self.policy.policy.limits),
            cancel,
            ..Context::default()
        };
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let total = checks.len() as u32;
        let mut told: Vec<bool> = vec![false; checks.len()];
        let mut done = 0;
        let mut finished: BTreeSet<Subject> =
            Subject::ALL.iter().copied().filter(|s| !subjects.contains(s)).collect();
        let watch = async {
            while let Some(progress) = receiver.recv().await {
                let Progress::Finished { subject, so_far } = progress else { continue };
                finished.insert(subject);
                let mut ready = checks
                    .iter()
                    .zip(&mut told)
                    .filter(|(check, told)| !**told && check.subjects().is_subset(&finished))
                    .peekable();
                if ready.peek().is_none() {
                    continue;
                }
                let facts = Facts::new(&so_far);
                for (check, told) in ready {
                    *told = true;
                    done += 1;
                    tell(RowUpdate { row: self.row(check, Some(&check.judge(&facts))), done, total });
                }
            }
        };
        // The sender goes into the measurement, so the watch ends with it.
        let (facts, ()) = tokio::join!(befund_facts::measure(&cx, subjects, self.now(), Some(sender)), watch);
        let prepared = Facts::new(&facts);
        let results: Vec<CheckResult> = checks.iter().map(|check| check.judge(&prepared)).collect();
        for ((check, result), _) in checks.iter().zip(&results).zip(&told).filter(|(_, told)| !**told) {
            done += 1;
            tell(RowUpdate { row: self.row(check, Some(result)), done, total });
        }
        Measured { facts, results }
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
