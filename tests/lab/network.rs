//! The healthy network that every scenario starts from, out of real parts.
//!
//! ```text
//! client ─┐
//!         ├─ switch (bridge) ─ router ─ isp ─ net
//! other ──┘
//! ```
//!
//! | host | addresses | real servers |
//! |---|---|---|
//! | client | eth0 192.0.2.10, 2001:db8:1::10 | |
//! | other | eth0 192.0.2.20, 2001:db8:1::20 | |
//! | router | lan0 192.0.2.1, 2001:db8:1::1; wan0 198.51.100.2, 2001:db8:f::2 | dnsmasq: DNS, DHCP, router announcements |
//! | isp | lan0 198.51.100.1, 2001:db8:f::1; wan0 198.51.100.129, 2001:db8:f1::1 | |
//! | net | eth0 198.51.100.130, 2001:db8:f1::2; lo 203.0.113.80 (web), .53 (DNS), .123 (time), 2001:db8:80::80, ::53, ::123 | nginx, dnsmasq; a time server of our own, because Debian's would replace the one of this computer |

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::certificates;
use crate::sandbox::sh;
use crate::scenario::{Host, Ipv4, Ipv6, Scenario, Wire};

/// The lab's own folder inside the sandbox.
pub(crate) const LAB: &str = "/run/lab";

/// Runs a shell script on a host; what it starts in the background stays.
pub(crate) fn script(host: Host, script: &str) -> Result<()> {
    let file = tempfile(&format!("{WORDS}\n{script}"))?;
    sh(&format!(
        "ip netns exec {} bash -eu {file} </dev/null >>{LAB}/{}.log 2>&1",
        host.as_str(),
        host.as_str()
    ))
    .with_context(|| {
        let log = std::fs::read_to_string(format!("{LAB}/{}.log", host.as_str())).unwrap_or_default();
        format!("{script}\n{log}")
    })
}

