//! The signature of a call: whose it is, whether it is right, for here and for now.
//!
//! What is wrong is a fact ([`Rejected`]); each service words it in its own way.

use crate::call::Call;
use crate::clock::{format_amz_date, parse_amz_date};
use crate::credentials::Credentials;
use crate::sigv4::{Authorization, SignedRequest};
use crate::state::Scene;

/// How far a request's date may be from the world's time, in seconds.
const TOLERANCE: i64 = 5 * 60;
/// Headers that the signature has to cover.
const MUST_SIGN: [&str; 2] = ["host", "x-amz-date"];
/// Headers that it has to cover where they are sent.
const MUST_SIGN_IF_SENT: [&str; 2] = ["x-amz-security-token", "x-amz-target"];

/// What a signature has to be made for.
pub(crate) struct Scope<'a> {
    pub service: &'a str,
    pub region: &'a str,
}

/// Why a call is nobody's.
#[derive(Debug)]
pub(crate) enum Rejected {
    /// There is no signature.
    Missing,
    /// The signature lacks a part.
    Incomplete(String),
    /// The signature is not this request's, not for here, or not for now.
    Mismatch(String),
    /// There is no such key, or the session token is not the key's.
    UnknownKey,
    /// The key is one of old.
    Expired,
}

/// The key that `call` is signed with.
pub(crate) fn authenticate(
    scene: &Scene<'_>,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Credentials, Rejected> {
    let header = call.header("authorization").ok_or(Rejected::Missing)?;
    let Some(authorization) = Authorization::parse(header) else {
        return incomplete("Authorization header is not a complete AWS4-HMAC-SHA256 one");
    };
    require_signed_headers(call, &authorization)?;
    let amz_date = call.header("x-amz-date").unwrap_or_default();
    require_current(scene.now, amz_date, &authorization.date)?;
    require_scope(&authorization, scope)?;
    let credentials = lookup(scene, call, &authorization.key_id)?;
    let request = SignedRequest {
        method: &call.method,
        path: &call.path,
        query: &call.raw_query,
        headers: &call.headers,
        body: &call.body,
    };
    let secret = &credentials.secret_access_key;
    if authorization.expected(&request, amz_date, secret) != authorization.signature {
        return mismatch(
            "The request signature we calculated does not match the signature you provided. Check \
             your AWS Secret Access Key and signing method.",
        );
    }
    if credentials.has_expired(scene.now) {
        return Err(Rejected::Expired);
    }
    Ok(credentials)
}

fn require_signed_headers(call: &Call, authorization: &Authorization) -> Result<(), Rejected> {
    let names = &authorization.signed_headers;
    if !names.is_sorted() {
        return incomplete("SignedHeaders must be sorted");
    }
    let sent = MUST_SIGN_IF_SENT.iter().filter(|name| call.header(name).is_some());
    let missing = MUST_SIGN.iter().chain(sent).find(|must| !names.iter().any(|it| it == *must));
    if let Some(missing) = missing {
        return mismatch(&format!("The signature does not cover {missing}"));
    }
    match names.iter().find(|name| call.header(name).is_none()) {
        Some(absent) => mismatch(&format!("The signed header {absent} is not in the request")),
        None => Ok(()),
    }
}

fn require_current(now: i64, amz_date: &str, day: &str) -> Result<(), Rejected> {
    let Some(signed_at) = parse_amz_date(amz_date) else {
        return incomplete("x-amz-date is malformed");
    };
    if !amz_date.starts_with(day) {
        return mismatch(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP",
        );
    }
    let now_text = format_amz_date(now);
    if signed_at < now - TOLERANCE {
        let edge = format_amz_date(now - TOLERANCE);
        return mismatch(&format!(
            "Signature expired: {amz_date} is now earlier than {edge} ({now_text} - 5 min.)"
        ));
    }
    if signed_at > now + TOLERANCE {
        let edge = format_amz_date(now + TOLERANCE);
        return mismatch(&format!(
            "Signature not yet current: {amz_date} is still later than {edge} ({now_text} + 5 min.)"
        ));
    }
    Ok(())
}

fn require_scope(authorization: &Authorization, scope: &Scope<'_>) -> Result<(), Rejected> {
    if authorization.service != scope.service {
        let right = scope.service;
        return mismatch(&format!("Credential should be scoped to correct service: '{right}'."));
    }
    if authorization.region != scope.region {
        let given = &authorization.region;
        return mismatch(&format!("Credential should be scoped to a valid region, not '{given}'."));
    }
    Ok(())
}

/// A session token with a key that has none is as wrong as none with a key that has one.
fn lookup(scene: &Scene<'_>, call: &Call, key_id: &str) -> Result<Credentials, Rejected> {
    let token = call.header("x-amz-security-token");
    let known = scene.state.credentials.get(key_id);
    let matching = known.filter(|credentials| credentials.session_token.as_deref() == token);
    matching.cloned().ok_or(Rejected::UnknownKey)
}

fn incomplete<T>(message: &str) -> Result<T, Rejected> {
    Err(Rejected::Incomplete(message.into()))
}

fn mismatch<T>(message: &str) -> Result<T, Rejected> {
    Err(Rejected::Mismatch(message.into()))
}
