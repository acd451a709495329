//! A short series of echoes, or of connections where echoes are not permitted or not answered.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout, timeout_at};

use super::statistics::{self, Sample};
use super::{Line, Series, SeriesMethod, SeriesRole};
use crate::reach::{self, ConnectOutcome, Connection};
use crate::{Reading, Reason, net};

/// Between two echoes, whomever they are for.
const EVERY: Duration = Duration::from_millis(5);

/// Echoes at least, and at most, to the policy's addresses together.
const FIRST: usize = 60;
const MOST: usize = 240;

/// The same for connections, which cost the other side more.
const EVERY_CONNECTION: Duration = Duration::from_millis(10);
const FIRST_CONNECTIONS: usize = 40;
const MOST_CONNECTIONS: usize = 80;

/// When a host that has not answered yet is asked again, before the series begins.
const KNOCKS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_millis(700),
    Duration::from_millis(1300),
];

/// How long anybody is waited for who might answer at all.
const NOBODY: Duration = Duration::from_millis(2200);

/// How much later than usual an answer may come without being lost.
const LATE: Duration = Duration::from_millis(60);
const HELD_BACK: Duration = Duration::from_millis(400);
const LATE_CONNECTION: Duration = Duration::from_millis(150);

/// One host to be asked.
pub(super) struct Host {
    /// As it is shown.
    pub(super) label: String,
    pub(super) to: SocketAddr,
    pub(super) role: SeriesRole,
    /// How a TCP connection to it ended; none for routers.
    pub(super) connecting: Option<watch::Receiver<Option<Connection>>>,
}

/// The series of every host, and those to the internet as one.
pub(super) async fn run(hosts: Vec<Host>, deadline: Instant) -> (Vec<Series>, Reading<Line>) {
    let mut echoes = Echoes::open(&hosts);
    let began = echoes.knock(&hosts, deadline).await;
    if began {
        echoes.sample(&hosts, deadline).await;
    }
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); hosts.len()];
    for sent in &echoes.sent {
        samples[sent.host].push(sent.sample);
    }
    let mut methods = vec![SeriesMethod::Echo; hosts.len()];
    let mut pooled: Vec<Sample> =
        echoes.sent.iter().filter(|s| hosts[s.host].role == SeriesRole::Internet).map(|s| s.sample).collect();
    let mut every = EVERY;
    if !began {
        let (hosts_asked, connected) = connections(&hosts, deadline).await;
        for host in hosts_asked {
            methods[host] = SeriesMethod::Connect;
            samples[host] = connected.iter().filter(|(h, _)| *h == host).map(|(_, s)| *s).collect();
        }
        pooled = connected.iter().map(|(_, sample)| *sample).collect();
        every = EVERY_CONNECTION;
    }
    let line = line(&hosts, &samples, &pooled, &methods, every, echoes.trouble.as_ref());
    let series = hosts
        .iter()
        .enumerate()
        .map(|(index, host)| series(host, methods[index], &samples[index], echoes.why(index)))
        .collect();
    (series, line)
}

/// An echo that was sent.
#[derive(Clone, Copy)]
struct Sent {
    host: usize,
    sample: Sample,
}

struct Echoes {
    number: [u8; 8],
    sockets: Vec<Option<Arc<UdpSocket>>>,
    /// Why a host has no socket.
    refused: Vec<Option<(Reason, String)>>,
    /// The most telling of those.
    trouble: Option<(Reason, String)>,
    /// The round trip of the first answer of each host.
    known: Vec<Option<Duration>>,
    sent: Vec<Sent>,
    answers: mpsc::UnboundedReceiver<(usize, u16, Instant)>,
    _listening: JoinSet<()>,
}

