//! Systems that are not asked yet.

use super::Cameras;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Cameras> {
    Reading::absent(Reason::NotSupported, "this system is not asked about it yet")
}
