//! Groups: the account's, and those of the running session.

use std::collections::BTreeSet;
use std::ffi::CString;

use nix::unistd::{Gid, getgrouplist};

use super::linux::files;
use super::{Group, Groups};
use crate::source::{odd, read_text};
use crate::system::OwnAccount;
use crate::{Absence, Context, Reason};

/// Groups that Debian, Fedora, openSUSE and Arch give a meaning to.
const KNOWN: &[&str] = &[
    "adm",
    "audio",
    "bluetooth",
    "cdrom",
    "dialout",
    "docker",
    "fuse",
    "input",
    "kvm",
    "libvirt",
    "lp",
    "lpadmin",
    "netdev",
    "network",
    "optical",
    "plugdev",
    "power",
    "render",
    "sambashare",
    "saned",
    "scanner",
    "storage",
    "sudo",
    "sys",
    "systemd-journal",
    "tape",
    "tty",
    "users",
    "uucp",
    "vboxusers",
    "video",
    "wheel",
    "wireshark",
];

/// More than the kernel gives a process (NGROUPS_MAX).
const MOST_GROUPS: usize = 65_536;

pub(super) async fn measure(cx: &Context, person: &Result<OwnAccount, Absence>) -> Result<Groups, Absence> {
    let person = person.clone()?;
    files(cx, "ask for the groups", move |cx| {
        // In a namespace of its own, groups that are not mapped look as if they were missing.
        let map = read_text(cx, "/proc/self/uid_map").unwrap_or_default();
        if !map.split_whitespace().eq(["0", "0", "4294967295"]) {
            let why = "this program runs in a namespace of users, such as a container's";
            return Err(Absence::new(Reason::NothingToMeasure, why));
        }
        let session = in_session(&read_text(cx, "/proc/self/status")?)?;
        let table = read_text(cx, "/etc/group")?;
        let account = if cx.is_live() { by_name_services(&person)? } else { by_table(&table, &person) };
        Ok(compare(&table, &account, &session))
    })
    .await
}

/// The groups of this process, and so of the session that started it.
fn in_session(status: &str) -> Result<BTreeSet<u32>, Absence> {
    let numbers = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        Some(line.split_whitespace().filter_map(|word| word.parse().ok()).collect::<Vec<u32>>())
    };
    let (Some(own), Some(more)) = (numbers("Gid:"), numbers("Groups:")) else {
        return Err(odd("/proc/self/status", "no groups"));
    };
    Ok(own.into_iter().chain(more).take(MOST_GROUPS).collect())
}

fn by_name_services(person: &OwnAccount) -> Result<BTreeSet<u32>, Absence> {
    let failed = |why: String| Absence::new(Reason::Failed, format!("ask for the account's groups: {why}"));
    let name = CString::new(person.name.as_str()).map_err(|e| failed(e.to_string()))?;
    let groups = getgrouplist(&name, Gid::from_raw(person.group)).map_err(|e| failed(e.to_string()))?;
    Ok(groups.into_iter().take(MOST_GROUPS).map(Gid::as_raw).collect())
}

fn by_table(table: &str, person: &OwnAccount) -> BTreeSet<u32> {
    let is_member = |members: &str| members.split(',').any(|m| m.trim() == person.name);
    let groups = rows(table).filter(|(_, _, members)| is_member(members)).map(|(_, number, _)| number);
    groups.chain([person.group]).collect()
}

/// Name, number and members: group(5).
fn rows(table: &str) -> impl Iterator<Item = (&str, u32, &str)> {
    table.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let (name, _password, number) = (fields.next()?, fields.next()?, fields.next()?);
        Some((name, number.parse().ok()?, fields.next()?))
    })
}

fn compare(table: &str, account: &BTreeSet<u32>, session: &BTreeSet<u32>) -> Groups {
    let mut others = account.clone();
    let mut known: Vec<Group> = rows(table)
        .filter(|(name, number, _)| KNOWN.contains(name) && account.contains(number))
        .map(|(name, number, _)| {
            others.remove(&number);
            Group { name: name.to_owned(), in_session: session.contains(&number) }
        })
        .collect();
    known.sort_by(|a, b| a.name.cmp(&b.name));
    known.dedup_by(|a, b| a.name == b.name);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Groups {
        known,
        other_count: count(others.len()),
        other_missing_count: count(others.difference(session).count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    const TABLE: &str = "root:x:0:\nlp:x:7:\nsudo:x:27:ada,bob\nscanner:x:115:ada\nproject-x:x:2000:ada\nada:x:1000:\nodd\nbad:x:no:ada\n";

    #[test]
    fn groups_added_after_signing_in_are_missing_in_the_session_and_own_names_stay_here() {
        let session = in_session("Gid:\t1000\t1000\t1000\t1000\nGroups:\t27 1000 \n").unwrap();
        let groups = compare(TABLE, &by_table(TABLE, &OwnAccount::named("ada")), &session);
        let known: Vec<_> = groups.known.iter().map(|g| (g.name.as_str(), g.in_session)).collect();
        assert_eq!(known, [("scanner", false), ("sudo", true)]);
        // The person's own group, and the project's.
        assert_eq!((groups.other_count, groups.other_missing_count), (2, 1));
    }

    #[tokio::test]
    async fn in_a_container_of_users_nothing_is_said() {
        let (_tree, cx) = tree(&[("/proc/self/uid_map", "0 1000 1\n"), ("/etc/group", TABLE)]);
        let absent = measure(&cx, &Ok(OwnAccount::named("ada"))).await.unwrap_err();
        assert_eq!(absent.reason, Reason::NothingToMeasure);
    }

    #[tokio::test]
    async fn the_running_session_has_groups() {
        let cx = Context::default();
        if let Ok(person) = crate::system::own_account(&cx)
            && let Ok(groups) = measure(&cx, &Ok(person)).await
        {
            assert!(groups.other_missing_count <= groups.other_count);
        }
    }
}
