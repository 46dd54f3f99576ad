//! File names: the SHA-1 rules of the AWS CLI and SDKs. Only hex digits reach the file system (catalogue D12).

use crate::json::{ObjectText, dumps};
use sha1::{Digest, Sha1};
use sso_core::{AssumeRoleKey, RegistrationKey, RoleKey, TokenKey};
use std::fmt::Write as _;

/// Name of the token file in `~/.aws/sso/cache`: the hash of the session's name, else of the start URL as written. Like all names
/// here 40 hex digits and `.json`.
///
/// Source: `SSOTokenLoader._generate_cache_key` in `botocore/utils.py`.
#[must_use]
pub fn token_file_name(key: &TokenKey) -> String {
    file_name(key.text())
}

/// Name of the registration file in `~/.aws/sso/cache`; the same for both flows.
///
/// Source: `_registration_cache_key` in `botocore/utils.py`.
#[must_use]
pub fn registration_file_name(key: &RegistrationKey) -> String {
    let text = ObjectText::default()
        .field("region", key.region.as_str())
        .field("scopes", &key.scopes)
        .field("session_name", &key.session.as_ref().map(|name| name.as_str()))
        .field("startUrl", key.start_url.as_str())
        .field("tool", "botocore")
        .text();
    file_name(&text)
}

/// Name of the role-credentials file in `~/.aws/cli/cache`: compact JSON here, unlike the registration's.
///
/// Source: `SSOCredentialFetcher._create_cache_key` in `botocore/credentials.py`.
#[must_use]
pub fn role_file_name(key: &RoleKey) -> String {
    let (name, value) = match &key.token {
        TokenKey::Session(session) => ("sessionName", session.as_str()),
        TokenKey::StartUrl(url) => ("startUrl", url.as_str()),
    };
    file_name(&format!(
        r#"{{"accountId":{},"roleName":{},"{name}":{}}}"#,
        dumps(key.account_id.as_str()),
        dumps(key.role_name.as_str()),
        dumps(value)
    ))
}

/// Name of an assumed role's file in `~/.aws/cli/cache`: what AssumeRole is asked with as JSON, keys sorted, with blanks.
/// Which credentials it is asked with is no part of it.
///
/// Source: `BaseAssumeRoleCredentialFetcher._create_cache_key` in `botocore/credentials.py`.
#[must_use]
pub fn assumed_role_file_name(key: &AssumeRoleKey) -> String {
    let text = ObjectText::default()
        .maybe("DurationSeconds", key.duration_seconds.as_ref())
        .maybe("ExternalId", key.external_id.as_deref())
        .field("RoleArn", key.role_arn.as_str())
        .maybe("RoleSessionName", key.role_session_name.as_deref())
        .maybe("SerialNumber", key.mfa_serial.as_deref())
        .text();
    file_name(&text)
}

