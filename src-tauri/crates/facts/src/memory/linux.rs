//! `/proc/meminfo`, documented in the kernel's `filesystems/proc.rst`.

use super::Memory;
use crate::kernel_log::{self, Record};
use crate::source::{detached, odd, read_text};
use crate::{Absence, Context, Reading, Reason};

const MEMINFO: &str = "/proc/meminfo";
const VMSTAT: &str = "/proc/vmstat";

pub(super) async fn measure(cx: Context) -> Reading<Memory> {
    let inner = cx.clone();
    let read = detached("read memory", cx.step(), move || {
        let text = read_text(&inner, MEMINFO)?;
        let (limit, kills) = group(&inner);
        Ok(Memory {
            oom_kill_count: read_text(&inner, VMSTAT)
                .and_then(|text| counter(VMSTAT, &text, "oom_kill"))
                .into(),
            limit_bytes: limit.into(),
            limit_kill_count: kills.into(),
            ..parse(&text)
        })
    });
    let (read, log) = tokio::join!(read, kernel_log::messages(&cx));
    match read {
        Ok(Ok(mut memory)) => {
            if let Reading::Value(count) = &mut memory.oom_kill_count {
                *count = count.saturating_sub(log.map_or(0, |log| ended_at_a_limit(&log)));
            }
            Reading::Value(memory)
        }
        Ok(Err(absent)) | Err(absent) => absent.into(),
    }
}

/// Programs that were ended because the group that they run in had reached its limit. The kernel counts them
/// together with the others, and tells them apart in its log alone (`mm/memcontrol.c`; "Kill process" before
/// version 5.2).
fn ended_at_a_limit(log: &[Record]) -> u64 {
    log.iter().filter(|told| told.message.starts_with("Memory cgroup out of memory: Kill")).count() as u64
}

fn parse(text: &str) -> Memory {
    Memory {
        total_bytes: entry(text, "MemTotal").into(),
        available_bytes: entry(text, "MemAvailable").into(),
        swap_total_bytes: entry(text, "SwapTotal").into(),
        swap_free_bytes: entry(text, "SwapFree").into(),
        cached_bytes: entry(text, "Cached").into(),
        unwritten_bytes: entry(text, "Dirty").into(),
        oom_kill_count: Reading::absent(Reason::NothingToMeasure, ""),
        limit_bytes: Reading::absent(Reason::NothingToMeasure, ""),
        limit_kill_count: Reading::absent(Reason::NothingToMeasure, ""),
    }
}

/// One line of counters, such as `oom_kill 3`.
fn counter(path: &str, text: &str, name: &str) -> Result<u64, Absence> {
    let Some(rest) = text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(' ')) else {
        return Err(Absence::new(Reason::NotSupported, format!("{path} has no line {name}")));
    };
    rest.trim().parse().map_err(|_| odd(path, rest))
}

/// The limit of Befund's own cgroup, which it shares with the session or the container, and how often it cost
/// a program. Version 2 is documented in the kernel's `admin-guide/cgroup-v2.rst`, version 1 in
/// `admin-guide/cgroup-v1/memory.rst`.
fn group(cx: &Context) -> (Result<u64, Absence>, Result<u64, Absence>) {
    let none = || Absence::new(Reason::NothingToMeasure, "no limit is set");
    let groups = match read_text(cx, "/proc/self/cgroup") {
        Ok(groups) => groups,
        Err(absent) => return (Err(absent.clone()), Err(absent)),
    };
    let of = |controller: &str| {
        groups.lines().find_map(|line| {
            let mut parts = line.splitn(3, ':').skip(1);
            let (controllers, path) = (parts.next()?, parts.next()?);
            // A name of a group cannot lead out of the tree.
            let leads_out = path.split('/').any(|step| step == "..");
            (controllers.split(',').any(|c| c == controller) && !leads_out)
                .then(|| path.trim_end_matches('/'))
        })
    };
    let (limit, kills) = if let Some(path) = of("memory") {
        let folder = format!("/sys/fs/cgroup/memory{path}");
        (format!("{folder}/memory.limit_in_bytes"), format!("{folder}/memory.oom_control"))
    } else if let Some(path) = of("") {
        let folder = format!("/sys/fs/cgroup{path}");
        (format!("{folder}/memory.max"), format!("{folder}/memory.events"))
    } else {
        return (Err(none()), Err(none()));
    };
    let set = read_text(cx, &limit).and_then(|text| match text.trim() {
        "max" => Err(none()),
        // Version 1 writes the largest number of whole pages where there is no limit.
        word => word
            .parse::<u64>()
            .map_err(|_| odd(&limit, word))
            .and_then(|bytes| if bytes > u64::MAX / 4 { Err(none()) } else { Ok(bytes) }),
    });
    let killed = read_text(cx, &kills).and_then(|text| counter(&kills, &text, "oom_kill"));
    (set, killed)
}

