//! Hostile packages: each is refused with a clear error.

use std::io::{Cursor, Write as _};

use befund_content::Lang;
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::sample::{Sample, redactor};
use crate::index::Limits;
use crate::open::open_with;
use crate::{PackageError, build};

/// One entry of a zip made byte by byte, so that it can lie.
#[derive(Clone)]
struct Raw {
    name: Vec<u8>,
    local_name: Vec<u8>,
    data: Vec<u8>,
    size: Option<u32>,
    packed: Option<u32>,
    offset: Option<u32>,
    flags: u16,
    method: u16,
    attributes: u32,
}

fn entry(name: impl AsRef<[u8]>, data: impl AsRef<[u8]>) -> Raw {
    let name = name.as_ref().to_vec();
    Raw {
        local_name: name.clone(),
        name,
        data: data.as_ref().to_vec(),
        size: None,
        packed: None,
        offset: None,
        flags: 1 << 11,
        method: 0,
        attributes: 0o100_644 << 16,
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, b| {
        (0..8).fold(crc ^ u32::from(*b), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xedb8_8320 } else { c >> 1 })
    })
}

fn raw(entries: &[Raw]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for e in entries {
        let at = out.len() as u32;
        let sizes = |local: bool| {
            let packed = e.packed.filter(|_| !local).unwrap_or(e.data.len() as u32);
            [crc32(&e.data), packed, e.size.unwrap_or(e.data.len() as u32)].map(u32::to_le_bytes).concat()
        };
        out.extend(b"PK\x03\x04");
        out.extend([20, e.flags, e.method, 0, 0].map(u16::to_le_bytes).concat());
        out.extend(sizes(true));
        out.extend([e.local_name.len() as u16, 0].map(u16::to_le_bytes).concat());
        out.extend(&e.local_name);
        out.extend(&e.data);
        directory.extend(b"PK\x01\x02");
        directory.extend([0x0314, 20, e.flags, e.method, 0, 0].map(u16::to_le_bytes).concat());
        directory.extend(sizes(false));
        directory.extend([e.name.len() as u16, 0, 0, 0, 0].map(u16::to_le_bytes).concat());
        directory.extend(e.attributes.to_le_bytes());
        directory.extend(e.offset.unwrap_or(at).to_le_bytes());
        directory.extend(&e.name);
    }
    let offset = out.len() as u32;
    out.extend(&directory);
    out.extend(end(entries.len() as u16, directory.len() as u32, offset));
    out
}

fn end(count: u16, size: u32, offset: u32) -> Vec<u8> {
    let mut out = b"PK\x05\x06\0\0\0\0".to_vec();
    out.extend([count, count].map(u16::to_le_bytes).concat());
    out.extend([size, offset].map(u32::to_le_bytes).concat());
    out.extend([0, 0]);
    out
}

/// A manifest that this program accepts.
fn manifest() -> Vec<u8> {
    let sample = Sample::new(Lang::En);
    build(&sample.contents(), &mut redactor()).unwrap().file("manifest.json").unwrap().to_vec()
}

fn refused(bytes: Vec<u8>) -> PackageError {
    open_with(Cursor::new(bytes), "hostile.zip", Limits::default()).map(|_| ()).unwrap_err()
}

/// Says what happened and what to do, in a line that is harmless to print.
#[track_caller]
fn says(error: &PackageError, what: &str) {
    let words = error.to_string();
    assert!(words.starts_with("hostile.zip: "), "{words}");
    assert!(words.contains(what), "{words}");
    let advice = ["Ask for", "Ask the sender", "ask where", "Install", "Unpack this file"];
    assert!(advice.iter().any(|a| words.contains(a)), "no advice: {words}");
    assert!(!words.chars().any(char::is_control) && words.len() < 600, "{words:?}");
}

