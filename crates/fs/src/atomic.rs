//! Replacing a file whole or not at all: temp file beside it (0600), fsync, rename, fsync of the directory.
//!
//! Readers see the old bytes or the new ones, never a mixture (catalogue E1, E2). A crash leaves at most a temp file,
//! which the next holder of the lock removes (E12).

use crate::dir::create_private_dir;
use crate::owner::give_file;
use std::fs::{File, Permissions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

/// More than any token file needs, so that a reserved file can always take the reply.
const RESERVE: usize = 64 * 1024;

/// A temp file beside its target. Dropping it unused removes it.
#[derive(Debug)]
pub struct Pending {
    file: NamedTempFile,
    target: PathBuf,
}

impl Pending {
    /// Creates the temp file (0600) beside the target, and the directories if they are missing (0700). Where root does that,
    /// they will belong to the owner of `like`.
    ///
    /// # Errors
    /// The directory or the file cannot be made, in the system's words (no permission, a read-only file system, a file in the
    /// directory's place).
    pub fn create(target: &Path, like: Option<&Path>) -> io::Result<Self> {
        let dir = dir_of(target);
        create_private_dir(dir, like)?;
        let prefix = format!("{}{}.", temp_prefix(target), std::process::id());
        let file = make(tempfile::Builder::new().prefix(&prefix).suffix(".tmp").rand_bytes(8), dir)?;
        give_file(file.as_file(), like);
        Ok(Self { file, target: target.to_owned() })
    }

    /// Takes the mode of the file that will be replaced, instead of 0600. Call it after [`Pending::create`], before
    /// anything is written: the file is never more open than the old one was.
    ///
    /// # Errors
    /// The mode cannot be set.
    pub fn set_permissions(&self, permissions: Permissions) -> io::Result<()> {
        self.file.as_file().set_permissions(permissions)
    }

    /// Takes 64 KiB of disk space now, more than any token file needs, so that the later write cannot fail for lack of it.
    ///
    /// # Errors
    /// There is not enough space ([`io::ErrorKind::StorageFull`], [`io::ErrorKind::QuotaExceeded`]), or the disk fails.
    pub fn reserve(&mut self) -> io::Result<()> {
        self.file.write_all(&[b' '; RESERVE])?;
        sync(self.file.as_file())
    }

    /// Writes the content and puts it in the target's place.
    ///
    /// # Errors
    /// As [`Pending::fill`] and [`Pending::put`].
    pub fn commit(mut self, content: &[u8]) -> io::Result<()> {
        self.fill(content)?;
        self.put()
    }

    /// Writes the content, down to the disk. The target is as it was.
    ///
    /// # Errors
    /// The content cannot be written: there is no space and none was reserved, or the disk fails.
    pub fn fill(&mut self, content: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(content)?;
        self.file.as_file().set_len(content.len().try_into().unwrap_or(u64::MAX))?;
        sync(self.file.as_file())
    }

    /// Puts what was filled in the target's place.
    ///
    /// # Errors
    /// The target cannot be replaced; then it is as it was. Or it is replaced, and the directory cannot be written down
    /// to the disk: until the system does that by itself, a power cut brings the old file back.
    pub fn put(self) -> io::Result<()> {
        let mut file = self.file;
        let began = Instant::now();
        while let Err((error, back)) = persist(file, &self.target) {
            if !is_passing(&error, began.elapsed()) {
                return Err(error);
            }
            file = back;
        }
        sync_dir(&self.target)
    }
}

/// Replaces `target` with `content`, readable by the owner only; see [`Pending::create`] for `like`.
///
/// # Errors
/// As [`Pending::create`] and [`Pending::commit`].
pub fn replace(target: &Path, content: &[u8], like: Option<&Path>) -> io::Result<()> {
    Pending::create(target, like)?.commit(content)
}

/// Removes temp files of `target` that a killed process left: `.<name>.<pid>.<random>.tmp` beside it, the name without `.json`.
/// Only under the lock of that target: whose process still lives is not looked at.
///
/// # Errors
/// The directory cannot be listed, or an orphan cannot be removed.
pub fn sweep(target: &Path) -> io::Result<()> {
    let prefix = temp_prefix(target);
    let entries = match dir_of(target).read_dir() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for entry in entries.flatten() {
        if entry.file_name().to_str().is_some_and(|name| is_temp(name, &prefix)) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// `<prefix><pid>.<random>.tmp`. Anything else is not ours: `.config.work.123.abc.tmp` belongs to `config.work`.
fn is_temp(name: &str, prefix: &str) -> bool {
    let middle = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(".tmp"));
    let parts = middle.and_then(|middle| middle.split_once('.'));
    parts.is_some_and(|(pid, random)| {
        !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit()) && !random.contains('.')
    })
}

/// `.<name>.`: hidden, and without `.json` at the end, because scripts glob `*.json` in the cache.
fn temp_prefix(target: &Path) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    format!(".{}.", name.strip_suffix(".json").unwrap_or(&name))
}

