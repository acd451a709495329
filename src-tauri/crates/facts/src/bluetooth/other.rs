//! Systems that are not asked yet.

use super::Bluetooth;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Bluetooth> {
    Reading::absent(Reason::NotSupported, "this system is not asked about it yet")
}
