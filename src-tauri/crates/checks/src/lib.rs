//! Judges facts: loads `content/checks` and evaluates its CEL expressions.
//!
//! A check is data: what is good, what deserves a look and what is broken, written by supporters in
//! YAML. This crate reads those files, refuses bad ones with the place of the mistake, and turns a
//! snapshot of facts into one [`CheckResult`] a check. It measures nothing: no I/O beside reading
//! content, no clock. "Not measured" stays "not measured": a value that is absent makes a check
//! [`Status::Unknown`] with the reason of the absence, and never `ok`.

mod check;
mod checks;
mod expression;
mod facts;
mod file;
mod id;
mod paths;
mod place;
mod result;
mod words;

pub use check::Check;
pub use checks::{Checks, parse_check};
pub use facts::Facts;
pub use file::schema;
pub use id::{CheckId, InvalidCheckId};
pub use result::{CheckResult, Group, Status};
pub use words::{not_measured, reason_words};
