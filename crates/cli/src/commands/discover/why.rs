//! `sso discover assignments --why PROFILE`: whether the profile's role is assigned, to whom, and what is nearest if not.

use super::desk::{Desk, Patience, at_desk};
use super::names::Names;
use super::permission_sets::Set;
use crate::args::DiscoverArgs;
use crate::commands::{Outcome, sessions};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::csv::csv;
use crate::output::document::document;
use crate::output::escape::escape;
use crate::output::{Look, Report};
use serde::Serialize;
use serde_json::Value;
use sso_config::{ConfigSet, Sourced};
use sso_core::{AccountId, ProfileName, RoleName, nearest};
use sso_discovery::{
    AccountAssignment, AdminError, Instance, OrganizationAccount, PermissionSet, SsoAdmin, assignments,
};

/// Near names that are shown.
const NEAR: usize = 3;

/// Answers for one profile.
pub(super) fn run(context: &Context, args: &DiscoverArgs, profile: &str) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let wanted = Wanted::of(context, &set, profile)?;
    let answer = at_desk(context, &set, args, Patience::List, async |desk| {
        let admin = desk.admin(&desk.region)?;
        let instance = desk.instance(&admin, args).await?;
        answer(desk, &admin, &instance, wanted).await
    })?;
    let exit = if answer.here.is_empty() { Exit::NotAssigned } else { Exit::Success };
    Ok(Outcome { report: Box::new(Told { answer, csv: args.csv }), exit })
}

/// What the profile asks the portal for.
struct Wanted {
    profile: ProfileName,
    account: AccountId,
    role: RoleName,
    /// Where the role's name is written.
    role_place: String,
    account_place: String,
}

impl Wanted {
    fn of(context: &Context, set: &ConfigSet, profile: &str) -> Result<Self, CliError> {
        let (profile, role, _) = sessions::role_of(context, set, &ProfileName::new(profile))?;
        let voice = context.voice();
        let place = |origin: &_| voice.origin(origin);
        let Sourced { value: account, origin: of_account } = role.account_id;
        let Sourced { value: name, origin: of_role } = role.role_name;
        Ok(Self {
            profile,
            account,
            role: name,
            role_place: place(&of_role),
            account_place: place(&of_account),
        })
    }
}

/// A permission set in the account, and who has it.
struct Held {
    set: PermissionSet,
    by: Vec<Holder>,
}

/// A user or a group that has a permission set in the account.
struct Holder {
    assignment: AccountAssignment,
    /// The name, if there is one and it is told.
    name: Option<String>,
    /// The name for people, if anything is known: a note where there is none any more.
    shown: Option<String>,
}

struct Answer {
    wanted: Wanted,
    account: Option<OrganizationAccount>,
    /// Whether the organization's accounts are known at all.
    accounts_known: bool,
    /// The permission set that the profile names; none: there is no such one.
    set: Option<PermissionSet>,
    /// Who has it in the account.
    here: Vec<Holder>,
    /// What else is assigned in the account, the nearest name first.
    others: Vec<Held>,
    /// Accounts in which the permission set is.
    elsewhere: Vec<AccountId>,
    /// Names of permission sets that are like the one that is named.
    near: Vec<String>,
}

async fn answer(
    desk: &Desk<'_>,
    admin: &SsoAdmin,
    instance: &Instance,
    wanted: Wanted,
) -> Result<Answer, CliError> {
    let (sets, unread) = desk.permission_sets(admin, instance).await?;
    desk.warn_unread(&unread, str::to_owned);
    let accounts = desk.account_names().await?;
    let told = |error: AdminError| desk.told(&error);
    let arns: Vec<String> = sets.iter().map(|set| set.arn.clone()).collect();
    let found = assignments(admin, &instance.arn, &arns, Some(&wanted.account), |_, _| ()).await;
    let found = match found {
        Ok(found) => found,
        // An account that the service has never heard of has no assignments.
        Err(AdminError::Service { code, .. }) if code == "ResourceNotFoundException" => Default::default(),
        Err(error) => return Err(told(error)),
    };
    desk.warn_unread(&found.unread, str::to_owned);
    let names = desk.principals(instance, &found.assignments).await?;
    let set = sets.iter().find(|set| set.name == wanted.role.as_str()).cloned();
    let elsewhere = match &set {
        Some(set) => {
            admin.list_accounts_for_provisioned_permission_set(&instance.arn, &set.arn).await.map_err(told)?
        }
        None => Vec::new(),
    };
    let near = nearest(wanted.role.as_str(), sets.iter().map(|set| set.name.as_str()), NEAR);
    let near: Vec<String> =
        near.into_iter().filter(|name| *name != wanted.role.as_str()).map(str::to_owned).collect();
    let held = |set: &PermissionSet| Held { set: set.clone(), by: by(&found.assignments, set, &names) };
    let (mine, mut others): (Vec<Held>, Vec<Held>) = sets
        .iter()
        .map(held)
        .filter(|held| !held.by.is_empty())
        .partition(|held| held.set.name == wanted.role.as_str());
    others.sort_by_key(|held| near.iter().position(|name| *name == held.set.name).unwrap_or(usize::MAX));
    Ok(Answer {
        account: accounts.iter().find(|account| account.id == wanted.account.as_str()).cloned(),
        accounts_known: !accounts.is_empty(),
        here: mine.into_iter().flat_map(|held| held.by).collect(),
        elsewhere: elsewhere.into_iter().filter(|account| *account != wanted.account).collect(),
        set,
        others,
        near,
        wanted,
    })
}

