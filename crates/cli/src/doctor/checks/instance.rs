//! I01 to I05 and T07: what the instance says. I04, I06 and I07 show only inside a login.

use crate::catalogue::Code;
use crate::doctor::engine::Check;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::fix::Fix;
use crate::doctor::probe::Probe;
use crate::doctor::probe::net::NetFacts;
use crate::explain::Explain as _;
use sso_config::{ConfigEdit, Origin, Sourced, SsoRole, SsoSession};
use sso_core::{Partition, Region, nearest};
use sso_oidc::{partition_of_host, region_of_host};
use sso_portal::{Account, PortalError, Role};

pub(super) const CHECKS: &[Check] = &[
    Check::network(Code::T07, ended),
    Check::network(Code::I01, region),
    Check::network(Code::I02, role),
    Check::network(Code::I03, account),
    Check::disk(Code::I05, partition),
];

/// As many names as are of use.
const MOST: usize = 10;

fn facts(probe: &Probe) -> Option<(&NetFacts, &SsoSession)> {
    probe.net.facts().zip(probe.config.subject.session())
}

/// T07.
fn ended(probe: &Probe) -> Vec<Finding> {
    let Some((facts, _)) = facts(probe) else { return Vec::new() };
    let rejected = |error: &&PortalError| matches!(error, PortalError::SessionRejected { .. });
    let Some(error) = facts.session.errors().find(rejected) else { return Vec::new() };
    let finding = Finding::of(error.explain(&probe.voice), Severity::Error);
    let path = probe.cache.session.as_ref().map(|session| session.token_path.clone());
    vec![match path {
        Some(path) => finding.at(probe.voice.path(&path)).fix(Fix::Quarantine { path }),
        None => finding,
    }]
}

/// I01.
fn region(probe: &Probe) -> Vec<Finding> {
    let Some((facts, session)) = facts(probe) else { return Vec::new() };
    let Some(found) = &facts.portal_region else { return Vec::new() };
    let Ok(told) = Region::parse(found) else { return Vec::new() };
    let written = &session.region;
    let elsewhere = Region::parse(&written.value).is_ok_and(|own| own.partition() != told.partition());
    // Another partition altogether is I05's.
    if written.value == *found || (elsewhere && partition_named(session).is_some()) {
        return Vec::new();
    }
    let headline = format!("sso_region is {}, and the portal is in {found}.", written.value);
    let finding = Finding::new(Code::I01, Severity::Error, headline);
    vec![set(finding, probe, written, "sso_region", found)]
}

/// What the start URL's host says of its partition.
fn partition_named(session: &SsoSession) -> Option<Partition> {
    partition_of_host(&session.start_url.value.host()?)
}

/// I02.
fn role(probe: &Probe) -> Vec<Finding> {
    let (Some((facts, _)), Some(role)) = (facts(probe), probe.config.subject.sso_role()) else {
        return Vec::new();
    };
    let listed: &[Role] = match &facts.session.roles {
        Some(Ok(listed)) => listed,
        Some(Err(PortalError::NoAccess { .. })) => &[],
        // What it says then, it says of itself and not of the role.
        Some(Err(_)) | None => return Vec::new(),
    };
    if of_account(&facts.session.accounts, role) == Some(false) {
        // I03 says it.
        return Vec::new();
    }
    let name = role.role_name.value.as_str();
    let names: Vec<&str> = listed.iter().map(|role| role.name.as_str()).collect();
    let assigned = names.contains(&name);
    let refused = matches!(facts.session.credentials, Some(Err(PortalError::NoAccess { .. })));
    if assigned && !refused {
        return Vec::new();
    }
    let (account, origin) = (&role.account_id.value, &role.role_name.origin);
    let at = probe.voice.origin(origin);
    if assigned {
        let headline = format!("The role {name} is assigned to you in account {account}, and is refused.");
        let finding = Finding::new(Code::I02, Severity::Error, headline).at(at);
        return vec![finding.remedy("ask your administrator to provision the permission set again")];
    }
    let headline = format!("The role {name} is not assigned to you in account {account}.");
    let finding = Finding::new(Code::I02, Severity::Error, headline).at(at);
    let near = nearest(name, names.iter().copied(), MOST);
    let rest = names.iter().filter(|name| !near.contains(name));
    let there: Vec<&str> = near.iter().chain(rest).take(MOST).copied().collect();
    if there.is_empty() {
        return vec![finding.seen("you have no role there").remedy("ask your administrator")];
    }
    let finding = finding.seen(format!("you have there: {}", there.join(", ")));
    vec![match near.first() {
        Some(nearest) => set(finding, probe, &role.role_name, "sso_role_name", nearest),
        None => finding.remedy(format!("set sso_role_name to one of them, {}", probe.voice.mend(origin))),
    }]
}

