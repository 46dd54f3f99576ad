//! The commands, one file each, and what several of them share.

pub(crate) mod accounts;
pub(crate) mod config;
pub(crate) mod configure;
pub(crate) mod console;
pub(crate) mod credential_process;
mod credentials;
pub(crate) mod discover;
pub(crate) mod doctor;
pub(crate) mod env;
pub(crate) mod exec;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod pick;
pub(crate) mod populate;
mod portal;
pub(crate) mod profiles;
pub(crate) mod refresh;
mod role;
pub(crate) mod roles;
pub(crate) mod serve;
mod served;
mod sessions;
pub(crate) mod shell;
pub(crate) mod status;
mod sts;
pub(crate) mod whoami;

use crate::exit::Exit;
use crate::output::Report;

/// What a command ends with.
pub(crate) struct Outcome {
    pub(crate) report: Box<dyn Report>,
    pub(crate) exit: Exit,
}

impl Outcome {
    /// A success.
    pub(crate) fn success(report: impl Report + 'static) -> Self {
        Self { report: Box::new(report), exit: Exit::Success }
    }
}
