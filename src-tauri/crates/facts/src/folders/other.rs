//! Systems on which nobody walks yet.

use super::Folders;
use crate::{Absence, Context, Reason};

/// Why it cannot be measured on this system.
pub(super) const IMPOSSIBLE: Option<&str> = Some("large folders are looked for on Linux alone for now");

pub(super) async fn measure(_cx: Context) -> Result<Folders, Absence> {
    Err(Absence::new(Reason::NotSupported, IMPOSSIBLE.unwrap_or_default()))
}
