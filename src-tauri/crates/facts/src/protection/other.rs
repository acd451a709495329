//! Systems whose protection is not read yet.

use super::Protection;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Protection> {
    Reading::absent(Reason::NotSupported, "this system's protection is not read yet")
}
