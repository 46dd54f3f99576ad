//! Reading and writing through both halves.

use crate::files::{Files, Lockable, key, registration, registration_key, store, token};
use sso_core::{Lookup, RefreshToken, RegistrationStore as _, TokenSet, TokenStore as _};
use sso_keyring::VaultError;

const LATER: &str = "2026-11-21T07:00:00Z";
const ENDED: &str = "2026-11-21T06:00:00Z";

fn commit(files: &Files, vault: &Lockable, token: &TokenSet) {
    let change = store(files, vault.clone()).try_begin(&key()).expect("no error").expect("free");
    change.commit(token).expect("saved");
}

fn refresh_token(found: Lookup<TokenSet>) -> Option<String> {
    found.found()?.refresh_token.as_ref().map(|token| RefreshToken::expose(token).to_owned())
}

#[test]
fn the_file_has_no_secret_and_the_store_has_all() {
    let (files, vault) = (Files::default(), Lockable::default());
    let whole = token("one", LATER);
    commit(&files, &vault, &whole);
    let file = files.token.lock().expect("no panic").clone().expect("there");
    assert_eq!((&file.refresh_token, &file.access_token), (&None, &whole.access_token));
    let client = file.client.expect("its client is named");
    assert_eq!((client.id.as_str(), client.secret), ("c", None));
    assert_eq!(store(&files, vault.clone()).load(&key()).expect("no error"), Lookup::Found(whole));
    assert_eq!(store(&files, vault.clone()).holds(&key()), Ok(true));
    let change = store(&files, vault.clone()).try_begin(&key()).expect("no error").expect("free");
    assert!(change.remove().expect("removed"));
    assert!(vault.items.names().is_empty() && files.token.lock().expect("no panic").is_none());
}

/// A full disk stands for a kill between the two writes: the new refresh token is the one that is there.
#[test]
fn the_new_refresh_token_is_never_lost() {
    let (files, vault) = (Files::default(), Lockable::default());
    commit(&files, &vault, &token("spent", ENDED));
    *files.full.lock().expect("no panic") = true;
    let change = store(&files, vault.clone()).try_begin(&key()).expect("no error").expect("free");
    change.commit(&token("new", LATER)).expect_err("the disk is full");
    let found = store(&files, vault).load(&key()).expect("no error");
    assert_eq!(refresh_token(found), Some("new".to_owned()));
}

/// Nothing may be sent while the vault does not take anything; what it has is unchanged by the question.
#[test]
fn what_cannot_be_kept_is_known_before() {
    for first in [false, true] {
        let (files, vault) = (Files::default(), Lockable::default());
        if first {
            commit(&files, &vault, &token("one", ENDED));
        }
        let names = vault.items.names();
        let begin = || store(&files, vault.clone()).try_begin(&key()).expect("no error").expect("free");
        begin().reserve().expect("it is open");
        assert_eq!(vault.items.names(), names, "nothing is left over");
        vault.lock(true);
        let error = begin().reserve().expect_err("it is locked");
        assert_eq!(error.source.downcast_ref(), Some(&VaultError::Locked));
    }
}

/// A living access token works without its other half; one that has ended says what is wrong with it.
#[test]
fn a_vault_that_cannot_be_read() {
    for (ends, found) in [(LATER, true), (ENDED, false)] {
        let (files, vault) = (Files::default(), Lockable::default());
        commit(&files, &vault, &token("one", ends));
        vault.lock(true);
        let loaded = store(&files, vault).load(&key());
        assert_eq!(loaded.is_ok_and(|loaded| refresh_token(loaded).is_none()), found, "{ends}");
    }
}

/// Whoever waits for a lock looks again and again.
#[test]
fn the_vault_is_asked_once_a_file() {
    let (files, vault) = (Files::default(), Lockable::default());
    commit(&files, &vault, &token("one", ENDED));
    let waiting = store(&files, vault.clone());
    let reads = |expected: u32, why: &str| {
        (0..10).for_each(|_| drop(waiting.load(&key()).expect("no error")));
        assert_eq!(*vault.reads.lock().expect("no panic"), expected, "{why}");
    };
    reads(1, "the file is the same");
    commit(&files, &vault, &token("two", LATER));
    reads(2, "somebody has refreshed it");
    let mut change = waiting.try_begin(&key()).expect("no error").expect("free");
    change.reload().expect("no error");
    reads(3, "under the lock it is asked in any case");
}

#[test]
fn registrations_are_in_the_vault_alone() {
    let (files, vault) = (Files::default(), Lockable::default());
    // One that another tool has left is used, and replaced.
    *files.registration.lock().expect("no panic") = Some(registration());
    let split = store(&files, vault.clone());
    let key = registration_key();
    assert_eq!(split.load_registration(&key).expect("no error"), Lookup::Found(registration()));
    split.save_registration(&key, &registration()).expect("saved");
    assert_eq!(*files.registration.lock().expect("no panic"), None);
    assert_eq!(split.load_registration(&key).expect("no error"), Lookup::Found(registration()));
    assert!(split.remove_registration(&key).expect("removed") && vault.items.names().is_empty());
    vault.lock(true);
    split.load_registration(&key).expect_err("it is locked");
    split.save_registration(&key, &registration()).expect_err("it is locked");
    assert_eq!(*files.registration.lock().expect("no panic"), None, "never in plain instead");
}
