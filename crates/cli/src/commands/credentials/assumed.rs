//! One role that is assumed with the credentials of another, and the words for all that keeps it from that.

use super::NoCredentials;
use crate::catalogue::Code;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explain as _, Voice, option};
use sso_cache::FileStore;
use sso_config::{AssumeRole, Sourced};
use sso_core::{AssumeRoleKey, ProfileName, RoleCredentials, Timestamp};
use sso_discovery::{AssumeRole as Request, Denied, Sts, StsError};
use sso_portal::{CredentialBroker, CredentialError};
use std::sync::Arc;

/// A role that is assumed, with its key checked.
pub(super) struct Assumed {
    /// The profile that says so.
    profile: ProfileName,
    /// What the profile says.
    role: AssumeRole,
    pub(super) key: AssumeRoleKey,
}

impl Assumed {
    /// Checks the values now that they are used.
    pub(super) fn new(profile: &ProfileName, role: &AssumeRole, voice: &Voice) -> Result<Self, CliError> {
        let key = role.check().map_err(|error| error.explain(voice))?;
        Ok(Self { profile: profile.clone(), role: role.clone(), key })
    }

    /// Credentials that are cached and fresh, whoever got them: the AWS CLI's too. No network.
    pub(super) fn cached(&self, store: &FileStore, now: Timestamp) -> Option<RoleCredentials> {
        CredentialBroker::cached(store, &self.key, now)
    }

    /// Cached ones with over a minute left.
    pub(super) fn in_need(&self, store: &FileStore, now: Timestamp) -> Option<RoleCredentials> {
        CredentialBroker::in_need(store, &self.key, now)
    }

    /// Nobody is asked for a code here. Credentials that the AWS CLI has got with one are used from its cache.
    pub(super) fn refuse_mfa(&self, voice: &Voice) -> Result<(), CliError> {
        let Some(mfa) = &self.role.mfa_serial else { return Ok(()) };
        let headline =
            format!("The role of the profile \"{}\" asks for an MFA code (mfa_serial).", self.profile);
        Err(CliError::new(Code::C21, Exit::Configuration, headline)
            .cause(format!("{} says so; codes are not asked for here", voice.origin(&mfa.origin)))
            .note("note", "once the AWS CLI has asked for the code, its cached credentials are used here too")
            .fix(format!("aws sts get-caller-identity{}", option("--profile", self.profile.as_str()))))
    }

    /// New credentials with those of `source`, by whichever process comes first; saved.
    pub(super) async fn assume(
        &self,
        context: &Context,
        store: &Arc<FileStore>,
        sts: &Sts,
        credentials: &RoleCredentials,
        source: &str,
        voice: &Voice,
    ) -> Result<RoleCredentials, NoCredentials> {
        let (store, clock) = (Arc::clone(store) as _, Arc::clone(&context.clock));
        let roles = CredentialBroker::new(store, clock).until(context.deadline());
        let session_name = format!("sso-{}", context.now().as_second());
        let request = Request { key: &self.key, default_session_name: &session_name };
        match roles
            .fetch(&self.key, async || sts.assume_role(request, credentials, context.now()).await)
            .await
        {
            Ok(brokered) => {
                if let Some(warning) = &brokered.warning {
                    context.output.warn_of(&self.told(warning, source, voice));
                }
                Ok(brokered.credentials)
            }
            Err(error) => Err(self.told(&error, source, voice).into()),
        }
    }

    fn told(&self, error: &CredentialError<StsError>, source: &str, voice: &Voice) -> CliError {
        match error {
            CredentialError::Service(StsError::Denied(denied)) => self.denied(denied, source, voice),
            CredentialError::Service(StsError::Service { code, message, .. })
                if code == "ValidationError" =>
            {
                self.invalid(message, voice)
            }
            CredentialError::Service(StsError::Service { code, .. }) if code == "RegionDisabledException" => {
                let told = CliError::new(Code::C21, Exit::Configuration, "STS is not active in this region.");
                told.cause(error.to_string()).fix("set region to one that is active in the account")
            }
            error => error.explain(voice),
        }
    }

    /// Who we are, what is refused, and what to ask for.
    fn denied(&self, denied: &Denied, source: &str, voice: &Voice) -> CliError {
        let (arn, account) = (&self.key.role_arn, self.key.role_arn.account_id());
        let headline = format!("You may not assume the role \"{}\" in account {account}.", arn.role_name());
        let external_id = match &self.role.external_id {
            Some(id) => format!(
                "external_id = {} ({}) may be another than it asks for",
                id.value,
                voice.origin(&id.origin)
            ),
            None => "it may ask for an external_id, and the profile has none".to_owned(),
        };
        CliError::new(Code::I08, Exit::NotAssigned, headline)
            .cause(denied.to_string())
            .note("you are", denied.caller.clone().unwrap_or_else(|| source.to_owned()))
            .note("role", format!("{arn} ({})", voice.origin(&self.role.role_arn.origin)))
            .note("note", external_id)
            .fix(format!(
                "ask for both: {} for you on that role, and its trust policy to let you in",
                denied.action.as_deref().unwrap_or("sts:AssumeRole")
            ))
    }

    /// STS does not like a value: the line that has it, as far as STS's words tell.
    fn invalid(&self, message: &str, voice: &Voice) -> CliError {
        let named = |word: &str| message.to_ascii_lowercase().contains(&word.to_ascii_lowercase());
        let of = |value: &Option<Sourced<String>>| value.as_ref().map(|value| value.origin.clone());
        let keys = [
            ("DurationSeconds", of(&self.role.duration_seconds)),
            ("RoleSessionName", of(&self.role.role_session_name)),
            ("ExternalId", of(&self.role.external_id)),
        ];
        let origin = keys.into_iter().find_map(|(word, origin)| origin.filter(|_| named(word)));
        let origin = origin.unwrap_or_else(|| self.role.role_arn.origin.clone());
        let headline =
            format!("The role of the profile \"{}\" cannot be assumed as it is configured.", self.profile);
        let fix = match named("1 hour") {
            true => format!("set duration_seconds = 3600 or less ({})", voice.origin(&origin)),
            false => format!("edit {}", voice.origin(&origin)),
        };
        CliError::new(Code::C21, Exit::Configuration, headline).cause(message.to_owned()).fix(fix)
    }
}
