//! The profiles that could be made: each role that is assigned, in each region that is wished.

use super::name::Words;
use super::plan::{Assigned, SessionRoles, Wish};
use sso_config::Section;
use sso_portal::Account;
use std::collections::HashSet;
use wildmatch::WildMatch;

/// One profile that could be made.
#[derive(Debug)]
pub(super) struct Target<'a> {
    pub(super) session: &'a str,
    pub(super) account: &'a Account,
    pub(super) role: &'a str,
    pub(super) region: Option<&'a str>,
    pub(super) name: Option<String>,
    /// The filters let it pass.
    pub(super) is_wanted: bool,
}

impl Target<'_> {
    pub(super) fn words(&self) -> Words<'_> {
        Words {
            account_name: self.account.name.as_deref(),
            account_id: self.account.id.as_str(),
            account_email: self.account.email.as_deref(),
            role_name: self.role,
            session: self.session,
            region: self.region,
        }
    }

    pub(super) fn values(&self) -> Vec<(&'static str, &str)> {
        let mut values = vec![
            ("sso_session", self.session),
            ("sso_account_id", self.account.id.as_str()),
            ("sso_role_name", self.role),
        ];
        values.extend(self.region.map(|region| ("region", region)));
        values
    }

    pub(super) fn owner(&self) -> Owner {
        let text = str::to_owned;
        Owner { session: text(self.session), account: text(self.account.id.as_str()), role: text(self.role) }
    }

    pub(super) fn assigned(&self) -> Assigned {
        Assigned {
            session: self.session.to_owned(),
            account_id: self.account.id.as_str().to_owned(),
            account_name: self.account.name.clone(),
            role: self.role.to_owned(),
            region: self.region.map(str::to_owned),
        }
    }
}

/// Whom a profile is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Owner {
    session: String,
    account: String,
    role: String,
}

pub(super) fn owner(section: &Section<'_>) -> Option<Owner> {
    let value = |key| section.get(key).map(|found| found.value.into_owned());
    Some(Owner {
        session: value("sso_session")?,
        account: value("sso_account_id")?,
        role: value("sso_role_name")?,
    })
}

/// Everything that is assigned, filtered or not, in the order of the inventory.
pub(super) fn targets<'a>(read: &'a [SessionRoles], wish: &'a Wish) -> Vec<Target<'a>> {
    let regions: Vec<Option<&str>> = match wish.regions.as_slice() {
        [] => vec![None],
        some => some.iter().map(|region| Some(region.as_str())).collect(),
    };
    let (mut targets, mut seen) = (Vec::new(), HashSet::new());
    for SessionRoles { session, inventory } in read {
        for (account, roles) in &inventory.complete {
            let is_account = is_account(wish, account);
            for role in roles.iter().map(|role| role.name.as_str()) {
                if !seen.insert((session.as_str(), account.id.as_str(), role)) {
                    continue;
                }
                let is_wanted = is_account && matches(wish.role.as_ref(), role);
                for region in regions.iter().copied() {
                    let session = session.as_str();
                    let target = Target { session, account, role, region, name: None, is_wanted };
                    let name = wish.template.name(&target.words());
                    targets.push(Target { name, ..target });
                }
            }
        }
    }
    targets
}

pub(super) fn matches(pattern: Option<&WildMatch>, text: &str) -> bool {
    pattern.is_none_or(|pattern| pattern.matches(text))
}

pub(super) fn is_account(wish: &Wish, account: &Account) -> bool {
    let pattern = wish.account.as_ref();
    matches(pattern, account.id.as_str()) || matches(pattern, account.name.as_deref().unwrap_or_default())
}
