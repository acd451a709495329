//! What the system wrote down goes along bounded and redacted, and whatever is missing is said.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use befund_content::Lang;
use befund_facts::Reason;

use super::sample::{Sample, at, redactor};
use crate::evidence::{Cut, Evidence, EvidenceRecord, Source, System, collect};
use crate::{Limits, build, open_with};

/// A `journalctl` that prints what one printed elsewhere.
fn fake_journalctl(folder: &Path, script: &str) -> PathBuf {
    let path = folder.join("fake-journalctl");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn system(folder: &Path, script: &str) -> System {
    System {
        root: folder.join("root"),
        journalctl: fake_journalctl(folder, script),
        dmesg: folder.join("no-dmesg"),
        patience: Duration::from_mins(1),
    }
}

fn of(evidence: &Evidence, source: Source) -> &EvidenceRecord {
    evidence.records.iter().find(|r| r.source == source).unwrap()
}

fn text(evidence: &Evidence, source: Source) -> String {
    let name = of(evidence, source).file.clone().unwrap();
    String::from_utf8(evidence.files.iter().find(|f| f.name == name).unwrap().bytes.clone()).unwrap()
}

const LINES: &str = r"cat <<'END'
2026-11-23T12:59:01+0000 nb-4711 sshd[812]: Accepted password for nora7 from 203.0.113.9 port 51234 ssh2
2026-11-23T12:59:02+0000 nb-4711 backup[813]: login with password=hunter2x token: ghp_16C7e42F292c6912E7710c838347Ae178B4a
2026-11-23T12:59:03+0000 nb-4711 mailer[814]: sent to erika.koehler@example.org for ekoehler in /home/ekoehler/Bilder
2026-11-23T12:59:04+0000 nb-4711 wpa_supplicant[815]: wlp3s0: Associated with 3c:a9:f4:1b:2c:3d
END";

#[test]
fn what_the_journal_gives_away_is_not_in_the_package() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = collect(&Source::ALL, at("13:00:00"), at("13:05:00"), &system(folder.path(), LINES));
    assert!(text(&evidence, Source::Journal).contains("hunter2x"), "the fixture has lost its secrets");
    let mut sample = Sample::new(Lang::En);
    sample.extra_files.extend(evidence.files.clone());
    let contents = crate::Contents { evidence: &evidence.records, ..sample.contents() };
    let built = build(&contents, &mut redactor()).unwrap();
    let mut opened = open_with(std::io::Cursor::new(&built.bytes), "test", Limits::default()).unwrap();
    let names: Vec<String> = opened.files().map(|(name, _)| name.to_owned()).collect();
    assert!(names.iter().any(|n| n == "evidence/journal.log"), "{names:?}");
    for name in names {
        let content = String::from_utf8(opened.file(&name).unwrap()).unwrap();
        for private in
            ["nb-4711", "nora7", "203.0.113.9", "hunter2x", "ghp_16C7", "koehler", "3c:a9:f4:1b:2c:3d"]
        {
            assert!(!content.contains(private), "{name} has {private}");
        }
    }
    let journal = String::from_utf8(built.file("evidence/journal.log").unwrap().to_vec()).unwrap();
    assert!(journal.contains("sshd[812]: Accepted password for [user-"), "{journal}");
    let printing = built.manifest.evidence.iter().find(|r| r.source == Source::Printing).unwrap();
    assert_eq!(printing.absent.as_ref().unwrap().reason, Reason::NotSupported);
}

#[test]
fn a_log_without_end_is_cut_to_its_newest_lines() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("root/var/log/cups/error_log");
    std::fs::create_dir_all(log.parent().unwrap()).unwrap();
    let file = std::fs::File::create(&log).unwrap();
    file.set_len(1 << 30).unwrap();
    let line = "W [23/Nov/2026:12:59:01 +0000] the newest line\n";
    std::os::unix::fs::FileExt::write_all_at(&file, line.as_bytes(), (1 << 30) - 40_000).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, line.as_bytes(), (1 << 30) - line.len() as u64).unwrap();
    let evidence = collect(
        &Source::ALL,
        at("13:00:00"),
        at("13:05:00"),
        &system(folder.path(), "exec yes a-line-of-a-log"),
    );
    assert_eq!(of(&evidence, Source::Printing).cut, [Cut::OlderLines]);
    assert!(text(&evidence, Source::Printing).ends_with(line));
    assert_eq!(of(&evidence, Source::Journal).cut, [Cut::OlderLines]);
    let journal = text(&evidence, Source::Journal);
    assert!(journal.len() <= 256 << 10 && journal.starts_with("a-line-of-a-log\n"), "{}", journal.len());
    let about = &evidence.files[0].about;
    assert!(about.en.contains("lder lines") && about.de.contains("ltere Zeilen"), "{about:?}");
}

#[test]
fn a_journal_that_hangs_is_left_in_time_and_keeps_what_came() {
    let folder = tempfile::tempdir().unwrap();
    let patience = Duration::from_millis(300);
    let silent = System { patience, ..system(folder.path(), "exec sleep 600") };
    let started = Instant::now();
    let evidence = collect(&Source::ALL, at("13:00:00"), at("13:05:00"), &silent);
    assert!(started.elapsed() < Duration::from_mins(1), "waited for a journal that hangs");
    assert_eq!(of(&evidence, Source::Journal).absent.as_ref().unwrap().reason, Reason::TimedOut);
    let half = System { patience, ..system(folder.path(), "echo 'one line'; exec sleep 600") };
    let evidence = collect(&Source::ALL, at("13:00:00"), at("13:05:00"), &half);
    // On a busy machine not even the first line comes in time.
    if of(&evidence, Source::Journal).file.is_some() {
        assert_eq!(text(&evidence, Source::Journal), "one line\n");
        assert_eq!(of(&evidence, Source::Journal).cut, [Cut::TooSlow]);
    }
}

