//! Echo requests by the kernel's unprivileged ICMP sockets: no raw packets, no rights of an
//! administrator, and the kernel sees to it that only answers to this socket arrive.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};

/// The header, and the number that tells our answers from others.
pub(crate) const LEAST: usize = 16;

/// A socket for echoes of this address's family.
pub(crate) fn open(to: SocketAddr) -> io::Result<Socket> {
    let (domain, protocol) = match to {
        SocketAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4),
        SocketAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6),
    };
    let socket = Socket::new(domain, Type::DGRAM, Some(protocol))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// A request of `length` bytes, ICMP header included. Identifier and checksum are the kernel's to fill in.
pub(crate) fn request(v4: bool, sequence: u16, number: [u8; 8], length: usize) -> Vec<u8> {
    let mut packet = vec![0; length.max(LEAST)];
    packet[0] = if v4 { 8 } else { 128 };
    packet[6..8].copy_from_slice(&sequence.to_be_bytes());
    packet[8..LEAST].copy_from_slice(&number);
    packet
}

/// The sequence number of the request that this packet answers; none where it answers another's.
pub(crate) fn answered(packet: &[u8], v4: bool, number: [u8; 8]) -> Option<u16> {
    let ours = packet.len() >= LEAST && packet[0] == if v4 { 0 } else { 129 } && packet[8..LEAST] == number;
    ours.then(|| u16::from_be_bytes([packet[6], packet[7]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_answer_to_our_own_question_counts() {
        let number = [1, 2, 3, 4, 5, 6, 7, 8];
        let mut answer = request(true, 7, number, 0);
        assert_eq!(answered(&answer, true, number), None, "the question itself");
        answer[0] = 0;
        assert_eq!(answered(&answer, true, number), Some(7));
        assert_eq!(answered(&answer, true, [0; 8]), None, "somebody else's");
        assert_eq!(answered(&answer[..15], true, number), None, "cut");
        assert_eq!(answered(&answer, false, number), None, "another family's");
        assert_eq!(request(false, 1, number, 1240).len(), 1240);
    }
}
