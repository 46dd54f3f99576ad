//! What is answered: the JSON of the container credentials provider, or an error that SDKs show. Never for caches or pages.

use crate::judge::Denial;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use sso_core::{RoleCredentials, format_timestamp};

/// Why there are no credentials. botocore, and with it the AWS CLI, shows the whole body to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status; 500 stands in for a number that is none.
    pub status: u16,
    /// A word for programs (`Code` of the answer).
    pub code: String,
    /// A sentence for people, with what helps (`Message` of the answer).
    pub message: String,
    /// Whether it may be otherwise in a moment. Then credentials that still live are given instead.
    pub temporary: bool,
}

/// The answer with credentials.
pub(crate) fn credentials(credentials: &RoleCredentials) -> Response<Full<Bytes>> {
    let mut body = json!({
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key.expose(),
        "Token": credentials.session_token.expose(),
        "Expiration": format_timestamp(credentials.expires_at),
    });
    if let (Some(account), Some(fields)) = (&credentials.account_id, body.as_object_mut()) {
        fields.insert("AccountId".to_owned(), account.as_str().into());
    }
    response(StatusCode::OK, &body)
}

/// The answer without.
pub(crate) fn refusal(refusal: &Refusal) -> Response<Full<Bytes>> {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response(status, &json!({ "Code": refusal.code, "Message": refusal.message }))
}

/// The answer to who may not ask.
pub(crate) fn denial(denial: Denial) -> Response<Full<Bytes>> {
    let mut response = refusal(&Refusal {
        status: denial.status(),
        code: denial.code().to_owned(),
        message: denial.to_string(),
        temporary: false,
    });
    if denial == Denial::Method {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
    }
    response
}

fn response(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONNECTION, "close"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
