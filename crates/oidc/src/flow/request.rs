//! `LoginRequest`: what one login is about, as a value.

use super::Preference;
use crate::client::RegisterRequest;
use sso_core::{GrantKind, Region, RegistrationKey, StartUrl, TokenKey};
use std::time::Duration;

/// One login.
#[derive(Clone, Debug)]
pub struct LoginRequest {
    /// What the token is kept under; a start URL means a legacy profile.
    pub key: TokenKey,
    /// The start URL as configured.
    pub start_url: StartUrl,
    /// The portal that it stands for ([`crate::resolve`]).
    pub portal: String,
    /// `sso_region`, checked.
    pub region: Region,
    /// The configured scopes (`sso:account:access`, which PKCE asks for where there are none); `None` when there are none.
    pub scopes: Option<Vec<String>>,
    /// Which flow the user wants.
    pub preference: Preference,
    /// The loopback port; 0 for any free one.
    pub redirect_port: u16,
    /// How long the user may take, with all that the service takes: 10 minutes in [`LoginRequest::new`].
    pub timeout: Duration,
}

impl LoginRequest {
    /// A login at the start URL itself, by the first flow that can work, with no scopes of its own; the user has 10
    /// minutes.
    #[must_use]
    pub fn new(key: TokenKey, start_url: StartUrl, region: Region) -> Self {
        Self {
            key,
            portal: start_url.as_str().to_owned(),
            start_url,
            region,
            scopes: None,
            preference: Preference::Auto,
            redirect_port: 0,
            timeout: Duration::from_secs(600),
        }
    }

    /// Whether it is for a legacy profile.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        matches!(self.key, TokenKey::StartUrl(_))
    }

    pub(super) fn registration_key(&self) -> RegistrationKey {
        RegistrationKey {
            session: match &self.key {
                TokenKey::Session(name) => Some(name.clone()),
                TokenKey::StartUrl(_) => None,
            },
            start_url: self.start_url.clone(),
            region: self.region.clone(),
            scopes: self.scopes.clone(),
        }
    }

    pub(super) fn register_request(&self, kind: GrantKind) -> RegisterRequest {
        let configured = self.scopes.clone().filter(|scopes| !scopes.is_empty());
        let scopes = match kind {
            // The code flow cannot do without; the AWS CLI takes this one too.
            GrantKind::AuthorizationCode => {
                configured.unwrap_or_else(|| vec!["sso:account:access".to_owned()])
            }
            GrantKind::DeviceCode => configured.unwrap_or_default(),
        };
        let client_name = match &self.key {
            TokenKey::Session(name) => format!("sso-{name}"),
            TokenKey::StartUrl(_) => "sso".to_owned(),
        };
        RegisterRequest { client_name, kind, scopes, issuer_url: self.portal.clone() }
    }
}
