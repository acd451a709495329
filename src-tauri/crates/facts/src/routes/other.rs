//! Systems whose routes are not read yet.

use super::Routes;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Routes> {
    Reading::absent(Reason::NotSupported, "this system's routes are not read yet")
}
