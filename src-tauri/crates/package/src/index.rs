//! The central directory of a zip, read and judged before anything is unpacked.
//!
//! The `zip` crate reads archives of every kind; a package is one plain kind. So the directory is read
//! here first, byte by byte and within limits, and whatever two programs could read in two ways is
//! refused: data before or after the zip, a second directory, names that differ between directory and
//! file header, entries that share bytes. Only then is the archive given to the crate for inflating.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};

use crate::PackageError;
use crate::error::shown;
use crate::names;

/// How much of a package is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries in the zip.
    pub files: usize,
    /// Bytes of one file that are read into memory.
    pub file_bytes: u64,
    /// Bytes of all files together, unpacked.
    pub total_bytes: u64,
    /// How many times its packed size a file may have unpacked. Small files are exempt.
    pub ratio: u64,
    /// Levels of nesting in JSON.
    pub json_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: 1000, file_bytes: 64 << 20, total_bytes: 4 << 30, ratio: 200, json_depth: 128 }
    }
}

/// Below this size a file cannot hurt, however well it packs.
const RATIO_FROM: u64 = 1 << 20;
/// No directory of a thousand plain entries comes near it.
const DIRECTORY_MAX: u64 = 1 << 20;

const END: [u8; 4] = [b'P', b'K', 5, 6];
const CENTRAL: [u8; 4] = [b'P', b'K', 1, 2];
const LOCAL: [u8; 4] = [b'P', b'K', 3, 4];
const LOCATOR: [u8; 4] = [b'P', b'K', 6, 7];
const END_LEN: u64 = 22;
const LOCATOR_LEN: usize = 20;
const CENTRAL_LEN: usize = 46;
const LOCAL_LEN: usize = 30;

/// One file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its place in the directory.
    pub(crate) position: usize,
    /// Its size, as the directory says; reading checks it.
    pub(crate) size: u64,
    /// Its packed size.
    pub(crate) packed: u64,
}

impl Entry {
    /// Whether the file packs better than any real one, so that it looks like a bomb.
    pub(crate) fn is_bomb(&self, limits: &Limits) -> bool {
        self.size > RATIO_FROM && self.size / self.packed.max(1) > limits.ratio
    }
}

/// The files of an archive, by name.
pub(crate) type Index = BTreeMap<String, Entry>;

