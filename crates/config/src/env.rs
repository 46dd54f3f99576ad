//! The environment as a plain value, and the name of every variable that is read here.
//!
//! Source: "Environment variables list" in the AWS SDKs and Tools Reference Guide; [`AWS_DEFAULT_PROFILE`] and
//! [`REQUESTS_CA_BUNDLE`] are botocore's.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

/// The profile to use.
pub const AWS_PROFILE: &str = "AWS_PROFILE";
/// The profile to use where [`AWS_PROFILE`] is not set. Only botocore knows it.
pub const AWS_DEFAULT_PROFILE: &str = "AWS_DEFAULT_PROFILE";
/// The config file, instead of `~/.aws/config`.
pub const AWS_CONFIG_FILE: &str = "AWS_CONFIG_FILE";
/// The credentials file, instead of `~/.aws/credentials`.
pub const AWS_SHARED_CREDENTIALS_FILE: &str = "AWS_SHARED_CREDENTIALS_FILE";
/// The endpoint of all services.
pub const AWS_ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";
/// The endpoint of IAM Identity Center OIDC; before [`AWS_ENDPOINT_URL`].
pub const AWS_ENDPOINT_URL_SSO_OIDC: &str = "AWS_ENDPOINT_URL_SSO_OIDC";
/// The endpoint of the portal; before [`AWS_ENDPOINT_URL`].
pub const AWS_ENDPOINT_URL_SSO: &str = "AWS_ENDPOINT_URL_SSO";
/// The endpoint of STS; before [`AWS_ENDPOINT_URL`].
pub const AWS_ENDPOINT_URL_STS: &str = "AWS_ENDPOINT_URL_STS";
/// The endpoint that signs in to the console; before [`AWS_ENDPOINT_URL`].
pub const AWS_ENDPOINT_URL_SIGNIN: &str = "AWS_ENDPOINT_URL_SIGNIN";
/// The endpoint of IAM Identity Center for administrators; before [`AWS_ENDPOINT_URL`].
pub const AWS_ENDPOINT_URL_SSO_ADMIN: &str = "AWS_ENDPOINT_URL_SSO_ADMIN";
/// The endpoint of AWS Organizations; before [`AWS_ENDPOINT_URL`].
pub const AWS_ENDPOINT_URL_ORGANIZATIONS: &str = "AWS_ENDPOINT_URL_ORGANIZATIONS";
/// The endpoint of the identity store; before [`AWS_ENDPOINT_URL`].
pub const AWS_ENDPOINT_URL_IDENTITYSTORE: &str = "AWS_ENDPOINT_URL_IDENTITYSTORE";
/// `true` makes all configured endpoints count as not set.
pub const AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
/// `true` asks for FIPS endpoints.
pub const AWS_USE_FIPS_ENDPOINT: &str = "AWS_USE_FIPS_ENDPOINT";
/// `true` asks for dual-stack endpoints.
pub const AWS_USE_DUALSTACK_ENDPOINT: &str = "AWS_USE_DUALSTACK_ENDPOINT";
/// The region of service calls; has no say in `sso_region`.
pub const AWS_REGION: &str = "AWS_REGION";
/// The region of service calls where [`AWS_REGION`] is not set.
pub const AWS_DEFAULT_REGION: &str = "AWS_DEFAULT_REGION";
/// The file of root certificates that replaces the system's.
pub const AWS_CA_BUNDLE: &str = "AWS_CA_BUNDLE";
/// The same, asked last, as Python programs know it.
pub const REQUESTS_CA_BUNDLE: &str = "REQUESTS_CA_BUNDLE";
/// The home directory.
pub const HOME: &str = "HOME";
/// The home directory on Windows where [`HOME`] is not set.
pub const USERPROFILE: &str = "USERPROFILE";
/// The drive of the home directory on Windows, asked last.
pub const HOMEDRIVE: &str = "HOMEDRIVE";
/// The path of the home directory on its drive.
pub const HOMEPATH: &str = "HOMEPATH";

/// Whose rules hold for paths and for the home directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Linux, macOS and the others.
    Unix,
    /// Windows.
    Windows,
}

impl Platform {
    /// The one this program was built for.
    pub const HERE: Self = if cfg!(windows) { Self::Windows } else { Self::Unix };
}

/// The environment variables and the home directory, captured once by whoever has the right to.
///
/// ```
/// use sso_config::Env;
/// let env = Env::new([("AWS_PROFILE".into(), "prod".into())], Some("/home/ann".into()));
/// assert_eq!(env.text("AWS_PROFILE"), Some("prod".into()));
/// ```
///
/// `Debug` shows names only: variables hold secrets.
#[derive(Clone)]
pub struct Env {
    variables: BTreeMap<OsString, OsString>,
    home: Option<PathBuf>,
    platform: Platform,
}

impl Env {
    /// `home` is what the system knows (the passwd entry); a `HOME` variable goes before it.
    #[must_use]
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>, home: Option<PathBuf>) -> Self {
        Self { variables: variables.into_iter().collect(), home, platform: Platform::HERE }
    }

    /// The same with the rules of another platform.
    #[must_use]
    pub fn on(self, platform: Platform) -> Self {
        Self { platform, ..self }
    }

    /// Whose rules hold.
    #[must_use]
    pub fn platform(&self) -> Platform {
        self.platform
    }

    /// The variable as it is, empty or not.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&OsStr> {
        match self.platform {
            Platform::Unix => self.variables.get(OsStr::new(name)).map(OsString::as_os_str),
            Platform::Windows => self
                .variables
                .iter()
                .find(|(key, _)| key.to_str().is_some_and(|key| key.eq_ignore_ascii_case(name)))
                .map(|(_, value)| value.as_os_str()),
        }
    }

    /// The variable, unless it is empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// The variable as text, unless it is empty. What is not Unicode is replaced, so that it matches nothing.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| value.to_string_lossy().into_owned())
    }

    /// The home directory that the system knows.
    pub(crate) fn system_home(&self) -> Option<&Path> {
        self.home.as_deref()
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&OsString> = self.variables.keys().collect();
        f.debug_struct("Env").field("variables", &names).field("home", &self.home).finish()
    }
}
