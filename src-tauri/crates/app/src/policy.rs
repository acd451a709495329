//! What the organisation sets (`befund.toml`).
//!
//! A policy that cannot be read stops submitting, because it would say where to; it does not stop
//! diagnosing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use befund_content::{ContentError, read_text};
use befund_facts::services::ServiceEndpoint;
use befund_facts::{Endpoints, Limits};
use befund_package::Source;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// The policy file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Hosts that may be asked while measuring.
    pub connectivity: Endpoints,
    /// The organisation's own services, which its people need.
    pub services: Vec<ServiceEndpoint>,
    /// How long measuring may take.
    pub limits: PolicyLimits,
    /// What may be collected for a package.
    pub collect: CollectPolicy,
    /// Where tickets go.
    pub desk: DeskPolicy,
    /// How to reach a human; shown on every page.
    pub help: HelpPolicy,
}

/// How long measuring may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyLimits {
    /// For one probe: `"4s"`, `"500ms"`.
    #[serde(deserialize_with = "duration", serialize_with = "show_duration")]
    #[schemars(with = "String")]
    pub probe_timeout: Duration,
    /// For all of them together.
    #[serde(deserialize_with = "duration", serialize_with = "show_duration")]
    #[schemars(with = "String")]
    pub overall_timeout: Duration,
}

impl Default for PolicyLimits {
    fn default() -> Self {
        let Limits { probe, overall } = Limits::default();
        Self { probe_timeout: probe, overall_timeout: overall }
    }
}

impl From<PolicyLimits> for Limits {
    fn from(limits: PolicyLimits) -> Self {
        Self { probe: limits.probe_timeout, overall: limits.overall_timeout }
    }
}

/// What may be collected for a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CollectPolicy {
    /// Excerpts of what the system wrote down around the time of the problem; an empty list leaves all out.
    pub evidence: Vec<Source>,
}

impl Default for CollectPolicy {
    fn default() -> Self {
        Self { evidence: Source::ALL.to_vec() }
    }
}

/// Where tickets go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DeskPolicy {
    /// The recipe; `local` keeps tickets in a folder of this computer.
    pub recipe: Recipe,
    /// The folder of the local desk: a share, for instance. A full path.
    #[serde(deserialize_with = "full_path")]
    #[schemars(with = "Option<PathBuf>")]
    pub folder: Option<PathBuf>,
}

impl Default for DeskPolicy {
    fn default() -> Self {
        Self { recipe: Recipe::Local, folder: None }
    }
}

/// The desks there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Recipe {
    /// A folder.
    Local,
}

/// How to reach a human.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HelpPolicy {
    /// Name of the help desk.
    pub name: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// When somebody answers.
    pub hours: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
}

/// The policy in force, and what is wrong with its file.
#[derive(Debug, Clone, Default)]
pub struct PolicyInForce {
    /// What holds: the file's, or the defaults.
    pub policy: Policy,
    /// Why the file could not be read.
    pub error: Option<ContentError>,
}

impl PolicyInForce {
    /// Reads the policy; without a file the defaults hold.
    pub fn load(file: Option<&Path>) -> Self {
        let Some(file) = file else { return Self::default() };
        match read(file) {
            Ok(policy) => Self { policy, error: None },
            Err(error) => Self { policy: Policy::default(), error: Some(error) },
        }
    }
}

fn read(file: &Path) -> Result<Policy, ContentError> {
    let name = file.display().to_string();
    let text = read_text(file).map_err(|mut error| {
        "Ask the administrator to put the policy there, as UTF-8 text that everybody may read."
            .clone_into(&mut error.help);
        error
    })?;
    parse(&name, &text)
}

/// Parses a policy; an error names line and column.
pub fn parse(name: &str, text: &str) -> Result<Policy, ContentError> {
    let policy: Policy = toml::from_str(text).map_err(|error| {
        let (line, column) = place(text, error.span().map_or(0, |s| s.start));
        ContentError::new(
            name,
            error.message().to_owned(),
            "Ask the administrator to correct this line. docs/deploying.md lists what a policy may say.",
        )
        .at(line, column)
    })?;
    Ok(policy)
}

fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

/// A path that does not depend on where the program was started, or tickets would lie anywhere.
fn full_path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let path = PathBuf::deserialize(deserializer)?;
    if path.is_absolute() {
        return Ok(Some(path));
    }
    Err(serde::de::Error::custom(format!(
        "“{}” is not a full path; write it from its beginning, such as \"/srv/tickets\"",
        path.display()
    )))
}

/// The JSON Schema of a policy, for editors.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Policy)
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let expected =
        || serde::de::Error::custom(format!("“{text}” is no duration; write \"4s\", \"500ms\" or \"1m\""));
    let number: u64 = number.parse().map_err(|_| expected())?;
    let duration = match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.saturating_mul(60)),
        _ => return Err(expected()),
    };
    // Above ten minutes nobody waits any more; zero would measure nothing at all.
    if duration.is_zero() || duration > Duration::from_mins(10) {
        return Err(serde::de::Error::custom(format!("“{text}” is out of range: from 1ms to 10m")));
    }
    Ok(duration)
}

fn show_duration<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("{}ms", duration.as_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_of_the_documentation_is_read() {
        let policy = parse(
            "befund.toml",
            r#"
[connectivity]
http = ["http://check.example/generate_204", { url = "http://portal.example/", body = "fine" }]
https = ["https://www.example/"]
addresses = ["203.0.113.80:443", "[2001:db8::80]:443"]
names = ["www.example"]
resolvers = ["203.0.113.53"]
ntp = ["ntp.example"]
ca_file = "/etc/befund/ca.pem"
[limits]
probe_timeout = "4s"
[desk]
recipe = "local"
"#,
        )
        .unwrap();
        assert_eq!(policy.connectivity.names, ["www.example"]);
        assert_eq!(policy.connectivity.http[1].body(), Some("fine"));
        assert_eq!(policy.limits.probe_timeout, Duration::from_secs(4));
    }

    #[test]
    fn a_broken_policy_names_line_and_column_and_what_to_do() {
        let cases = [
            ("[limits]\nprobe_timeout = \"soon\"\n", ":2:17", "“soon” is no duration"),
            ("[desk]\nrecipe = \"fax\"\n", ":2:10", "unknown variant `fax`"),
            ("[connectivity]\nhtp = []\n", ":2:1", "unknown field `htp`"),
            ("[limits\n", ":1:8", ""),
        ];
        for (text, place, message) in cases {
            let error = parse("befund.toml", text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("befund.toml{place}")), "{error}");
            assert!(error.contains(message), "{error}");
            assert!(error.contains("administrator"), "{error}");
        }
    }
}
