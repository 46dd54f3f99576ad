//! One reply: bounded, and its body is never shown in an error.

use crate::field::{self, excerpt};
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use std::time::Duration;
use thiserror::Error;

/// The codes that the AWS SDKs take for throttling and that services of ours can give.
///
/// Source: "Retry behavior" in the AWS SDKs and Tools Reference Guide.
const THROTTLED: [&str; 8] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
];

/// AWS's ids have 36 characters, a few services' twice as many.
const LONGEST_ID: usize = 128;

/// Honest tokens, keys and codes have some 2,000 characters at most; they travel in headers and are kept in files.
const LONGEST_TOKEN: usize = 16 * 1024;

const WRONG_TYPE: &str = "a field of the wrong type";

/// A reply of any status.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, at most 1 MiB. May hold secrets.
    pub body: Vec<u8>,
    pub(crate) headers: HeaderMap,
    pub(crate) host: String,
    pub(crate) path: String,
}

/// The reply is not what the service documents. Names the place, never the content.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{host}{path} answered {status} with {reason}")]
pub struct MalformedReply {
    /// The host that answered.
    pub host: String,
    /// The path that was asked.
    pub path: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong: "no expiresIn", "HTML instead of JSON", ...
    pub reason: String,
    /// The service's id of the request, if it gave one.
    pub request_id: Option<String>,
}

