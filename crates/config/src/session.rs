//! What a login needs: the session of a profile, or one that is named directly. And the checks before it is used.

use crate::error::{ConfigError, MissingKey, MissingKeys, NoSso, UnknownProfile, UnknownSession};
use crate::keys::{
    SSO_ACCOUNT_ID, SSO_AUTO_REFRESH, SSO_REFRESH_WINDOW, SSO_REGION, SSO_REGISTRATION_SCOPES, SSO_ROLE_NAME,
    SSO_SESSION, SSO_START_URL,
};
use crate::place::{Origin, Place, Sourced};
use crate::section::SectionKind;
use crate::set::ConfigSet;
use crate::view::Section;
use sso_core::{AccountId, ProfileName, Region, RoleName, SessionName, StartUrl, TokenKey};
use std::time::Duration;
use url::Url;

/// A session: the portal to log in to. The texts are as they were written; [`SsoSession::check`] before use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoSession {
    /// The name of its section; `None` for a legacy profile that holds the keys itself.
    pub name: Option<SessionName>,
    /// `sso_start_url`.
    pub start_url: Sourced<StartUrl>,
    /// `sso_region`.
    pub region: Sourced<String>,
    /// `sso_registration_scopes`; `None` when the key is absent, which is not the same as an empty list.
    pub registration_scopes: Option<Vec<String>>,
    /// `sso_auto_refresh`: the profile's, else the session's.
    pub auto_refresh: Option<Sourced<bool>>,
    /// `sso_refresh_window`, in seconds: the profile's, else the session's.
    pub refresh_window: Option<Sourced<String>>,
}

/// A session whose values may go into a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedSession {
    /// The start URL: https, with a host and nothing secret in it.
    pub start_url: Url,
    /// The region.
    pub region: Region,
    /// How long before its end a token is refreshed, if that is configured.
    pub refresh_window: Option<Duration>,
    /// Whether a token may be refreshed without being asked for, if that is configured.
    pub auto_refresh: Option<bool>,
}

/// A profile's tie to a session: the session, and the role it names there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoBinding {
    /// The session.
    pub session: SsoSession,
    /// `sso_account_id`.
    pub account_id: Option<Sourced<AccountId>>,
    /// `sso_role_name`.
    pub role_name: Option<Sourced<RoleName>>,
}

impl SsoSession {
    /// How it is refreshed is the profile's to say, before the session.
    fn refreshed_as(self, profile: &Section<'_>) -> Self {
        Self {
            auto_refresh: auto_refresh(profile).or(self.auto_refresh),
            refresh_window: profile.text(SSO_REFRESH_WINDOW).or(self.refresh_window),
            ..self
        }
    }

    /// What its tokens are kept under.
    #[must_use]
    pub fn token_key(&self) -> TokenKey {
        match &self.name {
            Some(name) => TokenKey::Session(name.clone()),
            None => TokenKey::StartUrl(self.start_url.value.clone()),
        }
    }

    /// Checks the values just before they are used.
    ///
    /// # Errors
    /// Names the first value that cannot be used and where it is written: [`ConfigError::StartUrl`], [`ConfigError::Region`],
    /// [`ConfigError::Seconds`].
    pub fn check(&self) -> Result<CheckedSession, ConfigError> {
        let start_url = self
            .start_url
            .value
            .check()
            .map_err(|source| ConfigError::StartUrl { value: Box::new(self.start_url.clone()), source })?;
        let region = Region::parse(&self.region.value).map_err(|source| ConfigError::Region {
            key: SSO_REGION,
            value: Box::new(self.region.clone()),
            source,
        })?;
        let refresh_window = self
            .refresh_window
            .as_ref()
            .map(|text| text.seconds(SSO_REFRESH_WINDOW))
            .transpose()?
            .map(|seconds| Duration::from_secs(seconds.into()));
        let auto_refresh = self.auto_refresh.as_ref().map(|found| found.value);
        Ok(CheckedSession { start_url, region, refresh_window, auto_refresh })
    }
}

impl Sourced<String> {
    /// The value of `key` as a number. The AWS CLI ignores one that is none; here it would be a wish that nobody hears.
    pub(crate) fn seconds(&self, key: &'static str) -> Result<u32, ConfigError> {
        let wrong = |_| ConfigError::Seconds { key, value: Box::new(self.clone()) };
        self.value.trim().parse().map_err(wrong)
    }
}

impl Sourced<AccountId> {
    /// Checks the account id just before it is used.
    ///
    /// # Errors
    /// [`ConfigError::AccountId`]: it has not the form of one; names where it is written.
    pub fn check(&self) -> Result<&AccountId, ConfigError> {
        let wrong = |source| ConfigError::AccountId { value: Box::new(self.clone()), source };
        self.value.check().map(|()| &self.value).map_err(wrong)
    }
}

