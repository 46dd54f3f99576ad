//! Which endpoints, endpoint variants and root certificates were asked for, and by whom.

use crate::env::{
    AWS_CA_BUNDLE, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_IDENTITYSTORE,
    AWS_ENDPOINT_URL_ORGANIZATIONS, AWS_ENDPOINT_URL_SIGNIN, AWS_ENDPOINT_URL_SSO,
    AWS_ENDPOINT_URL_SSO_ADMIN, AWS_ENDPOINT_URL_SSO_OIDC, AWS_ENDPOINT_URL_STS,
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, AWS_REGION, AWS_USE_DUALSTACK_ENDPOINT, AWS_USE_FIPS_ENDPOINT, Env,
    REQUESTS_CA_BUNDLE,
};
use crate::error::ConfigError;
use crate::keys::{
    CA_BUNDLE, ENDPOINT_URL, IGNORE_CONFIGURED_ENDPOINT_URLS, REGION, SERVICES, USE_DUALSTACK_ENDPOINT,
    USE_FIPS_ENDPOINT,
};
use crate::place::{Origin, Sourced};
use crate::session::is_true;
use crate::set::ConfigSet;
use crate::view::Section;
use sso_core::{EndpointOptions, ProfileName, Service};

/// What the environment and the active profile say about endpoints. The texts are not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointSettings {
    sso_oidc: Option<Sourced<String>>,
    sso: Option<Sourced<String>>,
    sts: Option<Sourced<String>>,
    signin: Option<Sourced<String>>,
    sso_admin: Option<Sourced<String>>,
    organizations: Option<Sourced<String>>,
    identity_store: Option<Sourced<String>>,
    /// Who asked for configured endpoints to be ignored; then none is given.
    pub ignored: Option<Origin>,
    /// FIPS endpoints, if anybody said yes or no.
    pub fips: Option<Sourced<bool>>,
    /// Dual-stack endpoints, if anybody said yes or no.
    pub dual_stack: Option<Sourced<bool>>,
    /// The file of root certificates that replaces the system's.
    pub ca_bundle: Option<Sourced<String>>,
    /// The region of service calls. A login and role credentials go by `sso_region` alone.
    pub region: Option<Sourced<String>>,
}

impl EndpointSettings {
    /// Gathers the settings for the active profile; a profile that does not exist counts as empty.
    ///
    /// # Errors
    /// [`ConfigError::UnknownServices`]: the profile names a services section that does not exist.
    /// [`ConfigError::EmptyCaBundle`]: a CA bundle is set and empty.
    pub fn resolve(env: &Env, set: &ConfigSet, profile: &ProfileName) -> Result<Self, ConfigError> {
        let sources = Sources { env, set, profile: set.profile(profile) };
        let ignored = sources
            .flag(AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, IGNORE_CONFIGURED_ENDPOINT_URLS)
            .filter(|flag| flag.value)
            .map(|flag| flag.origin);
        let endpoint = |service| match ignored {
            Some(_) => Ok(None),
            None => sources.endpoint(service),
        };
        Ok(Self {
            sso_oidc: endpoint(Service::SsoOidc)?,
            sso: endpoint(Service::Sso)?,
            sts: endpoint(Service::Sts)?,
            signin: endpoint(Service::Signin)?,
            sso_admin: endpoint(Service::SsoAdmin)?,
            organizations: endpoint(Service::Organizations)?,
            identity_store: endpoint(Service::IdentityStore)?,
            fips: sources.flag(AWS_USE_FIPS_ENDPOINT, USE_FIPS_ENDPOINT),
            dual_stack: sources.flag(AWS_USE_DUALSTACK_ENDPOINT, USE_DUALSTACK_ENDPOINT),
            ca_bundle: sources.ca_bundle()?,
            region: [AWS_REGION, AWS_DEFAULT_REGION]
                .into_iter()
                .find_map(|name| sources.variable(name))
                .or_else(|| sources.key(REGION)),
            ignored,
        })
    }

