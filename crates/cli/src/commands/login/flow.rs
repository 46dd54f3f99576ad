//! One login that needs the network: renewed if that can be, else one of the flows, with the user.

use crate::args::FlowArgs;
use crate::catalogue::Code;
use crate::commands::sessions::{self, Listed};
use crate::context::{Context, Network, Target};
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::Explain as _;
use crate::kept::Tokens;
use crate::listed::Kept;
use crate::output::escape::escape;
use crate::ui::browser::Browser;
use crate::ui::flow_ui::{Surroundings, TerminalUi};
use crate::ui::host;
use sso_cache::FileStore;
use sso_config::{ConfigEdit, ConfigSet, Origin, write_config};
use sso_core::{Lookup, Region, RoleCredentialStore as _, Service, StartUrl, TokenSet};
use sso_oidc::{BrokerError, Engine, LoginRequest, OidcClient, Services, os_entropy, resolve};
use std::sync::Arc;
use std::time::Duration;

use super::Manner;
use super::report::Action;
use super::way::Way;

/// Where a start URL leads.
struct Portal {
    url: String,
    region: Region,
    /// What puts sso_region right, if it is wrong.
    correction: Option<ConfigEdit>,
}

/// One login that needs the network.
pub(super) struct Login<'a> {
    pub(super) context: &'a Context,
    pub(super) manner: Manner,
    pub(super) args: &'a FlowArgs,
    pub(super) way: &'a Way,
    pub(super) set: &'a ConfigSet,
    /// The caches.
    pub(super) store: &'a FileStore,
    /// Where the session's token is kept.
    pub(super) tokens: Arc<dyn Tokens>,
    pub(super) listed: &'a Listed,
    pub(super) target: &'a Target,
    pub(super) network: &'a Network,
}

