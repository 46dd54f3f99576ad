//! What the browser is shown at the loopback port: constant pages, nothing reflected (catalogue A9).

use crate::callback::Callback;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
};
use hyper::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::{Response, StatusCode};

/// One style for all pages; the policy allows it by its hash and nothing else.
macro_rules! page {
    ($title:literal, $hint:literal) => {
        concat!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>",
            $title,
            "</title><meta name=\"viewport\" content=\"width=device-width\">",
            "<meta name=\"color-scheme\" content=\"light dark\"><style>",
            "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:18vh auto;padding:0 1.5rem;text-align:center;text-wrap:balance}h1{font-size:1.5rem}",
            "</style></head><body><h1>",
            $title,
            "</h1><p>",
            $hint,
            "<br>You can close this tab.</p></body></html>\n"
        )
    };
}

const APPROVED: &str = page!("Sign-in was approved.", "Go back to the terminal.");
const REFUSED: &str = page!("Sign-in was refused.", "The terminal says why.");
/// For a tab of an earlier login, or a part of an address. Where an answer has no page, a browser says that the site does
/// not work.
const WRONG: &str = page!("Old or wrong address.", "The terminal shows the right one.");
const POLICY: &str = "default-src 'none'; style-src 'sha256-uCfrXmi+RDCeGPQuQqbgPIGaiaF8EiqfIVwNwcAmnP4='";

/// The answer to one request.
pub(crate) fn answer(verdict: &Callback) -> Response<Full<Bytes>> {
    match verdict {
        Callback::Code(_) => page(StatusCode::OK, APPROVED),
        Callback::Denied { .. } => page(StatusCode::OK, REFUSED),
        Callback::Stray(400) => page(StatusCode::BAD_REQUEST, WRONG),
        Callback::Stray(status) => stray(*status),
    }
}

/// The answer to a request that is not ours.
pub(crate) fn stray(status: u16) -> Response<Full<Bytes>> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = page(status, "");
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
    }
    response
}

/// Sends the browser elsewhere; neither a cache nor the next site learns from where.
pub(crate) fn send_on(to: &HeaderValue) -> Response<Full<Bytes>> {
    let mut response = page(StatusCode::SEE_OTHER, "");
    response.headers_mut().insert(LOCATION, to.clone());
    response
}

fn page(status: StatusCode, body: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONNECTION, "close"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};

    #[test]
    fn the_policy_allows_the_style_of_all_pages() {
        for page in [APPROVED, REFUSED, WRONG] {
            let style =
                page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).expect("a style");
            let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
            assert_eq!(POLICY, format!("default-src 'none'; style-src 'sha256-{hash}'"));
        }
    }
}
