//! From one mode to the other and back.

use crate::files::{Files, Lockable, key, registration, registration_key, store, token};
use sso_core::TokenStore as _;

const ENDS: &str = "2026-11-21T07:00:00Z";

fn plain() -> Files {
    let files = Files::default();
    *files.token.lock().expect("no panic") = Some(token("one", ENDS));
    *files.registration.lock().expect("no panic") = Some(registration());
    files
}

#[test]
fn there_and_back() {
    let (files, vault) = (plain(), Lockable::default());
    let split = store(&files, vault.clone());
    let (key, registration_key) = (key(), registration_key());
    assert!(split.lies_in_files(&key, &registration_key).expect("no error"));
    assert!(split.take_in(&key, &registration_key).expect("moved"));
    assert!(!split.lies_in_files(&key, &registration_key).expect("no error"));
    assert_eq!(*files.registration.lock().expect("no panic"), None);
    assert_eq!(vault.items.names().len(), 2);
    assert!(!split.take_in(&key, &registration_key).expect("nothing to do"));

    assert!(split.give_back(&key, &registration_key).expect("moved"));
    assert_eq!(*files.token.lock().expect("no panic"), Some(token("one", ENDS)));
    assert_eq!(*files.registration.lock().expect("no panic"), Some(registration()));
    assert!(vault.items.names().is_empty());
    assert!(split.load(&key).expect("no error").found().is_some());
}

/// What cannot be moved stays where it is, whole.
#[test]
fn a_locked_vault_changes_nothing() {
    let (files, vault) = (plain(), Lockable::default());
    let split = store(&files, vault.clone());
    vault.lock(true);
    split.take_in(&key(), &registration_key()).expect_err("it is locked");
    assert_eq!(*files.token.lock().expect("no panic"), Some(token("one", ENDS)));
    assert_eq!(*files.registration.lock().expect("no panic"), Some(registration()));
    vault.lock(false);
    split.take_in(&key(), &registration_key()).expect("moved");
    vault.lock(true);
    split.give_back(&key(), &registration_key()).expect_err("it is locked");
    assert_eq!(vault.items.names().len(), 2);
}

/// Half a move is not told as a whole one.
#[test]
fn while_somebody_is_at_the_token_nothing_moves() {
    let (files, vault) = (plain(), Lockable::default());
    let split = store(&files, vault.clone());
    let hold = |held| *files.held.lock().expect("no panic") = held;
    hold(true);
    assert!(!split.take_in(&key(), &registration_key()).expect("no error"));
    assert!(vault.items.names().is_empty(), "{:?}", vault.items.names());
    assert_eq!(*files.registration.lock().expect("no panic"), Some(registration()));
    hold(false);
    assert!(split.take_in(&key(), &registration_key()).expect("moved"));
    hold(true);
    assert!(!split.give_back(&key(), &registration_key()).expect("no error"));
    assert_eq!(vault.items.names().len(), 2);
    assert_eq!(*files.registration.lock().expect("no panic"), None);
}

/// Another tool signs in while the vault has an older half: its token is taken in.
#[test]
fn a_later_login_of_another_tool_is_taken_in() {
    let (files, vault) = (plain(), Lockable::default());
    let split = store(&files, vault);
    split.take_in(&key(), &registration_key()).expect("moved");
    let theirs = token("theirs", "2026-11-21T08:00:00Z");
    *files.token.lock().expect("no panic") = Some(theirs.clone());
    assert!(split.take_in(&key(), &registration_key()).expect("moved"));
    assert_eq!(split.load(&key()).expect("no error").found(), Some(theirs));
    assert!(!split.lies_in_files(&key(), &registration_key()).expect("no error"));
}
