//! ARNs of roles: checked, and taken apart no further than is needed.

use crate::{AccountId, RoleName};
use std::fmt;
use thiserror::Error;

/// The ARN of a role that can be assumed: `arn:aws:iam::111122223333:role/path/Name`, exactly as it was written.
///
/// Source: "IAM identifiers" in the IAM User Guide. The partition may be any that starts with `aws`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleArn(String);

/// Why a text is no ARN of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RoleArnError {
    /// It is something else altogether.
    #[error("an ARN of a role looks like arn:aws:iam::111122223333:role/Name")]
    NoArn,
    /// The account id has not 12 digits.
    #[error("the account id in it has not 12 digits")]
    Account,
    /// It is the ARN of something else, or of a session of a role (`arn:aws:sts::...:assumed-role/...`).
    #[error("it is the ARN of something else than a role")]
    NoRole,
    /// It names no role.
    #[error("there is no name behind role/")]
    NoName,
}

impl RoleArn {
    /// Checks the form; whether there is such a role only AWS knows.
    ///
    /// # Errors
    /// See [`RoleArnError`]: it is no ARN, its account has not 12 digits, it is no role's, or it names none.
    pub fn parse(text: &str) -> Result<Self, RoleArnError> {
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        let mut parts = text.splitn(6, ':');
        let mut part = || parts.next().ok_or(RoleArnError::NoArn);
        let (arn, partition, service) = (part()?, part()?, part()?);
        let (region, account, resource) = (part()?, part()?, part()?);
        if arn != "arn" || !partition.starts_with("aws") || !printable {
            return Err(RoleArnError::NoArn);
        }
        let path = resource.strip_prefix("role/").filter(|_| service == "iam" && region.is_empty());
        let path = path.ok_or(RoleArnError::NoRole)?;
        AccountId::new(account).check().map_err(|_| RoleArnError::Account)?;
        if path.ends_with('/') || path.is_empty() {
            return Err(RoleArnError::NoName);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account that the role is in.
    #[must_use]
    pub fn account_id(&self) -> AccountId {
        AccountId::new(self.0.split(':').nth(4).unwrap_or_default())
    }

    /// The role's name, without its path.
    #[must_use]
    pub fn role_name(&self) -> RoleName {
        RoleName::new(self.0.rsplit('/').next().unwrap_or_default())
    }

    /// Whether the ARN of a role session (`arn:aws:sts::111122223333:assumed-role/Name/session`) is one of this role.
    #[must_use]
    pub fn is_role_of(&self, session_arn: &str) -> bool {
        let mut parts = session_arn.splitn(6, ':').skip(4);
        let account = parts.next().unwrap_or_default();
        let mut resource = parts.next().unwrap_or_default().splitn(3, '/');
        let (kind, name) = (resource.next(), resource.next());
        account == self.account_id().as_str()
            && kind == Some("assumed-role")
            && name == Some(self.role_name().as_str())
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_checked_and_kept_as_they_are() {
        for (text, account, name) in [
            ("arn:aws:iam::012345678901:role/Deploy", "012345678901", "Deploy"),
            ("arn:aws-cn:iam::111122223333:role/a/b/Name+=,.@-_", "111122223333", "Name+=,.@-_"),
        ] {
            let arn = RoleArn::parse(text).expect(text);
            assert_eq!((arn.account_id().as_str(), arn.role_name().as_str()), (account, name));
            assert_eq!(arn.to_string(), text);
        }
        for (text, error) in [
            ("", RoleArnError::NoArn),
            ("Deploy", RoleArnError::NoArn),
            ("arn:aws:iam::111122223333", RoleArnError::NoArn),
            ("urn:aws:iam::111122223333:role/x", RoleArnError::NoArn),
            ("arn:gcp:iam::111122223333:role/x", RoleArnError::NoArn),
            ("arn:aws:iam::111122223333:role/x # dev", RoleArnError::NoArn),
            ("arn:aws:iam::11112222333:role/x", RoleArnError::Account),
            ("arn:aws:iam::111122223333:user/x", RoleArnError::NoRole),
            ("arn:aws:sts::111122223333:assumed-role/x/y", RoleArnError::NoRole),
            ("arn:aws:iam::111122223333:role/", RoleArnError::NoName),
            ("arn:aws:iam::111122223333:role/path/", RoleArnError::NoName),
        ] {
            assert_eq!(RoleArn::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_session_is_told_to_be_of_its_role_or_not() {
        let role = RoleArn::parse("arn:aws:iam::222233334444:role/team/Deploy").expect("an ARN");
        for (session, is) in [
            ("arn:aws:sts::222233334444:assumed-role/Deploy/me", true),
            ("arn:aws:sts::222233334444:assumed-role/Deploy", true),
            ("arn:aws:sts::222233334444:assumed-role/Deployer/me", false),
            ("arn:aws:sts::111122223333:assumed-role/Deploy/me", false),
            ("arn:aws:iam::222233334444:role/Deploy", false),
            ("", false),
        ] {
            assert_eq!(role.is_role_of(session), is, "{session}");
        }
    }
}