impl Echoes {
    fn open(hosts: &[Host]) -> Self {
        let number = net::nonce().to_be_bytes();
        let (tell, answers) = mpsc::unbounded_channel();
        let mut listening = JoinSet::new();
        let (mut sockets, mut refused) = (Vec::new(), Vec::new());
        for (index, host) in hosts.iter().enumerate() {
            let opened = net::echo::open(host.to).and_then(|socket| {
                socket.connect(&host.to.into())?;
                UdpSocket::from_std(socket.into())
            });
            match opened {
                Ok(socket) => {
                    let socket = Arc::new(socket);
                    listening.spawn(listen(index, socket.clone(), host.to.is_ipv4(), number, tell.clone()));
                    sockets.push(Some(socket));
                    refused.push(None);
                }
                Err(error) => {
                    let reason = match error.kind() {
                        io::ErrorKind::PermissionDenied => Reason::NoPermission,
                        _ => Reason::NothingToMeasure,
                    };
                    sockets.push(None);
                    refused.push(Some((reason, format!("open an ICMP socket: {error}"))));
                }
            }
        }
        let internet =
            || hosts.iter().zip(&refused).filter(|(h, _)| h.role == SeriesRole::Internet).map(|(_, r)| r);
        let trouble = internet()
            .flatten()
            .find(|(reason, _)| *reason == Reason::NoPermission)
            .or_else(|| internet().flatten().next())
            .cloned();
        Self {
            number,
            known: vec![None; sockets.len()],
            sockets,
            refused,
            trouble,
            sent: Vec::new(),
            answers,
            _listening: listening,
        }
    }

    fn why(&self, host: usize) -> (Reason, String) {
        self.refused[host]
            .clone()
            .unwrap_or_else(|| (Reason::TimedOut, "it answers no test packets (echo requests)".into()))
    }

    async fn send(&self, hosts: &[Host], host: usize, sequence: u16) {
        if let Some(socket) = &self.sockets[host] {
            let packet = net::echo::request(hosts[host].to.is_ipv4(), sequence, self.number, 0);
            // One that could not be sent is one that nobody answers; an earlier one's error is not this one's.
            if socket.send(&packet).await.is_err() {
                let _ = socket.send(&packet).await;
            }
        }
    }

    /// Asks until hosts in the internet answer; false where none does.
    async fn knock(&mut self, hosts: &[Host], deadline: Instant) -> bool {
        let started = Instant::now();
        let internet: Vec<usize> =
            (0..hosts.len()).filter(|h| hosts[*h].role == SeriesRole::Internet).collect();
        if internet.iter().all(|h| self.sockets[*h].is_none()) {
            return false;
        }
        let mut knocks = KNOCKS.iter().enumerate().peekable();
        let mut sent_at: Vec<Instant> = Vec::new();
        let mut connecting: Vec<_> =
            internet.iter().filter_map(|h| hosts[*h].connecting.clone().map(|c| (*h, c))).collect();
        let mut end = deadline.min(started + NOBODY);
        loop {
            if let Some((_, at)) = knocks.peek()
                && Instant::now() >= started + **at
                && let Some((sequence, _)) = knocks.next()
            {
                sent_at.push(Instant::now());
                for host in 0..hosts.len() {
                    if self.known[host].is_none() {
                        self.send(hosts, host, sequence as u16).await;
                    }
                }
            }
            if internet.iter().all(|h| self.known[*h].is_some() || self.sockets[*h].is_none()) {
                return true;
            }
            let wake = knocks.peek().map_or(end, |(_, at)| end.min(started + **at));
            tokio::select! {
                Some((host, sequence, at)) = self.answers.recv() => {
                    if let Some(sent) = sent_at.get(usize::from(sequence))
                        && self.known[host].is_none()
                    {
                        let rtt = at.saturating_duration_since(*sent);
                        self.known[host] = Some(rtt);
                        if hosts[host].role == SeriesRole::Internet {
                            // The others are as far away, more or less.
                            end = end.min(at + LATE + rtt);
                        }
                    }
                }
                Some((_, connection)) = next(&mut connecting) => {
                    if let Some(connection) = connection.filter(is_made) {
                        let rtt = Duration::from_secs_f64(connection.took_ms / 1000.0);
                        end = end.min(Instant::now() + 2 * LATE + 3 * rtt);
                    } else if connecting.is_empty() {
                        end = end.min(Instant::now() + 4 * LATE);
                    }
                }
                () = sleep_until(wake) => {}
            }
            if Instant::now() >= end {
                return internet.iter().any(|h| self.known[*h].is_some());
            }
        }
    }

