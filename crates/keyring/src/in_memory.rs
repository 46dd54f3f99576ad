//! A vault in memory, for tests and for programs that end with their secrets.

use crate::vault::{Vault, VaultError};
use sso_core::StoredSecret;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Forgets everything when it is dropped.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<BTreeMap<String, StoredSecret>>);

impl InMemory {
    fn items(&self) -> MutexGuard<'_, BTreeMap<String, StoredSecret>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The names under which something is kept.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.items().keys().cloned().collect()
    }
}

impl Vault for InMemory {
    fn get(&self, name: &str) -> Result<Option<StoredSecret>, VaultError> {
        Ok(self.items().get(name).cloned())
    }

    fn set(&self, name: &str, secret: &StoredSecret) -> Result<(), VaultError> {
        self.items().insert(name.to_owned(), secret.clone());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<bool, VaultError> {
        Ok(self.items().remove(name).is_some())
    }
}
