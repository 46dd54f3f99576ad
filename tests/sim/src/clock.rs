//! The clock of the world: the wall clock plus an offset that tests move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A handle on the world's clock; clones move together.
#[derive(Clone, Debug, Default)]
pub struct SimClock {
    offset: Arc<AtomicI64>,
}

impl SimClock {
    /// Seconds since the epoch, as the world sees it.
    pub fn now(&self) -> i64 {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH);
        let wall = wall.unwrap_or(Duration::ZERO).as_secs();
        i64::try_from(wall).unwrap_or(i64::MAX) + self.offset()
    }

    /// Moves the world's time; negative seconds move it back.
    pub fn advance(&self, seconds: i64) {
        self.offset.fetch_add(seconds, Ordering::SeqCst);
    }

    /// How far the world's time is ahead of the wall clock, in seconds.
    pub fn offset(&self) -> i64 {
        self.offset.load(Ordering::SeqCst)
    }

    /// The world's time as an HTTP `Date` header.
    pub(crate) fn http_date(&self) -> String {
        let now = jiff::Timestamp::from_second(self.now()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&now)
            .unwrap_or_else(|_| "Thu, 01 Jan 1970 00:00:00 GMT".into())
    }
}

/// Seconds since the epoch of an `x-amz-date`, or nothing if it is malformed.
pub(crate) fn parse_amz_date(text: &str) -> Option<i64> {
    let civil = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_second())
}

/// An instant in the form of `x-amz-date`.
pub(crate) fn format_amz_date(epoch: i64) -> String {
    let at = jiff::Timestamp::from_second(epoch).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// An instant as XML has it.
pub(crate) fn format_iso(epoch: i64) -> String {
    let at = jiff::Timestamp::from_second(epoch).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amz_dates_round_trip() {
        assert_eq!(parse_amz_date("20150830T123600Z"), Some(1_440_938_160));
        assert_eq!(format_amz_date(1_440_938_160), "20150830T123600Z");
        assert_eq!(parse_amz_date("2015-08-30T12:36:00Z"), None);
    }

    #[test]
    fn clones_move_together() {
        let clock = SimClock::default();
        clock.clone().advance(3_600);
        assert_eq!(clock.offset(), 3_600);
    }
}
