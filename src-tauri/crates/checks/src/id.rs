//! The name of a check.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A check's id: what is judged, then the question: `dns.server-answers`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CheckId(String);

/// A text that is no check id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not the id of a check: use lower-case letters, digits and hyphens in at least two parts joined by dots, such as dns.server-answers"
)]
pub struct InvalidCheckId(String);

/// The same rule that `from_str` holds, for the schema.
const PATTERN: &str = "^[a-z0-9]+(-[a-z0-9]+)*(\\.[a-z0-9]+(-[a-z0-9]+)*)+$";

impl CheckId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CheckId {
    type Err = InvalidCheckId;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let part = |p: &str| {
            p.split('-')
                .all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
        };
        if s.len() <= 80 && s.contains('.') && s.split('.').all(part) {
            Ok(Self(s.to_owned()))
        } else {
            Err(InvalidCheckId(s.to_owned()))
        }
    }
}

impl TryFrom<String> for CheckId {
    type Error = InvalidCheckId;

    fn try_from(s: String) -> Result<Self, Self::Error> {
        s.parse()
    }
}

impl From<CheckId> for String {
    fn from(id: CheckId) -> Self {
        id.0
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for CheckId {
    fn schema_name() -> Cow<'static, str> {
        "CheckId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "What is judged, then the question: dns.server-answers. The file has the same name.",
            "pattern": PATTERN,
            "maxLength": 80,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_parts_of_lower_case_words() {
        for good in ["dns.server-answers", "disk.space-home", "internet.by-address-ipv4", "a.b.c"] {
            assert_eq!(good.parse::<CheckId>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "dns",
            "Dns.slow",
            "dns.",
            ".dns",
            "dns..slow",
            "dns.-slow",
            "dns.sl ow",
            "dns.slow-",
            "dns/slow.x",
            "dns.größe",
        ] {
            assert!(bad.parse::<CheckId>().is_err(), "{bad}");
        }
    }
}
