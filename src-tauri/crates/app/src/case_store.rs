//! Cases on disk: a folder each, with the journal of events and the last facts.
//!
//! The journal is append-only, one line an event, synced before the event counts as happened. A line
//! torn by a crash is dropped on reading; nothing else is ever rewritten.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use befund_facts::Snapshot;
use befund_guides::{Entry, JournalError, Session};
use befund_reference::Reference;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::AppError;
use crate::settings::{sync_folder, write_whole};

/// The folder of all cases.
#[derive(Debug, Clone)]
pub(crate) struct CaseStore {
    folder: PathBuf,
}

impl CaseStore {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn case(&self, reference: Reference) -> PathBuf {
        self.folder.join(reference.to_string())
    }

    fn journal(&self, reference: Reference) -> PathBuf {
        self.case(reference).join("journal.jsonl")
    }

    /// Whether there is such a case.
    pub(crate) fn exists(&self, reference: Reference) -> bool {
        self.journal(reference).exists()
    }

    /// Adds an event; on return it is on disk.
    pub(crate) fn append(&self, reference: Reference, entry: &Entry) -> Result<(), AppError> {
        let folder = self.case(reference);
        private_folder(&folder)?;
        let path = self.journal(reference);
        let what = || format!("write the journal {}", path.display());
        let line = entry.to_line().map_err(|e| damaged(reference, &e))?;
        let mut options = OpenOptions::new();
        options.create(true).read(true).write(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(AppError::data(what()))?;
        // The window and the terminal may work on one case.
        file.lock().map_err(AppError::data(what()))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(AppError::data(what()))?;
        if !bytes.is_empty() {
            let (_, good) = Session::read(&bytes).map_err(|e| damaged(reference, &e))?;
            if good < bytes.len() {
                // A line torn by a crash had not happened yet.
                file.set_len(good as u64).map_err(AppError::data(what()))?;
            }
            file.seek(SeekFrom::Start(good as u64)).map_err(AppError::data(what()))?;
        }
        file.write_all(line.as_bytes()).map_err(AppError::data(what()))?;
        file.sync_data().map_err(AppError::data(what()))?;
        if bytes.is_empty() {
            sync_folder(&folder);
        }
        Ok(())
    }

    /// Reads a case.
    pub(crate) fn load(&self, reference: Reference) -> Result<Session, AppError> {
        let path = self.journal(reference);
        match fs::read(&path) {
            Ok(bytes) => Session::from_lines(bytes).map_err(|e| damaged(reference, &e)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                Err(AppError::NoCase(reference.to_string()))
            }
            Err(e) => Err(AppError::data(format!("read {}", path.display()))(e)),
        }
    }

    /// Every case, the one that changed last first.
    pub(crate) fn list(&self) -> Vec<Reference> {
        let mut found: Vec<_> = fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let reference = entry.file_name().to_str()?.parse::<Reference>().ok()?;
                let changed = fs::metadata(self.journal(reference)).ok()?.modified().ok()?;
                Some((std::cmp::Reverse(changed), reference))
            })
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, reference)| reference).collect()
    }

    /// Keeps the facts of the last measurement.
    pub(crate) fn store_facts(&self, reference: Reference, facts: &Snapshot) -> Result<(), AppError> {
        self.store(reference, "facts.json", facts)
    }

    /// The facts of the last measurement, if there was one. Those that cannot be understood, such as a newer
    /// version's, count as none: they can be measured again, and the case must not be lost for them.
    pub(crate) fn facts(&self, reference: Reference) -> Result<Option<Snapshot>, AppError> {
        self.read(reference, "facts.json").or_else(|error| match error {
            AppError::Journal { detail, .. } => {
                tracing::warn!(%detail, "the facts of a case cannot be understood");
                Ok(None)
            }
            other => Err(other),
        })
    }

    /// Writes one file of a case as a whole.
    pub(crate) fn store<T: Serialize>(
        &self,
        reference: Reference,
        name: &str,
        value: &T,
    ) -> Result<(), AppError> {
        let folder = self.case(reference);
        private_folder(&folder)?;
        let bytes = serde_json::to_vec(value)
            .map_err(|e| AppError::data(format!("write {name}"))(std::io::Error::other(e)))?;
        write_whole(&folder.join(name), &bytes)
    }

    /// Reads one file of a case; `None` if it is not there.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        reference: Reference,
        name: &str,
    ) -> Result<Option<T>, AppError> {
        let path = self.case(reference).join(name);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|e| AppError::Journal {
                reference: reference.to_string(),
                detail: format!("{}: {e}", path.display()),
            }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(AppError::data(format!("read {}", path.display()))(e)),
        }
    }
}

/// Makes a folder and what is missing above it, each on disk before the next. Cases hold what only this
/// person may read.
pub(crate) fn private_folder(folder: &Path) -> Result<(), AppError> {
    fn make(folder: &Path) -> std::io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        let parent = folder.parent().filter(|p| !p.as_os_str().is_empty());
        if let Some(parent) = parent {
            make(parent)?;
        }
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(folder) {
            // Another process was faster.
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists && folder.is_dir() => {}
            made => made?,
        }
        sync_folder(parent.unwrap_or(Path::new(".")));
        Ok(())
    }
    make(folder).map_err(AppError::data(format!("make the folder {}", folder.display())))
}

fn damaged(reference: Reference, error: &JournalError) -> AppError {
    AppError::Journal { reference: reference.to_string(), detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_that_cannot_be_understood_count_as_none_and_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let store = CaseStore::new(folder.path().to_owned());
        let reference = Reference::random(&mut rand::rng());
        store.store(reference, "facts.json", &serde_json::json!({ "started_at": "a word" })).unwrap();
        assert!(store.facts(reference).unwrap().is_none());
        let facts = Snapshot::empty(jiff::Timestamp::UNIX_EPOCH, befund_facts::Reason::Offline);
        store.store_facts(reference, &facts).unwrap();
        assert_eq!(store.facts(reference).unwrap(), Some(facts));
    }
}
