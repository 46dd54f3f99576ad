//! What credentials are asked for: the role that the selected profile leads to.

use super::sessions::selected;
use crate::catalogue::Code;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explain as _, command_line};
use sso_config::{
    AssumeRole, AssumeRoleWith, ConfigSet, CredentialSource, Origin, ProfileSource, ResolvedProfile,
    RoleChain, Sourced, SsoSession,
};
use sso_core::{AccountId, ProfileName, RoleName};

/// A role of a session, and the roles that are assumed with it.
pub(crate) struct Role {
    /// The session through which everything is reached.
    pub(crate) session: SsoSession,
    /// The account of the session's role.
    pub(crate) account_id: Sourced<AccountId>,
    /// The session's role.
    pub(crate) role_name: Sourced<RoleName>,
    /// The roles that are assumed one with the other, each with the profile that says so.
    pub(crate) assumed: Vec<(ProfileName, AssumeRole)>,
}

impl From<RoleChain> for Role {
    fn from(chain: RoleChain) -> Self {
        let RoleChain { first, assumed } = chain;
        Self { session: first.session, account_id: first.account_id, role_name: first.role_name, assumed }
    }
}

/// The role of the selected profile, and the profile's region. Other sources of credentials are said, not run.
pub(crate) fn role(
    context: &Context,
    set: &ConfigSet,
) -> Result<(ProfileName, Role, Option<Sourced<String>>), CliError> {
    if context.global.sso_session().is_some() {
        return Err(CliError::new(
            Code::R01,
            Exit::Usage,
            "Credentials belong to a profile, not to a session.",
        )
        .fix("use --profile <name>"));
    }
    let (name, source) = selected(context);
    of_profile(context, set, name, source)
}

/// As [`role`], for a profile that was chosen.
pub(crate) fn role_of(
    context: &Context,
    set: &ConfigSet,
    profile: &ProfileName,
) -> Result<(ProfileName, Role, Option<Sourced<String>>), CliError> {
    of_profile(context, set, profile.clone(), ProfileSource::Flag)
}

fn of_profile(
    context: &Context,
    set: &ConfigSet,
    name: ProfileName,
    source: ProfileSource,
) -> Result<(ProfileName, Role, Option<Sourced<String>>), CliError> {
    let resolved = set.resolve(&name).map_err(|error| error.explain(&context.voice()))?;
    match (resolved.chain(), source) {
        (Some(chain), _) => Ok((name, Role::from(chain), resolved.region)),
        (None, ProfileSource::Default) => {
            Err(unnamed(elsewhere(&name, &resolved, set, context), &name, set, context))
        }
        (None, _) => Err(elsewhere(&name, &resolved, set, context)),
    }
}

/// Nobody has named a profile, and `default` gives nothing: most likely another one was meant.
fn unnamed(error: CliError, name: &ProfileName, set: &ConfigSet, context: &Context) -> CliError {
    let profiles = set.profiles().filter(|section| section.name() != name.as_str()).count();
    let fix = format!("{}, or set AWS_PROFILE", command_line(context.command, " --profile <name>"));
    match (profiles, set.profile(name)) {
        (0, _) => error,
        (_, Some(_)) => error.note("note", "it was taken because no profile is named").fix(fix),
        (_, None) => CliError {
            headline: "No profile is selected, and there is no profile \"default\".".into(),
            ..error
        }
        .note("note", "sso profiles lists them")
        .fix(fix),
    }
}

/// Where the credentials come from instead, and which line says so.
fn elsewhere(name: &ProfileName, resolved: &ResolvedProfile, set: &ConfigSet, context: &Context) -> CliError {
    let beginning = resolved.beginning();
    let assumes = beginning.name != *name;
    let (uses, origin): (String, &Origin) = match &beginning.source {
        CredentialSource::Static(keys) => ("static keys".to_owned(), &keys.access_key_id.origin),
        CredentialSource::Process(command) => ("credential_process".to_owned(), &command.origin),
        CredentialSource::WebIdentity { token_file, .. } => {
            ("a web identity token (web_identity_token_file)".to_owned(), &token_file.origin)
        }
        CredentialSource::Login(login) => ("aws login".to_owned(), &login.origin),
        CredentialSource::AssumeRole(role) => match &role.with {
            AssumeRoleWith::Surroundings(source) => {
                (format!("role_arn with credential_source = {}", source.value), &source.origin)
            }
            // Its own beginning would have been looked at.
            AssumeRoleWith::Profile(_) => ("role_arn".to_owned(), &role.role_arn.origin),
        },
        CredentialSource::None | CredentialSource::Sso(_) if assumes => {
            return no_source(name, &beginning.name, set, context);
        }
        CredentialSource::None | CredentialSource::Sso(_) => {
            return no_role(name, resolved.sso.is_some(), set, context);
        }
    };
    let place = context.voice().origin(origin);
    let headline = match assumes {
        false => format!("The profile \"{name}\" gets its credentials from {uses}."),
        true => format!(
            "The profile \"{name}\" assumes a role (role_arn) with the credentials of \"{}\", which come from {uses}.",
            beginning.name
        ),
    };
    let served = match assumes {
        false => {
            "only profiles with sso_account_id and sso_role_name are served here, and roles assumed with those"
        }
        true => "only chains that begin with sso_account_id and sso_role_name are served here",
    };
    CliError::new(Code::C17, Exit::Configuration, headline)
        .cause(format!("{place} decides; {served}"))
        .fix("use the profile with the AWS tools directly")
}

/// `source_profile` leads to a profile that has no credentials.
fn no_source(name: &ProfileName, source: &ProfileName, set: &ConfigSet, context: &Context) -> CliError {
    let place =
        set.profile(source).map(|section| context.voice().place(&section.place())).unwrap_or_default();
    let headline = format!(
        "The profile \"{name}\" assumes a role with the credentials of \"{source}\", which has none."
    );
    CliError::new(Code::C18, Exit::Configuration, headline)
        .cause(format!("sso_account_id and sso_role_name are missing ({place})"))
        .fix(format!("add both below {place}"))
}

fn no_role(name: &ProfileName, has_session: bool, set: &ConfigSet, context: &Context) -> CliError {
    if !has_session && let Err(error) = set.resolve_login(name) {
        return error.explain(&context.voice());
    }
    let place = set.profile(name).map(|section| context.voice().place(&section.place())).unwrap_or_default();
    CliError::new(
        Code::C06,
        Exit::Configuration,
        format!("The profile \"{name}\" names no account and no role."),
    )
    .cause(format!("sso_account_id and sso_role_name are missing ({place})"))
    .fix(format!("add both below {place}"))
}
