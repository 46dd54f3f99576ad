//! `SplitStore`: the long-lived half of a token in a vault, the short-lived half in another store, behind the same ports.

use crate::record::{Record, has_secrets, parse_registration, render_registration};
use crate::txn::SplitTxn;
use crate::vault::{Vault, VaultError};
use sso_core::{
    AccessToken, ClientRegistration, Clock, FailedRefresh, FreshnessPolicy, Holder, Lookup, RegistrationKey,
    RegistrationStore, StoreError, StoreOperation, Timestamp, TokenKey, TokenSet, TokenStore, TokenTxn,
};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Tokens and registrations in two halves. The other store's locks are this one's, so holding its transaction is holding the
/// session, vault and all.
pub struct SplitStore<F> {
    pub(crate) files: F,
    pub(crate) halves: Arc<Halves>,
    place: String,
}

/// What transactions need of it, too.
pub(crate) struct Halves {
    pub(crate) vault: Arc<dyn Vault>,
    clock: Arc<dyn Clock>,
    /// What the vault had for a file as it was then. Whoever waits for a lock looks at the file again and again, and asks the
    /// vault only if that has changed. Under the lock it is always asked.
    seen: Mutex<HashMap<String, Seen>>,
}

struct Seen {
    access_token: AccessToken,
    expires_at: Timestamp,
    record: Option<Record>,
}

impl<F: TokenStore + RegistrationStore> SplitStore<F> {
    /// The halves of what `files` keeps at `place`, which becomes a part of the names in the vault: one vault may serve
    /// several home directories.
    #[must_use]
    pub fn new(files: F, vault: Arc<dyn Vault>, clock: Arc<dyn Clock>, place: String) -> Self {
        Self { files, halves: Arc::new(Halves { vault, clock, seen: Mutex::default() }), place }
    }

    /// What the long-lived half of a token is called in the vault.
    #[must_use]
    pub fn token_name(&self, key: &TokenKey) -> String {
        format!("{}: token of {key}", self.place)
    }

    /// What a client registration is called in the vault.
    #[must_use]
    pub fn registration_name(&self, key: &RegistrationKey) -> String {
        let session = key.session.as_ref().map_or(key.start_url.as_str(), |name| name.as_str());
        let scopes = key.scopes.as_ref().map(|scopes| scopes.join(" ")).unwrap_or_default();
        format!("{}: client of {session}, {}, {}, {scopes}", self.place, key.start_url, key.region)
    }

    /// Whether the vault has the session's half, whatever the file is like.
    ///
    /// # Errors
    /// See [`VaultError`]: the vault cannot be asked.
    pub fn holds(&self, key: &TokenKey) -> Result<bool, VaultError> {
        let found = self.halves.vault.get(&self.token_name(key))?;
        Ok(found.is_some_and(|found| Record::parse(&found).is_ok()))
    }
}

impl Halves {
    fn seen(&self) -> MutexGuard<'_, HashMap<String, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After a change of the vault nothing is known of it.
    pub(crate) fn forget(&self, name: &str) {
        self.seen().remove(name);
    }

    /// The whole token, by what was seen before if the file is the same.
    fn joined(&self, name: &str, file: TokenSet) -> Result<TokenSet, StoreError> {
        if let Some(seen) = self.seen().get(name)
            && seen.access_token == file.access_token
            && seen.expires_at == file.expires_at
        {
            return Ok(seen.record.as_ref().map_or(file.clone(), |record| record.join(file)));
        }
        self.joined_anew(name, file)
    }

    /// The whole token, by what the vault has now.
    ///
    /// While the access token lives it is of use without its other half, and a file that is whole by itself needs none.
    /// What has ended is of no use without, so then the vault's trouble is the answer.
    pub(crate) fn joined_anew(&self, name: &str, file: TokenSet) -> Result<TokenSet, StoreError> {
        let record = match self.record(name) {
            Ok(record) => record,
            Err(_) if has_secrets(&file) || self.lives(&file) => return Ok(file),
            Err(error) => return Err(failed(StoreOperation::Read, name, error)),
        };
        let (access_token, expires_at) = (file.access_token.clone(), file.expires_at);
        // The secrets of such a file may move into the vault at any moment, and the access token stays the same.
        let settled = !has_secrets(&file);
        let whole = record.as_ref().map_or(file.clone(), |record| record.join(file));
        if settled {
            self.seen().insert(name.to_owned(), Seen { access_token, expires_at, record });
        }
        Ok(whole)
    }

