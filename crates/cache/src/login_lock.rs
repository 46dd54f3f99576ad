//! Who may ask the user to sign in, and how it ended: one browser however many processes want one.

use crate::read::{Content, aws_dir_of, read};
use crate::store::{FileStore, failed};
use sso_core::{StoreError, StoreOperation, TokenKey};
use sso_fs::{Guard, replace};
use std::path::PathBuf;

/// The right to ask the user to sign in, held while they are asked.
#[derive(Debug)]
#[must_use = "somebody else may ask when it is dropped"]
pub struct LoginLock {
    _guard: Guard,
}

impl FileStore {
    /// Takes the right to ask the user to sign in; `None`: somebody is at it. Not the token's own lock, which nobody holds
    /// while a human thinks.
    ///
    /// # Errors
    /// [`StoreOperation::Lock`]: the lock cannot be taken at all (no permission, read-only file system).
    pub fn try_login_lock(&self, key: &TokenKey) -> Result<Option<LoginLock>, StoreError> {
        let taken = self.try_lock(&self.lock_path(key).with_extension("login.lock"))?;
        Ok(taken.map(|guard| LoginLock { _guard: guard }))
    }

    /// Notes how a login failed, for those who wait for it. Whoever calls holds the [`LoginLock`]. No secrets.
    ///
    /// # Errors
    /// [`StoreOperation::Write`]: it cannot be written.
    pub fn note_failed_login(&self, key: &TokenKey, text: &str) -> Result<(), StoreError> {
        let path = self.failed_login_path(key);
        replace(&path, text.as_bytes(), aws_dir_of(&path)).map_err(failed(StoreOperation::Write, &path))
    }

    /// How the last login that failed did so, in the words of [`FileStore::note_failed_login`], and when that was noted, by the
    /// clock of the file system.
    #[must_use]
    pub fn failed_login(&self, key: &TokenKey) -> Option<(String, std::time::SystemTime)> {
        let path = self.failed_login_path(key);
        // The time first: words of an earlier failure must not look like those of a new one.
        let at = std::fs::metadata(&path).and_then(|meta| meta.modified()).ok()?;
        let Ok(Content::Bytes(bytes)) = read(&path) else { return None };
        Some((std::str::from_utf8(&bytes).ok()?.to_owned(), at))
    }

    fn failed_login_path(&self, key: &TokenKey) -> PathBuf {
        self.lock_path(key).with_extension("login.failed")
    }
}