    /// Sends to all who answered, in turn, until it is clear how much is lost.
    async fn sample(&mut self, hosts: &[Host], deadline: Instant) {
        let of = |role| -> Vec<usize> {
            (0..hosts.len()).filter(|h| hosts[*h].role == role && self.known[*h].is_some()).collect()
        };
        let (internet, routers) = (of(SeriesRole::Internet), of(SeriesRole::Router));
        let mut slowest = self.known.iter().flatten().max().copied().unwrap_or_default();
        let started = Instant::now();
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut waiting = std::collections::HashMap::new();
        let mut sequence = KNOCKS.len() as u16;
        let (mut count, mut goal) = (0, FIRST);
        let mut last = started;
        loop {
            // Sending, then waiting for those on their way.
            let sending = count < goal;
            // Some adapters hold everything back for a moment, and then deliver it.
            let late = if statistics::ends_in_an_outage(&self.sent, |s| s.sample) { HELD_BACK } else { LATE };
            let patience = (last + late + 2 * slowest).min(deadline);
            tokio::select! {
                biased;
                Some((host, sequence, at)) = self.answers.recv() => {
                    if let Some((index, sent)) = waiting.remove(&(host, sequence)) {
                        let rtt = at.saturating_duration_since(sent);
                        slowest = slowest.max(rtt);
                        let sent: &mut Sent = &mut self.sent[index];
                        sent.sample.rtt_ms = Some(net::ms(rtt));
                    }
                }
                _ = ticks.tick(), if sending => {
                    let router = (count % 2 == 0).then(|| routers.get(count / 2 % routers.len().max(1))).flatten();
                    for host in [Some(internet[count % internet.len()]), router.copied()].into_iter().flatten() {
                        last = Instant::now();
                        waiting.insert((host, sequence), (self.sent.len(), last));
                        let sample = Sample { at: last - started, rtt_ms: None };
                        self.sent.push(Sent { host, sample });
                        self.send(hosts, host, sequence).await;
                        sequence = sequence.wrapping_add(1);
                    }
                    count += 1;
                }
                () = sleep_until(patience), if !sending => {}
            }
            let now = Instant::now();
            if now >= deadline {
                // Those that were sent a moment ago had no time to be answered.
                let fair = (deadline - started).saturating_sub(late + slowest);
                self.sent.retain(|s| s.sample.rtt_ms.is_some() || s.sample.at <= fair);
                return;
            }
            if count < goal || !(waiting.is_empty() || now >= last + late + 2 * slowest) {
                continue;
            }
            let pooled: Vec<&Sent> =
                self.sent.iter().filter(|s| hosts[s.host].role == SeriesRole::Internet).collect();
            let lost = pooled.iter().filter(|s| s.sample.rtt_ms.is_none()).count();
            if !statistics::undecided(pooled.len(), lost, MOST) {
                return;
            }
            waiting.clear();
            goal = (goal * 2).min(MOST);
        }
    }
}

fn is_made(connection: &Connection) -> bool {
    connection.outcome == ConnectOutcome::Connected
}

/// How an attempt to connect ended, where it did so in time.
pub(super) async fn ended(
    connecting: &mut watch::Receiver<Option<Connection>>,
    until: Instant,
) -> Option<Connection> {
    tokio::time::timeout_at(until, connecting.wait_for(Option::is_some)).await.ok()?.ok()?.clone()
}

/// The next of the connections to end, with its number; none where all have.
async fn next(
    connecting: &mut Vec<(usize, watch::Receiver<Option<Connection>>)>,
) -> Option<(usize, Option<Connection>)> {
    if connecting.is_empty() {
        return None;
    }
    let waits = connecting.iter_mut().enumerate().map(|(n, (_, c))| {
        Box::pin(async move { (n, c.wait_for(Option::is_some).await.ok().and_then(|c| (*c).clone())) })
    });
    let (n, connection) = first(waits.collect()).await;
    Some((connecting.remove(n).0, connection))
}

