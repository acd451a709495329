//! The database file: opening, upgrading, and what to do with one that cannot be read.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use schemars::JsonSchema;
use serde::Serialize;

use crate::DeskError;
use crate::durable::{self, Lock};

/// Name of the database.
pub(super) const DATABASE: &str = "outbox.sqlite";

/// Locked by everyone who has the database open; alone by who moves it aside.
const IN_USE: &str = "outbox.in-use";

/// How long others are waited for. None of them takes a tenth of it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often is looked whether they are done.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// What each version adds; the position is the version that it leads to.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE outbox (
        number          INTEGER PRIMARY KEY,
        reference       TEXT NOT NULL UNIQUE,
        ticket          TEXT NOT NULL,
        subject         TEXT NOT NULL,
        sha256          TEXT NOT NULL,
        state           TEXT NOT NULL CHECK (state IN
                        ('queued', 'sending', 'created', 'attached', 'done', 'needs_attention')),
        -- Whether an attempt may have reached the desk without our knowing.
        find_first      INTEGER NOT NULL DEFAULT 0,
        attempts        INTEGER NOT NULL DEFAULT 0,
        next_attempt_at INTEGER,
        problem         TEXT,
        -- Process that claimed it last; the lock file decides, this is for reading.
        owner           INTEGER,
        location        TEXT,
        desk_number     TEXT,
        created_at      INTEGER NOT NULL,
        updated_at      INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX outbox_waiting ON outbox (state) WHERE state NOT IN ('done', 'needs_attention');
"];

/// What happened while opening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The list of tickets was damaged; it was kept under another name and made anew.
    Rebuilt {
        /// Where the damaged list is.
        moved_to: PathBuf,
        /// How many tickets are on the new list.
        tickets: u64,
    },
}

pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) in_use: Lock,
    pub(super) moved_aside: Option<PathBuf>,
}

pub(super) fn open(dir: &Path) -> Result<Opened, DeskError> {
    let path = dir.join(DATABASE);
    let lock_path = dir.join(IN_USE);
    let failed = |e| DeskError::file("opening the list of tickets in", dir, e);
    let in_use = Lock::wait_shared(&lock_path).map_err(failed)?;
    match connect(&path) {
        Ok(connection) => return Ok(Opened { connection, in_use, moved_aside: None }),
        Err(DeskError::Damaged { .. }) => drop(in_use),
        Err(other) => return Err(other),
    }
    // Alone with it? Another process with the file open would go on writing into the moved one.
    let Some(alone) = Lock::try_take(&lock_path).map_err(failed)? else {
        return Err(DeskError::Damaged { path });
    };
    // Somebody else may have seen to it between the two locks.
    let moved_aside = match connect(&path) {
        Ok(_) => None,
        Err(DeskError::Damaged { .. }) => {
            let moved_to = move_aside(dir).map_err(failed)?;
            tracing::warn!(moved_to = %moved_to.display(), "the list of tickets is damaged and made anew");
            Some(moved_to)
        }
        Err(other) => return Err(other),
    };
    drop(alone);
    let in_use = Lock::wait_shared(&lock_path).map_err(failed)?;
    Ok(Opened { connection: connect(&path)?, in_use, moved_aside })
}

/// The database and the files that belong to it, under a free name. Nothing is deleted.
fn move_aside(dir: &Path) -> std::io::Result<PathBuf> {
    let to = durable::free_name(dir, "outbox.damaged", ".sqlite");
    for suffix in ["-wal", "-shm", ""] {
        let from = dir.join(format!("{DATABASE}{suffix}"));
        let mut name = to.clone().into_os_string();
        name.push(suffix);
        match fs::rename(from, name) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    durable::sync_folder(dir)?;
    Ok(to)
}

/// Waits for others that are opening, mending or closing the list. SQLite waits by itself only for those that
/// write: whoever comes while another one switches to the write-ahead log, reads it again after a crash or
/// removes it as the last one is turned away at once.
fn connect(path: &Path) -> Result<Connection, DeskError> {
    let given_up = Instant::now() + PATIENCE;
    loop {
        match connect_now(path) {
            // Nothing tells when it is free; SQLite's own waiting looks again and again, too.
            Err(DeskError::Busy { .. }) if Instant::now() < given_up => thread::sleep(LOOK_AGAIN),
            outcome => return outcome,
        }
    }
}

fn connect_now(path: &Path) -> Result<Connection, DeskError> {
    let doing = "opening the list of tickets";
    let failed = |e| DeskError::database(doing, path, e);
    // SQLite gives its other files the permissions of this one.
    durable::open_private(path).map_err(|e| DeskError::file(doing, path, e))?;
    let mut connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    // Before anything is written: a newer Befund's list is left exactly as it is.
    let found = version(&connection, path)?;
    let known = MIGRATIONS.len() as i64;
    if found > known {
        return Err(DeskError::Newer { path: path.to_owned(), found, known });
    }
    connection.pragma_update(None, "journal_mode", "wal").map_err(failed)?;
    connection.pragma_update(None, "synchronous", "full").map_err(failed)?;
    // macOS: a plain fsync leaves data in the drive's cache.
    connection.pragma_update(None, "fullfsync", true).map_err(failed)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(failed)?;
    check(&connection, path)?;
    if found < known {
        migrate(&mut connection, path)?;
        // The name of a new file has to be on the disk as well.
        path.parent().map_or(Ok(()), durable::sync_folder).map_err(|e| DeskError::file(doing, path, e))?;
    }
    Ok(connection)
}

fn version(connection: &Connection, path: &Path) -> Result<i64, DeskError> {
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|e| DeskError::database("reading the list of tickets", path, e))
}

fn check(connection: &Connection, path: &Path) -> Result<(), DeskError> {
    let verdict: Result<String, _> = connection.pragma_query_value(None, "quick_check", |row| row.get(0));
    match verdict {
        Ok(word) if word == "ok" => Ok(()),
        Ok(_) => Err(DeskError::Damaged { path: path.to_owned() }),
        // A table that cannot be made sense of shows as a plain SQL error.
        Err(e) if e.sqlite_error_code() == Some(ErrorCode::Unknown) => {
            Err(DeskError::Damaged { path: path.to_owned() })
        }
        Err(e) => Err(DeskError::database("checking the list of tickets", path, e)),
    }
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), DeskError> {
    let failed = |e| DeskError::database("upgrading the list of tickets", path, e);
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    // Another process may have done it while this one waited for the transaction.
    let found = version(&tx, path)?;
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute_batch(sql).map_err(failed)?;
        tx.pragma_update(None, "user_version", index as i64 + 1).map_err(failed)?;
    }
    tx.commit().map_err(failed)
}
