//! One pass over bytes of any length in bounded memory: what is found is replaced, all else is copied.

use std::io::{self, Read, Write};

use crate::Redactor;
use crate::detect::{LONGEST_TRIGGER, REACH};
use crate::hit::{self, Action, Hit, Rest};
use crate::words::LOOK_LEFT;

/// Bytes worked on at once.
pub(crate) const WINDOW: usize = 256 * 1024;

/// The most that is ever held: what was worked on, what is looked ahead, and the context on the left.
pub(crate) const MOST_HELD: usize = WINDOW + AHEAD + LOOK_LEFT;

/// How far a find may look ahead of where it starts.
const AHEAD: usize = REACH + LONGEST_TRIGGER;

/// The state between two windows.
#[derive(Default)]
struct Pass {
    held: Vec<u8>,
    /// Everything before this is written.
    done: usize,
    names_from: usize,
    detectors_from: usize,
    rest: Option<Rest>,
}

impl Redactor {
    /// Redacts from a reader to a writer. Lines may be of any length, and bytes need not be text.
    pub fn stream(&mut self, mut reader: impl Read, mut writer: impl Write) -> io::Result<()> {
        let mut pass = Pass::default();
        let mut out = Vec::new();
        loop {
            let wanted = MOST_HELD - pass.held.len();
            let read = (&mut reader).take(wanted as u64).read_to_end(&mut pass.held)?;
            let is_end = read < wanted;
            pass.advance(self, is_end, "", &mut out);
            writer.write_all(&out)?;
            out.clear();
            if is_end {
                return Ok(());
            }
        }
    }

    /// Redacts bytes that are there as a whole. `field` is the key of the JSON member they are in.
    pub(crate) fn whole(&mut self, bytes: &[u8], field: &str) -> Vec<u8> {
        let mut pass = Pass { held: bytes.to_vec(), ..Pass::default() };
        let mut out = Vec::with_capacity(bytes.len());
        pass.advance(self, true, field, &mut out);
        out
    }
}

impl Pass {
    /// Works on what is held, but for the part that must wait for what comes after it.
    fn advance(&mut self, redactor: &mut Redactor, is_end: bool, field: &str, out: &mut Vec<u8>) {
        let to = if is_end { self.held.len() } else { self.held.len().saturating_sub(AHEAD) };
        let mut hits = Vec::new();
        self.skip_rest(to);
        let from = (self.names_from.max(self.done), self.detectors_from.max(self.done));
        let mut resume = redactor.engine().find(&self.held, from, to, field, &mut hits);
        if redactor.study(&hits) {
            hits.clear();
            resume = redactor.engine().find(&self.held, from, to, field, &mut hits);
        }
        self.detectors_from = resume;
        self.names_from = to;
        hit::show(&mut hits, redactor.shown(), to);
        hits.sort_by_key(Hit::order);
        for hit in hits {
            self.take(redactor, hit, out);
        }
        self.skip_rest(to);
        if self.done < to {
            out.extend_from_slice(&self.held[self.done..to]);
            self.done = to;
        }
        let keep = self.done.min(to).saturating_sub(LOOK_LEFT);
        self.held.drain(..keep);
        self.done -= keep;
        self.names_from = self.names_from.saturating_sub(keep);
        self.detectors_from = self.detectors_from.saturating_sub(keep);
    }

    fn take(&mut self, redactor: &mut Redactor, hit: Hit, out: &mut Vec<u8>) {
        if hit.start < self.done {
            // What reaches beyond a value that is gone already belongs to it.
            if matches!(hit.action, Action::Replace { .. }) && self.done > 0 && hit.end > self.done {
                self.done = hit.end;
            }
            return;
        }
        out.extend_from_slice(&self.held[self.done..hit.start]);
        self.done = hit.end;
        match hit.action {
            Action::Keep => out.extend_from_slice(&self.held[hit.start..hit.end]),
            Action::Show { kind, value } => {
                // It keeps its number, so that the others keep theirs when it is hidden again.
                redactor.number(kind, value);
                out.extend_from_slice(&self.held[hit.start..hit.end]);
            }
            Action::Replace { kind, value } => {
                let placeholder = redactor.placeholder(kind, value);
                let quote: &[u8] = if hit.quote { b"\"" } else { b"" };
                out.extend_from_slice(quote);
                out.extend_from_slice(placeholder.as_bytes());
                out.extend_from_slice(quote);
                self.rest = hit.rest;
            }
        }
    }

    /// Drops what still belongs to an overlong value.
    fn skip_rest(&mut self, to: usize) {
        let Some(rest) = self.rest else { return };
        while self.done < to {
            if !rest.takes(self.held[self.done]) {
                self.rest = None;
                return;
            }
            self.done += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Names};

    /// Gives its bytes in pieces of one size.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(self.0.len()).min(buffer.len());
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn redactor() -> Redactor {
        let mut names = Names::new();
        names.add(Kind::Host, "pc-17");
        Redactor::new(names)
    }

    #[test]
    fn a_value_across_a_window_s_edge_is_found() {
        for shift in 0..40 {
            let mut input = vec![b'.'; WINDOW + LOOK_LEFT - 20 + shift];
            input.extend_from_slice(b" pc-17 password=hunter2hunter a@example.org ");
            input.resize(input.len() + 2 * AHEAD, b'.');
            let mut out = Vec::new();
            redactor().stream(Pieces(&input, 7919), &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(text.contains(" [host-1] password=[password-1] [mail-1] "), "{shift}");
            assert_eq!(text.len(), input.len() - 3, "{shift}");
        }
    }

    #[test]
    fn any_piece_size_gives_the_same() {
        let input =
            "pc-17 asked 93.184.216.34 for \"token\": \"abc123def\"\nMail an erika@example.org\n".repeat(40);
        let whole = redactor().whole(input.as_bytes(), "");
        for size in [1, 2, 3, 17, 256, 4096] {
            let mut out = Vec::new();
            redactor().stream(Pieces(input.as_bytes(), size), &mut out).unwrap();
            assert_eq!(out, whole, "{size}");
        }
    }

    #[test]
    fn a_line_of_many_megabytes_is_no_trouble() {
        let mut input = vec![b'x'; 5 * 1024 * 1024];
        input.extend_from_slice(b" pc-17");
        let mut out = Vec::new();
        redactor().stream(&input[..], &mut out).unwrap();
        assert!(out.ends_with(b"x [host-1]"));
        assert_eq!(out.len(), input.len() + 3);
    }
}
