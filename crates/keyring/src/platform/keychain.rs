//! macOS: the login keychain. Windows: the Credential Manager. Neither is behind a bus.

use super::{SERVICE, told};
use crate::bus::SessionBus;
use crate::vault::{Vault, VaultError};
use keyring_core::Entry;
use keyring_core::api::CredentialStoreApi as _;
use sso_core::StoredSecret;
use std::collections::HashMap;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
#[cfg(windows)]
use windows_native_keyring_store::Store;

/// What people call it.
pub const NAME: &str = if cfg!(windows) { "Credential Manager" } else { "Keychain" };

/// Credentials of a machine do not follow the person to others.
const MODIFIERS: &[(&str, &str)] = if cfg!(windows) { &[("persistence", "local")] } else { &[] };

/// The store of the person who is signed in to this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Platform;

impl Platform {
    /// Nothing is opened yet.
    #[must_use]
    pub fn new(_: SessionBus) -> Self {
        Self
    }

    fn with<T>(
        self,
        name: &str,
        work: impl FnOnce(&Entry) -> keyring_core::Result<T>,
    ) -> Result<Option<T>, VaultError> {
        let store = Store::new().map_err(|error| told(&error))?;
        let entry = store.build(SERVICE, name, Some(&MODIFIERS.iter().copied().collect::<HashMap<_, _>>()));
        match entry.and_then(|entry| work(&entry)) {
            Ok(done) => Ok(Some(done)),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(error) => Err(told(&error)),
        }
    }
}

impl Vault for Platform {
    fn get(&self, name: &str) -> Result<Option<StoredSecret>, VaultError> {
        let found = self.with(name, Entry::get_secret)?;
        let text = found.map(String::from_utf8).transpose();
        text.map(|text| text.map(StoredSecret::new)).map_err(|_| VaultError::Damaged("it is no text"))
    }

    fn set(&self, name: &str, secret: &StoredSecret) -> Result<(), VaultError> {
        self.with(name, |entry| entry.set_secret(secret.expose().as_bytes())).map(drop)
    }

    fn delete(&self, name: &str) -> Result<bool, VaultError> {
        self.with(name, Entry::delete_credential).map(|done| done.is_some())
    }
}
