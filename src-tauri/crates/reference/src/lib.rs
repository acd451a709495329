//! The reference of a case, BF-XXXX-XXXX: made to be read over the phone.
//!
//! Here live its form, its check character, what is accepted when somebody types what they heard, and
//! the words to spell it with. Who gives references out, and what they stand for, is not known here.

mod check;
mod error;
mod reference;
mod spelling;

pub use error::ReferenceError;
pub use reference::Reference;
