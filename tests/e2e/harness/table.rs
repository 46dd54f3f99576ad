//! A line a story for `cargo xtask e2e`.

use serde_json::json;
use std::io::Write as _;
use std::time::Duration;

/// Names the file.
const VARIABLE: &str = "SSO_E2E_TABLE";

/// Adds the story's line, if somebody wants one.
pub(super) fn row(story: &str, requests: usize, took: Duration, result: &str, measured: &[String]) {
    let Some(path) = std::env::var_os(VARIABLE) else { return };
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let line =
        json!({ "story": story, "requests": requests, "ms": ms, "result": result, "measured": measured });
    let file = std::fs::File::options().create(true).append(true).open(path);
    // One write a line: stories run side by side.
    let written = file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
    written.expect("the table can be written");
}

/// Says that a story, or a part of one, is left out for lack of a tool. A failure in CI.
pub(crate) fn skip(what: &str, why: &str) {
    row(what, 0, Duration::ZERO, "skipped", &[why.into()]);
    sso_vectors::skip(what, why);
}

/// The same for a right that the kernel does not give here: no failure, for nobody could mend it by installing something.
pub(crate) fn left_out(what: &str, why: &str) {
    row(what, 0, Duration::ZERO, "skipped", &[why.into()]);
    sso_vectors::announce(what, why);
}
