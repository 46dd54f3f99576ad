//! AWS Security Token Service by its query protocol: form in, XML out.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>

use crate::error::{Denied, StsError};
use crate::sign::sign;
use crate::xml::{self, Document};
use sso_core::{AccountId, EndpointUrl, Region, RoleCredentials, Timestamp};
use sso_http::{Call, HttpClient, Reply};
use std::time::Duration;
use url::form_urlencoded;

/// The version of the protocol; there has been no other since.
pub(crate) const VERSION: &str = "2011-06-15";

/// A clock that is this far off can be why a signature was refused; the AWS SDK for Java uses the same limit.
const SKEW: Duration = Duration::from_secs(4 * 60);

/// The STS client of one endpoint.
#[derive(Clone, Debug)]
pub struct Sts {
    pub(crate) http: HttpClient,
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

    /// GetCallerIdentity: needs no permission, so it tells whether the credentials work. `now` is the local time; if it is
    /// wrong, the service's own is used.
    ///
    /// # Errors
    /// See [`StsError`].
    pub async fn get_caller_identity(
        &self,
        credentials: &RoleCredentials,
        now: Timestamp,
    ) -> Result<CallerIdentity, StsError> {
        let form = [("Action", "GetCallerIdentity"), ("Version", VERSION)];
        let reply = self.ask(&form, credentials, now).await?;
        match reply.document {
            Document::Identity { result } => Ok(CallerIdentity {
                account: AccountId::new(result.account),
                arn: result.arn,
                user_id: result.user_id,
            }),
            _ => Err(reply.http.malformed("another answer than an identity").into()),
        }
    }

    /// Asks, signed. If the service refuses the signature because the local clock is wrong, the call is signed once more
    /// with the service's own time.
    pub(crate) async fn ask(
        &self,
        form: &[(&str, &str)],
        credentials: &RoleCredentials,
        now: Timestamp,
    ) -> Result<Answer, StsError> {
        let first = self.ask_once(form, credentials, now).await;
        let corrected = match &first {
            Err(StsError::Service { code, .. }) => self.corrected(code, now),
            _ => None,
        };
        match corrected {
            Some(at) => self.ask_once(form, credentials, at).await,
            None => first,
        }
    }

    /// The service's time, if a wrong local clock explains the error.
    fn corrected(&self, code: &str, now: Timestamp) -> Option<Timestamp> {
        let offset = self.http.clock_offset()?;
        (is_about_time(code) && offset.unsigned_abs() >= SKEW).then(|| now.checked_add(offset).ok())?
    }

    async fn ask_once(
        &self,
        form: &[(&str, &str)],
        credentials: &RoleCredentials,
        at: Timestamp,
    ) -> Result<Answer, StsError> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let call = Call::post(self.endpoint.join("/"))
            .body("application/x-www-form-urlencoded; charset=utf-8", body.into_bytes());
        let call = sign(call, credentials, &self.signing_region, "sts", at)?;
        interpret(self.http.send(call).await?, credentials)
    }
}

/// A success: what it says, and the reply around it.
pub(crate) struct Answer {
    pub(crate) document: Document,
    pub(crate) http: Reply,
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

fn interpret(reply: Reply, credentials: &RoleCredentials) -> Result<Answer, StsError> {
    match xml::read(&reply.body).map_err(|reason| reply.malformed(reason))? {
        Document::Error { error, request_id } => {
            let message = harmless(&error.message, credentials);
            let request_id = request_id.or_else(|| reply.request_id().map(str::to_owned));
            let (status, code) = (reply.status, error.code);
            Err(match code.as_str() {
                "AccessDenied" | "AccessDeniedException" => {
                    StsError::Denied(Box::new(Denied::new(status, message, request_id)))
                }
                "ExpiredToken" | "ExpiredTokenException" => StsError::Expired { status, message },
                _ => StsError::Service { status, code, message, request_id },
            })
        }
        document if reply.is_success() => Ok(Answer { document, http: reply }),
        _ => Err(reply.malformed("an answer under an error status").into()),
    }
}

/// The first line, without secrets: a refused signature is explained by the canonical request, session token included.
fn harmless(message: &str, credentials: &RoleCredentials) -> String {
    let line = message.trim().lines().next().unwrap_or_default();
    let secrets = [credentials.session_token.expose(), credentials.secret_access_key.expose()];
    let leaks = secrets.iter().any(|secret| !secret.is_empty() && line.contains(secret));
    if leaks { String::new() } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_core::{SecretAccessKey, SessionToken};

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
