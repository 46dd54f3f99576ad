//! The administrators' operations that exist here. All of them only read; there is no way to send another.

use sso_core::Service;
use std::fmt;

/// An operation, by its name in the AWS API reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// SSO Admin: the instances of IAM Identity Center.
    ListInstances,
    /// SSO Admin: the ARNs of the permission sets.
    ListPermissionSets,
    /// SSO Admin: name, description and session duration of one.
    DescribePermissionSet,
    /// SSO Admin: the accounts in which a permission set is.
    ListAccountsForProvisionedPermissionSet,
    /// SSO Admin: the permission sets that are in an account.
    ListPermissionSetsProvisionedToAccount,
    /// SSO Admin: who has a permission set in an account.
    ListAccountAssignments,
    /// Organizations: the accounts.
    ListAccounts,
    /// Identity Store: one user.
    DescribeUser,
    /// Identity Store: one group.
    DescribeGroup,
}

impl Operation {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::ListInstances,
        Self::ListPermissionSets,
        Self::DescribePermissionSet,
        Self::ListAccountsForProvisionedPermissionSet,
        Self::ListPermissionSetsProvisionedToAccount,
        Self::ListAccountAssignments,
        Self::ListAccounts,
        Self::DescribeUser,
        Self::DescribeGroup,
    ];

    /// Its name in the AWS API reference: `ListInstances`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ListInstances => "ListInstances",
            Self::ListPermissionSets => "ListPermissionSets",
            Self::DescribePermissionSet => "DescribePermissionSet",
            Self::ListAccountsForProvisionedPermissionSet => "ListAccountsForProvisionedPermissionSet",
            Self::ListPermissionSetsProvisionedToAccount => "ListPermissionSetsProvisionedToAccount",
            Self::ListAccountAssignments => "ListAccountAssignments",
            Self::ListAccounts => "ListAccounts",
            Self::DescribeUser => "DescribeUser",
            Self::DescribeGroup => "DescribeGroup",
        }
    }

    /// The service that has it.
    #[must_use]
    pub fn service(self) -> Service {
        match self {
            Self::ListAccounts => Service::Organizations,
            Self::DescribeUser | Self::DescribeGroup => Service::IdentityStore,
            _ => Service::SsoAdmin,
        }
    }

    /// The action that a policy has to allow: `sso:ListInstances`.
    #[must_use]
    pub fn action(self) -> String {
        format!("{}:{}", self.signing_name(), self.name())
    }

    /// What signatures and policies call the service.
    pub(crate) fn signing_name(self) -> &'static str {
        match self.service() {
            Service::Organizations => "organizations",
            Service::IdentityStore => "identitystore",
            _ => "sso",
        }
    }

    /// `X-Amz-Target`.
    pub(crate) fn target(self) -> String {
        let of_service = match self.service() {
            Service::Organizations => "AWSOrganizationsV20161128",
            Service::IdentityStore => "AWSIdentityStore",
            _ => "SWBExternalService",
        };
        format!("{of_service}.{}", self.name())
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.action())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The promise of the crate: whoever lets it in can lose nothing.
    #[test]
    fn all_of_them_only_read() {
        let actions = Operation::ALL.map(Operation::action);
        assert_eq!(
            actions,
            [
                "sso:ListInstances",
                "sso:ListPermissionSets",
                "sso:DescribePermissionSet",
                "sso:ListAccountsForProvisionedPermissionSet",
                "sso:ListPermissionSetsProvisionedToAccount",
                "sso:ListAccountAssignments",
                "organizations:ListAccounts",
                "identitystore:DescribeUser",
                "identitystore:DescribeGroup",
            ]
        );
        assert!(
            Operation::ALL
                .iter()
                .all(|it| ["List", "Describe"].iter().any(|verb| it.name().starts_with(verb)))
        );
    }

    /// No file of the crate names an operation that is not in the list: neither a target, nor an action of STS or of the
    /// sign-in but those that hand out credentials and the page to see with them.
    #[test]
    fn nothing_else_is_sent() {
        let sources = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).expect("the sources");
        let (mut targets, mut actions) = (Vec::new(), Vec::new());
        for path in sources.map(|entry| entry.expect("an entry").path()) {
            let text = std::fs::read_to_string(&path).expect("a text");
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            if text.contains("x-amz-target") {
                targets.push(path.file_name().expect("a name").to_owned());
            }
            let named = text.split("(\"Action\", \"").skip(1).filter_map(|rest| rest.split('"').next());
            actions.extend(named.map(str::to_owned));
        }
        actions.sort();
        assert_eq!(targets, ["admin.rs"]);
        assert_eq!(actions, ["AssumeRole", "GetCallerIdentity", "getSigninToken", "login"]);
    }
}
