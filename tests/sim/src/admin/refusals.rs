//! What these services refuse, in their words.

use crate::auth::Rejected;
use crate::operation::Service;
use crate::reply::Refusal;

/// A member whose value is not allowed, unknown or missing.
pub(super) fn invalid(service: Service, message: &str) -> Refusal {
    let code = match service {
        Service::Organizations => "InvalidInputException",
        _ => "ValidationException",
    };
    Refusal::new(400, code, "", message)
}

/// A body that is not of the operation's types.
pub(super) fn unreadable(message: &str) -> Refusal {
    Refusal::new(400, "SerializationException", "", message)
}

pub(super) fn not_found(message: &str) -> Refusal {
    Refusal::new(400, "ResourceNotFoundException", "", message)
}

/// Organizations does not tell who may not do what.
pub(super) fn denied(service: Service, caller: &str, action: &str, resource: &str) -> Refusal {
    let message = match service {
        Service::Organizations => "You don't have permissions to access this resource.".to_owned(),
        _ => format!(
            "User: {caller} is not authorized to perform: {action} on resource: {resource} \
             because no identity-based policy allows the {action} action"
        ),
    };
    Refusal::new(400, "AccessDeniedException", "", message)
}

pub(super) fn rejected(rejected: Rejected) -> Refusal {
    let (code, message) = match rejected {
        Rejected::Missing => {
            ("MissingAuthenticationTokenException", "Request is missing Authentication Token".into())
        }
        Rejected::Incomplete(message) => ("IncompleteSignatureException", message),
        Rejected::Mismatch(message) => ("InvalidSignatureException", message),
        Rejected::UnknownKey => {
            ("UnrecognizedClientException", "The security token included in the request is invalid.".into())
        }
        Rejected::Expired => {
            ("ExpiredTokenException", "The security token included in the request is expired".into())
        }
    };
    Refusal::new(400, code, "", message)
}
