//! One row of the outbox, and its state.

use std::path::{Path, PathBuf};

use befund_content::{Lang, Messages};
use befund_reference::Reference;
use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{PackageRef, Problem};

/// How far a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits to be sent.
    Queued,
    /// Is being sent, or was when the program ended.
    Sending,
    /// The desk has the ticket, the package is still missing.
    Created,
    /// The desk has ticket and package.
    Attached,
    /// Finished.
    Done,
    /// Somebody has to do something first.
    NeedsAttention,
}

impl State {
    pub(super) const ALL: [Self; 6] =
        [Self::Queued, Self::Sending, Self::Created, Self::Attached, Self::Done, Self::NeedsAttention];

    /// The state's stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Created => "created",
            Self::Attached => "attached",
            Self::Done => "done",
            Self::NeedsAttention => "needs_attention",
        }
    }

    /// The state in the person's words.
    pub fn words(self, messages: &Messages, lang: Lang) -> String {
        messages.get(lang, &format!("desk-state-{}", self.as_str().replace('_', "-")), &[])
    }
}

/// One ticket in the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OutboxRow {
    /// The reference.
    pub reference: Reference,
    /// The subject.
    pub subject: String,
    /// How far it is.
    pub state: State,
    /// What kept it from being sent: why it needs attention, or why it still waits.
    pub state_detail: Option<Problem>,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When its state last changed.
    pub updated_at: Timestamp,
    /// Attempts so far.
    pub attempts: u32,
    /// Not tried again before.
    pub next_attempt_at: Option<Timestamp>,
    /// Where it is at the desk: a folder or an address; absent before it is there.
    pub location: Option<String>,
    /// The desk's number, if it gave one.
    pub number: Option<String>,
    /// The package.
    pub package: PackageRef,
    /// Where the package is on this computer.
    pub package_path: PathBuf,
}

pub(super) const COLUMNS: &str = "reference, ticket, state, problem, created_at, updated_at, attempts, \
                                  next_attempt_at, location, desk_number";

pub(super) fn from_sql(row: &Row<'_>, tickets: &Path) -> rusqlite::Result<OutboxRow> {
    let reference = reference(row, 0)?;
    let ticket: crate::Ticket = json(row, 1)?;
    Ok(OutboxRow {
        reference,
        subject: ticket.subject,
        state: state(row, 2)?,
        state_detail: if row.get_ref(3)? == rusqlite::types::ValueRef::Null {
            None
        } else {
            Some(json(row, 3)?)
        },
        created_at: time(row, 4)?,
        updated_at: time(row, 5)?,
        attempts: row.get(6)?,
        next_attempt_at: if row.get::<_, Option<i64>>(7)?.is_some() { Some(time(row, 7)?) } else { None },
        location: row.get(8)?,
        number: row.get(9)?,
        package_path: tickets.join(PackageRef::name_for(reference)),
        package: ticket.package,
    })
}

fn unreadable<E: std::error::Error + Send + Sync + 'static>(column: usize) -> impl Fn(E) -> rusqlite::Error {
    move |e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e))
}

pub(super) fn reference(row: &Row<'_>, column: usize) -> rusqlite::Result<Reference> {
    row.get::<_, String>(column)?.parse().map_err(unreadable(column))
}

pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(&row.get::<_, String>(column)?).map_err(unreadable(column))
}

pub(super) fn state(row: &Row<'_>, column: usize) -> rusqlite::Result<State> {
    let word: String = row.get(column)?;
    State::ALL
        .into_iter()
        .find(|state| state.as_str() == word)
        .ok_or_else(|| unreadable(column)(std::io::Error::other(format!("unknown state {word}"))))
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(row.get(column)?).map_err(unreadable(column))
}
