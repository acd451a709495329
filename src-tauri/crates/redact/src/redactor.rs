//! The redactor: what is known, and the placeholder of every value so far.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;

use crate::common::{is_generic, is_ordinary};
use crate::engine::{Engine, Kept};
use crate::hit::{Action, Hit};
use crate::{Kind, Names, secrets};

/// Replaces what is private. One redactor gives one value one placeholder, over all that it is given.
#[derive(Debug, Clone)]
pub struct Redactor {
    names: Names,
    /// What the text itself gave away, so that it goes where nothing says what it is, too.
    learned: Names,
    /// Finds that were considered for learning.
    studied: HashSet<(Kind, String)>,
    engine: Engine,
    /// What the person wants read.
    shown: HashSet<(Kind, String)>,
    /// Secrets stand under no kind: the same one keeps its placeholder under any label.
    table: HashMap<(Option<Kind>, String), String>,
    next: BTreeMap<Kind, u64>,
    counts: BTreeMap<Kind, u64>,
}

/// A value that has a placeholder, for the person it belongs to. It stays on their computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it is.
    pub kind: Kind,
    /// What is written in its place: `[host-1]`.
    pub placeholder: String,
    /// The value, in the form under which it is compared; [`Redactor::show`] takes it.
    pub value: String,
    /// Whether it stays readable at the person's wish.
    pub shown: bool,
}

/// How many placeholders were written, by kind: `{"host":2,"mail":1}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Stats {
    /// Placeholders by kind.
    pub replaced: BTreeMap<Kind, u64>,
}

