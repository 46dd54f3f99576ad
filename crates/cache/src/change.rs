//! A change of one cache file, under its lock.

use crate::lock_note::Note;
use crate::orphans::sweep_old;
use crate::store::{FileStore, Wait, create, failed, load, remove};
use crate::token_file;
use sso_core::{FailedRefresh, Lookup, StoreError, StoreOperation, TokenSet, TokenTxn};
use sso_fs::{Guard, Pending, Reach, sweep};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Holding it is holding the lock.
pub(crate) struct Change {
    pub(crate) path: PathBuf,
    guard: Guard,
    note: Note,
    pub(crate) wait: Wait,
}

impl Change {
    /// Takes the lock if it is free, says so in it, and removes what a killed holder has left.
    pub(crate) fn begin(
        store: &FileStore,
        path: PathBuf,
        lock_path: &Path,
    ) -> Result<Option<Self>, StoreError> {
        let Some(mut guard) = store.try_lock(lock_path)? else { return Ok(None) };
        match guard.reach() {
            // Best effort: an orphan that cannot be removed does not stand in the way of a new file.
            Reach::All => drop(sweep(&path)),
            // Somebody on another host may be saving.
            Reach::Host => sweep_old(&path),
            // No lock anywhere: whoever comes first by chance is done before the next one looks.
            Reach::None => (store.wait)(Duration::from_millis(rand::random_range(0..750))),
        }
        let note = Note::take(&mut guard);
        Ok(Some(Self { path, guard, note, wait: store.wait }))
    }

    /// Replaces the file; in the place that was reserved, if one was.
    pub(crate) fn save(&self, reserved: Option<Pending>, text: &str) -> Result<(), StoreError> {
        reserved
            .map_or_else(|| create(&self.path), Ok)
            .and_then(|pending| pending.commit(text.as_bytes()))
            .map_err(failed(StoreOperation::Write, &self.path))
    }
}

/// A change of a token.
pub(crate) struct TokenChange {
    change: Change,
    reserved: Option<Pending>,
}

impl TokenChange {
    pub(crate) fn of(change: Change) -> Self {
        Self { change, reserved: None }
    }
}

impl TokenTxn for TokenChange {
    fn reload(&mut self) -> Result<Lookup<TokenSet>, StoreError> {
        load(&self.change.path, self.change.wait, |bytes| token_file::parse(bytes).map(|file| file.token))
    }

    fn reserve(&mut self) -> Result<(), StoreError> {
        let path = &self.change.path;
        let mut pending = create(path).map_err(failed(StoreOperation::Write, path))?;
        pending.reserve().map_err(failed(StoreOperation::Write, path))?;
        self.reserved = Some(pending);
        Ok(())
    }

    fn note_failure(&mut self, failed: &FailedRefresh) {
        self.change.note.failed = Some(failed.clone());
        self.change.guard.set_note(&self.change.note.text());
    }

    fn commit(mut self: Box<Self>, token: &TokenSet) -> Result<(), StoreError> {
        // An old file that cannot be read must not keep a rotated token from being saved.
        let old = load(&self.change.path, self.change.wait, token_file::parse).ok().and_then(Lookup::found);
        let text = token_file::render(token, &old.map(|file| file.unknown).unwrap_or_default());
        self.change.save(self.reserved.take(), &text)?;
        if self.change.note.failed.take().is_some() {
            self.change.guard.set_note(&self.change.note.text());
        }
        Ok(())
    }

    fn remove(self: Box<Self>) -> Result<bool, StoreError> {
        remove(&self.change.path)
    }
}
