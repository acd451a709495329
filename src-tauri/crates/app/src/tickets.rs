//! Sending, and the list of what was sent.

use std::sync::Arc;
use std::time::Duration;

use befund_desk::{OutboxRow, State};
use befund_guides::Event;
use befund_reference::Reference;

use crate::desktop::open_with_system;
use crate::report::{SendReport, SendState};
use crate::view::{CaseView, NextRow, SentView, TicketRow};
use crate::words::size;
use crate::{App, AppError};

/// How often the window tries what is waiting; the outbox itself knows when each ticket is due.
const TRY_EVERY: Duration = Duration::from_secs(30);

impl App {
    /// Files the ticket of a case, for the window.
    pub fn submit_case(&self, reference: &str) -> Result<CaseView, AppError> {
        let reference = Reference::parse(reference)?;
        self.file_ticket(reference)?;
        self.view(reference)
    }

    /// Files the ticket of a case, for the terminal.
    pub fn submit(&self, reference: &str) -> Result<SendReport, AppError> {
        let reference = Reference::parse(reference)?;
        self.file_ticket(reference)?;
        let row = self.ticket_row(reference)?.ok_or_else(|| AppError::NoCase(reference.to_string()))?;
        let state = SendState::of(row.state);
        let detail = self.detail(&row);
        Ok(SendReport {
            schema: "befund.send/1",
            reference: reference.to_string(),
            state,
            sentence: match state {
                SendState::Filed => self.message("send-filed"),
                SendState::Waiting => self.message("send-waiting"),
                SendState::Attention => self.message_with("send-attention", &[("detail", &detail)]),
            },
            package: self.package_path(&row),
            ticket: row.location,
            detail,
        })
    }

    fn file_ticket(&self, reference: Reference) -> Result<(), AppError> {
        self.may_send()?;
        match self.ticket_row(reference)? {
            None => self.put_in_outbox(reference)?,
            // That is what the person was told to do once the cause was seen to.
            Some(row) if row.state == State::NeedsAttention => {
                self.with_outbox(|outbox| outbox.try_again(reference, self.now()))?;
            }
            // Somebody who asks for it does not want to wait for the next attempt.
            Some(row) if row.state != State::Done => self.with_outbox(befund_desk::Outbox::hurry)?,
            Some(_) => {}
        }
        // From here on nothing can be lost. What goes wrong now is shown as the ticket's state.
        if let Err(error) = self.deliver() {
            tracing::warn!(%reference, %error, "delivering failed; it is tried again");
        }
        Ok(())
    }

    fn put_in_outbox(&self, reference: Reference) -> Result<(), AppError> {
        let draft = self.draft(reference)?;
        self.with_preview(reference, &draft, |preview| {
            let ticket = self.ticket(reference, preview)?;
            self.with_outbox(|outbox| outbox.submit(&ticket, &preview.built.bytes, self.now()))
        })?;
        tracing::info!(%reference, "ticket is in the outbox");
        // The outbox decides whether a case is sent; the journal only tells of it.
        if let Err(error) = self.happened(reference, Event::Submitted) {
            tracing::warn!(%reference, %error, "the journal does not tell of the ticket");
        }
        Ok(())
    }

    /// Whether anything may be sent: a policy that cannot be read would say where to.
    pub fn may_send(&self) -> Result<(), AppError> {
        self.policy.error.as_ref().map_or(Ok(()), |error| Err(AppError::Policy(error.clone())))
    }

    /// Hands what is due to the desk.
    fn deliver(&self) -> Result<(), AppError> {
        self.may_send()?;
        let desk = self.desk();
        let deliveries = self.with_outbox(|outbox| outbox.deliver(&desk, self.now(), &mut rand::rng()))?;
        for delivery in deliveries {
            tracing::info!(reference = %delivery.reference, outcome = ?delivery.outcome, "delivered");
        }
        Ok(())
    }

    /// Tries at once whatever is waiting, and what needed somebody's attention.
    pub fn retry(&self) -> Result<(), AppError> {
        if self.has_outbox() {
            self.may_send()?;
            self.with_outbox(|outbox| {
                for row in outbox.list()?.iter().filter(|row| row.state == State::NeedsAttention) {
                    outbox.try_again(row.reference, self.now())?;
                }
                outbox.hurry()
            })?;
            self.deliver()?;
        }
        Ok(())
    }

    /// Goes on delivering while the window is open. Ends with the application.
    pub fn deliver_in_background(self: &Arc<Self>) {
        let app = Arc::downgrade(self);
        let outcome = std::thread::Builder::new().name("outbox".into()).spawn(move || {
            // Whoever closes Befund and opens it again expects that it tries again.
            if let Some(Err(error)) = app.upgrade().map(|app| app.retry()) {
                tracing::warn!(%error, "delivering failed; it is tried again");
            }
            while let Some(app) = app.upgrade() {
                if app.has_outbox()
                    && app.policy.error.is_none()
                    && let Err(error) = app.deliver()
                {
                    tracing::warn!(%error, "delivering failed; it is tried again");
                }
                drop(app);
                std::thread::park_timeout(TRY_EVERY);
            }
        });
        if let Err(error) = outcome {
            tracing::error!(%error, "tickets that wait are tried only when something is sent");
        }
    }

