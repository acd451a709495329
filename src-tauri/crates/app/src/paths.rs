//! Where configuration and data lie: the standard places of each operating system, and the two
//! environment variables that override them.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::AppError;

/// The folders of this installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Cases, outbox, settings, log.
    pub data: PathBuf,
    /// The policy, if there is one.
    pub policy: Option<PathBuf>,
    /// Content of the organisation and of the person: `checks/`, `guides/` …
    pub content: Vec<PathBuf>,
}

impl Paths {
    /// The standard places; `BEFUND_DATA` (a folder) and `BEFUND_POLICY` (a file) override them.
    pub fn standard() -> Result<Self, AppError> {
        let base = etcetera::choose_base_strategy().map_err(|_| AppError::NoHome)?;
        let data = match std::env::var_os("BEFUND_DATA") {
            Some(folder) if !folder.is_empty() => PathBuf::from(folder),
            _ => base.data_dir().join("befund"),
        };
        let config = base.config_dir().join("befund");
        let policy = match std::env::var_os("BEFUND_POLICY") {
            // A policy that was named and is missing is an error later on, not a silent default.
            Some(file) if !file.is_empty() => Some(PathBuf::from(file)),
            _ => [system_config().join("befund.toml"), config.join("befund.toml")]
                .into_iter()
                .find(|file| file.exists()),
        };
        let content = vec![system_config().join("content"), config.join("content")];
        Ok(Self { data, policy, content })
    }

    /// Everything below one folder: for tests.
    pub fn below(folder: &Path) -> Self {
        Self { data: folder.join("data"), policy: None, content: Vec::new() }
    }

    pub(crate) fn cases(&self) -> PathBuf {
        self.data.join("cases")
    }

    pub(crate) fn outbox(&self) -> PathBuf {
        self.data.join("outbox")
    }

    /// Where the local desk keeps its tickets, unless the policy names another folder.
    pub(crate) fn tickets(&self) -> PathBuf {
        self.data.join("tickets")
    }

    pub(crate) fn settings(&self) -> PathBuf {
        self.data.join("settings.json")
    }

    /// The folder of the rotating log.
    pub fn log(&self) -> PathBuf {
        self.data.join("log")
    }
}

/// Where an administrator puts what holds for everybody on this computer.
fn system_config() -> PathBuf {
    if cfg!(windows) {
        std::env::var_os("ProgramData")
            .map_or_else(|| PathBuf::from(r"C:\ProgramData"), PathBuf::from)
            .join("Befund")
    } else if cfg!(target_os = "macos") {
        PathBuf::from("/Library/Application Support/Befund")
    } else {
        PathBuf::from("/etc/befund")
    }
}
