//! Systems whose updates are not read yet.

use super::Updates;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Updates> {
    Reading::absent(Reason::NotSupported, "this system's updates are not read yet")
}
