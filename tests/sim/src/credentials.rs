//! Access keys: what calls are signed with, and who calls with them.

use crate::secrets;
use crate::state::State;

/// An access key, filed under its id.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub secret_access_key: String,
    /// Keys of an IAM user have none.
    pub session_token: Option<String>,
    /// Keys of an IAM user do not expire.
    pub expires_at: Option<i64>,
    pub caller: Caller,
}

impl Credentials {
    pub(crate) fn has_expired(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }
}

/// Who uses an access key.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub account_id: String,
    /// What trust policies name: the ARN of the IAM user or, without its path, of the IAM role.
    pub principal: String,
    /// As STS tells it: for a role, with the session's name.
    pub arn: String,
    pub user_id: String,
}

impl Caller {
    /// Somebody who has taken an IAM role.
    pub(crate) fn with_role(partition: &str, account_id: &str, iam_role: &str, session: &str) -> Self {
        Self {
            principal: format!("arn:{partition}:iam::{account_id}:role/{iam_role}"),
            arn: format!("arn:{partition}:sts::{account_id}:assumed-role/{iam_role}/{session}"),
            user_id: format!("AROAEXAMPLEEXAMPLE123:{session}"),
            account_id: account_id.into(),
        }
    }

    /// An IAM user.
    pub(crate) fn user(partition: &str, account_id: &str, name: &str) -> Self {
        let arn = format!("arn:{partition}:iam::{account_id}:user/{name}");
        let user_id = "AIDAEXAMPLEEXAMPLE123".into();
        Self { principal: arn.clone(), arn, user_id, account_id: account_id.into() }
    }

    /// The role as people call it: the permission set's name where the role is one's. Nothing for a user.
    pub(crate) fn role(&self) -> Option<&str> {
        let (_, iam_role) = self.principal.split_once(":role/")?;
        let of_permission_set =
            iam_role.strip_prefix("AWSReservedSSO_").and_then(|role| role.rsplit_once('_'));
        Some(of_permission_set.map_or(iam_role, |(name, _)| name))
    }
}

/// Temporary credentials, as they are handed out.
pub(crate) struct TemporaryKey {
    pub id: String,
    pub secret: String,
    pub session_token: String,
}

impl State {
    /// Makes temporary credentials.
    pub(crate) fn temporary_key(&mut self, caller: Caller, expires_at: i64) -> TemporaryKey {
        let key = TemporaryKey {
            id: secrets::access_key_id("ASIA"),
            secret: self.issue(secrets::secret_access_key()),
            session_token: self.issue(secrets::secret("IQoJb3JpZ2luX2VjE", 900)),
        };
        let credentials = Credentials {
            secret_access_key: key.secret.clone(),
            session_token: Some(key.session_token.clone()),
            expires_at: Some(expires_at),
            caller,
        };
        self.credentials.insert(key.id.clone(), credentials);
        key
    }

    /// Makes keys that stay: id and secret.
    pub(crate) fn long_lived_key(&mut self, caller: Caller) -> (String, String) {
        let id = secrets::access_key_id("AKIA");
        let secret_access_key = self.issue(secrets::secret_access_key());
        let credentials = Credentials {
            secret_access_key: secret_access_key.clone(),
            session_token: None,
            expires_at: None,
            caller,
        };
        self.credentials.insert(id.clone(), credentials);
        (id, secret_access_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_is_called_as_people_call_it() {
        let with_role = |role| Caller::with_role("aws", "111122223333", role, "me");
        let rows = [
            (with_role("AWSReservedSSO_Org_Reader_0123456789abcdef"), Some("Org_Reader")),
            (with_role("Deploy"), Some("Deploy")),
            (Caller::user("aws", "111122223333", "ops"), None),
        ];
        for (caller, role) in rows {
            assert_eq!(caller.role(), role, "{}", caller.arn);
        }
    }
}
