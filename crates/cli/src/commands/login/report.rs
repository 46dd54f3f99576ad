//! What a login ends with, told.

use crate::commands::sessions::Listed;
use crate::error::{CliError, Facts};
use crate::output::document::{Time, document};
use crate::output::escape::escape;
use crate::output::{Look, Report};
use serde::Serialize;
use serde_json::Value;
use sso_config::ConfigSet;
use sso_core::{ProfileName, Timestamp, TokenSet};

/// How it came about that the session is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    /// It was, and nothing was done.
    #[serde(rename = "already-signed-in")]
    Already,
    /// Its token was renewed, without anybody.
    Renewed,
    /// Somebody has signed in.
    SignedIn,
}

/// A session that is signed in.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session<'a> {
    /// The session's name, or the host of a legacy start URL.
    name: &'a str,
    /// The name of the `sso-session`; null: a legacy start URL.
    session: Option<&'a str>,
    start_url: &'a str,
    /// The region of IAM Identity Center.
    region: &'a str,
    action: Action,
    /// When the access token ends.
    expires_at: Time,
    /// Until when it renews by itself; null: it does not.
    renews_until: Option<Time>,
    /// The profiles that use the session.
    profiles: Vec<&'a str>,
}

/// What became of each session.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct AllSessions<'a> {
    /// Those that are signed in.
    sessions: Vec<Session<'a>>,
    /// Those that are not.
    failed: Vec<Failed<'a>>,
}

/// A session that could not be signed in.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct Failed<'a> {
    /// Why.
    error: Facts<'a>,
    /// The session's name, or the host of a legacy start URL.
    name: &'a str,
}

pub(crate) struct Done {
    label: String,
    session: Option<String>,
    start_url: String,
    region: String,
    profiles: Vec<ProfileName>,
    action: Action,
    expires_at: Timestamp,
    /// Until when it renews by itself.
    renews_until: Option<Timestamp>,
}

impl Done {
    pub(crate) fn new(listed: Listed, token: TokenSet, action: Action, set: &ConfigSet) -> Self {
        let beyond = listed.beyond(set);
        Self {
            session: listed.session.name.as_ref().map(|name| name.as_str().to_owned()),
            start_url: listed.session.start_url.value.as_str().to_owned(),
            region: token.region.clone().unwrap_or_else(|| listed.session.region.value.clone()),
            label: listed.label,
            profiles: listed.profiles.into_iter().chain(beyond).collect(),
            action,
            expires_at: token.expires_at,
            renews_until: token.refresh_token.and(token.registration_expires_at),
        }
    }
}

impl Done {
    fn facts(&self) -> Session<'_> {
        Session {
            name: &self.label,
            session: self.session.as_deref(),
            start_url: &self.start_url,
            region: &self.region,
            action: self.action,
            expires_at: Time(self.expires_at),
            renews_until: self.renews_until.map(Time),
            profiles: self.profiles.iter().map(ProfileName::as_str).collect(),
        }
    }
}

pub(crate) struct SignedIn {
    pub(crate) done: Vec<Done>,
    pub(crate) failed: Vec<(String, CliError)>,
    pub(crate) all: bool,
}

impl Report for SignedIn {
    fn json(&self) -> Value {
        let mut sessions = self.done.iter().map(Done::facts);
        if !self.all {
            return sessions.next().map(|session| document(&session)).unwrap_or_default();
        }
        let failed = self.failed.iter().map(|(name, error)| Failed { error: error.facts(), name });
        document(&AllSessions { sessions: sessions.collect(), failed: failed.collect() })
    }

    fn talk(&self, look: &Look) -> String {
        let done = self.done.iter().map(|done| told(done, look, " Use --force to sign in again."));
        // Of several, the one that failed is named.
        let failed = |(name, error): &(String, CliError)| {
            let told = if self.all { error.clone().note("session", name) } else { error.clone() };
            told.text(look.color, look.columns)
        };
        done.chain(self.failed.iter().map(failed)).collect()
    }
}

/// `again`: how to be asked nevertheless, where there is a way.
pub(crate) fn told(done: &Done, look: &Look, again: &str) -> String {
    let (tick, name, until) = (look.tick(), escape(&done.label), look.until(done.expires_at));
    let renews = done
        .renews_until
        .map(|end| format!(" It renews by itself until {}.", look.moment(end)))
        .unwrap_or_default();
    let (told, profiles) = match done.action {
        Action::Already => (format!("Already signed in to {name} until {until}.{again}"), String::new()),
        Action::Renewed => (format!("Still signed in to {name}: renewed until {until}."), String::new()),
        Action::SignedIn => {
            (format!("Signed in to {name} until {until}.{renews}"), used_by(&done.profiles, look))
        }
    };
    format!("{tick} {}\n{profiles}", look.hanging(2, &told))
}

/// A few of the profiles, and how many there are besides.
fn used_by(profiles: &[ProfileName], look: &Look) -> String {
    const MOST: usize = 5;
    if profiles.is_empty() {
        return String::new();
    }
    let names: Vec<String> = profiles.iter().take(MOST).map(|name| escape(name.as_str())).collect();
    let more = profiles.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("  {}\n", look.hanging(2, &format!("Used by profiles: {}{more}", names.join(", "))))
}
