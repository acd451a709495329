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
///   others work meanwhile: load and pressure. They are recorded from this kernel.
/// - `person COMMAND…` runs it as the person, in the background where `&` follows.
/// - `until_true COMMAND…` waits for a condition, for half a minute at most.
/// - `ext4 FILE MEGABYTES MOUNT_POINT ,MOUNT,OPTIONS [MKFS OPTION…]` makes an ext4 file system in a file and
///   mounts it. The loop device is given back when the sandbox, and with it the mount, ends.
/// - `put FILE TEXT` writes a file of one line; `show FOLDER PLACE` makes a folder of such files appear at a
///   place such as `/sys/class/power_supply`, in the stead of what is there. For hardware that this machine
///   does not have: what stands in the files has the shape of real machines'.
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
}
person() { setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs -- "$@"; }
until_true() {
  for _ in $(seq 300); do if "$@" >/dev/null 2>&1; then return 0; fi; sleep 0.1; done
  echo "never true: $*" >&2
  return 1
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
    std::fs::write(&file, format!("{WORDS}\n{script}"))?;
    sh(&format!("bash -eu {file} </dev/null >>{LAB}/computer.log 2>&1")).with_context(|| {
        let log = std::fs::read_to_string(format!("{LAB}/computer.log")).unwrap_or_default();
        format!("{script}\n{log}")
    })
}