/// Reads and judges the directory. `place` names the package in errors.
pub(crate) fn read(
    reader: &mut (impl Read + Seek),
    place: &str,
    limits: &Limits,
) -> Result<Index, PackageError> {
    let broken = |detail: &str| PackageError::NotAZip { place: place.into(), detail: detail.into() };
    let io = |e: std::io::Error| PackageError::NotAZip { place: place.into(), detail: e.to_string() };

    let length = reader.seek(SeekFrom::End(0)).map_err(io)?;
    let Some(end_at) = length.checked_sub(END_LEN) else {
        return Err(broken("it is too short"));
    };
    let end = Fields(bytes_at(reader, end_at, END_LEN as usize).map_err(io)?);
    if !end.0.starts_with(&END) || end.u16(20) != 0 {
        return Err(broken("it does not end as a zip does"));
    }
    let count = usize::from(end.u16(10));
    let (size, offset) = (u64::from(end.u32(12)), u64::from(end.u32(16)));
    if count == 0xffff || size == 0xffff_ffff || offset == 0xffff_ffff {
        return Err(unusual(place, "the zip", "the format for very large archives (zip64)"));
    }
    if end.u16(4) != 0 || end.u16(6) != 0 || end.u16(8) != end.u16(10) {
        return Err(unusual(place, "the zip", "several volumes"));
    }
    if count > limits.files {
        return Err(PackageError::TooManyFiles { place: place.into(), count, limit: limits.files });
    }
    if offset + size != end_at || size > DIRECTORY_MAX {
        return Err(broken("its directory is not where it says"));
    }

    let directory = bytes_at(reader, offset, size as usize).map_err(io)?;
    // A pointer to a second directory, which the zip crate would follow, fits into the last entry's comment.
    if directory.len().checked_sub(LOCATOR_LEN).is_some_and(|at| directory[at..].starts_with(&LOCATOR)) {
        return Err(unusual(place, "the zip", "the format for very large archives (zip64)"));
    }
    let mut rest = directory.as_slice();
    let mut index = Index::new();
    let mut folded = BTreeMap::new();
    let mut spans = Vec::with_capacity(count);
    let mut total = 0u64;
    for position in 0..count {
        let entry = take_entry(&mut rest, place)?;
        entry.refuse_what_is_unusual(place)?;
        let name = entry.name(place)?;
        let is_folder = name.ends_with('/');
        if let Some(why) = names::refusal(name.strip_suffix('/').unwrap_or(&name)) {
            return Err(PackageError::BadName { place: place.into(), name: shown(&name), why: why.into() });
        }
        if folded.insert(names::folded(&name), ()).is_some() {
            return Err(PackageError::Duplicate { place: place.into(), name: shown(&name) });
        }
        spans.push((entry.offset, entry.span_end(reader, place, offset)?, name.clone()));
        // An empty folder is harmless: some programs add one when a package is packed again by hand.
        if is_folder && entry.size == 0 {
            continue;
        }
        if is_folder {
            return Err(PackageError::NotAFile { place: place.into(), name: shown(&name) });
        }
        let found = Entry { position, size: entry.size, packed: entry.packed };
        if found.is_bomb(limits) {
            let ratio = found.size / found.packed.max(1);
            return Err(PackageError::Bomb { place: place.into(), name: shown(&name), ratio });
        }
        total += entry.size;
        index.insert(name, found);
    }
    if !rest.is_empty() {
        return Err(broken("its directory lists more than it says"));
    }
    if total > limits.total_bytes {
        return Err(PackageError::TooLarge {
            place: place.into(),
            what: "all files together".into(),
            bytes: total,
            limit: limits.total_bytes,
            todo: "Do not unpack it; ask where it comes from",
        });
    }
    spans.sort();
    for pair in spans.windows(2) {
        if pair[1].0 < pair[0].1 {
            return Err(PackageError::Overlap { place: place.into(), name: shown(&pair[1].2) });
        }
    }
    Ok(index)
}

fn unusual(place: &str, name: &str, feature: &str) -> PackageError {
    PackageError::Unusual { place: place.into(), name: shown(name), feature: feature.into() }
}

