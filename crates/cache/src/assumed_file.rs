//! The file of an assumed role in `~/.aws/cli/cache`: botocore's dump of the AssumeRole response <-> `AssumedRole`.

use crate::json::ObjectText;
use crate::role_file::WireCredentials;
use serde::Deserialize;
use sso_core::{AssumedRole, RoleArn, RoleCredentials};

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "Credentials")]
    credentials: WireCredentials,
    #[serde(rename = "AssumedRoleUser")]
    user: WireUser,
}

#[derive(Deserialize)]
struct WireUser {
    #[serde(rename = "Arn")]
    arn: String,
}

/// Reads the file's bytes; they must be credentials of the role (catalogue E14). The error is the reason only.
pub(crate) fn parse(bytes: &[u8], role: &RoleArn) -> Result<RoleCredentials, String> {
    // serde's own message may quote values, so only the place is taken from it.
    let wire: Wire = serde_json::from_slice(bytes).map_err(|error| {
        format!("it is not an assumed role's file at line {} column {}", error.line(), error.column())
    })?;
    if !role.is_role_of(&wire.user.arn) {
        return Err("it holds credentials of another role".into());
    }
    let found = wire.credentials.take()?;
    // Old botocore versions wrote no AccountId.
    Ok(RoleCredentials { account_id: Some(role.account_id()), ..found })
}

/// The text of the file, as botocore writes it: instants end in `UTC` here, and what is known of the reply stands behind.
pub(crate) fn render(assumed: &AssumedRole, role: &RoleArn) -> String {
    let credentials = &assumed.credentials;
    let inner = ObjectText::default()
        .field("AccessKeyId", &credentials.access_key_id)
        .field("SecretAccessKey", credentials.secret_access_key.expose())
        .field("SessionToken", credentials.session_token.expose())
        .field("Expiration", &credentials.expires_at.strftime("%Y-%m-%dT%H:%M:%SUTC").to_string())
        .field("AccountId", role.account_id().as_str());
    let user =
        ObjectText::default().field("AssumedRoleId", &assumed.assumed_role_id).field("Arn", &assumed.arn);
    let headers = assumed.headers.iter();
    let headers = headers.fold(ObjectText::default(), |all, (name, value)| all.field(name, value));
    let reply = ObjectText::default()
        .field("RequestId", &assumed.request_id)
        .field("HTTPStatusCode", &assumed.status)
        .object("HTTPHeaders", headers)
        .field("RetryAttempts", &0);
    ObjectText::default()
        .object("Credentials", inner)
        .object("AssumedRoleUser", user)
        .object("ResponseMetadata", reply)
        .text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Written by botocore 1.44.5.
    const WHOLE: &str = r#"{"Credentials": {"AccessKeyId": "ASIAX", "SecretAccessKey": "s/+", "SessionToken": "t==", "Expiration": "2030-01-02T03:04:05UTC", "AccountId": "222233334444"}, "AssumedRoleUser": {"AssumedRoleId": "AROAX:s", "Arn": "arn:aws:sts::222233334444:assumed-role/X/s"}, "ResponseMetadata": {"RequestId": "rid", "HTTPStatusCode": 200, "HTTPHeaders": {"date": "Sat, 21 Nov 2026 04:13:43 GMT", "x-amzn-requestid": "hid", "content-type": "text/xml"}, "RetryAttempts": 0}}"#;

    fn role() -> RoleArn {
        RoleArn::parse("arn:aws:iam::222233334444:role/path/X").expect("an ARN")
    }

    #[test]
    fn what_botocore_writes_comes_back_byte_for_byte() {
        let credentials = parse(WHOLE.as_bytes(), &role()).expect("whole");
        let headers = [
            ("date", "Sat, 21 Nov 2026 04:13:43 GMT"),
            ("x-amzn-requestid", "hid"),
            ("content-type", "text/xml"),
        ];
        let assumed = AssumedRole {
            credentials,
            assumed_role_id: "AROAX:s".to_owned(),
            arn: "arn:aws:sts::222233334444:assumed-role/X/s".to_owned(),
            request_id: "rid".to_owned(),
            status: 200,
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        };
        assert_eq!(render(&assumed, &role()), WHOLE);
    }

    #[test]
    fn a_poisoned_entry_is_refused() {
        for (from, to) in [
            ("222233334444:assumed-role/X/s", "999933334444:assumed-role/X/s"),
            ("assumed-role/X/s", "assumed-role/Y/s"),
            ("AssumedRoleUser", "Somebody"),
            ("2030-01-02T03:04:05UTC", "soon"),
            ("\"ASIAX\"", "\"\""),
            ("\"t==\"", "7"),
            ("0}}", "0}"),
        ] {
            assert!(parse(WHOLE.replace(from, to).as_bytes(), &role()).is_err(), "{from} -> {to}");
        }
        let error = parse(br#"{"Credentials": "CANARY"}"#, &role()).expect_err("no credentials");
        assert!(!error.contains("CANARY"), "{error}");
    }

    #[test]
    fn old_files_lack_the_account() {
        let old = WHOLE.replace(r#", "AccountId": "222233334444""#, "").replace("05UTC", "05Z");
        let account = parse(old.as_bytes(), &role()).expect("whole").account_id;
        assert_eq!(account.as_ref().map(|id| id.as_str()), Some("222233334444"));
    }

    proptest! {
        #[test]
        fn no_input_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes, &role());
        }
    }
}
