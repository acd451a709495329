//! Words for subjects, fields and values of facts.json, and all other words of the report. The words
//! themselves are in content/locales.

use befund_content::{Arg, Format, Lang, Messages, Text, format_value};
use serde_json::Value;

/// Fields whose values are words of a fixed list, and so can be said in the person's language.
const WORD_FIELDS: &[&str] = &[
    "outcome",
    "access",
    "plugged",
    "driver_kind",
    "kind",
    "class",
    "status",
    "profile",
    "part",
    "session",
    "rendering",
    "rendering_by",
    "running",
    "manager",
    "support_source",
    "about",
    "family",
    "scope",
    "origin",
    "neighbour",
    "knock",
    "interface_kind",
    "through_kind",
    "purpose",
    "preference",
    "action",
    "state",
    "reason",
    "set_by",
    "kept_by",
    "service",
    "password",
    "kept_in",
    "granting",
    "keyring",
    "duplex",
    "band",
    "security",
    "tried",
    "told_by",
    "whose",
    "bus",
    "echo",
    "reachable",
    "end",
    "connection",
    "role",
    "method",
    "tunnel",
    "proxy_answer",
    "follows",
    "over_tls",
    "certificate",
    "over_https",
    "by_tcp",
    "proof",
    "greeting",
    "lookup",
    "place",
    "carries",
    "names",
];

