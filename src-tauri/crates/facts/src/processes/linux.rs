//! `/proc/PID`, documented in proc_pid_stat(5), proc_pid_io(5) and proc_pid_status(5).

use std::time::{Duration, Instant};

use super::table::{self, Id, Look};
use super::{Processes, StuckProcess, first_of_each};
use crate::net::tame;
use crate::source::{detached, read_text};
use crate::{Absence, Context, Reading, Reason};

/// Between two looks. Ticks are counted a hundred times a second: shorter would be too coarse.
const SAMPLE: Duration = Duration::from_millis(300);

/// How long those that wait for hardware are watched. A disk that works answers far sooner.
const WATCHED: Duration = Duration::from_millis(600);

/// More are not watched: something hangs on which all of them wait.
const MOST_WATCHED: usize = 50;

pub(super) async fn measure(cx: Context) -> Reading<Processes> {
    let limit = cx.step();
    let first = match look(&cx, limit).await {
        Ok(look) => look,
        Err(absent) => return absent.into(),
    };
    if !cx.is_live() {
        let once = Absence::new(Reason::NothingToMeasure, "a recorded tree does not get on");
        return Reading::Value(told(&cx, &first, None, Err(once)));
    }
    tokio::time::sleep(SAMPLE).await;
    let second = match look(&cx, limit).await {
        Ok(look) => look,
        Err(absent) => return absent.into(),
    };
    let stuck = stuck(&cx, &first, &second).await;
    Reading::Value(told(&cx, &first, Some(&second), stuck))
}

async fn look(cx: &Context, limit: Duration) -> Result<Look, Absence> {
    let cx = cx.clone();
    detached("read the list of processes", limit, move || table::look(&cx)).await?
}

fn told(
    cx: &Context,
    first: &Look,
    second: Option<&Look>,
    stuck: Result<Vec<StuckProcess>, Absence>,
) -> Processes {
    let last = second.unwrap_or(first);
    let up = read_text(cx, "/proc/uptime").ok();
    let up = up.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    Processes {
        process_count: u32::try_from(last.seen.len()).unwrap_or(u32::MAX),
        running_count: Reading::Value(table::count(last, &['R'])),
        blocked_count: Reading::Value(table::count(last, &['D'])),
        stopped_count: Reading::Value(table::count(last, &['T', 't'])),
        zombie_count: Reading::Value(table::count(last, &['Z'])),
        halted: Reading::Value(table::halted(last)),
        programs: first_of_each(table::programs(first, second, up)),
        stuck: stuck.into(),
        zombie_parents: Reading::Value(table::zombie_parents(last)),
    }
}

/// Those that waited for hardware at both looks, and did not run for one moment while they were watched:
/// the number of times that the processor was given to them stays the same. Parts of the kernel are left
/// out, which may wait for days.
async fn stuck(cx: &Context, first: &Look, second: &Look) -> Result<Vec<StuckProcess>, Absence> {
    let waits = |look: &Look, id: &Id| look.seen.get(id).is_some_and(|s| s.state == 'D' && !s.is_kernel);
    let watched: Vec<(Id, String)> = second
        .seen
        .iter()
        .filter(|(id, _)| waits(first, id) && waits(second, id))
        .take(MOST_WATCHED)
        .map(|(id, seen)| (*id, seen.name.clone()))
        .collect();
    if watched.is_empty() {
        return Ok(Vec::new());
    }
    let inner = cx.clone();
    let started = Instant::now();
    let before: Vec<_> = watched.into_iter().map(|(id, name)| (id, name, switches(cx, id))).collect();
    tokio::time::sleep(WATCHED.saturating_sub(started.elapsed())).await;
    detached("watch processes that wait", cx.step(), move || {
        let mut stuck: Vec<StuckProcess> = before
            .into_iter()
            .filter(|(id, _, before)| before.is_some() && switches(&inner, *id) == *before)
            .map(|((pid, _), name, _)| StuckProcess { name, waits_in: waits_in(&inner, pid).into() })
            .collect();
        stuck.sort_by(|a, b| a.name.cmp(&b.name));
        stuck
    })
    .await
}

/// How often the processor was given to this process; none where it has ended or no longer waits.
fn switches(cx: &Context, (pid, _): Id) -> Option<u64> {
    let status = read_text(cx, &format!("/proc/{pid}/status")).ok()?;
    let value =
        |key: &str| status.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix(':')).map(str::trim);
    let waits = value("State")?.starts_with('D');
    let voluntary: u64 = value("voluntary_ctxt_switches")?.parse().ok()?;
    let forced: u64 = value("nonvoluntary_ctxt_switches")?.parse().ok()?;
    waits.then_some(voluntary.saturating_add(forced))
}

