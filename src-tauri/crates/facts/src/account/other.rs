//! Systems that are not asked yet.

use super::Account;
use crate::{Context, Reading, Reason};

pub(super) async fn measure(_cx: Context) -> Reading<Account> {
    Reading::absent(Reason::NotSupported, "accounts are looked at on Linux alone for now")
}
