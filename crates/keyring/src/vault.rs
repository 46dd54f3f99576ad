//! The port to a secret store: text under a name. Nobody is ever asked for anything.

use sso_core::StoredSecret;
use std::time::Duration;
use thiserror::Error;

/// Keeps secrets under names. Names are any text; secrets are UTF-8. Calls block, and may do so until a [`crate::Bounded`] around
/// them gives up.
pub trait Vault: Send + Sync {
    /// The secret under the name.
    ///
    /// # Errors
    /// See [`VaultError`]: the store cannot be read now. Nothing under the name is no error.
    fn get(&self, name: &str) -> Result<Option<StoredSecret>, VaultError>;

    /// Replaces the secret, whole or not at all.
    ///
    /// # Errors
    /// See [`VaultError`]: it could not be kept; what was there before is unchanged.
    fn set(&self, name: &str, secret: &StoredSecret) -> Result<(), VaultError>;

    /// Removes the secret; tells whether there was one.
    ///
    /// # Errors
    /// See [`VaultError`]: it is there and cannot be removed, or the store cannot be reached.
    fn delete(&self, name: &str) -> Result<bool, VaultError>;
}

impl<V: Vault + ?Sized> Vault for std::sync::Arc<V> {
    fn get(&self, name: &str) -> Result<Option<StoredSecret>, VaultError> {
        (**self).get(name)
    }

    fn set(&self, name: &str, secret: &StoredSecret) -> Result<(), VaultError> {
        (**self).set(name, secret)
    }

    fn delete(&self, name: &str) -> Result<bool, VaultError> {
        (**self).delete(name)
    }
}

/// Why a secret store could not do what it was asked to. Never holds any of its content.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VaultError {
    /// Nothing was asked: there is no session bus to ask through.
    #[error("there is no session bus: {0}")]
    NoBus(String),
    /// It would have to ask the person to unlock it.
    #[error("the keyring is locked")]
    Locked,
    /// It has no collection to keep anything in.
    #[error("there is no default keyring")]
    NoCollection,
    /// It did not answer in time. It may still do what it was asked to.
    #[error("it did not answer within {} s", after.as_secs())]
    NoAnswer {
        /// How long it was waited for.
        after: Duration,
    },
    /// What it keeps under the name is not what was put there.
    #[error("what it keeps for the session cannot be read: {0}")]
    Damaged(&'static str),
    /// Anything else, in the platform's words.
    #[error("{0}")]
    Failed(String),
}
