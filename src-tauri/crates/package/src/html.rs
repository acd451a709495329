//! report.html: one page for three readers, from data that is redacted already, so that escaping stays
//! intact. The template escapes at compile time; nothing in here writes markup.

use std::collections::BTreeMap;

use askama::Template;
use befund_checks::{CheckResult, Checks, Status};
use befund_content::{Arg, Text};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::contents::{Level, TriedOutcome};
use crate::labels::Labels;
use crate::manifest::{NotMeasured, RemovedRecord};
use crate::open::hex;
use crate::report::ReportData;
use crate::tables::{Block, Rich, SubjectView, Tables};
use crate::times::Times;

/// The look, without what depends on the case.
const STYLE: &str = include_str!("../templates/report.css");

/// What the page is made of. All of it is redacted.
pub(crate) struct Page<'a> {
    pub(crate) report: &'a ReportData,
    /// `None` when the person left the facts out.
    pub(crate) facts: Option<&'a Value>,
    /// `None` when the person left the timeline out.
    pub(crate) session: Option<&'a Value>,
    pub(crate) not_measured: &'a [NotMeasured],
    pub(crate) checks: &'a Checks,
    pub(crate) times: &'a Times,
    /// Name, content and size of the files beside the report.
    pub(crate) files: &'a [(String, Text, u64)],
    pub(crate) removed: &'a [RemovedRecord],
    /// Different private values, by kind.
    pub(crate) replaced: &'a BTreeMap<String, u64>,
    /// How many values the person made readable.
    pub(crate) shown: u64,
}

/// A state: shape, word and colour, always all three.
struct State {
    class: &'static str,
    icon: &'static str,
    word: String,
}

struct FindingRow {
    state: State,
    text: Rich,
    value: Rich,
    usual: Rich,
    check: String,
}

struct MoreRow {
    state: State,
    text: String,
}

struct CheckRow {
    state: State,
    check: String,
    title: Rich,
    text: Rich,
    reason: Rich,
    facts: Vec<(String, String)>,
}

struct CauseRow {
    title: Rich,
    percent: String,
    /// 0 to 100: the bar's length.
    width: u32,
    level: String,
    first: bool,
}

struct TriedRow {
    time: String,
    title: Rich,
    outcome: String,
}

struct MissingRow {
    what: String,
    path: String,
    places: String,
    reason: String,
    detail: Rich,
}

struct EventRow {
    time: String,
    what: String,
    detail: Rich,
}

struct FileRow {
    name: Rich,
    about: Rich,
    size: String,
}

#[derive(Template)]
#[template(path = "report.html")]
struct Report<'a> {
    lang: &'static str,
    labels: Labels,
    reference: String,
    /// Checked by the page's policy: no other style is applied, and no script at all.
    policy: String,
    style: String,
    created: String,
    zone: &'a str,
    version: Rich,
    summary: Rich,
    subject: Rich,
    computer: Rich,
    judgement: String,
    contact: Rich,
    words: Rich,
    answers: Vec<(Rich, Rich)>,
    tried: Vec<TriedRow>,
    findings: Vec<FindingRow>,
    more: Vec<MoreRow>,
    causes: Vec<CauseRow>,
    missing: Vec<MissingRow>,
    /// How many values there were nothing to measure for, in words.
    void: String,
    all_checks: Vec<CheckRow>,
    measured: String,
    has_facts: bool,
    subjects: Vec<SubjectView>,
    has_session: bool,
    events: Vec<EventRow>,
    /// A placeholder that does occur.
    example: String,
    /// Kinds in words, and how many different values of each there are.
    replaced: Vec<(String, u64)>,
    shown: String,
    files: Vec<FileRow>,
    left_out: String,
}

impl Report<'_> {
    /// A message of the page's language.
    fn t(&self, key: &str) -> String {
        self.labels.get(key, &[])
    }

    /// A message with one argument.
    fn t1(&self, key: &str, name: &str, value: impl AsRef<str>) -> String {
        self.labels.get(key, &[(name, value.as_ref().into())])
    }

    /// Quotation marks of the page's language.
    fn quote_open(&self) -> &'static str {
        if self.lang == "de" { "„" } else { "“" }
    }

    fn quote_close(&self) -> &'static str {
        if self.lang == "de" { "“" } else { "”" }
    }

    /// Whether nobody knows when things were tried, so that there is no column for it.
    fn is_timeless(&self) -> bool {
        self.tried.iter().all(|t| t.time.is_empty())
    }
}

