//! Looks through finished bytes for what must not be in them, with the eyes that redacted them.

use crate::hit::{self, Action, Hit};
use crate::{Kind, Redactor};

/// Something private that is still there. It does not hold the value: a leak is not repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// What it is.
    pub kind: Kind,
    /// Where it starts, in bytes.
    pub offset: usize,
    /// In which line, counted from 1.
    pub line: usize,
}

/// Everything private in the bytes: every known name, and whatever a detector finds. Placeholders, and
/// what the caller keeps readable or shows, are no leaks.
pub fn scan(bytes: &[u8], redactor: &Redactor) -> Vec<Leak> {
    let mut hits: Vec<Hit> = Vec::new();
    redactor.engine().find(bytes, (0, 0), bytes.len(), "", &mut hits);
    hit::show(&mut hits, redactor.shown(), bytes.len());
    hits.sort_by_key(Hit::order);
    let mut leaks = Vec::new();
    let mut kept_to = 0;
    let (mut line, mut counted) = (1, 0);
    for hit in hits {
        match hit.action {
            Action::Keep | Action::Show { .. } => kept_to = kept_to.max(hit.end),
            Action::Replace { kind, .. } if hit.start >= kept_to => {
                line += bytes[counted..hit.start].iter().filter(|b| **b == b'\n').count();
                counted = hit.start;
                leaks.push(Leak { kind, offset: hit.start, line });
            }
            Action::Replace { .. } => {}
        }
    }
    leaks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Names;

    #[test]
    fn a_leak_is_named_with_its_line_and_redacted_text_has_none() {
        let mut names = Names::new();
        names.add(Kind::Host, "pc-17");
        let mut redactor = Redactor::new(names);
        let text = "fine\nhost pc-17\nmail a@example.org\ntoken=abcdef123\n";
        let leaks = scan(text.as_bytes(), &redactor);
        let found: Vec<_> = leaks.iter().map(|l| (l.kind, l.line)).collect();
        assert_eq!(found, [(Kind::Host, 2), (Kind::Mail, 3), (Kind::Password, 4)]);
        let redacted = redactor.text(text);
        assert_eq!(scan(redacted.as_bytes(), &redactor), []);
    }
}
