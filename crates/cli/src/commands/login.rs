//! `sso login`: signed in already, renewed, or signed in by the user.

use super::Outcome;
use super::sessions::{self, Listed};
use crate::args::{FlowArgs, LoginArgs};
use crate::catalogue::Code;
use crate::context::{Context, Network, Target};
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::Explain as _;
use crate::output::escape::escape;
use crate::output::{Look, Report};
use crate::runtime::block_on;
use crate::ui::browser::Browser;
use crate::ui::flow_ui::{Surroundings, TerminalUi};
use crate::ui::host;
use serde_json::{Value, json};
use sso_cache::FileStore;
use sso_config::ConfigSet;
use sso_core::{
    Freshness, FreshnessPolicy, Lookup, ProfileName, RoleCredentialStore as _, Service, StartUrl, Timestamp,
    TokenSet, TokenStore as _, format_timestamp,
};
use sso_oidc::{
    BrokerError, Engine, FlowId, LoginRequest, OidcClient, Preference, Services, TokenBroker, os_entropy,
    resolve,
};
use std::sync::Arc;
use std::time::Duration;

/// Signs in to the session that is meant, or to all.
pub(crate) fn run(context: &Context, args: &LoginArgs) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let store = context.store()?;
    if !args.all {
        let listed = sessions::choose(context, &set, &store)?;
        let done = one(context, args.force, &args.flow, &set, &store, listed)?;
        return Ok(Outcome::success(SignedIn { done: vec![done], failed: Vec::new(), all: false }));
    }
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for (name, listed) in every_session(context, &set, &store)? {
        match listed.and_then(|listed| one(context, args.force, &args.flow, &set, &store, listed)) {
            Ok(signed_in) => done.push(signed_in),
            // What follows is not tried: the user wants to stop.
            Err(error) if error.exit == Exit::Interrupted => return Err(error),
            Err(error) => failed.push((name, error)),
        }
    }
    let exit = failed.first().map_or(Exit::Success, |(_, error)| error.exit);
    Ok(Outcome { report: Box::new(SignedIn { done, failed, all: true }), exit })
}

/// A session by its name, or why it is broken.
type Named = (String, Result<Listed, CliError>);

/// The sessions that count, whole ones first: their browsers need not wait for the broken ones.
fn every_session(context: &Context, set: &ConfigSet, store: &FileStore) -> Result<Vec<Named>, CliError> {
    let found = sessions::counting(context, set, store);
    if found.is_empty() {
        return sessions::choose(context, set, store).map(|listed| vec![(listed.label.clone(), Ok(listed))]);
    }
    let mut named: Vec<_> = found
        .into_iter()
        .map(|found| match found {
            Ok(listed) => (listed.label.clone(), Ok(listed)),
            Err((name, error)) => (name, Err(error)),
        })
        .collect();
    named.sort_by_key(|(_, listed)| listed.is_err());
    Ok(named)
}

/// Signs in to one session: by what is on disk, by renewing, else by the user.
pub(super) fn one(
    context: &Context,
    force: bool,
    flow: &FlowArgs,
    set: &ConfigSet,
    store: &FileStore,
    listed: Listed,
) -> Result<Done, CliError> {
    let target = Target::check(listed.session.clone(), &listed.voice)?;
    if listed.is_legacy() && flow.use_pkce {
        return Err(CliError::new(
            Code::R01,
            Exit::Usage,
            "A profile without an sso-session signs in with a code only.",
        )
        .cause("--use-pkce needs an sso-session, as in the AWS CLI")
        .fix(listed.voice.command("login")));
    }
    if !force && let Some(token) = fresh(context, store, &target) {
        return Ok(Done::new(listed, token, Action::Already));
    }
    let (active, _) = sessions::selected(context);
    let network = context.network(set, &active)?;
    let login = Login {
        context,
        force,
        args: flow,
        set,
        store: Arc::new(store.clone()),
        listed: &listed,
        target: &target,
        network: &network,
    };
    let (token, action) = block_on(None, login.run())?;
    Ok(Done::new(listed, token, action))
}