/// The first of some futures to end.
async fn first<F: Future + Unpin>(mut futures: Vec<F>) -> F::Output {
    std::future::poll_fn(|cx| {
        futures
            .iter_mut()
            .find_map(|f| match std::pin::Pin::new(f).poll(cx) {
                std::task::Poll::Ready(output) => Some(std::task::Poll::Ready(output)),
                std::task::Poll::Pending => None,
            })
            .unwrap_or(std::task::Poll::Pending)
    })
    .await
}

async fn listen(
    index: usize,
    socket: Arc<UdpSocket>,
    v4: bool,
    number: [u8; 8],
    tell: mpsc::UnboundedSender<(usize, u16, Instant)>,
) {
    let mut buffer = [0; 256];
    loop {
        match socket.recv(&mut buffer).await {
            Ok(length) => {
                if let Some(sequence) = net::echo::answered(&buffer[..length], v4, number)
                    && tell.send((index, sequence, Instant::now())).is_err()
                {
                    return;
                }
            }
            // What a router said of an earlier packet; the socket goes on. Never in a tight circle.
            Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
}

/// Which hosts accept a connection, and the shortest time that one took.
async fn connected(hosts: &[Host], deadline: Instant) -> (Vec<usize>, Option<f64>) {
    let mut connecting: Vec<_> =
        hosts.iter().enumerate().filter_map(|(n, h)| h.connecting.clone().map(|c| (n, c))).collect();
    let mut rtt: Option<f64> = None;
    let mut open = Vec::new();
    let mut until = deadline;
    // All are asked at once; where one is connected, the others have a moment more.
    while let Ok(Some((index, connection))) = timeout_at(until, next(&mut connecting)).await {
        if let Some(connection) = connection.filter(is_made) {
            let took = rtt.map_or(connection.took_ms, |r| r.min(connection.took_ms));
            until = until.min(Instant::now() + LATE_CONNECTION + Duration::from_secs_f64(took / 500.0));
            rtt = Some(took);
            open.push(index);
        }
    }
    open.sort_unstable();
    (open, rtt)
}

/// Connections to those hosts that accept them: who was asked, and what came of each.
async fn connections(hosts: &[Host], deadline: Instant) -> (Vec<usize>, Vec<(usize, Sample)>) {
    let (open, rtt) = connected(hosts, deadline).await;
    let Some(mut rtt) = rtt else { return (Vec::new(), Vec::new()) };
    let started = Instant::now();
    let mut attempts = JoinSet::new();
    let mut sent: Vec<(usize, Sample)> = Vec::new();
    let mut ticks = interval(EVERY_CONNECTION);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut goal, mut done) = (FIRST_CONNECTIONS, 0);
    let mut last = started;
    let late = |rtt: f64| LATE_CONNECTION + Duration::from_secs_f64(3.0 * rtt / 1000.0);
    loop {
        let sending = sent.len() < goal;
        tokio::select! {
            biased;
            Some(Ok((n, took))) = attempts.join_next() => {
                done += 1;
                let took: Option<f64> = took;
                if let Some(took) = took {
                    rtt = rtt.min(took);
                    let (_, sample): &mut (usize, Sample) = &mut sent[n];
                    sample.rtt_ms = Some(took);
                }
            }
            _ = ticks.tick(), if sending => {
                let (n, host) = (sent.len(), open[sent.len() % open.len()]);
                last = Instant::now();
                sent.push((host, Sample { at: last - started, rtt_ms: None }));
                attempts.spawn(connect(n, hosts[host].to));
            }
            () = sleep_until((last + late(rtt)).min(deadline)), if !sending => {}
        }
        let now = Instant::now();
        let over = now >= deadline;
        if !over && (sent.len() < goal || (done < sent.len() && now < last + late(rtt))) {
            continue;
        }
        let slow = net::ms(late(rtt));
        let lost = sent.iter().filter(|(_, s)| s.rtt_ms.is_none_or(|took| took > slow)).count();
        if over || lost == 0 || sent.len() >= MOST_CONNECTIONS {
            for (_, sample) in &mut sent {
                sample.rtt_ms = sample.rtt_ms.filter(|took| *took <= slow);
            }
            if over {
                let fair = (deadline - started).saturating_sub(late(rtt));
                sent.retain(|(_, s)| s.rtt_ms.is_some() || s.at <= fair);
            }
            return (open, sent);
        }
        goal = MOST_CONNECTIONS;
    }
}

/// One connection, given up when the system would have asked again.
async fn connect(n: usize, to: SocketAddr) -> (usize, Option<f64>) {
    let started = Instant::now();
    let outcome = timeout(Duration::from_millis(2500), TcpStream::connect(to)).await;
    (n, matches!(outcome, Ok(Ok(_))).then(|| net::ms(started.elapsed())))
}

fn series(host: &Host, method: SeriesMethod, samples: &[Sample], why: (Reason, String)) -> Series {
    let times = statistics::times(samples);
    let of = |value: Option<f64>| value.map_or_else(|| Reading::absent(why.0, why.1.clone()), Reading::Value);
    let lost = statistics::lost(samples);
    Series {
        target: host.label.clone(),
        family: reach::family(&host.to),
        role: host.role,
        method,
        sent_count: samples.len() as u32,
        received_count: times.len() as u32,
        loss_percent: of((!times.is_empty()).then(|| statistics::percent(lost, samples.len()))),
        min_ms: of(times.iter().copied().reduce(f64::min)),
        median_ms: of(statistics::median(&times)),
        max_ms: of(times.iter().copied().reduce(f64::max)),
        jitter_ms: of(statistics::jitter(&times)),
    }
}

fn line(
    hosts: &[Host],
    samples: &[Vec<Sample>],
    pooled: &[Sample],
    methods: &[SeriesMethod],
    every: Duration,
    trouble: Option<&(Reason, String)>,
) -> Reading<Line> {
    let internet: Vec<usize> = (0..hosts.len()).filter(|h| hosts[*h].role == SeriesRole::Internet).collect();
    let least = |of: fn(&[f64]) -> Option<f64>| {
        internet.iter().filter_map(|h| of(&statistics::times(&samples[*h]))).reduce(f64::min)
    };
    let (Some(median_ms), Some(first)) = (least(statistics::median), internet.first()) else {
        let (reason, why) = trouble.cloned().unwrap_or((Reason::TimedOut, "nobody answered".into()));
        return Reading::absent(reason, why);
    };
    let lost = statistics::lost(pooled);
    let (outage_count, outage) = statistics::outages(pooled, every);
    let method =
        internet.iter().map(|h| methods[*h]).find(|m| *m == SeriesMethod::Connect).unwrap_or(methods[*first]);
    Reading::Value(Line {
        method,
        sent_count: pooled.len() as u32,
        lost_count: lost as u32,
        loss_percent: statistics::percent(lost, pooled.len()),
        median_ms,
        jitter_ms: least(statistics::jitter).unwrap_or(0.0),
        outage_count,
        outage_ms: net::ms(outage),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_silent_host_does_not_hold_up_one_that_connects() {
        let host = |n: u16, connecting| Host {
            label: n.to_string(),
            to: SocketAddr::from(([192, 0, 2, 1], n)),
            role: SeriesRole::Internet,
            connecting: Some(connecting),
        };
        let made = Connection {
            target: "2".into(),
            family: crate::links::Family::Ipv4,
            outcome: ConnectOutcome::Connected,
            took_ms: 1.0,
            detail: String::new(),
        };
        let ((_silent, first), (_made, second)) = (watch::channel(None), watch::channel(Some(made)));
        let started = Instant::now();
        let found = connected(&[host(1, first), host(2, second)], started + Duration::from_mins(1)).await;
        assert_eq!(found, (vec![1], Some(1.0)));
        assert!(started.elapsed() < Duration::from_secs(30), "waited for the silent one");
    }
}