impl Redactor {
    /// A redactor that knows these names.
    pub fn new(names: Names) -> Self {
        let studied = names.iter().map(|(kind, value)| (kind, value.to_lowercase())).collect();
        let engine = engine(&names, &Names::new(), Kept::default());
        Self {
            names,
            learned: Names::new(),
            studied,
            engine,
            shown: HashSet::new(),
            table: HashMap::new(),
            next: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Leaves these readable: hosts and addresses that the organisation's policy names anyway.
    pub fn keep<I: IntoIterator<Item = S>, S: AsRef<str>>(&mut self, values: I) -> &mut Self {
        let mut kept = self.engine.kept.clone();
        for value in values {
            kept.add(value.as_ref());
        }
        self.engine = engine(&self.names, &self.learned, kept);
        self
    }

    /// Leaves these values readable wherever they stand, at the wish of the person they belong to: each a
    /// kind and a value of [`Redactor::known`]. Kinds that [cannot be shown](Kind::can_be_shown) are
    /// replaced all the same, and so is whatever a secret is part of.
    pub fn show(&mut self, values: impl IntoIterator<Item = (Kind, String)>) -> &mut Self {
        self.shown.extend(values.into_iter().filter(|(kind, _)| kind.can_be_shown()));
        self
    }

    pub(crate) fn shown(&self) -> &HashSet<(Kind, String)> {
        &self.shown
    }

    /// Takes over what another redactor has learned from text: a user after `Accepted password for`, a
    /// password after its label. Each is private also where nothing says what it is.
    pub fn learn_from(&mut self, other: &Self) -> &mut Self {
        self.learned.merge(&other.learned);
        self.studied.extend(other.studied.iter().cloned());
        self.engine = engine(&self.names, &self.learned, self.engine.kept.clone());
        self
    }

    /// Learns the values of finds that are telling by themselves; whether there was anything new.
    pub(crate) fn study(&mut self, hits: &[Hit]) -> bool {
        let before = self.learned.iter().count();
        for hit in hits {
            let Action::Replace { kind, value } = &hit.action else { continue };
            if self.learned.iter().count() < MOST_LEARNED
                && is_telling(*kind, value)
                && !self.engine.kept.name(&value.to_lowercase())
                && self.studied.insert((*kind, value.to_lowercase()))
            {
                self.learned.add(*kind, value);
            }
        }
        let is_new = self.learned.iter().count() > before;
        if is_new {
            self.engine = engine(&self.names, &self.learned, self.engine.kept.clone());
        }
        is_new
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
            Value::String(text) if secrets::is_member(field, text, false) => Value::String(self.secret(text)),
            Value::String(text) => {
                let redacted = self.whole(text.as_bytes(), field);
                Value::String(String::from_utf8_lossy(&redacted).into_owned())
            }
            // A PIN, a card, a telephone number: as private as in quotes.
            Value::Number(number) => {
                let text = number.to_string();
                let redacted = if secrets::is_member(field, &text, true) {
                    self.secret(&text)
                } else {
                    self.text(&text)
                };
                if redacted == text { value.clone() } else { Value::String(redacted) }
            }
            Value::Array(items) => items.iter().map(|item| self.member(field, item)).collect(),
            Value::Object(map) => Value::Object(
                map.iter().map(|(key, inner)| (self.text(key), self.member(key, inner))).collect(),
            ),
            other => other.clone(),
        }
    }

    /// A secret that its member's name gives away. What is no secret in it, a placeholder, stays.
    fn secret(&mut self, text: &str) -> String {
        let redacted = self.text(text);
        let is_replaced = crate::kind::placeholder_at(redacted.as_bytes()) == Some(redacted.len());
        if is_replaced { redacted } else { self.placeholder(Kind::Password, text.to_owned()) }
    }

    /// Placeholders written so far, by kind.
    pub fn counts(&self) -> BTreeMap<Kind, u64> {
        self.counts.clone()
    }

    /// How much was replaced so far.
    pub fn stats(&self) -> Stats {
        Stats { replaced: self.counts() }
    }

    /// What may be shown of all that has a placeholder, by kind and number. Nothing here writes it.
    pub fn known(&self) -> Vec<Known> {
        let mut known: Vec<Known> = self
            .table
            .iter()
            .filter_map(|((kind, value), placeholder)| {
                let kind = (*kind).filter(|kind| kind.can_be_shown())?;
                Some(Known {
                    kind,
                    placeholder: placeholder.clone(),
                    value: value.clone(),
                    shown: self.shown.contains(&(kind, value.clone())),
                })
            })
            .collect();
        known.sort_by(|a, b| {
            let order = |k: &Known| (k.kind, k.placeholder.len());
            order(a).cmp(&order(b)).then_with(|| a.placeholder.cmp(&b.placeholder))
        });
        known
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn placeholder(&mut self, kind: Kind, value: String) -> String {
        *self.counts.entry(kind).or_default() += 1;
        self.number(kind, value)
    }

    /// The placeholder of a value, whether or not it is written.
    pub(crate) fn number(&mut self, kind: Kind, value: String) -> String {
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

fn engine(names: &Names, learned: &Names, kept: Kept) -> Engine {
    Engine::new(
        names.iter().chain(learned.iter()).map(|(kind, value)| (kind, value.to_owned())).collect(),
        kept,
    )
}

/// Each costs time with every byte.
const MOST_LEARNED: usize = 500;

/// Whether a value that its context gave away means the same wherever it stands.
fn is_telling(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::User | Kind::Host | Kind::Ssid => {
            value.chars().count() >= 4
                && value.chars().any(char::is_alphabetic)
                && !is_ordinary(value)
                && !is_generic(value)
        }
        Kind::Serial => value.len() >= 6,
        Kind::Token | Kind::Password | Kind::Cookie => {
            value.len() >= 8
                && value.bytes().any(|b| b.is_ascii_digit())
                && value.bytes().any(|b| b.is_ascii_alphabetic())
                && !value.contains(char::is_whitespace)
        }
        _ => false,
    }
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
    fn secrets_of_windows_shadow_files_and_web_hooks_go() {
        for case in [
            "<keyMaterial>hunter2secret</keyMaterial>",
            "    Schlüsselinhalt            : hunter2secret",
            "    Key Content            : hunter2secret",
            "erika:$6$salt$hunter2secret0123456789:19000:0",
            "https://discord.com/api/webhooks/1234/hunter2secret",
            "WLAN-Schlüssel: hunter2secret",
            "x?sig=hunter2secret&a=b",
            "docker login -u x -p hunter2secret",
            "password=a,b;hunter2secret",
            "{\"a\":{\"client_secret\":\"hunter2secret\"}}",
            "PuTTY\nPrivate-Lines: 2\nAAAB\nhunter2secret\nPrivate-MAC: 12",
        ] {
            let out = redactor().text(case);
            assert!(!out.contains("hunter2secret"), "{case} → {out}");
            assert_eq!(redactor().text(&out), out, "twice is not the same as once");
        }
        assert!(redactor().text("Private-Lines: 1\nAAABB\nPrivate-MAC: 12").ends_with("\nPrivate-MAC: 12"));
    }

    #[test]
    fn addresses_in_host_names_and_reverse_names_are_the_same_address() {
        let text = "93.184.216.34 34.216.184.93.in-addr.arpa dslb-093-184-216-034.pools.example.org p5db8d822.dip0.example.org";
        let expected = "[ip-1] [ip-1].in-addr.arpa dslb-[ip-1].pools.example.org p[ip-1].dip0.example.org";
        assert_eq!(redactor().text(text), expected);
        assert_eq!(redactor().text("93.184.216.34-93.184.216.99"), "[ip-1]-[ip-2]");
        assert_eq!(redactor().text("00-15-17-40-50-60 and 00-15-17-40-ab-cd"), "[mac-1] and [mac-2]");
        let private = "1.178.168.192.in-addr.arpa 10-15-30-12.log";
        assert_eq!(redactor().text(private), private);
    }

    #[test]
    fn folders_and_mail_addresses_go_in_every_notation() {
        for (text, expected) in [
            ("/home/max/x /home/jan", "/home/[user-1]/x /home/[user-2]"),
            ("file:///C:/Users/Nora%20Vogt/a.txt", "file:///C:/Users/[user-1]/a.txt"),
            ("open \"C:\\Users\\Nora Vogt\" now", "open \"C:\\Users\\[user-1]\" now"),
            ("c:/users/nora7/y /mnt/c/Users/nora7/z", "c:/users/[user-1]/y /mnt/c/Users/[user-1]/z"),
            ("nora@müller.de, x", "[mail-1], x"),
            ("GET /home/index.html /home/linuxbrew/x", "GET /home/index.html /home/linuxbrew/x"),
        ] {
            assert_eq!(redactor().text(text), expected);
        }
    }

    #[test]
    fn labels_that_name_no_secret_leave_their_value() {
        for text in [
            "PublicKeyToken=b77a5c561934e089, Culture=neutral",
            "PWD=/usr/bin OLDPWD=/tmp",
            "proxy bypass: localhost,192.168.0.0/16",
            "Unexpected token: foo1bar; max_tokens: 4096 tokens=8192 token: 12",
            "spin: 1000 mapping: 12345 x?key=value&code=short",
            "fetch credentials: include",
            "install alsa-topology-conf:all <none> 1.2.5.1-2",
            "Unpacking libx (1.2.5.1+dfsg-1ubuntu2) over (1.2.5.1-1) ...",
            "kpasswd\t\t464/tcp",
            "2. Basic Permissions. # Basic Settings",
            "private_key = /etc/ssl/private/host.pem",
            "sha512-AuL45bVcmssHfZ3Di3cs9Q0l4gBm4ZFVrJOQEE7VpqWHR8ePw==\", \"x\": \"y\"",
        ] {
            assert_eq!(redactor().text(text), text);
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
            "1234567890:AAEhBP0av28abcdefghijklmnopqrstuvwx",
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
    fn what_the_person_shows_is_readable_everywhere_and_nothing_else_is() {
        let text = "PC-17.example.org emustermann@pc-17 erika@example.org 93.184.216.34 93.184.216.99";
        let show = |placeholders: &[&str]| {
            let mut first = redactor();
            first.text(text);
            let wanted = first.known().into_iter().filter(|k| placeholders.contains(&k.placeholder.as_str()));
            let wanted: Vec<_> = wanted.map(|k| (k.kind, k.value)).collect();
            assert_eq!(wanted.len(), placeholders.len());
            let mut redactor = redactor();
            redactor.show(wanted);
            redactor
        };
        let mut shown = show(&["[host-1]", "[ip-1]"]);
        // The numbers of the others do not move.
        let out = shown.text(text);
        assert_eq!(out, "PC-17.example.org [user-1]@pc-17 [mail-1] 93.184.216.34 [ip-2]");
        assert_eq!(crate::scan(out.as_bytes(), &shown), []);
        let readable: Vec<_> = shown.known().into_iter().filter(|k| k.shown).map(|k| k.placeholder).collect();
        assert_eq!(readable, ["[host-1]", "[ip-1]"]);
        for leak in ["emustermann", "erika@example.org", "93.184.216.99"] {
            assert_eq!(crate::scan(leak.as_bytes(), &shown).len(), 1, "{leak}");
        }
        assert_eq!(redactor().text(text), "[host-1] [user-1]@[host-1] [mail-1] [ip-1] [ip-2]");
    }

    #[test]
    fn no_wish_shows_a_secret_or_what_holds_one() {
        let mut names = Names::new();
        names.add(Kind::Password, "hunter2secret");
        names.add(Kind::Ssid, "cafe hunter2secret");
        names.add(Kind::User, "emustermann");
        let wishes = [
            (Kind::Password, "hunter2secret"),
            (Kind::Ssid, "cafe hunter2secret"),
            (Kind::User, "emustermann"),
            (Kind::Iban, "DE89370400440532013000"),
            (Kind::Card, "4111111111111111"),
        ];
        let mut redactor = Redactor::new(names);
        redactor.show(wishes.map(|(kind, value)| (kind, value.to_owned())));
        // “emustermann:unknown1pass”: who reads the name in it reads the rest as well.
        let basic = "ZW11c3Rlcm1hbm46dW5rbm93bjFwYXNz";
        let text = format!(
            "hunter2secret, cafe hunter2secret, {basic}, emustermann, DE89370400440532013000, 4111111111111111"
        );
        let out = redactor.text(&text);
        for secret in ["hunter2secret", basic, "DE89", "4111"] {
            assert!(!out.contains(secret), "{secret}: {out}");
            assert!(!crate::scan(format!("x {text}").as_bytes(), &redactor).is_empty());
        }
        assert!(out.contains(", emustermann, "), "{out}");
        assert_eq!(crate::scan(out.as_bytes(), &redactor), []);
        assert!(redactor.known().iter().all(|k| k.kind.can_be_shown()));
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
        assert_eq!(serde_json::to_value(redactor.stats()).unwrap(), json!({ "user": 2, "host": 5 }));
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
    fn a_secret_in_json_goes_by_its_member_s_name_and_the_whole_passes_the_scan() {
        let value = json!({
            "password": "open sesame, please", "api_key": "abcdef", "pin": 4711, "card": 4_111_111_111_111_111_u64,
            "tokens": ["one two", "three"], "max_tokens": 4096, "token": 12, "PublicKeyToken": "b77a5c561934e089",
            "password_hint": "null", "secret": null, "passwords": { "note": "fine" }, "uptime": 1_641_600,
        });
        let mut redactor = redactor();
        let out = redactor.json(&value);
        for field in ["password", "api_key", "pin"] {
            assert!(out[field].as_str().unwrap().starts_with("[password-"), "{out}");
        }
        assert_eq!(out["card"], "[card-1]");
        assert!(!out["tokens"].to_string().contains("three"), "{out}");
        for field in
            ["max_tokens", "token", "PublicKeyToken", "password_hint", "secret", "passwords", "uptime"]
        {
            assert_eq!(out[field], value[field], "{field}");
        }
        assert_eq!(crate::scan(serde_json::to_string_pretty(&out).unwrap().as_bytes(), &redactor), []);
        assert_eq!(redactor.json(&out), out);
    }

    #[test]
    fn what_one_place_gives_away_goes_everywhere() {
        let mut redactor = redactor();
        let text = "hello nora1, your Sommer2026!\nAccepted password for nora1 from 10.0.0.1\npassword=Sommer2026!\n";
        let out = redactor.text(text);
        assert!(!out.contains("nora1") && !out.contains("Sommer2026"), "{out}");
        let mut other = Redactor::new(Names::new());
        other.learn_from(&redactor);
        assert_eq!(other.text("nora1 and Sommer2026!"), "[user-1] and [password-1]");
        // A word that anybody uses stays where nothing says that it is a name.
        assert_eq!(Redactor::new(Names::new()).text("/home/max max"), "/home/[user-1] max");
    }

    #[test]
    fn what_the_policy_names_stays() {
        let mut redactor = redactor();
        redactor.keep(["https://www.example.org/", "93.184.216.34:443"]);
        let line = "www.example.org is 93.184.216.34";
        assert_eq!(redactor.text(line), line);
    }
}