/// I03.
fn account(probe: &Probe) -> Vec<Finding> {
    let Some((facts, _)) = facts(probe) else { return Vec::new() };
    let Some(Ok(accounts)) = &facts.session.accounts else { return Vec::new() };
    let ask = "ask your administrator for an assignment; yours: sso accounts";
    if accounts.is_empty() {
        let finding = Finding::new(Code::I03, Severity::Error, "No account is assigned to you.");
        return vec![finding.remedy("ask your administrator for an assignment")];
    }
    let Some(role) = probe.config.subject.sso_role() else { return Vec::new() };
    if of_account(&facts.session.accounts, role) != Some(false) {
        return Vec::new();
    }
    let wanted = role.account_id.value.as_str();
    let headline = format!("The account {wanted} is not assigned to you.");
    let finding =
        Finding::new(Code::I03, Severity::Error, headline).at(probe.voice.origin(&role.account_id.origin));
    let near = nearest(wanted, accounts.iter().map(|account| account.id.as_str()), 3);
    let shown = accounts.iter().filter(|account| near.is_empty() || near.contains(&account.id.as_str()));
    let shown: Vec<String> = shown.take(MOST).map(words).collect();
    vec![finding.seen(format!("you have: {}", shown.join(", "))).remedy(ask)]
}

/// `111122223333 (dev)`
fn words(account: &Account) -> String {
    match &account.name {
        Some(name) => format!("{} ({name})", account.id),
        None => account.id.to_string(),
    }
}

/// Whether the role's account is among those that are assigned; `None`: not known.
fn of_account(accounts: &Option<Result<Vec<Account>, PortalError>>, role: &SsoRole) -> Option<bool> {
    let accounts = accounts.as_ref()?.as_ref().ok()?;
    Some(accounts.iter().any(|account| account.id == role.account_id.value))
}

/// The value that helps, and who writes it.
fn set<T>(finding: Finding, probe: &Probe, written: &Sourced<T>, key: &str, value: &str) -> Finding {
    let place = probe.voice.origin(&written.origin);
    let finding = finding.at(place.clone()).remedy(format!("set {key} = {value} ({place})"));
    match &written.origin {
        Origin::File { section, place } if probe.is_config(place) => {
            finding.fix(Fix::Config(ConfigEdit::new().set(section.clone(), key, value)))
        }
        _ => finding,
    }
}

/// I05.
fn partition(probe: &Probe) -> Vec<Finding> {
    let Some(session) = probe.config.subject.session() else { return Vec::new() };
    let (Some(of_url), Ok(region)) = (partition_named(session), Region::parse(&session.region.value)) else {
        return Vec::new();
    };
    if of_url == region.partition() {
        return Vec::new();
    }
    let host = session.start_url.value.host().unwrap_or_default();
    // Every partition but the commercial one has portals of its own form; of the plain form we are less sure.
    let severity = if of_url == Partition::Aws { Severity::Warning } else { Severity::Error };
    let (own, other) = (of_url.id(), region.partition().id());
    let headline = format!("{host} is of the partition {own}, and {region} of {other}.");
    let finding = Finding::new(Code::I05, severity, headline).at(probe.voice.origin(&session.region.origin));
    vec![match region_of_host(&host) {
        Some(named) => set(finding, probe, &session.region, "sso_region", &named),
        None => finding.remedy("correct sso_region or sso_start_url, as your administrator gave them to you"),
    }]
}
