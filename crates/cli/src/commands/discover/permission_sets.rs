//! `sso discover permission-sets`: the permission sets of the instance.

use super::desk::{Patience, at_desk};
use crate::args::DiscoverArgs;
use crate::commands::Outcome;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::csv::csv;
use crate::output::table::table;
use crate::output::time::span;
use crate::output::{Look, Report, object};
use jiff::SignedDuration;
use serde_json::{Value, json};
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

/// What could not be read, for `--json`.
pub(super) fn unread_json(unread: &[Unread]) -> Vec<Value> {
    let one = |part: &Unread| {
        json!({
            "accountId": part.account.as_ref().map(|account| account.as_str()),
            "permissionSetArn": part.permission_set_arn,
            "error": part.error.to_string(),
        })
    };
    unread.iter().map(one).collect()
}

/// A permission set for `--json`.
pub(super) fn set_json(set: &PermissionSet) -> Value {
    json!({
        "name": set.name,
        "arn": set.arn,
        "sessionDuration": set.session_duration,
        "description": set.description,
        "relayState": set.relay_state,
    })
}

/// `PT8H` as people write it.
fn duration(set: &PermissionSet) -> String {
    let text = set.session_duration.as_deref().unwrap_or_default();
    text.parse::<SignedDuration>().map_or_else(|_| text.to_owned(), span)
}

impl Report for PermissionSets {
    fn json(&self) -> Value {
        object([
            ("instanceArn", self.instance.arn.as_str().into()),
            ("permissionSets", self.sets.iter().map(set_json).collect()),
            ("failed", unread_json(&self.unread).into()),
        ])
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
