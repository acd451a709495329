//! One question to the kernel over rtnetlink(7). Asking changes nothing and needs no privilege. A
//! message that the parser does not understand is passed over: kernels grow.

use std::io;
use std::time::Duration;

use netlink_packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_route::RouteNetlinkMessage;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with, sockopt,
};

/// The kernel answers at once; the limit is for a sandbox that swallows the question.
const PATIENCE: Duration = Duration::from_secs(1);

/// A computer whose answer has more pieces of 32 KiB than this is no one's desk computer.
const MOST_PIECES: usize = 256;

/// The header of every message.
const HEADER: usize = 16;

/// A whole list.
pub(crate) fn list(question: RouteNetlinkMessage) -> io::Result<Vec<RouteNetlinkMessage>> {
    exchange(question, NLM_F_REQUEST | NLM_F_DUMP)
}

/// One answer; the kernel's refusal is the error.
pub(crate) fn one(question: RouteNetlinkMessage) -> io::Result<RouteNetlinkMessage> {
    exchange(question, NLM_F_REQUEST)?.pop().ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn exchange(question: RouteNetlinkMessage, flags: u16) -> io::Result<Vec<RouteNetlinkMessage>> {
    let whole_list = flags & NLM_F_DUMP == NLM_F_DUMP;
    let mut header = NetlinkHeader::default();
    header.flags = flags;
    let mut message = NetlinkMessage::new(header, NetlinkPayload::from(question));
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);

    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(PATIENCE))?;
    sendto(&socket, &bytes, SendFlags::empty(), &SocketAddrNetlink::new(0, 0))?;

    let mut answers = Vec::new();
    let mut piece = vec![0; 64 << 10];
    for _ in 0..MOST_PIECES {
        let (_, length) = recv(&socket, piece.as_mut_slice(), RecvFlags::empty())?;
        if read(&piece[..length.min(piece.len())], &mut answers)? || (!whole_list && !answers.is_empty()) {
            return Ok(answers);
        }
    }
    Ok(answers)
}

/// Goes through the messages of a piece; true at the end of the list.
fn read(mut piece: &[u8], answers: &mut Vec<RouteNetlinkMessage>) -> io::Result<bool> {
    while let Some(length) = piece.first_chunk().map(|b| u32::from_ne_bytes(*b) as usize) {
        let Some(one) = piece.get(..length).filter(|_| length >= HEADER) else { break };
        match NetlinkMessage::<RouteNetlinkMessage>::deserialize(one).map(|m| m.payload) {
            Ok(NetlinkPayload::InnerMessage(message)) => answers.push(message),
            Ok(NetlinkPayload::Done(_)) => return Ok(true),
            Ok(NetlinkPayload::Error(refusal)) => return Err(refusal.to_io()),
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "a message of the kernel is not understood"),
        }
        piece = piece.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use netlink_packet_route::link::LinkMessage;

    use super::*;

    #[test]
    fn the_running_kernel_lists_its_links() {
        let links = list(RouteNetlinkMessage::GetLink(LinkMessage::default())).unwrap();
        assert!(links.iter().any(|l| matches!(l, RouteNetlinkMessage::NewLink(_))));
    }

    #[test]
    fn damage_is_neither_a_panic_nor_an_endless_loop() {
        let mut message = NetlinkMessage::new(
            NetlinkHeader::default(),
            NetlinkPayload::from(RouteNetlinkMessage::NewLink(LinkMessage::default())),
        );
        message.finalize();
        let mut whole = vec![0; message.buffer_len()];
        message.serialize(&mut whole);
        let mut answers = Vec::new();
        assert!(!read(&whole, &mut answers).unwrap());
        assert_eq!(answers.len(), 1);
        for end in 0..whole.len() {
            let mut answers = Vec::new();
            let _ = read(&whole[..end], &mut answers);
            assert!(answers.is_empty(), "cut at {end}");
        }
        for at in 0..whole.len() {
            let mut odd = whole.clone();
            odd[at] ^= 0xff;
            let _ = read(&odd, &mut Vec::new());
        }
        assert!(!read(&[0; 64], &mut Vec::new()).unwrap());
    }
}
