//! One look at all processes, and what two looks say.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::Read;
use std::time::Instant;

use procfs_core::FromRead;
use procfs_core::process::{Io, Stat};

use super::{HaltedProgram, Program, ZombieParent};
use crate::net::tame;
use crate::source::unread;
use crate::{Absence, Context, Reading, Reason};

/// More than any computer of a person runs; servers of many containers can have more.
const MOST_PROCESSES: usize = 20_000;

/// A line of `stat` has some 50 numbers and a short name.
const MOST_BYTES: u64 = 8 << 10;

/// `PF_KTHREAD` of the kernel's `linux/sched.h`.
const KERNEL_THREAD: u32 = 0x0020_0000;

/// A process as long as it lives: numbers are used again.
pub(super) type Id = (i32, u64);

/// What one look saw of one process.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) state: char,
    pub(super) is_kernel: bool,
    in_terminal: bool,
    parent: i32,
    /// Ticks since start, in the program and in the kernel for it.
    ticks: u64,
    memory_bytes: u64,
    /// Bytes read from and written to disks.
    disk: Result<u64, Absence>,
}

/// One look.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) at: Instant,
    pub(super) seen: HashMap<Id, Seen>,
}

fn bounded<T: FromRead>(cx: &Context, path: &str) -> Result<T, Absence> {
    let file = File::open(cx.path(path)).map_err(|e| unread(path, e))?;
    T::from_read(file.take(MOST_BYTES)).map_err(|e| match e {
        procfs_core::ProcError::PermissionDenied(_) => {
            Absence::new(Reason::NoPermission, format!("read {path}: not allowed"))
        }
        // procfs-core keeps the number of what went wrong in its text.
        other => Absence::new(Reason::Failed, tame(&format!("read {path}: {other}"), 200)),
    })
}

/// Looks at all processes; Befund itself is left out.
pub(super) fn look(cx: &Context) -> Result<Look, Absence> {
    let at = Instant::now();
    let folder = std::fs::read_dir(cx.path("/proc")).map_err(|e| unread("/proc", e))?;
    let page = rustix::param::page_size() as u64;
    let own = i32::try_from(std::process::id()).unwrap_or(-1);
    let numbers = folder.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    let mut seen = HashMap::new();
    for pid in numbers.take(MOST_PROCESSES).filter(|pid| !(cx.is_live() && *pid == own)) {
        // One can end between listing and reading.
        let Ok(stat) = bounded::<Stat>(cx, &format!("/proc/{pid}/stat")) else { continue };
        let is_kernel = stat.flags & KERNEL_THREAD != 0;
        let disk = if is_kernel {
            Err(Absence::new(Reason::NothingToMeasure, "a part of the kernel works for others"))
        } else {
            bounded::<Io>(cx, &format!("/proc/{pid}/io"))
                .map(|io| io.read_bytes.saturating_add(io.write_bytes))
        };
        let found = Seen {
            name: name(&stat.comm, is_kernel),
            state: stat.state,
            is_kernel,
            in_terminal: stat.tty_nr != 0,
            parent: stat.ppid,
            ticks: stat.utime.saturating_add(stat.stime),
            memory_bytes: stat.rss.saturating_mul(page),
            disk,
        };
        seen.insert((pid, stat.starttime), found);
    }
    if seen.is_empty() {
        return Err(Absence::new(Reason::NotSupported, "/proc lists no processes"));
    }
    Ok(Look { at, seen })
}

/// A name as a fact may hold it. The kernel numbers its own (`kworker/0:1`), and they are one.
fn name(comm: &str, is_kernel: bool) -> String {
    let word = if is_kernel { comm.split('/').next().unwrap_or(comm) } else { comm };
    // A program can call itself anything, and a path would say more than a name.
    tame(word.rsplit('/').next().unwrap_or(word), 60)
}

/// What a program has so far, while its processes are added up.
#[derive(Default)]
struct Sum {
    processes: u32,
    ticks: u64,
    memory_bytes: u64,
    disk: Option<Result<u64, Absence>>,
    /// The ticks of its busiest process, and when that began, in ticks since the computer's start.
    busiest: (u64, u64, u64),
}

