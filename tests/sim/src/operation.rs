//! The operations of the simulated services: which request is which, and who answers it.

use crate::call::{Call, only};

/// Who answers, which decides how a refusal looks on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Oidc,
    Portal,
    Sts,
    Signin,
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
            Self::Browser => "browser",
            Self::Unknown => "unknown",
        }
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
    Unknown,
}

impl Operation {
    const ALL: [Self; 18] = [
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
            ("POST", "/") => Self::of_sts(call),
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
            Self::Unknown => Service::Unknown,
        }
    }
}
