//! Ports that open and then do not speak the protocol: `silent`, `reset`, `garbage`, or `slow` (a
//! greeting after two seconds).

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

pub(super) async fn serve(mode: &str, address: &str) -> Result<()> {
    if !["silent", "reset", "garbage", "slow"].contains(&mode) {
        bail!("the modes are silent, reset, garbage, slow");
    }
    let listener = TcpListener::bind(address).await?;
    super::ready()?;
    let mut held = Vec::new();
    loop {
        let (mut stream, _) = listener.accept().await?;
        match mode {
            "silent" => held.push(stream),
            "reset" => {
                let mut byte = [0];
                let _ = stream.read(&mut byte).await;
                // Unread data in the buffer turns the close into a reset.
                drop(stream);
            }
            "slow" => {
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_secs(2)).await;
                    let _ = stream.write_all(b"220 slow.example\r\n").await;
                });
            }
            _ => {
                let _ = stream.write_all(&[0x5A; 2048]).await;
            }
        }
    }
}
