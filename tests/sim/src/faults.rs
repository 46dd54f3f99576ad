//! Scripted faults: "the second refresh answers 429", told in one line of a test.

use crate::call::Call;
use crate::operation::{Operation, Service};
use crate::reply::{Refusal, Reply};
use std::ops::{Bound, RangeBounds};
use std::time::Duration;

/// A fault on an operation. Without [`Fault::nth`] or [`Fault::times`] it strikes every time.
///
/// ```
/// use sso_sim::Fault;
/// let throttled_twice = Fault::on("CreateToken").grant("refresh_token").times(2).status(429);
/// let lost_reply = Fault::on("CreateToken").times(1).after_processing().drop_connection();
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    operation: String,
    grant: Option<String>,
    text: Option<String>,
    first: usize,
    last: usize,
    seen: usize,
    strike: Strike,
}

/// What happens to the reply.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strike {
    status: Option<u16>,
    error: Option<(String, String)>,
    body: Option<(Vec<u8>, String)>,
    headers: Vec<(String, String)>,
    pub delay: Duration,
    pub after_processing: bool,
    pub drop_connection: bool,
}

impl Fault {
    /// A fault on the named operation, e.g. `CreateToken`; `*` is any operation.
    ///
    /// # Panics
    /// If there is no such operation: a misspelt fault would never strike, and the test would pass.
    pub fn on(operation: &str) -> Self {
        let known = operation == "*" || Operation::is_known(operation);
        assert!(known, "the simulated AWS has no operation {operation:?}");
        Self {
            operation: operation.into(),
            grant: None,
            text: None,
            first: 1,
            last: usize::MAX,
            seen: 0,
            strike: Strike::default(),
        }
    }

    /// Only calls with this `grantType`; `device_code` is short for the URN.
    pub fn grant(mut self, grant_type: &str) -> Self {
        self.grant = Some(long_grant(grant_type).into());
        self
    }

    /// Only calls whose path, query, headers or body contain `text`, e.g. an account id or a token.
    pub fn containing(mut self, text: &str) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Only these calls, counted from 1 among those that match: `nth(2..=3)`, `nth(1..)`.
    pub fn nth(mut self, which: impl RangeBounds<usize>) -> Self {
        self.first = match which.start_bound() {
            Bound::Included(first) => *first,
            Bound::Excluded(before) => before + 1,
            Bound::Unbounded => 1,
        };
        self.last = match which.end_bound() {
            Bound::Included(last) => *last,
            Bound::Excluded(after) => after.saturating_sub(1),
            Bound::Unbounded => usize::MAX,
        };
        self
    }

    /// Only the first `n` calls that match.
    pub fn times(self, n: usize) -> Self {
        self.nth(1..=n)
    }

    /// Answers with this status, and an error body as the service would word it.
    pub fn status(mut self, status: u16) -> Self {
        self.strike.status = Some(status);
        self
    }

    /// Answers with this exception and OAuth error word (status 400 unless [`Fault::status`] says).
    pub fn error(mut self, exception: &str, word: &str) -> Self {
        self.strike.error = Some((exception.into(), word.into()));
        self
    }

    /// Answers with these bytes (status 200 unless [`Fault::status`] says).
    pub fn body(mut self, bytes: impl Into<Vec<u8>>, content_type: &str) -> Self {
        self.strike.body = Some((bytes.into(), content_type.into()));
        self
    }

    /// Answers with an HTML page, as a captive portal or a proxy does.
    pub fn html(self) -> Self {
        let page = "<!doctype html><title>Gateway</title><h1>Please sign in to the network</h1>";
        self.body(page, "text/html")
    }

