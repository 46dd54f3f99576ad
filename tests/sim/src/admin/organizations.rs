//! Organizations: its accounts, also those in which nobody has a permission set.

use super::request::Request;
use crate::call::Call;
use crate::operation::Operation;
use crate::organization::Account;
use crate::reply::{Refusal, Reply};
use crate::state::Scene;
use serde_json::{Value, json};

/// When every account came; the real service tells parts of a second too.
const JOINED: f64 = 1_581_634_204.456;

pub(crate) fn list_accounts(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let operation = Operation::OrganizationsListAccounts;
    let request = Request::read(scene, call, operation, &["MaxResults", "NextToken"])?;
    request.authorize(scene, "*")?;
    let (page, next) = request.page(scene, scene.state.organization.accounts.all().len())?;
    let accounts = &scene.state.organization.accounts.all()[page];
    let accounts: Vec<Value> = accounts.iter().map(|account| shown(scene, account)).collect();
    let mut body = json!({ "Accounts": accounts });
    // Unlike SSO Admin, it leaves the member out on the last page.
    if let Some(next) = next {
        body["NextToken"] = next.into();
    }
    Ok(Reply::json_1_1(200, &body))
}

fn shown(scene: &Scene<'_>, account: &Account) -> Value {
    let (partition, owner) = (scene.settings.partition(), &scene.state.organization.owner);
    let method = if account.id == *owner { "INVITED" } else { "CREATED" };
    json!({
        "Id": account.id,
        "Arn": format!("arn:{partition}:organizations::{owner}:account/o-exampleorgid/{}", account.id),
        "Email": account.email,
        "Name": account.name,
        "Status": account.status,
        "State": account.status,
        "JoinedMethod": method,
        "JoinedTimestamp": JOINED,
    })
}
