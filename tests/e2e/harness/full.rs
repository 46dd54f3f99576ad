//! How much of a proof runs: enough to fail in the suite, the promised numbers by `cargo xtask e2e --full`.

use std::sync::LazyLock;
use std::time::Duration;

/// Set by `cargo xtask e2e --full`.
const VARIABLE: &str = "SSO_E2E_FULL";

/// Set by `cargo xtask e2e --soak MINUTES`.
const SOAK: &str = "SSO_E2E_SOAK";

/// How long a soak takes: some seconds in the suite.
pub(crate) fn soaking() -> Duration {
    let minutes = std::env::var(SOAK).ok().and_then(|minutes| minutes.parse().ok());
    minutes.map_or(Duration::from_secs(8), |minutes: u64| Duration::from_secs(60 * minutes))
}

/// Whether the promised numbers are asked for.
pub(crate) fn full() -> bool {
    static FULL: LazyLock<bool> = LazyLock::new(|| std::env::var_os(VARIABLE).is_some_and(|on| on == "1"));
    *FULL
}

/// So many in the suite, and so many when all is asked for.
pub(crate) fn number(suite: u32, promised: u32) -> u32 {
    if full() { promised } else { suite }
}
