//! One request at the loopback port, judged: is it the browser bringing our code? Pure.
//!
//! Anybody on this machine, and any web page, can send requests there. So only the exact path, method, host and state count,
//! and whatever else comes changes nothing (catalogue A4-A6, A13).

use sso_core::{AuthorizationCode, State};
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use url::{Url, form_urlencoded};

/// The path of the redirect URI.
pub(crate) const PATH: &str = "/oauth/callback";

/// What the right callback must carry.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The port we listen on.
    pub port: u16,
    /// The state we sent.
    pub state: State,
    /// Who may have issued the answer, compared if the callback names an issuer (RFC 9207): the endpoint that was asked, and
    /// the portal that the client was registered for.
    pub issuers: Vec<String>,
}

/// The verdict on one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callback {
    /// The code we wait for.
    Code(AuthorizationCode),
    /// The authorization server says no (RFC 6749 §4.1.2.1). Foreign text.
    Denied {
        /// The `error` parameter.
        error: String,
        /// The `error_description` parameter.
        description: Option<String>,
    },
    /// Not ours: answer with this status and go on waiting.
    Stray(u16),
}

impl Callback {
    /// Judges a request by its method, its target as sent and its `Host` header.
    #[must_use]
    pub fn parse(method: &str, target: &str, host: Option<&str>, expected: &Expected) -> Self {
        if !host.is_some_and(|host| is_ours(host, expected.port)) {
            return Self::Stray(403);
        }
        // The target is compared as sent: no decoding, so `//oauth/callback` and `/oauth/%63allback` are others.
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        match () {
            () if path != PATH => Self::Stray(404),
            () if method != "GET" => Self::Stray(405),
            () => Self::judge(query, expected),
        }
    }

    fn judge(query: &str, expected: &Expected) -> Self {
        let once = |name: &str| {
            let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
            match (values.next(), values.next()) {
                (Some((_, value)), None) if !value.is_empty() => Ok(Some(value.into_owned())),
                (None, _) => Ok(None),
                _ => Err(()),
            }
        };
        let (Ok(Some(state)), Ok(issuer)) = (once("state"), once("iss")) else { return Self::Stray(400) };
        let ours = bool::from(state.as_bytes().ct_eq(expected.state.expose().as_bytes()));
        if !ours || issuer.is_some_and(|issuer| !expected.issuers.contains(&issuer)) {
            return Self::Stray(400);
        }
        match (once("error"), once("code")) {
            (Ok(Some(error)), _) => {
                Self::Denied { error, description: once("error_description").unwrap_or_default() }
            }
            (Ok(None), Ok(Some(code))) => Self::Code(AuthorizationCode::new(code)),
            _ => Self::Stray(400),
        }
    }
}

/// Whether a `Host` header names our port. Browsers leave out the one that `http` has by itself (RFC 9110 §7.2).
fn is_ours(host: &str, port: u16) -> bool {
    host == format!("127.0.0.1:{port}") || port == 80 && host == "127.0.0.1"
}

/// Why a pasted address is not the one that the login ends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasteError {
    /// It is not an address of ours at all.
    #[error("that is not the address that the sign-in ends on (http://127.0.0.1:.../oauth/callback?...)")]
    OtherAddress,
    /// It is from another sign-in, or cut.
    #[error("that address belongs to another sign-in, or a part of it is missing")]
    OtherLogin,
}

