//! Wrong passwords, as pam_faillock counts them: a file of records of 64 bytes that belongs to the person.
//!
//! A record: what it came from in 52 bytes, 2 unused, 16 bits of state of which the lowest says that it counts, and
//! the time in seconds in 64 bits, in the machine's own order (`faillock.h` of Linux-PAM). What it came from is
//! not read.

use jiff::Timestamp;

use super::WrongPasswords;
use super::linux::files;
use crate::source::{read_bytes, read_text, unread};
use crate::system::OwnAccount;
use crate::{Absence, Context, Reading, Reason};

const RECORD: usize = 64;
const STATE: usize = 54;
const TIME: usize = 56;
const COUNTS: u16 = 1;

/// Linux-PAM keeps as many records as are allowed, and some.
const MOST_BYTES: u64 = 64 * 1024;

/// What faillock.conf(5) says where nothing is set.
struct Rules {
    folder: String,
    allowed: u32,
    within: u64,
    unlock: u64,
}

pub(super) async fn measure(
    cx: &Context,
    person: &Result<OwnAccount, Absence>,
) -> Result<WrongPasswords, Absence> {
    let name = person.as_ref().map_err(Clone::clone)?.name.clone();
    // As pam_faillock refuses it, too.
    if name.contains('/') || name.starts_with('.') {
        return Err(Absence::new(Reason::NotSupported, "the login name is no name of a file"));
    }
    files(cx, "read the wrong passwords", move |cx| {
        let rules = rules(&read_text(cx, "/etc/security/faillock.conf").unwrap_or_default());
        let path = format!("{}/{name}", rules.folder.trim_end_matches('/'));
        let records = match read_bytes(cx, &path, MOST_BYTES) {
            Ok(records) => records,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            // The path names the person.
            Err(error) => return Err(unread(&rules.folder, error)),
        };
        Ok(count(&records, &rules, Timestamp::now().as_second()))
    })
    .await
}

fn rules(text: &str) -> Rules {
    let value = |key: &str| {
        text.lines()
            .filter_map(|line| line.split('#').next()?.split_once('='))
            .find_map(|(name, value)| (name.trim() == key).then(|| value.trim()))
    };
    let number = |key: &str, usual: u64| value(key).and_then(|v| v.parse().ok()).unwrap_or(usual);
    Rules {
        folder: value("dir").filter(|dir| dir.starts_with('/')).unwrap_or("/run/faillock").to_owned(),
        allowed: u32::try_from(number("deny", 3)).unwrap_or(u32::MAX),
        within: number("fail_interval", 900),
        // `never` is what 0 means.
        unlock: if value("unlock_time") == Some("never") { 0 } else { number("unlock_time", 600) },
    }
}

fn count(records: &[u8], rules: &Rules, now: i64) -> WrongPasswords {
    let times = records.chunks_exact(RECORD).filter_map(|record| {
        let state = u16::from_ne_bytes(record[STATE..TIME].try_into().ok()?);
        let time = u64::from_ne_bytes(record[TIME..].try_into().ok()?);
        (state & COUNTS != 0).then_some(time)
    });
    let times: Vec<u64> = times.collect();
    let latest = times.iter().copied().max();
    // Those count that are not too long before the latest.
    let counts = |time: &&u64| latest.is_some_and(|latest| latest - **time < rules.within);
    let oldest = times.iter().copied().filter(|time| counts(&time)).min();
    let ago = |time: Option<u64>| {
        time.and_then(|time| now.checked_sub(i64::try_from(time).ok()?)).map_or_else(
            || Reading::absent(Reason::NothingToMeasure, "no wrong password is on record"),
            Reading::Value,
        )
    };
    WrongPasswords {
        counted_count: u32::try_from(times.iter().filter(counts).count()).unwrap_or(u32::MAX),
        allowed_count: rules.allowed,
        latest_seconds: ago(latest),
        oldest_seconds: ago(oldest),
        interval_seconds: rules.within,
        unlock_seconds: rules.unlock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    fn record(state: u16, time: u64) -> Vec<u8> {
        let mut record = vec![0; RECORD];
        record[..9].copy_from_slice(b"/dev/tty1");
        record[STATE..TIME].copy_from_slice(&state.to_ne_bytes());
        record[TIME..].copy_from_slice(&time.to_ne_bytes());
        record
    }

    #[test]
    fn what_counts_is_valid_and_not_long_before_the_latest() {
        let rules = rules("# deny = 9\ndeny = 5\nfail_interval=100 # seconds\nunlock_time = never\n");
        let records: Vec<u8> =
            [record(5, 1000), record(5, 1050), record(4, 1090), record(1, 850), record(5, 1095)].concat();
        let found = count(&[records.as_slice(), &[1; 30]].concat(), &rules, 1100);
        assert_eq!((found.counted_count, found.allowed_count), (3, 5));
        assert_eq!((found.latest_seconds, found.unlock_seconds), (Reading::Value(5), 0));
        assert_eq!((found.oldest_seconds, found.interval_seconds), (Reading::Value(100), 100));
    }

    #[test]
    fn without_settings_those_of_the_manual_hold_and_odd_times_do_no_harm() {
        let rules = rules("dir = elsewhere\n");
        assert_eq!((rules.folder.as_str(), rules.allowed, rules.unlock), ("/run/faillock", 3, 600));
        let found = count(&[record(1, u64::MAX), record(1, 0)].concat(), &rules, 1100);
        assert_eq!((found.counted_count, found.latest_seconds.value()), (1, None));
    }

    #[tokio::test]
    async fn the_persons_file_is_read_where_the_settings_put_it() {
        let (tree, cx) = tree(&[("/etc/security/faillock.conf", "dir = /var/lib/faillock\n")]);
        let folder = tree.path().join("var/lib/faillock");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("ada"), record(5, 1)).unwrap();
        let person = |name: &str| Ok(OwnAccount::named(name));
        assert_eq!(measure(&cx, &person("ada")).await.unwrap().counted_count, 1);
        assert_eq!(measure(&cx, &person("bob")).await.unwrap().counted_count, 0);
        assert_eq!(measure(&cx, &person("../x")).await.unwrap_err().reason, Reason::NotSupported);
    }
}
