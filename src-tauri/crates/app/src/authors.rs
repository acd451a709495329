//! The tools of those who write content: finding what is wrong or doubtful in files, trying a guide out, and
//! beginning a new one. How a guide is judged lives in `guides`, how a check is read in `checks`.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use befund_checks::{CheckId, Checks, parse_check};
use befund_content::{ContentError, ContentFile, builtin, load_dir, read_text};
use befund_guides::{GuideId, Guides, Simulation};
use serde::Serialize;

pub use befund_guides::{Course, Draws};

use crate::report::is_path;
use crate::{App, AppError};

/// What `befund content lint` found.
#[derive(Debug, Serialize)]
pub struct LintReport {
    /// The format and its version.
    pub schema: &'static str,
    /// How many files were read.
    pub files: usize,
    /// What was found, file by file.
    pub findings: Vec<Finding>,
}

/// Something wrong or doubtful in a file.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The file.
    pub file: String,
    /// Counted from 1, where a place can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Counted from 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The file is not used.
    Error,
    /// The file is used, and should be better.
    Warning,
}

impl Finding {
    fn new(severity: Severity, error: ContentError) -> Self {
        let ContentError { file, at, message, help } = error;
        let (line, column) = at.map(|at| (at.line, at.column)).unzip();
        Self { severity, file, line, column, message, help }
    }
}

/// What `befund content simulate` worked out.
#[derive(Debug, Serialize)]
pub struct SimulationReport {
    /// The format and its version.
    pub schema: &'static str,
    /// The figures.
    #[serde(flatten)]
    pub simulation: Simulation,
}

/// What a new file can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A guide.
    Guide,
    /// A check.
    Check,
}

impl Kind {
    /// The folder of its files.
    const fn folder(self) -> &'static str {
        match self {
            Self::Guide => "guides",
            Self::Check => "checks",
        }
    }

    const fn skeleton(self) -> &'static str {
        match self {
            Self::Guide => "skeletons/guide.yaml",
            Self::Check => "skeletons/check.yaml",
        }
    }

    /// What editors complete and check files of this kind with.
    const fn schema(self) -> &'static str {
        match self {
            Self::Guide => "schemas/guide.schema.json",
            Self::Check => "schemas/check.schema.json",
        }
    }

    /// What a file is: its folder says it, or else what only guides have.
    fn of(path: &Path, text: &str) -> Self {
        let folder = path.parent().and_then(Path::file_name).and_then(OsStr::to_str);
        let is_guide = match folder {
            Some("guides") => true,
            Some("checks") => false,
            _ => text.lines().any(|line| line.starts_with("causes:") || line.starts_with("symptoms:")),
        };
        if is_guide { Self::Guide } else { Self::Check }
    }
}

impl App {
    /// What is wrong or doubtful in files, and in folders with `guides` and `checks` in them. Without any, in the
    /// folders of this computer's own content.
    pub fn lint(&self, paths: &[PathBuf]) -> Result<LintReport, AppError> {
        let given: Vec<&Path> = if paths.is_empty() {
            self.paths.content.iter().map(PathBuf::as_path).filter(|p| p.is_dir()).collect()
        } else {
            paths.iter().map(PathBuf::as_path).collect()
        };
        let mut report = LintReport { schema: "befund.lint/1", files: 0, findings: Vec::new() };
        for path in given {
            if path.is_dir() {
                self.lint_folder(path, &mut report);
            } else {
                self.lint_file(path, &mut report)?;
            }
        }
        Ok(report)
    }

    fn lint_folder(&self, folder: &Path, report: &mut LintReport) {
        let own = own_content(folder);
        let before = report.files;
        let (checks, guides) = self.content_beside(&own);
        for kind in [Kind::Check, Kind::Guide] {
            let (files, errors) = load_dir(kind.folder(), &[&own]);
            report.findings.extend(errors.into_iter().map(|e| Finding::new(Severity::Error, e)));
            let files = files.iter().filter(|f| f.origin == befund_content::Origin::Folder);
            for file in files {
                report.files += 1;
                report.findings.extend(lint_text(kind, file, &guides));
            }
        }
        // Two files of one id are found only where all are read.
        let (_, checks_errors) = Checks::load(&[&own]);
        let (_, guides_errors) = Guides::load(&[&own], &checks);
        for error in checks_errors.into_iter().chain(guides_errors) {
            let finding = Finding::new(Severity::Error, error);
            if !report.findings.contains(&finding) {
                report.findings.push(finding);
            }
        }
        if report.files == before {
            let help = "Content lies in `guides` and `checks` below the folder that is named.";
            let error = ContentError::new(folder.display().to_string(), "there is no content here", help);
            report.findings.push(Finding::new(Severity::Error, error));
        }
    }

