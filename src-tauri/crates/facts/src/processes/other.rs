//! What `sysinfo` says on every system it knows.

use std::collections::BTreeMap;
use std::time::Duration;

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

use super::{Processes, Program, first_of_each};
use crate::source::{detached, unanswered};
use crate::{Absence, Context, Reading, Reason};

const SAMPLE: Duration = Duration::from_millis(300);

pub(super) async fn measure(cx: Context) -> Reading<Processes> {
    if !cx.is_live() {
        return Reading::absent(Reason::NotSupported, "a recorded tree holds nothing for this source");
    }
    match detached("ask for processes", cx.step(), ask).await {
        Ok(Ok(processes)) => Reading::Value(processes),
        Ok(Err(absent)) | Err(absent) => absent.into(),
    }
}

fn ask() -> Result<Processes, Absence> {
    let kind = || ProcessRefreshKind::nothing().with_cpu().with_memory().without_tasks();
    let mut system = System::new().map_err(|e| unanswered("ask for processes", &e))?;
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind());
    // On a thread of its own: two looks with time between them are what this source needs.
    std::thread::sleep(SAMPLE.max(sysinfo::MINIMUM_CPU_UPDATE_INTERVAL));
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind());
    let mut programs: BTreeMap<String, Program> = BTreeMap::new();
    let not_counted = || Absence::new(Reason::NotSupported, "no portable source");
    for (pid, process) in system.processes() {
        if pid.as_u32() == std::process::id() {
            continue;
        }
        let name = crate::net::tame(&process.name().to_string_lossy(), 60);
        let cpu = f64::from(process.cpu_usage()).max(0.0);
        let known = programs.entry(name.clone()).or_insert_with(|| Program {
            name,
            is_kernel: false,
            process_count: 0,
            cpu_percent: Reading::Value(0.0),
            cpu_seconds: not_counted().into(),
            running_seconds: Reading::Value(0),
            memory_bytes: 0,
            disk_bytes_per_second: not_counted().into(),
        });
        known.process_count += 1;
        known.cpu_percent = Reading::Value(known.cpu_percent.value().copied().unwrap_or(0.0) + cpu);
        known.memory_bytes = known.memory_bytes.saturating_add(process.memory());
        let longest = known.running_seconds.value().copied().unwrap_or(0).max(process.run_time());
        known.running_seconds = Reading::Value(longest);
    }
    Ok(Processes {
        process_count: u32::try_from(system.processes().len()).unwrap_or(u32::MAX),
        running_count: not_counted().into(),
        blocked_count: not_counted().into(),
        stopped_count: not_counted().into(),
        halted: not_counted().into(),
        zombie_count: not_counted().into(),
        programs: first_of_each(programs.into_values().collect()),
        stuck: not_counted().into(),
        zombie_parents: not_counted().into(),
    })
}
