//! How long the way to the hosts is, as the connections of a run show it, and how long silence must last
//! beside it to say anything.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// Nobody is given up sooner.
const LEAST: Duration = Duration::from_millis(500);

/// A handshake takes two round trips at most, and one more leaves room for what is lost.
const ROUND_TRIPS: u32 = 3;

/// Where those who connect say how long it took.
#[derive(Debug, Clone)]
pub(super) struct Pace(watch::Sender<Option<Duration>>);

impl Pace {
    pub(super) fn new() -> (Self, Patience) {
        let (sender, receiver) = watch::channel(None);
        (Self(sender), Patience(receiver))
    }

    /// A connection by TCP was made, which takes one round trip. The longest one counts.
    pub(super) fn saw(&self, round_trip: Duration) {
        self.0.send_if_modified(|longest| {
            let longer = longest.is_none_or(|known| round_trip > known);
            if longer {
                *longest = Some(round_trip);
            }
            longer
        });
    }
}

/// Where those who wait look.
#[derive(Debug, Clone)]
pub(super) struct Patience(watch::Receiver<Option<Duration>>);

impl Patience {
    /// Ends when silence since `started` says something. An error says why it says nothing: the line is too
    /// slow for what is left until the deadline, or nobody has shown how slow it is.
    pub(super) async fn run_out(&mut self, started: Instant, deadline: Instant) -> Result<Duration, String> {
        let mut all_said = false;
        loop {
            let longest = *self.0.borrow_and_update();
            // Until somebody has connected, or nobody will, nothing is known of the way.
            let patience = longest.map(|round_trip| LEAST + round_trip * ROUND_TRIPS);
            let until = started + patience.unwrap_or(if all_said { LEAST } else { Duration::MAX / 4 });
            if Instant::now() >= until.min(deadline) {
                return match longest {
                    Some(_) if until <= deadline => Ok(until - started),
                    Some(round_trip) => {
                        Err(format!("a connection takes {} ms, too long to wait", round_trip.as_millis()))
                    }
                    None => Err("no connection was made that shows how long an answer takes".into()),
                };
            }
            tokio::select! {
                () = tokio::time::sleep_until(until.min(deadline)) => {}
                changed = self.0.changed(), if !all_said => all_said = changed.is_err(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[tokio::test(start_paused = true)]
    async fn silence_says_something_after_a_few_round_trips_of_the_slowest_line() {
        let (pace, mut patience) = Pace::new();
        let started = Instant::now();
        pace.saw(20 * MS);
        pace.saw(600 * MS);
        pace.saw(50 * MS);
        let waited = patience.run_out(started, started + Duration::from_mins(1)).await;
        assert_eq!(waited, Ok(2300 * MS));
        assert_eq!(started.elapsed(), 2300 * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn a_fast_line_is_not_waited_for_and_a_slow_one_is_found_out_meanwhile() {
        let (pace, mut patience) = Pace::new();
        let started = Instant::now();
        pace.saw(MS);
        let slow = tokio::spawn(async move {
            tokio::time::sleep(400 * MS).await;
            pace.saw(400 * MS);
        });
        let waited = patience.run_out(started, started + Duration::from_mins(1)).await;
        slow.await.unwrap();
        assert_eq!(waited, Ok(1700 * MS));
        let (pace, mut patience) = Pace::new();
        pace.saw(MS);
        let started = Instant::now();
        assert_eq!(patience.run_out(started, started + Duration::from_mins(1)).await, Ok(503 * MS));
    }

    #[tokio::test(start_paused = true)]
    async fn where_nothing_shows_the_pace_silence_says_nothing() {
        let (pace, mut patience) = Pace::new();
        let started = Instant::now();
        pace.saw(1000 * MS);
        assert!(patience.run_out(started, started + 3400 * MS).await.is_err(), "cut short");
        assert_eq!(started.elapsed(), 3400 * MS);

        let (pace, mut patience) = Pace::new();
        let started = Instant::now();
        drop(pace);
        assert!(patience.run_out(started, started + 3400 * MS).await.is_err());
        assert_eq!(started.elapsed(), LEAST, "nobody will ever say");

        let (_pace, mut patience) = Pace::new();
        let started = Instant::now();
        assert!(patience.run_out(started, started + 3400 * MS).await.is_err());
        assert_eq!(started.elapsed(), 3400 * MS);
    }
}
