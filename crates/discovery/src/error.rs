//! What can go wrong in a signed call.

use crate::sign::SignError;
use sso_http::{HttpError, MalformedReply};
use thiserror::Error;

/// STS did not say who is calling.
#[derive(Debug, Error)]
pub enum StsError {
    /// STS answered with an error of its own.
    #[error("STS answered {status} {code}: {message}")]
    Service {
        /// The HTTP status.
        status: u16,
        /// The error's code: `ExpiredToken`, `InvalidClientTokenId`, `SignatureDoesNotMatch`, ...
        code: String,
        /// The first line of what STS said; empty if that held a secret.
        message: String,
        /// The service's id of the request, if it gave one.
        request_id: Option<String>,
    },
    /// What came is not STS's XML: a proxy's or a portal's page, or a torn document.
    #[error(transparent)]
    Malformed(#[from] MalformedReply),
    /// No usable reply came.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The request cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
}
