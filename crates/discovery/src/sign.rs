//! Signs one request with SigV4. Pure: the time is handed in, nothing is sent.

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{self, SignableBody, SignableRequest, SigningSettings};
use aws_sigv4::sign::v4;
use sso_core::{Region, RoleCredentials, Timestamp};
use sso_http::Call;
use std::error::Error as StdError;
use std::time::SystemTime;
use thiserror::Error;

/// The request cannot be signed: its address has no host, or cannot stand in a request line.
#[derive(Debug, Error)]
#[error("the request cannot be signed")]
pub struct SignError(#[source] Box<dyn StdError + Send + Sync>);

/// Adds `x-amz-date`, `x-amz-security-token` and `authorization`. An empty session token is none (long-lived keys have none).
/// `service` is the name that signatures use (`sts`, `sso`, `organizations`).
///
/// Source: "AWS Signature Version 4 for API requests" in the IAM User Guide.
///
/// Everything set on the call so far is signed but `user-agent`, which a proxy may change; so sign last. A signature
/// holds for about 5 minutes (STS: 15) around `at`, by the service's clock.
///
/// # Errors
/// See [`SignError`].
pub fn sign(
    call: Call,
    credentials: &RoleCredentials,
    region: &Region,
    service: &str,
    at: Timestamp,
) -> Result<Call, SignError> {
    // The signer expects a host and would panic without one.
    if call.url().host_str().is_none() {
        return Err(SignError("its address has no host".into()));
    }
    let identity = identity(credentials).into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region.as_str())
        .name(service)
        .time(SystemTime::from(at))
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| SignError(error.into()))?
        .into();
    let body = SignableBody::Bytes(call.body_bytes());
    let request = SignableRequest::new(call.method(), call.url().as_str(), call.headers(), body);
    let signed = request.and_then(|request| http_request::sign(request, &params));
    let (headers, _) = signed.map_err(|error| SignError(error.into()))?.into_parts().0.into_parts();
    Ok(headers.iter().fold(call, |call, header| match header.name() {
        "x-amz-date" => call.header("x-amz-date", header.value()),
        // Whoever sees a signature can replay the call for some minutes, so it is secret too.
        name => call.secret_header(name, header.value()),
    }))
}

fn identity(credentials: &RoleCredentials) -> Credentials {
    let token = Some(credentials.session_token.expose()).filter(|token| !token.is_empty());
    let secret = credentials.secret_access_key.expose();
    Credentials::new(&credentials.access_key_id, secret, token.map(str::to_owned), None, "sso")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_core::{SecretAccessKey, SessionToken};

    /// The session token of `post-sts-header-before`.
    const TOKEN: &str = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

    /// The keys of AWS's signing test suite.
    fn keys(token: &str) -> RoleCredentials {
        RoleCredentials {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned()),
            session_token: SessionToken::new(token.to_owned()),
            expires_at: at(),
            account_id: None,
        }
    }

    fn at() -> Timestamp {
        "2015-08-30T12:36:00Z".parse().expect("an instant")
    }

    fn signed(call: Call, token: &str, service: &str) -> Call {
        let region = Region::parse("us-east-1").expect("a region");
        sign(call, &keys(token), &region, service, at()).expect("signed")
    }

    fn header(call: &Call, wanted: &str) -> Option<String> {
        call.headers().find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned())
    }

    /// Signatures from AWS's public test suite (`aws-sig-v4-test-suite`) and, for IAM ListUsers, from the page
    /// "Signature Version 4 signing process" of the AWS General Reference.
    #[test]
    fn the_signatures_that_aws_publishes() {
        let url = |text: &str| text.parse().expect("a URL");
        let plain = || url("https://example.amazonaws.com/");
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        let list = url("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08");
        for (name, call, token, service, names, signature) in [
            (
                "get-vanilla",
                Call::get(plain()),
                "",
                "service",
                "host;x-amz-date",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "post-sts-header-before",
                Call::post(plain()),
                TOKEN,
                "service",
                "host;x-amz-date;x-amz-security-token",
                "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
            ),
            (
                "iam ListUsers",
                Call::get(list).body(form, Vec::new()),
                "",
                "iam",
                "content-type;host;x-amz-date",
                "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            ),
        ] {
            let authorization = header(&signed(call, token, service), "authorization");
            let expected = format!(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request, SignedHeaders={names}, Signature={signature}"
            );
            assert_eq!(authorization, Some(expected), "{name}");
        }
    }

    #[test]
    fn secrets_go_out_but_never_into_a_debug_output() {
        let call = signed(Call::post("https://example.amazonaws.com/".parse().expect("a URL")), TOKEN, "sts");
        assert_eq!(header(&call, "x-amz-security-token").as_deref(), Some(TOKEN));
        assert_eq!(header(&call, "x-amz-date").as_deref(), Some("20150830T123600Z"));
        let shown = format!("{call:?}");
        assert!(
            !shown.contains("AQoD") && !shown.contains("Signature=") && !shown.contains("wJal"),
            "{shown}"
        );
    }

    #[test]
    fn an_address_without_a_host_is_an_error_not_a_panic() {
        let call = Call::get("data:text/plain,x".parse().expect("a URL"));
        let region = Region::parse("us-east-1").expect("a region");
        assert!(sign(call, &keys(""), &region, "sts", at()).is_err());
    }
}
