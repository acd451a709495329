//! Handing queued tickets to the desk, each exactly once.

use befund_reference::Reference;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, TransactionBehavior, params};

use super::{Outbox, backoff, row};
use crate::durable::{self, crash_point};
use crate::{Desk, DeskError, Filed, Package, Problem, Retry, State, Ticket};

/// What became of one ticket in one pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The ticket.
    pub reference: Reference,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The desk has it, with its package.
    Done(Filed),
    /// It is tried again by itself.
    Later {
        /// Not before.
        at: Timestamp,
        /// Why it didn't work.
        problem: Problem,
    },
    /// Somebody has to do something first.
    NeedsAttention(Problem),
}

/// A row that this process, and no other, works on.
struct Claim {
    ticket: Ticket,
    attempts: u32,
    /// What the desk is known to have.
    filed: Option<Filed>,
    /// Whether an earlier attempt may have got further than is known.
    find_first: bool,
}

/// An error of the desk, and whether the desk may have got the ticket all the same.
struct Failed {
    error: DeskError,
    find_first: bool,
}

impl Outbox {
    /// Hands every ticket that is due to the desk, the oldest first. What another process works on is
    /// left to it. An error of the desk concerns one ticket and is kept with it; an error here is one
    /// of the outbox itself.
    pub fn deliver(
        &self,
        desk: &dyn Desk,
        now: Timestamp,
        rng: &mut dyn rand::RngCore,
    ) -> Result<Vec<Delivery>, DeskError> {
        let mut deliveries = Vec::new();
        for reference in self.due(now)? {
            let Some(_lock) = self.locks.try_hold(reference)? else { continue };
            let Some(claim) = self.claim(reference, now)? else { continue };
            let outcome = match self.hand_over(desk, &claim, now) {
                Ok(Ok(filed)) => Outcome::Done(filed),
                Ok(Err(failed)) => self.put_back(&claim, failed, now, rng)?,
                Err(error) => return Err(error),
            };
            deliveries.push(Delivery { reference, outcome });
        }
        Ok(deliveries)
    }

    /// What may be tried now. Whether it really is free shows when it is claimed.
    fn due(&self, now: Timestamp) -> Result<Vec<Reference>, DeskError> {
        let failed = |e| self.failed("reading", e);
        let connection = self.connection();
        let mut query = connection
            .prepare(
                "SELECT reference, next_attempt_at FROM outbox
                 WHERE state NOT IN ('done', 'needs_attention') ORDER BY number",
            )
            .map_err(failed)?;
        let rows = query
            .query_map([], |row| Ok((row::reference(row, 0)?, row.get::<_, Option<i64>>(1)?)))
            .map_err(failed)?;
        let mut due = Vec::new();
        for row in rows {
            let (reference, at) = row.map_err(failed)?;
            let at = at.and_then(|at| Timestamp::from_millisecond(at).ok());
            if at.is_none_or(|at| at <= now || backoff::is_unreal(at.duration_since(now))) {
                due.push(reference);
            }
        }
        Ok(due)
    }

    /// Makes the row this process's own. None if it was finished meanwhile. From here on a crash
    /// leaves `find_first`, so that the desk is asked before anything is repeated.
    fn claim(&self, reference: Reference, now: Timestamp) -> Result<Option<Claim>, DeskError> {
        let failed = |e| self.failed("claiming a ticket in", e);
        let mut connection = self.connection();
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let found = tx
            .query_row(
                "SELECT ticket, state, attempts, find_first, location, desk_number FROM outbox
                 WHERE reference = ?1 AND state NOT IN ('done', 'needs_attention')",
                [reference.to_string()],
                |row| {
                    let state = row::state(row, 1)?;
                    let location: Option<String> = row.get(4)?;
                    let number = row.get(5)?;
                    let filed = location.and_then(|location| {
                        let package = match state {
                            State::Created => Package::Missing,
                            State::Attached => Package::Attached,
                            _ => return None,
                        };
                        Some(Filed { location, number, package })
                    });
                    Ok(Claim {
                        ticket: row::json(row, 0)?,
                        attempts: row.get::<_, u32>(2)?.saturating_add(1),
                        find_first: row.get(3)?,
                        filed,
                    })
                },
            )
            .optional()
            .map_err(failed)?;
        let Some(claim) = found else { return Ok(None) };
        tx.execute(
            "UPDATE outbox SET state = ?2, attempts = ?3, find_first = 1, next_attempt_at = NULL,
                    owner = ?4, updated_at = ?5 WHERE reference = ?1",
            params![
                reference.to_string(),
                match &claim.filed {
                    None => State::Sending,
                    Some(Filed { package: Package::Missing, .. }) => State::Created,
                    Some(Filed { package: Package::Attached, .. }) => State::Attached,
                }
                .as_str(),
                claim.attempts,
                std::process::id(),
                now.as_millisecond()
            ],
        )
        .map_err(failed)?;
        tx.commit().map_err(failed)?;
        crash_point();
        Ok(Some(claim))
    }

