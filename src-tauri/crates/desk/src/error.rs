//! What can go wrong between a finished ticket and the desk: what happened, and whether to repeat.

use std::io;
use std::path::{Path, PathBuf};

use befund_reference::Reference;
use jiff::SignedDuration;

/// Whether trying again by itself can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Yes; not before this long, if the desk said so.
    Later(Option<SignedDuration>),
    /// No: somebody has to do something first.
    Never,
}

/// An error of the outbox or of a desk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// No space left.
    #[error("{doing} {}: the disk is full; free some space and send again", path.display())]
    DiskFull {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
    },
    /// The folder or the disk cannot be written to.
    #[error("{doing} {}: writing is not allowed there ({source}); choose another folder or have its permissions changed", path.display())]
    NotWritable {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Any other error of the file system.
    #[error("{doing} {}: {source}; check the disk and send again", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The list of tickets is damaged and in use, so it could not be replaced.
    #[error("{} is damaged and in use; close every Befund and start one again", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
    },
    /// A newer Befund has written the list of tickets.
    #[error("{} has format {found}, this version knows formats up to {known}; nothing was changed: use the newer Befund", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// Another Befund is writing to the list of tickets.
    #[error("{doing} {}: another Befund is writing to it; try again in a moment", path.display())]
    Busy {
        /// What was being done.
        doing: &'static str,
        /// The database.
        path: PathBuf,
    },
    /// Any other error of the database.
    #[error("{doing} {}: {source}; start Befund again", path.display())]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The database.
        path: PathBuf,
        /// The database's reason.
        source: rusqlite::Error,
    },
    /// Something else was sent under this reference already.
    #[error(
        "a different ticket was already submitted as {reference}; start a new case to send more, or open the ticket list"
    )]
    Conflict {
        /// The reference.
        reference: Reference,
    },
    /// The bytes are not the package that the ticket names.
    #[error("the package given for {reference} is not the one its ticket describes; build the package again")]
    WrongPackage {
        /// The reference.
        reference: Reference,
    },
    /// The package in the outbox is gone or was changed.
    #[error("the package of {reference} at {} is missing or was changed; make a new package and send it as a new case", path.display())]
    PackageDamaged {
        /// The reference.
        reference: Reference,
        /// Where it should be.
        path: PathBuf,
    },
    /// The desk does not take packages of this size.
    #[error("the package has {bytes} bytes, {desk} takes at most {limit}; leave files out and send again")]
    TooLarge {
        /// Size of the package.
        bytes: u64,
        /// What the desk takes.
        limit: u64,
        /// The desk.
        desk: String,
    },
    /// There is no such ticket in the outbox.
    #[error("there is no ticket {reference} here; look at the list of tickets")]
    Unknown {
        /// The reference.
        reference: Reference,
    },
    /// The desk refused the ticket for good.
    #[error("{desk} refused the ticket: {message}; ask its administrator")]
    Refused {
        /// The desk.
        desk: String,
        /// Its own words.
        message: String,
    },
    /// The desk could not be reached or could not do it now.
    #[error("{desk} could not take the ticket now: {message}; it is tried again by itself")]
    Unavailable {
        /// The desk.
        desk: String,
        /// What it said, or what the network said.
        message: String,
        /// When the desk wants to be asked again.
        retry_after: Option<SignedDuration>,
        /// Whether the desk may have filed it nevertheless: its answer was lost.
        may_be_filed: bool,
    },
}

impl DeskError {
    /// An error of the file system by what it means for the person.
    pub(crate) fn file(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { doing, path },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::NotWritable { doing, path, source }
            }
            _ => Self::File { doing, path, source },
        }
    }

    /// An error of the database by what it means for the person.
    pub(crate) fn database(doing: &'static str, path: &Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let path = path.to_owned();
        // What SQLite says when the file that processes share about the log cannot grow.
        if source.sqlite_error().is_some_and(|e| e.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::DiskFull { doing, path };
        }
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull { doing, path },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::NotWritable { doing, path, source: io::Error::other(source) }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { doing, path },
            _ => Self::Database { doing, path, source },
        }
    }

    /// A stable word for the kind of error, for scripts and for the texts in Fluent.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DiskFull { .. } => "disk-full",
            Self::NotWritable { .. } => "not-writable",
            Self::File { .. } => "file",
            Self::Damaged { .. } => "damaged",
            Self::Newer { .. } => "newer",
            Self::Busy { .. } => "busy",
            Self::Database { .. } => "database",
            Self::Conflict { .. } => "conflict",
            Self::WrongPackage { .. } => "wrong-package",
            Self::PackageDamaged { .. } => "package-damaged",
            Self::TooLarge { .. } => "too-large",
            Self::Unknown { .. } => "unknown-ticket",
            Self::Refused { .. } => "refused",
            Self::Unavailable { .. } => "unavailable",
        }
    }

    /// Whether trying again by itself can help. A full disk often empties itself; permissions don't.
    pub fn retry(&self) -> Retry {
        match self {
            Self::DiskFull { .. } | Self::File { .. } | Self::Busy { .. } => Retry::Later(None),
            Self::Unavailable { retry_after, .. } => Retry::Later(*retry_after),
            _ => Retry::Never,
        }
    }

    /// Whether the desk may have the ticket in spite of the error. What cannot rule it out, says yes:
    /// asking the desk once more costs little, a second ticket costs much.
    pub fn may_be_filed(&self) -> bool {
        match self {
            Self::Unavailable { may_be_filed, .. } => *may_be_filed,
            Self::Refused { .. } | Self::TooLarge { .. } | Self::PackageDamaged { .. } => false,
            _ => true,
        }
    }
}
