//! Linux: what systemd-timesyncd says of itself. It makes the folder when it starts, removes it when
//! it stops, and makes the file when the clock was set. Where it does not run, the kernel's flag is
//! asked for through `timedatectl`, which needs no privilege; a call of our own would be unsafe code.

use std::time::Duration;

use crate::source::program;
use crate::{Context, Reading, Reason};

/// A program that does not answer within this long is not waited for.
const PATIENCE: Duration = Duration::from_millis(700);

/// One word is expected.
const MOST_BYTES: u64 = 4096;

pub(super) async fn read(cx: &Context) -> Reading<bool> {
    if cx.path("/run/systemd/timesync/synchronized").exists() {
        Reading::Value(true)
    } else if cx.path("/run/systemd/timesync").is_dir() {
        Reading::Value(false)
    } else if cx.is_live() && cx.path("/run/systemd/system").is_dir() {
        by_timedatectl(cx).await
    } else {
        Reading::absent(
            Reason::NotSupported,
            "systemd-timesyncd does not run; other time services are not read",
        )
    }
}

async fn by_timedatectl(cx: &Context) -> Reading<bool> {
    let args = ["show", "--property=NTPSynchronized", "--value"];
    match program(cx, "timedatectl", &args, PATIENCE, MOST_BYTES).await {
        Ok(printed) => match printed.text.trim_ascii() {
            b"yes" => Reading::Value(true),
            b"no" => Reading::Value(false),
            _ => {
                Reading::absent(Reason::Failed, "timedatectl does not say whether the clock is synchronised")
            }
        },
        Err(absent) => absent.into(),
    }
}
