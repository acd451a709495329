//! Linux: CUPS, and the printers that its queues name.

use std::collections::HashMap;

use super::cups::{self, Attributes};
use super::{
    DriverKind, JobState, NetworkPrinter, PrintJob, PrintQueue, Printers, QueueState, Supply, announced,
    device,
};
use crate::sound::ServerState;
use crate::{Absence, Context, Reading, Reason, net};

const MOST_QUEUES: usize = 64;
const MOST_JOBS: usize = 50;
const MOST_REASONS: usize = 16;
/// Bit of `printer-type` for a class of printers: a queue without a device of its own.
const CLASS: i32 = 0x1;

pub(super) async fn measure(cx: Context) -> Reading<Printers> {
    let ((mut printers, names), network) = tokio::join!(of_cups(&cx), announced::announced(&cx));
    if let Reading::Value(queues) = &mut printers.queues {
        for queue in queues {
            if let Some(name) = names.get(&queue.name) {
                let is_announced = is_announced(name, &network);
                if let Err(absent) = &is_announced {
                    // There is no other way to find out.
                    queue.reachable = absent.clone().into();
                }
                queue.announced = is_announced.into();
            }
        }
    }
    printers.network_printers = network.into();
    Reading::Value(printers)
}

fn is_announced(name: &str, network: &Result<Vec<NetworkPrinter>, Absence>) -> Result<bool, Absence> {
    let network = network.as_ref().map_err(Clone::clone)?;
    Ok(network.iter().any(|printer| printer.name == name))
}

/// What CUPS says, and the announced names of those queues that know their printer by one.
async fn of_cups(cx: &Context) -> (Printers, HashMap<String, String>) {
    let server = match cups::find(cx) {
        Ok(server) => server,
        Err((state, absent)) => return (none(cx, state, &absent), HashMap::new()),
    };
    let listed = match server.queues().await {
        Ok(listed) => listed,
        Err((state, absent)) => return (none(cx, state, &absent), HashMap::new()),
    };
    // What waits is worth having even where the other question fails.
    let (jobs, default) = tokio::join!(server.jobs(), server.default_queue());
    let default = default.map_err(|(_, absent)| absent);
    let now = jiff::Timestamp::now().as_second();
    let mut queues: Vec<(PrintQueue, String)> = (listed.iter().take(MOST_QUEUES))
        .filter(|a| a.number("printer-type").unwrap_or(0) & CLASS == 0)
        .map(|a| (queue(a, now), a.text("device-uri").unwrap_or_default().to_owned()))
        .collect();
    for (queue, _) in &mut queues {
        queue.is_default = default.as_ref().is_ok_and(|name| *name == queue.name);
        queue.jobs = match &jobs {
            Ok(jobs) => Reading::Value(
                (jobs.iter())
                    .filter(|j| queue_of(j).is_some_and(|name| name == queue.name))
                    .take(MOST_JOBS)
                    .map(|j| job(j, now))
                    .collect(),
            ),
            Err((_, absent)) => absent.clone().into(),
        };
    }
    let names = (queues.iter())
        .filter_map(|(queue, uri)| Some((queue.name.clone(), device::announced_as(uri)?)))
        .collect();
    let queues = device::reach(cx, queues).await;
    let printers = Printers {
        state: ServerState::Running,
        has_queues: !queues.is_empty(),
        queues: Reading::Value(queues),
        default_queue: default.into(),
        network_printers: not_asked().into(),
    };
    (printers, names)
}

fn not_asked() -> Absence {
    Absence::new(Reason::NothingToMeasure, "not asked yet")
}

/// The file is for CUPS alone, but that it is there can be seen.
fn has_queues(cx: &Context) -> bool {
    std::fs::metadata(cx.path("/etc/cups/printers.conf")).is_ok_and(|file| file.len() > 0)
}

