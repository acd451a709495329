//! What changed between two packages of one computer: what was judged differently, and what was measured
//! differently. Only that: a supporter who knows the earlier package need not read the later one whole.
//!
//! Placeholders are numbered anew in every package, so they are compared by their kind. Times and wording of
//! errors differ in every measurement and say nothing here; of other numbers, a small difference says nothing.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use befund_checks::{CheckResult, Status, reason_words};
use befund_content::{Lang, Text};
use befund_reference::Reference;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::labels::Labels;
use crate::manifest::absence;
use crate::open::Opened;
use crate::tables::{item_name, placeholders};
use crate::times::Times;
use crate::{PackageError, printable};

/// From this share on, a number has changed.
const NOTABLE: f64 = 0.1;

/// Fields that differ from one measurement to the next.
const PASSING: [&str; 3] = ["detail", "while_measuring", "processes"];

/// What changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changes {
    /// Always `befund.changes/1`.
    pub schema: &'static str,
    /// The earlier package.
    pub old: Moment,
    /// The later one.
    pub new: Moment,
    /// The two are hardly of one computer: another processor, or another kind of system.
    pub other_computer: bool,
    /// Checks that say something else now; what has become worse first.
    pub results: Vec<ResultChange>,
    /// Facts that are different now.
    pub facts: Vec<FactChange>,
    /// Files that one of the two does not have, so that they could not be compared.
    pub missing: Vec<String>,
}

/// Which package.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moment {
    /// Its case.
    pub reference: Reference,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A check that says something else.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResultChange {
    /// Which.
    pub check: String,
    /// What it said.
    pub old: Said,
    /// What it says.
    pub new: Said,
}

/// What a check says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    /// Its status.
    pub status: Status,
    /// The finding.
    pub text: Text,
}

/// A fact that is different. Empty where there was, or is, no such thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactChange {
    /// Its path in facts.json; items of lists by their name.
    pub path: String,
    /// Its path in words.
    pub label: String,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
}

/// Compares two packages.
pub fn compare<R: Read + Seek>(
    old: &mut Opened<R>,
    new: &mut Opened<R>,
    lang: Lang,
) -> Result<Changes, PackageError> {
    let moment = |opened: &Opened<R>| Moment {
        reference: opened.manifest().reference,
        created_at: opened.manifest().created_at,
    };
    let mut changes = Changes {
        schema: "befund.changes/1",
        old: moment(old),
        new: moment(new),
        other_computer: false,
        results: Vec::new(),
        facts: Vec::new(),
        missing: Vec::new(),
    };
    if old.has("report.json") && new.has("report.json") {
        changes.results = results(&old.report()?.results, &new.report()?.results);
    } else {
        changes.missing.push("report.json".into());
    }
    if old.has("facts.json") && new.has("facts.json") {
        let (before, after) = (old.facts()?, new.facts()?);
        changes.other_computer =
            ["/cpu/model", "/system/os_family"].iter().any(|p| differs(before.pointer(p), after.pointer(p)));
        changes.facts = facts(&before, &after, lang);
    } else {
        changes.missing.push("facts.json".into());
    }
    Ok(changes)
}

fn differs(old: Option<&Value>, new: Option<&Value>) -> bool {
    let text = |v: Option<&Value>| v.and_then(Value::as_str).map(str::to_owned);
    matches!((text(old), text(new)), (Some(old), Some(new)) if old != new)
}

fn results(old: &[CheckResult], new: &[CheckResult]) -> Vec<ResultChange> {
    let said = |r: &CheckResult| Said { status: r.status, text: r.text.clone() };
    let mut changes: Vec<ResultChange> = new
        .iter()
        .filter_map(|now| {
            // A check that the earlier program did not have says nothing about a change.
            let before = old.iter().find(|r| r.check == now.check)?;
            let known = |status| matches!(status, Status::Ok | Status::Warn | Status::Fail);
            let bad = |status| matches!(status, Status::Warn | Status::Fail);
            let tells = known(before.status) && known(now.status) || bad(before.status) || bad(now.status);
            (before.status != now.status && tells).then(|| ResultChange {
                check: now.check.to_string(),
                old: said(before),
                new: said(now),
            })
        })
        .collect();
    let weight = |status: Status| match status {
        Status::Fail => 3,
        Status::Warn => 2,
        Status::Unknown => 1,
        Status::Ok | Status::NotApplicable => 0,
    };
    changes.sort_by_key(|c| weight(c.old.status) - weight(c.new.status));
    changes
}

