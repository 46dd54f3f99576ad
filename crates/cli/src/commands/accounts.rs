//! `sso accounts`: the accounts that the session may use.

use super::portal::SignedIn;
use super::{Outcome, sessions};
use crate::args::AccountsArgs;
use crate::catalogue::Code;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::Explain as _;
use crate::listed::{Kept, Known};
use crate::output::document::{Time, document};
use crate::output::table::table;
use crate::output::time::span;
use crate::output::{Look, Report};
use crate::runtime::block_on;
use serde::Serialize;
use serde_json::Value;
use sso_core::{AccountId, Timestamp};
use sso_portal::Account;
use std::sync::Arc;
use std::time::Duration;

/// How long lists may take in all.
pub(super) const LIMIT: Duration = Duration::from_secs(120);

/// Lists the accounts: as they were read last, if that is not too long ago and nobody wants them anew.
pub(crate) fn run(context: &Context, args: AccountsArgs) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let store = Arc::new(context.store()?);
    let listed = sessions::choose(context, &set, &store)?;
    if let Some(kept) = Kept::load(&context.env, &listed.session, context.now()).filter(|_| !args.refresh) {
        let accounts = kept.accounts.into_iter().map(|(account, _)| account).collect();
        return Ok(Outcome::success(Accounts {
            accounts: sorted(accounts),
            read_at: kept.read_at,
            kept: true,
        }));
    }
    let network = sessions::network(context, &set)?;
    let accounts = block_on(context.within(LIMIT), async {
        // From in here Ctrl-C is listened to: what the wait does to the terminal is undone.
        let _wait = context.output.waiting("Reading accounts", LIMIT);
        let session = SignedIn::open(context, &network, &listed.session, &listed.voice, &store).await?;
        let accounts = session.ask(async |portal, token| portal.list_accounts(token).await).await;
        accounts.map_err(|error| error.explain(&listed.voice))
    })?;
    let (accounts, read_at) = (sorted(accounts), context.now());
    let known: Vec<Known> = accounts.iter().map(|account| (account.clone(), None)).collect();
    Kept::save(&context.env, &listed.session, read_at, &known);
    Ok(Outcome::success(Accounts { accounts, read_at, kept: false }))
}

/// `As of 15:04 (12 min ago); --refresh asks anew.`
pub(super) fn as_of(read_at: Timestamp, look: &Look) -> String {
    let age = span(look.now.duration_since(read_at));
    format!("As of {} ({age} ago); --refresh asks anew.\n", look.moment(read_at))
}

/// An account id that was given as an option.
pub(super) fn checked_account(text: &str) -> Result<AccountId, CliError> {
    let account = AccountId::new(text);
    account.check().map_err(|error| {
        CliError::new(Code::C19, Exit::Usage, format!("\"{text}\" is not an account id."))
            .cause(error.to_string())
            .fix("sso accounts, which lists the ids of yours")
    })?;
    Ok(account)
}

fn sorted(mut accounts: Vec<Account>) -> Vec<Account> {
    accounts.sort_by_cached_key(Account::sort_key);
    accounts
}

/// The accounts that you may use.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    /// By name.
    accounts: Vec<One<'a>>,
    /// When they were read.
    read_at: Time,
}

/// An account.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Account"))]
struct One<'a> {
    account_id: &'a str,
    /// Its name, if it has one.
    account_name: Option<&'a str>,
    /// Its e-mail address, if the portal tells it.
    email_address: Option<&'a str>,
}

struct Accounts {
    accounts: Vec<Account>,
    read_at: Timestamp,
    /// They were not read just now.
    kept: bool,
}

impl Report for Accounts {
    fn json(&self) -> Value {
        let accounts = self.accounts.iter().map(|account| One {
            account_id: account.id.as_str(),
            account_name: account.name.as_deref(),
            email_address: account.email.as_deref(),
        });
        document(&Document { accounts: accounts.collect(), read_at: Time(self.read_at) })
    }

    fn data(&self, look: &Look) -> String {
        let rows = self.accounts.iter().map(|account| {
            [
                account.id.as_str().to_owned(),
                account.name.clone().unwrap_or_default(),
                account.email.clone().unwrap_or_default(),
            ]
        });
        table(["ACCOUNT", "NAME", "EMAIL"], rows, look)
    }

    fn talk(&self, look: &Look) -> String {
        if self.kept { as_of(self.read_at, look) } else { String::new() }
    }
}
