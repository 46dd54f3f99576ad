//! The clients of the administrators' services for one command, and how what they say is told.

use super::caller::Caller;
use super::names;
use crate::args::{DiscoverArgs, answered};
use crate::catalogue::Code;
use crate::commands::accounts::LIMIT;
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explain as _, option};
use crate::output::time::span;
use crate::runtime::block_on;
use crate::ui::progress::Count;
use jiff::SignedDuration;
use sso_config::ConfigSet;
use sso_core::{Region, RoleCredentials, Service};
use sso_discovery::{
    AccountAssignment, AdminError, IdentityStore, Instance, OrganizationAccount, Organizations,
    PermissionSet, Signer, SsoAdmin, Unread, describe_permission_sets,
};
use tokio::time::Instant;

/// What a command works with.
pub(super) struct Desk<'a> {
    pub(super) context: &'a Context,
    pub(super) caller: &'a Caller,
    pub(super) region: Region,
    network: &'a Network,
    signer: Signer,
}

/// How long a command may take.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// As long as all lists.
    List,
    /// As long as it goes on: thousands of requests, at the pace that the service sets.
    AsLongAsItGoesOn,
}

/// Does the work in the region that options and profile name.
pub(super) fn at_desk<T>(
    context: &Context,
    set: &ConfigSet,
    args: &DiscoverArgs,
    patience: Patience,
    work: impl AsyncFnOnce(&Desk<'_>) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let caller = Caller::of(context, set)?;
    let network = context.network(set, &caller.profile)?;
    let region = caller.needed_region(args, &network)?;
    seated(context, &network, &caller, region, patience, work)
}

/// Does the work with the caller's credentials, which are renewed meanwhile.
pub(super) fn seated<T>(
    context: &Context,
    network: &Network,
    caller: &Caller,
    region: Region,
    patience: Patience,
    work: impl AsyncFnOnce(&Desk<'_>) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let limit = match patience {
        Patience::List => context.within(LIMIT),
        Patience::AsLongAsItGoesOn => None,
    };
    block_on(limit, async {
        let (desk, credentials) = open(context, network, caller, region).await?;
        let done = tokio::select! {
            done = work(&desk) => done,
            never = caller.keep(context, network, &desk.region, &desk.signer, credentials) => match never {},
        };
        if let Some(offset) = desk.signer.clock_offset() {
            warn_clock(context, offset);
        }
        done
    })
}

/// A desk with the caller's credentials.
async fn open<'a>(
    context: &'a Context,
    network: &'a Network,
    caller: &'a Caller,
    region: Region,
) -> Result<(Desk<'a>, RoleCredentials), CliError> {
    let credentials = caller.credentials(context, network, &region).await?;
    let signer = Signer::new(network.http.clone(), credentials.clone()).until(context.last_call());
    Ok((Desk { context, caller, region, network, signer }, credentials))
}

/// Requests were signed by AWS's clock: that works here, and nowhere else.
fn warn_clock(context: &Context, offset: SignedDuration) {
    let direction = if offset.is_positive() { "behind" } else { "ahead of" };
    context.output.warn(&format!(
        "This machine's clock is {} {direction} AWS's; the requests were signed by AWS's clock.",
        span(offset)
    ));
}

