//! Where the person's Kerberos tickets are kept, and what they are good for.

use std::path::Path;

use jiff::Timestamp;

use super::ccache::{self, Cache, Times};
use super::linux::files;
use super::{Granting, TicketPlace, Tickets};
use crate::net::tame;
use crate::source::{names, read_bytes, read_text, unread};
use crate::system::OwnAccount;
use crate::{Absence, Context, Reading, Reason};

/// Tickets of people in many groups are large, and there may be one for each service.
const MOST_BYTES: u64 = 16 << 20;
const MOST_INCLUDED: usize = 64;
const SETTINGS: &str = "/etc/krb5.conf";

pub(super) struct Kerberos {
    pub(super) has_realm: Result<bool, Absence>,
    pub(super) realm: Result<String, Absence>,
    pub(super) has_machine_key: Result<bool, Absence>,
    pub(super) tickets: Result<Tickets, Absence>,
}

pub(super) async fn measure(cx: &Context, person: &Result<OwnAccount, Absence>) -> Kerberos {
    let person = person.as_ref().ok().cloned();
    let all = files(cx, "read the Kerberos tickets", move |cx| {
        let settings = Settings::read(cx, |name| if cx.is_live() { std::env::var(name).ok() } else { None });
        let has_machine_key = match std::fs::symlink_metadata(cx.path("/etc/krb5.keytab")) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(unread("/etc/krb5.keytab", error)),
        };
        let realm = settings.realm.clone().ok_or_else(|| {
            Absence::new(Reason::NothingToMeasure, "this computer is set up for no Kerberos realm")
        });
        let tickets = settings.place(person.as_ref()).and_then(|place| place.tickets(cx));
        Ok(Kerberos { has_realm: Ok(settings.realm.is_some()), realm, has_machine_key, tickets })
    });
    all.await.unwrap_or_else(|absent| Kerberos {
        has_realm: Err(absent.clone()),
        realm: Err(absent.clone()),
        has_machine_key: Err(absent.clone()),
        tickets: Err(absent),
    })
}

/// What krb5.conf(5) and the session say.
#[derive(Debug, Default)]
struct Settings {
    realm: Option<String>,
    cache: Option<String>,
    temporary: Option<String>,
}

impl Settings {
    fn read(cx: &Context, variable: impl Fn(&str) -> Option<String>) -> Self {
        let mut found = Self::default();
        let named = variable("KRB5_CONFIG").unwrap_or_else(|| SETTINGS.into());
        for file in named.split(':').filter(|file| file.starts_with('/')) {
            found.add(cx, file, true);
        }
        // The session's own comes before any setting.
        found.cache = variable("KRB5CCNAME").filter(|name| !name.is_empty()).or(found.cache);
        found.temporary = variable("TMPDIR").filter(|folder| folder.starts_with('/'));
        found
    }

    /// The first value of each counts.
    fn add(&mut self, cx: &Context, file: &str, may_include: bool) {
        let Ok(text) = read_text(cx, file) else { return };
        let mut in_defaults = false;
        for line in text.lines().map(str::trim) {
            let words = line.split_once(char::is_whitespace).map(|(word, rest)| (word, rest.trim()));
            match words {
                Some(("include", other)) if may_include => self.add(cx, other, false),
                Some(("includedir", folder)) if may_include => {
                    let all = names(cx, folder, MOST_INCLUDED).unwrap_or_default();
                    for name in all.iter().filter(|name| is_included(name)) {
                        self.add(cx, &format!("{folder}/{name}"), false);
                    }
                }
                _ => {}
            }
            if line.starts_with('[') {
                in_defaults = line.trim_end_matches('*') == "[libdefaults]";
            } else if in_defaults && let Some((key, value)) = line.split_once('=') {
                let value = value.trim().trim_matches('"').to_owned();
                let value = Some(value).filter(|value| !value.is_empty());
                match key.trim().trim_end_matches('*') {
                    "default_realm" => self.realm = self.realm.take().or(value.map(|v| tame(&v, 200))),
                    "default_ccache_name" => self.cache = self.cache.take().or(value),
                    _ => {}
                }
            }
        }
    }

