//! The person's own account, as far as the person may see it: never a password, never anybody else's account.
//!
//! | system  | source | privilege |
//! |---------|--------|-----------|
//! | Linux   | `/etc/passwd`, `/etc/group`, `/etc/nsswitch.conf`, and the name services behind it (`getpwuid`, `getgrouplist`) | none |
//! | Linux   | `chage -l`, which reads the dates of one's own account in `/etc/shadow` | none; the program has the group `shadow` |
//! | Linux   | `/etc/krb5.conf`, `KRB5CCNAME`, and a cache of Kerberos tickets that is a file | none; the file is the person's |
//! | Linux   | the Secret Service on the session's bus (GNOME Keyring, KWallet, KeePassXC) | none |
//! | Linux   | `/run/faillock/USER` and `/etc/security/faillock.conf` | none; the file is the person's |
//! | Windows | not yet; `NetUserGetInfo`, `LsaCallAuthenticationPackage` (as `klist` does), `whoami /groups` | none |
//! | macOS   | not yet; `opendirectoryd` (`dscl`, `pwpolicy`), `klist`, `security show-keychain-info` | none |
//!
//! Of groups, those that distributions give a meaning to are named; others are counted. Of tickets, neither the keys
//! nor the tickets themselves leave the file.
//!
//! Blind spots: what a directory knows of an account (expiry, locks, rights) is for its server to tell. Tickets that
//! are kept by a service (KCM), by the kernel (KEYRING) or in a program's memory are not looked into. Whether a
//! session has all groups is seen by this program's own: a service manager that stays after log-out hands on old ones.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod ccache;
#[cfg(target_os = "linux")]
mod dates;
#[cfg(target_os = "linux")]
mod groups;
#[cfg(target_os = "linux")]
mod kerberos;
#[cfg(target_os = "linux")]
mod keyring;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod tally;

#[cfg(target_os = "linux")]
use linux as source;
#[cfg(not(target_os = "linux"))]
use other as source;

facts! {
    /// The person's own account.
    pub struct Account {
        /// Who keeps it.
        public kept_by: Reading<KeptBy>,
        /// Where this computer looks for accounts, in this order: `files`, `sss`, `winbind`.
        public name_services: Reading<Vec<String>>,
        /// The services behind them that bring accounts of a directory.
        part directories: Vec<Directory>,
        /// When the account and its password end.
        part dates: Reading<Dates>,
        /// What the account may do through groups.
        part groups: Reading<Groups>,
        /// The home folder.
        part home: Reading<Home>,
        /// The program that runs when the person signs in to a terminal.
        part shell: Reading<Shell>,
        /// Whether this computer is set up for a Kerberos realm.
        public has_realm: Reading<bool>,
        /// The Kerberos realm that this computer is set up for.
        personal(domain) realm: Reading<String>,
        /// Whether this computer has a key of its own there, as one that has joined it has.
        public has_machine_key: Reading<bool>,
        /// The person's Kerberos tickets.
        part tickets: Reading<Tickets>,
        /// Where the desktop keeps passwords.
        public keyring: Reading<Keyring>,
        /// Wrong passwords that the system counts for the account.
        part wrong_passwords: Reading<WrongPasswords>,
    }

    /// A service that brings accounts of a directory.
    pub struct Directory {
        /// Which.
        public service: DirectoryService,
        /// Whether it takes questions.
        public answers: Reading<bool>,
    }

    /// When the account and its password end.
    pub struct Dates {
        /// Days since the password was changed; absent where nobody knows.
        personal password_changed_days: Reading<i64>,
        /// What becomes of the password.
        personal password: PasswordEnd,
        /// Days until it ends; below zero where it has.
        personal password_left_days: Reading<i64>,
        /// Days until a password that has ended closes the account; below zero where it has. Absent where it never does.
        personal closed_left_days: Reading<i64>,
        /// Days before that on which the system begins to warn.
        internal warn_days: Reading<i64>,
        /// Whether the account ends one day.
        personal account_ends: bool,
        /// Days until it does; zero and below where it has.
        personal account_left_days: Reading<i64>,
    }

    /// What the account may do through groups.
    pub struct Groups {
        /// Those that distributions give a meaning to.
        part known: Vec<Group>,
        /// How many others the account is in.
        personal other_count: u32,
        /// How many of those others the running session does not have.
        personal other_missing_count: u32,
    }

    /// One of them.
    pub struct Group {
        /// Its name.
        personal name: String,
        /// Whether the running session has it. If not, the account was added after signing in.
        personal in_session: bool,
    }

    /// The home folder.
    pub struct Home {
        /// Whether it belongs to the account.
        public is_own: bool,
        /// Whether the person may write there.
        public is_writable: Reading<bool>,
    }

    /// The program that runs when the person signs in to a terminal.
    pub struct Shell {
        /// Where it is; it may lie in the home folder.
        personal program: String,
        /// Whether it is there.
        public exists: bool,
        /// Whether the system lists it among the shells (`/etc/shells`).
        public is_listed: Reading<bool>,
    }

    /// The person's Kerberos tickets.
    pub struct Tickets {
        /// Where they are kept.
        public kept_in: TicketPlace,
        /// Whether there is one that gets others.
        public granting: Granting,
        /// Whom it is for, without the realm.
        personal(user) principal: Reading<String>,
        /// The realm that it is of.
        personal(domain) realm: Reading<String>,
        /// When the person signed in for it.
        personal issued_at: Reading<Timestamp>,
        /// How long ago.
        personal age_seconds: Reading<i64>,
        /// When it ends.
        personal ends_at: Reading<Timestamp>,
        /// How long it is still good for; below zero where it has ended.
        personal left_seconds: Reading<i64>,
        /// How long it can still be renewed without a password; absent where it cannot.
        personal renewable_seconds: Reading<i64>,
        /// How many tickets for services are there beside it.
        personal service_ticket_count: Reading<u32>,
    }

    /// Wrong passwords that the system counts for the account.
    pub struct WrongPasswords {
        /// How many count at the moment.
        personal counted_count: u32,
        /// At how many the account is locked; 0 where it never is.
        internal allowed_count: u32,
        /// How long ago the latest was; absent where there is none.
        personal latest_seconds: Reading<i64>,
        /// How long ago the oldest of those that count was; absent where there is none.
        personal oldest_seconds: Reading<i64>,
        /// Within how many seconds wrong passwords count together.
        internal interval_seconds: u64,
        /// After how many seconds the lock opens by itself; 0 where it does not.
        internal unlock_seconds: u64,
    }
}

/// Who keeps an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeptBy {
    /// This computer.
    Computer,
    /// A directory, such as Active Directory.
    Directory,
}

/// A service that brings accounts of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryService {
    /// SSSD.
    Sssd,
    /// Samba's winbind.
    Winbind,
    /// nslcd, for LDAP.
    Nslcd,
}

/// What becomes of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PasswordEnd {
    /// It stays.
    Never,
    /// It ends on a day.
    OnADay,
    /// It must be changed now.
    ChangeNow,
}

/// Where tickets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketPlace {
    /// A file.
    File,
    /// A folder of such files.
    Folder,
}

/// The ticket that gets others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Granting {
    /// There is none.
    Missing,
    /// There is one, of whatever age.
    There,
}

/// Where the desktop keeps passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Keyring {
    /// No such service runs.
    NoService,
    /// It runs and has nothing to keep them in yet.
    Missing,
    /// Locked.
    Locked,
    /// Open.
    Unlocked,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Account> {
    source::measure(cx).await
}
