//! The support package: report, manifest, zip; written and safely read.
//!
//! [`build`] redacts every part with one redactor, renders the report from what is left, writes the zip,
//! opens the finished zip again and searches every file for what must not be in it. [`open`] reads a
//! package that a stranger may have made: through the central directory, without unpacking, within limits.
//!
//! What is private is for `befund_redact`; what a value means is for `befund_checks`. Where the package
//! goes is for `befund_desk`. The format is described in docs/package-format.md.

mod build;
mod compare;
mod contents;
mod error;
mod evidence;
mod html;
mod index;
mod labels;
mod manifest;
mod names;
mod open;
mod parts;
mod printable;
mod readme;
mod report;
mod schemas;
mod tables;
mod times;

#[cfg(test)]
mod tests;

pub use build::{Built, FileEntry, build};
pub use compare::{Changes, FactChange, Moment, ResultChange, Said, compare};
pub use contents::{CauseLine, Contact, Contents, ExtraFile, Level, TriedLine, TriedOutcome};
pub use error::PackageError;
pub use evidence::{Cut, Evidence, EvidenceRecord, Source, System, collect};
pub use index::Limits;
pub use manifest::{App, FileRecord, Manifest, NotMeasured, Redactions, RemovedRecord};
pub use open::{Opened, Summary, Verification, open, open_with};
pub use printable::printable;
pub use report::{ReportAnswer, ReportCause, ReportData, ReportTried};
pub use schemas::schemas;
