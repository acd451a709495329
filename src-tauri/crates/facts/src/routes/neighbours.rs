//! The kernel's neighbour table: by netlink, which tells states apart and knows both families, or
//! from `/proc/net/arp`, which knows IPv4 and whether there is a hardware address.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with};

use crate::{Context, Reading, net};

/// The state of an entry, as the kernel numbers it (`NUD_…`); 0 where there is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State(u16);

impl State {
    pub(super) const MISSING: Self = Self(0);
    pub(super) const INCOMPLETE: Self = Self(0x01);
    pub(super) const REACHABLE: Self = Self(0x02);
    pub(super) const STALE: Self = Self(0x04);
    pub(super) const DELAY: Self = Self(0x08);
    pub(super) const PROBE: Self = Self(0x10);
    pub(super) const FAILED: Self = Self(0x20);
    pub(super) const NOARP: Self = Self(0x40);
    pub(super) const PERMANENT: Self = Self(0x80);
}

/// Reads one entry from the file; a missing file is an absence, a missing line is a missing entry.
pub(super) fn from_arp(cx: &Context, address: IpAddr, interface: &str) -> Reading<State> {
    let file = cx.path("/proc/net/arp");
    if address.is_ipv6() {
        return Reading::absent(crate::Reason::NotSupported, "/proc/net/arp knows IPv4 alone");
    }
    Reading::from_io("read /proc/net/arp", std::fs::read_to_string(file)).map(|text| {
        let wanted = address.to_string();
        let flags = text.lines().find_map(|line| {
            // `IP address, HW type, Flags, HW address, Mask, Device`
            let fields: Vec<&str> = line.split_whitespace().collect();
            let ours = fields.first() == Some(&wanted.as_str()) && fields.get(5) == Some(&interface);
            u32::from_str_radix(fields.get(2).filter(|_| ours)?.trim_start_matches("0x"), 16).ok()
        });
        match flags {
            None => State::MISSING,
            Some(flags) if flags & 0x4 != 0 => State::PERMANENT,
            // Complete: it answered some time, which is all that the file tells.
            Some(flags) if flags & 0x2 != 0 => State::STALE,
            // In the table, and it has not answered.
            Some(_) => State::FAILED,
        }
    })
}

const ERROR: u16 = 2;
const DONE: u16 = 3;
const NEW_NEIGHBOUR: u16 = 28;
const GET_NEIGHBOURS: u16 = 30;
const REQUEST_ALL: u16 = 0x301;
const DESTINATION: u16 = 1;
const MESSAGE_HEADER: usize = 16;
const NEIGHBOUR_HEADER: usize = 12;

/// The kernel sends a table in pieces; a computer with more of them than this is a router.
const MOST_PIECES: usize = 256;

/// Asks the kernel for its table and picks one entry.
pub(super) fn from_kernel(address: IpAddr, interface: &str) -> io::Result<State> {
    let Some(index) = net::interface_index(interface) else { return Ok(State::MISSING) };
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    // The kernel answers at once; a sandbox that swallows the question must not hang the probe.
    set_socket_timeout(&socket, Timeout::Recv, Some(Duration::from_millis(200)))?;
    send(&socket, &request(), SendFlags::empty())?;
    let mut buffer = vec![0; 64 * 1024];
    let mut state = State::MISSING;
    for _ in 0..MOST_PIECES {
        let (length, _) = recv(&socket, buffer.as_mut_slice(), RecvFlags::empty())?;
        if read_piece(&buffer[..length], address, index, &mut state)? {
            return Ok(state);
        }
    }
    Ok(state)
}

fn request() -> [u8; MESSAGE_HEADER + NEIGHBOUR_HEADER] {
    let mut message = [0; MESSAGE_HEADER + NEIGHBOUR_HEADER];
    message[..4].copy_from_slice(&((MESSAGE_HEADER + NEIGHBOUR_HEADER) as u32).to_ne_bytes());
    message[4..6].copy_from_slice(&GET_NEIGHBOURS.to_ne_bytes());
    message[6..8].copy_from_slice(&REQUEST_ALL.to_ne_bytes());
    message
}

