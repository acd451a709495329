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

/// The application, shared by all commands.
pub(crate) type SharedApp = Arc<App>;

type Answer<T> = Result<T, ErrorView>;

/// Does the work on a thread that may block, and words its error for the person.
async fn work<T: Send + 'static>(
    app: &SharedApp,
    job: impl FnOnce(&App) -> Result<T, AppError> + Send + 'static,
) -> Answer<T> {
    let shared = app.clone();
    let joined = tauri::async_runtime::spawn_blocking(move || job(&shared)).await;
    match joined {
        Ok(outcome) => outcome.map_err(|error| app.error_view(&error)),
        Err(_) => Err(app.unexpected()),
    }
}

#[tauri::command]
pub(crate) async fn shell(app: State<'_, SharedApp>) -> Answer<ShellView> {
    work(&app, App::shell).await
}

#[tauri::command]
pub(crate) async fn set_settings(app: State<'_, SharedApp>, settings: Settings) -> Answer<ShellView> {
    work(&app, move |app| app.set_settings(settings)).await
}

#[tauri::command]
pub(crate) async fn home(app: State<'_, SharedApp>) -> Answer<HomeView> {
    work(&app, App::home).await
}

#[tauri::command]
pub(crate) async fn search(app: State<'_, SharedApp>, text: String) -> Answer<Vec<HitView>> {
    work(&app, move |app| Ok(app.search(&text))).await
}

#[tauri::command]
pub(crate) async fn start_case(app: State<'_, SharedApp>, guide: String, words: String) -> Answer<CaseView> {
    work(&app, move |app| app.start_case(&guide, &words)).await
}

#[tauri::command]
pub(crate) async fn open_case(app: State<'_, SharedApp>, reference: String) -> Answer<CaseView> {
    work(&app, move |app| app.open_case(&reference)).await
}

#[tauri::command]
pub(crate) async fn act(
    app: State<'_, SharedApp>,
    reference: String,
    action: CaseAction,
) -> Answer<CaseView> {
    work(&app, move |app| app.act(&reference, action)).await
}

#[tauri::command]
pub(crate) async fn measure(
    app: State<'_, SharedApp>,
    reference: String,
    on_row: Channel<RowUpdate>,
) -> Answer<CaseView> {
    let tell = move |update| drop(on_row.send(update));
    app.measure_case(&reference, tell).await.map_err(|error| app.error_view(&error))
}

#[tauri::command]
pub(crate) async fn cancel(app: State<'_, SharedApp>, reference: String) -> Answer<()> {
    app.cancel(&reference);
    Ok(())
}

#[tauri::command]
pub(crate) async fn review(app: State<'_, SharedApp>, reference: String) -> Answer<ReviewView> {
    work(&app, move |app| app.review(&reference)).await
}

#[tauri::command]
pub(crate) async fn change_review(
    app: State<'_, SharedApp>,
    reference: String,
    change: ReviewChange,
) -> Answer<ReviewView> {
    work(&app, move |app| app.change_review(&reference, change)).await
}

#[tauri::command]
pub(crate) async fn review_file(
    app: State<'_, SharedApp>,
    reference: String,
    name: String,
) -> Answer<FileView> {
    work(&app, move |app| app.review_file(&reference, &name)).await
}

#[tauri::command]
pub(crate) async fn submit(app: State<'_, SharedApp>, reference: String) -> Answer<CaseView> {
    work(&app, move |app| app.submit_case(&reference)).await
}

#[tauri::command]
pub(crate) async fn outbox(app: State<'_, SharedApp>) -> Answer<Vec<TicketRow>> {
    work(&app, App::tickets).await
}

#[tauri::command]
pub(crate) async fn open_folder(app: State<'_, SharedApp>, reference: String) -> Answer<()> {
    work(&app, move |app| app.open_folder(&reference)).await
}

/// The home page has painted. Only the benchmark asks for it (`--report-painted`).
#[tauri::command]
pub(crate) fn painted(handle: tauri::AppHandle, painted: State<'_, crate::Painted>) {
    painted.report(&handle);
}
