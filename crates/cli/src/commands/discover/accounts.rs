//! `sso discover accounts`: the accounts of the organization.

use super::desk::{Patience, at_desk};
use crate::args::DiscoverArgs;
use crate::commands::Outcome;
use crate::context::Context;
use crate::error::CliError;
use crate::output::csv::csv;
use crate::output::table::table;
use crate::output::{Look, Report, object};
use serde_json::{Value, json};
use sso_core::format_timestamp;
use sso_discovery::OrganizationAccount;

/// Lists the accounts.
pub(super) fn run(context: &Context, args: &DiscoverArgs) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let accounts = at_desk(context, &set, args, Patience::List, async |desk| desk.accounts().await)?;
    Ok(Outcome::success(Accounts { accounts, csv: args.csv }))
}

struct Accounts {
    accounts: Vec<OrganizationAccount>,
    csv: bool,
}

impl Report for Accounts {
    fn json(&self) -> Value {
        let accounts = self.accounts.iter().map(|account| {
            json!({
                "accountId": account.id,
                "accountName": account.name,
                "emailAddress": account.email,
                "state": account.state(),
                "arn": account.arn,
                "joinedMethod": account.joined_method,
                "joinedAt": account.joined_at().map(format_timestamp),
            })
        });
        object([("accounts", accounts.collect())])
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
