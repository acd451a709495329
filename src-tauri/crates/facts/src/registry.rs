//! The one list of subjects. A line here adds a subject to the snapshot, to the measuring and to the
//! published schema. What a subject measures lives in its folder.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

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
    /// How far one is that takes its time.
    Partway {
        /// Which.
        subject: Subject,
        /// Folders seen so far.
        folder_count: u64,
        /// What they hold.
        bytes: u64,
    },
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

        fn spawn(set: &mut JoinSet<(Subject, u64, Measured)>, subject: Subject, cx: Context, progress: Option<UnboundedSender<Progress>>) -> tokio::task::Id {
            match subject {$(
                Subject::$module => {
                    set.spawn(async move {
                        let started = Instant::now();
                        if let Some(p) = &progress { let _ = p.send(Progress::Started(subject)); }
                        let reading = bounded(&cx, crate::$module::measure(cx.clone())).await;
                        let took_ms = started.elapsed().as_millis() as u64;
                        (subject, took_ms, Measured::$module(reading))
                    }).id()
                }
            )*}
        }

        fn absent(snapshot: &mut Snapshot, subject: Subject, reason: Reason, detail: &str) {
            match subject { $(Subject::$module => snapshot.$module = Reading::absent(reason, detail)),* }
        }

        fn store(snapshot: &mut Snapshot, measured: Measured) {
            match measured { $(Measured::$module(reading) => snapshot.$module = reading),* }
        }

        impl Snapshot {
            /// Takes these subjects over from a later measurement; the rest stays as it was.
            pub fn adopt(&mut self, later: &Snapshot, subjects: &[Subject]) {
                for subject in subjects {
                    match subject { $(Subject::$module => self.$module = later.$module.clone()),* }
                    if let Some(took_ms) = later.probe_ms.get(subject.as_str()) {
                        self.probe_ms.insert(subject.as_str().into(), *took_ms);
                    }
                }
                self.took_ms += later.took_ms;
            }
        }
    };
}

subjects! {
    /// Operating system, uptime, names, language and time zone.
    Computer system: crate::system::System,
    /// The person's own account, its groups and its tickets.
    Computer account: crate::account::Account,
    /// Processor and load.
    Computer cpu: crate::cpu::Cpu,
    /// Main memory and swap.
    Computer memory: crate::memory::Memory,
    /// How much of the time programs had to wait.
    Computer pressure: crate::pressure::Pressure,
    /// What runs, and what it takes.
    Computer processes: crate::processes::Processes,
    /// How long starting took, and what starts along.
    Computer start_up: crate::start_up::StartUp,
    /// Mounted file systems.
    Computer filesystems: crate::filesystems::Filesystems,
    /// The sound server, its outputs, its microphones.
    Computer sound: crate::sound::Sound,
    /// Cameras and who uses them.
    Computer cameras: crate::cameras::Cameras,
    /// Print queues, their jobs, and the printers behind them.
    Computer printers: crate::printers::Printers,
    /// Bluetooth adapters and devices.
    Computer bluetooth: crate::bluetooth::Bluetooth,
    /// Devices at USB sockets.
    Computer usb: crate::usb::Usb,
    /// Keyboards, mice and the like.
    Computer input: crate::input::Input,
    /// Batteries, adapters and the power profile.
    Computer power: crate::power::Power,
    /// Temperatures and fans.
    Computer heat: crate::heat::Heat,
    /// Graphics and monitors.
    Computer display: crate::display::Display,
    /// Services of the system that failed.
    Computer units: crate::units::Units,
    /// Updates, the package manager, and how long this release is looked after.
    Computer updates: crate::updates::Updates,
    /// Encryption, firewall and trusted certificates.
    Computer protection: crate::protection::Protection,
    /// Programs that crashed, and what the kernel warned about.
    Computer crashes: crate::crashes::Crashes,
    /// Drives: their work, their health, and what the kernel complains of.
    Computer drives: crate::drives::Drives,
    /// What takes up room and can be cleared away.
    Computer leftovers: crate::leftovers::Leftovers,
    /// The largest folders of the home; on request only.
    Computer folders: crate::folders::Folders,
    /// Network interfaces.
    Computer links: crate::links::Links,
    /// Wireless networks: radio, signal, signing in.
    Computer wifi: crate::wifi::Wifi,
    /// Default routes and whether their gateways answer.
    Computer routes: crate::routes::Routes,
    /// VPN tunnels, and the VPN connections that are set up.
    Computer vpn: crate::vpn::Vpn,
    /// Resolvers and what they answer.
    Computer dns: crate::dns::Dns,
    /// TCP by address and by name.
    Network reach: crate::reach::Reach,
    /// The first routers on the way, loss, round trips and packet sizes.
    Network path: crate::path::Path,
    /// How much the connection carries, and how long answers take meanwhile; on request only.
    Network throughput: crate::throughput::Throughput,
    /// Connectivity checks over HTTP.
    Network web: crate::web::Web,
    /// TLS to named hosts, with their certificates.
    Network tls: crate::tls::Tls,
    /// Proxy settings in force.
    Computer proxy: crate::proxy::Proxy,
    /// This computer's clock against others.
    Computer clock: crate::clock::Clock,
    /// The site that the person named.
    Network site: crate::services::Service,
    /// The services that the policy names.
    Network services: crate::services::Services,
}

