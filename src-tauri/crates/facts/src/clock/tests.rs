//! Against time and web servers that speak the real protocols, started here.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;

use super::*;
use crate::net::testing::{self, HttpServer};
use crate::tls::tests::{Authority, DATE_OF_STRICT_PROXY, strict_proxy};
use crate::{Endpoints, HttpEndpoint};

/// Changes a good answer into what a test needs.
type Twist = fn(&mut [u8; 48]);

/// A time server whose clock is `behind` seconds behind this computer's.
async fn time_server(behind: f64, twist: Twist) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut question = [0; 48];
        while let Ok((48, from)) = socket.recv_from(&mut question).await {
            let now = unix_seconds(SystemTime::now()) - behind + 2_208_988_800.0;
            let mut time = (now as u32).to_be_bytes().to_vec();
            time.extend_from_slice(&((now.fract() * 4_294_967_296.0) as u32).to_be_bytes());
            let mut answer = [0; 48];
            answer[0] = (4 << 3) | 4;
            answer[1] = 2;
            answer[24..32].copy_from_slice(&question[40..48]);
            answer[32..40].copy_from_slice(&time);
            answer[40..48].copy_from_slice(&time);
            twist(&mut answer);
            let _ = socket.send_to(&answer, from).await;
        }
    });
    address
}

async fn clock_within(ntp: Vec<String>, http: Vec<HttpEndpoint>, probe: Duration) -> Clock {
    let mut cx = testing::context(Endpoints { http, ntp, ..testing::no_endpoints() });
    cx.limits.probe = probe;
    measure_by(cx, Way::Direct).await.value().expect("measured").clone()
}

async fn clock(ntp: Vec<SocketAddr>, http: Vec<HttpEndpoint>) -> Clock {
    let ntp = ntp.iter().map(|a| format!("localhost:{}", a.port())).collect();
    clock_within(ntp, http, Duration::from_secs(20)).await
}

fn near(reading: &Reading<f64>, expected: f64, within: f64) {
    let value = *reading.value().unwrap_or_else(|| panic!("{reading:?}"));
    assert!((value - expected).abs() <= within, "{value} is not near {expected}");
}

#[tokio::test]
async fn the_middle_of_the_time_servers_is_the_offset_and_ahead_is_positive() {
    let servers = vec![
        time_server(7200.0, |_| ()).await,
        time_server(-5000.0, |_| ()).await,
        time_server(7201.0, |_| ()).await,
    ];
    let clock = clock(servers, vec![]).await;
    let ntp = clock.ntp.value().unwrap();
    near(&ntp[0].offset_seconds, 7200.0, 0.2);
    near(&ntp[1].offset_seconds, -5000.0, 0.2);
    assert_eq!(ntp[0].stratum, Reading::Value(2));
    assert!(*ntp[0].rtt_ms.value().unwrap() < 1000.0);
    near(&clock.offset_seconds, 7200.0, 0.2);
}

#[tokio::test]
async fn of_two_that_contradict_each_other_the_date_decides_or_nobody() {
    let right = || time_server(0.0, |_| ());
    let wrong = || time_server(-3600.0, |_| ());
    let alone = clock(vec![right().await, wrong().await], vec![]).await;
    let absence = alone.offset_seconds.absence().unwrap();
    assert!(absence.reason == Reason::Failed && absence.detail.contains("3600 s"), "{absence}");

    let date = Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT");
    let web = HttpServer::start(format!("HTTP/1.1 204 No Content\r\nDate: {date}\r\n\r\n"), false).await;
    let dated = HttpEndpoint::NoContent(web.url("/"));
    let clock = clock(vec![wrong().await, right().await], vec![dated]).await;
    near(&clock.offset_seconds, 0.0, 0.2);
}

