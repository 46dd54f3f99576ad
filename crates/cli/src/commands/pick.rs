//! Which profile or session, where nobody has said: the person at the terminal picks.

use super::exec::INSIDE;
use super::sessions::{self, Listed};
use crate::catalogue::Code;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explain as _, command_line, option, quote};
use crate::recent::{self, Kind};
use crate::ui::picker::{Entry, pick};
use sso_cache::FileStore;
use sso_config::{ConfigError, ConfigSet, ProfileSource, RoleChain, Section};
use sso_core::{Lookup, ProfileName, RoleArn, TokenStore as _};

/// Names in an error.
const LISTED: usize = 6;

/// Lets the user pick for a command that acts on a profile, as if the picked one had been typed after `--profile`.
///
/// # Errors
/// As [`profile`].
pub(crate) fn fill(context: &mut Context) -> Result<(), CliError> {
    let picked = match sessions::selected(context) {
        (_, ProfileSource::Default) => profile(context, &context.config()?)?,
        (name, ProfileSource::Flag) => {
            // What a script uses is nobody's habit.
            if context.interactive {
                recent::note(&context.env, Kind::Profile, name.as_str());
            }
            return Ok(());
        }
        (_, ProfileSource::Variable(_)) => return Ok(()),
    };
    context.global.profile = Some(picked.as_str().to_owned()).filter(|name| name != "default");
    Ok(())
}

/// The profile to act on: `--profile`, `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`, a `default` that gives credentials of IAM Identity
/// Center, else the user's pick.
///
/// A `default` profile of that kind is taken without a question, at a terminal too: it is what every other AWS tool takes there,
/// and a command must not mean one account in a script and ask for another when it is tried by hand.
///
/// # Errors
/// Nobody can be asked and there is no `default` (exit 2), there is nothing to pick (exit 3), or the user stops (exit 130).
pub(super) fn profile(context: &Context, set: &ConfigSet) -> Result<ProfileName, CliError> {
    let (name, source) = sessions::selected(context);
    match source {
        ProfileSource::Flag | ProfileSource::Variable(_) => Ok(name),
        ProfileSource::Default => match set.profile(&name) {
            Some(section) if !context.interactive || way(set, &section).is_some() => Ok(name),
            _ => any_profile(context, set),
        },
    }
}

/// The user's pick of all profiles, whatever is selected.
///
/// # Errors
/// As [`profile`].
pub(super) fn any_profile(context: &Context, set: &ConfigSet) -> Result<ProfileName, CliError> {
    let entries: Vec<_> = set.profiles().filter_map(|section| entry(set, &section)).collect();
    if entries.is_empty() {
        return Err(nothing());
    }
    if !context.interactive {
        return Err(nobody_to_ask(context, &entries));
    }
    let entries = recent::first(&context.env, Kind::Profile, entries, |entry| entry.value.as_str());
    let picked = pick("Profile:", entries, &context.output)?.ok_or_else(nothing)?;
    recent::note(&context.env, Kind::Profile, picked.as_str());
    Ok(picked)
}

/// The way to the credentials of a profile, if it begins in IAM Identity Center.
fn way(set: &ConfigSet, section: &Section<'_>) -> Option<RoleChain> {
    // Cheaper than resolving each of 10,000.
    if !section.has("sso_role_name") && !section.has("role_arn") {
        return None;
    }
    set.resolve(&ProfileName::new(section.name())).ok()?.chain()
}

fn entry(set: &ConfigSet, section: &Section<'_>) -> Option<Entry<ProfileName, 5>> {
    let RoleChain { first, assumed } = way(set, section)?;
    // Whose the credentials are, not where they begin.
    let last = assumed.last().and_then(|(_, role)| RoleArn::parse(&role.role_arn.value).ok());
    let (account, role) = match last {
        Some(arn) => (arn.account_id().as_str().to_owned(), arn.role_name().as_str().to_owned()),
        None => (first.account_id.value.as_str().to_owned(), first.role_name.value.as_str().to_owned()),
    };
    let region = section.get("region").map(|region| region.value.into_owned()).unwrap_or_default();
    Some(Entry {
        cells: [section.name().to_owned(), account, role, sessions::label(&first.session), region],
        value: ProfileName::new(section.name()),
    })
}

