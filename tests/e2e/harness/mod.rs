//! What the stories are told with.

mod browser;
mod chromium;
mod files;
mod full;
pub(crate) mod http;
#[cfg(feature = "keyring")]
mod keyring;
mod leaks;
mod netlog;
pub(crate) mod pty;
mod run;
mod schema;
pub(crate) mod screen;
pub(crate) mod shell;
mod table;
mod tool;
mod webdriver;
mod world;

pub(crate) use chromium::{Chromium, Scheme, has_chromium};
pub(crate) use files::{Snapshot, in_minutes, in_seconds};
pub(crate) use full::{full, number, soaking};
#[cfg(feature = "keyring")]
pub(crate) use keyring::Keyring;
pub(crate) use run::{Run, Running, Sso};
pub(crate) use table::{left_out, skip};
pub(crate) use tool::{Made, as_if, made, on_path, reaches_out};
pub(crate) use world::{ACME, CORP, ROLE_FILE, TOKEN_FILE, World};
