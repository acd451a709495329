//! What the network gave this computer with its address, from the files that anybody may read: leases and
//! state of systemd-networkd (which holds what IPv6 routers announce, too), and the leases of dhclient.
//! NetworkManager keeps its own for root alone.

use crate::Context;
use crate::source::read_raw;

const FOLDERS: &[&str] = &[
    "/run/systemd/netif/links",
    "/run/systemd/netif/leases",
    "/var/lib/dhcp",
    "/var/lib/dhclient",
    "/var/lib/NetworkManager",
];

const MOST_FILES: usize = 16;

/// The texts of the leases; empty where none can be read.
pub(crate) fn leases(cx: &Context) -> Vec<String> {
    let mut texts = Vec::new();
    for folder in FOLDERS {
        let Ok(entries) = std::fs::read_dir(cx.path(folder)) else { continue };
        for entry in entries.flatten().take(MOST_FILES) {
            let name = entry.file_name();
            let file = format!("{folder}/{}", name.to_string_lossy());
            if let Ok(text) = read_raw(cx, &file) {
                texts.push(text);
            }
        }
    }
    texts
}
