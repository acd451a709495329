//! Opens the window: one at a time, titled as its page is, and closed to everything that is not ours.

use std::process::ExitCode;

use tauri::webview::NewWindowResponse;
use tauri::{Manager as _, WebviewWindowBuilder};

use crate::commands::{self, SharedDoor};
use crate::{Painted, graphics};

/// Starts the desktop program and returns when its window is closed.
pub fn run() -> ExitCode {
    let asked = |argument: &str| std::env::args().skip(1).any(|given| given == argument);
    if asked("--help") {
        tell(&befund_app::message("desktop-usage"));
        return ExitCode::SUCCESS;
    }
    graphics::prepare(asked(graphics::SAFE_MODE));
    if !has_display() {
        complain(&befund_app::message("desktop-no-display"));
        return ExitCode::FAILURE;
    }
    match window(SharedDoor::default(), Painted::from_args()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{}\n{error}", befund_app::message("desktop-no-window")));
            ExitCode::FAILURE
        }
    }
}

/// Asked before Tauri does, which would panic.
#[cfg(target_os = "linux")]
fn has_display() -> bool {
    gtk::init().is_ok()
}

#[cfg(not(target_os = "linux"))]
const fn has_display() -> bool {
    true
}

fn window(door: SharedDoor, painted: Painted) -> tauri::Result<()> {
    let mut builder = tauri::Builder::default();
    // Benchmarks and tests start several windows side by side, each with its own data.
    if !painted.is_wanted() && std::env::var_os("TAURI_AUTOMATION").is_none() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|handle, _args, _folder| {
            if let Some(window) = handle.get_webview_window("main") {
                let _ = window.unminimize();
                let _ = window.set_focus();
            }
        }));
    }
    builder
        .manage(door.clone())
        .manage(painted)
        .invoke_handler(tauri::generate_handler![
            commands::shell,
            commands::set_settings,
            commands::home,
            commands::search,
            commands::start_case,
            commands::open_case,
            commands::act,
            commands::measure,
            commands::cancel,
            commands::review,
            commands::change_review,
            commands::review_file,
            commands::submit,
            commands::outbox,
            commands::open_folder,
            commands::painted,
        ])
        .setup(move |tauri_app| {
            for config in &tauri_app.config().app.windows {
                let door = door.clone();
                WebviewWindowBuilder::from_config(tauri_app.handle(), config)?
                    // Nothing in the window leads out of it: no navigation, no second window.
                    .on_navigation(move |url| is_own(url) || reach(&door, url))
                    .on_new_window(|_url, _features| NewWindowResponse::Deny)
                    .on_document_title_changed(|window, title| drop(window.set_title(&title)))
                    .build()?;
            }
            // Beside the start of the webview, and not before it is certain that this is the one window.
            tauri::async_runtime::spawn_blocking(move || door.app().map(drop));
            Ok(())
        })
        .run(tauri::generate_context!())
}

fn is_own(url: &tauri::Url) -> bool {
    url.scheme() == "tauri"
        || url.host_str() == Some("tauri.localhost")
        || (tauri::is_dev() && url.host_str() == Some("localhost"))
}

/// The help desk's number or address opens in the program for it. The window itself never goes there.
fn reach(door: &SharedDoor, url: &tauri::Url) -> bool {
    if let Ok(app) = door.app() {
        app.reach(url.as_str());
    }
    false
}

#[allow(clippy::print_stdout, reason = "it was asked for in a terminal")]
fn tell(text: &str) {
    println!("{text}");
}

#[allow(clippy::print_stderr, reason = "there is no window to say it in")]
fn complain(text: &str) {
    eprintln!("{text}");
}
