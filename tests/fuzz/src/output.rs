//! The text that leaves the program: files of the binary crate, which has no library, included as they are.

#![allow(dead_code, reason = "the targets use a part of each file")]

#[path = "../../../crates/cli/src/output/csv.rs"]
pub(crate) mod csv;
#[path = "../../../crates/cli/src/output/escape.rs"]
pub(crate) mod escape;
// rustfmt would look for its `mod tests` beside it, where it is not when a file is included by its path.
#[rustfmt::skip]
#[path = "../../../crates/cli/src/output/shell.rs"]
pub(crate) mod shell;
