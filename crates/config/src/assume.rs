//! Roles that are assumed with the credentials of another profile, and the chain that this makes.

use crate::error::ConfigError;
use crate::keys::{
    AWS_ACCESS_KEY_ID, CREDENTIAL_SOURCE, DURATION_SECONDS, EXTERNAL_ID, MFA_SERIAL, ROLE_SESSION_NAME,
    SOURCE_PROFILE,
};
use crate::place::Sourced;
use crate::resolve::{CredentialSource, ResolvedProfile, SsoRole};
use crate::section::SectionKind;
use crate::set::ConfigSet;
use crate::view::Section;
use sso_core::{AssumeRoleKey, ProfileName, RoleArn};

/// A role that is assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    /// `role_arn`.
    pub role_arn: Sourced<String>,
    /// With which credentials.
    pub with: AssumeRoleWith,
    /// `role_session_name`.
    pub role_session_name: Option<Sourced<String>>,
    /// `external_id`.
    pub external_id: Option<Sourced<String>>,
    /// `mfa_serial`.
    pub mfa_serial: Option<Sourced<String>>,
    /// `duration_seconds`, as it is written.
    pub duration_seconds: Option<Sourced<String>>,
}

/// The credentials that a role is assumed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssumeRoleWith {
    /// Those of another profile (`source_profile`), itself resolved.
    Profile(Box<ResolvedProfile>),
    /// Those of the surroundings (`credential_source`: `Environment`, `Ec2InstanceMetadata`, `EcsContainer`).
    Surroundings(Sourced<String>),
}

/// A way to credentials that begins with a role of IAM Identity Center.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleChain {
    /// The role that it begins with.
    pub first: SsoRole,
    /// The roles that are assumed one with the other, each with the profile that says so. None: the first is the one.
    pub assumed: Vec<(ProfileName, AssumeRole)>,
}

impl ResolvedProfile {
    /// The profile whose own credentials everything begins with: this one, or the last that `source_profile` leads to.
    #[must_use]
    pub fn beginning(&self) -> &Self {
        let mut profile = self;
        while let CredentialSource::AssumeRole(role) = &profile.source
            && let AssumeRoleWith::Profile(source) = &role.with
        {
            profile = source;
        }
        profile
    }

    /// The roles that are assumed one with the other on the way from [`ResolvedProfile::beginning`], each with the profile
    /// that says so.
    #[must_use]
    pub fn assumed(&self) -> Vec<(ProfileName, AssumeRole)> {
        let mut assumed = Vec::new();
        let mut profile = self;
        while let CredentialSource::AssumeRole(role) = &profile.source
            && let AssumeRoleWith::Profile(source) = &role.with
        {
            assumed.push((profile.name.clone(), (**role).clone()));
            profile = source;
        }
        assumed.reverse();
        assumed
    }

    /// The way to its credentials; `None` if it begins elsewhere than in IAM Identity Center.
    #[must_use]
    pub fn chain(&self) -> Option<RoleChain> {
        match &self.beginning().source {
            CredentialSource::Sso(role) => {
                Some(RoleChain { first: (**role).clone(), assumed: self.assumed() })
            }
            _ => None,
        }
    }
}

impl AssumeRole {
    /// Checks the values just before they are used: all that AssumeRole is asked with.
    ///
    /// # Errors
    /// Names the first value that cannot be used and where it is written: [`ConfigError::RoleArn`], [`ConfigError::Seconds`].
    pub fn check(&self) -> Result<AssumeRoleKey, ConfigError> {
        let role_arn = RoleArn::parse(&self.role_arn.value)
            .map_err(|source| ConfigError::RoleArn { value: Box::new(self.role_arn.clone()), source })?;
        let text = |key: &Option<Sourced<String>>| key.as_ref().map(|key| key.value.clone());
        Ok(AssumeRoleKey {
            role_arn,
            // An empty name counts as none, in the AWS CLI too.
            role_session_name: text(&self.role_session_name).filter(|name| !name.is_empty()),
            external_id: text(&self.external_id),
            duration_seconds: self
                .duration_seconds
                .as_ref()
                .map(|text| text.seconds(DURATION_SECONDS))
                .transpose()?,
            mfa_serial: text(&self.mfa_serial),
        })
    }
}

impl ConfigSet {
    pub(crate) fn assume_role(
        &self,
        section: &Section<'_>,
        role_arn: Sourced<String>,
        passed: &mut Vec<Sourced<ProfileName>>,
    ) -> Result<AssumeRole, ConfigError> {
        let with = match (section.text(SOURCE_PROFILE), section.text(CREDENTIAL_SOURCE)) {
            (Some(profile), Some(surroundings)) => {
                let (source_profile, credential_source) = (profile.origin, surroundings.origin);
                return Err(ConfigError::RoleWithTwoSources { source_profile, credential_source });
            }
            (None, None) => return Err(ConfigError::RoleWithoutSource { origin: role_arn.origin }),
            (None, Some(surroundings)) => AssumeRoleWith::Surroundings(surroundings),
            (Some(source), None) => {
                AssumeRoleWith::Profile(Box::new(self.source_profile(section, source, passed)?))
            }
        };
        Ok(AssumeRole {
            role_arn,
            with,
            role_session_name: section.text(ROLE_SESSION_NAME),
            external_id: section.text(EXTERNAL_ID),
            mfa_serial: section.text(MFA_SERIAL),
            duration_seconds: section.text(DURATION_SECONDS),
        })
    }

    fn source_profile(
        &self,
        section: &Section<'_>,
        source: Sourced<String>,
        passed: &mut Vec<Sourced<ProfileName>>,
    ) -> Result<ResolvedProfile, ConfigError> {
        let (name, origin) = (ProfileName::new(source.value), source.origin);
        let own = ProfileName::new(section.name());
        // A profile may name itself when it holds keys: they are what the role is assumed with.
        let itself_with_keys = own == name && section.has(AWS_ACCESS_KEY_ID);
        passed.push(Sourced { value: own, origin: origin.clone() });
        let Some(next) = self.profile(&name) else {
            let nearest = self.nearest(SectionKind::Profile, name.as_str());
            return Err(ConfigError::UnknownSourceProfile { name, origin, nearest });
        };
        if passed.len() > MOST_PROFILES {
            return Err(ConfigError::SourceProfileTooFar { most: MOST_PROFILES, origin });
        }
        if passed.iter().any(|before| before.value == name) && !itself_with_keys {
            let links = passed.iter().map(|before| before.origin.clone()).collect();
            let chain = passed.drain(..).map(|before| before.value).chain([name]).collect();
            return Err(ConfigError::SourceProfileLoop { chain, links, origin });
        }
        self.plan(&next, passed)
    }
}

/// No chain is that long. One without end would end in a stack that is too small for it.
const MOST_PROFILES: usize = 20;