/// Who has the permission set.
fn by(found: &[AccountAssignment], set: &PermissionSet, names: &Names) -> Vec<Holder> {
    let its = found.iter().filter(|assignment| assignment.permission_set_arn == set.arn);
    let mut by: Vec<Holder> = its
        .map(|assignment| Holder {
            assignment: assignment.clone(),
            name: names.name(assignment).map(str::to_owned),
            shown: Some(names.shown(assignment)).filter(|shown| !shown.is_empty()),
        })
        .collect();
    by.sort_by_cached_key(|holder| {
        let AccountAssignment { principal_type, principal_id, .. } = &holder.assignment;
        (principal_type.clone(), holder.shown.clone(), principal_id.clone())
    });
    by
}

/// `group Admins`, `user 9067-...`.
fn principal(holder: &Holder) -> String {
    let known = holder.shown.as_deref().unwrap_or(&holder.assignment.principal_id);
    format!("{} {known}", holder.assignment.principal_type.to_lowercase())
}

/// Whether the role of a profile is assigned, to whom, and what is nearest if not.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    profile: &'a str,
    account_id: &'a str,
    /// Null: the organization's accounts cannot be seen, or it is not one of them.
    account_name: Option<&'a str>,
    /// As AWS Organizations calls it: `ACTIVE`, `SUSPENDED`, ...; null as the name is.
    account_state: Option<&'a str>,
    role_name: &'a str,
    /// Whether somebody has the role in the account.
    assigned: bool,
    /// The permission set of the role's name; null: there is no such one.
    permission_set: Option<Set<'a>>,
    /// Who has it in the account.
    principals: Vec<Principal<'a>>,
    /// What else is assigned in the account, the nearest name first.
    others: Vec<Other<'a>>,
    /// The ids of other accounts in which the permission set is.
    other_accounts: Vec<&'a str>,
    /// The names of permission sets that are like the role's name.
    near: &'a [String],
}

/// A user or a group.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Principal<'a> {
    /// As IAM Identity Center calls it: `USER` or `GROUP`.
    principal_type: &'a str,
    /// The id in the identity store.
    principal_id: &'a str,
    /// Null: the identity store has nobody of that id, or does not tell.
    principal_name: Option<&'a str>,
}

/// Another permission set in the account.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Other<'a> {
    /// Its name.
    permission_set: &'a str,
    /// Who has it there.
    principals: Vec<Principal<'a>>,
}

struct Told {
    answer: Answer,
    csv: bool,
}

impl Told {
    /// `prod (444455556666)`.
    fn account(&self) -> String {
        let id = self.answer.wanted.account.as_str();
        match self.answer.account.as_ref().and_then(|account| account.name.as_deref()) {
            Some(name) => format!("{name} ({id})"),
            None => id.to_owned(),
        }
    }

