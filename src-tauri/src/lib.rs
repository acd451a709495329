//! The Tauri shell: one window and the commands it may call. No domain logic: a command hands over to
//! `befund_app` in at most five lines, and what the window shows is made there.

mod commands;
mod door;
mod graphics;
mod painted;
mod start;

pub use painted::Painted;
pub use start::run;
