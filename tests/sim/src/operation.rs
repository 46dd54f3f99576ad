//! The operations of the simulated services: which request is which, and who answers it.

use crate::call::{Call, only};

/// Who answers, which decides how a refusal looks on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Service {
    Oidc,
    Portal,
    Sts,
    Signin,
    SsoAdmin,
    Organizations,
    IdentityStore,
    Browser,
    Unknown,
}

impl Service {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Oidc => "sso-oidc",
            Self::Portal => "sso",
            Self::Sts => "sts",
            Self::Signin => "signin",
            Self::SsoAdmin => "sso-admin",
            Self::Organizations => "organizations",
            Self::IdentityStore => "identitystore",
            Self::Browser => "browser",
            Self::Unknown => "unknown",
        }
    }

    /// The service that [`Service::name`] calls so.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut services = Operation::ALL.iter().map(|operation| operation.service());
        services.find(|service| service.name() == name)
    }
}

/// One operation of one service, by the name the AWS API reference gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    RegisterClient,
    StartDeviceAuthorization,
    CreateToken,
    Authorize,
    AuthorizeDecision,
    DevicePage,
    DeviceDecision,
    ListAccounts,
    ListAccountRoles,
    GetRoleCredentials,
    Logout,
    GetCallerIdentity,
    AssumeRole,
    /// A POST to STS with another `Action`, or none.
    StsOther,
    GetSigninToken,
    ConsoleLogin,
    /// The page that a sign-in ends on.
    Console,
    ListInstances,
    ListPermissionSets,
    DescribePermissionSet,
    ListAccountAssignments,
    ListAccountsForProvisionedPermissionSet,
    ListPermissionSetsProvisionedToAccount,
    /// A call of SSO Admin that it does not have; so the others.
    SsoAdminOther,
    OrganizationsListAccounts,
    OrganizationsOther,
    DescribeUser,
    DescribeGroup,
    IdentityStoreOther,
    Unknown,
}

impl Operation {
    const ALL: [Self; 30] = [
        Self::RegisterClient,
        Self::StartDeviceAuthorization,
        Self::CreateToken,
        Self::Authorize,
        Self::AuthorizeDecision,
        Self::DevicePage,
        Self::DeviceDecision,
        Self::ListAccounts,
        Self::ListAccountRoles,
        Self::GetRoleCredentials,
        Self::Logout,
        Self::GetCallerIdentity,
        Self::AssumeRole,
        Self::StsOther,
        Self::GetSigninToken,
        Self::ConsoleLogin,
        Self::Console,
        Self::ListInstances,
        Self::ListPermissionSets,
        Self::DescribePermissionSet,
        Self::ListAccountAssignments,
        Self::ListAccountsForProvisionedPermissionSet,
        Self::ListPermissionSetsProvisionedToAccount,
        Self::SsoAdminOther,
        Self::OrganizationsListAccounts,
        Self::OrganizationsOther,
        Self::DescribeUser,
        Self::DescribeGroup,
        Self::IdentityStoreOther,
        Self::Unknown,
    ];

    pub(crate) fn of(call: &Call) -> Self {
        match (call.method.as_str(), call.path.as_str()) {
            ("POST", "/client/register") => Self::RegisterClient,
            ("POST", "/device_authorization") => Self::StartDeviceAuthorization,
            ("POST", "/token") => Self::CreateToken,
            ("GET", "/authorize") => Self::Authorize,
            ("POST", "/authorize/decision") => Self::AuthorizeDecision,
            ("GET", "/device") => Self::DevicePage,
            ("POST", "/device/decision") => Self::DeviceDecision,
            ("GET", "/assignment/accounts") => Self::ListAccounts,
            ("GET", "/assignment/roles") => Self::ListAccountRoles,
            ("GET", "/federation/credentials") => Self::GetRoleCredentials,
            ("POST", "/logout") => Self::Logout,
            ("POST", "/") => match call.header("x-amz-target") {
                Some(target) => Self::of_target(target),
                None => Self::of_sts(call),
            },
            ("GET" | "POST", "/federation") => Self::of_signin(call),
            ("GET", "/console") => Self::Console,
            _ => Self::Unknown,
        }
    }

    fn of_sts(call: &Call) -> Self {
        match only(&call.form(), "Action") {
            Some("GetCallerIdentity") => Self::GetCallerIdentity,
            Some("AssumeRole") => Self::AssumeRole,
            _ => Self::StsOther,
        }
    }

    /// The services in AWS JSON name the operation in a header.
    fn of_target(target: &str) -> Self {
        match target.split_once('.') {
            Some(("SWBExternalService", name)) => match name {
                "ListInstances" => Self::ListInstances,
                "ListPermissionSets" => Self::ListPermissionSets,
                "DescribePermissionSet" => Self::DescribePermissionSet,
                "ListAccountAssignments" => Self::ListAccountAssignments,
                "ListAccountsForProvisionedPermissionSet" => Self::ListAccountsForProvisionedPermissionSet,
                "ListPermissionSetsProvisionedToAccount" => Self::ListPermissionSetsProvisionedToAccount,
                _ => Self::SsoAdminOther,
            },
            Some(("AWSOrganizationsV20161128", name)) => match name {
                "ListAccounts" => Self::OrganizationsListAccounts,
                _ => Self::OrganizationsOther,
            },
            Some(("AWSIdentityStore", name)) => match name {
                "DescribeUser" => Self::DescribeUser,
                "DescribeGroup" => Self::DescribeGroup,
                _ => Self::IdentityStoreOther,
            },
            _ => Self::Unknown,
        }
    }

