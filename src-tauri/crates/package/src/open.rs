//! Reads a package without unpacking it. Every package is hostile until proven otherwise: the directory
//! is judged first ([`crate::index`]), files are read one at a time within limits, and nothing is ever
//! written. What comes out of a package may still hold any text: whoever prints it calls
//! [`crate::printable`] first.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use befund_content::{Lang, Text};
use befund_reference::Reference;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config};

use crate::PackageError;
use crate::error::shown;
use crate::index::{self, Index, Limits};
use crate::manifest::{self, Manifest};
use crate::report::{self, ReportData};

/// An open package.
#[derive(Debug)]
pub struct Opened<R = BufReader<File>> {
    place: String,
    limits: Limits,
    index: Index,
    archive: ZipArchive<R>,
    manifest: Manifest,
}

/// Whether the files are those that the manifest lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Files whose content is what the manifest says.
    pub intact: Vec<String>,
    /// Files whose content differs.
    pub changed: Vec<String>,
    /// Files that the manifest lists and the zip does not have.
    pub missing: Vec<String>,
    /// Files that the zip has and the manifest does not list.
    pub unlisted: Vec<String>,
}

impl Verification {
    /// Whether every file is there and as it was written. Says nothing about who wrote it.
    pub fn is_intact(&self) -> bool {
        self.changed.is_empty() && self.missing.is_empty() && self.unlisted.is_empty()
    }
}

/// What a supporter wants to see first.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The case.
    pub reference: Reference,
    /// When the package was made.
    pub created_at: Timestamp,
    /// Version of the program that made it.
    pub app_version: String,
    /// Language of the person.
    pub language: Lang,
    /// Names and sizes of the files, in the order of the manifest; the manifest last.
    pub files: Vec<(String, u64)>,
    /// Names of the files that the person left out.
    pub removed: Vec<String>,
    /// How many facts are not there.
    pub not_measured: usize,
    /// How many placeholders stand for private values.
    pub redactions: u64,
    /// What was found; `None` when the person left report.json out.
    pub finding: Option<Text>,
    /// The whole report, unless left out.
    pub report: Option<ReportData>,
}

/// Opens a package file within the usual limits.
pub fn open(path: &Path) -> Result<Opened, PackageError> {
    let file = File::open(path).map_err(|source| PackageError::Io { path: path.into(), source })?;
    open_with(BufReader::new(file), &shown(&path.display().to_string()), Limits::default())
}

/// Opens a package from any reader; `place` names it in errors.
pub fn open_with<R: Read + Seek>(
    mut reader: R,
    place: &str,
    limits: Limits,
) -> Result<Opened<R>, PackageError> {
    let index = index::read(&mut reader, place, &limits)?;
    let not_a_zip =
        |e: zip::result::ZipError| PackageError::NotAZip { place: place.into(), detail: e.to_string() };
    let mut archive = ZipArchive::with_config(Config { archive_offset: ArchiveOffset::Known(0) }, reader)
        .map_err(not_a_zip)?;
    if !index.contains_key("manifest.json") {
        return Err(PackageError::NotAPackage { place: place.into() });
    }
    let bytes = read_file(&mut archive, &index, place, &limits, "manifest.json")?;
    let manifest = parse(place, &limits, "manifest.json", manifest::SCHEMA, &bytes)?;
    Ok(Opened { place: place.into(), limits, index, archive, manifest })
}

