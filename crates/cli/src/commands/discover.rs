//! `sso discover`: the administrator's view of IAM Identity Center. Nothing here changes anything at AWS.

pub(crate) mod accounts;
pub(crate) mod assignments;
mod caller;
mod desk;
pub(crate) mod instances;
mod names;
pub(crate) mod permission_sets;
mod search;
pub(crate) mod why;

use super::Outcome;
use crate::args::{DiscoverArgs, DiscoverWhat};
use crate::context::Context;
use crate::error::CliError;

/// Shows what is asked for.
pub(crate) fn run(context: &Context, args: &DiscoverArgs) -> Result<Outcome, CliError> {
    match &args.what {
        DiscoverWhat::Instances(instances) => instances::run(context, args, *instances),
        DiscoverWhat::Accounts => accounts::run(context, args),
        DiscoverWhat::PermissionSets => permission_sets::run(context, args),
        DiscoverWhat::Assignments(assignments) => match &assignments.why {
            Some(profile) => why::run(context, args, profile),
            None => assignments::run(context, args, assignments),
        },
    }
}
