//! Killed at any moment: nothing that `submit` has promised is lost, nothing exists twice.
//!
//! This test binary runs itself as the victim. The victim dies with SIGKILL at a crash point it
//! counts down to, or from outside after a number of lines. Kill -9 leaves what was written to the
//! system; that all of it is synced to the disk too is not shown here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;

use befund_reference::Reference;
use rand::{Rng as _, SeedableRng as _};

use super::{STEPS_LEFT, crash_point, now, package, reference, rng, ticket};
use crate::{Desk, DeskError, Filed, LocalDesk, Outbox, Package, State, Ticket};

/// A desk that makes a new file for every filing, so that a ticket filed twice shows.
struct Ledger(PathBuf);

impl Desk for Ledger {
    fn name(&self) -> &'static str {
        "Ledger"
    }

    fn limit_bytes(&self) -> Option<u64> {
        None
    }

    fn file(&self, ticket: &Ticket, _: &Path) -> Result<Filed, DeskError> {
        fs::create_dir_all(&self.0).unwrap();
        crash_point();
        let mut n = 0;
        while fs::File::create_new(self.0.join(format!("{}.{n}", ticket.reference))).is_err() {
            n += 1;
        }
        crash_point();
        Ok(self.find(ticket.reference)?.unwrap())
    }

    fn attach(&self, _: &Ticket, _: &Path, filed: &Filed) -> Result<Filed, DeskError> {
        Ok(filed.clone())
    }

    fn find(&self, reference: Reference) -> Result<Option<Filed>, DeskError> {
        let found = self.counts().contains_key(&reference);
        Ok(found.then(|| Filed { location: reference.to_string(), number: None, package: Package::Attached }))
    }
}

impl Ledger {
    fn counts(&self) -> BTreeMap<Reference, usize> {
        let mut counts = BTreeMap::new();
        for entry in fs::read_dir(&self.0).into_iter().flatten() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            *counts.entry(name.split('.').next().unwrap().parse().unwrap()).or_default() += 1;
        }
        counts
    }
}

/// Which desk the victim files with.
#[derive(Clone, Copy)]
enum With {
    Local,
    Ledger,
}

fn desk(dir: &Path, with: With) -> Box<dyn Desk> {
    match with {
        With::Local => Box::new(LocalDesk::new(dir.join("local"))),
        With::Ledger => Box::new(Ledger(dir.join("ledger"))),
    }
}

const VICTIM: &str = "BEFUND_TEST_OUTBOX_VICTIM";

/// Submits and delivers until it is done or dead. Does nothing as a test of its own.
#[test]
fn victim() {
    let Ok(orders) = std::env::var(VICTIM) else { return };
    let orders: Vec<&str> = orders.split('|').collect();
    let [dir, with, first, count, steps] = orders[..] else { panic!("{orders:?}") };
    let with = if with == "local" { With::Local } else { With::Ledger };
    let desk = desk(Path::new(dir), with);
    let first: u64 = first.parse().unwrap();
    STEPS_LEFT.store(steps.parse().unwrap(), Ordering::Relaxed);
    let outbox = Outbox::open(&Path::new(dir).join("outbox")).unwrap();
    for n in first..first + count.parse::<u64>().unwrap() {
        println!("victim: begins {n}");
        outbox.submit(&ticket(n), &package(n), now()).unwrap();
        println!("victim: submitted {n}");
        outbox.deliver(&*desk, now(), &mut rng()).unwrap();
        println!("victim: delivered {n}");
    }
    STEPS_LEFT.store(-1, Ordering::Relaxed);
}

