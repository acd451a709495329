//! The application: the one API that the command line and the window both call.
//!
//! Here the parts meet: policy, measuring, judging, guiding, the journal of a case, package, ticket.
//! What a part does lives in its own crate; what a page looks like lives in the window.

mod app;
mod case_store;
mod cases;
mod desktop;
mod error;
mod evidence;
mod folders;
mod logging;
mod measuring;
mod on_request;
mod pages;
mod paths;
mod policy;
mod review;
mod settings;
mod tickets;
mod words;

pub mod authors;
pub mod report;
pub mod view;

pub use app::App;
pub use befund_checks::Status;
pub use befund_content::Lang;
pub use cases::MAX_WORDS;
pub use desktop::message;
pub use error::AppError;
pub use logging::start_log;
pub use measuring::{FirstVerdict, Offline};
pub use paths::Paths;
pub use policy::{
    CollectPolicy, DeskPolicy, HelpPolicy, Policy, PolicyInForce, PolicyLimits, Recipe,
    parse as parse_policy, schema as policy_schema,
};
pub use settings::system_language;

/// Reading packages, for the command line.
pub mod package {
    pub use befund_package::{Opened, PackageError, compare, open, printable};
}

/// Replacing what is private, for the command line: the package's own engine.
pub mod redact {
    pub use befund_redact::{Names, NamesError, Redactor};
}