impl Reply {
    /// Who answered: the host, with its port where that is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// A header's value, if it is there and printable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The service's id of the request, for support cases (`x-amzn-RequestId`, `x-amz-request-id`). None of over 128 bytes.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let id = self.header("x-amzn-requestid").or_else(|| self.header("x-amz-request-id"));
        id.filter(|id| id.len() <= LONGEST_ID)
    }

    /// The code of a service error: `x-amzn-ErrorType` cut at the first `:` and behind the last `#`, else the body's
    /// `code` or `__type`.
    ///
    /// Source: "Operation error serialization" in the AWS restJson1 and awsJson1.1 protocols of Smithy.
    #[must_use]
    pub fn error_code(&self) -> Option<String> {
        let body = || ["code", "__type"].iter().find_map(|name| self.text_field(name));
        let code = self.header("x-amzn-errortype").map(str::to_owned).or_else(body)?;
        let code = code.split(':').next().unwrap_or_default();
        code.rsplit('#').next().map(excerpt)
    }

    /// Whether the service refuses because it is asked too often: 429, or an error code that says so (the services that
    /// speak AWS JSON answer 400).
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.status == 429
            || (!self.is_success()
                && self.error_code().is_some_and(|code| THROTTLED.contains(&code.as_str())))
    }

    /// A text field of a JSON body. Whoever shows it cuts it: [`excerpt`].
    #[must_use]
    pub fn text_field(&self, name: &str) -> Option<String> {
        field::text(&self.body, name)
    }

    /// How long the service asks us to wait, at most 10 s (catalogue D13). Only the form in seconds is understood.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds: u64 = self.header("retry-after")?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds.min(10)))
    }

    /// The body as a JSON object of a known shape.
    ///
    /// # Errors
    /// The body is not JSON, or a field is missing or of another type. The message never holds the body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, MalformedReply> {
        match serde_json::from_slice(&self.body) {
            // serde takes a list for an object, member by member.
            Ok(_) if !self.starts_like(b'{') => Err(self.malformed(WRONG_TYPE)),
            Ok(found) => Ok(found),
            Err(error) => Err(self.malformed(self.what_is_wrong(&error))),
        }
    }

    /// Whether the first byte that is no blank is this one.
    fn starts_like(&self, first: u8) -> bool {
        self.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&first)
    }

    /// Refuses what cannot be the token, key or code that it is called: an empty one, or one that no request could carry.
    ///
    /// # Errors
    /// Its length is impossible: nothing, or over 16 KiB. The message names it and nothing else.
    pub fn issued(&self, name: &str, text: &str) -> Result<(), MalformedReply> {
        self.sized(name, text, LONGEST_TOKEN)
    }

    /// The same for a text that is at most so long, in bytes.
    ///
    /// # Errors
    /// As [`Reply::issued`].
    pub fn sized(&self, name: &str, text: &str, most: usize) -> Result<(), MalformedReply> {
        let possible = (1..=most).contains(&text.len());
        let article = if name.starts_with(['a', 'A']) { "an" } else { "a" };
        if possible { Ok(()) } else { Err(self.malformed(format!("{article} {name} of impossible length"))) }
    }

    /// An error that says this reply is not what it should be.
    #[must_use]
    pub fn malformed(&self, reason: impl Into<String>) -> MalformedReply {
        MalformedReply {
            host: self.host.clone(),
            path: self.path.clone(),
            status: self.status,
            reason: reason.into(),
            request_id: self.request_id().map(str::to_owned),
        }
    }

    /// serde's own text may quote values of the body, so only names of missing fields are taken from it.
    fn what_is_wrong(&self, error: &serde_json::Error) -> String {
        let text = error.to_string();
        let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        match missing {
            Some(field) => format!("no {field}"),
            None if self.body.is_empty() => "an empty body".to_owned(),
            None if self.starts_like(b'<') => "HTML instead of JSON".to_owned(),
            None if error.is_data() => WRONG_TYPE.to_owned(),
            None => "something that is not JSON".to_owned(),
        }
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reply({} from {}{}, {} bytes)", self.status, self.host, self.path, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        #[allow(dead_code, reason = "only its presence is asked for")]
        expires_in: u32,
    }

    fn reply(error_type: Option<&'static str>, body: &str) -> Reply {
        let mut headers = HeaderMap::new();
        if let Some(value) = error_type {
            headers.insert("x-amzn-errortype", HeaderValue::from_static(value));
        }
        let (host, path) = ("oidc".to_owned(), "/token".to_owned());
        Reply { status: 200, body: body.as_bytes().to_vec(), headers, host, path }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_body() {
        for (body, reason) in [
            ("", "an empty body"),
            ("  <html>CANARY", "HTML instead of JSON"),
            ("CANARY", "something that is not JSON"),
            ("{\"expiresIn\":", "something that is not JSON"),
            ("{}", "no expiresIn"),
            (r#"{"expiresIn":"CANARY"}"#, "a field of the wrong type"),
            (r#"{"expiresIn":-1}"#, "a field of the wrong type"),
            (r#"{"expiresIn":1.5}"#, "a field of the wrong type"),
            ("[7]", "a field of the wrong type"),
        ] {
            let error = reply(None, body).json::<Shape>().expect_err(body);
            assert_eq!(error.reason, reason, "{body}");
        }
    }

    #[test]
    fn throttling_has_many_names() {
        let of = |status, code: &str| {
            Reply { status, ..reply(None, &format!(r#"{{"__type":"x#{code}"}}"#)) }.is_throttled()
        };
        for (status, code, throttled) in [
            (429, "Whatever", true),
            (400, "ThrottlingException", true),
            (400, "TooManyRequestsException", true),
            (503, "SlowDown", true),
            (400, "ValidationException", false),
            (200, "ThrottlingException", false),
        ] {
            assert_eq!(of(status, code), throttled, "{status} {code}");
        }
    }

    #[test]
    fn what_no_service_would_say_is_not_said() {
        let long = "x".repeat(30_000);
        let odd = |name: &'static str| {
            let mut reply = reply(None, "{}");
            reply.headers.insert(name, HeaderValue::from_str(&long).expect("printable"));
            reply
        };
        assert_eq!(odd("x-amzn-requestid").request_id(), None);
        assert_eq!(odd("x-amzn-errortype").error_code().map(|code| code.chars().count()), Some(1_001));
        let code = reply(None, &format!(r#"{{"__type":"{long}"}}"#)).error_code();
        assert_eq!(code.map(|code| code.chars().count()), Some(1_001));
    }

    #[test]
    fn what_no_request_could_carry_is_no_token() {
        let reply = reply(None, "{}");
        for (length, possible) in [(0, false), (1, true), (LONGEST_TOKEN, true), (LONGEST_TOKEN + 1, false)] {
            let found = reply.issued("refreshToken", &"x".repeat(length));
            assert_eq!(found.is_ok(), possible, "{length}");
            let reasons = found.err().map(|error| error.reason);
            assert!(reasons.is_none_or(|reason| reason == "a refreshToken of impossible length"));
        }
    }

    #[test]
    fn error_codes_come_from_the_header_or_the_body() {
        for (header, body, code) in [
            (
                Some("InvalidGrantException:http://internal.amazon.com/coral/"),
                "{}",
                Some("InvalidGrantException"),
            ),
            (Some("com.amazon#ForbiddenException"), "{}", Some("ForbiddenException")),
            (None, r#"{"__type":"x#UnauthorizedException"}"#, Some("UnauthorizedException")),
            (None, r#"{"code":"Throttling"}"#, Some("Throttling")),
            (None, "<html>", None),
        ] {
            assert_eq!(reply(header, body).error_code().as_deref(), code);
        }
    }
}
