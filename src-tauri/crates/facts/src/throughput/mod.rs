//! How much the connection carries, and how long answers take meanwhile. It costs data and fills the line,
//! so it is measured on request only, and asks nobody but the server that the policy names for it
//! (`[connectivity.throughput]`).
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | all | download: HTTP GET of the policy's address by several streams at once, counted as it arrives, from the first quarter of the time, in which a connection gets up to speed, until the last bytes | none | a slow server looks like a slow line; above some 200 Mbit/s the amount is too small to get up to speed |
//! | all | upload: HTTP POSTs that grow as long as they would be answered in time, counted when they are, because what the system has taken is not yet sent; until the last answer | none | a server that answers before it has read makes it look faster; below some 60 kbit/s none is answered in time |
//! | all | round trips: TCP connections to the same server, closed at once, before and meanwhile; one that takes 0.9 s longer than the middle one was sent again by the system, and counts as lost | none | not measured through a proxy, which answers in the server's stead |
//!
//! The proxy of the person's browser is used. Redirects are not followed, bodies are read up to the policy's amount and time,
//! and then the connections are closed. A server that answers nothing useful is an absent reading.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Url;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::net::Target;
use crate::net::http::{self, Way};
use crate::proxy::admitted;
use crate::request::{Cost, Request};
use crate::sensitivity::facts;
use crate::tls::Anchors;
use crate::{Absence, Context, Reading, Reason};

mod endpoint;
mod latency;
#[cfg(test)]
mod tests;
mod transfer;

pub use endpoint::ThroughputEndpoint;

facts! {
    /// How much the connection carries.
    pub struct Throughput {
        /// From the internet to this computer.
        part download: Reading<Transfer>,
        /// From this computer to the internet.
        part upload: Reading<Transfer>,
        /// Round trips to the same server while nothing else was sent.
        part idle: Reading<RoundTrips>,
    }

    /// One direction.
    pub struct Transfer {
        /// How much arrived in a second.
        public rate_mbps: f64,
        /// How much arrived altogether.
        public transferred_bytes: u64,
        /// How long it took.
        public took_ms: f64,
        /// How many connections shared the work.
        public stream_count: u32,
        /// What ended it.
        public end: TransferEnd,
        /// Round trips to the server meanwhile.
        part loaded: Reading<RoundTrips>,
    }

    /// A series of round trips.
    pub struct RoundTrips {
        /// How many were tried.
        public sent_count: u32,
        /// How many were lost, or had to be sent again.
        public lost_count: u32,
        /// Share of those.
        public loss_percent: f64,
        /// Middle round trip.
        public median_ms: f64,
        /// The round trip that 95 of 100 stay under.
        public p95_ms: f64,
    }
}

/// What ended a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransferEnd {
    /// All of the amount was transferred.
    AllDone,
    /// The time was over.
    TimeUp,
    /// The server had no more.
    ServerEnded,
}

/// What a person's answer is taken to be worth: reading, deciding and waiting.
pub(crate) const COST: Cost = Cost { seconds: 15.0 };

/// Round trips before anything is loaded.
const IDLE: Duration = Duration::from_secs(1);

/// Of what time and amount are left, the share of the download where there is an upload too.
const DOWNLOAD_SHARE: f64 = 0.6;

