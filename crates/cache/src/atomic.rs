//! Replacing a file whole or not at all: temp file beside it (0600), fsync, rename, fsync of the directory.
//!
//! Readers see the old bytes or the new ones, never a mixture (catalogue E1, E2). A crash leaves at most a temp file,
//! which the next holder of the lock removes (E12).

use crate::dirs::create_owned_dir;
use crate::read::aws_dir_of;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// More than any token file needs, so that a reserved file can always take the reply.
const RESERVE: usize = 64 * 1024;

/// A temp file beside its target. Dropping it unused removes it.
pub(crate) struct Pending {
    file: NamedTempFile,
    target: PathBuf,
}

impl Pending {
    /// Creates the temp file, and the directories if they are missing (0700).
    pub(crate) fn create(target: &Path) -> io::Result<Self> {
        let dir = target.parent().unwrap_or(Path::new("."));
        create_owned_dir(dir, aws_dir_of(target))?;
        let file = tempfile::Builder::new()
            .prefix(&format!("{}{}.", temp_prefix(target), std::process::id()))
            .suffix(".tmp")
            .rand_bytes(8)
            .tempfile_in(dir)?;
        give_to_owner(file.as_file(), target);
        Ok(Self { file, target: target.to_owned() })
    }

    /// Takes the disk space now, so that the later write cannot fail for lack of it.
    pub(crate) fn reserve(&mut self) -> io::Result<()> {
        self.file.write_all(&[b' '; RESERVE])?;
        self.file.as_file().sync_all()
    }

    /// Writes the content and puts it in the target's place.
    pub(crate) fn commit(mut self, content: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(content)?;
        self.file.as_file().set_len(content.len().try_into().unwrap_or(u64::MAX))?;
        self.file.as_file().sync_all()?;
        self.file.persist(&self.target).map_err(|error| error.error)?;
        sync_dir(&self.target)
    }
}

/// Replaces `target` with `content`.
pub(crate) fn replace(target: &Path, content: &[u8]) -> io::Result<()> {
    Pending::create(target)?.commit(content)
}

/// Removes temp files of `target` that a killed process left. Only under the lock of that key.
pub(crate) fn sweep(target: &Path) -> io::Result<()> {
    let prefix = temp_prefix(target);
    let entries = match target.parent().unwrap_or(Path::new(".")).read_dir() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(&prefix) && name.ends_with(".tmp")) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// `.<stem>.`: hidden, and without `.json` at the end, because scripts glob `*.json` in the cache.
fn temp_prefix(target: &Path) -> String {
    format!(".{}.", target.file_stem().unwrap_or_default().to_string_lossy())
}

#[cfg(unix)]
fn sync_dir(target: &Path) -> io::Result<()> {
    match target.parent() {
        Some(dir) => File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Root in a container with a mounted home: a new file gets the owner of `~/.aws`, so nothing root-owned is left (E9).
#[cfg(unix)]
pub(crate) fn give_to_owner(file: &File, target: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    if rustix::process::geteuid().is_root()
        && let Some(owner) = aws_dir_of(target).and_then(|dir| dir.metadata().ok())
        && owner.uid() != 0
    {
        // Best effort: where the file system knows no owners, the file is as good as it gets.
        let _ = std::os::unix::fs::fchown(file, Some(owner.uid()), Some(owner.gid()));
    }
}

#[cfg(not(unix))]
pub(crate) fn give_to_owner(_: &File, _: &Path) {}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    #[test]
    fn a_replaced_file_is_private_even_if_the_old_one_was_not() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("sso/cache/x.json");
        replace(&target, b"one").expect("written");
        std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o644)).expect("set");
        replace(&target, b"two").expect("written");
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
        replace(&link, b"new").expect("written");
        assert_eq!(std::fs::read(&victim).expect("read"), b"keep");
        assert!(!link.is_symlink());
    }

    #[test]
    fn a_reservation_that_is_not_used_leaves_nothing() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("x.json");
        let mut pending = Pending::create(&target).expect("created");
        pending.reserve().expect("reserved");
        drop(pending);
        assert_eq!(dir.path().read_dir().expect("listed").count(), 0);
    }

    #[test]
    fn a_reservation_leaves_no_padding_behind() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("x.json");
        let mut pending = Pending::create(&target).expect("created");
        pending.reserve().expect("reserved");
        pending.commit(b"{}").expect("committed");
        assert_eq!(std::fs::read(&target).expect("read"), b"{}");
    }

    #[test]
    fn orphans_of_this_key_are_swept_and_others_kept() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("abc.json");
        for name in [".abc.123.xyz.tmp", ".other.1.x.tmp", "abc.json", "notes.tmp"] {
            File::create(dir.path().join(name)).expect("made");
        }
        sweep(&target).expect("swept");
        let mut left: Vec<_> =
            dir.path().read_dir().expect("listed").flatten().map(|e| e.file_name()).collect();
        left.sort();
        assert_eq!(left, [".other.1.x.tmp", "abc.json", "notes.tmp"]);
    }
}