/// One value of facts.json, or one item of a list as a whole.
struct Leaf<'f> {
    label: String,
    field: String,
    value: &'f Value,
}

fn facts(old: &Value, new: &Value, lang: Lang) -> Vec<FactChange> {
    let labels = Labels(lang);
    let times = Times::new(new, lang);
    let (before, after) = (leaves(old, labels), leaves(new, labels));
    let shown = |leaf: &Leaf<'_>| match (absence(leaf.value), leaf.value.is_object()) {
        (Some(absent), _) => reason_words(absent.reason).get(lang).to_owned(),
        (None, true) => labels.get("compare-there", &[]),
        (None, false) => printable(&labels.value(&leaf.field, leaf.value, &times)).into_owned(),
    };
    let mut changes = Vec::new();
    for path in before.keys().chain(after.keys().filter(|p| !before.contains_key(*p))) {
        let (old, new) = (before.get(path), after.get(path));
        let same = match (old, new) {
            (Some(old), Some(new)) => is_same(&old.field, old.value, new.value),
            // A field that only one program knows is no change; an item of a list is one.
            (Some(one), None) | (None, Some(one)) => !one.value.is_object() || absence(one.value).is_some(),
            (None, None) => true,
        };
        let Some(either) = new.or(old).filter(|_| !same) else { continue };
        let (was, is) = (old.map(&shown).unwrap_or_default(), new.map(&shown).unwrap_or_default());
        // What is rounded to the same is no change to a reader.
        if was != is {
            let label = printable(&either.label).into_owned();
            changes.push(FactChange { path: path.clone(), label, old: was, new: is });
        }
    }
    changes
}

fn is_same(field: &str, old: &Value, new: &Value) -> bool {
    match (old, new) {
        // Both are there; their fields are compared one by one.
        (Value::Object(_), Value::Object(_)) if absence(old).is_none() && absence(new).is_none() => true,
        (Value::Object(_), Value::Object(_)) => {
            absence(old).map(|a| a.reason) == absence(new).map(|a| a.reason)
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap_or_default(), b.as_f64().unwrap_or_default());
            is_time(field) || (a - b).abs() <= NOTABLE * a.abs().max(b.abs())
        }
        (Value::String(a), Value::String(b)) => {
            anonymous(a) == anonymous(b) || a.parse::<Timestamp>().is_ok() && b.parse::<Timestamp>().is_ok()
        }
        (Value::Array(a), Value::Array(b)) => {
            let set = |list: &[Value]| {
                let mut texts: Vec<String> = list.iter().map(|v| anonymous(&v.to_string())).collect();
                texts.sort();
                texts
            };
            set(a) == set(b)
        }
        _ => old == new,
    }
}

/// Durations: no two measurements take the same time.
fn is_time(field: &str) -> bool {
    field.ends_with("_ms") || field.ends_with("_seconds")
}

/// A text with its placeholders by their kind alone.
fn anonymous(text: &str) -> String {
    let mut out = String::new();
    let mut plain = 0;
    for (start, end) in placeholders(text) {
        let kind = text[start..end].trim_end_matches(|c: char| c.is_ascii_digit() || "-]".contains(c));
        out.push_str(&text[plain..start]);
        out.push_str(kind);
        out.push(']');
        plain = end;
    }
    out.push_str(&text[plain..]);
    out
}

fn leaves(facts: &Value, labels: Labels) -> BTreeMap<String, Leaf<'_>> {
    let mut found = BTreeMap::new();
    for (subject, value) in facts.as_object().into_iter().flatten() {
        // What is beside the subjects tells of the measurement: when it was made, how long it took.
        if value.is_object() && subject != "probe_ms" {
            walk(labels, subject, subject, &labels.subject(subject), value, &mut found);
        }
    }
    found
}

