//! Linux: what systemd-timesyncd says of itself. It makes the folder when it starts, removes it when
//! it stops, and makes the file when the clock was set.

use crate::{Context, Reading, Reason};

pub(super) fn read(cx: &Context) -> Reading<bool> {
    if cx.path("/run/systemd/timesync/synchronized").exists() {
        Reading::Value(true)
    } else if cx.path("/run/systemd/timesync").is_dir() {
        Reading::Value(false)
    } else {
        Reading::absent(
            Reason::NotSupported,
            "systemd-timesyncd does not run; other time services are not read",
        )
    }
}
