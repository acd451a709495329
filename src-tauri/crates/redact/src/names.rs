//! The values known to be private: of this computer, its person and their organisation.

use std::net::IpAddr;

use crate::Kind;
use crate::address;
use crate::common::names_nobody;
use crate::identity::mac_value;
use crate::phone;
use crate::variants::LONGEST;

/// Known private values, each with its kind.
///
/// Each is found in any case, as a word of its own, and in the encodings in which programs write it. A
/// full name is found in both orders and in its parts of four letters and more, in the genitive, and
/// inside compounds; a computer's name with and without its domain. Values that name nobody (`root`, `localhost`, a private address) are not
/// taken; values too common or too short to mean anything by themselves (`max`, `pc`) are replaced only
/// where it is clear what they are: in a home folder's path, in `user@host`, after a label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    known: Vec<(Kind, String)>,
}

/// What is wrong with a file of names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NamesError {
    /// A line that begins with a kind and has no colon.
    #[error("{file}:{line}: expected “kind: value”, such as “host: pc-17”; found “{found}”")]
    NoColon {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// A kind that does not exist.
    #[error("{file}:{line}:{column}: there is no kind “{found}”; use one of {}", kinds())]
    UnknownKind {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What stands there.
        found: String,
    },
    /// A kind without a value.
    #[error("{file}:{line}: “{kind}:” has no value; write it after the colon, or remove the line")]
    NoValue {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The kind.
        kind: Kind,
    },
    /// A value too long to be looked for.
    #[error(
        "{file}:{line}: the value has {length} bytes, and at most {LONGEST} can be looked for; shorten it"
    )]
    TooLong {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// Its length.
        length: usize,
    },
}

fn kinds() -> String {
    Kind::ALL.map(Kind::as_str).join(", ")
}

impl Names {
    /// No names yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value, unless it is known already, names nobody, or is longer than 256 bytes.
    pub fn add(&mut self, kind: Kind, value: impl AsRef<str>) -> &mut Self {
        let value = value.as_ref().trim();
        let value = if kind == Kind::Home { value.trim_end_matches(['/', '\\']) } else { value };
        let value = if matches!(kind, Kind::Host | Kind::Domain) { value.trim_matches('.') } else { value };
        if value.is_empty() || value.len() > LONGEST || names_nobody(value) || !identifies(kind, value) {
            return self;
        }
        let entry = (kind, compared(kind, value));
        if !self.known.contains(&entry) {
            self.known.push(entry);
        }
        self
    }

    /// Takes over every value of the others.
    pub fn merge(&mut self, others: &Self) -> &mut Self {
        for (kind, value) in &others.known {
            self.add(*kind, value);
        }
        self
    }

    /// Every value, in the order of adding.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &str)> {
        self.known.iter().map(|(kind, value)| (*kind, value.as_str()))
    }

    /// Reads lines of `kind: value`, or of a value alone, whose kind then follows from its form. Empty
    /// lines and those that start with `#` don't count.
    pub fn parse(file: &str, text: &str) -> Result<Self, NamesError> {
        let mut names = Self::new();
        for (at, raw) in text.lines().enumerate() {
            let line = at + 1;
            let entry = raw.trim_start_matches('\u{feff}').trim();
            if entry.is_empty() || entry.starts_with('#') {
                continue;
            }
            let file = || file.to_owned();
            let word = |text: &str| text.trim().bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
            let (kind, value) = match entry.split_once(':').filter(|(kind, _)| word(kind)) {
                Some((kind, value)) if !is_drive(entry) => {
                    let unknown = || NamesError::UnknownKind {
                        file: file(),
                        line,
                        column: raw.chars().take_while(|c| c.is_whitespace() || *c == '\u{feff}').count() + 1,
                        found: kind.trim().to_owned(),
                    };
                    (kind.parse().map_err(|()| unknown())?, value)
                }
                // `host pc-17` lacks its colon; as a term of its own it would hide nothing.
                _ if entry
                    .split_once([' ', '\t', '='])
                    .is_some_and(|(kind, _)| kind.parse::<Kind>().is_ok()) =>
                {
                    return Err(NamesError::NoColon { file: file(), line, found: entry.to_owned() });
                }
                _ => (kind_of(entry), entry),
            };
            let value = value.trim();
            if value.is_empty() {
                return Err(NamesError::NoValue { file: file(), line, kind });
            }
            if value.len() > LONGEST {
                return Err(NamesError::TooLong { file: file(), line, length: value.len() });
            }
            names.add(kind, value);
        }
        Ok(names)
    }
}

/// `C:\Users\erika`, whose letter is no kind.
fn is_drive(value: &str) -> bool {
    matches!(value.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic())
}