fn start(dir: &Path, with: With, first: u64, count: u64, steps: i64) -> Child {
    let with = if matches!(with, With::Local) { "local" } else { "ledger" };
    Command::new(std::env::current_exe().unwrap())
        .args(["tests::crash::victim", "--exact", "--nocapture", "--test-threads=1"])
        .env(VICTIM, format!("{}|{with}|{first}|{count}|{steps}", dir.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// Follows the victim to its end, killing it after `kill_after` lines. Adds what it reported as
/// submitted; says whether it was killed.
fn follow(mut child: Child, kill_after: Option<usize>, submitted: &mut BTreeSet<u64>) -> bool {
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    let mut seen = 0;
    loop {
        line.clear();
        // A line without its end was cut off by the kill, and says nothing.
        if lines.read_line(&mut line).unwrap() == 0 || !line.ends_with('\n') {
            break;
        }
        let Some((_, report)) = line.trim_end().split_once("victim: ") else { continue };
        if let Some(n) = report.strip_prefix("submitted ") {
            submitted.insert(n.parse().unwrap());
        }
        seen += 1;
        if kill_after == Some(seen) {
            child.kill().unwrap();
        }
    }
    let status = child.wait().unwrap();
    assert_ne!(status.code(), Some(101), "the victim failed on its own");
    !status.success()
}

/// Delivers what is left, as the next start of the program does, and counts.
fn recover_and_count(dir: &Path, with: With, submitted: &BTreeSet<u64>, context: &str) {
    let outbox = Outbox::open(&dir.join("outbox")).unwrap();
    assert!(outbox.notices().is_empty(), "{context}: {:?}", outbox.notices());
    let desk = desk(dir, with);
    outbox.deliver(&*desk, now(), &mut rng()).unwrap();
    let rows = outbox.list().unwrap();
    for row in &rows {
        assert_eq!(row.state, State::Done, "{context}: {row:?}");
    }
    let on_list: BTreeSet<Reference> = rows.iter().map(|row| row.reference).collect();
    for n in submitted {
        assert!(on_list.contains(&reference(*n)), "{context}: ticket {n} is lost");
    }
    let at_desk: BTreeMap<Reference, usize> = match with {
        With::Ledger => Ledger(dir.join("ledger")).counts(),
        With::Local => {
            let folder = dir.join("local");
            let names = fs::read_dir(folder).into_iter().flatten();
            let names = names.map(|e| e.unwrap().file_name().into_string().unwrap());
            names
                // The last filing may itself have been killed; the next one cleans up after it.
                .filter(|name| !name.starts_with(".befund-"))
                .map(|name| (name.parse().unwrap_or_else(|e| panic!("{context}: {name}: {e}")), 1))
                .collect()
        }
    };
    for (reference, count) in &at_desk {
        assert_eq!(*count, 1, "{context}: {reference} was filed {count} times");
        assert!(desk.find(*reference).unwrap().is_some(), "{context}: {reference} is not whole");
    }
    assert_eq!(at_desk.into_keys().collect::<BTreeSet<_>>(), on_list, "{context}");
    let left: Vec<_> = fs::read_dir(dir.join("outbox/tickets"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left.len(), on_list.len() * 2, "{context}: left over: {left:?}");
}

fn killed_at_every_step(with: With) {
    for steps in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let mut submitted = BTreeSet::new();
        let killed = follow(start(dir.path(), with, 0, 2, steps), None, &mut submitted);
        recover_and_count(dir.path(), with, &submitted, &format!("killed at step {steps}"));
        if !killed {
            assert_eq!(submitted.len(), 2);
            assert!(steps > 20, "only {steps} crash points were passed");
            return;
        }
    }
}

#[test]
fn killed_at_every_step_with_the_local_desk() {
    killed_at_every_step(With::Local);
}

#[test]
fn killed_at_every_step_with_a_desk_that_shows_doubles() {
    killed_at_every_step(With::Ledger);
}

/// Two processes share one outbox; each is killed again and again, one of them from outside.
#[test]
fn killed_at_random_moments_two_at_a_time() {
    for (with, seed) in [(With::Local, 11), (With::Ledger, 12)] {
        let dir = tempfile::tempdir().unwrap();
        let mut random = rand::rngs::StdRng::seed_from_u64(seed);
        let mut submitted = BTreeSet::new();
        let mut kills = 0;
        for run in 0..25 {
            let own = start(dir.path(), with, run * 1000, 20, random.random_range(0..300));
            let from_outside = start(dir.path(), with, run * 1000 + 500, 20, -1);
            let lines = random.random_range(1..30);
            kills += usize::from(follow(from_outside, Some(lines), &mut submitted));
            kills += usize::from(follow(own, None, &mut submitted));
        }
        assert!(kills >= 40, "only {kills} kills hit");
        assert!(submitted.len() >= 100, "only {} tickets were submitted", submitted.len());
        recover_and_count(dir.path(), with, &submitted, &format!("seed {seed}"));
    }
}
