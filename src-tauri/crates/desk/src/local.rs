//! The help desk that is a folder: no server, and every ticket readable with what each computer has.
//!
//! ```text
//! <folder>/BF-XXXX-XXXX/ticket.json
//!                       ticket.txt
//!                       Befund-BF-XXXX-XXXX.zip
//! ```
//!
//! A ticket's folder is made under a hidden name, synced, and renamed: at every moment it is there
//! whole or not at all. What a crash leaves under the hidden name is removed by the next filing.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use befund_content::Messages;
use befund_reference::Reference;

use crate::durable::{self, Lock, crash_point};
use crate::{Desk, DeskError, Filed, Package, PackageRef, Ticket, TicketFile};

/// Beginning and end of the hidden names.
const HIDDEN: (&str, &str) = (".befund-", ".part");

/// A folder that takes tickets.
pub struct LocalDesk {
    folder: PathBuf,
    name: String,
    messages: Messages,
}

impl LocalDesk {
    /// The desk in a folder, which is made when the first ticket comes.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { name: folder.display().to_string(), folder, messages: Messages::builtin() }
    }

    /// Where the tickets are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn place(&self, reference: Reference) -> PathBuf {
        self.folder.join(reference.to_string())
    }

    fn filed(&self, reference: Reference) -> Filed {
        Filed {
            location: self.place(reference).display().to_string(),
            number: Some(reference.to_string()),
            package: Package::Attached,
        }
    }

    /// Only one Befund files at a time, so that whatever has a hidden name is left over. A file
    /// system without locks (some network drives) only loses the cleaning up.
    fn sole_writer(&self) -> Option<Lock> {
        Lock::wait(&self.folder.join(".befund-lock")).ok()
    }

    fn remove_left_overs(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            if name.to_str().is_some_and(|n| n.starts_with(HIDDEN.0) && n.ends_with(HIDDEN.1)) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// Writes all three files into a hidden folder.
    fn write_hidden(&self, hidden: &Path, ticket: &Ticket, package: &Path) -> Result<(), DeskError> {
        let doing = "writing the ticket to";
        let failed = |e| DeskError::file(doing, &self.folder, e);
        durable::create_folder(hidden).map_err(failed)?;
        crash_point();
        let json = serde_json::to_vec_pretty(&TicketFile::new(ticket.clone()))
            .map_err(|e| failed(io::Error::other(e)))?;
        let text = ticket.text(&self.messages);
        durable::write_new(&hidden.join("ticket.json"), json.as_slice()).map_err(failed)?;
        durable::write_new(&hidden.join("ticket.txt"), text.as_bytes()).map_err(failed)?;
        let damaged = || DeskError::PackageDamaged { reference: ticket.reference, path: package.to_owned() };
        let source = File::open(package).map_err(|_| damaged())?;
        let zip = hidden.join(PackageRef::name_for(ticket.reference));
        let written = durable::write_new(&zip, source).map_err(failed)?;
        if written.sha256 != ticket.package.sha256 {
            return Err(damaged());
        }
        durable::sync_folder(hidden).map_err(failed)?;
        crash_point();
        Ok(())
    }
}

impl Desk for LocalDesk {
    fn name(&self) -> &str {
        &self.name
    }

    fn limit_bytes(&self) -> Option<u64> {
        None
    }

    fn file(&self, ticket: &Ticket, package: &Path) -> Result<Filed, DeskError> {
        let reference = ticket.reference;
        let failed = |e| DeskError::file("writing the ticket to", &self.folder, e);
        durable::create_folder(&self.folder).map_err(failed)?;
        let lock = self.sole_writer();
        if lock.is_some() {
            self.remove_left_overs();
        }
        if let Some(filed) = self.find(reference)? {
            return Ok(filed);
        }
        let place = self.place(reference);
        if place.symlink_metadata().is_ok() {
            // Somebody has taken files out of it, or it was never ours. It is kept, under another name.
            let aside = durable::free_name(&self.folder, &format!("{reference}.incomplete"), "");
            fs::rename(&place, aside).map_err(failed)?;
        }
        let hidden = self.folder.join(format!("{}{reference}-{}{}", HIDDEN.0, std::process::id(), HIDDEN.1));
        let made = self.write_hidden(&hidden, ticket, package).and_then(|()| {
            fs::rename(&hidden, &place).map_err(failed)?;
            crash_point();
            durable::sync_folder(&self.folder).map_err(failed)
        });
        if let Err(error) = made {
            let _ = fs::remove_dir_all(&hidden);
            return Err(error);
        }
        crash_point();
        Ok(self.filed(reference))
    }

    fn attach(&self, _: &Ticket, _: &Path, filed: &Filed) -> Result<Filed, DeskError> {
        // Ticket and package come into place together.
        Ok(filed.clone())
    }

    fn find(&self, reference: Reference) -> Result<Option<Filed>, DeskError> {
        let place = self.place(reference);
        let json = match fs::read(place.join("ticket.json")) {
            Ok(json) => json,
            Err(e) if e.kind() == io::ErrorKind::NotFound || e.kind() == io::ErrorKind::NotADirectory => {
                return Ok(None);
            }
            Err(e) => return Err(DeskError::file("looking for the ticket in", &place, e)),
        };
        let Ok(TicketFile { ticket, .. }) = serde_json::from_slice(&json) else { return Ok(None) };
        let zip = durable::digest(&place.join(PackageRef::name_for(reference)));
        let complete = ticket.reference == reference && zip.is_ok_and(|z| z.sha256 == ticket.package.sha256);
        Ok(complete.then(|| self.filed(reference)))
    }
}
