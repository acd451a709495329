//! Round trips to the server, by TCP connections that are closed at once.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::RoundTrips;
use crate::net::http::Way;
use crate::net::{self, Wait};
use crate::{Absence, Reading, Reason};

pub(super) const IDLE_EVERY: Duration = Duration::from_millis(50);
pub(super) const LOADED_EVERY: Duration = Duration::from_millis(100);

/// A queue that holds more than this is not waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// Systems send the first packet of a connection again after a second (RFC 6298).
const SENT_AGAIN_MS: f64 = 900.0;

/// Fewer say nothing.
const FEWEST: usize = 5;

/// Where the round trips go, or why there are none.
pub(super) type Server = Result<SocketAddr, Absence>;

/// The server's first address that takes a connection.
pub(super) async fn server(url: &str, way: &Way, deadline: Instant) -> Server {
    if way.proxy_for(url).is_some() {
        return Err(Absence::new(Reason::NothingToMeasure, "a proxy answers in the server's stead"));
    }
    let nothing = |detail: String| Absence::new(Reason::NothingToMeasure, detail);
    let target = super::host(url).ok_or_else(|| nothing("the address names no host".into()))?;
    let patience = deadline.min(Instant::now() + PATIENCE);
    let found =
        net::resolve(&target.host, target.port, patience).await.map_err(|e| nothing(e.to_string()))?;
    for address in found {
        if let Wait::Done(_) =
            net::in_time(Instant::now() + Duration::from_secs(1), tokio::net::TcpStream::connect(address))
                .await
        {
            return Ok(address);
        }
    }
    Err(nothing("the server takes no connection".into()))
}

/// A connection every so often until `over`, each waited for on its own.
pub(super) async fn series(
    server: &Server,
    every: Duration,
    over: impl Future<Output = ()>,
) -> Reading<RoundTrips> {
    let to = match server {
        Ok(to) => *to,
        Err(absent) => {
            over.await;
            return absent.clone().into();
        }
    };
    let mut clock = tokio::time::interval(every);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut under_way = JoinSet::new();
    tokio::pin!(over);
    loop {
        tokio::select! {
            () = &mut over => break,
            _ = clock.tick() => {
                under_way.spawn(async move {
                    let started = Instant::now();
                    let connecting = tokio::net::TcpStream::connect(to);
                    match net::in_time(started + PATIENCE, connecting).await {
                        Wait::Done(_) => Some(net::ms(started.elapsed())),
                        Wait::Error(_) | Wait::TimedOut => None,
                    }
                });
            }
        }
    }
    let sent = under_way.len();
    // What was sent last is given the time that the others had.
    let deadline = Instant::now() + PATIENCE.min(Duration::from_millis(1200));
    let mut times = Vec::new();
    while let Ok(Some(joined)) = tokio::time::timeout_at(deadline, under_way.join_next()).await {
        times.extend(joined.ok().flatten());
    }
    // Those that failed and those that are still waiting alike.
    let unanswered = sent - times.len();
    summed_up(times, unanswered)
}

/// What a series comes to; `unanswered` counts those of which nothing came back.
pub(super) fn summed_up(mut times: Vec<f64>, unanswered: usize) -> Reading<RoundTrips> {
    let sent = times.len() + unanswered;
    if times.len() < FEWEST {
        return Reading::absent(
            Reason::NothingToMeasure,
            format!("{} of {sent} round trips were answered", times.len()),
        );
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    let (median_ms, p95_ms) = (at(0.5), at(0.95));
    let again = times.iter().filter(|t| **t > median_ms + SENT_AGAIN_MS).count();
    let lost = unanswered + again;
    Reading::Value(RoundTrips {
        sent_count: sent as u32,
        lost_count: lost as u32,
        loss_percent: lost as f64 * 100.0 / sent as f64,
        median_ms,
        p95_ms,
    })
}
