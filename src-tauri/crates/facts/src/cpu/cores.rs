//! Core by core: how busy, how fast, how often braked.

use std::collections::BTreeMap;

use super::{Core, Throttling};
use crate::source::{odd, read_number, read_text};
use crate::{Absence, Context, Reading, Reason};

const STAT: &str = "/proc/stat";

/// What one core spent its time on, in ticks since start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Times {
    pub(super) all: u64,
    /// With nothing to do, whether or not a disk was waited for.
    pub(super) idle: u64,
    waiting: u64,
    stolen: u64,
}

/// A line of `/proc/stat`: user nice system idle iowait irq softirq steal guest guest_nice. Guest time is
/// part of user time already.
fn parse_line(line: &str) -> Option<Times> {
    let ticks: Vec<u64> = line.split_whitespace().skip(1).take(8).map_while(|w| w.parse().ok()).collect();
    let &[_, _, _, idle, ..] = ticks.as_slice() else { return None };
    let at = |i: usize| ticks.get(i).copied().unwrap_or(0);
    Some(Times {
        all: ticks.iter().fold(0u64, |sum, t| sum.saturating_add(*t)),
        idle: idle.saturating_add(at(4)),
        waiting: at(4),
        stolen: at(7),
    })
}

/// All cores together, and each by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AllTimes {
    pub(super) together: Times,
    each: BTreeMap<u32, Times>,
}

pub(super) fn parse(text: &str) -> Result<AllTimes, Absence> {
    let line = text.lines().find(|l| l.starts_with("cpu ")).unwrap_or_default();
    let together = parse_line(line).ok_or_else(|| odd(STAT, line))?;
    let each = text
        .lines()
        .filter_map(|l| {
            let number = l.split(' ').next()?.strip_prefix("cpu")?.parse().ok()?;
            Some((number, parse_line(l)?))
        })
        .collect();
    Ok(AllTimes { together, each })
}

fn percent(part: u64, all: u64) -> f64 {
    (part as f64 * 1000.0 / all as f64).round() / 10.0
}

/// Shares of the time between two looks: busy, waiting for a disk, taken away.
pub(super) fn shares(before: Times, after: Times) -> Result<[f64; 3], Absence> {
    let all = after.all.saturating_sub(before.all);
    if all == 0 {
        return Err(Absence::new(Reason::Failed, format!("{STAT} did not advance during the sample")));
    }
    // The kernel documents that waiting time can run backwards.
    let part = |before: u64, after: u64| after.saturating_sub(before).min(all);
    let idle = part(before.idle, after.idle);
    Ok([
        percent(all - idle, all),
        percent(part(before.waiting, after.waiting), all),
        percent(part(before.stolen, after.stolen), all),
    ])
}

/// Each core that was there at both looks.
pub(super) fn cores(cx: &Context, before: &AllTimes, after: &AllTimes) -> Vec<Core> {
    let both = after.each.iter().filter_map(|(number, now)| Some((*number, before.each.get(number)?, now)));
    both.filter_map(|(number, then, now)| {
        // kHz, documented in the kernel's admin-guide/pm/cpufreq.rst.
        let clock = |file: &str| {
            read_number::<u32>(cx, &format!("/sys/devices/system/cpu/cpu{number}/cpufreq/{file}"))
                .map(|khz| khz / 1000)
                .into()
        };
        Some(Core {
            number,
            usage_percent: shares(*then, *now).ok()?[0],
            clock_mhz: clock("scaling_cur_freq"),
            clock_most_mhz: clock("cpuinfo_max_freq"),
            clock_allowed_mhz: clock("scaling_max_freq"),
        })
    })
    .collect()
}

/// What `thermal_throttle` counts, for the core with the most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Braked {
    count: u64,
    total_ms: Result<u64, Absence>,
}

pub(super) fn braked(cx: &Context, times: &AllTimes) -> Result<Braked, Absence> {
    let counters = times.each.keys().map(|number| {
        let folder = format!("/sys/devices/system/cpu/cpu{number}/thermal_throttle");
        let one = |file: &str| read_number::<u64>(cx, &format!("{folder}/{file}"));
        // A package counts for all its cores, and also brakes where no core of its own is too hot.
        let core = one("core_throttle_count")?;
        let count = core.max(one("package_throttle_count").unwrap_or(0));
        Ok((count, one("core_throttle_total_time_ms")))
    });
    let found: Result<Vec<_>, Absence> = counters.collect();
    let most = found?.into_iter().max_by_key(|(count, _)| *count);
    most.map(|(count, total_ms)| Braked { count, total_ms })
        .ok_or_else(|| Absence::new(Reason::NotSupported, "no core is listed"))
}

