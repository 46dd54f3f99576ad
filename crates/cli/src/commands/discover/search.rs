//! Where is IAM Identity Center? All regions of a partition are asked at once.

use super::desk::Desk;
use crate::error::CliError;
use crate::regions;
use sso_core::{Partition, Region};
use sso_discovery::{AdminError, Instance, SsoAdmin};
use sso_http::{Missing, gather};

/// An instance, and the region that told of it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) instance: Instance,
    pub(super) region: Region,
}

impl Found {
    /// The region to sign in through: its first one, where it is in several.
    pub(super) fn home(&self) -> Region {
        let primary = self.instance.primary_region.as_deref();
        primary.and_then(|primary| Region::parse(primary).ok()).unwrap_or_else(|| self.region.clone())
    }
}

/// The instances of one region.
pub(super) async fn in_region(desk: &Desk<'_>, region: &Region) -> Result<Vec<Found>, CliError> {
    let listed = desk.admin(region)?.list_instances().await.map_err(|error| desk.told(&error))?;
    Ok(listed.into_iter().map(|instance| Found { instance, region: region.clone() }).collect())
}

/// The instances of all known regions of the partition but one. A region that is not enabled, or is closed to the account,
/// refuses: that is no error as long as another one has an instance.
pub(super) async fn elsewhere(
    desk: &Desk<'_>,
    partition: Partition,
    but: Option<&Region>,
) -> Result<Vec<Found>, CliError> {
    let others = regions::of_partition(partition).into_iter().filter(|region| Some(region) != but);
    let clients = others.map(|region| Ok((desk.admin(&region)?, region)));
    let clients = clients.collect::<Result<Vec<(SsoAdmin, Region)>, CliError>>()?;
    let ask = |(admin, region): (SsoAdmin, Region)| async move {
        let found = admin.list_instances().await;
        ((admin, region), found)
    };
    let asked = clients.len();
    let expired = |error: &AdminError| matches!(error, AdminError::Expired { .. });
    let mut count = desk.count("Looking for instances", "regions");
    let gathered = gather(clients, ask, expired, desk.deadline(), |done, total| count.set(done, total)).await;
    drop(count);
    let gathered = gathered.map_err(|error| desk.told(&error))?;
    let of_region = |((_, region), instances): ((SsoAdmin, Region), Vec<Instance>)| {
        instances.into_iter().map(move |instance| Found { instance, region: region.clone() })
    };
    let mut found: Vec<Found> = gathered.done.into_iter().flat_map(of_region).collect();
    found.sort_by_key(|found| found.region.clone());
    let mut failed = gathered.failed;
    failed.sort_by(|((_, one), _), ((_, other), _)| one.cmp(other));
    match failed.first() {
        Some((_, Missing::Failed(error))) if failed.len() == asked => Err(desk.told(error)),
        Some(((_, region), error)) if found.is_empty() => {
            let count = failed.len();
            desk.context.output.warn(&format!("{count} regions could not be asked; {region}: {error}."));
            Ok(found)
        }
        _ => Ok(found),
    }
}
