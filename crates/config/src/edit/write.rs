//! Writing an edit: under a lock, into a file beside the old one, which is then replaced whole or not at all.

use crate::document::Document;
use crate::edit::{ConfigEdit, EditError, Edited, WriteStep};
use crate::error::{ConfigError, NotAFile};
use crate::read::read_document;
use sso_fs::Reach;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// More links than this lead in a circle; the kernel's own limit.
const MOST_LINKS: usize = 40;

/// Writing one file takes milliseconds: whoever holds the lock for longer is stopped, and will not be waited for.
const LOCK_LIMIT: Duration = Duration::from_secs(10);

/// An edit that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file, links resolved.
    pub path: PathBuf,
    /// Whether there was anything to change. If not, nothing was touched.
    pub changed: bool,
    /// What it became.
    pub edited: Edited,
}

/// Makes the edit in the config file at the path, which need not exist yet.
///
/// Links are resolved first: the file that they lead to is replaced, not the link. The lock is
/// `.sso-locks/<file name>.lock` beside that file (for most people `~/.aws/.sso-locks/config.lock`), so whoever comes to
/// the file, by whichever link or mount, meets the same lock. Under it the file is read again, the edit applied, and the
/// result proved ([`ConfigEdit::preview`]); a new file takes the old one's mode (0600 if there was none) and, where
/// root edits it, its owner. Readers and a crash see the old file or the new one.
///
/// It waits for whoever holds the lock; that is the time of writing one file, and 10 s at most. Whoever does not know the
/// lock (the AWS CLI, an editor, another host where the file system knows no locks) is noticed just before the file is
/// replaced.
///
/// With `expected`, the bytes that a person was shown a diff of, an edit of anything else is refused.
///
/// # Errors
/// See [`EditError`]: as [`ConfigEdit::preview`], `Config` for a file that cannot be read, `ChangedMeanwhile`, and `Write` with the
/// step it got to. The file is then as it was, but see [`WriteStep`].
pub fn write_config(path: &Path, edit: &ConfigEdit, expected: Option<&[u8]>) -> Result<Written, EditError> {
    let target = resolve(path).map_err(failed(WriteStep::Resolve, path))?;
    // An edit that changes nothing leaves no trace: no directory, no lock.
    let edited = try_out(&target, edit, expected)?.1;
    if edited.diff.is_empty() {
        return Ok(Written { path: target, changed: false, edited });
    }
    // Ten thousand sections are some megabytes, and they are made again.
    drop(edited);
    let dir = target.parent().unwrap_or(Path::new("."));
    let guard =
        sso_fs::lock(&lock_path(&target), Some(dir), LOCK_LIMIT).map_err(failed(WriteStep::Lock, &target))?;
    // Best effort: an orphan that cannot be removed does not stand in the way of the edit. Where not everybody is kept out
    // it may be no orphan.
    if guard.reach() == Reach::All {
        let _ = sso_fs::sweep(&target);
    }
    let (document, edited) = try_out(&target, edit, expected)?;
    let changed = !edited.diff.is_empty();
    if changed {
        replace(&target, &document, &edited.bytes)?;
    }
    Ok(Written { path: target, changed, edited })
}

/// Puts other bytes in the place of a file that cannot be edited, because it cannot be read. Links, mode and owner stay, the
/// lock is the one of [`write_config`].
///
/// # Errors
/// [`EditError::ChangedMeanwhile`]: it is not what was `expected`. [`EditError::Write`] with the step it got to. The file is then as
/// it was, but see [`WriteStep`].
pub fn replace_config(path: &Path, expected: &[u8], bytes: &[u8]) -> Result<PathBuf, EditError> {
    let target = resolve(path).map_err(failed(WriteStep::Resolve, path))?;
    let dir = target.parent().unwrap_or(Path::new("."));
    let _guard =
        sso_fs::lock(&lock_path(&target), Some(dir), LOCK_LIMIT).map_err(failed(WriteStep::Lock, &target))?;
    put(&target, Some(expected), bytes)?;
    Ok(target)
}