/// One line such as `MemTotal:       24684092 kB`, in bytes. The kernel's kB are 1024 bytes.
fn entry(text: &str, name: &str) -> Result<u64, Absence> {
    let Some(rest) = text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(':')) else {
        return Err(Absence::new(Reason::NotSupported, format!("{MEMINFO} has no line {name}")));
    };
    let mut words = rest.split_whitespace();
    let factor = |unit: Option<&str>| match unit {
        Some("kB") => Some(1024),
        None => Some(1),
        Some(_) => None,
    };
    words
        .next()
        .and_then(|number| number.parse::<u64>().ok())
        .zip(factor(words.next()))
        .and_then(|(number, factor)| number.checked_mul(factor))
        .ok_or_else(|| odd(MEMINFO, rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_table_is_read_in_bytes() {
        let memory = parse(include_str!("../../fixtures/server/proc/meminfo"));
        assert_eq!(memory.total_bytes, Reading::Value(24_684_092 * 1024));
        assert_eq!(memory.available_bytes, Reading::Value(24_282_196 * 1024));
        assert_eq!(memory.swap_total_bytes, Reading::Value(0));
        assert_eq!(memory.swap_free_bytes, Reading::Value(0));
    }

    #[test]
    fn what_is_missing_or_odd_is_absent_with_its_reason() {
        let old = parse(
            "MemTotal: 2048 kB\nMemFree: 1024 kB\nSwapTotal: 18446744073709551615 kB\nSwapFree: x kB\n",
        );
        assert_eq!(old.total_bytes, Reading::Value(2048 * 1024));
        assert_eq!(old.available_bytes.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(old.swap_total_bytes.absence().unwrap().reason, Reason::Failed);
        assert_eq!(old.swap_free_bytes.absence().unwrap().reason, Reason::Failed);
        assert!(parse("").total_bytes.absence().unwrap().detail.contains("MemTotal"));
    }

    #[tokio::test]
    async fn ended_programs_and_the_limit_of_the_own_group_are_read_in_both_versions() {
        let tree = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = tree.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let cx = Context { root: tree.path().into(), ..Context::default() };
        write("proc/meminfo", include_str!("../../fixtures/server/proc/meminfo"));
        write("proc/vmstat", "oom_killer 9\nnr_free_pages 5\noom_kill 3\n");
        write("proc/self/cgroup", "4:memory:/box\n1:cpu,cpuacct:/\n0::/\n");
        write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "67108864\n");
        write("sys/fs/cgroup/memory/box/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
        let memory = measure(cx.clone()).await.value().unwrap().clone();
        assert_eq!(memory.oom_kill_count, Reading::Value(3));
        assert_eq!(memory.limit_bytes, Reading::Value(67_108_864));
        assert_eq!(memory.limit_kill_count, Reading::Value(2));

        let log = "6,1,0,-;Linux version 6.12\n\
            3,2,9,-;Memory cgroup out of memory: Killed process 71 (python3) total-vm:107404kB, UID:65534\n\
            3,3,9,-;Memory cgroup out of memory: Kill process 72 (java) score 999 or sacrifice child\n\
            3,4,9,-;Out of memory: Killed process 73 (firefox) total-vm:11884120kB, UID:1000\n";
        write("dev/kmsg", log);
        // The log is read once in a run.
        let next_run = Context { root: tree.path().into(), ..Context::default() };
        let told_apart = measure(next_run).await.value().unwrap().clone();
        assert_eq!(told_apart.oom_kill_count, Reading::Value(1));

        write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9223372036854771712\n");
        let unlimited = measure(cx.clone()).await.value().unwrap().clone();
        assert_eq!(unlimited.limit_bytes.absence().unwrap().reason, Reason::NothingToMeasure);

        write("proc/self/cgroup", "0::/user.slice\n");
        write("sys/fs/cgroup/user.slice/memory.max", "max\n");
        write("sys/fs/cgroup/user.slice/memory.events", "low 0\noom 1\noom_kill 7\noom_group_kill 0\n");
        let second = measure(cx.clone()).await.value().unwrap().clone();
        assert_eq!(second.limit_bytes.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(second.limit_kill_count, Reading::Value(7));

        write("proc/self/cgroup", "0::/../../etc\n");
        let hostile = measure(cx).await.value().unwrap().clone();
        assert_eq!(hostile.limit_bytes.absence().unwrap().reason, Reason::NothingToMeasure);
    }

    #[tokio::test]
    async fn without_the_table_the_subject_is_absent() {
        let empty = tempfile::tempdir().unwrap();
        let cx = Context { root: empty.path().into(), ..Context::default() };
        assert_eq!(measure(cx).await.absence().unwrap().reason, Reason::NotSupported);
    }
}
