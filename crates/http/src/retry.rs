//! Whether and when a request is sent again. Pure.

use crate::call::Retry;
use crate::error::HttpError;
use std::time::Duration;

/// One call is tried at most this often (catalogue D13).
const TRIES: u32 = 3;

/// What one try gave, as far as it matters here.
pub(crate) enum Outcome<'a> {
    /// A reply: its status, and how long the service asks us to wait.
    Status(u16, Option<Duration>),
    /// No reply.
    Failed(&'a HttpError),
}

/// How long to wait before try number `tries + 1`; `None`: this was the last one. `jitter` is within 0..1.
pub(crate) fn wait(retry: Retry, outcome: &Outcome<'_>, tries: u32, jitter: f64) -> Option<Duration> {
    if tries >= TRIES || !may_repeat(retry, outcome) {
        return None;
    }
    let asked = match outcome {
        Outcome::Status(_, asked) => *asked,
        Outcome::Failed(_) => None,
    };
    // The AWS SDKs' standard mode: a random part of 1 s, 2 s, 4 s, ...
    let backoff = Duration::from_secs(1 << tries.saturating_sub(1).min(4)).mul_f64(jitter.clamp(0.0, 1.0));
    Some(asked.map_or(backoff, |asked| asked + backoff.mul_f64(0.1)))
}

fn may_repeat(retry: Retry, outcome: &Outcome<'_>) -> bool {
    match (retry, outcome) {
        (Retry::Never, _) => false,
        (_, Outcome::Failed(HttpError::Connect { .. } | HttpError::Resolve { .. })) => true,
        (Retry::UnlessSent, _) => false,
        (Retry::Paced, Outcome::Status(429, _)) => false,
        (Retry::Safe | Retry::Paced, Outcome::Status(status, _)) => {
            matches!(status, 429 | 500 | 502 | 503 | 504)
        }
        (Retry::Safe | Retry::Paced, Outcome::Failed(error)) => matches!(error, HttpError::Broken { .. }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated() {
        let connect = HttpError::Connect { host: "h".into(), reason: "refused".into() };
        let broken = HttpError::Broken { host: "h".into(), reason: "reset".into() };
        let timeout = HttpError::Timeout { host: "h".into(), after: Duration::from_secs(10) };
        for (retry, outcome, tries, repeats) in [
            (Retry::Safe, Outcome::Status(429, None), 1, true),
            (Retry::Safe, Outcome::Status(503, None), 2, true),
            (Retry::Safe, Outcome::Status(503, None), 3, false),
            (Retry::Safe, Outcome::Status(400, None), 1, false),
            (Retry::Safe, Outcome::Status(501, None), 1, false),
            (Retry::Safe, Outcome::Failed(&broken), 1, true),
            (Retry::Paced, Outcome::Status(429, None), 1, false),
            (Retry::Paced, Outcome::Status(503, None), 1, true),
            (Retry::Paced, Outcome::Failed(&broken), 1, true),
            (Retry::Safe, Outcome::Failed(&timeout), 1, false),
            (Retry::UnlessSent, Outcome::Status(500, None), 1, false),
            (Retry::UnlessSent, Outcome::Failed(&broken), 1, false),
            (Retry::UnlessSent, Outcome::Failed(&connect), 1, true),
            (Retry::Never, Outcome::Failed(&connect), 1, false),
        ] {
            assert_eq!(wait(retry, &outcome, tries, 0.5).is_some(), repeats, "{retry:?} {tries}");
        }
    }

    #[test]
    fn waits_grow_and_what_the_service_asks_is_honoured() {
        let status = |asked| Outcome::Status(429, asked);
        assert_eq!(wait(Retry::Safe, &status(None), 1, 1.0), Some(Duration::from_secs(1)));
        assert_eq!(wait(Retry::Safe, &status(None), 2, 1.0), Some(Duration::from_secs(2)));
        assert_eq!(wait(Retry::Safe, &status(None), 2, 0.0), Some(Duration::ZERO));
        let asked = Some(Duration::from_secs(7));
        assert!(wait(Retry::Safe, &status(asked), 1, 0.0) >= asked);
    }
}
