//! The outbox against a desk that misbehaves, and against other processes.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Barrier;

use befund_content::{Lang, Messages};
use jiff::SignedDuration;
use rusqlite::Connection;

use super::fake::{FakeDesk, Fault};
use super::{now, package, reference, rng, submitted, ticket};
use crate::{DeskError, Notice, Outbox, Outcome, PackageRef, State};

fn state(outbox: &Outbox, n: u64) -> State {
    outbox.get(reference(n)).unwrap().unwrap().state
}

/// One ticket with its package each, and no more.
fn once(numbers: impl IntoIterator<Item = u64>) -> BTreeMap<befund_reference::Reference, Vec<bool>> {
    numbers.into_iter().map(|n| (reference(n), vec![true])).collect()
}

#[test]
fn a_submitted_ticket_survives_and_is_delivered_once() {
    let dir = tempfile::tempdir().unwrap();
    drop(submitted(dir.path(), [1, 2]));
    let outbox = Outbox::open(dir.path()).unwrap();
    let rows = outbox.list().unwrap();
    assert_eq!(rows.iter().map(|r| r.reference).collect::<Vec<_>>(), [reference(2), reference(1)]);
    assert_eq!(rows[1].state, State::Queued);
    assert_eq!(rows[1].subject, "Das Internet geht nicht");
    assert_eq!(fs::read(&rows[1].package_path).unwrap(), package(1));
    assert_eq!(outbox.ticket(reference(1)).unwrap().unwrap(), ticket(1));

    let desk = FakeDesk::default();
    let delivered = outbox.deliver(&desk, now(), &mut rng()).unwrap();
    assert_eq!(delivered.iter().map(|d| d.reference).collect::<Vec<_>>(), [reference(1), reference(2)]);
    assert!(outbox.deliver(&desk, now(), &mut rng()).unwrap().is_empty());
    assert_eq!(desk.tickets(), once([1, 2]));
    assert_eq!(desk.calls(), ["file", "file"], "a first attempt needs no look-up");
    let row = outbox.get(reference(1)).unwrap().unwrap();
    assert_eq!((row.state, row.number.as_deref()), (State::Done, Some("4711")));
    assert_eq!(row.location.unwrap(), format!("https://desk.example/{}", reference(1)));
}

#[test]
fn submitting_again_changes_nothing_and_other_content_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = submitted(dir.path(), [1]);
    let later = now() + SignedDuration::from_mins(5);
    let again = crate::Ticket { created_at: later, ..ticket(1) };
    outbox.submit(&again, &package(1), later).unwrap();
    assert_eq!(outbox.list().unwrap().len(), 1);
    assert_eq!(outbox.ticket(reference(1)).unwrap().unwrap().created_at, now());

    let mut other = ticket(1);
    other.description.words = "Etwas ganz anderes".into();
    let error = outbox.submit(&other, &package(1), now()).unwrap_err();
    assert!(matches!(error, DeskError::Conflict { .. }), "{error}");
    assert_eq!(outbox.ticket(reference(1)).unwrap().unwrap(), ticket(1));

    // The same also after it was filed.
    outbox.deliver(&FakeDesk::default(), now(), &mut rng()).unwrap();
    outbox.submit(&ticket(1), &package(1), now()).unwrap();
    assert_eq!(state(&outbox, 1), State::Done);
}

#[test]
fn a_package_that_the_ticket_does_not_name_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let error = outbox.submit(&ticket(1), &package(2), now()).unwrap_err();
    assert!(matches!(error, DeskError::WrongPackage { .. }), "{error}");
    assert!(outbox.list().unwrap().is_empty());

    let mut ticket = ticket(1);
    ticket.package.file_name = "../../evil.zip".into();
    assert!(outbox.submit(&ticket, &package(1), now()).is_err());
}

#[test]
fn a_lost_answer_is_looked_up_before_anything_is_repeated() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = submitted(dir.path(), [1]);
    let desk = FakeDesk::default().file_faults([Fault::AnswerLost]).find_faults([Fault::Before]);
    let mut at = now();
    for _ in 0..3 {
        outbox.deliver(&desk, at, &mut rng()).unwrap();
        at += SignedDuration::from_hours(2);
    }
    // Filed; the look-up failed once, and nothing was repeated for that; then it was found.
    assert_eq!(desk.calls(), ["file", "find", "find"]);
    assert_eq!(desk.tickets(), once([1]));
    assert_eq!(state(&outbox, 1), State::Done);
}

