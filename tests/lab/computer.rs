//! The computer itself, for scenarios of kind `computer`: a home of its own, no network, and the words
//! with which its faults are written down. Everything dies with the sandbox, and nothing of it is seen
//! outside: mounts, processes and devices under /dev/loop* that a scenario takes are given back.

use anyhow::{Context, Result};

use crate::network::LAB;
use crate::sandbox::sh;
use crate::scenario::Scenario;

/// Words that the scripts of faults may use, beside those of any shell:
///
/// - `calm` puts quiet figures in the place of what the kernel counts for the whole machine, on which
///   others work meanwhile: load, pressure, and programs that were ended. They are recorded from this kernel.
/// - `memory_group MEGABYTES COMMAND…` runs it as the person where it may have that much memory and no swap.
/// - `fake_smartctl RECORDING` is hardware that this machine does not have: a `smartctl` that prints what the
///   real one said of a real drive, whichever drive it is asked for.
/// - `person COMMAND…` runs it as the person, in the background where `&` follows.
/// - `until_true COMMAND…` waits for a condition, for half a minute at most.
/// - `tidy` hides what lies about in the folders of this computer that others fill.
/// - `ext4 FILE MEGABYTES MOUNT_POINT ,MOUNT,OPTIONS [MKFS OPTION…]` makes an ext4 file system in a file and
///   mounts it. The loop device is given back when the sandbox, and with it the mount, ends.
/// - `put FILE TEXT` writes a file of one line; `show FOLDER PLACE` makes a folder of such files appear at a
///   place such as `/sys/class/power_supply`, in the stead of what is there. For hardware that this machine
///   does not have: what stands in the files has the shape of real machines'.
/// - `usb_device PLACE CLASS MBPS DRIVER NAME` adds a device to a tree of USB devices, which `usb_show` shows.
/// - `kernel_denied` keeps the kernel's log for the administrator, as many systems do.
/// - `journal_entry SECONDS_AGO FIELD=VALUE…` adds an entry, `journal_kernel SECONDS_AGO PRIORITY MESSAGE` one of the
///   kernel's, `journal_crash SECONDS_AGO PROGRAM` one of systemd-coredump's; `journal_show` makes a real journal of them
///   and puts it where journald keeps this computer's, readable as for members of its group.
/// - `time_service KEPT_RIGHT` starts a timedated whose clock is kept right (True) or not (False).
/// - `keyboard_device`, `mouse_device`, `touchpad_device` list an input device, and `input_show` shows the list.
/// - `kernel_says LINE…` puts a kernel's log that holds these lines, of a minute ago, and may be read, in the place of
///   this one's.
/// - `sound_service` starts PulseAudio as the person, without a device; `pactl` speaks to it as the person.
///   The scenario sets `XDG_RUNTIME_DIR: /run/lab/run` for Befund.
/// - `pipewire_service` starts PipeWire with its session manager and its part for PulseAudio's protocol in its place.
/// - `fake_avahi NAME…` puts a fake in Avahi's place on the bus that has heard of these printers, and sends nothing.
/// - `desk` shows a graphics card, so that this is a computer in front of which somebody sits.
/// - `speakers` gives it an output; `microphone` an input.
/// - `print_service` starts CUPS with folders of its own, and `printer NAME URI` adds a queue with a driver.
/// - `bus TEMPLATE PYTHON` starts one of the templates of python-dbusmock on a system bus of the scenario's own, for
///   services that need hardware or systemd, and runs Python with `mock` (its interface), `name`, `main`, `bus`, and
///   `put PATH, INTERFACE, KEY, VALUE`. These are built on it:
/// - `bluetooth PYTHON` starts a BlueZ, with its own `mock`.
/// - `battery_service STATE PERCENT FULL_WH WATTS` starts a UPower with a battery (1 is charging, 2 discharging, 4 full).
/// - `power_mode PROFILE` starts a power-profiles-daemon.
/// - `system_service SECONDS SLOW_UNIT FAILED_UNIT` starts a systemd whose services took so long; either may be empty.
/// - `own_account` makes the person one of this computer's own accounts, in an /etc of the scenario's own, so that `chage`
///   and the like change nothing outside. `chage` tells its dates only where the scenario says `setgid: true`.
/// - `keyring` starts a real GNOME Keyring as the person, opened, on a session's bus of its own; `lock_keyring` locks it.
///   The scenario sets `DBUS_SESSION_BUS_ADDRESS: unix:path=/run/lab/run/bus` for Befund.
/// - `$HOME_FOLDER` is the person's home.
const WORDS: &str = r#"
HOME_FOLDER=/run/lab/home
calm() {
  printf '0.08 0.10 0.12 1/214 4711\n' > /run/lab/loadavg
  mount --bind /run/lab/loadavg /proc/loadavg
  mkdir -p /run/lab/pressure
  for what in cpu memory io; do
    for line in some full; do echo "$line avg10=0.00 avg60=0.11 avg300=0.05 total=102714584"; done \
      > /run/lab/pressure/$what
  done
  [ ! -d /proc/pressure ] || mount --bind /run/lab/pressure /proc/pressure
  ended 0
}
ended() {
  grep -v '^oom_kill ' /proc/vmstat > /run/lab/vmstat
  echo "oom_kill $1" >> /run/lab/vmstat
  mount --bind /run/lab/vmstat /proc/vmstat
}
memory_group() {
  local group most=$(($1 << 20)); shift
  if [ -d /sys/fs/cgroup/memory ]; then
    group=/sys/fs/cgroup/memory/befund-lab-$$; mkdir "$group"; echo "$most" > "$group/memory.limit_in_bytes"
    echo "$most" > "$group/memory.memsw.limit_in_bytes"
  else
    group=/sys/fs/cgroup/befund-lab-$$; mkdir "$group"; echo "$most" > "$group/memory.max"
    echo 0 > "$group/memory.swap.max"
  fi
  (echo $BASHPID > "$group/cgroup.procs"; person "$@") || true
  rmdir "$group"
}
fake_smartctl() {
  mount -t tmpfs -o mode=755 tmpfs /usr/local/sbin
  cp "$RECORDINGS/smartctl/$1.json" /run/lab/smartctl.json
  printf '#!/bin/sh\nexec cat /run/lab/smartctl.json\n' > /usr/local/sbin/smartctl
  chmod 755 /usr/local/sbin/smartctl
  chmod 644 /run/lab/smartctl.json
  # Where a real one is installed it would be asked first.
  [ ! -e /usr/sbin/smartctl ] || mount --bind /usr/local/sbin/smartctl /usr/sbin/smartctl
}
person() { setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs -- "$@"; }
until_true() {
  for _ in $(seq 300); do if "$@" >/dev/null 2>&1; then return 0; fi; sleep 0.1; done
  echo "never true: $*" >&2
  return 1
}
tidy() {
  local folder
  for folder in /tmp /var/tmp /var/log /var/cache /var/crash /var/lib/systemd/coredump; do
    [ ! -d $folder ] || mount -t tmpfs -o mode=1777 tmpfs $folder
  done
}
put() { mkdir -p "$(dirname "$1")"; printf '%s\n' "$2" > "$1"; }
show() {
  local parent; parent=$(dirname "$2")
  if [ ! -d "$2" ] && [ ! -d "/run/lab/above$parent" ]; then
    # /sys makes no folders, so this one is laid out anew with what stood there.
    mkdir -p "/run/lab/below$parent" "/run/lab/above$parent"
    for there in "$parent"/*; do ln -s "/run/lab/below$there" "/run/lab/above$there"; done
    mount --rbind "$parent" "/run/lab/below$parent"
    mount --bind "/run/lab/above$parent" "$parent"
  fi
  [ -d "$2" ] || mkdir -p "$2"
  mount --rbind "$1" "$2"
}
ext4() {
  local file=$1 size=$2 point=$3 options=$4; shift 4
  truncate -s "${size}M" "$file"
  mkfs.ext4 -q -F "$@" "$file"
  mkdir -p "$point"
  mount -o "loop$options" "$file" "$point"
}
usb_device() {
  local d=/run/lab/usb/devices/$1
  put "$d/idVendor" 0951; put "$d/idProduct" 1666; put "$d/product" "$5"; put "$d/bDeviceClass" 00
  put "$d/speed" "$3"; put "$d/version" " 2.10"; put "$d/authorized" 1
  put "$d:1.0/bInterfaceClass" "$2"
  [ -z "$4" ] || ln -s "../../../../bus/usb/drivers/$4" "$d:1.0/driver"
}
usb_show() {
  [ -d "/run/lab/usb/devices/1-0:1.0/usb1-port2" ] || put "/run/lab/usb/devices/1-0:1.0/usb1-port2/over_current_count" 0
  show /run/lab/usb /sys/bus/usb
}
kernel_says() {
  local number=1
  local now=$(( $(python3 -c 'import time; print(time.monotonic_ns())') / 1000 - 60000000 ))
  printf '6,0,0,-;Linux version 6.12.48+deb13-amd64\n' > /run/lab/kmsg
  for line in "$@"; do printf '6,%d,%d,-;%s\n' $number $((now+number)) "$line" >> /run/lab/kmsg; number=$((number+1)); done
  mount --bind /run/lab/kmsg /dev/kmsg
}
kernel_denied() {
  printf '6,0,0,-;not for everybody\n' > /run/lab/kmsg
  chmod 600 /run/lab/kmsg
  mount --bind /run/lab/kmsg /dev/kmsg
}
journal_entry() {
  local ago=$1; shift
  python3 - "$ago" "$@" >> /run/lab/journal.export <<'PYTHON'
import sys, time
ago = int(float(sys.argv[1]) * 1e6)
boot = open('/proc/sys/kernel/random/boot_id').read().strip().replace('-', '')
print(f'__REALTIME_TIMESTAMP={time.time_ns() // 1000 - ago}')
print(f'__MONOTONIC_TIMESTAMP={max(time.monotonic_ns() // 1000 - ago, 1)}')
print(f'_BOOT_ID={boot}', '_MACHINE_ID=5f1d3a5f0c4b4b3c8f0e9f4d3f7f0a11', *sys.argv[2:], '', sep='\n')
PYTHON
}
journal_kernel() {
  journal_entry "$1" _TRANSPORT=kernel SYSLOG_FACILITY=0 SYSLOG_IDENTIFIER=kernel "PRIORITY=$2" "MESSAGE=$3"
}
journal_crash() {
  journal_entry "$1" _TRANSPORT=journal PRIORITY=2 SYSLOG_IDENTIFIER=systemd-coredump \
    MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1 "COREDUMP_COMM=$2" "COREDUMP_EXE=/usr/bin/$2" \
    "COREDUMP_PID=$((4000 + $1))" COREDUMP_UID=1000 COREDUMP_SIGNAL=11 COREDUMP_SIGNAL_NAME=SIGSEGV \
    "COREDUMP_TIMESTAMP=$(( $(date +%s%6N) - $1 * 1000000 ))" "MESSAGE=Process $((4000 + $1)) ($2) of user 1000 dumped core."
}
journal_show() {
  local folder=/run/log/journal/5f1d3a5f0c4b4b3c8f0e9f4d3f7f0a11
  mkdir -p "$folder"
  echo 5f1d3a5f0c4b4b3c8f0e9f4d3f7f0a11 > /run/lab/machine-id
  mount --bind /run/lab/machine-id /etc/machine-id
  [ ! -d /var/log/journal ] || mount -t tmpfs -o mode=755 tmpfs /var/log/journal
  /usr/lib/systemd/systemd-journal-remote -o "$folder/system.journal" /run/lab/journal.export
  chmod 644 "$folder/system.journal"
}
keyboard_device() {
  printf '%s\n' 'I: Bus=0011 Vendor=0001 Product=0001 Version=ab41' 'N: Name="AT Translated Set 2 keyboard"' \
    'H: Handlers=sysrq kbd leds event2' 'B: PROP=0' 'B: EV=120013' \
    'B: KEY=402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe' 'B: MSC=10' 'B: LED=7' '' >> /run/lab/input
}
mouse_device() {
  printf '%s\n' 'I: Bus=0003 Vendor=046d Product=c077 Version=0111' 'N: Name="Logitech USB Optical Mouse"' \
    'H: Handlers=mouse2 event9' 'B: PROP=0' 'B: EV=17' 'B: KEY=70000 0 0 0 0' 'B: REL=903' '' >> /run/lab/input
}
touchpad_device() {
  printf '%s\n' 'I: Bus=0018 Vendor=06cb Product=cd8b Version=0100' 'N: Name="SYNA8004:00 06CB:CD8B Touchpad"' \
    'H: Handlers=mouse1 event7' 'B: PROP=5' 'B: EV=1b' 'B: KEY=e520 10000 0 0 0 0' \
    'B: ABS=2e0800000000003' '' >> /run/lab/input
}
input_show() { mount --bind /run/lab/input /proc/bus/input/devices; }
sound_service() {
  install -d -o 65534 -g 65534 -m 700 /run/lab/run
  export XDG_RUNTIME_DIR=/run/lab/run HOME=$HOME_FOLDER
  person /usr/bin/pulseaudio -n --daemonize=no --exit-idle-time=-1 -L module-native-protocol-unix \
    -L module-always-sink &
  until_true pactl info
  sound_pid=$(pidof pulseaudio)
}
pipewire_service() {
  # Its session manager looks for logind's lists and gives up where there are none.
  mkdir -p /run/systemd/seats /run/systemd/sessions /run/systemd/users /run/systemd/machines
  install -d -o 65534 -g 65534 -m 700 /run/lab/run
  export XDG_RUNTIME_DIR=/run/lab/run HOME=$HOME_FOLDER
  person pipewire &
  until_true test -S /run/lab/run/pipewire-0
  person dbus-run-session -- wireplumber &
  person pipewire-pulse &
  # The session manager has come when there is a default to be chosen.
  until_true pactl info
  until_true pactl set-default-sink auto_null
}
desk() {
  put /run/lab/desk/card0/device/vendor 0x8086; put /run/lab/desk/card0/device/device 0x3ea0
  ln -s ../../../../bus/pci/drivers/i915 /run/lab/desk/card0/device/driver
  show /run/lab/desk /sys/class/drm
}
fake_avahi() {
  # A fake: only the interface, as Avahi describes it. Its answers come as signals, after the browser's own path.
  if [ ! -S /run/dbus/system_bus_socket ]; then bus timedated ''; fi
  python3 - "$@" > /run/lab/fake-avahi.log 2>&1 <<'PYTHON' &
import sys
import dbus, dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib
DBusGMainLoop(set_as_default=True)
bus = dbus.SystemBus()
BROWSER = 'org.freedesktop.Avahi.ServiceBrowser'
class FakeBrowser(dbus.service.Object):
    @dbus.service.signal(BROWSER, signature='iisssu')
    def ItemNew(self, interface, protocol, name, kind, domain, flags): pass
    @dbus.service.signal(BROWSER, signature='')
    def CacheExhausted(self): pass
    @dbus.service.signal(BROWSER, signature='')
    def AllForNow(self): pass
    def tell(self, kind):
        for name in sys.argv[1:]:
            for protocol in (0, 1): self.ItemNew(2, protocol, name, kind, 'local', 4)
        self.CacheExhausted()
        GLib.timeout_add(300, lambda: self.AllForNow() or False)
        return False
class FakeServer(dbus.service.Object):
    count = 0
    @dbus.service.method('org.freedesktop.Avahi.Server', in_signature='iissu', out_signature='o')
    def ServiceBrowserNew(self, interface, protocol, kind, domain, flags):
        FakeServer.count += 1
        path = '/Client1/ServiceBrowser%d' % FakeServer.count
        browser = FakeBrowser(bus, path)
        GLib.idle_add(browser.tell, kind)
        return dbus.ObjectPath(path)
name = dbus.service.BusName('org.freedesktop.Avahi', bus)
FakeServer(bus, '/')
GLib.MainLoop().run()
PYTHON
  until_true dbus-send --system --print-reply --dest=org.freedesktop.Avahi / org.freedesktop.DBus.Introspectable.Introspect
}
pactl() { person /usr/bin/pactl "$@"; }
speakers() {
  pactl load-module module-null-sink sink_name=speakers sink_properties=device.description=Speakers
  pactl set-default-sink speakers
  pactl set-sink-volume speakers 60%
}
microphone() {
  pactl load-module module-virtual-source source_name=microphone master=speakers.monitor
  pactl set-default-source microphone
}
print_service() {
  mkdir -p /run/cups /run/lab/cups/etc /run/lab/cups/spool /run/lab/cups/cache /run/lab/cups/log
  chgrp -R lp /run/lab/cups
  chmod 755 /run/cups
  printf '%s\n' 'Listen /run/cups/cups.sock' 'LogLevel warn' 'Browsing Off' 'ErrorPolicy retry-job' \
    '<Location />' 'Order allow,deny' 'Allow all' '</Location>' \
    '<Policy default>' '<Limit All>' 'Order deny,allow' '</Limit>' '</Policy>' > /run/lab/cups/etc/cupsd.conf
  printf '%s\n' 'ServerRoot /run/lab/cups/etc' 'RequestRoot /run/lab/cups/spool' 'CacheDir /run/lab/cups/cache' \
    'StateDir /run/cups' 'SystemGroup root' 'FileDevice Yes' 'ErrorLog /run/lab/cups/log/error_log' \
    'AccessLog /run/lab/cups/log/access_log' 'PageLog /run/lab/cups/log/page_log' > /run/lab/cups/etc/cups-files.conf
  cupsd -f -c /run/lab/cups/etc/cupsd.conf -s /run/lab/cups/etc/cups-files.conf &
  print_pid=$!
  # `lpstat -r` says yes and no alike with 0; this one fails until the service answers.
  until_true lpstat -o
}
printer() {
  printf '%s\n' '*PPD-Adobe: "4.3"' '*FormatVersion: "4.3"' '*FileVersion: "1.0"' '*LanguageVersion: English' \
    '*LanguageEncoding: ISOLatin1' '*PCFileName: "LAB.PPD"' '*Product: "(Lab)"' '*PSVersion: "(3010.000) 0"' \
    '*Manufacturer: "Example"' '*ModelName: "Example LaserJet"' '*ShortNickName: "Example LaserJet"' \
    '*NickName: "Example LaserJet"' '*ColorDevice: False' '*DefaultColorSpace: Gray' '*FileSystem: False' \
    '*Throughput: "1"' '*LandscapeOrientation: Plus90' '*TTRasterizer: Type42' \
    '*OpenUI *PageSize/Media Size: PickOne' '*DefaultPageSize: A4' '*PageSize A4/A4: "<</PageSize[595 842]>>setpagedevice"' \
    '*CloseUI: *PageSize' '*OpenUI *PageRegion/Media Size: PickOne' '*DefaultPageRegion: A4' \
    '*PageRegion A4/A4: "<</PageSize[595 842]>>setpagedevice"' '*CloseUI: *PageRegion' \
    '*DefaultImageableArea: A4' '*ImageableArea A4/A4: "0 0 595 842"' '*DefaultPaperDimension: A4' \
    '*PaperDimension A4/A4: "595 842"' > /run/lab/lab.ppd
  lpadmin -p "$1" -v "$2" -P /run/lab/lab.ppd -E
  lpadmin -d "$1"
}
bus() {
  if [ ! -S /run/dbus/system_bus_socket ]; then
    mkdir -p /run/dbus
    printf '%s\n' '<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"' \
      ' "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">' \
      '<busconfig><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>' \
      '<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="true"/>' \
      '<allow receive_sender="*"/></policy></busconfig>' > /run/lab/bus.conf
    dbus-daemon --config-file=/run/lab/bus.conf --fork
  fi
  /usr/bin/python3 -m dbusmock --system --template "$1" &
  local of; of=$(/usr/bin/python3 -c "import dbusmock.templates.$1 as t; print(t.BUS_NAME, t.MAIN_OBJ)")
  # The template is loaded before the name is owned.
  until_true dbus-send --system --print-reply "--dest=${of% *}" "${of#* }" org.freedesktop.DBus.Peer.Ping
  printf '%s\n' 'import dbus' 'bus = dbus.SystemBus()' "name, main = '${of% *}', '${of#* }'" \
    'mock = dbus.Interface(bus.get_object(name, main), "org.freedesktop.DBus.Mock")' \
    'def put(path, of, key, value):' \
    '    bus.get_object(name, path).Set(of, key, value, dbus_interface="org.freedesktop.DBus.Properties")' \
    "$2" | /usr/bin/python3 -
}
bluetooth() { bus bluez5 "mock = dbus.Interface(bus.get_object(name, main), 'org.bluez.Mock')
$1"; }
battery_service() {
  bus upower "battery = mock.AddChargingBattery('battery_BAT0', '01AV430', $2, 0)
of = 'org.freedesktop.UPower.Device'
put(battery, of, 'State', dbus.UInt32($1))
put(battery, of, 'EnergyFull', $3)
bus.get_object(name, battery).AddProperties(of, {'NativePath': 'BAT0', 'EnergyFullDesign': 57.0, 'EnergyRate': $4,
    'Capacity': $3 / 57.0 * 100, 'Vendor': 'SMP', 'ChargeCycles': dbus.Int32(412)}, dbus_interface='org.freedesktop.DBus.Mock')
put(main, name, 'OnBattery', $1 == 2)"
}
time_service() {
  # Befund looks whether this is a system of systemd's before it asks.
  mkdir -p /run/systemd/system
  bus timedated "put(main, name, 'NTPSynchronized', $1)"
}
power_mode() { bus power_profiles_daemon "put(main, name, 'ActiveProfile', '$1')"; }
system_service() {
  # The times of a start: 13 s firmware, 3 s loader, 4.5 s kernel, and what the scenario says for services.
  bus systemd "manager = name + '.Manager'
times = {'Firmware': 16300000, 'Loader': 3100000, 'Userspace': 4500000, 'Finish': 4500000 + $1 * 1000000}
mock.AddProperties(manager, {k + 'TimestampMonotonic': dbus.UInt64(v) for k, v in times.items()})
mock.AddProperties(manager, {'SystemState': 'degraded' if '$3' else 'running'})
units = [('NetworkManager.service', 'Network Manager', 'active', 2000000)]
if '$2': units.append(('$2', 'Slow one', 'active', $1 * 1000000 - 500000))
if '$3': units.append(('$3', 'Failed one', 'failed', 0))
rows = []
for n, (unit, what, state, took) in enumerate(units):
    path = '/org/freedesktop/systemd1/unit/u%d' % n
    mock.AddObject(path, name + '.Unit', {'InactiveExitTimestampMonotonic': dbus.UInt64(4600000),
        'ActiveEnterTimestampMonotonic': dbus.UInt64(4600000 + took if took else 0)}, dbus.Array([], signature='(ssss)'))
    rows.append((unit, what, 'loaded', state, 'running', '', path, 0, '', '/'))
def told(rows):
    one = '(%r, %r, %r, %r, %r, %r, dbus.ObjectPath(%r), dbus.UInt32(%r), %r, dbus.ObjectPath(%r))'
    return 'ret = dbus.Array([%s], signature=\"(ssssssouso)\")' % ', '.join(one % row for row in rows)
mock.AddMethod(manager, 'ListUnits', '', 'a(ssssssouso)', told(rows))
# Befund asks for failed ones alone.
mock.AddMethod(manager, 'ListUnitsFiltered', 'as', 'a(ssssssouso)', told([row for row in rows if row[3] == 'failed']))"
}
own_account() {
  cp -a /etc /run/lab/etc
  mount --bind /run/lab/etc /etc
  sed -i 's|^nobody:.*|person:x:65534:65534:Person:/run/lab/home:/bin/bash|' /etc/passwd
  sed -i 's|^nobody:.*|person:*:20000:0:99999:7:::|' /etc/shadow
}
keyring() {
  install -d -o 65534 -g 65534 -m 700 /run/lab/run
  export XDG_RUNTIME_DIR=/run/lab/run HOME=$HOME_FOLDER DBUS_SESSION_BUS_ADDRESS=unix:path=/run/lab/run/bus
  person dbus-daemon --session --address=$DBUS_SESSION_BUS_ADDRESS --fork
  printf secret | person gnome-keyring-daemon --unlock --components=secrets
  until_true secrets ReadAlias string:default
}
secrets() {
  local method=$1; shift
  person dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
    "org.freedesktop.Secret.Service.$method" "$@"
}
lock_keyring() { secrets Lock array:objpath:/org/freedesktop/secrets/collection/login; }
"#;

/// What every scenario of the computer starts with.
pub(crate) fn build(scenario: &Scenario) -> Result<()> {
    std::fs::write(format!("{LAB}/befund.toml"), &scenario.policy)?;
    // Nothing listens, and nothing is asked.
    sh("ip link set lo up")
}

/// Runs a script in the sandbox itself, so that what it mounts stays.
pub(crate) fn script(script: &str) -> Result<()> {
    let file = format!("{LAB}/computer.sh");
    let recordings = concat!(env!("CARGO_MANIFEST_DIR"), "/../src-tauri/crates/facts/fixtures");
    std::fs::write(&file, format!("RECORDINGS='{recordings}'\n{WORDS}\n{script}"))?;
    sh(&format!("bash -eu {file} </dev/null >>{LAB}/computer.log 2>&1")).with_context(|| {
        let log = std::fs::read_to_string(format!("{LAB}/computer.log")).unwrap_or_default();
        format!("{script}\n{log}")
    })
}
