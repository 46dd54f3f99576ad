//! AWS Security Token Service by its query protocol: form in, XML out.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>

use crate::error::StsError;
use crate::sign::sign;
use quick_xml::DeError;
use serde::Deserialize;
use sso_core::{AccountId, EndpointUrl, Region, RoleCredentials, Timestamp};
use sso_http::{Call, HttpClient, Reply};
use std::time::Duration;

/// A clock that is this far off can be why a signature was refused; the AWS SDK for Java uses the same limit.
const SKEW: Duration = Duration::from_secs(4 * 60);

/// The STS client of one endpoint.
#[derive(Clone, Debug)]
pub struct Sts {
    http: HttpClient,
    endpoint: EndpointUrl,
    signing_region: Region,
}

/// Who the credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The account.
    pub account: AccountId,
    /// The ARN of the role session.
    pub arn: String,
    /// The unique id: the role's id and the session name.
    pub user_id: String,
}

impl Sts {
    /// A client of `endpoint`. Requests are signed for `region`; `aws-global` is signed as `us-east-1`.
    #[must_use]
    pub fn new(http: HttpClient, endpoint: EndpointUrl, region: Region) -> Self {
        let global = region.as_str() == "aws-global";
        let signing_region = Region::parse("us-east-1").ok().filter(|_| global).unwrap_or(region);
        Self { http, endpoint, signing_region }
    }

    /// GetCallerIdentity: needs no permission, so it tells whether the credentials work. `now` is the local time.
    ///
    /// If the service refuses the signature because the local clock is wrong, the call is signed once more with the
    /// service's own time.
    ///
    /// # Errors
    /// See [`StsError`].
    pub async fn get_caller_identity(
        &self,
        credentials: &RoleCredentials,
        now: Timestamp,
    ) -> Result<CallerIdentity, StsError> {
        let first = self.ask(credentials, now).await;
        let corrected = match &first {
            Err(StsError::Service { code, .. }) => self.corrected(code, now),
            _ => None,
        };
        match corrected {
            Some(at) => self.ask(credentials, at).await,
            None => first,
        }
    }

    /// The service's time, if a wrong local clock explains the error.
    fn corrected(&self, code: &str, now: Timestamp) -> Option<Timestamp> {
        let offset = self.http.clock_offset()?;
        (is_about_time(code) && offset.unsigned_abs() >= SKEW).then(|| now.checked_add(offset).ok())?
    }

    async fn ask(&self, credentials: &RoleCredentials, at: Timestamp) -> Result<CallerIdentity, StsError> {
        let body = b"Action=GetCallerIdentity&Version=2011-06-15".to_vec();
        let call = Call::post(self.endpoint.join("/"))
            .body("application/x-www-form-urlencoded; charset=utf-8", body);
        let call = sign(call, credentials, &self.signing_region, "sts", at)?;
        let reply = self.http.send(call).await?;
        interpret(&reply, credentials)
    }
}

/// The codes that a wrong clock can cause. Those of a wrong signature can have other causes too, hence [`SKEW`].
fn is_about_time(code: &str) -> bool {
    matches!(
        code,
        "RequestExpired"
            | "RequestInTheFuture"
            | "RequestTimeTooSkewed"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "AuthFailure"
    )
}

fn interpret(reply: &Reply, credentials: &RoleCredentials) -> Result<CallerIdentity, StsError> {
    match read(&reply.body).map_err(|reason| reply.malformed(reason))? {
        Document::GetCallerIdentityResponse { result } if reply.is_success() => Ok(CallerIdentity {
            account: AccountId::new(result.account),
            arn: result.arn,
            user_id: result.user_id,
        }),
        Document::GetCallerIdentityResponse { .. } => {
            Err(reply.malformed("an identity under an error status").into())
        }
        Document::ErrorResponse { error, request_id } => Err(StsError::Service {
            status: reply.status,
            code: error.code,
            message: harmless(&error.message, credentials),
            request_id: request_id.or_else(|| reply.request_id().map(str::to_owned)),
        }),
    }
}

/// The first line, without secrets: a refused signature is explained by the canonical request, session token included.
fn harmless(message: &str, credentials: &RoleCredentials) -> String {
    let line = message.trim().lines().next().unwrap_or_default();
    let secrets = [credentials.session_token.expose(), credentials.secret_access_key.expose()];
    let leaks = secrets.iter().any(|secret| !secret.is_empty() && line.contains(secret));
    if leaks { String::new() } else { line.to_owned() }
}

/// The two documents STS answers with, told apart by their root element.
#[derive(Debug, PartialEq, Deserialize)]
enum Document {
    GetCallerIdentityResponse {
        #[serde(rename = "GetCallerIdentityResult")]
        result: IdentityResult,
    },
    ErrorResponse {
        #[serde(rename = "Error")]
        error: ErrorDetail,
        #[serde(rename = "RequestId")]
        request_id: Option<String>,
    },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IdentityResult {
    account: String,
    arn: String,
    user_id: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorDetail {
    code: String,
    #[serde(default)]
    message: String,
}

/// Reads the XML. Entities are never expanded but the five of XML itself; a document that uses others is refused.
fn read(body: &[u8]) -> Result<Document, String> {
    let text = std::str::from_utf8(body).map_err(|_| "something that is not XML".to_owned())?;
    quick_xml::de::from_str(text).map_err(|error| what_is_wrong(text, &error))
}

/// The parser's own text may quote the body, so only the names of our own fields are taken from it.
fn what_is_wrong(text: &str, error: &DeError) -> String {
    const FIELDS: [&str; 6] = ["GetCallerIdentityResult", "Account", "Arn", "UserId", "Error", "Code"];
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
    use sso_core::{SecretAccessKey, SessionToken};

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
        let Ok(Document::GetCallerIdentityResponse { result }) = read(IDENTITY.as_bytes()) else {
            panic!("not an identity")
        };
        assert_eq!(result.account, "012345678901", "leading zeros stay");
        assert_eq!(result.arn, "arn:aws:sts::012345678901:assumed-role/AWSReservedSSO_Admin_1/jo&e");
        assert_eq!(result.user_id, "AROAEXAMPLE:jo&e");
    }

    #[test]
    fn an_error_is_read() {
        let Ok(Document::ErrorResponse { error, request_id }) = read(REFUSED.as_bytes()) else {
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
            assert_eq!(read(body.as_bytes()), Err(reason.to_owned()), "{what}");
        }
        assert_eq!(read(b"\xff\xfe<\0"), Err("something that is not XML".to_owned()));
    }

    #[test]
    fn an_unused_doctype_does_no_harm() {
        let body = format!("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>{IDENTITY}");
        assert_eq!(read(body.as_bytes()), read(IDENTITY.as_bytes()));
    }

    #[test]
    fn a_message_never_holds_a_secret() {
        let keys = RoleCredentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: SecretAccessKey::new("CANARY-secret".to_owned()),
            session_token: SessionToken::new("CANARY-token".to_owned()),
            expires_at: Timestamp::UNIX_EPOCH,
            account_id: None,
        };
        for (message, shown) in [
            (
                "Signature expired: 20261121T000000Z is now earlier than ...",
                "Signature expired: 20261121T000000Z is now earlier than ...",
            ),
            (
                "It does not match.\n\nThe Canonical String was\nx-amz-security-token:CANARY-token",
                "It does not match.",
            ),
            ("\n  It does not match.\r\nmore", "It does not match."),
            ("x-amz-security-token:CANARY-token", ""),
            ("", ""),
        ] {
            assert_eq!(harmless(message, &keys), shown);
        }
    }
}