    /// The outer result is the outbox's, the inner one the desk's.
    fn hand_over(
        &self,
        desk: &dyn Desk,
        claim: &Claim,
        now: Timestamp,
    ) -> Result<Result<Filed, Failed>, DeskError> {
        let reference = claim.ticket.reference;
        let mut filed = claim.filed.clone();
        if claim.find_first && !is_complete(filed.as_ref()) {
            match desk.find(reference) {
                Ok(Some(found)) => filed = Some(found),
                Ok(None) => {}
                // Still nobody knows: the question stays open.
                Err(error) => return Ok(Err(Failed { error, find_first: true })),
            }
        }
        let package = self.package_path(reference);
        let filed = match filed {
            Some(filed) => filed,
            None => match self.check(desk, claim).and_then(|()| desk.file(&claim.ticket, &package)) {
                Ok(filed) => filed,
                Err(error) => {
                    let find_first = error.may_be_filed();
                    return Ok(Err(Failed { error, find_first }));
                }
            },
        };
        crash_point();
        let filed = if filed.package == Package::Missing {
            self.record(reference, State::Created, &filed, now)?;
            match desk.attach(&claim.ticket, &package, &filed) {
                Ok(filed) => filed,
                Err(error) => {
                    let find_first = error.may_be_filed();
                    return Ok(Err(Failed { error, find_first }));
                }
            }
        } else {
            filed
        };
        crash_point();
        self.record(reference, State::Attached, &filed, now)?;
        self.record(reference, State::Done, &filed, now)?;
        Ok(Ok(filed))
    }

    /// What can be known before the desk is bothered.
    fn check(&self, desk: &dyn Desk, claim: &Claim) -> Result<(), DeskError> {
        let Ticket { reference, package, .. } = &claim.ticket;
        if let Some(limit) = desk.limit_bytes().filter(|limit| package.bytes > *limit) {
            return Err(DeskError::TooLarge { bytes: package.bytes, limit, desk: desk.name().to_owned() });
        }
        let path = self.package_path(*reference);
        match durable::digest(&path) {
            Ok(found) if found.sha256 == package.sha256 => Ok(()),
            _ => Err(DeskError::PackageDamaged { reference: *reference, path }),
        }
    }

    fn record(
        &self,
        reference: Reference,
        state: State,
        filed: &Filed,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        self.connection()
            .execute(
                "UPDATE outbox SET state = ?2, location = ?3, desk_number = ?4, problem = NULL,
                        updated_at = ?5 WHERE reference = ?1",
                params![
                    reference.to_string(),
                    state.as_str(),
                    filed.location,
                    filed.number,
                    now.as_millisecond()
                ],
            )
            .map_err(|e| self.failed("changing", e))?;
        crash_point();
        Ok(())
    }

    /// Keeps why it didn't work, and when to try again.
    fn put_back(
        &self,
        claim: &Claim,
        failed: Failed,
        now: Timestamp,
        rng: &mut dyn rand::RngCore,
    ) -> Result<Outcome, DeskError> {
        let problem = failed.error.problem();
        let outcome = match failed.error.retry() {
            Retry::Never => Outcome::NeedsAttention(problem.clone()),
            Retry::Later(asked) => {
                let wait = backoff::wait(claim.attempts, asked, rng);
                let at = now.saturating_add(wait).unwrap_or(now);
                Outcome::Later { at, problem: problem.clone() }
            }
        };
        let next = match &outcome {
            Outcome::Later { at, .. } => Some(at.as_millisecond()),
            _ => None,
        };
        let problem = serde_json::to_string(&problem)
            .map_err(|e| self.failed("changing", rusqlite::Error::ToSqlConversionFailure(Box::new(e))))?;
        // What the desk has stays recorded: a ticket that exists only wants its package.
        self.connection()
            .execute(
                "UPDATE outbox SET problem = ?2, next_attempt_at = ?3, find_first = ?4, updated_at = ?5,
                        state = CASE WHEN ?6 THEN 'needs_attention'
                                     WHEN state = 'sending' THEN 'queued' ELSE state END
                 WHERE reference = ?1",
                params![
                    claim.ticket.reference.to_string(),
                    problem,
                    next,
                    failed.find_first,
                    now.as_millisecond(),
                    matches!(outcome, Outcome::NeedsAttention(_))
                ],
            )
            .map_err(|e| self.failed("changing", e))?;
        crash_point();
        Ok(outcome)
    }
}

fn is_complete(filed: Option<&Filed>) -> bool {
    filed.is_some_and(|filed| filed.package == Package::Attached)
}
