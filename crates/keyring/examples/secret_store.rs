//! Whether this machine's secret store takes a secret: `cargo run -p sso-keyring --example secret_store -- NAME`
//!
//! It keeps a word under that name, reads it back and removes it; nobody is asked for anything.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "an example is a program: it prints, and reads the environment"
)]

use sso_core::StoredSecret;
use sso_keyring::{NAME, SessionBus, Vault as _, VaultError, platform};
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let name = std::env::args().nth(1).ok_or("usage: secret_store NAME")?;
    let bus = SessionBus {
        address: std::env::var("DBUS_SESSION_BUS_ADDRESS").ok(),
        socket: std::env::var_os("XDG_RUNTIME_DIR").map(|dir| PathBuf::from(dir).join("bus")),
    };
    // Every call ends within 3 s.
    let vault = platform(bus);
    let word = StoredSecret::new("a word".into());
    match vault.set(&name, &word) {
        Ok(()) => {}
        Err(VaultError::Locked) => return Err(format!("the {NAME} is locked").into()),
        Err(error) => return Err(format!("the {NAME} cannot be used: {error}").into()),
    }
    let same = vault.get(&name)? == Some(word);
    vault.delete(&name)?;
    println!("the {NAME} {} what it is given", if same { "keeps" } else { "does not keep" });
    Ok(())
}