/// Adds up by name what happened since the first look. Without a second one, what is there.
pub(super) fn programs(first: &Look, second: Option<&Look>, up_seconds: Option<f64>) -> Vec<Program> {
    let per_second = rustix::param::clock_ticks_per_second().max(1) as f64;
    let seconds = second.map(|s| s.at.duration_since(first.at).as_secs_f64()).filter(|s| *s > 0.0);
    let mut sums: BTreeMap<(String, bool), Sum> = BTreeMap::new();
    for ((pid, started), now) in &second.unwrap_or(first).seen {
        let then = first.seen.get(&(*pid, *started));
        let sum = sums.entry((now.name.clone(), now.is_kernel)).or_default();
        sum.processes += 1;
        // One that began in between did all its work since.
        let since = now.ticks.saturating_sub(then.map_or(0, |t| t.ticks));
        sum.ticks = sum.ticks.saturating_add(since);
        sum.memory_bytes = sum.memory_bytes.saturating_add(now.memory_bytes);
        sum.busiest = sum.busiest.max((since, now.ticks, *started));
        let before = then.map_or(Ok(0), |t| t.disk.clone());
        let moved = now.disk.clone().and_then(|now| Ok(now.saturating_sub(before?)));
        sum.disk = Some(match (sum.disk.take(), moved) {
            (None, moved) => moved,
            (Some(Ok(a)), Ok(b)) => Ok(a.saturating_add(b)),
            // What one of its processes does not tell is missing in all.
            (Some(Err(absent)), _) | (Some(Ok(_)), Err(absent)) => Err(absent),
        });
    }
    let once = || Absence::new(Reason::NothingToMeasure, "one look says nothing of the time between two");
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    sums.into_iter()
        .map(|((name, is_kernel), sum)| Program {
            name,
            is_kernel,
            process_count: sum.processes,
            cpu_percent: seconds
                .map(|s| tenth(sum.ticks as f64 * 100.0 / per_second / s))
                .ok_or_else(once)
                .into(),
            cpu_seconds: Reading::Value(tenth(sum.busiest.1 as f64 / per_second)),
            running_seconds: up_seconds
                .map(|up| (up - sum.busiest.2 as f64 / per_second).max(0.0) as u64)
                .ok_or_else(|| Absence::new(Reason::NotSupported, "the time since start is not known"))
                .into(),
            memory_bytes: sum.memory_bytes,
            disk_bytes_per_second: match (seconds, sum.disk) {
                (Some(s), Some(Ok(bytes))) => Reading::Value((bytes as f64 / s) as u64),
                (_, Some(Err(absent))) => absent.into(),
                _ => once().into(),
            },
        })
        .collect()
}

/// Who left dead processes behind, those with the most first.
pub(super) fn zombie_parents(look: &Look) -> Vec<ZombieParent> {
    let names: HashMap<i32, &str> =
        look.seen.iter().map(|((pid, _), seen)| (*pid, seen.name.as_str())).collect();
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for dead in look.seen.values().filter(|s| s.state == 'Z') {
        // Befund's own have no name in the table.
        if let Some(parent) = names.get(&dead.parent) {
            *counts.entry(parent).or_default() += 1;
        }
    }
    let mut parents: Vec<ZombieParent> = counts
        .into_iter()
        .map(|(name, zombie_count)| ZombieParent { name: name.to_owned(), zombie_count })
        .collect();
    parents.sort_by_key(|p| std::cmp::Reverse(p.zombie_count));
    parents.truncate(super::TOP);
    parents
}

/// Programs that were halted, by name; a program of many processes is one.
pub(super) fn halted(look: &Look) -> Vec<HaltedProgram> {
    let found: BTreeSet<(&str, bool)> =
        look.seen.values().filter(|s| s.state == 'T').map(|s| (s.name.as_str(), s.in_terminal)).collect();
    (found.into_iter().take(super::TOP))
        .map(|(name, in_terminal)| HaltedProgram { name: name.to_owned(), in_terminal })
        .collect()
}

/// How many are in one of these states.
pub(super) fn count(look: &Look, states: &[char]) -> u32 {
    let found = look.seen.values().filter(|s| states.contains(&s.state)).count();
    u32::try_from(found).unwrap_or(u32::MAX)
}
