//! Systems whose services are not read yet.

use super::Units;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Units> {
    Reading::absent(Reason::NotSupported, "this system's services are not read yet")
}
