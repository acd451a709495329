//! manifest.json: what is in the package, what was cut, and what was not measured and why.

use std::collections::BTreeMap;

use befund_content::{Lang, Text};
use befund_facts::Reason;
use befund_reference::Reference;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::evidence::EvidenceRecord;

/// The format of manifest.json that this program writes.
pub(crate) const SCHEMA: &str = "befund.manifest/1";

/// Its name in the zip.
pub(crate) const FILE: &str = "manifest.json";

/// What a package says about itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("$id" = "befund.manifest/1"))]
pub struct Manifest {
    /// Always `befund.manifest/1`. A reader that does not know the number says which program it needs.
    pub schema: String,
    /// The case.
    pub reference: Reference,
    /// When the package was made.
    pub created_at: Timestamp,
    /// The program that made it.
    pub app: App,
    /// Language of report.html and README.txt.
    pub language: Lang,
    /// Every file of the package but this one.
    pub files: Vec<FileRecord>,
    /// Files that the person left out.
    pub removed: Vec<RemovedRecord>,
    /// What the system wrote down: what is in the package, what was cut, and what was not collected and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceRecord>,
    /// Facts that are not there, and why.
    pub not_measured: Vec<NotMeasured>,
    /// What was replaced.
    pub redactions: Redactions,
}

/// A program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct App {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// One file of the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileRecord {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub about: Text,
    /// Its size, unpacked.
    pub bytes: u64,
    /// SHA-256 over its content, in hexadecimal.
    pub sha256: String,
}

/// One file that the person left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RemovedRecord {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub about: Text,
}

/// A fact that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotMeasured {
    /// Subject in facts.json.
    pub subject: String,
    /// Path in facts.json: `dns.servers[0].lookups`.
    pub path: String,
    /// Why.
    pub reason: Reason,
    /// What was tried and what came back, in English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// How much was replaced by placeholders. A value has the same placeholder in all files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Redactions {
    /// Different values, by kind.
    pub values: BTreeMap<String, u64>,
    /// Placeholders in all files, by kind.
    pub by_kind: BTreeMap<String, u64>,
    /// Placeholders in each file that has any, by kind.
    pub by_file: BTreeMap<String, BTreeMap<String, u64>>,
    /// Different values that the person made readable, by kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shown: BTreeMap<String, u64>,
}

/// Every absence in facts, with its path.
pub(crate) fn not_measured(facts: &Value) -> Vec<NotMeasured> {
    let mut found = Vec::new();
    for (subject, value) in facts.as_object().into_iter().flatten() {
        walk(subject, subject.clone(), value, &mut found);
    }
    found
}

/// The absence that a value in facts.json stands for, if it does.
pub(crate) fn absence(value: &Value) -> Option<befund_facts::Absence> {
    let object = value.as_object().filter(|o| o.len() == 1)?;
    serde_json::from_value(object.get("absent")?.clone()).ok()
}

fn walk(subject: &str, path: String, value: &Value, found: &mut Vec<NotMeasured>) {
    if let Some(absent) = absence(value) {
        found.push(NotMeasured {
            subject: subject.into(),
            path,
            reason: absent.reason,
            detail: absent.detail,
        });
        return;
    }
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                walk(subject, format!("{path}.{key}"), inner, found);
            }
        }
        Value::Array(items) => {
            for (i, inner) in items.iter().enumerate() {
                walk(subject, format!("{path}[{i}]"), inner, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn absences_are_found_at_any_depth_with_their_path() {
        let facts = json!({
            "schema": "befund.facts/1",
            "cpu": { "absent": { "reason": "timed_out", "detail": "no answer within 4s" } },
            "dns": { "servers": [ { "address": "192.168.1.1:53", "lookups": { "absent": { "reason": "offline" } } } ] },
        });
        let found: Vec<_> =
            not_measured(&facts).into_iter().map(|n| (n.subject, n.path, n.reason, n.detail)).collect();
        assert_eq!(
            found,
            [
                ("cpu".into(), "cpu".into(), Reason::TimedOut, "no answer within 4s".into()),
                ("dns".into(), "dns.servers[0].lookups".into(), Reason::Offline, String::new()),
            ]
        );
    }
}
