//! `sso`: AWS IAM Identity Center on the command line.
//!
//! The hot path is `credential-process` with cached credentials: it parses the arguments, reads two or three files and
//! prints. No runtime, no TLS, no logger is started before something has to be asked of the network.

mod app;
mod args;
mod catalogue;
mod commands;
mod completion;
mod context;
mod doctor;
mod error;
mod exit;
mod explain;
mod kept;
mod listed;
#[cfg(any(test, feature = "manual"))]
mod manual;
mod output;
mod recent;
mod regions;
mod runtime;
#[cfg(any(test, feature = "manual"))]
mod schemas;
mod settings;
#[cfg(unix)]
mod signals;
mod ui;
mod usage;

use std::process::ExitCode;

fn main() -> ExitCode {
    // A panic is a bug; its text could hold anything, so only the place is told.
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        output::to_stderr(&format!("error: a bug in sso at {place}; please report it\n"));
    }));
    if let Some(exit) = completion::asked() {
        return exit.into();
    }
    #[cfg(feature = "manual")]
    if let Some(exit) = manual::asked().or_else(schemas::asked) {
        return exit.into();
    }
    app::run()
}
