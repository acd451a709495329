//! Proxy settings in force, and whether the proxy can be reached.

use crate::reach::ConnectOutcome;
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

facts! {
    /// Proxy settings.
    pub struct Proxy {
        /// One entry a setting in force.
        part settings: Vec<ProxySetting>,
        /// Hosts reached without a proxy.
        internal exceptions: Vec<String>,
    }

    /// One proxy setting.
    pub struct ProxySetting {
        /// What it is used for: `http`, `https`, `all`, `pac`.
        public used_for: String,
        /// Where it is set: `environment`, `gnome`, `kde`.
        public source: String,
        /// Host and port; user and password are never read into a fact.
        internal address: String,
        /// Whether the setting carries a user and password.
        public has_credentials: bool,
        /// Whether it takes a connection.
        public reachable: Reading<ConnectOutcome>,
    }
}

/// Measures this subject.
pub async fn measure(_cx: Context) -> Reading<Proxy> {
    Reading::absent(Reason::NotSupported, "no probe yet")
}
