//! Makes a package: redacts, renders, zips, and then distrusts its own work. The finished zip is opened
//! again by the same reader that strangers' packages go through, and every file is searched for every
//! value that is known to be private. A find refuses the package; there is no way around it.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use befund_content::Text;
use befund_redact::{Redactor, scan};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use crate::html::sha256;
use crate::index::{Entry, Limits};
use crate::manifest::{self, FileRecord, Manifest, Redactions, RemovedRecord};
use crate::open::{Opened, open_with};
use crate::parts::{self, Part, Parts, app, counts, pretty};
use crate::{Contents, PackageError, labels};

/// A finished package.
#[derive(Debug, Clone)]
pub struct Built {
    /// The zip.
    pub bytes: Vec<u8>,
    /// Its files in their order, and those that the person left out.
    pub files: Vec<FileEntry>,
    /// What it says about itself.
    pub manifest: Manifest,
    contents: BTreeMap<String, Vec<u8>>,
}

/// One file, for the page on which the person checks what is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Its name inside the zip.
    pub name: String,
    /// What is in it.
    pub about: Text,
    /// Its size, unpacked.
    pub bytes: u64,
    /// Whether it may be left out.
    pub removable: bool,
    /// Whether it was left out.
    pub removed: bool,
}

impl Built {
    /// A file exactly as it is sent; one that was left out as it would be.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.contents.get(name).map(Vec::as_slice)
    }

    /// How large the package is.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// Makes a package. The same contents and an equal redactor give the same bytes.
pub fn build(contents: &Contents<'_>, redactor: &mut Redactor) -> Result<Built, PackageError> {
    build_with(contents, redactor, |_| {})
}

/// `after_redaction` lets a test damage what no later step would redact again.
pub(crate) fn build_with(
    contents: &Contents<'_>,
    redactor: &mut Redactor,
    after_redaction: impl FnOnce(&mut Vec<Part>),
) -> Result<Built, PackageError> {
    // What one file gives away by a label is private in the others too, so all are read before any is written.
    let mut reader = redactor.clone();
    parts::make(contents, &mut reader)?;
    redactor.learn_from(&reader);
    let Parts { mut parts, evidence, not_measured, values, shown } = parts::make(contents, redactor)?;
    after_redaction(&mut parts);

    let sent = || parts.iter().filter(|p| !p.removed);
    let by_file: BTreeMap<String, BTreeMap<String, u64>> =
        sent().map(|p| (p.name.clone(), counts(&p.bytes))).filter(|(_, c)| !c.is_empty()).collect();
    let mut by_kind = BTreeMap::new();
    for (kind, n) in by_file.values().flatten() {
        *by_kind.entry(kind.clone()).or_default() += n;
    }
    let manifest = Manifest {
        schema: manifest::SCHEMA.into(),
        reference: contents.reference,
        created_at: contents.created_at,
        app: app(contents.app_version),
        language: contents.lang,
        files: sent()
            .map(|p| FileRecord {
                name: p.name.clone(),
                about: p.about.clone(),
                bytes: p.bytes.len() as u64,
                sha256: sha256(&p.bytes),
            })
            .collect(),
        removed: parts
            .iter()
            .filter(|p| p.removed)
            .map(|p| RemovedRecord { name: p.name.clone(), about: p.about.clone() })
            .collect(),
        evidence,
        not_measured,
        redactions: Redactions { values, by_kind, by_file, shown },
    };
    let own = Part {
        name: "manifest.json".into(),
        about: labels::text("report-about-manifest-json", &[]),
        bytes: pretty("manifest.json", &manifest)?,
        removable: false,
        removed: false,
    };
    // After the fixed files and before what else was added.
    parts.insert(5, own);

    let bytes = zipped(&parts, contents.created_at)?;
    prove(&bytes, redactor)?;
    let files = parts
        .iter()
        .map(|p| FileEntry {
            name: p.name.clone(),
            about: p.about.clone(),
            bytes: p.bytes.len() as u64,
            removable: p.removable,
            removed: p.removed,
        })
        .collect();
    let contents = parts.into_iter().map(|p| (p.name, p.bytes)).collect();
    Ok(Built { bytes, files, manifest, contents })
}

fn failed(part: &str, detail: impl ToString) -> PackageError {
    PackageError::Write { part: part.into(), detail: detail.to_string() }
}

fn zipped(parts: &[Part], created_at: Timestamp) -> Result<Vec<u8>, PackageError> {
    let sent: Vec<&Part> = parts.iter().filter(|p| !p.removed).collect();
    let packed = write_zip(&sent, created_at, &[])?;
    // What packs as well as a bomb does is stored as it is, so that readers need not tell the two apart.
    let mut archive = zip::ZipArchive::new(Cursor::new(&packed)).map_err(|e| failed("the zip", e))?;
    let mut stored = Vec::new();
    for position in 0..archive.len() {
        let file = archive.by_index_raw(position).map_err(|e| failed("the zip", e))?;
        let entry = Entry { position, size: file.size(), packed: file.compressed_size() };
        if entry.is_bomb(&Limits::default()) {
            stored.push(file.name().to_owned());
        }
    }
    if stored.is_empty() { Ok(packed) } else { write_zip(&sent, created_at, &stored) }
}

