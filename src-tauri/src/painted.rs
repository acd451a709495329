//! From exec to painted, for the benchmark (`--report-painted`); nobody else asks for it.

use std::time::{SystemTime, UNIX_EPOCH};

use tauri::AppHandle;

/// When this process began, if somebody wants to know.
pub struct Painted {
    started_ms: Option<f64>,
}

impl Painted {
    /// Measures if the command line says so.
    pub fn from_args() -> Self {
        let wanted = std::env::args().any(|a| a == "--report-painted");
        Self { started_ms: wanted.then(process_start_ms) }
    }

    /// Whether this run is a measurement.
    pub fn is_wanted(&self) -> bool {
        self.started_ms.is_some()
    }

    /// The page has painted: prints how long it took and ends the program. Without the flag nothing
    /// happens.
    #[allow(clippy::print_stdout, reason = "the benchmark reads this line")]
    pub fn report(&self, handle: &AppHandle) {
        if let Some(started) = self.started_ms {
            println!("painted_ms={:.1}", now_ms() - started);
            handle.exit(0);
        }
    }
}

fn now_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
}

/// When this process was started, in milliseconds since 1970. `main` is not the start: the loader's
/// work for WebKit's libraries comes before it.
fn process_start_ms() -> f64 {
    let ticks = std::fs::read_to_string("/proc/self/stat").ok().and_then(|stat| {
        // The second field may hold spaces and brackets; everything after its last bracket is regular.
        stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse::<f64>().ok()
    });
    let uptime = std::fs::read_to_string("/proc/uptime")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    match (ticks, uptime) {
        // USER_HZ is 100 on every Linux that Rust runs on.
        (Some(ticks), Some(uptime)) => now_ms() - (uptime - ticks / 100.0) * 1000.0,
        _ => now_ms(),
    }
}
