//! The bottom of Befund: languages and texts, content files and their errors, formatted values.
//!
//! Everything a person reads is either in Fluent (`content/locales`) or in the content file it
//! belongs to, in German and English. This crate knows how to load, choose and format such text; it
//! knows nothing of facts, checks or guides.

mod embedded;
mod error;
mod format;
mod lang;
mod messages;
mod source;
mod wording;

pub use embedded::builtin;
pub use error::{ContentError, Position};
pub use format::{Format, Formatted, format_value};
pub use lang::{Lang, Text};
pub use messages::{Arg, Messages};
pub use source::{ContentFile, Origin, in_parallel, load_dir, parse_yaml, read_text};
pub use wording::{Misworded, misworded};
