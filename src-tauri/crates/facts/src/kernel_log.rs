//! The kernel's own log, as far as this account may read it. It holds names of devices and much else, so
//! nothing of its text becomes a fact: subjects count what they look for. Programs may write into it too, in
//! the kernel's words: what has another facility than the kernel's own is left out.
//!
//! First `/dev/kmsg`, which many systems keep for the administrator (`kernel.dmesg_restrict`), then the
//! journal through `journalctl`, which members of the groups `adm`, `systemd-journal` and `wheel` may read.
//! Each is read once a run, whoever asks. Of a tree of files, `/var/log/journal` is read where the tree has one.
//!
//! Both say of a message how long after the start it came, on a clock that stands still while the computer
//! sleeps (`CLOCK_MONOTONIC`).

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::time::{ClockId, clock_gettime};
use tokio::sync::OnceCell;

use crate::journal;
use crate::source::{detached, unread};
use crate::{Absence, Context, Reason};

const DEVICE: &str = "/dev/kmsg";

/// The kernel keeps some hundred kilobytes; an endless answer does no harm.
const MOST_BYTES: usize = 8 << 20;

/// The kernel's messages of this start. What programs wrote into its log came the same way and has another
/// facility (systemd.journal-fields(7)).
const JOURNAL: &[&str] = &["--dmesg", "--boot", "--lines=5000", "SYSLOG_FACILITY=0"];

/// What of a message is wanted.
const FIELDS: &[&str] = &["MESSAGE", "PRIORITY", "_SOURCE_MONOTONIC_TIMESTAMP"];

/// One message of the kernel's own.
#[derive(Debug, PartialEq)]
pub(crate) struct Record {
    /// How grave it is: 0 is the worst, 7 the least.
    pub(crate) level: Option<u32>,
    /// How long after the start it came, without time asleep.
    pub(crate) at: Duration,
    /// Its text.
    pub(crate) message: String,
}

type Records = Result<Arc<Vec<Record>>, Absence>;

/// What the probes of one run share.
#[derive(Clone, Default)]
pub struct Shared(Arc<Logs>);

#[derive(Default)]
struct Logs {
    device: OnceCell<Records>,
    journal: OnceCell<Records>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It knows names of devices.
        f.write_str("Shared")
    }
}

/// How long the computer has been awake since its start: what [`Record::at`] is counted in.
pub(crate) fn now() -> Duration {
    // A clock that were before the start would make everything new, which is what one then has to assume.
    Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default()
}

/// The messages since the computer's start, the oldest first.
pub(crate) async fn messages(cx: &Context) -> Records {
    match device(cx).await {
        Err(denied) if denied.reason == Reason::NoPermission && cx.is_live() => cx
            .kernel_log
            .0
            .journal
            .get_or_init(|| async { from_journal(cx).await.map(Arc::new) })
            .await
            .clone()
            .map_err(|journal| Absence::new(denied.reason, format!("{}; {}", denied.detail, journal.detail))),
        told => told,
    }
}

/// What the kernel's device holds.
async fn device(cx: &Context) -> Records {
    let read = || async {
        let inner = cx.clone();
        let read = detached("read the kernel's log", cx.step(), move || records(&inner)).await;
        read.and_then(|records| records).map(Arc::new)
    };
    cx.kernel_log.0.device.get_or_init(read).await.clone()
}

/// What the device holds, without waiting for more. One record a reading: `6,339,5140900,-;message`, and
/// lines of its own that begin with a blank.
fn records(cx: &Context) -> Result<Vec<Record>, Absence> {
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open(cx.path(DEVICE))
        .map_err(|e| unread(DEVICE, e))?;
    let (mut text, mut buffer) = (Vec::new(), vec![0; 64 << 10]);
    let started = Instant::now();
    while text.len() < MOST_BYTES && started.elapsed() < cx.step() / 2 {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => text.extend_from_slice(&buffer[..n]),
            Err(e) if e.kind() == ErrorKind::WouldBlock => break,
            // A record was overwritten before it was read: the next reading goes on behind it.
            Err(e) if e.kind() == ErrorKind::BrokenPipe || e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(unread(DEVICE, e)),
        }
    }
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().filter(|l| !l.starts_with(' ')).filter_map(|l| l.split_once(';'));
    Ok(lines.filter_map(|(head, message)| record(head, message)).collect())
}

