//! What the probes that send something share: how long a step may take, how a name becomes
//! addresses, how an error becomes an outcome, and the one HTTP client.
//!
//! Nothing here measures or judges; no fact is built here.

mod connect;
#[cfg(target_os = "linux")]
pub(crate) mod echo;
mod errors;
pub(crate) mod http;
mod interface;
pub(crate) mod leases;
#[cfg(target_os = "linux")]
pub(crate) mod netlink;
mod resolve;
mod scope;
mod soft_errors;
mod target;
#[cfg(test)]
pub(crate) mod testing;
mod tunnel;

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

pub(crate) use connect::{ConnectFailed, connect_any};
pub(crate) use errors::{Wait, connect_outcome, in_time, no_answer};
pub(crate) use interface::interface_index;
pub(crate) use resolve::{ResolveError, ResolveFailure, resolve};
#[cfg(target_os = "linux")]
pub(crate) use scope::same_network;
pub(crate) use scope::{Network, own_networks, scope};
pub(crate) use soft_errors::tell_soft_errors;
pub(crate) use target::{Target, socket_address};
pub(crate) use tunnel::{Channel, TunnelFailed, proxy_of, tunnel, tunnel_unasked};

use crate::Context;

/// The most hosts of one list that are asked: a list is written by people and is short, and a slip
/// in it must not turn this computer into a flood.
pub(crate) const MOST_TARGETS: usize = 24;

/// When the steps of a probe that starts now must be over.
pub(crate) fn deadline(cx: &Context) -> Instant {
    Instant::now() + cx.step()
}

/// Milliseconds, as facts hold them.
pub(crate) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Runs all at once and gives the results in the order of the tasks. Dropping it stops them all.
/// Each task bounds itself; one that panics is left out and logged, so that it costs only itself.
pub(crate) async fn side_by_side<T, F>(tasks: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut set = JoinSet::new();
    for (index, task) in tasks.into_iter().enumerate() {
        set.spawn(async move { (index, task.await) });
    }
    let mut done = Vec::with_capacity(set.len());
    while let Some(joined) = set.join_next().await {
        match joined {
            Ok(pair) => done.push(pair),
            Err(error) => tracing::error!(%error, "a step of a probe ended abnormally"),
        }
    }
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// A number nobody else can foresee, to tell the answer to a question from any other datagram.
pub(crate) fn nonce() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    // Keyed from the system's random source for every process, and different for every call.
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

/// Text from the network as a fact may hold it: bounded, on one line, without control characters.
pub(crate) fn tame(text: &str, most: usize) -> String {
    let mut tame: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most + 1).collect();
    if tame.chars().count() > most {
        tame.pop();
        tame.push('…');
    }
    tame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn results_keep_the_order_of_their_tasks_whoever_is_first() {
        let (first_may_end, wait) = tokio::sync::oneshot::channel::<()>();
        let slow = Box::pin(async move {
            let _ = wait.await;
            1
        });
        let fast = Box::pin(async move {
            let _ = first_may_end.send(());
            2
        });
        let tasks: Vec<std::pin::Pin<Box<dyn Future<Output = i32> + Send>>> = vec![slow, fast];
        assert_eq!(side_by_side(tasks).await, [1, 2]);
    }

    #[test]
    fn foreign_text_is_bounded_and_on_one_line() {
        assert_eq!(tame("a\r\nb\u{1b}[0m", 20), "a  b [0m");
        assert_eq!(tame(&"ü".repeat(50), 10), format!("{}…", "ü".repeat(10)));
    }

    #[test]
    fn nonces_differ() {
        assert_ne!(nonce(), nonce());
    }
}
