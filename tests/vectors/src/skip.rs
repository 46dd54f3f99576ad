//! Says what a test left out: one way, so that nothing is left out in silence.

use std::io::Write as _;

/// A test cannot run here because a tool is missing. Prints `skipped: WHAT: WHY`; the caller then returns.
///
/// In CI the tools are installed by `.ci/run`, so there a skip is a failure.
///
/// # Panics
/// When `CI` is set to anything but an empty text, `0` or `false`.
pub fn skip(what: &str, why: &str) {
    announce(what, why);
    if is_set(&std::env::var("CI").unwrap_or_default()) {
        panic!("in CI no test is skipped: {what}: {why}");
    }
}

fn is_set(switch: &str) -> bool {
    !matches!(switch, "" | "0" | "false")
}

/// A test, or a part of one, cannot run here for a reason nobody can install away: the kernel refuses a mount, a ptrace or
/// a namespace. Prints `skipped: WHAT: WHY`, and never fails.
pub fn announce(what: &str, why: &str) {
    let line = format!("skipped: {what}: {why}\n");
    eprint!("{line}");
    // `cargo xtask test` names a file and shows it at the end: a test runner hides what a passing test prints.
    let Some(file) = std::env::var_os("SSO_ANNOUNCEMENTS") else { return };
    if let Ok(mut file) = std::fs::File::options().create(true).append(true).open(file) {
        let _not_essential = file.write_all(line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ci_is_a_switch() {
        for (text, on) in
            [("true", true), ("1", true), ("yes", true), ("", false), ("0", false), ("false", false)]
        {
            assert_eq!(is_set(text), on, "{text}");
        }
    }
}
