//! TCP connections by address and by name, IPv4 and IPv6 apart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use crate::links::Family;
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

facts! {
    /// What can be reached by TCP.
    pub struct Reach {
        /// The policy's addresses, with no name involved.
        part addresses: Vec<Connection>,
        /// The policy's https hosts by name, each once over IPv4 and once over IPv6.
        part names: Vec<Connection>,
    }

    /// One attempted connection.
    pub struct Connection {
        /// What was asked for: `9.9.9.9:443`, `www.example.org:443`.
        public target: String,
        /// `ipv4` or `ipv6`.
        public family: Family,
        /// What came of it.
        public outcome: ConnectOutcome,
        /// Time to the connection or the error.
        public took_ms: f64,
        /// For supporters: the error as the system words it.
        internal detail: String,
    }
}

/// What came of a connection attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectOutcome {
    /// The connection was made.
    Connected,
    /// The other side, or something on the way, refused.
    Refused,
    /// The system or a router said that there is no way.
    Unreachable,
    /// Nothing came back.
    TimedOut,
    /// The name has no address of this family, so there was nothing to connect to.
    NameNotFound,
    /// A firewall said that it is not allowed.
    Prohibited,
    /// Another error; see the detail.
    Failed,
}

/// Measures this subject.
pub async fn measure(_cx: Context) -> Reading<Reach> {
    Reading::absent(Reason::NotSupported, "no probe yet")
}
