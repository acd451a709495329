//! Systems whose crashes are not read yet.

use super::Crashes;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Crashes> {
    Reading::absent(Reason::NotSupported, "this system's crashes are not read yet")
}