impl Desk<'_> {
    /// IAM Identity Center in a region.
    pub(super) fn admin(&self, region: &Region) -> Result<SsoAdmin, CliError> {
        let options = self.network.settings.options();
        let endpoint = self.network.endpoint(Service::SsoAdmin, region, options)?;
        Ok(SsoAdmin::new(&self.signer, endpoint, region))
    }

    /// When nothing more is begun.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.signer.deadline()
    }

    /// Whether one endpoint was configured for all regions.
    pub(super) fn has_one_endpoint(&self) -> bool {
        self.network.configured(Service::SsoAdmin).is_some()
    }

    /// The accounts of the organization, by name.
    pub(super) async fn accounts(&self) -> Result<Vec<OrganizationAccount>, CliError> {
        self.try_accounts().await?.map_err(|error| self.told(&error))
    }

    /// The accounts, for their names: without the permission, or without an organization, there are none, and that is said.
    pub(super) async fn account_names(&self) -> Result<Vec<OrganizationAccount>, CliError> {
        match self.try_accounts().await? {
            Ok(accounts) => Ok(accounts),
            Err(error @ AdminError::Expired { .. }) => Err(self.told(&error)),
            Err(error) => {
                self.context.output.warn(&format!("Accounts are shown without names: {error}."));
                Ok(Vec::new())
            }
        }
    }

    async fn try_accounts(&self) -> Result<Result<Vec<OrganizationAccount>, AdminError>, CliError> {
        let options = self.network.settings.options();
        let endpoint = self.network.endpoint(Service::Organizations, &self.region, options)?;
        let wait = self.context.output.waiting("Reading accounts", LIMIT);
        let found = Organizations::new(&self.signer, endpoint, &self.region).list_accounts().await;
        drop(wait);
        Ok(found.map(|mut accounts| {
            accounts.sort_by_cached_key(OrganizationAccount::sort_key);
            accounts
        }))
    }

    /// What users and groups are called.
    pub(super) async fn principals(
        &self,
        instance: &Instance,
        assignments: &[AccountAssignment],
    ) -> Result<names::Names, CliError> {
        let options = self.network.settings.options();
        let endpoint = self.network.endpoint(Service::IdentityStore, &self.region, options)?;
        let store = IdentityStore::new(&self.signer, endpoint, &self.region);
        names::of(self, &store, &instance.identity_store_id, assignments).await
    }

    /// The instance to ask about: `--instance-arn`, else the only one, else the organization's.
    pub(super) async fn instance(&self, admin: &SsoAdmin, args: &DiscoverArgs) -> Result<Instance, CliError> {
        let found = admin.list_instances().await.map_err(|error| self.told(&error))?;
        if let Some(arn) = answered(&args.instance_arn) {
            let names: Vec<String> = found.iter().map(|instance| instance.arn.clone()).collect();
            return found.into_iter().find(|instance| instance.arn == arn).ok_or_else(|| {
                CliError::new(
                    Code::I01,
                    Exit::Usage,
                    format!("There is no instance \"{arn}\" in {}.", self.region),
                )
                .maybe("there is", Some(names.join(", ")).filter(|names| !names.is_empty()))
                .fix(format!("sso {} without --instance-arn", self.context.command))
            });
        }
        match found.as_slice() {
            [] => Err(self.no_instance()),
            [one] => Ok(one.clone()),
            several => {
                let arns: Vec<&str> = several.iter().map(|instance| instance.arn.as_str()).collect();
                Err(CliError::new(Code::R01, Exit::Usage, "There are several instances; say which one.")
                    .note("instances", arns.join(", "))
                    .fix(format!("sso {} --instance-arn <arn>", self.context.command)))
            }
        }
    }

    fn no_instance(&self) -> CliError {
        let headline = format!("No instance of IAM Identity Center is to be seen in {}.", self.region);
        CliError::new(Code::I01, Exit::Configuration, headline)
            .cause("an instance is in one region, and shows itself to the accounts of its organization")
            .fix(format!(
                "sso discover instances{} --region <region>",
                option("--profile", self.caller.profile.as_str())
            ))
    }

    /// The permission sets by name; those that could not be read are warned of.
    pub(super) async fn permission_sets(
        &self,
        admin: &SsoAdmin,
        instance: &Instance,
    ) -> Result<(Vec<PermissionSet>, Vec<Unread>), CliError> {
        let mut count = self.count("Reading permission sets", "permission sets");
        let found =
            describe_permission_sets(admin, &instance.arn, |done, total| count.set(done, total)).await;
        drop(count);
        let (mut sets, unread) = found.map_err(|error| self.told(&error))?;
        sets.sort_by_cached_key(|set| (set.name.to_lowercase(), set.arn.clone()));
        Ok((sets, unread))
    }

    /// A count of what is read.
    pub(super) fn count(&self, what: &'static str, of: &str) -> Count {
        self.context.output.counting(what, of)
    }

    /// The error, with who asks.
    pub(super) fn told(&self, error: &AdminError) -> CliError {
        error.explain(&self.caller.voice)
    }

    /// What could not be read, the first few each and the rest counted.
    pub(super) fn warn_unread(&self, unread: &[Unread], name: impl Fn(&str) -> String) {
        const MOST: usize = 5;
        for part in unread.iter().take(MOST) {
            let set = name(&part.permission_set_arn);
            let place = part.account.as_ref().map(|account| format!(" in {account}")).unwrap_or_default();
            self.context.output.warn(&format!("{set}{place} could not be read: {}.", part.error));
        }
        if let Some(rest) = unread.len().checked_sub(MOST).filter(|rest| *rest > 0) {
            self.context.output.warn(&format!("{rest} more could not be read (--json lists them)."));
        }
    }
}