/// Judges an address that the user pasted, by the same rules as on the port.
///
/// # Errors
/// See [`PasteError`]: it is not the one that this login ends on.
pub fn parse_pasted(text: &str, expected: &Expected) -> Result<Callback, PasteError> {
    let url = Url::parse(text.trim()).map_err(|_| PasteError::OtherAddress)?;
    let host = format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0));
    let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    match Callback::parse("GET", &target, Some(&host), expected) {
        _ if url.scheme() != "http" => Err(PasteError::OtherAddress),
        Callback::Stray(400) => Err(PasteError::OtherLogin),
        // Another port: an address of an earlier login.
        Callback::Stray(403) if url.host_str() == Some("127.0.0.1") && url.path() == PATH => {
            Err(PasteError::OtherLogin)
        }
        Callback::Stray(_) => Err(PasteError::OtherAddress),
        verdict => Ok(verdict),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn expected() -> Expected {
        let issuers = vec!["https://oidc.example".into(), "https://corp.awsapps.com/start".into()];
        Expected { port: 4000, state: State::new("good".into()), issuers }
    }

    fn code() -> Callback {
        Callback::Code(AuthorizationCode::new("c".into()))
    }

    fn denied(error: &str, description: Option<&str>) -> Callback {
        Callback::Denied { error: error.into(), description: description.map(str::to_owned) }
    }

    #[test]
    fn only_our_own_callback_counts() {
        let ours = Some("127.0.0.1:4000");
        for (method, target, host, verdict) in [
            ("GET", "/oauth/callback?code=c&state=good", ours, code()),
            ("GET", "/oauth/callback?state=good&code=c&extra=1", ours, code()),
            ("GET", "/oauth/callback?state=good&code=c&iss=https%3A%2F%2Foidc.example", ours, code()),
            ("GET", "/oauth/callback?state=good&code=c&iss=https://corp.awsapps.com/start", ours, code()),
            ("GET", "/oauth/callback?state=good&error=access_denied", ours, denied("access_denied", None)),
            (
                "GET",
                "/oauth/callback?state=good&error=access_denied&error_description=No+way&code=c",
                ours,
                denied("access_denied", Some("No way")),
            ),
            // Other hosts: DNS rebinding, other ports.
            ("GET", "/oauth/callback?code=c&state=good", None, Callback::Stray(403)),
            ("GET", "/oauth/callback?code=c&state=good", Some("localhost:4000"), Callback::Stray(403)),
            ("GET", "/oauth/callback?code=c&state=good", Some("127.0.0.1"), Callback::Stray(403)),
            ("GET", "/oauth/callback?code=c&state=good", Some("127.0.0.1:4001"), Callback::Stray(403)),
            ("GET", "/oauth/callback?code=c&state=good", Some("evil.example:4000"), Callback::Stray(403)),
            // Other paths.
            ("GET", "/favicon.ico", ours, Callback::Stray(404)),
            ("GET", "/", ours, Callback::Stray(404)),
            ("GET", "//oauth/callback?code=c&state=good", ours, Callback::Stray(404)),
            ("GET", "/oauth/%63allback?code=c&state=good", ours, Callback::Stray(404)),
            ("GET", "/oauth/callback/?code=c&state=good", ours, Callback::Stray(404)),
            ("GET", "/x/../oauth/callback?code=c&state=good", ours, Callback::Stray(404)),
            ("GET", "http://127.0.0.1:4000/oauth/callback?code=c&state=good", ours, Callback::Stray(404)),
            // Other methods.
            ("POST", "/oauth/callback?code=c&state=good", ours, Callback::Stray(405)),
            ("HEAD", "/oauth/callback?code=c&state=good", ours, Callback::Stray(405)),
            // Wrong, missing, doubled or empty parameters.
            ("GET", "/oauth/callback?code=c&state=bad", ours, Callback::Stray(400)),
            ("GET", "/oauth/callback?code=c&state=goodx", ours, Callback::Stray(400)),
            ("GET", "/oauth/callback?code=c", ours, Callback::Stray(400)),
            ("GET", "/oauth/callback?error=access_denied", ours, Callback::Stray(400)),
            ("GET", "/oauth/callback?code=c&state=good&state=good", ours, Callback::Stray(400)),
            ("GET", "/oauth/callback?code=c&code=d&state=good", ours, Callback::Stray(400)),
            ("GET", "/oauth/callback?code=&state=good", ours, Callback::Stray(400)),
            ("GET", "/oauth/callback?state=good", ours, Callback::Stray(400)),
            ("GET", "/oauth/callback?code=c&state=good&iss=https://evil.example", ours, Callback::Stray(400)),
            ("GET", "/oauth/callback", ours, Callback::Stray(400)),
        ] {
            assert_eq!(
                Callback::parse(method, target, host, &expected()),
                verdict,
                "{method} {target} {host:?}"
            );
        }
    }

    #[test]
    fn the_port_of_http_itself_goes_without_saying() {
        let target = "/oauth/callback?code=c&state=good";
        for (port, host, verdict) in [
            (80, "127.0.0.1", code()),
            (80, "127.0.0.1:80", code()),
            (80, "localhost", Callback::Stray(403)),
            (80, "127.0.0.1:4000", Callback::Stray(403)),
            (8080, "127.0.0.1", Callback::Stray(403)),
        ] {
            let expected = Expected { port, ..expected() };
            assert_eq!(Callback::parse("GET", target, Some(host), &expected), verdict, "{port} {host}");
        }
        let expected = Expected { port: 80, ..expected() };
        assert_eq!(parse_pasted(&format!("http://127.0.0.1{target}"), &expected), Ok(code()));
    }

    #[test]
    fn a_pasted_address_is_judged_alike() {
        for (text, verdict) in [
            (" http://127.0.0.1:4000/oauth/callback?code=c&state=good\n", Ok(code())),
            ("http://127.0.0.1:4000/oauth/callback?code=c&state=old", Err(PasteError::OtherLogin)),
            ("http://127.0.0.1:4000/oauth/callback?code=c", Err(PasteError::OtherLogin)),
            ("http://127.0.0.1:5000/oauth/callback?code=c&state=good", Err(PasteError::OtherLogin)),
            ("https://127.0.0.1:4000/oauth/callback?code=c&state=good", Err(PasteError::OtherAddress)),
            ("http://evil.example:4000/oauth/callback?code=c&state=good", Err(PasteError::OtherAddress)),
            ("QXBZ-TRVK", Err(PasteError::OtherAddress)),
            ("", Err(PasteError::OtherAddress)),
        ] {
            assert_eq!(parse_pasted(text, &expected()), verdict, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_without_the_state_gets_in(method in "(GET|POST|[A-Z]{1,8})", target in ".{0,200}") {
            prop_assume!(!target.contains("state=good"));
            let verdict = Callback::parse(&method, &target, Some("127.0.0.1:4000"), &expected());
            prop_assert!(matches!(verdict, Callback::Stray(_)));
            let verdict = Callback::parse("GET", &format!("/oauth/callback?{target}"), Some("127.0.0.1:4000"), &expected());
            prop_assert!(matches!(verdict, Callback::Stray(_)), "{target}");
        }
    }
}