#[test]
fn the_zips_made_here_are_readable_when_they_do_not_lie() {
    let bytes = raw(&[entry("manifest.json", manifest()), entry("Grüße.txt", "hi"), entry("logs/", "")]);
    let mut opened = open_with(Cursor::new(bytes), "x", Limits::default()).unwrap();
    assert_eq!(opened.file("Grüße.txt").unwrap(), b"hi");
    assert_eq!(opened.files().count(), 2);
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for (name, why) in [
        ("../../etc/cron.d/x", "leads out of its folder"),
        ("a/../../x", "leads out of its folder"),
        ("/etc/passwd", "absolute path"),
        ("C:/Windows/x", "absolute path"),
        ("\\\\server\\share", "absolute path"),
        ("a\\..\\b", "backslash"),
        ("logs/NUL.txt", "device on Windows"),
        ("com7", "device on Windows"),
        ("a.txt:stream", "Windows does not allow"),
        ("report\u{202e}gpj.exe", "control characters"),
        ("a\u{1b}[2Jb", "control characters"),
        ("", "empty"),
    ] {
        says(&refused(raw(&[entry(name, "x"), entry("manifest.json", manifest())])), why);
    }
}

#[test]
fn names_that_are_not_text_are_refused() {
    says(&refused(raw(&[entry(b"a\xff\xfe.txt", "x")])), "not UTF-8");
    let mut old = entry("Grüße.txt", "x");
    old.flags = 0;
    says(&refused(raw(&[old])), "does not say that it is UTF-8");
}

#[test]
fn duplicates_are_refused_also_where_only_the_case_differs() {
    says(&refused(raw(&[entry("report.html", "a"), entry("report.html", "b")])), "twice");
    says(&refused(raw(&[entry("report.html", "a"), entry("REPORT.html", "b")])), "twice");
}

#[test]
fn links_and_devices_are_refused() {
    for file_type in [0o120_000, 0o020_000, 0o060_000, 0o010_000] {
        let mut link = entry("report.html", "/etc/passwd");
        link.attributes = (file_type | 0o777) << 16;
        says(&refused(raw(&[link])), "link or a special file");
    }
    says(&refused(raw(&[entry("folder/", "with content")])), "link or a special file");
}

#[test]
fn locked_and_unusual_entries_are_refused() {
    let with = |change: fn(&mut Raw)| {
        let mut e = entry("report.html", "x");
        change(&mut e);
        refused(raw(&[e]))
    };
    says(&with(|e| e.flags |= 1), "password");
    says(&with(|e| e.method = 99), "password");
    says(&with(|e| e.method = 12), "packing method 12");
    says(&with(|e| e.size = Some(u32::MAX)), "zip64");
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    let mut other_name = entry("report.html", "x");
    other_name.local_name = b"virus.html!".to_vec();
    says(&refused(raw(&[other_name])), "calls itself something else");

    let mut overlapping = vec![entry("a.txt", "the same bytes"), entry("b.txt", "x")];
    overlapping[0].local_name = b"b.txt".to_vec();
    overlapping[0].name = b"b.txt".to_vec();
    overlapping[1].name = b"B2.txt".to_vec();
    overlapping[1].local_name = b"B2.txt".to_vec();
    overlapping[1].offset = Some(0);
    says(&refused(raw(&overlapping)), "calls itself something else");

    // Two entries that share one stretch: the second begins inside the first one's content.
    let mut inner = Vec::new();
    inner.extend(raw(&[entry("in.txt", "shared")]));
    let header = b"out.txt".len() + 30;
    let mut outer = vec![entry("out.txt", &inner), entry("in.txt", "shared")];
    outer[1].offset = Some(header as u32);
    says(&refused(raw(&outer)), "overlaps");

    let good = raw(&[entry("manifest.json", manifest())]);
    let mut before = b"MZ something before".to_vec();
    before.extend(&good);
    says(&refused(before), "not where it says");
    let mut after = good.clone();
    after.extend(b"something after");
    says(&refused(after), "does not end as a zip does");
    let mut lying_count = good;
    let at = lying_count.len() - 22;
    lying_count[at + 8] = 0;
    lying_count[at + 10] = 0;
    says(&refused(lying_count), "more than it says");
}

