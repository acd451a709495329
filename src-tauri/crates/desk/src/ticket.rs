//! The ticket: the plain data that every help desk gets, whatever its own fields are called.

use befund_content::Lang;
use befund_reference::Reference;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the person wants from the help desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something does not work.
    Incident,
    /// A question.
    Question,
    /// Something is not as it should be.
    Complaint,
    /// Something does not work for many.
    Outage,
    /// Something is to be bought, installed or set up.
    Order,
}

/// How urgent it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Keeps somebody from working.
    High,
    /// Keeps many from working.
    Urgent,
}

/// How the person would like to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Preferred {
    /// By telephone.
    Phone,
    /// By mail.
    Mail,
}

/// Who to call back. Absent is absent: an empty string never stands for "not given".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Telephone number, as the person wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Preferred way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred: Option<Preferred>,
}

impl Contact {
    /// A contact out of form fields: blank means not given.
    pub fn from_fields(name: &str, phone: &str, mail: &str, preferred: Option<Preferred>) -> Self {
        let given = |field: &str| Some(field.trim().to_owned()).filter(|f| !f.is_empty());
        Self { name: given(name), phone: given(phone), mail: given(mail), preferred }
    }
}

/// What is wrong, in parts, so that each desk's recipe can put them where they belong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The person's own words, untouched.
    pub words: String,
    /// What was found, in a sentence or a few; absent if nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// What was tried and how it went, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<String>,
}

/// Which package belongs to the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageRef {
    /// `Befund-BF-XXXX-XXXX.zip`.
    pub file_name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal digits.
    pub sha256: String,
}

impl PackageRef {
    /// What `package` is called, how large it is, and its SHA-256.
    pub fn of(reference: Reference, package: &[u8]) -> Self {
        Self {
            file_name: Self::name_for(reference),
            bytes: package.len() as u64,
            sha256: hex(&Sha256::digest(package)),
        }
    }

    /// The package's file name: it follows from the reference alone, so that no name from outside is
    /// ever used as a path.
    pub fn name_for(reference: Reference) -> String {
        format!("Befund-{reference}.zip")
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What the help desk gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ticket {
    /// The case's reference, `BF-XXXX-XXXX`; the ticket's own id at every desk.
    pub reference: Reference,
    /// What the person wants.
    pub kind: Kind,
    /// What it is about, as the policy or the guide calls it: `network`.
    pub category: String,
    /// How urgent it is.
    pub priority: Priority,
    /// One line.
    pub subject: String,
    /// What is wrong, what was found, what was tried.
    pub description: Description,
    /// Who to call back.
    pub contact: Contact,
    /// The support package.
    pub package: PackageRef,
    /// When the ticket was made.
    pub created_at: Timestamp,
    /// The person's language; the ticket's text is in it.
    pub lang: Lang,
    /// Support level that should take it, as the policy calls it: `first`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

impl Ticket {
    /// Whether both say the same. The moment of making is no difference: who sends twice because of
    /// a crash sends one ticket.
    pub(crate) fn same_content(&self, other: &Self) -> bool {
        Self { created_at: other.created_at, ..self.clone() } == *other
    }
}

/// The format of `ticket.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TicketSchema {
    /// The first one.
    #[serde(rename = "befund.ticket/1")]
    V1,
}

/// `ticket.json`: a ticket that names its format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Befund ticket")]
pub struct TicketFile {
    /// Format of the file.
    pub schema: TicketSchema,
    /// The ticket.
    #[serde(flatten)]
    pub ticket: Ticket,
}

impl TicketFile {
    /// The file for a ticket.
    pub fn new(ticket: Ticket) -> Self {
        Self { schema: TicketSchema::V1, ticket }
    }
}

/// The JSON Schema of `ticket.json`.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(TicketFile)
}
