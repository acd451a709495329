//! What runs: which programs take the processor, memory and disks, and which are stuck or dead.
//!
//! | system  | source                                                                       | privilege |
//! |---------|------------------------------------------------------------------------------|-----------|
//! | Linux   | `/proc/PID/stat` twice; `/proc/PID/io`; `/proc/PID/status` and `wchan` of stuck ones | none; what another account's program reads and writes only the administrator sees |
//! | others  | `sysinfo` for names, processor and memory; stuck and dead ones are a matter of Unix, and would be asked of `ps` (macOS) and `NtQuerySystemInformation` (Windows) | none |
//!
//! Programs are told by their names, never by their arguments or paths. Processes of one name are one
//! program. Befund's own process is left out.
//!
//! Blind spots: the sample is a third of a second long. A program that starts many short ones is not seen
//! with their work. Memory that several processes share is counted in each. A name is cut at 15 characters,
//! and a program may call itself anything. Inside a container only its own programs are seen.

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod table;
// Compiled in tests too, so that it stays sound on a machine that never ships it.
#[cfg(any(not(target_os = "linux"), test))]
mod other;

#[cfg(target_os = "linux")]
use linux as source;
#[cfg(not(target_os = "linux"))]
use other as source;

/// Programs named for each of processor, memory and disks.
const TOP: usize = 5;

facts! {
    /// What runs.
    pub struct Processes {
        /// All processes.
        public process_count: u32,
        /// Those that run or are about to.
        public running_count: Reading<u32>,
        /// Those that wait for hardware and cannot be interrupted.
        public blocked_count: Reading<u32>,
        /// Those that somebody halted.
        public stopped_count: Reading<u32>,
        /// Those that have ended and were not cleared away by the program that started them.
        public zombie_count: Reading<u32>,
        /// The programs that take most of the processor, memory or disks, the busiest first.
        part programs: Vec<Program>,
        /// Processes that wait for hardware and did not get on at all while they were watched.
        part stuck: Reading<Vec<StuckProcess>>,
        /// Programs that somebody halted; one that is being examined by another (a debugger) is left out.
        part halted: Reading<Vec<HaltedProgram>>,
        /// The programs that do not clear away what they started.
        part zombie_parents: Reading<Vec<ZombieParent>>,
    }

    /// One program: all processes of a name.
    pub struct Program {
        /// Its name.
        internal name: String,
        /// Whether it is a part of the system's kernel.
        public is_kernel: bool,
        /// Its processes.
        public process_count: u32,
        /// What it takes of the processor; 100 is one whole core.
        public cpu_percent: Reading<f64>,
        /// The time that its busiest process has taken of the processor so far.
        public cpu_seconds: Reading<f64>,
        /// How long that process has been running.
        public running_seconds: Reading<u64>,
        /// Memory in use by it.
        public memory_bytes: u64,
        /// What it reads from disks and writes to them.
        public disk_bytes_per_second: Reading<u64>,
    }

    /// A process that does not get on.
    pub struct StuckProcess {
        /// Its name.
        internal name: String,
        /// Where in the kernel it waits.
        public waits_in: Reading<String>,
    }

    /// A program that was halted, and does nothing until it is told to go on.
    pub struct HaltedProgram {
        /// Its name.
        internal name: String,
        /// Whether it belongs to a terminal, where one key halts a program, and people do so on purpose.
        public in_terminal: bool,
    }

    /// A program with dead processes below it.
    pub struct ZombieParent {
        /// Its name.
        internal name: String,
        /// How many.
        public zombie_count: u32,
    }
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Processes> {
    source::measure(cx).await
}

/// The programs that matter: the first of each order, in the first order.
fn first_of_each(mut programs: Vec<Program>) -> Vec<Program> {
    let mut keep = vec![false; programs.len()];
    let orders: [fn(&Program) -> f64; 3] = [
        |p| p.memory_bytes as f64,
        |p| p.disk_bytes_per_second.value().map_or(0.0, |b| *b as f64),
        |p| p.cpu_percent.value().copied().unwrap_or(0.0),
    ];
    // By name first, so that equals have an order.
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    for order in orders {
        let mut by: Vec<usize> = (0..programs.len()).filter(|i| order(&programs[*i]) > 0.0).collect();
        by.sort_by(|a, b| order(&programs[*b]).total_cmp(&order(&programs[*a])));
        by.into_iter().take(TOP).for_each(|i| keep[i] = true);
    }
    let mut kept = keep.into_iter();
    programs.retain(|_| kept.next() == Some(true));
    let [_, _, cpu] = orders;
    programs.sort_by(|a, b| cpu(b).total_cmp(&cpu(a)).then(b.memory_bytes.cmp(&a.memory_bytes)));
    programs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;

    fn program(name: &str, cpu: f64, memory: u64, disk: u64) -> Program {
        Program {
            name: name.into(),
            is_kernel: false,
            process_count: 1,
            cpu_percent: Reading::Value(cpu),
            cpu_seconds: Reading::Value(1.0),
            running_seconds: Reading::Value(1),
            memory_bytes: memory,
            disk_bytes_per_second: match disk {
                0 => Reading::absent(Reason::NoPermission, ""),
                disk => Reading::Value(disk),
            },
        }
    }

    #[test]
    fn the_first_of_each_order_are_kept_once() {
        let mut all: Vec<Program> = (0..40).map(|i| program(&format!("p{i:02}"), 0.0, 10 + i, 0)).collect();
        all.push(program("busy", 90.0, 1, 0));
        all.push(program("writer", 0.0, 2, 7000));
        let kept: Vec<String> = first_of_each(all).into_iter().map(|p| p.name).collect();
        assert_eq!(kept, ["busy", "p39", "p38", "p37", "p36", "p35", "writer"]);
    }

    #[tokio::test]
    async fn any_machine_runs_something_and_its_names_hold_no_arguments() {
        let reading = measure(Context::default()).await;
        let processes = reading.value().unwrap();
        assert!(processes.process_count >= 1);
        assert!(processes.programs.len() <= 3 * TOP);
        for program in &processes.programs {
            assert!(!program.name.contains(['/', '\n']), "{program:?}");
            assert!(program.cpu_percent.value().is_none_or(|p| *p >= 0.0), "{program:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_portable_source_sees_programs_too() {
        let reading = other::measure(Context::default()).await;
        assert!(reading.value().unwrap().programs.iter().any(|p| p.memory_bytes > 0));
    }
}
