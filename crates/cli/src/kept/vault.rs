//! The platform's secret store, in builds with the feature `keyring`.

use super::Halved;
use sso_cache::FileStore;
use sso_config::Env;
use sso_core::{Clock, RegistrationKey, StoreError, StoreOperation, TokenKey};
use sso_keyring::{SessionBus, SplitStore, platform};
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use sso_keyring::NAME;

/// The store in two halves. Nothing is asked before something is needed.
pub(super) fn open(env: &Env, clock: &Arc<dyn Clock>, files: &FileStore) -> Option<Arc<dyn Halved>> {
    let place = env.sso_cache_dir().ok()?.display().to_string();
    let runtime = env.raw("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let bus = SessionBus {
        address: env.text("DBUS_SESSION_BUS_ADDRESS"),
        socket: runtime.map(|dir| dir.join("bus")),
    };
    Some(Arc::new(SplitStore::new(files.clone(), Arc::new(platform(bus)), Arc::clone(clock), place)))
}

impl Halved for SplitStore<FileStore> {
    fn lies_in_files(&self, key: &TokenKey, registration: &RegistrationKey) -> Result<bool, StoreError> {
        self.lies_in_files(key, registration)
    }

    fn holds(&self, key: &TokenKey) -> Result<bool, StoreError> {
        self.holds(key).map_err(|error| StoreError {
            operation: StoreOperation::Read,
            path: self.token_name(key).into(),
            source: Box::new(error),
        })
    }

    fn take_in(&self, key: &TokenKey, registration: &RegistrationKey) -> Result<bool, StoreError> {
        self.take_in(key, registration)
    }

    fn give_back(&self, key: &TokenKey, registration: &RegistrationKey) -> Result<bool, StoreError> {
        self.give_back(key, registration)
    }
}
