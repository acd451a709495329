//! The two directions. A server decides neither how much is transferred nor how long it takes.

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, RANGE};
use reqwest::{Client, Response, StatusCode};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Arrived, Transfer, TransferEnd};
use crate::net::{self, http};
use crate::{Absence, Reading, Reason};

/// Enough to fill a line on which one connection alone is held up, and few enough to be no attack.
const STREAMS: u64 = 4;

/// A server whose file is small is asked again so often at most.
const MOST_REQUESTS: usize = 16;

/// The first upload of a stream; each next one is twice as large.
const FIRST_UPLOAD: usize = 32 * 1024;
const LARGEST_UPLOAD: usize = 1024 * 1024;

/// The share of the time in which connections get up to speed.
const RAMP: f64 = 0.25;

const SAMPLE_EVERY: Duration = Duration::from_millis(50);

pub(super) async fn download(
    client: &Client,
    url: &str,
    most: u64,
    deadline: Instant,
) -> Result<Transfer, Absence> {
    let started = Instant::now();
    let arrived = Arrived::default();
    let mut streams = JoinSet::new();
    for _ in 0..STREAMS {
        let (client, url, arrived) = (client.clone(), url.to_owned(), arrived.clone());
        streams.spawn(async move { fetch(&client, &url, most, &arrived).await });
    }
    let mut samples = vec![(Duration::ZERO, 0)];
    let mut clock = tokio::time::interval(SAMPLE_EVERY);
    let mut trouble = None;
    let end = loop {
        tokio::select! {
            () = tokio::time::sleep_until(deadline) => break TransferEnd::TimeUp,
            _ = clock.tick() => samples.push((started.elapsed(), arrived.bytes())),
            joined = streams.join_next() => match joined {
                None if arrived.bytes() + STREAMS < most => break TransferEnd::ServerEnded,
                None => break TransferEnd::AllDone,
                // The others have nothing left to do either.
                Some(Ok(Ok(()))) if arrived.bytes() >= most => break TransferEnd::AllDone,
                Some(Ok(Err(absent))) => trouble = Some(absent),
                Some(_) => {}
            },
        }
    };
    let took = started.elapsed();
    samples.push((took, arrived.bytes()));
    streams.abort_all();
    match trouble {
        Some(absent) if arrived.bytes() == 0 => Err(absent),
        _ => Ok(transfer(up_to_speed(&samples), arrived.bytes(), took, end)),
    }
}

/// One stream: asks for its share, and again where the server's file is smaller.
async fn fetch(client: &Client, url: &str, most: u64, arrived: &Arrived) -> Result<(), Absence> {
    let share = (most / STREAMS).max(1);
    let mut got = 0;
    for _ in 0..MOST_REQUESTS {
        let asked = client
            .get(url)
            .header(RANGE, format!("bytes=0-{}", share - got - 1))
            .header(ACCEPT_ENCODING, "identity");
        let mut answer = useful(asked.send().await)?;
        let before = got;
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            got += chunk.len() as u64;
            // Whoever sends more than was asked for is not listened to any longer.
            if arrived.add(chunk.len() as u64) >= most || got >= share {
                return Ok(());
            }
        }
        if got == before {
            return Ok(());
        }
    }
    Ok(())
}

pub(super) async fn upload(
    client: &Client,
    url: &str,
    most: u64,
    deadline: Instant,
) -> Result<Transfer, Absence> {
    let started = Instant::now();
    let arrived = Arrived::default();
    // What is under way counts before it is sent: the amount is never exceeded.
    let taken = Arrived::default();
    let mut streams = JoinSet::new();
    for _ in 0..STREAMS {
        let (client, url) = (client.clone(), url.to_owned());
        let (arrived, taken) = (arrived.clone(), taken.clone());
        streams.spawn(async move {
            let mut size = FIRST_UPLOAD;
            for _ in 0..MOST_REQUESTS {
                if taken.add(size as u64) > most {
                    break;
                }
                let asked = client.post(&url).body(vec![0_u8; size]);
                // The answer's body is not read: nothing is wanted of it.
                useful(asked.send().await)?;
                arrived.add(size as u64);
                size = (size * 2).min(LARGEST_UPLOAD);
            }
            Ok::<_, Absence>(started.elapsed())
        });
    }
    let mut trouble = None;
    let mut last = Duration::ZERO;
    let end = loop {
        tokio::select! {
            () = tokio::time::sleep_until(deadline) => break TransferEnd::TimeUp,
            joined = streams.join_next() => match joined {
                None => break TransferEnd::AllDone,
                Some(Ok(Ok(ended))) => last = last.max(ended),
                Some(Ok(Err(absent))) => trouble = Some(absent),
                Some(Err(_)) => {}
            },
        }
    };
    streams.abort_all();
    let took = if end == TransferEnd::AllDone && last > Duration::ZERO { last } else { started.elapsed() };
    match trouble {
        Some(absent) if arrived.bytes() == 0 => Err(absent),
        _ => Ok(transfer(mbps(arrived.bytes(), took), arrived.bytes(), took, end)),
    }
}

fn transfer(rate_mbps: f64, transferred_bytes: u64, took: Duration, end: TransferEnd) -> Transfer {
    Transfer {
        rate_mbps,
        transferred_bytes,
        took_ms: net::ms(took),
        stream_count: STREAMS as u32,
        end,
        loaded: Reading::absent(Reason::NothingToMeasure, ""),
    }
}

/// The rate without the beginning.
fn up_to_speed(samples: &[(Duration, u64)]) -> f64 {
    let (Some((took, bytes)), true) = (samples.last().copied(), samples.len() > 1) else { return 0.0 };
    let from = samples.iter().rev().find(|(at, _)| *at <= took.mul_f64(RAMP)).copied().unwrap_or_default();
    let steady = mbps(bytes.saturating_sub(from.1), took.saturating_sub(from.0));
    // A burst at the beginning that nothing follows is not what the line carries.
    if from.1 == bytes { mbps(bytes, took) } else { steady }
}

fn mbps(bytes: u64, took: Duration) -> f64 {
    if took.is_zero() { 0.0 } else { bytes as f64 * 8.0 / took.as_secs_f64() / 1e6 }
}

fn failed(error: reqwest::Error) -> Absence {
    Absence::new(Reason::Failed, http::words(error))
}

/// An answer that carries what was asked for.
fn useful(answer: Result<Response, reqwest::Error>) -> Result<Response, Absence> {
    let answer = answer.map_err(failed)?;
    let status = answer.status();
    let words = match status {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::CREATED | StatusCode::NO_CONTENT => {
            return Ok(answer);
        }
        // Who sends elsewhere would have another host asked than the policy names.
        _ if status.is_redirection() => "the server sends elsewhere, which is not followed",
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => "the proxy wants a password",
        _ => "the server does not give what the policy says",
    };
    Err(Absence::new(Reason::Failed, format!("{words} (status {})", status.as_u16())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_does_not_count() {
        let at = Duration::from_millis;
        let samples = [(at(0), 0), (at(500), 0), (at(1000), 1000), (at(4000), 3_001_000)];
        assert!((up_to_speed(&samples) - 8.0).abs() < 1e-6, "{}", up_to_speed(&samples));
        let burst = [(at(0), 0), (at(500), 500_000), (at(4000), 500_000)];
        assert!((up_to_speed(&burst) - 1.0).abs() < 1e-6, "{}", up_to_speed(&burst));
        assert!(up_to_speed(&[]) < 1e-9);
    }
}
