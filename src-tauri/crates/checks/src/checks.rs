//! All checks: the built-in ones, and those of folders beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use befund_content::{ContentError, ContentFile, Origin, Text, in_parallel, load_dir, parse_yaml};
use befund_facts::Subject;
use serde_saphyr::{Location, Spanned};

use crate::check::{NamedValue, Piece, pieces};
use crate::expression::{Expression, Parts};
use crate::file::{CheckFile, Healthy, TextFile, TextsFile};
use crate::paths::nearest;
use crate::{Check, CheckId, Status, place};

/// Every check there is. Copies share what was read.
#[derive(Debug, Clone, Default)]
pub struct Checks {
    files: Arc<BTreeMap<CheckId, CheckOnDemand>>,
}

/// A check's file, and the check as soon as somebody wants it: a guide needs a few of them, and reading
/// all of them takes longer than measuring.
#[derive(Debug)]
struct CheckOnDemand {
    file: ContentFile,
    check: OnceLock<Result<Check, Vec<ContentError>>>,
}

impl CheckOnDemand {
    fn read(&self) -> &Result<Check, Vec<ContentError>> {
        self.check.get_or_init(|| read_check(&self.file.name, &self.file.text, false))
    }
}

impl Checks {
    /// The built-in checks and those in the subfolder `checks` of each folder. A file of a folder
    /// replaces the built-in check of the same id; a later folder goes before an earlier one. A broken
    /// file gives its errors and changes nothing else.
    ///
    /// Files of folders are read now, so that somebody is told of their mistakes; built-in ones when they
    /// are wanted, for which [`Checks::errors`] is tested to be empty.
    pub fn load(folders: &[&Path]) -> (Self, Vec<ContentError>) {
        let (files, mut errors) = load_dir("checks", folders);
        let mut loaded: BTreeMap<CheckId, CheckOnDemand> = BTreeMap::new();
        let (builtin, own): (Vec<_>, Vec<_>) = files.into_iter().partition(|f| f.origin == Origin::Builtin);
        for file in builtin {
            match stem(&file.name).parse::<CheckId>() {
                Ok(id) => {
                    loaded.insert(id, CheckOnDemand { file, check: OnceLock::new() });
                }
                Err(error) => {
                    errors.push(ContentError::new(&file.name, error.to_string(), "Give it another name."));
                }
            }
        }
        let parsed = in_parallel(&own, |file| parse_check(&file.name, &file.text));
        for (file, parsed) in own.into_iter().zip(parsed) {
            match parsed {
                Ok(check) => {
                    // Two files of one folder claim one id: neither can be meant to replace the other.
                    if let Some(first) = loaded.get(&check.id)
                        && same_folder(&first.file, &file)
                    {
                        errors.push(ContentError::new(
                            &file.name,
                            format!("the id {} is already used by {}", check.id, first.file.name),
                            "Give one of them another id, and its file the same name.",
                        ));
                        continue;
                    }
                    let id = check.id.clone();
                    loaded.insert(id, CheckOnDemand { file, check: OnceLock::from(Ok(check)) });
                }
                Err(found) => errors.extend(found),
            }
        }
        (Self { files: Arc::new(loaded) }, errors)
    }

    /// The built-in checks. That all of them load is held by a test.
    pub fn builtin() -> Self {
        Self::load(&[]).0
    }

