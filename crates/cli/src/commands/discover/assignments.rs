//! `sso discover assignments`: who has which permission set in which account.

use super::desk::{Patience, at_desk};
use super::names::Names;
use super::permission_sets::Failed;
use crate::args::{AssignmentsArgs, DiscoverArgs, answered};
use crate::catalogue::Code;
use crate::commands::Outcome;
use crate::commands::accounts::checked_account;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::csv::csv;
use crate::output::document::document;
use crate::output::table::table;
use crate::output::{Look, Report};
use serde::Serialize;
use serde_json::Value;
use sso_core::nearest;
use sso_discovery::{AccountAssignment, Instance, OrganizationAccount, PermissionSet, Unread, assignments};
use std::collections::HashMap;

/// Lists the assignments of an account, of a permission set, or all.
pub(super) fn run(
    context: &Context,
    args: &DiscoverArgs,
    which: &AssignmentsArgs,
) -> Result<Outcome, CliError> {
    let account = answered(&which.account_id).map(checked_account).transpose()?;
    let set = context.config()?;
    let report = at_desk(context, &set, args, Patience::AsLongAsItGoesOn, async |desk| {
        let admin = desk.admin(&desk.region)?;
        let instance = desk.instance(&admin, args).await?;
        let (sets, unread) = desk.permission_sets(&admin, &instance).await?;
        let chosen = chosen(&sets, answered(&which.permission_set))?;
        let names = desk.account_names().await?;
        let mut count = desk.count("Reading assignments", "roles");
        let found = assignments(&admin, &instance.arn, &chosen, account.as_ref(), |done, total| {
            count.set(done, total);
        })
        .await;
        drop(count);
        let mut found = found.map_err(|error| desk.told(&error))?;
        found.unread.extend(unread);
        let principals = desk.principals(&instance, &found.assignments).await?;
        let report = Assignments {
            rows: rows(found.assignments, &principals, &sets, &names),
            instance,
            unread: found.unread,
            csv: args.csv,
        };
        desk.warn_unread(&report.unread, |arn| name_of(&sets, arn));
        Ok(report)
    })?;
    let exit = if report.unread.is_empty() { Exit::Success } else { Exit::Network };
    Ok(Outcome { report: Box::new(report), exit })
}

/// The ARNs of the permission sets of that name, or of all.
fn chosen(sets: &[PermissionSet], name: Option<&str>) -> Result<Vec<String>, CliError> {
    let Some(wanted) = name else { return Ok(sets.iter().map(|set| set.arn.clone()).collect()) };
    let is_it = |set: &&PermissionSet| set.name == wanted || set.arn == wanted;
    match sets.iter().find(is_it) {
        Some(set) => Ok(vec![set.arn.clone()]),
        None => {
            let near = nearest(wanted, sets.iter().map(|set| set.name.as_str()), 3).join(", ");
            Err(CliError::new(Code::C20, Exit::Usage, format!("There is no permission set \"{wanted}\"."))
                .maybe("near", Some(near).filter(|near| !near.is_empty()))
                .fix("sso discover permission-sets"))
        }
    }
}

fn name_of(sets: &[PermissionSet], arn: &str) -> String {
    sets.iter().find(|set| set.arn == arn).map_or_else(|| arn.to_owned(), |set| set.name.clone())
}

/// One line of the answer.
struct Row {
    assignment: AccountAssignment,
    account_name: Option<String>,
    permission_set: String,
    principal_name: Option<String>,
    principal: String,
}

fn rows(
    found: Vec<AccountAssignment>,
    principals: &Names,
    sets: &[PermissionSet],
    accounts: &[OrganizationAccount],
) -> Vec<Row> {
    let accounts: HashMap<&str, Option<&String>> =
        accounts.iter().map(|account| (account.id.as_str(), account.name.as_ref())).collect();
    let sets: HashMap<&str, &str> = sets.iter().map(|set| (set.arn.as_str(), set.name.as_str())).collect();
    let row = |assignment: AccountAssignment| Row {
        account_name: accounts.get(assignment.account_id.as_str()).copied().flatten().cloned(),
        permission_set: (*sets
            .get(assignment.permission_set_arn.as_str())
            .unwrap_or(&assignment.permission_set_arn.as_str()))
        .to_owned(),
        principal_name: principals.name(&assignment).map(str::to_owned),
        principal: principals.shown(&assignment),
        assignment,
    };
    let mut rows: Vec<Row> = found.into_iter().map(row).collect();
    let lower = |text: &str| text.to_lowercase();
    rows.sort_by_cached_key(|row| {
        (
            row.account_name.is_none(),
            row.account_name.as_deref().map(lower),
            row.assignment.account_id.clone(),
            lower(&row.permission_set),
            row.assignment.principal_type.clone(),
            lower(&row.principal),
            row.assignment.principal_id.clone(),
        )
    });
    rows
}

/// Who has which permission set in which account.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    instance_arn: &'a str,
    assignments: Vec<Assigned<'a>>,
    /// What could not be read.
    failed: Vec<Failed<'a>>,
}

/// A user or a group has a permission set in an account.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Assignment"))]
struct Assigned<'a> {
    account_id: &'a str,
    /// Null: the organization's accounts cannot be seen, or it is not one of them.
    account_name: Option<&'a str>,
    /// Its name; its ARN if the permission set could not be read.
    permission_set: &'a str,
    permission_set_arn: &'a str,
    /// As IAM Identity Center calls it: `USER` or `GROUP`.
    principal_type: &'a str,
    /// The id in the identity store.
    principal_id: &'a str,
    /// Null: the identity store has nobody of that id, or does not tell.
    principal_name: Option<&'a str>,
}

struct Assignments {
    instance: Instance,
    rows: Vec<Row>,
    unread: Vec<Unread>,
    csv: bool,
}

impl Report for Assignments {
    fn json(&self) -> Value {
        let assigned = self.rows.iter().map(|row| Assigned {
            account_id: &row.assignment.account_id,
            account_name: row.account_name.as_deref(),
            permission_set: &row.permission_set,
            permission_set_arn: &row.assignment.permission_set_arn,
            principal_type: &row.assignment.principal_type,
            principal_id: &row.assignment.principal_id,
            principal_name: row.principal_name.as_deref(),
        });
        document(&Document {
            instance_arn: &self.instance.arn,
            assignments: assigned.collect(),
            failed: self.unread.iter().map(Failed::of).collect(),
        })
    }

    fn data(&self, look: &Look) -> String {
        let cells = |row: &Row| {
            [
                row.assignment.account_id.clone(),
                row.account_name.clone().unwrap_or_default(),
                row.permission_set.clone(),
                row.assignment.principal_type.to_lowercase(),
                row.principal.clone(),
                row.assignment.principal_id.clone(),
            ]
        };
        let rows = self.rows.iter().map(cells);
        if self.csv {
            let header = [
                "account_id",
                "account_name",
                "permission_set",
                "principal_type",
                "principal_name",
                "principal_id",
            ];
            return csv(header, rows);
        }
        table(["ACCOUNT", "NAME", "PERMISSION SET", "TYPE", "PRINCIPAL", "PRINCIPAL ID"], rows, look)
    }
}
