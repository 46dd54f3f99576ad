//! Locks on every file system: also where there are none, where they hang, and where other hosts see the file.

use super::{Guard, Reach, held, open, prepare};
use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

/// A file system that says nothing for so long knows no locks (catalogue F7): a lost lock server, for one.
const SILENCE: Duration = Duration::from_secs(2);

/// Takes the lock if it is free. `None`: somebody holds it. Where root makes the lock file, it will belong to the owner of
/// `like`. Blocks the thread for up to 2 s, where the file system does not answer.
///
/// Where the file system knows no locks, or does not answer, a lock of the same name in `local`, a directory of this host,
/// keeps out everybody on it. On a file system that other hosts see too, that lock is taken beforehand, so that the
/// processes of one host do not ask the network all together. Where it cannot be had, the guard may keep out nobody;
/// [`Guard::reach`] tells.
///
/// # Errors
/// The lock file cannot be made, or locking fails for another reason than that somebody has it or that there are no locks, in the
/// system's words.
pub fn try_lock_anywhere(
    path: &Path,
    like: Option<&Path>,
    local: Option<&Path>,
) -> io::Result<Option<Guard>> {
    let file = prepare(path, like)?;
    let shared = is_shared(&file);
    let on_host = || Some(lock_on_host(local?, path.file_name()?));
    Ok(match take(file, shared, in_time, on_host)? {
        Taken::Busy => None,
        Taken::By { file, local, reach } => Some(Guard { _local: local, reach, ..held(file, like) }),
    })
}

/// What a file system says to somebody who wants a lock.
#[derive(Debug)]
enum Answer {
    Taken,
    Busy,
    /// It knows no locks, or says nothing.
    NoLocks,
    Failed(io::Error),
}

impl From<Result<(), TryLockError>> for Answer {
    fn from(result: Result<(), TryLockError>) -> Self {
        match result {
            Ok(()) => Self::Taken,
            Err(TryLockError::WouldBlock) => Self::Busy,
            Err(TryLockError::Error(error)) if knows_no_locks(&error) => Self::NoLocks,
            Err(TryLockError::Error(error)) => Self::Failed(error),
        }
    }
}

/// What came of both locks.
#[derive(Debug)]
enum Taken {
    Busy,
    By { file: File, local: Option<File>, reach: Reach },
}

fn take(
    file: File,
    shared: bool,
    lock: impl Fn(&File) -> Answer,
    on_host: impl Fn() -> Option<io::Result<Option<File>>>,
) -> io::Result<Taken> {
    let mut local = None;
    if shared {
        match on_host() {
            Some(Ok(None)) => return Ok(Taken::Busy),
            Some(Ok(taken)) => local = taken,
            Some(Err(_)) | None => {}
        }
    }
    let reach = match lock(&file) {
        Answer::Busy => return Ok(Taken::Busy),
        Answer::Failed(error) => return Err(error),
        // Some of these pass locks on to other hosts and some say so only, so no more is promised.
        Answer::Taken if shared => Reach::Host,
        Answer::Taken => Reach::All,
        Answer::NoLocks if local.is_some() => Reach::Host,
        Answer::NoLocks if shared => Reach::None,
        Answer::NoLocks => match on_host() {
            Some(Ok(None)) => return Ok(Taken::Busy),
            Some(Ok(taken)) => {
                local = taken;
                Reach::Host
            }
            Some(Err(_)) | None => Reach::None,
        },
    };
    Ok(Taken::By { file, local, reach })
}

/// Asks on a thread of its own, because even asking may hang. A thread that hangs is left behind: should it get the lock
/// after all, it lets go of it together with this process or with the guard, whichever ends first.
fn in_time(file: &File) -> Answer {
    within(SILENCE, file, |file| file.try_lock().into())
}

fn within(limit: Duration, file: &File, ask: impl Fn(&File) -> Answer + Send + Copy + 'static) -> Answer {
    let twin = match file.try_clone() {
        Ok(twin) => twin,
        Err(error) => return Answer::Failed(error),
    };
    let (sender, answer) = channel();
    let thread = std::thread::Builder::new().spawn(move || {
        // Nobody may be waiting any more.
        let _ = sender.send(ask(&twin));
    });
    match thread {
        Ok(_) => answer.recv_timeout(limit).unwrap_or(Answer::NoLocks),
        // No thread to be had: better to risk waiting than not to ask.
        Err(_) => ask(file),
    }
}

