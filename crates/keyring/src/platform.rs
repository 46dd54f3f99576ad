//! This platform's secret store, by what the crate `keyring` is made of: a token is one item, large ones are cut, and every call
//! has its limit.

#[cfg(target_os = "linux")]
#[path = "platform/secret_service.rs"]
mod native;
#[cfg(any(target_os = "macos", windows))]
#[path = "platform/keychain.rs"]
mod native;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
#[path = "platform/none.rs"]
mod native;

use crate::bounded::Bounded;
use crate::bus::SessionBus;
use crate::chunked::Chunked;
pub use native::{NAME, Platform};

/// The service that items are kept under.
pub(crate) const SERVICE: &str = "sso";

/// The size of one item. Windows' Credential Manager takes 2,560 bytes; others take far more than a token has.
const MOST: usize = if cfg!(windows) { 2_000 } else { 64 * 1024 };

/// The platform's secret store. It is not opened before it is asked, and never if there is no bus to it.
#[must_use]
pub fn platform(bus: SessionBus) -> Bounded<Chunked<Platform>> {
    Bounded::new(Chunked::new(Platform::new(bus), MOST))
}

/// What the store below says. Its other errors may hold a secret.
#[cfg(any(target_os = "macos", windows))]
fn told(error: &keyring_core::Error) -> crate::vault::VaultError {
    use crate::vault::VaultError;
    use keyring_core::Error;
    match error {
        Error::PlatformFailure(cause) => VaultError::Failed(cause.to_string()),
        Error::NoStorageAccess(_) => VaultError::Locked,
        Error::TooLong(what, most) => VaultError::Failed(format!("{what} is longer than {most}")),
        Error::Ambiguous(_) => VaultError::Failed("it has several items of one name".to_owned()),
        _ => VaultError::Failed("it answered what was not expected".to_owned()),
    }
}
