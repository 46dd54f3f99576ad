//! The role-credentials file of `~/.aws/cli/cache`: wire form <-> `RoleCredentials`.

use crate::json::ObjectText;
use serde::Deserialize;
use sso_core::{
    AccountId, RoleCredentials, SecretAccessKey, SessionToken, format_timestamp, parse_timestamp,
};

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "ProviderType")]
    provider_type: Option<String>,
    #[serde(rename = "Credentials")]
    credentials: WireCredentials,
}

/// Credentials as both kinds of files hold them.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct WireCredentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    expiration: String,
    account_id: Option<String>,
}

/// Reads the file's bytes; they must be SSO credentials of `account` (catalogue E14). The error is the reason only.
pub(crate) fn parse(bytes: &[u8], account: &AccountId) -> Result<RoleCredentials, String> {
    let credentials = parse_any(bytes)?;
    match &credentials.account_id {
        Some(other) if other != account => Err("it holds credentials of another account".into()),
        _ => Ok(credentials),
    }
}

/// The same without knowing the account, for listings.
pub(crate) fn parse_any(bytes: &[u8]) -> Result<RoleCredentials, String> {
    // serde's own message may quote values, so only the place is taken from it.
    let wire: Wire = serde_json::from_slice(bytes).map_err(|error| {
        format!("it is not a role-credentials file at line {} column {}", error.line(), error.column())
    })?;
    if wire.provider_type.as_deref() != Some("sso") {
        return Err("its ProviderType is not sso".into());
    }
    wire.credentials.take()
}

impl WireCredentials {
    /// The credentials, if none of their parts is empty.
    pub(crate) fn take(self) -> Result<RoleCredentials, String> {
        if [&self.access_key_id, &self.secret_access_key, &self.session_token]
            .iter()
            .any(|text| text.is_empty())
        {
            return Err("a credential in it is empty".into());
        }
        Ok(RoleCredentials {
            expires_at: parse_timestamp(&self.expiration)
                .map_err(|_| "Expiration is not a timestamp".to_owned())?,
            access_key_id: self.access_key_id,
            secret_access_key: SecretAccessKey::new(self.secret_access_key),
            session_token: SessionToken::new(self.session_token),
            account_id: self.account_id.map(AccountId::new),
        })
    }
}

/// The text of the file, byte for byte as the AWS CLI writes it.
pub(crate) fn render(credentials: &RoleCredentials, account: &AccountId) -> String {
    let inner = ObjectText::default()
        .field("AccessKeyId", &credentials.access_key_id)
        .field("SecretAccessKey", credentials.secret_access_key.expose())
        .field("SessionToken", credentials.session_token.expose())
        .field("Expiration", &format_timestamp(credentials.expires_at))
        .field("AccountId", account.as_str());
    ObjectText::default().field("ProviderType", "sso").object("Credentials", inner).text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WHOLE: &str = r#"{"ProviderType": "sso", "Credentials": {"AccessKeyId": "ASIA", "SecretAccessKey": "s/+", "SessionToken": "t==", "Expiration": "2026-11-20T23:46:44Z", "AccountId": "111122223333"}}"#;

    #[test]
    fn what_the_aws_cli_writes_comes_back_byte_for_byte() {
        let account = AccountId::new("111122223333");
        let credentials = parse(WHOLE.as_bytes(), &account).expect("whole");
        assert_eq!(render(&credentials, &account), WHOLE);
    }

    #[test]
    fn a_poisoned_entry_is_refused() {
        let account = AccountId::new("111122223333");
        for (from, to) in [
            ("\"sso\"", "\"assume-role\""),
            ("\"ProviderType\": \"sso\", ", ""),
            ("111122223333", "999999999999"),
            ("2026-11-20T23:46:44Z", "soon"),
            ("\"ASIA\"", "\"\""),
            ("\"t==\"", "7"),
            ("}}", "}"),
        ] {
            assert!(parse(WHOLE.replace(from, to).as_bytes(), &account).is_err(), "{from} -> {to}");
        }
    }

    #[test]
    fn old_files_lack_the_account_and_say_utc() {
        let old = WHOLE.replace(r#", "AccountId": "111122223333""#, "").replace("44Z", "44UTC");
        assert!(parse(old.as_bytes(), &AccountId::new("111122223333")).is_ok());
    }

    proptest! {
        #[test]
        fn no_input_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse_any(&bytes);
        }
    }
}
