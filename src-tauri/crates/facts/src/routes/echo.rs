//! An echo request by the kernel's unprivileged ICMP sockets: no raw packets, no rights of an
//! administrator, and the kernel sees to it that only answers to this socket arrive.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::time::Instant;

use super::EchoOutcome;
use crate::net::{self, Wait};
use crate::reach::ConnectOutcome;
use crate::{Reading, Reason};

const TRIES: u16 = 2;
const EACH_TRY: Duration = Duration::from_secs(1);

/// Asks at most twice; the second reading is the round trip in milliseconds.
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
        Ok(None) => (
            Reading::Value(EchoOutcome::TimedOut),
            Reading::absent(Reason::TimedOut, "no answer, asked twice"),
        ),
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

fn open(to: SocketAddr) -> io::Result<UdpSocket> {
    let (domain, protocol) = match to {
        SocketAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4),
        SocketAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6),
    };
    let socket = Socket::new(domain, Type::DGRAM, Some(protocol))?;
    socket.set_nonblocking(true)?;
    // Not UDP, and a datagram socket all the same: sending and receiving are alike.
    UdpSocket::from_std(socket.into())
}

async fn exchange(socket: &UdpSocket, to: SocketAddr, deadline: Instant) -> io::Result<Option<Duration>> {
    socket.connect(to).await?;
    let number = net::nonce().to_be_bytes();
    let mut buffer = [0; 256];
    for sequence in 1..=TRIES {
        let started = Instant::now();
        socket.send(&request(to.is_ipv4(), sequence, number)).await?;
        let end = deadline.min(started + EACH_TRY);
        loop {
            match net::in_time(end, socket.recv(&mut buffer)).await {
                Wait::Done(length) if is_answer(&buffer[..length], to.is_ipv4(), sequence, number) => {
                    return Ok(Some(started.elapsed()));
                }
                Wait::Done(_) => {}
                Wait::Error(error) => return Err(error),
                Wait::TimedOut => break,
            }
        }
    }
    Ok(None)
}

/// Identifier and checksum are the kernel's to fill in.
fn request(v4: bool, sequence: u16, number: [u8; 8]) -> [u8; 16] {
    let mut packet = [0; 16];
    packet[0] = if v4 { 8 } else { 128 };
    packet[6..8].copy_from_slice(&sequence.to_be_bytes());
    packet[8..].copy_from_slice(&number);
    packet
}

fn is_answer(packet: &[u8], v4: bool, sequence: u16, number: [u8; 8]) -> bool {
    packet.len() == 16
        && packet[0] == if v4 { 0 } else { 129 }
        && packet[6..8] == sequence.to_be_bytes()
        && packet[8..] == number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_answer_to_this_very_question_counts() {
        let number = [1, 2, 3, 4, 5, 6, 7, 8];
        let mut answer = request(true, 1, number);
        assert!(!is_answer(&answer, true, 1, number), "the question itself");
        answer[0] = 0;
        assert!(is_answer(&answer, true, 1, number));
        assert!(!is_answer(&answer, true, 2, number), "another try's");
        assert!(!is_answer(&answer, true, 1, [0; 8]), "somebody else's");
        assert!(!is_answer(&answer[..15], true, 1, number), "cut");
        assert!(!is_answer(&answer, false, 1, number), "another family's");
    }
}
