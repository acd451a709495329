//! The kernel's own log, as far as this account may read it. It holds names of devices and much else, so
//! nothing of its text becomes a fact: subjects count what they look for. Programs may write into it too, in
//! the kernel's words: what has another facility than the kernel's own is left out.
//!
//! First `/dev/kmsg`, which many systems keep for the administrator (`kernel.dmesg_restrict`), then the
//! journal through `journalctl`, which members of the groups `adm`, `systemd-journal` and `wheel` may read.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use crate::source::{detached, program, unread};
use crate::{Absence, Context, Reason};

const DEVICE: &str = "/dev/kmsg";

/// The kernel keeps some hundred kilobytes; an endless answer does no harm.
const MOST_BYTES: usize = 8 << 20;

/// The journal has to be searched on the disk.
const PATIENCE: Duration = Duration::from_millis(2500);

/// The kernel's messages of this start. What programs wrote into its log came the same way and has another
/// facility (systemd.journal-fields(7)).
const JOURNAL: &[&str] =
    &["--dmesg", "--boot", "--output=cat", "--no-pager", "--quiet", "--lines=5000", "SYSLOG_FACILITY=0"];

/// The messages since the computer's start, the oldest first.
pub(crate) async fn messages(cx: &Context) -> Result<Vec<String>, Absence> {
    let inner = cx.clone();
    match detached("read the kernel's log", cx.step(), move || records(&inner)).await {
        Ok(Ok(records)) => Ok(records.into_iter().map(|record| record.message).collect()),
        Ok(Err(denied)) if denied.reason == Reason::NoPermission && cx.is_live() => from_journal(cx)
            .await
            .map_err(|journal| Absence::new(denied.reason, format!("{}; {}", denied.detail, journal.detail))),
        Ok(Err(absent)) | Err(absent) => Err(absent),
    }
}

/// One message of the kernel's own.
pub(crate) struct Record {
    /// How grave it is: 0 is the worst, 7 the least.
    pub(crate) level: u32,
    /// Its text.
    pub(crate) message: String,
}

/// What the device holds, without waiting for more. One record a reading: `6,339,5140900,-;message`, and
/// lines of its own that begin with a blank.
pub(crate) fn records(cx: &Context) -> Result<Vec<Record>, Absence> {
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
    // The level in the lowest three bits, and above them the facility: nought is the kernel.
    let priority: u32 = head.split(',').next()?.parse().ok()?;
    (priority >> 3 == 0).then(|| Record { level: priority & 7, message: message.to_owned() })
}

async fn from_journal(cx: &Context) -> Result<Vec<String>, Absence> {
    let denied =
        || Absence::new(Reason::NoPermission, "the journal shows this account nothing of the kernel");
    let text = program(cx, "journalctl", JOURNAL, PATIENCE, MOST_BYTES as u64).await?.text;
    // No kernel starts without a word.
    if text.is_empty() {
        return Err(denied());
    }
    Ok(String::from_utf8_lossy(&text).lines().map(str::to_owned).collect())
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
        assert_eq!(
            messages(&cx).await.unwrap(),
            ["Linux version 6.12", "I/O error, dev sda, sector 5; more"]
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
