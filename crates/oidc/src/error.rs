//! What the OIDC service answers when it does not answer with what was asked for.

use sso_http::{HttpError, MalformedReply, Reply, excerpt};
use std::fmt;
use thiserror::Error;

/// A call failed.
#[derive(Debug, Error)]
pub enum OidcError {
    /// No usable reply.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A reply that is not what the service documents.
    #[error(transparent)]
    Malformed(#[from] MalformedReply),
    /// The service says no.
    #[error(transparent)]
    Service(#[from] ServiceFault),
}

/// An error in the service's own words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{host} answered {status} {name}{}", description.as_deref().map(|text| format!(": {text}")).unwrap_or_default())]
pub struct ServiceFault {
    /// Who answered.
    pub host: String,
    /// The HTTP status.
    pub status: u16,
    /// Which error it is.
    pub code: ErrorCode,
    /// Its name as sent: the OAuth `error`, else the exception's name.
    pub name: String,
    /// `error_description`, foreign text.
    pub description: Option<String>,
    /// The service's id of the request.
    pub request_id: Option<String>,
}

/// The errors that decide what happens next (RFC 6749 §5.2, RFC 8628 §3.5, and AWS's own).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// The user has not decided yet: poll again.
    AuthorizationPending,
    /// Polled too fast: wait 5 s longer from now on (RFC 8628 §3.5).
    SlowDown,
    /// The code has expired.
    ExpiredToken,
    /// The user, or the identity provider, refused.
    AccessDenied,
    /// The code or refresh token is unknown, used or revoked.
    InvalidGrant,
    /// The service does not know the client (any more).
    InvalidClient,
    /// A parameter is wrong: often the region or the start URL.
    InvalidRequest,
    /// A scope is not allowed.
    InvalidScope,
    /// The client may not use this grant: the organisation may forbid the flow.
    UnauthorizedClient,
    /// Too many requests.
    Throttled,
    /// The service is at fault.
    ServerError,
    /// Something else.
    Other,
}

impl fmt::Display for ErrorCode {
    /// The OAuth name of the error.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl ErrorCode {
    const ALL: [Self; 12] = [
        Self::AuthorizationPending,
        Self::SlowDown,
        Self::ExpiredToken,
        Self::AccessDenied,
        Self::InvalidGrant,
        Self::InvalidClient,
        Self::InvalidRequest,
        Self::InvalidScope,
        Self::UnauthorizedClient,
        Self::Throttled,
        Self::ServerError,
        Self::Other,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::AccessDenied => "access_denied",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidClient => "invalid_client",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidScope => "invalid_scope",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::Throttled => "throttled",
            Self::ServerError => "server_error",
            Self::Other => "another error",
        }
    }

    /// The code of that name, as it is displayed.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// Whether another try with the same token would get it again.
    pub(crate) fn is_final(self) -> bool {
        use ErrorCode::{AccessDenied, ExpiredToken, InvalidClient, InvalidGrant, UnauthorizedClient};
        matches!(self, InvalidGrant | InvalidClient | UnauthorizedClient | ExpiredToken | AccessDenied)
    }

    /// By the exception of the `x-amzn-ErrorType` header or by the body's `error`, whichever is known.
    fn of(exception: &str, error: &str, status: u16) -> Self {
        let known = |text: &str| {
            Some(match text {
                "AuthorizationPendingException" | "authorization_pending" => Self::AuthorizationPending,
                "SlowDownException" | "slow_down" => Self::SlowDown,
                "ExpiredTokenException" | "expired_token" => Self::ExpiredToken,
                "AccessDeniedException" | "access_denied" => Self::AccessDenied,
                "InvalidGrantException" | "invalid_grant" => Self::InvalidGrant,
                "InvalidClientException" | "invalid_client" => Self::InvalidClient,
                "InvalidRequestException" | "invalid_request" => Self::InvalidRequest,
                "InvalidScopeException" | "invalid_scope" => Self::InvalidScope,
                "UnauthorizedClientException" | "unauthorized_client" => Self::UnauthorizedClient,
                "TooManyRequestsException" | "ThrottlingException" => Self::Throttled,
                "InternalServerException" | "server_error" => Self::ServerError,
                _ => return None,
            })
        };
        known(exception).or_else(|| known(error)).unwrap_or(match status {
            429 => Self::Throttled,
            500..=599 => Self::ServerError,
            _ => Self::Other,
        })
    }
}

impl OidcError {
    /// The service's code, if the service answered with one.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Service(fault) => Some(fault.code),
            Self::Http(_) | Self::Malformed(_) => None,
        }
    }

    /// From a reply that is no success.
    pub(crate) fn of(reply: &Reply) -> Self {
        let text = |name: &str| reply.text_field(name).filter(|text| !text.is_empty());
        let exception = reply.error_code().unwrap_or_default();
        let error = text("error").map(|text| excerpt(&text)).unwrap_or_default();
        let description = ["error_description", "message", "Message"].iter().find_map(|name| text(name));
        // A page of a proxy, of a captive portal or of another server says nothing about the client or the grant.
        let is_ours = match reply.status {
            429 | 500.. => true,
            ..400 | 404 => !exception.is_empty() || !error.is_empty(),
            _ => !exception.is_empty() || !error.is_empty() || description.is_some(),
        };
        if !is_ours {
            return reply.malformed("no error code").into();
        }
        let name = [error.clone(), exception.clone(), format!("HTTP {}", reply.status)];
        ServiceFault {
            host: reply.host().to_owned(),
            status: reply.status,
            code: ErrorCode::of(&exception, &error, reply.status),
            name: name.into_iter().find(|name| !name.is_empty()).unwrap_or_default(),
            description: description.map(|text| excerpt(&text)),
            request_id: reply.request_id().map(str::to_owned),
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_or_the_body_tells_the_code() {
        for (exception, error, status, code) in [
            ("InvalidGrantException", "", 400, ErrorCode::InvalidGrant),
            ("", "invalid_client", 401, ErrorCode::InvalidClient),
            ("SomethingNew", "slow_down", 400, ErrorCode::SlowDown),
            ("", "", 429, ErrorCode::Throttled),
            ("", "", 503, ErrorCode::ServerError),
            ("", "new_error", 400, ErrorCode::Other),
        ] {
            assert_eq!(ErrorCode::of(exception, error, status), code, "{exception} {error} {status}");
        }
    }
}