/// Renders the page.
pub(crate) fn render(page: &Page<'_>) -> Result<String, askama::Error> {
    let report = page.report;
    let lang = report.language;
    let labels = Labels(lang);
    let rich = |text: &Text| Rich::new(text.get(lang));
    let style = style(report.reference, labels);
    let digest = Sha256::digest(style.as_bytes());
    let tables = Tables { labels, times: page.times };

    let (findings, more) = findings(&report.results, labels);
    Report {
        lang: lang.tag(),
        labels,
        reference: report.reference.to_string(),
        policy: format!(
            "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            base64(&digest)
        ),
        style,
        created: page.times.moment(report.created_at),
        zone: page.times.zone(),
        version: Rich::new(&report.app.version),
        summary: rich(&report.summary),
        subject: Rich::new(&report.subject),
        computer: computer(&report.host, labels),
        judgement: judgement(report, labels),
        contact: report.contact.as_ref().map_or_else(Rich::default, |c| {
            let parts: Vec<&str> = [&c.name, &c.phone, &c.mail]
                .into_iter()
                .map(String::as_str)
                .filter(|p| !p.is_empty())
                .collect();
            Rich::new(&parts.join(", "))
        }),
        words: Rich::new(report.words.trim()),
        answers: report.answers.iter().map(|a| (rich(&a.question), rich(&a.answer))).collect(),
        tried: report
            .tried
            .iter()
            .map(|t| TriedRow {
                time: t.at.map_or_else(String::new, |at| page.times.of_day(at)),
                title: rich(&t.title),
                outcome: outcome(t.outcome, labels),
            })
            .collect(),
        findings,
        more,
        causes: causes(report, labels),
        missing: missing(page.not_measured, labels),
        void: void(page.not_measured, labels),
        all_checks: all_checks(page, labels),
        measured: measured(page, labels),
        has_facts: page.facts.is_some(),
        subjects: page.facts.map_or_else(Vec::new, |facts| subjects(facts, &tables)),
        has_session: page.session.is_some(),
        events: page.session.map_or_else(Vec::new, |session| events(session, labels, page.times)),
        example: format!("[{}-1]", page.replaced.keys().next().map_or("host", String::as_str)),
        shown: page.shown.to_string(),
        replaced: page.replaced.iter().map(|(kind, n)| (labels.kind(kind), *n)).collect(),
        files: page
            .files
            .iter()
            .map(|(name, about, bytes)| FileRow {
                name: Rich::new(name),
                about: rich(about),
                size: labels.bytes(*bytes),
            })
            .collect(),
        left_out: page.removed.iter().map(|r| r.name.as_str()).collect::<Vec<_>>().join(", "),
    }
    .render()
}

/// The style sheet, with the foot of printed pages. The reference has no character that means
/// something in a style sheet.
fn style(reference: befund_reference::Reference, labels: Labels) -> String {
    let quoted = |key: &str| labels.get(key, &[]).replace(['"', '\\', '\n', '<'], "");
    format!(
        "{STYLE}@page {{ @bottom-left {{ content: \"Befund {reference}\"; }} @bottom-right {{ content: \"{} \" counter(page) \" {} \" counter(pages); }} }}\n",
        quoted("report-page-of"),
        quoted("report-page-of-2"),
    )
}

fn state(status: Status, labels: Labels) -> State {
    let (class, icon, key) = match status {
        Status::Ok => ("ok", "i-ok", "ui-state-ok"),
        Status::Warn => ("warn", "i-warn", "ui-state-warn"),
        Status::Fail => ("bad", "i-bad", "ui-state-fail"),
        Status::Unknown => ("nm", "i-nm", "ui-state-unknown"),
        Status::NotApplicable => ("nm", "i-na", "ui-state-not-applicable"),
    };
    State { class, icon, word: labels.get(key, &[]) }
}

/// Broken before unusual; the rest is counted and listed further down.
fn findings(results: &[CheckResult], labels: Labels) -> (Vec<FindingRow>, Vec<MoreRow>) {
    let short = |text: Option<&Text>| text.map_or_else(Rich::default, |t| Rich::new(t.get(labels.0)));
    let of = |status: Status| results.iter().filter(move |r| r.status == status);
    let rows = of(Status::Fail)
        .chain(of(Status::Warn))
        .map(|r| FindingRow {
            state: state(r.status, labels),
            text: Rich::new(r.text.get(labels.0)),
            value: short(r.value.as_ref()),
            usual: short(r.usual.as_ref()),
            check: r.check.to_string(),
        })
        .collect();
    let more = [Status::Ok, Status::Unknown]
        .into_iter()
        .filter_map(|status| {
            let n = of(status).count();
            let text = labels.get("report-more-ok", &[("n", n.to_string().into())]);
            (n > 0).then(|| MoreRow { state: state(status, labels), text })
        })
        .collect();
    (rows, more)
}

