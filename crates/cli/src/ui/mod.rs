//! The person at the terminal: what a login shows, opens and reads.

pub(crate) mod browser;
pub(crate) mod flow_ui;
pub(crate) mod host;
mod lines;
mod paste;
pub(crate) mod picker;
pub(crate) mod progress;
pub(crate) mod prompt;
mod qr;
mod quiet;
