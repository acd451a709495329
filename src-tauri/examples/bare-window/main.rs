//! A window with one static page, made with the same versions as Befund: what the benchmark compares
//! Befund's start with. It prints the same line once its page has painted.

use befund_desktop::Painted;

#[tauri::command]
fn painted(handle: tauri::AppHandle, painted: tauri::State<'_, Painted>) {
    painted.report(&handle);
}

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .manage(Painted::from_args())
        .invoke_handler(tauri::generate_handler![painted])
        .run(tauri::generate_context!("src-tauri/examples/bare-window/tauri.conf.json"))
}
