//! What goes back: `Reply`, and `Refusal`, an error that each service words in its own way.

use crate::operation::Service;
use crate::{pages, secrets};
use serde_json::{Value, json};

/// A response before it is put on the wire.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub content_type: String,
    pub body: Vec<u8>,
    /// The exception or error word, for the journal.
    pub error: Option<String>,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content_type: content_type.into(),
            body: body.into(),
            error: None,
        }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// In the version of JSON that most services of AWS speak.
    pub(crate) fn json_1_1(status: u16, body: &Value) -> Self {
        Self::new(status, "application/x-amz-json-1.1", body.to_string())
    }

    pub(crate) fn html(status: u16, body: String) -> Self {
        // No `form-action` here: it would also govern the redirect to the client's own port.
        let policy = "default-src 'none'; style-src 'unsafe-inline'";
        Self::new(status, "text/html; charset=utf-8", body)
            .with_header("content-security-policy", policy)
            .with_header("cache-control", "no-store")
            .with_header("referrer-policy", "no-referrer")
    }

    pub(crate) fn xml(status: u16, body: String) -> Self {
        Self::new(status, "text/xml", body)
    }

    pub(crate) fn redirect(location: &str) -> Self {
        Self::new(302, "text/plain", "").with_header("location", location)
    }

    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// An error, not yet worded for a service.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub status: u16,
    /// The exception's name, as in `x-amzn-ErrorType` or `__type`.
    pub code: String,
    /// The OAuth error word; only OIDC shows it.
    pub word: String,
    pub message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, word: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), word: word.into(), message: message.into() }
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidRequestException", "invalid_request", message)
    }

    pub(crate) fn into_reply(self, service: Service) -> Reply {
        let mut reply = match service {
            Service::Oidc => self.oidc(),
            Service::Sts => self.sts(),
            Service::Browser | Service::Signin => Reply::html(self.status, pages::refused(&self.message)),
            Service::SsoAdmin => self.json_1_1("com.amazonaws.swbup#"),
            Service::IdentityStore => self.json_1_1("com.amazonaws.identitystore#"),
            Service::Organizations => self.json_1_1(""),
            Service::Portal | Service::Unknown => self.portal(),
        };
        reply.error = Some(self.code);
        reply
    }

    fn oidc(&self) -> Reply {
        let body = json!({"error": self.word, "error_description": self.message});
        Reply::json(self.status, &body).with_header("x-amzn-ErrorType", &self.error_type())
    }

    fn portal(&self) -> Reply {
        let kind = format!("com.amazonaws.switchboard.portal#{}", self.code);
        let body = json!({"message": self.message, "__type": kind});
        Reply::json(self.status, &body).with_header("x-amzn-ErrorType", &self.error_type())
    }

    /// No header tells the exception here, and some services put a namespace before it, which clients must cut off.
    fn json_1_1(&self, namespace: &str) -> Reply {
        let kind = format!("{namespace}{}", self.code);
        Reply::json_1_1(self.status, &json!({"__type": kind, "Message": self.message}))
    }

    /// The real header carries this suffix, which clients must cut off.
    fn error_type(&self) -> String {
        let suffix = "http://internal.amazon.com/coral/com.amazonaws.sso.oidc/";
        format!("{}:{suffix}", self.code)
    }

    fn sts(&self) -> Reply {
        let body = format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    \
             <Type>{}</Type>\n    <Code>{}</Code>\n    <Message>{}</Message>\n  </Error>\n  \
             <RequestId>{}</RequestId>\n</ErrorResponse>\n",
            if self.status < 500 { "Sender" } else { "Receiver" },
            pages::escape(&self.code),
            pages::escape(&self.message),
            secrets::request_id(),
        );
        Reply::xml(self.status, body)
    }
}
