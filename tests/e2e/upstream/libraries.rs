//! The crates as the program joins them, at an instant of the scenario's choice: config, cache, oidc and portal.

use super::scenario::{Aws, Scenario};
use crate::harness::World;
use sso_cache::{CacheDirs, FileStore};
use sso_config::{ConfigSet, EndpointSettings, Env, ResolvedProfile, SsoSession, select_profile};
use sso_core::{
    Clock, EndpointUrl, FixedClock, FreshnessPolicy, Region, RoleCredentials, RoleKey, Service, Timestamp,
    TokenSet,
};
use sso_http::{HttpClient, HttpSettings, ProxySettings};
use sso_oidc::{OidcClient, TokenBroker};
use sso_portal::{PortalClient, RoleBroker};
use std::sync::Arc;

fn environment(scenario: &Scenario, world: &World) -> Env {
    let variables = scenario.environment(world);
    Env::new(variables.into_iter().map(|(name, value)| (name.into(), value.into())), None)
}

/// The scenario's profile, if it can be resolved.
pub(super) fn profile(scenario: &Scenario, world: &World) -> Option<ResolvedProfile> {
    let env = environment(scenario, world);
    ConfigSet::load(&env).ok()?.resolve(&select_profile(None, &env).name).ok()
}

/// The program's libraries in a scenario.
pub(super) struct Libraries {
    pub(super) profile: ResolvedProfile,
    settings: EndpointSettings,
    store: Arc<FileStore>,
    http: HttpClient,
    clock: Arc<dyn Clock>,
}

impl Libraries {
    pub(super) fn at(now: Timestamp, scenario: &Scenario, world: &World, aws: &Aws) -> Self {
        let env = environment(scenario, world);
        let set = ConfigSet::load(&env).expect("the configuration can be read");
        let name = select_profile(None, &env).name;
        let profile = set.resolve(&name).expect("the profile can be resolved");
        let settings = EndpointSettings::resolve(&env, &set, &name).expect("endpoints");
        let proxies = ProxySettings::from_variables(|name| (name == "https_proxy").then(|| aws.proxy()));
        let http_settings = HttpSettings {
            proxies: proxies.expect("a proxy"),
            ca_bundle: Some(aws.bundle(world)),
            ..HttpSettings::new("e2e/1.0")
        };
        let clock: Arc<dyn Clock> = Arc::new(FixedClock(now));
        let http = HttpClient::new(&http_settings, Arc::clone(&clock)).expect("a client");
        let store = Arc::new(FileStore::open(CacheDirs::below(world.home())));
        Self { profile, settings, store, http, clock }
    }

    fn endpoint(&self, service: Service, session: &SsoSession) -> EndpointUrl {
        let region = Region::parse(&session.region.value).expect("a region");
        EndpointUrl::of(service, &region, self.settings.options()).expect("an endpoint")
    }

    /// The token of the session, refreshed if it is due.
    pub(super) async fn token(&self, session: &SsoSession) -> TokenSet {
        let oidc = OidcClient::new(self.http.clone(), self.endpoint(Service::SsoOidc, session));
        let (store, clock) = (Arc::clone(&self.store) as _, Arc::clone(&self.clock));
        let broker = TokenBroker::new(oidc, store, clock, FreshnessPolicy::default());
        let wanted = sso_oidc::SsoSession {
            key: session.token_key(),
            start_url: session.start_url.value.clone(),
            region: Region::parse(&session.region.value).expect("a region"),
        };
        broker.token(&wanted).await.expect("a token").token
    }

    /// The credentials of the profile's role, and what is cached of them afterwards.
    pub(super) async fn role(&self) -> (RoleCredentials, Option<RoleCredentials>) {
        let chain = self.profile.chain().expect("a role");
        assert!(chain.assumed.is_empty());
        let session = &chain.first.session;
        let token = self.token(session).await;
        let key = RoleKey {
            token: session.token_key(),
            account_id: chain.first.account_id.value.clone(),
            role_name: chain.first.role_name.value.clone(),
        };
        let portal = PortalClient::new(self.http.clone(), self.endpoint(Service::Sso, session));
        let broker = RoleBroker::new(portal, Arc::clone(&self.store) as _, Arc::clone(&self.clock));
        let found = broker.fetch(&key, &token.access_token).await.expect("credentials");
        assert!(found.warning.is_none(), "{:?}", found.warning);
        let cached = RoleBroker::cached(self.store.as_ref(), &key, self.clock.now());
        (found.credentials, cached)
    }
}
