//! What a name or a detector has found.

use crate::Kind;

/// What to do with a find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// It stays: a placeholder, or what the caller wants readable.
    Keep,
    /// It goes. The value is in the form under which it is compared with others.
    Replace { kind: Kind, value: String },
}

/// A find: where it is, and what to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) action: Action,
    /// A bare number in JSON: the placeholder needs quotes to keep the document valid.
    pub(crate) quote: bool,
    /// The value is longer than any detector reads: everything of this class after it goes too.
    pub(crate) rest: Option<Rest>,
}

impl Hit {
    pub(crate) fn new(kind: Kind, start: usize, end: usize, value: String) -> Self {
        Self { start, end, action: Action::Replace { kind, value }, quote: false, rest: None }
    }

    pub(crate) fn keep(start: usize, end: usize) -> Self {
        Self { start, end, action: Action::Keep, quote: false, rest: None }
    }

    /// Of finds that start together, secrets win, then the longer one.
    pub(crate) fn order(&self) -> (usize, u8, std::cmp::Reverse<usize>) {
        let rank = match &self.action {
            Action::Replace { kind, .. } if kind.is_secret() => 0,
            Action::Keep | Action::Replace { .. } => 1,
        };
        (self.start, rank, std::cmp::Reverse(self.end))
    }
}

/// How the rest of an overlong value goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// To the end of the line.
    Line,
    /// To the next blank or quote.
    Word,
    /// To this quote, or the end of the line.
    Quote(u8),
    /// As long as it is base64 with line breaks.
    Base64,
}

impl Rest {
    /// Whether the byte still belongs to the value.
    pub(crate) fn takes(self, byte: u8) -> bool {
        match self {
            Self::Line => byte != b'\n' && byte != b'\r',
            Self::Word => !byte.is_ascii_whitespace() && !b"\"'<>".contains(&byte),
            Self::Quote(quote) => byte != b'\n' && byte != quote,
            Self::Base64 => byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte),
        }
    }
}
