//! STS: the signature of every call, and `GetCallerIdentity`.

use crate::call::{Call, only};
use crate::clock::{format_amz_date, parse_amz_date};
use crate::pages::escape;
use crate::reply::{Refusal, Reply};
use crate::secrets;
use crate::sigv4::{Authorization, SignedRequest};
use crate::state::{Caller, RoleCredentials, Scene};

/// How far a request's date may be from the world's time, in seconds.
const TOLERANCE: i64 = 5 * 60;
/// Headers that the signature has to cover.
const MUST_SIGN: [&str; 3] = ["host", "x-amz-date", "x-amz-security-token"];

pub(crate) fn get_caller_identity(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let credentials = authenticate(scene, call)?;
    require_form(call)?;
    Ok(Reply::xml(200, identity(&credentials.caller)))
}

pub(crate) fn require_form(call: &Call) -> Result<(), Refusal> {
    if call.media_type() != "application/x-www-form-urlencoded" {
        return refuse(400, "InvalidParameterValue", "The body must be a form");
    }
    if only(&call.form(), "Version") != Some("2011-06-15") {
        return refuse(400, "NoSuchVersion", "The requested version is not valid");
    }
    Ok(())
}

/// Any other action: authenticated first, as in the real service.
pub(crate) fn other(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    authenticate(scene, call)?;
    refuse(400, "InvalidAction", "Could not find operation")
}

pub(crate) fn authenticate(scene: &Scene<'_>, call: &Call) -> Result<RoleCredentials, Refusal> {
    let Some(header) = call.header("authorization") else {
        let message = "Request is missing Authentication Token";
        return refuse(403, "MissingAuthenticationToken", message);
    };
    let Some(authorization) = Authorization::parse(header) else {
        let message = "Authorization header is not a complete AWS4-HMAC-SHA256 one";
        return refuse(400, "IncompleteSignature", message);
    };
    require_signed_headers(call, &authorization)?;
    let amz_date = call.header("x-amz-date").unwrap_or_default();
    require_current(scene.now, amz_date, &authorization.date)?;
    require_scope(scene, &authorization)?;
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
    if scene.now >= credentials.expires_at {
        let message = "The security token included in the request is expired";
        return refuse(403, "ExpiredToken", message);
    }
    Ok(credentials)
}

fn require_signed_headers(call: &Call, authorization: &Authorization) -> Result<(), Refusal> {
    let names = &authorization.signed_headers;
    if !names.is_sorted() {
        return refuse(400, "IncompleteSignature", "SignedHeaders must be sorted");
    }
    let missing = MUST_SIGN.iter().find(|must| !names.iter().any(|it| it == *must));
    if let Some(missing) = missing {
        return mismatch(&format!("The signature does not cover {missing}"));
    }
    match names.iter().find(|name| call.header(name).is_none()) {
        Some(absent) => mismatch(&format!("The signed header {absent} is not in the request")),
        None => Ok(()),
    }
}

fn require_current(now: i64, amz_date: &str, day: &str) -> Result<(), Refusal> {
    let Some(signed_at) = parse_amz_date(amz_date) else {
        return refuse(400, "IncompleteSignature", "x-amz-date is malformed");
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

fn require_scope(scene: &Scene<'_>, authorization: &Authorization) -> Result<(), Refusal> {
    let settings = scene.settings;
    let region = settings.sts_region.as_ref().unwrap_or(&settings.region);
    if authorization.service != "sts" {
        return mismatch("Credential should be scoped to correct service: 'sts'.");
    }
    if authorization.region != *region {
        let given = &authorization.region;
        return mismatch(&format!("Credential should be scoped to a valid region, not '{given}'."));
    }
    Ok(())
}

fn lookup(scene: &Scene<'_>, call: &Call, key_id: &str) -> Result<RoleCredentials, Refusal> {
    let token = call.header("x-amz-security-token").unwrap_or_default();
    let known = scene.state.role_credentials.get(key_id);
    match known.filter(|credentials| credentials.session_token == token) {
        Some(credentials) => Ok(credentials.clone()),
        None => refuse(403, "InvalidClientTokenId", "The security token included in the request is invalid."),
    }
}

fn identity(caller: &Caller) -> String {
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  \
         <GetCallerIdentityResult>\n    <Arn>{}</Arn>\n    <UserId>{}</UserId>\n    \
         <Account>{}</Account>\n  </GetCallerIdentityResult>\n  <ResponseMetadata>\n    \
         <RequestId>{}</RequestId>\n  </ResponseMetadata>\n</GetCallerIdentityResponse>\n",
        escape(&caller.arn),
        escape(&caller.user_id),
        caller.account_id,
        secrets::request_id()
    )
}

pub(crate) fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        region if region.starts_with("eusc-") => "aws-eusc",
        _ => "aws",
    }
}

fn mismatch<T>(message: &str) -> Result<T, Refusal> {
    refuse(403, "SignatureDoesNotMatch", message)
}

pub(crate) fn refuse<T>(status: u16, code: &str, message: &str) -> Result<T, Refusal> {
    Err(Refusal::new(status, code, "", message))
}
