//! T01 to T15: the token of the session in question, and the files that tools keep beside it.

use super::{damaged, files, shared};
use crate::catalogue::Code;
use crate::doctor::engine::Check;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::fix::Fix;
use crate::doctor::probe::{Probe, SessionFacts};
use crate::explain::helper_command;
use crate::output::time::span;
use sso_cache::EntryKind;
use sso_config::{ConfigEdit, ConfigSet, Section, SectionName, check_name};
use sso_core::{ProfileName, Timestamp, TokenSet, format_timestamp};
use sso_oidc::NeedLogin;

pub(super) const CHECKS: &[Check] = &[
    Check::disk(Code::T01, |probe| needed(probe, Code::T01)),
    Check::disk(Code::T02, |probe| needed(probe, Code::T02)),
    Check::disk(Code::T03, registration_over),
    Check::disk(Code::T04, |probe| damaged::check(probe, Code::T04)),
    Check::disk(Code::T05, |probe| damaged::check(probe, Code::T05)),
    Check::disk(Code::T06, |probe| needed(probe, Code::T06)),
    Check::disk(Code::T09, |probe| needed(probe, Code::T09)),
    Check::disk(Code::T10, looked_for_elsewhere),
    Check::disk(Code::T11, role_older_than_sign_in),
    Check::disk(Code::T12, files::cannot_be_used),
    Check::disk(Code::T13, files::too_open),
    Check::disk(Code::T14, fought_over),
    Check::disk(Code::T15, shared::check),
];

/// What commands would say with this code now.
fn needed(probe: &Probe, code: Code) -> Vec<Finding> {
    let Some(session) = &probe.cache.session else { return Vec::new() };
    let told = session.told.as_ref().filter(|told| told.code == code);
    let at = (code != Code::T01).then(|| probe.voice.path(&session.token_path));
    let found = told.map(|told| {
        let found = Finding::of(told.clone(), session.severity);
        let found = at.iter().fold(found, |found, at| found.at(at));
        session.token().map(|token| ended(token, probe.now)).into_iter().fold(found, Finding::seen)
    });
    found.into_iter().collect()
}

/// `it ended 2 h ago`.
fn ended(token: &TokenSet, now: Timestamp) -> String {
    let left = span(token.remaining(now));
    match token.expires_at > now {
        true => format!("it ends in {left}"),
        false => format!("it ended {left} ago, at {}", format_timestamp(token.expires_at)),
    }
}

fn registration_over(probe: &Probe) -> Vec<Finding> {
    let Some(session) = &probe.cache.session else { return Vec::new() };
    let mut found = Vec::new();
    if let (Some(token), Some(end)) =
        (session.token(), session.token().and_then(|token| token.registration_expires_at))
        && token.refresh_token.is_some()
        && end <= probe.now
    {
        let over = format!("its client registration ended at {}", format_timestamp(end));
        let at = probe.voice.path(&session.token_path);
        found.push(match (&session.need, &session.told) {
            (Some(NeedLogin::RegistrationExpired { .. }), Some(told)) => {
                let fix = Fix::Quarantine { path: session.token_path.clone() };
                Finding::of(told.clone(), session.severity).at(at).seen(over).fix(fix)
            }
            (None, _) => {
                let headline = format!("The session \"{}\" will not renew itself any more.", session.label);
                let login = format!("{} --force", probe.voice.command("login"));
                let found = Finding::new(Code::T03, Severity::Warning, headline).at(at);
                found.seen(over).seen(ended(token, probe.now)).remedy(login)
            }
            // It cannot be used for another reason, which is told.
            (Some(_), _) => return Vec::new(),
        });
    }
    if let Some(registration) = session.registration.as_ref().filter(|found| found.expires_at <= probe.now) {
        let headline = format!("The client registration of \"{}\" has expired.", session.label);
        let seen = format!(
            "it ended at {}; the next login registers anew",
            format_timestamp(registration.expires_at)
        );
        let path = session.registration_path.clone();
        let info = Finding::new(Code::T03, Severity::Info, headline).at(probe.voice.path(&path)).seen(seen);
        found.push(info.remedy("move it out of the way").fix(Fix::Quarantine { path }));
    }
    found
}

