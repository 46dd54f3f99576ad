//! IAM Identity Center as its administrators see it: instances, permission sets, assignments. All of it is read.
//!
//! <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html>

use crate::admin::{Admin, Signer};
use crate::admin_error::AdminError;
use crate::operation::Operation;
use serde::Deserialize;
use serde_json::json;
use sso_core::{AccountId, EndpointUrl, Partition, Region, Service, StartUrl};
use tokio::time::Instant;

/// The largest page that the service gives.
const PAGE_SIZE: usize = 100;

/// The client of one region.
#[derive(Clone, Debug)]
pub struct SsoAdmin(Admin);

/// An instance of IAM Identity Center. Texts are foreign.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Instance {
    /// Its ARN.
    #[serde(rename = "InstanceArn")]
    pub arn: String,
    /// The id of its identity store: `d-9067f00ba1`.
    pub identity_store_id: String,
    /// The account that it belongs to: the management account, or for an instance of one account that account.
    pub owner_account_id: Option<String>,
    /// Its name, if somebody gave it one.
    pub name: Option<String>,
    /// `ACTIVE`, `CREATE_IN_PROGRESS`, `DELETE_IN_PROGRESS`, ...
    pub status: Option<String>,
    /// The region that it was set up in, where it is in several.
    pub primary_region: Option<String>,
}

impl Instance {
    /// The address of its access portal, which is the same for all instances of that id; `None` where AWS documents none.
    ///
    /// Source: the pages on IAM Identity Center of the AWS GovCloud (US) User Guide and of "Getting Started with Amazon Web
    /// Services in China".
    #[must_use]
    pub fn start_url(&self, partition: Partition) -> Option<StartUrl> {
        let id = &self.identity_store_id;
        // It becomes part of a host name.
        let harmless = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if id.is_empty() || id.len() > 63 || !id.bytes().all(harmless) {
            return None;
        }
        match partition {
            Partition::Aws => Some(format!("https://{id}.awsapps.com/start")),
            Partition::AwsCn => Some(format!("https://start.home.awsapps.cn/directory/{id}")),
            Partition::AwsUsGov => Some(format!("https://start.us-gov-home.awsapps.com/directory/{id}")),
            _ => None,
        }
        .map(StartUrl::new)
    }
}

/// A permission set. Texts are foreign.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PermissionSet {
    /// Its ARN.
    #[serde(rename = "PermissionSetArn")]
    pub arn: String,
    /// Its name: what `sso_role_name` names.
    pub name: String,
    /// What somebody wrote about it.
    pub description: Option<String>,
    /// How long its credentials live, as ISO 8601 writes it: `PT8H`.
    pub session_duration: Option<String>,
    /// Where the console opens.
    pub relay_state: Option<String>,
}

/// Who has a permission set in an account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountAssignment {
    /// The account.
    #[serde(rename = "AccountId")]
    pub account_id: String,
    /// The ARN of the permission set.
    pub permission_set_arn: String,
    /// `USER` or `GROUP`.
    pub principal_type: String,
    /// The id of the user or group in the identity store.
    pub principal_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    permission_set: PermissionSet,
}

impl SsoAdmin {
    /// A client of the endpoint, for instances of `region`.
    #[must_use]
    pub fn new(signer: &Signer, endpoint: EndpointUrl, region: &Region) -> Self {
        Self(Admin::new(signer, Service::SsoAdmin, endpoint, region))
    }

    /// When nothing more is begun.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.0.deadline()
    }

    /// ListInstances: those of the caller's account and of its organization that are in the region.
    ///
    /// # Errors
    /// See [`AdminError`].
    pub async fn list_instances(&self) -> Result<Vec<Instance>, AdminError> {
        self.0.pages(Operation::ListInstances, json!({}), PAGE_SIZE, "Instances").await
    }

    /// ListPermissionSets: the ARNs.
    ///
    /// # Errors
    /// See [`AdminError`].
    pub async fn list_permission_sets(&self, instance_arn: &str) -> Result<Vec<String>, AdminError> {
        let input = json!({ "InstanceArn": instance_arn });
        self.0.pages(Operation::ListPermissionSets, input, PAGE_SIZE, "PermissionSets").await
    }

    /// DescribePermissionSet.
    ///
    /// # Errors
    /// See [`AdminError`].
    pub async fn describe_permission_set(
        &self,
        instance_arn: &str,
        arn: &str,
    ) -> Result<PermissionSet, AdminError> {
        let input = json!({ "InstanceArn": instance_arn, "PermissionSetArn": arn });
        let described: Described = self.0.ask(Operation::DescribePermissionSet, &input).await?;
        Ok(described.permission_set)
    }

    /// ListAccountsForProvisionedPermissionSet: in which accounts a permission set is. It is there as long as somebody is
    /// assigned to it there.
    ///
    /// # Errors
    /// See [`AdminError`].
    pub async fn list_accounts_for_provisioned_permission_set(
        &self,
        instance_arn: &str,
        permission_set_arn: &str,
    ) -> Result<Vec<AccountId>, AdminError> {
        let input = json!({ "InstanceArn": instance_arn, "PermissionSetArn": permission_set_arn });
        let operation = Operation::ListAccountsForProvisionedPermissionSet;
        let found: Vec<String> = self.0.pages(operation, input, PAGE_SIZE, "AccountIds").await?;
        Ok(found.into_iter().map(AccountId::new).collect())
    }

    /// ListPermissionSetsProvisionedToAccount: the ARNs of those that are in an account.
    ///
    /// # Errors
    /// See [`AdminError`].
    pub async fn list_permission_sets_provisioned_to_account(
        &self,
        instance_arn: &str,
        account: &AccountId,
    ) -> Result<Vec<String>, AdminError> {
        let input = json!({ "InstanceArn": instance_arn, "AccountId": account.as_str() });
        let operation = Operation::ListPermissionSetsProvisionedToAccount;
        self.0.pages(operation, input, PAGE_SIZE, "PermissionSets").await
    }

    /// ListAccountAssignments: who has a permission set in an account.
    ///
    /// # Errors
    /// See [`AdminError`].
    pub async fn list_account_assignments(
        &self,
        instance_arn: &str,
        account: &AccountId,
        permission_set_arn: &str,
    ) -> Result<Vec<AccountAssignment>, AdminError> {
        let input = json!({
            "InstanceArn": instance_arn,
            "AccountId": account.as_str(),
            "PermissionSetArn": permission_set_arn,
        });
        self.0.pages(Operation::ListAccountAssignments, input, PAGE_SIZE, "AccountAssignments").await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_portal() {
        let of = |id: &str, partition| {
            let instance = Instance {
                arn: String::new(),
                identity_store_id: id.to_owned(),
                owner_account_id: None,
                name: None,
                status: None,
                primary_region: None,
            };
            instance.start_url(partition).map(|url| url.as_str().to_owned())
        };
        for (id, partition, url) in [
            ("d-9067f00ba1", Partition::Aws, Some("https://d-9067f00ba1.awsapps.com/start")),
            ("d-1", Partition::AwsCn, Some("https://start.home.awsapps.cn/directory/d-1")),
            ("d-1", Partition::AwsUsGov, Some("https://start.us-gov-home.awsapps.com/directory/d-1")),
            ("d-1", Partition::AwsEusc, None),
            ("evil.example/", Partition::Aws, None),
            ("", Partition::Aws, None),
        ] {
            assert_eq!(of(id, partition).as_deref(), url, "{id} {partition:?}");
        }
    }
}
