//! The simulated AWS: one stateful world that plays IAM Identity Center, its administration (with Organizations), STS
//! and the console's sign-in, for tests and demos.
//!
//! It is an oracle, so it shares no type with the product: it reads and writes raw JSON, and refuses
//! whatever the real service would refuse (and, on purpose, a little more: unknown members are errors).
//!
//! ```
//! use sso_sim::{Device, SimBuilder, StandInBrowser};
//! use std::io::{Read, Write};
//!
//! let sim = SimBuilder::new()
//!     .account("111122223333", "dev", &["Admin"])
//!     .rotating_refresh()
//!     .device(Device::Manual)
//!     .start();
//!
//! // A product under test is pointed at the world through its environment.
//! assert!(sim.env().iter().any(|(name, _)| name == "AWS_ENDPOINT_URL_SSO_OIDC"));
//!
//! // Any HTTP client will do; here, one by hand.
//! let mut stream = std::net::TcpStream::connect(sim.address()).expect("the world listens");
//! let body = r#"{"clientName":"doc","clientType":"public","scopes":["sso:account:access"]}"#;
//! write!(
//!     stream,
//!     "POST /client/register HTTP/1.1\r\nHost: {}\r\nUser-Agent: doc\r\nConnection: close\r\n\
//!      Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
//!     sim.address(),
//!     body.len()
//! ).expect("the request is sent");
//! let mut reply = String::new();
//! stream.read_to_string(&mut reply).expect("the reply is text");
//!
//! assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
//! assert_eq!(sim.journal().count("RegisterClient"), 1);
//! assert_eq!(sim.human().pending(), Vec::<String>::new());
//! let visit = StandInBrowser::approving().open(&format!("{}/device", sim.url()));
//! assert_eq!(visit.expect("the page opens").last_status(), 200);
//! ```

mod access;
mod admin;
mod administration;
mod assume;
mod auth;
mod browser;
mod builder;
mod call;
mod clock;
mod credentials;
mod faults;
mod human;
mod journal;
mod limits;
mod oidc;
mod operation;
mod organization;
mod pages;
mod paging;
mod partition;
mod portal;
mod raw;
mod reply;
mod secrets;
mod sessions;
mod signin;
pub mod sigv4;
mod sim;
mod state;
mod sts;
mod world;

pub use assume::TrustedRole;
pub use browser::{BrowserError, StandInBrowser, Step, Visit};
pub use builder::{Authorize, Device, SimBuilder};
pub use clock::SimClock;
pub use faults::Fault;
pub use human::Human;
pub use journal::{Body, Entry, Journal};
pub use organization::Principal;
pub use raw::{Behaviour, Front, Interceptor, Presents, RawRequest, RawServer, TlsCertificate};
pub use sim::Sim;
pub use state::ConsoleVisit;
