//! Measurements that cost something: data, or time, or a look where nobody expects one. They are made
//! only after a person agrees, so each can say beforehand what it would cost.

use serde::{Deserialize, Serialize};

use crate::{Absence, Context, Subject};

/// What asking a person to agree, and waiting then, is taken to cost them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Seconds of the person's time.
    pub seconds: f64,
}

/// What a measurement on request would cost on this computer. It is what a person agrees to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The most data that is transferred; 0 for one that sends nothing.
    pub bytes: u64,
    /// The most seconds it takes.
    pub seconds: u64,
    /// The hosts that data comes from.
    pub receives_from: Vec<String>,
    /// The hosts that data goes to.
    pub sends_to: Vec<String>,
}

impl Request {
    /// The hosts that are asked, each once.
    pub fn hosts(&self) -> Vec<String> {
        let mut hosts: Vec<String> = Vec::new();
        for host in self.receives_from.iter().chain(&self.sends_to) {
            if !hosts.contains(host) {
                hosts.push(host.clone());
            }
        }
        hosts
    }

    /// Whether who agreed to this has agreed to `other`: it costs no more, and asks nobody else for anything else.
    pub fn covers(&self, other: &Self) -> bool {
        let all = |theirs: &[String], ours: &[String]| theirs.iter().all(|host| ours.contains(host));
        other.bytes <= self.bytes
            && other.seconds <= self.seconds
            && all(&other.receives_from, &self.receives_from)
            && all(&other.sends_to, &self.sends_to)
    }
}

impl Subject {
    /// What a measurement on request costs a person; `None` for what is measured without being asked for.
    pub const fn on_request(self) -> Option<Cost> {
        match self {
            Self::throughput => Some(crate::throughput::COST),
            Self::folders => Some(crate::folders::COST),
            _ => None,
        }
    }

    /// What a measurement on request would cost here, or why it cannot be made. `None` for what is measured
    /// without being asked for.
    pub fn request(self, cx: &Context) -> Option<Result<Request, Absence>> {
        match self {
            Self::throughput => Some(crate::throughput::request(cx)),
            Self::folders => Some(crate::folders::request(cx)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_agreed_to_something_agreed_to_no_more() {
        let host = |name: &str| vec![name.to_owned()];
        let agreed =
            Request { bytes: 10, seconds: 5, receives_from: host("a.example"), sends_to: host("b.example") };
        assert_eq!(agreed.hosts(), ["a.example", "b.example"]);
        assert!(agreed.covers(&agreed));
        assert!(agreed.covers(&Request { bytes: 9, seconds: 4, sends_to: Vec::new(), ..agreed.clone() }));
        for more in [
            Request { bytes: 11, ..agreed.clone() },
            Request { seconds: 6, ..agreed.clone() },
            Request { receives_from: host("c.example"), ..agreed.clone() },
            // It was asked for data, and is not given any.
            Request { sends_to: host("a.example"), ..agreed.clone() },
        ] {
            assert!(!agreed.covers(&more), "{more:?}");
        }
    }
}