/// What would be measured; an absence where it cannot be.
pub(crate) fn request(cx: &Context) -> Result<Request, Absence> {
    let Some(endpoint) = &cx.endpoints.throughput else {
        return Err(Absence::new(
            Reason::NothingToMeasure,
            "the policy names no server for it (connectivity.throughput)",
        ));
    };
    if cx.offline {
        return Err(Absence::new(Reason::Offline, ""));
    }
    let host = |url: &String| host(url).map(|target| target.host);
    Ok(Request {
        bytes: endpoint.most_bytes,
        seconds: endpoint.most_seconds,
        receives_from: host(&endpoint.download).into_iter().collect(),
        sends_to: endpoint.upload.as_ref().and_then(host).into_iter().collect(),
    })
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Throughput> {
    // Where nothing may be sent, nobody is asked for the way either.
    if let Err(absent) = request(&cx) {
        return absent.into();
    }
    let way = Way::of_browser(&cx).await;
    measure_by(cx, way).await
}

async fn measure_by(cx: Context, way: Way) -> Reading<Throughput> {
    if let Err(absent) = request(&cx) {
        return absent.into();
    }
    let Some(endpoint) = cx.endpoints.throughput.clone() else {
        return Reading::absent(Reason::NothingToMeasure, "");
    };
    let started = Instant::now();
    let end = started + Duration::from_secs(endpoint.most_seconds);
    for url in [Some(&endpoint.download), endpoint.upload.as_ref()].into_iter().flatten() {
        // A password that the proxy has turned down would be sent by every stream.
        if let Some(proxy) = way.proxy_for(url)
            && let Err(failed) = admitted(&cx, &proxy, end).await
        {
            return Reading::absent(Reason::Failed, failed.detail);
        }
    }
    let anchors = match Anchors::of(&cx).await {
        Ok(anchors) => anchors,
        Err(absent) => return absent.into(),
    };
    let client = match http::transfer_client(&way, anchors.certificates(), end) {
        Ok(client) => client,
        Err(error) => {
            return Reading::absent(Reason::Failed, format!("make an HTTP client: {}", http::words(error)));
        }
    };
    let server = latency::server(&endpoint.download, &way, end).await;
    let idle = latency::series(&server, latency::IDLE_EVERY, tokio::time::sleep(IDLE)).await;
    let left = end.saturating_duration_since(Instant::now());
    let (share, most) = if endpoint.upload.is_some() {
        (left.mul_f64(DOWNLOAD_SHARE), (endpoint.most_bytes as f64 * DOWNLOAD_SHARE) as u64)
    } else {
        (left, endpoint.most_bytes)
    };
    let down = transfer::download(&client, &endpoint.download, most, Instant::now() + share);
    let download = loaded(&server, down).await;
    let upload = match &endpoint.upload {
        None => Reading::absent(Reason::NothingToMeasure, "the policy names no server that takes data"),
        Some(url) => {
            let most = endpoint.most_bytes.saturating_sub(most);
            // Where it is another host, its own round trips.
            let server = if host(url) == host(&endpoint.download) {
                server
            } else {
                latency::server(url, &way, end).await
            };
            loaded(&server, transfer::upload(&client, url, most, end)).await
        }
    };
    Reading::Value(Throughput { download, upload, idle })
}

/// A transfer, with the round trips meanwhile.
async fn loaded(
    server: &latency::Server,
    transfer: impl Future<Output = Result<Transfer, Absence>>,
) -> Reading<Transfer> {
    let over = tokio_util::sync::CancellationToken::new();
    let (outcome, loaded) = tokio::join!(
        async {
            let outcome = transfer.await;
            over.cancel();
            outcome
        },
        latency::series(server, latency::LOADED_EVERY, over.cancelled()),
    );
    outcome.map(|transfer| Transfer { loaded, ..transfer }).into()
}

fn host(url: &str) -> Option<Target> {
    let url = Url::parse(url).ok()?;
    Some(Target {
        host: url.host_str()?.trim_matches(['[', ']']).to_owned(),
        port: url.port_or_known_default()?,
    })
}

/// What has arrived so far, by all streams.
#[derive(Debug, Clone, Default)]
struct Arrived(Arc<AtomicU64>);

impl Arrived {
    fn add(&self, bytes: u64) -> u64 {
        self.0.fetch_add(bytes, Ordering::Relaxed) + bytes
    }

    fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What may still be sent, by all streams.
#[derive(Debug, Clone)]
struct Amount(Arc<AtomicU64>);

impl Amount {
    fn new(most: u64) -> Self {
        Self(Arc::new(AtomicU64::new(most)))
    }

    /// As much as is wanted, or what is left.
    fn take(&self, wanted: u64) -> u64 {
        let taken = |left: u64| Some(left.saturating_sub(wanted));
        // It never refuses, so both arms are the value before.
        let (Ok(left) | Err(left)) = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken);
        left.min(wanted)
    }

    fn is_used_up(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}
