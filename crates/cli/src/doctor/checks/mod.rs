//! The checks, one file a family of codes. One list of all.

mod browser;
mod config;
mod damaged;
mod env;
mod files;
mod instance;
mod keyring;
mod network;
mod shared;
mod system;
mod token;
mod tools;

use super::engine::Check;
use super::finding::Finding;
use super::probe::Probe;
use crate::catalogue::Code;

/// Every check, in the order of the codes.
pub(crate) fn all() -> Vec<Check> {
    [
        config::CHECKS,
        token::CHECKS,
        env::CHECKS,
        network::CHECKS,
        instance::CHECKS,
        browser::CHECKS,
        tools::CHECKS,
        system::CHECKS,
        keyring::CHECKS,
    ]
    .concat()
}

/// What commands fail with, under this code.
fn of_errors(probe: &Probe, code: Code) -> Vec<Finding> {
    let found = probe.troubles.iter().filter(|trouble| trouble.error.code == code);
    found.map(|trouble| Finding::of(trouble.error.clone(), trouble.severity)).collect()
}
