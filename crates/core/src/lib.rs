//! The vocabulary that the `sso` crates share: identifiers, secrets, regions, endpoints, tokens and the ports to stores.
//!
//! Nothing here does I/O, reads the environment or the clock. Secrets cannot print:
//!
//! ```
//! use sso_core::AccessToken;
//! let token = AccessToken::new("eyJ...".to_owned());
//! assert_eq!(format!("{token:?}"), "AccessToken(REDACTED)");
//! assert_eq!(token.expose(), "eyJ...");
//! ```
#![forbid(unsafe_code)]

mod arn;
mod clock;
mod credentials;
mod endpoint;
mod ids;
mod nearest;
mod own_store;
mod region;
mod role_store;
mod secret;
mod store;
mod timestamp;
mod token;
mod url;

pub use arn::{RoleArn, RoleArnError};
pub use clock::{Clock, FixedClock};
pub use credentials::{AssumeRoleKey, AssumedRole, RoleCredentials, RoleKey};
pub use endpoint::{EndpointOptions, EndpointUrl, EndpointUrlError, Service};
pub use ids::{AccountId, AccountIdError, ProfileName, RoleName, SessionName};
pub use jiff::Timestamp;
pub use nearest::nearest;
pub use own_store::NotKept;
pub use region::{Partition, Region, RegionError};
pub use role_store::{CredentialKey, MayRefuse, RoleCredentialStore, RoleTxn};
pub use secret::{
    AccessToken, AuthorizationCode, ClientSecret, ConsoleUrl, DeviceCode, EndpointToken, PkceVerifier,
    RefreshToken, SecretAccessKey, SessionToken, SigninToken, State, StoredSecret,
};
pub use store::{
    Damage, FailedRefresh, Holder, Lookup, RegistrationKey, RegistrationStore, StoreError, StoreOperation,
    TokenKey, TokenStore, TokenTxn,
};
pub use timestamp::{TimestampError, format_timestamp, parse_timestamp};
pub use token::{
    ClientRegistration, Freshness, FreshnessPolicy, GrantKind, RefreshGrant, TokenClient, TokenSet,
};
pub use url::{StartUrl, StartUrlError};

/// What the README shows is compiled and run with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
