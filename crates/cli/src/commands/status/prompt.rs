//! `sso status --prompt`: the selected profile and how long it is signed in, for a shell's prompt: `dev 1h12m`.
//!
//! It is run at every prompt, so it reads the configuration and one token file, waits for nobody and prints one short line.

use super::Outcome;
use crate::commands::sessions;
use crate::context::{Context, store_at_hand};
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::Explain as _;
use crate::kept;
use crate::output::document::{Time, document};
use crate::output::escape::escape;
use crate::output::time::short;
use crate::output::{Look, Report};
use serde::Serialize;
use serde_json::Value;
use sso_config::{ConfigError, ProfileSource, SsoSession};
use sso_core::{Lookup, Region, SessionName, Timestamp, TokenStore as _};

/// Tells of the profile that is selected, or of the session that is named. Nothing is selected: nothing is told.
pub(super) fn run(context: &Context) -> Result<Outcome, CliError> {
    let Some((name, session)) = wanted(context)? else { return Ok(Outcome::success(Segment(None))) };
    let state = match session {
        Some(session) => state(context, &session)?,
        None => State::Other,
    };
    let exit = if state.is_good() { Exit::Success } else { Exit::LoginNeeded };
    Ok(Outcome { report: Box::new(Segment(Some((name, state, context.now())))), exit })
}

/// What is selected and its session, if it has to do with one.
fn wanted(context: &Context) -> Result<Option<(String, Option<SsoSession>)>, CliError> {
    let named = context.global.sso_session.as_deref().filter(|name| !name.is_empty());
    let (profile, source) = sessions::selected(context);
    if named.is_none() && source == ProfileSource::Default {
        return Ok(None);
    }
    // Nearly always the profile's own lines say it all; what is wrong with a session is said with the whole of both files.
    let at_once =
        || sso_config::glance_login(&context.env, &profile).filter(|session| session.check().is_ok());
    if named.is_none()
        && let Some(session) = at_once()
    {
        return Ok(Some((profile.as_str().to_owned(), Some(session))));
    }
    let set = context.config()?;
    let (name, found) = match named {
        Some(name) => (name.to_owned(), set.resolve_session(&SessionName::new(name))),
        None => (profile.as_str().to_owned(), set.resolve_login(&profile)),
    };
    // The process ends: taking 10,000 profiles apart first would only cost time.
    std::mem::forget(set);
    match found {
        Ok(session) => Ok(Some((name, Some(session)))),
        // Its credentials come from elsewhere: there is nothing to sign in to.
        Err(ConfigError::NoSso(_)) => Ok(Some((name, None))),
        Err(error) => Err(error.explain(&context.voice())),
    }
}

fn state(context: &Context, session: &SsoSession) -> Result<State, CliError> {
    let voice = context.voice();
    session.check().map_err(|error| error.explain(&voice))?;
    let store = store_at_hand(&context.env).map_err(|error| ConfigError::from(error).explain(&voice))?;
    let found = store.load(&session.token_key()).map_err(|error| error.explain(&voice))?;
    let region = Region::parse(&session.region.value).ok();
    let belongs = |token: &sso_core::TokenSet| {
        region.as_ref().is_some_and(|region| token.belongs_to(&session.start_url.value, region))
    };
    let now = context.now();
    Ok(match found {
        Lookup::Found(token) if belongs(&token) && token.expires_at > now => State::Until(token.expires_at),
        Lookup::Found(token)
            if belongs(&token) && (token.refresh_grant(now).is_some() || other_half(&token, now)) =>
        {
            State::Renews(token.expires_at)
        }
        Lookup::Found(token) if belongs(&token) => State::Expired(token.expires_at),
        Lookup::Found(_) | Lookup::Absent | Lookup::Damaged(_) => State::SignedOut,
    })
}

/// Whether the refresh token is in a secret store, as far as the file tells, and its client still registered. A prompt does
/// not wait for a secret store.
fn other_half(token: &sso_core::TokenSet, now: Timestamp) -> bool {
    kept::is_half(token) && token.registration_expires_at.is_some_and(|end| end > now)
}

/// How it stands with the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Signed in.
    Until(Timestamp),
    /// The token has ended and is renewed when it is needed.
    Renews(Timestamp),
    Expired(Timestamp),
    SignedOut,
    /// A profile without a session.
    Other,
}

impl State {
    fn is_good(self) -> bool {
        matches!(self, Self::Until(_) | Self::Renews(_) | Self::Other)
    }

    fn word(self) -> Option<Word> {
        match self {
            Self::Until(_) => Some(Word::SignedIn),
            Self::Renews(_) => Some(Word::Renews),
            Self::Expired(_) => Some(Word::Expired),
            Self::SignedOut => Some(Word::SignedOut),
            Self::Other => None,
        }
    }

    fn expires_at(self) -> Option<Timestamp> {
        match self {
            Self::Until(at) | Self::Renews(at) | Self::Expired(at) => Some(at),
            Self::SignedOut | Self::Other => None,
        }
    }
}

/// How it stands with the profile that is selected. Nothing is selected: all is null.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    /// The name of the profile, or of the session that is named.
    name: Option<&'a str>,
    /// Null: the profile has no session.
    state: Option<Word>,
    /// When the access token ends, or has ended; null: there is none.
    expires_at: Option<Time>,
}

/// How it stands with the session.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "State"))]
#[serde(rename_all = "kebab-case")]
enum Word {
    SignedIn,
    /// The token has ended, and is renewed when it is needed.
    Renews,
    /// The token has ended, and somebody has to sign in.
    Expired,
    SignedOut,
}

impl Word {
    /// What a prompt shows of it; of a session that is signed in, until when.
    fn shown(self, until: Option<Timestamp>, now: Timestamp) -> String {
        match self {
            Self::SignedIn => until.map(|at| short(at.duration_since(now))).unwrap_or_default(),
            Self::Renews => "renews".to_owned(),
            Self::Expired => "expired".to_owned(),
            Self::SignedOut => "signed-out".to_owned(),
        }
    }
}

/// The name, its state, and the instant.
struct Segment(Option<(String, State, Timestamp)>);

impl Report for Segment {
    fn json(&self) -> Value {
        let (name, state) = self.0.as_ref().map(|(name, state, _)| (name, *state)).unzip();
        document(&Document {
            name: name.map(String::as_str),
            state: state.and_then(State::word),
            expires_at: state.and_then(State::expires_at).map(Time),
        })
    }

    fn data(&self, _: &Look) -> String {
        let Some((name, state, now)) = &self.0 else { return String::new() };
        let name = escape(name);
        match state.word() {
            Some(word) => format!("{name} {}\n", word.shown(state.expires_at(), *now)),
            None => format!("{name}\n"),
        }
    }
}
