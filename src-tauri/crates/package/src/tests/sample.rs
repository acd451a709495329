//! One case to make packages of: a notebook whose router does not resolve names.

use befund_checks::{CheckResult, Checks, Status};
use befund_content::{Lang, Text};
use befund_facts::{Reading, Reason, Snapshot};
use befund_redact::{Kind, Names, Redactor};
use befund_reference::Reference;
use jiff::Timestamp;
use rand::SeedableRng as _;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{CauseLine, Contents, ExtraFile, Level, TriedLine, TriedOutcome};

pub(crate) struct Sample {
    pub(crate) lang: Lang,
    pub(crate) words: String,
    pub(crate) finding: Text,
    pub(crate) facts: Snapshot,
    pub(crate) checks: Checks,
    pub(crate) results: Vec<CheckResult>,
    pub(crate) session: Value,
    pub(crate) extra_files: Vec<ExtraFile>,
    pub(crate) removed: Vec<String>,
}

pub(crate) fn text(en: &str, de: &str) -> Text {
    Text { en: en.into(), de: de.into() }
}

pub(crate) fn at(time: &str) -> Timestamp {
    format!("2026-11-23T{time}Z").parse().unwrap()
}

pub(crate) fn reference() -> Reference {
    Reference::random(&mut rand::rngs::StdRng::seed_from_u64(7))
}

pub(crate) fn redactor() -> Redactor {
    let mut names = Names::new();
    names.add(Kind::User, "ekoehler");
    names.add(Kind::User, "Erika Köhler");
    names.add(Kind::Host, "nb-4711");
    names.add(Kind::Home, "/home/ekoehler");
    names.add(Kind::Mac, "3c:a9:f4:1b:2c:3d");
    Redactor::new(names)
}

fn result(check: &str, status: Status, en: &str, de: &str, short: Option<[&str; 4]>) -> CheckResult {
    CheckResult {
        check: check.parse().unwrap(),
        status,
        reason: match status {
            Status::Unknown => "timed_out: no answer within 4s".into(),
            Status::Fail => "dns.servers.all(s, s.lookups.all(l, l.outcome == \"timed_out\")) is true".into(),
            Status::NotApplicable => "size(proxy.settings) > 0 is false".into(),
            Status::Ok | Status::Warn => String::new(),
        },
        text: text(en, de),
        value: short.map(|[v, w, ..]| text(v, w)),
        usual: short.map(|[.., u, w]| text(u, w)),
    }
}

impl Sample {
    pub(crate) fn new(lang: Lang) -> Self {
        let started = at("13:05:00");
        let answer = json!({ "question": "router-lamp", "answer": "blinking", "kind": "answered" });
        Self {
            lang,
            words:
                "Seit heute Mittag öffnet sich keine Seite mehr.\nTeams geht auch nicht. Grüße, Erika Köhler"
                    .into(),
            finding: text(
                "The DNS server in the router does not answer",
                "Der DNS-Server des Routers antwortet nicht",
            ),
            facts: facts(started),
            checks: Checks::builtin(),
            results: vec![
                result(
                    "links.connected",
                    Status::Ok,
                    "The network cable is connected.",
                    "Das Netzwerkkabel ist verbunden.",
                    None,
                ),
                result(
                    "dns.server-answers",
                    Status::Fail,
                    "The DNS server 192.168.1.1 does not answer.",
                    "Der DNS-Server 192.168.1.1 antwortet nicht.",
                    Some(["0 of 2 answers", "0 von 2 Antworten", "under 50 ms", "unter 50 ms"]),
                ),
                result(
                    "dns.second-server",
                    Status::Warn,
                    "Only one DNS server is set.",
                    "Es ist nur ein DNS-Server eingetragen.",
                    Some(["1", "1", "2 or more", "2 oder mehr"]),
                ),
                result(
                    "filesystems.space",
                    Status::Ok,
                    "There is enough free space.",
                    "Es ist genug Platz frei.",
                    Some(["112 GB", "112 GB", "over 5 GB", "über 5 GB"]),
                ),
                result(
                    "clock.offset",
                    Status::Unknown,
                    "Not measured. No answer within the time allowed.",
                    "Nicht gemessen. Keine Antwort in der erlaubten Zeit.",
                    None,
                ),
                result(
                    "proxy.reachable",
                    Status::NotApplicable,
                    "No proxy is set.",
                    "Es ist kein Proxy eingetragen.",
                    None,
                ),
            ],
            session: json!({ "entries": [
                { "at": started, "event": { "kind": "started", "reference": reference(), "guide": "internet", "words": "Erika Köhler" } },
                { "at": at("13:05:06"), "event": { "kind": "measured", "purpose": "first", "results": [ { "check": "dns.server-answers", "status": "fail" }, { "check": "filesystems.space", "status": "ok" } ] } },
                { "at": at("13:06:11"), "event": answer },
                { "at": at("13:06:40"), "event": { "kind": "fix_shown", "fix": "restart-router" } },
                { "at": at("13:09:02"), "event": { "kind": "verified", "fix": "restart-router", "outcome": "no" } },
                { "at": at("13:10:00"), "event": { "kind": "handed_over" } },
            ] }),
            extra_files: vec![ExtraFile {
                name: "logs/befund.log".into(),
                about: text("Befund's own log", "Das eigene Protokoll von Befund"),
                bytes: b"13:05:01 INFO nb-4711 measure started\n13:05:06 WARN no answer from 192.168.1.1\n"
                    .to_vec(),
            }],
            removed: Vec::new(),
        }
    }

