//! The two directions. A server decides neither how much is transferred nor how long it takes.

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, RANGE};
use reqwest::{Client, Response, StatusCode};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Amount, Arrived, Transfer, TransferEnd};
use crate::net::{self, http};
use crate::{Absence, Reading, Reason};

/// Enough to fill a line on which one connection alone is held up, and few enough to be no attack.
const STREAMS: u64 = 4;

/// A server whose file is small is asked again so often at most.
const MOST_REQUESTS: usize = 16;

/// The first upload of a stream; each next one is twice as large, as long as it would be answered in time.
const FIRST_UPLOAD: u64 = 8 * 1024;
const LARGEST_UPLOAD: u64 = 1024 * 1024;

/// What an upload may take of the time that is left, by what the last one took: the next one may take longer.
const SURE_OF: f64 = 0.8;

/// A silence at the end that is so many times longer than any before it is no pause of a slow line.
const STALL: f64 = 2.0;

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
    // What is under way counts before it is sent: the amount is never exceeded.
    let amount = Amount::new(most);
    let (answered, mut answers) = mpsc::unbounded_channel();
    let mut streams = JoinSet::new();
    for _ in 0..STREAMS {
        let (client, url) = (client.clone(), url.to_owned());
        let (amount, answered) = (amount.clone(), answered.clone());
        streams.spawn(async move { send(&client, &url, &amount, deadline, &answered).await });
    }
    let mut trouble = None;
    let mut end = TransferEnd::AllDone;
    loop {
        tokio::select! {
            () = tokio::time::sleep_until(deadline) => {
                end = TransferEnd::TimeUp;
                break;
            }
            joined = streams.join_next() => match joined {
                None => break,
                Some(Ok(Ok(TransferEnd::AllDone))) | Some(Err(_)) => {}
                Some(Ok(Ok(ended))) => end = ended,
                Some(Ok(Err(absent))) => trouble = Some(absent),
            },
        }
    }
    let took = started.elapsed();
    streams.abort_all();
    let mut got = Vec::new();
    while let Ok((at, bytes)) = answers.try_recv() {
        got.push((at.saturating_duration_since(started), bytes));
    }
    got.sort_unstable();
    let mut samples = vec![(Duration::ZERO, 0)];
    let mut arrived = 0;
    for (at, bytes) in got {
        arrived += bytes;
        samples.push((at, arrived));
    }
    samples.push((took, arrived));
    match trouble {
        Some(absent) if arrived == 0 => Err(absent),
        _ => Ok(transfer(up_to_speed(&samples), arrived, took, end)),
    }
}

/// One stream: sends more and more, until the amount is used up or nothing more would be answered in time.
async fn send(
    client: &Client,
    url: &str,
    amount: &Amount,
    deadline: Instant,
    answered: &mpsc::UnboundedSender<(Instant, u64)>,
) -> Result<TransferEnd, Absence> {
    let mut wanted = FIRST_UPLOAD;
    loop {
        let size = amount.take(wanted);
        if size == 0 {
            return Ok(TransferEnd::AllDone);
        }
        let asked = Instant::now();
        // The answer's body is not read: nothing is wanted of it.
        useful(client.post(url).body(vec![0_u8; size as usize]).send().await)?;
        let now = Instant::now();
        let _ = answered.send((now, size));
        if amount.is_used_up() {
            return Ok(TransferEnd::AllDone);
        }
        match next_upload(size, now - asked, deadline.saturating_duration_since(now)) {
            Some(next) => wanted = next,
            None => return Ok(TransferEnd::TimeUp),
        }
    }
}

/// How much is sent next where `size` took so long: twice as much, or as much as would still be answered.
fn next_upload(size: u64, took: Duration, left: Duration) -> Option<u64> {
    let sure = left.mul_f64(SURE_OF);
    let mut next = (size * 2).clamp(FIRST_UPLOAD, LARGEST_UPLOAD);
    while took.mul_f64(next as f64 / size.max(1) as f64) > sure {
        next /= 2;
        if next < FIRST_UPLOAD {
            return None;
        }
    }
    Some(next)
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

/// The rate from one arrival to another, without the beginning: what was still under way at the end would make
/// a slow line look slower yet. The last sample says when it was over.
fn up_to_speed(samples: &[(Duration, u64)]) -> f64 {
    let Some((over, bytes)) = samples.last().copied() else { return 0.0 };
    let mut arrivals: Vec<(Duration, u64)> = Vec::new();
    for sample in samples {
        if arrivals.last().is_none_or(|last| last.1 < sample.1) {
            arrivals.push(*sample);
        }
    }
    let last = arrivals.last().map_or(over, |last| last.0);
    let pauses = arrivals.windows(2).map(|two| two[1].0.saturating_sub(two[0].0));
    // A burst that nothing follows is not what the line carries.
    let stalled = over.saturating_sub(last) > pauses.max().unwrap_or_default().mul_f64(STALL);
    let took = if stalled { over } else { last };
    let from = arrivals.iter().rev().find(|(at, _)| *at <= took.mul_f64(RAMP)).copied().unwrap_or_default();
    if from.1 == bytes { mbps(bytes, took) } else { mbps(bytes - from.1, took.saturating_sub(from.0)) }
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

    #[test]
    fn what_was_still_under_way_at_the_end_makes_nothing_slower() {
        let at = Duration::from_millis;
        // 0.5 Mbit/s in answers of 64 kB, the last of which is under way when the time is over.
        let samples =
            [(at(0), 0), (at(512), 32_000), (at(1536), 96_000), (at(2560), 160_000), (at(3500), 160_000)];
        assert!((up_to_speed(&samples) - 0.5).abs() < 1e-6, "{}", up_to_speed(&samples));
        let once = [(at(0), 0), (at(2000), 32_000), (at(3600), 32_000)];
        assert!((up_to_speed(&once) - 0.128).abs() < 1e-6, "{}", up_to_speed(&once));
    }

    #[test]
    fn an_upload_grows_only_as_long_as_it_would_be_answered_in_time() {
        let at = Duration::from_millis;
        assert_eq!(next_upload(FIRST_UPLOAD, at(100), at(3000)), Some(2 * FIRST_UPLOAD));
        assert_eq!(next_upload(LARGEST_UPLOAD, at(100), at(3000)), Some(LARGEST_UPLOAD));
        assert_eq!(next_upload(4 * FIRST_UPLOAD, at(1000), at(2000)), Some(4 * FIRST_UPLOAD));
        assert_eq!(next_upload(4 * FIRST_UPLOAD, at(1000), at(400)), Some(FIRST_UPLOAD));
        assert_eq!(next_upload(4 * FIRST_UPLOAD, at(1000), at(300)), None);
        assert_eq!(next_upload(FIRST_UPLOAD, at(1000), at(0)), None);
    }
}
