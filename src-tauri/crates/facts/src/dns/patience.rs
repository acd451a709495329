//! How long servers are waited for: to the deadline while none has answered, and a moment longer once
//! one has, so that a dead server beside a living one costs little.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// Own servers get this long after the first of them answered: a slow one is to be told from a dead one.
const OWN: Duration = Duration::from_secs(2);

/// Independent servers, which are a second opinion and blocked in many networks.
const INDEPENDENT: Duration = Duration::from_secs(1);

/// The deadlines of both kinds, which only ever come nearer.
pub(super) struct Patience {
    last: Instant,
    own: watch::Sender<Instant>,
    independent: watch::Sender<Instant>,
}

impl Patience {
    pub(super) fn new(last: Instant) -> Self {
        Self { last, own: watch::Sender::new(last), independent: watch::Sender::new(last) }
    }

    /// For this computer's own servers: an answer shortens the wait for all.
    pub(super) fn own(&self) -> Wait {
        Wait {
            last: self.last,
            until: self.own.subscribe(),
            shorten: vec![(self.own.clone(), OWN), (self.independent.clone(), INDEPENDENT)],
        }
    }

    /// For independent servers: an answer shortens the wait for their kind alone.
    pub(super) fn independent(&self) -> Wait {
        Wait {
            last: self.last,
            until: self.independent.subscribe(),
            shorten: vec![(self.independent.clone(), INDEPENDENT)],
        }
    }
}

/// The wait of one question.
#[derive(Clone)]
pub(super) struct Wait {
    last: Instant,
    until: watch::Receiver<Instant>,
    shorten: Vec<(watch::Sender<Instant>, Duration)>,
}

impl Wait {
    /// The end that nothing moves.
    pub(super) const fn last(&self) -> Instant {
        self.last
    }

    pub(super) fn somebody_answered(&self) {
        for (deadline, moment) in &self.shorten {
            let nearer = Instant::now() + *moment;
            deadline.send_if_modified(|at| {
                let sooner = nearer < *at;
                if sooner {
                    *at = nearer;
                }
                sooner
            });
        }
    }

    /// Ends when nobody waits any longer, which is never before the last end: a question that lasts
    /// until then ends by itself and says why.
    pub(super) async fn run_out(&self) {
        let mut until = self.until.clone();
        loop {
            let at = *until.borrow_and_update();
            tokio::select! {
                () = tokio::time::sleep_until(at), if at < self.last => return,
                Ok(()) = until.changed() => {}
                else => std::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_shortens_the_wait_and_a_later_one_does_not_lengthen_it() {
        let last = Instant::now() + Duration::from_hours(1);
        let patience = Patience::new(last);
        let (own, independent) = (patience.own(), patience.independent());
        independent.somebody_answered();
        assert_eq!(*own.until.borrow(), last, "one's own servers may still be slow");
        let first = *independent.until.borrow();
        assert!(first < last);
        own.somebody_answered();
        assert!(*own.until.borrow() < last);
        assert_eq!(*independent.until.borrow(), first);
    }

    #[tokio::test]
    async fn a_wait_that_has_begun_is_shortened_too() {
        let patience = Patience::new(Instant::now() + Duration::from_hours(1));
        let (own, independent) = (patience.own(), patience.independent());
        let waiting = tokio::spawn(async move { independent.run_out().await });
        own.somebody_answered();
        tokio::time::timeout(Duration::from_mins(1), waiting).await.expect("nobody shortened it").unwrap();
    }
}
