//! What can go wrong with a package: what happened, and what to do.

use std::path::PathBuf;

use crate::printable::printable_line;

/// Why a package could not be made or read. Names out of a package are harmless to print.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// Something private is still in the finished package.
    #[error(
        "the package was not made: in {file}, line {line}, there is still something private ({kind}){}. \
         Leave this file out, or report the fault to whoever provides Befund; nothing was sent",
        also(*.more)
    )]
    Leak {
        /// The file inside the package.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What kind of private value.
        kind: String,
        /// How many more were found.
        more: usize,
    },
    /// The caller gave a file that cannot stand in a package.
    #[error("the file {name:?} cannot be put into the package: {why}. Give it another name")]
    ExtraFile {
        /// Its name.
        name: String,
        /// Why not.
        why: String,
    },
    /// The caller wants to leave a file out that every package has.
    #[error(
        "{name} cannot be left out: without it nobody could read or check the package. Leave out other files, or send no package"
    )]
    NotRemovable {
        /// Its name.
        name: String,
    },
    /// A part could not be turned into bytes.
    #[error("the package could not be made: {part} could not be written ({detail}). Report this fault")]
    Write {
        /// Which part.
        part: String,
        /// The reason.
        detail: String,
    },
    /// The file cannot be read.
    #[error("{}: the package cannot be read: {source}. Check the path and its permissions", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The file is not a zip, or a damaged one.
    #[error(
        "{place}: this is not a complete zip file ({detail}). Ask for the package again; it was cut or changed on its way"
    )]
    NotAZip {
        /// The package.
        place: String,
        /// What was seen.
        detail: String,
    },
    /// A feature of zip that no package uses.
    #[error(
        "{place}: {name:?} uses {feature}, which no Befund package does. Do not unpack it; ask where it comes from"
    )]
    Unusual {
        /// The package.
        place: String,
        /// The entry.
        name: String,
        /// What is unusual.
        feature: String,
    },
    /// Too many entries.
    #[error(
        "{place}: the zip lists {count} files; a package has at most {limit}. Do not unpack it; ask where it comes from"
    )]
    TooManyFiles {
        /// The package.
        place: String,
        /// How many.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// A name that is dangerous.
    #[error("{place}: the file name {name:?} is refused: {why}. Do not unpack it; ask where it comes from")]
    BadName {
        /// The package.
        place: String,
        /// The name, made harmless.
        name: String,
        /// Why.
        why: String,
    },
    /// One name twice.
    #[error(
        "{place}: the name {name:?} stands in the zip twice, so it is unclear which file is meant. Do not unpack it; ask where it comes from"
    )]
    Duplicate {
        /// The package.
        place: String,
        /// The name.
        name: String,
    },
    /// A link or a device instead of a file.
    #[error(
        "{place}: {name:?} is a link or a special file, not a plain one. Do not unpack it; ask where it comes from"
    )]
    NotAFile {
        /// The package.
        place: String,
        /// The name.
        name: String,
    },
    /// The entry needs a password.
    #[error("{place}: {name:?} is locked with a password. Ask the sender for the package as Befund made it")]
    Encrypted {
        /// The package.
        place: String,
        /// The name.
        name: String,
    },
    /// More than may be read.
    #[error("{place}: {what} would take {bytes} bytes unpacked; at most {limit} are read. {todo}")]
    TooLarge {
        /// The package.
        place: String,
        /// A file's name, or `all files together`.
        what: String,
        /// How many bytes.
        bytes: u64,
        /// The limit.
        limit: u64,
        /// What to do.
        todo: &'static str,
    },
    /// A file that unpacks to far more than any real one.
    #[error(
        "{place}: {name:?} would unpack to {ratio} times its size, as a zip bomb does. Do not unpack it; ask where it comes from"
    )]
    Bomb {
        /// The package.
        place: String,
        /// The name.
        name: String,
        /// How many times.
        ratio: u64,
    },
    /// Two entries share bytes.
    #[error(
        "{place}: {name:?} overlaps another file inside the zip, as in a zip bomb. Do not unpack it; ask where it comes from"
    )]
    Overlap {
        /// The package.
        place: String,
        /// The name.
        name: String,
    },
    /// The content is not what the zip says.
    #[error(
        "{place}: {name:?} cannot be read: {detail}. Ask for the package again; it was damaged or changed on its way"
    )]
    Damaged {
        /// The package.
        place: String,
        /// The name.
        name: String,
        /// What was seen.
        detail: String,
    },
    /// A file that is not there.
    #[error("{place}: there is no file {name:?} in this package. It has: {has}")]
    NoSuchFile {
        /// The package.
        place: String,
        /// The name asked for.
        name: String,
        /// The names there are.
        has: String,
    },
    /// The zip has no manifest.
    #[error(
        "{place}: this zip has no manifest.json, so it is not a package made by Befund. Ask for the file that Befund wrote"
    )]
    NotAPackage {
        /// The package.
        place: String,
    },
    /// JSON that does not fit.
    #[error(
        "{place}: {name} is not what Befund writes: {detail}. Ask for the package again, or read the file as text"
    )]
    Json {
        /// The package.
        place: String,
        /// The file.
        name: String,
        /// Line, column and reason.
        detail: String,
    },
    /// JSON nested too deep.
    #[error(
        "{place}: {name} is nested deeper than {limit} levels and was not read. Do not open it with other programs; ask where it comes from"
    )]
    TooDeep {
        /// The package.
        place: String,
        /// The file.
        name: String,
        /// The limit.
        limit: usize,
    },
    /// Written by a newer program.
    #[error(
        "{place}: {name} has the format {found}; this program reads up to {known}. Install Befund {needs} or newer, which wrote it"
    )]
    Newer {
        /// The package.
        place: String,
        /// The file.
        name: String,
        /// Its format.
        found: String,
        /// The newest format read here.
        known: String,
        /// The version that wrote it.
        needs: String,
    },
}

fn also(more: usize) -> String {
    match more {
        0 => String::new(),
        1 => ", and 1 more place".into(),
        n => format!(", and {n} more places"),
    }
}

/// A name out of a package, harmless and short enough for an error.
pub(crate) fn shown(name: &str) -> String {
    printable_line(name, 120)
}
