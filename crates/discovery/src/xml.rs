//! STS's XML, read by shape.

use quick_xml::DeError;
use serde::Deserialize;

/// The documents STS answers with, told apart by their root element. No `Debug`: one of them holds secrets.
#[derive(Deserialize)]
pub(crate) enum Document {
    #[serde(rename = "GetCallerIdentityResponse")]
    Identity {
        #[serde(rename = "GetCallerIdentityResult")]
        result: IdentityResult,
    },
    #[serde(rename = "AssumeRoleResponse")]
    Assumed {
        #[serde(rename = "AssumeRoleResult")]
        result: AssumeRoleResult,
        #[serde(rename = "ResponseMetadata")]
        metadata: Option<Metadata>,
    },
    #[serde(rename = "ErrorResponse")]
    Error {
        #[serde(rename = "Error")]
        error: ErrorDetail,
        #[serde(rename = "RequestId")]
        request_id: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct IdentityResult {
    pub(crate) account: String,
    pub(crate) arn: String,
    pub(crate) user_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AssumeRoleResult {
    pub(crate) credentials: Credentials,
    pub(crate) assumed_role_user: AssumedRoleUser,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: String,
    pub(crate) expiration: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AssumedRoleUser {
    pub(crate) assumed_role_id: String,
    pub(crate) arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Metadata {
    pub(crate) request_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ErrorDetail {
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) message: String,
}

/// Reads the XML. Entities are never expanded but the five of XML itself; a document that uses others is refused.
pub(crate) fn read(body: &[u8]) -> Result<Document, String> {
    let text = std::str::from_utf8(body).map_err(|_| "something that is not XML".to_owned())?;
    quick_xml::de::from_str(text).map_err(|error| what_is_wrong(text, &error))
}

/// The parser's own text may quote the body, so only the names of our own fields are taken from it.
fn what_is_wrong(text: &str, error: &DeError) -> String {
    const FIELDS: [&str; 14] = [
        "GetCallerIdentityResult",
        "Account",
        "Arn",
        "UserId",
        "AssumeRoleResult",
        "Credentials",
        "AccessKeyId",
        "SecretAccessKey",
        "SessionToken",
        "Expiration",
        "AssumedRoleUser",
        "AssumedRoleId",
        "Error",
        "Code",
    ];
    let shown = error.to_string();
    let missing = FIELDS.iter().find(|field| shown == format!("missing field `{field}`"));
    let start: String = text.trim_start().chars().take(14).collect::<String>().to_ascii_lowercase();
    match missing {
        Some(field) => format!("no {field}"),
        None if text.trim().is_empty() => "an empty body".to_owned(),
        None if start.starts_with("<html") || start.starts_with("<!doctype html") => {
            "HTML instead of XML".to_owned()
        }
        None => "something that is not the XML of STS".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: &str = r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:sts::012345678901:assumed-role/AWSReservedSSO_Admin_1/jo&amp;e</Arn>
    <UserId>AROAEXAMPLE:jo&amp;e</UserId>
    <Account>012345678901</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata><RequestId>01234567-89ab</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>"#;

    const REFUSED: &str = r#"<?xml version="1.0"?><ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error>
  <RequestId>id-1</RequestId></ErrorResponse>"#;

    #[test]
    fn an_identity_is_read() {
        let Ok(Document::Identity { result }) = read(IDENTITY.as_bytes()) else { panic!("not an identity") };
        assert_eq!(result.account, "012345678901", "leading zeros stay");
        assert_eq!(result.arn, "arn:aws:sts::012345678901:assumed-role/AWSReservedSSO_Admin_1/jo&e");
        assert_eq!(result.user_id, "AROAEXAMPLE:jo&e");
    }

    #[test]
    fn credentials_are_read() {
        let text = r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <SourceIdentity>Alice</SourceIdentity>
    <AssumedRoleUser><Arn>arn:aws:sts::222233334444:assumed-role/X/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s/+k</SecretAccessKey>
      <SessionToken>
        t+/==
      </SessionToken><Expiration>2019-11-09T13:34:41Z</Expiration>
    </Credentials>
    <PackedPolicySize>6</PackedPolicySize>
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>id-2</RequestId></ResponseMetadata>
</AssumeRoleResponse>"#;
        let Ok(Document::Assumed { result, metadata }) = read(text.as_bytes()) else {
            panic!("no credentials")
        };
        assert_eq!(result.assumed_role_user.arn, "arn:aws:sts::222233334444:assumed-role/X/s");
        assert_eq!(
            (&*result.credentials.secret_access_key, result.credentials.session_token.trim()),
            ("s/+k", "t+/==")
        );
        assert_eq!(metadata.and_then(|found| found.request_id).as_deref(), Some("id-2"));
        let torn = text.replace("SessionToken>", "CANARY>");
        assert_eq!(read(torn.as_bytes()).err().as_deref(), Some("no SessionToken"));
    }

    #[test]
    fn an_error_is_read() {
        let Ok(Document::Error { error, request_id }) = read(REFUSED.as_bytes()) else {
            panic!("not an error")
        };
        assert_eq!(error.code, "ExpiredToken");
        assert_eq!(error.message, "The security token included in the request is expired");
        assert_eq!(request_id.as_deref(), Some("id-1"));
    }

    #[test]
    fn what_is_not_sts_is_refused_without_quoting_it() {
        let deep = "<CANARY>".repeat(130_000);
        let deep_inside = IDENTITY.replace("<ResponseMetadata>", &format!("{deep}<ResponseMetadata>"));
        let laughs = "<!DOCTYPE lolz [<!ENTITY a \"CANARY\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
        let file = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>";
        let with_entity =
            |doctype: &str, name: &str| doctype.to_owned() + &IDENTITY.replace("AROAEXAMPLE", name);
        let no_account = IDENTITY.replace("Account>", "CANARY>");
        for (what, body, reason) in [
            ("empty", String::new(), "an empty body"),
            ("blanks", " \n".to_owned(), "an empty body"),
            ("a portal's page", "<!DOCTYPE html><html>CANARY".to_owned(), "HTML instead of XML"),
            ("a short page", "<html>x".to_owned(), "HTML instead of XML"),
            ("a proxy's page", "\n<HTML><body>CANARY</body></HTML>".to_owned(), "HTML instead of XML"),
            ("JSON", r#"{"CANARY":1}"#.to_owned(), "something that is not the XML of STS"),
            ("another root", "<CANARY/>".to_owned(), "something that is not the XML of STS"),
            ("torn", IDENTITY.chars().take(120).collect(), "something that is not the XML of STS"),
            ("a field is missing", no_account, "no Account"),
            ("no result", "<GetCallerIdentityResponse/>".to_owned(), "no GetCallerIdentityResult"),
            ("no code", "<ErrorResponse><Error/></ErrorResponse>".to_owned(), "no Code"),
            ("nested entities", with_entity(laughs, "&b;"), "something that is not the XML of STS"),
            ("an external entity", with_entity(file, "&a;"), "something that is not the XML of STS"),
            ("deep", deep, "something that is not the XML of STS"),
            ("deep inside", deep_inside, "something that is not the XML of STS"),
        ] {
            assert_eq!(read(body.as_bytes()).err().as_deref(), Some(reason), "{what}");
        }
        assert_eq!(read(b"\xff\xfe<\0").err().as_deref(), Some("something that is not XML"));
    }

    #[test]
    fn an_unused_doctype_does_no_harm() {
        let body = format!("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>{IDENTITY}");
        assert!(matches!(read(body.as_bytes()), Ok(Document::Identity { .. })));
    }
}
