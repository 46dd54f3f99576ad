//! Stand-ins: files in memory, and a vault that breaks.

use sso_core::{
    AccessToken, ClientRegistration, ClientSecret, FixedClock, GrantKind, Lookup, RefreshToken, Region,
    RegistrationKey, RegistrationStore, SessionName, StartUrl, StoreError, StoredSecret, Timestamp,
    TokenClient, TokenKey, TokenSet, TokenStore, TokenTxn, parse_timestamp,
};
use sso_keyring::{InMemory, SplitStore, Vault, VaultError};
use std::sync::{Arc, Mutex};

/// What would be on the disk.
#[derive(Clone, Default)]
pub(crate) struct Files {
    pub(crate) token: Arc<Mutex<Option<TokenSet>>>,
    pub(crate) registration: Arc<Mutex<Option<ClientRegistration>>>,
    /// Whether commits fail, as on a full disk.
    pub(crate) full: Arc<Mutex<bool>>,
    /// Whether somebody else has the token's lock.
    pub(crate) held: Arc<Mutex<bool>>,
}

impl TokenStore for Files {
    fn load(&self, _: &TokenKey) -> Result<Lookup<TokenSet>, StoreError> {
        Ok(self.token.lock().expect("no panic").clone().into())
    }

    fn try_begin(&self, _: &TokenKey) -> Result<Option<Box<dyn TokenTxn>>, StoreError> {
        let held = *self.held.lock().expect("no panic");
        Ok((!held).then(|| Box::new(self.clone()) as Box<dyn TokenTxn>))
    }
}

impl TokenTxn for Files {
    fn reload(&mut self) -> Result<Lookup<TokenSet>, StoreError> {
        Ok(self.token.lock().expect("no panic").clone().into())
    }

    fn reserve(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn commit(self: Box<Self>, token: &TokenSet) -> Result<(), StoreError> {
        if *self.full.lock().expect("no panic") {
            let (operation, source) = (sso_core::StoreOperation::Write, "full".into());
            return Err(StoreError { operation, path: "token".into(), source });
        }
        *self.token.lock().expect("no panic") = Some(token.clone());
        Ok(())
    }

    fn remove(self: Box<Self>) -> Result<bool, StoreError> {
        Ok(self.token.lock().expect("no panic").take().is_some())
    }
}

impl RegistrationStore for Files {
    fn load_registration(&self, _: &RegistrationKey) -> Result<Lookup<ClientRegistration>, StoreError> {
        Ok(self.registration.lock().expect("no panic").clone().into())
    }

    fn save_registration(&self, _: &RegistrationKey, new: &ClientRegistration) -> Result<(), StoreError> {
        *self.registration.lock().expect("no panic") = Some(new.clone());
        Ok(())
    }

    fn remove_registration(&self, _: &RegistrationKey) -> Result<bool, StoreError> {
        Ok(self.registration.lock().expect("no panic").take().is_some())
    }
}

/// A vault that can be locked.
#[derive(Clone, Default)]
pub(crate) struct Lockable {
    pub(crate) items: Arc<InMemory>,
    pub(crate) locked: Arc<Mutex<bool>>,
    /// How often it was asked for something.
    pub(crate) reads: Arc<Mutex<u32>>,
}

impl Lockable {
    pub(crate) fn lock(&self, locked: bool) {
        *self.locked.lock().expect("no panic") = locked;
    }

    fn open(&self) -> Result<&InMemory, VaultError> {
        if *self.locked.lock().expect("no panic") { Err(VaultError::Locked) } else { Ok(&self.items) }
    }
}

impl Vault for Lockable {
    fn get(&self, name: &str) -> Result<Option<StoredSecret>, VaultError> {
        *self.reads.lock().expect("no panic") += 1;
        self.open()?.get(name)
    }

    fn set(&self, name: &str, secret: &StoredSecret) -> Result<(), VaultError> {
        self.open()?.set(name, secret)
    }

    fn delete(&self, name: &str) -> Result<bool, VaultError> {
        self.open()?.delete(name)
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    parse_timestamp(text).expect("an instant")
}

pub(crate) const NOW: &str = "2026-11-21T06:30:00Z";

pub(crate) fn store(files: &Files, vault: impl Vault + 'static) -> SplitStore<Files> {
    SplitStore::new(files.clone(), Arc::new(vault), Arc::new(FixedClock(at(NOW))), "/cache".into())
}

pub(crate) fn key() -> TokenKey {
    TokenKey::Session(SessionName::new("corp"))
}

pub(crate) fn registration_key() -> RegistrationKey {
    RegistrationKey {
        session: Some(SessionName::new("corp")),
        start_url: StartUrl::new("https://corp.awsapps.com/start"),
        region: Region::parse("us-east-1").expect("a region"),
        scopes: None,
    }
}

pub(crate) fn token(refresh: &str, ends: &str) -> TokenSet {
    TokenSet {
        access_token: AccessToken::new(format!("access with {refresh}")),
        expires_at: at(ends),
        refresh_token: Some(RefreshToken::new(refresh.into())),
        client: Some(TokenClient { id: "c".into(), secret: Some(ClientSecret::new("s".into())) }),
        registration_expires_at: Some(at("2027-02-18T22:44:13Z")),
        region: Some("us-east-1".into()),
        start_url: Some(StartUrl::new("https://corp.awsapps.com/start")),
    }
}

pub(crate) fn registration() -> ClientRegistration {
    ClientRegistration {
        client_id: "c".into(),
        client_secret: ClientSecret::new("s".into()),
        expires_at: at("2027-02-18T22:44:13Z"),
        scopes: vec!["sso:account:access".into()],
        kind: GrantKind::AuthorizationCode,
    }
}