fn nothing() -> CliError {
    CliError::new(Code::C01, Exit::Configuration, "No profile gives credentials of IAM Identity Center.")
        .cause("such a profile has sso_session, sso_account_id and sso_role_name")
        .fix("sso configure")
}

fn nobody_to_ask(context: &Context, entries: &[Entry<ProfileName, 5>]) -> CliError {
    let mut names: Vec<&str> = entries.iter().take(LISTED).map(|entry| entry.value.as_str()).collect();
    let more = format!("{} more", entries.len().saturating_sub(LISTED));
    if entries.len() > LISTED {
        names.push(&more);
    }
    let told =
        CliError::new(Code::R01, Exit::Usage, "No profile is selected, and there is no terminal to ask at.")
            .note("profiles", names.join(", "));
    // `sso exec` takes AWS_PROFILE away, so what runs in it has to say it again.
    let around = context.env.text(INSIDE);
    match entries.iter().find(|entry| Some(entry.value.as_str()) == around.as_deref()) {
        Some(entry) => told
            .note("note", "this runs inside `sso exec`, which removes AWS_PROFILE")
            .fix(command_line(context.command, &option("--profile", entry.value.as_str()))),
        None => {
            told.fix(format!("{}, or set AWS_PROFILE", command_line(context.command, " --profile <name>")))
        }
    }
}

/// The user's pick of several sessions; `None` where nobody can be asked.
pub(super) fn session(
    context: &Context,
    store: &FileStore,
    sessions: Vec<Listed>,
) -> Result<Option<Listed>, CliError> {
    if !context.interactive {
        return Ok(None);
    }
    let sessions = recent::first(&context.env, Kind::Session, sessions, |listed| &listed.label);
    let entries = sessions.into_iter().map(|listed| Entry {
        cells: [
            listed.label.clone(),
            sessions::host(&listed.session.start_url.value),
            listed.session.region.value.clone(),
            signed_in(context, store, &listed),
        ],
        value: listed,
    });
    let picked = pick("Session:", entries.collect(), &context.output)?;
    if let Some(listed) = &picked {
        recent::note(&context.env, Kind::Session, &listed.label);
    }
    Ok(picked)
}

/// Until when, as far as the disk says.
fn signed_in(context: &Context, store: &FileStore, listed: &Listed) -> String {
    let now = context.now();
    match store.load(&listed.session.token_key()) {
        Ok(Lookup::Found(token)) if token.expires_at > now => {
            format!("until {}", context.output.stderr_look(now).moment(token.expires_at))
        }
        Ok(Lookup::Found(_)) => "expired".to_owned(),
        _ => String::new(),
    }
}

/// It is `sso-use` that asks so, and is typed again.
fn unnamed(error: &ConfigError, context: &Context) -> CliError {
    let told = error.explain(&context.voice());
    let near = match error {
        ConfigError::UnknownProfile(unknown) => unknown.nearest.first(),
        _ => None,
    };
    match near {
        Some(near) => told.fix(format!("sso-use {}", quote(&near.name))),
        None => told,
    }
}

/// The profile that `--profile` names, if it is given. It counts as used.
///
/// # Errors
/// There is none; the nearest are named.
pub(super) fn named(context: &Context, set: &ConfigSet) -> Result<Option<ProfileName>, CliError> {
    let given = context.global.profile.as_deref().filter(|name| !name.is_empty()).map(ProfileName::new);
    if let Some(name) = &given {
        set.resolve(name).map_err(|error| unnamed(&error, context))?;
        recent::note(&context.env, Kind::Profile, name.as_str());
    }
    Ok(given)
}