    fn of_signin(call: &Call) -> Self {
        let action = if call.method == "POST" { call.form() } else { call.query.clone() };
        match (call.method.as_str(), only(&action, "Action")) {
            (_, Some("getSigninToken")) => Self::GetSigninToken,
            ("GET", Some("login")) => Self::ConsoleLogin,
            _ => Self::Unknown,
        }
    }

    /// Whether `name` is one that [`Operation::name`] can give.
    pub(crate) fn is_known(name: &str) -> bool {
        Self::ALL.iter().any(|operation| operation.name() == name)
    }

    /// Unique: the portal has a `ListAccounts` too, and was here first, so that of Organizations says whose it is.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RegisterClient => "RegisterClient",
            Self::StartDeviceAuthorization => "StartDeviceAuthorization",
            Self::CreateToken => "CreateToken",
            Self::Authorize => "Authorize",
            Self::AuthorizeDecision => "AuthorizeDecision",
            Self::DevicePage => "DevicePage",
            Self::DeviceDecision => "DeviceDecision",
            Self::ListAccounts => "ListAccounts",
            Self::ListAccountRoles => "ListAccountRoles",
            Self::GetRoleCredentials => "GetRoleCredentials",
            Self::Logout => "Logout",
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::AssumeRole => "AssumeRole",
            Self::StsOther => "StsOther",
            Self::GetSigninToken => "GetSigninToken",
            Self::ConsoleLogin => "ConsoleLogin",
            Self::Console => "Console",
            Self::ListInstances => "ListInstances",
            Self::ListPermissionSets => "ListPermissionSets",
            Self::DescribePermissionSet => "DescribePermissionSet",
            Self::ListAccountAssignments => "ListAccountAssignments",
            Self::ListAccountsForProvisionedPermissionSet => "ListAccountsForProvisionedPermissionSet",
            Self::ListPermissionSetsProvisionedToAccount => "ListPermissionSetsProvisionedToAccount",
            Self::SsoAdminOther => "SsoAdminOther",
            Self::OrganizationsListAccounts => "OrganizationsListAccounts",
            Self::OrganizationsOther => "OrganizationsOther",
            Self::DescribeUser => "DescribeUser",
            Self::DescribeGroup => "DescribeGroup",
            Self::IdentityStoreOther => "IdentityStoreOther",
            Self::Unknown => "Unknown",
        }
    }

    pub(crate) fn service(self) -> Service {
        match self {
            Self::RegisterClient | Self::StartDeviceAuthorization | Self::CreateToken => Service::Oidc,
            Self::Authorize | Self::AuthorizeDecision | Self::DevicePage | Self::DeviceDecision => {
                Service::Browser
            }
            Self::ListAccounts | Self::ListAccountRoles | Self::GetRoleCredentials | Self::Logout => {
                Service::Portal
            }
            Self::GetCallerIdentity | Self::AssumeRole | Self::StsOther => Service::Sts,
            Self::GetSigninToken | Self::ConsoleLogin | Self::Console => Service::Signin,
            Self::ListInstances
            | Self::ListPermissionSets
            | Self::DescribePermissionSet
            | Self::ListAccountAssignments
            | Self::ListAccountsForProvisionedPermissionSet
            | Self::ListPermissionSetsProvisionedToAccount
            | Self::SsoAdminOther => Service::SsoAdmin,
            Self::OrganizationsListAccounts | Self::OrganizationsOther => Service::Organizations,
            Self::DescribeUser | Self::DescribeGroup | Self::IdentityStoreOther => Service::IdentityStore,
            Self::Unknown => Service::Unknown,
        }
    }

    /// What IAM policies call it, where they decide who may.
    pub(crate) fn action(self) -> Option<&'static str> {
        match self {
            Self::ListInstances => Some("sso:ListInstances"),
            Self::ListPermissionSets => Some("sso:ListPermissionSets"),
            Self::DescribePermissionSet => Some("sso:DescribePermissionSet"),
            Self::ListAccountAssignments => Some("sso:ListAccountAssignments"),
            Self::ListAccountsForProvisionedPermissionSet => {
                Some("sso:ListAccountsForProvisionedPermissionSet")
            }
            Self::ListPermissionSetsProvisionedToAccount => {
                Some("sso:ListPermissionSetsProvisionedToAccount")
            }
            Self::OrganizationsListAccounts => Some("organizations:ListAccounts"),
            Self::DescribeUser => Some("identitystore:DescribeUser"),
            Self::DescribeGroup => Some("identitystore:DescribeGroup"),
            _ => None,
        }
    }

    /// Whether `action` is one that [`Operation::action`] can give.
    pub(crate) fn is_action(action: &str) -> bool {
        Self::ALL.iter().any(|operation| operation.action() == Some(action))
    }
}
