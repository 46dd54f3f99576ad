//! What role credentials open: calls that are signed with them (SigV4, and STS on top of it), and the AWS console.
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
mod console;
mod error;
mod sign;
mod signin;
mod sts;
mod xml;

pub use assume::AssumeRole;
pub use console::{ConsoleError, console_page};
pub use error::{Denied, StsError};
pub use sign::{SignError, sign};
pub use signin::{Signin, SigninError};
pub use sts::{CallerIdentity, Sts};
