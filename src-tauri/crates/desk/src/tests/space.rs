//! A full disk and a folder that cannot be written to. Small file systems of their own need root on
//! Linux; elsewhere these tests say that they are skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use befund_content::{Lang, Messages};
use jiff::SignedDuration;

use super::{now, package, reference, rng, submitted, ticket};
use crate::{DeskError, LocalDesk, Outbox, Outcome, State};

/// A file system of its own, gone when this is dropped.
struct Small {
    at: tempfile::TempDir,
}

impl Small {
    fn mount(kilobytes: u32) -> Option<Self> {
        let at = tempfile::tempdir().unwrap();
        let mounted = cfg!(target_os = "linux")
            && run("mount", &["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "tmpfs"], at.path());
        if !mounted {
            eprintln!("skipped: a small file system cannot be mounted here (that needs root on Linux)");
            return None;
        }
        Some(Self { at })
    }

    fn path(&self) -> &Path {
        self.at.path()
    }

    fn read_only(&self, yes: bool) {
        let option = if yes { "remount,ro" } else { "remount,rw" };
        assert!(run("mount", &["-o", option], self.path()));
    }

    /// Fills it to the last byte; [`empty`] makes room again.
    fn fill(&self) -> PathBuf {
        use std::io::Write as _;
        let path = self.path().join("filler");
        let mut file = fs::File::create(&path).unwrap();
        let full = std::iter::repeat_with(|| file.write_all(&[0; 4096])).find_map(Result::err).unwrap();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull, "{full}");
        path
    }
}

/// Makes room. Removing the file would do so only when nobody has it open any more, and a child
/// process that is just being started by another test has.
fn empty(filler: &Path) {
    fs::File::create(filler).unwrap();
}

impl Drop for Small {
    fn drop(&mut self) {
        run("umount", &["-l"], self.at.path());
    }
}

fn run(program: &str, args: &[&str], last: &Path) -> bool {
    Command::new(program).args(args).arg(last).output().is_ok_and(|o| o.status.success())
}

#[test]
fn a_full_disk_refuses_a_ticket_and_keeps_the_others() {
    let Some(disk) = Small::mount(2048) else { return };
    let dir = disk.path().join("outbox");
    let outbox = submitted(&dir, [1]);
    let filler = disk.fill();
    let error = outbox.submit(&ticket(2), &package(2), now()).unwrap_err();
    assert!(matches!(error, DeskError::DiskFull { .. }), "{error:?}");
    let said = error.problem().explain(&Messages::builtin(), Lang::De);
    assert!(said.happened.starts_with("Auf dem Datenträger ist kein Platz mehr frei: /"), "{said:?}");
    assert_eq!(outbox.list().unwrap().len(), 1);
    empty(&filler);
    drop(outbox);
    let outbox = Outbox::open(&dir).unwrap();
    assert_eq!(outbox.list().unwrap().len(), 1, "what was refused does not turn up later");
    outbox.submit(&ticket(2), &package(2), now()).unwrap();
    assert_eq!(outbox.list().unwrap().len(), 2);
}

/// The disk gets full at each point of a submit in turn.
#[test]
fn a_disk_that_gets_full_in_the_middle_leaves_all_or_nothing() {
    let mut refused = 0;
    let mut taken = 0;
    for room in (0..200_u64).step_by(4) {
        let Some(disk) = Small::mount(1024) else { return };
        let dir = disk.path().join("outbox");
        let outbox = submitted(&dir, [1]);
        let filler = disk.fill();
        // Makes exactly that much room again.
        let size = fs::metadata(&filler).unwrap().len();
        fs::OpenOptions::new().write(true).open(&filler).unwrap().set_len(size - room * 1024).unwrap();
        let submitted = outbox.submit(&ticket(2), &package(2), now());
        empty(&filler);
        drop(outbox);
        let outbox = Outbox::open(&dir).unwrap();
        assert!(outbox.notices().is_empty());
        let known = outbox.get(reference(2)).unwrap().is_some();
        match submitted {
            Ok(()) => {
                taken += 1;
                assert!(known, "{room} kB: lost");
            }
            Err(error) => {
                refused += 1;
                assert!(matches!(error, DeskError::DiskFull { .. }), "{room} kB: {error:?}");
                assert!(!known, "{room} kB: refused, and there all the same");
            }
        }
    }
    assert!(refused > 10 && taken > 3, "{refused} refused, {taken} taken");
}

#[test]
fn a_full_desk_folder_keeps_the_ticket_in_the_queue() {
    let Some(disk) = Small::mount(256) else { return };
    let dir = tempfile::tempdir().unwrap();
    let outbox = submitted(dir.path(), [1]);
    let desk = LocalDesk::new(disk.path().join("tickets"));
    let filler = disk.fill();
    let Outcome::Later { at, problem } = outbox.deliver(&desk, now(), &mut rng()).unwrap().remove(0).outcome
    else {
        panic!("not to be tried again")
    };
    assert_eq!(problem.code, "disk-full");
    assert_eq!(outbox.get(reference(1)).unwrap().unwrap().state, State::Queued);
    empty(&filler);
    outbox.deliver(&desk, at, &mut rng()).unwrap();
    assert_eq!(outbox.get(reference(1)).unwrap().unwrap().state, State::Done);
    assert!(crate::Desk::find(&desk, reference(1)).unwrap().is_some());
    let names: Vec<_> = fs::read_dir(desk.folder()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "the ticket and the lock, no left-overs: {names:?}");
}

#[test]
fn a_read_only_desk_folder_asks_for_a_person_and_keeps_the_ticket() {
    let Some(disk) = Small::mount(1024) else { return };
    let dir = tempfile::tempdir().unwrap();
    let outbox = submitted(dir.path(), [1]);
    let desk = LocalDesk::new(disk.path().join("tickets"));
    disk.read_only(true);
    outbox.deliver(&desk, now(), &mut rng()).unwrap();
    let row = outbox.get(reference(1)).unwrap().unwrap();
    assert_eq!(row.state, State::NeedsAttention);
    assert_eq!(row.state_detail.unwrap().code, "not-writable");
    disk.read_only(false);
    outbox.try_again(reference(1), now()).unwrap();
    outbox.deliver(&desk, now() + SignedDuration::from_mins(1), &mut rng()).unwrap();
    assert_eq!(outbox.get(reference(1)).unwrap().unwrap().state, State::Done);
}

#[test]
fn a_read_only_data_folder_is_a_clear_error() {
    let Some(disk) = Small::mount(1024) else { return };
    let dir = disk.path().join("outbox");
    // Linux makes a file system read-only only while nobody writes to it: so it is closed before.
    drop(submitted(&dir, [1]));
    disk.read_only(true);
    let error = Outbox::open(&dir).err().unwrap();
    assert!(matches!(error, DeskError::NotWritable { .. }), "{error:?}");
    assert!(error.to_string().contains("choose another folder"), "{error}");
    disk.read_only(false);
    assert_eq!(Outbox::open(&dir).unwrap().list().unwrap().len(), 1);
}