/// The kernel's function in which it waits.
fn waits_in(cx: &Context, pid: i32) -> Result<String, Absence> {
    let text = read_text(cx, &format!("/proc/{pid}/wchan"))?;
    match text.trim() {
        // What the kernel says to those who may not know.
        "" | "0" => Err(Absence::new(Reason::NoPermission, "the kernel tells it to the administrator")),
        name => Ok(tame(name, 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process in a recorded tree.
    fn process(
        tree: &std::path::Path,
        pid: i32,
        name: &str,
        state: char,
        parent: i32,
        flags: u32,
        pages: u64,
    ) {
        let folder = tree.join(format!("proc/{pid}"));
        std::fs::create_dir_all(&folder).unwrap();
        let stat = format!(
            "{pid} ({name}) {state} {parent} 1 1 0 -1 {flags} 0 0 0 0 250 50 0 0 20 0 1 0 100 1000000 {pages} \
             18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
        );
        std::fs::write(folder.join("stat"), stat).unwrap();
    }

    #[tokio::test]
    async fn a_recorded_table_is_counted_and_added_up_by_name() {
        let tree = tempfile::tempdir().unwrap();
        let cx = Context { root: tree.path().into(), ..Context::default() };
        process(tree.path(), 1, "init", 'S', 0, 0, 10);
        process(tree.path(), 2, "Web Content", 'R', 1, 0, 1000);
        process(tree.path(), 3, "Web Content", 'S', 1, 0, 500);
        process(tree.path(), 4, "a) (b", 'Z', 1, 0, 0);
        process(tree.path(), 5, "kworker/0:1-ev", 'D', 2, KERNEL, 0);
        process(tree.path(), 6, "kworker/1:0", 'I', 2, KERNEL, 0);
        process(tree.path(), 7, "../../\n\u{1b}[31mx", 'T', 1, 0, 1);
        std::fs::create_dir_all(tree.path().join("proc/8")).unwrap();
        std::fs::write(tree.path().join("proc/8/stat"), "8 (odd").unwrap();
        std::fs::write(tree.path().join("proc/uptime"), "61.00 5.00\n").unwrap();

        let reading = measure(cx).await;
        let found = reading.value().unwrap();
        assert_eq!(found.process_count, 7);
        assert_eq!(found.running_count, Reading::Value(1));
        assert_eq!(found.blocked_count, Reading::Value(1));
        assert_eq!(found.stopped_count, Reading::Value(1));
        assert_eq!(found.zombie_count, Reading::Value(1));
        let halted = found.halted.value().unwrap();
        assert_eq!(halted.len(), 1);
        assert!(!halted[0].in_terminal && !halted[0].name.contains('/'), "{halted:?}");
        let parents = found.zombie_parents.value().unwrap();
        assert_eq!((parents[0].name.as_str(), parents[0].zombie_count), ("init", 1));
        let web = &found.programs[0];
        assert_eq!((web.name.as_str(), web.process_count), ("Web Content", 2));
        assert_eq!(web.memory_bytes, 1500 * rustix::param::page_size() as u64);
        assert_eq!(web.running_seconds, Reading::Value(60));
        assert_eq!(web.cpu_percent.absence().unwrap().reason, Reason::NothingToMeasure);
        assert!(found.programs.iter().all(|p| !p.name.contains(['/', '\n', '\u{1b}'])), "{found:#?}");
    }

    const KERNEL: u32 = 0x0020_8040;

    #[tokio::test]
    async fn without_the_table_the_subject_is_absent() {
        let empty = tempfile::tempdir().unwrap();
        let cx = Context { root: empty.path().into(), ..Context::default() };
        assert_eq!(measure(cx).await.absence().unwrap().reason, Reason::NotSupported);
    }

    #[test]
    fn one_that_ran_meanwhile_or_waits_no_longer_is_not_stuck() {
        let tree = tempfile::tempdir().unwrap();
        let cx = Context { root: tree.path().into(), ..Context::default() };
        std::fs::create_dir_all(tree.path().join("proc/9")).unwrap();
        let write = |state: &str, switches: u32| {
            let text = format!(
                "Name:\tx\nState:\t{state}\nvoluntary_ctxt_switches:\t{switches}\nnonvoluntary_ctxt_switches:\t2\n"
            );
            std::fs::write(tree.path().join("proc/9/status"), text).unwrap();
            super::switches(&cx, (9, 1))
        };
        assert_eq!(write("D (disk sleep)", 5), Some(7));
        assert_eq!(write("D (disk sleep)", 6), Some(8));
        assert_eq!(write("S (sleeping)", 6), None);
        assert_eq!(super::switches(&cx, (10, 1)), None);
    }

    /// A real one: a shell that does nothing but loop.
    #[tokio::test]
    async fn a_real_busy_program_is_named_with_its_share() {
        let mut hog = std::process::Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
        let reading = measure(Context::default()).await;
        let _ = hog.kill();
        let _ = hog.wait();
        let shell = reading.value().unwrap().programs.iter().find(|p| p.name == "sh").cloned();
        let shell = shell.unwrap();
        assert!(*shell.cpu_percent.value().unwrap() > 5.0, "{shell:?}");
        assert!(*shell.running_seconds.value().unwrap() < 3600, "{shell:?}");
    }
}