fn write_zip(parts: &[&Part], created_at: Timestamp, stored: &[String]) -> Result<Vec<u8>, PackageError> {
    // The zip's times have no zone; a package says UTC. Years outside of a zip's range fall to its own.
    let at = created_at.to_zoned(TimeZone::UTC);
    let modified = DateTime::from_date_and_time(
        at.year().clamp(1980, 2107).unsigned_abs(),
        at.month().unsigned_abs(),
        at.day().unsigned_abs(),
        at.hour().unsigned_abs(),
        at.minute().unsigned_abs(),
        at.second().unsigned_abs(),
    )
    .unwrap_or_default();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for part in parts {
        let method =
            if stored.contains(&part.name) { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        // The system is fixed so that the same package has the same bytes wherever it is made.
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(modified)
            .system(System::Unix)
            .unix_permissions(0o644);
        zip.start_file(part.name.as_str(), options).map_err(|e| failed(&part.name, e))?;
        zip.write_all(&part.bytes).map_err(|e| failed(&part.name, e))?;
    }
    Ok(zip.finish().map_err(|e| failed("the zip", e))?.into_inner())
}

/// Opens the finished zip as any reader would and looks for what must not be in it.
fn prove(bytes: &[u8], redactor: &Redactor) -> Result<(), PackageError> {
    let mut opened: Opened<_> = open_with(Cursor::new(bytes), "the new package", Limits::default())?;
    let names: Vec<String> = opened.files().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        let mut content = opened.file(&name)?;
        if name == manifest::FILE {
            // Its counts stand after the kinds' names: `"password": 1200` is no password.
            let counted = Manifest { redactions: Redactions::default(), ..opened.manifest().clone() };
            content = pretty(manifest::FILE, &counted)?;
        }
        // JSON and HTML write some characters in another way, and a value must not hide behind that. Of a
        // page only that is searched: `password=&#34;[password-1]&#34;` is a quoted placeholder.
        let decoded = decoded(&name, &content);
        let mut leaks = Vec::new();
        if decoded.is_none() || !is_page(&name) {
            leaks.extend(scan(&content, redactor));
        }
        if let Some(decoded) = decoded {
            leaks.extend(scan(&decoded, redactor));
        }
        if let Some(first) = leaks.iter().min_by_key(|l| l.line) {
            let more = leaks.len() - 1;
            return Err(PackageError::Leak {
                file: name,
                line: first.line,
                kind: first.kind.to_string(),
                more,
            });
        }
    }
    Ok(())
}

fn is_page(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    matches!(ending.as_deref(), Some("html" | "htm" | "xml" | "svg"))
}

/// The content with its escapes undone, line by line, so that lines keep their numbers. `None` where
/// there is nothing to undo.
fn decoded(name: &str, content: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(content).ok()?;
    let out = match name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).as_deref() {
        Some("json" | "ndjson" | "jsonl") if text.contains('\\') => undo_json(text),
        // Without the report's own marks around placeholders, the text stands as it was redacted.
        _ if is_page(name) => undo_html(&text.replace("<span class=\"chip\">", "").replace("]</span>", "]")),
        _ => return None,
    };
    Some(out.into_bytes())
}

fn undo_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escape) = rest.chars().next() else { break };
        rest = &rest[escape.len_utf8()..];
        match escape {
            'n' | 'r' | 't' | 'b' | 'f' => out.push(' '),
            'u' => {
                units.clear();
                // Characters beyond the first plane stand as two escapes.
                while let Some(unit) = rest.get(..4).and_then(|hex| u16::from_str_radix(hex, 16).ok()) {
                    units.push(unit);
                    rest = &rest[4..];
                    match rest.strip_prefix("\\u") {
                        Some(next) if (0xd800..0xdc00).contains(&unit) => rest = next,
                        _ => break,
                    }
                }
                out.extend(
                    String::from_utf16_lossy(&units).chars().map(|c| if c.is_control() { ' ' } else { c }),
                );
            }
            other => out.push(other),
        }
    }
    out.push_str(rest);
    out
}

fn undo_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = rest.find(';').filter(|n| *n <= 10).map(|n| &rest[1..n]);
        let meant = entity.and_then(|e| match e {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some('\u{a0}'),
            _ => {
                let number = e.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code).filter(|c| !c.is_control())
            }
        });
        match (meant, entity) {
            (Some(c), Some(entity)) => {
                out.push(c);
                rest = &rest[entity.len() + 2..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}
