//! Who has which permission set where: all of it, in as few requests as it takes.
//!
//! A permission set is provisioned to an account when somebody is assigned to it there. So the services are asked first where
//! each permission set is (a hundred accounts a request), and only for these pairs who has it.

use crate::admin_error::AdminError;
use crate::sso_admin::{AccountAssignment, PermissionSet, SsoAdmin};
use sso_core::AccountId;
use sso_http::{Missing, gather};
use std::sync::Arc;

/// What could not be read.
#[derive(Debug)]
pub struct Unread {
    /// The account; `None`: what concerns the permission set as such.
    pub account: Option<AccountId>,
    /// The ARN of the permission set.
    pub permission_set_arn: String,
    /// Why.
    pub error: Missing<AdminError>,
}

impl Unread {
    fn new(account: Option<AccountId>, permission_set_arn: String, error: Missing<AdminError>) -> Self {
        Self { account, permission_set_arn, error }
    }
}

/// The assignments, as far as the service told.
#[derive(Debug, Default)]
pub struct Assigned {
    /// In no particular order.
    pub assignments: Vec<AccountAssignment>,
    /// What is missing.
    pub unread: Vec<Unread>,
}

/// Name, description and duration of every permission set, and those that could not be read. `progress` is told how many of
/// how many are known.
///
/// # Errors
/// They cannot be listed, or an error comes after which whatever else is asked for will end alike ([`AdminError::ends_all`]).
pub async fn describe_permission_sets(
    admin: &SsoAdmin,
    instance_arn: &str,
    progress: impl FnMut(usize, usize),
) -> Result<(Vec<PermissionSet>, Vec<Unread>), AdminError> {
    let arns = admin.list_permission_sets(instance_arn).await?;
    let instance: Arc<str> = instance_arn.into();
    let describe = |arn: String| {
        let (admin, instance) = (admin.clone(), Arc::clone(&instance));
        async move {
            let described = admin.describe_permission_set(&instance, &arn).await;
            (arn, described)
        }
    };
    let gathered = gather(arns, describe, AdminError::ends_all, admin.deadline(), progress).await?;
    let unread = gathered.failed.into_iter().map(|(arn, error)| Unread::new(None, arn, error)).collect();
    Ok((gathered.done.into_iter().map(|(_, set)| set).collect(), unread))
}

/// The assignments of these permission sets, in one account or in all. `progress` is told how many of how many permission
/// sets in an account are read.
///
/// # Errors
/// The permission sets of the one account cannot be listed, or an error comes after which whatever else is asked for will end
/// alike ([`AdminError::ends_all`]).
pub async fn assignments(
    admin: &SsoAdmin,
    instance_arn: &str,
    permission_sets: &[String],
    account: Option<&AccountId>,
    progress: impl FnMut(usize, usize),
) -> Result<Assigned, AdminError> {
    let instance: Arc<str> = instance_arn.into();
    let (pairs, mut unread) = match account {
        Some(account) => (of_account(admin, &instance, permission_sets, account).await?, Vec::new()),
        None => of_all_accounts(admin, &instance, permission_sets).await?,
    };
    let ask = |(account, arn): (AccountId, String)| {
        let (admin, instance) = (admin.clone(), Arc::clone(&instance));
        async move {
            let found = admin.list_account_assignments(&instance, &account, &arn).await;
            ((account, arn), found)
        }
    };
    let gathered = gather(pairs, ask, AdminError::ends_all, admin.deadline(), progress).await?;
    let failed = gathered.failed.into_iter();
    unread.extend(failed.map(|((account, arn), error)| Unread::new(Some(account), arn, error)));
    let assignments = gathered.done.into_iter().flat_map(|(_, found)| found).collect();
    Ok(Assigned { assignments, unread })
}

/// Which of the permission sets are in the account.
async fn of_account(
    admin: &SsoAdmin,
    instance: &str,
    permission_sets: &[String],
    account: &AccountId,
) -> Result<Vec<(AccountId, String)>, AdminError> {
    let there = admin.list_permission_sets_provisioned_to_account(instance, account).await?;
    let wanted = there.into_iter().filter(|arn| permission_sets.contains(arn));
    Ok(wanted.map(|arn| (account.clone(), arn)).collect())
}

/// Where each of the permission sets is, and those of which it is not known.
async fn of_all_accounts(
    admin: &SsoAdmin,
    instance: &Arc<str>,
    permission_sets: &[String],
) -> Result<(Vec<(AccountId, String)>, Vec<Unread>), AdminError> {
    let ask = |arn: String| {
        let (admin, instance) = (admin.clone(), Arc::clone(instance));
        async move {
            let accounts = admin.list_accounts_for_provisioned_permission_set(&instance, &arn).await;
            (arn, accounts)
        }
    };
    let gathered =
        gather(permission_sets.to_vec(), ask, AdminError::ends_all, admin.deadline(), |_, _| ()).await?;
    let of_set = |(arn, accounts): (String, Vec<AccountId>)| {
        accounts.into_iter().map(move |account| (account, arn.clone()))
    };
    let pairs = gathered.done.into_iter().flat_map(of_set).collect();
    let failed = gathered.failed.into_iter();
    Ok((pairs, failed.map(|(arn, error)| Unread::new(None, arn, error)).collect()))
}
