//! What a series of round trips comes to. No I/O.

use std::time::Duration;

/// One thing that was sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// When, from the beginning of the series.
    pub(super) at: Duration,
    /// The round trip; none where nothing came back.
    pub(super) rtt_ms: Option<f64>,
}

/// So many in a row without an answer are no chance: where half of all packets are lost at random, that
/// is seen once in 4000.
const OUTAGE: usize = 12;

/// Where at most this share is lost, some loss is not told from none.
const FEW: f64 = 1.0 / 31.0;

/// Where at least this share is lost, more samples would not change what is said.
const MANY: f64 = 1.0 / 13.0;

pub(super) fn lost(samples: &[Sample]) -> usize {
    samples.iter().filter(|s| s.rtt_ms.is_none()).count()
}

pub(super) fn percent(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 * 100.0 / of as f64 }
}

/// The round trips of those that were answered.
pub(super) fn times(samples: &[Sample]) -> Vec<f64> {
    samples.iter().filter_map(|s| s.rtt_ms).collect()
}

pub(super) fn median(times: &[f64]) -> Option<f64> {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 0 => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
        _ => Some(sorted[middle]),
    }
}

/// The mean difference of one to the next; none for fewer than two.
pub(super) fn jitter(times: &[f64]) -> Option<f64> {
    let differences: Vec<f64> = times.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    (!differences.is_empty()).then(|| differences.iter().sum::<f64>() / differences.len() as f64)
}

/// How many outages there were, and how long they were together, where `every` stands between two samples.
pub(super) fn outages(samples: &[Sample], every: Duration) -> (u32, Duration) {
    // In a series without any answer nobody knows whether one would have come.
    if samples.iter().all(|s| s.rtt_ms.is_none()) {
        return (0, Duration::ZERO);
    }
    samples
        .chunk_by(|a, b| a.rtt_ms.is_none() == b.rtt_ms.is_none())
        .filter(|run| run[0].rtt_ms.is_none() && run.len() >= OUTAGE)
        .fold((0, Duration::ZERO), |(count, sum), run| (count + 1, sum + every * run.len() as u32))
}

/// Whether so many of the last ones are not answered that it would be an outage.
pub(super) fn ends_in_an_outage<T>(sent: &[T], sample: impl Fn(&T) -> Sample) -> bool {
    sent.len() >= OUTAGE && sent[sent.len() - OUTAGE..].iter().all(|s| sample(s).rtt_ms.is_none())
}

/// Whether more samples could change what is said of the loss. One packet in a hundred may be lost
/// anywhere, one in ten must be seen: none of 60 is lost by chance once in 550 where one in ten is; of
/// 120, more than four at one in a hundred once in 130; and what lies between is worth 120 more.
pub(super) fn undecided(sent: usize, lost: usize, most: usize) -> bool {
    if sent >= most || lost == 0 {
        return false;
    }
    if sent < most / 2 {
        return true;
    }
    let share = lost as f64 / sent as f64;
    share > FEW && share < MANY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(pattern: &str) -> Vec<Sample> {
        pattern
            .chars()
            .enumerate()
            .map(|(n, c)| Sample {
                at: Duration::from_millis(5 * n as u64),
                rtt_ms: (c != '.').then(|| f64::from(c.to_digit(10).unwrap())),
            })
            .collect()
    }

    #[test]
    fn a_series_is_summed_up() {
        let samples = series("1.397");
        assert_eq!(lost(&samples), 1);
        assert!((percent(1, 5) - 20.0).abs() < 1e-9);
        assert_eq!(median(&times(&samples)), Some(5.0));
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(jitter(&times(&samples)), Some(10.0 / 3.0));
        assert_eq!((median(&[]), jitter(&[1.0])), (None, None));
    }

    #[test]
    fn an_outage_is_many_in_a_row_and_not_many_altogether() {
        let every = Duration::from_millis(5);
        assert_eq!(outages(&series(&".1".repeat(40)), every), (0, Duration::ZERO));
        let dots = ".".repeat(12);
        assert_eq!(outages(&series(&format!("11{dots}1.1{dots}.")), every), (2, Duration::from_millis(125)));
        assert_eq!(outages(&series(&dots), every), (0, Duration::ZERO), "nobody was ever there");
    }

    /// What the two loss rates that matter lead to, with a generator that always gives the same numbers.
    #[test]
    fn one_in_ten_is_seen_and_one_in_a_hundred_is_not() {
        let mut state = 7_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1_u32 << 31)
        };
        let mut run = |rate: f64| {
            let (mut sent, mut lost) = (0, 0);
            loop {
                lost += (0..60).filter(|_| random() < rate).count();
                sent += 60;
                if !undecided(sent, lost, 240) {
                    return (sent, percent(lost, sent) >= 5.0 && lost >= 5);
                }
            }
        };
        let mut share = |rate: f64| (0..2000).filter(|_| run(rate).1).count();
        let (tenth, hundredth, third, none) = (share(0.1), share(0.01), share(0.3), share(0.0));
        assert!(tenth >= 1970, "{tenth} of 2000");
        assert!(hundredth <= 10, "{hundredth} of 2000");
        assert_eq!((third, none), (2000, 0));
    }
}
