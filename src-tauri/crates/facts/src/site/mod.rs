//! The one site that a person cannot open, named by them. Measured like a service of the policy; see
//! [`crate::services`] for sources and blind spots. It is the only host that is asked without being
//! named by the policy, because the person names it.

use crate::services::{self, Service};
use crate::{Context, Reading};

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Service> {
    services::site(cx).await
}
