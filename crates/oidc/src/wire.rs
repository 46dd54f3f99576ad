//! The replies of the OIDC service as they stand on the wire, and the care that their numbers need.

use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisterReply {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) client_secret_expires_at: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeviceReply {
    pub(crate) device_code: String,
    pub(crate) user_code: String,
    pub(crate) verification_uri: String,
    pub(crate) verification_uri_complete: Option<String>,
    #[serde(default)]
    pub(crate) expires_in: Value,
    #[serde(default)]
    pub(crate) interval: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenWire {
    pub(crate) access_token: String,
    pub(crate) expires_in: i64,
    pub(crate) refresh_token: Option<String>,
}

/// How long a device code lives at most, whatever the service says (catalogue B5).
const LONGEST_DEVICE_CODE: u64 = 1800;
/// No access token lives longer than this: IAM Identity Center's sessions end after 90 days.
const LONGEST_TOKEN: i64 = 90 * 24 * 3600;

/// Seconds between polls: 1 to 60; 5 when missing or no number (RFC 8628 §3.2).
pub(crate) fn poll_interval(value: &Value) -> Duration {
    Duration::from_secs(whole_seconds(value).map_or(5, |seconds| seconds.clamp(1, 60)))
}

/// The life of a device code, at most 30 minutes; 10 minutes when missing or no number.
pub(crate) fn device_code_life(value: &Value) -> Duration {
    Duration::from_secs(whole_seconds(value).map_or(600, |seconds| seconds.min(LONGEST_DEVICE_CODE)))
}

/// The life of an access token; `None` for a number that no token can have.
pub(crate) fn token_life(seconds: i64) -> Option<Duration> {
    let seconds = u64::try_from(seconds.min(LONGEST_TOKEN)).ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

fn whole_seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| number.as_i64().map(|_| 0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn hostile_numbers_are_tamed() {
        for (value, interval, life) in [
            (json!(null), 5, 600),
            (json!(7), 7, 7),
            (json!(0), 1, 0),
            (json!(-3), 1, 0),
            (json!(u64::MAX), 60, 1800),
            (json!(1.5), 5, 600),
            (json!("9"), 5, 600),
            (json!({}), 5, 600),
        ] {
            assert_eq!(poll_interval(&value).as_secs(), interval, "{value}");
            assert_eq!(device_code_life(&value).as_secs(), life, "{value}");
        }
        for (seconds, life) in
            [(28_800, Some(28_800)), (0, None), (-1, None), (i64::MAX, Some(7_776_000)), (i64::MIN, None)]
        {
            assert_eq!(token_life(seconds).map(|life| life.as_secs()), life, "{seconds}");
        }
    }

    proptest! {
        #[test]
        fn any_number_stays_in_its_bounds(number: f64, whole: i64) {
            for value in [json!(number), json!(whole)] {
                prop_assert!((1..=60).contains(&poll_interval(&value).as_secs()));
                prop_assert!(device_code_life(&value).as_secs() <= 1800);
            }
        }
    }
}
