//! The sources of credentials that one profile names, in the order in which the AWS CLI looks at them.

use crate::keys::{
    AWS_ACCESS_KEY_ID, CREDENTIAL_PROCESS, LOGIN_SESSION, ROLE_ARN, SSO_ACCOUNT_ID, SSO_ROLE_NAME,
    WEB_IDENTITY_TOKEN_FILE,
};
use crate::place::Origin;
use crate::section::FileRole;
use crate::view::Section;

/// A source of credentials that a profile names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCandidate {
    /// What it is.
    pub kind: SourceKind,
    /// The key that names it.
    pub origin: Origin,
}

/// The kinds of sources, in the order in which the AWS CLI looks at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// `role_arn` with `web_identity_token_file`.
    WebIdentity,
    /// `role_arn`.
    AssumeRole,
    /// `sso_account_id` or `sso_role_name`.
    Sso,
    /// `aws_access_key_id` in the credentials file.
    CredentialsFile,
    /// `login_session`.
    Login,
    /// `credential_process`.
    Process,
    /// `aws_access_key_id` in the config file.
    ConfigFile,
}

/// All that the section names; the first one is used.
pub(crate) fn candidates(section: &Section<'_>) -> Vec<SourceCandidate> {
    let key = |key: &str| section.get(key).map(|found| found.origin);
    let in_file = |role| section.in_file(role, AWS_ACCESS_KEY_ID).map(|found| section.origin(&found));
    let role = match section.has(WEB_IDENTITY_TOKEN_FILE) {
        true => SourceKind::WebIdentity,
        false => SourceKind::AssumeRole,
    };
    let all = [
        (role, key(ROLE_ARN)),
        (SourceKind::Sso, key(SSO_ACCOUNT_ID).or_else(|| key(SSO_ROLE_NAME))),
        (SourceKind::CredentialsFile, in_file(FileRole::Credentials)),
        (SourceKind::Login, key(LOGIN_SESSION)),
        (SourceKind::Process, key(CREDENTIAL_PROCESS)),
        (SourceKind::ConfigFile, in_file(FileRole::Config)),
    ];
    let named = all.into_iter().filter_map(|(kind, origin)| Some(SourceCandidate { kind, origin: origin? }));
    named.collect()
}