impl<R: Read + Seek> Opened<R> {
    /// What the package says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Names and sizes of the files in the zip, sorted by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, u64)> {
        self.index.iter().map(|(name, entry)| (name.as_str(), entry.size))
    }

    /// Whether there is such a file.
    pub fn has(&self, name: &str) -> bool {
        self.index.contains_key(name)
    }

    /// One file's content.
    pub fn file(&mut self, name: &str) -> Result<Vec<u8>, PackageError> {
        read_file(&mut self.archive, &self.index, &self.place, &self.limits, name)
    }

    /// One JSON file, of any shape, nested within the limit.
    pub fn json(&mut self, name: &str) -> Result<Value, PackageError> {
        let bytes = self.file(name)?;
        value(&self.place, &self.limits, name, &bytes)
    }

    /// report.json.
    pub fn report(&mut self) -> Result<ReportData, PackageError> {
        let bytes = self.file("report.json")?;
        parse(&self.place, &self.limits, "report.json", report::SCHEMA, &bytes)
    }

    /// facts.json, of a format that this program knows: what newer checks can judge again.
    pub fn facts(&mut self) -> Result<Value, PackageError> {
        let bytes = self.file("facts.json")?;
        let facts = value(&self.place, &self.limits, "facts.json", &bytes)?;
        known_schema(&self.place, "facts.json", "befund.facts/1", &facts, &self.manifest.app.version)?;
        Ok(facts)
    }

    /// What a supporter wants to see first.
    pub fn summary(&mut self) -> Result<Summary, PackageError> {
        let report = if self.has("report.json") { Some(self.report()?) } else { None };
        let own = self.index.get("manifest.json").map(|e| ("manifest.json".to_owned(), e.size));
        let listed =
            self.manifest.files.iter().filter_map(|f| Some((f.name.clone(), self.index.get(&f.name)?.size)));
        Ok(Summary {
            reference: self.manifest.reference,
            created_at: self.manifest.created_at,
            app_version: self.manifest.app.version.clone(),
            language: self.manifest.language,
            files: listed.chain(own).collect(),
            removed: self.manifest.removed.iter().map(|r| r.name.clone()).collect(),
            not_measured: self.manifest.not_measured.len(),
            redactions: self.manifest.redactions.by_kind.values().sum(),
            finding: report.as_ref().map(|r| r.summary.clone()),
            report,
        })
    }

    /// Compares every file with the manifest. Reads in pieces, so that large files need no memory.
    pub fn verify(&mut self) -> Result<Verification, PackageError> {
        let mut verification = Verification::default();
        let mut listed = std::collections::BTreeSet::from(["manifest.json"]);
        for record in &self.manifest.files {
            listed.insert(record.name.as_str());
            let list = if !self.index.contains_key(&record.name) {
                &mut verification.missing
            } else if digest(&mut self.archive, &self.index, &self.place, &record.name)? == record.sha256 {
                &mut verification.intact
            } else {
                &mut verification.changed
            };
            list.push(record.name.clone());
        }
        verification.unlisted = self.index.keys().filter(|n| !listed.contains(n.as_str())).cloned().collect();
        Ok(verification)
    }
}

fn damaged(place: &str, name: &str, detail: impl ToString) -> PackageError {
    PackageError::Damaged { place: place.into(), name: shown(name), detail: detail.to_string() }
}

fn no_such_file(place: &str, index: &Index, name: &str) -> PackageError {
    let has = index.keys().map(|n| shown(n)).take(20).collect::<Vec<_>>().join(", ");
    PackageError::NoSuchFile { place: place.into(), name: shown(name), has }
}

fn read_file<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: &Index,
    place: &str,
    limits: &Limits,
    name: &str,
) -> Result<Vec<u8>, PackageError> {
    let entry = index.get(name).ok_or_else(|| no_such_file(place, index, name))?;
    if entry.size > limits.file_bytes {
        return Err(PackageError::TooLarge {
            place: place.into(),
            what: shown(name),
            bytes: entry.size,
            limit: limits.file_bytes,
            todo: "Unpack this file with another program if you trust where it comes from",
        });
    }
    let mut bytes = Vec::with_capacity(entry.size as usize);
    read_through(archive, index, place, name, |piece| bytes.extend_from_slice(piece))?;
    Ok(bytes)
}

