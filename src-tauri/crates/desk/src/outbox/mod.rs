//! The outbox: what was submitted is on the disk, and gets to the desk exactly once.
//!
//! ```text
//! <dir>/outbox.sqlite      one row a ticket; WAL, synced at every commit
//!       tickets/           each ticket (.json) and package (.zip); enough to make the list anew
//!       locks/             one empty file a reference, locked by whoever works on it
//! ```
//!
//! States: queued → sending → created → attached → done, or needs attention.
//!
//! Why nothing doubles: who works on a ticket holds the operating system's lock on its file in
//! `locks/`, which ends with the process, whatever ends it, and needs no clock. A row that is
//! `sending` without that lock is left over from a crash; the desk is asked for it first.

mod backoff;
mod deliver;
mod locks;
mod row;
mod store;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use befund_reference::Reference;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::durable::{self, Lock, crash_point};
use crate::{DeskError, PackageRef, Ticket, TicketFile};
use locks::Locks;

pub use deliver::{Delivery, Outcome};
pub use row::{OutboxRow, State};
pub use store::Notice;

/// The durable list of tickets.
pub struct Outbox {
    database: PathBuf,
    tickets: PathBuf,
    connection: Mutex<Connection>,
    locks: Locks,
    notices: Vec<Notice>,
    /// Held as long as the outbox is open: nobody may move the database aside meanwhile.
    _in_use: Lock,
}

impl Outbox {
    /// Opens the outbox in a folder; makes it if there is none. A damaged list is moved aside and
    /// made anew from the tickets beside it; [`Outbox::notices`] says so.
    pub fn open(dir: &Path) -> Result<Self, DeskError> {
        let tickets = dir.join("tickets");
        let doing = "opening the list of tickets in";
        durable::create_folder(&tickets).map_err(|e| DeskError::file(doing, dir, e))?;
        let locks = Locks::new(dir.join("locks"))?;
        let store::Opened { connection, in_use, moved_aside } = store::open(dir)?;
        let mut outbox = Self {
            database: dir.join(store::DATABASE),
            tickets,
            connection: Mutex::new(connection),
            locks,
            notices: Vec::new(),
            _in_use: in_use,
        };
        let adopted = outbox.adopt_left_overs()?;
        if let Some(moved_to) = moved_aside {
            outbox.notices.push(Notice::Rebuilt { moved_to, tickets: adopted });
        }
        Ok(outbox)
    }

    /// What the person should know about the opening.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Takes a ticket and its package. On return both are on the disk for good. The same ticket once
    /// more is no error and changes nothing; another ticket under the same reference is refused.
    pub fn submit(&self, ticket: &Ticket, package: &[u8], now: Timestamp) -> Result<(), DeskError> {
        let reference = ticket.reference;
        if ticket.package != PackageRef::of(reference, package) {
            return Err(DeskError::WrongPackage { reference });
        }
        if self.already_has(ticket)? {
            return Ok(());
        }
        let _lock = self.locks.hold(reference)?;
        if self.already_has(ticket)? {
            return Ok(());
        }
        let submitted = self.write_files(ticket, package).and_then(|()| self.insert(ticket, now, false));
        if submitted.is_err() && matches!(self.get(reference), Ok(None)) {
            // Not submitted means not submitted: nothing of it may turn up later. Where even that
            // cannot be read, the files stay: rather a ticket too early than one without its package.
            self.remove_files(reference);
        }
        submitted
    }

    fn already_has(&self, ticket: &Ticket) -> Result<bool, DeskError> {
        let connection = self.connection();
        let json: Option<String> = connection
            .query_row(
                "SELECT ticket FROM outbox WHERE reference = ?1",
                [ticket.reference.to_string()],
                |row| row.get(0),
            )
            .optional()
            .map_err(|e| self.failed("reading", e))?;
        match json.map(|json| serde_json::from_str::<Ticket>(&json)) {
            None => Ok(false),
            Some(Ok(known)) if known.same_content(ticket) => Ok(true),
            Some(_) => Err(DeskError::Conflict { reference: ticket.reference }),
        }
    }

    fn write_files(&self, ticket: &Ticket, package: &[u8]) -> Result<(), DeskError> {
        let failed = |e| DeskError::file("keeping the ticket in", &self.tickets, e);
        let json = serde_json::to_vec_pretty(&TicketFile::new(ticket.clone()))
            .map_err(|e| failed(io::Error::other(e)))?;
        durable::replace(&self.package_path(ticket.reference), package).map_err(failed)?;
        durable::replace(&self.ticket_path(ticket.reference), json.as_slice()).map_err(failed)
    }

    fn remove_files(&self, reference: Reference) {
        let _ = fs::remove_file(self.ticket_path(reference));
        let _ = fs::remove_file(self.package_path(reference));
    }

    fn insert(&self, ticket: &Ticket, now: Timestamp, find_first: bool) -> Result<(), DeskError> {
        let failed = |e| self.failed("adding a ticket to", e);
        let json = serde_json::to_string(ticket)
            .map_err(|e| failed(rusqlite::Error::ToSqlConversionFailure(Box::new(e))))?;
        let mut connection = self.connection();
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        tx.execute(
            "INSERT INTO outbox (reference, ticket, subject, sha256, state, created_at, updated_at, find_first)
             VALUES (?1, ?2, ?3, ?4, 'queued', ?5, ?5, ?6)",
            params![
                ticket.reference.to_string(),
                json,
                ticket.subject,
                ticket.package.sha256,
                now.as_millisecond(),
                find_first
            ],
        )
        .map_err(failed)?;
        crash_point();
        tx.commit().map_err(failed)?;
        crash_point();
        Ok(())
    }

