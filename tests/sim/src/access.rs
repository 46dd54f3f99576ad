//! Who may do what an administrator does.

use crate::credentials::Caller;
use crate::operation::Operation;
use std::collections::BTreeSet;

/// The rules in force.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    /// The roles that may; nothing lets everybody.
    pub administrators: Option<Vec<String>>,
    /// Actions that nobody may, e.g. `sso:ListInstances`.
    denied: BTreeSet<String>,
}

impl Access {
    /// Nobody may do this.
    pub(crate) fn deny(&mut self, action: &str) {
        assert!(Operation::is_action(action), "the simulated AWS has no action {action:?}");
        self.denied.insert(action.into());
    }

    /// Keys of an IAM user are an administrator's.
    pub(crate) fn allows(&self, caller: &Caller, action: &str) -> bool {
        let Some(role) = caller.role() else { return !self.denied.contains(action) };
        let administrators = self.administrators.as_ref();
        administrators.is_none_or(|them| them.iter().any(|one| one == role)) && !self.denied.contains(action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may() {
        let role = |name: &str| Caller::with_role("aws", "1", &format!("AWSReservedSSO_{name}_0"), "me");
        let user = || Caller::user("aws", "1", "ops");
        let admins = || Some(vec!["Admin".to_owned()]);
        let rows = [
            (role("Admin"), None, "", true),
            (role("Reader"), None, "", true),
            (role("Admin"), admins(), "", true),
            (role("Reader"), admins(), "", false),
            (user(), admins(), "", true),
            (role("Admin"), admins(), "sso:ListInstances", false),
            (user(), None, "sso:ListInstances", false),
            (user(), None, "sso:ListPermissionSets", true),
        ];
        for (caller, administrators, denied, expected) in rows {
            let access = Access { administrators, denied: BTreeSet::from([denied.to_owned()]) };
            assert_eq!(access.allows(&caller, "sso:ListInstances"), expected, "{access:?} {}", caller.arn);
        }
    }
}