/// The zip with extra fields and a comment at its last entry of the directory.
fn with_trailer(mut zip: Vec<u8>, extra: &[u8], comment: &[u8]) -> Vec<u8> {
    let entry = zip.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    zip[entry + 30..entry + 32].copy_from_slice(&(extra.len() as u16).to_le_bytes());
    zip[entry + 32..entry + 34].copy_from_slice(&(comment.len() as u16).to_le_bytes());
    let end = zip.len() - 22;
    let size = u32::from_le_bytes(zip[end + 12..end + 16].try_into().unwrap());
    let more = (extra.len() + comment.len()) as u32;
    zip[end + 12..end + 16].copy_from_slice(&(size + more).to_le_bytes());
    zip.splice(end..end, [extra, comment].concat());
    zip
}

#[test]
fn second_directories_and_second_names_are_refused() {
    let good = || raw(&[entry("manifest.json", manifest())]);
    let harmless = with_trailer(good(), &[0x55, 0x54, 1, 0, 0], b"a comment");
    assert!(open_with(Cursor::new(harmless), "x", Limits::default()).is_ok());
    let mut locator = b"PK\x06\x07".to_vec();
    locator.resize(20, 0);
    says(&refused(with_trailer(good(), &[], &locator)), "zip64");
    let second = [&[0x55, 0x54, 1, 0, 0, 0x75, 0x70, 6, 0, 1, 0, 0, 0, 0], b"x".as_slice()].concat();
    says(&refused(with_trailer(good(), &second, &[])), "second name");
}

#[test]
fn places_outside_the_zip_are_refused() {
    let with = |offset, packed| {
        let mut e = entry("report.html", "x");
        (e.offset, e.packed) = (offset, packed);
        e.size = packed;
        refused(raw(&[e]))
    };
    says(&with(Some(900_000), None), "outside the zip");
    says(&with(None, Some(900_000)), "beyond the files' part");
    says(&with(Some(1), None), "no file where");
}

#[test]
fn cut_and_empty_files_are_refused_and_never_panic() {
    let good = raw(&[entry("manifest.json", manifest()), entry("a.txt", "a")]);
    for length in (0..good.len()).step_by(7) {
        says(&refused(good[..length].to_vec()), "not a complete zip file");
    }
    says(&refused(end(1000, 0, 0)), "cut off");
    says(&refused(end(0xffff, 0, 0)), "zip64");
}

#[test]
fn thousands_of_entries_are_refused_before_they_are_read() {
    let many: Vec<Raw> = (0..1001).map(|i| entry(format!("{i}.txt"), "")).collect();
    says(&refused(raw(&many)), "lists 1001 files; a package has at most 1000");
}

#[test]
fn bombs_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("bomb.log", SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
        .unwrap();
    zip.write_all(&vec![0; 8 << 20]).unwrap();
    says(&refused(zip.finish().unwrap().into_inner()), "times its size");

    let small = Limits { total_bytes: 100, ..Limits::default() };
    let bytes = raw(&[entry("a.txt", [b'a'; 60]), entry("b.txt", [b'b'; 60])]);
    let error = open_with(Cursor::new(bytes), "hostile.zip", small).map(|_| ()).unwrap_err();
    says(&error, "all files together would take 120 bytes");
}

#[test]
fn a_file_larger_than_may_be_read_is_refused_and_still_verified() {
    let limits = Limits { file_bytes: 20_000, ..Limits::default() };
    let bytes = raw(&[entry("manifest.json", manifest()), entry("big.log", vec![b'x'; 30_000])]);
    let mut opened = open_with(Cursor::new(bytes), "hostile.zip", limits).unwrap();
    says(&opened.file("big.log").unwrap_err(), "would take 30000 bytes");
    assert_eq!(opened.verify().unwrap().unlisted, ["big.log"]);
}

