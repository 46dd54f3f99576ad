//! One request as a value.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::time::Duration;
use url::Url;

/// When a failed request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Up to 3 tries, only while no connection came about, so that nothing was sent: for codes and tokens that work once.
    UnlessSent,
    /// Up to 3 tries on throttling (429), server faults (500, 502, 503, 504) and lost connections.
    Safe,
    /// As `Safe`, but throttling is left to a [`Limiter`](crate::Limiter).
    Paced,
    /// Never.
    Never,
}

/// One request.
#[derive(Clone)]
pub struct Call {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) limit: Duration,
    pub(crate) retry: Retry,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({} {}{})", self.method, self.host(), self.url.path())
    }
}

impl Call {
    fn new(method: Method, url: Url) -> Self {
        let headers = HeaderMap::new();
        Self { method, url, headers, body: None, limit: Duration::from_secs(10), retry: Retry::Safe }
    }

    /// A GET request; safe to repeat.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A HEAD request; safe to repeat.
    #[must_use]
    pub fn head(url: Url) -> Self {
        Self::new(Method::HEAD, url)
    }

    /// A POST request; safe to repeat unless [`Call::retry`] says otherwise.
    #[must_use]
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    /// A JSON body.
    #[must_use]
    pub fn json(self, body: &serde_json::Value) -> Self {
        self.body("application/json", body.to_string().into_bytes())
    }

    /// A body of any type. A type that cannot stand in a header is left out.
    #[must_use]
    pub fn body(mut self, content_type: &'static str, body: Vec<u8>) -> Self {
        if let Ok(content_type) = HeaderValue::from_str(content_type) {
            self.headers.insert(CONTENT_TYPE, content_type);
        }
        self.body = Some(body);
        self
    }

    /// A header. One whose name or value cannot stand in a request is left out, so the service answers that it is missing.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
        self
    }

    /// A header that never shows in a debug output; else as [`Call::header`].
    #[must_use]
    pub fn secret_header(mut self, name: &'static str, value: &str) -> Self {
        if let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            value.set_sensitive(true);
            self.headers.insert(name, value);
        }
        self
    }

    /// How long one try may take, from connecting to the last byte. 10 s unless said.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// When it may be sent again.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// The method's name, for a signature.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// Where it goes.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The headers set so far, names in lower case; those of [`Call::secret_header`], too, and none that is no text. The client
    /// adds its own (`host`, `user-agent`, `accept`) when it sends.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// The body; empty if there is none.
    #[must_use]
    pub fn body_bytes(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }

    /// The host, with its port where that is not the scheme's own.
    pub(crate) fn host(&self) -> String {
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", self.url.host_str().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_stand_in_a_request_is_left_out() {
        let call = || Call::get(Url::parse("https://example.com/").expect("a URL"));
        for (name, value, sent) in [
            ("x-amz-target", "a", Some(("x-amz-target", "a"))),
            ("X-Amz-Target", "a", Some(("x-amz-target", "a"))),
            ("x-amz-target", "a\r\nx-evil: b", None),
            ("x amz target", "a", None),
            ("", "a", None),
        ] {
            for made in [call().header(name, value), call().secret_header(name, value)] {
                assert_eq!(made.headers().next(), sent, "{name:?}: {value:?}");
            }
        }
        let body = |content_type| call().body(content_type, b"x".to_vec());
        assert_eq!(body("text/plain").headers().next(), Some(("content-type", "text/plain")));
        let odd = body("text/plain\n");
        assert_eq!((odd.headers().count(), odd.body_bytes()), (0, b"x".as_slice()));
    }
}