fn none(cx: &Context, state: ServerState, absent: &Absence) -> Printers {
    Printers {
        state,
        has_queues: has_queues(cx),
        queues: absent.clone().into(),
        default_queue: absent.clone().into(),
        network_printers: not_asked().into(),
    }
}

fn queue(a: &Attributes, now: i64) -> PrintQueue {
    let model = a.text("printer-make-and-model").unwrap_or_default();
    let reasons = reasons(a, "printer-state-reasons");
    let (method, host) = device::of(a.text("device-uri").unwrap_or_default());
    PrintQueue {
        name: net::tame(a.text("printer-name").unwrap_or_default(), 127),
        is_default: false,
        state: match a.number("printer-state") {
            Some(3) => QueueState::Idle,
            Some(4) => QueueState::Processing,
            Some(5) => QueueState::Stopped,
            _ => QueueState::Unknown,
        },
        state_age_seconds: age(a.number("printer-state-change-time"), now),
        reasons,
        message: net::tame(a.text("printer-state-message").unwrap_or_default(), 200),
        accepting: a.flag("printer-is-accepting-jobs").unwrap_or(true),
        model: net::tame(model, 127),
        driver_kind: driver(model),
        method,
        host: host
            .map(|target| target.host)
            .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "the queue names no host"))
            .into(),
        reachable: Reading::absent(Reason::NothingToMeasure, "the queue names no host"),
        announced: Reading::absent(Reason::NothingToMeasure, "the queue names no announced printer"),
        supplies: supplies(a),
        jobs: not_asked().into(),
    }
}

fn driver(model: &str) -> DriverKind {
    // The words that CUPS puts there itself.
    if model.is_empty() {
        DriverKind::Unknown
    } else if model.contains("Local Raw Printer") || model.contains("Remote Printer") {
        DriverKind::Raw
    } else if model.contains("IPP Everywhere") || model.to_lowercase().contains("driverless") {
        DriverKind::Driverless
    } else {
        DriverKind::Driver
    }
}

fn reasons(a: &Attributes, name: &str) -> Vec<String> {
    let honest =
        |r: &&str| *r != "none" && r.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    a.texts(name).into_iter().filter(honest).take(MOST_REASONS).map(ToOwned::to_owned).collect()
}

fn age(at: Option<i32>, now: i64) -> Reading<u64> {
    match at.map(|at| now - i64::from(at)) {
        // A clock that was set back makes ages out of nothing.
        Some(age) if age >= 0 => Reading::Value(age.unsigned_abs()),
        Some(_) => Reading::absent(Reason::Failed, "the time lies in the future"),
        None => Reading::absent(Reason::NotSupported, "CUPS gives no time"),
    }
}

fn supplies(a: &Attributes) -> Vec<Supply> {
    let levels = a.numbers("marker-levels");
    (a.texts("marker-names").into_iter().zip(levels))
        .take(MOST_REASONS)
        .map(|(name, level)| Supply {
            name: net::tame(name, 60),
            level_percent: u32::try_from(level).ok().filter(|l| *l <= 100).map_or_else(
                // -1 to -3 say that it is not known, or that there is some.
                || Reading::absent(Reason::NotSupported, "the printer does not know"),
                Reading::Value,
            ),
        })
        .collect()
}

/// The last part of `ipp://localhost/printers/NAME`.
fn queue_of(job: &Attributes) -> Option<&str> {
    job.text("job-printer-uri")?.rsplit('/').next()
}

fn job(a: &Attributes, now: i64) -> PrintJob {
    PrintJob {
        number: a.number("job-id").and_then(|id| u32::try_from(id).ok()).unwrap_or_default(),
        state: match a.number("job-state") {
            Some(3) => JobState::Pending,
            Some(4) => JobState::Held,
            Some(5) => JobState::Processing,
            Some(6) => JobState::Stopped,
            _ => JobState::Unknown,
        },
        age_seconds: age(a.number("time-at-creation"), now),
        reasons: reasons(a, "job-state-reasons"),
    }
}
