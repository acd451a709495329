//! Other systems: nothing is read yet.

use crate::{Context, Reading, Reason};

pub(super) fn read(_cx: &Context) -> Reading<bool> {
    Reading::absent(Reason::NotSupported, "this system's time service is not read yet")
}
