//! How far the server's clock is from ours, by its `Date` header. For messages and signatures, never for expiry.

use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};

/// The last offset seen: server minus local, in seconds.
#[derive(Debug)]
pub(crate) struct Skew(AtomicI64);

/// No reply has told the time yet.
const UNKNOWN: i64 = i64::MAX;

impl Skew {
    pub(crate) fn new() -> Self {
        Self(AtomicI64::new(UNKNOWN))
    }

    pub(crate) fn note(&self, date: &str, now: Timestamp) {
        if let Ok(server) = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date) {
            self.0.store(server.duration_since(now).as_secs(), Ordering::Relaxed);
        }
    }

    pub(crate) fn get(&self) -> Option<SignedDuration> {
        let seconds = self.0.load(Ordering::Relaxed);
        (seconds != UNKNOWN).then(|| SignedDuration::from_secs(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_server_minus_local() {
        let skew = Skew::new();
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("an instant");
        assert_eq!(skew.get(), None);
        skew.note("nonsense", now);
        assert_eq!(skew.get(), None);
        skew.note("Sat, 21 Nov 2026 12:10:00 GMT", now);
        assert_eq!(skew.get(), Some(SignedDuration::from_mins(10)));
    }
}