#[tokio::test]
async fn a_server_without_the_time_gives_no_offset() {
    let unsynchronised = clock(vec![time_server(0.0, |a| a[1] = 16).await], vec![]).await;
    let answer = &unsynchronised.ntp.value().unwrap()[0];
    assert_eq!(answer.stratum, Reading::Value(16));
    assert_eq!(answer.offset_seconds.absence().unwrap().reason, Reason::Failed);
    assert_eq!(unsynchronised.offset_seconds.absence().unwrap().reason, Reason::NothingToMeasure);

    let alarmed = clock(vec![time_server(0.0, |a| a[0] |= 3 << 6).await], vec![]).await;
    assert!(alarmed.ntp.value().unwrap()[0].offset_seconds.value().is_none());

    let unwilling = clock(
        vec![
            time_server(0.0, |a| {
                a[1] = 0;
                a[12..16].copy_from_slice(b"RATE");
            })
            .await,
        ],
        vec![],
    )
    .await;
    let answer = &unwilling.ntp.value().unwrap()[0];
    assert!(answer.offset_seconds.absence().unwrap().detail.contains("RATE"));
}

#[tokio::test]
async fn nonsense_is_not_believed() {
    let twists: [(Twist, &str); 5] = [
        (|a| a[0] = (4 << 3) | 3, "not from a time server"),
        (|a| a[0] = (7 << 3) | 4, "unknown version"),
        (|a| a[24] ^= 1, "another question"),
        (|a| a[40..48].fill(0), "no time"),
        // Answered an hour before it was received.
        (
            |a| {
                let hours = u32::from_be_bytes([a[32], a[33], a[34], a[35]]) + 3600;
                a[32..36].copy_from_slice(&hours.to_be_bytes());
            },
            "contradict",
        ),
    ];
    for (twist, why) in twists {
        let server = time_server(0.0, twist).await;
        let clock = clock_within(vec![server.to_string()], vec![], Duration::from_millis(400)).await;
        let absence = clock.ntp.value().unwrap()[0].offset_seconds.absence().unwrap().clone();
        assert!(absence.reason == Reason::Failed && absence.detail.contains(why), "{absence} / {why}");
    }
}

#[tokio::test]
async fn silence_is_timed_out() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let server = silent.local_addr().unwrap().to_string();
    let clock = clock_within(vec![server], vec![], Duration::from_millis(400)).await;
    let answer = &clock.ntp.value().unwrap()[0];
    assert_eq!(answer.offset_seconds.absence().unwrap().reason, Reason::TimedOut);
}

#[tokio::test]
async fn a_web_servers_date_stands_in_where_no_time_server_answers() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let hour_ago = Timestamp::now() - jiff::SignedDuration::from_hours(1);
    let date = hour_ago.strftime("%a, %d %b %Y %H:%M:%S GMT");
    let undated = HttpServer::start("HTTP/1.1 204 No Content\r\n\r\n", false).await;
    let web = HttpServer::start(format!("HTTP/1.1 204 No Content\r\nDate: {date}\r\n\r\n"), false).await;
    let endpoints = [undated.url("/a"), web.url("/b")].map(HttpEndpoint::NoContent).to_vec();
    let clock =
        clock_within(vec![silent.local_addr().unwrap().to_string()], endpoints, Duration::from_secs(2)).await;
    near(&clock.http_offset_seconds, 3600.0, 3.0);
    assert_eq!(clock.offset_seconds, clock.http_offset_seconds);
    assert!(web.asked()[0].starts_with("HEAD /b "), "{:?}", web.asked());

    let cached = format!("HTTP/1.1 204 x\r\nDate: {date}\r\nAge: 3600\r\n\r\n");
    let cache = HttpServer::start(cached, false).await;
    let clock = self::clock(vec![], vec![HttpEndpoint::NoContent(cache.url("/"))]).await;
    near(&clock.http_offset_seconds, 0.0, 30.0);
    assert_eq!(clock.ntp.absence().unwrap().reason, Reason::NothingToMeasure);
}

