//! Names to addresses, the way programs do it: getaddrinfo.
//!
//! getaddrinfo can't be interrupted and may take half a minute while resolvers are silent. Each
//! lookup has a thread of its own that nobody waits for: a runtime's blocking pool would hold up the
//! end of the program until the last lookup is over. The `gai` error number is kept, because its
//! text follows the language of the process and says nothing that a program could compare.

use std::net::SocketAddr;

use tokio::sync::oneshot;
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
    let (answer, answered) = oneshot::channel();
    let name = host.to_owned();
    std::thread::Builder::new()
        .name("name-lookup".into())
        .spawn(move || {
            // Nobody may be listening any more, which is fine.
            let _ = answer.send(look_up(&name, port));
        })
        .map_err(|e| failed(ResolveFailure::Failed, format!("no thread to look it up in: {e}")))?;
    match tokio::time::timeout_at(deadline, answered).await {
        Ok(Ok(Ok(addresses))) if addresses.is_empty() => {
            Err(failed(ResolveFailure::Empty, "no address".into()))
        }
        Ok(Ok(Ok(addresses))) => Ok(addresses),
        Ok(Ok(Err((failure, detail)))) => Err(failed(failure, detail)),
        Ok(Err(_)) => Err(failed(ResolveFailure::Failed, "the lookup ended abnormally".into())),
        Err(_) => Err(failed(ResolveFailure::TimedOut, no_answer(started.elapsed()))),
    }
}

fn look_up(host: &str, port: u16) -> Result<Vec<SocketAddr>, (ResolveFailure, String)> {
    use dns_lookup::LookupErrorKind as Kind;
    // Without a socket type every address would come three times.
    let hints =
        dns_lookup::AddrInfoHints { socktype: dns_lookup::SockType::Stream.into(), ..Default::default() };
    match dns_lookup::getaddrinfo(Some(host), None, Some(hints)) {
        Ok(found) => {
            let mut addresses = Vec::new();
            for info in found.flatten() {
                let mut address = info.sockaddr;
                address.set_port(port);
                if !addresses.contains(&address) {
                    addresses.push(address);
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
    async fn what_can_be_no_name_is_an_error_that_names_it() {
        let error =
            resolve("a name with\0nul", 1, Instant::now() + Duration::from_secs(5)).await.unwrap_err();
        assert_eq!(error.failure, ResolveFailure::Failed);
    }
}
