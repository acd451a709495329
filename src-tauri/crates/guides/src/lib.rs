//! Problems, causes and the next step: pure inference, and the events of a session.
//!
//! A guide is content: what can be wrong, what each cause makes checks and questions show, and what can be
//! done. This crate loads guides, works out which cause is the likely one and which step is the best, and replays
//! the journal of a session. Beside loading content it does no I/O; it has no clock and no randomness. It
//! measures nothing (that is `facts`), judges no facts (`checks`), and shows nothing (the app).

mod diagnose;
mod evidence;
mod file;
mod guide;
mod ids;
mod likelihood;
mod lint;
mod load;
mod measurement;
mod session;
mod simulate;
mod step;
mod words;

pub use diagnose::{Diagnosis, Judgement, Outcome, RankedCause, Reason, Source, Speaks, diagnose, reasons};
pub use evidence::Evidence;
pub use file::schema;
pub use guide::{
    Answer, Cause, Fix, Guide, HandOver, Level, Priority, Question, Risk, Station, Symptoms, Topic,
};
pub use ids::{AnswerId, CauseId, FixId, GuideId, IdError, QuestionId};
pub use load::{Guides, closest};
pub use session::{Entry, Event, JournalError, Page, Purpose, Session, State, Tried, TriedOutcome, Verdict};
pub use simulate::{Course, Draws, OfCause, Simulation, simulate};
pub use step::{NextStep, StepCost, StepKind};
pub use words::Certainty;
