//! One request, judged: may it have credentials, and of which door? Pure.
//!
//! Any web page and any user of this machine can reach the port. So the host must be this machine's (a page that rebinds its
//! name sends that name), nothing may look like a browser, and the token must be the door's (catalogue G7).

use crate::door::Door;
use hyper::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, ORIGIN};
use hyper::{Method, Uri};
use thiserror::Error;

/// Why a request gets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Denial {
    /// The `Host` is another's, missing or doubled.
    #[error("The Host header is not 127.0.0.1 or localhost.")]
    Host,
    /// A browser made it.
    #[error("Requests of browsers are refused.")]
    Browser,
    /// The token is missing, doubled or wrong.
    #[error("The Authorization header is not the token of this endpoint.")]
    Token,
    /// There is no such path.
    #[error("There are no credentials at this path.")]
    Path,
    /// Anything but GET.
    #[error("Only GET is served.")]
    Method,
    /// Too many wait for an answer.
    #[error("Too many requests wait for an answer; try again.")]
    Busy,
}

impl Denial {
    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Host | Self::Browser | Self::Token => 403,
            Self::Path => 404,
            Self::Method => 405,
            Self::Busy => 503,
        }
    }

    /// A word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Host => "WrongHost",
            Self::Browser => "BrowserRefused",
            Self::Token => "WrongToken",
            Self::Path => "NoSuchPath",
            Self::Method => "MethodNotAllowed",
            Self::Busy => "Busy",
        }
    }
}

/// The number of the door that the request opens.
pub(crate) fn judge(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    doors: &[Door],
) -> Result<usize, Denial> {
    if !only(headers, &HOST).is_some_and(is_loopback) || uri.authority().is_some() {
        return Err(Denial::Host);
    }
    let of_browser = |name: &HeaderName| *name == ORIGIN || name.as_str().starts_with("sec-fetch-");
    if headers.keys().any(of_browser) {
        return Err(Denial::Browser);
    }
    let token = only(headers, &AUTHORIZATION).ok_or(Denial::Token)?;
    // Who knows no token does not learn which paths there are; all are tried, so that time tells nothing either.
    let opened: Vec<bool> = doors.iter().map(|door| door.opens(token)).collect();
    let number = match doors.iter().position(|door| door.path == uri.path()) {
        Some(number) if opened.get(number) == Some(&true) => number,
        None if opened.contains(&true) => return Err(Denial::Path),
        _ => return Err(Denial::Token),
    };
    if method == Method::GET { Ok(number) } else { Err(Denial::Method) }
}

/// The header, if it is there once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h [u8]> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.as_bytes()),
        _ => None,
    }
}

