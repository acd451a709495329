//! `/sys/block` (kernel, `ABI/stable/sysfs-block`) and `/proc/diskstats` (`admin-guide/iostats.rst`).

use std::collections::HashMap;
use std::time::{Duration, Instant};

use procfs_core::prelude::*;
use procfs_core::{DiskStat, DiskStats};
use tokio::task::JoinSet;

use super::{Drive, DriveKind, Drives, complaints, health};
use crate::kernel_log;
use crate::net::tame;
use crate::source::{detached, odd, read_number, read_text, unread};
use crate::{Absence, Context, Reading, Reason};

const STATS: &str = "/proc/diskstats";

/// Between two looks.
const SAMPLE: Duration = Duration::from_millis(300);

/// The kernel counts in these, whatever a drive's own sectors are.
const SECTOR: u64 = 512;

/// A server with shelves of drives has more; a person's computer has not.
const MOST_DRIVES: usize = 64;

/// Each costs a process.
const MOST_ASKED: usize = 12;

pub(super) async fn measure(cx: Context) -> Reading<Drives> {
    let inner = cx.clone();
    let listed = detached("read the list of drives", cx.step(), move || (drives(&inner), stats(&inner)));
    let (mut drives, before) = match listed.await {
        Ok((Ok(drives), before)) => (drives, before),
        Ok((Err(absent), _)) | Err(absent) => return absent.into(),
    };
    let names: Vec<String> = drives.iter().map(|d| d.name.clone()).collect();
    let (log, worked, healths) = tokio::join!(kernel_log::messages(&cx), work(&cx, before), ask(&cx, &names));
    for drive in &mut drives {
        match &worked {
            Ok(worked) => store(drive, worked.get(&drive.name)),
            Err(absent) => {
                drive.busy_percent = absent.clone().into();
                drive.read_bytes_per_second = absent.clone().into();
                drive.write_bytes_per_second = absent.clone().into();
                drive.request_ms = absent.clone().into();
            }
        }
        if let Some(health) = healths.get(&drive.name) {
            drive.health = health.clone().into();
        }
    }
    let complaints = log.map(|messages| complaints::count(&messages, &drives)).into();
    Reading::Value(Drives { entries: drives, complaints })
}

async fn ask(cx: &Context, names: &[String]) -> HashMap<String, Result<super::Health, Absence>> {
    let mut asked = JoinSet::new();
    for name in names.iter().take(MOST_ASKED).cloned() {
        let cx = cx.clone();
        asked.spawn(async move {
            let told = health::ask(&cx, &name).await;
            (name, told)
        });
    }
    let mut told = HashMap::new();
    while let Some(joined) = asked.join_next().await {
        told.extend(joined.ok());
    }
    told
}

/// All drives, without what a file, memory or another drive stands behind.
fn drives(cx: &Context) -> Result<Vec<Drive>, Absence> {
    const ALL: &str = "/sys/block";
    let listed = std::fs::read_dir(cx.path(ALL)).map_err(|e| unread(ALL, e))?;
    let mut names: Vec<String> = listed
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| {
            let stands_for_another =
                ["loop", "ram", "zram", "dm-", "md", "nbd", "drbd", "fd"].iter().any(|p| name.starts_with(p));
            !stands_for_another && cx.path(&format!("{ALL}/{name}/device")).exists()
        })
        .collect();
    names.sort();
    Ok(names.into_iter().take(MOST_DRIVES).map(|name| drive(cx, name)).collect())
}

