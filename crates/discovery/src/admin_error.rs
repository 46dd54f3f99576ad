//! What can go wrong in a call of the administrators' services.

use crate::error::{Denied, harmless};
use crate::operation::Operation;
use crate::sign::SignError;
use sso_core::RoleCredentials;
use sso_http::{HttpError, MalformedReply, Reply};
use thiserror::Error;

/// A call failed.
#[derive(Debug, Error)]
pub enum AdminError {
    /// The caller may not do that: it lacks the action, or its account is neither the management account nor a delegated
    /// administrator's. What else is asked for will most likely be refused, too.
    #[error("{operation} was refused: {denied}")]
    Denied {
        /// What was asked for.
        operation: Operation,
        /// What the service said.
        denied: Box<Denied>,
    },
    /// The credentials have ended at AWS.
    #[error("{operation} was answered {status} {code}: {message}")]
    Expired {
        /// What was asked for.
        operation: Operation,
        /// The HTTP status.
        status: u16,
        /// The error's code.
        code: String,
        /// The first line of what the service said; empty if that held a secret.
        message: String,
    },
    /// The service throttles, and has not answered once for two minutes, or until the deadline.
    #[error("{operation} was throttled all the time")]
    Throttled {
        /// What was asked for.
        operation: Operation,
    },
    /// Any other refusal.
    #[error("{operation} was answered {status} {code}: {message}")]
    Service {
        /// What was asked for.
        operation: Operation,
        /// The HTTP status.
        status: u16,
        /// The error's code: `InvalidSignatureException`, `ValidationException`, `AWSOrganizationsNotInUseException`, ...
        code: String,
        /// The first line of what the service said; empty if that held a secret.
        message: String,
        /// The service's id of the request, if it gave one.
        request_id: Option<String>,
    },
    /// What came is not what the service documents.
    #[error(transparent)]
    Malformed(#[from] MalformedReply),
    /// No usable reply came.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The request cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl AdminError {
    /// From a reply that is no success.
    pub(crate) fn of(operation: Operation, reply: &Reply, credentials: &RoleCredentials) -> Self {
        if reply.is_throttled() {
            return Self::Throttled { operation };
        }
        // A proxy's page says nothing about the caller.
        let code = reply.error_code().map(|code| harmless(&code, credentials));
        let Some(code) = code.filter(|code| !code.is_empty()) else {
            return reply.malformed("no error code").into();
        };
        let message = reply.text_field("message").or_else(|| reply.text_field("Message")).unwrap_or_default();
        let message = harmless(&message, credentials);
        let (status, request_id) = (reply.status, reply.request_id().map(str::to_owned));
        match code.as_str() {
            "AccessDenied" | "AccessDeniedException" => {
                Self::Denied { operation, denied: Box::new(Denied::new(status, message, request_id)) }
            }
            "ExpiredToken" | "ExpiredTokenException" => Self::Expired { operation, status, code, message },
            _ => Self::Service { operation, status, code, message, request_id },
        }
    }

    /// Whether whatever else is asked for will end alike.
    #[must_use]
    pub fn ends_all(&self) -> bool {
        matches!(self, Self::Denied { .. } | Self::Expired { .. } | Self::Sign(_))
    }
}
