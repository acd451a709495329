//! A session: the journal of one walk through a guide, and what it amounts to when it is read again.
//!
//! Events are only ever added, so nothing that happened is lost: "back" is an event too, and undoes another one
//! when the journal is replayed. Writing the lines to disk, and the clock, belong to the app.

use std::collections::{BTreeMap, BTreeSet};

use befund_checks::{CheckId, CheckResult, Status};
use befund_facts::{Request, Subject};
use befund_reference::Reference;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::evidence::not_requested;
use crate::{AnswerId, Evidence, FixId, GuideId, QuestionId};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The first event of every session.
    Started {
        /// The case's reference.
        reference: Reference,
        /// The guide.
        guide: GuideId,
        /// What is wrong, in the person's words.
        #[serde(default)]
        words: String,
        /// The site that does not open, where the guide is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        site: Option<String>,
    },
    /// The person named the site that does not open; none where they could not.
    SiteNamed {
        /// The site as written.
        site: Option<String>,
    },
    /// The person changed the words.
    Worded {
        /// The new words.
        words: String,
    },
    /// Checks were measured.
    Measured {
        /// Why.
        purpose: Purpose,
        /// What they say.
        results: Vec<CheckResult>,
    },
    /// The person answered.
    Answered {
        /// Which question.
        question: QuestionId,
        /// The answer; `None` is "I don't know".
        answer: Option<AnswerId>,
    },
    /// The person agreed to a measurement that costs something. It follows, and is repeated after a fix.
    MeasureAgreed {
        /// What is measured.
        subject: Subject,
        /// What it costs, as the person was told. Without it, nothing was agreed to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<Request>,
    },
    /// It is agreed to no longer: the person stopped the measurement, or it would cost something else now.
    MeasureLapsed {
        /// What is not measured any more without being asked for anew.
        subject: Subject,
        /// What it showed before a fix, and nobody knows now.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        forgotten: Vec<CheckId>,
    },
    /// The person turned a measurement down.
    MeasureDeclined {
        /// What is not measured.
        subject: Subject,
    },
    /// The person went one step back.
    WentBack,
    /// The person looked at the steps of a fix.
    FixShown {
        /// Which fix.
        fix: FixId,
    },
    /// "This is not it."
    FixSkipped {
        /// Which fix.
        fix: FixId,
    },
    /// The person has done the steps. Measuring follows.
    FixDone {
        /// Which fix.
        fix: FixId,
    },
    /// The person said whether it works now.
    Verified {
        /// Which fix.
        fix: FixId,
        /// What they said.
        outcome: Verdict,
    },
    /// The person wants a human.
    HandedOver,
    /// The person says that it is broken although the checks are in order.
    StillBroken,
    /// It works, and the case is closed.
    Closed,
    /// The ticket is in the outbox.
    Submitted,
}

/// Why something is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To find out what is wrong.
    First,
    /// Because the person agreed to what it costs.
    OnRequest,
    /// To see whether a fix helped.
    Verify,
}

/// Whether it works after a fix, as the person sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It works.
    Yes,
    /// It is better, and not good.
    Partly,
    /// It is as before.
    No,
}

/// An event with its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

impl Entry {
    /// One line of the journal, with its line end.
    pub fn to_line(&self) -> Result<String, JournalError> {
        let mut line = serde_json::to_string(self).map_err(JournalError::Write)?;
        line.push('\n');
        Ok(line)
    }
}

/// A journal that cannot be written or read.
#[derive(Debug, Error)]
pub enum JournalError {
    /// An event has no form in JSON.
    #[error("the event cannot be written to the journal: {0}")]
    Write(#[source] serde_json::Error),
    /// A line in the middle is damaged.
    #[error(
        "line {line} of the session's journal is damaged: {reason}. Move the file away to start anew; nothing else is affected"
    )]
    Damaged {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The journal does not begin with a start.
    #[error(
        "the session's journal does not begin with its start: it is empty or its beginning is lost. Start a new session"
    )]
    NoStart,
}

/// A case, as its journal tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// What to call it on the telephone.
    pub reference: Reference,
    /// What happened, in order.
    pub entries: Vec<Entry>,
}

impl Session {
    /// A session that begins now.
    pub fn start(at: Timestamp, reference: Reference, guide: GuideId, words: String) -> Self {
        let event = Event::Started { reference, guide, words, site: None };
        Self { reference, entries: vec![Entry { at, event }] }
    }

    /// Adds an event and returns its line for the journal.
    pub fn push(&mut self, at: Timestamp, event: Event) -> Result<String, JournalError> {
        let entry = Entry { at, event };
        let line = entry.to_line()?;
        self.entries.push(entry);
        Ok(line)
    }

    /// Reads a journal. A last line that was torn in the middle of writing is left out: what it was about to
    /// say had not happened yet. Damage elsewhere is an error that names the line.
    pub fn from_lines(journal: impl AsRef<[u8]>) -> Result<Self, JournalError> {
        Self::read(journal).map(|(session, _)| session)
    }