    fn place(&self, person: Option<&OwnAccount>) -> Result<Place, Absence> {
        let number = rustix::process::getuid().as_raw();
        let number = person.map_or(number, |person| person.number).to_string();
        let name = self.cache.as_deref().unwrap_or("FILE:/tmp/krb5cc_%{uid}");
        let mut name = name.replace("%{uid}", &number).replace("%{euid}", &number).replace("%{null}", "");
        name = name.replace("%{TEMP}", self.temporary.as_deref().unwrap_or("/tmp"));
        if let Some(person) = person {
            name = name.replace("%{username}", &person.name);
        }
        if name.contains("%{") {
            return Err(Absence::new(Reason::NotSupported, "the place of the tickets has an unknown part"));
        }
        let elsewhere =
            |what: &str| Err(Absence::new(Reason::NotSupported, format!("the tickets are kept {what}")));
        match name.split_once(':') {
            Some(("FILE", path)) => Ok(Place::File(path.into())),
            Some(("DIR", path)) => Ok(match path.strip_prefix(':') {
                Some(file) => Place::File(file.into()),
                None => Place::Folder(path.into()),
            }),
            Some(("KCM", _)) => elsewhere("by a service (KCM), which is not asked"),
            Some(("KEYRING", _)) => elsewhere("by the kernel (KEYRING), which is not asked"),
            Some(("MEMORY", _)) => elsewhere("in the memory of programs (MEMORY)"),
            None => Ok(Place::File(name)),
            Some((kind, _)) => elsewhere(&format!("in a way that is not known here ({})", tame(kind, 20))),
        }
    }
}

/// Names that are read of a folder: krb5.conf(5).
fn is_included(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (name.chars().all(plain) || name.ends_with(".conf")) && !name.starts_with('.')
}

#[derive(Debug, PartialEq)]
enum Place {
    File(String),
    Folder(String),
}

