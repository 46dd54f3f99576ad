//! `sso refresh --watch`: a thin shell around the schedule. Looks, renews what is due, sleeps.

use super::Refresher;
use super::report::{Action, sentence};
use super::schedule::{Plan, State, due, pause, plan};
use crate::catalogue::Code;
use crate::commands::Outcome;
use crate::commands::sessions::Listed;
use crate::context::Context;
use crate::error::{CliError, Facts};
use crate::exit::Exit;
use crate::output::document::{Time, document};
use crate::output::escape::{self, escape};
use crate::output::to_stdout;
use jiff::SignedDuration;
use serde::Serialize;
use sso_core::Timestamp;

/// A session that is kept alive.
struct Watched {
    listed: Listed,
    /// When its token ends, as it was told last.
    told: Option<Timestamp>,
    failed: Option<(u32, Timestamp)>,
    /// Renewed when less than this is left; drawn once, because it has a random part.
    window: Option<SignedDuration>,
    /// The end of the token that the service refused to renew: only another token helps.
    refused: Option<Timestamp>,
    lost: bool,
}

/// Something that is told in one line.
enum Event<'a> {
    /// There is a token: at the start, or because somebody else renewed it or signed in.
    Watching {
        until: Timestamp,
        next: Timestamp,
    },
    Refreshed {
        until: Timestamp,
    },
    Failed {
        error: &'a CliError,
        again: Timestamp,
    },
    Lost {
        error: &'a CliError,
    },
}

/// What has happened to a session. One line of many; the last one is the failure that the watch ends with.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line<'a> {
    /// When.
    time: Time,
    /// The session's name, or the host of a legacy start URL.
    name: &'a str,
    event: Word,
    /// When its access token ends; null: it has none.
    expires_at: Option<Time>,
    /// When it is renewed, or tried again; null with `refreshed` and `lost`.
    next_at: Option<Time>,
    /// With `failed` and `lost`: why; else null.
    error: Option<Facts<'a>>,
}

/// What has happened.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Event"))]
#[serde(rename_all = "kebab-case")]
enum Word {
    /// There is a token: at the start, or because somebody else has renewed it or signed in.
    Watching,
    /// It was renewed.
    Refreshed,
    /// It could not be renewed, and will be tried again.
    Failed,
    /// It cannot be kept alive: somebody has to sign in.
    Lost,
}

/// Keeps the sessions alive until stopped, or until nothing is left to be kept.
pub(super) async fn watch(refresher: &Refresher<'_>, sessions: Vec<Listed>) -> Result<Outcome, CliError> {
    let mut watched: Vec<Watched> = sessions
        .into_iter()
        .map(|listed| Watched { listed, told: None, failed: None, window: None, refused: None, lost: false })
        .collect();
    loop {
        let mut states = Vec::new();
        for session in &mut watched {
            states.push(look(refresher, session)?);
        }
        match plan(&states, refresher.context.now()) {
            Plan::End => return Err(ended(&watched)),
            Plan::Sleep(pause) => tokio::time::sleep(pause).await,
            Plan::Renew(places) => {
                for place in places {
                    if let Some(session) = watched.get_mut(place) {
                        renew(refresher, session).await?;
                    }
                }
            }
        }
    }
}

/// What is on the disk now; says what has changed.
fn look(refresher: &Refresher<'_>, session: &mut Watched) -> Result<State, CliError> {
    let context = refresher.context;
    let now = context.now();
    let disk = match refresher.look_renewable(&session.listed) {
        Ok(disk) => disk,
        Err(error) if matches!(error.exit, Exit::LoginNeeded | Exit::Configuration) => {
            return lose(context, session, &error);
        }
        // A disk that fails for a moment: as a failed renewal.
        Err(error) => {
            let failed = session.failed.unwrap_or((0, now));
            let window = SignedDuration::ZERO;
            let state = State::Renewable { saved: None, ends: now, window, failed: session.failed };
            if session.failed.is_none() || due(&state, now).is_some_and(|at| at <= now) {
                fail(context, session, failed.0, &error)?;
            }
            return Ok(State::Renewable { saved: None, ends: now, window, failed: session.failed });
        }
    };
    let ends = disk.token.expires_at;
    if session.refused == Some(ends) {
        return Ok(State::Lost);
    }
    if session.told != Some(ends) {
        session.failed = None;
    }
    let window = *session.window.get_or_insert(disk.target.policy.refresh_window);
    let state = State::Renewable { saved: disk.saved, ends, window, failed: session.failed };
    if session.told != Some(ends) {
        session.told = Some(ends);
        session.lost = false;
        let next = due(&state, now).unwrap_or(ends);
        tell(context, session, &Event::Watching { until: ends, next })?;
    }
    Ok(state)
}

