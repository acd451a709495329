//! This computer's clock against others.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | whether the clock is synchronised: `/run/systemd/timesync/synchronized`, which systemd-timesyncd keeps; without it the kernel's own flag, which chrony and ntpd set, by systemd's timedated over D-Bus | none | a computer without systemd and with another time service: `synchronised` is absent |
//! | Linux | time zone: `/etc/localtime`, `/etc/timezone`, `/etc/adjtime`, and the one that the network named in a lease that anybody may read | none | NetworkManager keeps its leases for root; few networks name a zone |
//! | Windows, macOS | none yet: `synchronised` and `zone` are absent; `GetDynamicTimeZoneInformation` and the link `/etc/localtime` will tell the zone | | |
//! | all | one SNTP question (RFC 4330) to the first IPv4 and the first IPv6 address of each time server | none | NTP is not authenticated: a network can answer in a server's place |
//! | all | the `Date` of a connectivity check's answer to HEAD | none | half a second at best; a proxy's or portal's own clock may answer |

mod ntp;
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "other.rs")]
mod synchronised;
#[cfg(target_os = "linux")]
mod zone;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use reqwest::header::{AGE, DATE};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::net::http::{self, Way};
use crate::net::{self, Target};
use crate::proxy::admitted;
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

facts! {
    /// The clock.
    pub struct Clock {
        /// What this computer's clock says.
        public now: Timestamp,
        /// Whether the system reports its clock as synchronised.
        public synchronised: Reading<bool>,
        /// The time zone, and what else names one.
        part zone: Reading<Zone>,
        /// The answers of the policy's time servers.
        part ntp: Reading<Vec<NtpAnswer>>,
        /// How far this clock is ahead of the `Date` header of a connectivity check; coarse (1 s), and
        /// works where NTP is blocked.
        public http_offset_seconds: Reading<f64>,
        /// How far this clock is ahead of the best source: NTP where it answers, HTTP otherwise.
        public offset_seconds: Reading<f64>,
    }

    /// The time zone that the clock is shown in, and others that are named. Offsets are those of now, east
    /// of Greenwich.
    pub struct Zone {
        /// The one set, by its name in the IANA database: `Europe/Berlin`.
        public name: Reading<String>,
        /// How far it is ahead of UTC.
        public offset_minutes: Reading<i32>,
        /// A second setting, which some programs read instead.
        public beside: Reading<String>,
        /// How far that one is ahead of UTC.
        public beside_offset_minutes: Reading<i32>,
        /// The zone that the network named when it gave this computer its address.
        public by_network: Reading<String>,
        /// How far that one is ahead of UTC.
        public network_offset_minutes: Reading<i32>,
        /// Whether the clock that runs while the computer is off holds the local time, as Windows wants it.
        public hardware_clock_is_local: Reading<bool>,
    }

    /// The answer of one time server.
    pub struct NtpAnswer {
        /// The server asked.
        internal server: String,
        /// How far this clock is ahead of it.
        public offset_seconds: Reading<f64>,
        /// Round trip.
        public rtt_ms: Reading<f64>,
        /// Distance to a reference clock; 16 means not synchronised itself.
        public stratum: Reading<u8>,
    }
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Clock> {
    let way = if cx.offline { Way::Direct } else { Way::of_browser(&cx).await };
    measure_by(cx, way).await
}

#[cfg(target_os = "linux")]
fn zone_of(cx: &Context, now: Timestamp) -> Reading<Zone> {
    zone::read(cx, now)
}

#[cfg(not(target_os = "linux"))]
fn zone_of(_cx: &Context, _now: Timestamp) -> Reading<Zone> {
    Reading::absent(Reason::NotSupported, "this system's time zone is not read yet")
}

async fn measure_by(cx: Context, way: Way) -> Reading<Clock> {
    let now = Timestamp::now();
    if cx.offline {
        return Reading::Value(Clock {
            now,
            synchronised: synchronised::read(&cx).await,
            zone: zone_of(&cx, now),
            ntp: Reading::absent(Reason::Offline, ""),
            http_offset_seconds: Reading::absent(Reason::Offline, ""),
            offset_seconds: Reading::absent(Reason::Offline, ""),
        });
    }
    let deadline = net::deadline(&cx);
    let dated = CancellationToken::new();
    let (ntp, http_offset_seconds, synchronised) = tokio::join!(
        by_ntp(&cx.endpoints.ntp, deadline, &dated),
        async {
            let offset = by_http(&cx, &way, deadline).await;
            if offset.value().is_some() {
                dated.cancel();
            }
            offset
        },
        synchronised::read(&cx),
    );
    let offset_seconds = witnessed(best(&ntp, &http_offset_seconds), &http_offset_seconds);
    Reading::Value(Clock {
        now,
        synchronised,
        zone: zone_of(&cx, now),
        ntp,
        http_offset_seconds,
        offset_seconds,
    })
}

/// Time servers further apart than this contradict each other. Both can be asked within one round trip,
/// so honest ones agree far better.
const CONTRADICTION_SECONDS: f64 = 2.0;

/// A web server's date may be this far off without anybody lying: it is cut to the second, and a
/// cache may keep it.
const AGREEMENT_SECONDS: f64 = 60.0;

/// The best source against the web server's date and this clock: of three that tell the time, two that
/// agree outweigh the third. Neither source is authenticated, so without such a pair nobody knows.
fn witnessed(best: Reading<f64>, date: &Reading<f64>) -> Reading<f64> {
    let (Some(said), Some(date)) = (best.value(), date.value()) else { return best };
    if (said - date).abs() <= AGREEMENT_SECONDS || said.abs() <= AGREEMENT_SECONDS {
        return best;
    }
    if date.abs() <= AGREEMENT_SECONDS {
        return Reading::Value(*date);
    }
    Reading::absent(
        Reason::Failed,
        format!("time servers and the web contradict each other by {:.0} s", (said - date).abs()),
    )
}

/// The middle of what the time servers say, so that one wrong server does not decide. Where two halves
/// contradict each other, the web server's date says which to believe; without it nobody knows.
fn best(ntp: &Reading<Vec<NtpAnswer>>, http: &Reading<f64>) -> Reading<f64> {
    let mut offsets: Vec<f64> =
        ntp.value().into_iter().flatten().filter_map(|a| a.offset_seconds.value().copied()).collect();
    offsets.sort_by(f64::total_cmp);
    let middle = offsets.len() / 2;
    match (offsets.len(), http) {
        (0, Reading::Value(offset)) => Reading::Value(*offset),
        (0, Reading::Absent { .. }) => Reading::absent(
            Reason::NothingToMeasure,
            "neither a time server nor a connectivity check told the time",
        ),
        (even, http) if even % 2 == 0 => {
            let (low, high) = (offsets[middle - 1], offsets[middle]);
            match http {
                _ if high - low <= CONTRADICTION_SECONDS => Reading::Value(f64::midpoint(low, high)),
                Reading::Value(date) => {
                    Reading::Value(if (date - low).abs() <= (date - high).abs() { low } else { high })
                }
                Reading::Absent { .. } => Reading::absent(
                    Reason::Failed,
                    format!("the time servers contradict each other by {:.0} s", high - low),
                ),
            }
        }
        _ => Reading::Value(offsets[middle]),
    }
}

/// Once a web server has told the time, time servers that are still silent are waited for no longer
/// than this: in many networks they are out of reach.
const AFTER_THE_DATE: Duration = Duration::from_millis(500);

async fn by_ntp(servers: &[String], deadline: Instant, dated: &CancellationToken) -> Reading<Vec<NtpAnswer>> {
    if servers.is_empty() {
        return Reading::absent(Reason::NothingToMeasure, "the policy names no time servers");
    }
    let answers = servers.iter().take(net::MOST_TARGETS).map(|server| {
        let (server, dated) = (server.clone(), dated.clone());
        async move {
            let enough = async {
                dated.cancelled().await;
                tokio::time::sleep(AFTER_THE_DATE).await;
            };
            let said = match Target::parse(&server, 123) {
                Some(target) => tokio::select! {
                    said = ntp::ask(&target, deadline) => said,
                    () = enough => ntp::Said::nothing(
                        Reason::TimedOut,
                        "no answer, while a connectivity check told the time",
                    ),
                },
                None => ntp::Said::nothing(Reason::Failed, "the policy's entry names no host"),
            };
            NtpAnswer {
                server,
                offset_seconds: said.offset_seconds,
                rtt_ms: said.rtt_ms,
                stratum: said.stratum,
            }
        }
    });
    Reading::Value(net::side_by_side(answers).await)
}

/// The offset against whoever answers first.
async fn by_http(cx: &Context, way: &Way, deadline: Instant) -> Reading<f64> {
    let endpoints = &cx.endpoints.http;
    if endpoints.is_empty() {
        return Reading::absent(Reason::NothingToMeasure, "the policy names no connectivity checks");
    }
    let client = match http::check_client(cx, way, deadline).await {
        Ok(client) => client,
        Err(absent) => return absent.into(),
    };
    let mut asked = JoinSet::new();
    for endpoint in endpoints.iter().take(net::MOST_TARGETS) {
        let request = client.head(endpoint.url());
        let (cx, proxy) = (cx.clone(), way.proxy_for(endpoint.url()));
        asked.spawn(async move {
            if let Some(proxy) = &proxy
                && let Err(failed) = admitted(&cx, proxy, deadline).await
            {
                return Reading::absent(Reason::Failed, failed.detail);
            }
            tokio::time::timeout_at(deadline, date_offset(request))
                .await
                .unwrap_or_else(|_| Reading::absent(Reason::TimedOut, "no answer to a connectivity check"))
        });
    }
    let mut last = Reading::absent(Reason::Failed, "no connectivity check was asked");
    while let Some(joined) = asked.join_next().await {
        match joined {
            Ok(offset @ Reading::Value(_)) => return offset,
            Ok(why) => last = why,
            Err(error) => tracing::error!(%error, "a step of a probe ended abnormally"),
        }
    }
    last
}

async fn date_offset(request: reqwest::RequestBuilder) -> Reading<f64> {
    let (asked_at, started) = (unix_seconds(SystemTime::now()), Instant::now());
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => return Reading::absent(Reason::Failed, http::words(error)),
    };
    // Not the clock again: it may be set while the question is on its way.
    let middle = asked_at + started.elapsed().as_secs_f64() / 2.0;
    let header = |name| answer.headers().get(name).and_then(|v| v.to_str().ok());
    let Some(date) = header(DATE).and_then(|text| jiff::fmt::rfc2822::parse(text).ok()) else {
        return Reading::absent(Reason::Failed, "the answer has no date that can be read");
    };
    // A cache's answer says how long ago its date was right.
    let age: f64 = header(AGE).and_then(|text| text.trim().parse::<u32>().ok()).map_or(0.0, f64::from);
    // The date is cut to the second, so on average half a second has passed since.
    let theirs = date.timestamp().as_second() as f64 + 0.5 + age;
    Reading::Value(middle - theirs)
}

/// Seconds since 1970; negative before.
fn unix_seconds(time: SystemTime) -> f64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    }
}

#[cfg(test)]
mod tests;
