//! The one HTTP client of the `sso` crates: explicit proxies, one set of TLS roots, bounded replies, no redirects.
//!
//! ```no_run
//! use sso_http::{Call, HttpClient, HttpSettings};
//! # async fn demo() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = std::sync::Arc::new(sso_core::FixedClock("2026-11-21T12:00:00Z".parse()?));
//! let client = HttpClient::new(&HttpSettings::new("my-tool/1.0"), clock)?;
//! let reply = client.send(Call::get("https://portal.sso.us-east-1.amazonaws.com/assignment/accounts".parse()?)).await?;
//! println!("{}", reply.status);
//! # Ok(()) }
//! ```
#![forbid(unsafe_code)]

mod call;
#[cfg(feature = "canned")]
mod canned;
mod certificate;
mod client;
mod error;
mod field;
mod gather;
mod limiter;
mod list;
mod proxy;
mod reach;
mod reply;
mod retry;
mod skew;
mod tls;
mod witness;

pub use call::{Call, Retry};
#[cfg(feature = "canned")]
pub use canned::{Answers, Canned};
pub use certificate::{Certificate, bundle, pem, system_roots};
pub use client::{HttpClient, HttpSettings};
pub use error::{HttpError, TlsProblem};
pub use field::excerpt;
pub use gather::{Gathered, Missing, gather};
pub use limiter::{IN_FLIGHT, Limiter};
pub use list::Pages;
pub use proxy::{ProxyError, ProxySettings};
pub use reach::{Attempt, connect, resolve, tunnel};
pub use reply::{MalformedReply, Reply};
pub use url::Url;
pub use witness::{Presented, Witness};

/// What the README shows is compiled and run with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
