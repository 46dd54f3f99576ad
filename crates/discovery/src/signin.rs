//! Sign-in to the console with role credentials: the federation endpoint. Not signed: the keys themselves are sent.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html>

use serde::Deserialize;
use serde_json::json;
use sso_core::{ConsoleUrl, EndpointUrl, RoleCredentials, SigninToken};
use sso_http::{Call, HttpClient, HttpError, MalformedReply, Reply, Url};
use thiserror::Error;
use url::form_urlencoded::Serializer;

const PATH: &str = "/federation";

/// The federation endpoint of a partition.
#[derive(Clone, Debug)]
pub struct Signin {
    http: HttpClient,
    endpoint: EndpointUrl,
}

/// There is no sign-in token.
#[derive(Debug, Error)]
pub enum SigninError {
    /// The service does not take the credentials. It says why in HTML for browsers only.
    #[error("the sign-in service answered {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The service's id of the request, if it gave one.
        request_id: Option<String>,
    },
    /// The service is at fault, or throttles.
    #[error("the sign-in service answered {status}")]
    Unavailable {
        /// The HTTP status.
        status: u16,
    },
    /// What came is not the documented answer.
    #[error(transparent)]
    Malformed(#[from] MalformedReply),
    /// No usable reply came.
    #[error(transparent)]
    Http(#[from] HttpError),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    signin_token: String,
}

impl Signin {
    /// A client of `endpoint`.
    #[must_use]
    pub fn new(http: HttpClient, endpoint: EndpointUrl) -> Self {
        Self { http, endpoint }
    }

    /// getSigninToken. The keys go in the body of a POST: addresses are what proxies and servers log. No SessionDuration:
    /// credentials of an assumed role may not ask for one, and the console session ends with them.
    ///
    /// # Errors
    /// See [`SigninError`].
    pub async fn get_signin_token(&self, credentials: &RoleCredentials) -> Result<SigninToken, SigninError> {
        let session = json!({
            "sessionId": credentials.access_key_id,
            "sessionKey": credentials.secret_access_key.expose(),
            "sessionToken": credentials.session_token.expose(),
        });
        let mut form = Serializer::new(String::new());
        form.append_pair("Action", "getSigninToken").append_pair("Session", &session.to_string());
        let call = Call::post(self.endpoint.join(PATH))
            .header("accept", "application/json")
            .body("application/x-www-form-urlencoded", form.finish().into_bytes());
        interpret(&self.http.send(call).await?)
    }

    /// The address that signs a browser in and leads it to `page`. When the session has ended the console leads to `issuer`,
    /// where the user can sign in again. Whoever opens it within 15 minutes is signed in.
    #[must_use]
    pub fn console_url(&self, page: &Url, issuer: &str, token: &SigninToken) -> ConsoleUrl {
        let mut url = self.endpoint.join(PATH);
        url.query_pairs_mut()
            .append_pair("Action", "login")
            .append_pair("Issuer", issuer)
            .append_pair("Destination", page.as_str())
            .append_pair("SigninToken", token.expose());
        ConsoleUrl::new(url.into())
    }
}

fn interpret(reply: &Reply) -> Result<SigninToken, SigninError> {
    let request_id = || reply.request_id().map(str::to_owned);
    match reply.status {
        200..=299 => {
            let token = SigninToken::new(reply.json::<Answer>()?.signin_token);
            reply.issued("SigninToken", token.expose())?;
            Ok(token)
        }
        status @ (429 | 500..) => Err(SigninError::Unavailable { status }),
        status @ (400 | 401 | 403) => Err(SigninError::Refused { status, request_id: request_id() }),
        _ => Err(reply.malformed("an unexpected status").into()),
    }
}