#[tokio::test]
async fn offline_only_this_computers_clock_is_read() {
    let web = HttpServer::start("HTTP/1.1 204 No Content\r\n\r\n", false).await;
    let mut cx = testing::context(Endpoints {
        ntp: vec!["127.0.0.1:9".into()],
        http: vec![HttpEndpoint::NoContent(web.url("/"))],
        ..testing::no_endpoints()
    });
    cx.offline = true;
    let before = Timestamp::now();
    let reading = measure(cx).await;
    let clock = reading.value().unwrap();
    assert!(clock.now >= before);
    assert_eq!(clock.ntp.absence().unwrap().reason, Reason::Offline);
    assert_eq!(clock.offset_seconds.absence().unwrap().reason, Reason::Offline);
    assert!(web.asked().is_empty());
}

#[test]
fn a_time_server_alone_against_the_web_and_this_clock_is_not_believed() {
    let known = |offset: f64| Reading::Value(offset);
    let century = 3_000_000_000.0;
    assert_eq!(witnessed(known(-century), &known(0.4)), known(0.4));
    assert_eq!(witnessed(known(0.1), &known(7200.0)), known(0.1), "a stale page");
    assert_eq!(witnessed(known(7200.0), &known(7201.0)), known(7200.0), "both say that this clock is wrong");
    let absent = witnessed(known(7200.0), &known(-900.0));
    assert_eq!(absent.absence().map(|a| a.reason), Some(Reason::Failed));
}

#[tokio::test]
async fn a_silent_time_server_is_not_waited_for_once_the_web_has_told_the_time() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let date = Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT");
    let web = HttpServer::start(format!("HTTP/1.1 204 No Content\r\nDate: {date}\r\n\r\n"), false).await;
    let endpoints = vec![HttpEndpoint::NoContent(web.url("/"))];
    let started = Instant::now();
    let server = silent.local_addr().unwrap().to_string();
    let clock = clock_within(vec![server], endpoints, Duration::from_mins(1)).await;
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    near(&clock.offset_seconds, 0.0, 5.0);
    assert_eq!(clock.ntp.value().unwrap()[0].offset_seconds.absence().unwrap().reason, Reason::TimedOut);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_time_services_own_word_is_read() {
    let root = tempfile::tempdir().unwrap();
    let cx = Context { root: root.path().to_owned(), ..Context::default() };
    assert_eq!(synchronised::read(&cx).await.absence().unwrap().reason, Reason::NotSupported);
    let folder = root.path().join("run/systemd/timesync");
    std::fs::create_dir_all(&folder).unwrap();
    assert_eq!(synchronised::read(&cx).await, Reading::Value(false));
    std::fs::write(folder.join("synchronized"), "").unwrap();
    assert_eq!(synchronised::read(&cx).await, Reading::Value(true));
}

#[tokio::test]
async fn a_proxy_that_is_asked_over_tls_tells_the_time_where_it_is_trusted() {
    let authority = Authority::new("Lab CA");
    let (address, asked) = strict_proxy(&authority).await;
    let way = Way::Proxy(format!("https://localhost:{}", address.port()));
    let http = vec![HttpEndpoint::NoContent("http://check.example/".into())];
    let mut endpoints = Endpoints { http, ..testing::no_endpoints() };
    let stranger = measure_by(testing::context(endpoints.clone()), way.clone()).await;
    assert!(stranger.value().unwrap().http_offset_seconds.absence().is_some());
    assert!(asked.lock().unwrap().is_empty(), "a stranger was asked");

    endpoints.ca_file = Some(authority.file.clone());
    let clock = measure_by(testing::context(endpoints), way).await.value().unwrap().clone();
    let theirs = jiff::fmt::rfc2822::parse(DATE_OF_STRICT_PROXY).unwrap().timestamp().as_second() as f64;
    near(&clock.http_offset_seconds, unix_seconds(SystemTime::now()) - theirs, 60.0);
}