impl Subject {
    /// Whether it takes samples over a while. A first verdict does not wait for them.
    pub const fn samples(self) -> bool {
        matches!(self, Self::path)
    }
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
/// up the others; what was not measured says why. What costs something is measured only where it is in
/// `cx.agreed`. `started_at` is the caller's clock.
pub async fn measure(
    cx: &Context,
    subjects: &[Subject],
    started_at: Timestamp,
    progress: Option<UnboundedSender<Progress>>,
) -> Snapshot {
    let started = Instant::now();
    let mut snapshot = Snapshot::empty(started_at, Reason::NothingToMeasure);
    let mut set = JoinSet::new();
    let mut running = BTreeMap::new();
    let unfinished = format!("not finished within {:?}, the time for all measurements", cx.limits.overall);
    let mut longest = cx.limits.overall;
    for &subject in subjects {
        let mut cx = cx.clone();
        cx.progress = progress.as_ref().map(UnboundedSender::downgrade);
        if cx.offline && subject.needs() == Needs::Network {
            absent(&mut snapshot, subject, Reason::Offline, "");
            continue;
        }
        match subject.request(&cx) {
            Some(Err(why)) => {
                absent(&mut snapshot, subject, why.reason, &why.detail);
                continue;
            }
            Some(Ok(_)) if !cx.agreed.contains(&subject) => {
                absent(&mut snapshot, subject, Reason::NotRequested, "");
                continue;
            }
            // Its own time, which the person was told.
            Some(Ok(request)) => {
                cx.limits.probe += Duration::from_secs(request.seconds);
                longest = longest.max(cx.limits.probe + Duration::from_secs(1));
            }
            None => {}
        }
        absent(&mut snapshot, subject, Reason::TimedOut, &unfinished);
        running.insert(spawn(&mut set, subject, cx, progress.clone()), subject);
    }
    let deadline = tokio::time::Instant::now() + longest;
    while let Ok(Some(joined)) = tokio::time::timeout_at(deadline, set.join_next()).await {
        match joined {
            Ok((subject, took_ms, measured)) => {
                snapshot.probe_ms.insert(subject.as_str().into(), took_ms);
                store(&mut snapshot, measured);
                if let Some(p) = &progress {
                    let _ = p.send(Progress::Finished { subject, so_far: Box::new(snapshot.clone()) });
                }
            }
            Err(error) => {
                tracing::error!(%error, "a probe ended abnormally");
                if let Some(&subject) = running.get(&error.id()) {
                    absent(&mut snapshot, subject, Reason::Failed, "the probe ended abnormally");
                }
            }
        }
    }
    set.abort_all();
    crate::links::end(cx, started, &mut snapshot.links);
    snapshot.took_ms = started.elapsed().as_millis() as u64;
    snapshot
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;
    use tokio::time::timeout;

    use super::*;
    use crate::dns::LookupOutcome;
    use crate::net::testing;
    use crate::tls::TlsOutcome;
    use crate::web::HttpOutcome;
    use crate::{Endpoints, HttpEndpoint, Limits};

    /// Servers that take every question and answer none.
    struct Silent {
        tcp: std::net::TcpListener,
        udp: std::net::UdpSocket,
        _tree: tempfile::TempDir,
    }

    impl Silent {
        /// And a context that asks nobody else.
        fn start(limits: Limits) -> (Self, Context) {
            let tree = tempfile::tempdir().unwrap();
            let tcp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
            let (to, by_udp) = (tcp.local_addr().unwrap(), udp.local_addr().unwrap());
            let cx = Context {
                endpoints: Endpoints {
                    http: vec![HttpEndpoint::NoContent(format!("http://{to}/"))],
                    https: vec![to.to_string()],
                    addresses: vec![to.to_string()],
                    names: vec!["localhost".into()],
                    resolvers: vec![by_udp.to_string()],
                    ntp: vec![by_udp.to_string()],
                    ..testing::no_endpoints()
                },
                limits,
                root: tree.path().to_owned(),
                ..Context::default()
            };
            (Self { tcp, udp, _tree: tree }, cx)
        }

        /// Whether anybody asked.
        fn was_asked(&self) -> bool {
            self.tcp.set_nonblocking(true).unwrap();
            self.udp.set_nonblocking(true).unwrap();
            self.tcp.accept().is_ok() || self.udp.recv(&mut [0; 512]).is_ok()
        }
    }

    fn reason<T>(reading: &Reading<T>) -> Option<Reason> {
        reading.absence().map(|a| a.reason)
    }

    #[tokio::test]
    async fn servers_that_hang_cost_one_budget_in_all_and_nothing_of_the_rest() {
        let limits = Limits { probe: Duration::from_secs(1), overall: Duration::from_mins(1) };
        let (_silent, cx) = Silent::start(limits);
        let snapshot = measure(&cx, Subject::ALL, Timestamp::UNIX_EPOCH, None).await;

        // Side by side they take one budget; one after the other they would take four.
        assert!(snapshot.took_ms < 3 * 1000, "{:?}", snapshot.probe_ms);
        let automatic = Subject::ALL.iter().filter(|s| s.on_request().is_none()).count();
        assert_eq!(snapshot.probe_ms.len(), automatic);
        assert_eq!(snapshot.web.value().unwrap().checks[0].outcome, HttpOutcome::TimedOut);
        assert_eq!(snapshot.tls.value().unwrap().hosts[0].outcome, TlsOutcome::TimedOut);
        let dns = snapshot.dns.value().unwrap();
        let silent = &dns.independent.value().unwrap()[0];
        assert_eq!(silent.lookups.value().unwrap()[0].outcome, LookupOutcome::TimedOut);
        assert_eq!(dns.system.value().unwrap()[0].outcome, LookupOutcome::Answered);
        let ntp = &snapshot.clock.value().unwrap().ntp.value().unwrap()[0];
        assert_eq!(reason(&ntp.offset_seconds), Some(Reason::TimedOut));
        assert_eq!(snapshot.reach.value().unwrap().addresses.len(), 1);
        assert!(snapshot.system.value().is_some());
    }

    #[tokio::test]
    async fn the_time_for_all_ends_what_a_probes_own_time_would_not() {
        let limits = Limits { probe: Duration::from_mins(5), overall: Duration::from_millis(300) };
        let (_silent, cx) = Silent::start(limits);
        let measured = measure(&cx, &[Subject::web, Subject::system], Timestamp::UNIX_EPOCH, None);
        let snapshot = timeout(Duration::from_mins(1), measured).await.unwrap();
        let absence = snapshot.web.absence().unwrap();
        assert!(
            absence.reason == Reason::TimedOut && absence.detail.contains("all measurements"),
            "{absence}"
        );
        assert!(snapshot.system.value().is_some());
    }

    #[tokio::test]
    async fn cancelling_ends_it_at_once_and_keeps_what_is_known() {
        let limits = Limits { probe: Duration::from_mins(5), overall: Duration::from_mins(5) };
        let (_silent, cx) = Silent::start(limits);
        let (sender, mut progress) = unbounded_channel();
        let measuring = {
            let cx = cx.clone();
            let subjects = [Subject::web, Subject::system];
            tokio::spawn(async move { measure(&cx, &subjects, Timestamp::UNIX_EPOCH, Some(sender)).await })
        };
        while let Some(event) = progress.recv().await {
            if matches!(event, Progress::Finished { subject: Subject::system, .. }) {
                break;
            }
        }
        cx.cancel.cancel();
        let snapshot = timeout(Duration::from_mins(1), measuring).await.unwrap().unwrap();
        assert_eq!(reason(&snapshot.web), Some(Reason::Cancelled));
        assert!(snapshot.system.value().is_some());
    }

    #[tokio::test]
    async fn offline_nobody_is_asked() {
        let (silent, mut cx) = Silent::start(Limits::default());
        cx.offline = true;
        let snapshot = measure(&cx, Subject::ALL, Timestamp::UNIX_EPOCH, None).await;
        assert!(!silent.was_asked());
        for subject in [reason(&snapshot.reach), reason(&snapshot.web), reason(&snapshot.tls)] {
            assert_eq!(subject, Some(Reason::Offline));
        }
        assert_eq!(reason(&snapshot.dns.value().unwrap().system), Some(Reason::Offline));
    }

    #[tokio::test]
    async fn a_probe_that_panics_has_failed_and_not_timed_out() {
        // More time than a clock can hold makes the deadline of a probe that sends something overflow.
        let limits = Limits { probe: Duration::MAX, overall: Duration::from_mins(1) };
        let (_silent, cx) = Silent::start(limits);
        let snapshot = measure(&cx, &[Subject::web, Subject::memory], Timestamp::UNIX_EPOCH, None).await;
        assert_eq!(reason(&snapshot.web), Some(Reason::Failed));
        assert_eq!(reason(&snapshot.memory), Some(Reason::NotSupported), "an empty tree has no table");
    }
}