impl ConfigSet {
    /// The session that a login of this profile is about. Account and role do not matter for that.
    ///
    /// As in the AWS CLI, `sso_session` goes before keys in the profile, which are then not looked at. Unlike there a profile
    /// that assumes a role with another's credentials leads to the other's session.
    ///
    /// # Errors
    /// There is no such profile ([`ConfigError::UnknownProfile`]) or session (`UnknownSession`), it lacks keys (`MissingKeys`), or
    /// it has nothing to do with IAM Identity Center (`NoSso`).
    pub fn resolve_login(&self, name: &ProfileName) -> Result<SsoSession, ConfigError> {
        let Some(section) = self.profile(name) else { return Err(self.no_profile(name)) };
        match self.session_of(&section)? {
            Some(session) => Ok(session),
            None if section.has(SSO_ACCOUNT_ID) || section.has(SSO_ROLE_NAME) => {
                Err(missing(Some(name), keys_of(&section, &[SSO_START_URL, SSO_REGION])))
            }
            None => {
                // A role that is assumed: its login is that of the profile where everything begins.
                let chain = self.plan(&section, &mut Vec::new()).ok().and_then(|resolved| resolved.chain());
                let begins = chain.filter(|chain| !chain.assumed.is_empty());
                begins.map(|chain| chain.first.session).ok_or_else(|| no_sso(name, Some(section.place())))
            }
        }
    }

    /// The session `[sso-session NAME]`.
    ///
    /// # Errors
    /// There is no such session ([`ConfigError::UnknownSession`]), or it lacks keys ([`ConfigError::MissingKeys`]).
    pub fn resolve_session(&self, name: &SessionName) -> Result<SsoSession, ConfigError> {
        self.named_session(name, None, None)
    }

    /// The session that a profile names or holds; `None` when it does neither.
    pub(crate) fn session_of(&self, section: &Section<'_>) -> Result<Option<SsoSession>, ConfigError> {
        let profile = ProfileName::new(section.name());
        if let Some(key) = section.text(SSO_SESSION) {
            let name = SessionName::new(key.value);
            let session = self.named_session(&name, Some(key.origin), Some(&profile))?;
            return Ok(Some(session.refreshed_as(section)));
        }
        if !section.has(SSO_START_URL) && !section.has(SSO_REGION) {
            return Ok(None);
        }
        read_session(section, None, Some(&profile)).map(Some)
    }

    fn named_session(
        &self,
        name: &SessionName,
        origin: Option<Origin>,
        profile: Option<&ProfileName>,
    ) -> Result<SsoSession, ConfigError> {
        match self.sso_session(name) {
            Some(section) => read_session(&section, Some(name.clone()), profile),
            None => Err(ConfigError::UnknownSession(Box::new(UnknownSession {
                name: name.clone(),
                origin,
                searched: self.searched(),
                nearest: self.nearest(SectionKind::SsoSession, name.as_str()),
                near_headers: self.near_headers(SectionKind::SsoSession, name.as_str()),
            }))),
        }
    }

    /// Why a profile cannot be found. A default profile need not be written anywhere.
    fn no_profile(&self, name: &ProfileName) -> ConfigError {
        match name.as_str() {
            "default" => ConfigError::NoSso(Box::new(NoSso {
                profile: name.clone(),
                place: None,
                nearest: self.nearest(SectionKind::Profile, name.as_str()),
                near_headers: self.near_headers(SectionKind::Profile, name.as_str()),
            })),
            _ => self.unknown_profile(name),
        }
    }

    pub(crate) fn unknown_profile(&self, name: &ProfileName) -> ConfigError {
        ConfigError::UnknownProfile(Box::new(UnknownProfile {
            name: name.clone(),
            searched: self.searched(),
            nearest: self.nearest(SectionKind::Profile, name.as_str()),
            near_headers: self.near_headers(SectionKind::Profile, name.as_str()),
        }))
    }
}

fn no_sso(name: &ProfileName, place: Option<Place>) -> ConfigError {
    let (nearest, near_headers) = (Vec::new(), Vec::new());
    ConfigError::NoSso(Box::new(NoSso { profile: name.clone(), place, nearest, near_headers }))
}

fn read_session(
    section: &Section<'_>,
    name: Option<SessionName>,
    profile: Option<&ProfileName>,
) -> Result<SsoSession, ConfigError> {
    let (Some(start_url), Some(region)) = (section.text(SSO_START_URL), section.text(SSO_REGION)) else {
        return Err(missing(profile, keys_of(section, &[SSO_START_URL, SSO_REGION])));
    };
    Ok(SsoSession {
        name,
        start_url: start_url.map(StartUrl::new),
        region,
        registration_scopes: section.registration_scopes(),
        auto_refresh: auto_refresh(section),
        refresh_window: section.text(SSO_REFRESH_WINDOW),
    })
}

fn auto_refresh(section: &Section<'_>) -> Option<Sourced<bool>> {
    section.get(SSO_AUTO_REFRESH).map(|found| found.map(|text| is_true(&text)))
}

/// The text `true` in any case is true, everything else is not: botocore's rule for every boolean.
pub(crate) fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

impl Section<'_> {
    /// `sso_registration_scopes`: separated by commas, each trimmed, empty ones dropped, in the written order. They are a
    /// part of the name of the registration's file.
    #[must_use]
    pub fn registration_scopes(&self) -> Option<Vec<String>> {
        let scopes = |text: &str| {
            text.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
        };
        self.get(SSO_REGISTRATION_SCOPES).map(|found| scopes(&found.value))
    }
}

/// Those of the keys that the section lacks.
pub(crate) fn keys_of(section: &Section<'_>, keys: &[&'static str]) -> Vec<MissingKey> {
    let lacking = keys.iter().filter(|key| !section.has(key));
    lacking.map(|key| MissingKey { key, section: section.id(), place: section.place() }).collect()
}

pub(crate) fn missing(profile: Option<&ProfileName>, missing: Vec<MissingKey>) -> ConfigError {
    ConfigError::MissingKeys(Box::new(MissingKeys { profile: profile.cloned(), missing }))
}