async fn renew(refresher: &Refresher<'_>, session: &mut Watched) -> Result<(), CliError> {
    let context = refresher.context;
    let row = refresher.refresh(&session.listed).await;
    match (row.action, row.error) {
        (Action::Refreshed, _) => {
            session.failed = None;
            session.told = row.expires_at;
            match row.expires_at {
                Some(until) => tell(context, session, &Event::Refreshed { until }),
                None => Ok(()),
            }
        }
        // Somebody else was faster: the next look tells. With a token that is due again within the minute, wait.
        (Action::Recent, _) | (_, None) => {
            session.failed = Some((1, context.now()));
            Ok(())
        }
        (_, Some(error)) if error.exit == Exit::LoginNeeded => {
            session.refused = session.told;
            lose(context, session, &error).map(|_| ())
        }
        (_, Some(error)) => {
            let count = session.failed.map_or(0, |(count, _)| count);
            fail(context, session, count, &error)
        }
    }
}

fn fail(context: &Context, session: &mut Watched, before: u32, error: &CliError) -> Result<(), CliError> {
    let (count, now) = (before.saturating_add(1), context.now());
    session.failed = Some((count, now));
    let again = now.saturating_add(pause(count)).unwrap_or(now);
    tell(context, session, &Event::Failed { error, again })
}

fn lose(context: &Context, session: &mut Watched, error: &CliError) -> Result<State, CliError> {
    if !session.lost {
        session.lost = true;
        session.failed = None;
        tell(context, session, &Event::Lost { error })?;
        if session.refused.is_none() {
            session.told = None;
        }
    }
    Ok(State::Lost)
}

fn ended(watched: &[Watched]) -> CliError {
    let error = CliError::new(Code::T02, Exit::LoginNeeded, "There is no session that can be kept alive.");
    match watched {
        [one] => error.fix(one.listed.voice.command("login")),
        _ => error.fix("sso login --all"),
    }
}

/// One line, at once: on stdout as JSON, else on stderr with the time before it.
fn tell(context: &Context, session: &Watched, event: &Event<'_>) -> Result<(), CliError> {
    let now = context.now();
    if context.output.json {
        let (word, until, next, error) = match event {
            Event::Watching { until, next } => (Word::Watching, Some(*until), Some(*next), None),
            Event::Refreshed { until } => (Word::Refreshed, Some(*until), None, None),
            Event::Failed { error, again } => (Word::Failed, session.told, Some(*again), Some(error)),
            Event::Lost { error } => (Word::Lost, session.told, None, Some(error)),
        };
        let line = Line {
            time: Time(now),
            name: &session.listed.label,
            event: word,
            expires_at: until.map(Time),
            next_at: next.map(Time),
            error: error.map(|error| error.facts()),
        };
        return to_stdout(&escape::json(&document(&line), false)).map_err(|error| {
            CliError::new(Code::S04, Exit::Disk, "The output could not be written.").cause(error.to_string())
        });
    }
    let look = context.output.stderr_look(now);
    let text = match event {
        Event::Watching { until, next } => {
            format!("signed in until {}, renewed at {}", look.moment(*until), look.moment(*next))
        }
        Event::Refreshed { until } => format!("refreshed, until {}", look.moment(*until)),
        Event::Failed { error, again } => {
            format!("failed, again at {}: {}", look.moment(*again), sentence(error))
        }
        Event::Lost { error } => format!("cannot be kept alive: {}", sentence(error)),
    };
    context.output.say(&format!("{} {}: {text}\n", look.moment(now), escape(&session.listed.label)));
    Ok(())
}
