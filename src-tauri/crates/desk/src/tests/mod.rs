//! The promises of tickets, desks and the outbox, as those who rely on them see them.

mod crash;
mod fake;
mod local;
mod outbox;
mod space;
mod text;

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use befund_content::Lang;
use befund_reference::Reference;
use jiff::Timestamp;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::{Contact, Description, Kind, Outbox, PackageRef, Preferred, Priority, Ticket};

/// Steps until the process ends itself at a crash point; negative: never.
static STEPS_LEFT: AtomicI64 = AtomicI64::new(-1);

/// Ends the process with SIGKILL when its time has come: nothing is flushed, unlocked or dropped.
pub(crate) fn crash_point() {
    let left = STEPS_LEFT.load(Ordering::Relaxed);
    if left > 0 {
        STEPS_LEFT.store(left - 1, Ordering::Relaxed);
    } else if left == 0 {
        kill_self();
    }
}

#[cfg(unix)]
fn kill_self() -> ! {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort()
}

#[cfg(not(unix))]
fn kill_self() -> ! {
    std::process::abort()
}

fn rng() -> StdRng {
    StdRng::seed_from_u64(2)
}

fn now() -> Timestamp {
    "2026-03-09T14:07:00Z".parse().unwrap()
}

fn reference(n: u64) -> Reference {
    Reference::random(&mut StdRng::seed_from_u64(n))
}

fn package(n: u64) -> Vec<u8> {
    format!("package {n} ").repeat(4000).into_bytes()
}

fn ticket(n: u64) -> Ticket {
    let reference = reference(n);
    Ticket {
        reference,
        kind: Kind::Incident,
        category: "network".into(),
        priority: Priority::High,
        subject: "Das Internet geht nicht".into(),
        description: Description {
            words: "Seit heute früh lädt keine Seite mehr.\nDas Telefon geht noch.".into(),
            finding: Some("Ihr Router antwortet nicht.".into()),
            tried: vec!["Router neu gestartet: hat nicht geholfen".into()],
        },
        contact: Contact::from_fields("Jana Beispiel", " 0123 456789 ", "", Some(Preferred::Phone)),
        package: PackageRef::of(reference, &package(n)),
        created_at: now(),
        lang: Lang::De,
        level: Some("first".into()),
    }
}

fn submitted(dir: &Path, numbers: impl IntoIterator<Item = u64>) -> Outbox {
    let outbox = Outbox::open(dir).unwrap();
    for n in numbers {
        outbox.submit(&ticket(n), &package(n), now()).unwrap();
    }
    outbox
}
