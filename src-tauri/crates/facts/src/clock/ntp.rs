//! One SNTP question (RFC 4330). The answer comes by UDP from anybody who feels like it, so it is
//! believed only from the address asked, with the number sent, and where its times make sense.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, SystemTime};

use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::unix_seconds;
use crate::net::{self, Target, Wait};
use crate::{Reading, Reason};

/// A lost packet is asked for again after this long.
const FIRST_TRY: Duration = Duration::from_secs(1);

/// From 1900, where NTP starts, to 1970.
const NTP_TO_UNIX: f64 = 2_208_988_800.0;

const PACKET: usize = 48;

/// What one server said.
pub(super) struct Said {
    pub(super) offset_seconds: Reading<f64>,
    pub(super) rtt_ms: Reading<f64>,
    pub(super) stratum: Reading<u8>,
}

impl Said {
    pub(super) fn nothing(reason: Reason, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            offset_seconds: Reading::absent(reason, detail.clone()),
            rtt_ms: Reading::absent(reason, detail.clone()),
            stratum: Reading::absent(reason, detail),
        }
    }
}

/// Asks the first address of each family and takes the first that tells the time; where none does,
/// what the last one said.
pub(super) async fn ask(target: &Target, deadline: Instant) -> Said {
    let addresses = match net::resolve(&target.host, target.port, deadline).await {
        Ok(addresses) => addresses,
        Err(error) => {
            let reason = match error.failure {
                net::ResolveFailure::TimedOut => Reason::TimedOut,
                _ => Reason::NothingToMeasure,
            };
            return Said::nothing(reason, error.to_string());
        }
    };
    let first = |v4: bool| addresses.iter().find(|a| a.is_ipv4() == v4).copied();
    let mut asked = JoinSet::new();
    for address in [first(true), first(false)].into_iter().flatten() {
        asked.spawn(ask_address(address, deadline));
    }
    let mut last = Said::nothing(Reason::NothingToMeasure, "no address to ask");
    while let Some(joined) = asked.join_next().await {
        match joined {
            Ok(said) if said.offset_seconds.value().is_some() => return said,
            Ok(said) => last = said,
            Err(error) => tracing::error!(%error, "a step of a probe ended abnormally"),
        }
    }
    last
}

async fn ask_address(address: SocketAddr, deadline: Instant) -> Said {
    let failed =
        |what: &str, e: std::io::Error| Said::nothing(Reason::Failed, format!("{what} {address}: {e}"));
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = match UdpSocket::bind(any).await {
        Ok(socket) => socket,
        Err(error) => return failed("open a socket to ask", error),
    };
    if let Err(error) = socket.connect(address).await {
        return failed("ask", error);
    }
    net::tell_soft_errors(&socket);
    let mut buffer = [0; 128];
    let mut nonsense = None;
    for end in [deadline.min(Instant::now() + FIRST_TRY), deadline] {
        // A number of its own for each try, so that a late answer to the first can't pass for a fast
        // one to the second. It goes where the sender's time would: nobody needs to know that.
        let number = net::nonce().to_be_bytes();
        let question = question(number);
        let (sent_at, started) = (unix_seconds(SystemTime::now()), Instant::now());
        if let Err(error) = socket.send(&question).await {
            return failed("ask", error);
        }
        loop {
            let length = match net::in_time(end, socket.recv(&mut buffer)).await {
                Wait::Done(length) => length,
                Wait::Error(error) => return failed("ask", error),
                Wait::TimedOut => break,
            };
            let arrived_at = sent_at + started.elapsed().as_secs_f64();
            match read(&buffer[..length], number, sent_at, arrived_at) {
                Ok(said) => return said,
                Err(why) => nonsense = Some(why),
            }
        }
    }
    match nonsense {
        Some(why) => Said::nothing(Reason::Failed, format!("{address}: {why}")),
        None => Said::nothing(Reason::TimedOut, format!("ask {address}: no answer, asked twice")),
    }
}

fn question(number: [u8; 8]) -> [u8; PACKET] {
    let mut packet = [0; PACKET];
    // No warning, version 4, client.
    packet[0] = (4 << 3) | 3;
    packet[40..].copy_from_slice(&number);
    packet
}

/// Reads an answer; an error means that it is none to this question.
fn read(packet: &[u8], number: [u8; 8], sent_at: f64, arrived_at: f64) -> Result<Said, &'static str> {
    let packet: &[u8; PACKET] = packet.first_chunk().ok_or("the answer is too short")?;
    let (warning, version, mode) = (packet[0] >> 6, (packet[0] >> 3) & 7, packet[0] & 7);
    if mode != 4 {
        return Err("what came is not from a time server");
    }
    if !(1..=4).contains(&version) {
        return Err("the answer is of an unknown version");
    }
    if packet[24..32] != number {
        return Err("the answer is to another question");
    }
    let stratum = packet[1];
    let useless = |detail: String| Said {
        offset_seconds: Reading::absent(Reason::Failed, detail.clone()),
        rtt_ms: Reading::Value((arrived_at - sent_at) * 1000.0),
        stratum: if stratum <= 16 {
            Reading::Value(stratum)
        } else {
            Reading::absent(Reason::Failed, detail)
        },
    };
    if stratum == 0 {
        let code: String =
            packet[12..16].iter().filter(|b| b.is_ascii_alphanumeric()).map(|&b| char::from(b)).collect();
        return Ok(useless(format!("the server does not want to be asked ({code})")));
    }
    if stratum >= 16 || warning == 3 {
        return Ok(useless("the server does not know the time itself".into()));
    }
    let (Some(received), Some(answered)) = (time(packet, 32), time(packet, 40)) else {
        return Err("the answer holds no time");
    };
    let on_the_way = (arrived_at - sent_at) - (answered - received);
    // A little below zero is the coarseness of two clocks.
    if answered < received || !(-0.1..=60.0).contains(&on_the_way) {
        return Err("the times in the answer contradict each other");
    }
    let ahead = f64::midpoint(sent_at - received, arrived_at - answered);
    Ok(Said {
        offset_seconds: Reading::Value(ahead),
        rtt_ms: Reading::Value(on_the_way.max(0.0) * 1000.0),
        stratum: Reading::Value(stratum),
    })
}

/// The time at an offset, in seconds since 1970; `None` where none is set.
fn time(packet: &[u8; PACKET], at: usize) -> Option<f64> {
    let number = |from: usize| packet[from..].first_chunk().copied().map(u32::from_be_bytes);
    let (seconds, fraction) = (number(at)?, number(at + 4)?);
    if seconds == 0 && fraction == 0 {
        return None;
    }
    // The seconds start anew in 2036; the highest bit tells which era is meant until 2104.
    let era = if seconds & 0x8000_0000 == 0 { 4_294_967_296.0 } else { 0.0 };
    Some(f64::from(seconds) + era - NTP_TO_UNIX + f64::from(fraction) / 4_294_967_296.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_eras_are_read() {
        let mut packet = [0; PACKET];
        packet[40..44].copy_from_slice(&3_913_056_000_u32.to_be_bytes());
        assert_eq!(time(&packet, 40), Some(1_704_067_200.0), "the first second of 2024");
        // 2036-02-07T06:28:16Z and one second.
        packet[40..44].copy_from_slice(&1_u32.to_be_bytes());
        assert_eq!(time(&packet, 40), Some(2_085_978_497.0));
        assert_eq!(time(&packet, 32), None);
    }
}