/// What a value that stands alone is, by its form.
fn kind_of(value: &str) -> Kind {
    let is_mac = value.bytes().filter(u8::is_ascii_hexdigit).count() == 12
        && value.contains([':', '-', '.'])
        && value.bytes().all(|b| b.is_ascii_hexdigit() || b":-.".contains(&b));
    if is_mac {
        Kind::Mac
    } else if address_of(value).is_some() {
        Kind::Ip
    } else if value.starts_with('/') || is_drive(value) {
        Kind::Home
    } else if value.contains('@') {
        Kind::Mail
    } else if value.starts_with(['+', '0']) && phone::canonical(value).is_some() {
        Kind::Phone
    } else {
        Kind::Term
    }
}

/// Addresses are kept in the form in which the detectors report them, so that both mean the same value.
fn compared(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Ip => address_of(value).map_or_else(|| value.to_owned(), address::canonical),
        Kind::Mac => {
            let digits: String =
                value.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_lowercase();
            if matches!(digits.len(), 12 | 16 | 40) { mac_value(&digits) } else { value.to_owned() }
        }
        Kind::Phone => phone::canonical(value).unwrap_or_else(|| value.to_owned()),
        _ => value.to_owned(),
    }
}

/// The address, without zone and prefix length.
fn address_of(value: &str) -> Option<IpAddr> {
    value.split(['%', '/']).next().unwrap_or(value).parse().ok()
}

/// Whether a value of this kind says anything about this one computer or person.
fn identifies(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::Ip => address_of(value).is_some_and(address::is_public),
        Kind::Serial => value.len() >= 5 && value.bytes().any(|b| b.is_ascii_digit()),
        Kind::Home => value.contains(['/', '\\']) && value.len() >= 4,
        Kind::Phone => phone::canonical(value).is_some(),
        Kind::Token | Kind::Password | Kind::Key | Kind::Cookie => value.len() >= 4,
        _ => true,
    }
}

impl<V: AsRef<str>> FromIterator<(Kind, V)> for Names {
    fn from_iter<I: IntoIterator<Item = (Kind, V)>>(values: I) -> Self {
        let mut names = Self::new();
        names.extend(values);
        names
    }
}

impl<V: AsRef<str>> Extend<(Kind, V)> for Names {
    fn extend<I: IntoIterator<Item = (Kind, V)>>(&mut self, values: I) {
        for (kind, value) in values {
            self.add(kind, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_names_is_read() {
        let names =
            Names::parse("n", "# mine\n\nhost: pc-17\n  user : Erika Muster\nmac: 00:1b:63:84:45:e6\n")
                .unwrap();
        let all: Vec<_> = names.iter().collect();
        assert_eq!(
            all,
            [(Kind::Host, "pc-17"), (Kind::User, "Erika Muster"), (Kind::Mac, "00:1b:63:84:45:e6")]
        );
    }

    #[test]
    fn errors_name_the_place_and_what_is_expected() {
        let say = |text: &str| Names::parse("names.txt", text).unwrap_err().to_string();
        assert_eq!(
            say("\nhost pc-17"),
            "names.txt:2: expected “kind: value”, such as “host: pc-17”; found “host pc-17”"
        );
        assert_eq!(
            say("  hots: pc-17"),
            "names.txt:1:3: there is no kind “hots”; use one of user, home, host, domain, mac, ip, ssid, mail, \
             phone, serial, token, password, key, cookie, iban, card, term"
        );
        assert!(say("host:").contains("names.txt:1: “host:” has no value"));
        assert!(say(&format!("host: {}", "x".repeat(300))).contains("300 bytes"));
    }

    #[test]
    fn a_value_alone_is_what_its_form_says() {
        let text = "Projekt Falke\n3c:a9:f4:1b:2c:3d\n2a02:810::1\n/home/erika\nC:\\Users\\erika\na@example.org\n+49 30 23125\n";
        let names = Names::parse("n", text).unwrap();
        let kinds: Vec<_> = names.iter().map(|(kind, _)| kind).collect();
        use Kind::{Home, Ip, Mac, Mail, Phone, Term};
        assert_eq!(kinds, [Term, Mac, Ip, Home, Home, Mail, Phone]);
    }

    #[test]
    fn values_that_identify_nobody_are_not_taken() {
        let names: Names = [
            (Kind::User, "root"),
            (Kind::Host, "localhost"),
            (Kind::Ip, "192.168.1.7"),
            (Kind::Ip, "8.8.8.8"),
            (Kind::Home, "/root"),
            (Kind::Mac, "00:00:00:00:00:00"),
            (Kind::Serial, "To Be Filled By O.E.M."),
            (Kind::Serial, "none"),
            (Kind::User, " "),
            (Kind::Domain, "fritz.box"),
        ]
        .into_iter()
        .collect();
        assert_eq!(names, Names::new());
    }
}
