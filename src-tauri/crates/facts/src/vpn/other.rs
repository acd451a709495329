//! Systems whose VPNs are not read yet.

use super::Vpn;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Vpn> {
    Reading::absent(Reason::NotSupported, "this system's VPNs are not read yet")
}
