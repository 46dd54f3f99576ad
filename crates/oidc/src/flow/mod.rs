//! Flows: ways to let the user sign in. A flow ends with a grant; the engine does the rest.

mod auth_code;
mod context;
mod device;
mod device_poll;
mod engine;
mod request;

pub use auth_code::AuthCodeFlow;
pub use context::{FlowContext, Services};
pub use device::DeviceFlow;
pub use device_poll::{DevicePoll, Next};
pub use engine::Engine;
pub use request::LoginRequest;

use crate::callback::PasteError;
use crate::client::Grant;
use crate::error::OidcError;
use crate::loopback::ListenError;
use sso_core::{ClientRegistration, StoreError};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use thiserror::Error;
use url::Url;

/// A future in a box, so that flows can be kept in a list.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A user's way to a decision, under way.
pub type Authorizing<'a> = BoxFuture<'a, Result<Authorization, FlowError>>;

/// One way to let the user sign in.
pub trait AuthFlow: Send + Sync {
    /// Its name, for the preference and for messages.
    fn id(&self) -> FlowId;

    /// Whether it can work for this login on this host, judged before anything is shown.
    ///
    /// Of itself a flow knows no obstacle.
    fn supports(&self, _request: &LoginRequest, _host: &HostFacts) -> Support {
        Support::Yes
    }

    /// Leads the user to a decision and ends with the grant that it gave.
    ///
    /// [`FlowError::Unsupported`] makes the engine try the next flow, and is allowed only before the user has seen anything.
    /// Every other error ends the login.
    fn authorize<'a>(&'a self, context: FlowContext<'a>, request: &'a LoginRequest) -> Authorizing<'a>;
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

/// A function is told what happens: enough for a program that pastes nothing.
impl<F: FnMut(FlowEvent<'_>) + Send> FlowUi for F {
    fn event(&mut self, event: FlowEvent<'_>) {
        self(event);
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
    /// Time was up before the user could be shown anything.
    #[error("the service did not answer within {} s", after.as_secs())]
    Unanswered {
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
