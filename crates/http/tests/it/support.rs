//! What the tests share: clients, and a name for every ending.

use sso_core::{Clock, FixedClock};
use sso_http::{HttpClient, HttpError, HttpSettings, ProxySettings, Reply, Url};
use sso_sim::{Behaviour, RawServer};
use std::io::Write as _;
use std::sync::Arc;
use tempfile::NamedTempFile;

pub(crate) const USER_AGENT: &str = "it/1.0";
/// Stands in bodies; belongs in no error text.
pub(crate) const CANARY: &str = "CANARY-5e2d";

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(FixedClock("2026-11-21T12:00:00Z".parse().expect("an instant")))
}

pub(crate) fn client() -> HttpClient {
    HttpClient::new(&HttpSettings::new(USER_AGENT), clock()).expect("a client")
}

/// A client behind the proxy that `https_proxy` names.
pub(crate) fn client_behind(proxy: &str, no_proxy: &str, ca_bundle: Option<&NamedTempFile>) -> HttpClient {
    let proxies = ProxySettings::from_variables(|name| match name {
        "https_proxy" => Some(proxy.to_owned()),
        "no_proxy" => Some(no_proxy.to_owned()),
        _ => None,
    });
    let proxies = proxies.expect("a proxy");
    let ca_bundle = ca_bundle.map(|file| file.path().to_owned());
    let settings = HttpSettings { proxies, ca_bundle, ..HttpSettings::new(USER_AGENT) };
    HttpClient::new(&settings, clock()).expect("a client")
}

/// A CA bundle of one CA.
pub(crate) fn bundle(server: &RawServer) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(server.ca_pem().as_bytes()).expect("written");
    file
}

pub(crate) fn url(server: &RawServer) -> Url {
    format!("{}/a/path?account_id=111122223333", server.url()).parse().expect("a URL")
}

/// A reply in full, with headers of the test's choice.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Behaviour {
    let length = body.len();
    let reply = format!(
        "HTTP/1.1 {status} Status\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    Behaviour::Reply(reply.into_bytes())
}

/// The ending in one word, for tables.
pub(crate) fn ending(result: &Result<Reply, HttpError>) -> String {
    match result {
        Ok(reply) => reply.status.to_string(),
        Err(HttpError::Resolve { .. }) => "resolve".into(),
        Err(HttpError::Connect { .. }) => "connect".into(),
        Err(HttpError::Proxy { .. }) => "proxy".into(),
        Err(HttpError::ProxyAuthentication { .. }) => "proxy authentication".into(),
        Err(HttpError::Tls { problem, .. }) => format!("tls {problem:?}"),
        Err(HttpError::Timeout { .. }) => "timeout".into(),
        Err(HttpError::TooLarge { .. }) => "too large".into(),
        Err(HttpError::Broken { .. }) => "broken".into(),
        Err(error) => panic!("not an ending of a request: {error}"),
    }
}

/// Every text that the error and its causes can show.
pub(crate) fn all_words(error: &dyn std::error::Error) -> String {
    let mut words = format!("{error:?} {error}");
    let mut next = error.source();
    while let Some(cause) = next {
        words += &format!(" {cause:?} {cause}");
        next = cause.source();
    }
    words
}
