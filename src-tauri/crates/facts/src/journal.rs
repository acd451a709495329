//! systemd's journal, through `journalctl`: its files have a format that is systemd's own affair. Members of the
//! groups `adm`, `systemd-journal` and `wheel` may read all of it, others what they wrote themselves.
//!
//! Of a tree of files, `/var/log/journal` is read where the tree has one.

use std::collections::HashMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::source::program;
use crate::{Absence, Context, Reason};

const FOLDER: &str = "/var/log/journal";

/// The journal has to be searched on the disk.
const PATIENCE: Duration = Duration::from_millis(2500);

/// One entry, with the fields that were asked for.
#[derive(Deserialize)]
pub(crate) struct Entry(HashMap<String, Value>);

impl Entry {
    /// A field's text. Text that is no UTF-8 comes as numbers, and a field that stands there twice as a list.
    pub(crate) fn text(&self, field: &str) -> Option<String> {
        match self.0.get(field)? {
            Value::String(text) => Some(text.clone()),
            Value::Array(values) => {
                let bytes: Option<Vec<u8>> =
                    values.iter().map(|v| v.as_u64().and_then(|n| u8::try_from(n).ok())).collect();
                let first = || values.first()?.as_str().map(str::to_owned);
                bytes.map_or_else(first, |bytes| Some(String::from_utf8_lossy(&bytes).into_owned()))
            }
            _ => None,
        }
    }

    /// A field's number.
    pub(crate) fn number(&self, field: &str) -> Option<u64> {
        self.0.get(field)?.as_str()?.parse().ok()
    }
}

/// The entries that match, the oldest first, with these fields and the times that every entry has.
pub(crate) async fn entries(
    cx: &Context,
    which: &[&str],
    fields: &[&str],
    most_bytes: usize,
) -> Result<Vec<Entry>, Absence> {
    let fields = format!("--output-fields={}", fields.join(","));
    let mut args = vec!["--no-pager", "--quiet", "--output=json", &fields];
    let folder = cx.path(FOLDER);
    let directory = format!("--directory={}", folder.display());
    if !cx.is_live() {
        if !folder.is_dir() {
            return Err(Absence::new(Reason::NothingToMeasure, "a recorded tree without a journal"));
        }
        args.push(&directory);
    }
    args.extend(which);
    let text = program(cx, "journalctl", &args, PATIENCE, most_bytes as u64).await?.text;
    // Where the answer was cut, its last line is no entry.
    Ok(text.split(|b| *b == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

/// A tree with the recorded journal of a laptop.
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]
pub(crate) fn recorded() -> (tempfile::TempDir, Context) {
    let (root, cx) = crate::source::tree(&[]);
    let folder = cx.path(FOLDER).join("5f1d3a5f0c4b4b3c8f0e9f4d3f7f0a11");
    std::fs::create_dir_all(&folder).unwrap();
    let packed = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/journal/laptop.journal.gz");
    let unpacked = std::process::Command::new("gzip").args(["-dc", packed]).output().unwrap();
    assert!(unpacked.status.success(), "{unpacked:?}");
    std::fs::write(folder.join("system.journal"), unpacked.stdout).unwrap();
    (root, cx)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_fields_are_read_as_far_as_they_are_text() {
        let entry: Entry = serde_json::from_str(
            r#"{"A": "x", "B": [104, 105, 255], "C": ["one", "two"], "D": null, "E": [104, 999], "N": "17", "O": "-1"}"#,
        )
        .unwrap();
        let text = |field| entry.text(field);
        assert_eq!((text("A"), text("B")), (Some("x".into()), Some("hi\u{fffd}".into())));
        assert_eq!((text("C"), text("D"), text("E"), text("Z")), (Some("one".into()), None, None, None));
        assert_eq!((entry.number("N"), entry.number("O"), entry.number("B")), (Some(17), None, None));
    }

    #[tokio::test]
    async fn a_tree_without_a_journal_does_not_show_this_computers() {
        let (_root, cx) = crate::source::tree(&[]);
        assert_eq!(
            entries(&cx, &[], &["MESSAGE"], 1 << 20).await.err().map(|absent| absent.reason),
            Some(Reason::NothingToMeasure)
        );
    }
}
