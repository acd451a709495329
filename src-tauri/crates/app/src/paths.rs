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
        let named = |variable| std::env::var_os(variable).filter(|v| !v.is_empty()).map(PathBuf::from);
        let home = etcetera::base_strategy::choose_native_strategy().ok();
        let home =
            home.as_ref().map(|base| (base.data_dir().join("befund"), base.config_dir().join("befund")));
        Self::choose(named("BEFUND_DATA"), named("BEFUND_POLICY"), &system_config(), home)
    }

    /// `home` is where this account keeps data and configuration, if it has a home at all.
    fn choose(
        data: Option<PathBuf>,
        policy: Option<PathBuf>,
        system: &Path,
        home: Option<(PathBuf, PathBuf)>,
    ) -> Result<Self, AppError> {
        // What is printed and kept must still be right when somebody has changed the folder.
        let full = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        let (home_data, config) = home.unzip();
        let folders: Vec<PathBuf> = [Some(system.to_path_buf()), config].into_iter().flatten().collect();
        Ok(Self {
            data: full(data.or(home_data).ok_or(AppError::NoHome)?),
            // A policy that was named and is missing is an error later on, not a silent default.
            policy: policy
                .map(full)
                .or_else(|| folders.iter().map(|f| f.join("befund.toml")).find(|file| file.exists())),
            content: folders.iter().map(|f| f.join("content")).collect(),
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_goes_before_the_standard_places() {
        let dir = tempfile::tempdir().unwrap();
        let (system, config) = (dir.path().join("system"), dir.path().join("config"));
        let home = || Some((dir.path().join("data"), config.clone()));
        let choose = |data: Option<&str>, policy: Option<&str>, home| {
            Paths::choose(data.map(PathBuf::from), policy.map(PathBuf::from), &system, home)
        };
        let paths = choose(None, None, home()).unwrap();
        assert_eq!((paths.data, paths.policy), (dir.path().join("data"), None));
        assert_eq!(paths.content, [system.join("content"), config.join("content")]);

        std::fs::create_dir(&config).unwrap();
        std::fs::write(config.join("befund.toml"), "").unwrap();
        assert_eq!(choose(None, None, home()).unwrap().policy, Some(config.join("befund.toml")));
        std::fs::create_dir(&system).unwrap();
        std::fs::write(system.join("befund.toml"), "").unwrap();
        // What the administrator sets goes before what the person sets.
        assert_eq!(choose(None, None, home()).unwrap().policy, Some(system.join("befund.toml")));
        let named = choose(Some("/d"), Some("/nowhere.toml"), home()).unwrap();
        assert_eq!((named.data, named.policy), ("/d".into(), Some("/nowhere.toml".into())));
        let relative = choose(Some("d"), Some("p.toml"), home()).unwrap();
        assert!(relative.data.is_absolute() && relative.policy.unwrap().is_absolute());
    }

    #[test]
    fn an_account_without_a_home_needs_only_a_place_for_data() {
        let none = Path::new("/nowhere");
        assert!(matches!(Paths::choose(None, None, none, None), Err(AppError::NoHome)));
        let paths = Paths::choose(Some("/d".into()), None, none, None).unwrap();
        assert_eq!(paths.content, [none.join("content")]);
    }
}
