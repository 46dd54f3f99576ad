//! Locks are files of their own, never the file that is changed (it is replaced). Never unlinked.

mod anywhere;

pub use anywhere::try_lock_anywhere;

use crate::dir::create_private_dir;
use crate::owner::give_file;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

/// How often [`lock`] looks whether the lock is free by now.
const LOOK: Duration = Duration::from_millis(5);

/// A note is a few lines; a file that holds more is not read further.
const MOST: u64 = 4096;

/// Holding it is holding the lock; the kernel frees it when the process ends, however it ends.
#[derive(Debug)]
#[must_use = "the lock is free again when the guard is dropped"]
pub struct Guard {
    /// The lock file, where notes are.
    file: File,
    /// The lock on this host, where the file system of the lock file knows none.
    _local: Option<File>,
    reach: Reach,
}

/// Whom a lock keeps out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everybody who uses the lock file.
    All,
    /// Everybody on this host: the file system of the lock file knows no locks, or keeps them from other hosts.
    Host,
    /// Nobody: there are no locks at all.
    None,
}

impl Guard {
    /// Whom it keeps out.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// What the lock file says, up to 4 KiB.
    #[must_use]
    pub fn note(&mut self) -> String {
        let _ = self.file.rewind();
        read(&self.file)
    }

    /// When something was noted last, by the clock of the file system; `None` where it does not tell.
    #[must_use]
    pub fn noted_at(&self) -> Option<SystemTime> {
        self.file.metadata().and_then(|found| found.modified()).ok()
    }

    /// Writes into the lock file, for whoever finds the lock taken. Best effort: the lock does not depend on it.
    pub fn set_note(&mut self, note: &str) {
        let file = &mut self.file;
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(note.as_bytes()));
    }
}

/// What a lock file says, up to 4 KiB and whoever holds it; `None` if there is none or it cannot be read.
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

/// Takes the lock, waiting for whoever holds it: only for what is held for the time of writing one file. Where the file
/// system knows no locks the guard keeps out nobody. Looks every 5 ms, and blocks the thread. Notes `pid N`.
///
/// # Errors
/// The lock file cannot be made, or the lock is not to be had within the limit ([`io::ErrorKind::TimedOut`], with what the
/// holder has noted).
pub fn lock(path: &Path, like: Option<&Path>, limit: Duration) -> io::Result<Guard> {
    let began = Instant::now();
    loop {
        if let Some(mut guard) = try_lock_anywhere(path, like, None)? {
            guard.set_note(&format!("pid {}\n", std::process::id()));
            return Ok(guard);
        }
        if began.elapsed() >= limit {
            let note = note_of(path).unwrap_or_default();
            let holder = note.lines().next().unwrap_or("somebody");
            let text = format!("{holder} has held the lock for over {} s", limit.as_secs());
            return Err(io::Error::new(io::ErrorKind::TimedOut, text));
        }
        std::thread::park_timeout(LOOK);
    }
}

fn prepare(path: &Path, like: Option<&Path>) -> io::Result<File> {
    create_private_dir(path.parent().unwrap_or(Path::new(".")), like)?;
    open(path)
}

fn held(file: File, like: Option<&Path>) -> Guard {
    give_file(&file, like);
    Guard { file, _local: None, reach: Reach::All }
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

    /// Takes the lock as everybody does.
    fn take(path: &Path) -> Option<Guard> {
        try_lock_anywhere(path, None, None).expect("no error")
    }

    #[test]
    fn one_at_a_time_and_free_when_dropped() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(".sso-locks/abc.lock");
        let first = take(&path).expect("free");
        assert_eq!(first.reach(), Reach::All);
        assert!(take(&path).is_none());
        drop(first);
        assert!(take(&path).is_some());
        assert!(path.exists(), "the lock file is never unlinked");
    }

    #[test]
    fn a_note_is_read_by_everybody_and_outlives_its_holder() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("abc.lock");
        assert_eq!(note_of(&path), None);
        let mut first = take(&path).expect("free");
        first.set_note("long and longer");
        first.set_note("short");
        assert_eq!((first.note(), note_of(&path).as_deref()), ("short".into(), Some("short")));
        assert!(first.noted_at().is_some());
        drop(first);
        assert_eq!(take(&path).expect("free").note(), "short");
    }

    #[test]
    fn whoever_waits_gets_the_lock_or_the_name_of_its_holder() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("config.lock");
        let mut first = take(&path).expect("free");
        first.set_note("pid 4711\n");
        let error = lock(&path, None, Duration::from_millis(20)).expect_err("held");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(error.to_string(), "pid 4711 has held the lock for over 0 s");
        let waiting = std::thread::spawn({
            let path = path.clone();
            move || lock(&path, None, Duration::from_secs(60)).map(|mut guard| guard.note())
        });
        drop(first);
        let note = waiting.join().expect("no panic").expect("free by now");
        assert_eq!(note, format!("pid {}\n", std::process::id()));
    }
}
