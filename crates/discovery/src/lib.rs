//! What role credentials open: calls that are signed with them (SigV4; STS, and the services of administrators, of which
//! everything here only reads), and the AWS console.
//!
//! ```no_run
//! use sso_core::{EndpointOptions, EndpointUrl, Region, RoleCredentials, Service, Timestamp};
//! use sso_discovery::{Sts, StsError};
//! # async fn demo(http: sso_http::HttpClient, keys: RoleCredentials, now: Timestamp) -> Result<(), Box<dyn std::error::Error>> {
//! let region = Region::parse("eu-central-1")?;
//! let endpoint = EndpointUrl::of(Service::Sts, &region, EndpointOptions::default()).ok_or("no endpoint")?;
//! let who = Sts::new(http, endpoint, region).get_caller_identity(&keys, now).await?;
//! println!("{} in account {}", who.arn, who.account);
//! # Ok(()) }
//! ```
#![forbid(unsafe_code)]

mod admin;
mod admin_error;
mod assignments;
mod assume;
mod console;
mod error;
mod identity_store;
mod operation;
mod organizations;
mod page;
mod sign;
mod signin;
mod sso_admin;
mod sts;
mod time;
mod xml;

pub use admin::Signer;
pub use admin_error::AdminError;
pub use assignments::{Assigned, Unread, assignments, describe_permission_sets};
pub use assume::AssumeRole;
pub use console::{ConsoleError, console_page};
pub use error::{Denied, StsError};
pub use identity_store::{IdentityStore, Named};
pub use operation::Operation;
pub use organizations::{OrganizationAccount, Organizations};
pub use sign::{SignError, sign};
pub use signin::{Signin, SigninError};
pub use sso_admin::{AccountAssignment, Instance, PermissionSet, SsoAdmin};
pub use sts::{CallerIdentity, Sts};

/// What the README shows is compiled and run with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
