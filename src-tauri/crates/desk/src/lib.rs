//! Tickets, the durable outbox, and the help desks that take them.
//!
//! A [`Ticket`] is what the help desk gets. [`Outbox::submit`] puts it on disk for good before it
//! returns; [`Outbox::deliver`] hands what is queued to a [`Desk`], and asks the desk before it
//! repeats anything whose outcome it doesn't know. [`LocalDesk`] is a help desk that is a folder.
//!
//! What must not be here: measuring, judging, redacting, building the package. The package comes in
//! as finished bytes. Time and randomness come in as arguments.

mod desk;
mod durable;
mod error;
mod local;
mod outbox;
mod problem;
mod render;
mod ticket;

#[cfg(test)]
mod tests;

pub use desk::{Desk, Filed, Package};
pub use error::{DeskError, Retry};
pub use local::LocalDesk;
pub use outbox::{Delivery, Notice, Outbox, OutboxRow, Outcome, State};
pub use problem::{Explanation, Problem};
pub use ticket::{Contact, Description, Kind, PackageRef, Preferred, Priority, Ticket, TicketFile, schema};
