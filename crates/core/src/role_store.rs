//! The port to a store of role credentials, whatever names them: a role of a session, or an assumed role.

use crate::{AssumeRoleKey, AssumedRole, Holder, Lookup, RoleCredentials, RoleKey, StoreError};
use std::fmt;

/// What role credentials are kept under. `Display` says whose they are: `Admin in account 111122223333`.
pub trait CredentialKey: fmt::Display + Send + Sync {
    /// What the service answers, and what is kept of it.
    type Answer: AsRef<RoleCredentials> + Send;
}

impl CredentialKey for RoleKey {
    type Answer = RoleCredentials;
}

impl CredentialKey for AssumeRoleKey {
    type Answer = AssumedRole;
}

/// Errors among which may be a refusal: then credentials of before must not be used either.
pub trait MayRefuse {
    /// Whether it is one.
    fn refuses(&self) -> bool;
}

/// Keeps role credentials.
pub trait RoleCredentialStore<K: CredentialKey = RoleKey>: Send + Sync {
    /// The credentials under the key, however old they are.
    ///
    /// # Errors
    /// [`StoreOperation::Read`](crate::StoreOperation::Read): the store itself cannot be read. A torn or foreign entry is
    /// [`Lookup::Damaged`], not an error.
    fn load_role(&self, key: &K) -> Result<Lookup<RoleCredentials>, StoreError>;

    /// Who holds the lock, if the store knows: for a warning. An ended process may be named.
    fn role_holder(&self, _: &K) -> Option<Holder> {
        None
    }

    /// Begins a change; `None` when somebody else is at it. Whoever holds the transaction holds the lock.
    ///
    /// # Errors
    /// [`StoreOperation::Lock`](crate::StoreOperation::Lock): the lock cannot be taken at all (no permission, read-only file
    /// system).
    fn try_begin_role(&self, key: &K) -> Result<Option<Box<dyn RoleTxn<K>>>, StoreError>;

    /// Removes the credentials; tells whether there were any.
    ///
    /// # Errors
    /// [`StoreOperation::Remove`](crate::StoreOperation::Remove): they are there and cannot be removed.
    fn remove_role(&self, key: &K) -> Result<bool, StoreError>;
}

/// A change of role credentials in progress, exclusive among those who ask through the port.
pub trait RoleTxn<K: CredentialKey = RoleKey>: Send {
    /// Reads again under the lock: somebody may have done the work meanwhile.
    ///
    /// # Errors
    /// As [`RoleCredentialStore::load_role`].
    fn reload(&mut self) -> Result<Lookup<RoleCredentials>, StoreError>;

    /// Replaces the credentials, whole or not at all.
    ///
    /// # Errors
    /// [`StoreOperation::Write`](crate::StoreOperation::Write): they could not be saved; the old entry is intact.
    fn commit(self: Box<Self>, answer: &K::Answer) -> Result<(), StoreError>;
}
