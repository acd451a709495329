//! What a name or a detector has found.

use std::collections::HashSet;

use crate::Kind;

/// What to do with a find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// It stays: a placeholder, or what the caller wants readable.
    Keep,
    /// It goes. The value is in the form under which it is compared with others.
    Replace { kind: Kind, value: String },
    /// It would go, and the person wants it read.
    Show { kind: Kind, value: String },
}

/// A find: where it is, and what to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) action: Action,
    /// A bare number in JSON: the placeholder needs quotes to keep the document valid.
    pub(crate) quote: bool,
    /// More than the value stands there, so it goes whatever the person wants read.
    pub(crate) firm: bool,
    /// The value is longer than any detector reads: everything of this class after it goes too.
    pub(crate) rest: Option<Rest>,
}

impl Hit {
    pub(crate) fn new(kind: Kind, start: usize, end: usize, value: String) -> Self {
        Self { start, end, action: Action::Replace { kind, value }, quote: false, firm: false, rest: None }
    }

    pub(crate) fn keep(start: usize, end: usize) -> Self {
        Self { start, end, action: Action::Keep, quote: false, firm: false, rest: None }
    }

    /// Of finds that start together, secrets win, then the longer one.
    pub(crate) fn order(&self) -> (usize, u8, std::cmp::Reverse<usize>) {
        let rank = match &self.action {
            Action::Replace { kind, .. } if kind.is_secret() => 0,
            Action::Keep | Action::Replace { .. } | Action::Show { .. } => 1,
        };
        (self.start, rank, std::cmp::Reverse(self.end))
    }
}

/// Turns finds of what the person wants read into such that stay. A find that holds a secret goes all the
/// same, and so does one that reaches beyond `to`, where nobody has looked for secrets yet.
pub(crate) fn show(hits: &mut [Hit], shown: &HashSet<(Kind, String)>, to: usize) {
    if shown.is_empty() {
        return;
    }
    let secrets: Vec<(usize, usize)> = hits
        .iter()
        .filter(|hit| matches!(&hit.action, Action::Replace { kind, .. } if kind.is_secret()))
        .map(|hit| (hit.start, if hit.rest.is_some() { usize::MAX } else { hit.end }))
        .collect();
    for hit in hits {
        let Action::Replace { kind, value } = &hit.action else { continue };
        let wanted = (*kind, value.clone());
        let holds_secret = || secrets.iter().any(|(start, end)| *start < hit.end && *end > hit.start);
        if shown.contains(&wanted) && !hit.firm && hit.rest.is_none() && hit.end <= to && !holds_secret() {
            hit.action = Action::Show { kind: wanted.0, value: wanted.1 };
        }
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
