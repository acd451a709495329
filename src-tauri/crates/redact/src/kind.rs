//! The kinds of private values, and the placeholders that stand for them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a private value is. Its name is the placeholder's prefix: `[host-1]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Login or display name of a person.
    User,
    /// The home folder's path.
    Home,
    /// A computer's name.
    Host,
    /// A domain name of the organisation.
    Domain,
    /// A hardware address.
    Mac,
    /// A public IP address, or one made from a hardware address.
    Ip,
    /// A wireless network's name.
    Ssid,
    /// A mail address.
    Mail,
    /// A telephone number.
    Phone,
    /// A serial number.
    Serial,
    /// A token or API key.
    Token,
    /// A password, PIN or Wi-Fi key.
    Password,
    /// A private or shared cryptographic key.
    Key,
    /// A cookie or session id.
    Cookie,
    /// A bank account.
    Iban,
    /// A payment card.
    Card,
    /// A word the organisation wants kept inside.
    Term,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::User,
        Self::Home,
        Self::Host,
        Self::Domain,
        Self::Mac,
        Self::Ip,
        Self::Ssid,
        Self::Mail,
        Self::Phone,
        Self::Serial,
        Self::Token,
        Self::Password,
        Self::Key,
        Self::Cookie,
        Self::Iban,
        Self::Card,
        Self::Term,
    ];

    /// The placeholder's prefix, and the word for the kind in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Home => "home",
            Self::Host => "host",
            Self::Domain => "domain",
            Self::Mac => "mac",
            Self::Ip => "ip",
            Self::Ssid => "ssid",
            Self::Mail => "mail",
            Self::Phone => "phone",
            Self::Serial => "serial",
            Self::Token => "token",
            Self::Password => "password",
            Self::Key => "key",
            Self::Cookie => "cookie",
            Self::Iban => "iban",
            Self::Card => "card",
            Self::Term => "term",
        }
    }

    /// Whether the value opens a door. The same secret keeps its placeholder under any label.
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Token | Self::Password | Self::Key | Self::Cookie)
    }

    /// Whether a person may have such a value read by others. What opens a door or an account never is, and
    /// what the organisation wants kept inside is not theirs to give.
    pub const fn can_be_shown(self) -> bool {
        !self.is_secret() && !matches!(self, Self::Iban | Self::Card | Self::Term)
    }

    /// How it is written in place of the value.
    pub(crate) fn placeholder(self, number: u64) -> String {
        format!("[{}-{number}]", self.as_str())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|k| k.as_str().eq_ignore_ascii_case(text.trim())).ok_or(())
    }
}

/// Whether the bytes start with a placeholder, and how long it is.
pub(crate) fn placeholder_at(bytes: &[u8]) -> Option<usize> {
    let inner = bytes.strip_prefix(b"[")?;
    let dash = inner.iter().take(10).position(|b| *b == b'-')?;
    let name = std::str::from_utf8(&inner[..dash]).ok()?;
    Kind::ALL.iter().find(|k| k.as_str() == name)?;
    let digits = inner[dash + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
    let end = dash + 1 + digits;
    ((1..=9).contains(&digits) && inner.get(end) == Some(&b']')).then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_recognised_and_lookalikes_are_not() {
        for kind in Kind::ALL {
            let text = kind.placeholder(17);
            assert_eq!(placeholder_at(format!("{text} x").as_bytes()), Some(text.len()), "{text}");
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        }
        for other in ["[host-]", "[host-x]", "[hostess-1]", "[host-1", "host-1]", "[-1]", "[host-1234567890]"]
        {
            assert_eq!(placeholder_at(other.as_bytes()), None, "{other}");
        }
    }
}
