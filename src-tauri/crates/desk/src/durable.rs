//! Files that are on the disk when a function returns, and that only their owner reads.
//!
//! A file appears whole or not at all: written beside its place, synced, renamed, and the folder
//! synced. On Unix files are 0600 and folders 0700. Windows has no synced folders: there the rename
//! is ordered by the file system's own journal.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::ticket::hex;

/// A point where a crash must do no harm. Tests end the process here; elsewhere it is nothing.
#[cfg(test)]
pub(crate) use crate::tests::crash_point;
#[cfg(not(test))]
pub(crate) fn crash_point() {}

/// Makes a folder and what is missing above it, for its owner alone; returns when it is on the disk.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
    if let Some(parent) = parent {
        create_folder(parent)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    match builder.create(path) {
        // Another process was faster.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
        other => other?,
    }
    parent.map_or(Ok(()), sync_folder)
}

/// Opens a file that only its owner reads; makes it if it is missing.
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// A lock of the operating system on a file; it ends when this is dropped, and with the process.
///
/// It is given back expressly: a child process that is just being started has a copy of the open
/// file for a moment, and closing ours alone would leave the lock with it.
pub(crate) struct Lock(File);

impl Lock {
    /// Waits for the lock.
    pub(crate) fn wait(path: &Path) -> io::Result<Self> {
        let file = open_private(path)?;
        file.lock()?;
        Ok(Self(file))
    }

    /// Waits for the lock that many can hold.
    pub(crate) fn wait_shared(path: &Path) -> io::Result<Self> {
        let file = open_private(path)?;
        file.lock_shared()?;
        Ok(Self(file))
    }

    /// The lock, or none if somebody has it.
    pub(crate) fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let file = open_private(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(e),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Writes a file where nobody looks yet; synced, not renamed.
pub(crate) fn write_new(path: &Path, mut from: impl Read) -> io::Result<Digested> {
    let mut file = open_private(path)?;
    file.set_len(0)?;
    crash_point();
    let mut hash = Sha256::new();
    let mut bytes = 0;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let n = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        hash.update(&buffer[..n]);
        bytes += n as u64;
        file.write_all(&buffer[..n])?;
        crash_point();
    }
    file.sync_all()?;
    crash_point();
    Ok(Digested { bytes, sha256: hex(&hash.finalize()) })
}

/// Puts a file in its place, whole or not at all.
pub(crate) fn replace(path: &Path, from: impl Read) -> io::Result<()> {
    let part = part_of(path);
    let written = write_new(&part, from).and_then(|_| {
        fs::rename(&part, path)?;
        crash_point();
        path.parent().map_or(Ok(()), sync_folder)
    });
    if written.is_err() {
        // What is left of it would only take up the space that may be missing.
        let _ = fs::remove_file(&part);
    }
    crash_point();
    written
}

/// The name of an unfinished file.
fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

/// Returns when the folder's list of names is on the disk.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// Size and SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digested {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

/// Size and SHA-256 of a file.
pub(crate) fn digest(path: &Path) -> io::Result<Digested> {
    let mut hash = Sha256::new();
    let bytes = io::copy(&mut File::open(path)?, &mut hash)?;
    Ok(Digested { bytes, sha256: hex(&hash.finalize()) })
}

/// A free name: `path`, or `path-1`, `path-2` … before its extension `.suffix`.
pub(crate) fn free_name(folder: &Path, stem: &str, suffix: &str) -> PathBuf {
    let mut n = 1_u32;
    loop {
        let path = folder.join(format!("{stem}-{n}{suffix}"));
        if path.symlink_metadata().is_err() {
            return path;
        }
        n += 1;
    }
}