/// The directory of a file; of a bare name it is the working directory.
fn dir_of(target: &Path) -> &Path {
    target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(not(windows))]
fn make(temp: &mut tempfile::Builder<'_, '_>, dir: &Path) -> io::Result<NamedTempFile> {
    temp.tempfile_in(dir)
}

/// tempfile itself would mark it as temporary, which it is not once it is in the target's place.
#[cfg(windows)]
fn make(temp: &mut tempfile::Builder<'_, '_>, dir: &Path) -> io::Result<NamedTempFile> {
    temp.make_in(dir, |path| File::create_new(path))
}

/// One try; a file that is not in the target's place comes back.
#[cfg(not(windows))]
fn persist(file: NamedTempFile, target: &Path) -> Result<(), (io::Error, NamedTempFile)> {
    file.persist(target).map(drop).map_err(|error| (error.error, error.file))
}

/// As std renames, which Windows 10 and later do over a file that readers have open, too; tempfile's own way does not.
#[cfg(windows)]
fn persist(file: NamedTempFile, target: &Path) -> Result<(), (io::Error, NamedTempFile)> {
    // The name that it had is free then: there is nothing that dropping it would remove.
    std::fs::rename(file.path(), target).map_err(|error| (error, file))
}

/// Whether what stands in the way of a rename passes by itself: network file systems let a signal interrupt it, and the content
/// may be the only refresh token that is good.
#[cfg(not(windows))]
fn is_passing(error: &io::Error, _: Duration) -> bool {
    error.kind() == io::ErrorKind::Interrupted
}

/// On Windows a file cannot be replaced while somebody has it open who did not say that it may be: most programs that read it, for
/// the moment of reading, and virus scanners. Waits such a moment. What the file's owner forbids looks the same, so not for long.
#[cfg(windows)]
fn is_passing(error: &io::Error, waited: Duration) -> bool {
    const LIMIT: Duration = Duration::from_secs(1);
    const SHARING_VIOLATION: i32 = 32;
    let held =
        error.kind() == io::ErrorKind::PermissionDenied || error.raw_os_error() == Some(SHARING_VIOLATION);
    if held && waited < LIMIT {
        std::thread::park_timeout(Duration::from_millis(10));
    }
    held && waited < LIMIT
}

/// Down to the disk.
fn sync(file: &File) -> io::Result<()> {
    file.sync_all().or_else(|error| sync_weaker(file, error))
}

/// What std asks macOS for, `F_FULLFSYNC`, is unknown to network volumes and to some drives (golang/go#64215); they know fsync.
#[cfg(target_vendor = "apple")]
fn sync_weaker(file: &File, _: io::Error) -> io::Result<()> {
    Ok(rustix::fs::fsync(file)?)
}

