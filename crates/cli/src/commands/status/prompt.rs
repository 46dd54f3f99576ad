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
use crate::output::escape::escape;
use crate::output::time::short;
use crate::output::{Look, Report};
use serde_json::{Value, json};
use sso_config::{ConfigError, ProfileSource, SsoSession};
use sso_core::{Lookup, Region, SessionName, Timestamp, TokenStore as _, format_timestamp};

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

    fn word(self) -> Option<&'static str> {
        match self {
            Self::Until(_) => Some("signed-in"),
            Self::Renews(_) => Some("renews"),
            Self::Expired(_) => Some("expired"),
            Self::SignedOut => Some("signed-out"),
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

/// The name, its state, and the instant.
struct Segment(Option<(String, State, Timestamp)>);

impl Report for Segment {
    fn json(&self) -> Value {
        let (name, state) = self.0.as_ref().map(|(name, state, _)| (name, *state)).unzip();
        let state_word = state.and_then(State::word);
        let expires_at = state.and_then(State::expires_at).map(format_timestamp);
        json!({ "name": name, "state": state_word, "expiresAt": expires_at })
    }

    fn data(&self, _: &Look) -> String {
        let Some((name, state, now)) = &self.0 else { return String::new() };
        let name = escape(name);
        match (state, state.word()) {
            (State::Until(at), _) => format!("{name} {}\n", short(at.duration_since(*now))),
            (_, Some(word)) => format!("{name} {word}\n"),
            (_, None) => format!("{name}\n"),
        }
    }
}
