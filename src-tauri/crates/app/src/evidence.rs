//! Evidence of a case: when it is collected, and what the person is told of it.

use std::sync::Arc;

use befund_facts::{Absence, Reason};
use befund_guides::Session;
use befund_package::{Built, Contents, Evidence, EvidenceRecord, PackageError, build, collect};
use befund_redact::Redactor;
use befund_reference::Reference;
use jiff::Timestamp;

use crate::app::locked;
use crate::{App, AppError};

/// What was collected for a draft.
#[derive(Debug, Clone)]
pub(crate) struct Collected {
    reference: Reference,
    until: Timestamp,
    evidence: Arc<Evidence>,
}

impl App {
    /// What the system wrote down around this case. It is read once for a draft, so that what was reviewed
    /// is what is sent; it is private, so it is kept in memory alone.
    pub(crate) fn evidence(&self, session: &Session, until: Timestamp) -> Arc<Evidence> {
        let mut kept = locked(&self.evidence);
        if let Some(known) = kept.as_ref().filter(|k| k.reference == session.reference && k.until == until) {
            return Arc::clone(&known.evidence);
        }
        let begun = session.entries.first().map_or(until, |entry| entry.at);
        let evidence = Arc::new(collect(&self.policy.policy.collect.evidence, begun, until, &self.system));
        *kept = Some(Collected { reference: session.reference, until, evidence: Arc::clone(&evidence) });
        evidence
    }

    /// What was not collected, and why, for the page on which the person checks what is sent.
    pub(crate) fn not_collected(&self, records: &[EvidenceRecord]) -> Vec<String> {
        records
            .iter()
            .filter_map(|record| {
                let reason = match record.absent.as_ref()?.reason {
                    Reason::NotRequested => "not-requested",
                    Reason::NoPermission => "no-permission",
                    Reason::NotSupported => "not-supported",
                    Reason::TimedOut => "timed-out",
                    Reason::NothingToMeasure => "nothing-to-measure",
                    Reason::Failed | Reason::Cancelled | Reason::Offline => "failed",
                };
                let what = self.message(&format!("evidence-source-{}", record.source.as_str()));
                let why = self.message(&format!("evidence-reason-{reason}"));
                Some(self.message_with("evidence-not-collected", &[("what", &what), ("why", &why)]))
            })
            .collect()
    }

    /// The files that go with a ticket and what was not collected for it; nothing once it is sent.
    pub fn what_goes(&self, reference: &str) -> Result<Vec<String>, AppError> {
        let parsed = Reference::parse(reference)?;
        if self.is_submitted(parsed)? {
            return Ok(Vec::new());
        }
        let draft = self.draft(parsed)?;
        self.with_preview(parsed, &draft, |preview| {
            let sent = preview.built.files.iter().filter(|f| !f.removed);
            let files: Vec<&str> = sent.map(|f| f.name.as_str()).collect();
            let mut lines = vec![self.message_with("cli-evidence", &[("files", &files.join(", "))])];
            lines.extend(self.not_collected(&preview.built.manifest.evidence));
            Ok(lines)
        })
    }
}