    /// One check.
    pub fn get(&self, id: &CheckId) -> Option<&Check> {
        self.files.get(id)?.read().as_ref().ok()
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Check> {
        self.read_all().filter_map(|check| check.as_ref().ok())
    }

    /// What is wrong with those that [`Checks::load`] did not read.
    pub fn errors(&self) -> Vec<ContentError> {
        let builtin: Vec<_> = self.files.values().filter(|c| c.file.origin == Origin::Builtin).collect();
        let parsed = in_parallel(&builtin, |check| parse_check(&check.file.name, &check.file.text).err());
        parsed.into_iter().flatten().flatten().collect()
    }

    /// Whether there is such a check; it is not read for that.
    pub fn contains(&self, id: &CheckId) -> bool {
        self.files.contains_key(id)
    }

    /// The names of all of them.
    pub fn ids(&self) -> impl Iterator<Item = &CheckId> {
        self.files.keys()
    }

    /// Those of them that there are, by id. Many at once are read faster than one after the other.
    pub fn several<'c>(&'c self, ids: &BTreeSet<CheckId>) -> impl Iterator<Item = &'c Check> {
        let wanted: Vec<_> = ids.iter().filter_map(|id| self.files.get(id)).collect();
        read(&wanted);
        wanted.into_iter().filter_map(|check| check.read().as_ref().ok())
    }

    fn read_all(&self) -> impl Iterator<Item = &Result<Check, Vec<ContentError>>> {
        read(&self.files.values().collect::<Vec<_>>());
        self.files.values().map(CheckOnDemand::read)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// Reads those that nobody has read yet.
fn read(checks: &[&CheckOnDemand]) {
    let unread: Vec<_> = checks.iter().filter(|check| check.check.get().is_none()).collect();
    in_parallel(&unread, |check| {
        check.read();
    });
}

/// A file's name without folder and ending: the id of what is in it.
fn stem(file: &str) -> String {
    Path::new(file).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

fn same_folder(a: &ContentFile, b: &ContentFile) -> bool {
    a.origin == Origin::Folder
        && b.origin == Origin::Folder
        && Path::new(&a.name).parent() == Path::new(&b.name).parent()
}

/// Reads one check file. All its errors are found, not the first alone.
pub fn parse_check(file: &str, text: &str) -> Result<Check, Vec<ContentError>> {
    read_check(file, text, true)
}

/// Reads one check file. Where its expressions are not proven, those that do not compile are found when they
/// are evaluated.
fn read_check(file: &str, text: &str, proven: bool) -> Result<Check, Vec<ContentError>> {
    let parsed: CheckFile = parse_yaml(file, text).map_err(|e| vec![e])?;
    let mut reader = Reader { file, text, proven, errors: Vec::new() };
    let check = reader.check(parsed);
    match check {
        Some(check) if reader.errors.is_empty() => Ok(check),
        _ => Err(reader.errors),
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    /// Whether expressions are compiled and compared with the facts now.
    proven: bool,
    errors: Vec<ContentError>,
}

impl Reader<'_> {
    fn error(&mut self, at: Location, message: impl Into<String>, help: impl Into<String>) {
        let error = ContentError::new(self.file, message, help);
        self.errors.push(error.at(at.line() as usize, at.column() as usize));
    }

    fn check(&mut self, parsed: CheckFile) -> Option<Check> {
        let id = self.id(&parsed.id);
        if parsed.fail.is_none() && parsed.warn.is_none() {
            self.error(
                parsed.id.referenced,
                "the check has neither `fail` nor `warn`, so it can find nothing",
                "Add `fail:` or `warn:` with an expression that is true when something is wrong.",
            );
        }
        let mut given = BTreeMap::new();
        let mut broken = false;
        for (name, source) in parsed.given {
            self.name(source.referenced, &name, "part");
            if Subject::ALL.iter().any(|s| s.as_str() == name) {
                self.error(
                    source.referenced,
                    format!("`given.{name}` would hide the subject of this name"),
                    "Choose another name.",
                );
            }
            match self.expression(&format!("given.{name}"), source, &Parts::default()) {
                Some(part) => {
                    given.insert(name, part);
                }
                None => broken = true,
            }
        }
        // Everything that names a broken part would be reported too, and nothing of it is wrong.
        if broken {
            return None;
        }
        let parts = Parts::new(given);
        // A rule that is not valid was written all the same, and its text is needed.
        let [has_when, has_fail, has_warn] = [&parsed.when, &parsed.fail, &parsed.warn].map(Option::is_some);
        let when = parsed.when.and_then(|rule| self.expression("when", rule, &parts));
        let fail = parsed.fail.and_then(|rule| self.expression("fail", rule, &parts));
        let warn = parsed.warn.and_then(|rule| self.expression("warn", rule, &parts));

        let mut values = BTreeMap::new();
        let mut names: Vec<String> = Vec::new();
        for (name, value) in parsed.values {
            self.name(value.expr.referenced, &name, "value");
            names.push(name.clone());
            if let Some(expression) = self.expression(&format!("values.{name}"), value.expr, &parts) {
                values.insert(name, NamedValue { expression, format: value.format, words: value.words });
            }
        }

        let rules = [
            (Status::Ok, true, "every check can be ok"),
            (Status::Warn, has_warn, "there is a `warn` rule"),
            (Status::Fail, has_fail, "there is a `fail` rule"),
            (Status::NotApplicable, has_when, "there is a `when` rule"),
        ];
        let text_at = parsed.text.referenced;
        let texts = self.texts("text", &parsed.text.value, &names);
        for (status, can_be, why) in rules {
            match (can_be, texts.contains_key(&status)) {
                (true, false) => self.error(
                    text_at,
                    format!("`text` has no `{status}`, and {why}"),
                    format!("Add `{status}: {{ en: …, de: … }}` to `text`."),
                ),
                (false, true) => self.error(
                    text_at,
                    format!("`text` has `{status}`, which this check never says"),
                    "Remove the text, or add the rule.",
                ),
                _ => {}
            }
        }
        let value_texts = self.texts("value_text", &parsed.value_text, &names);
        if let Some(value) = &parsed.value {
            self.known_value(value.referenced, &value.value, &names);
        }
        self.not_blank("title", &parsed.title);
        if let Some(usual) = &parsed.usual {
            self.not_blank("usual", usual);
        }
        if let Some(healthy) = &parsed.healthy {
            self.healthy(healthy);
        }
        let mut check = Check {
            id: id?,
            title: parsed.title.plain(),
            group: parsed.group,
            source: parsed.source,
            usual: parsed.usual.map(|u| u.plain()),
            file: self.file.to_owned(),
            subjects: BTreeSet::new(),
            given: parts,
            when,
            fail,
            warn,
            texts,
            values,
            value: parsed.value.map(|v| v.value),
            value_texts,
            healthy: parsed.healthy.map(|h| h.value).unwrap_or_default(),
        };
        // What is compiled anyway knows its subjects for certain.
        check.subjects = if self.proven {
            check.expressions().flat_map(|e| e.reads().subjects.iter().copied()).collect()
        } else {
            check.expressions().flat_map(Expression::subjects).collect()
        };
        Some(check)
    }

    fn id(&mut self, id: &Spanned<String>) -> Option<CheckId> {
        let parsed = match CheckId::from_str(&id.value) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.error(id.referenced, error.to_string(), "Give the file the same name.");
                return None;
            }
        };
        let stem = stem(self.file);
        if stem != parsed.as_str() {
            self.error(
                id.referenced,
                format!("the id is {parsed} and the file is named {stem}"),
                format!("Name the file {parsed}.yaml, or change the id."),
            );
            return None;
        }
        Some(parsed)
    }

    fn name(&mut self, at: Location, name: &str, kind: &str) {
        let good = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !good {
            self.error(
                at,
                format!("“{name}” is not the name of a {kind}"),
                "Use lower-case letters, digits and underscores.",
            );
        }
    }

    fn expression(&mut self, what: &str, source: Spanned<String>, given: &Parts) -> Option<Expression> {
        let expression = Expression::new(source, given);
        let good = !self.proven || expression.check(self.file, self.text, what, &mut self.errors);
        good.then_some(expression)
    }

    fn texts(&mut self, what: &str, texts: &TextsFile, names: &[String]) -> BTreeMap<Status, Text> {
        [
            (Status::Ok, &texts.ok),
            (Status::Warn, &texts.warn),
            (Status::Fail, &texts.fail),
            (Status::NotApplicable, &texts.not_applicable),
        ]
        .into_iter()
        .filter_map(|(status, text)| Some((status, text.as_ref()?)))
        .map(|(status, text)| {
            self.not_blank(&format!("{what}.{status}"), text);
            for part in [&text.en, &text.de] {
                self.placeholders(part, names);
            }
            (status, text.plain())
        })
        .collect()
    }

    fn not_blank(&mut self, what: &str, text: &TextFile) {
        for (lang, part) in [("en", &text.en), ("de", &text.de)] {
            if part.value.trim().is_empty() {
                self.error(
                    part.referenced,
                    format!("`{what}.{lang}` is empty"),
                    "Write the text; both languages are needed.",
                );
            }
        }
    }

    fn placeholders(&mut self, part: &Spanned<String>, names: &[String]) {
        let mut offset = 0;
        for piece in pieces(&part.value) {
            let at = place::inside(self.text, part.referenced, &part.value, offset);
            let mut report = |message: String, help: String| {
                self.errors.push(ContentError::new(self.file, message, help).at(at.line, at.column));
            };
            match piece {
                Piece::Plain(plain) => {
                    if plain.contains(['{', '}']) {
                        report(
                            "a brace stands without its partner".into(),
                            "Write values as {name}; braces have no other use in texts.".into(),
                        );
                    }
                    offset += plain.chars().count();
                }
                Piece::Value(name) => {
                    if !names.iter().any(|n| n == name) {
                        let known: Vec<_> = names.iter().map(String::as_str).collect();
                        report(format!("`values` has no “{name}”"), which(name, &known));
                    }
                    offset += name.chars().count() + 2;
                }
            }
        }
    }

    fn known_value(&mut self, at: Location, name: &str, names: &[String]) {
        if !names.iter().any(|n| n == name) {
            let known: Vec<_> = names.iter().map(String::as_str).collect();
            self.error(at, format!("`values` has no “{name}”"), which(name, &known));
        }
    }

    fn healthy(&mut self, healthy: &Spanned<Healthy>) {
        let Healthy { fail, warn, unknown, not_applicable } = healthy.value;
        let shares: Vec<f64> = [fail, warn, unknown, not_applicable].into_iter().flatten().collect();
        if shares.iter().any(|s| !(0.0..=1.0).contains(s)) {
            self.error(
                healthy.referenced,
                "`healthy` holds shares from 0 to 1",
                "Write 0.02 for two of a hundred computers.",
            );
        } else if shares.iter().sum::<f64>() >= 1.0 {
            self.error(
                healthy.referenced,
                "the shares of `healthy` leave nothing for `ok`",
                "Together they must be less than 1.",
            );
        }
    }
}

/// What to do about a value that is not there.
fn which(name: &str, known: &[&str]) -> String {
    if known.is_empty() {
        format!("Add `{name}` to `values` with its expression.")
    } else {
        format!("{}Add it to `values`, or use one of: {}.", nearest(name, known), known.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subjects_found_by_name_are_those_that_the_compiled_expressions_read() {
        for check in Checks::builtin().iter() {
            let read: BTreeSet<Subject> =
                check.expressions().flat_map(|e| e.reads().subjects.iter().copied()).collect();
            assert_eq!(*check.subjects(), read, "{}", check.id);
        }
    }
}
