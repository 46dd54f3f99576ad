//! The organization: accounts, permission sets, who has which one where. The portal and the administrators look at the same.

mod accounts;
mod instance;
mod permission_sets;

pub(crate) use accounts::{Account, Accounts};
pub(crate) use instance::Instance;
pub(crate) use permission_sets::{PermissionSet, PermissionSets};

use std::collections::HashMap;

/// The directory's id of the user who signs in.
pub(crate) const USER_ID: &str = "9067f00ba1-11111111-2222-3333-4444-555555555555";

/// Somebody who can have a permission set in an account, by the id of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// A user.
    User(String),
    /// A group. Groups of this world have no members: what one may do shows in nobody's portal.
    Group(String),
}

impl Principal {
    /// A user, who is in the directory or was deleted from it.
    pub fn user(id: &str) -> Self {
        Self::User(id.into())
    }

    /// A group, which is in the directory or was deleted from it.
    pub fn group(id: &str) -> Self {
        Self::Group(id.into())
    }

    fn signs_in(&self) -> bool {
        matches!(self, Self::User(id) if id == USER_ID)
    }
}

/// Everything that administrators see.
#[derive(Clone, Debug)]
pub(crate) struct Organization {
    /// The management account.
    pub owner: String,
    pub instances: Vec<Instance>,
    pub accounts: Accounts,
    pub permission_sets: PermissionSets,
    /// User names by id.
    pub users: HashMap<String, String>,
    /// Group names by id.
    pub groups: HashMap<String, String>,
}

impl Organization {
    pub(crate) fn new() -> Self {
        Self {
            owner: "111122223333".into(),
            instances: vec![Instance::own("corp")],
            accounts: Accounts::default(),
            permission_sets: PermissionSets::default(),
            users: HashMap::new(),
            groups: HashMap::new(),
        }
    }

    /// Gives the user who signs in an account with these roles in it, and makes their permission sets.
    pub(crate) fn add_account(&mut self, id: &str, name: &str, email: &str, roles: &[&str]) {
        let account = self.accounts.entry(id);
        (account.name, account.email, account.listed) = (name.into(), email.into(), true);
        account.roles.extend(roles.iter().map(ToString::to_string));
        for role in roles {
            self.permission_sets.entry(role);
        }
    }

    /// Gives somebody a permission set in an account; both may be new.
    pub(crate) fn assign(&mut self, account_id: &str, permission_set: &str, principal: Principal) {
        self.permission_sets.entry(permission_set);
        let account = self.accounts.entry(account_id);
        if principal.signs_in() {
            account.listed = true;
            account.roles.push(permission_set.into());
        } else {
            account.others.entry(permission_set.into()).or_default().push(principal);
        }
    }

    /// Takes a permission set from somebody; account and permission set stay.
    pub(crate) fn unassign(&mut self, account_id: &str, permission_set: &str, principal: &Principal) {
        let Some(account) = self.accounts.get_mut(account_id) else { return };
        if principal.signs_in() {
            account.roles.retain(|role| role != permission_set);
        } else if let Some(principals) = account.others.get_mut(permission_set) {
            principals.retain(|one| one != principal);
            account.others.retain(|_, principals| !principals.is_empty());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_has_and_what_others_have_is_told_apart_and_shown_together() {
        let mut world = Organization::new();
        let (me, team) = (Principal::user(USER_ID), Principal::group("team"));
        world.add_account("1", "dev", "dev@example.com", &["Admin"]);
        world.assign("1", "Admin", team.clone());
        world.assign("2", "Audit", team.clone());
        let seen = |world: &Organization, id: &str, set: &str| {
            let account = world.accounts.get(id).expect("it is there");
            (account.roles.clone(), account.principals(set))
        };
        assert_eq!(seen(&world, "1", "Admin"), (vec!["Admin".into()], vec![me.clone(), team.clone()]));
        assert_eq!(seen(&world, "2", "Audit"), (vec![], vec![team.clone()]));
        assert_eq!(world.accounts.listed().count(), 1);
        world.unassign("1", "Admin", &me);
        assert_eq!(seen(&world, "1", "Admin"), (vec![], vec![team.clone()]));
        world.unassign("1", "Admin", &team);
        let dev = world.accounts.get("1").expect("it stays");
        assert!(!dev.has("Admin") && dev.listed);
        world.assign("2", "Admin", me.clone());
        assert_eq!(seen(&world, "2", "Admin"), (vec!["Admin".into()], vec![me]));
        assert_eq!(world.accounts.listed().count(), 2);
    }
}
