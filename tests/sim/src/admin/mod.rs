//! The administrator's services, all in AWS JSON 1.1: SSO Admin, Organizations, Identity Store.

pub(crate) mod identity_store;
pub(crate) mod organizations;
mod refusals;
mod request;
pub(crate) mod sso_admin;

use crate::reply::{Refusal, Reply};

/// A target that the service does not have. As in the real ones, this is told before anybody is authenticated.
pub(crate) fn unknown_operation() -> Result<Reply, Refusal> {
    Err(Refusal::new(400, "UnknownOperationException", "", "There is no such operation"))
}
