//! What a profile says about its credentials, as a plan. Nothing is checked beyond the presence of keys, nothing is run.

use crate::assume::AssumeRole;
use crate::error::{ConfigError, Inconsistent};
use crate::keys::{
    AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, CA_BUNDLE, CREDENTIAL_PROCESS,
    LOGIN_SESSION, OF_THE_PROFILE_FIRST, OUTPUT, REGION, ROLE_ARN, SSO_ACCOUNT_ID, SSO_REGION, SSO_ROLE_NAME,
    SSO_SESSION, SSO_START_URL, WEB_IDENTITY_TOKEN_FILE,
};
use crate::place::{Place, Sourced};
use crate::section::FileRole;
use crate::session::{SsoBinding, SsoSession, keys_of, missing};
use crate::set::ConfigSet;
use crate::view::Section;
use sso_core::{AccountId, ProfileName, RoleName, SecretAccessKey, SessionName, SessionToken};

/// A profile, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedProfile {
    /// Its name.
    pub name: ProfileName,
    /// Its header; `None` for a default profile that is not written anywhere.
    pub place: Option<Place>,
    /// Where its credentials come from.
    pub source: CredentialSource,
    /// Its tie to IAM Identity Center, whether its credentials come from there or not.
    pub sso: Option<SsoBinding>,
    /// `region`: for service calls, never for the login.
    pub region: Option<Sourced<String>>,
    /// `output`.
    pub output: Option<Sourced<String>>,
    /// `ca_bundle`; [`crate::EndpointSettings`] says which bundle is in force.
    pub ca_bundle: Option<Sourced<String>>,
}

/// Where credentials come from: the first that the AWS CLI would take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialSource {
    /// A role of IAM Identity Center.
    Sso(Box<SsoRole>),
    /// Keys in a file.
    Static(StaticKeys),
    /// A program that prints them (`credential_process`). Never run by us.
    Process(Sourced<String>),
    /// A role that is assumed with other credentials.
    AssumeRole(Box<AssumeRole>),
    /// A role that is assumed with a token file (`web_identity_token_file`).
    WebIdentity {
        /// `role_arn`.
        role_arn: Sourced<String>,
        /// `web_identity_token_file`.
        token_file: Sourced<String>,
    },
    /// `aws login` (`login_session`).
    Login(Sourced<String>),
    /// Nothing.
    None,
}

/// A role of a session: all that role credentials are asked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoRole {
    /// The session.
    pub session: SsoSession,
    /// `sso_account_id`.
    pub account_id: Sourced<AccountId>,
    /// `sso_role_name`.
    pub role_name: Sourced<RoleName>,
}

/// Long-lived keys that stand in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticKeys {
    /// `aws_access_key_id`.
    pub access_key_id: Sourced<String>,
    /// `aws_secret_access_key`.
    pub secret_access_key: Sourced<SecretAccessKey>,
    /// `aws_session_token`.
    pub session_token: Option<Sourced<SessionToken>>,
}

impl ConfigSet {
    /// The plan for the credentials of a profile.
    ///
    /// # Errors
    /// There is no such profile ([`ConfigError::UnknownProfile`]), what it refers to is not there (`UnknownSession`,
    /// `UnknownSourceProfile`) or incomplete (`MissingKeys`, `RoleWithoutSource`), values contradict each other (`Inconsistent`,
    /// `RoleWithTwoSources`), or the profiles it builds on form a loop (`SourceProfileLoop`, `SourceProfileTooFar`). Values are
    /// not checked (see [`SsoSession::check`]).
    pub fn resolve(&self, name: &ProfileName) -> Result<ResolvedProfile, ConfigError> {
        match self.profile(name) {
            Some(section) => self.plan(&section, &mut Vec::new()),
            None if name.as_str() == "default" => Ok(nothing(name)),
            None => Err(self.unknown_profile(name)),
        }
    }

    /// `passed` are the profiles that led here by `source_profile`, each with that key.
    pub(crate) fn plan(
        &self,
        section: &Section<'_>,
        passed: &mut Vec<Sourced<ProfileName>>,
    ) -> Result<ResolvedProfile, ConfigError> {
        let source = self.source(section, passed)?;
        let sso = match (self.binding(section), &source) {
            (Err(error), CredentialSource::None) => return Err(error),
            (binding, _) => binding.ok().flatten(),
        };
        Ok(ResolvedProfile {
            name: ProfileName::new(section.name()),
            place: Some(section.place()),
            source,
            sso,
            region: section.text(REGION),
            output: section.text(OUTPUT),
            ca_bundle: section.text(CA_BUNDLE),
        })
    }

