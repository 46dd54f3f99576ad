//! Target: what STS answers. Input: one reply (see `replies`).
//!
//! Credentials that are taken are whole, live, and of the role that was asked for. No error holds the caller's secrets,
//! though STS repeats them when it explains why a signature is wrong.

use crate::replies::{client, credentials, endpoint, now, replies, run};
use crate::secrets::{CANARY, silent_text, told_of_reply};
use sso_core::{AssumeRoleKey, Region, RoleArn, RoleCredentials};
use sso_discovery::{AssumeRole, Sts, StsError};

const ROLE: &str = "arn:aws:iam::222233334444:role/path/Deploy";

/// Runs the target.
pub fn sts_reply(data: &[u8]) {
    let replies = replies(data);
    let region = Region::parse("eu-west-1").expect("a region");
    let sts = || Sts::new(client(&replies, false), endpoint(), region.clone());
    if let Err(error) = run(sts().get_caller_identity(&credentials(), now())) {
        failed(&error);
    }
    let key = AssumeRoleKey {
        role_arn: RoleArn::parse(ROLE).expect("an ARN"),
        role_session_name: None,
        external_id: None,
        duration_seconds: None,
        mfa_serial: None,
    };
    let role = AssumeRole { key: &key, default_session_name: "fuzz" };
    match run(sts().assume_role(role, &credentials(), now())) {
        Ok(assumed) => {
            let found = &assumed.credentials;
            assert!(
                found.expires_at > now() && RoleCredentials::end(found.expires_at, now()) == found.expires_at
            );
            assert!(key.role_arn.is_role_of(&assumed.arn), "{}", assumed.arn);
            for part in
                [&*found.access_key_id, found.secret_access_key.expose(), found.session_token.expose()]
            {
                assert!(!part.is_empty() && part.trim() == part, "{part:?}");
            }
            assert_eq!(found.account_id.as_ref().map(|id| id.as_str()), Some("222233334444"));
        }
        Err(error) => failed(&error),
    }
}

/// The secrets of the caller do not come out of an error. The canary is a part of them; alone it is foreign text.
fn failed(error: &StsError) {
    let told = told_of_reply(error);
    let caller = credentials();
    for secret in [caller.secret_access_key.expose(), caller.session_token.expose()] {
        assert!(!told.contains(secret), "{told}");
    }
    if matches!(error, StsError::Malformed(_)) {
        silent_text(&told);
    }
    assert!(CANARY.len() < told.len());
}
