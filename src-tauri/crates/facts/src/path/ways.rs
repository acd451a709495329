//! Follows the way to one address: datagrams that may pass one router, two, three …, and what comes back.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use rustix::net::sockopt;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::errors::{self, Heard, Said};
use super::{Hop, Way, WayEnd};
use crate::net;
use crate::reach::{self, ConnectOutcome, Connection};

/// Ports that nothing listens at, by the custom of traceroute; one more for every hop.
const PORT: u16 = 33434;

/// A datagram that may pass more routers than any way has; where it runs out, it went in a circle.
const ALL_THE_WAY: u8 = 30;

/// Sent side by side. Few at a time: a router sends only some errors a second to one computer (Linux: six,
/// then one), and the other probes need theirs.
const WAVES: &[&[u8]] = &[&[1, 2, ALL_THE_WAY], &[3, 4], &[5, 6], &[7, 8]];

/// When a datagram without an answer is sent again.
const AGAIN: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(900)];

/// How long nothing at all is waited for.
const NOBODY: Duration = Duration::from_millis(2200);

/// The least that an answer is waited for after the others came.
const GRACE: Duration = Duration::from_millis(30);

/// What came of one datagram.
struct Probe {
    hops: u8,
    outcome: Result<(Heard, Option<IpAddr>, f64), io::Error>,
}

pub(super) async fn follow(
    label: String,
    to: SocketAddr,
    mut connecting: watch::Receiver<Option<Connection>>,
    deadline: Instant,
) -> Way {
    let started = Instant::now();
    let mut heard = Trail::new(to.ip());
    let mut probes = JoinSet::new();
    let mut waves = WAVES.iter();
    let mut wave_at = started;
    let mut open: Vec<u8> = Vec::new();
    let mut connected: Option<Duration> = None;
    let mut end = deadline.min(started + NOBODY);
    loop {
        let next_wave = open.iter().all(|hops| *hops == ALL_THE_WAY) || Instant::now() >= wave_at;
        if next_wave
            && heard.end.is_none()
            && connected.is_none()
            && let Some(wave) = waves.next()
        {
            for &hops in *wave {
                open.push(hops);
                probes.spawn(probe(to, hops, deadline));
            }
            wave_at = Instant::now() + Duration::from_millis(60) + 2 * heard.slowest();
        }
        let more = waves.len() > 0 && heard.end.is_none() && connected.is_none();
        let wake = if more { wave_at.min(end) } else { end };
        tokio::select! {
            Some(Ok(done)) = probes.join_next() => {
                open.retain(|hops| *hops != done.hops);
                heard.note(done);
            }
            Ok(()) = connecting.changed(), if connected.is_none() => {
                connected = connecting
                    .borrow()
                    .as_ref()
                    .filter(|c| c.outcome == ConnectOutcome::Connected)
                    .map(|c| Duration::from_secs_f64(c.took_ms / 1000.0));
            }
            () = sleep_until(wake) => {}
        }
        let now = Instant::now();
        if heard.end.is_some() && open.is_empty() {
            break;
        }
        // The end is known: what the others say is worth about one more round trip.
        let patience = if heard.end.is_some() {
            now + GRACE + heard.slowest()
        } else if let Some(connected) = connected {
            now + GRACE + 2 * connected.max(heard.slowest())
        } else if heard.hops.is_empty() {
            started + NOBODY
        } else {
            started + Duration::from_millis(700) + 3 * heard.slowest()
        };
        if heard.end.is_some() || connected.is_some() || !heard.hops.is_empty() {
            end = if heard.end.is_some() || connected.is_some() { end.min(patience) } else { patience };
            end = end.min(deadline);
        }
        if now >= end {
            break;
        }
    }
    let connection = connecting.borrow().as_ref().map(|c| c.outcome);
    heard.into_way(label, to, connection.unwrap_or(ConnectOutcome::TimedOut), started.elapsed())
}

/// What is known of the way so far.
struct Trail {
    to: IpAddr,
    hops: BTreeMap<u8, (IpAddr, f64)>,
    end: Option<(WayEnd, Option<IpAddr>)>,
    detail: Vec<String>,
}

