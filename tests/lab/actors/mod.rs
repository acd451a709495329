//! Servers that misbehave, because no real one can be told to. Each says in its name how.
//!
//! `lab-serve KIND ARGUMENTS` returns once the server listens, so that a fault's script needs no
//! waiting; the server itself goes on in a process of its own and dies with the sandbox.

#[cfg(target_os = "linux")]
mod delay;
mod dns;
mod http;
#[cfg(target_os = "linux")]
mod icmp;
mod ntp;
mod quic;
mod tcp;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

const HELP: &str = "lab-serve \
dns MODE ADDRESS:PORT | http MODE ADDRESS:PORT [LOCATION] | tcp MODE ADDRESS:PORT | ntp ADDRESS:PORT [SECONDS|kiss] | icmp LIE | quic ADDRESS:PORT CERTIFICATE | delay NAME MS [JITTER_MS]";

pub(crate) fn serve(args: &[&str]) -> Result<()> {
    match args {
        ["--here", rest @ ..] => here(rest),
        _ => start(args),
    }
}

/// Starts the server in a process of its own and waits until it listens.
fn start(args: &[&str]) -> Result<()> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["serve", "--here"])
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take().context("no output")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    if line.trim() != "ready" {
        bail!("lab-serve {} did not start: {}", args.join(" "), child.wait()?);
    }
    Ok(())
}

/// Is the server.
fn here(args: &[&str]) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match args {
            ["dns", mode, address] => dns::serve(mode, address).await,
            ["http", mode, address, rest @ ..] => {
                http::serve(mode, address, rest.first().copied().unwrap_or_default()).await
            }
            #[cfg(target_os = "linux")]
            ["delay", name, ms, rest @ ..] => delay::serve(name, ms, rest.first().copied()).await,
            ["quic", address, certificate] => quic::serve(address, certificate).await,
            ["tcp", mode, address] => tcp::serve(mode, address).await,
            ["ntp", address, rest @ ..] => ntp::serve(address, rest.first().copied()).await,
            #[cfg(target_os = "linux")]
            ["icmp", lie] => icmp::serve(lie),
            _ => bail!("{HELP}"),
        }
    })
}

/// Says that the server listens; whoever waits goes on.
fn ready() -> Result<()> {
    println!("ready");
    Ok(std::io::stdout().flush()?)
}
