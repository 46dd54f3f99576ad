//! AWS calls that are signed with role credentials: SigV4, and STS on top of it.
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

mod assume;
mod error;
mod sign;
mod sts;
mod xml;

pub use assume::AssumeRole;
pub use error::{Denied, StsError};
pub use sign::{SignError, sign};
pub use sts::{CallerIdentity, Sts};
