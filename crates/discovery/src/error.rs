//! What can go wrong in a signed call.

use crate::sign::SignError;
use sso_core::{MayRefuse, RoleCredentials, Timestamp};
use sso_http::{HttpError, MalformedReply, excerpt};
use thiserror::Error;

/// STS did not do what it was asked to.
#[derive(Debug, Error)]
pub enum StsError {
    /// The caller may not do that.
    #[error("STS answered {}", .0)]
    Denied(Box<Denied>),
    /// The caller's credentials have ended at AWS, whatever was said of their end.
    #[error("STS answered {status} ExpiredToken: {message}")]
    Expired {
        /// The HTTP status.
        status: u16,
        /// The first line of what STS said; empty if that held a secret.
        message: String,
    },
    /// New credentials that have ended already: by all likelihood the local clock is ahead.
    #[error("STS gave credentials until {expires_at}, and here it is {now}")]
    AlreadyExpired {
        /// Their end.
        expires_at: Timestamp,
        /// The local clock's instant.
        now: Timestamp,
    },
    /// STS answered with another error of its own.
    #[error("STS answered {status} {code}: {message}")]
    Service {
        /// The HTTP status.
        status: u16,
        /// The error's code: `InvalidClientTokenId`, `ValidationError`, `SignatureDoesNotMatch`, ...
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

/// A caller that lacks a permission: its own policy, or the trust policy of what it asked for, does not allow it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{status} AccessDenied: {message}")]
pub struct Denied {
    /// The HTTP status.
    pub status: u16,
    /// What STS said.
    pub message: String,
    /// The ARN of the caller, if STS told it.
    pub caller: Option<String>,
    /// What it may not do (`sts:AssumeRole`), if STS told it.
    pub action: Option<String>,
    /// On what (the ARN of the role), if STS told it.
    pub resource: Option<String>,
    /// The service's id of the request, if it gave one.
    pub request_id: Option<String>,
}

impl Denied {
    /// Takes STS's sentence apart: `User: X is not authorized to perform: A on resource: R because ...`.
    pub(crate) fn new(status: u16, message: String, request_id: Option<String>) -> Self {
        let behind = |mark: &str| {
            let word = message.split_once(mark)?.1.split_whitespace().next()?;
            Some(word.trim_end_matches([',', '.']).to_owned())
        };
        let (caller, action) = (behind("User: "), behind("perform: "));
        let resource = behind("resource: ");
        Self { status, caller, action, resource, request_id, message }
    }
}

impl MayRefuse for StsError {
    fn refuses(&self) -> bool {
        matches!(self, Self::Denied(_) | Self::Expired { .. })
    }
}

/// The first line, without secrets: a refused signature is explained by the canonical request, session token included.
pub(crate) fn harmless(message: &str, credentials: &RoleCredentials) -> String {
    let line = message.trim().lines().next().unwrap_or_default();
    let secrets = [credentials.session_token.expose(), credentials.secret_access_key.expose()];
    // Before it is cut: a part of a secret would not be found.
    let leaks = secrets.iter().any(|secret| !secret.is_empty() && line.contains(secret));
    if leaks { String::new() } else { excerpt(line) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_core::{SecretAccessKey, SessionToken};

    #[test]
    fn the_sentence_of_a_denial_is_taken_apart() {
        let role = "arn:aws:iam::222233334444:role/Deploy";
        let user = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_1/me@example.com";
        let said = format!("User: {user} is not authorized to perform: sts:AssumeRole on resource: {role}");
        for message in [
            said.clone(),
            format!("{said} because no identity-based policy allows the sts:AssumeRole action"),
            format!("{said}."),
        ] {
            let denied = Denied::new(403, message, None);
            let told = [&denied.caller, &denied.action, &denied.resource].map(|word| word.as_deref());
            assert_eq!(told, [Some(user), Some("sts:AssumeRole"), Some(role)]);
        }
        let other = Denied::new(403, "Access denied".to_owned(), None);
        assert_eq!((other.caller, other.action, other.resource), (None, None, None));
    }

    #[test]
    fn a_message_never_holds_a_secret() {
        let keys = RoleCredentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: SecretAccessKey::new("CANARY-secret".to_owned()),
            session_token: SessionToken::new("CANARY-token".to_owned()),
            expires_at: Timestamp::UNIX_EPOCH,
            account_id: None,
        };
        for (message, shown) in [
            (
                "Signature expired: 20261121T000000Z is now earlier than ...",
                "Signature expired: 20261121T000000Z is now earlier than ...",
            ),
            (
                "It does not match.\n\nThe Canonical String was\nx-amz-security-token:CANARY-token",
                "It does not match.",
            ),
            ("\n  It does not match.\r\nmore", "It does not match."),
            ("x-amz-security-token:CANARY-token", ""),
            ("", ""),
        ] {
            assert_eq!(harmless(message, &keys), shown);
        }
        let long = "x".repeat(995);
        assert_eq!(harmless(&long.repeat(900), &keys).chars().count(), 1_001);
        assert_eq!(harmless(&format!("{long}CANARY-token"), &keys), "", "cut through it would be half of it");
    }
}
