//! Systems whose batteries are not read yet.

use super::Power;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Power> {
    Reading::absent(Reason::NotSupported, "this system's batteries are not read yet")
}
