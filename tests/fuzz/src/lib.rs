//! Hostile input for whatever reads what comes from outside: files, replies, requests at the loopback ports, names.
//!
//! One file a target. Each is a function of bytes that runs the product through its public API and dies when a property does
//! not hold. Three drive them: `cargo xtask fuzz` (libFuzzer, with coverage, for as long as one likes), the tests of this
//! crate (so many inputs from a seed that never changes, in every `cargo xtask test`), and the cases that were found once
//! (`regressions/`), which stay.
//!
//! What an input looks like each target says; corpora are files that people can read. A word of `dictionary/` is worth a
//! thousand bits: both fuzzers put them in.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test support: dying is how a target reports, and it writes its own files"
)]
#![forbid(unsafe_code)]
// As a test program it would hold the unit tests of files that belong to the binary crate (`output`). They run there.
#![cfg(not(test))]

mod admin_reply;
mod callback;
mod callback_http;
mod config_edit;
mod config_glance;
mod config_names;
mod config_parse;
mod diffs;
mod endpoint_http;
mod escaper;
mod fields;
mod large;
mod oidc_reply;
mod output;
mod portal_reply;
mod reading;
mod registration_json;
mod replies;
mod role_json;
mod scratch;
mod secrets;
pub mod seeds;
mod shell_export;
mod sockets;
mod sts_reply;
mod token_json;
mod urls;

pub use admin_reply::admin_reply;
pub use callback::callback;
pub use callback_http::callback_http;
pub use config_edit::config_edit;
pub use config_glance::config_glance;
pub use config_names::config_names;
pub use config_parse::config_parse;
pub use endpoint_http::endpoint_http;
pub use escaper::escaper;
pub use large::large;
pub use oidc_reply::oidc_reply;
pub use portal_reply::portal_reply;
pub use registration_json::registration_json;
pub use role_json::role_json;
pub use shell_export::{shell_export, shell_line};
pub use sts_reply::sts_reply;
pub use token_json::token_json;
pub use urls::urls;

/// One target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: of its file, of its corpus, and for `cargo xtask fuzz`.
    pub name: &'static str,
    /// What is run.
    pub run: fn(&[u8]),
    /// How many inputs `cargo xtask test` makes up: so many that all targets together take well under 30 s on two slow cores.
    pub cases: u32,
}

/// All of them.
pub const TARGETS: [Target; 17] = [
    Target { name: "admin_reply", run: admin_reply, cases: 600 },
    Target { name: "callback", run: callback, cases: 6000 },
    Target { name: "callback_http", run: callback_http, cases: 500 },
    Target { name: "config_edit", run: config_edit, cases: 3000 },
    Target { name: "config_glance", run: config_glance, cases: 2000 },
    Target { name: "config_names", run: config_names, cases: 3000 },
    Target { name: "config_parse", run: config_parse, cases: 2000 },
    Target { name: "endpoint_http", run: endpoint_http, cases: 500 },
    Target { name: "escaper", run: escaper, cases: 4000 },
    Target { name: "oidc_reply", run: oidc_reply, cases: 2000 },
    Target { name: "portal_reply", run: portal_reply, cases: 1000 },
    Target { name: "registration_json", run: registration_json, cases: 2000 },
    Target { name: "role_json", run: role_json, cases: 2000 },
    Target { name: "shell_export", run: shell_export, cases: 4000 },
    Target { name: "sts_reply", run: sts_reply, cases: 1000 },
    Target { name: "token_json", run: token_json, cases: 2000 },
    Target { name: "urls", run: urls, cases: 4000 },
];
