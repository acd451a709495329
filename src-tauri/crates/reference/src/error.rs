//! What can be wrong with a typed reference, and what the person at the keyboard can do.

/// Why a text is not a reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Too short or too long.
    #[error(
        "the reference has {found} characters after “BF”, and 8 are expected; ask for it again, in the form BF-XXXX-XXXX"
    )]
    Length {
        /// How many symbols there were.
        found: usize,
    },
    /// A character no reference has.
    #[error(
        "“{symbol}” at place {place} after “BF” is in no reference (only digits, and letters other than I, L, O and U); ask for this character again"
    )]
    Symbol {
        /// The character as typed.
        symbol: char,
        /// Its place among the eight symbols, from 1.
        place: usize,
    },
    /// The check character does not fit the others.
    #[error(
        "the reference {typed} has a wrong or swapped character: its last one does not fit the others; compare it character by character"
    )]
    Check {
        /// The reference as understood.
        typed: String,
    },
    /// Stored data has a reference in a form only people use.
    #[error("the reference “{found}” is not in its stored form; write {expected}")]
    Form {
        /// As found.
        found: String,
        /// As it has to be.
        expected: String,
    },
}