#[test]
fn sizes_that_lie_are_noticed_while_reading() {
    let deflated = {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file("manifest.json", options).unwrap();
        zip.write_all(&manifest()).unwrap();
        zip.start_file("a.log", options).unwrap();
        zip.write_all(&[b'x'; 5000]).unwrap();
        zip.finish().unwrap().into_inner()
    };
    for lie in [4999u32, 5001, 10] {
        let mut bytes = deflated.clone();
        // The size of the second entry of the directory, which is the last place where this number stands.
        let at = bytes.windows(4).rposition(|w| w == 5000u32.to_le_bytes()).unwrap();
        bytes[at..at + 4].copy_from_slice(&lie.to_le_bytes());
        let mut opened = open_with(Cursor::new(bytes), "hostile.zip", Limits::default()).unwrap();
        says(&opened.file("a.log").unwrap_err(), "cannot be read");
    }
}

#[test]
fn damaged_content_is_noticed() {
    let mut bytes = raw(&[entry("manifest.json", manifest()), entry("a.txt", "content of the file")]);
    let at = bytes.windows(7).position(|w| w == b"content").unwrap();
    bytes[at] ^= 1;
    let mut opened = open_with(Cursor::new(bytes), "hostile.zip", Limits::default()).unwrap();
    says(&opened.file("a.txt").unwrap_err(), "cannot be read");
}

#[test]
fn other_zips_and_missing_files_say_so() {
    says(&refused(raw(&[entry("holiday.jpg", "x")])), "not a package made by Befund");
    let mut opened =
        open_with(Cursor::new(raw(&[entry("manifest.json", manifest())])), "hostile.zip", Limits::default())
            .unwrap();
    let words = opened.file("nothing\u{1b}.txt").unwrap_err().to_string();
    assert!(words.contains("no file \"nothing␛.txt\"") && words.contains("manifest.json"), "{words}");
}

#[test]
fn json_that_is_too_deep_broken_or_of_another_kind_is_refused() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    says(&refused(raw(&[entry("manifest.json", &deep)])), "deeper than 128 levels");
    let mut opened = open_with(
        Cursor::new(raw(&[entry("manifest.json", manifest()), entry("session.json", &deep)])),
        "hostile.zip",
        Limits::default(),
    )
    .unwrap();
    says(&opened.json("session.json").unwrap_err(), "deeper than 128 levels");

    says(&refused(raw(&[entry("manifest.json", "{ \"schema\": ")])), "line 1 column");
    says(&refused(raw(&[entry("manifest.json", "{\"schema\":\"befund.manifest/1\"}")])), "missing field");
    says(&refused(raw(&[entry("manifest.json", "{\"schema\":\"other/1\"}")])), "its schema is \"other/1\"");
    says(&refused(raw(&[entry("manifest.json", "[]")])), "its schema is \"\"");
}

#[test]
fn a_package_from_the_future_says_which_program_reads_it() {
    let newer = r#"{"schema":"befund.manifest/2","app":{"name":"Befund","version":"3.1.0"},"unknown":true}"#;
    let error = refused(raw(&[entry("manifest.json", newer)]));
    says(
        &error,
        "format befund.manifest/2; this program reads up to befund.manifest/1. Install Befund 3.1.0 or newer",
    );

    let bytes =
        raw(&[entry("manifest.json", manifest()), entry("facts.json", r#"{"schema":"befund.facts/7"}"#)]);
    let mut opened = open_with(Cursor::new(bytes), "hostile.zip", Limits::default()).unwrap();
    says(&opened.facts().unwrap_err(), "befund.facts/7");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Flipped bytes anywhere: an error or a package, never a panic, and never bytes that differ from
    /// what the manifest vouches for without `verify` saying so.
    #[test]
    fn flipped_bytes_never_panic(flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let good = raw(&[entry("manifest.json", "{}"), entry("a.txt", "a"), entry("logs/b.txt", "bb")]);
        let mut bytes = good;
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Err(error) = open_with(Cursor::new(bytes), "hostile.zip", Limits::default()) {
            prop_assert!(!error.to_string().chars().any(char::is_control));
        }
    }

    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), count in 0u16..4) {
        let mut zip = bytes;
        let size = zip.len() as u32;
        zip.extend(end(count, size, 0));
        prop_assert!(open_with(Cursor::new(zip), "hostile.zip", Limits::default()).is_err());
    }
}
