//! Locks are files of their own, never the file that is changed (it is replaced). Never unlinked.

use crate::dir::create_private_dir;
use crate::owner::give_file;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;

/// Holding it is holding the lock; the kernel frees it when the process ends, however it ends.
#[derive(Debug)]
#[must_use = "the lock is free again when the guard is dropped"]
pub struct Guard {
    _file: File,
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
    Ok(held(file, like))
}

fn prepare(path: &Path, like: Option<&Path>) -> io::Result<File> {
    create_private_dir(path.parent().unwrap_or(Path::new(".")), like)?;
    open(path)
}

fn held(mut file: File, like: Option<&Path>) -> Guard {
    give_file(&file, like);
    // Diagnostic only: who holds it. The lock itself does not depend on it.
    let _ = file.set_len(0).and_then(|()| writeln!(file, "pid {}", std::process::id()));
    Guard { _file: file }
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
}