    pub(crate) fn contents(&self) -> Contents<'_> {
        Contents {
            reference: reference(),
            created_at: at("13:12:00"),
            lang: self.lang,
            app_version: "0.1.0",
            subject: match self.lang {
                Lang::En => "The internet does not work",
                Lang::De => "Das Internet geht nicht",
            },
            words: &self.words,
            contact: None,
            finding: &self.finding,
            causes: vec![
                CauseLine {
                    title: text("The router's DNS service hangs", "Der DNS-Dienst im Router hängt"),
                    probability: 0.94,
                    level: Some(Level::First),
                },
                CauseLine {
                    title: text("The provider has an outage", "Der Anbieter hat eine Störung"),
                    probability: 0.031,
                    level: Some(Level::Second),
                },
                CauseLine { title: text("Something else", "Etwas anderes"), probability: 0.004, level: None },
            ],
            tried: vec![
                TriedLine {
                    title: text("Restart the router", "Router neu starten"),
                    outcome: TriedOutcome::DidNotHelp,
                    at: Some(at("13:09:02")),
                },
                TriedLine {
                    title: text("Use another DNS server", "Anderen DNS-Server benutzen"),
                    outcome: TriedOutcome::Skipped,
                    at: Some(at("13:09:40")),
                },
            ],
            answers: vec![(
                text(
                    "What does the lamp “Internet” on the router do?",
                    "Was macht die Lampe „Internet“ am Router?",
                ),
                text("It blinks", "Sie blinkt"),
            )],
            facts: &self.facts,
            checks: &self.checks,
            results: &self.results,
            session: &self.session,
            extra_files: self.extra_files.clone(),
            evidence: &[],
            removed: self.removed.clone(),
        }
    }
}

fn measured<T: DeserializeOwned + JsonSchema>(subject: &str, mut value: Value) -> Reading<T> {
    let schema = schemars::schema_for!(T).to_value();
    complete(&schema, &schema, &mut value);
    Reading::Value(serde_json::from_value(value).unwrap_or_else(|e| panic!("the sample's {subject}: {e}")))
}

/// What the schema requires and the sample does not say, so that a new fact needs no change here.
fn complete(root: &Value, schema: &Value, value: &mut Value) {
    let schema = resolved(root, schema);
    for inner in alternatives(schema) {
        complete(root, inner, value);
    }
    match value {
        Value::Object(fields) if !fields.contains_key("absent") => {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if name != "absent" && !fields.contains_key(name) {
                    let mut filler = filler(root, &schema["properties"][name]);
                    complete(root, &schema["properties"][name], &mut filler);
                    fields.insert(name.into(), filler);
                }
            }
            for (name, inner) in fields {
                complete(root, &schema["properties"][name], inner);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| complete(root, &schema["items"], item)),
        _ => {}
    }
}

fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema["$ref"].as_str().and_then(|r| root.pointer(r.strip_prefix('#')?));
    target.map_or(schema, |target| resolved(root, target))
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf", "allOf"].iter().filter_map(|k| schema[*k].as_array()).flatten()
}

