//! Logs in to AWS IAM Identity Center and keeps the login alive.
//!
//! * [`OidcClient`]: the service's calls (RegisterClient, StartDeviceAuthorization, CreateToken).
//! * [`Engine`]: runs one of several [`AuthFlow`]s (PKCE in a browser, device code anywhere), exchanges its grant and saves
//!   the tokens. A flow of your own is one type that implements [`AuthFlow`].
//! * [`HandOff`]: sends a browser on to an address that must not stand in a command line.
//! * [`TokenBroker`]: the token of a session, refreshed when it is due. Never opens a browser.
//!
//! ```
//! use sso_oidc::Pkce;
//! // RFC 7636, appendix B.
//! let pkce = Pkce::from_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
//! assert_eq!(pkce.challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
//! ```
#![forbid(unsafe_code)]

mod bad_ports;
mod broker;
mod callback;
mod client;
mod error;
mod flow;
mod handoff;
mod listener;
mod loopback;
mod need_login;
mod pages;
mod pkce;
mod registration;
mod save;
mod start_url;
mod unbroken;
mod wire;

pub use broker::{BrokerError, Brokered, SsoSession, TokenBroker, last_refusal, stored_token};
pub use callback::{Callback, Expected, PasteError, parse_pasted};
pub use client::{DeviceAuthorization, Grant, OidcClient, RegisterRequest, TokenReply};
pub use error::{ErrorCode, OidcError, ServiceFault};
pub use flow::{
    AuthCodeFlow, AuthFlow, Authorization, Authorizing, BoxFuture, DeviceFlow, DevicePoll, Engine,
    FlowContext, FlowError, FlowEvent, FlowId, FlowUi, HostFacts, LoginRequest, Next, Preference, Reason,
    Services, Support,
};
pub use handoff::{HandOff, HandOffError};
pub use listener::CallbackListener;
pub use loopback::ListenError;
pub use need_login::NeedLogin;
pub use pkce::{Entropy, Pkce, os_entropy};
pub use save::remove;
pub use start_url::{
    ResolveError, Resolved, is_aws_owned, is_dual_stack_portal, is_sign_in_host, partition_of_host,
    region_of_host, resolve,
};
pub use unbroken::refreshes_saved;

/// What the README shows is compiled and run with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
