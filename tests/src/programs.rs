//! The built programs, run as a user runs them: in a folder of their own, with nothing of the
//! developer's settings.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// A folder with everything one run of Befund keeps; gone at the end.
pub struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    /// A new empty folder.
    pub fn new() -> Result<Self> {
        Ok(Self { folder: tempfile::Builder::new().prefix("befund-test-").tempdir()? })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where Befund keeps its data.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Writes a file, and gives its path.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// A program with this folder's data and a policy that names no host outside this computer.
    pub fn command(&self, program: &Path) -> Result<Command> {
        let policy = self.path().join("policy.toml");
        if !policy.exists() {
            self.write("policy.toml", POLICY)?;
        }
        let mut command = Command::new(program);
        command
            .env("BEFUND_DATA", self.data())
            .env("BEFUND_POLICY", policy)
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .env("LANG", "C.UTF-8")
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .stdin(Stdio::null());
        for proxy in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env_remove(proxy);
        }
        Ok(command)
    }
}

/// Nothing listens on these: tests reach no host but this one, and end quickly.
const POLICY: &str = r#"
[connectivity]
http = ["http://127.0.0.1:9/generate_204"]
https = ["https://localhost:9/"]
addresses = ["127.0.0.1:9"]
names = ["befund-test.invalid"]
resolvers = ["127.0.0.1:9"]
ntp = ["127.0.0.1:9"]
[limits]
probe_timeout = "2s"
[help]
name = "IT-Service"
phone = "030 23125-042"
hours = "8–18"
mail = "it@example.org"
"#;

/// The `befund` command: what `BEFUND_BIN` names, or the debug build.
pub fn befund() -> Result<PathBuf> {
    program("BEFUND_BIN", "befund")
}

/// The desktop program: what `BEFUND_DESKTOP_BIN` names, or the debug build.
pub fn desktop() -> Result<PathBuf> {
    program("BEFUND_DESKTOP_BIN", "befund-desktop")
}

fn program(variable: &str, name: &str) -> Result<PathBuf> {
    let path =
        std::env::var_os(variable).map_or_else(|| root().join("target/debug").join(name), PathBuf::from);
    path.canonicalize().with_context(|| {
        format!("{} is not built; run the tests with `cargo xtask test`, or build it first", path.display())
    })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where tests leave screenshots for people to look at.
pub fn artefacts() -> Result<PathBuf> {
    let folder = root().join("tests/artefacts");
    std::fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}