pub(super) fn throttling(
    before: Result<Braked, Absence>,
    after: Result<Braked, Absence>,
) -> Reading<Throttling> {
    match (before, after) {
        (Ok(before), Ok(after)) => Reading::Value(Throttling {
            times_count: after.count,
            meanwhile_count: after.count.saturating_sub(before.count),
            total_ms: after.total_ms.into(),
        }),
        (Err(absent), _) | (_, Err(absent)) => absent.into(),
    }
}

/// For whoever reads the table of a core's clock rates once.
pub(super) fn look(cx: &Context) -> Result<(AllTimes, Result<Braked, Absence>), Absence> {
    let times = parse(&read_text(cx, STAT)?)?;
    let braked = braked(cx, &times);
    Ok((times, braked))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn together(line: &str) -> Times {
        parse(line).unwrap().together
    }

    #[test]
    fn shares_are_of_the_time_between_two_looks() {
        let before = together("cpu  100 0 100 700 100 0 0 0 50 0\n");
        let after = together("cpu  110 0 105 770 105 0 0 10 55 0\n");
        assert_eq!((before.all, before.idle), (1000, 800));
        assert_eq!(format!("{:?}", shares(before, after).unwrap()), "[25.0, 5.0, 10.0]");
        assert_eq!(shares(before, before).unwrap_err().reason, Reason::Failed);
        // Waiting time that ran backwards, and a kernel from before it was counted.
        let odd = together("cpu  200 0 200 700 0");
        assert_eq!(format!("{:?}", shares(before, odd).unwrap()), "[100.0, 0.0, 0.0]");
        assert!(parse("cpu 1 2 3 4").is_ok());
    }

    #[test]
    fn odd_content_is_a_failure_and_never_a_panic() {
        for text in ["", "cpu", "cpu a b c d", "cpu 1 2 3", "intr 5"] {
            assert_eq!(parse(text).unwrap_err().reason, Reason::Failed, "{text:?}");
        }
        let huge = together(&format!("cpu {0} {0} {0} {0} {0}", u64::MAX));
        assert_eq!(huge.all, u64::MAX);
        assert!(
            parse("cpu  1 2 3 4\ncpu99999999999999999999 1 2 3 4\ncpux 1 2 3 4").unwrap().each.is_empty()
        );
    }

    #[test]
    fn each_core_has_its_own_share_clock_and_braking() {
        let tree = tempfile::tempdir().unwrap();
        let cx = Context { root: tree.path().into(), ..Context::default() };
        for (number, clock, braked) in [(0, "3400000", "12"), (2, "400000", "40")] {
            let cpu = tree.path().join(format!("sys/devices/system/cpu/cpu{number}"));
            for (file, text) in [
                ("cpufreq/scaling_cur_freq", clock),
                ("cpufreq/cpuinfo_max_freq", "4700000\n"),
                ("thermal_throttle/core_throttle_count", braked),
                ("thermal_throttle/core_throttle_total_time_ms", "900"),
            ] {
                std::fs::create_dir_all(cpu.join(file).parent().unwrap()).unwrap();
                std::fs::write(cpu.join(file), text).unwrap();
            }
        }
        let before = parse("cpu  0 0 0 0\ncpu0 0 0 0 0\ncpu2 0 0 0 0\n").unwrap();
        // Core 5 was switched on in between.
        let after = parse("cpu  9 0 0 21\ncpu0 1 0 0 9\ncpu2 8 0 0 2\ncpu5 1 0 0 1\n").unwrap();
        let cores = cores(&cx, &before, &after);
        let brief: Vec<_> = cores.iter().map(|c| (c.number, c.usage_percent, c.clock_mhz.value())).collect();
        assert_eq!(brief, [(0, 10.0, Some(&3400)), (2, 80.0, Some(&400))]);
        assert_eq!(cores[0].clock_most_mhz, Reading::Value(4700));
        assert_eq!(cores[0].clock_allowed_mhz.absence().unwrap().reason, Reason::NotSupported);

        let first = braked(&cx, &before);
        std::fs::write(
            tree.path().join("sys/devices/system/cpu/cpu2/thermal_throttle/core_throttle_count"),
            "47\n",
        )
        .unwrap();
        let found = throttling(first, braked(&cx, &before));
        let found = found.value().unwrap();
        assert_eq!((found.times_count, found.meanwhile_count), (47, 7));
        assert_eq!(found.total_ms, Reading::Value(900));
    }
}