#[test]
fn what_the_policy_leaves_out_and_what_others_wrote_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let script =
        "echo 'Hint: You are currently not seeing messages from other users and the system.' >&2; echo mine";
    let evidence =
        collect(&[Source::Journal], at("13:00:00"), at("13:05:00"), &system(folder.path(), script));
    assert_eq!(of(&evidence, Source::Journal).cut, [Cut::OthersMessages]);
    for source in [Source::Kernel, Source::NetworkManager, Source::Printing, Source::Crashes] {
        assert_eq!(of(&evidence, source).absent.as_ref().unwrap().reason, Reason::NotRequested);
    }
    assert_eq!(evidence.files.len(), 1);
}

#[test]
fn of_a_crash_only_what_is_harmless_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let crash = folder.path().join("root/var/crash/_usr_bin_gedit.1000.crash");
    std::fs::create_dir_all(crash.parent().unwrap()).unwrap();
    std::fs::write(
        crash,
        "ProblemType: Crash\nExecutablePath: /usr/bin/gedit\nProcCmdline: gedit /home/x/salary.odt\n\
         ProcEnviron:\n HOME=/home/x\n TOKEN=abc\nSignal: 11\nCoreDump: base64\n H4sICAAA\nSignal: 99\n",
    )
    .unwrap();
    let now = jiff::Timestamp::now();
    let evidence = collect(&Source::ALL, now, now, &system(folder.path(), "echo '-- No entries --'"));
    let text = text(&evidence, Source::Crashes);
    assert!(text.contains("ExecutablePath: /usr/bin/gedit\nSignal: 11\n"), "{text}");
    assert!(!text.contains("salary") && !text.contains("TOKEN") && !text.contains("99"), "{text}");
    assert_eq!(of(&evidence, Source::Journal).absent.as_ref().unwrap().reason, Reason::NothingToMeasure);
}

#[test]
fn the_journal_is_asked_for_the_time_around_the_case() {
    let folder = tempfile::tempdir().unwrap();
    let evidence =
        collect(&[Source::Journal], at("13:00:00"), at("13:05:00"), &system(folder.path(), "echo \"$@\""));
    let asked = text(&evidence, Source::Journal);
    let (since, until) = (at("12:00:00").as_second(), at("13:05:00").as_second());
    assert!(asked.contains(&format!("--since=@{since} --until=@{until}")), "{asked}");
}

/// A system with the recorded journal of a laptop, read by the real `journalctl`.
fn recorded(folder: &Path) -> System {
    let journal = folder.join("root/var/log/journal/5f1d3a5f0c4b4b3c8f0e9f4d3f7f0a11");
    std::fs::create_dir_all(&journal).unwrap();
    let packed = concat!(env!("CARGO_MANIFEST_DIR"), "/../facts/fixtures/journal/laptop.journal.gz");
    let unpacked = std::process::Command::new("gzip").args(["-dc", packed]).output().unwrap();
    assert!(unpacked.status.success(), "{unpacked:?}");
    std::fs::write(journal.join("system.journal"), unpacked.stdout).unwrap();
    System { journalctl: "journalctl".into(), ..system(folder, "") }
}

#[test]
fn a_real_journal_gives_each_source_its_own_and_the_time_around_the_case() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = collect(&Source::ALL, at("13:00:00"), at("13:05:00"), &recorded(folder.path()));

    let journal = text(&evidence, Source::Journal);
    assert!(journal.contains("sshd[812]: Accepted password for nora7"), "{journal}");
    assert!(journal.contains("Process 5210 (soffice.bin) of user 1000 dumped core."), "{journal}");
    assert!(!journal.contains("Process 4123"), "of four days ago: {journal}");

    let kernel = text(&evidence, Source::Kernel);
    assert!(kernel.contains("kernel: I/O error, dev sda, sector 1953517480"), "{kernel}");
    assert!(kernel.contains("kernel: Out of memory: Killed process 4711 (firefox-esr)"), "{kernel}");
    assert!(!kernel.contains("of the start before") && !kernel.contains("sshd"), "{kernel}");

    let network = text(&evidence, Source::NetworkManager);
    assert!(network.contains("association took too long") && !network.contains("sshd"), "{network}");

    let crashes = text(&evidence, Source::Crashes);
    for process in [3310, 4123, 5210, 6001] {
        assert!(crashes.contains(&format!("Process {process} (")), "{process} is missing: {crashes}");
    }
    assert!(!crashes.contains("gnome-shell"), "of two weeks ago: {crashes}");

    // Arguments and environment stand in the journal beside what is read.
    for file in &evidence.files {
        let content = String::from_utf8_lossy(&file.bytes);
        assert!(!content.contains("salary") && !content.contains("TOKEN"), "{}: {content}", file.name);
    }
}

#[test]
fn a_journal_that_was_damaged_costs_its_source_alone() {
    let folder = tempfile::tempdir().unwrap();
    let system = recorded(folder.path());
    let file = system.root.join("var/log/journal/5f1d3a5f0c4b4b3c8f0e9f4d3f7f0a11/system.journal");
    std::fs::write(file, vec![0xa5; 1 << 20]).unwrap();
    let evidence = collect(&Source::ALL, at("13:00:00"), at("13:05:00"), &system);
    assert!(evidence.files.is_empty(), "{:?}", evidence.files);
    let absent = of(&evidence, Source::Journal).absent.as_ref().unwrap();
    assert!(matches!(absent.reason, Reason::Failed | Reason::NothingToMeasure), "{absent:?}");
}
