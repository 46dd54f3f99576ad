//! The checks, one file a family of codes. One list of all.

mod config;
mod damaged;
mod files;
mod shared;
mod system;
mod token;

use super::engine::Check;

/// Every check, in the order of the codes.
pub(crate) fn all() -> Vec<Check> {
    [config::CHECKS, token::CHECKS, system::CHECKS].concat()
}