fn drive(cx: &Context, name: String) -> Drive {
    let folder = format!("/sys/block/{name}");
    let text = |file: &str| read_text(cx, &format!("{folder}/{file}")).map(|t| tame(t.trim(), 80));
    let flag = |file: &str| read_number::<u8>(cx, &format!("{folder}/{file}")).is_ok_and(|n| n != 0);
    // What hangs on a USB port can be pulled, and says of itself that it cannot.
    let path = std::fs::canonicalize(cx.path(&folder)).map(|p| p.to_string_lossy().into_owned());
    let is_usb = path.is_ok_and(|p| p.contains("/usb"));
    let unasked = Absence::new(Reason::NothingToMeasure, "");
    let model = text("device/model").and_then(|model| {
        let maker =
            text("device/vendor").ok().filter(|v| !v.is_empty() && v != "ATA" && !v.starts_with("0x"));
        let full = maker.map_or_else(|| model.clone(), |maker| format!("{maker} {model}"));
        if full.is_empty() { Err(odd("device/model", "")) } else { Ok(full) }
    });
    Drive {
        kind: kind(&name, flag("queue/rotational"), model.as_deref().unwrap_or_default()),
        model: model.into(),
        removable: is_usb || flag("removable") || name.starts_with("sr"),
        read_only: flag("ro"),
        size_bytes: read_number::<u64>(cx, &format!("{folder}/size"))
            .map(|sectors| sectors.saturating_mul(SECTOR))
            .into(),
        busy_percent: unasked.clone().into(),
        read_bytes_per_second: unasked.clone().into(),
        write_bytes_per_second: unasked.clone().into(),
        request_ms: unasked.into(),
        health: Reading::absent(Reason::NothingToMeasure, format!("more than {MOST_ASKED} drives")),
        name,
    }
}

fn kind(name: &str, turns: bool, model: &str) -> DriveKind {
    let is_virtual = name.starts_with("vd")
        || name.starts_with("xvd")
        || ["QEMU", "VBOX", "VMware", "Virtual"].iter().any(|word| model.contains(word));
    match name {
        _ if name.starts_with("sr") => DriveKind::Optical,
        _ if is_virtual => DriveKind::Virtual,
        _ if name.starts_with("nvme") => DriveKind::Nvme,
        _ if name.starts_with("mmcblk") => DriveKind::Card,
        _ if turns => DriveKind::HardDisk,
        _ => DriveKind::Ssd,
    }
}

type Look = (Instant, HashMap<String, DiskStat>);

fn stats(cx: &Context) -> Result<Look, Absence> {
    let at = Instant::now();
    let text = read_text(cx, STATS)?;
    let DiskStats(all) = DiskStats::from_read(text.as_bytes()).map_err(|_| odd(STATS, &text))?;
    Ok((at, all.into_iter().map(|stat| (stat.name.clone(), stat)).collect()))
}

/// What a drive did between two looks.
#[derive(Debug, Clone, PartialEq)]
struct Work {
    busy_percent: f64,
    read: u64,
    written: u64,
    /// None where nothing was asked of it.
    request_ms: Option<f64>,
}

async fn work(cx: &Context, before: Result<Look, Absence>) -> Result<HashMap<String, Work>, Absence> {
    let (then, before) = before?;
    if !cx.is_live() {
        return Err(Absence::new(
            Reason::NothingToMeasure,
            "a recorded tree holds one sample, work needs two",
        ));
    }
    tokio::time::sleep(SAMPLE).await;
    let inner = cx.clone();
    let (now, after) = detached("read the work of drives", cx.step(), move || stats(&inner)).await??;
    let seconds = now.duration_since(then).as_secs_f64();
    let both = after.iter().filter_map(|(name, after)| Some((name, before.get(name)?, after)));
    Ok(both.map(|(name, before, after)| (name.clone(), between(before, after, seconds))).collect())
}

fn between(before: &DiskStat, after: &DiskStat, seconds: f64) -> Work {
    // Each counter starts again at zero when it is full.
    let since = |f: fn(&DiskStat) -> u64| f(after).saturating_sub(f(before));
    let per_second = |count: u64| if seconds > 0.0 { (count as f64 / seconds) as u64 } else { 0 };
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    let requests = since(|s| s.reads).saturating_add(since(|s| s.writes));
    let waited = since(|s| s.time_reading).saturating_add(since(|s| s.time_writing));
    Work {
        busy_percent: tenth((since(|s| s.time_in_progress) as f64 / (seconds * 10.0)).clamp(0.0, 100.0)),
        read: per_second(since(|s| s.sectors_read).saturating_mul(SECTOR)),
        written: per_second(since(|s| s.sectors_written).saturating_mul(SECTOR)),
        request_ms: (requests > 0).then(|| tenth(waited as f64 / requests as f64)),
    }
}

