//! `sso discover permission-sets`: the permission sets of the instance.

use super::desk::{Patience, at_desk};
use crate::args::DiscoverArgs;
use crate::commands::Outcome;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::csv::csv;
use crate::output::document::document;
use crate::output::table::table;
use crate::output::time::span;
use crate::output::{Look, Report};
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::Value;
use sso_discovery::{Instance, PermissionSet, Unread};

/// Lists the permission sets.
pub(super) fn run(context: &Context, args: &DiscoverArgs) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let report = at_desk(context, &set, args, Patience::List, async |desk| {
        let admin = desk.admin(&desk.region)?;
        let instance = desk.instance(&admin, args).await?;
        let (sets, unread) = desk.permission_sets(&admin, &instance).await?;
        desk.warn_unread(&unread, str::to_owned);
        Ok(PermissionSets { instance, sets, unread, csv: args.csv })
    })?;
    let exit = if report.unread.is_empty() { Exit::Success } else { Exit::Network };
    Ok(Outcome { report: Box::new(report), exit })
}

struct PermissionSets {
    instance: Instance,
    sets: Vec<PermissionSet>,
    unread: Vec<Unread>,
    csv: bool,
}

/// The permission sets of the instance.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    instance_arn: &'a str,
    permission_sets: Vec<Set<'a>>,
    /// Those that could not be read.
    failed: Vec<Failed<'a>>,
}

/// A permission set.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "PermissionSet"))]
pub(super) struct Set<'a> {
    name: &'a str,
    arn: &'a str,
    /// How long its credentials live, as ISO 8601 writes it: `PT8H`.
    session_duration: Option<&'a str>,
    /// What somebody wrote about it.
    description: Option<&'a str>,
    /// Where the console opens.
    relay_state: Option<&'a str>,
}

impl<'a> Set<'a> {
    pub(super) fn of(set: &'a PermissionSet) -> Self {
        Self {
            name: &set.name,
            arn: &set.arn,
            session_duration: set.session_duration.as_deref(),
            description: set.description.as_deref(),
            relay_state: set.relay_state.as_deref(),
        }
    }
}

/// What could not be read.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct Failed<'a> {
    /// The account; null: the permission set itself, or where it is at all.
    account_id: Option<&'a str>,
    permission_set_arn: &'a str,
    /// Why, for people.
    error: String,
}

impl<'a> Failed<'a> {
    pub(super) fn of(unread: &'a Unread) -> Self {
        Self {
            account_id: unread.account.as_ref().map(|account| account.as_str()),
            permission_set_arn: &unread.permission_set_arn,
            error: unread.error.to_string(),
        }
    }
}

/// `PT8H` as people write it.
fn duration(set: &PermissionSet) -> String {
    let text = set.session_duration.as_deref().unwrap_or_default();
    text.parse::<SignedDuration>().map_or_else(|_| text.to_owned(), span)
}

impl Report for PermissionSets {
    fn json(&self) -> Value {
        document(&Document {
            instance_arn: &self.instance.arn,
            permission_sets: self.sets.iter().map(Set::of).collect(),
            failed: self.unread.iter().map(Failed::of).collect(),
        })
    }

    fn data(&self, look: &Look) -> String {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        if self.csv {
            let rows = self.sets.iter().map(|set| {
                [set.name.clone(), set.arn.clone(), text(&set.session_duration), text(&set.description)]
            });
            return csv(["name", "arn", "session_duration", "description"], rows);
        }
        let rows = self
            .sets
            .iter()
            .map(|set| [set.name.clone(), duration(set), text(&set.description), set.arn.clone()]);
        table(["NAME", "SESSION", "DESCRIPTION", "ARN"], rows, look)
    }
}
