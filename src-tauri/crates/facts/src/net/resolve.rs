//! Names to addresses, the way programs do it: getaddrinfo.
//!
//! getaddrinfo can't be interrupted and may take half a minute while resolvers are silent. Each
//! lookup has a thread of its own that nobody waits for: a runtime's blocking pool would hold up the
//! end of the program until the last lookup is over. The `gai` error number is kept, because its
//! text follows the language of the process and says nothing that a program could compare.
//!
//! Several probes want the same name at the same moment; they share one lookup while it is under way,
//! so that a silent resolver is asked once and not by a dozen threads. Nothing is kept after its end.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::SocketAddr;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::time::Instant;

use super::no_answer;

/// Why a name gave no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResolveFailure {
    /// There is no such name.
    NoSuchName,
    /// The name has no address.
    Empty,
    /// Nothing came back in time.
    TimedOut,
    /// Another error: no resolver could be asked, or none gave a final answer.
    Failed,
}

/// A name that gave no address, and for supporters what the system said.
#[derive(Debug, Clone, thiserror::Error)]
#[error("look up {host}: {detail}")]
pub(crate) struct ResolveError {
    /// Why.
    pub failure: ResolveFailure,
    /// The name.
    pub host: String,
    /// The system's words.
    pub detail: String,
}

/// The addresses of `host`, each once, in the system's order of preference.
pub(crate) async fn resolve(
    host: &str,
    port: u16,
    deadline: Instant,
) -> Result<Vec<SocketAddr>, ResolveError> {
    let failed =
        |failure, detail: String| ResolveError { failure, host: host.to_owned(), detail: detail.clone() };
    let started = Instant::now();
    let mut answered =
        ask(host).map_err(|e| failed(ResolveFailure::Failed, format!("no thread to look it up in: {e}")))?;
    let answer = tokio::time::timeout_at(deadline, answered.wait_for(Option::is_some)).await;
    match answer.map(|seen| seen.ok().and_then(|seen| seen.clone())) {
        Ok(Some(Ok(addresses))) if addresses.is_empty() => {
            Err(failed(ResolveFailure::Empty, "no address".into()))
        }
        Ok(Some(Ok(addresses))) => {
            Ok(addresses.into_iter().map(|address| with_port(address, port)).collect())
        }
        Ok(Some(Err((failure, detail)))) => Err(failed(failure, detail)),
        Ok(None) => Err(failed(ResolveFailure::Failed, "the lookup ended abnormally".into())),
        Err(_) => Err(failed(ResolveFailure::TimedOut, no_answer(started.elapsed()))),
    }
}

/// What a lookup gave, for everybody who waits for it. The port of the addresses is not set.
type Answer = Option<Result<Vec<SocketAddr>, (ResolveFailure, String)>>;

/// Lookups under way, by name.
static UNDER_WAY: LazyLock<Mutex<HashMap<String, watch::Receiver<Answer>>>> = LazyLock::new(Mutex::default);

fn under_way() -> MutexGuard<'static, HashMap<String, watch::Receiver<Answer>>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Joins the lookup of this name that is under way, or begins one.
fn ask(host: &str) -> std::io::Result<watch::Receiver<Answer>> {
    let (answer, answered) = watch::channel(None);
    match under_way().entry(host.to_owned()) {
        Entry::Occupied(lookup) => return Ok(lookup.get().clone()),
        Entry::Vacant(place) => place.insert(answered.clone()),
    };
    // The list is free again: the end of a lookup, a failed one too, takes it out of there.
    let ended = Ended(host.to_owned());
    std::thread::Builder::new().name("name-lookup".into()).spawn(move || {
        let found = look_up(&ended.0);
        // Out of the list first: whoever comes after the answer asks anew.
        drop(ended);
        let _ = answer.send(Some(found));
    })?;
    Ok(answered)
}

/// A lookup that is over, however it ended, is no longer joined.
struct Ended(String);

impl Drop for Ended {
    fn drop(&mut self) {
        under_way().remove(&self.0);
    }
}

fn with_port(mut address: SocketAddr, port: u16) -> SocketAddr {
    address.set_port(port);
    address
}

fn look_up(host: &str) -> Result<Vec<SocketAddr>, (ResolveFailure, String)> {
    use dns_lookup::LookupErrorKind as Kind;
    // Without a socket type every address would come three times.
    let hints =
        dns_lookup::AddrInfoHints { socktype: dns_lookup::SockType::Stream.into(), ..Default::default() };
    match dns_lookup::getaddrinfo(Some(host), None, Some(hints)) {
        Ok(found) => {
            let mut addresses = Vec::new();
            for info in found.flatten() {
                if !addresses.contains(&info.sockaddr) {
                    addresses.push(info.sockaddr);
                }
            }
            Ok(addresses)
        }
        Err(error) => {
            let failure = match error.kind() {
                Kind::NoName => ResolveFailure::NoSuchName,
                Kind::NoData => ResolveFailure::Empty,
                _ => ResolveFailure::Failed,
            };
            Err((failure, format!("{error} (getaddrinfo {})", error.error_num())))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_name_of_the_hosts_file_is_found_with_its_port_and_each_address_once() {
        let found = resolve("localhost", 4711, Instant::now() + Duration::from_secs(5)).await.unwrap();
        assert!(found.contains(&"127.0.0.1:4711".parse().unwrap()), "{found:?}");
        let mut unique = found.clone();
        unique.dedup();
        assert_eq!(unique, found);
    }

    #[tokio::test]
    async fn a_lookup_that_takes_too_long_is_left_behind() {
        let error = resolve("localhost", 1, Instant::now().checked_sub(Duration::from_secs(1)).unwrap())
            .await
            .map_err(|e| e.failure);
        // Already over when it begins: either the answer was there at once, or nobody waited for it.
        assert!(error.is_ok() || error == Err(ResolveFailure::TimedOut), "{error:?}");
    }

    #[tokio::test]
    async fn those_who_ask_for_a_name_at_once_share_one_lookup_and_each_gets_its_port() {
        // Put in by hand, so that the lookup ends when the test says so.
        let (answer, answered) = watch::channel(None);
        under_way().insert("shared.invalid".into(), answered);
        let soon = Instant::now() + Duration::from_secs(5);
        let (one, other) = tokio::join!(
            async {
                let both =
                    tokio::join!(resolve("shared.invalid", 1, soon), resolve("shared.invalid", 2, soon));
                (both.0.unwrap(), both.1.unwrap())
            },
            async {
                drop(Ended("shared.invalid".into()));
                answer.send(Some(Ok(vec!["192.0.2.1:0".parse().unwrap()])))
            }
        );
        assert!(other.is_ok());
        assert_eq!(one, (vec!["192.0.2.1:1".parse().unwrap()], vec!["192.0.2.1:2".parse().unwrap()]));
        assert!(!under_way().contains_key("shared.invalid"));
    }

    #[tokio::test]
    async fn what_can_be_no_name_is_an_error_that_names_it() {
        let error =
            resolve("a name with\0nul", 1, Instant::now() + Duration::from_secs(5)).await.unwrap_err();
        assert_eq!(error.failure, ResolveFailure::Failed);
    }
}
