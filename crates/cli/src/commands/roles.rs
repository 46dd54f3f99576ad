//! `sso roles`: the roles that the session may use, account by account.

use super::accounts::{LIMIT, as_of, checked_account};
use super::portal::SignedIn;
use super::sessions::Listed;
use super::{Outcome, sessions};
use crate::args::RolesArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::Explain as _;
use crate::listed::Kept;
use crate::output::document::{Time, document};
use crate::output::table::table;
use crate::output::{Look, Report};
use crate::runtime::block_on;
use serde::Serialize;
use serde_json::Value;
use sso_core::{AccountId, Timestamp};
use sso_http::Missing;
use sso_portal::{Account, Inventory, PortalError, Role};
use std::sync::Arc;

/// Lists the roles of one account or of all: as they were read last, if that is not too long ago and nobody wants them anew.
pub(crate) fn run(context: &Context, args: &RolesArgs) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let store = Arc::new(context.store()?);
    let only = args.account_id.as_deref().map(checked_account).transpose()?;
    let listed = sessions::choose(context, &set, &store)?;
    if let Some((inventory, read_at)) = kept(context, &listed, only.as_ref()).filter(|_| !args.refresh) {
        return Ok(Outcome::success(Roles { inventory, read_at, kept: true }));
    }
    let network = sessions::network(context, &set)?;
    let inventory = block_on(context.within(LIMIT), async {
        let session = SignedIn::open(context, &network, &listed.session, &listed.voice, &store).await?;
        match &only {
            Some(account) => one(&session, account.clone()).await,
            None => of_all_accounts(context, &session).await,
        }
        .map_err(|error| error.explain(&listed.voice))
    })?;
    if only.is_none() {
        keep(context, &listed, &inventory);
    }
    let exit = if inventory.failed.is_empty() { Exit::Success } else { Exit::Network };
    inventory.failed.iter().for_each(|unread| warn_unread(context, unread));
    Ok(Outcome { report: Box::new(Roles { inventory, read_at: context.now(), kept: false }), exit })
}

/// What was read last: of all accounts, or of the one.
fn kept(context: &Context, listed: &Listed, only: Option<&AccountId>) -> Option<(Inventory, Timestamp)> {
    let kept = Kept::with_roles(&context.env, &listed.session, context.now())?;
    let wanted = kept.accounts.into_iter().filter(|(account, _)| only.is_none_or(|only| account.id == *only));
    let complete: Vec<_> = wanted.map(|(account, roles)| (account, roles.unwrap_or_default())).collect();
    // Of an account that is not in the list nothing is known.
    let known = only.is_none() || !complete.is_empty();
    known.then(|| (Inventory { complete, failed: Vec::new() }, kept.read_at))
}

/// Keeps the inventory, if it is whole.
pub(super) fn keep(context: &Context, listed: &Listed, inventory: &Inventory) {
    if inventory.failed.is_empty() {
        let known = inventory.complete.iter().map(|(account, roles)| (account.clone(), Some(roles.clone())));
        Kept::save(&context.env, &listed.session, context.now(), &known.collect::<Vec<_>>());
    }
}

/// The roles of every account, counted on the terminal while they are read.
pub(super) async fn of_all_accounts(context: &Context, session: &SignedIn) -> Result<Inventory, PortalError> {
    let mut progress = context.output.counting("Reading roles", "accounts");
    let mut collect = async |portal: &_, token: &_| {
        Inventory::collect(portal, token, |done, total| progress.set(done, total)).await
    };
    session.ask(&mut collect).await
}

/// An account whose roles are not known.
pub(super) fn warn_unread(context: &Context, (account, error): &(Account, Missing<PortalError>)) {
    context.output.warn(&format!("The roles of account {} could not be read: {error}.", account.id));
}

async fn one(session: &SignedIn, id: AccountId) -> Result<Inventory, PortalError> {
    let roles = session.ask(async |portal, token| portal.list_account_roles(token, &id).await).await?;
    let account = Account { id, name: None, email: None };
    Ok(Inventory { complete: vec![(account, roles)], failed: Vec::new() })
}

/// The roles that you may use, account by account.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    accounts: Vec<Roled<'a>>,
    /// Accounts whose roles could not be read.
    failed: Vec<Unread<'a>>,
    /// When they were read.
    read_at: Time,
}

/// An account and its roles.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Account"))]
struct Roled<'a> {
    account_id: &'a str,
    /// Its name, if it has one; null with `--account-id`, if it was read now.
    account_name: Option<&'a str>,
    /// Its e-mail address, if the portal tells it; null as the name is.
    email_address: Option<&'a str>,
    /// The names of the roles.
    roles: Vec<&'a str>,
}

/// An account whose roles could not be read.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Unread<'a> {
    account_id: &'a str,
    /// Why, for people.
    error: String,
}

struct Roles {
    inventory: Inventory,
    read_at: Timestamp,
    /// It was not read just now.
    kept: bool,
}

impl Report for Roles {
    fn json(&self) -> Value {
        let complete = self.inventory.complete.iter().map(|(account, roles)| Roled {
            account_id: account.id.as_str(),
            account_name: account.name.as_deref(),
            email_address: account.email.as_deref(),
            roles: roles.iter().map(|role| role.name.as_str()).collect(),
        });
        let failed = self
            .inventory
            .failed
            .iter()
            .map(|(account, error)| Unread { account_id: account.id.as_str(), error: error.to_string() });
        document(&Document {
            accounts: complete.collect(),
            failed: failed.collect(),
            read_at: Time(self.read_at),
        })
    }

    fn data(&self, look: &Look) -> String {
        let pairs = self
            .inventory
            .complete
            .iter()
            .flat_map(|(account, roles)| roles.iter().map(move |role| (account, role)));
        let row = |(account, role): (&Account, &Role)| {
            [
                account.id.as_str().to_owned(),
                account.name.clone().unwrap_or_default(),
                role.name.as_str().to_owned(),
            ]
        };
        table(["ACCOUNT", "NAME", "ROLE"], pairs.map(row), look)
    }

    fn talk(&self, look: &Look) -> String {
        if self.kept { as_of(self.read_at, look) } else { String::new() }
    }
}
