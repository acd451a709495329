//! The desktop program: opens the window. Everything it does lives in the library beside it.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    befund_desktop::run()
}
