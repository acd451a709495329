//! TLS to named hosts, with the chain captured even when it is invalid.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use jiff::Timestamp;
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

facts! {
    /// TLS to named hosts.
    pub struct Tls {
        /// One entry a configured host.
        part hosts: Vec<TlsHost>,
    }

    /// One TLS connection.
    pub struct TlsHost {
        /// The host's name.
        public host: String,
        /// The port.
        public port: u16,
        /// What came of it.
        public outcome: TlsOutcome,
        /// Protocol version agreed: `TLSv1_3`.
        public version: Reading<String>,
        /// The certificates the host sent, its own first.
        part chain: Vec<Certificate>,
        /// Time to the end of the handshake, or to the error.
        public took_ms: f64,
        /// For supporters: the error as the library words it.
        internal detail: String,
    }

    /// One certificate of a chain.
    pub struct Certificate {
        /// Whom it names.
        public subject: String,
        /// Who signed it.
        public issuer: String,
        /// Host names it is valid for.
        public names: Vec<String>,
        /// Valid from.
        public not_before: Timestamp,
        /// Valid until.
        public not_after: Timestamp,
        /// SHA-256 over the certificate, in hexadecimal.
        public sha256: String,
    }
}

/// What came of a TLS connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TlsOutcome {
    /// The certificate is valid and trusted.
    Valid,
    /// It is no longer valid.
    Expired,
    /// It is not valid yet.
    NotYetValid,
    /// It is for another name.
    WrongName,
    /// Its issuer is not trusted here.
    UnknownIssuer,
    /// It vouches for itself.
    SelfSigned,
    /// It is invalid in another way; see the detail.
    Invalid,
    /// The connection was made and TLS was not.
    HandshakeFailed,
    /// The name was not found.
    NameNotFound,
    /// Connection refused.
    Refused,
    /// No way there.
    Unreachable,
    /// Nothing came back.
    TimedOut,
    /// Another error; see the detail.
    Failed,
}

/// Measures this subject.
pub async fn measure(_cx: Context) -> Reading<Tls> {
    Reading::absent(Reason::NotSupported, "no probe yet")
}