    /// The same, with the number of good bytes: who goes on writing cuts the file there first.
    pub fn read(journal: impl AsRef<[u8]>) -> Result<(Self, usize), JournalError> {
        let bytes = journal.as_ref();
        let mut entries: Vec<Entry> = Vec::new();
        let mut good = 0;
        let mut start = 0;
        for (number, line) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
            let at = start;
            start += line.len();
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice::<Entry>(line) {
                Ok(entry) if line.ends_with(b"\n") => {
                    entries.push(entry);
                    good = start;
                }
                // Without its line end it was not written completely, even if it happens to read well.
                Ok(_) => {}
                // Zeros are what a file system leaves where data did not reach the disk.
                Err(_) if !line.ends_with(b"\n") || bytes[at..].iter().all(|b| *b == 0 || *b == b'\n') => {}
                Err(e) => return Err(JournalError::Damaged { line: number + 1, reason: e.to_string() }),
            }
        }
        match entries.first() {
            Some(Entry { event: Event::Started { reference, .. }, .. }) => {
                Ok((Self { reference: *reference, entries }, good))
            }
            _ => Err(JournalError::NoStart),
        }
    }

    /// What the journal amounts to.
    pub fn replay(&self) -> State {
        let mut state = State::new();
        let mut kept: Vec<&Event> = Vec::new();
        let mut undone: BTreeMap<QuestionId, Option<AnswerId>> = BTreeMap::new();
        for Entry { event, .. } in &self.entries {
            if *event == Event::WentBack {
                if let Some(at) = undoable(&kept)
                    && let Event::Answered { question, answer } = kept.remove(at)
                {
                    undone.insert(question.clone(), answer.clone());
                }
            } else {
                kept.push(event);
            }
        }
        for event in &kept {
            state.apply(event);
        }
        state.given_before = undone;
        state.can_go_back = undoable(&kept).is_some();
        state
    }
}

/// The event that "back" undoes: the last one that is a choice of the person. What was measured or done cannot
/// be undone, and nothing before it is reached.
fn undoable(kept: &[&Event]) -> Option<usize> {
    for (i, event) in kept.iter().enumerate().rev() {
        match event {
            Event::Answered { .. }
            | Event::MeasureDeclined { .. }
            | Event::FixShown { .. }
            | Event::FixSkipped { .. }
            | Event::Verified { .. }
            | Event::HandedOver
            | Event::StillBroken => return Some(i),
            Event::Worded { .. } => {}
            Event::Started { .. }
            | Event::SiteNamed { .. }
            | Event::MeasureAgreed { .. }
            | Event::MeasureLapsed { .. }
            | Event::Measured { .. }
            | Event::FixDone { .. }
            | Event::WentBack
            | Event::Closed
            | Event::Submitted => return None,
        }
    }
    None
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The guide; `None` only for a journal without a start, which cannot be read.
    pub guide: Option<GuideId>,
    /// What is wrong, in the person's words.
    pub words: String,
    /// The site that does not open, where the guide is about one.
    pub site: Option<String>,
    /// Whether the person was asked for it.
    pub site_asked: bool,
    /// Measurements on request that the person agreed to, and what each may cost.
    pub agreed: BTreeMap<Subject, Request>,
    /// All that is known, for `diagnose`.
    pub evidence: Evidence,
    /// The latest result of each check, in the order in which they were first measured.
    pub results: Vec<CheckResult>,
    /// The results before the last fix, to compare with.
    pub results_before: Vec<CheckResult>,
    /// What was tried, in order.
    pub tried: Vec<Tried>,
    /// Answers that were undone: offered again when the question comes back.
    pub given_before: BTreeMap<QuestionId, Option<AnswerId>>,
    /// The page to show.
    pub page: Page,
    /// Whether "back" leads somewhere.
    pub can_go_back: bool,
    /// Whether the person closed the case.
    pub closed: bool,
}

/// A fix, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Which fix.
    pub fix: FixId,
    /// What came of it.
    pub outcome: TriedOutcome,
}

/// What came of a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriedOutcome {
    /// It works.
    Helped,
    /// It is better.
    HelpedPartly,
    /// It did not help.
    DidNotHelp,
    /// The person turned it down.
    TurnedDown,
    /// Done, and not yet known.
    Open,
}

/// The page that a case is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// Measuring.
    Checking {
        /// Why.
        purpose: Purpose,
    },
    /// Whatever `diagnose` says.
    Decide,
    /// The steps of a fix.
    Fix {
        /// Which fix.
        fix: FixId,
    },
    /// Did it help?
    Verify {
        /// Which fix.
        fix: FixId,
    },
    /// On the way to a human.
    HandOver,
    /// It works.
    Solved,
    /// The ticket is on its way.
    Sent,
}