fn bytes_at(reader: &mut (impl Read + Seek), offset: u64, length: usize) -> std::io::Result<Vec<u8>> {
    reader.seek(SeekFrom::Start(offset))?;
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Little-endian numbers at fixed places. The callers have checked the length.
struct Fields(Vec<u8>);

impl Fields {
    fn u16(&self, at: usize) -> u16 {
        u16::from_le_bytes([self.0[at], self.0[at + 1]])
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes([self.0[at], self.0[at + 1], self.0[at + 2], self.0[at + 3]])
    }
}

/// One entry of the directory.
struct Listed {
    made_by: u16,
    flags: u16,
    method: u16,
    packed: u64,
    size: u64,
    disk: u16,
    attributes: u32,
    offset: u64,
    name: Vec<u8>,
}

fn take_entry(rest: &mut &[u8], place: &str) -> Result<Listed, PackageError> {
    let broken = || PackageError::NotAZip { place: place.into(), detail: "its directory is cut off".into() };
    let (head, tail) = rest.split_at_checked(CENTRAL_LEN).ok_or_else(broken)?;
    if !head.starts_with(&CENTRAL) {
        return Err(broken());
    }
    let head = Fields(head.to_vec());
    let [name_len, extra_len, comment_len] = [28, 30, 32].map(|at| usize::from(head.u16(at)));
    let (name, tail) = tail.split_at_checked(name_len).ok_or_else(broken)?;
    let (extra, tail) = tail.split_at_checked(extra_len).ok_or_else(broken)?;
    let (_, tail) = tail.split_at_checked(comment_len).ok_or_else(broken)?;
    // Some programs read this field's name in place of the entry's own.
    if has_field(extra, 0x7075) {
        return Err(unusual(place, &String::from_utf8_lossy(name), "a second name for a file"));
    }
    *rest = tail;
    Ok(Listed {
        made_by: head.u16(4) >> 8,
        flags: head.u16(8),
        method: head.u16(10),
        packed: head.u32(20).into(),
        size: head.u32(24).into(),
        disk: head.u16(34),
        attributes: head.u32(38),
        offset: head.u32(42).into(),
        name: name.to_vec(),
    })
}

/// Whether the extra fields have one of this kind.
fn has_field(mut extra: &[u8], kind: u16) -> bool {
    while let [a, b, c, d, rest @ ..] = extra {
        if u16::from_le_bytes([*a, *b]) == kind {
            return true;
        }
        extra = rest.get(usize::from(u16::from_le_bytes([*c, *d]))..).unwrap_or_default();
    }
    false
}

impl Listed {
    fn refuse_what_is_unusual(&self, place: &str) -> Result<(), PackageError> {
        let name = shown(&String::from_utf8_lossy(&self.name));
        // Bit 0: encrypted; bit 6: strongly; bit 13: with a masked header. Method 99: AES.
        if self.flags & (1 | 1 << 6 | 1 << 13) != 0 || self.method == 99 {
            return Err(PackageError::Encrypted { place: place.into(), name });
        }
        if self.method != 0 && self.method != 8 {
            return Err(unusual(place, &name, &format!("the packing method {}", self.method)));
        }
        if self.disk != 0 {
            return Err(unusual(place, &name, "several volumes"));
        }
        if self.packed == 0xffff_ffff || self.size == 0xffff_ffff || self.offset == 0xffff_ffff {
            return Err(unusual(place, &name, "the format for very large archives (zip64)"));
        }
        if self.method == 0 && self.packed != self.size {
            return Err(PackageError::Damaged {
                place: place.into(),
                name,
                detail: "its two sizes differ".into(),
            });
        }
        // Unix and macOS keep the file's type in the upper half; Windows marks links in the lower.
        let file_type = (self.attributes >> 16) & 0o170_000;
        let unix = matches!(self.made_by, 3 | 19);
        let plain = !unix || matches!(file_type, 0 | 0o100_000 | 0o040_000);
        if !plain || self.attributes & 0x400 != 0 {
            return Err(PackageError::NotAFile { place: place.into(), name });
        }
        Ok(())
    }

    fn name(&self, place: &str) -> Result<String, PackageError> {
        let bad = |why: &str| PackageError::BadName {
            place: place.into(),
            name: shown(&String::from_utf8_lossy(&self.name)),
            why: why.into(),
        };
        let name = String::from_utf8(self.name.clone()).map_err(|_| bad("it is not UTF-8"))?;
        // Without bit 11 other programs read the bytes in an old code page.
        if !name.is_ascii() && self.flags & (1 << 11) == 0 {
            return Err(bad("it does not say that it is UTF-8"));
        }
        Ok(name)
    }

    /// Where the entry's bytes end, after comparing its own header with the directory.
    fn span_end(
        &self,
        reader: &mut (impl Read + Seek),
        place: &str,
        directory_at: u64,
    ) -> Result<u64, PackageError> {
        let name = || shown(&String::from_utf8_lossy(&self.name));
        let damaged =
            |detail: &str| PackageError::Damaged { place: place.into(), name: name(), detail: detail.into() };
        if self.offset + LOCAL_LEN as u64 > directory_at {
            return Err(damaged("its place lies outside the zip"));
        }
        let head = Fields(
            bytes_at(reader, self.offset, LOCAL_LEN)
                .map_err(|_| damaged("its place lies outside the zip"))?,
        );
        if !head.0.starts_with(&LOCAL) {
            return Err(damaged("there is no file where the directory says"));
        }
        let own_name = bytes_at(reader, self.offset + LOCAL_LEN as u64, head.u16(26).into())
            .map_err(|_| damaged("its place lies outside the zip"))?;
        if own_name != self.name || head.u16(8) != self.method || (head.u16(6) ^ self.flags) & 1 != 0 {
            return Err(damaged("it calls itself something else than the directory does"));
        }
        let start = self.offset + LOCAL_LEN as u64 + u64::from(head.u16(26)) + u64::from(head.u16(28));
        let end = start + self.packed;
        if end > directory_at {
            return Err(damaged("it reaches beyond the files' part of the zip"));
        }
        Ok(end)
    }
}
