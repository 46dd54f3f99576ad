//! What the world was asked and what it said: the journal that tests question.

use crate::call::Call;
use crate::faults::long_grant;
use crate::operation::Operation;
use crate::reply::Reply;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The body of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// No bytes.
    Empty,
    /// Valid JSON.
    Json(Value),
    /// Anything else, read as text.
    Text(String),
}

/// One request and its outcome. It holds secrets as they were sent: it is test data.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Real time since the world started.
    pub at: Duration,
    /// `sso-oidc`, `sso`, `sts`, `signin`, `sso-admin`, `organizations`, `identitystore`, `browser` or `unknown`.
    pub service: &'static str,
    /// The operation, e.g. `CreateToken`. `ListAccounts` is the portal's; Organizations' is `OrganizationsListAccounts`.
    pub operation: &'static str,
    /// The `grantType` of a `CreateToken`.
    pub grant: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers by lower-case name; repeated ones are joined by `, `.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Body,
    /// The status of the reply; 0 when the connection was closed without one.
    pub status: u16,
    /// The exception of the reply, e.g. `InvalidGrantException`.
    pub error: Option<String>,
    /// Whether a scripted fault had a hand in it.
    pub fault: bool,
}

impl Entry {
    pub(crate) fn new(at: Duration, operation: Operation, call: &Call, reply: &Reply) -> Self {
        let mut headers = BTreeMap::new();
        for (name, value) in &call.headers {
            let joined: &mut String = headers.entry(name.clone()).or_default();
            if !joined.is_empty() {
                joined.push_str(", ");
            }
            joined.push_str(value);
        }
        Self {
            at,
            service: operation.service().name(),
            operation: operation.name(),
            grant: call.grant(),
            method: call.method.clone(),
            target: call.target(),
            headers,
            body: read_body(call),
            status: reply.status,
            error: reply.error.clone(),
            fault: false,
        }
    }

    /// A member of a JSON body, or null.
    pub fn member(&self, name: &str) -> &Value {
        match &self.body {
            Body::Json(body) => &body[name],
            _ => &Value::Null,
        }
    }
}

fn read_body(call: &Call) -> Body {
    if call.body.is_empty() {
        return Body::Empty;
    }
    let text = || Body::Text(String::from_utf8_lossy(&call.body).into_owned());
    call.json().map_or_else(text, Body::Json)
}

/// A snapshot of everything that was asked so far.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    entries: Vec<Entry>,
    counts: BTreeMap<(&'static str, Option<String>), usize>,
}

impl Journal {
    /// How often an operation was called.
    pub fn count(&self, operation: &str) -> usize {
        let matching = self.counts.iter().filter(|((name, _), _)| *name == operation);
        matching.map(|(_, count)| count).sum()
    }

    /// How often `CreateToken` was called with a grant type; `device_code` is short for the URN.
    pub fn count_grant(&self, grant_type: &str) -> usize {
        let key = ("CreateToken", Some(long_grant(grant_type).to_owned()));
        self.counts.get(&key).copied().unwrap_or(0)
    }

    /// How many requests there were.
    pub fn total(&self) -> usize {
        self.counts.values().sum()
    }

    /// The operations, in order. Empty under a light journal, like all that follows.
    pub fn operations(&self) -> Vec<String> {
        let names = self.entries.iter().map(|entry| entry.operation.to_owned());
        names.collect()
    }

    /// All entries, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries of one operation, in order.
    pub fn of(&self, operation: &str) -> Vec<&Entry> {
        let entries = self.entries.iter();
        entries.filter(|entry| entry.operation == operation).collect()
    }

    /// The latest entry of one operation.
    pub fn last(&self, operation: &str) -> Option<&Entry> {
        let mut entries = self.entries.iter().rev();
        entries.find(|entry| entry.operation == operation)
    }

    /// One line an entry: what to print when a test fails.
    pub fn summary(&self) -> String {
        let lines = self.entries.iter().map(|entry| {
            let grant = entry.grant.as_deref().unwrap_or_default();
            let error = entry.error.as_deref().unwrap_or_default();
            let at = entry.at.as_millis();
            format!("{at:>7} ms  {} {grant} -> {} {error}\n", entry.operation, entry.status)
        });
        lines.collect()
    }
}

/// The journal while the world runs.
#[derive(Debug)]
pub(crate) struct Recorder {
    journal: Journal,
    started: Instant,
    light: bool,
}

impl Recorder {
    pub(crate) fn new(light: bool) -> Self {
        Self { journal: Journal::default(), started: Instant::now(), light }
    }

    pub(crate) fn record(&mut self, operation: Operation, call: &Call, reply: &Reply, fault: bool) {
        let key = (operation.name(), call.grant());
        *self.journal.counts.entry(key).or_default() += 1;
        if self.light {
            return;
        }
        let mut entry = Entry::new(self.started.elapsed(), operation, call, reply);
        entry.fault = fault;
        self.journal.entries.push(entry);
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.journal.count(operation)
    }

    pub(crate) fn snapshot(&self) -> Journal {
        self.journal.clone()
    }

    pub(crate) fn clear(&mut self) {
        self.journal = Journal::default();
    }
}
