//! One lock file a key, in a directory beside the cache (not in it: other tools glob there). Never unlinked.

use crate::atomic::give_to_owner;
use crate::dirs::create_owned_dir;
use crate::read::aws_dir_of;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;

/// Holding it is holding the lock; the kernel frees it when the process ends, however it ends.
pub(crate) struct Guard {
    _file: File,
}

/// Takes the lock if it is free. `None`: somebody holds it.
pub(crate) fn try_lock(path: &Path) -> io::Result<Option<Guard>> {
    create_owned_dir(path.parent().unwrap_or(Path::new(".")), aws_dir_of(path))?;
    let mut file = open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    give_to_owner(&file, path);
    // Diagnostic only: who holds it. The lock itself does not depend on it.
    let _ = file.set_len(0).and_then(|()| writeln!(file, "pid {}", std::process::id()));
    Ok(Some(Guard { _file: file }))
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
        let first = try_lock(&path).expect("no error").expect("free");
        assert!(try_lock(&path).expect("no error").is_none());
        drop(first);
        assert!(try_lock(&path).expect("no error").is_some());
        assert!(path.exists(), "the lock file is never unlinked");
    }
}
