//! facts.json as tables that a person can read: names in words, values with units, absences with their
//! reason. The shape comes from the values alone, so a new subject needs nothing here.

use befund_checks::reason_words;
use befund_facts::Absence;
use befund_redact::Kind;
use serde_json::{Map, Value};

use crate::labels::Labels;
use crate::manifest::absence;
use crate::printable;
use crate::times::Times;

/// A list whose items have at most this many fields is one table; longer items get a table each.
const MAX_COLUMNS: usize = 7;

/// Text in which placeholders stand out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rich(pub(crate) Vec<Piece>);

/// A stretch of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The text, harmless to show.
    pub(crate) text: String,
    /// Whether it stands for a private value.
    pub(crate) placeholder: bool,
}

impl Rich {
    /// Splits a text at its placeholders.
    pub(crate) fn new(text: &str) -> Self {
        let text = printable(text);
        let mut pieces = Vec::new();
        let mut plain = 0;
        for (start, end) in placeholders(&text) {
            if start > plain {
                pieces.push(Piece { text: text[plain..start].into(), placeholder: false });
            }
            pieces.push(Piece { text: text[start..end].into(), placeholder: true });
            plain = end;
        }
        if plain < text.len() {
            pieces.push(Piece { text: text[plain..].into(), placeholder: false });
        }
        Self(pieces)
    }

    /// Whether there is nothing to show.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Where placeholders such as `[host-1]` stand in a text.
pub(crate) fn placeholders(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices('[') {
        let Some(length) = text[start..].find(']').filter(|n| *n <= 40) else { continue };
        let inside = &text[start + 1..start + length];
        let is_one = inside.rsplit_once('-').is_some_and(|(kind, number)| {
            Kind::ALL.iter().any(|k| k.as_str() == kind)
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
        });
        if is_one {
            found.push((start, start + length + 1));
        }
    }
    found
}

/// One subject of facts.json.
pub(crate) struct SubjectView {
    /// Its key, for the anchor.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: String,
    /// How long measuring took, in words; empty where it is not known.
    pub(crate) took: String,
    /// Why there is nothing, if so.
    pub(crate) absent: Option<AbsentView>,
    /// Its tables.
    pub(crate) blocks: Vec<Block>,
}

/// An absence.
#[derive(Debug)]
pub(crate) struct AbsentView {
    /// Why, in words.
    pub(crate) reason: String,
    /// What came back, in English.
    pub(crate) detail: Rich,
}

/// A part of a subject.
#[derive(Debug)]
pub(crate) enum Block {
    /// A heading; `depth` is 4 or more.
    Heading {
        /// The words.
        title: Rich,
        /// The smaller heading of one item, not of a list.
        item: bool,
    },
    /// Fields below each other.
    Rows(Vec<Row>),
    /// Items below each other, their fields side by side.
    Table {
        /// What it shows, for those who hear the page.
        title: Rich,
        /// Column headings.
        columns: Vec<String>,
        /// One row an item.
        rows: Vec<Vec<Cell>>,
    },
}

/// One field.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its name in words.
    pub(crate) label: String,
    /// Its value.
    pub(crate) cell: Cell,
    /// Its path in facts.json; also the anchor.
    pub(crate) path: String,
}

/// A value, or why there is none.
#[derive(Debug)]
pub(crate) struct Cell {
    /// The column's heading, for narrow pages.
    pub(crate) label: String,
    /// The value.
    pub(crate) text: Rich,
    /// Set when there is none.
    pub(crate) absent: Option<AbsentView>,
}

/// Turns facts into tables.
pub(crate) struct Tables<'a> {
    /// Names and units.
    pub(crate) labels: Labels,
    /// Times of the measured computer.
    pub(crate) times: &'a Times,
}

