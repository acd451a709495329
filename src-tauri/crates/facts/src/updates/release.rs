//! How long this release is looked after.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::SupportSource;
use crate::source::read_text;
use crate::{Absence, Context, Reason};

/// End of free security updates of releases whose os-release does not say so, for computers without
/// distro-info-data. From the vendors' pages: debian.org/releases (the regular three years, and LTS),
/// ubuntu.com/about/release-cycle, linuxmint.com/download_all.php, en.opensuse.org/Lifetime.
const TABLE: &[(&str, &str, &str)] = &[
    ("debian", "10", "2024-06-30"),
    ("debian", "11", "2026-08-31"),
    ("debian", "12", "2028-06-30"),
    ("debian", "13", "2030-06-30"),
    ("ubuntu", "18.04", "2023-05-31"),
    ("ubuntu", "20.04", "2025-05-31"),
    ("ubuntu", "22.04", "2027-06-01"),
    ("ubuntu", "24.04", "2029-05-31"),
    ("ubuntu", "24.10", "2025-07-10"),
    ("ubuntu", "25.04", "2026-01-15"),
    ("ubuntu", "25.10", "2026-07-09"),
    ("linuxmint", "20", "2025-04-30"),
    ("linuxmint", "21", "2027-04-30"),
    ("linuxmint", "22", "2029-04-30"),
    ("opensuse-leap", "15.5", "2024-12-31"),
    ("opensuse-leap", "15.6", "2026-04-30"),
    ("centos", "7", "2024-06-30"),
];

/// When support ends, and who says so.
pub(super) fn support(cx: &Context) -> Result<(Timestamp, SupportSource), Absence> {
    let release = read_text(cx, "/etc/os-release").or_else(|_| read_text(cx, "/usr/lib/os-release"))?;
    let of = |key: &str| crate::system::release_value(&release, key);
    if let Ok(date) = of("SUPPORT_END") {
        return end(&date).map(|at| (at, SupportSource::OsRelease));
    }
    let (id, version) = (of("ID")?, of("VERSION_ID")?);
    if let Ok(csv) = read_text(cx, &format!("/usr/share/distro-info/{id}.csv"))
        && let Some(date) = by_csv(&csv, &version)
    {
        return end(&date).map(|at| (at, SupportSource::DistroInfo));
    }
    let known = |version: &str| TABLE.iter().find(|(i, v, _)| *i == id && *v == version);
    // Linux Mint counts 22.1; the whole series ends together.
    let series = version.split('.').next().unwrap_or(&version);
    match known(&version).or_else(|| known(series)) {
        Some((.., date)) => end(date).map(|at| (at, SupportSource::Table)),
        None => Err(Absence::new(
            Reason::NotSupported,
            format!("nobody here knows how long {id} {version} is looked after"),
        )),
    }
}

/// The last free end of support that distro-info-data has for a version: that of long-term support where
/// there is one, and not that of support for money.
fn by_csv(csv: &str, version: &str) -> Option<String> {
    let mut lines = csv.lines();
    let titles: Vec<&str> = lines.next()?.split(',').collect();
    let column = |name: &str| titles.iter().position(|title| *title == name);
    let row: Vec<&str> = lines.map(|line| line.split(',').collect::<Vec<_>>()).find(|row| {
        // Ubuntu writes “22.04 LTS” there.
        row.first().and_then(|v| v.split(' ').next()) == Some(version)
    })?;
    ["eol", "eol-lts", "eol-server"]
        .iter()
        .filter_map(|name| row.get(column(name)?))
        .filter(|date| !date.is_empty())
        .max()
        .map(|date| (*date).to_owned())
}

/// The end of a day, in UTC.
fn end(date: &str) -> Result<Timestamp, Absence> {
    date.trim()
        .parse::<Date>()
        .and_then(|day| day.checked_add(1.day()))
        .and_then(|day| day.to_zoned(TimeZone::UTC))
        .map(|at| at.timestamp())
        .map_err(|_| crate::source::odd("end of support", date))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    fn ends(files: &[(&str, &str)]) -> Result<(String, SupportSource), Absence> {
        let (_root, cx) = tree(files);
        support(&cx).map(|(at, who)| (at.to_string(), who))
    }

    #[test]
    fn the_system_speaks_first_then_its_package_then_the_table() {
        let fedora = "ID=fedora\nVERSION_ID=42\nSUPPORT_END=2026-05-13\n";
        assert_eq!(
            ends(&[("etc/os-release", fedora)]).unwrap(),
            ("2026-05-14T00:00:00Z".into(), SupportSource::OsRelease)
        );
        let debian = "ID=debian\nVERSION_ID=\"12\"\n";
        let csv = "version,codename,series,created,release,eol,eol-lts,eol-elts\n\
                   11,Bullseye,bullseye,2019-07-06,2021-08-14,2024-08-14,2026-08-31,2031-06-30\n\
                   12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-06-10,2028-06-30,2033-06-30\n";
        assert_eq!(
            ends(&[("etc/os-release", debian), ("usr/share/distro-info/debian.csv", csv)]).unwrap(),
            ("2028-07-01T00:00:00Z".into(), SupportSource::DistroInfo)
        );
        assert_eq!(ends(&[("etc/os-release", debian)]).unwrap().1, SupportSource::Table);
        let mint = "ID=linuxmint\nVERSION_ID=\"22.1\"\n";
        assert_eq!(ends(&[("etc/os-release", mint)]).unwrap().0, "2029-05-01T00:00:00Z");
    }

    #[test]
    fn a_release_without_versions_has_no_end() {
        let rolling = "ID=arch\nBUILD_ID=rolling\n";
        assert_eq!(ends(&[("etc/os-release", rolling)]).unwrap_err().reason, Reason::NothingToMeasure);
        let odd = "ID=fedora\nVERSION_ID=42\nSUPPORT_END=soon\n";
        assert_eq!(ends(&[("etc/os-release", odd)]).unwrap_err().reason, Reason::Failed);
        let own = "ID=own\nVERSION_ID=1\n";
        assert_eq!(ends(&[("etc/os-release", own)]).unwrap_err().reason, Reason::NotSupported);
    }

    #[test]
    fn every_date_of_the_table_is_one() {
        for (id, version, date) in TABLE {
            assert!(end(date).is_ok(), "{id} {version}");
        }
    }
}
