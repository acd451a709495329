//! Opens the window: the language of its page, one instance at a time, and the known faults of
//! graphics drivers kept away from the person.

use std::process::ExitCode;
use std::sync::Arc;

use befund_app::{App, Paths};
use tauri::{Manager as _, WebviewWindowBuilder};

use crate::Painted;
use crate::commands::{self, SharedApp};

/// Starts the desktop program and returns when its window is closed.
pub fn run() -> ExitCode {
    let painted = Painted::from_args();
    let app = match Paths::standard().and_then(App::open) {
        Ok(app) => Arc::new(app),
        Err(error) => {
            complain(&format!("Befund cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match window(app, painted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("Befund cannot open its window: {error}\nWithout a display, use `befund`."));
            ExitCode::FAILURE
        }
    }
}

fn window(app: SharedApp, painted: Painted) -> tauri::Result<()> {
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
    app.deliver_in_background();
    builder
        .manage(app)
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
                WebviewWindowBuilder::from_config(tauri_app.handle(), config)?
                    // Nothing in the window leads out of it: no navigation, no second window.
                    .on_navigation(|url| matches!(url.scheme(), "tauri" | "http" | "https") && is_own(url))
                    .build()?;
            }
            Ok(())
        })
        .run(tauri::generate_context!())
}

fn is_own(url: &tauri::Url) -> bool {
    url.scheme() == "tauri"
        || url.host_str() == Some("tauri.localhost")
        || (cfg!(debug_assertions) && url.host_str() == Some("localhost"))
}

#[allow(clippy::print_stderr, reason = "there is no window to say it in")]
fn complain(line: &str) {
    eprintln!("{line}");
}
