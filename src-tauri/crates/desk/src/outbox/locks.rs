//! Who works on which ticket: locks of the operating system, one file a reference.
//!
//! Such a lock ends with the process that holds it, however it ends, and no clock is involved. The
//! files are empty and stay: to remove one while another process opens it would make two locks of it.

use std::fs::{File, TryLockError};
use std::path::PathBuf;

use befund_reference::Reference;

use crate::{DeskError, durable};

/// The folder of locks.
pub(super) struct Locks {
    folder: PathBuf,
}

/// A lock; it ends when this is dropped.
pub(super) struct Held {
    _file: File,
}

impl Locks {
    pub(super) fn new(folder: PathBuf) -> Result<Self, DeskError> {
        durable::create_folder(&folder)
            .map_err(|e| DeskError::file("opening the list of tickets in", &folder, e))?;
        Ok(Self { folder })
    }

    fn open(&self, reference: Reference) -> Result<File, DeskError> {
        durable::open_private(&self.folder.join(format!("{reference}.lock"))).map_err(|e| self.failed(e))
    }

    fn failed(&self, error: std::io::Error) -> DeskError {
        DeskError::file("locking a ticket in", &self.folder, error)
    }

    /// Waits for the lock.
    pub(super) fn hold(&self, reference: Reference) -> Result<Held, DeskError> {
        let file = self.open(reference)?;
        file.lock().map_err(|e| self.failed(e))?;
        Ok(Held { _file: file })
    }

    /// The lock, or none if somebody works on the ticket.
    pub(super) fn try_hold(&self, reference: Reference) -> Result<Option<Held>, DeskError> {
        let file = self.open(reference)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Held { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(self.failed(e)),
        }
    }
}
