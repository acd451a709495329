//! What the outbox needs of a help desk. One implementation is one kind of desk.

use std::path::Path;

use befund_reference::Reference;

use crate::{DeskError, Ticket};

/// Whether the desk has the support package too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Package {
    /// It is attached.
    Attached,
    /// The ticket exists, the package still has to be attached.
    Missing,
}

/// A ticket that exists at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Where it is: a folder, or an address for the browser.
    pub location: String,
    /// The desk's own number, if it gives one.
    pub number: Option<String>,
    /// Whether the package is with it.
    pub package: Package,
}

/// A help desk.
///
/// No method is called for one reference by two deliverers at once. After a crash or a lost answer
/// the outbox calls `find` before it repeats anything; so `find` must see all that `file` has made.
pub trait Desk {
    /// What the person calls it.
    fn name(&self) -> &str;

    /// The largest package it takes, if there is a limit.
    fn limit_bytes(&self) -> Option<u64>;

    /// Makes the ticket; with the package where the desk can do both in one step. An error says
    /// whether the ticket may exist all the same ([`DeskError::may_be_filed`]).
    fn file(&self, ticket: &Ticket, package: &Path) -> Result<Filed, DeskError>;

    /// Attaches the package to a ticket that exists without it.
    fn attach(&self, ticket: &Ticket, package: &Path, filed: &Filed) -> Result<Filed, DeskError>;

    /// The ticket of this reference, if the desk has it.
    fn find(&self, reference: Reference) -> Result<Option<Filed>, DeskError>;
}
