//! Trouble with the platform's secret store, told. There is no falling back to files: whoever asked for the secret store gets it,
//! or an error.

use super::{Explain, Voice};
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use sso_keyring::{NAME, VaultError};

impl Explain for VaultError {
    fn explain(&self, voice: &Voice) -> CliError {
        let headline =
            format!("The {NAME} cannot be used for the secrets of {}: {self}.", voice.session_name());
        let fix = match self {
            Self::NoBus(_) => {
                "run it where the desktop session is, or write store = shared and sign in again"
            }
            Self::Locked => {
                "unlock the keyring: sign in to the desktop, or open its password manager; then try again"
            }
            Self::NoCollection => "make a default keyring in the desktop's password manager, then try again",
            Self::NoAnswer { .. } => {
                "restart the program that keeps the secrets, or unlock it if it asks; then try again"
            }
            Self::Damaged(_) | Self::Failed(_) => "sso doctor --explain S01",
        };
        CliError::new(Code::S01, Exit::Disk, headline)
            .note("note", "secrets are not written to files instead")
            .fix(fix)
    }
}
