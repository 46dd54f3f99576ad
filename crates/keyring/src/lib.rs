//! The long-lived secrets of a session in the platform's secret store (Secret Service, Keychain, Credential Manager), its
//! short-lived access token in the file that every AWS tool reads.
//!
//! [`SplitStore`] puts the two together behind the ports of `sso-core`: what it writes to the files has neither refresh
//! token nor client secret, and what it reads has both again. Locks and atomic files stay those of the store it wraps. The
//! platform's store is a [`Vault`]; a program may bring its own:
//!
//! ```
//! use sso_core::StoredSecret;
//! use sso_keyring::{InMemory, Vault};
//! # fn main() -> Result<(), sso_keyring::VaultError> {
//! let vault = InMemory::default();
//! vault.set("session corp", &StoredSecret::new("refresh token".into()))?;
//! assert_eq!(format!("{:?}", vault.get("session corp")?), "Some(StoredSecret(REDACTED))");
//! assert!(vault.delete("session corp")?);
//! # Ok(()) }
//! ```
#![forbid(unsafe_code)]

mod bounded;
mod bus;
mod chunked;
mod in_memory;
mod moving;
mod platform;
mod record;
mod split;
mod txn;
mod vault;

pub use bounded::{Bounded, LIMIT};
pub use bus::SessionBus;
pub use chunked::Chunked;
pub use in_memory::InMemory;
pub use platform::{NAME, Platform, platform};
pub use split::SplitStore;
pub use vault::{Vault, VaultError};

/// What the README shows is compiled and run with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
