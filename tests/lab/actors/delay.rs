//! A long line: packets that the kernel routes into a tunnel device come out of it again, later.
//!
//! This kernel has no `netem`. The device `NAME` is made here; the word `slow` in a fault's script routes
//! what a host forwards through it. Packets keep their order, and each waits for `MS`, and for up to
//! `JITTER_MS` more.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tun_rs::DeviceBuilder;

pub(super) async fn serve(name: &str, ms: &str, jitter_ms: Option<&str>) -> Result<()> {
    let (delay, jitter): (u64, u64) = (ms.parse()?, jitter_ms.map_or(Ok(0), str::parse)?);
    let device = std::sync::Arc::new(DeviceBuilder::new().name(name).mtu(1500).build_async()?);
    super::ready()?;
    let (later, mut due) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let out = device.clone();
    tokio::spawn(async move {
        while let Some((at, packet)) = due.recv().await {
            tokio::time::sleep_until(at).await;
            // A full device loses it, as a line does.
            let _ = out.send(&packet).await;
        }
    });
    let mut random = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64 | 1;
    let mut buffer = vec![0; 65536];
    loop {
        let length = device.recv(&mut buffer).await?;
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let wait = Duration::from_millis(delay) + Duration::from_micros(random % (jitter * 1000 + 1));
        later.send((Instant::now() + wait, buffer[..length].to_vec()))?;
    }
}