/// Words that the scripts of faults may use:
///
/// - `rule CHAIN RULE` adds a filter rule to `input`, `output` or `forward`; `nat CHAIN RULE` one that
///   rewrites addresses.
/// - `web NAME` starts a web server (nginx) on this host; its servers come from standard input.
/// - `slow MS [JITTER_MS]` makes all that this host (`router` or `isp`)
///   forwards wait so long, each way.
/// - `wifi INTERFACE STATE REASON [OPTION…]` starts a NetworkManager that knows this wireless adapter
///   (`actors/wifi.py`).
/// - `vpn-saved NAME STATE` starts a NetworkManager in which this VPN is set up (`actors/vpn.py`).
/// - `tunnel-server` makes `net` the organisation: its own network 10.20.0.0/16 with a name server
///   (10.20.0.53), and the other end of a tunnel; `tunnel` is the end on the client, without routes.
/// - `ssh-server ADDRESS:PORT` and `smtp-server ADDRESS PORT` start a real sshd and aiosmtpd.
/// - `smb-server ADDRESS`, `ldap-server ADDRESS` and `rdp-server ADDRESS` start a real smbd, slapd and xrdp;
///   a scenario with them says so under `needs`. So does one with `imap-server ADDRESS`, a real dovecot on both of
///   its ports, and with `squid-proxy ADDRESS:PORT`, a real squid that takes its rules from standard input and lets
///   everybody in who signs in, with any name.
/// - `kerberos LIFE` starts a real server of MIT Kerberos on this host for the realm LAB.EXAMPLE, and gets the person
///   a ticket that lives so long (`2s`, `10h`); `expired` waits until it is over. The scenario names /run/lab/krb5/krb5.conf
///   in `KRB5_CONFIG` and /run/lab/krb5/tickets in `KRB5CCNAME`, and says what it `needs`.
/// - `stop NAME` ends `dnsmasq-router`, `dnsmasq-net` or `nginx`, and waits until it is gone.
const WORDS: &str = r#"
rule() {
  nft add table inet lab
  nft "add chain inet lab $1 { type filter hook $1 priority 0 ; }"
  nft add rule inet lab "$@"
}
nat() {
  nft add table inet lab
  nft "add chain inet lab $1 { type nat hook $1 priority -100 ; }"
  nft add rule inet lab "$@"
}
web() {
  mkdir -p /run/lab/nginx-$1
  { echo "pid /run/lab/nginx-$1.pid; user root; events {} http { access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;"
    cat; echo "}"; } > /run/lab/nginx-$1.conf
  nginx -p /run/lab/nginx-$1 -c /run/lab/nginx-$1.conf -e /run/lab/nginx-$1/error.log
}
slow() {
  lab-serve delay slow0 "$@"
  ip link set slow0 up
  for family in -4 -6; do
    ip $family route add default dev slow0 table 7
    ip $family rule add iif lan0 lookup 7
    ip $family rule add iif wan0 lookup 7
  done
}
wifi() { /usr/bin/python3 /run/lab/wifi.py "$@"; }
vpn-saved() { /usr/bin/python3 /run/lab/vpn.py "$@"; }
until-there() { i=0; until "$@" >/dev/null 2>&1; do i=$((i+1)); [ $i -lt 200 ]; sleep 0.05; done; }
kerberos() {
  export KRB5_CONFIG=/run/lab/krb5/krb5.conf KRB5_KDC_PROFILE=/run/lab/krb5/kdc.conf
  mkdir -p /run/lab/krb5
  printf '%s\n' '[libdefaults]' 'default_realm = LAB.EXAMPLE' 'dns_lookup_kdc = false' '[realms]' \
    'LAB.EXAMPLE = {' 'kdc = 127.0.0.1:8888' '}' > $KRB5_CONFIG
  printf '%s\n' '[kdcdefaults]' 'kdc_listen = 127.0.0.1:8888' 'kdc_tcp_listen = 127.0.0.1:8888' '[realms]' \
    'LAB.EXAMPLE = {' 'database_name = /run/lab/krb5/principal' 'key_stash_file = /run/lab/krb5/stash' '}' > $KRB5_KDC_PROFILE
  kdb5_util create -s -P master -r LAB.EXAMPLE
  kadmin.local -q 'addprinc -pw secret person'
  krb5kdc -n &
  until-there sh -c "echo secret | kinit -c FILE:/run/lab/krb5/tickets -l $1 person"
  chown 65534 /run/lab/krb5/tickets
}
expired() { until-there sh -c '! klist -s -c FILE:/run/lab/krb5/tickets'; }
tunnel-server() {
  for address in 10.20.0.53 10.20.0.10 10.20.0.11; do ip addr add $address/32 dev lo; done
  { echo "no-resolv
no-hosts
bind-interfaces
listen-address=10.20.0.53
user=root
server=203.0.113.53
host-record=wiki.corp.example,10.20.0.10
host-record=build.corp.example,10.20.0.11"; } > /run/lab/dnsmasq-corp.conf
  dnsmasq --conf-file=/run/lab/dnsmasq-corp.conf --pid-file=/run/lab/dnsmasq-corp.pid
  socat UDP4-LISTEN:1194,bind=203.0.113.81 TUN:10.8.0.1/24,tun-name=tun0,iff-no-pi,iff-up >/dev/null 2>&1 &
  until-there grep -q ':04AA' /proc/net/udp
}
tunnel() {
  socat UDP4:203.0.113.81:1194 TUN:10.8.0.2/24,tun-name=tun0,iff-no-pi,iff-up >/dev/null 2>&1 &
  until-there sh -c 'ip -o addr show dev tun0 up | grep -q 10.8.0.2'
}
ssh-server() {
  mkdir -p /run/sshd
  [ -f /run/lab/ssh.key ] || ssh-keygen -q -t ed25519 -N '' -f /run/lab/ssh.key
  /usr/sbin/sshd -f /dev/null -h /run/lab/ssh.key -o PidFile=/run/lab/sshd.pid -o ListenAddress="$1"
}
smtp-server() {
  # It looks its own name up for every visitor.
  hostname localhost
  /usr/bin/python3 -m aiosmtpd -n -l "$1:$2" >/dev/null 2>&1 &
  until-there sh -c "ss -Htln sport = :$2 | grep -q ."
}
smb-server() {
  mkdir -p /run/lab/smb
  printf '[global]\nserver role = standalone server\nserver string = lab\ninterfaces = %s\nbind interfaces only = yes\nsmb ports = 445\ndisable netbios = yes\ndisable spoolss = yes\nload printers = no\nlogging = file\nlog file = /run/lab/smb/log\n' "$1" > /run/lab/smb.conf
  for place in lock state cache pid private; do
    mkdir -p /run/lab/smb/$place
    case $place in private) key='private dir' ;; *) key="$place directory" ;; esac
    printf '%s = /run/lab/smb/%s\n' "$key" $place >> /run/lab/smb.conf
  done
  mkdir -p /run/lab/smb/ncalrpc
  echo 'ncalrpc dir = /run/lab/smb/ncalrpc' >> /run/lab/smb.conf
  smbd -D -s /run/lab/smb.conf -l /run/lab/smb
  until-there sh -c 'ss -Htln sport = :445 | grep -q .'
}
ldap-server() {
  printf 'include /etc/ldap/schema/core.schema\npidfile /run/lab/slapd.pid\nargsfile /run/lab/slapd.args\n' > /run/lab/slapd.conf
  slapd -h "ldap://$1:389" -f /run/lab/slapd.conf
  until-there sh -c 'ss -Htln sport = :389 | grep -q .'
}
rdp-server() {
  mkdir -p /run/xrdp
  printf '[Globals]\nport=tcp://%s:3389\nsecurity_layer=tls\ncertificate=/run/lab/certs/www.pem\nkey_file=/run/lab/certs/www.key\nfork=true\n[Logging]\nLogFile=/run/lab/xrdp.log\nLogLevel=WARNING\nEnableSyslog=false\n[Channels]\n[Xorg]\nname=Xorg\nlib=libxup.so\nip=127.0.0.1\nport=-1\n' "$1" > /run/lab/xrdp.ini
  xrdp -n -c /run/lab/xrdp.ini >/run/lab/xrdp.out 2>&1 &
  until-there sh -c 'ss -Htln sport = :3389 | grep -q .'
}
imap-server() {
  # It looks its own name up before it greets anybody.
  hostname localhost
  mkdir -p /run/lab/dovecot
  cat > /run/lab/dovecot.conf <<E
base_dir = /run/lab/dovecot
state_dir = /run/lab/dovecot/state
log_path = /run/lab/dovecot/log
protocols = imap
listen = $1
ssl_cert = </run/lab/certs/www.pem
ssl_key = </run/lab/certs/www.key
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/run/lab/dovecot/mail
}
E
  dovecot -F -c /run/lab/dovecot.conf >/run/lab/dovecot/out 2>&1 &
  until-there sh -c 'ss -Htln sport = :993 | grep -q .'
}
squid-proxy() {
  mkdir -p /run/lab/squid
  chown proxy /run/lab/squid
  { printf 'http_port %s\nvisible_hostname proxy.lab\npid_filename /run/lab/squid/pid\ncache_log /run/lab/squid/log\naccess_log none\ncache deny all\nnetdb_filename none\npinger_enable off\nshutdown_lifetime 0\ndns_nameservers 203.0.113.53\n' "$1"
    printf 'auth_param basic program /usr/lib/squid/basic_fake_auth\nauth_param basic children 2\nacl signed-in proxy_auth REQUIRED\n'
    cat; } > /run/lab/squid.conf
  # Its shared memory has one name for all that run on this machine.
  unshare --mount sh -c 'mount -t tmpfs none /dev/shm && exec squid -N -f /run/lab/squid.conf' >/run/lab/squid/out 2>&1 &
  until-there sh -c "ss -Htln sport = :${1##*:} | grep -q ."
}
stop() {
  until [ -s /run/lab/$1.pid ]; do sleep 0.01; done
  # Kept: a server removes its file before it lets go of its port.
  pid=$(cat /run/lab/$1.pid)
  kill "$pid"
  # Ended, though perhaps nobody has asked for its exit code yet.
  while [ -e /proc/$pid ] && ! grep -q '^State:.Z' /proc/$pid/status 2>/dev/null; do sleep 0.01; done
}
"#;

