//! What each operation answers.

use super::{ALICE, DEV, INSTANCE, PROD, STORE, TEAM, ask, builder, refusal, world};
use crate::client::{portal, sign_in};
use crate::signer::Signer;
use serde_json::{Value, json};
use sso_sim::Principal;

#[test]
fn each_operation_has_its_shape() {
    let (sim, signer) = world();
    let (admin, audit) = (sim.permission_set_arn("Admin"), sim.permission_set_arn("Audit"));
    assert!(audit.starts_with("arn:aws:sso:::permissionSet/ssoins-7223000000000001/ps-"), "{audit}");
    assert_eq!((sim.instance_arn().as_str(), sim.identity_store_id().as_str()), (INSTANCE, STORE));
    let me = sim.user_id();
    let assigned = |account: &str, arn: &str, kind: &str, id: &str| json!({"AccountId": account, "PermissionSetArn": arn, "PrincipalType": kind, "PrincipalId": id});
    let rows = [
        (
            "ListInstances",
            json!({}),
            json!({"NextToken": null, "Instances": [{
                "InstanceArn": INSTANCE, "IdentityStoreId": STORE, "OwnerAccountId": DEV, "Name": "corp",
                "CreatedDate": 1_675_209_600.123, "Status": "ACTIVE", "PrimaryRegion": "us-east-1",
            }]}),
        ),
        (
            "ListPermissionSets",
            json!({"InstanceArn": INSTANCE}),
            json!({"NextToken": null, "PermissionSets": [audit, admin]}),
        ),
        (
            "DescribePermissionSet",
            json!({"InstanceArn": INSTANCE, "PermissionSetArn": audit}),
            json!({"PermissionSet": {
                "Name": "Audit", "PermissionSetArn": audit, "Description": "Reads everything",
                "CreatedDate": 1_675_209_600.123, "SessionDuration": "PT8H",
                "RelayState": "https://console.aws.amazon.com/cloudtrail",
            }}),
        ),
        (
            "DescribePermissionSet",
            json!({"InstanceArn": INSTANCE, "PermissionSetArn": admin}),
            json!({"PermissionSet": {
                "Name": "Admin", "PermissionSetArn": admin,
                "CreatedDate": 1_675_209_600.123, "SessionDuration": "PT1H",
            }}),
        ),
        (
            "ListAccountAssignments",
            json!({"InstanceArn": INSTANCE, "AccountId": DEV, "PermissionSetArn": admin}),
            json!({"NextToken": null, "AccountAssignments": [
                assigned(DEV, &admin, "USER", me), assigned(DEV, &admin, "GROUP", TEAM),
            ]}),
        ),
        (
            "ListAccountAssignments",
            json!({"InstanceArn": INSTANCE, "AccountId": DEV, "PermissionSetArn": audit}),
            json!({"NextToken": null, "AccountAssignments": []}),
        ),
        (
            "ListAccountsForProvisionedPermissionSet",
            json!({"InstanceArn": INSTANCE, "PermissionSetArn": audit}),
            json!({"NextToken": null, "AccountIds": [PROD]}),
        ),
        (
            "ListPermissionSetsProvisionedToAccount",
            json!({"InstanceArn": INSTANCE, "AccountId": DEV}),
            json!({"NextToken": null, "PermissionSets": [admin]}),
        ),
        (
            "ListPermissionSetsProvisionedToAccount",
            json!({
                "InstanceArn": INSTANCE, "AccountId": DEV,
                "ProvisioningStatus": "LATEST_PERMISSION_SET_NOT_PROVISIONED",
            }),
            json!({"NextToken": null, "PermissionSets": []}),
        ),
        (
            "DescribeUser",
            json!({"IdentityStoreId": STORE, "UserId": ALICE}),
            json!({
                "IdentityStoreId": STORE, "UserId": ALICE, "Revision": "1",
                "UserArn": format!("arn:aws:identitystore:::user/{ALICE}"),
                "UserName": "alice@example.com", "DisplayName": "alice", "UserStatus": "ENABLED",
                "Emails": [{"Value": "alice@example.com", "Type": "work", "Primary": true}],
            }),
        ),
        (
            "DescribeGroup",
            json!({"IdentityStoreId": STORE, "GroupId": TEAM}),
            json!({
                "IdentityStoreId": STORE, "GroupId": TEAM, "Revision": "1",
                "GroupArn": format!("arn:aws:identitystore:::group/{TEAM}"),
                "DisplayName": "platform", "Description": "The group platform",
            }),
        ),
    ];
    for (operation, body, expected) in rows {
        assert_eq!(ask(&sim, &signer, operation, &body), expected, "{operation} {body}");
        let journal = sim.journal();
        assert_eq!(journal.last(operation).map(|entry| entry.status), Some(200), "{operation}");
    }
    let user = json!({"IdentityStoreId": STORE, "UserId": me});
    assert_eq!(ask(&sim, &signer, "DescribeUser", &user)["UserName"], "user@example.com");
}

