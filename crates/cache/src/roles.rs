//! `FileStore` as a store of role credentials: two kinds of keys, two kinds of files, one lock and one way to save.

use crate::change::Change;
use crate::lock_note::holder;
use crate::store::{FileStore, load, lock_of, remove};
use crate::{assumed_file, role_file};
use sso_core::{
    AssumeRoleKey, CredentialKey, Holder, Lookup, RoleCredentialStore, RoleCredentials, RoleKey, RoleTxn,
    StoreError,
};
use std::path::PathBuf;

/// How credentials under a key stand in a file.
trait Kept: CredentialKey + Clone + 'static {
    fn path(&self, store: &FileStore) -> PathBuf;

    fn parse(&self, bytes: &[u8]) -> Result<RoleCredentials, String>;

    fn render(&self, answer: &Self::Answer) -> String;
}

impl Kept for RoleKey {
    fn path(&self, store: &FileStore) -> PathBuf {
        store.role_path(self)
    }

    fn parse(&self, bytes: &[u8]) -> Result<RoleCredentials, String> {
        role_file::parse(bytes, &self.account_id)
    }

    fn render(&self, answer: &RoleCredentials) -> String {
        role_file::render(answer, &self.account_id)
    }
}

impl Kept for AssumeRoleKey {
    fn path(&self, store: &FileStore) -> PathBuf {
        store.assumed_role_path(self)
    }

    fn parse(&self, bytes: &[u8]) -> Result<RoleCredentials, String> {
        assumed_file::parse(bytes, &self.role_arn)
    }

    fn render(&self, answer: &Self::Answer) -> String {
        assumed_file::render(answer, &self.role_arn)
    }
}

impl<K: Kept> RoleCredentialStore<K> for FileStore {
    fn load_role(&self, key: &K) -> Result<Lookup<RoleCredentials>, StoreError> {
        load(&key.path(self), self.wait, |bytes| key.parse(bytes))
    }

    fn role_holder(&self, key: &K) -> Option<Holder> {
        holder(&lock_of(&key.path(self)))
    }

    fn try_begin_role(&self, key: &K) -> Result<Option<Box<dyn RoleTxn<K>>>, StoreError> {
        let path = key.path(self);
        let lock_path = lock_of(&path);
        let change = Change::begin(self, path, &lock_path)?;
        Ok(change.map(|change| Box::new(RoleChange { change, key: key.clone() }) as Box<dyn RoleTxn<K>>))
    }

    fn remove_role(&self, key: &K) -> Result<bool, StoreError> {
        remove(&key.path(self))
    }
}

/// A change of role credentials.
struct RoleChange<K> {
    change: Change,
    key: K,
}

impl<K: Kept> RoleTxn<K> for RoleChange<K> {
    fn reload(&mut self) -> Result<Lookup<RoleCredentials>, StoreError> {
        load(&self.change.path, self.change.wait, |bytes| self.key.parse(bytes))
    }

    fn commit(self: Box<Self>, answer: &K::Answer) -> Result<(), StoreError> {
        self.change.save(None, &self.key.render(answer))
    }
}
