//! Target: the files of role credentials, both kinds: of a role of a session, and of an assumed role. Input: the bytes of a
//! file, which is read as each.
//!
//! It holds credentials or is damaged, and why it is damaged tells nothing of it. Credentials are those of the account and
//! role that were asked for, and none of their parts is empty. Kept again they are the same, in whole seconds.

use crate::scratch::{content, home, in_a_moment, put};
use crate::secrets::{CANARY, silent, silent_text};
use sso_cache::{CacheDirs, FileStore};
use sso_core::{
    AccountId, AssumeRoleKey, AssumedRole, CredentialKey, Lookup, RoleArn, RoleCredentialStore,
    RoleCredentials, RoleKey, RoleName, SessionName, Timestamp, TokenKey, format_timestamp,
};
use std::path::Path;

const ACCOUNT: &str = "111122223333";
const ROLE: &str = "arn:aws:iam::111122223333:role/path/Deploy";

/// Runs the target.
pub fn role_json(data: &[u8]) {
    let store = FileStore::open_with(CacheDirs::below(&home()), |_| ());
    let role = RoleKey {
        token: TokenKey::Session(SessionName::new("role")),
        account_id: AccountId::new(ACCOUNT),
        role_name: RoleName::new("Admin"),
    };
    judge(&store, &role, &store.role_path(&role), data, RoleCredentials::clone);
    let assumed = AssumeRoleKey {
        role_arn: RoleArn::parse(ROLE).expect("an ARN"),
        role_session_name: None,
        external_id: None,
        duration_seconds: None,
        mfa_serial: None,
    };
    judge(&store, &assumed, &store.assumed_role_path(&assumed), data, |credentials| AssumedRole {
        credentials: credentials.clone(),
        assumed_role_id: "AROAX:s".to_owned(),
        arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/s"),
        request_id: String::new(),
        status: 200,
        headers: Vec::new(),
    });
    silent_listing(&store);
}

fn judge<K: CredentialKey>(
    store: &impl RoleCredentialStore<K>,
    key: &K,
    path: &Path,
    data: &[u8],
    answer: impl Fn(&RoleCredentials) -> K::Answer,
) {
    put(path, data);
    let found = match store.load_role(key).expect("a file that can be read") {
        Lookup::Found(found) => found,
        Lookup::Damaged(damage) => return silent_text(&format!("{damage} {damage:?}")),
        Lookup::Absent => panic!("it is there"),
    };
    if !found.access_key_id.contains(CANARY) {
        silent(&found);
    }
    assert!(found.account_id.as_ref().is_none_or(|account| account.as_str() == ACCOUNT));
    let texts = [&*found.access_key_id, found.secret_access_key.expose(), found.session_token.expose()];
    assert!(texts.iter().all(|text| !text.is_empty()));
    for now in [Timestamp::MIN, Timestamp::MAX] {
        let _ = (found.remaining(now), found.fresh(now));
    }
    let keep = |credentials: &RoleCredentials| {
        let mut change = in_a_moment(|| store.try_begin_role(key).expect("locked"));
        assert!(matches!(change.reload(), Ok(Lookup::Found(_))));
        change.commit(&answer(credentials)).expect("kept");
        let again = store.load_role(key).expect("readable");
        let Lookup::Found(again) = again else { panic!("what we write we read: {again:?}") };
        (again, content(path))
    };
    let (again, first) = keep(&found);
    assert_eq!(in_seconds(&again), in_seconds(&found));
    assert_eq!(first, keep(&again).1, "kept twice");
    assert!(first.is_ascii(), "as Python writes it");
}

/// The credentials with their end as the file can say it. Files of old AWS CLI versions name no account, ours do.
fn in_seconds(credentials: &RoleCredentials) -> (RoleCredentials, String) {
    let end = format_timestamp(credentials.expires_at);
    let account_id = Some(AccountId::new(ACCOUNT));
    (RoleCredentials { expires_at: Timestamp::UNIX_EPOCH, account_id, ..credentials.clone() }, end)
}

/// A listing tells whose credentials there are, and not more.
fn silent_listing(store: &FileStore) {
    let shown = format!("{:?}", store.entries().expect("listed"));
    assert!(!shown.contains("SECRET-OF-A-ROLE"), "{shown}");
}