#[test]
fn organizations_tells_all_accounts() {
    let (sim, signer) = world();
    let body = ask(&sim, &signer, "ListAccounts", &json!({}));
    assert!(body.get("NextToken").is_none(), "{body}");
    let dev = json!({
        "Id": DEV, "Arn": "arn:aws:organizations::111122223333:account/o-exampleorgid/111122223333",
        "Email": "aws+dev@example.com", "Name": "dev", "Status": "ACTIVE", "State": "ACTIVE",
        "JoinedMethod": "INVITED", "JoinedTimestamp": 1_581_634_204.456,
    });
    assert_eq!(body["Accounts"][0], dev);
    let rest: Vec<(&Value, &Value, &Value)> = body["Accounts"].as_array().expect("a list")[1..]
        .iter()
        .map(|account| (&account["Name"], &account["Status"], &account["JoinedMethod"]))
        .collect();
    let [created, active] = [json!("CREATED"), json!("ACTIVE")];
    let (prod, old, suspended) = (json!("prod"), json!("old"), json!("SUSPENDED"));
    assert_eq!(rest, [(&prod, &active, &created), (&old, &suspended, &created)]);
    let entry = sim.journal().last("OrganizationsListAccounts").map(|entry| entry.service);
    assert_eq!((entry, sim.journal().count("ListAccounts")), (Some("organizations"), 0));
    let token = sign_in(&sim).1.text("accessToken");
    let listed = portal(&sim, &token, "/assignment/accounts").json();
    assert_eq!(listed["accountList"].as_array().map(Vec::len), Some(1), "the user has a role in one of them");
}

#[test]
fn assignments_change_under_way_and_the_portal_sees_those_of_its_user() {
    let (sim, signer) = world();
    let token = sign_in(&sim).1.text("accessToken");
    let seen = |account: &str| {
        let body = json!({
            "InstanceArn": INSTANCE, "AccountId": account,
            "PermissionSetArn": sim.permission_set_arn("Admin"),
        });
        let body = ask(&sim, &signer, "ListAccountAssignments", &body);
        let items = body["AccountAssignments"].as_array().expect("a list").clone();
        let ids = items.iter().map(|item| item["PrincipalId"].as_str().unwrap_or_default().to_owned());
        let roles = portal(&sim, &token, &format!("/assignment/roles?account_id={account}")).json();
        let roles = roles["roleList"].as_array().map_or(0, Vec::len);
        (ids.collect::<Vec<String>>(), roles)
    };
    let me = sim.user_id().to_owned();
    assert_eq!(seen(DEV), (vec![me.clone(), TEAM.into()], 1));
    sim.unassign(DEV, "Admin");
    assert_eq!(seen(DEV), (vec![TEAM.into()], 0));
    sim.unassign_from(DEV, "Admin", &Principal::group(TEAM));
    assert_eq!(seen(DEV), (vec![], 0));
    sim.assign(PROD, "Admin");
    assert_eq!(seen(PROD), (vec![me.clone()], 1));
    sim.assign_to("444455556666", "Admin", Principal::user(&me));
    sim.assign_to("444455556666", "Admin", Principal::user("deleted"));
    assert_eq!(seen("444455556666"), (vec![me, "deleted".into()], 1));
    let gone = signer.json("DescribeUser", &json!({"IdentityStoreId": STORE, "UserId": "deleted"}));
    assert_eq!(gone.call(&sim).kind(), "ResourceNotFoundException");
    let body = json!({"InstanceArn": INSTANCE, "PermissionSetArn": sim.permission_set_arn("Admin")});
    let accounts = ask(&sim, &signer, "ListAccountsForProvisionedPermissionSet", &body);
    assert_eq!(accounts["AccountIds"], json!([PROD, "444455556666"]));
}

#[test]
fn instances_may_be_none_or_many() {
    let sim = builder().no_instance().start();
    let signer = Signer::for_role(&sim);
    assert_eq!(ask(&sim, &signer, "ListInstances", &json!({}))["Instances"], json!([]));
    let sets = json!({"InstanceArn": INSTANCE});
    assert_eq!(signer.json("ListPermissionSets", &sets).call(&sim).kind(), "ResourceNotFoundException");
    let user = json!({"IdentityStoreId": STORE, "UserId": sim.user_id()});
    assert_eq!(signer.json("DescribeUser", &user).call(&sim).kind(), "ResourceNotFoundException");
    let sim = builder().instance("main").owner(PROD).more_instance("mine", DEV).start();
    let signer = Signer::for_role(&sim);
    let body = ask(&sim, &signer, "ListInstances", &json!({}));
    let of = |n: usize, member: &str| body["Instances"][n][member].as_str().unwrap_or_default().to_owned();
    assert_eq!((of(0, "Name"), of(0, "OwnerAccountId")), ("main".into(), PROD.into()));
    assert_eq!((of(1, "Name"), of(1, "OwnerAccountId")), ("mine".into(), DEV.into()));
    let reply = signer.json("ListPermissionSets", &json!({"InstanceArn": of(1, "InstanceArn")})).call(&sim);
    assert_eq!(refusal(&reply), (400, "ValidationException".into()));
}
