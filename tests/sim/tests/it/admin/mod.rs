//! The administrator's services: SSO Admin, Organizations, Identity Store.

mod access;
mod operations;
mod pages;
mod refusals;

use crate::client::Reply;
use crate::signer::Signer;
use serde_json::Value;
use sso_sim::{Principal, Sim, SimBuilder};

pub(super) const INSTANCE: &str = "arn:aws:sso:::instance/ssoins-7223000000000001";
pub(super) const STORE: &str = "d-9067f00ba1";
pub(super) const DEV: &str = "111122223333";
pub(super) const PROD: &str = "222233334444";
pub(super) const TEAM: &str = "9067f00ba1-aaaaaaaa-0000-0000-0000-000000000001";
pub(super) const ALICE: &str = "9067f00ba1-aaaaaaaa-0000-0000-0000-000000000002";

pub(super) fn builder() -> SimBuilder {
    SimBuilder::new()
        .permission_set("Audit", Some("Reads everything"), "PT8H")
        .relay_state("Audit", "https://console.aws.amazon.com/cloudtrail")
        .account(DEV, "dev", &["Admin"])
        .organization_account(PROD, "prod", "prod@example.com", "ACTIVE")
        .organization_account("333344445555", "old", "old@example.com", "SUSPENDED")
        .directory_group(TEAM, "platform")
        .directory_user(ALICE, "alice@example.com")
        .assignment(DEV, "Admin", Principal::group(TEAM))
        .assignment(PROD, "Audit", Principal::user(ALICE))
}

pub(super) fn world() -> (Sim, Signer) {
    let sim = builder().start();
    let signer = Signer::for_role(&sim);
    (sim, signer)
}

/// The reply to a call that has to succeed.
pub(super) fn ask(sim: &Sim, signer: &Signer, operation: &str, body: &Value) -> Value {
    let reply = signer.json(operation, body).call(sim);
    assert_eq!(reply.status, 200, "{operation} {body}: {reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/x-amz-json-1.1"));
    reply.json()
}

/// Status and code of a refusal, after a look at its form.
pub(super) fn refusal(reply: &Reply) -> (u16, String) {
    assert_eq!(reply.header("content-type"), Some("application/x-amz-json-1.1"), "{reply:?}");
    assert!(reply.header("x-amzn-ErrorType").is_none(), "{reply:?}");
    assert!(!reply.text("Message").is_empty());
    (reply.status, reply.kind())
}