fn digest<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: &Index,
    place: &str,
    name: &str,
) -> Result<String, PackageError> {
    let mut hash = Sha256::new();
    read_through(archive, index, place, name, |piece| hash.update(piece))?;
    Ok(hex(&hash.finalize()))
}

/// Gives a file piece by piece, and makes sure that it has the size that the directory says: not one
/// byte more is inflated.
fn read_through<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: &Index,
    place: &str,
    name: &str,
    mut sink: impl FnMut(&[u8]),
) -> Result<(), PackageError> {
    let entry = index.get(name).ok_or_else(|| no_such_file(place, index, name))?;
    let mut file = archive.by_index(entry.position).map_err(|e| damaged(place, name, e))?;
    if file.name_raw() != name.as_bytes() {
        return Err(damaged(place, name, "the directory can be read in two ways"));
    }
    let mut left = entry.size;
    let mut piece = vec![0; 64 << 10];
    loop {
        let n = file.read(&mut piece).map_err(|e| damaged(place, name, e))?;
        if n == 0 {
            break;
        }
        left = left
            .checked_sub(n as u64)
            .ok_or_else(|| damaged(place, name, "it is larger than the zip says"))?;
        sink(&piece[..n]);
    }
    if left > 0 {
        return Err(damaged(place, name, "it is smaller than the zip says"));
    }
    Ok(())
}

/// JSON of any shape, nested within the limit.
fn value(place: &str, limits: &Limits, name: &str, bytes: &[u8]) -> Result<Value, PackageError> {
    // serde_json refuses at 128 levels by itself; counting first gives our own limit and a clear answer.
    if depth(bytes) > limits.json_depth {
        return Err(PackageError::TooDeep {
            place: place.into(),
            name: shown(name),
            limit: limits.json_depth,
        });
    }
    serde_json::from_slice(bytes).map_err(|e| not_ours(place, name, &e))
}

fn parse<T: DeserializeOwned>(
    place: &str,
    limits: &Limits,
    name: &str,
    schema: &str,
    bytes: &[u8],
) -> Result<T, PackageError> {
    let value = value(place, limits, name, bytes)?;
    let version =
        value.pointer("/app/version").and_then(Value::as_str).unwrap_or("of the same age").to_owned();
    known_schema(place, name, schema, &value, &version)?;
    // From the bytes and not from the value, because only so the error knows line and column.
    serde_json::from_slice(bytes).map_err(|e| not_ours(place, name, &e))
}

fn not_ours(place: &str, name: &str, error: &serde_json::Error) -> PackageError {
    PackageError::Json { place: place.into(), name: shown(name), detail: shown(&error.to_string()) }
}

fn known_schema(
    place: &str,
    name: &str,
    known: &str,
    value: &Value,
    app_version: &str,
) -> Result<(), PackageError> {
    let found = value.get("schema").and_then(Value::as_str).unwrap_or_default();
    if found == known {
        return Ok(());
    }
    let parts =
        |s: &str| s.rsplit_once('/').and_then(|(kind, n)| Some((kind.to_owned(), n.parse::<u64>().ok()?)));
    match (parts(found), parts(known)) {
        (Some((kind, number)), Some((own, newest))) if kind == own && number > newest => {
            Err(PackageError::Newer {
                place: place.into(),
                name: shown(name),
                found: shown(found),
                known: known.into(),
                needs: shown(app_version),
            })
        }
        _ => Err(PackageError::Json {
            place: place.into(),
            name: shown(name),
            detail: format!("its schema is {:?} and not {known:?}", shown(found)),
        }),
    }
}

/// How deep brackets nest outside of strings. Broken JSON gives some number; the parser then refuses it.
fn depth(bytes: &[u8]) -> usize {
    let (mut deepest, mut now, mut in_string, mut escaped) = (0usize, 0usize, false, false);
    for &b in bytes {
        if in_string {
            match b {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match b {
            b'"' => in_string = true,
            b'[' | b'{' => {
                now += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}
