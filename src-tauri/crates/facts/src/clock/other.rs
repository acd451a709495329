//! Other systems: nothing is read yet.

use crate::{Context, Reading, Reason};

#[allow(clippy::unused_async, reason = "as on Linux")]
pub(super) async fn read(_cx: &Context) -> Reading<bool> {
    Reading::absent(Reason::NotSupported, "this system's time service is not read yet")
}
