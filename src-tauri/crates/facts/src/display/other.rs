//! Systems whose screens are not read yet.

use super::Display;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Display> {
    Reading::absent(Reason::NotSupported, "this system's screens are not read yet")
}
