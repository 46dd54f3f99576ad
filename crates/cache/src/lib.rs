//! The AWS CLI's and SDKs' own cache files: `~/.aws/sso/cache` (tokens, registrations) and `~/.aws/cli/cache` (role
//! credentials), with their names and contents to the byte, written atomically and readable by the owner only.
//!
//! Read the token that `aws sso login` wrote, without the `sso` command:
//!
//! ```
//! use sso_cache::{CacheDirs, FileStore};
//! use sso_core::{Lookup, SessionName, TokenKey, TokenStore};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let home = tempfile::tempdir()?;
//! let store = FileStore::open(CacheDirs::below(home.path()));
//! match store.load(&TokenKey::Session(SessionName::new("corp")))? {
//!     Lookup::Found(token) => println!("signed in until {}", token.expires_at),
//!     Lookup::Absent => println!("not signed in"),
//!     Lookup::Damaged(damage) => println!("not signed in: {damage}"),
//! }
//! # Ok(()) }
//! ```
#![forbid(unsafe_code)]

mod assumed_file;
mod change;
mod json;
mod key;
mod lock_note;
mod login_lock;
mod orphans;
mod read;
mod registration_file;
mod role_file;
mod roles;
mod scan;
mod store;
mod token_file;

pub use key::{assumed_role_file_name, registration_file_name, role_file_name, token_file_name};
pub use login_lock::LoginLock;
pub use scan::{CacheEntry, EntryKind};
pub use store::{CacheDirs, FileStore};

/// What the README shows is compiled and run with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