    /// The AWS CLI's order: assumed role, web identity, IAM Identity Center, credentials file, login, process, config file.
    fn source(
        &self,
        section: &Section<'_>,
        passed: &mut Vec<Sourced<ProfileName>>,
    ) -> Result<CredentialSource, ConfigError> {
        let as_source_of_keys = !passed.is_empty() && section.has(AWS_ACCESS_KEY_ID);
        if let Some(role_arn) = section.text(ROLE_ARN) {
            if let Some(token_file) = section.text(WEB_IDENTITY_TOKEN_FILE) {
                return Ok(CredentialSource::WebIdentity { role_arn, token_file });
            }
            if !as_source_of_keys {
                let role = self.assume_role(section, role_arn, passed)?;
                return Ok(CredentialSource::AssumeRole(Box::new(role)));
            }
        }
        if section.has(SSO_ACCOUNT_ID) || section.has(SSO_ROLE_NAME) {
            return Ok(CredentialSource::Sso(Box::new(self.sso_role(section)?)));
        }
        if section.in_file(FileRole::Credentials, AWS_ACCESS_KEY_ID).is_some() {
            return static_keys(section);
        }
        if let Some(login) = section.text(LOGIN_SESSION) {
            return Ok(CredentialSource::Login(login));
        }
        if let Some(command) = section.text(CREDENTIAL_PROCESS) {
            return Ok(CredentialSource::Process(command));
        }
        if section.has(AWS_ACCESS_KEY_ID) { static_keys(section) } else { Ok(CredentialSource::None) }
    }

    /// The tie to a session as it is written, complete or not.
    fn binding(&self, section: &Section<'_>) -> Result<Option<SsoBinding>, ConfigError> {
        Ok(self.session_of(section)?.map(|session| SsoBinding {
            session,
            account_id: section.text(SSO_ACCOUNT_ID).map(|text| text.map(AccountId::new)),
            role_name: section.text(SSO_ROLE_NAME).map(|text| text.map(RoleName::new)),
        }))
    }

    fn sso_role(&self, section: &Section<'_>) -> Result<SsoRole, ConfigError> {
        let profile = ProfileName::new(section.name());
        let named = section.text(SSO_SESSION).map(|key| SessionName::new(key.value));
        let session_section = named.as_ref().and_then(|name| self.sso_session(name));
        let mut lacking = keys_of(section, &[SSO_ROLE_NAME, SSO_ACCOUNT_ID]);
        let holder = match &named {
            Some(_) => session_section.as_ref(),
            None => Some(section),
        };
        lacking
            .extend(holder.map(|holder| keys_of(holder, &[SSO_START_URL, SSO_REGION])).unwrap_or_default());
        // A dangling reference is the first thing to mend, so it is named before keys that are missing.
        let dangling = named.is_some() && session_section.is_none();
        let session = if dangling || lacking.is_empty() { self.session_of(section)? } else { None };
        let (Some(session), Some(account_id), Some(role_name)) =
            (session, section.text(SSO_ACCOUNT_ID), section.text(SSO_ROLE_NAME))
        else {
            return Err(missing(Some(&profile), lacking));
        };
        if let Some(session_section) = &session_section {
            refuse_contradiction(section, session_section)?;
        }
        let (account_id, role_name) = (account_id.map(AccountId::new), role_name.map(RoleName::new));
        Ok(SsoRole { session, account_id, role_name })
    }
}

/// Every key that stands in both must have one value: the AWS CLI's rule for credentials. Not ours, which it does not know.
fn refuse_contradiction(profile: &Section<'_>, session: &Section<'_>) -> Result<(), ConfigError> {
    let here = profile.values();
    let differs = |key: &str, there: &str| {
        !OF_THE_PROFILE_FIRST.contains(&key) && here.get(key).is_some_and(|here| here != there)
    };
    let odd = session.values().into_iter().find(|(key, there)| differs(key, there)).map(|(key, _)| key);
    match odd.and_then(|key| Some((profile.text(&key)?, session.text(&key)?, key))) {
        Some((profile, session, key)) => {
            Err(ConfigError::Inconsistent(Box::new(Inconsistent { key, profile, session })))
        }
        None => Ok(()),
    }
}

fn static_keys(section: &Section<'_>) -> Result<CredentialSource, ConfigError> {
    let (Some(access_key_id), Some(secret)) =
        (section.text(AWS_ACCESS_KEY_ID), section.text(AWS_SECRET_ACCESS_KEY))
    else {
        let profile = ProfileName::new(section.name());
        return Err(missing(Some(&profile), keys_of(section, &[AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY])));
    };
    Ok(CredentialSource::Static(StaticKeys {
        access_key_id,
        secret_access_key: secret.map(SecretAccessKey::new),
        session_token: section.text(AWS_SESSION_TOKEN).map(|text| text.map(SessionToken::new)),
    }))
}

fn nothing(name: &ProfileName) -> ResolvedProfile {
    ResolvedProfile {
        name: name.clone(),
        place: None,
        source: CredentialSource::None,
        sso: None,
        region: None,
        output: None,
        ca_bundle: None,
    }
}
