//! Locks are files of their own, never the file that is changed (it is replaced). Never unlinked.

use crate::dir::create_private_dir;
use crate::owner::give_file;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

/// A note is a few lines; a file that holds more is not read further.
const MOST: u64 = 4096;

/// Holding it is holding the lock; the kernel frees it when the process ends, however it ends.
#[derive(Debug)]
#[must_use = "the lock is free again when the guard is dropped"]
pub struct Guard {
    file: File,
}

impl Guard {
    /// What the lock file says.
    #[must_use]
    pub fn note(&mut self) -> String {
        let _ = self.file.rewind();
        read(&self.file)
    }

    /// Writes into the lock file, for whoever finds the lock taken. Best effort: the lock does not depend on it.
    pub fn set_note(&mut self, note: &str) {
        let file = &mut self.file;
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(note.as_bytes()));
    }
}

/// What a lock file says, whoever holds it; `None` if there is none or it cannot be read.
#[must_use]
pub fn note_of(path: &Path) -> Option<String> {
    Some(read(&open_to_read(path).ok()?))
}

fn read(file: &File) -> String {
    let mut bytes = Vec::new();
    let _ = file.take(MOST).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(unix)]
fn open_to_read(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    OpenOptions::new().read(true).custom_flags(flags.bits().try_into().unwrap_or(0)).open(path)
}

#[cfg(not(unix))]
fn open_to_read(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// Takes the lock if it is free. `None`: somebody holds it. Where root makes the lock file, it will belong to the owner
/// of `like`.
///
/// # Errors
/// The lock file cannot be made, or the file system knows no locks.
pub fn try_lock(path: &Path, like: Option<&Path>) -> io::Result<Option<Guard>> {
    let file = prepare(path, like)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(held(file, like))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Takes the lock, waiting for whoever holds it: only for what is held for the time of writing one file.
///
/// # Errors
/// As [`try_lock`].
pub fn lock(path: &Path, like: Option<&Path>) -> io::Result<Guard> {
    let file = prepare(path, like)?;
    file.lock()?;
    let mut guard = held(file, like);
    guard.set_note(&format!("pid {}\n", std::process::id()));
    Ok(guard)
}

fn prepare(path: &Path, like: Option<&Path>) -> io::Result<File> {
    create_private_dir(path.parent().unwrap_or(Path::new(".")), like)?;
    open(path)
}

fn held(file: File, like: Option<&Path>) -> Guard {
    give_file(&file, like);
    Guard { file }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = rustix::fs::OFlags::NOFOLLOW.bits().try_into().unwrap_or(0);
    // Writable, because NFSv4 locks only writable files.
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(flags)
        .open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_free_when_dropped() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(".sso-locks/abc.lock");
        let first = try_lock(&path, None).expect("no error").expect("free");
        assert!(try_lock(&path, None).expect("no error").is_none());
        drop(first);
        assert!(try_lock(&path, None).expect("no error").is_some());
        assert!(path.exists(), "the lock file is never unlinked");
    }

    #[test]
    fn a_note_is_read_by_everybody_and_outlives_its_holder() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("abc.lock");
        assert_eq!(note_of(&path), None);
        let mut first = try_lock(&path, None).expect("no error").expect("free");
        first.set_note("long and longer");
        first.set_note("short");
        assert_eq!((first.note(), note_of(&path).as_deref()), ("short".into(), Some("short")));
        drop(first);
        let mut second = try_lock(&path, None).expect("no error").expect("free");
        assert_eq!(second.note(), "short");
    }
}
