//! Systems that are not asked yet.

use super::Usb;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Usb> {
    Reading::absent(Reason::NotSupported, "this system is not asked about it yet")
}
