//! Hands a browser an address that must not stand in a command line, which everybody on the machine can read: the browser is
//! started with a random address of ours, and the first request there is sent on (catalogue G10).

use crate::loopback::{ListenError, Loopback, Seen, Verdict};
use crate::pages::{send_on, stray};
use crate::pkce::Entropy;
use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use sso_core::ConsoleUrl;
use sso_http::Url;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

/// There can be no hand-off.
#[derive(Debug, Error)]
pub enum HandOffError {
    /// No port.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness")]
    Entropy(#[source] std::io::Error),
    /// The address cannot stand in a header.
    #[error("the address is not one")]
    Address,
}

/// An address of this machine that leads elsewhere, once.
#[derive(Debug)]
pub struct HandOff {
    loopback: Loopback,
    path: String,
    to: HeaderValue,
}

impl HandOff {
    /// Binds any free port of 127.0.0.1, with a path of 256 random bits.
    ///
    /// # Errors
    /// See [`HandOffError`].
    pub async fn bind(to: &ConsoleUrl, entropy: Entropy) -> Result<Self, HandOffError> {
        let mut path = "/".to_owned();
        for byte in entropy().map_err(HandOffError::Entropy)? {
            // Writing into a String cannot fail.
            let _ = write!(path, "{byte:02x}");
        }
        let mut to = HeaderValue::from_str(to.expose()).map_err(|_| HandOffError::Address)?;
        to.set_sensitive(true);
        Ok(Self { loopback: Loopback::bind(0).await?, path, to })
    }

    /// What the browser is started with.
    ///
    /// # Errors
    /// [`HandOffError::Address`]; no port and path that [`HandOff::bind`] makes are known to give it.
    pub fn address(&self) -> Result<Url, HandOffError> {
        let text = format!("http://127.0.0.1:{}{}", self.loopback.port(), self.path);
        Url::parse(&text).map_err(|_| HandOffError::Address)
    }

    /// Waits until somebody comes, sends them on, and closes the port. Whoever comes at the same moment gets 410. Has no end
    /// of its own: the caller's deadline ends it.
    pub async fn wait(self) {
        let Self { loopback, path, to } = self;
        let (host, taken) = (format!("127.0.0.1:{}", loopback.port()), AtomicBool::new(false));
        loopback.wait(move |seen| judge(seen, &host, &path, &taken, &to)).await;
    }
}

fn judge(seen: &Seen, host: &str, path: &str, taken: &AtomicBool, to: &HeaderValue) -> Verdict<()> {
    let refuse = |status: u16| -> (Response<Full<Bytes>>, Option<()>) { (stray(status), None) };
    match () {
        // A page that has bound its own name to 127.0.0.1 sends that name.
        () if seen.host.as_deref() != Some(host) => refuse(403),
        () if !bool::from(seen.target.as_bytes().ct_eq(path.as_bytes())) => refuse(404),
        () if seen.method != "GET" => refuse(405),
        () if taken.swap(true, Ordering::SeqCst) => refuse(410),
        () => (send_on(to), Some(())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::StatusCode;

    #[test]
    fn one_right_request_is_sent_on() {
        let (taken, to) = (AtomicBool::new(false), HeaderValue::from_static("https://console.example/?x=1"));
        let ask = |method: &str, target: &str, host: Option<&str>| {
            let seen = Seen { method: method.into(), target: target.into(), host: host.map(str::to_owned) };
            let (response, right) = judge(&seen, "127.0.0.1:4000", "/secret", &taken, &to);
            let location = response.headers().get("location").cloned();
            assert_eq!(right.is_some(), response.status() == StatusCode::SEE_OTHER);
            assert_eq!(right.is_some(), location.is_some());
            assert_eq!(response.headers()["cache-control"], "no-store");
            assert_eq!(response.headers()["referrer-policy"], "no-referrer");
            response.status().as_u16()
        };
        let ours = Some("127.0.0.1:4000");
        for (method, target, host, status) in [
            ("GET", "/secret", None, 403),
            ("GET", "/secret", Some("localhost:4000"), 403),
            ("GET", "/secret", Some("127.0.0.1"), 403),
            ("GET", "/secret", Some("127.0.0.1:4001"), 403),
            ("GET", "/secret", Some("evil.example:4000"), 403),
            ("GET", "/", ours, 404),
            ("GET", "/favicon.ico", ours, 404),
            ("GET", "//secret", ours, 404),
            ("GET", "/secret/", ours, 404),
            ("GET", "/secret?x", ours, 404),
            ("GET", "/%73ecret", ours, 404),
            ("GET", "http://127.0.0.1:4000/secret", ours, 404),
            ("HEAD", "/secret", ours, 405),
            ("POST", "/secret", ours, 405),
            ("GET", "/secret", ours, 303),
            ("GET", "/secret", ours, 410),
            ("GET", "/secret", Some("evil.example:4000"), 403),
        ] {
            assert_eq!(ask(method, target, host), status, "{method} {target} {host:?}");
        }
    }
}
