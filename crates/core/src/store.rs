//! The ports: how tokens and registrations are kept, whoever keeps them.
//!
//! `sso-cache` implements them over the AWS CLI's own files; another program may bring its own.

use crate::{ClientRegistration, GrantKind, Region, SessionName, StartUrl, Timestamp, TokenSet};
use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// What a token is kept under: the session's name, or the start URL of a legacy profile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TokenKey {
    /// `[sso-session NAME]`.
    Session(SessionName),
    /// The inline `sso_start_url`, exactly as written.
    StartUrl(StartUrl),
}

impl TokenKey {
    /// The text that the AWS CLI and SDKs hash into the file name.
    ///
    /// Source: `SSOTokenLoader._generate_cache_key` in `botocore/utils.py`.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Session(name) => name.as_str(),
            Self::StartUrl(url) => url.as_str(),
        }
    }
}

impl fmt::Display for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// What a client registration is kept under (the five fields that the AWS CLI hashes; the fifth is constant).
///
/// Source: `_registration_cache_key` in `botocore/utils.py`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationKey {
    /// The session's name; `None` for a legacy profile.
    pub session: Option<SessionName>,
    /// The configured start URL, not what a vanity URL leads to.
    pub start_url: StartUrl,
    /// `sso_region`.
    pub region: Region,
    /// The configured scopes; `None` when the key is absent, which is not the same as an empty list.
    pub scopes: Option<Vec<String>>,
}

/// What was found under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup<T> {
    /// It is there and whole.
    Found(T),
    /// Nothing is there.
    Absent,
    /// Something is there that cannot be used. To be treated as absent, and said.
    Damaged(Damage),
}

impl<T> Lookup<T> {
    /// The value, if there is a whole one.
    pub fn found(self) -> Option<T> {
        match self {
            Self::Found(value) => Some(value),
            Self::Absent | Self::Damaged(_) => None,
        }
    }
}

/// A store that cannot be damaged, such as one in memory, finds something or nothing.
impl<T> From<Option<T>> for Lookup<T> {
    fn from(found: Option<T>) -> Self {
        found.map_or(Self::Absent, Self::Found)
    }
}

/// An entry that cannot be used: where, and why. Never holds any of its content.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}: {reason}", path.display())]
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it ("it ends at line 1 column 40", "expiresAt is missing").
    pub reason: String,
}

/// What a store was doing when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreOperation {
    /// Reading an entry.
    Read,
    /// Writing an entry.
    Write,
    /// Removing an entry.
    Remove,
    /// Taking the lock of an entry.
    Lock,
}

impl fmt::Display for StoreOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Remove => "remove",
            Self::Lock => "lock",
        })
    }
}

/// A store could not do what it was asked to. What it held before is unchanged.
#[derive(Debug, Error)]
#[error("cannot {operation} {}", path.display())]
pub struct StoreError {
    /// What was tried.
    pub operation: StoreOperation,
    /// On which file or directory; a store without files puts a name there ("the token of corp").
    pub path: PathBuf,
    /// The cause.
    #[source]
    pub source: Box<dyn StdError + Send + Sync>,
}

/// Who holds a lock, as far as the store knows. Only a hint: an ended process may be named.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("lock held by pid {pid} on host {host} for {} s", held_for.as_secs())]
pub struct Holder {
    /// Its process id.
    pub pid: u32,
    /// Its host's name.
    pub host: String,
    /// How long it has held it.
    pub held_for: Duration,
}

/// A refresh that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedRefresh {
    /// When.
    pub at: Timestamp,
    /// What the service said, by the error's OAuth name (`invalid_grant`), or `no_answer`.
    pub code: String,
}

/// Keeps tokens.
pub trait TokenStore: Send + Sync {
    /// The token under the key.
    ///
    /// # Errors
    /// [`StoreOperation::Read`]: the store itself cannot be read. A torn or foreign entry is [`Lookup::Damaged`], not an error.
    fn load(&self, key: &TokenKey) -> Result<Lookup<TokenSet>, StoreError>;

    /// When the entry was last written, by whomever and by the store's own clock, if the store knows: a token is not refreshed
    /// again right after.
    fn written_at(&self, _: &TokenKey) -> Option<Timestamp> {
        None
    }

    /// Who holds the lock, if the store knows: for an error message.
    fn holder(&self, _: &TokenKey) -> Option<Holder> {
        None
    }

    /// The last refresh that failed, if the store knows and nothing was saved since.
    fn failed_refresh(&self, _: &TokenKey) -> Option<FailedRefresh> {
        None
    }

    /// Begins a change; `None` when somebody else is at it. Whoever holds the transaction holds the lock.
    ///
    /// # Errors
    /// [`StoreOperation::Lock`]: the lock cannot be taken at all (no permission, read-only file system).
    fn try_begin(&self, key: &TokenKey) -> Result<Option<Box<dyn TokenTxn>>, StoreError>;
}

/// A change in progress, exclusive among those who ask through the port.
pub trait TokenTxn: Send {
    /// Reads again under the lock: somebody may have done the work meanwhile.
    ///
    /// # Errors
    /// As [`TokenStore::load`].
    fn reload(&mut self) -> Result<Lookup<TokenSet>, StoreError>;

    /// Makes sure that a commit will find space and permission, before anything irrevocable is sent.
    ///
    /// # Errors
    /// [`StoreOperation::Write`]: the token could not be saved; then nothing may be sent.
    fn reserve(&mut self) -> Result<(), StoreError>;

    /// Notes that a refresh failed, for whoever would try the same in the next moment. Best effort.
    fn note_failure(&mut self, _: &FailedRefresh) {}

    /// Replaces the token, whole or not at all. Unknown fields of the entry survive.
    ///
    /// # Errors
    /// [`StoreOperation::Write`]: it could not be saved; the old entry is intact.
    fn commit(self: Box<Self>, token: &TokenSet) -> Result<(), StoreError>;

    /// Removes the token, whatever state it is in; tells whether there was one. Under the lock, so that a refresh that
    /// is under way cannot put it back.
    ///
    /// # Errors
    /// [`StoreOperation::Remove`]: it is there and cannot be removed.
    fn remove(self: Box<Self>) -> Result<bool, StoreError>;
}

/// Keeps client registrations.
pub trait RegistrationStore: Send + Sync {
    /// The registration under the key, whatever it was made for and however old it is.
    ///
    /// # Errors
    /// [`StoreOperation::Read`]: the store itself cannot be read.
    fn load_registration(&self, key: &RegistrationKey) -> Result<Lookup<ClientRegistration>, StoreError>;

    /// Replaces the registration.
    ///
    /// # Errors
    /// [`StoreOperation::Write`]: it could not be saved; the old entry is intact.
    fn save_registration(
        &self,
        key: &RegistrationKey,
        registration: &ClientRegistration,
    ) -> Result<(), StoreError>;

    /// Removes the registration; tells whether there was one.
    ///
    /// # Errors
    /// [`StoreOperation::Remove`]: it is there and cannot be removed.
    fn remove_registration(&self, key: &RegistrationKey) -> Result<bool, StoreError>;
}

impl GrantKind {
    /// The `grantTypes` that a client of this kind registers; none for the device flow, as the AWS CLI does.
    ///
    /// Source: <https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_RegisterClient.html>
    #[must_use]
    pub fn grant_types(self) -> &'static [&'static str] {
        match self {
            Self::AuthorizationCode => &["authorization_code", "refresh_token"],
            Self::DeviceCode => &[],
        }
    }
}
