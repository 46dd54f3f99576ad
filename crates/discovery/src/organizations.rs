//! AWS Organizations: the accounts.
//!
//! <https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html>

use crate::admin::{Admin, Signer};
use crate::admin_error::AdminError;
use crate::operation::Operation;
use serde::Deserialize;
use serde_json::json;
use sso_core::{EndpointUrl, Region, Service, Timestamp};

/// The largest page that the service gives.
const PAGE_SIZE: usize = 20;

/// The client of one partition.
#[derive(Clone, Debug)]
pub struct Organizations(Admin);

/// An account of the organization. Name and address are foreign text.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrganizationAccount {
    /// 12 digits.
    pub id: String,
    /// Its ARN; the account in it is the management account.
    pub arn: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The address of its root user.
    pub email: Option<String>,
    /// `PENDING_ACTIVATION`, `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE`, `CLOSED`: what AWS gives in place of `status`.
    state: Option<String>,
    /// `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE`.
    status: Option<String>,
    /// `CREATED` or `INVITED`.
    pub joined_method: Option<String>,
    /// When it joined, in seconds since 1970.
    joined_timestamp: Option<f64>,
}

impl OrganizationAccount {
    /// What it is in: `ACTIVE`, `SUSPENDED`, ...
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref().or(self.status.as_deref())
    }

    /// When it joined the organization, in whole seconds.
    #[must_use]
    pub fn joined_at(&self) -> Option<Timestamp> {
        let seconds = self.joined_timestamp?.trunc();
        // What is no instant is none of the range either.
        #[allow(clippy::cast_possible_truncation, reason = "a cast from f64 saturates")]
        Timestamp::from_second(seconds as i64).ok()
    }

    /// The order in which people look for accounts: by name, those without one last.
    #[must_use]
    pub fn sort_key(&self) -> (bool, String, String) {
        let name = self.name.as_deref().unwrap_or_default().to_lowercase();
        (name.is_empty(), name, self.id.clone())
    }
}

impl Organizations {
    /// A client of the endpoint; `region` is any of the partition.
    #[must_use]
    pub fn new(signer: &Signer, endpoint: EndpointUrl, region: &Region) -> Self {
        Self(Admin::new(signer, Service::Organizations, endpoint, region))
    }

    /// ListAccounts.
    ///
    /// # Errors
    /// See [`AdminError`].
    pub async fn list_accounts(&self) -> Result<Vec<OrganizationAccount>, AdminError> {
        self.0.pages(Operation::ListAccounts, json!({}), PAGE_SIZE, "Accounts").await
    }
}
