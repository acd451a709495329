//! Where nobody is asked yet.

use super::Drives;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Drives> {
    Reading::absent(Reason::NotSupported, "drives are asked on Linux alone for now")
}
