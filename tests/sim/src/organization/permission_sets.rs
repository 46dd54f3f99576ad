//! Permission sets. Found by name and by ARN without a search.

use super::Instance;
use crate::sigv4::hex;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// A permission set of the organization's instance.
#[derive(Clone, Debug)]
pub(crate) struct PermissionSet {
    pub name: String,
    pub description: Option<String>,
    /// An ISO 8601 duration.
    pub session_duration: String,
    pub relay_state: Option<String>,
}

impl PermissionSet {
    /// A function of the name, so that tests can write an ARN down, and a second run makes the same.
    pub(crate) fn id_of(name: &str) -> String {
        let digest = hex(&Sha256::digest(name));
        let start: String = digest.chars().take(16).collect();
        format!("ps-{start}")
    }

    /// The ARN of the permission set of that name; the organization's instance has them all.
    pub(crate) fn arn_of(name: &str, partition: &str) -> String {
        let instance = Instance::own("").id();
        format!("arn:{partition}:sso:::permissionSet/{instance}/{}", Self::id_of(name))
    }
}

/// The permission sets, in the order they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct PermissionSets {
    list: Vec<PermissionSet>,
    by_name: HashMap<String, usize>,
    by_id: HashMap<String, usize>,
}

impl PermissionSets {
    /// The permission set of that name; if there is none, a new one with sessions of an hour.
    pub(crate) fn entry(&mut self, name: &str) -> &mut PermissionSet {
        let new = self.list.len();
        let at = *self.by_name.entry(name.into()).or_insert(new);
        if at == new {
            self.by_id.insert(PermissionSet::id_of(name), at);
            self.list.push(PermissionSet {
                name: name.into(),
                description: None,
                session_duration: "PT1H".into(),
                relay_state: None,
            });
        }
        &mut self.list[at]
    }

    pub(crate) fn all(&self) -> &[PermissionSet] {
        &self.list
    }

    /// Where the permission set of that name is in [`PermissionSets::all`].
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The one with this ARN.
    pub(crate) fn of_arn(&self, arn: &str, partition: &str) -> Option<&PermissionSet> {
        let at = self.by_id.get(arn.rsplit('/').next()?)?;
        let found = &self.list[*at];
        (PermissionSet::arn_of(&found.name, partition) == arn).then_some(found)
    }
}
