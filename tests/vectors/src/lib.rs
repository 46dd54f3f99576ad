//! Upstream test data, read where it lies: the directory named by `SSO_VECTORS`, else `../shared/vectors` beside the
//! project. The project is whole without it; then [`cases`] says so on stderr and gives nothing.
//!
//! A file is recognised by its name: `NAME.json`, and `NAME-2.json`, `NAME-3.json`, ... below any folder; a scenario is a folder
//! ([`scenarios`]).
//!
//! [`skip`] and [`announce`] say what a test left out, and why. [`example`] finds an example of the crate under test.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stderr,
    clippy::panic,
    reason = "test support"
)]

mod example;
mod skip;

pub use example::{Example, example};
pub use skip::{announce, skip};

use serde_json::Value;
use std::path::{Path, PathBuf};

/// The folder of the test data, if it is there.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("SSO_VECTORS").filter(|value| !value.is_empty()).map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    named.or_else(|| Some(beside())).filter(|folder| folder.is_dir())
}

/// Every document called `name`, with its path for messages.
#[must_use]
pub fn documents(name: &str) -> Vec<(String, Value)> {
    let Some(folder) = folder() else {
        announce(name, "the upstream vectors are not here (SSO_VECTORS names another folder)");
        return Vec::new();
    };
    let mut found = Vec::new();
    collect(&folder, name, &mut found);
    if found.is_empty() {
        announce(name, &format!("no document of that name is below {}", folder.display()));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// The `cases` (or `testCases`) of every document called `name`, each with the path it came from.
#[must_use]
pub fn cases(name: &str) -> Vec<(String, Value)> {
    let listed = documents(name).into_iter().flat_map(|(path, document)| {
        let list =
            ["cases", "testCases", "tests"].iter().find_map(|key| document.get(key)?.as_array().cloned());
        list.unwrap_or_default().into_iter().map(move |case| (path.clone(), case))
    });
    let cases: Vec<_> = listed.collect();
    eprintln!("upstream vectors: {name}: {} cases", cases.len());
    cases
}

/// Every folder that is a scenario: it has a `test-case.json`.
#[must_use]
pub fn scenarios() -> Vec<PathBuf> {
    let Some(folder) = folder() else {
        announce("scenarios", "the upstream vectors are not here (SSO_VECTORS names another folder)");
        return Vec::new();
    };
    let mut found = Vec::new();
    scenarios_below(&folder, &mut found);
    if found.is_empty() {
        announce("scenarios", &format!("there is none below {}", folder.display()));
    }
    found.sort();
    found
}

fn scenarios_below(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("test-case.json").is_file() {
        return found.push(folder.to_owned());
    }
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .for_each(|path| scenarios_below(&path, found));
}

fn collect(folder: &Path, name: &str, found: &mut Vec<(String, Value)>) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, name, found);
        } else if is_called(&path, name) {
            match std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
                Some(document) => found.push((path.display().to_string(), document)),
                None => eprintln!("upstream vectors: {} is not JSON; not run", path.display()),
            }
        }
    }
}

fn is_called(path: &Path, name: &str) -> bool {
    let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { return false };
    let json = path.extension().is_some_and(|extension| extension == "json");
    let number = stem.strip_prefix(name).map(|rest| rest.strip_prefix('-').unwrap_or(rest));
    json && number.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}