    fn principal(holder: &Holder) -> Principal<'_> {
        Principal {
            principal_type: &holder.assignment.principal_type,
            principal_id: &holder.assignment.principal_id,
            principal_name: holder.name.as_deref(),
        }
    }

    /// Labelled lines under the headline.
    fn notes(&self) -> Vec<(&'static str, String)> {
        let Answer { wanted, set, others, elsewhere, near, account, accounts_known, here } = &self.answer;
        let mut notes = Vec::new();
        match account {
            Some(account) if !matches!(account.state(), Some("ACTIVE") | None) => {
                let state = account.state().unwrap_or_default().to_lowercase();
                notes.push(("account", format!("it is {state}")));
            }
            None if *accounts_known => {
                notes.push(("account", format!("it is not in the organization ({})", wanted.account_place)));
            }
            _ => {}
        }
        if !here.is_empty() {
            notes.extend(here.iter().map(|held| ("assigned to", principal(held))));
            return notes;
        }
        if set.is_none() {
            notes.push(("cause", format!("there is no permission set of that name ({})", wanted.role_place)));
            if !near.is_empty() {
                notes.push(("near", near.join(", ")));
            }
        }
        for held in others {
            let by: Vec<String> = held.by.iter().map(principal).collect();
            notes.push(("assigned there", format!("{}: {}", held.set.name, by.join(", "))));
        }
        if others.is_empty() {
            notes.push(("assigned there", "nothing".to_owned()));
        }
        if !elsewhere.is_empty() {
            let ids: Vec<&str> = elsewhere.iter().take(NEAR).map(AccountId::as_str).collect();
            let more = elsewhere.len().saturating_sub(NEAR);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            notes.push(("assigned in", format!("{}{more}", ids.join(", "))));
        }
        notes
    }

    /// What to do about it.
    fn fix(&self) -> String {
        let Answer { wanted, set, others, near, .. } = &self.answer;
        let assigned_near = others.iter().find(|held| near.contains(&held.set.name));
        match (set, assigned_near) {
            (None, Some(held)) => format!("set sso_role_name = {} ({})", held.set.name, wanted.role_place),
            (Some(_), _) => format!("assign \"{}\" in the account to a user or a group", wanted.role),
            (None, None) => {
                format!("set sso_role_name to one that is assigned there ({})", wanted.role_place)
            }
        }
    }
}

/// What follows for somebody to whom the role is not given although it is assigned.
const NONE_OF_THESE: &str = "whoever gets \"No access\" is none of these, or in none of these groups";

impl Report for Told {
    fn json(&self) -> Value {
        let answer = &self.answer;
        let others = answer.others.iter().map(|held| Other {
            permission_set: &held.set.name,
            principals: held.by.iter().map(Self::principal).collect(),
        });
        document(&Document {
            profile: answer.wanted.profile.as_str(),
            account_id: answer.wanted.account.as_str(),
            account_name: answer.account.as_ref().and_then(|account| account.name.as_deref()),
            account_state: answer.account.as_ref().and_then(|account| account.state()),
            role_name: answer.wanted.role.as_str(),
            assigned: !answer.here.is_empty(),
            permission_set: answer.set.as_ref().map(Set::of),
            principals: answer.here.iter().map(Self::principal).collect(),
            others: others.collect(),
            other_accounts: answer.elsewhere.iter().map(AccountId::as_str).collect(),
            near: &answer.near,
        })
    }

    fn data(&self, look: &Look) -> String {
        let Answer { wanted, here, .. } = &self.answer;
        if self.csv {
            let rows = here.iter().map(|Holder { assignment, shown, .. }| {
                [
                    wanted.account.as_str().to_owned(),
                    wanted.role.as_str().to_owned(),
                    assignment.principal_type.to_lowercase(),
                    shown.clone().unwrap_or_default(),
                    assignment.principal_id.clone(),
                ]
            });
            return csv(
                ["account_id", "permission_set", "principal_type", "principal_name", "principal_id"],
                rows,
            );
        }
        let (mark, is) = match here.is_empty() {
            false => (look.tick(), "is assigned"),
            true => (look.cross(), "is assigned to nobody"),
        };
        let mut text =
            format!("{mark} {} {is} in {}.\n", escape(wanted.role.as_str()), escape(&self.account()));
        let mut notes = self.notes();
        match here.is_empty() {
            true => notes.push(("fix", self.fix())),
            false => notes.push(("note", NONE_OF_THESE.to_owned())),
        }
        let widest = notes.iter().map(|(label, _)| label.len()).max().unwrap_or_default();
        let mut last = "";
        for (label, note) in &notes {
            // A label that goes on is not said again.
            let shown = if *label == last { String::new() } else { format!("{label}:") };
            text.push_str(&format!("  {shown:<width$} {}\n", escape(note), width = widest + 1));
            last = label;
        }
        text
    }
}