    /// The whole token, or the vault's trouble.
    pub(crate) fn joined_strictly(&self, name: &str, file: TokenSet) -> Result<TokenSet, StoreError> {
        let record = self.record(name).map_err(|error| failed(StoreOperation::Read, name, error))?;
        Ok(record.map_or(file.clone(), |record| record.join(file)))
    }

    /// One that was not written by us is none: the next sign-in replaces it.
    fn record(&self, name: &str) -> Result<Option<Record>, VaultError> {
        match self.vault.get(name).and_then(|found| found.as_ref().map(Record::parse).transpose()) {
            Err(VaultError::Damaged(_)) => Ok(None),
            other => other,
        }
    }

    fn lives(&self, token: &TokenSet) -> bool {
        token.remaining(self.clock.now()) > FreshnessPolicy::default().minimum
    }
}

/// A vault's trouble as a store's.
pub(crate) fn failed(operation: StoreOperation, name: &str, error: VaultError) -> StoreError {
    StoreError { operation, path: name.into(), source: Box::new(error) }
}

impl<F: TokenStore + RegistrationStore> TokenStore for SplitStore<F> {
    fn load(&self, key: &TokenKey) -> Result<Lookup<TokenSet>, StoreError> {
        match self.files.load(key)? {
            Lookup::Found(file) => self.halves.joined(&self.token_name(key), file).map(Lookup::Found),
            other => Ok(other),
        }
    }

    fn written_at(&self, key: &TokenKey) -> Option<Timestamp> {
        self.files.written_at(key)
    }

    fn holder(&self, key: &TokenKey) -> Option<Holder> {
        self.files.holder(key)
    }

    fn failed_refresh(&self, key: &TokenKey) -> Option<FailedRefresh> {
        self.files.failed_refresh(key)
    }

    fn try_begin(&self, key: &TokenKey) -> Result<Option<Box<dyn TokenTxn>>, StoreError> {
        let Some(file) = self.files.try_begin(key)? else { return Ok(None) };
        let (halves, name) = (Arc::clone(&self.halves), self.token_name(key));
        Ok(Some(Box::new(SplitTxn { file, halves, name })))
    }
}

impl<F: TokenStore + RegistrationStore> RegistrationStore for SplitStore<F> {
    /// The vault's, else one that another tool has left in the files.
    fn load_registration(&self, key: &RegistrationKey) -> Result<Lookup<ClientRegistration>, StoreError> {
        let name = self.registration_name(key);
        let found =
            self.halves.vault.get(&name).and_then(|found| found.as_ref().map(parse_registration).transpose());
        match found {
            Ok(Some(registration)) => Ok(Lookup::Found(registration)),
            Ok(None) | Err(VaultError::Damaged(_)) => self.files.load_registration(key),
            Err(error) => Err(failed(StoreOperation::Read, &name, error)),
        }
    }

    fn save_registration(
        &self,
        key: &RegistrationKey,
        registration: &ClientRegistration,
    ) -> Result<(), StoreError> {
        let name = self.registration_name(key);
        render_registration(registration)
            .and_then(|text| self.halves.vault.set(&name, &text))
            .map_err(|error| failed(StoreOperation::Write, &name, error))?;
        self.files.remove_registration(key).map(drop)
    }

    /// Both, whichever fails.
    fn remove_registration(&self, key: &RegistrationKey) -> Result<bool, StoreError> {
        let name = self.registration_name(key);
        let of_file = self.files.remove_registration(key);
        let kept = self.halves.vault.delete(&name);
        Ok(kept.map_err(|error| failed(StoreOperation::Remove, &name, error))? | of_file?)
    }
}
