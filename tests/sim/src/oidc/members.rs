//! The members of a JSON request body, read strictly: unknown, missing and mistyped ones are refused.

use crate::call::Call;
use crate::reply::Refusal;
use serde_json::{Map, Value};

/// The body of an OIDC call.
pub(super) struct Members(Map<String, Value>);

impl Members {
    /// Reads the body; `known` are the members that the operation has.
    pub(super) fn read(call: &Call, known: &[&str]) -> Result<Self, Refusal> {
        if !call.raw_query.is_empty() {
            return refuse("This operation takes no query parameters".into());
        }
        if call.media_type() != "application/json" {
            return refuse("Content-Type must be application/json".into());
        }
        let Some(Value::Object(members)) = call.json() else {
            return refuse("The body must be a JSON object".into());
        };
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            Some(unknown) => refuse(format!("Unknown member: {unknown}")),
            None => Ok(Self(members)),
        }
    }

    /// A string that must be there and not be empty.
    pub(super) fn text(&self, name: &str) -> Result<String, Refusal> {
        match self.optional_text(name)? {
            Some(text) if !text.is_empty() => Ok(text),
            Some(_) => refuse(format!("{name} must not be empty")),
            None => refuse(format!("Missing member: {name}")),
        }
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => refuse(format!("{name} must be a string")),
        }
    }

    /// A list of strings; absent is an empty list.
    pub(super) fn list(&self, name: &str) -> Result<Vec<String>, Refusal> {
        let items = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(_) => return refuse(format!("{name} must be a list")),
        };
        let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
        match texts.collect::<Option<Vec<String>>>() {
            Some(texts) => Ok(texts),
            None => refuse(format!("{name} must be a list of strings")),
        }
    }
}

fn refuse<T>(message: String) -> Result<T, Refusal> {
    Err(Refusal::invalid_request(message))
}
