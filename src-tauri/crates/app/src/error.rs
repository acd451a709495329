//! What can go wrong in the application, for people: what happened, what it means, what to do.

use befund_content::{Lang, Messages};
use befund_desk::DeskError;
use befund_facts::services::SiteError;
use befund_package::PackageError;
use befund_reference::ReferenceError;

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
    #[error("there is no guide “{name}”")]
    NoGuide {
        /// As it was written.
        name: String,
        /// The one that was perhaps meant.
        similar: Option<String>,
    },
    /// There is no such check.
    #[error("there is no check “{name}”")]
    NoCheck {
        /// As it was written.
        name: String,
        /// The one that was perhaps meant.
        similar: Option<String>,
    },
    /// What the person named is no site.
    #[error("{fault}")]
    Site {
        /// As it was written. It may hold a secret, so that the person's own terminal alone repeats it.
        written: String,
        /// What is wrong with it.
        fault: SiteError,
    },
    /// There is no such case.
    #[error("there is no case {0} on this computer")]
    NoCase(String),
    /// The reference cannot be one.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
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
            Self::NoGuide { .. } => "no-guide",
            Self::NoCheck { .. } => "no-check",
            Self::Site { .. } => "site",
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

    /// For the terminal. What a person mistyped is said in the person's language alone. Of anything else: what happened in
    /// the person's language, then what a supporter reads. That technical text is English, and in English it says everything.
    pub fn lines(&self, lang: Lang) -> String {
        let messages = Messages::shared();
        if let Self::Site { written, .. } = self {
            let fault = self.mistyped(messages, lang).unwrap_or_default();
            return messages.get(
                lang,
                "cli-site-wrong",
                &[("site", written.as_str().into()), ("fault", fault.into())],
            );
        }
        if let Some(whole) = self.mistyped(messages, lang) {
            return whole;
        }
        if lang == Lang::En {
            return self.to_string();
        }
        let ErrorView { happened, .. } = self.view(messages, lang);
        format!("{happened}\n{self}")
    }

    /// What is wrong with something that the person wrote, complete in the person's language.
    fn mistyped(&self, messages: &Messages, lang: Lang) -> Option<String> {
        let say = |key: &str, name: &str| messages.get(lang, key, &[("name", name.into())]);
        let similar = |line: String, similar: &Option<String>| match similar {
            Some(similar) => format!("{line} {}", say("cli-did-you-mean", similar)),
            None => line,
        };
        Some(match self {
            Self::NoGuide { name, similar: other } => similar(say("cli-no-guide", name), other),
            Self::NoCheck { name, similar: other } => similar(say("cli-no-check", name), other),
            Self::NoCase(reference) => say("cli-no-case", reference),
            Self::Site { fault, .. } => messages.get(
                lang,
                match fault {
                    SiteError::NoWebAddress => "site-fault-scheme",
                    SiteError::Space => "site-fault-space",
                    SiteError::NoName => "site-fault-name",
                    SiteError::Port => "site-fault-port",
                    SiteError::NoAddress => "site-fault-other",
                },
                &[],
            ),
            Self::Reference(ReferenceError::Length { found }) => {
                say("reference-fault-length", &found.to_string())
            }
            Self::Reference(ReferenceError::Symbol { symbol, place }) => messages.get(
                lang,
                "reference-fault-symbol",
                &[("symbol", symbol.to_string().into()), ("place", place.to_string().into())],
            ),
            Self::Reference(ReferenceError::Check { typed }) => say("reference-fault-check", typed),
            _ => return None,
        })
    }

    /// The error in the person's language; the technical text stands at the end for whoever helps.
    pub fn view(&self, messages: &Messages, lang: Lang) -> ErrorView {
        let code = self.code();
        let detail = self.mistyped(messages, lang).unwrap_or_else(|| self.to_string());
        let text = |part: &str| {
            messages.get(lang, &format!("error-{code}-{part}"), &[("detail", detail.as_str().into())])
        };
        ErrorView { code: code.into(), happened: text("happened"), means: text("means"), todo: text("todo") }
    }
}