fn store(drive: &mut Drive, worked: Option<&Work>) {
    let none = |why: &str| Absence::new(Reason::NothingToMeasure, why);
    let Some(work) = worked else {
        let absent = none("this drive came or went during the sample");
        drive.busy_percent = absent.clone().into();
        drive.read_bytes_per_second = absent.clone().into();
        drive.write_bytes_per_second = absent.clone().into();
        drive.request_ms = absent.into();
        return;
    };
    drive.busy_percent = Reading::Value(work.busy_percent);
    drive.read_bytes_per_second = Reading::Value(work.read);
    drive.write_bytes_per_second = Reading::Value(work.written);
    drive.request_ms = work.request_ms.ok_or_else(|| none("nothing was asked of it")).into();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_recorded_computer_lists_its_drives_and_nothing_that_stands_for_another() {
        let tree = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("sys/block/sda/device/model", "ST1000LM035-1RK1 \n"),
            ("sys/block/sda/device/vendor", "ATA     \n"),
            ("sys/block/sda/queue/rotational", "1\n"),
            ("sys/block/sda/size", "1953525168\n"),
            ("sys/block/nvme0n1/device/model", "Samsung SSD 970\u{1b}[31m EVO\n"),
            ("sys/block/nvme0n1/queue/rotational", "0\n"),
            ("sys/block/sdb/device/model", "Flash\n"),
            ("sys/block/sdb/device/vendor", "Maker\n"),
            ("sys/block/sdb/removable", "1\n"),
            ("sys/block/loop0/size", "8\n"),
            ("sys/block/dm-0/device/model", "x\n"),
            ("dev/kmsg", "3,9,77,-;I/O error, dev sda, sector 5\n12,10,78,-;I/O error, dev sda, sector 6\n"),
        ] {
            let path = tree.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let reading = measure(Context { root: tree.path().into(), ..Context::default() }).await;
        let found = reading.value().unwrap();
        let brief: Vec<_> = found
            .entries
            .iter()
            .map(|d| (d.name.as_str(), d.model.value().unwrap().as_str(), d.kind, d.removable))
            .collect();
        assert_eq!(
            brief,
            [
                ("nvme0n1", "Samsung SSD 970 [31m EVO", DriveKind::Nvme, false),
                ("sda", "ST1000LM035-1RK1", DriveKind::HardDisk, false),
                ("sdb", "Maker Flash", DriveKind::Ssd, true),
            ]
        );
        assert_eq!(found.entries[1].size_bytes, Reading::Value(1_953_525_168 * 512));
        assert_eq!(found.entries[1].health.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(found.complaints.value().unwrap()[0].line_count, 1);
    }

    #[test]
    fn work_is_what_happened_between_two_looks() {
        let parse = |line: &str| DiskStats::from_read(line.as_bytes()).unwrap().0.remove(0);
        let before = parse("8 0 sda 100 0 1000 50 10 0 200 40 0 900 90\n");
        let after = parse("8 0 sda 140 0 3000 250 20 0 200 140 0 1150 400\n");
        let work = between(&before, &after, 0.5);
        assert_eq!(work, Work { busy_percent: 50.0, read: 2_048_000, written: 0, request_ms: Some(6.0) });
        assert_eq!(between(&after, &before, 0.5).request_ms, None, "counters that began anew");
        assert!(between(&before, &after, 0.0).busy_percent <= 100.0);
    }

    #[tokio::test]
    async fn any_machine_says_of_each_drive_what_it_does() {
        let reading = measure(Context::default()).await;
        for drive in reading.value().map(|d| d.entries.clone()).unwrap_or_default() {
            assert!(drive.busy_percent.value().is_none_or(|p| (0.0..=100.0).contains(p)), "{drive:?}");
        }
    }
}
