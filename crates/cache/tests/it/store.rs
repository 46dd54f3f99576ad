//! The store over real files: transactions, damage, other tools' files.

use sso_cache::{CacheDirs, EntryKind, FileStore};
use sso_core::{
    AccessToken, AccountId, ClientSecret, FailedRefresh, Lookup, RefreshToken, RoleCredentialStore as _,
    RoleCredentials, RoleKey, RoleName, SecretAccessKey, SessionName, SessionToken, StartUrl, StoreOperation,
    TokenClient, TokenKey, TokenSet, TokenStore, parse_timestamp,
};
use std::path::Path;

fn corp() -> TokenKey {
    TokenKey::Session(SessionName::new("corp"))
}

fn token(access: &str) -> TokenSet {
    TokenSet {
        access_token: AccessToken::new(access.into()),
        expires_at: parse_timestamp("2026-11-21T06:44:14Z").expect("an instant"),
        refresh_token: Some(RefreshToken::new("rt".into())),
        client: Some(TokenClient { id: "cid".into(), secret: Some(ClientSecret::new("cs".into())) }),
        registration_expires_at: parse_timestamp("2027-02-18T22:44:13Z").ok(),
        region: Some("us-east-1".into()),
        start_url: Some(StartUrl::new("https://corp.awsapps.com/start")),
    }
}

fn put(store: &FileStore, text: &[u8]) {
    let path = store.token_path(&corp());
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
    std::fs::write(path, text).expect("written");
}

fn with_store(test: impl FnOnce(&FileStore, &Path)) {
    let home = tempfile::tempdir().expect("a home");
    test(&FileStore::open(CacheDirs::below(home.path())), home.path());
}

#[test]
fn a_committed_token_is_found_and_unknown_fields_live_on() {
    with_store(|store, _| {
        put(store, br#"{"accessToken": "old", "expiresAt": "2026-01-01T00:00:00UTC", "ideState": {"a": 1}}"#);
        let mut change = store.try_begin(&corp()).expect("no error").expect("free");
        assert!(matches!(change.reload(), Ok(Lookup::Found(_))));
        change.reserve().expect("space");
        change.commit(&token("new")).expect("saved");
        assert_eq!(store.load(&corp()).expect("read"), Lookup::Found(token("new")));
        let text = std::fs::read_to_string(store.token_path(&corp())).expect("read");
        assert!(text.ends_with(r#""refreshToken": "rt", "ideState": {"a": 1}}"#), "{text}");
    });
}

#[test]
fn one_transaction_at_a_time() {
    with_store(|store, _| {
        let first = store.try_begin(&corp()).expect("no error").expect("free");
        assert!(store.try_begin(&corp()).expect("no error").is_none());
        let other = TokenKey::Session(SessionName::new("other"));
        assert!(store.try_begin(&other).expect("no error").is_some(), "a lock a key");
        drop(first);
        assert!(store.try_begin(&corp()).expect("no error").is_some());
    });
}

thread_local! {
    /// The file that is being written, and how often it was waited for.
    static WRITING: std::cell::RefCell<(std::path::PathBuf, u32, u32)> = const {
        std::cell::RefCell::new((std::path::PathBuf::new(), 0, 0))
    };
}

/// Somebody writes in place and is done after some waits.
fn written_meanwhile(_: std::time::Duration) {
    WRITING.with_borrow_mut(|(path, waits, done_after)| {
        *waits += 1;
        if waits == done_after {
            let whole = br#"{"accessToken": "whole", "expiresAt": "2026-11-21T06:44:14Z"}"#;
            std::fs::write(path, whole).expect("written");
        }
    });
}

#[test]
fn a_torn_file_is_read_again_up_to_six_times() {
    for torn in [b"".as_slice(), b"{\"accessToken\": \"CAN", b"\xff\xfe"] {
        for (done_after, waits, whole) in [(1, 1, true), (6, 6, true), (7, 6, false)] {
            let home = tempfile::tempdir().expect("a home");
            let store = FileStore::open_with(CacheDirs::below(home.path()), written_meanwhile);
            put(&store, torn);
            WRITING.set((store.token_path(&corp()), 0, done_after));
            let found = store.load(&corp()).expect("read");
            assert_eq!(matches!(found, Lookup::Found(_)), whole, "{found:?}");
            assert_eq!(matches!(found, Lookup::Damaged(_)), !whole);
            assert_eq!(WRITING.with_borrow(|writing| writing.1), waits);
        }
    }
    // What is whole and of no use, or not there, is not waited for.
    let home = tempfile::tempdir().expect("a home");
    let store = FileStore::open_with(CacheDirs::below(home.path()), written_meanwhile);
    WRITING.set((store.token_path(&corp()), 0, 0));
    assert_eq!(store.load(&corp()).expect("read"), Lookup::Absent);
    put(&store, b"{}");
    assert!(matches!(store.load(&corp()), Ok(Lookup::Damaged(_))));
    assert_eq!(WRITING.with_borrow(|writing| writing.1), 0);
}

/// The real wait: a writer in place beside a reader, who sees no torn file.
#[test]
fn a_reader_beside_a_writer_in_place_finds_every_token_whole() {
    let home = tempfile::tempdir().expect("a home");
    let store = FileStore::open(CacheDirs::below(home.path()));
    let whole = br#"{"accessToken": "whole", "expiresAt": "2026-11-21T06:44:14Z"}"#;
    put(&store, whole);
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let path = store.token_path(&corp());
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                std::fs::write(&path, whole).expect("written");
                std::thread::park_timeout(std::time::Duration::from_millis(3));
            }
        });
        let torn = (0..1_000).filter(|_| !matches!(store.load(&corp()), Ok(Lookup::Found(_)))).count();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(torn, 0);
    });
}

