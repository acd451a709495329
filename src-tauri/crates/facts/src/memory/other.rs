//! What `sysinfo` says on every system it knows.

use super::Memory;
use crate::source::detached;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(cx: Context) -> Reading<Memory> {
    if !cx.is_live() {
        return Reading::absent(Reason::NotSupported, "a recorded tree holds nothing for this source");
    }
    detached("ask for memory", cx.step(), ask).await.unwrap_or_else(Reading::from)
}

fn ask() -> Reading<Memory> {
    let mut system = match sysinfo::System::new() {
        Ok(system) => system,
        Err(e) => return Reading::absent(Reason::Failed, format!("ask for memory: {e}")),
    };
    system.refresh_memory();
    // sysinfo says 0 for what it could not find out; a computer without memory does not ask.
    let known = |bytes: u64| match bytes {
        0 => Reading::absent(Reason::Failed, "the system gave no number"),
        bytes => Reading::Value(bytes),
    };
    let uncounted = || Reading::absent(Reason::NotSupported, "no portable source");
    Reading::Value(Memory {
        total_bytes: known(system.total_memory()),
        available_bytes: known(system.available_memory()),
        swap_total_bytes: Reading::Value(system.total_swap()),
        swap_free_bytes: Reading::Value(system.free_swap()),
        cached_bytes: uncounted(),
        unwritten_bytes: uncounted(),
        oom_kill_count: uncounted(),
        limit_bytes: uncounted(),
        limit_kill_count: uncounted(),
    })
}
