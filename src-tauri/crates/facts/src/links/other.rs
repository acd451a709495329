//! What `if-addrs` says on every system it knows.

use super::{Interface, InterfaceKind, Links, address_of};
use crate::source::{detached, unread};
use crate::{Context, Reading, Reason};

pub(super) async fn measure(cx: Context) -> Reading<Links> {
    if !cx.is_live() {
        return Reading::absent(Reason::NotSupported, "a recorded tree holds nothing for this source");
    }
    match detached("list network interfaces", cx.step(), if_addrs::get_if_addrs).await {
        Ok(Ok(given)) => Reading::Value(Links { interfaces: grouped(&given) }),
        Ok(Err(error)) => unread("the list of addresses", error).into(),
        Err(absent) => absent.into(),
    }
}

fn grouped(given: &[if_addrs::Interface]) -> Vec<Interface> {
    let mut interfaces: Vec<Interface> = Vec::new();
    for one in given.iter().filter(|one| !one.is_loopback()) {
        // Addresses on Linux and BSD can carry a label of their own: `eth0:1`.
        let name = if cfg!(windows) { &one.name } else { one.name.split(':').next().unwrap_or(&one.name) };
        let address = address_of(&one.addr);
        match interfaces.iter_mut().find(|i| i.name == *name) {
            Some(known) => known.addresses.push(address),
            None => interfaces.push(Interface { addresses: vec![address], ..bare(name, &one.oper_status) }),
        }
    }
    interfaces
}

fn bare(name: &str, state: &if_addrs::IfOperStatus) -> Interface {
    use if_addrs::IfOperStatus as State;
    fn unknown<T>() -> Reading<T> {
        Reading::absent(Reason::NotSupported, "no portable source")
    }
    let word = match state {
        State::Up => "up",
        State::Down => "down",
        State::Testing => "testing",
        State::Unknown => "unknown",
        State::Dormant => "dormant",
        State::NotPresent => "notpresent",
        State::LowerLayerDown => "lowerlayerdown",
    };
    Interface {
        name: name.into(),
        kind: InterfaceKind::Other,
        // An interface that is off keeps no address on these systems.
        admin_up: !matches!(state, State::NotPresent),
        carrier: unknown(),
        oper_state: Reading::Value(word.into()),
        mtu_bytes: unknown(),
        mac: unknown(),
        speed_mbps: unknown(),
        duplex: unknown(),
        driver: unknown(),
        addresses: Vec::new(),
        rx_bytes: unknown(),
        tx_bytes: unknown(),
        rx_packet_count: unknown(),
        tx_packet_count: unknown(),
        rx_error_count: unknown(),
        tx_error_count: unknown(),
        rx_dropped_count: unknown(),
        tx_dropped_count: unknown(),
        meanwhile: unknown(),
        manager: unknown(),
    }
}