    pub(crate) fn is_submitted(&self, reference: Reference) -> Result<bool, AppError> {
        Ok(self.ticket_row(reference)?.is_some())
    }

    pub(crate) fn ticket_row(&self, reference: Reference) -> Result<Option<OutboxRow>, AppError> {
        if !self.has_outbox() {
            return Ok(None);
        }
        self.with_outbox(|outbox| outbox.get(reference))
    }

    pub(crate) fn waiting(&self) -> Result<u32, AppError> {
        if !self.has_outbox() {
            return Ok(0);
        }
        let rows = self.with_outbox(befund_desk::Outbox::list)?;
        Ok(rows.iter().filter(|r| SendState::of(r.state) != SendState::Filed).count() as u32)
    }

    /// The tickets of this computer, the newest first.
    pub fn tickets(&self) -> Result<Vec<TicketRow>, AppError> {
        if !self.has_outbox() {
            return Ok(Vec::new());
        }
        let mut rows = self.with_outbox(befund_desk::Outbox::list)?;
        rows.sort_by_key(|r| std::cmp::Reverse(r.created_at));
        Ok(rows.iter().map(|row| self.ticket_view(row)).collect())
    }

    pub(crate) fn outbox_rows(&self) -> Result<Vec<OutboxRow>, AppError> {
        if !self.has_outbox() {
            return Ok(Vec::new());
        }
        self.with_outbox(befund_desk::Outbox::list)
    }

    fn ticket_view(&self, row: &OutboxRow) -> TicketRow {
        let state = SendState::of(row.state);
        TicketRow {
            reference: row.reference.to_string(),
            subject: row.subject.clone(),
            state: state.as_str().into(),
            // The time stands beside it.
            state_text: match state {
                SendState::Filed => self.message("ticket-filed"),
                other => self.state_text(row, other),
            },
            when: self.when(row.updated_at),
            reason: self.reason(row, state),
            folder: row.location.clone(),
        }
    }

    fn state_text(&self, row: &OutboxRow, state: SendState) -> String {
        match state {
            SendState::Filed => self.message_with("ticket-filed-at", &[("time", &self.when(row.updated_at))]),
            SendState::Waiting => self.message("ticket-waiting"),
            SendState::Attention => self.message("ticket-attention"),
        }
    }

    /// What is the matter with a ticket that is not filed, in the person's words.
    pub(crate) fn detail(&self, row: &OutboxRow) -> String {
        row.state_detail
            .as_ref()
            .map(|problem| {
                let words = problem.explain(&self.messages, self.lang());
                format!("{} {} {}", words.happened, words.means, words.todo)
            })
            .unwrap_or_default()
    }

    /// Why a ticket is not filed yet; once it is, whatever was in the way is of no interest.
    fn reason(&self, row: &OutboxRow, state: SendState) -> Option<String> {
        Some(self.detail(row)).filter(|reason| state != SendState::Filed && !reason.is_empty())
    }

    /// Where the package lies: with the ticket once it is filed, in the outbox before.
    pub(crate) fn package_path(&self, row: &OutboxRow) -> String {
        row.location
            .as_ref()
            .map(|folder| std::path::Path::new(folder).join(&row.package.file_name))
            .filter(|path| path.exists())
            .unwrap_or_else(|| row.package_path.clone())
            .display()
            .to_string()
    }

    /// The page after sending; `None` while nothing was sent.
    pub(crate) fn sent(&self, reference: Reference) -> Result<Option<SentView>, AppError> {
        let Some(row) = self.ticket_row(reference)? else { return Ok(None) };
        let state = SendState::of(row.state);
        let next = |when: &str, what: String| NextRow { when: self.message(when), what };
        let first = match state {
            SendState::Filed => next("sent-next-now", self.message("sent-next-filed-local")),
            SendState::Waiting => next("sent-next-now", self.message("sent-next-waiting")),
            SendState::Attention => next("sent-next-now", self.message("sent-next-attention")),
        };
        Ok(Some(SentView {
            reference: reference.to_string(),
            spelled: self.spelled(reference),
            state: state.as_str().into(),
            state_text: self.state_text(&row, state),
            reason: self.reason(&row, state),
            next: vec![first, next("sent-next-phone-when", self.message("sent-next-phone"))],
            package: row.package.file_name.clone(),
            size: size(row.package.bytes, self.lang()),
            folder: row.location.clone().unwrap_or_else(|| {
                row.package_path.parent().map(|p| p.display().to_string()).unwrap_or_default()
            }),
        }))
    }

    /// Shows the ticket's folder in the system's file manager.
    pub fn open_folder(&self, reference: &str) -> Result<(), AppError> {
        let reference = Reference::parse(reference)?;
        let row = self.ticket_row(reference)?.ok_or_else(|| AppError::NoCase(reference.to_string()))?;
        let folder = row.location.as_ref().map_or_else(
            || row.package_path.parent().map(std::path::Path::to_path_buf).unwrap_or_default(),
            std::path::PathBuf::from,
        );
        open_with_system(&folder).map_err(AppError::data(format!("open the folder {}", folder.display())))
    }
}

impl SendState {
    pub(crate) const fn of(state: State) -> Self {
        match state {
            State::Done => Self::Filed,
            State::NeedsAttention => Self::Attention,
            State::Queued | State::Sending | State::Created | State::Attached => Self::Waiting,
        }
    }
}