fn all_checks(page: &Page<'_>, labels: Labels) -> Vec<CheckRow> {
    page.report
        .results
        .iter()
        .map(|r| {
            let check = page.checks.get(&r.check);
            CheckRow {
                state: state(r.status, labels),
                check: r.check.to_string(),
                title: check.map_or_else(Rich::default, |c| Rich::new(c.title.get(labels.0))),
                text: Rich::new(r.text.get(labels.0)),
                reason: Rich::new(&r.reason),
                facts: check
                    .filter(|_| page.facts.is_some())
                    .map(|c| {
                        c.subjects()
                            .iter()
                            .map(|s| (s.as_str().to_owned(), labels.subject(s.as_str())))
                            .collect()
                    })
                    .unwrap_or_default(),
            }
        })
        .collect()
}

/// The judgement in one line. It keeps to the rule by which a guide calls a cause found, so that it never
/// names a likelihood beside a title that says that no cause stands out.
fn judgement(report: &ReportData, labels: Labels) -> String {
    let second = report.causes.get(1).map_or(0.0, |c| c.probability);
    let found = report
        .causes
        .first()
        .filter(|c| c.level.is_some() && c.probability >= 0.6 && c.probability >= 2.0 * second);
    let Some(cause) = found else { return labels.get("report-judgement-none", &[]) };
    let word = if cause.probability >= 0.85 { "report-likely-very" } else { "report-likely" };
    let args: [Arg<'_>; 2] =
        [("percent", labels.share(cause.probability).into()), ("word", labels.get(word, &[]).into())];
    labels.get("report-judgement-value", &args)
}

fn causes(report: &ReportData, labels: Labels) -> Vec<CauseRow> {
    report
        .causes
        .iter()
        .enumerate()
        .map(|(i, cause)| CauseRow {
            title: Rich::new(cause.title.get(labels.0)),
            percent: labels.share(cause.probability),
            width: (cause.probability.clamp(0.0, 1.0) * 100.0).round() as u32,
            level: cause.level.map_or_else(String::new, |l: Level| {
                labels.get(&format!("report-level-{}", l.as_str()), &[])
            }),
            first: i == 0,
        })
        .collect()
}

fn outcome(outcome: TriedOutcome, labels: Labels) -> String {
    labels.get(&format!("report-tried-{}", outcome.as_str()), &[])
}

fn computer(host: &BTreeMap<String, Value>, labels: Labels) -> Rich {
    let word = |key: &str| host.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
    let mut parts = Vec::new();
    match (word("os.name").or_else(|| word("os.type")), word("os.version")) {
        (Some(name), Some(version)) => parts.push(format!("{name} {version}")),
        (Some(name), None) => parts.push(name),
        _ => {}
    }
    parts.extend(host.get("system.memory.limit").and_then(Value::as_u64).map(|b| labels.bytes(b)));
    parts.extend(word("host.name"));
    if parts.is_empty() {
        parts.push(labels.get("ui-state-unknown", &[]));
    }
    Rich::new(&parts.join(", "))
}

/// Whether a value is absent because the thing is: an interface without a cable has no speed. Nobody
/// needs to look into that, and such rows would hide those that matter.
fn is_void(absence: &NotMeasured) -> bool {
    absence.reason == befund_facts::Reason::NothingToMeasure
}

fn void(absences: &[NotMeasured], labels: Labels) -> String {
    match absences.iter().filter(|a| is_void(a)).count() {
        0 => String::new(),
        n => labels.get("report-not-measured-void", &[("n", n.to_string().into())]),
    }
}

/// The same absence in many places is one row.
fn missing(absences: &[NotMeasured], labels: Labels) -> Vec<MissingRow> {
    let mut rows: Vec<(String, befund_facts::Reason, &NotMeasured, usize)> = Vec::new();
    for absence in absences.iter().filter(|a| !is_void(a)) {
        let path = without_positions(&absence.path);
        match rows.iter_mut().find(|(p, reason, ..)| *p == path && *reason == absence.reason) {
            Some((.., n)) => *n += 1,
            None => rows.push((path, absence.reason, absence, 1)),
        }
    }
    rows.into_iter()
        .map(|(path, reason, absence, n)| MissingRow {
            what: path_in_words(&path, labels),
            places: if n > 1 {
                labels.get("report-places", &[("n", n.to_string().into())])
            } else {
                String::new()
            },
            path,
            reason: befund_checks::reason_words(reason).get(labels.0).to_owned(),
            detail: Rich::new(&absence.detail),
        })
        .collect()
}

fn without_positions(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

/// `dns.servers.lookups` as “Namensauflösung (DNS): DNS-Server, Abfragen”.
fn path_in_words(path: &str, labels: Labels) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    let Some((subject, fields)) = parts.split_first() else { return String::new() };
    if fields.is_empty() {
        return labels.get("report-not-measured-whole", &[("subject", labels.subject(subject).into())]);
    }
    let words: Vec<String> = parts.windows(2).map(|pair| labels.field(pair[0], pair[1])).collect();
    format!("{}: {}", labels.subject(subject), words.join(", "))
}

fn measured(page: &Page<'_>, labels: Labels) -> String {
    let Some(facts) = page.facts else { return String::new() };
    let when = facts.pointer("/started_at").and_then(Value::as_str).and_then(|t| t.parse().ok());
    let (Some(when), Some(took)) = (when, facts.get("took_ms")) else { return String::new() };
    let args: [Arg<'_>; 2] =
        [("when", page.times.moment(when).into()), ("took", labels.milliseconds(took).into())];
    labels.get("report-facts-measured", &args)
}

/// Every part of facts.json that is a subject, those of newer programs included.
fn subjects(facts: &Value, tables: &Tables<'_>) -> Vec<SubjectView> {
    facts
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(id, value)| value.is_object() && *id != "probe_ms")
        .map(|(id, value)| {
            let took = facts.pointer(&format!("/probe_ms/{id}")).map_or_else(String::new, |ms| {
                tables.labels.get("report-took", &[("took", tables.labels.milliseconds(ms).into())])
            });
            tables.subject(id, value, took)
        })
        .collect()
}

fn events(session: &Value, labels: Labels, times: &Times) -> Vec<EventRow> {
    let entries = session.get("entries").unwrap_or(session).as_array();
    entries
        .into_iter()
        .flatten()
        .map(|entry| {
            let event = entry.get("event").unwrap_or(entry);
            let at = entry.get("at").and_then(Value::as_str).unwrap_or_default();
            let (what, detail) = event_words(event, labels);
            EventRow {
                time: at.parse().map_or_else(|_| at.to_owned(), |at| times.exact(at)),
                what,
                detail: Rich::new(&detail),
            }
        })
        .collect()
}

fn event_words(event: &Value, labels: Labels) -> (String, String) {
    let field = |key: &str| event.get(key).and_then(Value::as_str);
    let kind = field("kind").unwrap_or_default();
    let key = kind.replace('_', "-");
    // The most telling message there is: with purpose or outcome, without, or the kind itself.
    let precise =
        field("purpose").or_else(|| field("outcome")).map(|more| format!("report-event-{key}-{more}"));
    let what = precise
        .into_iter()
        .chain([format!("report-event-{key}")])
        .map(|key| (labels.get(&key, &[]), key))
        .find_map(|(words, key)| (words != key).then_some(words))
        .unwrap_or_else(|| kind.replace('_', " "));
    let detail = match kind {
        "measured" => {
            let results = event.get("results").and_then(Value::as_array);
            let count = |status: &str| {
                results.into_iter().flatten().filter(|r| r["status"] == status).count().to_string()
            };
            let args: Vec<Arg<'_>> =
                ["fail", "warn", "ok", "unknown"].iter().map(|s| (*s, count(s).into())).collect();
            labels.get("report-event-counts", &args)
        }
        "answered" => {
            let answer =
                field("answer").map_or_else(|| labels.get("report-event-dont-know", &[]), ToOwned::to_owned);
            format!("{}: {answer}", field("question").unwrap_or_default())
        }
        _ => ["guide", "fix", "words"].iter().filter_map(|k| field(k)).collect::<Vec<_>>().join(": "),
    };
    (what, detail)
}

/// Base64 with padding, as a content security policy wants a hash.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let [a, b, c] = [0, 1, 2].map(|i| u32::from(chunk.get(i).copied().unwrap_or(0)));
        let joined = a << 16 | b << 8 | c;
        for i in 0..4 {
            if i <= chunk.len() {
                out.push(char::from(ALPHABET[(joined >> (18 - 6 * i)) as usize & 63]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use befund_content::Lang;

    use super::*;

    #[test]
    fn base64_is_the_usual_one() {
        for (plain, encoded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    #[test]
    fn paths_are_said_in_words() {
        let labels = Labels(Lang::De);
        assert_eq!(path_in_words("dns", labels), "Namensauflösung (DNS), alles");
        assert_eq!(
            path_in_words(&without_positions("dns.servers[0].lookups"), labels),
            "Namensauflösung (DNS): DNS-Server, Abfragen"
        );
    }
}
