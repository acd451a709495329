//! What a policy says about measuring how much the connection carries.

use reqwest::Url;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// The server that may be asked, and how much it may cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThroughputEndpoint {
    /// Address of a file of some megabytes.
    #[serde(deserialize_with = "page")]
    pub download: String,
    /// Address that takes what is sent to it (POST) and answers when it has all; without it only the
    /// download is measured.
    #[serde(default, deserialize_with = "optional_page")]
    pub upload: Option<String>,
    /// The most that one measurement transfers, both directions together: 100 kB to 1 GB.
    #[serde(default = "most_bytes", deserialize_with = "bytes")]
    #[schemars(range(min = LEAST_BYTES, max = MOST_BYTES))]
    pub most_bytes: u64,
    /// The most that one measurement takes: 3 to 60 seconds.
    #[serde(default = "most_seconds", deserialize_with = "seconds")]
    #[schemars(range(min = LEAST_SECONDS, max = MOST_SECONDS))]
    pub most_seconds: u64,
}

const LEAST_BYTES: u64 = 100_000;
const MOST_BYTES: u64 = 1_000_000_000;
const LEAST_SECONDS: u64 = 3;
const MOST_SECONDS: u64 = 60;

const fn most_bytes() -> u64 {
    10_000_000
}

const fn most_seconds() -> u64 {
    10
}

impl ThroughputEndpoint {
    /// The hosts that are asked, each once.
    pub fn hosts(&self) -> Vec<String> {
        let mut hosts: Vec<String> = [Some(&self.download), self.upload.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|url| Url::parse(url).ok()?.host_str().map(ToOwned::to_owned))
            .collect();
        hosts.dedup();
        hosts
    }
}

fn page<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(text),
        _ => Err(serde::de::Error::custom(format!(
            "“{text}” is not an address such as \"https://speed.example/10MB.bin\""
        ))),
    }
}

fn optional_page<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    page(deserializer).map(Some)
}

fn within<'de, D: Deserializer<'de>>(deserializer: D, least: u64, most: u64) -> Result<u64, D::Error> {
    let number = u64::deserialize(deserializer)?;
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    Err(serde::de::Error::custom(format!("{number} is out of range: from {least} to {most}")))
}

fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within(deserializer, LEAST_BYTES, MOST_BYTES)
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within(deserializer, LEAST_SECONDS, MOST_SECONDS)
}
