//! SSO Admin: instances, permission sets, who is assigned them.
//!
//! The last page of a list says `"NextToken": null`; clients have to take that for none.

use super::refusals::not_found;
use super::request::Request;
use crate::call::Call;
use crate::operation::Operation;
use crate::organization::{Account, Instance, PermissionSet, Principal};
use crate::reply::{Refusal, Reply};
use crate::state::Scene;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// When everything was made; the real service tells parts of a second too.
const CREATED: f64 = 1_675_209_600.123;

pub(crate) fn list_instances(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let request = Request::read(scene, call, Operation::ListInstances, &["MaxResults", "NextToken"])?;
    request.authorize(scene, "*")?;
    let (page, next) = request.page(scene, scene.state.organization.instances.len())?;
    let instances = &scene.state.organization.instances[page];
    let instances: Vec<Value> = instances.iter().map(|instance| shown(scene, instance)).collect();
    Ok(Reply::json_1_1(200, &json!({"Instances": instances, "NextToken": next})))
}

pub(crate) fn list_permission_sets(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let request = open(scene, call, Operation::ListPermissionSets, &["MaxResults", "NextToken"])?;
    let (page, next) = request.page(scene, scene.state.organization.permission_sets.all().len())?;
    let sets = &scene.state.organization.permission_sets.all()[page];
    let arns: Vec<String> = sets.iter().map(|set| arn(scene, &set.name)).collect();
    Ok(Reply::json_1_1(200, &json!({"PermissionSets": arns, "NextToken": next})))
}

pub(crate) fn describe_permission_set(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let request = open(scene, call, Operation::DescribePermissionSet, &["PermissionSetArn"])?;
    let set = permission_set(scene, &request)?;
    let mut shown = json!({
        "Name": set.name,
        "PermissionSetArn": arn(scene, &set.name),
        "CreatedDate": CREATED,
        "SessionDuration": set.session_duration,
    });
    if let Some(description) = &set.description {
        shown["Description"] = json!(description);
    }
    if let Some(relay_state) = &set.relay_state {
        shown["RelayState"] = json!(relay_state);
    }
    Ok(Reply::json_1_1(200, &json!({"PermissionSet": shown})))
}

pub(crate) fn list_account_assignments(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let members = ["AccountId", "PermissionSetArn", "MaxResults", "NextToken"];
    let request = open(scene, call, Operation::ListAccountAssignments, &members)?;
    let account = account(scene, &request)?;
    let name = &permission_set(scene, &request)?.name;
    let (account_id, arn, principals) = (account.id.clone(), arn(scene, name), account.principals(name));
    let (page, next) = request.page(scene, principals.len())?;
    let assignments: Vec<Value> = principals[page]
        .iter()
        .map(|principal| {
            let (kind, id) = match principal {
                Principal::User(id) => ("USER", id),
                Principal::Group(id) => ("GROUP", id),
            };
            json!({
                "AccountId": account_id,
                "PermissionSetArn": arn,
                "PrincipalType": kind,
                "PrincipalId": id,
            })
        })
        .collect();
    Ok(Reply::json_1_1(200, &json!({"AccountAssignments": assignments, "NextToken": next})))
}

pub(crate) fn list_accounts_for_provisioned_permission_set(
    scene: &mut Scene<'_>,
    call: &Call,
) -> Result<Reply, Refusal> {
    let members = ["PermissionSetArn", "ProvisioningStatus", "MaxResults", "NextToken"];
    let request = open(scene, call, Operation::ListAccountsForProvisionedPermissionSet, &members)?;
    let name = &permission_set(scene, &request)?.name;
    let accounts = scene.state.organization.accounts.all().iter();
    let provisioned = accounts.filter(|account| account.has(name)).map(|account| account.id.clone());
    let ids: Vec<String> = if up_to_date(&request)? { provisioned.collect() } else { Vec::new() };
    let (page, next) = request.page(scene, ids.len())?;
    Ok(Reply::json_1_1(200, &json!({"AccountIds": ids[page], "NextToken": next})))
}

