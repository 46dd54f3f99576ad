//! Role credentials and the key they are cached under.

use crate::{AccountId, RoleName, SecretAccessKey, SessionToken, TokenKey};
use jiff::{SignedDuration, Timestamp};

/// Short-lived credentials of a role (GetRoleCredentials).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleCredentials {
    /// The access key id; not secret.
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

impl RoleCredentials {
    /// How long they still live (negative when they have ended).
    #[must_use]
    pub fn remaining(&self, now: Timestamp) -> SignedDuration {
        self.expires_at.duration_since(now)
    }

    /// Whether cached credentials are used without asking: while 15 minutes remain, the AWS CLI's rule.
    #[must_use]
    pub fn fresh(&self, now: Timestamp) -> bool {
        self.remaining(now) >= SignedDuration::from_mins(15)
    }
}

/// Names one role of one session: the key of the role-credential cache. The region is not part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleKey {
    /// The session (or the legacy start URL) that it is reached through.
    pub token: TokenKey,
    /// The account.
    pub account_id: AccountId,
    /// The permission set.
    pub role_name: RoleName,
}