#[cfg(not(target_vendor = "apple"))]
fn sync_weaker(_: &File, error: io::Error) -> io::Result<()> {
    Err(error)
}

#[cfg(unix)]
fn sync_dir(target: &Path) -> io::Result<()> {
    sync(&File::open(dir_of(target))?)
}

#[cfg(not(unix))]
fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    #[test]
    fn a_replaced_file_is_private_even_if_the_old_one_was_not() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("sso/cache/x.json");
        replace(&target, b"one", None).expect("written");
        std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o644)).expect("set");
        replace(&target, b"two", None).expect("written");
        assert_eq!(std::fs::read(&target).expect("read"), b"two");
        assert_eq!(target.metadata().expect("there").mode() & 0o777, 0o600);
        assert_eq!(target.parent().expect("a parent").metadata().expect("there").mode() & 0o777, 0o700);
    }

    #[test]
    fn a_link_is_replaced_and_its_target_untouched() {
        let dir = tempfile::tempdir().expect("a directory");
        let (victim, link) = (dir.path().join("victim"), dir.path().join("x.json"));
        File::create(&victim).and_then(|mut file| file.write_all(b"keep")).expect("made");
        std::os::unix::fs::symlink(&victim, &link).expect("linked");
        replace(&link, b"new", None).expect("written");
        assert_eq!(std::fs::read(&victim).expect("read"), b"keep");
        assert!(!link.is_symlink());
    }

    #[test]
    fn a_reservation_that_is_not_used_leaves_nothing() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("x.json");
        let mut pending = Pending::create(&target, None).expect("created");
        pending.reserve().expect("reserved");
        drop(pending);
        assert_eq!(dir.path().read_dir().expect("listed").count(), 0);
    }

    #[test]
    fn a_reservation_leaves_no_padding_behind() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("x.json");
        let mut pending = Pending::create(&target, None).expect("created");
        pending.reserve().expect("reserved");
        pending.commit(b"{}").expect("committed");
        assert_eq!(std::fs::read(&target).expect("read"), b"{}");
    }

    #[test]
    fn orphans_of_this_key_are_swept_and_others_kept() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("abc.json");
        for name in [".abc.123.xyz.tmp", ".abc.work.1.x.tmp", ".other.1.x.tmp", "abc.json", "notes.tmp"] {
            File::create(dir.path().join(name)).expect("made");
        }
        sweep(&target).expect("swept");
        let mut left: Vec<_> =
            dir.path().read_dir().expect("listed").flatten().map(|e| e.file_name()).collect();
        left.sort();
        assert_eq!(left, [".abc.work.1.x.tmp", ".other.1.x.tmp", "abc.json", "notes.tmp"]);
    }
}

#[cfg(all(test, windows))]
mod tests {
    use super::*;
    use std::os::windows::fs::OpenOptionsExt as _;

    /// Reading is shared, replacing is not.
    fn open(target: &Path) -> File {
        const SHARE_READ: u32 = 1;
        std::fs::OpenOptions::new().read(true).share_mode(SHARE_READ).open(target).expect("opened")
    }

    #[test]
    fn a_reader_of_a_moment_does_not_stand_in_the_way() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("x.json");
        replace(&target, b"one", None).expect("written");
        let reader = open(&target);
        let reading = std::thread::spawn(move || {
            std::thread::park_timeout(Duration::from_millis(100));
            drop(reader);
        });
        replace(&target, b"two", None).expect("replaced");
        reading.join().expect("no panic");
        assert_eq!(std::fs::read(&target).expect("read"), b"two");
    }

    #[test]
    fn a_file_that_stays_open_is_an_error_and_stays_as_it_was() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("x.json");
        replace(&target, b"one", None).expect("written");
        let reader = open(&target);
        assert!(replace(&target, b"two", None).is_err());
        drop(reader);
        assert_eq!(std::fs::read(&target).expect("read"), b"one");
        assert_eq!(dir.path().read_dir().expect("listed").count(), 1);
    }
}
