//! Systems whose temperatures are not read yet.

use super::Heat;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Heat> {
    Reading::absent(Reason::NotSupported, "this system's temperatures are not read yet")
}
