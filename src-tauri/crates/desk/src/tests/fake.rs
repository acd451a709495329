//! A help desk that fails when it is told to, and keeps every ticket it ever made, doubled or not.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Mutex;

use befund_reference::Reference;
use jiff::SignedDuration;

use crate::{Desk, DeskError, Filed, Package, Ticket};

/// What goes wrong at one call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    None,
    /// The desk is not reached.
    Before,
    /// The desk does it, and its answer is lost.
    AnswerLost,
    Refused,
    /// Makes the ticket without its package.
    OnlyTicket,
    TryLater(SignedDuration),
}

#[derive(Default)]
pub(super) struct FakeDesk {
    pub(super) limit: Option<u64>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    file: VecDeque<Fault>,
    attach: VecDeque<Fault>,
    find: VecDeque<Fault>,
    /// Each entry is one ticket; `true` if it has its package.
    tickets: BTreeMap<Reference, Vec<bool>>,
    attachments: usize,
    calls: Vec<&'static str>,
}

impl FakeDesk {
    pub(super) fn file_faults(self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.inner.lock().unwrap().file.extend(faults);
        self
    }

    pub(super) fn attach_faults(self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.inner.lock().unwrap().attach.extend(faults);
        self
    }

    pub(super) fn find_faults(self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.inner.lock().unwrap().find.extend(faults);
        self
    }

    /// Every ticket: how often it exists, and whether with its package.
    pub(super) fn tickets(&self) -> BTreeMap<Reference, Vec<bool>> {
        self.inner.lock().unwrap().tickets.clone()
    }

    pub(super) fn attachments(&self) -> usize {
        self.inner.lock().unwrap().attachments
    }

    pub(super) fn calls(&self) -> Vec<&'static str> {
        self.inner.lock().unwrap().calls.clone()
    }

    fn filed(reference: Reference, attached: bool) -> Filed {
        Filed {
            location: format!("https://desk.example/{reference}"),
            number: Some("4711".into()),
            package: if attached { Package::Attached } else { Package::Missing },
        }
    }

    fn unavailable(retry_after: Option<SignedDuration>, may_be_filed: bool) -> DeskError {
        DeskError::Unavailable { desk: "Fake".into(), message: "no answer".into(), retry_after, may_be_filed }
    }
}

impl Desk for FakeDesk {
    fn name(&self) -> &'static str {
        "Fake"
    }

    fn limit_bytes(&self) -> Option<u64> {
        self.limit
    }

    fn file(&self, ticket: &Ticket, package: &Path) -> Result<Filed, DeskError> {
        assert!(package.is_file(), "the package is handed over as a file");
        let mut inner = self.inner.lock().unwrap();
        inner.calls.push("file");
        let fault = inner.file.pop_front().unwrap_or(Fault::None);
        let make = |inner: &mut Inner, attached| {
            inner.tickets.entry(ticket.reference).or_default().push(attached);
        };
        match fault {
            Fault::None => make(&mut inner, true),
            Fault::OnlyTicket => make(&mut inner, false),
            Fault::AnswerLost => {
                make(&mut inner, true);
                return Err(Self::unavailable(None, true));
            }
            Fault::Before => return Err(Self::unavailable(None, false)),
            Fault::TryLater(wait) => return Err(Self::unavailable(Some(wait), false)),
            Fault::Refused => {
                return Err(DeskError::Refused { desk: "Fake".into(), message: "no such queue".into() });
            }
        }
        Ok(Self::filed(ticket.reference, matches!(fault, Fault::None)))
    }

    fn attach(&self, ticket: &Ticket, _: &Path, _: &Filed) -> Result<Filed, DeskError> {
        let mut inner = self.inner.lock().unwrap();
        inner.calls.push("attach");
        let fault = inner.attach.pop_front().unwrap_or(Fault::None);
        if !matches!(fault, Fault::None | Fault::AnswerLost) {
            return Err(Self::unavailable(None, false));
        }
        inner.attachments += 1;
        inner.tickets.get_mut(&ticket.reference).unwrap()[0] = true;
        match fault {
            Fault::AnswerLost => Err(Self::unavailable(None, true)),
            _ => Ok(Self::filed(ticket.reference, true)),
        }
    }

    fn find(&self, reference: Reference) -> Result<Option<Filed>, DeskError> {
        let mut inner = self.inner.lock().unwrap();
        inner.calls.push("find");
        if let Some(Fault::Before) = inner.find.pop_front() {
            return Err(Self::unavailable(None, false));
        }
        Ok(inner.tickets.get(&reference).map(|made| Self::filed(reference, made[0])))
    }
}
