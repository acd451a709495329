//! The parts of a package, redacted and turned into bytes. One redactor sees all of them, so that one
//! value has one placeholder everywhere.

use std::collections::{BTreeMap, BTreeSet};

use befund_checks::CheckResult;
use befund_content::Text;
use befund_redact::Redactor;
use serde::Serialize;
use serde_json::{Value, json};

use crate::evidence::EvidenceRecord;
use crate::html::{self, Page};
use crate::labels;
use crate::manifest::{self, App, NotMeasured, RemovedRecord};
use crate::report::{self, ReportAnswer, ReportCause, ReportData, ReportTried};
use crate::tables::placeholders;
use crate::times::Times;
use crate::{Contents, PackageError, names, readme};

/// One file to be, redacted.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) about: Text,
    pub(crate) bytes: Vec<u8>,
    pub(crate) removable: bool,
    pub(crate) removed: bool,
}

/// All files but the manifest, and what the manifest says beside them.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) parts: Vec<Part>,
    pub(crate) evidence: Vec<EvidenceRecord>,
    pub(crate) not_measured: Vec<NotMeasured>,
    /// Different values, by kind.
    pub(crate) values: BTreeMap<String, u64>,
    /// Different values that the person made readable, by kind.
    pub(crate) shown: BTreeMap<String, u64>,
}

/// The program's name, as it stands in every file.
pub(crate) fn app(version: &str) -> App {
    App { name: "Befund".into(), version: version.into() }
}

/// Redacts and renders everything.
pub(crate) fn make(contents: &Contents<'_>, redactor: &mut Redactor) -> Result<Parts, PackageError> {
    check_names(contents)?;
    let is_removed = |name: &str| contents.removed.iter().any(|r| r == name);

    let facts = redactor.json(&value("facts.json", contents.facts)?);
    let session = redactor.json(&whole_session(contents));
    let mut report = redacted_report(contents, &facts, redactor);
    if is_removed("facts.json") {
        // Whoever leaves the facts out does not want them back through another file.
        report.host.retain(|name, _| name.starts_with("os.") || name == "host.arch");
    }

    let about = |key: &str| labels::text(&format!("report-about-{key}"), &[]);
    let part = |name: &str, key: &str, bytes: Vec<u8>, removable: bool| Part {
        name: name.into(),
        about: about(key),
        bytes,
        removable,
        removed: removable && is_removed(name),
    };
    let mut parts = vec![
        part("report.json", "report-json", pretty("report.json", &report)?, true),
        part("facts.json", "facts-json", pretty("facts.json", &facts)?, true),
        part("session.json", "session-json", pretty("session.json", &session)?, true),
    ];
    for extra in &contents.extra_files {
        // A name can say as much as what is inside.
        let name = redactor.text(&extra.name);
        if let Some(why) = names::refusal(&name) {
            return Err(PackageError::ExtraFile { name: crate::error::shown(&extra.name), why: why.into() });
        }
        let about = Text { en: redactor.text(&extra.about.en), de: redactor.text(&extra.about.de) };
        let bytes = redacted_file(&extra.name, &extra.bytes, redactor)?;
        let removed = is_removed(&extra.name) || is_removed(&name);
        parts.push(Part { name, about, bytes, removable: true, removed });
    }

    let removed: Vec<RemovedRecord> = parts
        .iter()
        .filter(|p| p.removed)
        .map(|p| RemovedRecord { name: p.name.clone(), about: p.about.clone() })
        .collect();
    let kept = |name: &str| parts.iter().any(|p| p.name == name && !p.removed);
    let not_measured = manifest::not_measured(&facts);
    let values = different(parts.iter().filter(|p| !p.removed).map(|p| p.bytes.as_slice()));
    let mut shown = BTreeMap::new();
    for known in redactor.known().into_iter().filter(|k| k.shown) {
        *shown.entry(known.kind.as_str().to_owned()).or_default() += 1;
    }
    let times = Times::new(&facts, contents.lang);
    let beside: Vec<(String, Text, u64)> = parts
        .iter()
        .filter(|p| !p.removed)
        .map(|p| (p.name.clone(), p.about.clone(), p.bytes.len() as u64))
        .collect();

    let html = html::render(&Page {
        report: &report,
        facts: kept("facts.json").then_some(&facts),
        session: kept("session.json").then_some(&session),
        not_measured: &not_measured,
        checks: contents.checks,
        times: &times,
        files: &beside,
        removed: &removed,
        replaced: &values,
        shown: shown.values().sum(),
    })
    .map_err(|e| PackageError::Write { part: "report.html".into(), detail: e.to_string() })?;

    let mut listed =
        vec![("README.txt".to_owned(), about("readme")), ("report.html".into(), about("report-html"))];
    listed.extend(beside.into_iter().map(|(name, about, _)| (name, about)));
    listed.push(("manifest.json".into(), about("manifest-json")));
    let readme = readme::text(
        contents.lang,
        contents.reference,
        &times.moment(contents.created_at),
        &listed,
        &removed,
    );

    parts.insert(0, part("report.html", "report-html", html.into_bytes(), false));
    parts.insert(0, part("README.txt", "readme", readme.into_bytes(), false));
    let evidence = contents.evidence.iter().map(|record| redacted_record(record, redactor)).collect();
    Ok(Parts { parts, evidence, not_measured, values, shown })
}