fn file_name(text: &str) -> String {
    let mut name = Sha1::digest(text.as_bytes()).iter().fold(String::with_capacity(45), |mut name, byte| {
        // Writing into a String cannot fail.
        let _ = write!(name, "{byte:02x}");
        name
    });
    name.push_str(".json");
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sso_core::{AccountId, Region, RoleArn, RoleName, SessionName, StartUrl};

    const URL: &str = "https://corp.awsapps.com/start";

    fn session(name: &str) -> TokenKey {
        TokenKey::Session(SessionName::new(name))
    }

    #[test]
    fn token_names_are_the_aws_clis() {
        // Values computed by AWS CLI 2.36.7 (its source restated in the reference, section 2.2).
        for (key, hash) in [
            (session("corp"), "ee0bfd2552fbd840c02cc48b6e823320543c450f"),
            (session("my-sso"), "0ad374308c5a4e22f723adf10145eafad7c4031c"),
            (session("sp ace"), "c77ac060767b715eb35af14912adeb2eec9b73bf"),
            (session("my sso é"), "a05bcff9eb43878f1326424f62d699aa6313c3a7"),
            (TokenKey::StartUrl(StartUrl::new(URL)), "a51746d4aa793ae07b25e90c3a5db96fc7832bd7"),
            (
                TokenKey::StartUrl(StartUrl::new("https://d-1234567890.awsapps.com/start#/")),
                "a1c75994a810c1c468d3bd565eda2836303e6659",
            ),
        ] {
            assert_eq!(token_file_name(&key), format!("{hash}.json"), "{key}");
        }
    }

    #[test]
    fn registration_names_are_the_aws_clis() {
        let scopes = |list: &[&str]| Some(list.iter().map(|&scope| scope.to_owned()).collect::<Vec<_>>());
        for (name, scopes, hash) in [
            (Some("corp"), scopes(&["sso:account:access"]), "1b56c55d6e723362537167a7f43960b8185b5a80"),
            (Some("corp"), None, "5fdb0c628fe4a3a78887b40232874154e433f9a4"),
            (None, None, "ffb6eff0a547e7a6123046d5853a4c054139b507"),
            (
                Some("corp"),
                scopes(&["sso:account:access", "codewhisperer:completions"]),
                "d0c66e261efcffc5485082e2535b941f0eef5e81",
            ),
            (
                Some("corp"),
                scopes(&["codewhisperer:completions", "sso:account:access"]),
                "181ae977b542bfc6d6f4ddcc0e863e64ee9293af",
            ),
            (Some("corp"), scopes(&[]), "9c9e954cf1577eb29509a1d8ce6f97181d8afeeb"),
            (Some("my sso é"), scopes(&["sso:account:access"]), "1f6c1ed12d5948148ecb5fc8a4f7601894e7d36d"),
        ] {
            let key = RegistrationKey {
                session: name.map(SessionName::new),
                start_url: StartUrl::new(URL),
                region: Region::parse("us-east-1").expect("a region"),
                scopes,
            };
            assert_eq!(registration_file_name(&key), format!("{hash}.json"), "{key:?}");
        }
    }

    #[test]
    fn role_names_are_the_aws_clis() {
        for (token, account, role, hash) in [
            (session("corp"), "111122223333", "Admin", "0cdbf32b99792a73981dd3f142bc63ab50240b44"),
            (
                TokenKey::StartUrl(StartUrl::new(URL)),
                "111122223333",
                "Admin",
                "ee27e20d163e421bd8e8db0b4a9e23e35e4a0b28",
            ),
            (
                session("my sso é"),
                "012345678901",
                "AdministratorAccess",
                "acff485ede4037ca2234cb184017d7c27ce55914",
            ),
        ] {
            let key = RoleKey { token, account_id: AccountId::new(account), role_name: RoleName::new(role) };
            assert_eq!(role_file_name(&key), format!("{hash}.json"));
        }
    }

    #[test]
    fn assumed_role_names_are_the_aws_clis() {
        // Values computed by botocore 1.44.5 (AssumeRoleCredentialFetcher); the first is in the reference, too.
        let bare = || AssumeRoleKey {
            role_arn: RoleArn::parse("arn:aws:iam::222222222222:role/X").expect("an ARN"),
            role_session_name: None,
            external_id: None,
            duration_seconds: None,
            mfa_serial: None,
        };
        let all = AssumeRoleKey {
            role_session_name: Some("é n".to_owned()),
            external_id: Some("x/y".to_owned()),
            duration_seconds: Some(900),
            mfa_serial: Some("arn:aws:iam::1:mfa/u".to_owned()),
            ..bare()
        };
        let empty = AssumeRoleKey { external_id: Some(String::new()), ..bare() };
        for (key, hash) in [
            (bare(), "b1a668a4a3d6c5a2ac5b10f296f9d6ba0f370bfc"),
            (all, "499d9131c93a21466e64b623c425cbb83981a521"),
            (empty, "a3622d7267a4654bc00fb17a9764d535ade04049"),
        ] {
            assert_eq!(assumed_role_file_name(&key), format!("{hash}.json"), "{key:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_hex_whatever_it_is_made_of(text in ".*") {
            let name = token_file_name(&session(&text));
            let stem = name.strip_suffix(".json").unwrap_or_default();
            prop_assert!(stem.len() == 40 && stem.bytes().all(|b| b.is_ascii_hexdigit()));
        }
    }
}