impl Place {
    fn tickets(&self, cx: &Context) -> Result<Tickets, Absence> {
        let (kept_in, path) = match self {
            Self::File(path) => (TicketPlace::File, path.clone()),
            Self::Folder(folder) => {
                // Which of them counts: the name in `primary`, a file of the same folder.
                let primary = read_text(cx, &format!("{folder}/primary")).unwrap_or_default();
                let name = primary
                    .lines()
                    .next()
                    .map(str::trim)
                    .filter(|n| n.starts_with("tkt") && !n.contains('/'));
                (TicketPlace::Folder, format!("{folder}/{}", name.unwrap_or("tkt")))
            }
        };
        if !Path::new(&path).is_absolute() {
            return Err(Absence::new(Reason::NotSupported, "the place of the tickets depends on a folder"));
        }
        // The path may name the person.
        let what = "the file of tickets";
        match read_bytes(cx, &path, MOST_BYTES) {
            Ok(file) => match ccache::parse(&file) {
                Some(cache) => Ok(tickets(kept_in, &cache, Timestamp::now())),
                None => Err(Absence::new(Reason::Failed, format!("{what} is not of version 3 or 4"))),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(none(kept_in)),
            Err(error) => Err(unread(what, error)),
        }
    }
}

fn none(kept_in: TicketPlace) -> Tickets {
    let none = || Absence::new(Reason::NothingToMeasure, "there are no tickets");
    Tickets {
        kept_in,
        granting: Granting::Missing,
        principal: none().into(),
        realm: none().into(),
        issued_at: none().into(),
        age_seconds: none().into(),
        ends_at: none().into(),
        left_seconds: none().into(),
        renewable_seconds: none().into(),
        service_ticket_count: none().into(),
    }
}

fn tickets(kept_in: TicketPlace, cache: &Cache, now: Timestamp) -> Tickets {
    let base = Tickets {
        principal: Reading::Value(tame(&cache.principal, 200)),
        realm: Reading::Value(tame(&cache.realm, 200)),
        service_ticket_count: Reading::Value(cache.service_count),
        ..none(kept_in)
    };
    let Some(Times { issued, ends, renewable_until }) = cache.granting else { return base };
    // Kerberos counts by the clock of the server that gave the ticket.
    let now = now.as_second().saturating_add(cache.offset_seconds);
    let at = |seconds: u32| {
        Timestamp::from_second(i64::from(seconds) - cache.offset_seconds)
            .map_err(|e| Absence::new(Reason::Failed, format!("read a time: {e}")))
            .into()
    };
    let renewable = match renewable_until {
        0 => Reading::absent(Reason::NothingToMeasure, "it cannot be renewed"),
        until => Reading::Value(i64::from(until) - now),
    };
    Tickets {
        granting: Granting::There,
        issued_at: at(issued),
        age_seconds: Reading::Value(now - i64::from(issued)),
        ends_at: at(ends),
        left_seconds: Reading::Value(i64::from(ends) - now),
        renewable_seconds: renewable,
        ..base
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    fn settings(files: &[(&str, &str)], variables: &[(&str, &str)]) -> Settings {
        let (_tree, cx) = tree(files);
        Settings::read(&cx, |name| {
            variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn settings_come_from_included_files_too_and_the_first_one_counts() {
        let read = settings(
            &[
                (
                    "/etc/krb5.conf",
                    "includedir /etc/krb5.conf.d\n[libdefaults]\n default_realm = CORP.EXAMPLE\n default_ccache_name = FILE:/tmp/x\n[realms]\n default_realm = NO\n",
                ),
                ("/etc/krb5.conf.d/kcm_default_ccache", "[libdefaults]\n    default_ccache_name = KCM:\n"),
                ("/etc/krb5.conf.d/old.conf~", "[libdefaults]\ndefault_realm = OLD\n"),
            ],
            &[],
        );
        assert_eq!(read.realm.as_deref(), Some("CORP.EXAMPLE"));
        let absent = read.place(Some(&OwnAccount::named("ada"))).unwrap_err();
        assert!(absent.reason == Reason::NotSupported && absent.detail.contains("KCM"), "{absent:?}");
    }

    #[test]
    fn a_file_that_includes_itself_is_read_twice_and_not_for_ever() {
        let read = settings(
            &[("/etc/krb5.conf", "include /etc/krb5.conf\n[libdefaults]\ndefault_realm = A\n")],
            &[],
        );
        assert_eq!(read.realm.as_deref(), Some("A"));
    }

    #[test]
    fn the_place_of_the_tickets_is_the_sessions_the_settings_or_the_usual_one() {
        let place = |name: Option<&str>| {
            Settings { cache: name.map(str::to_owned), ..Settings::default() }
                .place(Some(&OwnAccount::named("ada")))
        };
        let file = |path: &str| Ok(Place::File(path.to_owned()));
        assert_eq!(place(None), file("/tmp/krb5cc_1000"));
        assert_eq!(place(Some("/run/user/%{uid}/cc")), file("/run/user/1000/cc"));
        assert_eq!(place(Some("FILE:%{TEMP}/%{username}")), file("/tmp/ada"));
        assert_eq!(place(Some("DIR:/run/cc")), Ok(Place::Folder("/run/cc".into())));
        assert_eq!(place(Some("DIR::/run/cc/tktX")), file("/run/cc/tktX"));
        for other in ["KEYRING:persistent:1000", "KCM:", "MEMORY:x", "API:", "FILE:%{LIBDIR}/x"] {
            assert_eq!(place(Some(other)).unwrap_err().reason, Reason::NotSupported, "{other}");
        }
        let session = settings(&[], &[("KRB5CCNAME", "FILE:/tmp/session")]);
        assert_eq!(session.place(None), file("/tmp/session"));
    }

    #[test]
    fn times_are_counted_by_the_servers_clock() {
        let cache = Cache {
            principal: "ada".into(),
            realm: "CORP.EXAMPLE".into(),
            offset_seconds: -100,
            granting: Some(Times { issued: 1000, ends: 2000, renewable_until: 0 }),
            service_count: 2,
        };
        let read = tickets(TicketPlace::File, &cache, Timestamp::from_second(2050).unwrap());
        assert_eq!((read.age_seconds, read.left_seconds), (Reading::Value(950), Reading::Value(50)));
        assert_eq!(read.ends_at, Reading::Value(Timestamp::from_second(2100).unwrap()));
        assert!(read.renewable_seconds.value().is_none());
        let without = tickets(TicketPlace::File, &Cache { granting: None, ..cache }, Timestamp::UNIX_EPOCH);
        assert_eq!((without.granting, without.left_seconds.value()), (Granting::Missing, None));
    }

    #[test]
    fn no_file_is_no_ticket_and_another_file_is_a_failure() {
        let (_tree, cx) = tree(&[("/tmp/odd", "not a cache"), ("/run/cc/primary", "../../etc/passwd\n")]);
        let none = Place::File("/tmp/krb5cc_7".into()).tickets(&cx).unwrap();
        assert_eq!(none.granting, Granting::Missing);
        assert_eq!(Place::File("/tmp/odd".into()).tickets(&cx).unwrap_err().reason, Reason::Failed);
        // The folder's own file counts, wherever `primary` leads.
        assert_eq!(Place::Folder("/run/cc".into()).tickets(&cx).unwrap().granting, Granting::Missing);
    }
}