#[test]
fn a_desk_that_was_not_reached_is_tried_again_later_and_later() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = submitted(dir.path(), [1]);
    let desk = FakeDesk::default().file_faults([Fault::Before; 3]);
    let mut at = now();
    let mut waits = Vec::new();
    for _ in 0..3 {
        let Outcome::Later { at: next, problem } =
            outbox.deliver(&desk, at, &mut rng()).unwrap().remove(0).outcome
        else {
            panic!("not to be tried again")
        };
        assert_eq!(problem.code, "unavailable");
        let row = outbox.get(reference(1)).unwrap().unwrap();
        assert_eq!((row.state, row.next_attempt_at), (State::Queued, Some(next)));
        assert_eq!(row.state_detail, Some(problem));
        assert!(outbox.deliver(&desk, at, &mut rng()).unwrap().is_empty(), "not before its time");
        waits.push(next.duration_since(at));
        at = next;
    }
    let doubled = |a: SignedDuration, b: SignedDuration| (b - a * 2).abs() < SignedDuration::from_millis(5);
    assert!(doubled(waits[0], waits[1]) && doubled(waits[1], waits[2]), "{waits:?}");
    outbox.deliver(&desk, at, &mut rng()).unwrap();
    assert_eq!(desk.calls(), ["file"; 4], "an attempt that certainly failed needs no look-up");
    let row = outbox.get(reference(1)).unwrap().unwrap();
    assert_eq!((row.state, row.state_detail), (State::Done, None));
}

#[test]
fn the_network_is_back_or_the_clock_was_wrong_and_nothing_waits() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = submitted(dir.path(), [1]);
    let hour = SignedDuration::from_hours(1);
    let desk = FakeDesk::default().file_faults([Fault::TryLater(hour), Fault::TryLater(hour)]);
    outbox.deliver(&desk, now(), &mut rng()).unwrap();
    assert!(outbox.deliver(&desk, now(), &mut rng()).unwrap().is_empty());
    outbox.hurry().unwrap();
    assert_eq!(outbox.deliver(&desk, now(), &mut rng()).unwrap().len(), 1);
    // The clock was years ahead when the next attempt was set.
    let years_ago = now() - SignedDuration::from_hours(24 * 1000);
    assert_eq!(outbox.deliver(&desk, years_ago, &mut rng()).unwrap().len(), 1);
    assert_eq!(desk.tickets(), once([1]));
}

#[test]
fn a_refused_ticket_waits_for_a_person() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = submitted(dir.path(), [1, 2]);
    let desk = FakeDesk::default().file_faults([Fault::Refused]);
    outbox.deliver(&desk, now(), &mut rng()).unwrap();
    let row = outbox.get(reference(1)).unwrap().unwrap();
    assert_eq!(row.state, State::NeedsAttention);
    let said = row.state_detail.unwrap().explain(&Messages::builtin(), Lang::De);
    assert_eq!(said.happened, "Fake hat das Ticket abgelehnt: no such queue");
    assert_eq!(state(&outbox, 2), State::Done, "the others go on");
    let year = now() + SignedDuration::from_hours(24 * 365);
    assert!(outbox.deliver(&desk, year, &mut rng()).unwrap().is_empty());

    outbox.try_again(reference(1), year).unwrap();
    outbox.deliver(&desk, year, &mut rng()).unwrap();
    assert_eq!(desk.tickets(), once([1, 2]));
    assert!(matches!(outbox.try_again(reference(9), year), Err(DeskError::Unknown { .. })));
}

#[test]
fn a_ticket_without_its_package_only_gets_the_package() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = submitted(dir.path(), [1]);
    let desk = FakeDesk::default()
        .file_faults([Fault::OnlyTicket])
        .attach_faults([Fault::Before, Fault::AnswerLost]);
    outbox.deliver(&desk, now(), &mut rng()).unwrap();
    assert_eq!(state(&outbox, 1), State::Created);
    let later = now() + SignedDuration::from_hours(2);
    outbox.deliver(&desk, later, &mut rng()).unwrap();
    outbox.deliver(&desk, later + SignedDuration::from_hours(2), &mut rng()).unwrap();
    assert_eq!(desk.calls(), ["file", "attach", "attach", "find"]);
    assert_eq!(desk.tickets(), once([1]));
    assert_eq!(desk.attachments(), 1);
    assert_eq!(state(&outbox, 1), State::Done);
}

