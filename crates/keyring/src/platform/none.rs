//! A system without a secret store that is known here.

use crate::bus::SessionBus;
use crate::vault::{Vault, VaultError};
use sso_core::StoredSecret;

/// What people call it.
pub const NAME: &str = "secret store";

/// Refuses everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Platform;

impl Platform {
    /// There is nothing to open.
    #[must_use]
    pub fn new(_: SessionBus) -> Self {
        Self
    }
}

fn none<T>() -> Result<T, VaultError> {
    Err(VaultError::Failed("no secret store of this system is known".to_owned()))
}

impl Vault for Platform {
    fn get(&self, _: &str) -> Result<Option<StoredSecret>, VaultError> {
        none()
    }

    fn set(&self, _: &str, _: &StoredSecret) -> Result<(), VaultError> {
        none()
    }

    fn delete(&self, _: &str) -> Result<bool, VaultError> {
        none()
    }
}
