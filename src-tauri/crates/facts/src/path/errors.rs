//! The kernel's queue of errors of a socket: what routers say of a packet that this socket sent.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, AsRawFd};

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};
use tokio::io::Interest;
use tokio::net::UdpSocket;

/// What an ICMP message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// It has passed as many routers as it may.
    Exceeded,
    /// No way to the network.
    NoWay,
    /// The host, or the next router, does not answer.
    HostUnreachable,
    /// Nobody listens at this port, or so it says.
    Refused,
    /// Not allowed.
    Prohibited,
    /// Too big; at most so many bytes.
    TooBig(u32),
}

/// One error: what is said, and who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) said: Said,
    /// None where this computer found it out without a message.
    pub(super) by: Option<IpAddr>,
}

/// Asks the kernel to keep the errors of this socket.
pub(super) fn listen(socket: &impl AsFd, v4: bool) -> io::Result<()> {
    if v4 {
        setsockopt(socket, sockopt::Ipv4RecvErr, &true)?;
    } else {
        setsockopt(socket, sockopt::Ipv6RecvErr, &true)?;
    }
    Ok(())
}

/// Waits for the next error. What is no ICMP message is passed over.
pub(super) async fn next(socket: &UdpSocket) -> io::Result<Heard> {
    loop {
        if let Some(heard) = socket.async_io(Interest::ERROR, || read(socket)).await? {
            return Ok(heard);
        }
    }
}

fn read(socket: &UdpSocket) -> io::Result<Option<Heard>> {
    // The packet that the error is about comes along, and is not needed.
    let mut packet = [0; 64];
    let mut space = vec![0; 512];
    let mut buffers = [IoSliceMut::new(&mut packet)];
    let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
    let message = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut buffers, Some(&mut space), flags)?;
    Ok(message.cmsgs().map_err(io::Error::from)?.find_map(|part| match part {
        ControlMessageOwned::Ipv4RecvErr(error, by) => {
            let by = by.map(|a| IpAddr::from(Ipv4Addr::from(u32::from_be(a.sin_addr.s_addr))));
            heard(&error, by)
        }
        ControlMessageOwned::Ipv6RecvErr(error, by) => {
            heard(&error, by.map(|a| IpAddr::from(Ipv6Addr::from(a.sin6_addr.s6_addr))))
        }
        _ => None,
    }))
}

fn heard(error: &libc::sock_extended_err, by: Option<IpAddr>) -> Option<Heard> {
    let by = by.filter(|address| !address.is_unspecified());
    let said = match error.ee_origin {
        libc::SO_EE_ORIGIN_ICMP => icmp_v4(error.ee_type, error.ee_code, error.ee_info)?,
        libc::SO_EE_ORIGIN_ICMP6 => icmp_v6(error.ee_type, error.ee_code, error.ee_info)?,
        libc::SO_EE_ORIGIN_LOCAL => match Errno::from_raw(error.ee_errno.cast_signed()) {
            Errno::EMSGSIZE => Said::TooBig(error.ee_info),
            Errno::EHOSTUNREACH => Said::HostUnreachable,
            _ => return None,
        },
        _ => return None,
    };
    Some(Heard { said, by })
}

/// RFC 792, RFC 1122 (section 3.2.2.1), RFC 1812 (section 5.2.7.1).
fn icmp_v4(kind: u8, code: u8, info: u32) -> Option<Said> {
    Some(match (kind, code) {
        (11, 0) => Said::Exceeded,
        (3, 0 | 5 | 6 | 8 | 11) => Said::NoWay,
        (3, 1 | 7 | 12) => Said::HostUnreachable,
        (3, 2 | 3) => Said::Refused,
        (3, 4) => Said::TooBig(info),
        (3, 9 | 10 | 13..=15) => Said::Prohibited,
        _ => return None,
    })
}

/// RFC 4443.
fn icmp_v6(kind: u8, code: u8, info: u32) -> Option<Said> {
    Some(match (kind, code) {
        (3, 0) => Said::Exceeded,
        (2, _) => Said::TooBig(info),
        (1, 0 | 2 | 6) => Said::NoWay,
        (1, 3) => Said::HostUnreachable,
        (1, 4) => Said::Refused,
        (1, 1 | 5) => Said::Prohibited,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use socket2::{Domain, Socket, Type};

    use super::*;

    #[test]
    fn the_messages_of_both_families_mean_the_same() {
        for (v4, v6, said) in [
            (Some((11, 0)), Some((3, 0)), Said::Exceeded),
            (Some((3, 0)), Some((1, 0)), Said::NoWay),
            (Some((3, 1)), Some((1, 3)), Said::HostUnreachable),
            (Some((3, 3)), Some((1, 4)), Said::Refused),
            (Some((3, 4)), Some((2, 0)), Said::TooBig(1300)),
            (Some((3, 13)), Some((1, 1)), Said::Prohibited),
            (Some((3, 9)), Some((1, 5)), Said::Prohibited),
        ] {
            if let Some((kind, code)) = v4 {
                assert_eq!(icmp_v4(kind, code, 1300), Some(said));
            }
            if let Some((kind, code)) = v6 {
                assert_eq!(icmp_v6(kind, code, 1300), Some(said));
            }
        }
        assert_eq!(icmp_v4(5, 1, 0), None, "a redirect is no end");
        assert_eq!(icmp_v6(4, 0, 0), None);
    }

    #[tokio::test]
    async fn a_closed_port_of_this_computer_is_heard_with_its_address() {
        // Held and not listening to this peer: a connected UDP socket refuses everybody else.
        let held = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
        held.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
        let to = held.local_addr().unwrap().as_socket().unwrap();
        held.connect(&"127.0.0.1:9".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        listen(&socket, true).unwrap();
        socket.connect(to).await.unwrap();
        socket.send(b"?").await.unwrap();
        let heard = tokio::time::timeout(Duration::from_secs(5), next(&socket)).await.unwrap().unwrap();
        assert_eq!(heard, Heard { said: Said::Refused, by: Some("127.0.0.1".parse().unwrap()) });
    }
}
