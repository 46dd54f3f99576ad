//! AWS Security Token Service by its query protocol: form in, XML out.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>

use crate::error::{Denied, StsError, harmless};
use crate::sign::sign;
use crate::time::SigningTime;
use crate::xml::{self, Document};
use sso_core::{AccountId, EndpointUrl, Region, RoleCredentials, Service, Timestamp};
use sso_http::{Call, HttpClient, Reply, excerpt};
use url::form_urlencoded;

/// The version of the protocol; there has been no other since.
pub(crate) const VERSION: &str = "2011-06-15";

/// The STS client of one endpoint.
#[derive(Clone, Debug)]
pub struct Sts {
    pub(crate) http: HttpClient,
    endpoint: EndpointUrl,
    signing_region: Region,
    time: SigningTime,
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
        let time = SigningTime::new(http.clone());
        Self { http, endpoint, signing_region: Service::Sts.region_for(&region), time }
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
        let applied = self.time.applied();
        match self.ask_once(form, credentials, self.time.at(now)).await {
            Err(StsError::Service { code, .. }) if self.time.corrects(&code, applied) => {
                self.ask_once(form, credentials, self.time.at(now)).await
            }
            done => done,
        }
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

fn interpret(reply: Reply, credentials: &RoleCredentials) -> Result<Answer, StsError> {
    match xml::read(&reply.body).map_err(|reason| reply.malformed(reason))? {
        Document::Error { error, request_id } => {
            let [code, message] = [&error.code, &error.message].map(|text| harmless(text, credentials));
            if code.is_empty() {
                return Err(reply.malformed("no error code").into());
            }
            let request_id = request_id.or_else(|| reply.request_id().map(str::to_owned));
            let request_id = request_id.map(|id| harmless(&id, credentials)).filter(|id| !id.is_empty());
            let (status, code) = (reply.status, excerpt(&code));
            let request_id = request_id.map(|id| excerpt(&id));
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