pub(crate) fn list_permission_sets_provisioned_to_account(
    scene: &mut Scene<'_>,
    call: &Call,
) -> Result<Reply, Refusal> {
    let members = ["AccountId", "ProvisioningStatus", "MaxResults", "NextToken"];
    let request = open(scene, call, Operation::ListPermissionSetsProvisionedToAccount, &members)?;
    let (sets, account) = (&scene.state.organization.permission_sets, account(scene, &request)?);
    let places: BTreeSet<usize> = account.permission_sets().filter_map(|name| sets.position(name)).collect();
    let provisioned = places.into_iter().map(|place| arn(scene, &sets.all()[place].name));
    let arns: Vec<String> = if up_to_date(&request)? { provisioned.collect() } else { Vec::new() };
    let (page, next) = request.page(scene, arns.len())?;
    Ok(Reply::json_1_1(200, &json!({"PermissionSets": arns[page], "NextToken": next})))
}

/// Reads a call on the organization's instance, by somebody who may; `more` are its members besides `InstanceArn`.
fn open(scene: &Scene<'_>, call: &Call, operation: Operation, more: &[&str]) -> Result<Request, Refusal> {
    let request = Request::read(scene, call, operation, &[&["InstanceArn"], more].concat())?;
    let arn = request.text("InstanceArn")?;
    let partition = scene.settings.partition();
    if !arn.starts_with(&format!("arn:{partition}:sso:::instance/")) {
        return Err(request.invalid("InstanceArn is not the ARN of an instance"));
    }
    request.authorize(scene, arn)?;
    let mut instances = scene.state.organization.instances.iter();
    match instances.find(|instance| instance.arn(partition) == arn) {
        None => Err(not_found("The instance does not exist")),
        Some(instance) if instance.is_own() => Ok(request),
        Some(_) => Err(request.invalid("The operation is not supported for this Identity Center instance")),
    }
}

fn shown(scene: &Scene<'_>, instance: &Instance) -> Value {
    let owner = instance.owner.as_ref().unwrap_or(&scene.state.organization.owner);
    json!({
        "InstanceArn": instance.arn(scene.settings.partition()),
        "IdentityStoreId": instance.identity_store_id(),
        "OwnerAccountId": owner,
        "Name": instance.name,
        "CreatedDate": CREATED,
        "Status": "ACTIVE",
        "PrimaryRegion": scene.settings.region,
    })
}

fn arn(scene: &Scene<'_>, permission_set: &str) -> String {
    PermissionSet::arn_of(permission_set, scene.settings.partition())
}

fn permission_set<'a>(scene: &'a Scene<'_>, request: &Request) -> Result<&'a PermissionSet, Refusal> {
    let arn = request.text("PermissionSetArn")?;
    let partition = scene.settings.partition();
    if !arn.starts_with(&format!("arn:{partition}:sso:::permissionSet/")) {
        return Err(request.invalid("PermissionSetArn is not the ARN of a permission set"));
    }
    let found = scene.state.organization.permission_sets.of_arn(arn, partition);
    found.ok_or_else(|| not_found("The permission set does not exist"))
}

fn account<'a>(scene: &'a Scene<'_>, request: &Request) -> Result<&'a Account, Refusal> {
    let id = request.text("AccountId")?;
    if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(request.invalid("AccountId must be 12 digits"));
    }
    let found = scene.state.organization.accounts.get(id);
    found.ok_or_else(|| not_found("The account does not exist"))
}

/// Which permission sets are asked for. In this world every one is provisioned in its latest version.
fn up_to_date(request: &Request) -> Result<bool, Refusal> {
    match request.optional_text("ProvisioningStatus")? {
        None | Some("LATEST_PERMISSION_SET_PROVISIONED") => Ok(true),
        Some("LATEST_PERMISSION_SET_NOT_PROVISIONED") => Ok(false),
        Some(_) => Err(request.invalid("ProvisioningStatus is unknown")),
    }
}
