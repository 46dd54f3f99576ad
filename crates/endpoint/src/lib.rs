//! The container-credentials endpoint: hands role credentials to AWS SDKs on 127.0.0.1, and renews them before they end.
//!
//! The SDKs find it through two variables, `AWS_CONTAINER_CREDENTIALS_FULL_URI` and `AWS_CONTAINER_AUTHORIZATION_TOKEN`, and
//! ask again when what they have comes to its end.
//!
//! Source: "Container credential provider" in the AWS SDKs and Tools Reference Guide.
//!
//! * [`Endpoint`]: one socket on 127.0.0.1, any number of [`Door`]s (a path and its token), and what it refuses.
//! * [`Keeper`]: the credentials of one role, held and renewed in time, asked for once however many wait. Where they come
//!   from is its [`Source`].
//!
//! ```
//! use sso_core::EndpointToken;
//! use sso_endpoint::token_of;
//! // 256 bits from the system's source of randomness; these are for show.
//! let token: EndpointToken = token_of([7; 32]);
//! assert_eq!(token.expose().len(), 64);
//! ```
#![forbid(unsafe_code)]

mod answer;
mod door;
mod judge;
mod keeper;
mod server;

pub use answer::Refusal;
pub use door::{Door, token_of};
pub use judge::Denial;
pub use keeper::{Answer, Asker, Keeper, Source};
pub use server::{Endpoint, Event, ListenError, Observer};

/// What the README shows is compiled and run with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
