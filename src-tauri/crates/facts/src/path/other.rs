//! Systems on which the way is not followed yet.

use super::Path;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Path> {
    Reading::absent(Reason::NotSupported, "the way is not followed on this system yet")
}
