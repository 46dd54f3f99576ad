//! Role credentials and the keys they are cached under.

use crate::{AccountId, RoleArn, RoleName, SecretAccessKey, SessionToken, TokenKey};
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// Short-lived credentials of a role (GetRoleCredentials, AssumeRole).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleCredentials {
    /// The access key id (`ASIA...`); not secret.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: SecretAccessKey,
    /// The session token.
    pub session_token: SessionToken,
    /// When they end, in whole seconds.
    pub expires_at: Timestamp,
    /// The account they belong to; absent in files of old AWS CLI versions.
    pub account_id: Option<AccountId>,
}

/// IAM lets no role's session last longer.
const LONGEST_SESSION: SignedDuration = SignedDuration::from_hours(12);

impl RoleCredentials {
    /// When new credentials end of which the service says so: at most 12 hours from now, the longest session of a role ("Update
    /// the maximum session duration for a role" in the IAM User Guide). A wrong end far away would be believed for as long:
    /// nobody asks the service again while cached credentials are fresh.
    #[must_use]
    pub fn end(said: Timestamp, now: Timestamp) -> Timestamp {
        now.checked_add(LONGEST_SESSION).map_or(said, |latest| said.min(latest))
    }

    /// How long they still live (negative when they have ended).
    #[must_use]
    pub fn remaining(&self, now: Timestamp) -> SignedDuration {
        self.expires_at.duration_since(now)
    }

    /// Whether cached credentials are used without asking: while 15 minutes remain, the AWS CLI's rule.
    ///
    /// Source: `CachedCredentialFetcher` in `botocore/credentials.py`.
    #[must_use]
    pub fn fresh(&self, now: Timestamp) -> bool {
        self.remaining(now) >= SignedDuration::from_mins(15)
    }
}

/// Names one role of one session: the key of the role-credential cache. The region is not part of it.
///
/// Source: `SSOCredentialFetcher._create_cache_key` in `botocore/credentials.py`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleKey {
    /// The session (or the legacy start URL) that it is reached through.
    pub token: TokenKey,
    /// The account.
    pub account_id: AccountId,
    /// The permission set.
    pub role_name: RoleName,
}

impl fmt::Display for RoleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in account {}", self.role_name, self.account_id)
    }
}

/// Names one assumed role: all that AssumeRole is asked with, and so the key of its cache entry. With whose credentials it is
/// asked is no part of it, as in the AWS CLI.
///
/// Source: `BaseAssumeRoleCredentialFetcher._create_cache_key` in `botocore/credentials.py`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AssumeRoleKey {
    /// The role.
    pub role_arn: RoleArn,
    /// The session's name, if it was chosen: one that is made up for each call is no part of the key.
    pub role_session_name: Option<String>,
    /// What the role's trust policy may ask for.
    pub external_id: Option<String>,
    /// How long the credentials live, in seconds, if it was chosen. STS takes 900 and more, up to what the role allows.
    pub duration_seconds: Option<u32>,
    /// The MFA device, if one is asked for: its serial number or its ARN.
    pub mfa_serial: Option<String>,
}

impl fmt::Display for AssumeRoleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.role_arn.fmt(f)
    }
}

/// Credentials of an assumed role, with all else that STS said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumedRole {
    /// The credentials.
    pub credentials: RoleCredentials,
    /// The unique id: the role's id and the session's name (`AROA...:session`).
    pub assumed_role_id: String,
    /// The ARN of the role session (`arn:aws:sts::111122223333:assumed-role/Name/session`).
    pub arn: String,
    /// The service's id of the request; empty if it gave none.
    pub request_id: String,
    /// The HTTP status.
    pub status: u16,
    /// Headers of the reply, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl AsRef<RoleCredentials> for AssumedRole {
    fn as_ref(&self) -> &RoleCredentials {
        &self.credentials
    }
}

impl AsRef<RoleCredentials> for RoleCredentials {
    fn as_ref(&self) -> &Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_session_outlives_the_longest() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let now = at("2026-11-21T12:00:00Z");
        for (said, end) in [
            ("2026-11-21T13:00:00Z", "2026-11-21T13:00:00Z"),
            ("2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z"),
            ("2026-11-22T00:00:01Z", "2026-11-22T00:00:00Z"),
            ("9999-12-30T22:00:00Z", "2026-11-22T00:00:00Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(RoleCredentials::end(at(said), now), at(end), "{said}");
        }
        assert_eq!(RoleCredentials::end(Timestamp::MAX, Timestamp::MAX), Timestamp::MAX);
    }
}
