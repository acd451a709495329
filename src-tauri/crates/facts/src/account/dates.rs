//! When the account and its password end. `chage -l` tells everybody the dates of the own account alone, and no
//! password; it has the right to read `/etc/shadow` that this program does not have.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Dates, KeptBy, PasswordEnd};
use crate::source::{odd, program};
use crate::system::OwnAccount;
use crate::{Absence, Context, Reading, Reason};

/// It reads two files.
const PATIENCE: Duration = Duration::from_secs(1);

/// Seven lines.
const MOST_BYTES: u64 = 4096;

pub(super) async fn measure(
    cx: &Context,
    person: &Result<OwnAccount, Absence>,
    kept_by: Option<KeptBy>,
) -> Result<Dates, Absence> {
    let person = person.as_ref().map_err(Clone::clone)?;
    if kept_by == Some(KeptBy::Directory) {
        let why = "when an account of a directory ends is known to its server";
        return Err(Absence::new(Reason::NotSupported, why));
    }
    if !cx.is_live() {
        return Err(Absence::new(Reason::NothingToMeasure, "a recorded tree has no program to ask"));
    }
    let printed = program(cx, "chage", &["-l", "--", &person.name], PATIENCE, MOST_BYTES).await?;
    if !printed.success {
        return Err(Absence::new(Reason::NoPermission, "chage may not read the dates of the account"));
    }
    parse(&String::from_utf8_lossy(&printed.text), today())
}

/// The days of `/etc/shadow` are those of UTC.
fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// What stands behind a label.
#[derive(Debug, PartialEq)]
enum Day {
    Never,
    ChangeNow,
    On(Date),
}

fn parse(text: &str, today: Date) -> Result<Dates, Absence> {
    let value = |label: &str| {
        let line = text.lines().find(|line| line.starts_with(label));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim())
    };
    let day = |label: &str| match value(label) {
        Some("never") => Ok(Day::Never),
        Some("password must be changed") => Ok(Day::ChangeNow),
        Some(date) => Date::strptime("%b %d, %Y", date)
            .or_else(|_| date.parse())
            .map(Day::On)
            .map_err(|_| odd("chage -l", date)),
        None => Err(odd("chage -l", text)),
    };
    let until = |date: Date| -> Reading<i64> {
        match today.until(date) {
            Ok(span) => Reading::Value(i64::from(span.get_days())),
            Err(error) => Reading::absent(Reason::Failed, format!("count days: {error}")),
        }
    };
    let changed = match day("Last password change")? {
        Day::On(date) => until(date).map(|days| -days),
        Day::Never => Reading::absent(Reason::NothingToMeasure, "no day is on record"),
        Day::ChangeNow => Reading::absent(Reason::NothingToMeasure, "it must be changed first"),
    };
    let no_day = || Reading::absent(Reason::NothingToMeasure, "no day is set");
    let (password, password_left_days) = match day("Password expires")? {
        Day::Never => (PasswordEnd::Never, no_day()),
        Day::ChangeNow => (PasswordEnd::ChangeNow, no_day()),
        Day::On(date) => (PasswordEnd::OnADay, until(date)),
    };
    let closed_left_days = match day("Password inactive") {
        Ok(Day::On(date)) => until(date),
        Ok(Day::Never | Day::ChangeNow) => no_day(),
        Err(absent) => Reading::from(Err(absent)),
    };
    let (account_ends, account_left_days) = match day("Account expires")? {
        Day::On(date) => (true, until(date)),
        Day::Never | Day::ChangeNow => (false, no_day()),
    };
    let warn_days = match value("Number of days of warning").map(str::parse) {
        Some(Ok(days)) => Reading::Value(days),
        _ => no_day(),
    };
    Ok(Dates {
        password_changed_days: changed,
        password,
        password_left_days,
        closed_left_days,
        warn_days,
        account_ends,
        account_left_days,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As shadow 4.13 prints it.
    fn printed(changed: &str, password: &str, account: &str) -> String {
        format!(
            "Last password change\t\t\t\t\t: {changed}\nPassword expires\t\t\t\t\t: {password}\n\
             Password inactive\t\t\t\t\t: never\nAccount expires\t\t\t\t\t\t: {account}\n\
             Minimum number of days between password change\t\t: 0\n\
             Maximum number of days between password change\t\t: 90\n\
             Number of days of warning before password expires\t: 7\n"
        )
    }

    fn today() -> Date {
        jiff::civil::date(2026, 3, 2)
    }

    #[test]
    fn dates_are_counted_from_today() {
        let dates = parse(&printed("Dec 07, 2025", "Mar 07, 2026", "Mar 02, 2026"), today()).unwrap();
        assert_eq!(dates.password_changed_days, Reading::Value(85));
        assert_eq!((dates.password, dates.password_left_days), (PasswordEnd::OnADay, Reading::Value(5)));
        assert_eq!(dates.warn_days, Reading::Value(7));
        assert_eq!((dates.account_ends, dates.account_left_days), (true, Reading::Value(0)));
        let iso = parse(&printed("2025-12-07", "2026-01-01", "never"), today()).unwrap();
        assert_eq!(iso.password_left_days, Reading::Value(-60));
        assert!(!iso.account_ends && iso.account_left_days.value().is_none());
    }

    #[test]
    fn the_day_on_which_an_ended_password_closes_the_account_is_read() {
        let text = printed("Oct 01, 2025", "Dec 30, 2025", "never");
        let with = |inactive: &str| {
            let line = format!("Password inactive\t\t\t\t\t: {inactive}");
            parse(&text.replace("Password inactive\t\t\t\t\t: never", &line), today()).unwrap()
        };
        assert_eq!(with("Mar 01, 2026").closed_left_days, Reading::Value(-1));
        assert_eq!(with("Mar 12, 2026").closed_left_days, Reading::Value(10));
        assert_eq!(with("never").closed_left_days.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(with("Febtober 31").closed_left_days.absence().unwrap().reason, Reason::Failed);
    }

    #[test]
    fn never_and_now_are_told_apart() {
        let never = parse(&printed("never", "never", "never"), today()).unwrap();
        assert_eq!(never.password, PasswordEnd::Never);
        assert_eq!(never.password_changed_days.absence().unwrap().reason, Reason::NothingToMeasure);
        let must = "password must be changed";
        assert_eq!(parse(&printed(must, must, "never"), today()).unwrap().password, PasswordEnd::ChangeNow);
    }

    #[test]
    fn another_language_or_nonsense_is_a_failure() {
        for text in ["", "Letzte Passwortänderung : nie\n", &printed("never", "Febtober 31", "never")] {
            assert_eq!(parse(text, today()).unwrap_err().reason, Reason::Failed, "{text}");
        }
    }

    #[tokio::test]
    async fn an_account_of_a_directory_is_not_asked_for_here() {
        let person = OwnAccount::named("ada");
        let absent = measure(&Context::default(), &Ok(person), Some(KeptBy::Directory)).await.unwrap_err();
        assert_eq!(absent.reason, Reason::NotSupported);
    }
}
