//! Every field of every fact declares how private it is. The declaration is part of the grammar of
//! [`facts!`], so an undeclared field does not compile, and it travels in the JSON Schema as
//! `x-sensitivity`, so that the package, the review page and the redactor read one source.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Snapshot;

/// How private a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Says nothing about a person or an organisation.
    Public,
    /// Says something about the organisation's network or set-up.
    Internal,
    /// Names or singles out a person or this computer.
    Personal,
    /// Opens a door. Never reaches disk.
    Secret,
}

/// What a private value is, so that its placeholder can say so (`host-1`, `user-1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrivateKind {
    /// Login or display name of a person.
    User,
    /// The home folder's path, or that of a folder in it.
    Home,
    /// A computer's name.
    Host,
    /// A domain name of the organisation.
    Domain,
    /// A hardware address.
    Mac,
    /// An IP address.
    Ip,
    /// A wireless network's name.
    Ssid,
    /// A serial number.
    Serial,
}

/// One private value found in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PrivateValue {
    /// What it is.
    pub kind: PrivateKind,
    /// The value as measured.
    pub value: String,
}

/// Declares fact types. Each field starts with its sensitivity, and personal ones can name their
/// kind: `public`, `internal`, `personal(host)`, `secret`.
///
/// `part` marks a field that holds another declared type: what is inside declares itself.
macro_rules! facts {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$fmeta:meta])* $sens:ident $(($kind:ident))? $field:ident : $ty:ty),* $(,)?
    })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema)]
        $vis struct $name {
            $(
                $(#[$fmeta])*
                #[schemars(extend("x-sensitivity" = $crate::sensitivity::declared!($sens), "x-private-kind" = $crate::sensitivity::kind!($($kind)?)))]
                pub $field: $ty,
            )*
        }
    )*};
}

/// The words that may stand before a field; any other does not compile.
macro_rules! declared {
    (public) => {
        "public"
    };
    (internal) => {
        "internal"
    };
    (personal) => {
        "personal"
    };
    (secret) => {
        "secret"
    };
    (part) => {
        "part"
    };
}

/// The kinds that may stand in brackets; any other does not compile.
macro_rules! kind {
    () => {
        ::serde_json::Value::Null
    };
    (user) => {
        "user"
    };
    (home) => {
        "home"
    };
    (host) => {
        "host"
    };
    (domain) => {
        "domain"
    };
    (mac) => {
        "mac"
    };
    (ip) => {
        "ip"
    };
    (ssid) => {
        "ssid"
    };
    (serial) => {
        "serial"
    };
}

pub(crate) use {declared, facts, kind};

/// Every private value with a kind in a snapshot: what the redactor must replace wherever it stands.
pub fn private_values(snapshot: &Snapshot) -> Vec<PrivateValue> {
    let schema = schemars::schema_for!(Snapshot).to_value();
    let mut found = Vec::new();
    if let Ok(value) = serde_json::to_value(snapshot) {
        Walk { root: &schema, found: &mut found }.value(&schema, &value);
    }
    found.sort();
    found.dedup();
    found
}

/// Paths of schema properties that declare no sensitivity. Empty, or a test fails.
pub fn undeclared() -> Vec<String> {
    let schema = schemars::schema_for!(Snapshot).to_value();
    let mut missing = Vec::new();
    for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
        // An absence is about the measurement and is declared by the field that holds it.
        if name == "Absence" {
            continue;
        }
        for (field, property) in definition["properties"].as_object().into_iter().flatten() {
            if field != "absent" && property.get("x-sensitivity").is_none() {
                missing.push(format!("{name}.{field}"));
            }
        }
    }
    missing
}

struct Walk<'a> {
    root: &'a Value,
    found: &'a mut Vec<PrivateValue>,
}

impl Walk<'_> {
    fn value(&mut self, schema: &Value, value: &Value) {
        if let Some(target) = schema["$ref"].as_str().and_then(|r| r.strip_prefix('#')) {
            let target = self.root.pointer(target).cloned().unwrap_or(Value::Null);
            self.value(&target, value);
        }
        for alternative in ["anyOf", "oneOf", "allOf"].iter().filter_map(|k| schema[*k].as_array()).flatten()
        {
            self.value(alternative, value);
        }
        match value {
            Value::Object(map) => {
                for (key, inner) in map {
                    let property = &schema["properties"][key];
                    if property.is_null() {
                        continue;
                    }
                    match serde_json::from_value::<PrivateKind>(property["x-private-kind"].clone()) {
                        Ok(kind) => self.collect(kind, inner),
                        Err(_) => self.value(property, inner),
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.value(&schema["items"], item);
                }
            }
            _ => {}
        }
    }

    fn collect(&mut self, kind: PrivateKind, value: &Value) {
        match value {
            Value::String(text) if !text.is_empty() => {
                self.found.push(PrivateValue { kind, value: text.clone() });
            }
            Value::Array(items) => items.iter().for_each(|i| self.collect(kind, i)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_every_fact_declares_its_sensitivity() {
        assert_eq!(undeclared(), Vec::<String>::new());
    }

    #[test]
    fn no_host_that_somebody_asks_is_public() {
        // The policy's own servers and a site that a person names are nobody else's business.
        const HOSTS: &[&str] = &["host", "target", "server", "url", "subject", "issuer"];
        const NAMED: &[&str] = &[
            "HostsName.name",
            "Given.name",
            "Lookup.name",
            "SystemLookup.name",
            "Certificate.names",
            // Public logs of certificates turn it back into the names.
            "Certificate.sha256",
        ];
        let schema = schemars::schema_for!(Snapshot).to_value();
        let (mut public, mut seen) = (Vec::new(), 0);
        for (of, definition) in schema["$defs"].as_object().into_iter().flatten() {
            for (field, property) in definition["properties"].as_object().into_iter().flatten() {
                let path = format!("{of}.{field}");
                if HOSTS.contains(&field.as_str()) || NAMED.contains(&path.as_str()) {
                    seen += 1;
                    public.extend((property["x-sensitivity"] == "public").then_some(path));
                }
            }
        }
        assert!(seen >= HOSTS.len() + NAMED.len(), "fields were renamed: {seen}");
        assert_eq!(public, Vec::<String>::new());
    }
}
