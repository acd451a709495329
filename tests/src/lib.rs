//! What several end-to-end tests need: the built programs, a folder for artefacts, a display, a
//! driver for the window.

mod programs;
mod window;

pub use programs::{Scratch, artefacts, befund, desktop};
pub use window::{Axe, Window};
