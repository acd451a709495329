//! Names of guides and of their parts. Each kind has its own type, so that a fix is never taken for a
//! cause. Which names exist is a matter of the guide files, not of this module.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A name that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "“{0}” is not an id: use small letters a to z, digits and hyphens, beginning with a letter or a digit"
)]
pub struct IdError(String);

/// What an id looks like, as a regular expression for the schema.
pub(crate) const PATTERN: &str = "^[a-z0-9][a-z0-9-]*$";

fn valid(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Self::try_from(s.to_owned())
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(s: String) -> Result<Self, Self::Error> {
                if valid(&s) { Ok(Self(s)) } else { Err(IdError(s)) }
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": PATTERN })
            }
        }
    };
}

id!(
    /// Names a guide: `internet`.
    GuideId
);
id!(
    /// Names a cause within a guide: `dns-server-silent`.
    CauseId
);
id!(
    /// Names a question within a guide.
    QuestionId
);
id!(
    /// Names an answer to a question.
    AnswerId
);
id!(
    /// Names a fix within a guide.
    FixId
);

impl CauseId {
    /// The cause that every guide has without naming it: something that the guide does not know.
    pub const SOMETHING_ELSE: &'static str = "something-else";

    /// The id of that cause.
    pub fn something_else() -> Self {
        Self(Self::SOMETHING_ELSE.to_owned())
    }

    /// Whether it is that cause.
    pub fn is_something_else(&self) -> bool {
        self.0 == Self::SOMETHING_ELSE
    }
}