impl Trail {
    const fn new(to: IpAddr) -> Self {
        Self { to, hops: BTreeMap::new(), end: None, detail: Vec::new() }
    }

    fn slowest(&self) -> Duration {
        let most = self.hops.values().map(|(_, rtt)| *rtt).fold(0.0, f64::max);
        Duration::from_secs_f64(most / 1000.0)
    }

    fn note(&mut self, probe: Probe) {
        let (end, by) = match probe.outcome {
            Ok((heard, here, rtt)) => {
                let by = heard.by;
                self.detail.push(format!(
                    "hop limit {}: {:?} by {} after {rtt:.1} ms",
                    probe.hops,
                    heard.said,
                    by.map_or_else(|| "this computer".to_owned(), |a| a.to_string())
                ));
                let mine = by.is_none() || by == here;
                let end = match heard.said {
                    Said::Exceeded if probe.hops == ALL_THE_WAY => WayEnd::Circle,
                    Said::Exceeded => {
                        if let Some(by) = by {
                            self.hops.entry(probe.hops).or_insert((by, rtt));
                        }
                        return;
                    }
                    _ if by == Some(self.to) => WayEnd::Reached,
                    Said::Prohibited | Said::Refused if mine => WayEnd::ProhibitedHere,
                    Said::HostUnreachable if mine => WayEnd::RouterSilent,
                    Said::NoWay if mine => WayEnd::NotSent,
                    Said::NoWay => WayEnd::NoWay,
                    Said::HostUnreachable => WayEnd::HostUnreachable,
                    Said::Refused => WayEnd::Refused,
                    Said::Prohibited => WayEnd::Prohibited,
                    Said::TooBig(_) => return,
                };
                (end, by)
            }
            Err(error) => {
                self.detail.push(format!("hop limit {}: {error}", probe.hops));
                let end = match net::connect_outcome(&error) {
                    ConnectOutcome::Prohibited => WayEnd::ProhibitedHere,
                    ConnectOutcome::Unreachable => WayEnd::NotSent,
                    _ => return,
                };
                (end, None)
            }
        };
        // An address that answers is reached, whatever others say of other packets.
        if self.end.is_none() || end == WayEnd::Reached {
            self.end = Some((end, by));
        }
    }

    fn into_way(self, label: String, to: SocketAddr, connection: ConnectOutcome, took: Duration) -> Way {
        let (end, ended_by) = self.end.unwrap_or((WayEnd::Silent, None));
        Way {
            target: label,
            family: reach::family(&to),
            end,
            ended_by,
            hops: self
                .hops
                .into_iter()
                .map(|(number, (router, rtt_ms))| Hop { number, router, rtt_ms })
                .collect(),
            connection,
            took_ms: net::ms(took),
            detail: self.detail.join("; "),
        }
    }
}

/// Sends one datagram, again where nothing comes back, and waits for what is said of it.
async fn probe(to: SocketAddr, hops: u8, deadline: Instant) -> Probe {
    Probe { hops, outcome: ask(to, hops, deadline).await }
}