    /// The configured endpoint of the service; `None` leaves it to AWS's rules. The service's variable goes before that of all, then
    /// come the profile's `services` section and its `endpoint_url`.
    ///
    /// Source: "Service-specific endpoints" in the AWS SDKs and Tools Reference Guide.
    #[must_use]
    pub fn endpoint(&self, service: Service) -> Option<&Sourced<String>> {
        match service {
            Service::SsoOidc => self.sso_oidc.as_ref(),
            Service::Sso => self.sso.as_ref(),
            Service::Sts => self.sts.as_ref(),
            Service::Signin => self.signin.as_ref(),
            Service::SsoAdmin => self.sso_admin.as_ref(),
            Service::Organizations => self.organizations.as_ref(),
            Service::IdentityStore => self.identity_store.as_ref(),
        }
    }

    /// The variant to ask AWS's rules for.
    #[must_use]
    pub fn options(&self) -> EndpointOptions {
        let on = |flag: &Option<Sourced<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
        EndpointOptions { fips: on(&self.fips), dual_stack: on(&self.dual_stack) }
    }
}

struct Sources<'a> {
    env: &'a Env,
    set: &'a ConfigSet,
    profile: Option<Section<'a>>,
}

impl Sources<'_> {
    fn variable(&self, name: &'static str) -> Option<Sourced<String>> {
        Some(Sourced { value: self.env.text(name)?, origin: Origin::Variable(name) })
    }

    fn key(&self, key: &str) -> Option<Sourced<String>> {
        self.profile.as_ref()?.text(key)
    }

    fn flag(&self, variable: &'static str, key: &str) -> Option<Sourced<bool>> {
        let text = self.variable(variable).or_else(|| self.key(key))?;
        Some(text.map(|text| is_true(&text)))
    }

    /// The service's variable, the variable of all, the services section, the profile. Empty counts as not set.
    fn endpoint(&self, service: Service) -> Result<Option<Sourced<String>>, ConfigError> {
        let own = match service {
            Service::SsoOidc => AWS_ENDPOINT_URL_SSO_OIDC,
            Service::Sso => AWS_ENDPOINT_URL_SSO,
            Service::Sts => AWS_ENDPOINT_URL_STS,
            Service::Signin => AWS_ENDPOINT_URL_SIGNIN,
            Service::SsoAdmin => AWS_ENDPOINT_URL_SSO_ADMIN,
            Service::Organizations => AWS_ENDPOINT_URL_ORGANIZATIONS,
            Service::IdentityStore => AWS_ENDPOINT_URL_IDENTITYSTORE,
        };
        if let Some(found) = self.variable(own).or_else(|| self.variable(AWS_ENDPOINT_URL)) {
            return Ok(Some(found));
        }
        let filled = |found: Option<Sourced<String>>| found.filter(|text| !text.value.is_empty());
        let of_service = filled(self.services_endpoint(service)?);
        Ok(of_service.or_else(|| filled(self.key(ENDPOINT_URL))))
    }

    fn services_endpoint(&self, service: Service) -> Result<Option<Sourced<String>>, ConfigError> {
        let Some(Sourced { value: name, origin }) = self.key(SERVICES) else { return Ok(None) };
        match self.set.services(&name) {
            None => Err(ConfigError::UnknownServices { name, origin }),
            Some(section) => {
                let found = section.nested(service.config_name(), ENDPOINT_URL);
                Ok(found.map(|found| found.map(std::borrow::Cow::into_owned)))
            }
        }
    }

    /// Here empty is not "not set": certificates that somebody meant to give must not silently be others.
    fn ca_bundle(&self) -> Result<Option<Sourced<String>>, ConfigError> {
        let variable = |name: &'static str| {
            let value = self.env.raw(name)?.to_string_lossy().into_owned();
            Some(Sourced { value, origin: Origin::Variable(name) })
        };
        let found =
            variable(AWS_CA_BUNDLE).or_else(|| self.key(CA_BUNDLE)).or_else(|| variable(REQUESTS_CA_BUNDLE));
        match found {
            Some(empty) if empty.value.trim().is_empty() => {
                Err(ConfigError::EmptyCaBundle { origin: empty.origin })
            }
            found => Ok(found),
        }
    }
}
