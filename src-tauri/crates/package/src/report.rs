//! report.json: the same report for programs. Facts about the host are named after OpenTelemetry's
//! semantic conventions where these have a name, so that search engines and log stores take it as it is.

use std::collections::BTreeMap;

use befund_checks::CheckResult;
use befund_content::{Lang, Text};
use befund_reference::Reference;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::manifest::App;
use crate::{Contact, Level, TriedOutcome};

/// The format of report.json that this program writes.
pub(crate) const SCHEMA: &str = "befund.report/1";

/// The report as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("$id" = "befund.report/1"))]
pub struct ReportData {
    /// Always `befund.report/1`.
    pub schema: String,
    /// The case.
    pub reference: Reference,
    /// When the package was made.
    pub created_at: Timestamp,
    /// The program that made it.
    pub app: App,
    /// Language of report.html.
    pub language: Lang,
    /// What the ticket is about, one line.
    pub subject: String,
    /// What was found, one sentence.
    pub summary: Text,
    /// What the person wrote.
    pub words: String,
    /// How to reach the person; usually in the ticket and not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// Causes, most likely first.
    pub causes: Vec<ReportCause>,
    /// What the checks said, in their order.
    pub results: Vec<CheckResult>,
    /// What was tried, in order.
    pub tried: Vec<ReportTried>,
    /// Questions and answers.
    pub answers: Vec<ReportAnswer>,
    /// The computer, by OpenTelemetry attribute or metric name: `os.type`, `host.arch`, `system.uptime`.
    /// What was not measured is not here; the manifest says why.
    pub host: BTreeMap<String, Value>,
}

/// One possible cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportCause {
    /// The cause as a sentence.
    pub title: Text,
    /// 0 to 1.
    pub probability: f64,
    /// Who gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

/// Something that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportTried {
    /// What.
    pub title: Text,
    /// What came of it.
    pub outcome: TriedOutcome,
    /// When, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// A question and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportAnswer {
    /// The question.
    pub question: Text,
    /// The answer.
    pub answer: Text,
}

/// The computer by OpenTelemetry names, from redacted facts.
pub(crate) fn host(facts: &Value) -> BTreeMap<String, Value> {
    let mut host = BTreeMap::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            host.insert(name.to_owned(), value);
        }
    };
    let fact = |path: &str| facts.pointer(path).filter(|v| v.is_string() || v.is_number()).cloned();
    let word = |path: &str| fact(path).and_then(|v| v.as_str().map(str::to_owned));

    put("os.type", word("/system/os_family").map(|f| if f == "macos" { "darwin".into() } else { f.into() }));
    put("os.name", fact("/system/os_name"));
    put("os.version", fact("/system/os_version"));
    // OpenTelemetry has no name for the kernel alone; its example for the description holds the release.
    let described: Vec<String> =
        ["/system/os_name", "/system/os_version", "/system/kernel"].into_iter().filter_map(word).collect();
    put("os.description", (!described.is_empty()).then(|| described.join(" ").into()));
    put(
        "host.arch",
        word("/system/architecture").map(|a| {
            match a.as_str() {
                "x86_64" => "amd64",
                "aarch64" => "arm64",
                "arm" => "arm32",
                other => other,
            }
            .into()
        }),
    );
    put("host.name", fact("/system/host_name"));
    put("host.cpu.model.name", fact("/cpu/model"));
    let interfaces = facts.pointer("/links/interfaces").and_then(Value::as_array);
    let list = |values: Vec<Value>| (!values.is_empty()).then_some(Value::Array(values));
    put(
        "host.mac",
        list(
            interfaces
                .into_iter()
                .flatten()
                .filter_map(|i| i.get("mac").filter(|m| m.is_string()).cloned())
                .collect(),
        ),
    );
    put(
        "host.ip",
        list(
            interfaces
                .into_iter()
                .flatten()
                .filter_map(|i| i.get("addresses")?.as_array())
                .flatten()
                .filter_map(|a| a.get("address").cloned())
                .collect(),
        ),
    );
    put("system.uptime", fact("/system/uptime_seconds"));
    put("system.cpu.logical.count", fact("/cpu/logical_count"));
    put("system.cpu.physical.count", fact("/cpu/physical_count"));
    put("system.memory.limit", fact("/memory/total_bytes"));
    host
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_host_is_named_as_opentelemetry_does_and_absences_are_left_out() {
        let facts = json!({
            "system": { "os_family": "macos", "os_name": "macOS", "os_version": { "absent": { "reason": "failed" } },
                        "kernel": "24.1.0", "architecture": "aarch64", "host_name": "[host-1]" },
            "links": { "interfaces": [ { "mac": "[mac-1]", "addresses": [ { "address": "192.168.1.7" } ] } ] },
            "cpu": { "absent": { "reason": "timed_out" } },
        });
        assert_eq!(
            serde_json::to_value(host(&facts)).unwrap(),
            json!({
                "host.arch": "arm64", "host.ip": ["192.168.1.7"], "host.mac": ["[mac-1]"], "host.name": "[host-1]",
                "os.description": "macOS 24.1.0", "os.name": "macOS", "os.type": "darwin",
            })
        );
    }
}