async fn ask(to: SocketAddr, hops: u8, deadline: Instant) -> Result<(Heard, Option<IpAddr>, f64), io::Error> {
    let mut to = to;
    to.set_port(PORT + u16::from(hops));
    let socket = open(to, hops)?;
    let here = socket.local_addr().ok().map(|a| a.ip());
    let first = Instant::now();
    let mut sent = first;
    socket.send(&[0; 8]).await?;
    for again in AGAIN {
        match timeout_at(deadline.min(first + again), errors::next(&socket)).await {
            Ok(heard) => return Ok((heard?, here, net::ms(sent.elapsed()))),
            Err(_) => {
                sent = Instant::now();
                // An error of the first one that arrives just now is read from the queue all the same.
                let _ = socket.send(&[0; 8]).await;
            }
        }
    }
    match timeout_at(deadline, errors::next(&socket)).await {
        Ok(heard) => Ok((heard?, here, net::ms(sent.elapsed()))),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

fn open(to: SocketAddr, hops: u8) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(to), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    errors::listen(&socket, to.is_ipv4())?;
    if to.is_ipv4() {
        sockopt::set_ip_ttl(&socket, u32::from(hops))?;
    } else {
        sockopt::set_ipv6_unicast_hops(&socket, Some(hops))?;
    }
    socket.connect(&to.into())?;
    UdpSocket::from_std(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "203.0.113.80";

    fn said(trail: &mut Trail, hops: u8, said: Said, by: Option<&str>) {
        let heard = Heard { said, by: by.map(|a| a.parse().unwrap()) };
        let here = Some("192.0.2.10".parse().unwrap());
        trail.note(Probe { hops, outcome: Ok((heard, here, 1.0)) });
    }

    fn end(messages: &[(u8, Said, Option<&str>)]) -> (WayEnd, usize) {
        let mut trail = Trail::new(TARGET.parse().unwrap());
        for (hops, what, by) in messages {
            said(&mut trail, *hops, *what, *by);
        }
        let way = trail.into_way(
            TARGET.into(),
            format!("{TARGET}:443").parse().unwrap(),
            ConnectOutcome::TimedOut,
            Duration::ZERO,
        );
        (way.end, way.hops.len())
    }

    #[test]
    fn who_says_it_decides_what_it_means() {
        let router = Some("192.0.2.1");
        let here = Some("192.0.2.10");
        let passed = (1, Said::Exceeded, router);
        assert_eq!(end(&[]), (WayEnd::Silent, 0));
        assert_eq!(end(&[passed]), (WayEnd::Silent, 1));
        assert_eq!(end(&[passed, (30, Said::Refused, Some(TARGET))]), (WayEnd::Reached, 1));
        assert_eq!(end(&[passed, (30, Said::Refused, router)]), (WayEnd::Refused, 1));
        assert_eq!(end(&[(30, Said::Refused, here)]), (WayEnd::ProhibitedHere, 0));
        assert_eq!(end(&[passed, (2, Said::NoWay, router)]), (WayEnd::NoWay, 1));
        assert_eq!(end(&[(30, Said::HostUnreachable, router)]), (WayEnd::HostUnreachable, 0));
        assert_eq!(end(&[(30, Said::HostUnreachable, here)]), (WayEnd::RouterSilent, 0));
        assert_eq!(end(&[(30, Said::HostUnreachable, None)]), (WayEnd::RouterSilent, 0));
        assert_eq!(end(&[(2, Said::Prohibited, router)]), (WayEnd::Prohibited, 0));
        assert_eq!(end(&[passed, (30, Said::Exceeded, Some("198.51.100.1"))]), (WayEnd::Circle, 1));
        // A router that limits one packet does not hide that another arrived.
        assert_eq!(end(&[(2, Said::NoWay, router), (30, Said::Refused, Some(TARGET))]), (WayEnd::Reached, 0));
    }

    #[test]
    fn what_this_computer_refuses_was_not_sent() {
        for (kind, expected) in [
            (io::ErrorKind::PermissionDenied, WayEnd::ProhibitedHere),
            (io::ErrorKind::NetworkUnreachable, WayEnd::NotSent),
            (io::ErrorKind::TimedOut, WayEnd::Silent),
        ] {
            let mut trail = Trail::new(TARGET.parse().unwrap());
            trail.note(Probe { hops: 1, outcome: Err(kind.into()) });
            let to = format!("{TARGET}:443").parse().unwrap();
            assert_eq!(
                trail.into_way(TARGET.into(), to, ConnectOutcome::TimedOut, Duration::ZERO).end,
                expected
            );
        }
    }

    #[tokio::test]
    async fn this_computer_is_reached_at_once() {
        let to: SocketAddr = "127.0.0.1:443".parse().unwrap();
        let (_connecting, watched) = watch::channel(None);
        let deadline = Instant::now() + Duration::from_secs(5);
        let way = follow("127.0.0.1:443".into(), to, watched, deadline).await;
        assert_eq!(way.end, WayEnd::Reached, "{}", way.detail);
        assert!(way.took_ms < 1000.0, "{}", way.took_ms);
    }
}