/// Makes the package. Evidence in which a private value would be left stays here, and the rest goes: nobody
/// must be kept from sending a ticket by a line of a log.
pub(crate) fn build_with(
    contents: Contents<'_>,
    mut evidence: Evidence,
    redactor: &mut Redactor,
) -> Result<Built, PackageError> {
    let fresh = redactor.clone();
    loop {
        let mut extra_files = contents.extra_files.clone();
        extra_files.extend(evidence.files.iter().cloned());
        let whole = Contents {
            extra_files,
            evidence: &evidence.records,
            causes: contents.causes.clone(),
            tried: contents.tried.clone(),
            answers: contents.answers.clone(),
            contact: contents.contact.clone(),
            removed: contents.removed.clone(),
            ..contents
        };
        let made = build(&whole, redactor);
        let Err(PackageError::Leak { file, line, kind, .. }) = &made else { return made };
        let why = Absence::new(Reason::Failed, format!("line {line} would have given away a {kind}"));
        if !evidence.withdraw(file, why) {
            return made;
        }
        tracing::warn!(file, line, kind, "evidence is left out");
        // What it gave away alone is not known to the others.
        *redactor = fresh.clone();
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use befund_package::{ExtraFile, Source, System};

    use super::*;
    use crate::Paths;
    use crate::view::ReviewChange;

    /// A `journalctl` that prints one line and leaves a trace of each call.
    fn app(folder: &Path) -> App {
        let fake_journalctl = folder.join("fake-journalctl");
        let calls = folder.join("calls");
        let line = "2026-11-23T12:59:02+0000 pc backup[813]: login with password=hunter2x";
        let script = format!("#!/bin/sh\necho call >> '{}'\necho '{line}'\n", calls.display());
        std::fs::write(&fake_journalctl, script).unwrap();
        std::fs::set_permissions(&fake_journalctl, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut app = App::open(Paths::below(folder)).unwrap();
        app.system = System {
            root: folder.join("root"),
            journalctl: fake_journalctl,
            dmesg: folder.join("none"),
            ..System::default()
        };
        app
    }

    fn calls(folder: &Path) -> usize {
        std::fs::read_to_string(folder.join("calls")).map_or(0, |text| text.lines().count())
    }

    #[test]
    fn evidence_is_read_once_and_the_person_sees_what_goes_and_what_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let app = app(folder.path()).speaking(befund_content::Lang::En);
        let case = app.start_case("storage-full", "").unwrap().reference;
        assert_eq!(calls(folder.path()), 0, "collected before there is a package");
        let view = app.review(&case).unwrap();
        let asked = calls(folder.path());
        assert!(view.files.iter().any(|f| f.name == "evidence/journal.log" && f.removable));
        assert_eq!(
            view.not_collected,
            ["Not collected: messages of the print service (this computer does not have it)"]
        );
        let journal = app.review_file(&case, "evidence/journal.log").unwrap().text;
        assert!(journal.contains("login with password=[password-1]"), "{journal}");
        let words = Some("It is full".to_owned());
        app.change_review(&case, ReviewChange { words, ..ReviewChange::default() }).unwrap();
        assert_eq!(calls(folder.path()), asked, "read anew, so that something else goes than was seen");
        let lines = app.what_goes(&case).unwrap();
        assert!(lines[0].contains("evidence/journal.log") && lines[1].contains("print service"), "{lines:?}");
    }

    #[test]
    fn a_policy_that_leaves_evidence_out_reads_nothing_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let mut app = app(folder.path()).speaking(befund_content::Lang::En);
        app.policy.policy.collect.evidence = Vec::new();
        let case = app.start_case("storage-full", "").unwrap().reference;
        let view = app.review(&case).unwrap();
        assert_eq!(calls(folder.path()), 0);
        assert!(view.files.iter().all(|f| !f.name.starts_with("evidence/")));
        assert_eq!(view.not_collected.len(), Source::ALL.len());
        assert!(
            view.not_collected[0].contains("your organisation leaves it out"),
            "{:?}",
            view.not_collected
        );
    }

    #[test]
    fn what_is_withdrawn_is_no_file_any_more_and_says_why() {
        let file = ExtraFile {
            name: "evidence/kernel.log".into(),
            about: befund_content::Text { en: "a".into(), de: "b".into() },
            bytes: vec![1],
        };
        let record = EvidenceRecord {
            source: Source::Kernel,
            file: Some(file.name.clone()),
            cut: Vec::new(),
            absent: None,
        };
        let mut evidence = Evidence { files: vec![file], records: vec![record] };
        assert!(!evidence.withdraw("facts.json", Absence::new(Reason::Failed, "")));
        assert!(evidence.withdraw("evidence/kernel.log", Absence::new(Reason::Failed, "why")));
        assert!(evidence.files.is_empty() && evidence.records[0].file.is_none());
        assert_eq!(evidence.records[0].absent.as_ref().unwrap().detail, "why");
    }
}