/// One way has a token, and the other is looked for.
fn looked_for_elsewhere(probe: &Probe) -> Vec<Finding> {
    let mut found = by_other_tools(probe);
    found.extend(by_this_profile(probe));
    found
}

/// A profile of the old way, while its portal is signed in to by an sso-session: the cause of T01.
fn by_this_profile(probe: &Probe) -> Option<Finding> {
    let session = probe.cache.session.as_ref()?;
    let (twin, profile) = (session.twin.as_ref()?, probe.config.subject.profile.as_ref()?);
    session.need.as_ref()?;
    let headline = format!(
        "You are signed in to this portal, but the profile \"{profile}\" looks for the token elsewhere."
    );
    Some(
        Finding::new(Code::T10, Severity::Info, headline)
            .seen(format!("the token is that of [sso-session {twin}]"))
            .seen(format!(
                "the profile names its portal itself, so it looks for {}",
                probe.voice.path(&session.token_path)
            ))
            .remedy(format!("put sso_session = {twin} in the place of sso_start_url and sso_region")),
    )
}

/// A profile that is written for both ways, and a token for the new one only.
fn by_other_tools(probe: &Probe) -> Vec<Finding> {
    let (Some(session), Ok(set)) = (&probe.cache.session, &probe.config.set) else { return Vec::new() };
    let (Some((legacy, until)), Some(profile)) = (&session.legacy, &probe.config.subject.profile) else {
        return Vec::new();
    };
    let Some(section) = set.profile(profile) else { return Vec::new() };
    let for_both = section.has("sso_session") && section.has("sso_start_url");
    let lives = session.token().is_some() && session.need.is_none();
    if !for_both || !lives || until.is_some_and(|until| until > probe.now) || has_helper(set, profile) {
        return Vec::new();
    }
    let headline = format!("Tools that know the old way only find no token for the profile \"{profile}\".");
    let keys = section.text("sso_start_url").map(|url| probe.voice.origin(&url.origin)).unwrap_or_default();
    let found = Finding::new(Code::T10, Severity::Warning, headline)
        .at(keys)
        .seen("sso_start_url stands in the profile, too, which only such tools need")
        .seen(format!("they look for {}", probe.voice.path(legacy)))
        .seen(format!("the token is {}", probe.voice.path(&session.token_path)))
        .remedy("upgrade the tool, or give it a profile with credential_process");
    vec![match helper(set, profile, &section) {
        Some(edit) => found.fix(Fix::Config(edit)),
        None => found,
    }]
}

fn has_helper(set: &ConfigSet, profile: &ProfileName) -> bool {
    let words = shlex::split(&helper_command(profile.as_str()));
    set.profiles().any(|section| {
        let Some(command) = section.get("credential_process") else { return false };
        // The program may be given by its path.
        let found = shlex::split(&command.value).unwrap_or_default();
        found.len() > 1 && found.get(1..) == words.as_deref().and_then(|words| words.get(1..))
    })
}

/// A profile beside it, under a name that is free.
fn helper(set: &ConfigSet, profile: &ProfileName, section: &Section<'_>) -> Option<ConfigEdit> {
    check_name(profile.as_str()).ok()?;
    let names = std::iter::once(String::new()).chain((2..100).map(|number| format!("-{number}")));
    let mut names = names.map(|ending| format!("{profile}-helper{ending}"));
    let name = names.find(|name| set.profile(&ProfileName::new(name.as_str())).is_none())?;
    let region = section.text("region").map(|region| ("region", region.value));
    let values = std::iter::once(("credential_process", helper_command(profile.as_str()))).chain(region);
    Some(ConfigEdit::new().add_section(SectionName::profile(name), false, values))
}

