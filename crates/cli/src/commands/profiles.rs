//! `sso profiles`: what the configuration says of each profile, and with `--pick` one of them. No network.

use super::{Outcome, pick};
use crate::args::ProfilesArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::output::document::document;
use crate::output::escape::escape;
use crate::output::table::table;
use crate::output::{Look, Report};
use serde::Serialize;
use serde_json::Value;
use sso_config::{ConfigSet, RoleChain, Section};
use sso_core::{ProfileName, RoleArn};
use std::io::IsTerminal as _;

/// Lists the profiles in the order of the files, or gives the one that the user picks.
pub(crate) fn run(context: &Context, args: ProfilesArgs) -> Result<Outcome, CliError> {
    let set = context.config()?;
    if args.pick {
        let named = pick::named(context, &set)?;
        let profile = named.map_or_else(|| pick::any_profile(context, &set), Ok)?;
        return Ok(Outcome::success(Picked { profile }));
    }
    let profiles = set
        .profiles()
        .map(|section| {
            if let Some(row) = assumed(&set, &section) {
                return row;
            }
            let value = |key: &str| section.get(key).map(|found| found.value.into_owned());
            Row {
                name: section.name().to_owned(),
                session: value("sso_session"),
                start_url: value("sso_start_url"),
                account: value("sso_account_id"),
                role: value("sso_role_name"),
                region: value("region"),
            }
        })
        .collect();
    Ok(Outcome::success(Profiles { profiles }))
}

/// A profile whose role is assumed with that of a session: whose the credentials are, not where they begin.
fn assumed(set: &ConfigSet, section: &Section<'_>) -> Option<Row> {
    // Cheaper than resolving each of 10,000.
    let resolved = section.has("role_arn").then(|| set.resolve(&ProfileName::new(section.name())).ok())??;
    let RoleChain { first, assumed } = resolved.chain()?;
    let arn = RoleArn::parse(&assumed.last()?.1.role_arn.value).ok()?;
    let session = first.session.name.as_ref().map(|name| name.as_str().to_owned());
    Some(Row {
        name: section.name().to_owned(),
        start_url: session.is_none().then(|| first.session.start_url.value.as_str().to_owned()),
        session,
        account: Some(arn.account_id().as_str().to_owned()),
        role: Some(arn.role_name().as_str().to_owned()),
        region: resolved.region.map(|region| region.value),
    })
}

/// The profile that was picked.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct PickedDocument<'a> {
    profile: &'a str,
}

/// The profile that was picked: its name and nothing else, for `$(...)` of a shell.
struct Picked {
    profile: ProfileName,
}

impl Report for Picked {
    fn json(&self) -> Value {
        document(&PickedDocument { profile: self.profile.as_str() })
    }

    fn data(&self, _: &Look) -> String {
        let name = self.profile.as_str();
        // A shell gets the bytes of the name; a terminal must not obey them.
        if std::io::stdout().is_terminal() { format!("{}\n", escape(name)) } else { format!("{name}\n") }
    }
}

/// What the configuration says of each profile.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct Document<'a> {
    /// In the order of the files.
    profiles: &'a [Row],
}

/// A profile. Of one that assumes a role: the account and the name of that role, and the session where it begins.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Profile"))]
struct Row {
    #[serde(rename = "profile")]
    name: String,
    /// The `sso-session` that it names.
    session: Option<String>,
    /// Its own start URL.
    start_url: Option<String>,
    #[serde(rename = "accountId")]
    account: Option<String>,
    #[serde(rename = "roleName")]
    role: Option<String>,
    region: Option<String>,
}

struct Profiles {
    profiles: Vec<Row>,
}

impl Report for Profiles {
    fn json(&self) -> Value {
        document(&Document { profiles: &self.profiles })
    }

    fn talk(&self, _: &Look) -> String {
        let none = self.profiles.is_empty();
        if none {
            "There is no profile yet. To set one up: sso configure\n".to_owned()
        } else {
            String::new()
        }
    }

    fn data(&self, look: &Look) -> String {
        if self.profiles.is_empty() {
            return String::new();
        }
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let rows = self.profiles.iter().map(|row| {
            // A profile without a session is reached through its own start URL.
            let session = row.session.as_ref().or(row.start_url.as_ref());
            [
                row.name.clone(),
                text(&session.cloned()),
                text(&row.account),
                text(&row.role),
                text(&row.region),
            ]
        });
        table(["PROFILE", "SESSION", "ACCOUNT", "ROLE", "REGION"], rows, look)
    }
}
