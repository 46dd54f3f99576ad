//! The example, run.

use crate::simulated::{take_role, world};
use sso_vectors::example;

#[tokio::test]
async fn caller_identity() {
    let sim = world().start();
    let keys = take_role(&sim).await;
    let mut env = [
        ("AWS_ACCESS_KEY_ID", keys.access_key_id.as_str()),
        ("AWS_SECRET_ACCESS_KEY", keys.secret_access_key.expose()),
        ("AWS_SESSION_TOKEN", keys.session_token.expose()),
    ];
    let ended = example("caller_identity", &["us-east-1", sim.url()], &env, "");
    assert!(ended.ok, "{}", ended.err);
    assert!(ended.out.starts_with("\"arn:aws:sts::111122223333:assumed-role/"), "{}", ended.out);
    assert!(ended.out.ends_with("in account 111122223333\n"), "{}", ended.out);

    env[1].1 = "another";
    let ended = example("caller_identity", &["us-east-1", sim.url()], &env, "");
    assert!(!ended.ok && ended.err.contains("SignatureDoesNotMatch"), "{}", ended.err);
}
