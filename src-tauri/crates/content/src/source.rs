//! Content files from inside the program and from folders, parsed with errors that name the place.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_saphyr::{MessageFormatter, UserMessageFormatter};

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

/// A content file larger than this is refused: no real one comes near it.
const MAX_BYTES: u64 = 1024 * 1024;

/// Does the same to every item, on all cores, and keeps the order: content is parsed at every start of the
/// program, and takes most of it.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = items.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = items
            .chunks(share)
            .map(|chunk| scope.spawn(move || chunk.iter().map(work).collect::<Vec<R>>()))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// The YAML files of one kind: built-in ones, then those of `folders` (each with a subfolder `kind`).
pub fn load_dir(kind: &str, folders: &[&Path]) -> (Vec<ContentFile>, Vec<ContentError>) {
    let mut errors = Vec::new();
    let mut files: Vec<ContentFile> = builtin(kind)
        .into_iter()
        .filter(|(name, _)| is_content(Path::new(name)))
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
        let mut paths: Vec<_> = entries.flatten().map(|e| e.path()).filter(|p| is_content(p)).collect();
        paths.sort();
        for path in paths {
            let name = path.display().to_string();
            // Whoever reads a pipe that nobody writes to waits for ever, and the program with it.
            if std::fs::metadata(&path).is_ok_and(|m| !m.is_file()) {
                errors.push(ContentError::new(
                    name,
                    "this is not a file",
                    "Put a file in its place, or remove it.",
                ));
                continue;
            }
            match read_text(&path) {
                Ok(text) => files.push(ContentFile { name, origin: Origin::Folder, text }),
                Err(error) => errors.push(error),
            }
        }
    }
    (files, errors)
}

/// YAML files, without the hidden ones: editors keep locks and copies under such names.
fn is_content(path: &Path) -> bool {
    let hidden = path.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.starts_with('.'));
    !hidden && path.extension().is_some_and(|e| e == "yaml" || e == "yml")
}

/// The text of a file that somebody wrote: content, evidence, policy. What is too large or no text is an
/// error that says where.
pub fn read_text(path: &Path) -> Result<String, ContentError> {
    let name = path.display().to_string();
    let mut bytes = Vec::new();
    // The size that the system tells is none for pipes and devices, and those may never end.
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(|e| {
        ContentError::new(&name, format!("cannot be read: {e}"), "Check the path and its permissions.")
    })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ContentError::new(
            name,
            format!("the file is too large; at most {MAX_BYTES} bytes are read"),
            "Check that it is the right file, or split it.",
        ));
    }
    String::from_utf8(bytes).map_err(|e| {
        let good = String::from_utf8_lossy(&e.as_bytes()[..e.utf8_error().valid_up_to()]);
        let line = good.matches('\n').count() + 1;
        let column = good.chars().rev().take_while(|c| *c != '\n').count() + 1;
        ContentError::new(&name, "the file is not UTF-8 text", "Save it with the encoding UTF-8.")
            .at(line, column)
    })
}

/// Parses YAML; an error names file, line and column, and what was expected.
pub fn parse_yaml<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, ContentError> {
    serde_saphyr::from_str(text).map_err(|error| {
        let error = error.without_snippet();
        let content_error = ContentError::new(
            file,
            ForAuthors.format_message(error),
            "Compare it with a file of the same kind, or open it in an editor that reads its JSON Schema.",
        );
        match error.location() {
            Some(at) => content_error.at(at.line() as usize, at.column() as usize),
            None => content_error,
        }
    })
}

/// The YAML reader's errors for people who write content: no word of Rust, and no place, which stands
/// before the message.
struct ForAuthors;

impl MessageFormatter for ForAuthors {
    fn format_message<'a>(&self, error: &'a serde_saphyr::Error) -> Cow<'a, str> {
        use serde_saphyr::Error;
        match error {
            Error::Unexpected { expected: "mapping start", .. } => "expected names with their values".into(),
            Error::Unexpected { expected: "sequence start", .. } => "expected a list".into(),
            Error::Unexpected { expected: "string scalar", .. } => "expected a text".into(),
            Error::NullIntoString { .. } => "expected a text, and there is none".into(),
            Error::DuplicateMappingKey { key: Some(key), .. } => {
                format!("“{key}” is there twice (duplicate)").into()
            }
            Error::SerdeUnknownField { field, expected, .. } => {
                format!("unknown field `{field}`, expected one of {}", spelled_once(expected)).into()
            }
            _ => UserMessageFormatter.format_message(error),
        }
    }
}

