//! The largest folders, as the person sees them on this computer. Their names go nowhere else as they are: in a
//! package, placeholders stand for them.

use befund_content::{Format, format_value};
use befund_facts::folders::{Folders, WalkEnd};
use befund_facts::{Snapshot, Subject};

use crate::App;
use crate::cases::Case;
use crate::view::{FolderRow, FoldersView};

impl App {
    /// What was found for a case, where its guide looks for large folders and the person agreed.
    pub(crate) fn folders_of(&self, case: &Case<'_>) -> Option<FoldersView> {
        let looks = self.checks_of(case.guide).iter().any(|c| c.subjects().contains(&Subject::folders));
        let facts = if looks { self.cases.facts(case.reference).ok()? } else { None };
        self.folders_view(&facts?)
    }

    /// The list and what is to be known of it; nothing where nobody looked.
    pub(crate) fn folders_view(&self, facts: &Snapshot) -> Option<FoldersView> {
        let folders = facts.folders.value()?;
        let rows = folders.largest.iter().map(|folder| FolderRow {
            path: folder.path.value().cloned().unwrap_or_else(|| self.message("folders-own-files")),
            size: self.bytes(folder.used_bytes),
            share: format_value(&folder.share_percent.round().into(), Format::Percent, self.lang()),
        });
        Some(FoldersView {
            title: self.message("folders-title"),
            rows: rows.collect(),
            notes: self.notes(folders),
        })
    }

    /// How far somebody has come who looks for them.
    pub(crate) fn partway(&self, folder_count: u64, bytes: u64) -> String {
        let (folders, size) = (self.count(folder_count), self.bytes(bytes));
        self.message_with("checking-folders", &[("folders", &folders), ("size", &size)])
    }

    fn notes(&self, folders: &Folders) -> Vec<String> {
        let (seen, size) = (self.count(folders.folder_count), self.bytes(folders.seen_bytes));
        let mut notes = vec![self.message_with("folders-seen", &[("folders", &seen), ("size", &size)])];
        for (key, count) in
            [("folders-unreadable", folders.unreadable_count), ("folders-elsewhere", folders.elsewhere_count)]
        {
            if count > 0 {
                notes.push(self.message_with(key, &[("count", &self.count(count))]));
            }
        }
        if folders.end != WalkEnd::AllSeen {
            notes.push(self.message("folders-not-all"));
        }
        notes.push(self.message("folders-names"));
        notes
    }

    fn count(&self, count: u64) -> String {
        format_value(&count.into(), Format::Count, self.lang())
    }

    fn bytes(&self, bytes: u64) -> String {
        format_value(&bytes.into(), Format::Bytes, self.lang())
    }
}