    fn lint_file(&self, path: &Path, report: &mut LintReport) -> Result<(), AppError> {
        let text = read_text(path)?;
        let kind = Kind::of(path, &text);
        // Its neighbours count: a guide may name checks of the same folder.
        let (_, guides) = self.content_beside(&folder_of(path));
        let file =
            ContentFile { name: path.display().to_string(), origin: befund_content::Origin::Folder, text };
        report.files += 1;
        report.findings.extend(lint_text(kind, &file, &guides));
        Ok(())
    }

    /// This computer's content, with that of one more folder.
    fn content_beside(&self, folder: &Path) -> (Checks, Guides) {
        let mut folders: Vec<&Path> = self.paths.content.iter().map(PathBuf::as_path).collect();
        folders.push(folder);
        let (checks, _) = Checks::load(&folders);
        let (guides, _) = Guides::load(&folders, &checks);
        (checks, guides)
    }

    /// What a guide costs the people who use it, by its own model.
    pub fn simulate(&self, guide: &str, draws: Draws) -> Result<SimulationReport, AppError> {
        let simulation = if is_path(guide) {
            let path = Path::new(guide);
            let (checks, guides) = self.content_beside(&folder_of(path));
            let guide = guides.parse(&path.display().to_string(), &read_text(path)?, &checks)?;
            befund_guides::simulate(&guide, &checks, draws)
        } else {
            befund_guides::simulate(self.guide(guide)?, &self.checks, draws)
        };
        Ok(SimulationReport { schema: "befund.simulation/1", simulation })
    }

    /// Writes a commented skeleton and returns where. What is there already stays.
    pub fn begin_content(&self, kind: Kind, id: &str, folder: &Path) -> Result<PathBuf, AppError> {
        let valid = match kind {
            Kind::Guide => id.parse::<GuideId>().map(|_| ()).map_err(|e| e.to_string()),
            Kind::Check => id.parse::<CheckId>().map(|_| ()).map_err(|e| e.to_string()),
        };
        valid.map_err(|e| ContentError::new(id, e, "Choose another name."))?;
        let content = own_content(folder);
        let path = content.join(kind.folder()).join(format!("{id}.yaml"));
        let name = path.display().to_string();
        let schema = content.join(kind.schema());
        for folder in [&path, &schema].into_iter().filter_map(|file| file.parent()) {
            std::fs::create_dir_all(folder).map_err(AppError::data(format!("make {}", folder.display())))?;
        }
        let text =
            shipped(kind.skeleton()).replace("ID\n", &format!("{id}\n")).replace(" ID,", &format!(" {id},"));
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
        match written {
            Ok(()) => {
                // The one of this Befund, so that an editor knows what this Befund reads.
                std::fs::write(&schema, shipped(kind.schema()))
                    .map_err(AppError::data(format!("write {}", schema.display())))?;
                Ok(path)
            }
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Err(ContentError::new(
                name,
                "there is already a file of this name, and it stays as it is",
                "Choose another name, or another folder with --folder.",
            )
            .into()),
            Err(e) => Err(AppError::data(format!("write {name}"))(e)),
        }
    }
}

/// A file that ships inside the program.
fn shipped(file: &str) -> &'static str {
    let folder = file.split_once('/').map_or(file, |(folder, _)| folder);
    builtin(folder).into_iter().find(|(name, _)| name == file).map_or("", |(_, text)| text)
}

/// The folder that has `guides` and `checks` in it: the one that is named, or the one above where one of these is.
fn own_content(folder: &Path) -> PathBuf {
    match folder.file_name().and_then(OsStr::to_str) {
        Some("guides" | "checks") => folder.parent().unwrap_or(Path::new("")).to_path_buf(),
        _ => folder.to_path_buf(),
    }
}

/// The content folder that a file lies in.
fn folder_of(file: &Path) -> PathBuf {
    own_content(file.parent().unwrap_or(Path::new("")))
}

fn lint_text(kind: Kind, file: &ContentFile, guides: &Guides) -> Vec<Finding> {
    let error = |e| Finding::new(Severity::Error, e);
    match kind {
        Kind::Check => match parse_check(&file.name, &file.text) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(error).collect(),
        },
        Kind::Guide => match guides.lint(&file.name, &file.text) {
            Ok(doubts) => doubts.into_iter().map(|e| Finding::new(Severity::Warning, e)).collect(),
            Err(e) => vec![error(e)],
        },
    }
}
