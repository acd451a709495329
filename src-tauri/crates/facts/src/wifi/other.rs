//! Systems whose wireless networks are not read yet.

use super::Wifi;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Wifi> {
    Reading::absent(Reason::NotSupported, "this system's wireless networks are not read yet")
}
