//! What else decides about a profile: the environment, and what is wrong with it.

use crate::context::Context;
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use sso_config::{
    AssumeRole, ConfigError, ConfigSet, Effect, EndpointSettings, Explanation, Origin, Problem, Sourced,
};
use sso_core::{ProfileName, Service};

/// A variable that goes before the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: &'static str,
    /// What it goes before: a key, or `credentials`.
    pub(super) key: &'static str,
    /// Its value, unless that may hold a secret.
    pub(super) value: Option<String>,
}

/// The variables in force, and the errors that using the profile would end with.
pub(super) fn of_profile(
    context: &Context,
    set: &ConfigSet,
    found: &Explanation,
    voice: &Voice,
) -> (Vec<Variable>, Vec<CliError>) {
    let settings = EndpointSettings::resolve(&context.env, set, &found.profile);
    let mut variables = settings.as_ref().map(variables).unwrap_or_default();
    if context.env.get("AWS_ACCESS_KEY_ID").is_some() {
        variables.push(Variable { name: "AWS_ACCESS_KEY_ID", key: "credentials", value: None });
    }
    let mut errors: Vec<CliError> = Vec::new();
    for error in errors_of(set, found).iter().chain(settings.as_ref().err()) {
        let told = error.explain(voice);
        let told = match error {
            ConfigError::NoSso(_) => nowhere(told),
            _ => Some(told),
        };
        let Some(told) = told else { continue };
        if !errors.contains(&told) {
            errors.push(told);
        }
    }
    (variables, errors)
}

/// One role of the way to a profile's credentials, the first one first.
pub(super) struct Step {
    pub(super) profile: String,
    /// The account and the role, or `None` and the ARN as it is written.
    pub(super) account: Option<String>,
    pub(super) role: String,
    /// Whether it is assumed with the role before it; the first is the session's.
    pub(super) assumed: bool,
    pub(super) mfa: bool,
    pub(super) origin: Origin,
}

/// The way to the credentials where roles are assumed with one of IAM Identity Center; else nothing.
pub(super) fn chain(set: &ConfigSet, found: &Explanation) -> Vec<Step> {
    let Some(resolved) = set.resolve(&found.profile).ok() else { return Vec::new() };
    let Some(chain) = resolved.chain().filter(|chain| !chain.assumed.is_empty()) else { return Vec::new() };
    let first = Step {
        profile: resolved.beginning().name.as_str().to_owned(),
        account: Some(chain.first.account_id.value.as_str().to_owned()),
        role: chain.first.role_name.value.as_str().to_owned(),
        assumed: false,
        mfa: false,
        origin: chain.first.role_name.origin,
    };
    let step = |(profile, role): &(ProfileName, AssumeRole)| {
        let arn = role.check().ok().map(|key| key.role_arn);
        Step {
            profile: profile.as_str().to_owned(),
            account: arn.as_ref().map(|arn| arn.account_id().as_str().to_owned()),
            role: arn.map_or_else(|| role.role_arn.value.clone(), |arn| arn.role_name().as_str().to_owned()),
            assumed: true,
            mfa: role.mfa_serial.is_some(),
            origin: role.role_arn.origin.clone(),
        }
    };
    std::iter::once(first).chain(chain.assumed.iter().map(step)).collect()
}

/// A default profile that is written nowhere is an error only where one was probably meant.
fn nowhere(told: CliError) -> Option<CliError> {
    let near = told.notes.into_iter().find(|(label, _)| *label == "near")?.1;
    let headline = "No section is read as the default profile.";
    Some(CliError::new(told.code, told.exit, headline).note("near", near))
}

fn variables(settings: &EndpointSettings) -> Vec<Variable> {
    let one = |key, found: Option<&Sourced<String>>, shown: bool| {
        let found = found?;
        let Origin::Variable(name) = found.origin else { return None };
        Some(Variable { name, key, value: shown.then(|| found.value.clone()) })
    };
    // An address may hold a password.
    let endpoint = |service| one("endpoint_url", settings.endpoint(service), false);
    let all = [
        one("region", settings.region.as_ref(), true),
        one("ca_bundle", settings.ca_bundle.as_ref(), true),
        endpoint(Service::SsoOidc),
        endpoint(Service::Sso),
        endpoint(Service::Sts),
        endpoint(Service::Signin),
    ];
    let mut variables: Vec<Variable> = Vec::new();
    for variable in all.into_iter().flatten() {
        // AWS_ENDPOINT_URL stands for all services.
        if !variables.contains(&variable) {
            variables.push(variable);
        }
    }
    variables
}

/// What asking for credentials or a login would end with.
fn errors_of(set: &ConfigSet, found: &Explanation) -> Vec<ConfigError> {
    let mut errors = Vec::new();
    let mut session = None;
    match set.resolve(&found.profile) {
        Ok(resolved) => {
            if let Some(chain) = resolved.chain() {
                errors.extend(chain.first.account_id.check().err());
                errors.extend(chain.assumed.iter().filter_map(|(_, role)| role.check().err()));
            }
            session = resolved.sso.map(|sso| sso.session);
        }
        Err(error) => errors.push(error),
    }
    // A role that cannot be had does not say whether a login could.
    let told = |error: &ConfigError| {
        matches!(error, ConfigError::MissingKeys(_) | ConfigError::UnknownSession(_) | ConfigError::NoSso(_))
    };
    match set.resolve_login(&found.profile) {
        Ok(resolved) => session = Some(resolved),
        // A default profile that is not there may be there in another spelling.
        Err(error @ ConfigError::NoSso(_)) if found.places.is_empty() => errors.push(error),
        Err(ConfigError::NoSso(_)) => {}
        Err(_) if errors.iter().any(told) => {}
        Err(error) => errors.push(error),
    }
    errors.extend(session.and_then(|session| session.check().err()));
    errors
}

/// What makes another tool refuse a file, unless it is told with a value or a header of the profile.
pub(super) fn refusals(set: &ConfigSet, found: &Explanation) -> Vec<Problem> {
    let readings = found.lines.iter().flat_map(|line| &line.readings).map(|reading| &reading.problem);
    let told: Vec<&Problem> = readings.chain(&found.problems).collect();
    let refuses = |problem: &Problem| problem.kind.reading().1 == Effect::RefusesFile;
    set.problems().into_iter().filter(|problem| refuses(problem) && !told.contains(&problem)).collect()
}
