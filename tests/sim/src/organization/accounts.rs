//! AWS accounts: who has what in them. Found by id without a search, for worlds with many.

use super::{Principal, USER_ID};
use std::collections::{BTreeMap, HashMap};

/// An AWS account of the organization.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub id: String,
    pub name: String,
    pub email: String,
    /// As Organizations names it, e.g. `ACTIVE`.
    pub status: String,
    /// Whether it is in the portal of the user who signs in; with roles or, as may happen, without.
    pub listed: bool,
    /// The permission sets that the user who signs in has.
    pub roles: Vec<String>,
    /// Who else has which permission set.
    pub others: BTreeMap<String, Vec<Principal>>,
}

impl Account {
    /// Whether anybody has this permission set: then it is provisioned.
    pub(crate) fn has(&self, permission_set: &str) -> bool {
        self.others.contains_key(permission_set) || self.roles.iter().any(|role| role == permission_set)
    }

    /// All that are provisioned. A name may come twice.
    pub(crate) fn permission_sets(&self) -> impl Iterator<Item = &String> {
        self.roles.iter().chain(self.others.keys())
    }

    /// Who has this permission set.
    pub(crate) fn principals(&self, permission_set: &str) -> Vec<Principal> {
        let user = self.roles.iter().any(|role| role == permission_set);
        let user = user.then(|| Principal::user(USER_ID));
        let others = self.others.get(permission_set).into_iter().flatten();
        user.into_iter().chain(others.cloned()).collect()
    }
}

/// The accounts, in the order they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accounts {
    list: Vec<Account>,
    by_id: HashMap<String, usize>,
}

impl Accounts {
    /// The account of that id; if there is none, a new one that is in nobody's portal.
    pub(crate) fn entry(&mut self, id: &str) -> &mut Account {
        let at = *self.by_id.entry(id.into()).or_insert(self.list.len());
        if at == self.list.len() {
            self.list.push(Account {
                id: id.into(),
                name: id.into(),
                email: format!("aws+{id}@example.com"),
                status: "ACTIVE".into(),
                listed: false,
                roles: Vec::new(),
                others: BTreeMap::new(),
            });
        }
        &mut self.list[at]
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Account> {
        self.by_id.get(id).map(|at| &self.list[*at])
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Account> {
        self.by_id.get(id).map(|at| &mut self.list[*at])
    }

    pub(crate) fn all(&self) -> &[Account] {
        &self.list
    }

    /// What the portal of the user who signs in lists.
    pub(crate) fn listed(&self) -> impl Iterator<Item = &Account> {
        self.list.iter().filter(|account| account.listed)
    }
}
