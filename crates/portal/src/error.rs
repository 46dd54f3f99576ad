//! What the portal answers when it does not answer with what was asked for.

use sso_core::Timestamp;
use sso_http::{HttpError, MalformedReply, Reply, excerpt};
use thiserror::Error;

/// A call failed. The variant decides what happens next.
#[derive(Debug, Error)]
pub enum PortalError {
    /// No usable reply.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A reply that is not what the service documents.
    #[error(transparent)]
    Malformed(#[from] MalformedReply),
    /// 401: the session has ended at the service, whatever the token's file says. Sign in again.
    #[error("the service does not accept the session (401{})", words(message.as_ref()))]
    SessionRejected {
        /// The service's words.
        message: Option<String>,
    },
    /// 403: this role, or this account, is not assigned to the user.
    #[error("the service refuses (403{})", words(message.as_ref()))]
    NoAccess {
        /// The service's words.
        message: Option<String>,
    },
    /// New credentials that have ended already: by all likelihood the local clock is ahead.
    #[error("the service gave credentials until {expires_at}, and here it is {now}")]
    AlreadyExpired {
        /// Their end.
        expires_at: Timestamp,
        /// The local clock's instant.
        now: Timestamp,
    },
    /// 429, after the retries.
    #[error("the service is throttling (429)")]
    Throttled,
    /// Any other refusal.
    #[error("{host} answered {status} {code}{}", words(message.as_ref()))]
    Service {
        /// Who answered.
        host: String,
        /// The HTTP status.
        status: u16,
        /// The exception's name, or `HTTP <status>`.
        code: String,
        /// The service's words.
        message: Option<String>,
        /// The service's id of the request.
        request_id: Option<String>,
    },
}

fn words(message: Option<&String>) -> String {
    message.map(|message| format!(": {message}")).unwrap_or_default()
}

impl PortalError {
    /// From a reply that is no success.
    pub(crate) fn of(reply: &Reply) -> Self {
        let message = reply.text_field("message").or_else(|| reply.text_field("Message"));
        let message = message.map(|message| excerpt(&message));
        let code = reply.error_code().filter(|code| !code.is_empty());
        // A proxy's or captive portal's page says nothing about the session or the role.
        if message.is_none() && code.is_none() && !matches!(reply.status, 429 | 500..) {
            return reply.malformed("no error code").into();
        }
        match reply.status {
            401 => Self::SessionRejected { message },
            403 => Self::NoAccess { message },
            429 => Self::Throttled,
            status => Self::Service {
                host: reply.host().to_owned(),
                status,
                code: code.unwrap_or_else(|| format!("HTTP {status}")),
                message,
                request_id: reply.request_id().map(str::to_owned),
            },
        }
    }
}
