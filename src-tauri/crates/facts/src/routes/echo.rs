//! Whether a gateway answers: an echo request, and its ports where that stays without an answer.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpStream, UdpSocket};
use tokio::time::Instant;

use super::EchoOutcome;
use crate::net::{self, Wait};
use crate::reach::ConnectOutcome;
use crate::{Reading, Reason};

/// When the question is asked again: packets get lost.
const AGAIN: [Duration; 3] = [Duration::ZERO, Duration::from_millis(200), Duration::from_secs(1)];

/// Names and the router's own pages: one of them is nearly always answered, and be it by a refusal.
const PORTS: [u16; 3] = [53, 80, 443];

/// Asks until an answer or an error comes; the second reading is the round trip in milliseconds.
pub(super) async fn ask(to: SocketAddr, deadline: Instant) -> (Reading<EchoOutcome>, Reading<f64>) {
    let socket = match open(to) {
        Ok(socket) => socket,
        Err(error) => {
            let reason = match error.kind() {
                io::ErrorKind::PermissionDenied => Reason::NoPermission,
                _ => Reason::NotSupported,
            };
            let why = format!("open an ICMP socket: {error}");
            return (Reading::absent(reason, why.clone()), Reading::absent(reason, why));
        }
    };
    match exchange(&socket, to, deadline).await {
        Ok(Some(took)) => (Reading::Value(EchoOutcome::Answered), Reading::Value(net::ms(took))),
        Ok(None) => unanswered(),
        Err(error) => {
            let why = format!("ask {to} for an echo: {error}");
            match net::connect_outcome(&error) {
                ConnectOutcome::Unreachable | ConnectOutcome::Prohibited | ConnectOutcome::Refused => {
                    (Reading::Value(EchoOutcome::Unreachable), Reading::absent(Reason::NothingToMeasure, why))
                }
                _ => (Reading::absent(Reason::Failed, why.clone()), Reading::absent(Reason::Failed, why)),
            }
        }
    }
}

/// Nothing has come, and nobody waits any longer.
pub(super) fn unanswered() -> (Reading<EchoOutcome>, Reading<f64>) {
    (Reading::Value(EchoOutcome::TimedOut), Reading::absent(Reason::TimedOut, "no answer"))
}

fn open(to: SocketAddr) -> io::Result<UdpSocket> {
    // Not UDP, and a datagram socket all the same: sending and receiving are alike.
    UdpSocket::from_std(net::echo::open(to)?.into())
}

async fn exchange(socket: &UdpSocket, to: SocketAddr, deadline: Instant) -> io::Result<Option<Duration>> {
    socket.connect(to).await?;
    let number = net::nonce().to_be_bytes();
    let mut buffer = [0; 256];
    let started = Instant::now();
    let mut sent = Vec::with_capacity(AGAIN.len());
    for sequence in 0..AGAIN.len() {
        sent.push(Instant::now());
        socket.send(&net::echo::request(to.is_ipv4(), sequence as u16, number, 0)).await?;
        let end = AGAIN.get(sequence + 1).map_or(deadline, |next| deadline.min(started + *next));
        loop {
            match net::in_time(end, socket.recv(&mut buffer)).await {
                Wait::Done(length) => {
                    // An answer to an earlier question is one too.
                    let question = net::echo::answered(&buffer[..length], to.is_ipv4(), number);
                    if let Some(since) = question.and_then(|q| sent.get(usize::from(q))) {
                        return Ok(Some(since.elapsed()));
                    }
                }
                Wait::Error(error) => return Err(error),
                Wait::TimedOut => break,
            }
        }
    }
    Ok(None)
}

/// Tries the ports side by side. The first that connects or refuses decides; where all end otherwise,
/// so does this.
pub(super) async fn knock(to: SocketAddr, deadline: Instant) -> ConnectOutcome {
    let mut attempts = tokio::task::JoinSet::new();
    for port in PORTS {
        let mut to = to;
        to.set_port(port);
        attempts.spawn(async move {
            match net::in_time(deadline, TcpStream::connect(to)).await {
                Wait::Done(_) => ConnectOutcome::Connected,
                Wait::Error(error) => net::connect_outcome(&error),
                Wait::TimedOut => ConnectOutcome::TimedOut,
            }
        });
    }
    let mut worst = ConnectOutcome::TimedOut;
    while let Some(outcome) = attempts.join_next().await {
        match outcome {
            Ok(answer @ (ConnectOutcome::Connected | ConnectOutcome::Refused)) => return answer,
            Ok(ConnectOutcome::TimedOut) => {}
            Ok(other) => worst = other,
            Err(error) => tracing::error!(%error, "a knock at a gateway ended abnormally"),
        }
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refusal_is_an_answer() {
        // This computer's own ports: open or closed, it answers.
        let deadline = Instant::now() + Duration::from_secs(20);
        let outcome = knock("127.0.0.1:0".parse().unwrap(), deadline).await;
        assert!(matches!(outcome, ConnectOutcome::Connected | ConnectOutcome::Refused), "{outcome:?}");
    }
}