/// Our own writes are whole or not at all: nobody needs to wait for them.
#[test]
fn a_reader_beside_our_writer_never_sees_a_torn_file() {
    fn never(_: std::time::Duration) {
        panic!("a torn file of ours");
    }
    let home = tempfile::tempdir().expect("a home");
    let store = FileStore::open_with(CacheDirs::below(home.path()), never);
    let save = |name: &str| {
        let change = store.try_begin(&corp()).expect("no error").expect("free");
        change.commit(&token(name)).expect("saved");
    };
    save("first");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                save("short");
                save(&"long".repeat(500));
            }
        });
        let found = (0..5_000).filter(|_| matches!(store.load(&corp()), Ok(Lookup::Found(_)))).count();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(found, 5_000);
    });
}

#[test]
fn the_lock_says_who_holds_it_and_what_failed_last() {
    with_store(|store, _| {
        assert_eq!((store.holder(&corp()), store.failed_refresh(&corp())), (None, None));
        let mut change = store.try_begin(&corp()).expect("no error").expect("free");
        let holder = store.holder(&corp()).expect("it is held");
        assert_eq!(holder.pid, std::process::id());
        assert!(!holder.host.is_empty() && holder.held_for.as_secs() < 60, "{holder}");
        let at = parse_timestamp("2026-11-21T06:44:14Z").expect("an instant");
        let failed = FailedRefresh { at, code: "invalid_grant".into() };
        change.note_failure(&failed);
        drop(change);
        assert_eq!(store.failed_refresh(&corp()), Some(failed.clone()), "it outlives the holder");
        let change = store.try_begin(&corp()).expect("no error").expect("free");
        assert_eq!(store.failed_refresh(&corp()), Some(failed), "... and the next");
        change.commit(&token("new")).expect("saved");
        assert_eq!(store.failed_refresh(&corp()), None);
        assert!(store.written_at(&corp()).is_some());
    });
}

#[test]
fn damage_is_a_miss_that_says_why_and_stays_on_disk() {
    with_store(|store, _| {
        put(store, b"{\"accessToken\": \"CANARY");
        let Lookup::Damaged(damage) = store.load(&corp()).expect("read") else { panic!("not damaged") };
        let said = damage.to_string();
        assert!(said.contains("it ends in the middle") && !said.contains("CANARY"), "{said}");
        assert!(store.token_path(&corp()).exists());
        store
            .try_begin(&corp())
            .expect("no error")
            .expect("free")
            .commit(&token("new"))
            .expect("a login mends it");
        assert!(matches!(store.load(&corp()), Ok(Lookup::Found(_))));
    });
}

#[test]
fn a_store_that_cannot_be_written_is_an_error_that_names_the_place() {
    with_store(|store, home| {
        std::fs::write(home.join(".aws"), b"a file where the directory should be").expect("written");
        assert_eq!(store.load(&corp()).expect("reads as absent"), Lookup::Absent);
        let Err(error) = store.try_begin(&corp()) else { panic!("locked nothing") };
        assert_eq!(error.operation, StoreOperation::Lock);
        assert!(error.path.starts_with(home));
    });
}

