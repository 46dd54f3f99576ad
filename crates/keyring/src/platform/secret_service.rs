//! Linux: the Secret Service (GNOME Keyring, KWallet, KeePassXC) over the session bus.
//!
//! The crate `keyring` unlocks what is locked, which asks the person. Helpers run where nobody could answer, so what is below
//! it (`secret-service`) is used itself, and what is locked is an error.

use super::SERVICE;
use crate::bus::SessionBus;
use crate::vault::{Vault, VaultError};
use secret_service::blocking::{Collection, Item, SecretService};
use secret_service::{EncryptionType, Error};
use sso_core::StoredSecret;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What people call it.
pub const NAME: &str = "Secret Service";

/// A token is JSON.
const CONTENT: &str = "text/plain";

/// The Secret Service of the session.
pub struct Platform {
    bus: SessionBus,
    open: Mutex<Option<SecretService<'static>>>,
}

impl Platform {
    /// Nothing is opened yet.
    #[must_use]
    pub fn new(bus: SessionBus) -> Self {
        Self { bus, open: Mutex::default() }
    }

    /// Does something with the service, if there is one to be reached.
    fn with<T>(
        &self,
        work: impl FnOnce(&SecretService<'_>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        self.bus.check()?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let service = match open.take() {
            Some(service) => service,
            // Secrets go over the bus encrypted, with a key of this connection.
            None => SecretService::connect(EncryptionType::Dh).map_err(failed)?,
        };
        let done = work(&service);
        // One whose other end has gone is not asked again: the next call connects anew.
        *open = Some(service).filter(|_| !matches!(done, Err(VaultError::Failed(_))));
        done
    }
}

/// The item of that name, if it can be had without asking the person.
fn find<'s>(service: &'s SecretService<'_>, name: &str) -> Result<Option<Item<'s>>, VaultError> {
    let found = service.search_items(attributes(name)).map_err(failed)?;
    if !found.locked.is_empty() {
        return Err(VaultError::Locked);
    }
    match found.unlocked.into_iter().next() {
        Some(item) => Ok(Some(item)),
        // Some do not show what is in a collection that is locked.
        None => match unlocked(service) {
            Ok(_) | Err(VaultError::NoCollection) => Ok(None),
            Err(error) => Err(error),
        },
    }
}

/// The collection for new items.
fn unlocked<'s>(service: &'s SecretService<'_>) -> Result<Collection<'s>, VaultError> {
    let collection = service.get_default_collection().map_err(failed)?;
    if collection.is_locked().map_err(failed)? { Err(VaultError::Locked) } else { Ok(collection) }
}

/// As the crate `keyring` names items.
fn attributes(name: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", SERVICE), ("username", name)])
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
        let found = self
            .with(|service| find(service, name)?.map(|item| item.get_secret().map_err(failed)).transpose())?;
        let text = found.map(String::from_utf8).transpose();
        text.map(|text| text.map(StoredSecret::new)).map_err(|_| VaultError::Damaged("it is no text"))
    }

    fn set(&self, name: &str, secret: &StoredSecret) -> Result<(), VaultError> {
        let secret = secret.expose().as_bytes();
        self.with(|service| match find(service, name)? {
            Some(item) => item.set_secret(secret, CONTENT).map_err(failed),
            None => {
                let label = format!("{SERVICE}: {name}");
                let collection = unlocked(service)?;
                let made = collection.create_item(&label, attributes(name), secret, true, CONTENT);
                made.map(drop).map_err(failed)
            }
        })
    }

    fn delete(&self, name: &str) -> Result<bool, VaultError> {
        self.with(|service| match find(service, name)? {
            Some(item) => item.delete().map(|()| true).map_err(failed),
            None => Ok(false),
        })
    }
}
