//! Replacing a file whole or not at all, and locks: what `sso-cache` and `sso-config` both need, and no more.
//!
//! Nothing here knows what the files hold, where they lie or why they are written.
//!
//! ```
//! # fn main() -> std::io::Result<()> {
//! # let home = tempfile::tempdir()?;
//! let target = home.path().join(".aws").join("config");
//! let lock = home.path().join(".aws/.sso-locks/config.lock");
//! let _guard = sso_fs::lock(&lock, None, std::time::Duration::from_secs(10))?;
//! sso_fs::Pending::create(&target, None)?.commit(b"[default]\n")?;
//! assert_eq!(std::fs::read(&target)?, b"[default]\n");
//! # Ok(()) }
//! ```
#![forbid(unsafe_code)]

mod atomic;
mod dir;
mod lock;
mod owner;

pub use atomic::{Pending, replace, sweep};
pub use dir::create_private_dir;
pub use lock::{Guard, Reach, lock, note_of, try_lock_anywhere};

/// What the README shows is compiled and run with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
