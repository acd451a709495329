//! What is wrong with a content file: where, what was expected, and what to do.

use std::fmt;

/// A place in a file, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// One error in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentError {
    /// The file, as the person would name it.
    pub file: String,
    /// Where in the file, if it can be said.
    pub at: Option<Position>,
    /// What is wrong and what was expected.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl ContentError {
    /// An error at no particular place.
    pub fn new(file: impl Into<String>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { file: file.into(), at: None, message: message.into(), help: help.into() }
    }

    /// The same error at a place.
    pub fn at(mut self, line: usize, column: usize) -> Self {
        self.at = Some(Position { line, column });
        self
    }
}

impl fmt::Display for ContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(Position { line, column }) = self.at {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        if !self.help.is_empty() {
            write!(f, "\n  {}", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for ContentError {}
