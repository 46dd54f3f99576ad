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
    /// Everybody on this host: the file system of the lock file knows no locks.
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

/// The same, also where the file system knows no locks: then a lock of the same name in `local`, a directory of this
/// host, keeps out everybody on it. Where that cannot be had either, the guard keeps out nobody; [`Guard::reach`] tells.
///
/// # Errors
/// The lock file cannot be made, or locking fails for another reason.
pub fn try_lock_anywhere(
    path: &Path,
    like: Option<&Path>,
    local: Option<&Path>,
) -> io::Result<Option<Guard>> {
    try_lock_by(File::try_lock, path, like, local)
}

fn try_lock_by(
    attempt: impl Fn(&File) -> Result<(), TryLockError>,
    path: &Path,
    like: Option<&Path>,
    local: Option<&Path>,
) -> io::Result<Option<Guard>> {
    let file = prepare(path, like)?;
    match attempt(&file) {
        Ok(()) => Ok(Some(held(file, like))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) if knows_no_locks(&error) => {
            let beside = local.zip(path.file_name()).map(|(dir, name)| lock_on_host(dir, Path::new(name)));
            Ok(match beside {
                Some(Ok(None)) => None,
                Some(Ok(Some(local))) => {
                    Some(Guard { _local: Some(local), reach: Reach::Host, ..held(file, like) })
                }
                Some(Err(_)) | None => Some(Guard { reach: Reach::None, ..held(file, like) }),
            })
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn lock_on_host(dir: &Path, name: &Path) -> io::Result<Option<File>> {
    own_dir(dir)?;
    let file = open(&dir.join(name))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// What network and other odd file systems say when they know no locks (catalogue F7).
#[cfg(unix)]
fn knows_no_locks(error: &io::Error) -> bool {
    use rustix::io::Errno;
    [Errno::NOSYS, Errno::NOTSUP, Errno::OPNOTSUPP, Errno::NOLCK, Errno::INVAL, Errno::BADF]
        .iter()
        .any(|known| error.raw_os_error() == Some(known.raw_os_error()))
}

#[cfg(not(unix))]
fn knows_no_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
}

/// A directory of ours alone, made if it is missing. In `/tmp` somebody else could have put something there before us.
#[cfg(unix)]
fn own_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    match std::fs::DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = dir.symlink_metadata()?;
    let ours =
        found.is_dir() && found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o022 == 0;
    if ours { Ok(()) } else { Err(io::Error::other("the directory for locks is somebody else's")) }
}

#[cfg(not(unix))]
fn own_dir(dir: &Path) -> io::Result<()> {
    create_private_dir(dir, None)
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

    #[cfg(unix)]
    #[test]
    fn where_the_file_system_knows_no_locks_a_lock_of_the_host_keeps_others_out() {
        let dir = tempfile::tempdir().expect("a directory");
        let (path, local) = (dir.path().join("share/abc.lock"), dir.path().join("run"));
        use rustix::io::Errno;
        for errno in [Errno::NOSYS, Errno::NOTSUP, Errno::NOLCK, Errno::INVAL, Errno::BADF] {
            let take = |local: Option<&Path>| {
                let none = |_: &File| Err(TryLockError::Error(io::Error::from(errno)));
                try_lock_by(none, &path, None, local).expect("no error")
            };
            let mut first = take(Some(&local)).expect("free");
            assert_eq!(first.reach(), Reach::Host);
            first.set_note("mine");
            assert_eq!(note_of(&path).as_deref(), Some("mine"), "notes are where all see them");
            assert!(take(Some(&local)).is_none());
            drop(first);
            assert!(take(Some(&local)).is_some());
            assert_eq!(take(None).expect("nobody is kept out").reach(), Reach::None);
        }
        let other = |_: &File| Err(TryLockError::Error(io::Error::from(Errno::IO)));
        assert!(
            try_lock_by(other, &path, None, Some(&local)).is_err(),
            "a broken disk is no missing feature"
        );
        assert_eq!(
            try_lock_anywhere(&path, None, None).expect("no error").expect("free").reach(),
            Reach::All
        );
    }

    #[cfg(unix)]
    #[test]
    fn only_a_directory_of_ours_alone_holds_locks_of_the_host() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        let dir = tempfile::tempdir().expect("a directory");
        let good = dir.path().join("good");
        own_dir(&good).expect("made");
        own_dir(&good).expect("and found");
        assert_eq!(good.metadata().expect("there").mode() & 0o777, 0o700);
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&good, &link).expect("linked");
        assert!(own_dir(&link).is_err(), "a link leads where somebody else wants");
        let open = dir.path().join("open");
        own_dir(&open).expect("made");
        std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).expect("set");
        assert!(own_dir(&open).is_err(), "everybody may write there");
        if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(&good, Some(65534), None).expect("given away");
            assert!(own_dir(&good).is_err(), "somebody else's");
        }
        assert!(own_dir(&dir.path().join("no/such/parent")).is_err());
    }
}
