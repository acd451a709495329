//! Who the person is to this computer, and all the rest side by side.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use nix::unistd::{Uid, User};

use super::{
    Account, Directory, DirectoryService, Home, KeptBy, Shell, dates, groups, kerberos, keyring, tally,
};
use crate::source::{detached, read_text, unread};
use crate::system::{OwnAccount, home_folder, own_account};
use crate::{Absence, Context, Reading, Reason};

/// A directory that is out of reach may take its time; the rest must not wait for it.
const NAME_SERVICES: Duration = Duration::from_millis(1500);

/// Dead network shares hold whoever looks at them.
const FILES: Duration = Duration::from_secs(1);

/// More than anybody sets.
const MOST_SERVICES: usize = 16;

pub(super) async fn measure(cx: Context) -> Reading<Account> {
    let local = own_account(&cx);
    let (person, kept_by) = match local {
        Ok(person) => (Ok(person), Ok(KeptBy::Computer)),
        Err(absent) => match in_directory(&cx, absent).await {
            Ok(person) => (Ok(person), Ok(KeptBy::Directory)),
            Err(absent) => (Err(absent.clone()), Err(absent)),
        },
    };
    let name_services = name_services(&cx);
    let (dates, groups, home, shell, kerberos, keyring, wrong_passwords, directories) = tokio::join!(
        dates::measure(&cx, &person, kept_by.as_ref().ok().copied()),
        groups::measure(&cx, &person),
        files(&cx, "look at the home folder", home),
        shell(&cx, &person),
        kerberos::measure(&cx, &person),
        keyring::measure(&cx),
        tally::measure(&cx, &person),
        directories(&cx, name_services.as_deref().unwrap_or_default()),
    );
    Reading::Value(Account {
        kept_by: kept_by.into(),
        name_services: name_services.into(),
        directories,
        dates: dates.into(),
        groups: groups.into(),
        home: home.into(),
        shell: shell.into(),
        has_realm: kerberos.has_realm.into(),
        realm: kerberos.realm.into(),
        has_machine_key: kerberos.has_machine_key.into(),
        tickets: kerberos.tickets.into(),
        keyring: keyring.into(),
        wrong_passwords: wrong_passwords.into(),
    })
}

/// Work on files that may lie on a share.
pub(super) async fn files<T: Send + 'static>(
    cx: &Context,
    what: &str,
    work: impl FnOnce(&Context) -> Result<T, Absence> + Send + 'static,
) -> Result<T, Absence> {
    let own = cx.clone();
    detached(what, FILES.min(cx.step()), move || work(&own)).await.and_then(|done| done)
}

/// The account that the name services know and this computer's own list does not.
async fn in_directory(cx: &Context, absent: Absence) -> Result<OwnAccount, Absence> {
    if !cx.is_live() {
        return Err(absent);
    }
    let asked =
        detached("ask for the account", NAME_SERVICES.min(cx.step()), || User::from_uid(Uid::current()));
    match asked.await? {
        Ok(Some(user)) => Ok(OwnAccount {
            name: user.name,
            number: user.uid.as_raw(),
            group: user.gid.as_raw(),
            gecos: user.gecos.to_string_lossy().into_owned(),
            home: user.dir.to_string_lossy().into_owned(),
            shell: user.shell.to_string_lossy().into_owned(),
        }),
        Ok(None) => Err(absent),
        Err(error) => Err(Absence::new(Reason::Failed, format!("ask for the account: {error}"))),
    }
}

/// What stands behind `passwd:`, without what is to follow an answer: nsswitch.conf(5).
fn name_services(cx: &Context) -> Result<Vec<String>, Absence> {
    let text = read_text(cx, "/etc/nsswitch.conf")?;
    let line = text.lines().find_map(|l| l.split('#').next()?.trim().strip_prefix("passwd:"));
    let Some(line) = line else {
        return Err(Absence::new(Reason::NothingToMeasure, "/etc/nsswitch.conf says nothing about accounts"));
    };
    let is_name = |word: &&str| {
        (1..=32).contains(&word.len())
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    };
    let mut inside = false;
    let outside = line.split_whitespace().filter(|word| {
        let starts = word.starts_with('[');
        let skipped = inside || starts;
        inside = skipped && !word.ends_with(']');
        !skipped
    });
    Ok(outside.filter(is_name).take(MOST_SERVICES).map(str::to_owned).collect())
}