/// The cached token, if nothing needs to be asked of anybody.
fn fresh(context: &Context, store: &FileStore, target: &Target) -> Option<TokenSet> {
    let wanted = target.for_broker();
    let Ok(Lookup::Found(token)) = store.load(&wanted.key) else { return None };
    let fresh = token.freshness(context.now(), &FreshnessPolicy::default()) == Freshness::Fresh;
    (fresh && token.belongs_to(&wanted.start_url, &wanted.region)).then_some(token)
}

/// One login that needs the network.
struct Login<'a> {
    context: &'a Context,
    force: bool,
    args: &'a FlowArgs,
    set: &'a ConfigSet,
    store: Arc<FileStore>,
    listed: &'a Listed,
    target: &'a Target,
    network: &'a Network,
}

impl Login<'_> {
    async fn run(&self) -> Result<(TokenSet, Action), CliError> {
        let oidc = self.network.oidc(&self.listed.session.start_url.value, &self.target.region)?;
        self.say_where();
        if !self.force
            && let Some(found) = self.renewed(&oidc).await?
        {
            return Ok(found);
        }
        let token = self.flow().await?;
        self.drop_role_credentials();
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
        let clock = Arc::clone(&self.context.clock);
        let broker =
            TokenBroker::new(oidc.clone(), Arc::clone(&self.store) as _, clock, FreshnessPolicy::default());
        let before = self.store.load(&self.listed.session.token_key()).ok().and_then(Lookup::found);
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
        let oidc = self.network.oidc(&StartUrl::new(portal.clone()), &self.target.region)?;
        let browser = Browser::choose(self.args.no_browser, self.args.browser.as_deref(), &self.context.env)
            .map_err(|source| {
                CliError::new(
                    Code::R01,
                    Exit::Usage,
                    format!("The browser command of {source} has an open quote or is empty."),
                )
            })?;
        let facts = host::facts(&self.context.env, matches!(browser, Browser::Named(_)));
        let request = self.request(portal);
        let services = Services {
            oidc: oidc.clone(),
            tokens: Arc::clone(&self.store) as _,
            registrations: Arc::clone(&self.store) as _,
            clock: Arc::clone(&self.context.clock),
            entropy: os_entropy,
        };
        let portal = match (&self.listed.label, host_of(self.listed)) {
            // A legacy portal is called by its host.
            (label, host) if *label == host => format!("{label} ({})", self.target.region),
            (label, host) => format!("{label} ({host}, {})", self.target.region),
        };
        let mut ui = TerminalUi::new(Surroundings {
            output: self.context.output,
            env: &self.context.env,
            voice,
            browser,
            endpoint: oidc.endpoint().clone(),
            portal,
            interactive: self.context.interactive,
            browser_here: facts.obstacle().is_none(),
        });
        let token = Engine::standard().login(&request, &facts, &services, &mut ui).await;
        ui.finish();
        token.map_err(|error| error.explain(voice))
    }

    /// What the start URL stands for. A region that differs from sso_region is an error before anything is opened.
    async fn portal(&self) -> Result<String, CliError> {
        let voice = &self.listed.voice;
        let session = &self.listed.session;
        let url = session.start_url.value.check().map_err(|source| {
            sso_config::ConfigError::StartUrl { value: Box::new(session.start_url.clone()), source }
                .explain(voice)
        })?;
        let resolved = resolve(&self.network.http, &url, session.start_url.value.as_str()).await;
        let resolved = resolved.map_err(|error| error.explain(voice))?;
        match resolved.region {
            Some(region) if region != self.target.region.as_str() => {
                let place = voice.origin(&session.region.origin);
                Err(CliError::new(
                    Code::I01,
                    Exit::Configuration,
                    format!("The portal is in {region}, not in {}.", self.target.region),
                )
                .cause(format!("{} leads to {}", session.start_url.value, resolved.url))
                .fix(format!("set sso_region = {region} ({place})")))
            }
            _ => Ok(resolved.url),
        }
    }

    fn request(&self, portal: String) -> LoginRequest {
        let session = &self.listed.session;
        let preference = match () {
            () if self.args.use_device_code => Preference::Only(FlowId::Device),
            () if self.args.use_pkce => Preference::Only(FlowId::Pkce),
            () => Preference::Auto,
        };
        LoginRequest {
            key: session.token_key(),
            start_url: session.start_url.value.clone(),
            portal,
            region: self.target.region.clone(),
            scopes: session.registration_scopes.clone(),
            preference,
            redirect_port: self.args.redirect_port,
            timeout: Duration::from_secs(self.args.timeout.into()),
        }
    }

    /// Another user may have signed in: what was cached for the session is not theirs.
    fn drop_role_credentials(&self) {
        for key in self.listed.role_keys(self.set) {
            if let Err(error) = self.store.remove_role(&key) {
                self.context.output.warn(&error.explain(&self.listed.voice).headline);
            }
        }
    }
}