fn lock_on_host(dir: &Path, name: &OsStr) -> io::Result<Option<File>> {
    own_dir(dir)?;
    let file = open(&dir.join(name))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// What network and other odd file systems say when they know no locks.
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

/// The kernel's numbers (linux/magic.h and the file systems' own headers) of file systems that other hosts, or the host
/// of this virtual machine, see too: NFS, SMB (three), 9p (WSL 2's drives), WSL 1's drives, AFS, Ceph, FUSE.
#[cfg(target_os = "linux")]
const SHARED: [u32; 9] = [
    0x6969,
    0x517B,
    0xFF53_4D42,
    0xFE53_4D42,
    0x0102_1997,
    0x5346_4846,
    0x5346_414F,
    0x00C3_6400,
    0x6573_5546,
];

#[cfg(target_os = "linux")]
fn is_shared(file: &File) -> bool {
    // Its width and sign differ between architectures; the numbers are 32 bits everywhere.
    rustix::fs::fstatfs(file).is_ok_and(|found| SHARED.contains(&(found.f_type as u32)))
}

#[cfg(not(target_os = "linux"))]
fn is_shared(_: &File) -> bool {
    false
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
    crate::dir::create_private_dir(dir, None)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use rustix::io::Errno;

    /// The locks in a directory of their own: `share/abc.lock`, and beside it those of the host.
    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a directory"))
        }

        /// What comes of it where the file system answers so.
        fn take(&self, shared: bool, lock: impl Fn(&File) -> Answer, with_local: bool) -> io::Result<Taken> {
            let file = prepare(&self.0.path().join("share/abc.lock"), None).expect("made");
            let run = self.0.path().join("run");
            take(file, shared, lock, || with_local.then(|| lock_on_host(&run, OsStr::new("abc.lock"))))
        }
    }

    fn reach(taken: &Taken) -> Option<Reach> {
        match taken {
            Taken::Busy => None,
            Taken::By { reach, .. } => Some(*reach),
        }
    }

    #[test]
    fn what_the_answers_come_to() {
        let really = |file: &File| Answer::from(file.try_lock());
        let no_locks = |_: &File| Answer::NoLocks;
        for (name, shared, lock, with_local, expected, second) in [
            ("a disk", false, &really as &dyn Fn(&File) -> Answer, true, Reach::All, None),
            ("a disk, and nowhere else", false, &really, false, Reach::All, None),
            ("no locks", false, &no_locks, true, Reach::Host, None),
            ("no locks at all", false, &no_locks, false, Reach::None, Some(Reach::None)),
            ("a share", true, &really, true, Reach::Host, None),
            ("a share, and nowhere else", true, &really, false, Reach::Host, None),
            ("a share without locks", true, &no_locks, true, Reach::Host, None),
            ("no locks on a share, and nowhere else", true, &no_locks, false, Reach::None, Some(Reach::None)),
        ] {
            let place = Place::new();
            let first = place.take(shared, lock, with_local).expect("no error");
            assert_eq!(reach(&first), Some(expected), "{name}");
            let again = || reach(&place.take(shared, lock, with_local).expect("no error"));
            assert_eq!(again(), second, "{name}, while it is held");
            drop(first);
            assert_eq!(again(), Some(expected), "{name}, when it is free again");
        }
    }

    #[test]
    fn on_a_share_this_host_waits_for_itself_before_it_asks_the_network() {
        let place = Place::new();
        let _first = place.take(true, |_| Answer::Taken, true).expect("no error");
        let asked = std::cell::Cell::new(false);
        let second = place.take(
            true,
            |_| {
                asked.set(true);
                Answer::Taken
            },
            true,
        );
        assert!(matches!(second, Ok(Taken::Busy)));
        assert!(!asked.get());
    }

    #[test]
    fn a_broken_disk_is_no_missing_feature() {
        for errno in [Errno::NOSYS, Errno::NOTSUP, Errno::NOLCK, Errno::INVAL, Errno::BADF] {
            let answer = Answer::from(Err(TryLockError::Error(io::Error::from(errno))));
            assert!(matches!(answer, Answer::NoLocks), "{errno:?}");
        }
        let broken = |_: &File| Answer::from(Err(TryLockError::Error(io::Error::from(Errno::IO))));
        assert!(Place::new().take(false, broken, true).is_err());
    }

    #[test]
    fn a_file_system_that_says_nothing_knows_no_locks() {
        let file = tempfile::tempfile().expect("a file");
        let silent = |_: &File| loop {
            std::thread::park();
        };
        assert!(matches!(within(Duration::from_millis(20), &file, silent), Answer::NoLocks));
        assert!(matches!(in_time(&file), Answer::Taken));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_no_other_host_sees_is_not_shared() {
        assert!(!is_shared(&File::open("/proc/self/status").expect("it is there")));
    }

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
