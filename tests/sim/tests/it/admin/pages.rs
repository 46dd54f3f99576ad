//! Lists in pages.

use super::{DEV, INSTANCE, ask, builder, refusal};
use crate::signer::Signer;
use serde_json::{Value, json};
use sso_sim::{Principal, Sim, SimBuilder};

/// All items of a list, and how many pages they took.
fn collect(sim: &Sim, signer: &Signer, operation: &str, mut body: Value, list: &str) -> (Vec<Value>, usize) {
    let (mut items, mut pages) = (Vec::new(), 0);
    loop {
        let page = ask(sim, signer, operation, &body);
        items.extend(page[list].as_array().expect("a list").clone());
        pages += 1;
        if page["NextToken"].is_null() {
            return (items, pages);
        }
        body["NextToken"] = page["NextToken"].clone();
    }
}

#[test]
fn lists_come_in_pages() {
    let sets: Vec<String> = (0..20).map(|n| format!("Set{n}")).collect();
    let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
    let many = (0..500).fold(SimBuilder::new().account(DEV, "dev", &["Admin"]), |builder, n| {
        builder.account(&format!("{:012}", 300_000_000_000_u64 + n), &format!("a{n}"), &sets)
    });
    let groups = (0..7).map(|n| Principal::group(&format!("group-{n}")));
    let sim = groups.fold(many, |builder, group| builder.assignment(DEV, "Admin", group)).start();
    let signer = Signer::for_role(&sim);
    let (admin, first) = (sim.permission_set_arn("Admin"), sim.permission_set_arn("Set0"));
    let account = "300000000499";
    let rows = [
        ("ListAccounts", json!({}), "Accounts", 501, 26),
        ("ListAccounts", json!({"MaxResults": 15}), "Accounts", 501, 34),
        ("ListInstances", json!({"MaxResults": 1}), "Instances", 1, 1),
        ("ListPermissionSets", json!({"InstanceArn": INSTANCE, "MaxResults": 7}), "PermissionSets", 21, 3),
        (
            "ListAccountsForProvisionedPermissionSet",
            json!({"InstanceArn": INSTANCE, "PermissionSetArn": first}),
            "AccountIds",
            500,
            5,
        ),
        (
            "ListPermissionSetsProvisionedToAccount",
            json!({"InstanceArn": INSTANCE, "AccountId": account, "MaxResults": 19}),
            "PermissionSets",
            20,
            2,
        ),
        (
            "ListAccountAssignments",
            json!({"InstanceArn": INSTANCE, "AccountId": DEV, "PermissionSetArn": admin, "MaxResults": 3}),
            "AccountAssignments",
            8,
            3,
        ),
    ];
    for (operation, body, list, total, expected) in rows {
        let (items, pages) = collect(&sim, &signer, operation, body.clone(), list);
        assert_eq!((items.len(), pages), (total, expected), "{operation} {body}");
        let distinct: std::collections::HashSet<String> = items.iter().map(Value::to_string).collect();
        assert_eq!(distinct.len(), total, "{operation}: each comes once");
    }
}

#[test]
fn the_world_may_cut_pages_shorter_and_a_token_belongs_to_one_list() {
    let sim = builder().page_size(1).start();
    let signer = Signer::for_role(&sim);
    let (sets, pages) =
        collect(&sim, &signer, "ListPermissionSets", json!({"InstanceArn": INSTANCE}), "PermissionSets");
    assert_eq!((sets.len(), pages), (2, 2));
    assert_eq!(collect(&sim, &signer, "ListAccounts", json!({}), "Accounts").1, 3);
    let page = ask(&sim, &signer, "ListPermissionSets", &json!({"InstanceArn": INSTANCE}));
    let token = page["NextToken"].as_str().expect("there is more");
    let documented = |c: char| c.is_ascii_alphanumeric() || "-+=/_".contains(c);
    assert!(token.contains('+') && token.chars().all(documented), "{token}");
    let again = json!({"InstanceArn": INSTANCE, "NextToken": token});
    for _ in 0..2 {
        assert_eq!(ask(&sim, &signer, "ListPermissionSets", &again)["PermissionSets"][0], sets[1]);
    }
    let admin = sim.permission_set_arn("Admin");
    let other = json!({"InstanceArn": INSTANCE, "PermissionSetArn": admin, "NextToken": token});
    let reply = signer.json("ListAccountsForProvisionedPermissionSet", &other).call(&sim);
    assert_eq!(refusal(&reply), (400, "ValidationException".into()));
}
