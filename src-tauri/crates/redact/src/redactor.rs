//! The redactor: what is known, and the placeholder of every value so far.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;

use crate::engine::{Engine, Kept};
use crate::{Kind, Names};

/// Replaces what is private. One redactor gives one value one placeholder, over all that it is given.
#[derive(Debug)]
pub struct Redactor {
    names: Names,
    engine: Engine,
    /// Secrets stand under no kind: the same one keeps its placeholder under any label.
    table: HashMap<(Option<Kind>, String), String>,
    next: BTreeMap<Kind, u64>,
    counts: BTreeMap<Kind, u64>,
}

/// How much was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Placeholders written, by kind.
    pub replaced: BTreeMap<Kind, u64>,
    /// Different values, by kind.
    pub values: BTreeMap<Kind, u64>,
}

impl Redactor {
    /// A redactor that knows these names.
    pub fn new(names: Names) -> Self {
        let engine = engine(&names, Kept::default());
        Self { names, engine, table: HashMap::new(), next: BTreeMap::new(), counts: BTreeMap::new() }
    }

    /// Leaves these readable: hosts and addresses that the organisation's policy names anyway.
    pub fn keep<I: IntoIterator<Item = S>, S: AsRef<str>>(&mut self, values: I) -> &mut Self {
        let mut kept = self.engine.kept.clone();
        for value in values {
            kept.add(value.as_ref());
        }
        self.engine = engine(&self.names, kept);
        self
    }

    /// Redacts a text.
    pub fn text(&mut self, text: &str) -> String {
        String::from_utf8_lossy(&self.whole(text.as_bytes(), "")).into_owned()
    }

    /// Redacts the keys and texts of a JSON value; it stays valid JSON of the same shape.
    pub fn json(&mut self, value: &Value) -> Value {
        self.member("", value)
    }

    fn member(&mut self, field: &str, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                let redacted = self.whole(text.as_bytes(), field);
                Value::String(String::from_utf8_lossy(&redacted).into_owned())
            }
            Value::Array(items) => items.iter().map(|item| self.member(field, item)).collect(),
            Value::Object(map) => Value::Object(
                map.iter().map(|(key, inner)| (self.text(key), self.member(key, inner))).collect(),
            ),
            other => other.clone(),
        }
    }

    /// Placeholders written so far, by kind.
    pub fn counts(&self) -> BTreeMap<Kind, u64> {
        self.counts.clone()
    }

    /// How much was replaced so far.
    pub fn stats(&self) -> Stats {
        Stats { replaced: self.counts(), values: self.next.clone() }
    }

    /// What each placeholder stands for. It stays on the person's computer: nothing here writes it.
    pub fn known(&self) -> BTreeMap<String, String> {
        self.table.iter().map(|((_, value), placeholder)| (placeholder.clone(), value.clone())).collect()
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn placeholder(&mut self, kind: Kind, value: String) -> String {
        *self.counts.entry(kind).or_default() += 1;
        let class = (!kind.is_secret()).then_some(kind);
        let next = &mut self.next;
        self.table
            .entry((class, value))
            .or_insert_with(|| {
                let number = next.entry(kind).or_default();
                *number += 1;
                kind.placeholder(*number)
            })
            .clone()
    }
}

fn engine(names: &Names, kept: Kept) -> Engine {
    Engine::new(names.iter().map(|(kind, value)| (kind, value.to_owned())).collect(), kept)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn redactor() -> Redactor {
        let mut names = Names::new();
        names.add(Kind::Host, "pc-17.example.org");
        names.add(Kind::User, "emustermann");
        Redactor::new(names)
    }

    #[test]
    fn secrets_go_in_every_notation() {
        let cases = [
            "password=hunter2secret",
            "Password: hunter2secret",
            "\"password\": \"hunter2secret\"",
            "{\\\"api_key\\\":\\\"hunter2secret\\\"}",
            "--password hunter2secret",
            "--token=hunter2secret",
            "DB_PASSWORD='hunter2secret'",
            "<password>hunter2secret</password>",
            "psk=hunter2secret",
            "curl -u erika:hunter2secret http://x",
            "Authorization: Bearer hunter2secret",
            "Cookie: sid=hunter2secret",
            "https://erika:hunter2secret@example.org/",
            "The password is hunter2secret.",
            "mysql -u root -phunter2secret db",
        ];
        for case in cases {
            let out = redactor().text(case);
            assert!(!out.contains("hunter2secret"), "{case} → {out}");
            assert_eq!(redactor().text(&out), out, "twice is not the same as once");
        }
    }

    #[test]
    fn tokens_and_keys_are_known_by_their_form() {
        let token = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N";
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----";
        for private in [
            token,
            jwt,
            "AKIAIOSFODNN7EXAMPLE",
            key,
            "erika@example.org",
            "93.184.216.34",
            "DE89370400440532013000",
        ] {
            let out = redactor().text(&format!("before {private} after"));
            assert!(out.starts_with("before [") && out.ends_with("] after"), "{private} → {out}");
        }
    }

    #[test]
    fn one_value_has_one_placeholder_everywhere() {
        let mut redactor = redactor();
        assert_eq!(redactor.text("PC-17.example.org and pc-17"), "[host-1] and [host-1]");
        assert_eq!(redactor.text("emustermann@pc-17"), redactor.text("emustermann@pc-17"));
        let out =
            redactor.json(&json!({ "host": "pc-17.example.org", "list": [1, true, null, "a 10.0.0.1"] }));
        assert_eq!(out["host"], "[host-1]");
        assert_eq!(out["list"], json!([1, true, null, "a 10.0.0.1"]));
        assert_eq!(redactor.counts()[&Kind::Host], 5);
    }

    #[test]
    fn what_is_not_private_stays_to_the_letter() {
        let lines = "\
[    0.000000] Linux version 6.1.0-18-amd64 (gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP\n\
2026-11-23T10:15:30.123456Z INFO hickory_proto::xfer: connected to 192.168.1.1:53\n\
uuid 123e4567-e89b-12d3-a456-426614174000 sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\
eth0: link up, 1000 Mbps, MTU 1500, 127.0.0.1, 169.254.3.4, fe80::1, ::1, 10.0.0.1/8\n\
resolver 9.9.9.9 and 1.1.1.1 and 8.8.8.8 answered in 12 ms\n\
the password is wrong, basic authentication is not enabled, token expired\n";
        assert_eq!(redactor().text(lines), lines);
    }

    #[test]
    fn what_the_policy_names_stays() {
        let mut redactor = redactor();
        redactor.keep(["https://www.example.org/", "93.184.216.34:443"]);
        let line = "www.example.org is 93.184.216.34";
        assert_eq!(redactor.text(line), line);
    }
}
