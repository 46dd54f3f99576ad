//! One request as the world reads it: method, path, decoded query, headers, body.

use crate::reply::Refusal;
use serde_json::Value;

/// A request, taken apart once.
#[derive(Debug)]
pub(crate) struct Call {
    pub method: String,
    pub path: String,
    pub raw_query: String,
    pub query: Vec<(String, String)>,
    /// Names in lower case, in the order received; repeated names stay repeated.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Call {
    pub(crate) fn from_wire(request: &wiremock::Request) -> Self {
        let headers = request.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        });
        Self {
            method: request.method.to_string(),
            path: request.url.path().to_owned(),
            raw_query: request.url.query().unwrap_or_default().to_owned(),
            query: request.url.query_pairs().into_owned().collect(),
            headers: headers.collect(),
            body: request.body.clone(),
        }
    }

    /// The first header of that (lower-case) name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn query_value(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Path and query as received.
    pub(crate) fn target(&self) -> String {
        if self.raw_query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.raw_query)
        }
    }

    /// The media type without its parameters, in lower case.
    pub(crate) fn media_type(&self) -> String {
        let full = self.header("content-type").unwrap_or_default();
        let essence = full.split(';').next().unwrap_or_default();
        essence.trim().to_ascii_lowercase()
    }

    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(crate) fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The `grantType` of a `/token` call, if it says one.
    pub(crate) fn grant(&self) -> Option<String> {
        let body = self.json()?;
        body.get("grantType")?.as_str().map(str::to_owned)
    }
}

/// The value of a form or query member that must be there exactly once.
pub(crate) fn only<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut values = pairs.iter().filter(|(key, _)| key == name);
    let first = values.next()?;
    values.next().is_none().then_some(first.1.as_str())
}

/// The same where it must not be empty, else the refusal.
pub(crate) fn required<'a>(pairs: &'a [(String, String)], name: &str) -> Result<&'a str, Refusal> {
    let found = only(pairs, name).filter(|value| !value.is_empty());
    found.ok_or_else(|| Refusal::invalid_request(format!("{name} must be given exactly once")))
}
