//! Systems that are not asked yet.

use super::Sound;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Sound> {
    Reading::absent(Reason::NotSupported, "this system is not asked about it yet")
}
