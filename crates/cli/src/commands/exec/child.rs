//! The child's environment: our credentials, the profile's region, and nothing else that AWS SDKs take credentials from.

use crate::commands::served::{FULL_URI, TOKEN};
use sso_config::Sourced;
use sso_core::{EndpointToken, RoleCredentials, format_timestamp};
use std::ffi::OsString;
use std::process::Command;

/// Set in the child, to the profile: for prompts, and so that `sso exec` knows where it is.
pub(crate) const INSIDE: &str = "SSO_EXEC_PROFILE";

/// Variables that an SDK or the AWS CLI takes credentials, a profile or an identity from. None of the caller's reaches the
/// child.
pub(super) const REMOVED: [&str; 23] = [
    // Keys, in the names of all generations of SDKs.
    "AWS_ACCESS_KEY_ID",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_SESSION_EXPIRATION",
    "AWS_CREDENTIAL_SCOPE",
    "AWS_ACCOUNT_ID",
    // Profiles.
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    // Web identity and assumed roles.
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_IAM_ROLE_ARN",
    "AWS_IAM_ROLE_SESSION_NAME",
    // Containers.
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    FULL_URI,
    TOKEN,
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    // Bearer tokens go before credentials where a service takes them.
    "AWS_BEARER_TOKEN_BEDROCK",
    INSIDE,
];

/// How the child gets its credentials.
pub(super) enum Credentials<'a> {
    /// It asks for them, again and again.
    Endpoint { uri: &'a str, token: &'a EndpointToken },
    /// It has them.
    Static(&'a RoleCredentials),
}

impl Credentials<'_> {
    fn variables(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Endpoint { uri, token } => {
                vec![(FULL_URI, (*uri).to_owned()), (TOKEN, token.expose().to_owned())]
            }
            Self::Static(keys) => {
                let account = keys.account_id.as_ref().map(|id| ("AWS_ACCOUNT_ID", id.as_str().to_owned()));
                let keys = [
                    ("AWS_ACCESS_KEY_ID", keys.access_key_id.clone()),
                    ("AWS_SECRET_ACCESS_KEY", keys.secret_access_key.expose().to_owned()),
                    ("AWS_SESSION_TOKEN", keys.session_token.expose().to_owned()),
                    ("AWS_CREDENTIAL_EXPIRATION", format_timestamp(keys.expires_at)),
                ];
                keys.into_iter().chain(account).collect()
            }
        }
    }
}

/// What is run, and for whom.
pub(super) struct Plan {
    pub(super) words: Vec<OsString>,
    pub(super) profile: String,
    pub(super) region: Option<Sourced<String>>,
}

impl Plan {
    /// The command with its environment. Everything that is not about credentials is as the caller has it.
    pub(super) fn command(&self, credentials: &Credentials<'_>) -> Command {
        let mut words = self.words.iter();
        let mut command = Command::new(words.next().cloned().unwrap_or_default());
        command.args(words);
        for name in REMOVED {
            command.env_remove(name);
        }
        // A profile without a region says nothing about it, so the caller's stands.
        if let Some(region) = &self.region {
            command.env("AWS_REGION", &region.value).env("AWS_DEFAULT_REGION", &region.value);
        }
        command.env(INSIDE, &self.profile).envs(credentials.variables());
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_config::Origin;
    use sso_core::{AccountId, SecretAccessKey, SessionToken};
    use std::collections::BTreeMap;
    use std::ffi::OsStr;

    fn plan(region: Option<&str>) -> Plan {
        let region = region.map(|region| Sourced { value: region.to_owned(), origin: Origin::Variable("x") });
        Plan { words: vec!["cmd".into(), "-x".into(), "a b".into()], profile: "dev".into(), region }
    }

    fn changes(command: &Command) -> BTreeMap<String, Option<String>> {
        let text = |text: &OsStr| text.to_string_lossy().into_owned();
        command.get_envs().map(|(name, value)| (text(name), value.map(text))).collect()
    }

    fn set(command: &Command) -> Vec<(String, String)> {
        changes(command).into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    #[test]
    fn with_an_endpoint() {
        let token = EndpointToken::new("TOKEN".into());
        let credentials = Credentials::Endpoint { uri: "http://127.0.0.1:1/", token: &token };
        let command = plan(Some("eu-west-1")).command(&credentials);
        let pairs = [
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "TOKEN"),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_REGION", "eu-west-1"),
            ("SSO_EXEC_PROFILE", "dev"),
        ];
        assert_eq!(set(&command), pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let removed = changes(&command).into_values().filter(Option::is_none).count();
        assert_eq!(removed, REMOVED.len() - 3, "all but those that are set");
        let args: Vec<&OsStr> = command.get_args().collect();
        assert_eq!((command.get_program(), args), ("cmd".as_ref(), vec!["-x".as_ref(), "a b".as_ref()]));
    }

    #[test]
    fn with_static_keys() {
        let keys = RoleCredentials {
            access_key_id: "ASIA".into(),
            secret_access_key: SecretAccessKey::new("S".into()),
            session_token: SessionToken::new("T".into()),
            expires_at: "2026-11-20T13:00:00Z".parse().expect("an instant"),
            account_id: Some(AccountId::new("111122223333")),
        };
        let command = plan(None).command(&Credentials::Static(&keys));
        let pairs = [
            ("AWS_ACCESS_KEY_ID", "ASIA"),
            ("AWS_ACCOUNT_ID", "111122223333"),
            ("AWS_CREDENTIAL_EXPIRATION", "2026-11-20T13:00:00Z"),
            ("AWS_SECRET_ACCESS_KEY", "S"),
            ("AWS_SESSION_TOKEN", "T"),
            ("SSO_EXEC_PROFILE", "dev"),
        ];
        assert_eq!(set(&command), pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(!changes(&command).contains_key("AWS_REGION"), "the caller's stands");
        let endpoint = changes(&command).get(FULL_URI).cloned();
        assert_eq!(endpoint, Some(None), "no endpoint of the caller either");
    }
}
