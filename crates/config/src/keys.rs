//! The names of the keys that are read, once.

pub(crate) const SSO_SESSION: &str = "sso_session";
pub(crate) const SSO_START_URL: &str = "sso_start_url";
pub(crate) const SSO_REGION: &str = "sso_region";
pub(crate) const SSO_ACCOUNT_ID: &str = "sso_account_id";
pub(crate) const SSO_ROLE_NAME: &str = "sso_role_name";
pub(crate) const SSO_REGISTRATION_SCOPES: &str = "sso_registration_scopes";
/// Ours, unknown to the AWS tools: whether tokens of the session may be refreshed without asking.
pub(crate) const SSO_AUTO_REFRESH: &str = "sso_auto_refresh";
/// Ours, unknown to the AWS tools: seconds before its end from which on a token is refreshed.
pub(crate) const SSO_REFRESH_WINDOW: &str = "sso_refresh_window";
/// The keys that a profile may set otherwise than its session, and then the profile's hold.
pub(crate) const OF_THE_PROFILE_FIRST: [&str; 2] = [SSO_AUTO_REFRESH, SSO_REFRESH_WINDOW];
pub(crate) const REGION: &str = "region";
pub(crate) const OUTPUT: &str = "output";
pub(crate) const CA_BUNDLE: &str = "ca_bundle";
pub(crate) const SERVICES: &str = "services";
pub(crate) const ENDPOINT_URL: &str = "endpoint_url";
pub(crate) const IGNORE_CONFIGURED_ENDPOINT_URLS: &str = "ignore_configured_endpoint_urls";
pub(crate) const USE_FIPS_ENDPOINT: &str = "use_fips_endpoint";
pub(crate) const USE_DUALSTACK_ENDPOINT: &str = "use_dualstack_endpoint";
pub(crate) const AWS_ACCESS_KEY_ID: &str = "aws_access_key_id";
pub(crate) const AWS_SECRET_ACCESS_KEY: &str = "aws_secret_access_key";
pub(crate) const AWS_SESSION_TOKEN: &str = "aws_session_token";
pub(crate) const CREDENTIAL_PROCESS: &str = "credential_process";
pub(crate) const LOGIN_SESSION: &str = "login_session";
pub(crate) const ROLE_ARN: &str = "role_arn";
pub(crate) const SOURCE_PROFILE: &str = "source_profile";
pub(crate) const CREDENTIAL_SOURCE: &str = "credential_source";
pub(crate) const WEB_IDENTITY_TOKEN_FILE: &str = "web_identity_token_file";
pub(crate) const ROLE_SESSION_NAME: &str = "role_session_name";
pub(crate) const EXTERNAL_ID: &str = "external_id";
pub(crate) const MFA_SERIAL: &str = "mfa_serial";
pub(crate) const DURATION_SECONDS: &str = "duration_seconds";

/// Whether the value of a key (in lower case) must not be shown. botocore still reads the last one, too, and ends a key
/// at a `:`.
#[must_use]
pub fn is_secret(key: &str) -> bool {
    let name = key.split([':', ' ', '\t']).next().unwrap_or(key);
    matches!(name, AWS_SECRET_ACCESS_KEY | AWS_SESSION_TOKEN | "aws_security_token")
}
