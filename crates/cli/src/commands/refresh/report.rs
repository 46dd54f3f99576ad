//! What a refresh ends with, told: a line a session.

use crate::error::{CliError, Facts};
use crate::output::document::{Time, document};
use crate::output::escape::escape;
use crate::output::{Look, Report};
use serde::Serialize;
use serde_json::Value;
use sso_core::Timestamp;

/// What became of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    /// It was renewed now.
    Refreshed,
    /// It was, less than a minute ago.
    Recent,
    /// There is no token, or none that is of use.
    NotSignedIn,
    /// It lives, and will end.
    NotRenewable,
    /// It could not be renewed.
    Failed,
}

/// What became of each session.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct Document<'a> {
    sessions: Vec<Session<'a>>,
}

/// One session's end.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Session<'a> {
    /// The session's name, or the host of a legacy start URL.
    name: &'a str,
    action: Action,
    /// When its access token ends; null: there is none, or it could not be read or renewed.
    expires_at: Option<Time>,
    /// Why it is not refreshed; null: it is.
    error: Option<Facts<'a>>,
}

/// One session's end.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) action: Action,
    /// When its token ends, if it has one that lives.
    pub(super) expires_at: Option<Timestamp>,
    pub(super) error: Option<CliError>,
}

impl Row {
    pub(super) fn new(
        name: String,
        action: Action,
        expires_at: Option<Timestamp>,
        error: Option<CliError>,
    ) -> Self {
        Self { name, action, expires_at, error }
    }

    fn facts(&self) -> Session<'_> {
        Session {
            name: &self.name,
            action: self.action,
            expires_at: self.expires_at.map(Time),
            error: self.error.as_ref().map(CliError::facts),
        }
    }

    fn text(&self, look: &Look) -> String {
        let name = escape(&self.name);
        let until = self.expires_at.map(|at| look.until(at));
        let ends = until.as_ref().map(|until| format!("It ends at {until}."));
        let until = until.map(|until| format!(", until {until}")).unwrap_or_default();
        let mark = match self.action {
            Action::Refreshed => return format!("{} {name}: refreshed{until}.\n", look.tick()),
            Action::Recent => return format!("{} {name}: refreshed just now{until}.\n", look.tick()),
            _ => look.cross(),
        };
        let why = self.error.as_ref().map(|error| sentences(error, ends.as_deref())).unwrap_or_default();
        format!("{mark} {name}: {why}\n")
    }
}

/// A failure in one line: what happened, why, and what helps.
pub(super) fn sentence(error: &CliError) -> String {
    sentences(error, None)
}

/// The same, and what is the case nevertheless before what helps: a command stands last, where it can be copied.
fn sentences(error: &CliError, besides: Option<&str>) -> String {
    let causes: String = error.notes.iter().map(|(_, note)| format!(" ({note})")).collect();
    let headline = error.headline.trim_end_matches('.');
    let what = escape(&format!("{headline}{causes}.")).to_string();
    let fix = error.fix.as_ref().map(|fix| format!("Fix: {}", escape(fix)));
    std::iter::once(what).chain(besides.map(str::to_owned)).chain(fix).collect::<Vec<_>>().join(" ")
}

/// Every session's end.
pub(super) struct Refreshed {
    pub(super) rows: Vec<Row>,
}

impl Report for Refreshed {
    fn json(&self) -> Value {
        document(&Document { sessions: self.rows.iter().map(Row::facts).collect() })
    }

    fn talk(&self, look: &Look) -> String {
        self.rows.iter().map(|row| row.text(look)).collect()
    }
}
