//! `sso discover accounts`: the accounts of the organization.

use super::desk::{Patience, at_desk};
use crate::args::DiscoverArgs;
use crate::commands::Outcome;
use crate::context::Context;
use crate::error::CliError;
use crate::output::csv::csv;
use crate::output::document::{Time, document};
use crate::output::table::table;
use crate::output::{Look, Report};
use serde::Serialize;
use serde_json::Value;
use sso_core::format_timestamp;
use sso_discovery::OrganizationAccount;

/// Lists the accounts.
pub(super) fn run(context: &Context, args: &DiscoverArgs) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let accounts = at_desk(context, &set, args, Patience::List, async |desk| desk.accounts().await)?;
    Ok(Outcome::success(Accounts { accounts, csv: args.csv }))
}

/// The accounts of the organization.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct Document<'a> {
    /// By name.
    accounts: Vec<Account<'a>>,
}

/// An account. What AWS does not tell is null.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Account<'a> {
    account_id: &'a str,
    account_name: Option<&'a str>,
    /// Its e-mail address.
    email_address: Option<&'a str>,
    /// As AWS Organizations calls it: `ACTIVE`, `SUSPENDED`, ...
    state: Option<&'a str>,
    arn: Option<&'a str>,
    /// As AWS Organizations calls it: `CREATED`, `INVITED`.
    joined_method: Option<&'a str>,
    /// When it joined the organization.
    joined_at: Option<Time>,
}

struct Accounts {
    accounts: Vec<OrganizationAccount>,
    csv: bool,
}

impl Report for Accounts {
    fn json(&self) -> Value {
        let accounts = self.accounts.iter().map(|account| Account {
            account_id: &account.id,
            account_name: account.name.as_deref(),
            email_address: account.email.as_deref(),
            state: account.state(),
            arn: account.arn.as_deref(),
            joined_method: account.joined_method.as_deref(),
            joined_at: account.joined_at().map(Time),
        });
        document(&Document { accounts: accounts.collect() })
    }

    fn data(&self, look: &Look) -> String {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let state = |account: &OrganizationAccount| account.state().unwrap_or_default().to_owned();
        if self.csv {
            let rows = self.accounts.iter().map(|account| {
                let joined = account.joined_at().map(format_timestamp).unwrap_or_default();
                [account.id.clone(), text(&account.name), text(&account.email), state(account), joined]
            });
            return csv(["account_id", "account_name", "email_address", "state", "joined_at"], rows);
        }
        let rows = self.accounts.iter().map(|account| {
            let joined = account.joined_at().map(|at| look.moment(at)).unwrap_or_default();
            [account.id.clone(), text(&account.name), text(&account.email), state(account), joined]
        });
        table(["ACCOUNT", "NAME", "EMAIL", "STATE", "JOINED"], rows, look)
    }
}