#[test]
fn a_package_over_the_limit_or_damaged_is_never_sent() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = submitted(dir.path(), [1, 2]);
    fs::write(outbox.package_path(reference(2)), "changed").unwrap();
    let mut desk = FakeDesk::default();
    desk.limit = Some(package(1).len() as u64 - 1);
    outbox.deliver(&desk, now(), &mut rng()).unwrap();
    let detail = outbox.get(reference(1)).unwrap().unwrap().state_detail.unwrap();
    assert_eq!(detail.code, "too-large");
    let said = detail.explain(&Messages::builtin(), Lang::En).happened;
    assert_eq!(said, "The package is 40.0\u{a0}kB large. Fake takes at most 40.0\u{a0}kB.");
    outbox.deliver(&FakeDesk::default(), now(), &mut rng()).unwrap();
    outbox.try_again(reference(2), now()).unwrap();
    let roomy = FakeDesk::default();
    outbox.deliver(&roomy, now(), &mut rng()).unwrap();
    assert_eq!(outbox.get(reference(2)).unwrap().unwrap().state_detail.unwrap().code, "package-damaged");
    assert!(roomy.tickets().is_empty() && desk.tickets().is_empty());
}

#[test]
fn two_deliverers_at_once_double_nothing() {
    let dir = tempfile::tempdir().unwrap();
    drop(submitted(dir.path(), 0..30));
    let desk = FakeDesk::default();
    let start = Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let outbox = Outbox::open(dir.path()).unwrap();
                start.wait();
                outbox.deliver(&desk, now(), &mut rng()).unwrap();
            });
        }
    });
    let outbox = Outbox::open(dir.path()).unwrap();
    outbox.deliver(&desk, now(), &mut rng()).unwrap();
    assert_eq!(desk.tickets(), once(0..30));
    assert_eq!(desk.calls().len(), 30, "{:?}", desk.calls());
    assert!(outbox.list().unwrap().iter().all(|row| row.state == State::Done));
}

/// The window and the terminal, for the first time: making the list takes it for oneself for a moment, and so
/// does closing it as the last one.
#[test]
fn whoever_opens_the_list_at_the_same_time_waits_for_the_other() {
    for round in 0..40 {
        let dir = tempfile::tempdir().unwrap();
        let start = Barrier::new(6);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    start.wait();
                    for _ in 0..3 {
                        Outbox::open(dir.path()).unwrap_or_else(|e| panic!("round {round}: {e}"));
                    }
                });
            }
        });
    }
}

#[test]
fn what_another_process_works_on_is_left_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = submitted(dir.path(), [1]);
    let lock = fs::File::open(dir.path().join(format!("locks/{}.lock", reference(1)))).unwrap();
    lock.lock().unwrap();
    let desk = FakeDesk::default();
    assert!(outbox.deliver(&desk, now(), &mut rng()).unwrap().is_empty());
    // Not only dropped: a victim that is just being started elsewhere may have a copy.
    lock.unlock().unwrap();
    assert_eq!(outbox.deliver(&desk, now(), &mut rng()).unwrap().len(), 1);
}

#[test]
fn a_row_left_sending_by_a_crash_is_looked_up_first() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = submitted(dir.path(), [1, 2]);
    let desk = FakeDesk::default();
    crate::Desk::file(&desk, &ticket(1), &outbox.package_path(reference(1))).unwrap();
    Connection::open(dir.path().join("outbox.sqlite"))
        .unwrap()
        .execute("UPDATE outbox SET state = 'sending', find_first = 1", [])
        .unwrap();
    outbox.deliver(&desk, now(), &mut rng()).unwrap();
    assert_eq!(desk.calls(), ["file", "find", "find", "file"]);
    assert_eq!(desk.tickets(), once([1, 2]));
}

