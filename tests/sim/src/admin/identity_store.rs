//! Identity Store: the names behind the ids of users and groups.

use super::refusals::not_found;
use super::request::Request;
use crate::call::Call;
use crate::operation::Operation;
use crate::reply::{Refusal, Reply};
use crate::state::Scene;
use serde_json::json;

pub(crate) fn describe_user(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let (store, id) = asked(scene, call, Operation::DescribeUser, "UserId")?;
    let name = scene.state.organization.users.get(&id);
    let name = name.ok_or_else(|| not_found("USER not found."))?;
    // Names are addresses here, as in most directories; the part before the @ is what people go by.
    let (display, email) = match name.split_once('@') {
        Some((local, _)) => (local, name.clone()),
        None => (name.as_str(), format!("{name}@example.com")),
    };
    Ok(Reply::json_1_1(
        200,
        &json!({
            "IdentityStoreId": store,
            "UserId": id,
            "UserArn": arn(scene, "user", &id),
            "Revision": "1",
            "UserName": name,
            "DisplayName": display,
            "Emails": [{"Value": email, "Type": "work", "Primary": true}],
            "UserStatus": "ENABLED",
        }),
    ))
}

pub(crate) fn describe_group(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let (store, id) = asked(scene, call, Operation::DescribeGroup, "GroupId")?;
    let name = scene.state.organization.groups.get(&id);
    let name = name.ok_or_else(|| not_found("GROUP not found."))?;
    Ok(Reply::json_1_1(
        200,
        &json!({
            "IdentityStoreId": store,
            "GroupId": id,
            "GroupArn": arn(scene, "group", &id),
            "Revision": "1",
            "DisplayName": name,
            "Description": format!("The group {name}"),
        }),
    ))
}

/// The store and the id that somebody who may asks about.
fn asked(
    scene: &Scene<'_>,
    call: &Call,
    operation: Operation,
    id: &str,
) -> Result<(String, String), Refusal> {
    let request = Request::read(scene, call, operation, &["IdentityStoreId", id])?;
    let (store, id) = (request.text("IdentityStoreId")?, request.text(id)?);
    let organization = &scene.state.organization;
    let (partition, owner) = (scene.settings.partition(), &organization.owner);
    request.authorize(scene, &format!("arn:{partition}:identitystore::{owner}:identitystore/{store}"))?;
    // Only the organization's own has anybody in it.
    let mut own = organization.instances.iter().filter(|instance| instance.is_own());
    if own.any(|instance| instance.identity_store_id() == store) {
        return Ok((store.into(), id.into()));
    }
    Err(not_found("IDENTITY_STORE not found."))
}

fn arn(scene: &Scene<'_>, kind: &str, id: &str) -> String {
    format!("arn:{}:identitystore:::{kind}/{id}", scene.settings.partition())
}
