//! Who may, how often, and what goes wrong by order.

use super::{ALICE, DEV, INSTANCE, STORE, TEAM, ask, builder, refusal, world};
use crate::client::{Reply, portal, sign_in};
use crate::signer::Signer;
use serde_json::json;
use sso_sim::{Fault, SimBuilder};

#[test]
fn who_may_not_is_told_in_the_words_of_iam() {
    let sim = builder().administrators(&["Audit"]).start();
    let signer = Signer::for_role(&sim);
    let caller =
        "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/user@example.com";
    let words = |action: &str, resource: &str| {
        format!(
            "User: {caller} is not authorized to perform: {action} on resource: {resource} \
             because no identity-based policy allows the {action} action"
        )
    };
    let store = "arn:aws:identitystore::111122223333:identitystore/d-9067f00ba1";
    let calls = [
        ("ListInstances", json!({}), words("sso:ListInstances", "*")),
        ("ListPermissionSets", json!({"InstanceArn": INSTANCE}), words("sso:ListPermissionSets", INSTANCE)),
        (
            "DescribeUser",
            json!({"IdentityStoreId": STORE, "UserId": ALICE}),
            words("identitystore:DescribeUser", store),
        ),
        ("ListAccounts", json!({}), "You don't have permissions to access this resource.".into()),
    ];
    for (operation, body, words) in &calls {
        let reply = signer.json(operation, body).call(&sim);
        assert_eq!(refusal(&reply), (400, "AccessDeniedException".into()), "{operation}");
        assert_eq!(&reply.text("Message"), words);
    }
    sim.allow_all();
    for (operation, body, _) in &calls {
        ask(&sim, &signer, operation, body);
    }
    let sim = builder().administrators(&["Admin"]).deny("identitystore:DescribeGroup").start();
    let signer = Signer::for_role(&sim);
    ask(&sim, &signer, "ListInstances", &json!({}));
    let group = signer.json("DescribeGroup", &json!({"IdentityStoreId": STORE, "GroupId": TEAM}));
    assert_eq!(group.call(&sim).kind(), "AccessDeniedException");
    sim.deny("organizations:ListAccounts");
    assert_eq!(signer.json("ListAccounts", &json!({})).call(&sim).kind(), "AccessDeniedException");
    sim.allow_all();
    assert_eq!(group.call(&sim).status, 200);
}

#[test]
fn keys_of_a_user_are_an_administrator_s() {
    let sim = builder().administrators(&[]).start();
    let signer = Signer::for_keys(sim.long_lived_keys(DEV, "ops"));
    for operation in ["ListInstances", "ListAccounts"] {
        ask(&sim, &signer, operation, &json!({}));
        let reply = signer.clone().with_token("x").json(operation, &json!({})).call(&sim);
        assert_eq!(refusal(&reply), (400, "UnrecognizedClientException".into()));
    }
    sim.deny("sso:ListInstances");
    let reply = signer.json("ListInstances", &json!({})).call(&sim);
    assert!(reply.text("Message").starts_with("User: arn:aws:iam::111122223333:user/ops is not authorized"));
}

#[test]
fn a_rate_limit_refuses_what_is_too_much_in_the_words_of_the_service() {
    let services = ["sso-admin", "organizations", "identitystore", "sso", "sts"];
    let builder = services.iter().fold(builder(), |builder, service| builder.rate_limit(service, 0.0, 2.0));
    let sim = builder.start();
    let token = sign_in(&sim).1.text("accessToken");
    let signer = Signer::for_keys(sim.long_lived_keys(DEV, "ops"));
    let user = json!({"IdentityStoreId": STORE, "UserId": ALICE});
    let rows = [
        ("ListInstances", json!({}), "ThrottlingException"),
        ("ListAccounts", json!({}), "TooManyRequestsException"),
        ("DescribeUser", user, "ThrottlingException"),
    ];
    for (operation, body, code) in rows {
        let call = signer.json(operation, &body);
        let statuses: Vec<u16> = (0..4).map(|_| call.call(&sim).status).collect();
        assert_eq!(statuses, [200, 200, 400, 400], "{operation}");
        assert_eq!(refusal(&call.call(&sim)), (400, code.into()));
        let name = if operation == "ListAccounts" { "OrganizationsListAccounts" } else { operation };
        let errors: Vec<_> = sim.journal().of(name).iter().map(|entry| entry.error.clone()).collect();
        assert_eq!(errors[1..3], [None, Some(code.to_owned())], "{operation}");
    }
    let portal: Vec<Reply> = (0..3).map(|_| portal(&sim, &token, "/assignment/accounts")).collect();
    assert_eq!(portal.iter().map(|reply| reply.status).collect::<Vec<_>>(), [200, 200, 429]);
    assert_eq!(portal[2].exception(), "TooManyRequestsException");
    let sts: Vec<Reply> = (0..3).map(|_| signer.call(&sim)).collect();
    assert!(sts[2].status == 400 && sts[2].body.contains("<Code>Throttling</Code>"), "{sts:?}");
}

#[test]
fn faults_strike_in_the_words_of_the_service() {
    let (instances, accounts, user) = ("ListInstances", "OrganizationsListAccounts", "DescribeUser");
    let rows = [
        (Fault::on(instances).status(429), "ListInstances", 429, "ThrottlingException"),
        (Fault::on(accounts).status(429), "ListAccounts", 429, "TooManyRequestsException"),
        (Fault::on(accounts).status(500), "ListAccounts", 500, "ServiceException"),
        (Fault::on(user).status(500), "DescribeUser", 500, "InternalServerException"),
        (Fault::on(user).status(403), "DescribeUser", 403, "AccessDeniedException"),
        (
            Fault::on(instances).status(400).error("ThrottlingException", ""),
            "ListInstances",
            400,
            "ThrottlingException",
        ),
    ];
    let (sim, signer) = world();
    for (fault, operation, status, code) in rows {
        let shown = format!("{fault:?}");
        sim.clear_faults();
        sim.fault(fault);
        let reply = signer.json(operation, &json!({})).call(&sim);
        assert_eq!(refusal(&reply), (status, code.into()), "{shown}");
    }
}

#[test]
fn misspelt_words_are_loud() {
    let spelt: [fn() -> SimBuilder; 2] = [
        || SimBuilder::new().deny("organizations:ListAccount"),
        || SimBuilder::new().rate_limit("ssoadmin", 1.0, 1.0),
    ];
    for one in spelt {
        assert!(std::panic::catch_unwind(one).is_err());
    }
}
