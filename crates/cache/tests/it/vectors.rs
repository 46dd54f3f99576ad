//! Upstream vectors: names, reading and writing of cache files.

use serde_json::Value;
use sso_cache::{CacheDirs, FileStore, registration_file_name, role_file_name, token_file_name};
use sso_core::{
    AccessToken, AccountId, ClientSecret, Lookup, RefreshToken, Region, RegistrationKey, RoleCredentialStore,
    RoleKey, RoleName, SessionName, StartUrl, Timestamp, TokenClient, TokenKey, TokenSet, TokenStore,
};

fn text(case: &Value, key: &str) -> Option<String> {
    case.get(key)?.as_str().map(str::to_owned)
}

fn token_key(case: &Value) -> TokenKey {
    match text(case, "session") {
        Some(name) => TokenKey::Session(SessionName::new(name)),
        None => TokenKey::StartUrl(StartUrl::new(text(case, "start_url").expect("a start URL"))),
    }
}

#[test]
fn token_file_names() {
    for (from, case) in sso_vectors::cases("token-cache-names") {
        let key = TokenKey::Session(SessionName::new(text(&case, "input").expect("an input")));
        assert_eq!(Some(token_file_name(&key)), text(&case, "file"), "{from} {case}");
    }
}

#[test]
fn registration_file_names() {
    for (from, case) in sso_vectors::cases("registration-cache-names") {
        let scopes = case["scopes"]
            .as_array()
            .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        let key = RegistrationKey {
            session: text(&case, "session").map(SessionName::new),
            start_url: StartUrl::new(text(&case, "start_url").expect("a start URL")),
            region: Region::parse(&text(&case, "region").expect("a region")).expect("a region"),
            scopes,
        };
        assert_eq!(Some(registration_file_name(&key)), text(&case, "file"), "{from} {case}");
    }
}

fn role_key(case: &Value, account: &str, role: &str) -> RoleKey {
    RoleKey {
        token: token_key(case),
        account_id: AccountId::new(text(case, account).expect("an account")),
        role_name: RoleName::new(text(case, role).expect("a role")),
    }
}

#[test]
fn role_credential_file_names() {
    for (from, case) in sso_vectors::cases("role-credential-cache-names") {
        let key = role_key(&case, "account_id", "role_name");
        assert_eq!(Some(role_file_name(&key)), text(&case, "file"), "{from} {case}");
    }
}

#[test]
fn role_credential_files() {
    for (from, case) in sso_vectors::cases("role-credentials") {
        let expected = case["expect"]["cli_cache"].clone();
        if expected.is_null() {
            continue;
        }
        let home = tempfile::tempdir().expect("a home");
        let store = FileStore::open(CacheDirs::below(home.path()));
        let key = role_key(&case, "account", "role");
        let change = store.try_begin_role(&key).expect("no error").expect("free");
        change.commit(&credentials(&case)).expect("saved");
        let written: Value =
            serde_json::from_slice(&std::fs::read(store.role_path(&key)).expect("read")).expect("JSON");
        assert_eq!(written, expected, "{from}");
        assert_eq!(
            store.role_path(&key).file_name().and_then(|name| name.to_str()),
            case["expect"]["cli_cache_file"].as_str(),
            "{from}"
        );
        assert_eq!(store.load_role(&key).expect("read").found(), Some(credentials(&case)), "{from}");
    }
}

fn credentials(case: &Value) -> sso_core::RoleCredentials {
    let reply = &case["response"]["roleCredentials"];
    sso_core::RoleCredentials {
        access_key_id: text(reply, "accessKeyId").expect("a key id"),
        secret_access_key: sso_core::SecretAccessKey::new(text(reply, "secretAccessKey").expect("a key")),
        session_token: sso_core::SessionToken::new(text(reply, "sessionToken").expect("a token")),
        expires_at: Timestamp::from_millisecond(reply["expiration"].as_i64().expect("an end"))
            .expect("an instant"),
        account_id: text(case, "account").map(AccountId::new),
    }
}

#[test]
fn token_files_read() {
    for (from, case) in sso_vectors::cases("token-cache-parse") {
        let home = tempfile::tempdir().expect("a home");
        let store = FileStore::open(CacheDirs::below(home.path()));
        let key = TokenKey::Session(SessionName::new("any"));
        let path = store.token_path(&key);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(&path, text(&case, "file").expect("a file")).expect("written");
        match (store.load(&key).expect("readable"), case["expect"].get("error")) {
            (Lookup::Found(token), None) => compare(&token, &case["expect"], &from),
            (Lookup::Damaged(_), Some(_)) => {}
            (other, _) => panic!("{from} {case}: {other:?}"),
        }
    }
}

fn compare(token: &TokenSet, expected: &Value, from: &str) {
    let found = serde_json::json!({
        "accessToken": token.access_token.expose(),
        "expiresAt_epoch": token.expires_at.as_second(),
        "registrationExpiresAt_epoch": token.registration_expires_at.map(Timestamp::as_second),
        "clientId": token.client.as_ref().map(|client| &client.id),
        "region": token.region,
    });
    for (name, value) in expected.as_object().expect("an object") {
        assert_eq!(found.get(name), Some(value), "{from} {name}");
    }
}

#[test]
fn token_files_written() {
    for (from, case) in sso_vectors::cases("token-cache-write") {
        let Some(expected) = case.get("expect_json") else { continue };
        let home = tempfile::tempdir().expect("a home");
        let store = FileStore::open(CacheDirs::below(home.path()));
        let key = token_key(&case);
        let fields = &case["token"];
        let epoch = |name: &str| fields[name].as_i64().and_then(|at| Timestamp::from_second(at).ok());
        let token = TokenSet {
            access_token: AccessToken::new(text(fields, "accessToken").expect("a token")),
            expires_at: epoch("expiresAt_epoch").expect("an end"),
            refresh_token: text(fields, "refreshToken").map(RefreshToken::new),
            client: text(fields, "clientId")
                .map(|id| TokenClient { id, secret: text(fields, "clientSecret").map(ClientSecret::new) }),
            registration_expires_at: epoch("registrationExpiresAt_epoch"),
            region: text(fields, "region"),
            start_url: text(fields, "startUrl").map(StartUrl::new),
        };
        store.try_begin(&key).expect("no error").expect("free").commit(&token).expect("saved");
        let written: Value =
            serde_json::from_slice(&std::fs::read(store.token_path(&key)).expect("read")).expect("JSON");
        assert_eq!(&written, expected, "{from}");
    }
}
