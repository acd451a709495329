//! Linux: everything side by side, each part with what it needs of the others.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpSocket;
use tokio::sync::watch;
use tokio::time::Instant;

use super::series::{self, Host};
use super::{OtherWay, Path, SeriesRole, sizes, ways};
use crate::links::Family;
use crate::net::{self, Wait};
use crate::reach::{self, ConnectOutcome, Connection};
use crate::routes::{self, DefaultRoute};
use crate::{Context, Reading, Reason};

/// Addresses of each family that take part in the series.
const EACH_FAMILY: usize = 2;

/// When the preferred way is late enough for the others to be tried.
const PREFERRED: Duration = Duration::from_millis(600);

/// When a preferred way that is still silent is taken for dead.
const NOBODY: Duration = Duration::from_millis(2200);

struct Target {
    label: String,
    to: SocketAddr,
    connecting: watch::Receiver<Option<Connection>>,
}

pub(super) async fn measure(cx: Context) -> Reading<Path> {
    let deadline = net::deadline(&cx);
    let routes = routes::default_routes(&cx).unwrap_or_else(|error| {
        tracing::debug!(%error, "no default routes; only the policy's addresses take part");
        Vec::new()
    });
    let before = carrier_changes(&cx, &routes);
    let mut connections = tokio::task::JoinSet::new();
    let mut targets: Vec<Target> = Vec::new();
    for text in &cx.endpoints.addresses {
        let Ok(to) = text.trim().parse::<SocketAddr>() else { continue };
        if targets.iter().filter(|t| t.to.is_ipv4() == to.is_ipv4()).count() >= EACH_FAMILY
            || targets.iter().any(|t| t.to.ip() == to.ip())
        {
            continue;
        }
        let (tell, connecting) = watch::channel(None);
        let label = text.clone();
        connections.spawn(async move {
            tell.send_replace(Some(reach::connect(label, to, deadline).await));
        });
        targets.push(Target { label: text.clone(), to, connecting });
    }
    let first = |v4: bool| targets.iter().find(|t| t.to.is_ipv4() == v4);
    let following = [first(true), first(false)]
        .into_iter()
        .flatten()
        .map(|t| ways::follow(t.label.clone(), t.to, t.connecting.clone(), deadline));
    let sizing = targets.iter().map(|t| sizes::measure(t.label.clone(), t.to, deadline));
    let (ways, other_ways, (series, line), sizes) = tokio::join!(
        net::side_by_side(following.collect::<Vec<_>>()),
        other_ways(&cx, &targets, &routes, deadline),
        series::run(hosts(&targets, &routes), deadline),
        net::side_by_side(sizing.collect::<Vec<_>>()),
    );
    let link_changes_count = match (before, carrier_changes(&cx, &routes)) {
        (Some(before), Some(after)) => Reading::Value(after.saturating_sub(before)),
        _ => Reading::absent(Reason::NotSupported, "no adapter of a default route counts its changes"),
    };
    Reading::Value(Path {
        ways,
        other_ways,
        line,
        series,
        sizes: sizes.into_iter().flatten().collect(),
        link_changes_count,
    })
}

/// Routers first, each once.
fn hosts(targets: &[Target], routes: &[DefaultRoute]) -> Vec<Host> {
    let mut hosts: Vec<Host> = Vec::new();
    for route in routes.iter().take(net::MOST_TARGETS) {
        let Some(address) = route.gateway else { continue };
        let to = routes::scoped(address, &route.interface, 0);
        if !hosts.iter().any(|h| h.to == to) {
            let role = SeriesRole::Router;
            hosts.push(Host { label: address.to_string(), to, role, connecting: None });
        }
    }
    hosts.extend(targets.iter().map(|t| Host {
        label: t.label.clone(),
        to: t.to,
        role: SeriesRole::Internet,
        connecting: Some(t.connecting.clone()),
    }));
    hosts
}

/// The changes of all adapters of default routes together; none where none counts them.
fn carrier_changes(cx: &Context, routes: &[DefaultRoute]) -> Option<u32> {
    let adapters: BTreeSet<&str> = routes.iter().map(|r| r.interface.as_str()).collect();
    adapters
        .into_iter()
        .filter_map(|name| {
            let file = cx.path(&format!("/sys/class/net/{name}/carrier_changes"));
            std::fs::read_to_string(file).ok()?.trim().parse::<u32>().ok()
        })
        .reduce(u32::wrapping_add)
}

/// Where the preferred way does not work, the same address by the adapters of the others.
///
/// None where a VPN carries the traffic: what it protects must not leave beside it.
async fn other_ways(
    cx: &Context,
    targets: &[Target],
    routes: &[DefaultRoute],
    deadline: Instant,
) -> Vec<OtherWay> {
    let started = Instant::now();
    let addresses: Vec<SocketAddr> = targets.iter().map(|t| t.to).collect();
    let in_use = match routes::in_use(cx, &addresses) {
        Ok(in_use) if !in_use.vpn => in_use.interfaces,
        Ok(_) => return Vec::new(),
        Err(error) => {
            tracing::debug!(%error, "whether a VPN carries the traffic is not known; no other way is tried");
            return Vec::new();
        }
    };
    let mut tries = Vec::new();
    for family in [Family::Ipv4, Family::Ipv6] {
        let of_family = || routes.iter().filter(|r| r.family == family).map(|r| r.interface.as_str());
        let mut of_targets = targets.iter().zip(&in_use);
        let Some((target, taken)) = of_targets.find(|(t, _)| reach::family(&t.to) == family) else {
            continue;
        };
        // Where the kernel names none, the best of the default routes is meant.
        let preferred = taken.as_deref().or_else(|| of_family().next());
        let others: BTreeSet<&str> = of_family().filter(|name| Some(*name) != preferred).collect();
        for name in others {
            let (name, label, to) = (name.to_owned(), target.label.clone(), target.to);
            let mut connecting = target.connecting.clone();
            tries.push(async move {
                let patience = deadline.min(Instant::now() + PREFERRED);
                let ended = series::ended(&mut connecting, patience).await;
                if ended.is_some_and(|c| c.outcome == ConnectOutcome::Connected) {
                    return None;
                }
                let outcome = through(&name, to, deadline).await;
                // It may only have been late.
                let patience = deadline.min(started + NOBODY);
                let ended = series::ended(&mut connecting, patience).await;
                if ended.is_some_and(|c| c.outcome == ConnectOutcome::Connected) {
                    return None;
                }
                Some(OtherWay { interface: name, target: label, family, outcome })
            });
        }
    }
    net::side_by_side(tries).await.into_iter().flatten().collect()
}

async fn through(interface: &str, to: SocketAddr, deadline: Instant) -> Reading<ConnectOutcome> {
    let bound = || {
        let socket = Socket::new(Domain::for_address(to), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        socket.bind_device(Some(interface.as_bytes()))?;
        Ok(TcpSocket::from_std_stream(socket.into()))
    };
    let socket = match bound() {
        Ok(socket) => socket,
        // Systems before Linux 5.7 keep this for root, and so do some sandboxes.
        error => return Reading::from_io("use one adapter", error.map(|_| ConnectOutcome::Failed)),
    };
    Reading::Value(match net::in_time(deadline, socket.connect(to)).await {
        Wait::Done(_) => ConnectOutcome::Connected,
        Wait::Error(error) => net::connect_outcome(&error),
        Wait::TimedOut => ConnectOutcome::TimedOut,
    })
}