/// The sockets at which directories' services take questions. They let everybody connect; nothing is asked.
async fn directories(cx: &Context, names: &[String]) -> Vec<Directory> {
    let known = [
        ("sss", DirectoryService::Sssd, "/var/lib/sss/pipes/nss"),
        ("winbind", DirectoryService::Winbind, "/run/samba/winbindd/pipe"),
        ("ldap", DirectoryService::Nslcd, "/run/nslcd/socket"),
    ];
    let mut found = Vec::new();
    for (_, service, socket) in known.into_iter().filter(|(name, ..)| names.iter().any(|n| n == name)) {
        let answers = files(cx, "connect to the service", move |cx| {
            use std::io::ErrorKind::{ConnectionRefused, NotFound};
            match UnixStream::connect(cx.path(socket)) {
                Ok(_) => Ok(true),
                Err(error) if matches!(error.kind(), NotFound | ConnectionRefused) => Ok(false),
                Err(error) => Err(unread(socket, error)),
            }
        });
        found.push(Directory { service, answers: answers.await.into() });
    }
    found
}

fn home(cx: &Context) -> Result<Home, Absence> {
    let home = home_folder(cx)?;
    let path = cx.path(&home);
    let meta = std::fs::metadata(&path).map_err(|error| unread("the home folder", error))?;
    if !cx.is_live() {
        let why = "whose files those of a recorded tree are says nothing";
        return Err(Absence::new(Reason::NothingToMeasure, why));
    }
    use rustix::fs::Access;
    let is_writable = match rustix::fs::access(&path, Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => Reading::Value(true),
        Err(rustix::io::Errno::ACCESS | rustix::io::Errno::ROFS | rustix::io::Errno::PERM) => {
            Reading::Value(false)
        }
        Err(error) => unread("the home folder", error.into()).into(),
    };
    Ok(Home { is_own: meta.uid() == rustix::process::getuid().as_raw(), is_writable })
}

async fn shell(cx: &Context, person: &Result<OwnAccount, Absence>) -> Result<Shell, Absence> {
    // An empty field stands for this one: passwd(5).
    let program = match person.clone()?.shell {
        empty if empty.is_empty() => "/bin/sh".to_owned(),
        program => program,
    };
    files(cx, "look for the shell", move |cx| {
        let listed = read_text(cx, "/etc/shells");
        let is_listed = listed.map(|text| text.lines().any(|line| line.trim() == program));
        let exists = cx.path(&program).is_file();
        Ok(Shell { program: crate::net::tame(&program, 200), exists, is_listed: is_listed.into() })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    #[test]
    fn where_accounts_are_looked_for_is_read_without_what_follows_an_answer() {
        let services = |text: &str| {
            let (_tree, cx) = tree(&[("/etc/nsswitch.conf", text)]);
            name_services(&cx)
        };
        let given =
            "# passwd: nis\npasswd:  files systemd [SUCCESS=continue NOTFOUND = return] sss # winbind\n";
        assert_eq!(services(given).unwrap(), ["files", "systemd", "sss"]);
        assert_eq!(services("passwd: \u{1b}[31m x/y\n").unwrap(), Vec::<String>::new());
        assert_eq!(services("group: files\n").unwrap_err().reason, Reason::NothingToMeasure);
    }

    #[tokio::test]
    async fn a_service_of_a_directory_answers_where_somebody_listens() {
        let (tree, cx) = tree(&[("/var/lib/sss/pipes/left", "")]);
        let names = ["files".to_owned(), "sss".to_owned(), "winbind".to_owned()];
        let _listens =
            std::os::unix::net::UnixListener::bind(tree.path().join("var/lib/sss/pipes/nss")).unwrap();
        let found = directories(&cx, &names).await;
        let answers: Vec<_> = found.iter().map(|d| (d.service, d.answers.value().copied())).collect();
        assert_eq!(answers, [(DirectoryService::Sssd, Some(true)), (DirectoryService::Winbind, Some(false))]);
    }

    #[tokio::test]
    async fn a_recorded_computer_tells_what_its_files_do() {
        let (_tree, cx) = tree(&[
            ("/etc/passwd", "ada:x:7:7:Ada:/home/ada:/usr/bin/fish\n"),
            ("/etc/group", "ada:x:7:\nlpadmin:x:20:ada\n"),
            ("/etc/shells", "# list\n/bin/sh\n"),
            ("/proc/self/status", "Name:\tx\nUid:\t7\t7\t7\t7\nGid:\t7\t7\t7\t7\nGroups:\t7 \n"),
            ("/proc/self/uid_map", "         0          0 4294967295\n"),
        ]);
        let reading = measure(cx).await;
        let account = reading.value().unwrap();
        assert_eq!(account.kept_by, Reading::Value(KeptBy::Computer));
        let shell = account.shell.value().unwrap();
        assert_eq!((shell.program.as_str(), shell.exists), ("/usr/bin/fish", false));
        assert_eq!(shell.is_listed, Reading::Value(false));
        let groups = account.groups.value().unwrap();
        assert_eq!((groups.known[0].name.as_str(), groups.known[0].in_session), ("lpadmin", false));
        for absent in [account.home.absence(), account.realm.absence(), account.dates.absence()] {
            assert!(absent.is_some());
        }
        assert_eq!(account.wrong_passwords.value().unwrap().counted_count, 0);
    }
}
