//! Linux: the Secret Service (GNOME Keyring, KWallet, KeePassXC) over the session bus.

use super::{SERVICE, told};
use crate::bus::SessionBus;
use crate::vault::{Vault, VaultError};
use keyring_core::Entry;
use keyring_core::api::CredentialStoreApi as _;
use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error};
use sso_core::StoredSecret;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use zbus_secret_service_keyring_store::Store;

/// What people call it.
pub const NAME: &str = "Secret Service";

/// The Secret Service of the session.
pub struct Platform {
    bus: SessionBus,
    open: Mutex<Option<Open>>,
}

/// Two connections: the keyring's store would unlock what is locked, which asks the person, so it is looked at before by
/// another way.
struct Open {
    store: Arc<Store>,
    look: SecretService<'static>,
}

impl Platform {
    /// Nothing is opened yet.
    #[must_use]
    pub fn new(bus: SessionBus) -> Self {
        Self { bus, open: Mutex::default() }
    }

    /// Does something with an item, if nobody has to be asked for that.
    fn with<T>(
        &self,
        name: &str,
        makes: bool,
        work: impl FnOnce(&Entry) -> keyring_core::Result<T>,
    ) -> Result<Option<T>, VaultError> {
        self.bus.check()?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.is_none() {
            let look = SecretService::connect(EncryptionType::Plain).map_err(failed)?;
            *open = Some(Open { store: Store::new().map_err(|error| told(&error))?, look });
        }
        let Some(Open { store, look }) = open.as_ref() else { return Ok(None) };
        refuse_locked(look, name, makes)?;
        let label = format!("{SERVICE}: {name}");
        let entry = store.build(SERVICE, name, Some(&HashMap::from([("label", label.as_str())])));
        match entry.and_then(|entry| work(&entry)) {
            Ok(done) => Ok(Some(done)),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(error) => Err(told(&error)),
        }
    }
}

/// What is locked would be unlocked by asking the person.
fn refuse_locked(look: &SecretService<'_>, name: &str, makes: bool) -> Result<(), VaultError> {
    let found =
        look.search_items(HashMap::from([("service", SERVICE), ("username", name)])).map_err(failed)?;
    if !found.locked.is_empty() {
        return Err(VaultError::Locked);
    }
    if !found.unlocked.is_empty() {
        return Ok(());
    }
    // Some do not show what is in a collection that is locked.
    match look.get_default_collection() {
        Ok(collection) if collection.is_locked().map_err(failed)? => Err(VaultError::Locked),
        Ok(_) => Ok(()),
        Err(Error::NoResult) if makes => Err(VaultError::NoCollection),
        Err(Error::NoResult) => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: Error) -> VaultError {
    match error {
        Error::Locked | Error::Prompt => VaultError::Locked,
        Error::NoResult => VaultError::NoCollection,
        error => VaultError::Failed(error.to_string()),
    }
}

impl Vault for Platform {
    fn get(&self, name: &str) -> Result<Option<StoredSecret>, VaultError> {
        let found = self.with(name, false, Entry::get_secret)?;
        let text = found.map(String::from_utf8).transpose();
        text.map(|text| text.map(StoredSecret::new)).map_err(|_| VaultError::Damaged("it is no text"))
    }

    fn set(&self, name: &str, secret: &StoredSecret) -> Result<(), VaultError> {
        self.with(name, true, |entry| entry.set_secret(secret.expose().as_bytes())).map(drop)
    }

    fn delete(&self, name: &str) -> Result<bool, VaultError> {
        self.with(name, false, Entry::delete_credential).map(|done| done.is_some())
    }
}