/// What the file is, and what the edit makes of it.
fn try_out(
    target: &Path,
    edit: &ConfigEdit,
    expected: Option<&[u8]>,
) -> Result<(Document, Edited), EditError> {
    let document = read(target)?;
    match expected {
        Some(expected) if expected != document.text().as_bytes() => {
            Err(EditError::ChangedMeanwhile { path: target.to_owned() })
        }
        _ => edit.preview(&document).map(|edited| (document, edited)),
    }
}

/// Puts the bytes in the place of what was read, if it is still that. The AWS CLI and editors know nothing of our lock,
/// and a file that the AWS CLI is writing is empty for a moment.
fn replace(target: &Path, seen: &Document, bytes: &[u8]) -> Result<(), EditError> {
    put(target, seen.exists().then(|| seen.text().as_bytes()), bytes)
}

/// `seen` is what was read; `None` if there was no file.
fn put(target: &Path, seen: Option<&[u8]>, bytes: &[u8]) -> Result<(), EditError> {
    if seen.is_some() {
        // Renaming over a file needs no right to write it, so the file is asked whether its owner wants that.
        OpenOptions::new().write(true).open(target).map_err(failed(WriteStep::Open, target))?;
    }
    let mut pending = create(target, seen.is_some()).map_err(failed(WriteStep::Create, target))?;
    pending.fill(bytes).map_err(failed(WriteStep::Fill, target))?;
    let same = match fs::read(target) {
        Ok(found) => Some(found.as_slice()) == seen,
        Err(error) => seen.is_none() && error.kind() == io::ErrorKind::NotFound,
    };
    if !same {
        return Err(EditError::ChangedMeanwhile { path: target.to_owned() });
    }
    pending.put().map_err(failed(WriteStep::Replace, target))
}

fn failed(step: WriteStep, path: &Path) -> impl FnOnce(io::Error) -> EditError {
    let path = path.to_owned();
    move |source| EditError::Write { path, step, source }
}

/// `/dev/null` counts as an empty file to a reader; a writer must not put a file in its place.
fn read(target: &Path) -> Result<Document, ConfigError> {
    let special = fs::metadata(target).is_ok_and(|found| !found.is_file() && !found.is_dir());
    if special {
        return Err(ConfigError::NotAFile { path: target.to_owned(), kind: NotAFile::Special });
    }
    read_document(target.to_owned())
}

/// With the mode and, for root, the owner of the old file; of the directory if there is none.
fn create(target: &Path, exists: bool) -> io::Result<sso_fs::Pending> {
    if !exists {
        return sso_fs::Pending::create(target, target.parent());
    }
    let pending = sso_fs::Pending::create(target, Some(target))?;
    pending.set_permissions(fs::metadata(target)?.permissions())?;
    Ok(pending)
}

/// The file that a path of links leads to, there or not.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.file_type().is_symlink() => {
                let next = fs::read_link(&path)?;
                path = path.parent().unwrap_or(Path::new(".")).join(next);
            }
            _ => return Ok(path),
        }
    }
    // The system has its own error for that.
    Err(fs::metadata(&path).err().unwrap_or_else(|| io::ErrorKind::InvalidInput.into()))
}

fn lock_path(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    target.with_file_name(".sso-locks").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn what_somebody_wrote_past_the_lock_is_not_lost() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("config");
        let put = |text: &str| {
            fs::File::create(&target).and_then(|mut file| file.write_all(text.as_bytes())).expect("written");
        };
        let absent = read(&target).expect("nothing");
        put("[default]\n");
        let seen = read(&target).expect("readable");
        put("[default]\nregion = theirs\n");
        for seen in [absent, seen] {
            let error = replace(&target, &seen, b"ours").expect_err("noticed");
            assert!(matches!(error, EditError::ChangedMeanwhile { .. }), "{error:?}");
            assert_eq!(fs::read_to_string(&target).expect("readable"), "[default]\nregion = theirs\n");
            assert_eq!(dir.path().read_dir().expect("a directory").count(), 1, "no temp file is left");
        }
    }

    /// What cannot be read is there all the same.
    #[test]
    fn what_came_meanwhile_and_is_no_file_is_noticed() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("config");
        let absent = read(&target).expect("nothing");
        fs::create_dir(&target).expect("made");
        let error = replace(&target, &absent, b"ours").expect_err("noticed");
        assert!(matches!(error, EditError::ChangedMeanwhile { .. }), "{error:?}");
    }
}