/// `None` for what a program wrote: the kernel gives it a facility of a program's.
fn record(head: &str, message: &str) -> Option<Record> {
    let mut head = head.split(',');
    // The level in the lowest three bits, and above them the facility: nought is the kernel.
    let priority: u32 = head.next()?.parse().ok()?;
    let microseconds = head.nth(1)?.parse().ok()?;
    let message = message.to_owned();
    (priority >> 3 == 0).then_some(Record {
        level: Some(priority & 7),
        at: Duration::from_micros(microseconds),
        message,
    })
}

async fn from_journal(cx: &Context) -> Result<Vec<Record>, Absence> {
    let entries = journal::entries(cx, JOURNAL, FIELDS, MOST_BYTES).await?;
    // No kernel starts without a word.
    if entries.is_empty() {
        return Err(Absence::new(
            Reason::NoPermission,
            "the journal shows this account nothing of the kernel",
        ));
    }
    Ok(entries.iter().filter_map(told).collect())
}

/// The kernel's own time of a message; what came before the journal was there is received later.
fn told(entry: &journal::Entry) -> Option<Record> {
    let at = entry.number("_SOURCE_MONOTONIC_TIMESTAMP").or_else(|| entry.number("__MONOTONIC_TIMESTAMP"))?;
    Some(Record {
        level: entry.number("PRIORITY").and_then(|level| u32::try_from(level).ok()),
        at: Duration::from_micros(at),
        message: entry.text("MESSAGE")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn records_are_messages_without_their_heads_and_details() {
        let tree = tempfile::tempdir().unwrap();
        std::fs::create_dir(tree.path().join("dev")).unwrap();
        let cx = Context { root: tree.path().into(), ..Context::default() };
        assert_eq!(messages(&cx).await.unwrap_err().reason, Reason::NotSupported);
        let text = "6,1,0,-;Linux version 6.12\n3,9,77,-;I/O error, dev sda, sector 5; more\n SUBSYSTEM=block\nodd\n\u{fffd}\n\
            12,10,78,-;I/O error, written by a program\n30,11,79,c;I/O error, by a service\n;none\nx,1;none";
        std::fs::write(tree.path().join("dev/kmsg"), text).unwrap();
        assert_eq!(messages(&cx).await.unwrap_err().reason, Reason::NotSupported, "it is read once a run");
        let cx = Context { root: tree.path().into(), ..Context::default() };
        let found = messages(&cx).await.unwrap();
        let found: Vec<_> = found.iter().map(|r| (r.level, r.at.as_micros(), r.message.as_str())).collect();
        assert_eq!(
            found,
            [(Some(6), 0, "Linux version 6.12"), (Some(3), 77, "I/O error, dev sda, sector 5; more")]
        );
        assert!(Arc::ptr_eq(&messages(&cx).await.unwrap(), &device(&cx).await.unwrap()));
    }

    #[tokio::test]
    async fn the_journal_gives_the_kernels_own_messages_with_level_and_time() {
        let (_root, cx) = crate::journal::recorded();
        let found = from_journal(&cx).await.unwrap();
        let found: Vec<_> = found.iter().map(|r| (r.level, r.at.as_micros(), r.message.as_str())).collect();
        // Not the message of a program in the kernel's log, and nothing of the start before.
        assert_eq!(
            found,
            [
                (Some(5), 0, "Linux version 6.12.48+deb13-amd64 (debian-kernel@lists.debian.org)"),
                (Some(3), 5_140_900_123, "I/O error, dev sda, sector 1953517480 op 0x0:(READ) flags 0x80700"),
                (
                    Some(3),
                    5_200_000_001,
                    "Out of memory: Killed process 4711 (firefox-esr) total-vm:9412408kB"
                ),
            ]
        );
    }

    #[tokio::test]
    async fn the_real_log_is_read_or_refused() {
        match messages(&Context::default()).await {
            // A container may have a device that was emptied.
            Ok(_) => {}
            Err(absent) => assert_ne!(absent.reason, Reason::TimedOut, "{absent}"),
        }
    }
}