/// Absent where that is allowed; otherwise the plainest value.
fn filler(root: &Value, schema: &Value) -> Value {
    let schema = resolved(root, schema);
    let inner: Vec<&Value> = alternatives(schema).map(|s| resolved(root, s)).collect();
    if inner.iter().any(|s| s["properties"]["absent"].is_object()) {
        return json!({ "absent": { "reason": "not_supported" } });
    }
    let words = inner.iter().copied().chain([schema]);
    let word = words.flat_map(|s| [&s["const"], &s["enum"][0]]).find(|w| w.is_string());
    match (word, schema["type"].as_str().unwrap_or_default()) {
        (Some(word), _) => word.clone(),
        (None, "array") => json!([]),
        (None, "boolean") => json!(false),
        (None, "integer" | "number") => json!(0),
        (None, "object") => json!({}),
        (None, _) => json!(""),
    }
}

fn facts(started_at: Timestamp) -> Snapshot {
    let none = json!({ "absent": { "reason": "not_supported", "detail": "no /sys/class/net/vnet0/speed" } });
    let lookup = |name: &str, record: &str| {
        json!({ "name": name, "record": record, "outcome": "timed_out", "addresses": [],
                "took_ms": { "absent": { "reason": "timed_out", "detail": "no answer within 3.4s" } }, "detail": "" })
    };
    let mut facts = Snapshot::empty(started_at, Reason::TimedOut);
    facts.took_ms = 4012;
    facts.probe_ms = [("system".to_owned(), 3), ("filesystems".into(), 5), ("dns".into(), 3412)].into();
    facts.system = measured(
        "system",
        json!({
            "os_family": "linux", "os_name": "Debian GNU/Linux", "os_id": "debian", "os_version": "12", "kernel": "6.1.0-28-amd64",
            "architecture": "x86_64", "uptime_seconds": 1_641_600, "started_at": "2026-11-04T09:01:00Z", "host_name": "nb-4711",
            "domain": { "absent": { "reason": "nothing_to_measure" } }, "user_name": "ekoehler", "user_full_name": "Erika Köhler",
            "home_folder": "/home/ekoehler", "locale": "de_DE.UTF-8", "time_zone": "Europe/Berlin",
        }),
    );
    facts.memory = measured(
        "memory",
        json!({
            "total_bytes": 16_780_000_000_u64, "available_bytes": 9_212_000_000_u64, "swap_total_bytes": 1_023_000_000, "swap_free_bytes": 1_023_000_000,
        }),
    );
    facts.filesystems = measured(
        "filesystems",
        json!({ "mounts": [ {
        "mount_point": "/", "source": "/dev/nvme0n1p2", "kind": "ext4", "class": "local", "options": ["rw", "relatime", "errors=remount-ro"],
        "read_only": false, "is_system": true, "is_home": true, "size_bytes": 489_000_000_000_u64, "available_bytes": 112_000_000_000_u64,
        "free_bytes": 137_000_000_000_u64, "inode_count": 30_531_584, "inode_free_count": 29_012_345,
    } ] }),
    );
    facts.links = measured(
        "links",
        json!({ "interfaces": [ {
        "name": "enp0s31f6", "kind": "wired", "admin_up": true, "carrier": true, "oper_state": "up", "mtu_bytes": 1500, "mac": "3c:a9:f4:1b:2c:3d",
        "speed_mbps": none, "addresses": [ { "address": "192.168.1.23", "prefix_length": 24, "family": "ipv4", "scope": "private", "origin": "dhcp" } ],
        "rx_bytes": 4_812_345_678_u64, "tx_bytes": 912_345_678, "rx_packet_count": 5_123_456, "tx_packet_count": 2_345_678, "rx_error_count": 0,
        "tx_error_count": 0, "rx_dropped_count": 12, "tx_dropped_count": 0,
    } ] }),
    );
    facts.dns = measured(
        "dns",
        json!({
            "servers": [ { "address": "192.168.1.1:53", "source": "resolv.conf", "lookups": [ lookup("www.debian.org", "A"), lookup("www.debian.org", "AAAA") ] } ],
            "system": [ { "name": "www.debian.org", "outcome": "timed_out", "addresses": [], "took_ms": 3400.2, "detail": "Temporary failure in name resolution" } ],
            "independent": [ { "address": "9.9.9.9:53", "source": "policy", "lookups": [ {
                "name": "www.debian.org", "record": "A", "outcome": "answered", "addresses": ["130.89.148.77"], "took_ms": 18.2, "detail": "" } ] } ],
            "search_domains": [],
        }),
    );
    facts
}
