//! This computer's clock against others.

use jiff::Timestamp;
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

facts! {
    /// The clock.
    pub struct Clock {
        /// What this computer's clock says.
        public now: Timestamp,
        /// Whether the system reports its clock as synchronised.
        public synchronised: Reading<bool>,
        /// The answers of the policy's time servers.
        part ntp: Reading<Vec<NtpAnswer>>,
        /// How far this clock is ahead of the `Date` header of a connectivity check; coarse (1 s), and
        /// works where NTP is blocked.
        public http_offset_seconds: Reading<f64>,
        /// How far this clock is ahead of the best source: NTP where it answers, HTTP otherwise.
        public offset_seconds: Reading<f64>,
    }

    /// The answer of one time server.
    pub struct NtpAnswer {
        /// The server asked.
        public server: String,
        /// How far this clock is ahead of it.
        public offset_seconds: Reading<f64>,
        /// Round trip.
        public rtt_ms: Reading<f64>,
        /// Distance to a reference clock; 16 means not synchronised itself.
        public stratum: Reading<u8>,
    }
}

/// Measures this subject.
pub async fn measure(_cx: Context) -> Reading<Clock> {
    Reading::absent(Reason::NotSupported, "no probe yet")
}
