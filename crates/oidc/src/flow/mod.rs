//! Flows: ways to let the user sign in. A flow ends with a grant; the engine does the rest.

mod auth_code;
mod device;
mod device_poll;
mod engine;

pub use auth_code::AuthCodeFlow;
pub use device::DeviceFlow;
pub use device_poll::{DevicePoll, Next};
pub use engine::Engine;

use crate::callback::PasteError;
use crate::client::{Grant, OidcClient, RegisterRequest};
use crate::error::OidcError;
use crate::listener::ListenError;
use crate::pkce::Entropy;
use crate::registration::obtain;
use sso_core::{
    ClientRegistration, Clock, GrantKind, Region, RegistrationKey, RegistrationStore, StartUrl, StoreError,
    TokenKey, TokenStore,
};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use url::Url;

/// A future in a box, so that flows can be kept in a list.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One way to let the user sign in.
pub trait AuthFlow: Send + Sync {
    /// Its name, for the preference and for messages.
    fn id(&self) -> FlowId;

    /// Whether it can work for this login on this host, judged before anything is shown.
    fn supports(&self, request: &LoginRequest, host: &HostFacts) -> Support;

    /// Leads the user to a decision and ends with the grant that it gave.
    ///
    /// [`FlowError::Unsupported`] makes the engine try the next flow, and is allowed only before the user has seen anything.
    /// Every other error ends the login.
    fn authorize<'a>(
        &'a self,
        context: FlowContext<'a>,
        request: &'a LoginRequest,
    ) -> BoxFuture<'a, Result<Authorization, FlowError>>;
}

/// What a flow ends with.
#[derive(Debug)]
pub struct Authorization {
    /// What is exchanged for tokens.
    pub grant: Grant,
    /// The client that it was issued to.
    pub client: ClientRegistration,
}

/// Names a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowId {
    /// Authorization code with PKCE, in a browser on this host.
    Pkce,
    /// Device code, in a browser anywhere.
    Device,
    /// A flow of another program.
    Other(&'static str),
}

impl fmt::Display for FlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pkce => "pkce",
            Self::Device => "device",
            Self::Other(name) => name,
        })
    }
}

/// Which flow the user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// The first one that can work here.
    Auto,
    /// This one, or an error.
    Only(FlowId),
}

/// Whether a flow can work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It can.
    Yes,
    /// It cannot, or had better not.
    No(Reason),
}

/// Why a flow was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The terminal is on another machine than the browser.
    Ssh,
    /// The process runs in a container.
    Container,
    /// The process runs in a cloud shell or a hosted workspace.
    CloudShell,
    /// There is no display to open a browser on.
    NoDisplay,
    /// A legacy profile (no sso-session) knows the device flow only, as in the AWS CLI.
    LegacyProfile,
    /// No loopback port could be bound.
    NoPort,
}

/// Facts about the host, gathered by the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostFacts {
    /// Inside an SSH session.
    pub ssh: bool,
    /// Inside a container.
    pub container: bool,
    /// Inside CloudShell, Codespaces or the like.
    pub cloud_shell: bool,
    /// A browser can be shown: a display, macOS, Windows, WSL.
    pub display: bool,
    /// The user named a browser (`--browser`, `BROWSER`): that counts as one on this host.
    pub browser_named: bool,
}

impl HostFacts {
    /// Why a browser on this host cannot be expected to reach 127.0.0.1 of this process.
    #[must_use]
    pub fn obstacle(&self) -> Option<Reason> {
        match self {
            Self { browser_named: true, .. } => None,
            Self { ssh: true, .. } => Some(Reason::Ssh),
            Self { cloud_shell: true, .. } => Some(Reason::CloudShell),
            Self { container: true, .. } => Some(Reason::Container),
            Self { display: false, .. } => Some(Reason::NoDisplay),
            _ => None,
        }
    }
}

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
    /// The configured scopes; `None` when there are none.
    pub scopes: Option<Vec<String>>,
    /// Which flow the user wants.
    pub preference: Preference,
    /// The loopback port; 0 for any free one.
    pub redirect_port: u16,
    /// How long the user may take.
    pub timeout: Duration,
}