impl State {
    fn new() -> Self {
        Self {
            guide: None,
            words: String::new(),
            site: None,
            site_asked: false,
            agreed: BTreeMap::new(),
            evidence: Evidence::default(),
            results: Vec::new(),
            results_before: Vec::new(),
            tried: Vec::new(),
            given_before: BTreeMap::new(),
            page: Page::Checking { purpose: Purpose::First },
            can_go_back: false,
            closed: false,
        }
    }

    /// The fix that helped.
    pub fn helped(&self) -> Option<&FixId> {
        self.tried.iter().rev().find(|t| t.outcome == TriedOutcome::Helped).map(|t| &t.fix)
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Started { guide, words, site, .. } => {
                self.guide = Some(guide.clone());
                self.words.clone_from(words);
                self.site.clone_from(site);
                self.site_asked = site.is_some();
            }
            Event::SiteNamed { site } => {
                self.site.clone_from(site);
                self.site_asked = true;
            }
            Event::Worded { words } => self.words.clone_from(words),
            Event::Measured { purpose, results } => self.measured(*purpose, results),
            Event::Answered { question, answer } => {
                self.evidence.answers.insert(question.clone(), answer.clone());
                self.page = Page::Decide;
            }
            Event::MeasureAgreed { subject, cost } => {
                if let Some(cost) = cost {
                    self.agreed.insert(*subject, cost.clone());
                }
                self.page = Page::Checking { purpose: Purpose::OnRequest };
            }
            Event::MeasureLapsed { subject, forgotten } => {
                self.agreed.remove(subject);
                for check in forgotten {
                    self.evidence.checks.remove(check);
                }
            }
            Event::MeasureDeclined { subject } => {
                self.evidence.declined.insert(*subject);
                self.page = Page::Decide;
            }
            Event::FixShown { fix } => self.page = Page::Fix { fix: fix.clone() },
            Event::FixSkipped { fix } => {
                self.evidence.fixes_skipped.insert(fix.clone());
                self.came_to(fix, TriedOutcome::TurnedDown);
                self.page = Page::Decide;
            }
            Event::FixDone { fix } => {
                self.came_to(fix, TriedOutcome::Open);
                self.page = Page::Checking { purpose: Purpose::Verify };
            }
            Event::Verified { fix, outcome } => self.verified(fix, *outcome),
            Event::HandedOver => self.page = Page::HandOver,
            Event::StillBroken => {
                self.evidence.still_broken = true;
                self.page = Page::Decide;
            }
            Event::Closed => {
                self.closed = true;
                self.page = Page::Solved;
            }
            Event::Submitted => self.page = Page::Sent,
            // Already taken into account; one that had nothing to undo changes nothing.
            Event::WentBack => {}
        }
    }

    fn measured(&mut self, purpose: Purpose, results: &[CheckResult]) {
        if purpose == Purpose::Verify {
            self.results_before = self.results.clone();
        }
        let seen: BTreeSet<_> = self.results.iter().map(|r| r.check.clone()).collect();
        for result in results {
            // What was measured on request is not forgotten because it was not measured again.
            if not_requested(result)
                && self.evidence.checks.get(&result.check).is_some_and(|s| *s != Status::Unknown)
            {
                continue;
            }
            self.evidence.learn(result);
            if seen.contains(&result.check) {
                if let Some(old) = self.results.iter_mut().find(|r| r.check == result.check) {
                    *old = result.clone();
                }
            } else {
                self.results.push(result.clone());
            }
        }
        self.page = match (purpose, self.tried.last()) {
            (Purpose::Verify, Some(tried)) => Page::Verify { fix: tried.fix.clone() },
            _ => Page::Decide,
        };
    }

    fn verified(&mut self, fix: &FixId, outcome: Verdict) {
        match outcome {
            Verdict::Yes => {
                self.came_to(fix, TriedOutcome::Helped);
                self.page = Page::Solved;
                return;
            }
            // It was done and is not offered again. That it changed something is no proof against its
            // causes, so it counts no more than a fix turned down.
            Verdict::Partly => {
                self.evidence.fixes_skipped.insert(fix.clone());
                self.came_to(fix, TriedOutcome::HelpedPartly);
            }
            Verdict::No => {
                self.evidence.fixes_failed.insert(fix.clone());
                self.came_to(fix, TriedOutcome::DidNotHelp);
            }
        }
        // The person has just looked, and knows better than any check.
        self.evidence.still_broken = true;
        self.page = Page::Decide;
    }

    fn came_to(&mut self, fix: &FixId, outcome: TriedOutcome) {
        if let Some(open) =
            self.tried.iter_mut().rev().find(|t| t.fix == *fix && t.outcome == TriedOutcome::Open)
        {
            open.outcome = outcome;
        } else {
            self.tried.push(Tried { fix: fix.clone(), outcome });
        }
    }
}