    /// Every ticket, the newest first.
    pub fn list(&self) -> Result<Vec<OutboxRow>, DeskError> {
        let failed = |e| self.failed("reading", e);
        let connection = self.connection();
        let mut query = connection
            .prepare(&format!("SELECT {} FROM outbox ORDER BY number DESC", row::COLUMNS))
            .map_err(failed)?;
        let rows = query.query_map([], |row| row::from_sql(row, &self.tickets)).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    /// One ticket; none if it was never submitted here.
    pub fn get(&self, reference: Reference) -> Result<Option<OutboxRow>, DeskError> {
        self.connection()
            .query_row(
                &format!("SELECT {} FROM outbox WHERE reference = ?1", row::COLUMNS),
                [reference.to_string()],
                |row| row::from_sql(row, &self.tickets),
            )
            .optional()
            .map_err(|e| self.failed("reading", e))
    }

    /// The ticket itself.
    pub fn ticket(&self, reference: Reference) -> Result<Option<Ticket>, DeskError> {
        self.connection()
            .query_row("SELECT ticket FROM outbox WHERE reference = ?1", [reference.to_string()], |row| {
                row::json(row, 0)
            })
            .optional()
            .map_err(|e| self.failed("reading", e))
    }

    /// Where the package of a submitted ticket is.
    pub fn package_path(&self, reference: Reference) -> PathBuf {
        self.tickets.join(PackageRef::name_for(reference))
    }

    fn ticket_path(&self, reference: Reference) -> PathBuf {
        self.tickets.join(format!("{reference}.json"))
    }

    /// Puts a ticket that needs attention back into the queue: the cause was seen to.
    pub fn try_again(&self, reference: Reference, now: Timestamp) -> Result<(), DeskError> {
        let changed = self
            .connection()
            .execute(
                "UPDATE outbox SET attempts = 0, next_attempt_at = NULL, updated_at = ?2,
                        state = CASE WHEN location IS NULL THEN 'queued' ELSE 'created' END
                 WHERE reference = ?1 AND state = 'needs_attention'",
                params![reference.to_string(), now.as_millisecond()],
            )
            .map_err(|e| self.failed("changing", e))?;
        match (changed, self.get(reference)?) {
            // In any other state it is on its way already.
            (1, _) | (_, Some(_)) => Ok(()),
            (_, None) => Err(DeskError::Unknown { reference }),
        }
    }

    /// Lets nothing wait for its next attempt any longer: the network is back.
    pub fn hurry(&self) -> Result<(), DeskError> {
        self.connection()
            .execute("UPDATE outbox SET next_attempt_at = NULL WHERE next_attempt_at IS NOT NULL", [])
            .map(|_| ())
            .map_err(|e| self.failed("changing", e))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic in another thread leaves no half-made change: SQLite rolls it back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, doing: &'static str, error: rusqlite::Error) -> DeskError {
        DeskError::database(doing, &self.database, error)
    }

    /// Sees to files without a row: after a crash inside `submit`, or after the list was lost. A whole
    /// ticket with its package is put on the list, since sending it is what somebody wanted; the desk
    /// is asked first. Half a ticket is removed. A submit under way is told apart by its lock.
    fn adopt_left_overs(&self) -> Result<u64, DeskError> {
        let failed = |e| DeskError::file("looking through", &self.tickets, e);
        let known: BTreeSet<Reference> = self.list()?.into_iter().map(|row| row.reference).collect();
        let mut adopted = 0;
        for entry in fs::read_dir(&self.tickets).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let Some((reference, finished)) = reference_of(&path) else { continue };
            if finished && known.contains(&reference) {
                continue;
            }
            let Some(_lock) = self.locks.try_hold(reference)? else { continue };
            if !finished {
                let _ = fs::remove_file(&path);
            } else if self.get(reference)?.is_none() {
                if let Some(ticket) = self.kept(reference) {
                    self.insert(&ticket, ticket.created_at, true)?;
                    adopted += 1;
                } else {
                    let _ = fs::remove_file(&path);
                }
            }
        }
        Ok(adopted)
    }

    /// Ticket and package out of their files, if both are there and belong together.
    fn kept(&self, reference: Reference) -> Option<Ticket> {
        let json = fs::read(self.ticket_path(reference)).ok()?;
        let TicketFile { ticket, .. } = serde_json::from_slice(&json).ok()?;
        let package = durable::digest(&self.package_path(reference)).ok()?;
        (ticket.reference == reference && package.sha256 == ticket.package.sha256).then_some(ticket)
    }
}

/// The reference in the name of a file in `tickets/`, and whether the file was finished. Anything
/// else there is not ours to touch.
fn reference_of(path: &Path) -> Option<(Reference, bool)> {
    let name = path.file_name()?.to_str()?;
    let (name, finished) = name.strip_suffix(".part").map_or((name, true), |name| (name, false));
    let zip = name.strip_prefix("Befund-").and_then(|name| name.strip_suffix(".zip"));
    let reference = zip.or_else(|| name.strip_suffix(".json"))?.parse().ok()?;
    Some((reference, finished))
}