impl Tables<'_> {
    /// One subject.
    pub(crate) fn subject(&self, id: &str, value: &Value, took: String) -> SubjectView {
        let mut blocks = Vec::new();
        let absent = absence(value).map(|a| self.absent(&a));
        if let (None, Value::Object(fields)) = (&absent, value) {
            self.object(id, id, fields, &mut blocks);
        }
        SubjectView { id: id.to_owned(), title: self.labels.subject(id), took, absent, blocks }
    }

    fn object(&self, parent: &str, path: &str, fields: &Map<String, Value>, blocks: &mut Vec<Block>) {
        let rows: Vec<Row> = fields
            .iter()
            .filter(|(key, value)| is_flat(value) && !is_idle(key, value))
            .map(|(key, value)| Row {
                label: self.labels.field(parent, key),
                cell: self.cell(key, value, String::new()),
                path: format!("{path}.{key}"),
            })
            .collect();
        if !rows.is_empty() {
            blocks.push(Block::Rows(rows));
        }
        for (key, value) in fields.iter().filter(|(_, value)| !is_flat(value)) {
            let title = self.labels.field(parent, key);
            let path = format!("{path}.{key}");
            match value {
                Value::Object(inner) => {
                    blocks.push(Block::Heading { title: Rich::new(&title), item: false });
                    self.object(key, &path, inner, blocks);
                }
                Value::Array(items) => self.list(key, &title, &path, items, blocks),
                _ => {}
            }
        }
    }

    fn list(&self, key: &str, title: &str, path: &str, items: &[Value], blocks: &mut Vec<Block>) {
        blocks.push(Block::Heading { title: Rich::new(title), item: false });
        let objects: Vec<&Map<String, Value>> = items.iter().filter_map(Value::as_object).collect();
        // A column in which nothing ever stands says nothing.
        let mut columns: Vec<&String> = Vec::new();
        for (name, value) in objects.iter().flat_map(|o| o.iter()) {
            if !columns.contains(&name) && !is_idle(name, value) {
                columns.push(name);
            }
        }
        let is_table = columns.len() <= MAX_COLUMNS && objects.iter().all(|o| o.values().all(is_flat));
        if is_table {
            let names: Vec<String> = columns.iter().map(|c| self.labels.field(key, c)).collect();
            let rows = objects
                .iter()
                .map(|object| {
                    columns
                        .iter()
                        .zip(&names)
                        .map(|(column, name)| match object.get(*column) {
                            Some(value) if !is_idle(column, value) => self.cell(column, value, name.clone()),
                            _ => Cell { label: name.clone(), text: Rich::default(), absent: None },
                        })
                        .collect()
                })
                .collect();
            blocks.push(Block::Table { title: Rich::new(title), columns: names, rows });
            return;
        }
        for (i, object) in objects.iter().enumerate() {
            let title = item_name(object).map_or_else(|| format!("{title} {}", i + 1), ToOwned::to_owned);
            blocks.push(Block::Heading { title: Rich::new(&title), item: true });
            self.object(key, &format!("{path}[{i}]"), object, blocks);
        }
    }

    fn cell(&self, field: &str, value: &Value, label: String) -> Cell {
        match absence(value) {
            Some(absent) => Cell { label, text: Rich::default(), absent: Some(self.absent(&absent)) },
            None => {
                Cell { label, text: Rich::new(&self.labels.value(field, value, self.times)), absent: None }
            }
        }
    }

    fn absent(&self, absent: &Absence) -> AbsentView {
        AbsentView {
            reason: reason_words(absent.reason).get(self.labels.0).to_owned(),
            detail: Rich::new(&absent.detail),
        }
    }
}

/// What an item of a list is called, where one of its fields says so.
pub(crate) fn item_name(item: &Map<String, Value>) -> Option<&str> {
    ["name", "mount_point", "host", "url", "target", "server", "address", "used_for", "subject"]
        .iter()
        .find_map(|k| item.get(*k).and_then(Value::as_str))
}

/// Whether a value fits into one cell.
fn is_flat(value: &Value) -> bool {
    match value {
        Value::Object(_) => absence(value).is_some(),
        Value::Array(items) => items.iter().all(|i| !i.is_object() && !i.is_array()),
        _ => true,
    }
}

/// Whether a field is an error's wording where there was no error.
fn is_idle(key: &str, value: &Value) -> bool {
    key == "detail" && value.as_str() == Some("")
}

#[cfg(test)]
mod tests {
    use befund_content::Lang;
    use serde_json::json;

    use super::*;

    #[test]
    fn placeholders_stand_out_and_brackets_of_other_kinds_do_not() {
        let rich = Rich::new("[host-1] asks [::1] and [0] for x[user-12]y [Warn-1] [");
        let marked: Vec<&str> = rich.0.iter().filter(|p| p.placeholder).map(|p| p.text.as_str()).collect();
        assert_eq!(marked, ["[host-1]", "[user-12]"]);
        assert_eq!(
            rich.0.iter().map(|p| p.text.as_str()).collect::<String>(),
            "[host-1] asks [::1] and [0] for x[user-12]y [Warn-1] ["
        );
    }

    #[test]
    fn short_lists_are_tables_long_items_get_their_own_and_absences_say_why() {
        let facts = json!({
            "servers": [
                { "address": "192.168.1.1:53", "source": "resolv.conf",
                  "lookups": [ { "name": "www.example.org", "outcome": "timed_out", "took_ms": { "absent": { "reason": "timed_out", "detail": "4 s" } }, "detail": "" } ] },
            ],
            "system": { "absent": { "reason": "offline" } },
            "search_domains": [],
        });
        let times = Times::new(&Value::Null, Lang::De);
        let tables = Tables { labels: Labels(Lang::De), times: &times };
        let view = tables.subject("dns", &facts, String::new());
        assert_eq!(view.title, "Namensauflösung (DNS)");
        let Block::Rows(rows) = &view.blocks[0] else { panic!("{:?}", view.blocks) };
        assert_eq!(rows[0].path, "dns.system");
        assert!(rows[0].cell.absent.is_some());
        assert_eq!(rows[1].cell.text, Rich::new("keine"));
        let Some(Block::Table { columns, rows, .. }) = view.blocks.last() else {
            panic!("{:?}", view.blocks)
        };
        assert_eq!(columns, &["Name", "Ergebnis", "Dauer"], "an empty detail needs no column");
        assert_eq!(rows[0][1].text, Rich::new("keine Antwort"));
        assert_eq!(rows[0][2].absent.as_ref().unwrap().detail, Rich::new("4 s"));
    }
}
