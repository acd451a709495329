//! The one pass: bytes in, bytes out, in windows of bounded size.
//!
//! A window is searched up to [`REACH`] before its end, because that is how far a detector may read, and
//! written up to [`LOOK_LEFT`] before that, because a find may start before its trigger. What was
//! written stays in the buffer for as long as a detector may look back. So the output depends on the
//! bytes alone, not on how they arrive.

use std::io::{self, Read, Write};

use crate::detect::REACH;
use crate::engine::Engine;
use crate::hit::{Action, Hit, Rest};
use crate::words::LOOK_LEFT;

/// How much is kept of what was written: twice what a detector looks back, since a find may start
/// [`LOOK_LEFT`] before its trigger and look back from there.
const BEHIND: usize = 3 * LOOK_LEFT;

/// How much is read before a window is searched. The buffer never holds more than [`LARGEST`].
pub(crate) const WINDOW: usize = 256 * 1024;

/// The bound of the buffer, whatever the input is.
pub(crate) const LARGEST: usize = BEHIND + WINDOW;

/// What is done with the finds, in order and without overlap.
pub(crate) trait Sink {
    /// Bytes that stay.
    fn text(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// A find that goes, from its place in the whole input.
    fn find(&mut self, hit: &Hit, offset: u64) -> io::Result<()>;
}

/// Runs the pass over everything the reader gives, and returns the largest size of the buffer.
pub(crate) fn run(
    engine: &Engine,
    window: usize,
    field: &str,
    mut reader: impl Read,
    sink: &mut dyn Sink,
) -> io::Result<usize> {
    debug_assert!(window > REACH + 2 * LOOK_LEFT, "a window must hold what a detector reads");
    let mut pass = Pass { buffer: Vec::new(), ..Pass::default() };
    let mut largest = 0;
    loop {
        let want = window.saturating_sub(pass.buffer.len() - pass.done);
        let got = (&mut reader).take(want as u64).read_to_end(&mut pass.buffer)?;
        let ended = got < want;
        largest = largest.max(pass.buffer.len());
        pass.step(engine, field, ended, sink)?;
        if ended {
            return Ok(largest);
        }
    }
}

/// Where the pass is. All places are in the buffer.
#[derive(Default)]
struct Pass {
    buffer: Vec<u8>,
    /// Where the buffer starts in the input.
    base: u64,
    /// Written up to here.
    done: usize,
    /// Names were searched up to here.
    names: usize,
    /// Triggers were searched up to here.
    triggers: usize,
    /// Found and not yet written.
    hits: Vec<Hit>,
    /// The rest of an overlong value is being dropped.
    dropping: Option<Rest>,
    /// What the last find was, if it touches `done`.
    after_kept: bool,
}

impl Pass {
    fn step(&mut self, engine: &Engine, field: &str, ended: bool, sink: &mut dyn Sink) -> io::Result<()> {
        let length = self.buffer.len();
        let limit = if ended { length } else { length.saturating_sub(REACH) };
        let flush = if ended { length } else { limit.saturating_sub(LOOK_LEFT) };
        if limit > self.names {
            let from = (self.names, self.triggers);
            self.triggers = engine.find(&self.buffer, from, limit, field, &mut self.hits);
            self.names = limit;
        }
        self.hits.sort_by_key(Hit::order);
        self.drop_rest();
        let hits = std::mem::take(&mut self.hits);
        let mut pending = Vec::new();
        for mut hit in hits {
            if hit.start >= flush && !ended {
                pending.push(hit);
                continue;
            }
            if hit.end <= self.done {
                continue;
            }
            if hit.start < self.done {
                // Two finds overlap: what the first has left of the second goes too.
                if self.after_kept || hit.action == Action::Keep {
                    continue;
                }
                hit.start = self.done;
            }
            sink.text(&self.buffer[self.done..hit.start])?;
            self.done = hit.end;
            self.after_kept = hit.action == Action::Keep;
            if self.after_kept {
                sink.text(&self.buffer[hit.start..hit.end])?;
            } else {
                sink.find(&hit, self.base + hit.start as u64)?;
            }
            if hit.rest.is_some() {
                self.dropping = hit.rest;
                self.drop_rest();
            }
        }
        if self.done < flush {
            sink.text(&self.buffer[self.done..flush])?;
            self.done = flush;
        }
        self.hits = pending;
        self.forget();
        Ok(())
    }

    fn drop_rest(&mut self) {
        if let Some(rest) = self.dropping {
            let left = &self.buffer[self.done..];
            let dropped = left.iter().take_while(|b| rest.takes(**b)).count();
            if dropped < left.len() {
                self.dropping = None;
            }
            self.done += dropped;
        }
    }

    /// Drops what no detector looks back to any more.
    fn forget(&mut self) {
        let first = self.done.min(self.names).min(self.triggers).saturating_sub(BEHIND);
        self.buffer.drain(..first);
        self.base += first as u64;
        self.done -= first;
        self.names -= first;
        self.triggers -= first;
        for hit in &mut self.hits {
            hit.start = hit.start.saturating_sub(first);
            hit.end = hit.end.saturating_sub(first);
        }
    }
}
