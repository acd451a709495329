//! Measurements that cost something: data, or time, or a look where nobody expects one. They are made
//! only after a person agrees, so each can say beforehand what it would cost.

use crate::{Absence, Context, Subject};

/// What asking a person to agree, and waiting then, is taken to cost them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Seconds of the person's time.
    pub seconds: f64,
}

/// What a measurement on request would cost on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The most data that is transferred; 0 for one that sends nothing.
    pub bytes: u64,
    /// The most seconds it takes.
    pub seconds: u64,
    /// The hosts that are asked.
    pub hosts: Vec<String>,
}

impl Subject {
    /// What a measurement on request costs a person; `None` for what is measured without being asked for.
    pub const fn on_request(self) -> Option<Cost> {
        match self {
            Self::throughput => Some(crate::throughput::COST),
            _ => None,
        }
    }

    /// What a measurement on request would cost here, or why it cannot be made. `None` for what is measured
    /// without being asked for.
    pub fn request(self, cx: &Context) -> Option<Result<Request, Absence>> {
        match self {
            Self::throughput => Some(crate::throughput::request(cx)),
            _ => None,
        }
    }
}
