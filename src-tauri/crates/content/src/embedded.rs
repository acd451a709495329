//! The content that ships inside the program: what supporters write, compiled in.

use include_dir::{Dir, include_dir};

static CONTENT: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../../content");

/// The built-in files below a folder of `content/`, as (path below `content/`, text), sorted.
pub fn builtin(folder: &str) -> Vec<(String, &'static str)> {
    let mut files: Vec<_> = CONTENT
        .get_dir(folder)
        .map(|dir| {
            dir.files().filter_map(|f| Some((f.path().to_str()?.to_owned(), f.contents_utf8()?))).collect()
        })
        .unwrap_or_default();
    files.sort_unstable();
    files
}
