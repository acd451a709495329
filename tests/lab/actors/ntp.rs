//! A time server (RFC 4330) whose clock may be wrong, or that wants no more questions (`kiss`: stratum 0
//! and the code DENY, with times that mean nothing). Not chrony, because installing Debian's would
//! replace the time service of this computer.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use tokio::net::UdpSocket;

/// Seconds from 1900 to 1970.
const EPOCH: f64 = 2_208_988_800.0;

pub(super) async fn serve(address: &str, how: Option<&str>) -> Result<()> {
    let kiss = how == Some("kiss");
    let ahead = how.filter(|_| !kiss).map_or(Ok(0.0), str::parse)?;
    let socket = UdpSocket::bind(address).await?;
    super::ready()?;
    let mut buffer = [0; 128];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).await?;
        if length < 48 {
            continue;
        }
        let now = timestamp(ahead);
        let mut answer = [0; 48];
        // No leap warning, version 4, server; stratum 2; then the reference and the three times.
        answer[0] = 0x24;
        answer[1] = 2;
        answer[3] = 0xEC;
        answer[12..16].copy_from_slice(&[127, 127, 1, 0]);
        answer[16..24].copy_from_slice(&now);
        answer[24..32].copy_from_slice(&buffer[40..48]);
        answer[32..40].copy_from_slice(&now);
        answer[40..48].copy_from_slice(&now);
        if kiss {
            answer[1] = 0;
            answer[12..16].copy_from_slice(b"DENY");
        }
        socket.send_to(&answer, from).await?;
    }
}

fn timestamp(ahead: f64) -> [u8; 8] {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64()) + ahead + EPOCH;
    let seconds = (now as u64) as u32;
    let fraction = (now.fract() * 4_294_967_296.0) as u32;
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&seconds.to_be_bytes());
    bytes[4..].copy_from_slice(&fraction.to_be_bytes());
    bytes
}