fn tempfile(text: &str) -> Result<String> {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let path = format!("{LAB}/script-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    std::fs::write(&path, text)?;
    Ok(path)
}

fn ip_batch(namespace: Option<Host>, lines: &str) -> Result<()> {
    let mut command = Command::new("ip");
    if let Some(host) = namespace {
        command.args(["-n", host.as_str()]);
    }
    let mut child = command
        .args(["-batch", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    child.stdin.take().context("no input")?.write_all(lines.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("ip -batch: {}\n{lines}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// Builds the healthy network of a scenario.
pub(crate) fn build(scenario: &Scenario) -> Result<()> {
    idle()?;
    wire(scenario)?;
    std::fs::write(format!("{LAB}/wifi.py"), include_str!("actors/wifi.py"))?;
    std::fs::write(format!("{LAB}/vpn.py"), include_str!("actors/vpn.py"))?;
    certificates::write(&format!("{LAB}/certs"))?;
    serve_internet()?;
    serve_router(scenario)?;
    connect_client(scenario)?;
    // What the policy's own list would name is not in the lab.
    let quic = if scenario.policy.contains("quic") { "" } else { "quic = []\n" };
    std::fs::write(format!("{LAB}/befund.toml"), format!("{POLICY}\n{quic}{}", scenario.policy))?;
    Ok(())
}

/// How busy the machine is that the lab runs on says nothing of the networks in it.
fn idle() -> Result<()> {
    sh(&format!(
        "echo '0.20 0.20 0.20 1/200 4242' > {LAB}/loadavg && mount --bind {LAB}/loadavg /proc/loadavg
         [ ! -e /proc/pressure/memory ] || {{
           printf '%s avg10=0.00 avg60=0.00 avg300=0.00 total=0\\n' some full > {LAB}/pressure
           mount --bind {LAB}/pressure /proc/pressure/memory
         }}"
    ))
}

fn wire(scenario: &Scenario) -> Result<()> {
    let mut all = String::new();
    for host in Host::ALL {
        let _ = writeln!(all, "netns add {}", host.as_str());
    }
    ip_batch(None, &all)?;
    ip_batch(
        None,
        "link add eth0 netns client type veth peer name p1 netns switch
         link add eth0 netns other type veth peer name p2 netns switch
         link add lan0 netns router type veth peer name p3 netns switch
         link add wan0 netns router type veth peer name lan0 netns isp
         link add wan0 netns isp type veth peer name eth0 netns net
        ",
    )?;
    // Addresses must be usable at once: no duplicate address detection while the network is laid.
    for host in Host::ALL {
        let forward = matches!(host, Host::Router | Host::Isp);
        let ping = if scenario.ping || host != Host::Client { "0 2147483647" } else { "1 0" };
        script(
            host,
            &format!(
                "sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
                 net.ipv4.ping_group_range='{ping}' net.ipv4.ip_forward={f} net.ipv6.conf.all.forwarding={f}
                 for i in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 > $i; done
                 ip link set lo up",
                f = u8::from(forward)
            ),
        )?;
    }
    ip_batch(
        Some(Host::Switch),
        "link add br0 type bridge forward_delay 0 stp_state 0
         link set p1 master br0 up
         link set p2 master br0 up
         link set p3 master br0 up
         link set br0 up
        ",
    )?;
    ip_batch(
        Some(Host::Router),
        "addr add 192.0.2.1/24 dev lan0
         addr add 2001:db8:1::1/64 dev lan0 nodad
         addr add 198.51.100.2/25 dev wan0
         addr add 2001:db8:f::2/64 dev wan0 nodad
         link set lan0 up
         link set wan0 up
         route add default via 198.51.100.1
         route add default via 2001:db8:f::1
        ",
    )?;
    ip_batch(
        Some(Host::Isp),
        "addr add 198.51.100.1/25 dev lan0
         addr add 2001:db8:f::1/64 dev lan0 nodad
         addr add 198.51.100.129/25 dev wan0
         addr add 2001:db8:f1::1/64 dev wan0 nodad
         link set lan0 up
         link set wan0 up
         route add 192.0.2.0/24 via 198.51.100.2
         route add 2001:db8:1::/64 via 2001:db8:f::2
         route add default via 198.51.100.130
         route add default via 2001:db8:f1::2
        ",
    )?;
    ip_batch(
        Some(Host::Net),
        "addr add 198.51.100.130/25 dev eth0
         addr add 2001:db8:f1::2/64 dev eth0 nodad
         link set eth0 up
         addr add 203.0.113.53/32 dev lo
         addr add 203.0.113.80/32 dev lo
         addr add 203.0.113.81/32 dev lo
         addr add 203.0.113.90/32 dev lo
         addr add 203.0.113.123/32 dev lo
         addr add 2001:db8:80::53/128 dev lo nodad
         addr add 2001:db8:80::80/128 dev lo nodad
         addr add 2001:db8:80::81/128 dev lo nodad
         addr add 2001:db8:80::90/128 dev lo nodad
         addr add 2001:db8:80::123/128 dev lo nodad
         route add default via 198.51.100.129
         route add default via 2001:db8:f1::1
        ",
    )?;
    ip_batch(
        Some(Host::Other),
        "addr add 192.0.2.20/24 dev eth0
         addr add 2001:db8:1::20/64 dev eth0 nodad
         link set eth0 up
         route add default via 192.0.2.1
         route add default via 2001:db8:1::1
        ",
    )
}

/// The names of the lab's internet. `site.example` is the one that scenarios break.
const NAMES: &[(&str, &str, &str)] = &[
    ("www.example", "203.0.113.80", "2001:db8:80::80"),
    ("www.second.example", "203.0.113.81", "2001:db8:80::81"),
    ("check.example", "203.0.113.80", "2001:db8:80::80"),
    ("speed.example", "203.0.113.80", "2001:db8:80::80"),
    ("site.example", "203.0.113.90", "2001:db8:80::90"),
    ("ntp.example", "203.0.113.123", "2001:db8:80::123"),
];

fn serve_internet() -> Result<()> {
    let mut dns = format!(
        "no-resolv\nno-hosts\nport=53\nbind-interfaces\nlisten-address=203.0.113.53\nlisten-address=2001:db8:80::53\n\
         pid-file={LAB}/dnsmasq-net.pid\nuser=root\naddress=/#/\n"
    );
    for (name, v4, v6) in NAMES {
        let _ = writeln!(dns, "host-record={name},{v4},{v6}");
    }
    std::fs::write(format!("{LAB}/dnsmasq-net.conf"), dns)?;
    std::fs::create_dir_all(format!("{LAB}/nginx"))?;
    std::fs::write(format!("{LAB}/nginx.conf"), NGINX)?;
    script(
        Host::Net,
        &format!(
            "dnsmasq --conf-file={LAB}/dnsmasq-net.conf
             mkdir -p {LAB}/www
             truncate -s 10M {LAB}/www/10MB.bin
             nginx -p {LAB}/nginx -c {LAB}/nginx.conf -e {LAB}/nginx/error.log
             lab-serve ntp 203.0.113.123:123
             lab-serve ntp [2001:db8:80::123]:123"
        ),
    )
}

fn serve_router(scenario: &Scenario) -> Result<()> {
    let mut conf = format!(
        "no-resolv\nno-hosts\nbind-dynamic\ninterface=lan0\nserver=203.0.113.53\nuser=root\ndomain-needed\n\
         pid-file={LAB}/dnsmasq-router.pid\ndhcp-leasefile={LAB}/leases\n\
         dhcp-range=192.0.2.100,192.0.2.150,255.255.255.0,1h\ndhcp-option=option:router,192.0.2.1\n\
         dhcp-option=option:dns-server,192.0.2.1\ndhcp-authoritative\nno-ping\nlog-facility={LAB}/dnsmasq.log\n"
    );
    if scenario.network.ipv6 == Ipv6::Router {
        conf.push_str("enable-ra\ndhcp-range=2001:db8:1::,ra-only,64,1h\nra-param=lan0,high,4,1800\n");
    }
    std::fs::write(format!("{LAB}/dnsmasq-router.conf"), conf)?;
    script(Host::Router, &format!("dnsmasq --conf-file={LAB}/dnsmasq-router.conf"))
}

/// What udhcpc does with what it was given.
const UDHCPC: &str = "#!/bin/sh
case $1 in
deconfig) ip addr flush dev $interface; ip link set $interface up ;;
bound|renew)
  ip addr replace $ip/$mask dev $interface valid_lft $lease preferred_lft $lease
  for r in $router; do ip route replace default via $r dev $interface proto dhcp metric 100; done
  : > /etc/resolv.conf
  for s in $dns; do echo nameserver $s >> /etc/resolv.conf; done ;;
esac
";

fn connect_client(scenario: &Scenario) -> Result<()> {
    let network = &scenario.network;
    let mut resolv = String::new();
    for server in &network.dns {
        let _ = writeln!(resolv, "nameserver {server}");
    }
    std::fs::write("/etc/resolv.conf", resolv)?;
    script(Host::Client, "ip link set eth0 up")?;
    match network.ipv4 {
        Ipv4::Static => script(
            Host::Client,
            "ip addr add 192.0.2.10/24 dev eth0\nip route add default via 192.0.2.1 dev eth0",
        )?,
        Ipv4::Dhcp => {
            let path = format!("{LAB}/udhcpc.sh");
            std::fs::write(&path, UDHCPC)?;
            // Not answered within three tries of a second: the address stays absent, as it does for a person.
            script(
                Host::Client,
                &format!("chmod +x {path}\nudhcpc -i eth0 -s {path} -t 3 -T 1 -n -q -f || true"),
            )?;
        }
        Ipv4::None => {}
    }
    match network.ipv6 {
        Ipv6::Static => script(
            Host::Client,
            "sysctl -qw net.ipv6.conf.eth0.accept_ra=0
             ip addr add 2001:db8:1::10/64 dev eth0 nodad
             ip -6 route add default via 2001:db8:1::1 dev eth0",
        ),
        Ipv6::Router => script(
            Host::Client,
            // The first announcement may bring the way alone, and the next one the address.
            "i=0; until ip -6 route | grep -q ^default && ip -6 addr show dev eth0 scope global | grep -q inet6
             do i=$((i+1)); [ $i -lt 100 ]; sleep 0.1; done",
        ),
        Ipv6::None => script(Host::Client, "sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1"),
    }
}

/// Counts on the client's wire what goes to anybody who may not be asked. Neighbour discovery and what
/// IPv6 itself multicasts is not Befund's.
pub(crate) fn watch_wire(wire: Wire) -> Result<()> {
    let allowed = match wire {
        Wire::Nothing => "",
        Wire::Policy => {
            "add rule inet wire out ip daddr { 192.0.2.1, 203.0.113.53, 203.0.113.80, 203.0.113.123 } accept
             add rule inet wire out ip6 daddr { 2001:db8:1::1, 2001:db8:80::53, 2001:db8:80::80, 2001:db8:80::123 } accept
             add rule inet wire out ip6 daddr fe80::/10 accept"
        }
    };
    script(
        Host::Client,
        &format!(
            "nft -f - <<'E'
add table inet wire
add counter inet wire strangers
add chain inet wire out {{ type filter hook output priority 100 ; }}
add rule inet wire out oifname lo accept
add rule inet wire out icmpv6 type {{ nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-report, mld2-listener-report }} accept
{allowed}
add rule inet wire out counter name strangers
E"
        ),
    )
}

/// How many packets went to strangers.
pub(crate) fn strangers() -> Result<u64> {
    let output = Command::new("ip")
        .args(["netns", "exec", "client", "nft", "-j", "list", "counter", "inet", "wire", "strangers"])
        .output()?;
    let listed: serde_json::Value = serde_json::from_slice(&output.stdout).context("nft lists no counter")?;
    listed["nftables"]
        .as_array()
        .into_iter()
        .flatten()
        .find_map(|item| item["counter"]["packets"].as_u64())
        .context("nft lists no packets")
}

/// The web of the lab's internet, by a real nginx.
const NGINX: &str = r#"
worker_processes 1;
pid /run/lab/nginx.pid;
user root;
events {}
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  server {
    listen 80 default_server; listen [::]:80 default_server;
    location = /generate_204 { return 204; }
    location = /10MB.bin { root /run/lab/www; }
    # What is sent is taken in whole before it is passed on and answered.
    location = /take { client_max_body_size 64m; proxy_pass http://127.0.0.1:8081; }
    location / { return 200 "lab\n"; }
  }
  server {
    listen 127.0.0.1:8081;
    location / { return 204; }
  }
  server {
    listen 443 ssl default_server; listen [::]:443 ssl default_server;
    ssl_certificate /run/lab/certs/www.pem; ssl_certificate_key /run/lab/certs/www.key;
    location / { return 200 "lab\n"; }
  }
  include /run/lab/nginx/*.conf;
}
"#;

/// The organisation's policy: nothing but the lab's own hosts.
const POLICY: &str = r#"
[connectivity]
http = ["http://check.example/generate_204"]
https = ["https://www.example/"]
addresses = ["203.0.113.80:443", "[2001:db8:80::80]:443"]
names = ["www.example"]
resolvers = ["203.0.113.53"]
ntp = ["ntp.example"]
ca_file = "/run/lab/certs/ca.pem"
"#;
