//! From one mode to the other: what was kept the other way is moved, and its other copy deleted, in the order in which a kill
//! leaves two copies and never none.

use crate::record::{has_secrets, parse_registration};
use crate::split::{SplitStore, failed};
use sso_core::{
    Lookup, RegistrationKey, RegistrationStore, StoreError, StoreOperation, TokenKey, TokenStore,
};

impl<F: TokenStore + RegistrationStore> SplitStore<F> {
    /// Whether the files have something that belongs into the vault: after the mode was switched, or after another tool has
    /// signed in.
    ///
    /// # Errors
    /// [`StoreOperation::Read`]: the files cannot be read.
    pub fn lies_in_files(&self, key: &TokenKey, registration: &RegistrationKey) -> Result<bool, StoreError> {
        let token = self.files.load(key)?.found();
        Ok(token.is_some_and(|token| has_secrets(&token))
            || self.files.load_registration(registration)?.found().is_some())
    }

    /// Moves it into the vault, and tells whether there was anything. While somebody else is at the token, all stays.
    ///
    /// # Errors
    /// The vault does not take it, or the files cannot be read or written: what was not moved yet is where it was.
    pub fn take_in(&self, key: &TokenKey, registration: &RegistrationKey) -> Result<bool, StoreError> {
        let Some(mut change) = self.try_begin(key)? else { return Ok(false) };
        let mut moved = false;
        if let Lookup::Found(found) = self.files.load_registration(registration)? {
            // Deletes the file.
            self.save_registration(registration, &found)?;
            moved = true;
        }
        let plain = self.files.load(key)?.found().is_some_and(|token| has_secrets(&token));
        if plain && let Lookup::Found(whole) = change.reload()? {
            change.commit(&whole)?;
            moved = true;
        }
        Ok(moved)
    }

    /// Moves everything back into the files, and tells whether there was anything. While somebody else is at the token, all
    /// stays.
    ///
    /// # Errors
    /// The vault or the files cannot be read or written: what was not moved yet is where it was.
    pub fn give_back(&self, key: &TokenKey, registration: &RegistrationKey) -> Result<bool, StoreError> {
        let vault = &self.halves.vault;
        let gone = |name: &str| {
            vault.delete(name).map_err(|error| failed(StoreOperation::Remove, name, error)).map(drop)
        };
        let Some(mut change) = self.files.try_begin(key)? else { return Ok(false) };
        let mut moved = false;
        let name = self.token_name(key);
        if let Lookup::Found(file) = change.reload()? {
            self.halves.forget(&name);
            let whole = self.halves.joined_strictly(&name, file)?;
            if has_secrets(&whole) {
                change.commit(&whole)?;
                gone(&name)?;
                moved = true;
            }
        }
        let name = self.registration_name(registration);
        let kept = vault.get(&name).map_err(|error| failed(StoreOperation::Read, &name, error))?;
        if let Some(Ok(kept)) = kept.as_ref().map(parse_registration) {
            self.files.save_registration(registration, &kept)?;
            gone(&name)?;
            moved = true;
        }
        Ok(moved)
    }
}
