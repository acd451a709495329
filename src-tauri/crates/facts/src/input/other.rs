//! Systems that are not asked yet.

use super::Input;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Input> {
    Reading::absent(Reason::NotSupported, "this system is not asked about it yet")
}
