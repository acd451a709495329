//! Who works on which ticket: locks of the operating system, one file a reference.
//!
//! Such a lock ends with the process that holds it, however it ends, and no clock is involved. The
//! files are empty and stay: to remove one while another process opens it would make two locks of it.

use std::path::PathBuf;

use befund_reference::Reference;

use crate::DeskError;
use crate::durable::{self, Lock};

/// The folder of locks.
pub(super) struct Locks {
    folder: PathBuf,
}

impl Locks {
    pub(super) fn new(folder: PathBuf) -> Result<Self, DeskError> {
        durable::create_folder(&folder)
            .map_err(|e| DeskError::file("opening the list of tickets in", &folder, e))?;
        Ok(Self { folder })
    }

    fn path(&self, reference: Reference) -> PathBuf {
        self.folder.join(format!("{reference}.lock"))
    }

    fn failed(&self, error: std::io::Error) -> DeskError {
        DeskError::file("locking a ticket in", &self.folder, error)
    }

    /// Waits for the lock.
    pub(super) fn hold(&self, reference: Reference) -> Result<Lock, DeskError> {
        Lock::wait(&self.path(reference)).map_err(|e| self.failed(e))
    }

    /// The lock, or none if somebody works on the ticket.
    pub(super) fn try_hold(&self, reference: Reference) -> Result<Option<Lock>, DeskError> {
        Lock::try_take(&self.path(reference)).map_err(|e| self.failed(e))
    }
}
