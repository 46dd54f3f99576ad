//! Timestamps as the AWS CLI and SDKs have written them over the years: read all forms, write one.

use jiff::Timestamp;
use thiserror::Error;

/// The text is not a timestamp that names its offset from UTC.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("not a timestamp")]
pub struct TimestampError;

/// Reads `2026-11-21T06:44:14Z`, the old `…UTC` suffix (botocore still ends the instants of assumed roles so), fractions,
/// numeric offsets, and a space for the `T`.
///
/// # Errors
/// [`TimestampError`]: the text is none of these, or names no zone (a local time without a zone is ambiguous, so it is refused), or a year before 0,
/// for which the form that we write has no sign.
pub fn parse_timestamp(text: &str) -> Result<Timestamp, TimestampError> {
    let text = text.trim();
    let utc = text.strip_suffix("UTC").map(|rest| format!("{}Z", rest.trim_end()));
    let at: Timestamp = utc.as_deref().unwrap_or(text).parse().map_err(|_| TimestampError)?;
    if at < YEAR_ZERO { Err(TimestampError) } else { Ok(at) }
}

/// 0000-01-01T00:00:00Z.
const YEAR_ZERO: Timestamp = Timestamp::constant(-62_167_219_200, 0);

/// Writes `YYYY-MM-DDTHH:MM:SSZ`: UTC, whole seconds, as the AWS CLI does.
#[must_use]
pub fn format_timestamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_form_is_read_and_one_is_written() {
        for text in [
            "2026-11-21T06:44:14Z",
            "2026-11-21T06:44:14UTC",
            "2026-11-21T06:44:14 UTC",
            "2026-11-21T06:44:14.999Z",
            "2026-11-21T07:44:14+01:00",
            "2026-11-21T06:44:14+00:00",
            "2026-11-21 06:44:14Z",
            " 2026-11-21t06:44:14z ",
        ] {
            assert_eq!(
                parse_timestamp(text).map(format_timestamp),
                Ok("2026-11-21T06:44:14Z".into()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_names_no_instant_is_refused() {
        for text in [
            "",
            "not-a-date",
            "2026-11-21T06:44:14",
            "1795214654",
            "99999-01-01T00:00:00Z",
            "-000001-12-31T23:59:59Z",
            "-000001-12-31T23:59:59.5Z",
            "UTC",
        ] {
            assert_eq!(parse_timestamp(text), Err(TimestampError), "{text}");
        }
    }

    #[test]
    fn what_is_read_can_be_written_and_read_again() {
        for text in ["0000-01-01T00:00:00Z", "9999-12-30T22:00:00Z"] {
            assert_eq!(parse_timestamp(text).map(format_timestamp).as_deref(), Ok(text));
        }
    }
}