#[test]
fn a_listing_knows_what_is_whose_and_holds_no_secret() {
    with_store(|store, home| {
        store.try_begin(&corp()).expect("no error").expect("free").commit(&token("CANARY")).expect("saved");
        let sso = home.join(".aws/sso/cache");
        let cli = home.join(".aws/cli/cache");
        std::fs::create_dir_all(&cli).expect("made");
        for (path, text) in [
            (
                sso.join("kiro-auth-token.json"),
                r#"{"accessToken": "CANARY", "expiresAt": "2026-11-21T06:44:14Z"}"#,
            ),
            (
                sso.join("reg.json"),
                r#"{"clientId": "c", "clientSecret": "CANARY", "expiresAt": "2027-02-18T22:43:48Z"}"#,
            ),
            (sso.join("torn.json"), "{"),
            (sso.join("tail.json"), r#"{"mine": 1}"}"#),
            (cli.join("tail.json"), r#"{"mine": 1}"}"#),
            (sso.join("notes.txt"), "not JSON, not ours"),
            (cli.join("assumed.json"), r#"{"Credentials": {"AccessKeyId": "A"}}"#),
            (cli.join("session.db"), "SQLite"),
        ] {
            std::fs::write(path, text).expect("written");
        }
        let entries = store.entries().expect("listed");
        let count =
            |wanted: fn(&EntryKind) -> bool| entries.iter().filter(|entry| wanted(&entry.kind)).count();
        assert_eq!(count(|kind| matches!(kind, EntryKind::Token { has_client: true, .. })), 1);
        assert_eq!(count(|kind| matches!(kind, EntryKind::Token { has_client: false, .. })), 1);
        assert_eq!(
            count(|kind| matches!(kind, EntryKind::Registration { client_id, .. } if client_id == "c")),
            1
        );
        // Nobody reads a file of the CLI's cache with something behind its end.
        assert_eq!(count(|kind| matches!(kind, EntryKind::Damaged(_))), 2);
        assert_eq!(count(|kind| matches!(kind, EntryKind::Foreign)), 2);
        assert_eq!(entries.iter().filter(|entry| entry.tail).count(), 2);
        assert!(!format!("{entries:?}").contains("CANARY"));
    });
}

#[test]
fn removing_what_is_not_there_is_no_error() {
    with_store(|store, _| {
        let remove = || store.try_begin(&corp()).expect("no error").expect("free").remove();
        assert!(!remove().expect("no error"));
        put(store, b"{}");
        assert!(remove().expect("no error"), "torn or not");
        assert_eq!(store.load(&corp()).expect("read"), Lookup::Absent);
    });
}

/// A save that was killed left its temp, which holds secrets: the next save of the same file removes it.
#[cfg(unix)]
#[test]
fn orphans_of_registrations_and_roles_are_swept_by_the_next_save() {
    let mut child = std::process::Command::new("true").spawn().expect("it starts");
    child.wait().expect("it ends");
    with_store(|store, _| {
        let key = RoleKey {
            token: corp(),
            account_id: AccountId::new("111122223333"),
            role_name: RoleName::new("Admin"),
        };
        let credentials = RoleCredentials {
            access_key_id: "ASIA".into(),
            secret_access_key: SecretAccessKey::new("s".into()),
            session_token: SessionToken::new("t".into()),
            expires_at: parse_timestamp("2026-11-21T06:44:14Z").expect("an instant"),
            account_id: None,
        };
        let path = store.role_path(&key);
        let save = || {
            let mut change = store.try_begin_role(&key).expect("no error").expect("free");
            assert!(store.try_begin_role(&key).expect("no error").is_none(), "one at a time");
            assert_eq!(store.role_holder(&key).map(|holder| holder.pid), Some(std::process::id()));
            let before = change.reload().expect("read").found();
            change.commit(&credentials).expect("saved");
            before
        };
        assert_eq!(save(), None);
        let stem = path.file_stem().expect("a name").to_str().expect("text");
        let orphan = path.with_file_name(format!(".{stem}.{}.abc.tmp", child.id()));
        std::fs::write(&orphan, "CANARY").expect("written");
        assert!(save().is_some(), "what another process has saved is seen under the lock");
        assert!(!orphan.exists() && path.exists());
        std::fs::write(&orphan, "CANARY").expect("written");
        assert_eq!((store.sweep_orphans(), store.sweep_orphans()), (1, 0));
        assert!(!orphan.exists() && path.exists());
    });
}

#[test]
fn one_asks_the_user_and_the_token_stays_free() {
    with_store(|store, home| {
        let asking = store.try_login_lock(&corp()).expect("no error").expect("free");
        assert!(store.try_login_lock(&corp()).expect("no error").is_none());
        assert!(store.try_begin(&corp()).expect("no error").is_some(), "another lock than the token's");
        drop(asking);
        assert!(store.try_login_lock(&corp()).expect("no error").is_some());
        let locks = home.join(".aws/sso/.sso-locks");
        let login = locks.join("ee0bfd2552fbd840c02cc48b6e823320543c450f.login.lock");
        assert!(login.exists(), "beside the token's lock, named like it");
    });
}

#[test]
fn how_a_login_failed_is_noted() {
    with_store(|store, _| {
        assert!(store.failed_login(&corp()).is_none());
        store.note_failed_login(&corp(), "5 I04 1").expect("noted");
        assert_eq!(store.failed_login(&corp()).map(|(note, _)| note), Some("5 I04 1".into()));
        store.note_failed_login(&corp(), "9 I07 2").expect("noted");
        assert_eq!(store.failed_login(&corp()).map(|(note, _)| note), Some("9 I07 2".into()));
    });
}
