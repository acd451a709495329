//! Linux: what systemd-timesyncd says of itself. It makes the folder when it starts, removes it when
//! it stops, and makes the file when the clock was set. Where it does not run, the kernel's flag is
//! asked for through systemd's timedated, which needs no privilege; a call of our own would be unsafe code.

use crate::bus::Service;
use crate::{Absence, Context, Reading, Reason};

const TIMEDATED: &str = "org.freedesktop.timedate1";

pub(super) async fn read(cx: &Context) -> Reading<bool> {
    if cx.path("/run/systemd/timesync/synchronized").exists() {
        Reading::Value(true)
    } else if cx.path("/run/systemd/timesync").is_dir() {
        Reading::Value(false)
    } else if cx.is_live() && cx.path("/run/systemd/system").is_dir() {
        by_timedated(cx).await.into()
    } else {
        Reading::absent(
            Reason::NotSupported,
            "systemd-timesyncd does not run; other time services are not read",
        )
    }
}

async fn by_timedated(cx: &Context) -> Result<bool, Absence> {
    let said = Service::ask_started(cx, TIMEDATED, async |timedated| {
        timedated.properties("/org/freedesktop/timedate1", TIMEDATED).await
    })
    .await?;
    said.get("NTPSynchronized").ok_or_else(|| {
        Absence::new(Reason::Failed, "timedated does not say whether the clock is synchronised")
    })
}
