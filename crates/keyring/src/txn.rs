//! A change of a token in two halves, under the lock of the file's.
//!
//! The vault comes first, then the file. A refresh token may be good for one use: the new one is in the vault before anything
//! that names the old one is replaced, so whoever comes after a kill at any moment finds either the old pair, or the old access
//! token with the new refresh token, which renews it.

use crate::record::{Record, stripped};
use crate::split::{Halves, failed};
use crate::vault::VaultError;
use sso_core::{FailedRefresh, Lookup, StoreError, StoreOperation, StoredSecret, TokenSet, TokenTxn};
use std::sync::Arc;

/// Holding it is holding the file's lock.
pub(crate) struct SplitTxn {
    pub(crate) file: Box<dyn TokenTxn>,
    pub(crate) halves: Arc<Halves>,
    pub(crate) name: String,
}

impl SplitTxn {
    /// Writes what the vault has there once more. That is a write to the very item, of the size it has, by the way of every
    /// later write: a keyring that is locked, gone, read-only or full says so now, and what it has is unchanged. Where there is
    /// nothing yet, something is made and removed again.
    fn prove_vault(&self) -> Result<(), VaultError> {
        match self.halves.vault.get(&self.name) {
            Ok(Some(kept)) => self.halves.vault.set(&self.name, &kept),
            Ok(None) | Err(VaultError::Damaged(_)) => {
                self.halves.vault.set(&self.name, &StoredSecret::new("{}".to_owned()))?;
                self.halves.vault.delete(&self.name).map(drop)
            }
            Err(error) => Err(error),
        }
    }

    fn set(&self, token: &TokenSet) -> Result<(), VaultError> {
        match Record::of(token) {
            Some(record) => self.halves.vault.set(&self.name, &record.render()?),
            None => self.halves.vault.delete(&self.name).map(drop),
        }
    }
}

impl TokenTxn for SplitTxn {
    fn reload(&mut self) -> Result<Lookup<TokenSet>, StoreError> {
        match self.file.reload()? {
            Lookup::Found(file) => self.halves.joined_anew(&self.name, file).map(Lookup::Found),
            other => Ok(other),
        }
    }

    fn reserve(&mut self) -> Result<(), StoreError> {
        self.file.reserve()?;
        self.prove_vault().map_err(|error| failed(StoreOperation::Write, &self.name, error))
    }

    fn note_failure(&mut self, failed: &FailedRefresh) {
        self.file.note_failure(failed);
    }

    fn commit(self: Box<Self>, token: &TokenSet) -> Result<(), StoreError> {
        self.halves.forget(&self.name);
        self.set(token).map_err(|error| failed(StoreOperation::Write, &self.name, error))?;
        self.file.commit(&stripped(token))
    }

    /// Both, whichever fails: whoever signs out wants neither to stay.
    fn remove(self: Box<Self>) -> Result<bool, StoreError> {
        self.halves.forget(&self.name);
        let of_file = self.file.remove();
        let kept = self.halves.vault.delete(&self.name);
        let kept = kept.map_err(|error| failed(StoreOperation::Remove, &self.name, error));
        Ok(of_file? | kept?)
    }
}
