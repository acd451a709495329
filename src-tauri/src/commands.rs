//! What the window may call. Each command is a hand-over; each runs off the window's thread, so that
//! the page never freezes.

use std::sync::Arc;

use befund_app::view::{
    CaseAction, CaseView, ErrorView, FileView, HitView, HomeView, ReviewChange, ReviewView, RowUpdate,
    Settings, ShellView, TicketRow,
};
use befund_app::{App, AppError};
use tauri::State;
use tauri::ipc::Channel;

use crate::door::Door;

/// The way to the application, shared by all commands.
pub(crate) type SharedDoor = Arc<Door>;

type Answer<T> = Result<T, ErrorView>;

/// Does the work on a thread that may block, and words its error for the person.
async fn work<T: Send + 'static>(
    door: &SharedDoor,
    job: impl FnOnce(&App) -> Result<T, AppError> + Send + 'static,
) -> Answer<T> {
    let behind = door.clone();
    let joined = tauri::async_runtime::spawn_blocking(move || {
        let app = behind.app()?;
        job(&app).map_err(|error| app.error_view(&error))
    });
    joined.await.unwrap_or_else(|_| Err(door.app().map_or_else(|error| error, |app| app.unexpected())))
}

#[tauri::command]
pub(crate) async fn shell(door: State<'_, SharedDoor>) -> Answer<ShellView> {
    work(&door, App::shell).await
}

#[tauri::command]
pub(crate) async fn set_settings(door: State<'_, SharedDoor>, settings: Settings) -> Answer<ShellView> {
    work(&door, move |app| app.set_settings(settings)).await
}

#[tauri::command]
pub(crate) async fn home(door: State<'_, SharedDoor>) -> Answer<HomeView> {
    work(&door, App::home).await
}

#[tauri::command]
pub(crate) async fn search(door: State<'_, SharedDoor>, text: String) -> Answer<Vec<HitView>> {
    work(&door, move |app| Ok(app.search(&text))).await
}

#[tauri::command]
pub(crate) async fn start_case(
    door: State<'_, SharedDoor>,
    guide: String,
    words: String,
) -> Answer<CaseView> {
    work(&door, move |app| app.start_case(&guide, &words)).await
}

#[tauri::command]
pub(crate) async fn open_case(door: State<'_, SharedDoor>, reference: String) -> Answer<CaseView> {
    work(&door, move |app| app.open_case(&reference)).await
}

#[tauri::command]
pub(crate) async fn act(
    door: State<'_, SharedDoor>,
    reference: String,
    action: CaseAction,
) -> Answer<CaseView> {
    work(&door, move |app| app.act(&reference, action)).await
}

#[tauri::command]
pub(crate) async fn measure(
    door: State<'_, SharedDoor>,
    reference: String,
    on_row: Channel<RowUpdate>,
) -> Answer<CaseView> {
    let tell = move |update| drop(on_row.send(update));
    let app = door.app()?;
    app.measure_case(&reference, tell).await.map_err(|error| app.error_view(&error))
}

#[tauri::command]
pub(crate) async fn cancel(door: State<'_, SharedDoor>, reference: String) -> Answer<()> {
    door.app()?.cancel(&reference);
    Ok(())
}

#[tauri::command]
pub(crate) async fn review(door: State<'_, SharedDoor>, reference: String) -> Answer<ReviewView> {
    work(&door, move |app| app.review(&reference)).await
}

#[tauri::command]
pub(crate) async fn change_review(
    door: State<'_, SharedDoor>,
    reference: String,
    change: ReviewChange,
) -> Answer<ReviewView> {
    work(&door, move |app| app.change_review(&reference, change)).await
}

#[tauri::command]
pub(crate) async fn review_file(
    door: State<'_, SharedDoor>,
    reference: String,
    name: String,
) -> Answer<FileView> {
    work(&door, move |app| app.review_file(&reference, &name)).await
}

#[tauri::command]
pub(crate) async fn submit(door: State<'_, SharedDoor>, reference: String) -> Answer<CaseView> {
    work(&door, move |app| app.submit_case(&reference)).await
}

#[tauri::command]
pub(crate) async fn outbox(door: State<'_, SharedDoor>) -> Answer<Vec<TicketRow>> {
    work(&door, App::tickets).await
}

#[tauri::command]
pub(crate) async fn open_folder(door: State<'_, SharedDoor>, reference: String) -> Answer<()> {
    work(&door, move |app| app.open_folder(&reference)).await
}

/// The home page has painted. Only the benchmark asks for it (`--report-painted`).
#[tauri::command]
pub(crate) fn painted(handle: tauri::AppHandle, painted: State<'_, crate::Painted>) {
    painted.report(&handle);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// Every stretch between `before` and `after`.
    fn between<'a>(text: &'a str, before: &str, after: &str) -> BTreeSet<&'a str> {
        text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).collect()
    }

    /// What is written in one of the lists below and missing in another is a command that nobody can
    /// call, or one that everybody can.
    #[test]
    fn the_window_can_call_our_commands_and_nothing_else() {
        let written = include_str!("commands.rs");
        let written = written.split("#[cfg(test)]").next().unwrap_or_default();
        let commands: BTreeSet<&str> = written
            .split("#[tauri::command]\n")
            .skip(1)
            .filter_map(|rest| rest.split_once("fn ")?.1.split('(').next())
            .collect();
        assert!(commands.len() > 10, "this test has lost its eyes");

        assert_eq!(between(include_str!("start.rs"), " commands::", ","), commands, "the handler");
        assert_eq!(between(include_str!("../../ui/src/lib/backend/index.ts"), "invoke(\"", "\""), commands);
        let build = include_str!("../build.rs");
        let listed = build.split(".commands(&[").nth(1).and_then(|rest| rest.split("])").next());
        let listed: BTreeSet<&str> = listed.unwrap_or_default().split('"').skip(1).step_by(2).collect();
        assert_eq!(listed, commands, "build.rs");

        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../capabilities/main.json")).unwrap_or_default();
        let allowed: BTreeSet<String> = capability["permissions"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|p| p.as_str().unwrap_or_default().into())
            .collect();
        let mut expected: BTreeSet<String> =
            commands.iter().map(|name| format!("allow-{}", name.replace('_', "-"))).collect();
        // Its own size, for whoever has to read it larger.
        expected.insert("core:webview:allow-set-webview-zoom".into());
        assert_eq!(allowed, expected, "the capability");
    }

    #[test]
    fn the_window_reaches_nothing_but_the_application() {
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap_or_default();
        let policy = config["app"]["security"]["csp"].as_str().unwrap_or_default();
        let rules: BTreeSet<&str> = policy.split("; ").collect();
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src ipc: http://ipc.localhost",
        ] {
            assert!(rules.contains(rule), "{rule} is missing in {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        assert_eq!(config["app"]["withGlobalTauri"], false);
        for window in config["app"]["windows"].as_array().into_iter().flatten() {
            assert!(window["minWidth"].as_u64() <= Some(320), "200 % of a small window must fit");
            assert_eq!(window["zoomHotkeysEnabled"], true);
        }
    }
}
