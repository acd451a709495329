//! The one list of subjects. A line here adds a subject to the snapshot, to the measuring and to the
//! published schema. What a subject measures lives in its folder.

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;

use crate::{Context, Reading, Reason};

/// Whether a subject's probe sends anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Reads this computer alone.
    Computer,
    /// Sends something; skipped offline. Subjects that can measure a part without sending are
    /// `Computer` and mark the rest as absent themselves.
    Network,
}

/// What happens while measuring, for whoever shows it.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// A probe started.
    Started(Subject),
    /// A probe ended.
    Finished {
        /// Which.
        subject: Subject,
        /// All that is known so far, so that it can be judged at once.
        so_far: Box<Snapshot>,
    },
}

macro_rules! subjects {
    ($($(#[$meta:meta])* $needs:ident $module:ident : $ty:ty),* $(,)?) => {
        /// A subject of measurement; the name is the key in facts.json.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[allow(non_camel_case_types, reason = "one list names modules, keys and variants alike")]
        pub enum Subject { $($(#[$meta])* $module),* }

        impl Subject {
            /// All subjects, in the order in which they are shown.
            pub const ALL: &'static [Subject] = &[$(Subject::$module),*];

            /// The key in facts.json and in check expressions.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$module => stringify!($module)),* }
            }

            /// Whether measuring it sends anything.
            pub const fn needs(self) -> Needs {
                match self { $(Self::$module => Needs::$needs),* }
            }
        }

        /// All facts of one moment.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[schemars(extend("$id" = "befund.facts/1"))]
        pub struct Snapshot {
            /// Always `befund.facts/1`.
            pub schema: String,
            /// When measuring began.
            pub started_at: Timestamp,
            /// How long all of it took.
            pub took_ms: u64,
            /// How long each subject took.
            pub probe_ms: BTreeMap<String, u64>,
            $($(#[$meta])* pub $module: Reading<$ty>,)*
        }

        impl Snapshot {
            /// A snapshot in which nothing is measured yet.
            pub fn empty(started_at: Timestamp, reason: Reason) -> Self {
                Self {
                    schema: "befund.facts/1".into(),
                    started_at,
                    took_ms: 0,
                    probe_ms: BTreeMap::new(),
                    $($module: Reading::absent(reason, ""),)*
                }
            }
        }

        #[allow(clippy::large_enum_variant, reason = "one a probe exists, and only until it is stored")]
        enum Measured { $(#[allow(non_camel_case_types)] $module(Reading<$ty>)),* }

        fn spawn(set: &mut JoinSet<(Subject, u64, Measured)>, subject: Subject, cx: Context, progress: Option<UnboundedSender<Progress>>) {
            match subject {$(
                Subject::$module => {
                    set.spawn(async move {
                        let started = Instant::now();
                        if let Some(p) = &progress { let _ = p.send(Progress::Started(subject)); }
                        let reading = bounded(&cx, crate::$module::measure(cx.clone())).await;
                        let took_ms = started.elapsed().as_millis() as u64;
                        (subject, took_ms, Measured::$module(reading))
                    });
                }
            )*}
        }

        fn absent(snapshot: &mut Snapshot, subject: Subject, reason: Reason) {
            match subject { $(Subject::$module => snapshot.$module = Reading::absent(reason, "")),* }
        }

        fn store(snapshot: &mut Snapshot, measured: Measured) {
            match measured { $(Measured::$module(reading) => snapshot.$module = reading),* }
        }
    };
}

subjects! {
    /// Operating system, uptime, names, language and time zone.
    Computer system: crate::system::System,
    /// Processor and load.
    Computer cpu: crate::cpu::Cpu,
    /// Main memory and swap.
    Computer memory: crate::memory::Memory,
    /// Mounted file systems.
    Computer filesystems: crate::filesystems::Filesystems,
    /// Network interfaces.
    Computer links: crate::links::Links,
    /// Default routes and whether their gateways answer.
    Computer routes: crate::routes::Routes,
    /// Resolvers and what they answer.
    Computer dns: crate::dns::Dns,
    /// TCP by address and by name.
    Network reach: crate::reach::Reach,
    /// Connectivity checks over HTTP.
    Network web: crate::web::Web,
    /// TLS to named hosts, with their certificates.
    Network tls: crate::tls::Tls,
    /// Proxy settings in force.
    Computer proxy: crate::proxy::Proxy,
    /// This computer's clock against others.
    Computer clock: crate::clock::Clock,
}

async fn bounded<T>(cx: &Context, probe: impl Future<Output = Reading<T>>) -> Reading<T> {
    tokio::select! {
        () = cx.cancel.cancelled() => Reading::absent(Reason::Cancelled, ""),
        outcome = tokio::time::timeout(cx.limits.probe, probe) => outcome.unwrap_or_else(|_| {
            Reading::absent(Reason::TimedOut, format!("no answer within {:?}", cx.limits.probe))
        }),
    }
}

/// Measures the given subjects side by side. Each has its own budget, so a hanging probe never holds
/// up the others; what was not measured says why. `started_at` is the caller's clock.
pub async fn measure(
    cx: &Context,
    subjects: &[Subject],
    started_at: Timestamp,
    progress: Option<UnboundedSender<Progress>>,
) -> Snapshot {
    let started = Instant::now();
    let mut snapshot = Snapshot::empty(started_at, Reason::NothingToMeasure);
    let mut set = JoinSet::new();
    for &subject in subjects {
        if cx.offline && subject.needs() == Needs::Network {
            absent(&mut snapshot, subject, Reason::Offline);
        } else {
            absent(&mut snapshot, subject, Reason::TimedOut);
            spawn(&mut set, subject, cx.clone(), progress.clone());
        }
    }
    let deadline = tokio::time::Instant::now() + cx.limits.overall;
    while let Ok(Some(joined)) = tokio::time::timeout_at(deadline, set.join_next()).await {
        match joined {
            Ok((subject, took_ms, measured)) => {
                snapshot.probe_ms.insert(subject.as_str().into(), took_ms);
                store(&mut snapshot, measured);
                if let Some(p) = &progress {
                    let _ = p.send(Progress::Finished { subject, so_far: Box::new(snapshot.clone()) });
                }
            }
            Err(error) => tracing::error!(%error, "a probe ended abnormally"),
        }
    }
    set.abort_all();
    snapshot.took_ms = started.elapsed().as_millis() as u64;
    snapshot
}