impl LoginRequest {
    /// Whether it is for a legacy profile.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        matches!(self.key, TokenKey::StartUrl(_))
    }

    fn registration_key(&self) -> RegistrationKey {
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

    fn register_request(&self, kind: GrantKind) -> RegisterRequest {
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

/// What a login is done with.
#[derive(Clone)]
pub struct Services {
    /// The OIDC endpoint.
    pub oidc: OidcClient,
    /// Where the token goes.
    pub tokens: Arc<dyn TokenStore>,
    /// Where registrations are kept.
    pub registrations: Arc<dyn RegistrationStore>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub entropy: Entropy,
}

/// What a flow may use.
pub struct FlowContext<'a> {
    /// Clients and stores.
    pub services: &'a Services,
    /// The user.
    pub ui: &'a mut dyn FlowUi,
}

impl FlowContext<'_> {
    /// The registration for this kind of flow: the cached one, else a new one.
    ///
    /// A cached one is first checked with the service where a forgotten client would show in the browser only.
    ///
    /// # Errors
    /// The service refuses to register, or does not answer.
    pub async fn register(
        &mut self,
        request: &LoginRequest,
        kind: GrantKind,
    ) -> Result<(ClientRegistration, bool), FlowError> {
        let Services { oidc, registrations, clock, .. } = self.services;
        let key = request.registration_key();
        let wanted = request.register_request(kind);
        let obtained = obtain(oidc, registrations.as_ref(), &key, &wanted, clock.now()).await?;
        if let Some(error) = &obtained.not_saved {
            self.ui.event(FlowEvent::RegistrationNotSaved(error));
        }
        let shows_only_in_browser = kind == GrantKind::AuthorizationCode;
        if obtained.cached && shows_only_in_browser && !oidc.knows(&obtained.registration).await? {
            return Ok((self.register_anew(request, kind).await?, false));
        }
        Ok((obtained.registration, obtained.cached))
    }

    /// A new registration in the place of one that the service has forgotten.
    ///
    /// # Errors
    /// The service refuses to register, or does not answer.
    pub async fn register_anew(
        &mut self,
        request: &LoginRequest,
        kind: GrantKind,
    ) -> Result<ClientRegistration, FlowError> {
        let Services { oidc, registrations, .. } = self.services;
        let registration = oidc.register(&request.register_request(kind)).await?;
        if let Err(error) = registrations.save_registration(&request.registration_key(), &registration) {
            self.ui.event(FlowEvent::RegistrationNotSaved(&error));
        }
        Ok(registration)
    }
}

/// What the user is told. No `Debug`: the authorization request holds the state.
pub enum FlowEvent<'a> {
    /// A flow was chosen; why not an earlier one.
    Chosen {
        /// The flow.
        flow: FlowId,
        /// Why the one before it was passed over.
        because: Option<Reason>,
    },
    /// Open this page in a browser on this host.
    OpenUrl {
        /// The authorization request. Holds the state: not for logs.
        url: &'a Url,
    },
    /// Show the code and where to type it. All texts are foreign.
    ShowCode {
        /// The code to compare or type.
        user_code: &'a str,
        /// The page.
        verification_uri: &'a str,
        /// The page with the code filled in.
        verification_uri_complete: Option<&'a str>,
    },
    /// From here on the user is waited for.
    Waiting {
        /// At most so long.
        limit: Duration,
    },
    /// The service asks for slower polling.
    SlowDown {
        /// How often it has asked.
        times: u32,
    },
    /// A pasted line was not the address.
    PasteRejected(PasteError),
    /// The decision is there; the tokens are being fetched.
    Exchanging,
    /// The registration works, but could not be saved.
    RegistrationNotSaved(&'a StoreError),
}

/// The user, as far as a flow knows one.
pub trait FlowUi: Send {
    /// Something happened. Must return at once.
    fn event(&mut self, event: FlowEvent<'_>);

    /// The next line that the user pastes. Never ready where there is no terminal.
    fn pasted_line(&mut self) -> BoxFuture<'_, String> {
        Box::pin(std::future::pending())
    }
}

/// Why a login failed.
#[derive(Debug, Error)]
pub enum FlowError {
    /// This flow cannot work here; the next one may. Only before anything was shown.
    #[error("the flow cannot work here")]
    Unsupported(Reason),
    /// No flow can work here.
    #[error("no flow can work here")]
    NoFlow(Option<Reason>),
    /// The wanted port cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The service, or the way to it, failed.
    #[error(transparent)]
    Oidc(#[from] OidcError),
    /// The user or the identity provider refused.
    #[error("sign-in was refused: {error}")]
    Denied {
        /// The OAuth error. Foreign text.
        error: String,
        /// Its description. Foreign text.
        description: Option<String>,
    },
    /// The user did not decide in time.
    #[error("nobody approved within {} s", after.as_secs())]
    TimedOut {
        /// The limit.
        after: Duration,
    },
    /// The token cannot be saved.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system gives no randomness.
    #[error("no randomness")]
    Entropy(#[from] std::io::Error),
}
