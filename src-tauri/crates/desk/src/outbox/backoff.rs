//! How long to wait before the next attempt.

use jiff::SignedDuration;
use rand::Rng as _;

/// The first wait.
const FIRST: SignedDuration = SignedDuration::from_secs(30);
/// No wait is longer, unless the desk asks for it.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);
/// What a desk may ask for at most: a wrong header must not silence the queue for years.
const LONGEST_ASKED: SignedDuration = SignedDuration::from_hours(24);

/// Doubles with each attempt, up to an hour, and is spread over its upper half, so that a thousand
/// computers behind one broken network don't all come back in the same second. A desk's own wish is
/// never cut short, only spread behind it.
pub(super) fn wait(
    attempts: u32,
    asked: Option<SignedDuration>,
    rng: &mut dyn rand::RngCore,
) -> SignedDuration {
    let full = FIRST.saturating_mul(1 << attempts.saturating_sub(1).min(10)).min(LONGEST);
    let spread = rng.random_range(0.5..=1.0);
    // Whole milliseconds, as they are kept.
    let own = SignedDuration::from_millis((full.as_millis() as f64 * spread) as i64);
    match asked {
        Some(asked) => asked.clamp(SignedDuration::ZERO, LONGEST_ASKED).max(own),
        None => own,
    }
}

/// Whether a moment is too far away to have been meant: the clock was wrong when it was written.
pub(super) fn is_unreal(wait: SignedDuration) -> bool {
    wait > LONGEST_ASKED
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    #[test]
    fn grows_up_to_an_hour_and_is_spread() {
        let mut rng = StdRng::seed_from_u64(7);
        let waits: Vec<_> = (1..=40).map(|n| wait(n, None, &mut rng).as_secs_f64()).collect();
        assert!((15.0..=30.0).contains(&waits[0]), "{waits:?}");
        assert!((60.0..=120.0).contains(&waits[2]), "{waits:?}");
        assert!(waits[10..].iter().all(|w| (1800.0..=3600.0).contains(w)), "{waits:?}");
        assert!(waits[10..].windows(2).any(|w| (w[0] - w[1]).abs() > 1.0), "not spread: {waits:?}");
    }

    #[test]
    fn the_desks_wish_counts_but_not_for_years() {
        let mut rng = StdRng::seed_from_u64(7);
        let asked = SignedDuration::from_mins(10);
        assert_eq!(wait(1, Some(asked), &mut rng), asked);
        assert_eq!(wait(1, Some(SignedDuration::MAX), &mut rng), LONGEST_ASKED);
        assert!(wait(1, Some(SignedDuration::MIN), &mut rng).is_positive());
    }
}
