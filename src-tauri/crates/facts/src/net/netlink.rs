//! One question to the kernel over netlink(7): to rtnetlink about routes, to generic netlink about whatever
//! has a family of its own there, such as nl80211. What is asked here changes nothing and needs no
//! privilege. A message that the parser does not understand is passed over: kernels grow.

use std::fmt::Debug;
use std::io;
use std::time::Duration;

use netlink_packet_core::{
    NLM_F_DUMP, NLM_F_REQUEST, NetlinkDeserializable, NetlinkHeader, NetlinkMessage, NetlinkPayload,
    NetlinkSerializable, ParseableParametrized,
};
use netlink_packet_generic::ctrl::nlas::GenlCtrlAttrs;
use netlink_packet_generic::ctrl::{GenlCtrl, GenlCtrlCmd};
use netlink_packet_generic::{GenlFamily, GenlHeader, GenlMessage};
use netlink_packet_route::RouteNetlinkMessage;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::{
    AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with,
    sockopt,
};

/// The kernel answers at once; the limit is for a sandbox that swallows the question.
const PATIENCE: Duration = Duration::from_secs(1);

/// A computer whose answer has more pieces of 32 KiB than this is no one's desk computer.
const MOST_PIECES: usize = 256;

/// The header of every message.
const HEADER: usize = 16;

/// A whole list.
pub(crate) fn list(question: RouteNetlinkMessage) -> io::Result<Vec<RouteNetlinkMessage>> {
    exchange(question, NLM_F_REQUEST | NLM_F_DUMP, None)
}

/// One answer; the kernel's refusal is the error.
pub(crate) fn one(question: RouteNetlinkMessage) -> io::Result<RouteNetlinkMessage> {
    exchange(question, NLM_F_REQUEST, None)?.pop().ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// A family of generic netlink, by the number that this kernel gave it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Family(u16);

impl Family {
    /// Asks for the family; `NotFound` where the kernel has none of that name.
    pub(crate) fn find(name: &str) -> io::Result<Self> {
        let question =
            GenlCtrl { cmd: GenlCtrlCmd::GetFamily, nlas: vec![GenlCtrlAttrs::FamilyName(name.into())] };
        let answers = exchange(GenlMessage::from_payload(question), NLM_F_REQUEST, Some(netlink::GENERIC))?;
        answers
            .iter()
            .flat_map(|answer| &answer.payload.nlas)
            .find_map(|attribute| match attribute {
                GenlCtrlAttrs::FamilyId(number) => Some(Self(*number)),
                _ => None,
            })
            .ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// A whole list of it.
    pub(crate) fn list<M>(self, question: M) -> io::Result<Vec<M>>
    where
        M: GenlFamily + netlink_packet_core::Emitable + ParseableParametrized<[u8], GenlHeader> + Debug,
    {
        self.ask(question, NLM_F_REQUEST | NLM_F_DUMP)
    }

    /// One answer of it.
    pub(crate) fn one<M>(self, question: M) -> io::Result<M>
    where
        M: GenlFamily + netlink_packet_core::Emitable + ParseableParametrized<[u8], GenlHeader> + Debug,
    {
        self.ask(question, NLM_F_REQUEST)?.pop().ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn ask<M>(self, question: M, flags: u16) -> io::Result<Vec<M>>
    where
        M: GenlFamily + netlink_packet_core::Emitable + ParseableParametrized<[u8], GenlHeader> + Debug,
    {
        let mut message = GenlMessage::from_payload(question);
        message.set_resolved_family_id(self.0);
        Ok(exchange(message, flags, Some(netlink::GENERIC))?
            .into_iter()
            .map(|answer| answer.payload)
            .collect())
    }
}

fn exchange<M>(question: M, flags: u16, protocol: Option<Protocol>) -> io::Result<Vec<M>>
where
    M: NetlinkSerializable + NetlinkDeserializable,
    NetlinkPayload<M>: From<M>,
{
    let whole_list = flags & NLM_F_DUMP == NLM_F_DUMP;
    let mut header = NetlinkHeader::default();
    header.flags = flags;
    let mut message = NetlinkMessage::new(header, NetlinkPayload::from(question));
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);

    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, protocol)?;
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
fn read<M: NetlinkDeserializable>(mut piece: &[u8], answers: &mut Vec<M>) -> io::Result<bool> {
    while let Some(length) = piece.first_chunk().map(|b| u32::from_ne_bytes(*b) as usize) {
        let Some(one) = piece.get(..length).filter(|_| length >= HEADER) else { break };
        match NetlinkMessage::<M>::deserialize(one).map(|m| m.payload) {
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
    fn a_family_that_no_kernel_has_is_not_found() {
        assert_eq!(Family::find("no-such").unwrap_err().kind(), io::ErrorKind::NotFound);
        // The list of families is a family itself, and every kernel has it.
        assert_eq!(Family::find("nlctrl").unwrap().0, 16);
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
        let mut answers: Vec<RouteNetlinkMessage> = Vec::new();
        assert!(!read(&whole, &mut answers).unwrap());
        assert_eq!(answers.len(), 1);
        for end in 0..whole.len() {
            let mut answers: Vec<RouteNetlinkMessage> = Vec::new();
            let _ = read(&whole[..end], &mut answers);
            assert!(answers.is_empty(), "cut at {end}");
        }
        for at in 0..whole.len() {
            let mut odd = whole.clone();
            odd[at] ^= 0xff;
            let _ = read::<RouteNetlinkMessage>(&odd, &mut Vec::new());
        }
        assert!(!read::<RouteNetlinkMessage>(&[0; 64], &mut Vec::new()).unwrap());
    }
}
