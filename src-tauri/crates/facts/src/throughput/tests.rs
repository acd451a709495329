//! Against real servers on this machine: honest ones, and ones that are not.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::net::testing::{self, ClosedPort, HttpServer};
use crate::{Endpoints, Subject};

fn context(download: String, upload: Option<String>) -> Context {
    let endpoint = ThroughputEndpoint { download, upload, most_bytes: 400_000, most_seconds: 3 };
    testing::context(Endpoints { throughput: Some(endpoint), ..testing::no_endpoints() })
}

async fn measured(download: String, upload: Option<String>) -> Throughput {
    let cx = context(download, upload);
    measure_by(cx, Way::Direct).await.value().expect("measured").clone()
}

fn absent<T>(reading: &Reading<T>) -> (Reason, &str) {
    let absence = reading.absence().expect("absent");
    (absence.reason, absence.detail.as_str())
}

/// A server that reads a whole request and then answers, and counts the bytes of bodies.
async fn sink() -> (String, Arrived) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/up", listener.local_addr().unwrap());
    let taken = Arrived::default();
    let count = taken.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let count = count.clone();
            tokio::spawn(async move {
                loop {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = stream.read_u8().await else { return };
                        head.push(byte);
                    }
                    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
                    let (_, length) = head.split_once("content-length: ").unwrap();
                    let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
                    stream.read_exact(&mut vec![0; length]).await.unwrap();
                    count.add(length as u64);
                    stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
                }
            });
        }
    });
    (url, taken)
}

#[tokio::test]
async fn both_directions_and_the_round_trips_are_measured_within_the_amount() {
    let server = HttpServer::start("HTTP/1.1 200 OK\r\n\r\n", true).await;
    let (up, taken) = sink().await;
    let seen = measured(format!("http://{}/file", server.address), Some(up)).await;
    let (down, upload) = (seen.download.value().unwrap(), seen.upload.value().unwrap());
    assert_eq!(down.end, TransferEnd::AllDone, "{down:?}");
    assert!((240_000..1_000_000).contains(&down.transferred_bytes), "{down:?}");
    assert!(down.rate_mbps > 1.0 && upload.rate_mbps > 1.0, "{down:?} {upload:?}");
    assert_eq!(upload.transferred_bytes, taken.bytes());
    assert_eq!((upload.end, upload.transferred_bytes), (TransferEnd::AllDone, 160_000));
    let idle = seen.idle.value().unwrap();
    assert!(idle.sent_count >= 10 && idle.lost_count == 0 && idle.median_ms <= idle.p95_ms, "{idle:?}");
    let asked = server.asked();
    assert!(asked.iter().any(|head| head.to_ascii_lowercase().contains("range: bytes=0-59999")), "{asked:?}");
}

#[tokio::test]
async fn without_an_upload_address_only_the_download_is_measured() {
    let server = HttpServer::start("HTTP/1.1 200 OK\r\n\r\n", true).await;
    let seen = measured(format!("http://{}/", server.address), None).await;
    assert_eq!(absent(&seen.upload).0, Reason::NothingToMeasure);
    assert!(seen.download.value().unwrap().transferred_bytes >= 400_000);
}

#[tokio::test]
async fn a_server_that_sends_elsewhere_is_not_followed() {
    let other = HttpServer::start("HTTP/1.1 200 OK\r\n\r\n", true).await;
    let moved = HttpServer::start(
        format!("HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", other.url("/")),
        false,
    )
    .await;
    let url = format!("http://{}/", moved.address);
    let seen = measured(url.clone(), Some(url)).await;
    for direction in [&seen.download, &seen.upload] {
        let (reason, detail) = absent(direction);
        assert!(reason == Reason::Failed && detail.contains("elsewhere"), "{detail}");
    }
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn a_server_that_trickles_ends_with_the_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            // One byte, and then nothing more.
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\nx").await;
            open.push(stream);
        }
    });
    let seen = measured(url, None).await;
    let down = seen.download.value().unwrap();
    assert_eq!(down.end, TransferEnd::TimeUp);
    assert!(down.transferred_bytes <= 16 && down.took_ms < 4000.0, "{down:?}");
    assert!(down.loaded.value().unwrap().sent_count >= 5, "{down:?}");
}

#[tokio::test]
async fn a_short_file_is_asked_for_again_and_not_for_ever() {
    let short = HttpServer::start("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", false).await;
    let seen = measured(format!("http://{}/", short.address), None).await;
    let down = seen.download.value().unwrap();
    assert_eq!((down.end, down.transferred_bytes), (TransferEnd::ServerEnded, 640));
    let wrong = HttpServer::start("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", false).await;
    let seen = measured(format!("http://{}/", wrong.address), None).await;
    assert!(absent(&seen.download).1.contains("404"));
}

#[tokio::test]
async fn nobody_there_is_a_reason_and_nothing_is_slow() {
    let closed = ClosedPort::tcp();
    let seen = measured(format!("http://{}/", closed.address()), None).await;
    assert_eq!(absent(&seen.download).0, Reason::Failed);
    assert_eq!(absent(&seen.idle).0, Reason::NothingToMeasure);
}

#[tokio::test]
async fn it_is_measured_only_where_it_was_agreed_to_and_a_server_is_named() {
    let server = HttpServer::start("HTTP/1.1 200 OK\r\n\r\n", true).await;
    let asked = |cx: Context| async move {
        let at = jiff::Timestamp::UNIX_EPOCH;
        crate::measure(&cx, &[Subject::throughput], at, None).await.throughput
    };
    let url = format!("http://{}/", server.address);
    assert_eq!(absent(&asked(context(url.clone(), None)).await).0, Reason::NotRequested);
    let agreed = std::collections::BTreeSet::from([Subject::throughput]);
    let unnamed = Context { agreed: agreed.clone(), ..testing::context(testing::no_endpoints()) };
    assert_eq!(absent(&asked(unnamed).await).0, Reason::NothingToMeasure);
    let offline = Context { agreed, offline: true, ..context(url, None) };
    assert_eq!(absent(&asked(offline).await).0, Reason::Offline);
    assert!(server.asked().is_empty());
}

#[test]
fn what_was_sent_again_counts_as_lost_and_what_is_late_does_not() {
    let mut times = vec![20.0; 18];
    times.extend([1021.0, 1022.0]);
    let seen = latency::summed_up(times, 1).value().unwrap().clone();
    assert_eq!((seen.sent_count, seen.lost_count), (21, 3));
    assert!((seen.p95_ms - 1022.0).abs() < 1e-9 && (seen.median_ms - 20.0).abs() < 1e-9, "{seen:?}");
    let late = latency::summed_up(vec![1100.0; 20], 0).value().unwrap().clone();
    assert_eq!(late.lost_count, 0);
    assert_eq!(latency::summed_up(vec![1.0; 4], 9).absence().unwrap().reason, Reason::NothingToMeasure);
}
