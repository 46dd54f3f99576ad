//! Long-lived keys of a profile, and the roles that are assumed with them: for administrators, whose profiles may have no
//! session at all.

use super::NoCredentials;
use super::assumed::Assumed;
use crate::commands::sts;
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::explain::Voice;
use sso_config::{CredentialSource, ResolvedProfile, StaticKeys};
use sso_core::{ProfileName, Region, RoleCredentials, SessionToken, Timestamp};
use std::sync::Arc;

/// A profile whose credentials begin with keys in a file.
pub(crate) struct OfKeys {
    /// The profile that has the keys.
    owner: ProfileName,
    keys: StaticKeys,
    assumed: Vec<Assumed>,
}

impl OfKeys {
    /// The way to the profile's credentials; `None` if it begins elsewhere.
    ///
    /// # Errors
    /// A role on the way has a value that cannot be used, or asks for an MFA code.
    pub(crate) fn new(resolved: &ResolvedProfile, voice: &Voice) -> Result<Option<Self>, CliError> {
        let beginning = resolved.beginning();
        let CredentialSource::Static(keys) = &beginning.source else { return Ok(None) };
        let assumed = resolved.assumed();
        let assumed = assumed.iter().map(|(profile, role)| Assumed::new(profile, role, voice));
        let assumed = assumed.collect::<Result<Vec<_>, _>>()?;
        Ok(Some(Self { owner: beginning.name.clone(), keys: keys.clone(), assumed }))
    }

    /// The credentials: the keys themselves, or those of the last role; cached ones where they are fresh. STS is asked in
    /// the region of service calls, else in `elsewhere`.
    ///
    /// # Errors
    /// A role cannot be assumed.
    pub(crate) async fn fetch(
        &self,
        context: &Context,
        network: &Network,
        elsewhere: &Region,
        voice: &Voice,
    ) -> Result<RoleCredentials, CliError> {
        let mut credentials = self.long_lived();
        let mut source = format!("the keys of the profile \"{}\"", self.owner);
        if self.assumed.is_empty() {
            return Ok(credentials);
        }
        let store = Arc::new(context.store()?);
        let region = network.settings.region.as_ref().map(|chosen| sts::checked("region", chosen, voice));
        let sts = sts::of_region(network, region.unwrap_or_else(|| Ok(elsewhere.clone()))?)?;
        for step in &self.assumed {
            credentials = match step.cached(&store, context.now()) {
                Some(cached) => cached,
                None => {
                    step.refuse_mfa(voice)?;
                    let assumed = step.assume(context, &store, &sts, &credentials, &source, voice).await;
                    assumed.map_err(|error| match error {
                        NoCredentials::NoToken(error) | NoCredentials::Final(error) => error,
                    })?
                }
            };
            source = step.key.role_arn.to_string();
        }
        Ok(credentials)
    }

    /// The keys as they stand in the file; nobody knows their end.
    fn long_lived(&self) -> RoleCredentials {
        let token = self.keys.session_token.as_ref().map(|token| token.value.clone());
        RoleCredentials {
            access_key_id: self.keys.access_key_id.value.clone(),
            secret_access_key: self.keys.secret_access_key.value.clone(),
            session_token: token.unwrap_or_else(|| SessionToken::new(String::new())),
            expires_at: Timestamp::MAX,
            account_id: None,
        }
    }
}
