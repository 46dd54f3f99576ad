//! The identity store: what users and groups are called.
//!
//! <https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html>

use crate::admin::{Admin, Signer};
use crate::admin_error::AdminError;
use crate::operation::Operation;
use serde::Deserialize;
use serde_json::json;
use sso_core::{EndpointUrl, Region, Service};

/// The client of one region.
#[derive(Clone, Debug)]
pub struct IdentityStore(Admin);

/// A user or a group. Texts are foreign.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Named {
    /// What a user signs in as; groups have none.
    pub user_name: Option<String>,
    /// What is shown.
    pub display_name: Option<String>,
}

impl Named {
    /// What people know it by.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.user_name.as_deref().or(self.display_name.as_deref())
    }
}

impl IdentityStore {
    /// A client of the endpoint, for the identity stores of `region`.
    #[must_use]
    pub fn new(signer: &Signer, endpoint: EndpointUrl, region: &Region) -> Self {
        Self(Admin::new(signer, Service::IdentityStore, endpoint, region))
    }

    /// DescribeUser; `None`: there is no such user (any more).
    ///
    /// # Errors
    /// See [`AdminError`].
    pub async fn describe_user(&self, store_id: &str, user_id: &str) -> Result<Option<Named>, AdminError> {
        let input = json!({ "IdentityStoreId": store_id, "UserId": user_id });
        found(self.0.ask(Operation::DescribeUser, &input).await)
    }

    /// DescribeGroup; `None`: there is no such group (any more).
    ///
    /// # Errors
    /// See [`AdminError`].
    pub async fn describe_group(&self, store_id: &str, group_id: &str) -> Result<Option<Named>, AdminError> {
        let input = json!({ "IdentityStoreId": store_id, "GroupId": group_id });
        found(self.0.ask(Operation::DescribeGroup, &input).await)
    }
}

fn found(result: Result<Named, AdminError>) -> Result<Option<Named>, AdminError> {
    match result {
        Ok(named) => Ok(Some(named)),
        Err(AdminError::Service { code, .. }) if code == "ResourceNotFoundException" => Ok(None),
        Err(error) => Err(error),
    }
}