fn host_of(listed: &Listed) -> String {
    sessions::host(&listed.session.start_url.value)
}

/// How it came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Already,
    Renewed,
    SignedIn,
}

pub(super) struct Done {
    label: String,
    session: Option<String>,
    start_url: String,
    region: String,
    profiles: Vec<ProfileName>,
    action: Action,
    expires_at: Timestamp,
    /// Until when it renews by itself.
    renews_until: Option<Timestamp>,
}

impl Done {
    fn new(listed: Listed, token: TokenSet, action: Action) -> Self {
        Self {
            session: listed.session.name.as_ref().map(|name| name.as_str().to_owned()),
            start_url: listed.session.start_url.value.as_str().to_owned(),
            region: listed.session.region.value.clone(),
            label: listed.label,
            profiles: listed.profiles,
            action,
            expires_at: token.expires_at,
            renews_until: token.refresh_token.and(token.registration_expires_at),
        }
    }
}

impl Done {
    fn json(&self) -> Value {
        json!({
            "name": self.label,
            "session": self.session,
            "startUrl": self.start_url,
            "region": self.region,
            "action": match self.action {
                Action::Already => "already-signed-in",
                Action::Renewed => "renewed",
                Action::SignedIn => "signed-in",
            },
            "expiresAt": format_timestamp(self.expires_at),
            "renewsUntil": self.renews_until.map(format_timestamp),
            "profiles": self.profiles.iter().map(ProfileName::as_str).collect::<Vec<_>>(),
        })
    }
}

struct SignedIn {
    done: Vec<Done>,
    failed: Vec<(String, CliError)>,
    all: bool,
}

impl Report for SignedIn {
    fn json(&self) -> Value {
        let mut sessions = self.done.iter().map(Done::json);
        if !self.all {
            return sessions.next().unwrap_or_default();
        }
        let failed = self.failed.iter().map(|(name, error)| {
            let mut value = error.json();
            if let Some(fields) = value.as_object_mut() {
                fields.insert("name".into(), name.as_str().into());
            }
            value
        });
        json!({ "sessions": sessions.collect::<Vec<_>>(), "failed": failed.collect::<Vec<_>>() })
    }

    fn talk(&self, look: &Look) -> String {
        let done = self.done.iter().map(|done| told(done, look));
        done.chain(self.failed.iter().map(|(_, error)| error.text(look.color))).collect()
    }
}

pub(super) fn told(done: &Done, look: &Look) -> String {
    let (tick, name, until) = (look.tick(), escape(&done.label), look.until(done.expires_at));
    let renews = done
        .renews_until
        .map(|end| format!(" It renews by itself until {}.", look.moment(end)))
        .unwrap_or_default();
    match done.action {
        Action::Already => {
            format!("{tick} Already signed in to {name} until {until}. Use --force to sign in again.\n")
        }
        Action::Renewed => format!("{tick} Still signed in to {name}: renewed until {until}.\n"),
        Action::SignedIn => {
            format!("{tick} Signed in to {name} until {until}.{renews}\n{}", used_by(&done.profiles))
        }
    }
}

/// At most a line of profiles.
fn used_by(profiles: &[ProfileName]) -> String {
    const MOST: usize = 5;
    if profiles.is_empty() {
        return String::new();
    }
    let names: Vec<String> = profiles.iter().take(MOST).map(|name| escape(name.as_str())).collect();
    let more = profiles.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("  Used by profiles: {}{more}\n", names.join(", "))
}
