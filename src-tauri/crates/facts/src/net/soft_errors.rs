//! A router that knows no way says so by ICMP. Over UDP programs are not told, unless they ask to be.

use tokio::net::UdpSocket;

/// Has "no way there" and the like arrive as errors of this socket, so that nobody waits for an answer
/// that cannot come. Where the system has no such thing, silence stays silence.
#[cfg(target_os = "linux")]
pub(crate) fn tell_soft_errors(socket: &UdpSocket) {
    use nix::sys::socket::{setsockopt, sockopt};
    let told = match socket.local_addr() {
        Ok(address) if address.is_ipv4() => setsockopt(socket, sockopt::Ipv4RecvErr, &true),
        _ => setsockopt(socket, sockopt::Ipv6RecvErr, &true),
    };
    if let Err(error) = told {
        tracing::debug!(%error, "routers' errors will not be told");
    }
}

/// See Linux.
#[cfg(not(target_os = "linux"))]
pub(crate) fn tell_soft_errors(_socket: &UdpSocket) {}
