//! A TCP connection to a host that may have several addresses.

use std::net::SocketAddr;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Wait, connect_outcome, in_time, no_answer};
use crate::reach::ConnectOutcome;

/// A failed attempt.
#[derive(Debug, Clone)]
pub(crate) struct ConnectFailed {
    /// What came of it.
    pub outcome: ConnectOutcome,
    /// The system's words.
    pub detail: String,
}

/// Connects to the first address of each family at once and gives the connection that is made first,
/// so that one dead family hides nothing (programs do the same, a little later). Where none is made,
/// the failure is that of the system's preferred address.
pub(crate) async fn connect_any(
    addresses: &[SocketAddr],
    deadline: Instant,
) -> Result<TcpStream, ConnectFailed> {
    let first = |v4: bool| addresses.iter().position(|a| a.is_ipv4() == v4);
    let mut attempts = JoinSet::new();
    for index in [first(true), first(false)].into_iter().flatten() {
        let address = addresses[index];
        attempts.spawn(async move { (index, attempt(address, deadline).await) });
    }
    let mut failed: Option<(usize, ConnectFailed)> = None;
    while let Some(joined) = attempts.join_next().await {
        match joined {
            Ok((_, Ok(stream))) => return Ok(stream),
            Ok((index, Err(why))) if failed.as_ref().is_none_or(|(other, _)| index < *other) => {
                failed = Some((index, why));
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "an attempt to connect ended abnormally"),
        }
    }
    Err(failed.map_or_else(
        || ConnectFailed { outcome: ConnectOutcome::Failed, detail: "no address to connect to".into() },
        |(_, why)| why,
    ))
}

async fn attempt(address: SocketAddr, deadline: Instant) -> Result<TcpStream, ConnectFailed> {
    let started = Instant::now();
    match in_time(deadline, TcpStream::connect(address)).await {
        Wait::Done(stream) => Ok(stream),
        Wait::Error(error) => Err(ConnectFailed {
            outcome: connect_outcome(&error),
            detail: format!("connect to {address}: {error}"),
        }),
        Wait::TimedOut => Err(ConnectFailed {
            outcome: ConnectOutcome::TimedOut,
            detail: format!("connect to {address}: {}", no_answer(started.elapsed())),
        }),
    }
}
