//! Writing an edit: under a lock, into a file beside the old one, which is then replaced whole or not at all.

use crate::document::Document;
use crate::edit::{ConfigEdit, EditError, Edited, WriteStep};
use crate::error::{ConfigError, NotAFile};
use crate::read::read_document;
use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// More links than this lead in a circle; the kernel's own limit.
const MOST_LINKS: usize = 40;

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
/// With `expected`, the bytes that a person was shown a diff of, an edit of anything else is refused.
///
/// # Errors
/// See [`EditError`]; the file is then as it was.
pub fn write_config(path: &Path, edit: &ConfigEdit, expected: Option<&[u8]>) -> Result<Written, EditError> {
    let failed = |step| move |path: &Path, source| EditError::Write { path: path.to_owned(), step, source };
    let target = resolve(path).map_err(|source| failed(WriteStep::Resolve)(path, source))?;
    // An edit that changes nothing leaves no trace: no directory, no lock.
    let edited = try_out(&target, edit, expected)?;
    if edited.diff.is_empty() {
        return Ok(Written { path: target, changed: false, edited });
    }
    let dir = target.parent().unwrap_or(Path::new("."));
    let _guard = sso_fs::lock(&lock_path(&target), Some(dir))
        .map_err(|source| failed(WriteStep::Lock)(&target, source))?;
    // Best effort: an orphan that cannot be removed does not stand in the way of the edit.
    let _ = sso_fs::sweep(&target);
    let edited = try_out(&target, edit, expected)?;
    if edited.diff.is_empty() {
        return Ok(Written { path: target, changed: false, edited });
    }
    let old = fs::metadata(&target).ok();
    if old.is_some() {
        // Renaming over a file needs no right to write it, so the file is asked whether its owner wants that.
        let opened = OpenOptions::new().write(true).open(&target);
        opened.map_err(|source| failed(WriteStep::Open)(&target, source))?;
    }
    let like = if old.is_some() { target.as_path() } else { dir };
    let pending = create(&target, like, old).map_err(|source| failed(WriteStep::Create)(&target, source))?;
    pending.commit(&edited.bytes).map_err(|source| failed(WriteStep::Replace)(&target, source))?;
    Ok(Written { path: target, changed: true, edited })
}

fn try_out(target: &Path, edit: &ConfigEdit, expected: Option<&[u8]>) -> Result<Edited, EditError> {
    let document = read(target)?;
    match expected {
        Some(expected) if expected != document.text().as_bytes() => {
            Err(EditError::ChangedMeanwhile { path: target.to_owned() })
        }
        _ => edit.preview(&document),
    }
}

/// `/dev/null` counts as an empty file to a reader; a writer must not put a file in its place.
fn read(target: &Path) -> Result<Document, ConfigError> {
    let special = fs::metadata(target).is_ok_and(|found| !found.is_file() && !found.is_dir());
    if special {
        return Err(ConfigError::NotAFile { path: target.to_owned(), kind: NotAFile::Special });
    }
    read_document(target.to_owned())
}

fn create(target: &Path, like: &Path, old: Option<Metadata>) -> io::Result<sso_fs::Pending> {
    let pending = sso_fs::Pending::create(target, Some(like))?;
    if let Some(old) = old {
        pending.set_permissions(old.permissions())?;
    }
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
