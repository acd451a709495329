//! The one place that tells what a socket error means.

use std::io;
use std::time::Duration;

use tokio::time::Instant;

use crate::reach::ConnectOutcome;

/// How waiting for something ended.
pub(crate) enum Wait<T> {
    /// It came.
    Done(T),
    /// An error came.
    Error(io::Error),
    /// The time ran out.
    TimedOut,
}

/// Waits for an I/O operation until `deadline`.
pub(crate) async fn in_time<T>(deadline: Instant, operation: impl Future<Output = io::Result<T>>) -> Wait<T> {
    match tokio::time::timeout_at(deadline, operation).await {
        Ok(Ok(value)) => Wait::Done(value),
        Ok(Err(error)) => Wait::Error(error),
        Err(_) => Wait::TimedOut,
    }
}

/// What a failed attempt to reach somebody says.
pub(crate) fn connect_outcome(error: &io::Error) -> ConnectOutcome {
    use io::ErrorKind as Kind;
    match error.kind() {
        // A reset in answer to the first packet is what some firewalls send in place of a refusal.
        Kind::ConnectionRefused | Kind::ConnectionReset | Kind::ConnectionAborted => ConnectOutcome::Refused,
        // Without an address of its own of this family, this computer has no way to anybody.
        Kind::NetworkUnreachable | Kind::HostUnreachable | Kind::NetworkDown | Kind::AddrNotAvailable => {
            ConnectOutcome::Unreachable
        }
        Kind::TimedOut => ConnectOutcome::TimedOut,
        // EPERM from a rule on this computer, EACCES from "administratively prohibited" over IPv6.
        Kind::PermissionDenied => ConnectOutcome::Prohibited,
        _ => unnamed(error),
    }
}

/// Errors that the standard library has no stable name for.
#[cfg(unix)]
fn unnamed(error: &io::Error) -> ConnectOutcome {
    use rustix::io::Errno;
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        // The family is switched off (`ipv6.disable=1`), or the host is known to be down.
        Some(Errno::AFNOSUPPORT | Errno::HOSTDOWN) => ConnectOutcome::Unreachable,
        _ => ConnectOutcome::Failed,
    }
}

#[cfg(not(unix))]
fn unnamed(_error: &io::Error) -> ConnectOutcome {
    ConnectOutcome::Failed
}

/// The words for a step whose time ran out.
pub(crate) fn no_answer(within: Duration) -> String {
    format!("no answer within {:.1} s", within.as_secs_f64())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use rustix::io::Errno;

    #[test]
    fn every_way_to_fail_has_its_outcome() {
        for (errno, outcome) in [
            (Errno::CONNREFUSED, ConnectOutcome::Refused),
            (Errno::CONNRESET, ConnectOutcome::Refused),
            (Errno::NETUNREACH, ConnectOutcome::Unreachable),
            (Errno::HOSTUNREACH, ConnectOutcome::Unreachable),
            (Errno::ADDRNOTAVAIL, ConnectOutcome::Unreachable),
            (Errno::AFNOSUPPORT, ConnectOutcome::Unreachable),
            (Errno::NETDOWN, ConnectOutcome::Unreachable),
            (Errno::TIMEDOUT, ConnectOutcome::TimedOut),
            (Errno::PERM, ConnectOutcome::Prohibited),
            (Errno::ACCESS, ConnectOutcome::Prohibited),
            (Errno::INVAL, ConnectOutcome::Failed),
        ] {
            let error = io::Error::from_raw_os_error(errno.raw_os_error());
            assert_eq!(connect_outcome(&error), outcome, "{error}");
        }
    }
}
