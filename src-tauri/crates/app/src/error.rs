//! What can go wrong in the application, for people: what happened, what it means, what to do.

use befund_content::{Lang, Messages};
use befund_desk::DeskError;
use befund_package::PackageError;

use crate::view::ErrorView;

/// An error of the application.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no home folder, so there is no place for data.
    #[error("this account has no home folder; set BEFUND_DATA to a folder for Befund's data")]
    NoHome,
    /// A folder or file of the data cannot be used.
    #[error("cannot {what}: {source}")]
    Data {
        /// The operation and the file.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no such guide.
    #[error("there is no guide “{0}”; `befund guide` lists them")]
    NoGuide(String),
    /// There is no such check.
    #[error("there is no check “{0}”; `befund check --json` lists the ids of all checks")]
    NoCheck(String),
    /// What the person named is no site.
    #[error(transparent)]
    Site(#[from] befund_facts::services::SiteError),
    /// There is no such case.
    #[error("there is no case {0} on this computer; `befund outbox` lists what there is")]
    NoCase(String),
    /// The reference cannot be one.
    #[error(transparent)]
    Reference(#[from] befund_reference::ReferenceError),
    /// A case's journal is damaged.
    #[error("the journal of case {reference} is damaged: {detail}")]
    Journal {
        /// The case.
        reference: String,
        /// Where and how.
        detail: String,
    },
    /// The action does not fit the case's page.
    #[error("that is not possible at this point of the case: {0}")]
    NotNow(String),
    /// The package has no such file that can be left out.
    #[error("“{name}” is no file that can be left out; those are: {has}")]
    NoFile {
        /// The name.
        name: String,
        /// The files that can be left out.
        has: String,
    },
    /// The policy cannot be read, so nothing may be sent.
    #[error("nothing was sent, because the policy cannot be read.\n{0}")]
    Policy(befund_content::ContentError),
    /// A content file or evidence file is wrong.
    #[error(transparent)]
    Content(#[from] befund_content::ContentError),
    /// The package could not be built or read.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The desk or the outbox failed.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl AppError {
    pub(crate) fn data(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Data { what, source }
    }

    /// The stable code for the front end and for scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoHome => "no-home",
            Self::Data { .. } => "data",
            Self::NoGuide(_) => "no-guide",
            Self::NoCheck(_) => "no-check",
            Self::Site(_) => "site",
            Self::NoCase(_) => "no-case",
            Self::Reference(_) => "reference",
            Self::Journal { .. } => "journal",
            Self::NotNow(_) => "not-now",
            Self::NoFile { .. } => "no-file",
            Self::Policy(_) => "policy",
            Self::Content(_) => "content",
            Self::Package(_) => "package",
            Self::Desk(_) => "desk",
        }
    }

    /// For the terminal: what happened in the person's language, then what a supporter reads. The technical
    /// text is English, and in English it says everything.
    pub fn lines(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        let ErrorView { happened, .. } = self.view(Messages::shared(), lang);
        format!("{happened}\n{self}")
    }

    /// The error in the person's language; the technical text stands at the end for whoever helps.
    pub fn view(&self, messages: &Messages, lang: Lang) -> ErrorView {
        let code = self.code();
        let text = |part: &str| {
            messages.get(lang, &format!("error-{code}-{part}"), &[("detail", self.to_string().into())])
        };
        ErrorView { code: code.into(), happened: text("happened"), means: text("means"), todo: text("todo") }
    }
}
