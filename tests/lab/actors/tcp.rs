//! Ports that open and then do not speak the protocol: `silent`, `reset`, `garbage`, `slow` (a greeting
//! after two seconds), `tls-alerts` (TLS warnings without an end) or `tls-slow` (the answer to a TLS
//! greeting, a byte a second), `slowloris` (a greeting of a byte a second), `endless` (lines without end),
//! `shutdown` (a mail server that serves nobody), or `bye` (the same of one that people fetch their mail from).

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const MODES: &[&str] = &[
    "silent",
    "reset",
    "garbage",
    "slow",
    "tls-alerts",
    "tls-slow",
    "slowloris",
    "endless",
    "shutdown",
    "bye",
];

pub(super) async fn serve(mode: &str, address: &str) -> Result<()> {
    if !MODES.contains(&mode) {
        bail!("the modes are {}", MODES.join(", "));
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
            "tls-alerts" => {
                tokio::spawn(async move {
                    // A warning of TLS 1.2 that asks for nothing (user_canceled), for ever.
                    let warnings = [21, 3, 3, 0, 2, 1, 90].repeat(1000);
                    while stream.write_all(&warnings).await.is_ok() {}
                });
            }
            "tls-slow" => {
                tokio::spawn(async move {
                    // The head of a ServerHello of 16 KB.
                    for byte in [22, 3, 3, 0x3F, 0xF0, 2, 0, 0x3F, 0xEC].into_iter().chain([0; 100]) {
                        if stream.write_all(&[byte]).await.is_err() {
                            return;
                        }
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                });
            }
            "slowloris" => {
                tokio::spawn(async move {
                    for byte in b"220 slow.example ESMTP at your service, in a moment, or in two\r\n" {
                        tokio::time::sleep(Duration::from_secs(1)).await;
                        if stream.write_all(&[*byte]).await.is_err() {
                            break;
                        }
                    }
                });
            }
            "endless" => {
                tokio::spawn(async move {
                    while stream.write_all(b"welcome to nothing at all\r\n").await.is_ok() {}
                });
            }
            "shutdown" => {
                let _ = stream.write_all(b"421 4.3.2 mail.example shuts down\r\n").await;
            }
            "bye" => {
                let _ = stream.write_all(b"* BYE Server shutting down.\r\n").await;
            }
            _ => {
                let _ = stream.write_all(&[0x5A; 2048]).await;
            }
        }
    }
}