/// Goes through the messages of a piece; true at the end of the table.
fn read_piece(mut piece: &[u8], address: IpAddr, index: u32, state: &mut State) -> io::Result<bool> {
    while let (Some(length), Some(kind)) = (u32_at(piece, 0), u16_at(piece, 4)) {
        let length = length as usize;
        let Some(message) = piece.get(MESSAGE_HEADER..length) else { break };
        match kind {
            DONE => return Ok(true),
            ERROR => {
                let code = u32_at(message, 0).map_or(0, u32::cast_signed);
                return Err(io::Error::from_raw_os_error(code.wrapping_neg()));
            }
            NEW_NEIGHBOUR if destination(message) == Some(address) && u32_at(message, 4) == Some(index) => {
                *state = u16_at(message, 8).map_or(State::MISSING, State);
            }
            _ => {}
        }
        piece = piece.get(aligned(length)..).unwrap_or_default();
    }
    Ok(false)
}

fn destination(message: &[u8]) -> Option<IpAddr> {
    let mut attributes = message.get(NEIGHBOUR_HEADER..)?;
    while let (Some(length), Some(kind)) = (u16_at(attributes, 0), u16_at(attributes, 2)) {
        let length = usize::from(length);
        let value = attributes.get(4..length)?;
        if kind == DESTINATION {
            return match value.len() {
                4 => <[u8; 4]>::try_from(value).ok().map(IpAddr::from),
                16 => <[u8; 16]>::try_from(value).ok().map(IpAddr::from),
                _ => None,
            };
        }
        attributes = attributes.get(aligned(length)..).unwrap_or_default();
    }
    None
}

const fn aligned(length: usize) -> usize {
    (length + 3) & !3
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(index: u32, state: State, address: &[u8]) -> Vec<u8> {
        let mut body = vec![2, 0, 0, 0];
        body.extend(index.to_ne_bytes());
        body.extend(state.0.to_ne_bytes());
        body.extend([0, 1]);
        // A hardware address first, whose length needs filling up.
        body.extend(10_u16.to_ne_bytes());
        body.extend(2_u16.to_ne_bytes());
        body.extend([2, 0, 0, 0, 0, 1, 0, 0]);
        body.extend((4 + address.len() as u16).to_ne_bytes());
        body.extend(DESTINATION.to_ne_bytes());
        body.extend(address);
        message(NEW_NEIGHBOUR, &body)
    }

    fn message(kind: u16, body: &[u8]) -> Vec<u8> {
        let mut message = ((MESSAGE_HEADER + body.len()) as u32).to_ne_bytes().to_vec();
        message.extend(kind.to_ne_bytes());
        message.extend([0; 10]);
        message.extend(body);
        message
    }

    #[test]
    fn the_entry_of_this_address_on_this_interface_is_found() {
        let mut table = entry(3, State::STALE, &[192, 0, 2, 1]);
        table.extend(entry(2, State::FAILED, &[192, 0, 2, 1]));
        table.extend(entry(2, State::REACHABLE, &[192, 0, 2, 9]));
        let mut state = State::MISSING;
        assert!(!read_piece(&table, "192.0.2.1".parse().unwrap(), 2, &mut state).unwrap());
        assert_eq!(state, State::FAILED);
        assert!(read_piece(&message(DONE, &[0; 4]), "192.0.2.1".parse().unwrap(), 2, &mut state).unwrap());
        assert_eq!(state, State::FAILED);

        let six: std::net::Ipv6Addr = "fe80::1".parse().unwrap();
        let mut state = State::MISSING;
        read_piece(&entry(2, State::DELAY, &six.octets()), six.into(), 2, &mut state).unwrap();
        assert_eq!(state, State::DELAY);
    }

    #[test]
    fn a_refusal_is_an_error_and_damage_ends_the_reading() {
        let mut state = State::MISSING;
        let address = "192.0.2.1".parse().unwrap();
        let refused = message(ERROR, &(-1_i32).to_ne_bytes());
        let error = read_piece(&refused, address, 2, &mut state).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        let whole = entry(2, State::FAILED, &[192, 0, 2, 1]);
        for length in 0..whole.len() {
            assert!(!read_piece(&whole[..length], address, 2, &mut state).unwrap());
            assert_eq!(state, State::MISSING, "{length}");
        }
        // A length of zero must not go round for ever.
        assert!(!read_piece(&[0; 64], address, 2, &mut state).unwrap());
    }

    #[test]
    fn the_running_kernel_answers() {
        let address = "192.0.2.213".parse().unwrap();
        assert_eq!(from_kernel(address, "lo").unwrap(), State::MISSING);
    }
}
