//! What a login ends with, told.

use crate::commands::sessions::Listed;
use crate::error::CliError;
use crate::output::escape::escape;
use crate::output::{Look, Report};
use serde_json::{Value, json};
use sso_config::ConfigSet;
use sso_core::{ProfileName, Timestamp, TokenSet, format_timestamp};

/// How it came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Already,
    Renewed,
    SignedIn,
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
    fn json(&self) -> Value {
        json!({
            "name": self.label,
            "session": self.session,
            "startUrl": self.start_url,
            "region": self.region,
            "action": match self.action {
                Action::Already => "already-signed-in",
                Action::Renewed => "renewed",
                Action::SignedIn => "signed-in",
            },
            "expiresAt": format_timestamp(self.expires_at),
            "renewsUntil": self.renews_until.map(format_timestamp),
            "profiles": self.profiles.iter().map(ProfileName::as_str).collect::<Vec<_>>(),
        })
    }
}

pub(crate) struct SignedIn {
    pub(crate) done: Vec<Done>,
    pub(crate) failed: Vec<(String, CliError)>,
    pub(crate) all: bool,
}

impl Report for SignedIn {
    fn json(&self) -> Value {
        let mut sessions = self.done.iter().map(Done::json);
        if !self.all {
            return sessions.next().unwrap_or_default();
        }
        let failed = self.failed.iter().map(|(name, error)| {
            let mut value = error.json();
            if let Some(fields) = value.as_object_mut() {
                fields.insert("name".into(), name.as_str().into());
            }
            value
        });
        json!({ "sessions": sessions.collect::<Vec<_>>(), "failed": failed.collect::<Vec<_>>() })
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
