#![allow(clippy::print_stdout, clippy::print_stderr, reason = "build scripts speak to cargo by printing")]
//! Tells Tauri which commands exist. Without this list every window could call every command.

fn main() {
    println!("cargo::rerun-if-changed=ui/dist");
    // Tauri watches only the folders that it takes by default.
    println!("cargo::rerun-if-changed=src-tauri/capabilities");
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*").app_manifest(
            tauri_build::AppManifest::new()
                .commands(&[
                    "shell",
                    "set_settings",
                    "home",
                    "search",
                    "start_case",
                    "open_case",
                    "act",
                    "measure",
                    "cancel",
                    "review",
                    "change_review",
                    "review_file",
                    "submit",
                    "outbox",
                    "open_folder",
                    "painted",
                ])
                .permissions_path_pattern("src-tauri/permissions/**/*"),
        );
    if let Err(error) = tauri_build::try_build(attributes) {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