/// A message in every language.
pub(crate) fn text(key: &str, args: &[Arg<'_>]) -> Text {
    Messages::shared().text(key, |_| args.to_vec())
}

/// The words of one language.
#[derive(Clone, Copy)]
pub(crate) struct Labels(pub(crate) Lang);

impl Labels {
    /// A message.
    pub(crate) fn get(self, key: &str, args: &[Arg<'_>]) -> String {
        Messages::shared().get(self.0, key, args)
    }

    /// A message, if there is one.
    fn find(self, key: &str) -> Option<String> {
        Some(self.get(key, &[])).filter(|found| found != key)
    }

    /// A kind of private value in words.
    pub(crate) fn kind(self, kind: &str) -> String {
        self.find(&format!("report-kind-{kind}")).unwrap_or_else(|| kind.to_owned())
    }

    /// A subject's title.
    pub(crate) fn subject(self, subject: &str) -> String {
        self.find(&format!("report-subject-{subject}")).unwrap_or_else(|| plain(subject))
    }

    /// A field's name in words. A field of a newer program than this one is shown by its own name.
    pub(crate) fn field(self, parent: &str, field: &str) -> String {
        let (parent, key) = (parent.replace('_', "-"), field.replace('_', "-"));
        self.find(&format!("report-field-{parent}-{key}"))
            .or_else(|| self.find(&format!("report-field-{key}")))
            .unwrap_or_else(|| plain(field))
    }

    /// A scalar, or a list of scalars, as a person reads it.
    pub(crate) fn value(self, field: &str, value: &Value, times: &crate::times::Times) -> String {
        match value {
            Value::Null => self.get("report-none", &[]),
            Value::Array(items) if items.is_empty() => self.get("report-none", &[]),
            Value::Array(items) => {
                items.iter().map(|item| self.value(field, item, times)).collect::<Vec<_>>().join(", ")
            }
            Value::String(text) if text.is_empty() => self.get("report-empty", &[]),
            Value::String(text) => self.word(field, text).unwrap_or_else(|| {
                // Only whole times: a name that happens to hold a date is left alone.
                text.parse().map_or_else(|_| text.clone(), |at| times.exact(at))
            }),
            Value::Number(number) => self.number(field, value, number.as_f64().unwrap_or_default()),
            Value::Bool(_) | Value::Object(_) => format_value(value, Format::Text, self.0),
        }
    }

    fn word(self, field: &str, value: &str) -> Option<String> {
        if !WORD_FIELDS.contains(&field) || !value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return None;
        }
        let key = value.replace('_', "-");
        self.find(&format!("report-value-{field}-{key}"))
            .or_else(|| self.find(&format!("report-value-{key}")))
    }

    fn number(self, field: &str, value: &Value, number: f64) -> String {
        // Ahead or behind is the point of an offset, so its sign stays, and its digits too.
        if field.ends_with("offset_seconds") {
            let sign = if number >= 0.0 { "+" } else { "" };
            return format!("{sign}{}\u{a0}s", format_value(value, Format::Number, self.0));
        }
        let plain = |unit: &str| format!("{}\u{a0}{unit}", format_value(value, Format::Count, self.0));
        match field {
            "mtu_bytes" => plain("B"),
            "port" | "status" | "metric" | "prefix_length" | "stratum" | "table" | "priority" | "channel"
            | "year" => number.to_string(),
            f if f.ends_with("_mbps") => plain("Mbit/s"),
            f if f.ends_with("dbm") => plain("dBm"),
            f if f.ends_with("_mhz") => plain("MHz"),
            f if f.ends_with("_celsius") => plain("°C"),
            f if f.ends_with("_bytes_per_second") => {
                format!("{}/s", format_value(value, Format::Bytes, self.0))
            }
            f if f.ends_with("_minutes") => plain("min"),
            f if f.ends_with("_bytes") => format_value(value, Format::Bytes, self.0),
            f if f.ends_with("_percent") => format_value(value, Format::Percent, self.0),
            f if f.ends_with("_ms") => format_value(value, Format::Milliseconds, self.0),
            f if f.ends_with("_seconds") => self.duration(value),
            f if f.ends_with("_count") => format_value(value, Format::Count, self.0),
            _ => format_value(value, Format::Text, self.0),
        }
    }

    /// A duration that stands alone. Formatted durations are made for sentences, where German puts days
    /// and years in another case (“seit 19 Tagen”, but “19 Tage”).
    fn duration(self, value: &Value) -> String {
        let formatted = format_value(value, Format::Duration, self.0);
        match self.0 {
            Lang::De if formatted.ends_with("Tagen") || formatted.ends_with("Jahren") => {
                formatted.trim_end_matches('n').to_owned()
            }
            _ => formatted,
        }
    }

    /// A probability from 0 to 1 in percent. Rounding never makes it certain or impossible.
    pub(crate) fn share(self, share: f64) -> String {
        if share > 0.0 && share < 0.01 {
            return self.get("report-under-one-percent", &[]);
        }
        if share > 0.99 && share < 1.0 {
            return self.get("report-over-99-percent", &[]);
        }
        format_value(&serde_json::json!(share * 100.0), Format::Percent, self.0)
    }

    /// A size in bytes.
    pub(crate) fn bytes(self, bytes: u64) -> String {
        format_value(&bytes.into(), Format::Bytes, self.0)
    }

    /// A time span in milliseconds.
    pub(crate) fn milliseconds(self, ms: &Value) -> String {
        format_value(ms, Format::Milliseconds, self.0)
    }
}

/// A key as words, where there are no better ones.
fn plain(key: &str) -> String {
    key.replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::times::Times;

    #[test]
    fn values_are_shown_with_their_units() {
        let times = Times::new(&Value::Null, Lang::De);
        let cases = [
            ("total_bytes", json!(16_800_000_000_u64), "16,8 GB", "16.8 GB"),
            ("mtu_bytes", json!(1500), "1500 B", "1500 B"),
            ("speed_mbps", json!(1000), "1000 Mbit/s", "1000 Mbit/s"),
            ("uptime_seconds", json!(19 * 86400), "19 Tage", "19 days"),
            ("offset_seconds", json!(-7200.0), "−7200,0 s", "−7200.0 s"),
            ("offset_seconds", json!(0.25), "+0,2 s", "+0.2 s"),
            ("port", json!(65535), "65535", "65535"),
            ("outcome", json!("timed_out"), "keine Antwort", "no answer"),
            ("name", json!("timed_out"), "timed_out", "timed_out"),
            ("kind", json!("ext4"), "ext4", "ext4"),
            ("search_domains", json!([]), "keine", "none"),
            ("gateway", Value::Null, "keine", "none"),
            ("read_only", json!(true), "ja", "yes"),
        ];
        for (field, value, de, en) in cases {
            let shown = |lang| Labels(lang).value(field, &value, &times).replace('\u{a0}', " ");
            assert_eq!((shown(Lang::De).as_str(), shown(Lang::En).as_str()), (de, en), "{field} {value}");
        }
    }

    #[test]
    fn a_probability_is_never_rounded_to_certainty() {
        let shown = |share| Labels(Lang::En).share(share);
        assert_eq!([0.9997, 0.94, 0.004, 1.0, 0.0].map(shown), ["over 99%", "94%", "under 1%", "100%", "0%"]);
    }

    #[test]
    fn every_kind_of_private_value_has_words() {
        for (kind, lang) in befund_redact::Kind::ALL.into_iter().flat_map(|k| Lang::ALL.map(|l| (k, l))) {
            assert!(Labels(lang).find(&format!("report-kind-{kind}")).is_some(), "{lang} {kind}");
        }
    }

    /// Fields and words of the published schema, with the field that holds them.
    fn walk(
        root: &Value,
        schema: &Value,
        (parent, field): (&str, &str),
        fields: &mut BTreeSet<(String, String)>,
        words: &mut BTreeSet<(String, String)>,
    ) {
        if let Some(target) = schema["$ref"].as_str().and_then(|r| r.strip_prefix('#'))
            && target != "/$defs/Absence"
        {
            walk(root, root.pointer(target).unwrap(), (parent, field), fields, words);
        }
        for word in schema["const"]
            .as_str()
            .into_iter()
            .chain(schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str))
        {
            words.insert((field.to_owned(), word.to_owned()));
        }
        for inner in ["anyOf", "oneOf", "allOf"].iter().filter_map(|k| schema[*k].as_array()).flatten() {
            walk(root, inner, (parent, field), fields, words);
        }
        if schema["items"].is_object() {
            walk(root, &schema["items"], (parent, field), fields, words);
        }
        for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
            if key != "absent" {
                fields.insert((field.to_owned(), key.clone()));
                walk(root, inner, (field, key), fields, words);
            }
        }
    }

    #[test]
    fn every_subject_field_and_word_of_the_facts_has_a_name_in_both_languages() {
        let schema = schemars::schema_for!(befund_facts::Snapshot).to_value();
        let (mut fields, mut words) = (BTreeSet::new(), BTreeSet::new());
        let mut missing = Vec::new();
        for subject in befund_facts::Subject::ALL {
            let key = format!("report-subject-{}", subject.as_str());
            missing.extend(
                Lang::ALL
                    .into_iter()
                    .filter(|l| Labels(*l).find(&key).is_none())
                    .map(|l| format!("{l} {key}")),
            );
            walk(
                &schema,
                &schema["properties"][subject.as_str()],
                ("", subject.as_str()),
                &mut fields,
                &mut words,
            );
        }
        assert!(fields.len() > 80 && words.len() > 40, "{} fields, {} words", fields.len(), words.len());
        for lang in Lang::ALL {
            let labels = Labels(lang);
            for (parent, field) in &fields {
                let key = field.replace('_', "-");
                let own = format!("report-field-{}-{key}", parent.replace('_', "-"));
                if labels.find(&own).or_else(|| labels.find(&format!("report-field-{key}"))).is_none() {
                    missing.push(format!("{lang} {own}"));
                }
            }
            for (field, word) in &words {
                if labels.word(field, word).is_none() {
                    missing.push(format!("{lang} report-value-{} (in {field})", word.replace('_', "-")));
                }
            }
        }
        assert_eq!(missing, Vec::<String>::new());
    }
}
