//! `sso doctor`: gathers the facts once, checks them, explains what it finds, and mends what can be mended.

mod checks;
mod engine;
mod finding;
pub(crate) mod fix;
mod pages;
mod probe;
pub(crate) mod report;
mod rewrite;

pub(crate) use checks::all;
pub(crate) use engine::{Check, Examination, Needs, examine};
pub(crate) use finding::{Finding, Severity};
pub(crate) use pages::page;
pub(crate) use probe::{Asking, Probe, Wanted};