impl Login<'_> {
    pub(super) async fn run(&self) -> Result<(TokenSet, Action), CliError> {
        let oidc = self.network.oidc(&self.listed.session.start_url.value, &self.target.region)?;
        self.say_where();
        if self.manner != Manner::Force
            && let Some(found) = self.renewed(&oidc).await?
        {
            return Ok(found);
        }
        let token = self.flow().await?;
        self.drop_role_credentials();
        // It may be somebody else than the last time.
        Kept::forget(&self.context.env, &self.listed.session);
        Ok((token, Action::SignedIn))
    }

    /// Secrets go to a configured endpoint, so it is said that there is one.
    fn say_where(&self) {
        if let Some(endpoint) = self.network.configured(Service::SsoOidc) {
            let origin = self.listed.voice.origin(&endpoint.origin);
            self.context.output.say(&format!(
                "Endpoint: {} ({})\n",
                escape(&endpoint.value),
                escape(&origin)
            ));
        }
    }

    /// The token, if it can be had without the user, and whether it is a new one.
    async fn renewed(&self, oidc: &OidcClient) -> Result<Option<(TokenSet, Action)>, CliError> {
        let broker = self.target.broker(oidc.clone(), Arc::clone(&self.tokens), self.context);
        let before = self.tokens.load(&self.listed.session.token_key()).ok().and_then(Lookup::found);
        match broker.token(&self.target.for_broker()).await {
            Ok(brokered) => {
                if let Some(warning) = &brokered.warning {
                    self.context.output.warn(&warning.explain(&self.listed.voice).headline);
                }
                let same = before.is_some_and(|before| before.access_token == brokered.token.access_token);
                Ok(Some((brokered.token, if same { Action::Already } else { Action::Renewed })))
            }
            Err(BrokerError::NeedLogin(_)) => Ok(None),
            Err(error) => Err(error.explain(&self.listed.voice)),
        }
    }

    async fn flow(&self) -> Result<TokenSet, CliError> {
        let voice = &self.listed.voice;
        let portal = self.portal().await?;
        // The portal that the start URL leads to decides between the endpoints, not the vanity URL.
        let oidc = self.network.oidc(&StartUrl::new(portal.url.clone()), &portal.region)?;
        let browser = self.way.browser.clone();
        let facts = host::facts(&self.context.env, matches!(browser, Browser::Named(_)));
        let request = self.request(&portal);
        let services = Services {
            oidc: oidc.clone(),
            tokens: Arc::clone(&self.tokens) as _,
            registrations: Arc::clone(&self.tokens) as _,
            clock: Arc::clone(&self.context.clock),
            entropy: os_entropy,
        };
        let called = match (&self.listed.label, host_of(self.listed)) {
            // A legacy portal is called by its host.
            (label, host) if *label == host => format!("{label} ({})", portal.region),
            (label, host) => format!("{label} ({host}, {})", portal.region),
        };
        let mut ui = TerminalUi::new(Surroundings {
            output: self.context.output,
            env: &self.context.env,
            voice,
            browser,
            endpoint: oidc.endpoint().clone(),
            portal: called,
            interactive: self.context.interactive,
            browser_here: facts.obstacle().is_none(),
        });
        let token = Engine::standard().login(&request, &facts, &services, &mut ui).await;
        ui.finish();
        let token = token.map_err(|error| error.explain(voice))?;
        self.correct(&portal);
        Ok(token)
    }

    /// What the start URL stands for. Where it leads to another region than sso_region, the configuration must be such
    /// that this can be put right afterwards, or nothing is opened.
    async fn portal(&self) -> Result<Portal, CliError> {
        let voice = &self.listed.voice;
        let session = &self.listed.session;
        let url = session.start_url.value.check().map_err(|source| {
            sso_config::ConfigError::StartUrl { value: Box::new(session.start_url.clone()), source }
                .explain(voice)
        })?;
        let resolved = resolve(&self.network.http, &url, session.start_url.value.as_str()).await;
        let resolved = resolved.map_err(|error| error.explain(voice))?;
        let configured = &self.target.region;
        let found = resolved.region.as_deref().and_then(|region| Region::parse(region).ok());
        let Some(region) = found.filter(|region| region != configured) else {
            return Ok(Portal { url: resolved.url, region: configured.clone(), correction: None });
        };
        let place = voice.origin(&session.region.origin);
        let correction = self.correction(&region).ok_or_else(|| {
            CliError::new(
                Code::I01,
                Exit::Configuration,
                format!("The portal is in {region}, not in {configured}."),
            )
            .cause(format!("{} leads to {}", session.start_url.value, resolved.url))
            .fix(format!("set sso_region = {region} ({place})"))
        })?;
        Ok(Portal { url: resolved.url, region, correction: Some(correction) })
    }

    /// `sso_region` in the section that defines it, if that is in the config file and can be edited.
    fn correction(&self, region: &Region) -> Option<ConfigEdit> {
        let Origin::File { place, section } = &self.listed.session.region.origin else { return None };
        let document = self.set.config();
        let edit = ConfigEdit::new().set(section.clone(), "sso_region", region.as_str());
        let may = self.manner != Manner::Wizard && place.path == *document.path();
        (may && edit.preview(document).is_ok()).then_some(edit)
    }

    /// The sign-in worked, so the region is right: the configuration learns it.
    fn correct(&self, portal: &Portal) {
        let Some(edit) = &portal.correction else { return };
        let (voice, region) = (&self.listed.voice, &portal.region);
        let place = voice.origin(&self.listed.session.region.origin);
        match write_config(self.set.config().path(), edit, None) {
            Ok(_) => self.context.output.say(&format!("sso_region is now {region} ({}).\n", escape(&place))),
            Err(error) => {
                let told = error.explain(voice);
                self.context
                    .output
                    .warn(&format!("{} Set sso_region = {region} ({place}) yourself.", told.headline));
            }
        }
    }

    fn request(&self, portal: &Portal) -> LoginRequest {
        let session = &self.listed.session;
        LoginRequest {
            key: session.token_key(),
            start_url: session.start_url.value.clone(),
            portal: portal.url.clone(),
            region: portal.region.clone(),
            scopes: session.registration_scopes.clone(),
            preference: self.way.preference,
            redirect_port: self.args.redirect_port,
            timeout: Duration::from_secs(self.args.timeout.into()),
        }
    }

    /// Another user may have signed in: what was cached for the session is not theirs.
    fn drop_role_credentials(&self) {
        let roles = self.listed.role_keys(self.set);
        let assumed = self.listed.assumed_keys(self.set);
        let removed = roles.iter().map(|key| self.store.remove_role(key));
        for error in
            removed.chain(assumed.iter().map(|key| self.store.remove_role(key))).filter_map(Result::err)
        {
            self.context.output.warn(&error.explain(&self.listed.voice).headline);
        }
    }
}

fn host_of(listed: &Listed) -> String {
    sessions::host(&listed.session.start_url.value)
}
