//! Tickets and the durable outbox; the local desk.