/// `127.0.0.1` or `localhost`, with any port: `ssh -R` brings another one.
fn is_loopback(host: &[u8]) -> bool {
    let Ok(host) = std::str::from_utf8(host) else { return false };
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    (name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost")) && port.is_none_or(is_port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::token_of;
    use crate::keeper::Asker;
    use hyper::Request;
    use proptest::prelude::*;

    fn doors() -> Vec<Door> {
        [("/", 1), ("/profile/prod", 2)]
            .map(|(path, seed)| Door {
                path: path.into(),
                token: token_of([seed; 32]),
                asker: Asker::to_nobody(),
            })
            .into()
    }

    fn verdict(method: &str, target: &str, headers: &[(&str, &str)]) -> Result<usize, Denial> {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).expect("a request");
        judge(request.method(), request.uri(), request.headers(), &doors())
    }

    #[test]
    fn who_may_have_what() {
        let (first, second) = ("01".repeat(32), "02".repeat(32));
        let (host, one, two) =
            (("host", "127.0.0.1:4000"), ("authorization", &*first), ("authorization", &*second));
        for (method, target, headers, expected) in [
            ("GET", "/", &[host, one][..], Ok(0)),
            ("GET", "/?x=y", &[host, one], Ok(0)),
            ("GET", "/profile/prod", &[host, two], Ok(1)),
            ("GET", "/", &[("host", "localhost:9"), one], Ok(0)),
            ("GET", "/", &[("host", "LocalHost"), one], Ok(0)),
            ("GET", "/", &[("host", "127.0.0.1"), one, ("accept", "application/json")], Ok(0)),
            // Other hosts.
            ("GET", "/", &[one], Err(Denial::Host)),
            ("GET", "/", &[("host", ""), one], Err(Denial::Host)),
            ("GET", "/", &[("host", "evil.example"), one], Err(Denial::Host)),
            ("GET", "/", &[("host", "evil.example:4000"), one], Err(Denial::Host)),
            ("GET", "/", &[("host", "localhost.evil.example"), one], Err(Denial::Host)),
            ("GET", "/", &[("host", "127.0.0.1.evil.example"), one], Err(Denial::Host)),
            ("GET", "/", &[("host", "127.0.0.1:4000@evil.example"), one], Err(Denial::Host)),
            ("GET", "/", &[("host", "127.0.0.1:"), one], Err(Denial::Host)),
            ("GET", "/", &[("host", "127.0.0.1:0"), one], Err(Denial::Host)),
            ("GET", "/", &[("host", "127.0.0.1:+80"), one], Err(Denial::Host)),
            ("GET", "/", &[("host", "127.0.0.1:99999"), one], Err(Denial::Host)),
            ("GET", "/", &[("host", "127.0.0.2"), one], Err(Denial::Host)),
            ("GET", "/", &[("host", "[::1]:4000"), one], Err(Denial::Host)),
            ("GET", "/", &[("host", "0.0.0.0"), one], Err(Denial::Host)),
            ("GET", "/", &[host, host, one], Err(Denial::Host)),
            ("GET", "http://evil.example/", &[host, one], Err(Denial::Host)),
            ("GET", "http://127.0.0.1:4000/", &[host, one], Err(Denial::Host)),
            // Browsers, even with the token.
            ("GET", "/", &[host, one, ("origin", "https://evil.example")], Err(Denial::Browser)),
            ("GET", "/", &[host, one, ("origin", "null")], Err(Denial::Browser)),
            ("GET", "/", &[host, one, ("Sec-Fetch-Site", "none")], Err(Denial::Browser)),
            ("GET", "/", &[host, one, ("sec-fetch-mode", "no-cors")], Err(Denial::Browser)),
            ("OPTIONS", "/", &[host, ("origin", "https://evil.example")], Err(Denial::Browser)),
            // Tokens.
            ("GET", "/", &[host], Err(Denial::Token)),
            ("GET", "/", &[host, ("authorization", "")], Err(Denial::Token)),
            ("GET", "/", &[host, ("authorization", &"01".repeat(31))], Err(Denial::Token)),
            ("GET", "/", &[host, ("authorization", &format!("Bearer {first}"))], Err(Denial::Token)),
            ("GET", "/", &[host, one, one], Err(Denial::Token)),
            ("GET", "/", &[host, two], Err(Denial::Token)),
            ("GET", "/profile/prod", &[host, one], Err(Denial::Token)),
            ("GET", "/nowhere", &[host], Err(Denial::Token)),
            ("POST", "/", &[host], Err(Denial::Token)),
            // With a token, it is told what is wrong.
            ("GET", "/nowhere", &[host, one], Err(Denial::Path)),
            ("GET", "//", &[host, one], Err(Denial::Path)),
            ("GET", "/profile/%70rod", &[host, two], Err(Denial::Path)),
            ("POST", "/", &[host, one], Err(Denial::Method)),
            ("HEAD", "/", &[host, one], Err(Denial::Method)),
        ] {
            assert_eq!(verdict(method, target, headers), expected, "{method} {target} {headers:?}");
        }
    }

    proptest! {
        #[test]
        fn no_other_token_opens(token in "[ -~]{0,80}") {
            prop_assume!(token != "01".repeat(32) && token != "02".repeat(32));
            prop_assert_eq!(
                verdict("GET", "/", &[("host", "localhost"), ("authorization", &token)]),
                Err(Denial::Token)
            );
        }

        #[test]
        fn no_other_host_is_ours(host in "[!-~]{0,40}") {
            let name = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
            prop_assume!(name != "127.0.0.1" && name != "localhost");
            prop_assert_eq!(
                verdict("GET", "/", &[("host", &host), ("authorization", &"01".repeat(32))]),
                Err(Denial::Host)
            );
        }
    }
}
