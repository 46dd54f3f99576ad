//! Target: the file of a token. Input: its bytes.
//!
//! It is a token or it is damaged, and why it is damaged tells nothing of it. A token that is kept again is the same token,
//! in whole seconds; what we do not know of the file stays in it; kept twice it is the same file. A listing holds no secret.

use crate::scratch::{content, home, in_a_moment, put};
use crate::secrets::{canaries, silent, silent_text};
use serde_json::{Map, Value};
use sso_cache::{CacheDirs, CacheEntry, EntryKind, FileStore};
use sso_core::{
    FreshnessPolicy, Lookup, SessionName, Timestamp, TokenKey, TokenSet, TokenStore as _, format_timestamp,
};

/// What holds a secret in the file.
const SECRETS: [&str; 3] = ["accessToken", "refreshToken", "clientSecret"];
/// What we write ourselves.
const OURS: [&str; 8] = [
    "startUrl",
    "region",
    "accessToken",
    "expiresAt",
    "clientId",
    "clientSecret",
    "registrationExpiresAt",
    "refreshToken",
];

/// Runs the target.
pub fn token_json(data: &[u8]) {
    let store = FileStore::open_with(CacheDirs::below(&home()), |_| ());
    let key = TokenKey::Session(SessionName::new("token"));
    let path = store.token_path(&key);
    put(&path, data);
    let listed = listed(&store, &path);
    match store.load(&key).expect("a file that can be read") {
        Lookup::Found(token) => {
            let before = object(data).expect("a token is an object");
            if only_in_secrets(data, &before) {
                silent(&(&token, &listed));
            }
            assert!(matches!(listed.kind, EntryKind::Token { .. }), "{listed:?}");
            ages(&token);
            kept_again(&store, &key, &token, &before);
        }
        Lookup::Damaged(damage) => {
            silent_text(&damage.to_string());
            silent(&damage);
            // It may pass for the registration of a client, whose id is no secret.
            if object(data).is_none_or(|fields| only_in_secrets(data, &fields)) {
                silent(&listed);
            }
        }
        Lookup::Absent => panic!("it is there"),
    }
}

fn listed(store: &FileStore, path: &std::path::Path) -> CacheEntry {
    let entries = store.entries().expect("listed");
    entries.into_iter().find(|entry| entry.path == path).expect("it is listed")
}

/// Whether the word stands in values that are secret, and nowhere else.
fn only_in_secrets(data: &[u8], fields: &Map<String, Value>) -> bool {
    canaries(data) == SECRETS.iter().map(|name| canaries_in(fields, name)).sum::<usize>()
}

fn canaries_in(fields: &Map<String, Value>, name: &str) -> usize {
    fields.get(name).and_then(Value::as_str).map_or(0, |text| canaries(text.as_bytes()))
}

/// The object in front; whatever stands behind it does not count.
fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::Deserializer::from_slice(bytes).into_iter().next()?.ok()? {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

/// No end is so far away that it cannot be reckoned with.
fn ages(token: &TokenSet) {
    for now in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        let policy = FreshnessPolicy::default();
        let _ = (token.remaining(now), token.freshness(now, &policy), token.refresh_grant(now));
    }
}

/// Keeps what was read, and reads it again.
fn kept_again(store: &FileStore, key: &TokenKey, token: &TokenSet, before: &Map<String, Value>) {
    let keep = |token: &TokenSet| {
        let mut change = in_a_moment(|| store.try_begin(key).expect("locked"));
        assert!(matches!(change.reload(), Ok(Lookup::Found(_))));
        change.reserve().expect("room");
        change.commit(token).expect("kept");
        let Lookup::Found(again) = store.load(key).expect("readable") else {
            panic!("what we write we read")
        };
        (again, content(&store.token_path(key)))
    };
    let (again, first) = keep(token);
    assert_eq!(in_seconds(&again), in_seconds(token));
    let (_, second) = keep(&again);
    assert_eq!(first, second, "kept twice");
    let after: Map<String, Value> = serde_json::from_slice(&first).expect("JSON and nothing behind it");
    assert!(first.is_ascii(), "as Python writes it");
    for (name, value) in before {
        let is_ours = OURS.contains(&name.as_str());
        assert!(
            is_ours || after.get(name) == Some(value),
            "{name} was {value}, and is {:?}",
            after.get(name)
        );
    }
}

/// The token with its ends as the file can say them.
fn in_seconds(token: &TokenSet) -> (TokenSet, String, Option<String>) {
    let ends = (format_timestamp(token.expires_at), token.registration_expires_at.map(format_timestamp));
    let (expires_at, registration_expires_at) = (Timestamp::UNIX_EPOCH, None);
    (TokenSet { expires_at, registration_expires_at, ..token.clone() }, ends.0, ends.1)
}