/// A refresh writes the token's file too, so only two things say for certain that somebody signed in since: a token that
/// cannot be renewed was written, or the token's client was registered.
fn role_older_than_sign_in(probe: &Probe) -> Vec<Finding> {
    let Some(session) = &probe.cache.session else { return Vec::new() };
    let (Some(role), Some(token), None) = (&session.role, session.token(), &session.need) else {
        return Vec::new();
    };
    let lives = probe.cache.entry(&role.path).is_some_and(
        |entry| matches!(entry.kind, EntryKind::Role { expires_at, .. } if expires_at > probe.now),
    );
    let (Some(written), Some((signed_in, why))) = (role.written, signed_in_since(session, token)) else {
        return Vec::new();
    };
    if !lives || written >= signed_in {
        return Vec::new();
    }
    let path = probe.voice.path(&role.path);
    let headline =
        "The role's credentials are older than your sign-in; rights that were given since are not in them.";
    vec![
        Finding::new(Code::T11, Severity::Warning, headline)
            .at(&path)
            .seen(format!("they were written at {}", format_timestamp(written)))
            .seen(format!("{why} at {}", format_timestamp(signed_in)))
            .remedy(format!("move {path} out of the way"))
            .fix(Fix::Quarantine { path: role.path.clone() }),
    ]
}

/// An instant since when somebody has signed in for certain, and what shows it.
fn signed_in_since(session: &SessionFacts, token: &TokenSet) -> Option<(Timestamp, &'static str)> {
    if token.refresh_token.is_none() {
        return Some((session.token_written?, "the token cannot be renewed, so a sign-in has written it"));
    }
    let client = &token.client.as_ref()?.id;
    let registration = session.registration.as_ref().filter(|found| found.client_id == *client)?;
    // A registration of the future was written by another clock.
    let written = session.registration_written.filter(|at| *at < registration.expires_at)?;
    Some((written, "the token's client was registered for a sign-in"))
}

/// Evidence in the token's file that another tool writes it.
fn fought_over(probe: &Probe) -> Vec<Finding> {
    let Some(session) = &probe.cache.session else { return Vec::new() };
    let Some(token) = session.token() else { return Vec::new() };
    let mut evidence = Vec::new();
    if token.refresh_token.is_some() {
        let missing: Vec<&str> = [
            ("clientId or clientSecret", token.client.as_ref().is_none_or(|client| client.secret.is_none())),
            ("registrationExpiresAt", token.registration_expires_at.is_none()),
            ("startUrl", token.start_url.is_none()),
            ("region", token.region.is_none()),
        ]
        .into_iter()
        .filter_map(|(name, missing)| missing.then_some(name))
        .collect();
        if !missing.is_empty() {
            evidence.push(format!(
                "the token has a refresh token, but lacks {}: a tool that does not know these has written it anew",
                missing.join(", ")
            ));
        }
    }
    evidence.extend(foreign_client(probe, session, token));
    if evidence.is_empty() {
        return Vec::new();
    }
    let headline = format!("Another tool writes the token of \"{}\", too.", session.label);
    let found =
        Finding::new(Code::T14, Severity::Warning, headline).at(probe.voice.path(&session.token_path));
    let found = evidence.into_iter().fold(found, Finding::seen);
    vec![found.remedy(format!(
        "let sso alone renew: give the other tool a profile with credential_process, then {} --force",
        probe.voice.command("login")
    ))]
}

/// The token's client is registered nowhere here, and later than the session's own, which still lives: so it is neither one
/// that was replaced nor one of a login that was given up.
fn foreign_client(probe: &Probe, session: &SessionFacts, token: &TokenSet) -> Option<String> {
    let (client, own) = (&token.client.as_ref()?.id, session.registration.as_ref()?);
    let known =
        probe.cache.entries.iter().any(
            |entry| matches!(&entry.kind, EntryKind::Registration { client_id, .. } if client_id == client),
        );
    let later = token.registration_expires_at.is_some_and(|end| end > own.expires_at);
    (!known && later && own.expires_at > probe.now).then(|| {
        let own_path = probe.voice.path(&session.registration_path);
        format!("its client is not the one in {own_path}, nor any other that is registered here")
    })
}