fn redacted_record(record: &EvidenceRecord, redactor: &mut Redactor) -> EvidenceRecord {
    let mut record = record.clone();
    if let Some(absent) = &mut record.absent {
        absent.detail = redactor.text(&absent.detail);
    }
    record
}

/// Names that the package itself uses, and twins, cannot be given to other files.
fn check_names(contents: &Contents<'_>) -> Result<(), PackageError> {
    let refuse =
        |name: &str, why: &str| PackageError::ExtraFile { name: crate::error::shown(name), why: why.into() };
    let fixed = ["README.txt", "report.html", "report.json", "facts.json", "session.json", "manifest.json"];
    let mut seen: BTreeSet<String> = fixed.iter().map(|n| names::folded(n)).collect();
    for extra in &contents.extra_files {
        if let Some(why) = names::refusal(&extra.name) {
            return Err(refuse(&extra.name, why));
        }
        if !seen.insert(names::folded(&extra.name)) {
            return Err(refuse(&extra.name, "another file of the package has this name"));
        }
    }
    for name in ["README.txt", "report.html", "manifest.json"] {
        if contents.removed.iter().any(|r| r == name) {
            return Err(PackageError::NotRemovable { name: name.into() });
        }
    }
    Ok(())
}

fn redacted_report(contents: &Contents<'_>, facts: &Value, redactor: &mut Redactor) -> ReportData {
    let mut both = |text: &Text| Text { en: redactor.text(&text.en), de: redactor.text(&text.de) };
    let summary = both(contents.finding);
    let causes = contents
        .causes
        .iter()
        .map(|c| ReportCause { title: both(&c.title), probability: c.probability, level: c.level })
        .collect();
    let tried = contents
        .tried
        .iter()
        .map(|t| ReportTried { title: both(&t.title), outcome: t.outcome, at: t.at })
        .collect();
    let answers =
        contents.answers.iter().map(|(q, a)| ReportAnswer { question: both(q), answer: both(a) }).collect();
    let texts: Vec<_> = contents
        .results
        .iter()
        .map(|r| (both(&r.text), r.value.as_ref().map(&mut both), r.usual.as_ref().map(&mut both)))
        .collect();
    let results = contents
        .results
        .iter()
        .zip(texts)
        .map(|(r, (text, value, usual))| CheckResult {
            check: r.check.clone(),
            status: r.status,
            reason: redactor.text(&r.reason),
            text,
            value,
            usual,
        })
        .collect();
    ReportData {
        schema: report::SCHEMA.into(),
        reference: contents.reference,
        created_at: contents.created_at,
        app: app(contents.app_version),
        language: contents.lang,
        subject: redactor.text(contents.subject),
        summary,
        words: redactor.text(contents.words),
        contact: contents.contact.as_ref().map(|c| crate::Contact {
            name: redactor.text(&c.name),
            phone: redactor.text(&c.phone),
            mail: redactor.text(&c.mail),
        }),
        causes,
        results,
        tried,
        answers,
        host: report::host(facts),
    }
}

/// The journal as an object that names its format, whichever way the caller holds it.
fn whole_session(contents: &Contents<'_>) -> Value {
    let mut whole = json!({ "schema": "befund.session/1", "reference": contents.reference });
    match contents.session {
        Value::Object(fields) => {
            for (key, value) in fields {
                whole[key] = value.clone();
            }
        }
        entries => whole["entries"] = entries.clone(),
    }
    whole
}

fn redacted_file(name: &str, bytes: &[u8], redactor: &mut Redactor) -> Result<Vec<u8>, PackageError> {
    let failed = |detail: String| PackageError::Write { part: crate::error::shown(name), detail };
    if name.to_lowercase().ends_with(".json")
        && let Ok(value) = serde_json::from_slice::<Value>(bytes)
    {
        return pretty(name, &redactor.json(&value));
    }
    let mut out = Vec::with_capacity(bytes.len());
    redactor.stream(bytes, &mut out).map_err(|e| failed(e.to_string()))?;
    Ok(out)
}

fn value(part: &str, value: &impl Serialize) -> Result<Value, PackageError> {
    serde_json::to_value(value).map_err(|e| PackageError::Write { part: part.into(), detail: e.to_string() })
}

/// JSON that a person can read too.
pub(crate) fn pretty(part: &str, value: &impl Serialize) -> Result<Vec<u8>, PackageError> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|e| PackageError::Write { part: part.into(), detail: e.to_string() })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// How many placeholders of each kind stand in a file.
pub(crate) fn counts(bytes: &[u8]) -> BTreeMap<String, u64> {
    let text = String::from_utf8_lossy(bytes);
    let mut counts = BTreeMap::new();
    for (start, end) in placeholders(&text) {
        *counts.entry(kind(&text[start..end]).to_owned()).or_default() += 1;
    }
    counts
}

fn different<'a>(files: impl Iterator<Item = &'a [u8]>) -> BTreeMap<String, u64> {
    let mut seen = BTreeSet::new();
    for bytes in files {
        let text = String::from_utf8_lossy(bytes);
        seen.extend(placeholders(&text).into_iter().map(|(start, end)| text[start..end].to_owned()));
    }
    let mut counts = BTreeMap::new();
    for placeholder in seen {
        *counts.entry(kind(&placeholder).to_owned()).or_default() += 1;
    }
    counts
}

fn kind(placeholder: &str) -> &str {
    placeholder.trim_start_matches('[').rsplit_once('-').map_or("", |(kind, _)| kind)
}
