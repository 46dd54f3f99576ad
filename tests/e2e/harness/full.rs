//! How much of a proof runs: enough to fail in the suite, the promised numbers by `cargo xtask e2e --full`.

use std::sync::LazyLock;

/// Set by `cargo xtask e2e --full`.
const VARIABLE: &str = "SSO_E2E_FULL";

/// Whether the promised numbers are asked for.
pub(crate) fn full() -> bool {
    static FULL: LazyLock<bool> = LazyLock::new(|| std::env::var_os(VARIABLE).is_some_and(|on| on == "1"));
    *FULL
}

/// So many in the suite, and so many when all is asked for.
pub(crate) fn number(suite: u32, promised: u32) -> u32 {
    if full() { promised } else { suite }
}