    /// Adds a `Retry-After` header, in seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header("retry-after", &seconds.to_string())
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.strike.headers.push((name.into(), value.into()));
        self
    }

    /// Holds the reply back. Alone, the reply itself stays as it would have been.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.strike.delay = delay;
        self
    }

    /// The world does what was asked and only then the reply is replaced: a lost reply.
    pub fn after_processing(mut self) -> Self {
        self.strike.after_processing = true;
        self
    }

    /// Closes the connection without a reply.
    pub fn drop_connection(mut self) -> Self {
        self.strike.drop_connection = true;
        self
    }

    fn matches(&self, operation: Operation, call: &Call) -> bool {
        (self.operation == "*" || self.operation == operation.name())
            && self.grant.as_ref().is_none_or(|grant| call.grant().as_ref() == Some(grant))
            && self.text.as_ref().is_none_or(|text| contains(call, text))
    }
}

impl Strike {
    /// Whether the world does what was asked.
    pub(crate) fn lets_through(&self) -> bool {
        self.after_processing || !(self.replaces() || self.drop_connection)
    }

    /// The reply that goes out, given the one the world made (if it was asked).
    pub(crate) fn apply(&self, operation: Operation, made: Option<Reply>) -> Reply {
        let mut reply = match made {
            Some(reply) if !self.replaces() && !self.after_processing => reply,
            _ => self.replacement(operation),
        };
        reply.headers.extend(self.headers.iter().cloned());
        reply
    }

    fn replaces(&self) -> bool {
        self.status.is_some() || self.error.is_some() || self.body.is_some()
    }

    fn replacement(&self, operation: Operation) -> Reply {
        if let Some((bytes, content_type)) = &self.body {
            let mut reply = Reply::new(self.status.unwrap_or(200), content_type, bytes.clone());
            reply.error = Some("Fault".into());
            return reply;
        }
        // Nothing said, but the reply has to be lost: the world answers 500.
        let default = if self.error.is_some() { 400 } else { 500 };
        let status = self.status.unwrap_or(default);
        let usual = usual_error(operation.service(), status);
        let (code, word) = self.error.clone().unwrap_or((usual.0.into(), usual.1.into()));
        Refusal::new(status, &code, &word, "scripted fault").into_reply(operation.service())
    }
}

/// The faults in force, in the order they were added.
#[derive(Debug, Default)]
pub(crate) struct FaultBook(Vec<Fault>);

impl FaultBook {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The first fault whose turn it is. Every fault that matches counts the call.
    pub(crate) fn strike(&mut self, operation: Operation, call: &Call) -> Option<Strike> {
        let mut due = None;
        for fault in self.0.iter_mut().filter(|it| it.matches(operation, call)) {
            fault.seen += 1;
            if due.is_none() && (fault.first..=fault.last).contains(&fault.seen) {
                due = Some(fault.strike.clone());
            }
        }
        due
    }
}

/// `device_code` is easier to write than its URN.
pub(crate) fn long_grant(grant_type: &str) -> &str {
    match grant_type {
        "device_code" => "urn:ietf:params:oauth:grant-type:device_code",
        other => other,
    }
}

fn contains(call: &Call, text: &str) -> bool {
    call.target().contains(text)
        || call.headers.iter().any(|(_, value)| value.contains(text))
        || String::from_utf8_lossy(&call.body).contains(text)
}

fn usual_error(service: Service, status: u16) -> (&'static str, &'static str) {
    match service {
        Service::SsoAdmin | Service::IdentityStore => match status {
            403 => ("AccessDeniedException", ""),
            404 => ("ResourceNotFoundException", ""),
            429 => ("ThrottlingException", ""),
            500..=599 => ("InternalServerException", ""),
            _ => ("ValidationException", ""),
        },
        Service::Organizations => match status {
            403 => ("AccessDeniedException", ""),
            429 => ("TooManyRequestsException", ""),
            500..=599 => ("ServiceException", ""),
            _ => ("InvalidInputException", ""),
        },
        _ => match status {
            401 => ("UnauthorizedException", "invalid_client"),
            403 => ("ForbiddenException", "access_denied"),
            404 => ("ResourceNotFoundException", "not_found"),
            429 => ("TooManyRequestsException", "too_many_requests"),
            500..=599 => ("InternalServerException", "server_error"),
            _ => ("InvalidRequestException", "invalid_request"),
        },
    }
}
