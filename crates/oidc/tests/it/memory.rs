//! A store in memory, with the troubles that a real one can have.

use sso_core::{
    ClientRegistration, FailedRefresh, Holder, Lookup, RegistrationKey, RegistrationStore, StoreError,
    StoreOperation, Timestamp, TokenKey, TokenSet, TokenStore, TokenTxn,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One token and one registration, shared by all clones.
#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    token: Option<Lookup<TokenSet>>,
    registration: Option<(RegistrationKey, Lookup<ClientRegistration>)>,
    locked: bool,
    commits: usize,
    begins: usize,
    written_at: Option<Timestamp>,
    failed: Option<FailedRefresh>,
    trouble: Option<Trouble>,
    /// Put in the token's place when the next change is reserved: what a tool without locks does meanwhile.
    meanwhile: Option<Lookup<TokenSet>>,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Lock,
    Reserve,
    Commit,
    /// Reading, from the moment on at which the lock is held.
    Reload,
    SaveRegistration,
}

impl Memory {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn put(&self, token: Lookup<TokenSet>) {
        self.inner().token = Some(token);
    }

    pub(crate) fn token(&self) -> Option<TokenSet> {
        self.inner().token.clone().and_then(Lookup::found)
    }

    pub(crate) fn registration(&self) -> Option<ClientRegistration> {
        self.inner().registration.clone().and_then(|(_, found)| found.found())
    }

    pub(crate) fn tear_registration(&self, damage: sso_core::Damage) {
        if let Some((_, found)) = &mut self.inner().registration {
            *found = Lookup::Damaged(damage);
        }
    }

    /// From now on the store knows when the token was written.
    pub(crate) fn written(&self, at: Timestamp) {
        self.inner().written_at = Some(at);
    }

    /// How often the lock was asked for.
    pub(crate) fn begins(&self) -> usize {
        self.inner().begins
    }

    pub(crate) fn commits(&self) -> usize {
        self.inner().commits
    }

    pub(crate) fn trouble(&self, trouble: Trouble) {
        self.inner().trouble = Some(trouble);
    }

    pub(crate) fn meanwhile(&self, token: Lookup<TokenSet>) {
        self.inner().meanwhile = Some(token);
    }

    /// Somebody else holds the lock, for good.
    pub(crate) fn hold(&self) {
        self.inner().locked = true;
    }

    /// ... until now.
    pub(crate) fn release(&self) {
        self.inner().locked = false;
    }

    fn fails(&self, trouble: Trouble, operation: StoreOperation) -> Result<(), StoreError> {
        if self.inner().trouble != Some(trouble) {
            return Ok(());
        }
        Err(StoreError { operation, path: "memory".into(), source: format!("{trouble:?} fails").into() })
    }

    fn found(&self) -> Lookup<TokenSet> {
        self.inner().token.clone().unwrap_or(Lookup::Absent)
    }
}

impl TokenStore for Memory {
    fn load(&self, _: &TokenKey) -> Result<Lookup<TokenSet>, StoreError> {
        Ok(self.found())
    }

    fn written_at(&self, _: &TokenKey) -> Option<Timestamp> {
        self.inner().written_at
    }

    fn holder(&self, _: &TokenKey) -> Option<Holder> {
        let held_for = std::time::Duration::from_secs(34);
        self.inner().locked.then(|| Holder { pid: 12, host: "box".into(), held_for })
    }

    fn failed_refresh(&self, _: &TokenKey) -> Option<FailedRefresh> {
        self.inner().failed.clone()
    }

    fn try_begin(&self, _: &TokenKey) -> Result<Option<Box<dyn TokenTxn>>, StoreError> {
        self.fails(Trouble::Lock, StoreOperation::Lock)?;
        self.inner().begins += 1;
        let was_locked = std::mem::replace(&mut self.inner().locked, true);
        Ok((!was_locked).then(|| Box::new(Change(self.clone())) as Box<dyn TokenTxn>))
    }
}

struct Change(Memory);

impl TokenTxn for Change {
    fn reload(&mut self) -> Result<Lookup<TokenSet>, StoreError> {
        self.0.fails(Trouble::Reload, StoreOperation::Read)?;
        Ok(self.0.found())
    }

    fn reserve(&mut self) -> Result<(), StoreError> {
        self.0.fails(Trouble::Reserve, StoreOperation::Write)?;
        let meanwhile = self.0.inner().meanwhile.take();
        if meanwhile.is_some() {
            self.0.inner().token = meanwhile;
        }
        Ok(())
    }

    fn note_failure(&mut self, failed: &FailedRefresh) {
        self.0.inner().failed = Some(failed.clone());
    }

    fn commit(self: Box<Self>, token: &TokenSet) -> Result<(), StoreError> {
        self.0.fails(Trouble::Commit, StoreOperation::Write)?;
        let mut inner = self.0.inner();
        inner.commits += 1;
        inner.failed = None;
        inner.token = Some(Lookup::Found(token.clone()));
        Ok(())
    }

    fn remove(self: Box<Self>) -> Result<bool, StoreError> {
        Ok(self.0.inner().token.take().is_some())
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        self.0.inner().locked = false;
    }
}

impl RegistrationStore for Memory {
    fn load_registration(&self, key: &RegistrationKey) -> Result<Lookup<ClientRegistration>, StoreError> {
        let inner = self.inner();
        let found = inner.registration.as_ref().filter(|(known, _)| known == key);
        Ok(found.map_or(Lookup::Absent, |(_, found)| found.clone()))
    }

    fn save_registration(
        &self,
        key: &RegistrationKey,
        registration: &ClientRegistration,
    ) -> Result<(), StoreError> {
        self.fails(Trouble::SaveRegistration, StoreOperation::Write)?;
        self.inner().registration = Some((key.clone(), Lookup::Found(registration.clone())));
        Ok(())
    }

    fn remove_registration(&self, _: &RegistrationKey) -> Result<bool, StoreError> {
        Ok(self.inner().registration.take().is_some())
    }
}
