//! The system's number of an interface, which link-local IPv6 addresses need.

/// The number of the interface with this name.
#[cfg(target_os = "linux")]
pub(crate) fn interface_index(name: &str) -> Option<u32> {
    use rustix::net::{AddressFamily, SocketType};
    // Any socket can ask; a Unix one needs neither family to be switched on.
    let socket = rustix::net::socket(AddressFamily::UNIX, SocketType::DGRAM, None).ok()?;
    rustix::net::netdevice::name_to_index(socket, name).ok()
}

/// The number of the interface with this name.
#[cfg(not(target_os = "linux"))]
pub(crate) fn interface_index(_name: &str) -> Option<u32> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_the_first_interface() {
        assert_eq!(interface_index("lo"), Some(1));
        assert_eq!(interface_index("nothere0"), None);
    }
}
