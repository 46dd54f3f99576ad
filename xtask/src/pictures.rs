//! `cargo xtask pictures`: what the program prints, drawn for the README. The tests compare; this draws anew.

use crate::run::clean_cargo;

/// The task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask pictures".to_owned());
    }
    let status = clean_cargo()
        .args(["test", "-p", "sso-cli", "--test", "e2e", "--", "pictures::", "--skip", "real_browser"])
        .env("SSO_PICTURES", "write")
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("the stories ended with {status}")) }
}