/// Names that are understood in two spellings (`hand-over`, `hand_over`) are listed in the one to write.
fn spelled_once(names: &[&str]) -> String {
    let listed = names.iter().filter(|n| !(n.contains('_') && names.contains(&n.replace('_', "-").as_str())));
    listed.copied().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn load(folder: &Path) -> (Vec<String>, Vec<String>) {
        let (files, errors) = load_dir("guides", &[folder]);
        let own = files.into_iter().filter(|f| f.origin == Origin::Folder).map(|f| f.text).collect();
        (own, errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn only_files_are_read_and_each_bad_one_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let guides = dir.path().join("guides");
        std::fs::create_dir_all(guides.join("folder.yaml")).unwrap();
        std::fs::write(guides.join("a.yaml"), "good").unwrap();
        std::fs::write(guides.join("b.yml"), b"id: x\nt\xc3\xa4: \xff\n").unwrap();
        std::fs::write(guides.join("c.yaml"), "x".repeat(MAX_BYTES as usize + 1)).unwrap();
        std::fs::write(guides.join(".a.yaml"), "an editor's copy").unwrap();
        std::fs::write(guides.join("notes.txt"), "none of ours").unwrap();
        let (files, errors) = load(dir.path());
        assert_eq!(files, ["good"]);
        assert_eq!(errors.len(), 3, "{errors:?}");
        assert!(errors[0].contains("b.yml:2:5: the file is not UTF-8"), "{errors:?}");
        assert!(errors[1].contains("c.yaml: the file is too large"), "{errors:?}");
        assert!(errors[2].contains("folder.yaml: this is not a file"), "{errors:?}");
    }

    #[cfg(unix)]
    #[test]
    fn neither_a_pipe_nor_an_endless_file_holds_up_the_start() {
        let dir = tempfile::tempdir().unwrap();
        let guides = dir.path().join("guides");
        std::fs::create_dir(&guides).unwrap();
        std::os::unix::fs::symlink("/dev/zero", guides.join("endless.yaml")).unwrap();
        std::os::unix::fs::symlink("/nowhere", guides.join("gone.yaml")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(guides.join("pipe.yaml")).status();
        let (files, errors) = load(dir.path());
        assert!(files.is_empty());
        assert!(errors[0].contains("endless.yaml: this is not a file"), "{errors:?}");
        assert!(errors[1].contains("gone.yaml: cannot be read"), "{errors:?}");
        if made.is_ok_and(|s| s.success()) {
            assert!(errors[2].contains("pipe.yaml: this is not a file"), "{errors:?}");
        }
        assert!(read_text(Path::new("/dev/zero")).unwrap_err().to_string().contains("too large"));
    }

    #[test]
    fn what_is_wrong_is_said_once_and_without_words_of_rust() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        #[expect(dead_code, reason = "only its shape matters")]
        struct Shape {
            #[serde(default)]
            names: BTreeMap<String, String>,
            #[serde(default)]
            list: Vec<String>,
            #[serde(default, alias = "long_name")]
            long_name: String,
        }
        let cases = [
            ("- a\n", "f.yaml:1:1: expected names with their values"),
            ("list: a\n", "f.yaml:1:7: expected a list"),
            ("long-name: [a]\n", "f.yaml:1:12: expected a text"),
            ("long-name:\n", "f.yaml:1:10: expected a text, and there is none"),
            ("list: []\nlist: []\n", "f.yaml:2:1: “list” is there twice"),
            ("nam: a\n", "f.yaml:1:1: unknown field `nam`, expected one of names, list, long-name\n"),
            ("names: {a: b\n", "f.yaml:1:8: unclosed bracket '{'\n"),
        ];
        for (text, expected) in cases {
            let shown = parse_yaml::<Shape>("f.yaml", text).unwrap_err().to_string();
            assert!(shown.starts_with(expected), "{text:?}: {shown}");
            assert!(!shown.contains("at line"), "{text:?}: {shown}");
        }
    }
}
