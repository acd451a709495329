//! Finds and replaces what is private; knows nothing of packages.
//!
//! Two sources tell what is private: the [`Names`] that the caller knows of this computer and its
//! person, and detectors for what shows by its form (addresses, tokens, keys, passwords with their
//! label, IBANs, card numbers, telephone numbers) or by what stands around (the host of a log's line, a user after
//! `Accepted password for`). What is found once by its surroundings is a known name from then on. Both run over bytes in one pass of bounded memory; each value becomes a
//! numbered placeholder such as `[host-1]`, the same one wherever it stands. [`scan`] looks through
//! finished bytes with the same eyes, so that nothing leaves which the pass would still have replaced.
//!
//! What must not live here: where bytes come from, where they go, and what to do about a leak.
//!
//! # What stays readable
//!
//! A redacted log that nobody can work with helps nobody. So these stay: private, shared (CGNAT),
//! loopback, link-local, multicast and unique local addresses, netmasks, well-known public resolvers,
//! times, versions, UUIDs, hashes, and whatever [`Redactor::keep`] names, and
//! what the person [shows](Redactor::show). Addresses of the documentation
//! ranges are replaced like any other public one: no real log has them, and a planted one should go.

mod address;
mod common;
mod context;
mod detect;
mod engine;
mod hit;
mod identity;
mod kind;
mod names;
mod numbers;
mod phone;
mod redactor;
mod scan;
mod secrets;
mod stream;
mod variants;
mod words;

pub use kind::Kind;
pub use names::{Names, NamesError};
pub use redactor::{Known, Redactor, Stats};
pub use scan::{Leak, scan};