#[test]
fn a_newer_list_is_left_exactly_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    drop(submitted(dir.path(), [1]));
    let path = dir.path().join("outbox.sqlite");
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    connection.pragma_update(None, "journal_mode", "delete").unwrap();
    drop(connection);
    let before = fs::read(&path).unwrap();
    let error = Outbox::open(dir.path()).err().unwrap();
    assert!(matches!(error, DeskError::Newer { found: 99, known: 1, .. }), "{error}");
    assert!(error.to_string().contains("nothing was changed"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
    assert!(!dir.path().join("outbox.sqlite-wal").exists());
}

#[test]
fn a_damaged_list_is_kept_aside_and_made_anew_without_doubling() {
    for damage in [b"this is no database, and long enough to be read as one".repeat(40), Vec::new()] {
        let dir = tempfile::tempdir().unwrap();
        let outbox = submitted(dir.path(), [1, 2]);
        let desk = FakeDesk::default().file_faults([Fault::None, Fault::Before]);
        outbox.deliver(&desk, now(), &mut rng()).unwrap();
        drop(outbox);
        let path = dir.path().join("outbox.sqlite");
        let damaged = if damage.is_empty() {
            // The first page is whole, the tables are not.
            let mut bytes = fs::read(&path).unwrap();
            bytes[4096..].fill(0xa5);
            bytes
        } else {
            damage
        };
        fs::write(&path, &damaged).unwrap();

        let outbox = Outbox::open(dir.path()).unwrap();
        let [Notice::Rebuilt { moved_to, tickets: 2 }] = outbox.notices() else {
            panic!("{:?}", outbox.notices())
        };
        assert_eq!(fs::read(moved_to).unwrap(), damaged, "never deleted");
        outbox.deliver(&desk, now(), &mut rng()).unwrap();
        assert_eq!(desk.tickets(), once([1, 2]));
        drop(outbox);
        assert!(Outbox::open(dir.path()).unwrap().notices().is_empty(), "said once");
    }
}

#[test]
fn a_damaged_list_in_use_is_not_moved_away_under_the_other_process() {
    let dir = tempfile::tempdir().unwrap();
    let other = submitted(dir.path(), [1]);
    // What is still in the write-ahead log would hide the damage.
    Connection::open(dir.path().join("outbox.sqlite"))
        .unwrap()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    fs::write(dir.path().join("outbox.sqlite"), "no database ".repeat(1000)).unwrap();
    let error = Outbox::open(dir.path()).err().unwrap();
    assert!(matches!(error, DeskError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("close every Befund"), "{error}");
    drop(other);
    assert_eq!(Outbox::open(dir.path()).unwrap().notices().len(), 1);
}

#[test]
fn half_a_ticket_of_an_interrupted_submit_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    drop(submitted(dir.path(), [1]));
    let tickets = dir.path().join("tickets");
    fs::write(tickets.join(PackageRef::name_for(reference(2))), "half").unwrap();
    fs::write(tickets.join(format!("{}.json.part", reference(3))), "half").unwrap();
    fs::write(tickets.join("notes.txt"), "not ours").unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    assert_eq!(outbox.list().unwrap().len(), 1);
    let mut names: Vec<_> =
        fs::read_dir(&tickets).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let mut expected =
        [format!("{}.json", reference(1)), PackageRef::name_for(reference(1)), "notes.txt".into()];
    expected.sort();
    assert_eq!(names, expected);
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("data/outbox");
    let outbox = submitted(&dir, [1]);
    let mut seen = 0;
    let mut folders = vec![root.path().join("data")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
            seen += 1;
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    assert!(seen >= 7, "{seen}");
    drop(outbox);
}

#[test]
fn every_state_has_words() {
    let messages = Messages::builtin();
    for state in
        [State::Queued, State::Sending, State::Created, State::Attached, State::Done, State::NeedsAttention]
    {
        for lang in Lang::ALL {
            assert!(!state.words(&messages, lang).starts_with("desk-"), "{state:?} {lang}");
        }
    }
}

/// A desk so slow that another deliverer comes along while it files.
struct Slow<'a> {
    desk: &'a FakeDesk,
    other: &'a Outbox,
    seen: std::sync::Mutex<Vec<usize>>,
}

impl crate::Desk for Slow<'_> {
    fn name(&self) -> &'static str {
        "Slow"
    }

    fn limit_bytes(&self) -> Option<u64> {
        None
    }

    fn file(&self, ticket: &crate::Ticket, package: &std::path::Path) -> Result<crate::Filed, DeskError> {
        let meanwhile = self.other.deliver(self.desk, now(), &mut rng()).unwrap();
        self.seen.lock().unwrap().push(meanwhile.len());
        self.desk.file(ticket, package)
    }

    fn attach(
        &self,
        ticket: &crate::Ticket,
        package: &std::path::Path,
        filed: &crate::Filed,
    ) -> Result<crate::Filed, DeskError> {
        self.desk.attach(ticket, package, filed)
    }

    fn find(&self, reference: befund_reference::Reference) -> Result<Option<crate::Filed>, DeskError> {
        self.desk.find(reference)
    }
}

#[test]
fn a_second_deliverer_while_one_is_filing_takes_only_what_is_free() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = submitted(dir.path(), [1, 2, 3]);
    let other = Outbox::open(dir.path()).unwrap();
    let desk = FakeDesk::default();
    let slow = Slow { desk: &desk, other: &other, seen: std::sync::Mutex::default() };
    let delivered = outbox.deliver(&slow, now(), &mut rng()).unwrap();
    assert_eq!(delivered.len(), 1, "what the other one finished is not done again");
    assert_eq!(*slow.seen.lock().unwrap(), [2]);
    assert_eq!(desk.tickets(), once([1, 2, 3]));
    assert_eq!(desk.calls(), ["file"; 3]);
}
