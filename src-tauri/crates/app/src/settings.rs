//! What the person chose for themselves, in one small file that is written as a whole.

use std::io::Write as _;
use std::path::Path;

use befund_content::Lang;

use crate::AppError;
use crate::case_store::private_folder;
use crate::view::Settings;

/// The settings; those of a missing or damaged file are the defaults, since nothing hangs on them.
pub(crate) fn load(file: &Path) -> Settings {
    std::fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

pub(crate) fn store(file: &Path, settings: &Settings) -> Result<(), AppError> {
    let bytes = serde_json::to_vec_pretty(settings)
        .map_err(|e| AppError::data("write the settings")(std::io::Error::other(e)))?;
    write_whole(file, &bytes)
}

/// The language in force: the person's choice, or the system's.
pub(crate) fn language(settings: &Settings) -> Lang {
    settings.language.parse().unwrap_or_else(|_| system_language())
}

/// The language of this session's locale.
pub fn system_language() -> Lang {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
        // Windows has no such variables, and a program that macOS starts from its menu gets none.
        .or_else(sys_locale::get_locale)
        .map_or(Lang::En, |locale| Lang::from_locale(&locale))
}

/// Writes a file so that it is either the old one or the whole new one, whatever happens meanwhile.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> Result<(), AppError> {
    let what = || format!("write {}", file.display());
    // Renaming over a device would put a file in its place.
    if file.metadata().is_ok_and(|m| !m.is_file()) {
        return Err(AppError::data(what())(std::io::Error::other("there is something that is not a file")));
    }
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    private_folder(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(AppError::data(what()))?;
    temporary.write_all(bytes).map_err(AppError::data(what()))?;
    temporary.as_file().sync_all().map_err(AppError::data(what()))?;
    temporary.persist(file).map_err(|e| AppError::data(what())(e.error))?;
    sync_folder(folder);
    Ok(())
}

/// Makes a new or renamed entry of a folder durable. Where folders cannot be synced (Windows), the
/// rename is durable by itself.
pub(crate) fn sync_folder(folder: &Path) {
    if let Ok(handle) = std::fs::File::open(folder) {
        let _ = handle.sync_all();
    }
}
