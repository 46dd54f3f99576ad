//! What the users and groups of assignments are called, as far as one may know.

use super::desk::Desk;
use crate::error::CliError;
use sso_discovery::{AccountAssignment, AdminError, IdentityStore, Named};
use sso_http::gather;
use std::collections::{BTreeSet, HashMap};

/// Names by kind and id.
#[derive(Default)]
pub(super) struct Names(HashMap<(String, String), Option<Named>>);

impl Names {
    /// The name of whoever has an assignment, if it is known.
    pub(super) fn name(&self, assignment: &AccountAssignment) -> Option<&str> {
        self.0.get(&key(assignment))?.as_ref()?.name()
    }

    /// The identity store does not know whoever has the assignment.
    pub(super) fn is_gone(&self, assignment: &AccountAssignment) -> bool {
        matches!(self.0.get(&key(assignment)), Some(None))
    }

    /// The name for people: a note where there is none any more, else the id.
    pub(super) fn shown(&self, assignment: &AccountAssignment) -> String {
        match self.name(assignment) {
            Some(name) => name.to_owned(),
            None if self.is_gone(assignment) => "(deleted)".to_owned(),
            None => String::new(),
        }
    }
}

fn key(assignment: &AccountAssignment) -> (String, String) {
    (assignment.principal_type.clone(), assignment.principal_id.clone())
}

/// Asks for each user and group once. Without the permission there are no names, and that is said once.
pub(super) async fn of(
    desk: &Desk<'_>,
    store: &IdentityStore,
    store_id: &str,
    assignments: &[AccountAssignment],
) -> Result<Names, CliError> {
    let principals: BTreeSet<(String, String)> = assignments.iter().map(key).collect();
    let ask = |(kind, id): (String, String)| {
        let (store, store_id) = (store.clone(), store_id.to_owned());
        async move {
            let named = match kind.as_str() {
                "GROUP" => store.describe_group(&store_id, &id).await,
                _ => store.describe_user(&store_id, &id).await,
            };
            ((kind, id), named)
        }
    };
    let mut count = desk.count("Reading names", "users and groups");
    let found = gather(
        principals.into_iter().collect(),
        ask,
        AdminError::ends_all,
        desk.deadline(),
        |done, total| count.set(done, total),
    )
    .await;
    drop(count);
    match found {
        Ok(found) => {
            if let Some((_, error)) = found.failed.first() {
                let failed = found.failed.len();
                desk.context
                    .output
                    .warn(&format!("{failed} users or groups are shown without names: {error}."));
            }
            Ok(Names(found.done.into_iter().collect()))
        }
        Err(error @ AdminError::Expired { .. }) => Err(desk.told(&error)),
        Err(error) => {
            desk.context.output.warn(&format!("Users and groups are shown without names: {error}."));
            Ok(Names::default())
        }
    }
}
