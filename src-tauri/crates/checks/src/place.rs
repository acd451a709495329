//! Where a character of a YAML scalar stands in its file.
//!
//! YAML folds lines and strips indentation, so that an offset in the text of a value says nothing
//! about the file. Walking the value and the file side by side finds the place again for every way
//! of writing a scalar.

use befund_content::Position;
use serde_saphyr::Location;

/// The place of the character `offset` of a scalar that begins at `start`.
pub(crate) fn inside(file: &str, start: Location, value: &str, offset: usize) -> Position {
    let mut cursor = Cursor::at(file, start.line() as usize, start.column() as usize);
    match cursor.peek() {
        // A block scalar: its text begins on the next line.
        Some('|' | '>') => cursor.next_line(),
        Some('"' | '\'') => cursor.step(),
        _ => {}
    }
    let mut blank = true;
    for (i, c) in value.chars().enumerate() {
        if c.is_whitespace() {
            if i == offset {
                return cursor.position;
            }
            blank = true;
            continue;
        }
        if blank {
            cursor.skip_blank();
            blank = false;
        }
        // An escape in a quoted scalar has more characters in the file than in the value.
        while cursor.peek().is_some_and(|f| f != c) {
            cursor.step();
        }
        if i == offset {
            return cursor.position;
        }
        cursor.step();
    }
    cursor.position
}

struct Cursor<'a> {
    rest: std::str::Chars<'a>,
    position: Position,
}

impl<'a> Cursor<'a> {
    fn at(file: &'a str, line: usize, column: usize) -> Self {
        let mut cursor = Self { rest: file.chars(), position: Position { line: 1, column: 1 } };
        while cursor.position.line < line && cursor.peek().is_some() {
            cursor.next_line();
        }
        while cursor.position.column < column && cursor.peek().is_some_and(|c| c != '\n') {
            cursor.step();
        }
        cursor
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn step(&mut self) {
        match self.rest.next() {
            Some('\n') => self.position = Position { line: self.position.line + 1, column: 1 },
            Some(_) => self.position.column += 1,
            None => {}
        }
    }

    fn next_line(&mut self) {
        while self.peek().is_some_and(|c| c != '\n') {
            self.step();
        }
        self.step();
    }

    fn skip_blank(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.step();
        }
    }
}
