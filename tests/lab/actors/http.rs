//! Web servers of portals, and of hostile networks.
//!
//! | mode | answer |
//! |---|---|
//! | `redirect` | 302 to the location |
//! | `login` | 200 with a sign-in page in the place of every other |
//! | `loop` | 302 to itself, with a longer path each time |
//! | `gigabyte` | 200 with a body that never ends |
//! | `headers` | headers that never end |
//! | `slowloris` | a status line, then a byte a second |
//! | `false-length` | 200 with one word of a body that is said to have a gigabyte |
//! | `connect-gigabyte` | a proxy that opens every way and then sends without an end |
//! | `refuse-connect` | a proxy that answers 403 to CONNECT, and passes nothing |

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const MODES: &[&str] = &[
    "redirect",
    "login",
    "loop",
    "gigabyte",
    "headers",
    "slowloris",
    "false-length",
    "connect-gigabyte",
    "refuse-connect",
];

const PAGE: &str = "<!doctype html><title>Sign in</title><form action=/login><input name=code></form>";

pub(super) async fn serve(mode: &str, address: &str, location: &str) -> Result<()> {
    if !MODES.contains(&mode) {
        bail!("the modes are {}", MODES.join(", "));
    }
    let listener = TcpListener::bind(address).await?;
    super::ready()?;
    loop {
        let (stream, _) = listener.accept().await?;
        let (mode, location) = (mode.to_owned(), location.to_owned());
        tokio::spawn(async move {
            let _ = answer(stream, &mode, &location).await;
        });
    }
}

async fn answer(mut stream: TcpStream, mode: &str, location: &str) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 16 * 1024 {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            break;
        }
        head.push(byte[0]);
    }
    let path = String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or("/").to_owned();
    match mode {
        "redirect" => {
            let text = format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(text.as_bytes()).await
        }
        "login" => {
            let text = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{PAGE}",
                PAGE.len()
            );
            stream.write_all(text.as_bytes()).await
        }
        "loop" => {
            let text = format!("HTTP/1.1 302 Found\r\nLocation: {path}x\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(text.as_bytes()).await
        }
        "false-length" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\nlab").await?;
            // Held open: whoever waits for the rest waits for ever.
            tokio::time::sleep(Duration::from_mins(2)).await;
            Ok(())
        }
        "gigabyte" | "connect-gigabyte" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            let block = vec![b'a'; 64 * 1024];
            // Bounded all the same: a test must end even where its reader does not.
            for _ in 0..16 * 1024 {
                stream.write_all(&block).await?;
            }
            Ok(())
        }
        "headers" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            for n in 0..1_000_000 {
                stream.write_all(format!("X-{n}: {n}\r\n").as_bytes()).await?;
            }
            Ok(())
        }
        "refuse-connect" => stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await,
        _ => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            for _ in 0..120 {
                tokio::time::sleep(Duration::from_secs(1)).await;
                stream.write_all(b"X").await?;
            }
            Ok(())
        }
    }
}
