//! Content files from inside the program and from folders, parsed with errors that name the place.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::{ContentError, builtin};

/// Where a content file came from. A file of an organisation replaces the built-in one of the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Shipped inside the program.
    Builtin,
    /// From a folder of the organisation or the person.
    Folder,
}

/// The text of one content file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentFile {
    /// How to name it in errors.
    pub name: String,
    /// Where it came from.
    pub origin: Origin,
    /// Its text.
    pub text: String,
}

/// What a folder of content gave: the good files, and one error for each bad one.
#[derive(Debug, Clone)]
pub struct Loaded<T> {
    /// Parsed content.
    pub items: Vec<T>,
    /// What could not be loaded. The rest works all the same.
    pub errors: Vec<ContentError>,
}

impl<T> Default for Loaded<T> {
    fn default() -> Self {
        Self { items: Vec::new(), errors: Vec::new() }
    }
}

/// A content file larger than this is refused: no real one comes near it.
const MAX_BYTES: u64 = 1024 * 1024;

/// The YAML files of one kind: built-in ones, then those of `folders` (each with a subfolder `kind`).
pub fn load_dir(kind: &str, folders: &[&Path]) -> (Vec<ContentFile>, Vec<ContentError>) {
    let mut errors = Vec::new();
    let mut files: Vec<ContentFile> = builtin(kind)
        .into_iter()
        .filter(|(name, _)| has_yaml_extension(Path::new(name)))
        .map(|(name, text)| ContentFile {
            name: format!("content/{name}"),
            origin: Origin::Builtin,
            text: text.to_owned(),
        })
        .collect();
    for folder in folders {
        let dir = folder.join(kind);
        let entries = match std::fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => {
                errors.push(ContentError::new(
                    dir.display().to_string(),
                    format!("the folder cannot be read: {e}"),
                    "Check its permissions, or remove it from the configuration.",
                ));
                continue;
            }
        };
        let mut paths: Vec<_> =
            entries.flatten().map(|e| e.path()).filter(|p| has_yaml_extension(p)).collect();
        paths.sort();
        for path in paths {
            match read_bounded(&path) {
                Ok(text) => {
                    files.push(ContentFile {
                        name: path.display().to_string(),
                        origin: Origin::Folder,
                        text,
                    });
                }
                Err(error) => errors.push(error),
            }
        }
    }
    (files, errors)
}

fn has_yaml_extension(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "yaml" || e == "yml")
}

fn read_bounded(path: &Path) -> Result<String, ContentError> {
    let name = path.display().to_string();
    let size = std::fs::metadata(path).map(|m| m.len()).unwrap_or(0);
    if size > MAX_BYTES {
        return Err(ContentError::new(
            name,
            format!("the file has {size} bytes; at most {MAX_BYTES} are read"),
            "Split it into several files.",
        ));
    }
    std::fs::read(path)
        .map_err(|e| ContentError::new(&name, format!("cannot be read: {e}"), "Check its permissions."))
        .and_then(|bytes| {
            String::from_utf8(bytes).map_err(|e| {
                let line =
                    1 + e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
                ContentError::new(&name, "the file is not UTF-8 text", "Save it with the encoding UTF-8.")
                    .at(line, 1)
            })
        })
}

/// Parses YAML; an error names file, line and column, and what was expected.
pub fn parse_yaml<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, ContentError> {
    serde_saphyr::from_str(text).map_err(|error| {
        let message = error.without_snippet().to_string();
        let content_error = ContentError::new(
            file,
            message,
            "Compare it with a file of the same kind, or open it in an editor that reads its JSON Schema.",
        );
        match error.location() {
            Some(at) => content_error.at(at.line() as usize, at.column() as usize),
            None => content_error,
        }
    })
}
