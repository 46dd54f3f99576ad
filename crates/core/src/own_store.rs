//! For stores of another program that are held in memory: what such a store need not write itself.

use crate::{ClientRegistration, Lookup, RegistrationKey, RegistrationStore, StoreError, TokenSet, TokenTxn};
use std::ops::DerefMut;

/// Whoever holds a mutex that a token is in has the token to itself, so the guard is the transaction. There is nothing to
/// reserve: memory is not written to a disk that may be full.
impl<G: DerefMut<Target = Option<TokenSet>> + Send> TokenTxn for G {
    fn reload(&mut self) -> Result<Lookup<TokenSet>, StoreError> {
        Ok(self.as_ref().cloned().into())
    }

    fn reserve(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn commit(mut self: Box<Self>, token: &TokenSet) -> Result<(), StoreError> {
        **self = Some(token.clone());
        Ok(())
    }

    fn remove(mut self: Box<Self>) -> Result<bool, StoreError> {
        Ok(self.take().is_some())
    }
}

/// Keeps no registrations: every login registers anew, which costs it one request more.
#[derive(Clone, Copy, Debug, Default)]
pub struct NotKept;

impl RegistrationStore for NotKept {
    fn load_registration(&self, _: &RegistrationKey) -> Result<Lookup<ClientRegistration>, StoreError> {
        Ok(Lookup::Absent)
    }

    fn save_registration(&self, _: &RegistrationKey, _: &ClientRegistration) -> Result<(), StoreError> {
        Ok(())
    }

    fn remove_registration(&self, _: &RegistrationKey) -> Result<bool, StoreError> {
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccessToken, Timestamp};
    use std::sync::{Mutex, MutexGuard};

    fn token() -> TokenSet {
        TokenSet {
            access_token: AccessToken::new("secret".into()),
            expires_at: Timestamp::UNIX_EPOCH,
            refresh_token: None,
            client: None,
            registration_expires_at: None,
            region: None,
            start_url: None,
        }
    }

    /// A guard that may go to another thread, as those of tokio and parking_lot do.
    struct Sendable<'a>(&'a mut Option<TokenSet>);

    impl std::ops::Deref for Sendable<'_> {
        type Target = Option<TokenSet>;

        fn deref(&self) -> &Self::Target {
            self.0
        }
    }

    impl DerefMut for Sendable<'_> {
        fn deref_mut(&mut self) -> &mut Self::Target {
            self.0
        }
    }

    #[test]
    fn a_guard_sees_and_changes_what_it_guards() {
        let kept = Mutex::new(None);
        let mut held: MutexGuard<'_, Option<TokenSet>> = kept.lock().expect("no panic");
        let mut first = Box::new(Sendable(&mut held));
        assert_eq!(first.reload().expect("memory"), Lookup::Absent);
        first.reserve().expect("memory");
        first.commit(&token()).expect("memory");
        let mut second = Box::new(Sendable(&mut held));
        assert_eq!(second.reload().expect("memory"), Lookup::Found(token()));
        assert!(second.remove().expect("memory"), "there was one");
        assert!(!Box::new(Sendable(&mut held)).remove().expect("memory"), "there is none any more");
    }
}
