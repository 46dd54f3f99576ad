//! What administrators see, as a test describes it and changes it: more verbs of `SimBuilder` and of `Sim`.

use crate::access::Access;
use crate::builder::SimBuilder;
use crate::credentials::Caller;
use crate::organization::{Instance, PermissionSet, Principal, USER_ID};
use crate::sim::Sim;
use crate::world::lock;

impl SimBuilder {
    /// The name of the organization's instance (default `corp`).
    pub fn instance(mut self, name: &str) -> Self {
        let own = self.organization.instances.iter_mut().filter(|instance| instance.is_own());
        own.for_each(|instance| instance.name = name.into());
        self
    }

    /// There is no instance of the organization.
    pub fn no_instance(mut self) -> Self {
        self.organization.instances.retain(|instance| !instance.is_own());
        self
    }

    /// One more instance, which belongs to an account: it is listed, and has no permission sets.
    pub fn more_instance(mut self, name: &str, account_id: &str) -> Self {
        let instances = &mut self.organization.instances;
        let before = instances.iter().filter(|instance| !instance.is_own()).count();
        instances.push(Instance::of_account(before + 1, name, account_id));
        self
    }

    /// The management account, which owns organization and instance (default `111122223333`).
    pub fn owner(mut self, account_id: &str) -> Self {
        self.organization.owner = account_id.into();
        self
    }

    /// A permission set; those of the roles in [`SimBuilder::account`] are there anyway, with `PT1H` and no more.
    pub fn permission_set(mut self, name: &str, description: Option<&str>, session_duration: &str) -> Self {
        let set = self.organization.permission_sets.entry(name);
        set.description = description.map(str::to_owned);
        set.session_duration = session_duration.into();
        self
    }

    /// The page that users of a permission set are sent to.
    pub fn relay_state(mut self, permission_set: &str, url: &str) -> Self {
        self.organization.permission_sets.entry(permission_set).relay_state = Some(url.into());
        self
    }

    /// A user of the directory; the one who signs in is there anyway.
    pub fn directory_user(mut self, id: &str, name: &str) -> Self {
        self.organization.users.insert(id.into(), name.into());
        self
    }

    /// A group of the directory.
    pub fn directory_group(mut self, id: &str, name: &str) -> Self {
        self.organization.groups.insert(id.into(), name.into());
        self
    }

    /// Gives somebody a permission set in an account. What there is not yet is made, but for the principal: one that is
    /// not in the directory was deleted from it.
    pub fn assignment(mut self, account_id: &str, permission_set: &str, principal: Principal) -> Self {
        self.organization.assign(account_id, permission_set, principal);
        self
    }

    /// An account of the organization that is not in the user's portal; one that is gets the name, email and status.
    /// `status` is as Organizations has it, e.g. `ACTIVE` or `SUSPENDED`.
    pub fn organization_account(mut self, id: &str, name: &str, email: &str, status: &str) -> Self {
        let account = self.organization.accounts.entry(id);
        (account.name, account.email, account.status) = (name.into(), email.into(), status.into());
        self
    }

    /// Only these roles may call the administrator's services, and keys of IAM users (default: everybody may).
    pub fn administrators(mut self, roles: &[&str]) -> Self {
        self.access.administrators = Some(roles.iter().map(ToString::to_string).collect());
        self
    }

    /// Nobody may do this, e.g. `organizations:ListAccounts`.
    ///
    /// # Panics
    /// If there is no such action: a misspelt one would never be denied, and the test would pass.
    pub fn deny(mut self, action: &str) -> Self {
        self.access.deny(action);
        self
    }
}

impl Sim {
    /// The ARN of the organization's instance, be it there or not.
    pub fn instance_arn(&self) -> String {
        Instance::own("").arn(self.world.settings.partition())
    }

    /// The id of its identity store.
    pub fn identity_store_id(&self) -> String {
        Instance::own("").identity_store_id()
    }

    /// The ARN of the permission set of that name, be it there or not.
    pub fn permission_set_arn(&self, name: &str) -> String {
        PermissionSet::arn_of(name, self.world.settings.partition())
    }

    /// The directory's id of the user who signs in.
    pub fn user_id(&self) -> &'static str {
        USER_ID
    }

    /// Gives the user a role, in an account that may be new. Administrators see it as an assignment.
    pub fn assign(&self, account_id: &str, role: &str) {
        self.assign_to(account_id, role, Principal::user(USER_ID));
    }

    /// Takes a role from the user; the account stays in the list.
    pub fn unassign(&self, account_id: &str, role: &str) {
        self.unassign_from(account_id, role, &Principal::user(USER_ID));
    }

    /// Gives somebody a permission set in an account, as [`SimBuilder::assignment`] does.
    pub fn assign_to(&self, account_id: &str, permission_set: &str, principal: Principal) {
        lock(&self.world.state).organization.assign(account_id, permission_set, principal);
    }

    /// Takes a permission set from somebody; account and permission set stay.
    pub fn unassign_from(&self, account_id: &str, permission_set: &str, principal: &Principal) {
        lock(&self.world.state).organization.unassign(account_id, permission_set, principal);
    }

    /// Nobody may do this from now on, as [`SimBuilder::deny`] says.
    ///
    /// # Panics
    /// If there is no such action.
    pub fn deny(&self, action: &str) {
        lock(&self.world.state).access.deny(action);
    }

    /// Everybody may do everything from now on: no [`Sim::deny`], no [`SimBuilder::administrators`].
    pub fn allow_all(&self) {
        lock(&self.world.state).access = Access::default();
    }

    /// Makes keys of an IAM user: access key id and secret. They never expire and have no session token; STS takes them,
    /// and to the administrator's services they are an administrator's.
    pub fn long_lived_keys(&self, account_id: &str, user: &str) -> (String, String) {
        let caller = Caller::user(self.world.settings.partition(), account_id, user);
        lock(&self.world.state).long_lived_key(caller)
    }
}
