//! Which packet sizes get through: a large echo with "don't fragment" beside a small one.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use rustix::net::sockopt::{self, Ipv4PathMtuDiscovery, Ipv6PathMtuDiscovery};
use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep_until};

use super::errors::{self, Said};
use super::{PacketSize, SizeOutcome};
use crate::{Reading, Reason, net, reach};

/// What Ethernet carries, and so the most that the internet does.
const ETHERNET: u32 = 1500;

/// Sizes that are tried where the largest is not answered: usual limits of lines and tunnels.
const LADDER: &[u32] = &[1492, 1480, 1460, 1440, 1420, 1400, 1380, 1360, 1320, 1300, 1280, 1200, 1000, 576];

/// How often the largest is tried. Where three packets in ten are lost, all of them are once in a hundred.
const TRIES: u16 = 4;

/// How long a host may take to answer the first, small one.
const NOBODY: Duration = Duration::from_millis(1500);

/// How much later than the small one's the answer to a large one may come.
const LATE: Duration = Duration::from_millis(60);

/// None where the host answers no echo, or none may be sent.
pub(super) async fn measure(label: String, to: SocketAddr, deadline: Instant) -> Option<PacketSize> {
    let mut probe = Probe::open(to).ok()?;
    let rtt = probe.small(deadline.min(Instant::now() + NOBODY)).await?;
    let wait = LATE + 3 * rtt;
    let tried = probe.mtu().ok()?.min(ETHERNET);
    let mut size = PacketSize {
        target: label,
        family: reach::family(&to),
        outcome: SizeOutcome::Vanished,
        tried_bytes: tried,
        answered_bytes: Reading::absent(Reason::TimedOut, "only small ones are answered"),
        told_bytes: Reading::absent(Reason::NothingToMeasure, "no router named a size"),
        told_by: None,
    };
    for _ in 0..TRIES {
        match probe.ask(&[tried], deadline.min(Instant::now() + wait)).await {
            Got::Answered(bytes) => {
                (size.outcome, size.answered_bytes) = (SizeOutcome::Answered, Reading::Value(bytes));
                return Some(size);
            }
            Got::TooBig(told, by) => {
                size.outcome = SizeOutcome::TooBig;
                (size.told_bytes, size.told_by) = (Reading::Value(told), by);
                break;
            }
            Got::NotSent => {
                size.outcome = SizeOutcome::Failed;
                return Some(size);
            }
            Got::Nothing => {}
        }
        if Instant::now() >= deadline {
            break;
        }
    }
    let smaller: Vec<u32> = match size.told_bytes.value() {
        Some(told) => vec![*told],
        None => LADDER.iter().copied().filter(|bytes| *bytes < tried).collect(),
    };
    for _ in 0..2 {
        if let Got::Answered(bytes) = probe.ask(&smaller, deadline.min(Instant::now() + wait)).await {
            size.answered_bytes = Reading::Value(bytes);
            break;
        }
    }
    Some(size)
}

/// Whether a size that somebody names can be the reason why one of the sizes asked did not get through.
/// Anybody may send such a message; below the least, no network of the family may be (RFC 791, RFC 8200).
fn believable(told: u32, v4: bool, sizes: &[u32]) -> bool {
    let least = if v4 { 68 } else { 1280 };
    told >= least && sizes.iter().any(|size| told < *size)
}

enum Got {
    /// Of the sizes asked, the largest that was answered.
    Answered(u32),
    TooBig(u32, Option<IpAddr>),
    NotSent,
    Nothing,
}

struct Probe {
    socket: UdpSocket,
    to: SocketAddr,
    number: [u8; 8],
    sequence: u16,
}

impl Probe {
    fn open(to: SocketAddr) -> io::Result<Self> {
        let socket = net::echo::open(to)?;
        errors::listen(&socket, to.is_ipv4())?;
        // Never in pieces, and whatever the system believes of the way.
        if to.is_ipv4() {
            sockopt::set_ip_mtu_discover(&socket, Ipv4PathMtuDiscovery::PROBE)?;
        } else {
            sockopt::set_ipv6_mtu_discover(&socket, Ipv6PathMtuDiscovery::PROBE)?;
        }
        socket.connect(&to.into())?;
        Ok(Self {
            socket: UdpSocket::from_std(socket.into())?,
            to,
            number: net::nonce().to_be_bytes(),
            sequence: 0,
        })
    }

    fn mtu(&self) -> io::Result<u32> {
        Ok(if self.to.is_ipv4() { sockopt::ip_mtu(&self.socket)? } else { sockopt::ipv6_mtu(&self.socket)? })
    }

    /// The round trip of a small one, sent up to four times.
    async fn small(&mut self, until: Instant) -> Option<Duration> {
        for wait in [100, 300, 500, 600] {
            let started = Instant::now();
            if let Got::Answered(_) = self.ask(&[64], until.min(started + Duration::from_millis(wait))).await
            {
                return Some(started.elapsed());
            }
        }
        None
    }

    /// Asks for all sizes at once, whole packets as they are on the way.
    async fn ask(&mut self, sizes: &[u32], until: Instant) -> Got {
        let header = if self.to.is_ipv4() { 20 } else { 40 };
        let first = self.sequence;
        let mut sent = false;
        for bytes in sizes {
            let length = bytes.saturating_sub(header) as usize;
            let packet = net::echo::request(self.to.is_ipv4(), self.sequence, self.number, length);
            self.sequence = self.sequence.wrapping_add(1);
            sent |= self.socket.send(&packet).await.is_ok();
        }
        let size_of = |sequence: u16| sizes.get(usize::from(sequence.wrapping_sub(first))).copied();
        let mut best = None;
        let mut buffer = [0; 2048];
        loop {
            tokio::select! {
                received = self.socket.recv(&mut buffer) => match received {
                    Ok(length) => {
                        let answered = net::echo::answered(&buffer[..length], self.to.is_ipv4(), self.number);
                        if let Some(bytes) = answered.and_then(size_of) {
                            best = best.max(Some(bytes));
                            if best == sizes.iter().copied().max() {
                                return Got::Answered(bytes);
                            }
                        }
                    }
                    // The same error is in the queue, with all that was said.
                    Err(_) => tokio::task::yield_now().await,
                },
                Ok(heard) = errors::next(&self.socket) => {
                    if let Said::TooBig(most) = heard.said
                        && believable(most, self.to.is_ipv4(), sizes)
                    {
                        return Got::TooBig(most, heard.by);
                    }
                }
                () = sleep_until(until) => {
                    return match best {
                        Some(bytes) => Got::Answered(bytes),
                        None if sent => Got::Nothing,
                        None => Got::NotSent,
                    };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_size_below_the_one_tried_and_not_too_small_is_believed() {
        for (told, v4, expected) in [
            (1400, true, true),
            (1400, false, true),
            (68, true, true),
            (67, true, false),
            (0, true, false),
            (1280, false, true),
            (1279, false, false),
            (1500, true, false),
            (1500, false, false),
            (u32::MAX, true, false),
            (u32::MAX, false, false),
        ] {
            assert_eq!(believable(told, v4, &[1500]), expected, "{told} {v4}");
        }
        assert!(!believable(1400, true, &[64]), "a small packet is never too big");
    }
}