fn walk<'f>(
    labels: Labels,
    path: &str,
    field: &str,
    label: &str,
    value: &'f Value,
    found: &mut BTreeMap<String, Leaf<'f>>,
) {
    let leaf = || Leaf { label: label.to_owned(), field: field.to_owned(), value };
    match value {
        // The wording of an error holds times, and its kind stands beside it. What happens while it is measured,
        // and which programs run just then, is never twice the same.
        _ if PASSING.contains(&field) => {}
        Value::Object(_) if absence(value).is_some() => drop(found.insert(path.to_owned(), leaf())),
        Value::Object(fields) => {
            for (key, inner) in fields {
                let label = format!("{label} › {}", labels.field(field, key));
                walk(labels, &format!("{path}.{key}"), key, &label, inner, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let mut seen: BTreeMap<String, usize> = BTreeMap::new();
            for item in items {
                let Value::Object(fields) = item else { continue };
                let name = item_name(fields).map(anonymous).unwrap_or_default();
                let nth = seen.entry(name.clone()).or_default();
                *nth += 1;
                // Several of one name are told apart by their order.
                let name = if *nth == 1 && !name.is_empty() { name } else { format!("{name} {nth}") };
                let name = name.trim().to_owned();
                let (path, label) = (format!("{path}[{name}]"), format!("{label} › {name}"));
                found.insert(
                    path.clone(),
                    Leaf { label: label.clone(), field: field.to_owned(), value: item },
                );
                walk(labels, &path, field, &label, item, found);
            }
        }
        _ => drop(found.insert(path.to_owned(), leaf())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changed(old: &Value, new: &Value) -> Vec<(String, String, String)> {
        facts(old, new, Lang::En)
            .into_iter()
            .map(|c| (c.path, c.old.replace('\u{a0}', " "), c.new.replace('\u{a0}', " ")))
            .collect()
    }

    #[test]
    fn only_what_changed_is_there_and_times_and_small_differences_are_not() {
        let old = json!({
            "probe_ms": { "memory": 3 },
            "memory": { "total_bytes": 16_000_000_000_u64, "available_bytes": 8_000_000_000_u64 },
            "system": { "uptime_seconds": 60, "kernel": "6.1.0", "host_name": "[host-1]" },
            "dns": { "search_domains": ["b.example", "a.example"],
                     "system": { "absent": { "reason": "offline", "detail": "" } } },
        });
        let new = json!({
            "probe_ms": { "memory": 9 },
            "memory": { "total_bytes": 16_000_000_000_u64, "available_bytes": 7_800_000_000_u64 },
            "system": { "uptime_seconds": 90_000, "kernel": "6.1.9", "host_name": "[host-4]", "newer": "field" },
            "dns": { "search_domains": ["a.example", "b.example"],
                     "system": { "absent": { "reason": "timed_out", "detail": "4 s" } } },
        });
        assert_eq!(
            changed(&old, &new),
            [
                (
                    "dns.system".into(),
                    "Befund was asked to send nothing".into(),
                    "No answer within the time allowed".into()
                ),
                ("system.kernel".into(), "6.1.0".into(), "6.1.9".into()),
            ]
        );
        assert_eq!(changed(&new, &new), []);
    }

    #[test]
    fn items_of_lists_are_known_by_name_and_come_and_go_as_one() {
        let drive = |name: &str, free: u64| json!({ "mount_point": name, "free_bytes": free });
        let of = |drives: Vec<Value>| json!({ "filesystems": { "mounts": drives } });
        let old = of(vec![drive("/", 100), drive("/home", 5000)]);
        let new = of(vec![drive("/home", 300), drive("/mnt/stick", 7), drive("/", 100)]);
        let changes = changed(&old, &new);
        let paths: Vec<&str> = changes.iter().map(|(p, ..)| p.as_str()).collect();
        assert_eq!(paths, ["filesystems.mounts[/home].free_bytes", "filesystems.mounts[/mnt/stick]"]);
        assert_eq!((changes[1].1.as_str(), changes[1].2.as_str()), ("", "there"));
    }

    #[test]
    fn what_has_become_worse_comes_first() {
        let result = |check: &str, status| CheckResult {
            check: check.parse().unwrap(),
            status,
            reason: String::new(),
            text: Text { en: check.into(), de: check.into() },
            value: None,
            usual: None,
        };
        let old = [
            result("a.b", Status::Fail),
            result("b.b", Status::Ok),
            result("c.c", Status::Warn),
            result("d.d", Status::Warn),
            result("f.f", Status::NotApplicable),
        ];
        let new = [
            result("a.b", Status::Ok),
            result("b.b", Status::Fail),
            result("c.c", Status::Warn),
            result("d.d", Status::Unknown),
            result("e.e", Status::Fail),
            result("f.f", Status::Unknown),
        ];
        let order: Vec<String> = results(&old, &new).into_iter().map(|c| c.check).collect();
        assert_eq!(order, ["b.b", "d.d", "a.b"], "a new check and one that never applied tell nothing");
    }
}
