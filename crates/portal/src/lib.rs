//! The portal of AWS IAM Identity Center: which accounts and roles a session may use, and credentials for them.
//!
//! ```no_run
//! use sso_portal::PortalClient;
//! # async fn demo(http: sso_http::HttpClient, token: sso_core::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
//! use sso_core::{EndpointOptions, EndpointUrl, Region, Service};
//! let region = Region::parse("us-east-1")?;
//! let endpoint = EndpointUrl::of(Service::Sso, &region, EndpointOptions::default()).ok_or("no endpoint")?;
//! let portal = PortalClient::new(http, endpoint);
//! for account in portal.list_accounts(&token).await? {
//!     println!("{} {}", account.id, account.name.unwrap_or_default());
//! }
//! # Ok(()) }
//! ```
#![forbid(unsafe_code)]

mod broker;
mod client;
mod error;
mod inventory;
mod role_broker;
mod wire;

pub use broker::{Brokered, CredentialBroker, CredentialError};
pub use client::{Account, PortalClient, Role};
pub use error::PortalError;
pub use inventory::Inventory;
pub use role_broker::{RoleBroker, RoleError, RoleOutcome};

/// What the README shows is compiled and run with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
