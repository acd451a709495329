//! Where nobody counts it yet.

use super::Pressure;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Pressure> {
    Reading::absent(Reason::NotSupported, "how long programs wait is counted by Linux alone")
}
